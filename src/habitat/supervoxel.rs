//! What is kept of a lesion's supervoxels: enough for every habitat feature, whatever codebook is learned later.
//!
//! A codebook gives a supervoxel one habitat. Voxel counts, sums over maps, neighbourhoods and connected parts of habitats are
//! then sums over supervoxels and their contacts; the voxels themselves are needed no more.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::components::{Connectivity, components};
use crate::image::{BoundingBox, Grid, Mask, Volume};

use super::region::on_grid;
use super::vectors::Vectors;

/// Which voxels are counted as each other's neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbourhood {
    /// The 8 around a voxel within its slice.
    #[serde(rename = "slice-8")]
    Slice8,
    /// The 6 that share a face.
    #[serde(rename = "faces-6")]
    Faces6,
    /// The 26 that share a face, an edge or a corner.
    #[serde(rename = "corners-26")]
    Corners26,
}

/// Counts of neighbouring voxel pairs under every [`Neighbourhood`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contacts([u64; 3]);

impl Contacts {
    /// From the pairs under slice-8, faces-6 and corners-26.
    pub(super) fn from_counts(counts: [u64; 3]) -> Self {
        Contacts(counts)
    }

    /// The pairs under slice-8, faces-6 and corners-26.
    pub(super) fn counts(&self) -> [u64; 3] {
        self.0
    }

    /// The pairs under one neighbourhood.
    pub fn under(&self, neighbourhood: Neighbourhood) -> u64 {
        self.0[neighbourhood as usize]
    }

    fn step(&mut self, [di, dj, dk]: [isize; 3]) {
        self.0[Neighbourhood::Slice8 as usize] += u64::from(dk == 0);
        self.0[Neighbourhood::Faces6 as usize] += u64::from(di.abs() + dj.abs() + dk.abs() == 1);
        self.0[Neighbourhood::Corners26 as usize] += 1;
    }

    pub(super) fn add(&mut self, other: &Contacts) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, other)| *sum += other);
    }

    /// Every pair was met from both ends.
    fn halved(self) -> Self {
        Contacts(self.0.map(|n| n / 2))
    }
}

/// Values of one map over a set of voxels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moments {
    /// Number of voxels.
    pub count: u64,
    /// Mean, in the unit of the map.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub squares: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Moments {
    /// Of one value.
    pub fn one(value: f64) -> Self {
        Moments { count: 1, mean: value, squares: 0.0, min: value, max: value }
    }

    /// Of two sets together.
    ///
    /// # Reference
    /// Chan, Golub, LeVeque, Am Stat 1983;37:242.
    pub fn joined(&self, other: &Moments) -> Self {
        let (n, m) = (self.count as f64, other.count as f64);
        let step = other.mean - self.mean;
        Moments {
            count: self.count + other.count,
            mean: self.mean + step * m / (n + m),
            squares: self.squares + other.squares + step * step * n * m / (n + m),
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// Standard deviation (denominator n).
    pub fn sd(&self) -> f64 {
        (self.squares / self.count as f64).sqrt()
    }
}

/// A connected patch of voxels that gets one habitat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervoxel {
    /// Values of every map.
    pub maps: Vec<Moments>,
    /// Pairs of neighbours that both lie in it.
    pub within: Contacts,
    /// Pairs of neighbours of which the other lies outside the lesion; beyond the image's border is outside.
    pub background: Contacts,
}

/// Two supervoxels that touch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Position of the one.
    pub from: u32,
    /// Position of the other, larger than `from`.
    pub to: u32,
    /// Pairs of neighbours, one voxel in each.
    pub contacts: Contacts,
}

/// The supervoxels of a lesion and who touches whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervoxels {
    /// Names of the maps.
    pub maps: Vec<String>,
    /// Volume of one voxel, mm³.
    pub voxel_volume: f64,
    /// The supervoxels.
    pub supervoxels: Vec<Supervoxel>,
    /// Their contacts, by position.
    pub links: Vec<Link>,
}

/// Supervoxels with their places.
#[derive(Debug, Clone, PartialEq)]
pub struct Collected {
    /// The sufficient statistics.
    pub supervoxels: Supervoxels,
    /// Per voxel of the grid 0 outside, else one more than the position of its supervoxel.
    pub place: Vec<u32>,
    /// The label that every supervoxel had.
    pub label: Vec<u32>,
}

/// Collects the statistics of supervoxels given as a label per voxel, 0 outside the lesion.
///
/// A supervoxel of several parts that do not touch (not even by a corner) becomes as many supervoxels, since a habitat's
/// connected parts could not be told from it otherwise. Along an axis of one voxel there are no neighbours.
///
/// # Errors
/// [`Error::Study`] where there is no labelled voxel or no map, a map lies on another grid, or is not finite in a labelled voxel.
pub fn collect(grid: &Grid, labels: &[u32], maps: &[(&str, &Volume)]) -> Result<Collected> {
    check(grid, labels, maps)?;
    let (place, label) = connected(grid, labels);
    let mut moments: Vec<Vec<Option<Moments>>> = vec![vec![None; maps.len()]; label.len()];
    for (map, (_, volume)) in maps.iter().enumerate() {
        for (place, value) in place.iter().zip(&volume.values).filter(|(place, _)| **place > 0) {
            let so_far = &mut moments[*place as usize - 1][map];
            *so_far = Some(so_far.map_or(Moments::one(*value), |so_far| so_far.joined(&Moments::one(*value))));
        }
    }
    let (within, background, links) = contacts(grid, &place, label.len());
    let supervoxels = moments
        .into_iter()
        .zip(within.into_iter().zip(background))
        .map(|(maps, (within, background))| Supervoxel { maps: maps.into_iter().flatten().collect(), within, background })
        .collect();
    let maps = maps.iter().map(|(name, _)| (*name).to_owned()).collect();
    Ok(Collected { supervoxels: Supervoxels { maps, voxel_volume: grid.voxel_volume(), supervoxels, links }, place, label })
}

fn check(grid: &Grid, labels: &[u32], maps: &[(&str, &Volume)]) -> Result<()> {
    if labels.len() != grid.voxels() {
        return Err(Error::study(format!("{} labels for a grid of {} voxels", labels.len(), grid.voxels())));
    }
    if maps.is_empty() || labels.iter().all(|label| *label == 0) {
        return Err(Error::study("habitats need at least one map and a region that is not empty"));
    }
    on_grid(grid, maps)?;
    for (name, volume) in maps {
        let bad = labels.iter().zip(&volume.values).filter(|(label, value)| **label > 0 && !value.is_finite()).count();
        if bad > 0 {
            return Err(Error::study(format!(
                "the map {name} is not finite in {bad} voxels of the region: leave these out of it"
            )));
        }
    }
    Ok(())
}

/// Per voxel the number of the connected part of its label, counted from 1; per part its label.
fn connected(grid: &Grid, labels: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let [nx, ny, _] = grid.size;
    let mut boxes: BTreeMap<u32, BoundingBox> = BTreeMap::new();
    for (at, label) in labels.iter().enumerate().filter(|(_, label)| **label > 0) {
        let here = [at % nx, at / nx % ny, at / (nx * ny)];
        let bounds = boxes.entry(*label).or_insert(BoundingBox { start: here, end: here.map(|n| n + 1) });
        for (axis, at) in here.into_iter().enumerate() {
            bounds.start[axis] = bounds.start[axis].min(at);
            bounds.end[axis] = bounds.end[axis].max(at + 1);
        }
    }
    let (mut place, mut label_of) = (vec![0; labels.len()], Vec::new());
    for (label, bounds) in boxes {
        let part = grid.part(&bounds);
        let inside = bounds.crop(grid.size, labels).iter().map(|here| *here == label).collect();
        let parts = components(&Mask::new(part, inside), Connectivity::Corners);
        let before = label_of.len() as u32;
        let [width, height, _] = bounds.size();
        for (at, part) in parts.part.iter().enumerate().filter(|(_, part)| **part > 0) {
            let [i, j, k] = [at % width, at / width % height, at / (width * height)];
            place[grid.at([i + bounds.start[0], j + bounds.start[1], k + bounds.start[2]])] = before + part;
        }
        label_of.extend(parts.sizes.iter().map(|_| label));
    }
    (place, label_of)
}

type Touching = (Vec<Contacts>, Vec<Contacts>, Vec<Link>);

fn contacts(grid: &Grid, place: &[u32], count: usize) -> Touching {
    let axis = |axis: usize| if grid.size[axis] > 1 { -1..=1isize } else { 0..=0 };
    let steps: Vec<[isize; 3]> =
        axis(2).flat_map(|k| axis(1).flat_map(move |j| axis(0).map(move |i| [i, j, k]))).filter(|step| *step != [0; 3]).collect();
    let (mut within, mut background) = (vec![Contacts::default(); count], vec![Contacts::default(); count]);
    let mut links: BTreeMap<(u32, u32), Contacts> = BTreeMap::new();
    let [nx, ny, _] = grid.size;
    for (at, own) in place.iter().enumerate().filter(|(_, own)| **own > 0) {
        let own = own - 1;
        let here = [at % nx, at / nx % ny, at / (nx * ny)];
        for step in &steps {
            let there = |axis: usize| here[axis].checked_add_signed(step[axis]).filter(|n| *n < grid.size[axis]);
            let other = match (there(0), there(1), there(2)) {
                (Some(i), Some(j), Some(k)) => place[grid.at([i, j, k])],
                _ => 0,
            };
            match other.checked_sub(1) {
                None => background[own as usize].step(*step),
                Some(other) if other == own => within[own as usize].step(*step),
                Some(other) => links.entry((own.min(other), own.max(other))).or_default().step(*step),
            }
        }
    }
    let links = links.into_iter().map(|((from, to), contacts)| Link { from, to, contacts: contacts.halved() }).collect();
    (within.into_iter().map(Contacts::halved).collect(), background, links)
}

impl Supervoxels {
    /// Number of voxels of the lesion.
    pub fn voxels(&self) -> u64 {
        self.supervoxels.iter().filter_map(|supervoxel| supervoxel.maps.first()).map(|moments| moments.count).sum()
    }

    /// The mean of every map in every supervoxel: what a codebook is learned from and applied to.
    ///
    /// # Errors
    /// [`Error::Study`] where there is none.
    pub fn vectors(&self) -> Result<Vectors> {
        pooled(&[self])
    }
}

/// The vectors of several lesions' supervoxels, one lesion after the other.
///
/// # Errors
/// [`Error::Study`] where there is none, or lesions have different maps.
pub fn pooled(lesions: &[&Supervoxels]) -> Result<Vectors> {
    let names = lesions.first().map_or(&[][..], |lesion| &lesion.maps[..]);
    if lesions.iter().any(|lesion| lesion.maps != names) {
        return Err(Error::study("the lesions' supervoxels were collected over different maps"));
    }
    let column =
        |map: usize| lesions.iter().flat_map(|lesion| &lesion.supervoxels).map(|supervoxel| supervoxel.maps[map].mean).collect();
    Vectors::new((0..names.len()).map(column).collect())
}
