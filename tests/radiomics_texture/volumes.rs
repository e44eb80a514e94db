//! Images and masks of the reference collection, cropped to the region.
#![allow(dead_code)]

use std::path::Path;

use vbx::image::Label;
use vbx::image::read::nifti;

/// A region in the box around its mask.
pub struct Region {
    pub size: [usize; 3],
    pub spacing: [f64; 3],
    pub intensity: Vec<f64>,
    pub inside: Vec<bool>,
}

impl Region {
    /// Voxels of `image` where `mask` has the value 1.
    pub fn read(image: &Path, mask: &Path) -> Region {
        let image = nifti::read_volume(image).expect("the reference image is read");
        let labels = nifti::read_labels(mask).expect("the reference mask is read");
        let region = labels.cropped(Label::Value(1), 0).expect("a region");
        assert_eq!(region.full.size, image.grid.size, "image and mask of one size");
        let part = image.part(&region.bounds);
        Region { size: part.grid.size, spacing: image.grid.spacing, intensity: part.values, inside: region.mask.inside }
    }

    /// Which voxels inside have an intensity that is kept.
    pub fn keeping(&self, keep: impl Fn(f64) -> bool) -> Vec<bool> {
        self.inside.iter().zip(&self.intensity).map(|(inside, x)| *inside && keep(*x)).collect()
    }
}
