//! Whether an image and a region belong together, and whether the region can be measured.

use std::path::Path;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::{CroppedMask, Label, Labels};
use crate::image::mask::Mask;
use crate::image::volume::Volume;

/// Refuses an image and a mask that lie on different grids, and shows both.
///
/// # Errors
/// [`Error::Input`] about the mask with both geometries.
pub fn same_grid(image: (&Path, &Grid), mask: (&Path, &Grid)) -> Result<()> {
    if image.1.agrees_with(mask.1) {
        return Ok(());
    }
    let found = format!("a mask of {}", mask.1);
    let expected = format!(
        "the grid of the image {}: {}; resample one onto the other, or see whether they belong together",
        image.0.display(),
        image.1
    );
    Err(InputError::new(mask.0, found, expected).into())
}

/// The region of a label, or an error that names the labels which exist.
///
/// # Errors
/// [`Error::Input`] when the label does not occur.
pub fn region(path: &Path, labels: &Labels, label: Label) -> Result<Mask> {
    labels.mask(label).ok_or_else(|| absent(path, labels, label))
}

/// The region of a label on its smallest box, widened by `margin` voxels, or an error that names the labels which exist.
///
/// # Errors
/// [`Error::Input`] when the label does not occur.
pub fn cropped_region(path: &Path, labels: &Labels, label: Label, margin: usize) -> Result<CroppedMask> {
    labels.cropped(label, margin).ok_or_else(|| absent(path, labels, label))
}

fn absent(path: &Path, labels: &Labels, label: Label) -> Error {
    InputError::new(path, labels.describe(), format!("a mask with {label}")).into()
}

/// Refuses an image that has NaN or infinite values inside the region; outside they do no harm.
///
/// # Errors
/// [`Error::Input`] with the number of such voxels.
///
/// # Panics
/// If the two differ in size: see [`same_grid`] first.
pub fn finite_inside(path: &Path, image: &Volume, mask: &Mask) -> Result<()> {
    assert_eq!(image.values.len(), mask.inside.len(), "one membership per voxel");
    let bad = image.values.iter().zip(&mask.inside).filter(|(value, inside)| **inside && !value.is_finite()).count();
    if bad == 0 {
        return Ok(());
    }
    let found = format!("{bad} of the region's {} voxels NaN or infinite", mask.count());
    Err(InputError::new(path, found, "a finite value in every voxel of the region").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_that_differ_are_both_shown() {
        let image = Grid::plain([4, 4, 2], [1.0, 1.0, 3.0]);
        let mut mask = image.clone();
        assert!(same_grid((Path::new("i"), &image), (Path::new("m"), &mask)).is_ok());
        mask.origin[2] = 3.0;
        let message = same_grid((Path::new("image.nii"), &image), (Path::new("mask.nii"), &mask)).unwrap_err().to_string();
        for word in ["image.nii", "mask.nii", "(0, 0, 0)", "(0, 0, 3)", "4×4×2", "1×1×3"] {
            assert!(message.contains(word), "{word} is not in: {message}");
        }
    }

    #[test]
    fn bad_voxels_matter_inside_the_region_only() {
        let grid = Grid::plain([3, 1, 1], [1.0; 3]);
        let image = Volume::new(grid.clone(), vec![f64::NAN, 1.0, f64::INFINITY]);
        assert_eq!(image.non_finite(), 2);
        assert!(finite_inside(Path::new("i"), &image, &Mask::new(grid.clone(), vec![false, true, false])).is_ok());
        let message = finite_inside(Path::new("i"), &image, &Mask::new(grid, vec![true, true, true])).unwrap_err().to_string();
        assert!(message.contains("2 of the region's 3 voxels"), "{message}");
    }

    #[test]
    fn an_absent_label_names_those_that_exist() {
        let grid = Grid::plain([3, 1, 1], [1.0; 3]);
        let labels = Labels::from_values(grid, &[0, 2, 5]);
        let message = region(Path::new("m"), &labels, Label::Value(1)).unwrap_err().to_string();
        assert!(message.contains("2 (1 voxels), 5 (1 voxels)") && message.contains("label 1"), "{message}");
    }
}
