//! Registration: the transform that brings a moving image to a fixed one, and how much better they then agree.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::metric::{Binning, Metric, Place};
use super::pyramid::Level;
use super::quality::{Check, Gain, OUTLIERS, Quality, compare};
use super::rigid::RigidTransform;
use super::search::{Freedom, Limits, Summit, apart, climb};
use crate::error::{Error, Result};
use crate::image::{AffineTransform, Grid, Mask, Volume};

/// What may differ between the two images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// Turns and shifts; within the slice for images of one slice.
    #[default]
    Rigid,
    /// Turns, shifts, scaling and shearing.
    Affine,
}

/// Where the search begins.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Where the files' headers put the images: the identity.
    #[default]
    Headers,
    /// The shift between the images' centres of mass (intensity above the least).
    CentreOfMass,
    /// A transform known from elsewhere.
    Given(AffineTransform),
}

/// Settings of a registration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RegistrationOptions {
    /// What may differ.
    pub motion: Motion,
    /// Where the search begins.
    pub start: Start,
    /// Resolutions in mm, from coarse to fine; 0 is the images' own.
    pub levels: Vec<f64>,
    /// Places at which the images are compared per resolution, at most.
    pub samples: usize,
    /// Bins of the fixed and of the moving image's values.
    pub bins: usize,
    /// Looks at the images per resolution, at most.
    pub iterations: usize,
    /// A resolution ends with a step that moves no place by more than this part of it; the last by no more than this many mm.
    pub tolerance: f64,
    /// No place may be moved further than this from where the search begins, mm.
    pub reach: f64,
}

impl Default for RegistrationOptions {
    fn default() -> Self {
        RegistrationOptions {
            motion: Motion::Rigid,
            start: Start::Headers,
            levels: vec![8.0, 4.0, 2.0],
            samples: 50_000,
            bins: 32,
            iterations: 60,
            tolerance: 0.01,
            reach: 60.0,
        }
    }
}

/// Least part of the fixed image's mask that must lie on the moving image.
const LEAST_OVERLAP: f64 = 0.1;
/// Places per voxel of a resolution: more do not tell more.
const PER_VOXEL: f64 = 4.0;
/// Fewer finite voxels carry no registration.
const LEAST_VOXELS: usize = 64;
/// Standard errors by which the gain must exceed 0.
const CERTAIN: f64 = 2.0;

/// Whether the transform found is the one handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The images agree better by more than two standard errors of the gain, or agreed nowhere before. It may still be wrong: look at it.
    Better,
    /// No gain beyond chance at places that the search did not use: the identity is kept.
    IdentityKept,
}

/// The result of a registration, with what is needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alignment {
    /// Carries points of the fixed image to where they lie in the moving image (LPS, mm).
    pub transform: AffineTransform,
    /// The same about the middle of the mask, when the motion is rigid.
    pub rigid: Option<RigidTransform>,
    /// Whether `transform` was found or is the identity.
    pub verdict: Verdict,
    /// What the search found, kept or not.
    pub found: AffineTransform,
    /// Agreement by the headers.
    pub before: Quality,
    /// Agreement under `transform`.
    pub after: Quality,
    /// What the found transform gains; null where the images do not overlap by their headers.
    pub gain: Option<Gain>,
    /// Mean distance over the mask by which `transform` moves places, mm.
    pub displacement_mean: f64,
    /// Largest such distance, mm.
    pub displacement_max: f64,
    /// Looks at the images, over all resolutions.
    pub iterations: usize,
    /// Whether the last resolution's steps became small before they were used up.
    pub converged: bool,
    /// Whether the search was stopped by the reach.
    pub at_bound: bool,
}

/// One resolution of the fixed image.
struct FixedLevel {
    resolution: f64,
    places: Vec<Place>,
    bins: usize,
}

/// A fixed image, ready for moving images to be brought to it.
pub struct Fixed<'a> {
    image: &'a Volume,
    options: RegistrationOptions,
    levels: Vec<FixedLevel>,
    checks: Vec<Check>,
    /// Ends of the mask's rows of voxels: no place of the mask moves further than one of these.
    ends: Vec<[f64; 3]>,
    corners: [[f64; 3]; 8],
    centre: [f64; 3],
    /// The axis of one voxel, if there is one.
    flat: Option<usize>,
}

impl<'a> Fixed<'a> {
    /// Prepares a fixed image; places are drawn evenly over the mask (all of the image without one), each at a random spot within its voxel,
    /// so that no interpolation falls on voxel centres only.
    ///
    /// # Errors
    /// Options out of range; a mask on another grid or with hardly a finite voxel; an image that does not vary, or of one row.
    pub fn new(image: &'a Volume, mask: Option<&Mask>, options: &RegistrationOptions, rng: &mut impl Rng) -> Result<Self> {
        options.check()?;
        let grid = &image.grid;
        if let Some(mask) = mask
            && !mask.grid.agrees_with(grid)
        {
            return Err(Error::study(format!(
                "the mask lies on another grid than the fixed image: {}; the image: {grid}",
                mask.grid
            )));
        }
        let flat = flat_axis(grid)?;
        let within = |at: usize| mask.is_none_or(|mask| mask.inside[at]) && image.values[at].is_finite();
        let count = (0..grid.voxels()).filter(|at| within(*at)).count();
        if count < LEAST_VOXELS {
            let what = if mask.is_some() { "mask of the fixed image" } else { "fixed image" };
            return Err(Error::study(format!(
                "the {what} has {count} voxels with a value; registration needs at least {LEAST_VOXELS}"
            )));
        }
        let ends = row_ends(grid, within);
        let (corners, centre) = surroundings(grid, &ends);
        let mut levels = Vec::new();
        let mut finest = None;
        for &resolution in &options.levels {
            let level = Level::new(image, resolution).ok_or_else(|| axes_fault(grid))?;
            let voxels: f64 =
                (0..3).map(|a| (grid.spacing[a] / resolution.max(grid.spacing[a])).max(1.0 / grid.size[a] as f64)).product();
            let wanted = (PER_VOXEL * count as f64 * voxels).max(LEAST_VOXELS as f64) as usize;
            let points = draw(grid, within, count, wanted.min(options.samples), rng);
            let valued = values(&level, points);
            let spread = super::pyramid::range(valued.iter().map(|check| check.value as f32).collect(), OUTLIERS);
            let binning = Binning::new(spread.ok_or_else(|| constant("fixed"))?, options.bins);
            let place = |check: &Check| Place {
                at: [0, 1, 2].map(|a| (check.point[a] - centre[a]) as f32),
                bin: binning.bin(check.value),
            };
            levels.push(FixedLevel { resolution, places: valued.iter().map(place).collect(), bins: options.bins });
            finest = Some(level);
        }
        let finest = finest.ok_or_else(|| Error::usage("a registration needs at least one resolution"))?;
        let checks = values(&finest, draw(grid, within, count, options.samples, rng));
        Ok(Fixed { image, options: options.clone(), levels, checks, ends, corners, centre, flat })
    }

    /// Where the fixed image's voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.image.grid
    }

    /// Brings a moving image to the fixed one.
    ///
    /// # Errors
    /// A moving image that does not vary, has another number of dimensions (one slice), or hardly overlaps where the search begins.
    pub fn align(&self, moving: &Volume) -> Result<Alignment> {
        let options = &self.options;
        if flat_axis(&moving.grid)?.is_some() != self.flat.is_some() {
            return Err(Error::study("one of the two images has one slice and the other several: they cannot be registered"));
        }
        let start = self.start(moving)?;
        let direction = &self.image.grid.direction;
        let rigid = Freedom::new(direction, self.flat, false);
        let full = Freedom::new(direction, self.flat, options.motion == Motion::Affine);
        let (mut at, mut iterations) = (start, 0);
        let mut last: Option<(Summit, Level)> = None;
        for (number, level) in self.levels.iter().enumerate() {
            let image = Level::new(moving, level.resolution).ok_or_else(|| axes_fault(&moving.grid))?;
            let range = image.range(OUTLIERS).ok_or_else(|| constant("moving"))?;
            let metric = Metric {
                places: &level.places,
                fixed_bins: level.bins,
                moving: &image,
                moving_bins: Binning::new(range, options.bins),
                centre: self.centre,
            };
            let overlap = metric.overlap(&at);
            if overlap < LEAST_OVERLAP {
                return Err(no_overlap(overlap));
            }
            let scale = if number + 1 == self.levels.len() { 1.0 } else { level.resolution.max(1.0) };
            let limits = Limits {
                step: (2.0 * level.resolution).max(4.0),
                tolerance: options.tolerance * scale,
                reach: options.reach,
                start,
                overlap: LEAST_OVERLAP.max(0.5 * overlap),
                iterations: options.iterations,
                corners: self.corners,
            };
            if number == 0 && options.motion == Motion::Affine {
                let summit = climb(&metric, &rigid, at, &limits);
                iterations += summit.iterations;
                at = summit.transform;
            }
            let summit = climb(&metric, &full, at, &limits);
            iterations += summit.iterations;
            at = summit.transform;
            last = Some((summit, image));
        }
        let (summit, finest) = last.ok_or_else(|| Error::usage("a registration needs at least one resolution"))?;
        let comparison = compare(&self.checks, &finest, &AffineTransform::IDENTITY, &at).ok_or_else(|| constant("moving"))?;
        let better = comparison.gain.is_none_or(|gain| gain.mean > CERTAIN * gain.error);
        let transform = if better { at } else { AffineTransform::IDENTITY };
        let [displacement_mean, displacement_max] = self.displacement(&transform);
        Ok(Alignment {
            transform,
            rigid: RigidTransform::of(&transform, self.centre).filter(|_| options.motion == Motion::Rigid),
            verdict: if better { Verdict::Better } else { Verdict::IdentityKept },
            found: at,
            before: comparison.before,
            after: if better { comparison.after } else { comparison.before },
            gain: comparison.gain,
            displacement_mean,
            displacement_max,
            iterations,
            converged: summit.converged,
            at_bound: summit.at_bound,
        })
    }

    /// Mean and largest distance by which a transform moves the places of the mask, mm.
    pub fn displacement(&self, transform: &AffineTransform) -> [f64; 2] {
        let distance = |point: &[f64; 3]| apart(transform, &AffineTransform::IDENTITY, &[*point]);
        let mean = self.checks.iter().map(|check| distance(&check.point)).sum::<f64>() / self.checks.len().max(1) as f64;
        [mean, self.ends.iter().map(distance).fold(0.0, f64::max)]
    }

    fn start(&self, moving: &Volume) -> Result<AffineTransform> {
        let map = match self.options.start {
            Start::Headers => AffineTransform::IDENTITY,
            Start::Given(map) => map,
            Start::CentreOfMass => {
                let (to, from) = (centre_of_mass(moving), centre_of_mass(self.image));
                let (to, from) = (to.ok_or_else(|| constant("moving"))?, from.ok_or_else(|| constant("fixed"))?);
                let mut by = [0, 1, 2].map(|a| to[a] - from[a]);
                if let Some(flat) = self.flat {
                    // A slice is shifted within its plane.
                    let normal = self.image.grid.direction.map(|row| row[flat]);
                    let away: f64 = (0..3).map(|a| normal[a] * by[a]).sum();
                    (0..3).for_each(|a| by[a] -= away * normal[a]);
                }
                AffineTransform::shift(by)
            }
        };
        let finite = map.matrix.iter().flatten().chain(&map.offset).all(|entry| entry.is_finite());
        if finite && map.inverse().is_some() {
            Ok(map)
        } else {
            Err(Error::usage("the transform to start from cannot be inverted"))
        }
    }
}

/// Brings a moving image to a fixed one: see [`Fixed`].
///
/// # Errors
/// As [`Fixed::new`] and [`Fixed::align`].
pub fn register(
    fixed: &Volume,
    moving: &Volume,
    mask: Option<&Mask>,
    options: &RegistrationOptions,
    rng: &mut impl Rng,
) -> Result<Alignment> {
    Fixed::new(fixed, mask, options, rng)?.align(moving)
}

impl RegistrationOptions {
    fn check(&self) -> Result<()> {
        let levels = !self.levels.is_empty() && self.levels.iter().all(|level| level.is_finite() && *level >= 0.0);
        let ranges = [
            (levels, "resolutions of 0 mm or more, at least one"),
            (self.samples >= 1000, "at least 1000 samples"),
            ((4..=256).contains(&self.bins), "4 to 256 bins"),
            (self.iterations > 0, "at least one iteration"),
            (self.tolerance.is_finite() && self.tolerance > 0.0, "a positive tolerance"),
            (self.reach.is_finite() && self.reach > 0.0, "a positive reach in mm"),
        ];
        match ranges.iter().find(|(holds, _)| !holds) {
            Some((_, needed)) => Err(Error::usage(format!("a registration needs {needed}"))),
            None => Ok(()),
        }
    }
}

fn constant(which: &str) -> Error {
    Error::study(format!("the {which} image does not vary: nothing can be aligned to it"))
}

fn axes_fault(grid: &Grid) -> Error {
    Error::study(format!("the axes {:?} of the image do not span space", grid.direction))
}

fn no_overlap(overlap: f64) -> Error {
    Error::study(format!(
        "{:.1} % of the fixed image lies on the moving image where the search begins; at least {:.0} % is needed: start from the centre \
         of mass, or check that both are of the same patient position",
        100.0 * overlap,
        100.0 * LEAST_OVERLAP
    ))
}

/// The axis of one voxel, if there is one.
fn flat_axis(grid: &Grid) -> Result<Option<usize>> {
    let flat: Vec<usize> = (0..3).filter(|a| grid.size[*a] == 1).collect();
    match flat[..] {
        [] if grid.voxels() > 0 => Ok(None),
        [axis] => Ok(Some(axis)),
        _ => Err(Error::study(format!("an image of {} voxels cannot be registered", grid.size.map(|n| n.to_string()).join("×")))),
    }
}

/// Places spread evenly over the `count` voxels within: every n-th voxel, at a random spot inside it.
fn draw(grid: &Grid, within: impl Fn(usize) -> bool, count: usize, wanted: usize, rng: &mut impl Rng) -> Vec<[f64; 3]> {
    let wanted = wanted.min(count);
    let every = count as f64 / wanted.max(1) as f64;
    let [nx, ny, _] = grid.size;
    let mut points = Vec::with_capacity(wanted);
    let mut next = (rng.r#gen::<f64>() * every) as usize;
    let selected = (0..grid.voxels()).filter(|at| within(*at));
    for (number, at) in selected.enumerate() {
        if number < next || points.len() == wanted {
            continue;
        }
        let index = [at % nx, at / nx % ny, at / (nx * ny)];
        let spot = |a: usize| index[a] as f64 + if grid.size[a] > 1 { rng.r#gen::<f64>() - 0.5 } else { 0.0 };
        let [i, j, k] = [0, 1, 2].map(spot);
        points.push(grid.point([i, j, k]));
        // The next stretch of voxels gives one at random.
        next = (((points.len() as f64) + rng.r#gen::<f64>()) * every) as usize;
        next = next.max(number + 1);
    }
    points
}

/// The level's values at points, where it has one.
fn values(level: &Level, points: Vec<[f64; 3]>) -> Vec<Check> {
    let value = |point: [f64; 3]| level.sample(level.to_index.apply(point)).map(|(value, _)| Check { point, value });
    points.into_iter().filter_map(value).collect()
}

/// First and last voxel of each row within, in patient space.
fn row_ends(grid: &Grid, within: impl Fn(usize) -> bool) -> Vec<[f64; 3]> {
    let [nx, ny, nz] = grid.size;
    let mut ends = Vec::new();
    for (j, k) in (0..nz).flat_map(|k| (0..ny).map(move |j| (j, k))) {
        let row = grid.at([0, j, k]);
        let inside = |i: &usize| within(row + *i);
        if let (Some(first), Some(last)) = ((0..nx).find(inside), (0..nx).rev().find(inside)) {
            ends.extend([first, last].map(|i| grid.point([i as f64, j as f64, k as f64])));
        }
    }
    ends
}

/// Corners of the box (along the grid's axes) around points, and its middle.
fn surroundings(grid: &Grid, points: &[[f64; 3]]) -> ([[f64; 3]; 8], [f64; 3]) {
    let along = |point: &[f64; 3], a: usize| (0..3).map(|r| grid.direction[r][a] * point[r]).sum::<f64>();
    let ends = [0, 1, 2].map(|a| {
        points.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], point| {
            let x = along(point, a);
            [low.min(x), high.max(x)]
        })
    });
    let place = |x: [f64; 3]| [0, 1, 2].map(|r| (0..3).map(|a| grid.direction[r][a] * x[a]).sum::<f64>());
    let corners = std::array::from_fn(|n| place([0, 1, 2].map(|a| ends[a][n >> a & 1])));
    (corners, place(ends.map(|[low, high]| 0.5 * (low + high))))
}

/// Mean position weighted by intensity above the least; `None` for an image that does not vary.
fn centre_of_mass(image: &Volume) -> Option<[f64; 3]> {
    let least = image.values.iter().copied().filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
    let [nx, ny, _] = image.grid.size;
    let (mut total, mut sums) = (0.0, [0.0; 3]);
    for (at, value) in image.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        let weight = value - least;
        total += weight;
        sums[0] += weight * (at % nx) as f64;
        sums[1] += weight * (at / nx % ny) as f64;
        sums[2] += weight * (at / (nx * ny)) as f64;
    }
    (total > 0.0).then(|| image.grid.point(sums.map(|sum| sum / total)))
}
