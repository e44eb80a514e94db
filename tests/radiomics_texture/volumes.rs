//! Images and masks of the reference collection, cropped to the region.
#![allow(dead_code)]

use std::path::Path;

use nifti::{IntoNdArray, NiftiObject, ReaderOptions};
use vbx::image::{Grid, Mask};

/// A region in the box around its mask.
pub struct Region {
    pub size: [usize; 3],
    pub spacing: [f64; 3],
    pub intensity: Vec<f64>,
    pub inside: Vec<bool>,
}

impl Region {
    /// Voxels of `image` where `mask` has the value 1, or any value where `label` is `None`.
    pub fn read(image: &Path, mask: &Path) -> Region {
        let (size, spacing, intensity) = read(image);
        let (mask_size, _, labels) = read(mask);
        assert_eq!(size, mask_size, "image and mask of one size");
        let mask = Mask::new(Grid::plain(size, spacing), labels.iter().map(|label| *label == 1.0).collect());
        let around = mask.bounding_box().expect("a region");
        let cropped: [usize; 3] = std::array::from_fn(|axis| around.end[axis] - around.start[axis]);
        let mut at = Vec::new();
        for k in around.start[2]..around.end[2] {
            for j in around.start[1]..around.end[1] {
                at.extend((around.start[0]..around.end[0]).map(|i| mask.grid.at([i, j, k])));
            }
        }
        Region {
            size: cropped,
            spacing,
            intensity: at.iter().map(|at| intensity[*at]).collect(),
            inside: at.iter().map(|at| mask.inside[*at]).collect(),
        }
    }

    /// Which voxels inside have an intensity that is kept.
    pub fn keeping(&self, keep: impl Fn(f64) -> bool) -> Vec<bool> {
        self.inside.iter().zip(&self.intensity).map(|(inside, x)| *inside && keep(*x)).collect()
    }
}

/// Size, spacing and values (axis i fastest) of a NIfTI file.
fn read(path: &Path) -> ([usize; 3], [f64; 3], Vec<f64>) {
    let object = ReaderOptions::new().read_file(path).expect("a NIfTI file");
    let spacing = std::array::from_fn(|axis| f64::from(object.header().pixdim[axis + 1]));
    let array = object.into_volume().into_ndarray::<f64>().expect("numbers");
    let size = std::array::from_fn(|axis| array.shape().get(axis).copied().unwrap_or(1));
    (size, spacing, array.t().iter().copied().collect())
}
