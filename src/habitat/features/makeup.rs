//! What a lesion is made of: counts, map values, neighbours and connected parts per habitat, from which all features follow.

use crate::error::{Error, Result};
use crate::habitat::supervoxel::{Contacts, Moments, Neighbourhood, Supervoxels, collect};
use crate::image::{Grid, Volume};

/// The make-up of a lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct Makeup {
    /// Names of the maps.
    pub maps: Vec<String>,
    /// Volume of one voxel, mm³.
    pub voxel_volume: f64,
    /// Voxels per habitat; an absent habitat has 0.
    pub voxels: Vec<u64>,
    /// `moments[habitat][map]`; `None` where the habitat is absent.
    pub moments: Vec<Vec<Option<Moments>>>,
    /// Voxels of every connected part (by corners) per habitat, largest first.
    pub parts: Vec<Vec<u64>>,
    /// `contacts[a][b]`: pairs of neighbours between a and b, each pair once; 0 is the background, habitats from 1.
    contacts: Vec<Vec<Contacts>>,
}

impl Makeup {
    /// The make-up of no lesion at all: what features are called, without any having a value.
    pub fn empty(maps: &[String], habitats: usize) -> Makeup {
        Makeup {
            maps: maps.to_vec(),
            voxel_volume: f64::NAN,
            voxels: vec![0; habitats],
            moments: vec![vec![None; maps.len()]; habitats],
            parts: vec![Vec::new(); habitats],
            contacts: vec![vec![Contacts::default(); habitats + 1]; habitats + 1],
        }
    }

    /// The make-up of a lesion whose supervoxels have the given habitats, counted from 0.
    ///
    /// # Errors
    /// [`Error::Study`] where habitats and supervoxels differ in number, or a habitat is `habitats` or beyond.
    pub fn of(lesion: &Supervoxels, labels: &[u16], habitats: usize) -> Result<Makeup> {
        let count = lesion.supervoxels.len();
        if labels.len() != count || labels.iter().any(|label| usize::from(*label) >= habitats) {
            return Err(Error::study(format!("{} habitats, of {habitats}, for {count} supervoxels", labels.len())));
        }
        let habitat = |at: usize| usize::from(labels[at]);
        let size = |at: usize| lesion.supervoxels[at].maps.first().map_or(0, |moments| moments.count);
        let mut makeup = Makeup { voxel_volume: lesion.voxel_volume, ..Makeup::empty(&lesion.maps, habitats) };
        for (at, supervoxel) in lesion.supervoxels.iter().enumerate() {
            let own = habitat(at);
            makeup.voxels[own] += size(at);
            for (sum, moments) in makeup.moments[own].iter_mut().zip(&supervoxel.maps) {
                *sum = Some(sum.map_or(*moments, |sum| sum.joined(moments)));
            }
            makeup.contacts[own + 1][own + 1].add(&supervoxel.within);
            makeup.contacts[own + 1][0].add(&supervoxel.background);
            makeup.contacts[0][own + 1].add(&supervoxel.background);
        }
        let mut part: Vec<usize> = (0..count).collect();
        for link in &lesion.links {
            let (a, b) = (link.from as usize, link.to as usize);
            if a.max(b) >= count {
                return Err(Error::study("a contact names a supervoxel that does not exist"));
            }
            let (from, to) = (habitat(a) + 1, habitat(b) + 1);
            makeup.contacts[from][to].add(&link.contacts);
            if from == to {
                let (a, b) = (root(&part, a), root(&part, b));
                part[a.max(b)] = a.min(b);
            } else {
                makeup.contacts[to][from].add(&link.contacts);
            }
        }
        let mut sizes = vec![0; count];
        (0..count).for_each(|at| sizes[root(&part, at)] += size(at));
        (0..count).filter(|at| sizes[*at] > 0).for_each(|at| makeup.parts[habitat(at)].push(sizes[at]));
        makeup.parts.iter_mut().for_each(|parts| parts.sort_unstable_by(|a, b| b.cmp(a)));
        Ok(makeup)
    }

    /// The make-up of a lesion whose habitats are known voxel by voxel: 0 outside, habitats from 1.
    ///
    /// # Errors
    /// [`Error::Study`] as [`collect`], and where a label is above `habitats`.
    pub fn of_voxels(grid: &Grid, labels: &[u16], maps: &[(&str, &Volume)], habitats: usize) -> Result<Makeup> {
        let wide: Vec<u32> = labels.iter().map(|label| u32::from(*label)).collect();
        let found = collect(grid, &wide, maps)?;
        let labels: Vec<u16> = found.label.iter().map(|label| (label - 1) as u16).collect();
        Makeup::of(&found.supervoxels, &labels, habitats)
    }

    /// Number of habitats, absent ones included.
    pub fn habitats(&self) -> usize {
        self.voxels.len()
    }

    /// Voxels of the lesion.
    pub fn total(&self) -> u64 {
        self.voxels.iter().sum()
    }

    /// Voxels b around voxels a, over all of a: every pair seen from both its ends. Index 0 is the background; its own pairs are
    /// 0.
    pub fn neighbours(&self, neighbourhood: Neighbourhood) -> Vec<Vec<u64>> {
        let cell = |a: usize, b: usize| self.contacts[a][b].under(neighbourhood) * if a == b { 2 } else { 1 };
        (0..self.contacts.len()).map(|a| (0..self.contacts.len()).map(|b| cell(a, b)).collect()).collect()
    }
}

fn root(part: &[usize], mut at: usize) -> usize {
    while part[at] != at {
        at = part[at];
    }
    at
}
