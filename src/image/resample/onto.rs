//! An image or a mask on another grid.

use rayon::prelude::*;

use super::prefilter::prefilter;
use super::taps::{Taps, tap};
use super::target::IndexMap;
use super::{Interpolation, MaskInterpolation};
use crate::error::{Error, Result};
use crate::image::{AffineTransform, Grid, Mask, Volume};

/// What stands where an image is sampled outside itself: further than half a voxel beyond its outer centres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Beyond {
    /// The value of its edge goes on.
    Edge,
    /// This value; within the outer half voxel a spline goes on as its mirrored signal, as in ITK.
    Value(f64),
}

/// A linearly interpolated membership of one half may come out a rounding error below it.
const HALF: f64 = 0.5 - 1e-9;

/// The image's values at the voxel centres of another grid, which may be turned, finer, coarser or larger.
///
/// # Definition
/// Each centre is carried into the image's (fractional) voxel indices and interpolated there. Where the two grids' axes run alike, the axes
/// are interpolated one after the other (the same by linearity), else every point by its 1, 8 or 64 neighbours.
///
/// # Errors
/// A grid whose axes do not span space, or an image without voxels.
pub fn volume_onto(image: &Volume, grid: &Grid, kind: Interpolation, beyond: Beyond) -> Result<Volume> {
    let values = sample(&image.grid, |at| image.values[at], &AffineTransform::IDENTITY, grid, kind, beyond)?;
    Ok(Volume::new(grid.clone(), values))
}

/// A moving image brought onto a fixed image's grid by the spatial transform of their registration.
///
/// # Definition
/// The voxel of `grid` with its centre at x takes the image's value at `transform`(x): a transform carries points of the fixed image into the
/// moving one, as in ITK. A voxel of which any neighbour that it is interpolated from is NaN is NaN.
///
/// # Errors
/// As [`volume_onto`]; and values that are no number when a cubic spline is asked for, which would carry them through the whole image.
pub fn volume_through(
    image: &Volume,
    transform: &AffineTransform,
    grid: &Grid,
    kind: Interpolation,
    beyond: Beyond,
) -> Result<Volume> {
    let holes = if kind == Interpolation::CubicSpline { image.non_finite() } else { 0 };
    if holes > 0 {
        return Err(Error::study(format!(
            "{holes} voxels of the image are no number, which a cubic spline would carry through all of it: use linear interpolation"
        )));
    }
    let values = sample(&image.grid, |at| image.values[at], transform, grid, kind, beyond)?;
    Ok(Volume::new(grid.clone(), values))
}

/// A moving image's region brought onto a fixed image's grid: see [`volume_through`]; what lies outside the mask's own grid does not
/// belong to it.
///
/// # Errors
/// As [`mask_onto`].
pub fn mask_through(mask: &Mask, transform: &AffineTransform, grid: &Grid, kind: MaskInterpolation) -> Result<Mask> {
    let kind = match kind {
        MaskInterpolation::Nearest => Interpolation::Nearest,
        MaskInterpolation::Linear => Interpolation::Linear,
    };
    let belongs = |at: usize| f64::from(u8::from(mask.inside[at]));
    let values = sample(&mask.grid, belongs, transform, grid, kind, Beyond::Value(0.0))?;
    Ok(Mask::new(grid.clone(), values.into_iter().map(|value| value >= HALF).collect()))
}

/// The region on another grid; what lies outside the mask's own grid does not belong to it.
///
/// # Errors
/// A grid whose axes do not span space, or a mask without voxels.
pub fn mask_onto(mask: &Mask, grid: &Grid, kind: MaskInterpolation) -> Result<Mask> {
    mask_through(mask, &AffineTransform::IDENTITY, grid, kind)
}

fn sample(
    from: &Grid,
    fetch: impl Fn(usize) -> f64 + Sync,
    transform: &AffineTransform,
    to: &Grid,
    kind: Interpolation,
    beyond: Beyond,
) -> Result<Vec<f64>> {
    if from.voxels() == 0 {
        return Err(Error::study("an image without voxels cannot be resampled"));
    }
    let map = IndexMap::through(to, transform, from)
        .ok_or_else(|| Error::study(format!("the axes {:?} of the image do not span space", from.direction)))?;
    if map.is_parallel(to.size) {
        let positions: [Vec<f64>; 3] = std::array::from_fn(|axis| {
            (0..to.size[axis]).map(|n| map.offset[axis] + map.matrix[axis][axis] * n as f64).collect()
        });
        return Ok(along_axes(from, fetch, &positions, kind, beyond));
    }
    Ok(point_by_point(from, fetch, to, &map, kind, beyond))
}

/// Whether a position lies on the image: on an axis of `length` voxels, each half a voxel wide on either side of its centre.
#[inline]
pub(super) fn on_image(x: f64, length: usize) -> bool {
    x >= -0.5 && x < length as f64 - 0.5
}

/// Samples at the product of three lists of positions, one axis after the other.
pub(super) fn along_axes(
    from: &Grid,
    fetch: impl Fn(usize) -> f64,
    positions: &[Vec<f64>; 3],
    kind: Interpolation,
    beyond: Beyond,
) -> Vec<f64> {
    if positions.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let taps: [Taps; 3] = std::array::from_fn(|axis| Taps::new(&positions[axis], from.size[axis], kind, beyond != Beyond::Edge));
    let [ti, tj, tk] = &taps;
    let mut data = Vec::with_capacity(ti.span() * tj.span() * tk.span());
    for k in tk.low..tk.high {
        for j in tj.low..tj.high {
            let row = from.at([0, j, k]);
            data.extend((ti.low..ti.high).map(|i| fetch(row + i)));
        }
    }
    // The axes that lose most voxels go first, so that the others have less to do.
    let mut extent = [ti.span(), tj.span(), tk.span()];
    let gain = |axis: usize| positions[axis].len() as f64 / extent[axis] as f64;
    let mut order = [2, 1, 0];
    order.sort_by(|&a, &b| gain(a).total_cmp(&gain(b)));
    for axis in order {
        let taps = &taps[axis];
        let inner = extent[..axis].iter().product();
        if taps.spline {
            prefilter(&mut data, taps.span(), inner);
        }
        data = taps.apply(data, inner);
        extent[axis] = positions[axis].len();
    }
    if let Beyond::Value(value) = beyond {
        let on: [Vec<bool>; 3] =
            std::array::from_fn(|axis| positions[axis].iter().map(|&x| on_image(x, from.size[axis])).collect());
        if on.iter().any(|axis| axis.contains(&false)) {
            let rows = on[2].iter().flat_map(|k| on[1].iter().map(move |j| *k && *j));
            for (line, row_on) in data.chunks_exact_mut(positions[0].len()).zip(rows) {
                for (sample, column_on) in line.iter_mut().zip(&on[0]) {
                    if !(row_on && *column_on) {
                        *sample = value;
                    }
                }
            }
        }
    }
    data
}

/// Samples at the points of a turned grid, slice by slice on all cores: each sample is a sum of its own, so threads change nothing.
fn point_by_point(
    from: &Grid,
    fetch: impl Fn(usize) -> f64 + Sync,
    to: &Grid,
    map: &IndexMap,
    kind: Interpolation,
    beyond: Beyond,
) -> Vec<f64> {
    let [nx, ny, _] = from.size;
    let spline = kind == Interpolation::CubicSpline;
    let mut coefficients = Vec::new();
    if spline {
        coefficients = (0..from.voxels()).map(&fetch).collect();
        let mut inner = 1;
        for length in from.size {
            prefilter(&mut coefficients, length, inner);
            inner *= length;
        }
    }
    let read = |at: usize| if spline { coefficients[at] } else { fetch(at) };
    let width = match kind {
        Interpolation::Nearest => 1,
        Interpolation::Linear => 2,
        Interpolation::CubicSpline => 4,
    };
    let at_point = |x: [f64; 3]| -> f64 {
        if let Beyond::Value(value) = beyond
            && (0..3).any(|axis| !on_image(x[axis], from.size[axis]))
        {
            return value;
        }
        let [(xi, xw), (yi, yw), (zi, zw)] = [0, 1, 2].map(|axis| tap(x[axis], from.size[axis], kind, beyond != Beyond::Edge));
        let mut sum = 0.0;
        for c in 0..width {
            for b in 0..width {
                let row = nx * (yi[b] + ny * zi[c]);
                let line: f64 = (0..width).map(|a| xw[a] * read(row + xi[a])).sum();
                sum += line * yw[b] * zw[c];
            }
        }
        sum
    };
    let [columns, rows, _] = to.size;
    let mut out = vec![0.0; to.voxels()];
    out.par_chunks_mut((columns * rows).max(1)).enumerate().for_each(|(k, slice)| {
        for (n, sample) in slice.iter_mut().enumerate() {
            *sample = at_point(map.apply([(n % columns) as f64, (n / columns) as f64, k as f64]));
        }
    });
    out
}
