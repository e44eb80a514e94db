//! Supervoxels: patches of a lesion whose voxels lie together and look alike in all maps (SLIC within the mask).
//!
//! The rule here: nothing is drawn at random, distances are in mm whatever the voxels' shape, and every supervoxel is connected.

mod pieces;
mod seeds;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Grid, Mask, Volume};

use super::region::Lesion;

/// How many supervoxels, or how large.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SupervoxelSize {
    /// About this number in every lesion.
    Count(usize),
    /// About this volume each, in mm³, in at most `most` supervoxels.
    Volume {
        /// Volume of a supervoxel, mm³.
        mm3: f64,
        /// Most supervoxels of a lesion; in larger lesions they are larger.
        most: usize,
    },
}

/// How supervoxels are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SlicOptions {
    /// Number or size.
    pub size: SupervoxelSize,
    /// Weight of nearness against likeness: the distance in standard deviations of the maps that counts as much as the spacing of
    /// the supervoxels. Small: supervoxels follow the maps; large: they are round.
    pub compactness: f64,
    /// Rounds.
    pub iterations: usize,
    /// Pieces smaller than this share of the mean supervoxel join a neighbour.
    pub smallest: f64,
}

impl Default for SlicOptions {
    fn default() -> Self {
        SlicOptions { size: SupervoxelSize::Count(50), compactness: 1.0, iterations: 10, smallest: 0.25 }
    }
}

impl SlicOptions {
    /// Number of supervoxels that a lesion is to have.
    fn count(&self, voxels: usize, voxel_volume: f64) -> usize {
        let wanted = match self.size {
            SupervoxelSize::Count(count) => count,
            SupervoxelSize::Volume { mm3, most } => ((voxels as f64 * voxel_volume / mm3).round() as usize).min(most),
        };
        wanted.clamp(1, voxels)
    }

    /// Faults that no data can mend.
    ///
    /// # Errors
    /// [`Error::Usage`] for sizes, a compactness, rounds or a share that cannot be.
    pub fn check(&self) -> Result<()> {
        let size = match self.size {
            SupervoxelSize::Count(count) => count > 0 && count <= MOST_SUPERVOXELS,
            SupervoxelSize::Volume { mm3, most } => mm3 > 0.0 && mm3.is_finite() && most > 0 && most <= MOST_SUPERVOXELS,
        };
        if !size {
            return Err(Error::usage(format!("supervoxels {:?}: give 1 to {MOST_SUPERVOXELS}, or a volume", self.size)));
        }
        if !(self.compactness > 0.0 && self.compactness.is_finite())
            || self.iterations == 0
            || !(0.0..=1.0).contains(&self.smallest)
        {
            return Err(Error::usage(format!(
                "compactness {}, {} rounds, smallest {}: give a positive number, at least one round, and a share",
                self.compactness, self.iterations, self.smallest
            )));
        }
        Ok(())
    }
}

/// Supervoxels beyond which a lesion's patches are voxels again.
pub const MOST_SUPERVOXELS: usize = 5000;

/// Supervoxels of a region: per voxel of the grid 0 outside, else the number of its supervoxel, counted from 1 in the order of
/// memory.
///
/// # Definition
/// Maps are scaled to mean 0 and standard deviation 1 over the region (a constant map to 0). With n supervoxels wanted of a
/// region of volume V, s = (V / n)^(1/3) mm (in one slice (area / n)^(1/2)), the distance of a voxel from a supervoxel's centre
/// is D² = (1/M) Σ_m (z_m − c_m)² + w² (d / s)², d in mm between voxel and centre, M maps, w the compactness. Centres begin as
/// k-means of the voxels' places, so that they lie evenly whatever the region's shape; in each round every voxel joins the centre
/// of least D among those nearer than 2 s along each axis, and centres become means. Then each supervoxel keeps its largest part
/// (connected by faces), and parts that are cut off, or smaller than `smallest` of the mean, join the neighbour most like them; a
/// part without any neighbour stays, so there can be more than n only where the region itself falls apart.
///
/// # Errors
/// [`Error::Usage`] as [`SlicOptions::check`]; [`Error::Study`] for an empty region, maps of other grids or values that are not
/// finite.
///
/// # Reference
/// Achanta et al., IEEE Trans Pattern Anal Mach Intell 2012;34:2274. Irving, arXiv:1606.09518 (within a mask).
pub fn slic(mask: &Mask, maps: &[(&str, &Volume)], options: &SlicOptions) -> Result<Vec<u32>> {
    options.check()?;
    let lesion = Lesion::strict(mask, maps)?;
    let vectors = lesion.vectors()?;
    let scaled = vectors.scaling().apply(&vectors)?;
    let share = (1.0 / scaled.maps() as f64).sqrt();
    let looks = (0..scaled.maps()).map(|map| scaled.map(map).iter().map(|z| z * share).collect()).collect();
    let scene = Scene::new(&lesion.bounds, &mask.grid, &lesion.voxels, looks, options);
    let label = scene.cluster(options);
    let label = pieces::connected(&scene, &label, options.smallest);
    let mut place = vec![0; mask.grid.voxels()];
    for (voxel, label) in lesion.voxels.iter().zip(label) {
        place[*voxel] = label;
    }
    Ok(place)
}

/// The region's voxels in their box: what they look like and where they lie.
struct Scene {
    /// The grid of the box.
    grid: Grid,
    /// Per voxel of the box one more than its position among the region's voxels; 0 outside.
    member: Vec<u32>,
    /// Per member its voxel (i, j, k) in the box.
    voxel: Vec<[usize; 3]>,
    /// `looks[map][member]`, scaled so that squared differences sum to their mean over the maps.
    looks: Vec<Vec<f64>>,
    /// Spacing of the supervoxels, mm.
    spacing: f64,
    /// Number of supervoxels wanted.
    count: usize,
    /// w / s, per mm.
    nearness: f64,
}

/// Centres: `looks[centre][map]`, place in mm within the box.
struct Centre {
    looks: Vec<f64>,
    place: [f64; 3],
}

impl Scene {
    fn new(bounds: &BoundingBox, full: &Grid, voxels: &[usize], looks: Vec<Vec<f64>>, options: &SlicOptions) -> Self {
        let grid = full.part(bounds);
        let [nx, ny, _] = full.size;
        let here = |at: &usize| [at % nx - bounds.start[0], at / nx % ny - bounds.start[1], at / (nx * ny) - bounds.start[2]];
        let voxel: Vec<[usize; 3]> = voxels.iter().map(here).collect();
        let mut member = vec![0; grid.voxels()];
        voxel.iter().enumerate().for_each(|(n, here)| member[grid.at(*here)] = n as u32 + 1);
        let count = options.count(voxel.len(), grid.voxel_volume());
        // Axes of one voxel have no extent in which supervoxels could lie side by side.
        let extent: Vec<f64> = (0..3).filter(|axis| grid.size[*axis] > 1).map(|axis| grid.spacing[axis]).collect();
        let size = extent.iter().product::<f64>() * voxel.len() as f64 / count as f64;
        let spacing = if extent.is_empty() { 1.0 } else { size.powf(1.0 / extent.len() as f64) };
        Scene { grid, member, voxel, looks, spacing, count, nearness: options.compactness / spacing }
    }

    fn place(&self, member: usize) -> [f64; 3] {
        std::array::from_fn(|axis| self.voxel[member][axis] as f64 * self.grid.spacing[axis])
    }

    fn distance(&self, member: usize, centre: &Centre) -> f64 {
        let apart = |(look, at): (&Vec<f64>, &f64)| (look[member] - at) * (look[member] - at);
        let looks: f64 = self.looks.iter().zip(&centre.looks).map(apart).sum();
        let place = self.place(member);
        let mm: f64 = (0..3).map(|axis| (place[axis] - centre.place[axis]).powi(2)).sum();
        looks + mm * self.nearness * self.nearness
    }

    /// The centre of every member after all rounds, counted from 0.
    fn cluster(&self, options: &SlicOptions) -> Vec<u32> {
        let mut label = seeds::by_place(self);
        for _ in 0..options.iterations {
            let centres = self.centres(&label);
            let next = self.assigned(&centres);
            if next == label {
                break;
            }
            label = next;
        }
        label
    }

    /// Means of the members by label; labels without members have none.
    fn centres(&self, label: &[u32]) -> Vec<Option<Centre>> {
        let most = label.iter().max().map_or(0, |most| *most as usize + 1);
        let mut count = vec![0.0; most];
        let mut sum = vec![(vec![0.0; self.looks.len()], [0.0; 3]); most];
        for (member, label) in label.iter().enumerate() {
            let (looks, at) = &mut sum[*label as usize];
            count[*label as usize] += 1.0;
            looks.iter_mut().zip(&self.looks).for_each(|(sum, look)| *sum += look[member]);
            let place = self.place(member);
            (0..3).for_each(|axis| at[axis] += place[axis]);
        }
        let mean = |((looks, place), n): ((Vec<f64>, [f64; 3]), f64)| {
            (n > 0.0).then(|| Centre { looks: looks.iter().map(|sum| sum / n).collect(), place: place.map(|sum| sum / n) })
        };
        sum.into_iter().zip(count).map(mean).collect()
    }

    /// The nearest centre of every member: the first of equally near ones, so that slices can be gone through side by side.
    fn assigned(&self, centres: &[Option<Centre>]) -> Vec<u32> {
        let reach = 2.0 * self.spacing;
        let [nx, ny, nz] = self.grid.size;
        // A centre's window along an axis; it always holds the nearest voxel layer.
        let window = |at: f64, axis: usize| {
            let (step, last) = (self.grid.spacing[axis], self.grid.size[axis] - 1);
            let first = ((at - reach) / step).ceil().max(0.0) as usize;
            let end = ((at + reach) / step).floor().max(0.0) as usize;
            first.min((at / step).round() as usize).min(last)..=end.max((at / step).round() as usize).min(last)
        };
        // Members are in the order of memory: those of a slice follow each other.
        let slices: Vec<std::ops::Range<usize>> = (0..nz)
            .map(|k| self.voxel.partition_point(|voxel| voxel[2] < k)..self.voxel.partition_point(|voxel| voxel[2] <= k))
            .collect();
        let in_slice = |(k, members): (usize, std::ops::Range<usize>)| {
            let mut best = vec![(f64::INFINITY, u32::MAX); members.len()];
            for (number, centre) in centres.iter().enumerate().filter_map(|(n, centre)| Some((n, centre.as_ref()?))) {
                if !window(centre.place[2], 2).contains(&k) {
                    continue;
                }
                for j in window(centre.place[1], 1) {
                    let row = nx * (j + ny * k);
                    for member in window(centre.place[0], 0).filter_map(|i| self.member[row + i].checked_sub(1)) {
                        let distance = self.distance(member as usize, centre);
                        let best = &mut best[member as usize - members.start];
                        if distance < best.0 {
                            *best = (distance, number as u32);
                        }
                    }
                }
            }
            // A voxel in nobody's window, as in a part that no centre lies in, looks at all centres.
            let anywhere = |member: usize| {
                let all = centres.iter().enumerate().filter_map(|(n, centre)| Some((self.distance(member, centre.as_ref()?), n)));
                all.fold((f64::INFINITY, 0), |best, next| if next.0 < best.0 { next } else { best }).1 as u32
            };
            let own = |(n, best): (usize, (f64, u32))| if best.1 == u32::MAX { anywhere(members.start + n) } else { best.1 };
            best.into_iter().enumerate().map(own).collect::<Vec<u32>>()
        };
        slices.into_par_iter().enumerate().map(in_slice).collect::<Vec<_>>().concat()
    }

    /// Members that share a face with one, each pair met from both ends.
    fn faces(&self, member: usize) -> impl Iterator<Item = usize> + '_ {
        let here = self.voxel[member];
        (0..3).flat_map(move |axis| [-1isize, 1].map(|step| (axis, step))).filter_map(move |(axis, step)| {
            let mut there = here;
            there[axis] = here[axis].checked_add_signed(step).filter(|n| *n < self.grid.size[axis])?;
            self.member[self.grid.at(there)].checked_sub(1).map(|other| other as usize)
        })
    }
}
