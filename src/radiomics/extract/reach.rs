//! How much of an image an extraction looks at.

use super::Extractor;
use crate::radiomics::local_intensity;
use crate::radiomics::settings::Settings;

impl Extractor {
    /// The margin in voxels around a region's box within which these settings look; `None` where they look at the whole image (they
    /// normalise it, resample it, or scale by its range). Features of a part that has this margin are those of the whole image.
    pub fn margin(&self, spacing: [f64; 3]) -> Option<[usize; 3]> {
        let (whole, filters, least): (bool, Vec<_>, [usize; 3]) = match self.settings() {
            Settings::Pyradiomics(settings) => (
                settings.normalise.is_some() || settings.resample.is_some(),
                settings.images.iter().filter_map(|image| image.filter.as_ref()).collect(),
                if settings.pre_crop { [settings.pad_distance; 3] } else { [0; 3] },
            ),
            Settings::Ibsi(settings) => {
                (settings.resample.is_some(), settings.filters.iter().collect(), local_intensity::margin(spacing))
            }
        };
        if whole || filters.iter().any(|filter| filter.needs_range()) {
            return None;
        }
        let largest = |margin: [usize; 3], other: [usize; 3]| std::array::from_fn(|axis| margin[axis].max(other[axis]));
        Some(filters.iter().map(|filter| filter.support(spacing)).fold(least, largest))
    }
}
