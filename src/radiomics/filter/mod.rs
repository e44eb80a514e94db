//! Image filters: one file per filter; each turns a volume into one or more response maps on the same grid.

use crate::image::Volume;

/// One response map of a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Filtered {
    /// As PyRadiomics names image types: `original`, `wavelet-LLH`, `log-sigma-1-0-mm-3D`, `square`, …
    pub name: String,
    /// The response, on the grid of the image.
    pub image: Volume,
}
