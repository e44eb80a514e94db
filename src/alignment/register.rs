//! Registration: the transform that brings a moving image to a fixed one, and how much better they then agree.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::metric::{Binning, Metric, Place};
use super::places::{centre_of_mass, draw, flat_axis, row_ends, surroundings, values};
use super::pyramid::{Level, range};
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
            let spread = range(valued.iter().map(|check| check.value as f32).collect(), OUTLIERS);
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
            let ends = image.range(OUTLIERS).ok_or_else(|| constant("moving"))?;
            let metric = Metric {
                places: &level.places,
                fixed_bins: level.bins,
                moving: &image,
                moving_bins: Binning::new(ends, options.bins),
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
