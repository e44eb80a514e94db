//! Resampling of a case as IBSI lays it down: image and mask on one aligned grid.

use super::onto::{Beyond, mask_onto, volume_onto};
use super::target::{aligned_grid, window_around};
use super::{Interpolation, MaskInterpolation};
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};

/// How a case is resampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Wanted voxel spacing along i, j, k in mm; 0 keeps the image's (0 for k: 2-D interpolation within the slices).
    pub spacing: [f64; 3],
    /// For the image.
    pub image: Interpolation,
    /// For the mask.
    pub mask: MaskInterpolation,
    /// Whether values are rounded to integers, as is right for Hounsfield units; halves go to the even neighbour.
    pub round: bool,
    /// How much of the image around the region is made, in mm (filters look beyond it); `None` for all of it.
    pub margin: Option<f64>,
}

impl Resampling {
    /// Image and mask on the aligned grid of the image; the mask may come on another grid.
    ///
    /// # Errors
    /// A spacing that [`aligned_grid`] refuses, or a region that is empty or nowhere on the image.
    ///
    /// # Reference
    /// IBSI reference manual, sections 2.4 and 2.5; configurations B to E of its CT phantom.
    pub fn apply(&self, image: &Volume, mask: &Mask) -> Result<(Volume, Mask)> {
        let mut grid = aligned_grid(&image.grid, self.spacing)?;
        if let Some(margin) = self.margin {
            let window = window_around(mask, &grid, margin)
                .ok_or_else(|| Error::study("the region is empty or lies outside the image: there is nothing to resample"))?;
            grid = grid.part(&window);
        }
        let mut resampled = volume_onto(image, &grid, self.image, Beyond::Edge)?;
        if self.round {
            for value in &mut resampled.values {
                *value = value.round_ties_even();
            }
        }
        Ok((resampled, mask_onto(mask, &grid, self.mask)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    fn case() -> (Volume, Mask) {
        let grid = Grid { origin: [3.0, -8.0, 11.0], ..Grid::plain([40, 36, 20], [0.8, 0.9, 2.5]) };
        let values = (0..grid.voxels()).map(|v| ((v * 7919 + v * v % 104_729) % 1009) as f64).collect();
        let inside = (0..grid.voxels())
            .map(|v| {
                let (i, j, k) = (v % 40, v / 40 % 36, v / 1440);
                (15..25).contains(&i) && (10..20).contains(&j) && (8..12).contains(&k)
            })
            .collect();
        (Volume::new(grid.clone(), values), Mask::new(grid, inside))
    }

    #[test]
    fn a_window_holds_what_the_whole_image_holds() {
        let (image, mask) = case();
        for kind in [Interpolation::Nearest, Interpolation::Linear, Interpolation::CubicSpline] {
            let whole =
                Resampling { spacing: [1.0; 3], image: kind, mask: MaskInterpolation::Linear, round: false, margin: None };
            let (all, all_mask) = whole.apply(&image, &mask).unwrap();
            let (part, part_mask) = Resampling { margin: Some(2.0), ..whole }.apply(&image, &mask).unwrap();
            assert_eq!(all_mask.count(), part_mask.count());
            assert!(part.grid.voxels() < all.grid.voxels() / 4);
            let window = window_around(&mask, &all.grid, 2.0).unwrap();
            for k in 0..part.grid.size[2] {
                for j in 0..part.grid.size[1] {
                    for i in 0..part.grid.size[0] {
                        let there = all.grid.at([i + window.start[0], j + window.start[1], k + window.start[2]]);
                        let here = part.grid.at([i, j, k]);
                        assert!((all.values[there] - part.values[here]).abs() < 1e-9);
                        assert_eq!(all_mask.inside[there], part_mask.inside[here]);
                    }
                }
            }
        }
    }

    #[test]
    fn an_empty_region_is_refused_and_one_voxel_is_not() {
        let (image, mut mask) = case();
        let recipe = Resampling {
            spacing: [1.0; 3],
            image: Interpolation::Linear,
            mask: MaskInterpolation::Nearest,
            round: true,
            margin: Some(0.0),
        };
        mask.inside.fill(false);
        assert!(recipe.apply(&image, &mask).is_err());
        let at = mask.grid.at([39, 35, 19]);
        mask.inside[at] = true;
        let (_, one) = recipe.apply(&image, &mask).unwrap();
        assert!(one.count() >= 1);
    }
}
