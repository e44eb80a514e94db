//! Whole extractions against the IBSI-1 consensus, every family and aggregation, both ways round; and that cropping early changes nothing.

mod common;
mod radiomics_support;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::reference;
use radiomics_support::{close, read_mask, read_nifti, rows};
use vbx::image::resample::{Interpolation, MaskInterpolation};
use vbx::image::{Grid, Mask, Volume};
use vbx::radiomics::dictionary::dictionary;
use vbx::radiomics::family::{FAMILIES, Family};
use vbx::radiomics::filter::{Filter, Gradient, RecursiveLog, Wavelet};
use vbx::radiomics::settings::{Bins, FeatureSettings, Ibsi, IbsiResample, ImageType, PyRadiomics};
use vbx::radiomics::texture::Aggregation;
use vbx::radiomics::{Extractor, Feature, Settings};

/// The class of a family as IBSI's table titles it.
fn class(family: &str) -> Option<&'static str> {
    let classes = [
        ("Morphology", "morphology"),
        ("Local intensity", "local"),
        ("Statistics", "statistics"),
        ("Intensity histogram", "histogram"),
        ("Intensity volume histogram", "ivh"),
        ("GLCM", "glcm"),
        ("GLRLM", "glrlm"),
        ("GLSZM", "glszm"),
        ("GLDZM", "gldzm"),
        ("NGTDM", "ngtdm"),
        ("NGLDM", "ngldm"),
    ];
    classes.iter().find(|(title, _)| *title == family).map(|(_, class)| *class)
}

type Row = HashMap<String, String>;

/// The table's rows by class and aggregation (`2D, averaged` is our `2D-averaged`), in the order of the table; diagnostics left out.
fn table(config: &str) -> Option<BTreeMap<(&'static str, String), Vec<Row>>> {
    let mut by_class: BTreeMap<(&'static str, String), Vec<Row>> = BTreeMap::new();
    for row in rows(&reference(&format!("ibsi1/ibsi1_reference_{config}.csv"))?) {
        let Some(class) = class(&row["family"]) else {
            assert_eq!(row["family"], "Diagnostic");
            continue;
        };
        by_class.entry((class, row["aggregation"].replace(", ", "-"))).or_default().push(row);
    }
    Some(by_class)
}

/// The feature that a row is about. The percentiles of the histogram stand in the table under their neighbours' codes, and two features of
/// the volume histogram share each code, so that in the families without aggregation it is the place in the table that tells.
fn of_row<'a>(features: &[&'a Feature], row: &Row, place: usize) -> &'a Feature {
    match row["aggregation"].as_str() {
        "" => features[place],
        _ => features.iter().find(|feature| feature.definition.code == row["code"]).unwrap_or_else(|| panic!("no {row:?}")),
    }
}

fn hold(config: &str, settings: Ibsi, phantom: &str) {
    let Some(table) = table(config) else { return };
    let (Some(image), Some(mask)) =
        (reference(&format!("ibsi1/{phantom}/image.nii.gz")), reference(&format!("ibsi1/{phantom}/mask.nii.gz")))
    else {
        return;
    };
    let features = Extractor::new(Settings::Ibsi(settings)).extract(&read_nifti(&image), &read_mask(&mask)).unwrap();
    let mut groups: BTreeMap<(&'static str, String), Vec<&Feature>> = BTreeMap::new();
    for feature in &features {
        groups.entry((feature.class, feature.aggregation.unwrap_or("").into())).or_default().push(feature);
    }
    assert_eq!(groups.keys().collect::<Vec<_>>(), table.keys().collect::<Vec<_>>());
    let mut off = Vec::new();
    for (group, rows) in &table {
        for (place, row) in rows.iter().enumerate() {
            // Without a tolerance a value is exact as printed, to three digits; with one, as the consensus says.
            let expected: f64 = row["value"].parse().unwrap();
            let printed = if expected == 0.0 { 5e-4 } else { 10f64.powf(expected.abs().log10().floor() - 2.0) / 2.0 };
            let tolerance = row["tolerance"].parse::<f64>().unwrap_or(0.0).max(printed * (1.0 + 1e-9));
            let feature = of_row(&groups[group], row, place);
            let found = feature.value.unwrap_or(f64::NAN);
            if !((found - expected).abs() <= tolerance) {
                let note = format!("{} ({})", row["feature"], row["consensus"]);
                off.push(format!("{}: {found} instead of {expected} ± {tolerance}: {note}", feature.name()));
            }
        }
    }
    assert!(off.is_empty(), "{config}: {} differ\n{}", off.len(), off.join("\n"));
}

#[test]
fn the_digital_phantom_has_its_consensus_values_in_every_aggregation() {
    let settings = Ibsi {
        bins: Bins::AsTheyAre,
        volume_histogram_bins: Bins::AsTheyAre,
        aggregations: Aggregation::ALL.to_vec(),
        ..Ibsi::default()
    };
    hold("phantom", settings, "digital_phantom");
}

const IN_PLANE: [Aggregation; 4] =
    [Aggregation::SliceAveraged, Aggregation::SliceMerged, Aggregation::DirectionMerged, Aggregation::PlaneMerged];

#[test]
fn configuration_a_has_its_consensus_values() {
    let settings = Ibsi {
        range: [Some(-500.0), Some(400.0)],
        bins: Bins::Width(25.0),
        volume_histogram_bins: Bins::AsTheyAre,
        aggregations: IN_PLANE.to_vec(),
        ..Ibsi::default()
    };
    hold("A", settings, "ct_phantom");
}

#[test]
fn configuration_b_has_its_consensus_values() {
    let resample =
        IbsiResample { spacing: [2.0, 2.0, 0.0], image: Interpolation::Linear, mask: MaskInterpolation::Linear, round: true };
    let settings = Ibsi {
        resample: Some(resample),
        range: [Some(-500.0), Some(400.0)],
        bins: Bins::Number(32),
        volume_histogram_bins: Bins::AsTheyAre,
        aggregations: IN_PLANE.to_vec(),
        ..Ibsi::default()
    };
    hold("B", settings, "ct_phantom");
}

#[test]
fn every_registered_feature_has_a_reference_row_and_the_reverse() {
    let mut rows: BTreeMap<&'static str, (usize, BTreeSet<String>)> = BTreeMap::new();
    for config in ["phantom", "A", "B"] {
        let Some(table) = table(config) else { return };
        for ((class, _), group) in table {
            let (most, codes) = rows.entry(class).or_default();
            *most = (*most).max(group.len());
            codes.extend(group.iter().map(|row| row["code"].clone()));
        }
    }
    let standard: Vec<&Family> = FAMILIES.iter().filter(|family| !family.ibsi.is_empty()).collect();
    assert_eq!(rows.keys().copied().collect::<BTreeSet<_>>(), standard.iter().map(|family| family.class).collect());
    for family in standard {
        let (most, codes) = &rows[family.class];
        assert_eq!(family.ibsi.len(), *most, "{}", family.class);
        if family.class != "histogram" {
            assert_eq!(family.ibsi.iter().map(|d| d.code.to_string()).collect::<BTreeSet<_>>(), *codes, "{}", family.class);
        }
    }
}

fn case() -> (Volume, Mask) {
    let grid = Grid::plain([40, 36, 28], [1.0, 1.2, 2.0]);
    let values = (0..grid.voxels()).map(|v| ((v * 7919 + v * v % 104_729) % 211) as f64 - 60.0).collect();
    let inside =
        |v: usize| (v % 40).abs_diff(21).pow(2) + (v / 40 % 36).abs_diff(17).pow(2) + (v / 1440).abs_diff(13).pow(2) < 26;
    (Volume::new(grid.clone(), values), Mask::new(grid.clone(), (0..grid.voxels()).map(inside).collect()))
}

#[test]
fn filtered_parts_give_the_features_of_the_filtered_whole() {
    let (image, mask) = case();
    let filters = [
        Filter::Square,
        Filter::Gradient(Gradient { use_spacing: true }),
        Filter::RecursiveLog(RecursiveLog { sigma: 2.0 }),
        Filter::Wavelet(Wavelet::default()),
    ];
    let with = |filter: Option<Filter>| {
        let images = vec![ImageType { filter, features: FeatureSettings::default() }];
        Extractor::new(Settings::Pyradiomics(PyRadiomics { images, ..PyRadiomics::default() }))
    };
    for filter in filters {
        let parts = with(Some(filter.clone())).extract(&image, &mask).unwrap();
        for response in filter.apply(&image).unwrap() {
            let whole = with(None).extract(&response.image, &mask).unwrap();
            for feature in whole.iter().filter(|feature| feature.class != "shape") {
                let same = |other: &&Feature| {
                    other.image == response.name && other.class == feature.class && other.definition == feature.definition
                };
                let part = parts.iter().find(same).unwrap();
                assert!(close(part.value.unwrap(), feature.value.unwrap(), 1e-9), "{part:?} {feature:?}");
            }
        }
    }
}

#[test]
fn the_dictionary_describes_every_column_once() {
    let (image, mask) = case();
    let extractor = Extractor::new(Settings::default());
    let features = extractor.extract(&image, &mask).unwrap();
    assert_eq!(features.len(), 107);
    let entries = dictionary(&features, "mri", "dce2", "lesion", &extractor.settings().hash());
    assert_eq!(entries.iter().map(|entry| &entry.name).collect::<BTreeSet<_>>().len(), 107);
    let contrast = entries.iter().find(|entry| entry.name == "mri.dce2.lesion_original_glcm_Contrast").unwrap();
    assert_eq!((contrast.ibsi_code.as_str(), contrast.filter.as_str(), contrast.settings_hash.len()), ("ACUI", "original", 12));
    let other = Settings::Pyradiomics(PyRadiomics { pre_crop: true, ..PyRadiomics::default() });
    assert_ne!(other.hash(), contrast.settings_hash);
    assert_eq!(Settings::default().hash(), contrast.settings_hash);
}

#[test]
fn degenerate_regions_are_errors_or_undefined_values_and_never_panics() {
    let grid = Grid::plain([7, 6, 5], [1.0, 1.0, 2.0]);
    let shapes: [fn(usize, usize, usize) -> bool; 5] = [
        |i, j, k| (i, j, k) == (3, 3, 2),
        |i, j, k| i < 2 && j == 3 && k == 2,
        |i, j, k| i < 4 && j < 3 && k == 2,
        |i, j, k| i == j && j == k,
        |_, _, _| true,
    ];
    let images: [fn(usize) -> f64; 4] =
        [|_| 7.0, |v| (v % 11) as f64, |v| -(v as f64) * 0.37, |v| if v == 108 { f64::NAN } else { v as f64 }];
    for shape in shapes {
        let inside = (0..grid.voxels()).map(|v| shape(v % 7, v / 7 % 6, v / 42)).collect();
        let mask = Mask::new(grid.clone(), inside);
        for intensity in images {
            let image = Volume::new(grid.clone(), (0..grid.voxels()).map(intensity).collect());
            for settings in [
                Settings::Pyradiomics(PyRadiomics { minimum_dimensions: 1, ..PyRadiomics::default() }),
                Settings::Ibsi(Ibsi { aggregations: Aggregation::ALL.to_vec(), ..Ibsi::default() }),
            ] {
                match Extractor::new(settings).extract(&image, &mask) {
                    Ok(features) => assert!(features.iter().all(|feature| feature.value.is_none_or(f64::is_finite))),
                    Err(error) => assert!(error.to_string().contains("region") || error.to_string().contains("voxel"), "{error}"),
                }
            }
        }
    }
}
