//! Morphology, local intensity, statistics, histogram and intensity–volume histogram against the IBSI-1 consensus.

mod common;
mod radiomics_support;

use std::collections::BTreeSet;

use common::reference;
use radiomics_support::{read_mask, read_nifti, rows};
use vbx::radiomics::intensity_volume_histogram::Levels;
use vbx::radiomics::{Definition, Keep, Roi, Values};
use vbx::radiomics::{intensity_histogram, intensity_statistics, intensity_volume_histogram, local_intensity, morphology};

/// The features of a family in the order of IBSI's table, which is ours.
fn hold(config: &str, family: &str, definitions: &[Definition], values: &Values) {
    let Some(table) = reference(&format!("ibsi1/ibsi1_reference_{config}.csv")) else { return };
    let rows: Vec<_> = rows(&table).into_iter().filter(|row| row["family"] == family).collect();
    assert_eq!(rows.len(), definitions.len(), "{family}: reference rows and registered features");
    assert_eq!(values.len(), definitions.len());
    let mut failed = Vec::new();
    for ((row, definition), value) in rows.iter().zip(definitions).zip(values) {
        let expected: f64 = row["value"].parse().unwrap();
        // Where no tolerance is given, the value is exact as printed: half a unit of its third significant digit.
        let digits = 10f64.powf(expected.abs().log10().floor() - 2.0) / 2.0;
        let rounding = if expected == 0.0 { 0.0 } else { digits * (1.0 + 1e-9) };
        let tolerance = row["tolerance"].parse::<f64>().unwrap_or(0.0).max(rounding);
        let found = value.unwrap_or(f64::NAN);
        if !((found - expected).abs() <= tolerance) {
            failed.push(format!("{} ({}): {found} instead of {expected} ± {tolerance}", definition.name, row["feature"]));
        }
    }
    assert!(failed.is_empty(), "{config} {family}:\n{}", failed.join("\n"));
}

fn roi(phantom: &str) -> Option<Roi> {
    let image = read_nifti(&reference(&format!("ibsi1/{phantom}/image.nii.gz"))?);
    let mask = read_mask(&reference(&format!("ibsi1/{phantom}/mask.nii.gz"))?);
    Some(Roi::new(&image, &mask, local_intensity::margin(image.grid.spacing)).unwrap())
}

fn counts(levels: &[f64]) -> Vec<u32> {
    let mut counts = vec![0; levels.iter().copied().fold(0.0, f64::max) as usize];
    levels.iter().for_each(|level| counts[*level as usize - 1] += 1);
    counts
}

#[test]
fn the_digital_phantom_has_its_consensus_values() {
    let Some(roi) = roi("digital_phantom") else { return };
    let values = roi.values();
    hold("phantom", "Morphology", &morphology::DEFINITIONS, &morphology::morphology(&roi));
    hold("phantom", "Local intensity", &local_intensity::DEFINITIONS, &local_intensity::local_intensity(&roi));
    hold("phantom", "Statistics", &intensity_statistics::DEFINITIONS, &intensity_statistics::intensity_statistics(&values));
    let histogram = intensity_histogram::intensity_histogram(&values, &counts(&values));
    hold("phantom", "Intensity histogram", &intensity_histogram::DEFINITIONS, &histogram);
    let levels = Levels { first: 1.0, step: 1.0, last: 6.0 };
    let by_volume = intensity_volume_histogram::intensity_volume_histogram(&values, levels);
    hold("phantom", "Intensity volume histogram", &intensity_volume_histogram::DEFINITIONS, &by_volume);
}

#[test]
fn configuration_a_of_the_ct_phantom_has_its_consensus_values() {
    let Some(mut roi) = roi("ct_phantom") else { return };
    let local = local_intensity::local_intensity;
    roi.resegment(&[Keep::Range { lower: Some(-500.0), upper: Some(400.0) }]).unwrap();
    let values = roi.values();
    hold("A", "Local intensity", &local_intensity::DEFINITIONS, &local(&roi));
    hold("A", "Morphology", &morphology::DEFINITIONS, &morphology::morphology(&roi));
    hold("A", "Statistics", &intensity_statistics::DEFINITIONS, &intensity_statistics::intensity_statistics(&values));
    let levels: Vec<f64> = values.iter().map(|x| ((x + 500.0) / 25.0).floor() + 1.0).collect();
    let histogram = intensity_histogram::intensity_histogram(&levels, &counts(&levels));
    hold("A", "Intensity histogram", &intensity_histogram::DEFINITIONS, &histogram);
    let levels = Levels { first: -500.0, step: 1.0, last: 400.0 };
    let by_volume = intensity_volume_histogram::intensity_volume_histogram(&values, levels);
    hold("A", "Intensity volume histogram", &intensity_volume_histogram::DEFINITIONS, &by_volume);
}

#[test]
fn every_family_names_its_features_once() {
    let families: [&[Definition]; 5] = [
        &morphology::DEFINITIONS,
        &local_intensity::DEFINITIONS,
        &intensity_statistics::DEFINITIONS,
        &intensity_histogram::DEFINITIONS,
        &intensity_volume_histogram::DEFINITIONS,
    ];
    for family in families {
        assert_eq!(family.iter().map(|d| d.name).collect::<BTreeSet<_>>().len(), family.len());
    }
}
