//! A whole extraction takes at most 1.5 times the volume as 64-bit numbers, and 100 MiB.

mod common;
mod image_fixture;

use std::path::Path;

use common::reference;
use image_fixture::process;
use vbx::image::Label;
use vbx::image::read::{ImageOptions, read_case, read_grid};
use vbx::radiomics::filter::{Filter, RecursiveLog, Wavelet};
use vbx::radiomics::settings::{Ibsi, IbsiResample, ImageType, PyRadiomics};
use vbx::radiomics::texture::Aggregation;
use vbx::radiomics::{Extractor, Settings};

const WHAT: &str = "VBX_TEST_EXTRACTION_OF";

/// Extractions that look at little, at much, and at all of the image.
fn settings(name: &str) -> Settings {
    let filters = [Filter::Wavelet(Wavelet::default()), Filter::Square]
        .into_iter()
        .chain([1.0, 2.0, 3.0].map(|sigma| Filter::RecursiveLog(RecursiveLog { sigma })));
    match name {
        "plain" => Settings::default(),
        "filtered" => {
            let images = filters.map(|filter| ImageType { filter: Some(filter), features: Default::default() }).collect();
            Settings::Pyradiomics(PyRadiomics { images, ..PyRadiomics::default() })
        }
        "normalised" => {
            let normalise = Some(vbx::radiomics::settings::Normalise { scale: 100.0, outliers: Some(3.0) });
            Settings::Pyradiomics(PyRadiomics { normalise, ..PyRadiomics::default() })
        }
        "standard" => Settings::Ibsi(Ibsi { aggregations: Aggregation::ALL.to_vec(), ..Ibsi::default() }),
        "resampled" => {
            let resample = Some(IbsiResample { spacing: [1.0; 3], ..IbsiResample::default() });
            Settings::Ibsi(Ibsi { resample, ..Ibsi::default() })
        }
        other => panic!("no settings {other}"),
    }
}

fn extract(name: &str, image: &Path, mask: &Path) -> bool {
    let extractor = Extractor::new(settings(name));
    let margin = read_grid(image).unwrap().and_then(|grid| extractor.margin(grid.spacing));
    let margin = margin.map_or(usize::MAX, |margin| margin.into_iter().max().unwrap_or(0));
    let case = read_case(image, mask, Label::AnyNonzero, margin, &ImageOptions::default()).unwrap();
    extractor.extract(&case.image, &case.mask).unwrap().iter().any(|feature| feature.value.is_some())
}

/// Not a test by itself: what the process of one extraction does.
#[test]
fn the_process_of_one_extraction() {
    let Some(what) = process::asked_for(WHAT) else { return };
    let mut words = what.split('|');
    if let (Some(name), Some(image), Some(mask)) = (words.next(), words.next(), words.next()) {
        process::answer(extract(name, Path::new(image), Path::new(mask)));
    }
}

#[test]
fn an_extraction_stays_within_its_memory() {
    for case in ["syn3d", "dcebreast", "us2d"] {
        let file = |kind: &str| reference(&format!("bench/{case}_{kind}.nii.gz"));
        let (Some(image), Some(mask)) = (file("image"), file("label")) else { return };
        let volume = 8 * read_grid(&image).unwrap().unwrap().voxels() as u64;
        let flat = case == "us2d";
        for name in ["plain", "filtered", "normalised", "standard", "resampled"] {
            // A Laplacian of Gaussian in three dimensions needs slices.
            if flat && name == "filtered" {
                continue;
            }
            let what = format!("{name}|{}|{}", image.display(), mask.display());
            let Some((done, peak)) = process::measured("the_process_of_one_extraction", WHAT, &what) else { return };
            assert!(done, "{case} {name}: no features");
            let most = volume * 3 / 2 + (100 << 20);
            assert!(peak <= most, "{case} {name}: {} MiB, where {} MiB are allowed", peak >> 20, most >> 20);
        }
    }
}
