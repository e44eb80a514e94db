//! Resampling of a case as PyRadiomics does it, to the last voxel: its grid, its interpolators and its rounding differ from IBSI's.

use super::Interpolation;
use super::onto::{Beyond, along_axes, on_image, volume_onto};
use super::target::IndexMap;
use crate::error::{Error, Result};
use crate::image::{BoundingBox, Grid, Mask, Volume};

/// The number type in which the image is stored: PyRadiomics puts interpolated values back into it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stored {
    /// 64-bit reals: kept as they are.
    Real,
    /// 32-bit reals: rounded to that precision.
    Single,
    /// Integers of this range: cut off towards zero, not rounded.
    Integer {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
    },
}

impl Stored {
    /// Signed 16-bit integers, the commonest.
    pub const INT16: Stored = Stored::Integer { least: i16::MIN as f64, most: i16::MAX as f64 };

    fn put(self, value: f64) -> f64 {
        match self {
            Stored::Real => value,
            Stored::Single => f64::from(value as f32),
            Stored::Integer { least, most } => value.clamp(least, most).trunc(),
        }
    }
}

/// PyRadiomics' settings of resampling, under its names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PyRadiomicsResampling {
    /// `resampledPixelSpacing`, mm; 0 keeps the mask's spacing.
    pub resampled_pixel_spacing: [f64; 3],
    /// `interpolator`: `sitkBSpline` is [`Interpolation::CubicSpline`]. The mask always takes its nearest neighbour.
    pub interpolator: Interpolation,
    /// `padDistance`, in new voxels; PyRadiomics' default is 5.
    pub pad_distance: usize,
    /// How the image is stored.
    pub stored: Stored,
}

impl PyRadiomicsResampling {
    /// Image and mask, cropped to the region and its padding.
    ///
    /// # Definition
    /// The new grid begins at the corner of the mask's first voxel (centres are not aligned), the axes along which the region is one voxel
    /// thick keep their spacing; kept are the voxels ⌊(b₀ − ½) s/s′ − pad⌋ to ⌈(b₁ − ½) s/s′ + pad⌉ of the bounding box [b₀, b₁), cut at the mask's
    /// extent. Outside the image the value is 0. Interpolated values go back to the stored type.
    ///
    /// Where ITK's own rounding decides (a new centre exactly between two voxels), this agrees with it on grids along the patient's axes; on
    /// oblique grids such ties hang on the last bits of ITK's matrix inversion and may fall otherwise.
    ///
    /// # Errors
    /// An empty region, one that reaches outside the image, or a spacing that is no spacing.
    ///
    /// # Reference
    /// `radiomics.imageoperations.resampleImage` of PyRadiomics 3 over `itk::ResampleImageFilter`.
    pub fn apply(&self, image: &Volume, mask: &Mask) -> Result<(Volume, Mask)> {
        let Some(region) = mask.bounding_box() else {
            return Err(Error::study("the region is empty: there is nothing to resample"));
        };
        within_image(&mask.grid, &region, &image.grid)?;
        let spacing = self.spacing(mask, &region)?;
        if (0..3).all(|axis| (image.grid.spacing[axis] - spacing[axis]).abs() <= 1e-8 + 1e-5 * spacing[axis].abs()) {
            return self.crop(image, mask);
        }
        let grid = self.grid(&mask.grid, &region, spacing);
        let mut resampled = self.image_onto(image, &grid)?;
        for value in &mut resampled.values {
            *value = self.stored.put(*value);
        }
        let resampled_mask = Mask::new(grid.clone(), nearest(mask, &grid)?);
        Ok((resampled, resampled_mask))
    }

    fn spacing(&self, mask: &Mask, region: &BoundingBox) -> Result<[f64; 3]> {
        let mut spacing = self.resampled_pixel_spacing;
        for axis in 0..3 {
            if !(spacing[axis].is_finite() && spacing[axis] >= 0.0) {
                return Err(Error::usage(format!("resampledPixelSpacing {spacing:?} is no spacing in mm")));
            }
            if spacing[axis] == 0.0 || region.end[axis] - region.start[axis] == 1 {
                spacing[axis] = mask.grid.spacing[axis];
            }
        }
        Ok(spacing)
    }

    fn grid(&self, mask: &Grid, region: &BoundingBox, spacing: [f64; 3]) -> Grid {
        let (mut size, mut first) = ([0; 3], [0.0; 3]);
        let pad = self.pad_distance as f64;
        for axis in 0..3 {
            let (old, new) = (mask.spacing[axis], spacing[axis]);
            let ratio = old / new;
            let low = ((region.start[axis] as f64 - 0.5) * ratio - pad).floor().max(0.0);
            let most = (mask.size[axis] as f64 * ratio).ceil() - 1.0;
            let high = ((region.end[axis] as f64 - 0.5) * ratio + pad).ceil().min(most);
            size[axis] = (high - low + 1.0).max(0.0) as usize;
            first[axis] = 0.5 * (new - old) / old + low / ratio;
        }
        Grid { size, spacing, origin: itk_point(mask, first), direction: mask.direction }
    }

    fn image_onto(&self, image: &Volume, grid: &Grid) -> Result<Volume> {
        if image.grid.direction != grid.direction {
            return volume_onto(image, grid, self.interpolator, Beyond::Value(0.0));
        }
        // The positions are computed as ITK computes them, so that ties and edges fall as they fall there.
        let lines = ScanLines::new(grid, &image.grid)?;
        let positions: [Vec<f64>; 3] = [
            lines.first(0, 0, grid.size[0]).iter().map(|x| x[0]).collect(),
            (0..grid.size[1]).map(|j| lines.start(j, 0)[1]).collect(),
            (0..grid.size[2]).map(|k| lines.start(0, k)[2]).collect(),
        ];
        let values = along_axes(&image.grid, |at| image.values[at], &positions, self.interpolator, Beyond::Value(0.0));
        Ok(Volume::new(grid.clone(), values))
    }

    /// Image and mask, cut to the region's bounding box and its padding: what is done when the image has the wanted spacing.
    fn crop(&self, image: &Volume, mask: &Mask) -> Result<(Volume, Mask)> {
        let inside = if mask.grid == image.grid { mask.inside.clone() } else { nearest(mask, &image.grid)? };
        let mask = Mask::new(image.grid.clone(), inside);
        let Some(region) = mask.bounding_box() else {
            return Err(Error::study("on the image's grid the region is empty"));
        };
        let window = BoundingBox {
            start: region.start.map(|start| start.saturating_sub(self.pad_distance)),
            end: std::array::from_fn(|axis| (region.end[axis] + self.pad_distance).min(image.grid.size[axis])),
        };
        let grid = image.grid.part(&window);
        let (mut values, mut members) = (Vec::with_capacity(grid.voxels()), Vec::with_capacity(grid.voxels()));
        for k in window.start[2]..window.end[2] {
            for j in window.start[1]..window.end[1] {
                let row = image.grid.at([window.start[0], j, k]);
                values.extend_from_slice(&image.values[row..row + grid.size[0]]);
                members.extend_from_slice(&mask.inside[row..row + grid.size[0]]);
            }
        }
        Ok((Volume::new(grid.clone(), values), Mask::new(grid, members)))
    }
}

/// Refuses a region whose bounding box leaves the image by more than a thousandth of a voxel.
fn within_image(mask: &Grid, region: &BoundingBox, image: &Grid) -> Result<()> {
    let map = IndexMap::new(mask, image).ok_or_else(|| Error::study("the axes of the image do not span space"))?;
    let corners = [region.start.map(|b| b as f64 - 0.5), region.end.map(|b| b as f64 - 0.5)].map(|corner| map.apply(corner));
    for axis in 0..3 {
        let (a, b) = (corners[0][axis], corners[1][axis]);
        if a.min(b) < -0.501 || a.max(b) > image.size[axis] as f64 - 0.499 {
            return Err(Error::study(format!(
                "the region reaches outside the image: voxels {:.1} to {:.1} of 0 to {} along axis {}",
                a.min(b),
                a.max(b),
                image.size[axis] - 1,
                ["i", "j", "k"][axis]
            )));
        }
    }
    Ok(())
}

/// The mask's nearest neighbours.
fn nearest(mask: &Mask, grid: &Grid) -> Result<Vec<bool>> {
    let lines = ScanLines::new(grid, &mask.grid)?;
    let mut inside = Vec::with_capacity(grid.voxels());
    for k in 0..grid.size[2] {
        for j in 0..grid.size[1] {
            inside.extend(lines.first(j, k, grid.size[0]).iter().map(|x| {
                (0..3).all(|axis| on_image(x[axis], mask.grid.size[axis]))
                    && mask.inside[mask.grid.at(x.map(|x| (x + 0.5).floor() as usize))]
            }));
        }
    }
    Ok(inside)
}

/// Index positions as `itk::ResampleImageFilter` finds them: both ends of a line through patient space, the rest evenly between. A position
/// that falls on the edge between two voxels (coarser spacing by an even factor) is decided by the rounding of exactly these steps.
struct ScanLines<'a> {
    grid: &'a Grid,
    from: &'a Grid,
    to_index: [[f64; 3]; 3],
}

impl<'a> ScanLines<'a> {
    fn new(grid: &'a Grid, from: &'a Grid) -> Result<Self> {
        let scaled = from.direction.map(|row| [row[0] * from.spacing[0], row[1] * from.spacing[1], row[2] * from.spacing[2]]);
        let to_index = super::target::inverse(&scaled).ok_or_else(|| Error::study("the axes of the image do not span space"))?;
        Ok(ScanLines { grid, from, to_index })
    }

    fn at(&self, index: [usize; 3]) -> [f64; 3] {
        let point = itk_point(self.grid, index.map(|n| n as f64));
        let step: [f64; 3] = std::array::from_fn(|axis| point[axis] - self.from.origin[axis]);
        self.to_index.map(|row| row[0] * step[0] + row[1] * step[1] + row[2] * step[2])
    }

    fn start(&self, j: usize, k: usize) -> [f64; 3] {
        self.at([0, j, k])
    }

    fn first(&self, j: usize, k: usize, length: usize) -> Vec<[f64; 3]> {
        let (start, end) = (self.start(j, k), self.at([length, j, k]));
        (0..length)
            .map(|i| {
                let alpha = i as f64 / length as f64;
                std::array::from_fn(|axis| start[axis] + alpha * (end[axis] - start[axis]))
            })
            .collect()
    }
}

/// Patient coordinates with ITK's order of operations: direction times spacing first, added to the origin one after the other.
fn itk_point(grid: &Grid, index: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|row| {
        (0..3).fold(grid.origin[row], |sum, axis| sum + grid.direction[row][axis] * grid.spacing[axis] * index[axis])
    })
}
