//! Which features an extractor gives, without any patient's image.

use super::{Extractor, Feature};
use crate::error::Result;
use crate::image::{Grid, Mask, Volume};
use crate::radiomics::settings::{Bins, Settings};

impl Extractor {
    /// The features that these settings give, in the order of [`Extractor::extract`]; their values mean nothing. `flat` is for images of one
    /// slice.
    ///
    /// They are read off a small phantom, so that the families' own lists stay the only ones. What could refuse the phantom (ranges,
    /// sizes, widths of bins) does not change which features there are, and is left out.
    ///
    /// # Errors
    /// As [`Extractor::extract`], where settings contradict each other or a flat image.
    pub fn columns(&self, flat: bool) -> Result<Vec<Feature>> {
        let mut settings = self.settings().clone();
        let spacing = match &mut settings {
            Settings::Pyradiomics(settings) => {
                settings.minimum_size = None;
                settings.minimum_dimensions = 1;
                settings.resegment = None;
                settings.features.bins = Bins::Number(8);
                settings.images.iter_mut().for_each(|image| image.features.bins = Bins::Number(8));
                settings.resample.map(|resample| resample.spacing)
            }
            Settings::Ibsi(settings) => {
                settings.range = [None; 2];
                settings.outliers = None;
                settings.bins = Bins::Number(8);
                settings.volume_histogram_bins = Bins::Number(8);
                settings.resample.map(|resample| resample.spacing)
            }
        };
        let spacing = spacing.unwrap_or([1.0; 3]).map(|step| if step > 0.0 { step } else { 1.0 });
        let (image, mask) = phantom(spacing, flat);
        Extractor { settings, stored: None }.extract(&image, &mask)
    }
}

/// A textured ball of fourteen voxels across, or a disc.
fn phantom(spacing: [f64; 3], flat: bool) -> (Volume, Mask) {
    let size = if flat { [24, 24, 1] } else { [24, 24, 24] };
    let grid = Grid::plain(size, spacing);
    let voxels = || (0..grid.voxels()).map(|at| [at % 24, at / 24 % 24, at / 576]);
    let centre = if flat { [11.5, 11.5, 0.0] } else { [11.5; 3] };
    let inside = voxels().map(|voxel| voxel.iter().zip(centre).map(|(at, c)| (*at as f64 - c).powi(2)).sum::<f64>() <= 49.0);
    let values = voxels().map(|[i, j, k]| ((i * 7 + j * 13 + k * 29) % 97) as f64 + 1.0);
    (Volume::new(grid.clone(), values.collect()), Mask::new(grid.clone(), inside.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiomics::settings::PyRadiomics;

    #[test]
    fn the_default_gives_the_107_features_of_pyradiomics() {
        assert_eq!(Extractor::new(Settings::default()).columns(false).unwrap().len(), 107);
    }

    #[test]
    fn settings_that_would_refuse_the_phantom_still_tell_their_features() {
        let settings = PyRadiomics { minimum_size: Some(1_000_000), ..PyRadiomics::default() };
        assert_eq!(Extractor::new(Settings::Pyradiomics(settings)).columns(false).unwrap().len(), 107);
    }
}
