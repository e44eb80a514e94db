//! The truth's files, and the README beside the tables.

use std::fs;
use std::path::Path;

use super::csv::push_line;
use super::modalities;
use crate::error::{Error, Result};
use crate::simulate::class::Contrast;
use crate::simulate::design::Design;
use crate::simulate::preset::CohortPreset;
use crate::simulate::truth::Truth;

/// By this file a folder is known as a simulated cohort.
pub(super) const TRUTH: &str = "truth/truth.json";

/// The files beside the tables.
pub(super) const FILES: [&str; 6] =
    ["README.txt", TRUTH, "truth/preset.toml", "truth/latent.csv", "truth/features.csv", "truth/site_effects.csv"];

/// Whether the cohort in a folder is the one that a design makes: same version, same preset.
pub(super) fn is_of(folder: &Path, design: &Design) -> Result<bool> {
    let path = folder.join(TRUTH);
    let text = fs::read_to_string(&path).map_err(|cause| Error::io(&path, cause))?;
    Ok(text == truth_json(&design.truth(), &path)?)
}

fn truth_json(truth: &Truth, path: &Path) -> Result<String> {
    serde_json::to_string_pretty(truth).map_err(|cause| Error::io(path, cause))
}

/// Writes everything but the tables and the truth of each patient.
pub(super) fn write(design: &Design, folder: &Path, extension: &str) -> Result<()> {
    let truth = design.truth();
    let json = truth_json(&truth, &folder.join(TRUTH))?;
    let resolved = CohortPreset { extends: None, ..truth.preset.clone() };
    let toml = toml::to_string(&resolved).map_err(|cause| Error::io(folder.join("truth/preset.toml"), cause))?;
    let (features, effects) = feature_tables(design);
    let readme = readme(design, &truth, extension);
    for (name, content) in [
        (TRUTH, json.as_bytes()),
        ("truth/preset.toml", toml.as_bytes()),
        ("truth/features.csv", &features),
        ("truth/site_effects.csv", &effects),
        ("README.txt", readme.as_bytes()),
    ] {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|cause| Error::io(&path, cause))?;
    }
    Ok(())
}

fn feature_tables(design: &Design) -> (Vec<u8>, Vec<u8>) {
    let mut features = Vec::new();
    let mut effects = Vec::new();
    push_line(
        &mut features,
        ["block", "feature", "centre", "scale", "coefficient_positive_vs_negative", "coefficient_low_vs_zero", "noise_group"],
    );
    push_line(&mut effects, ["block", "feature", "site", "location", "scale"]);
    for (index, block) in design.blocks().iter().enumerate() {
        for (column, feature) in block.features.iter().enumerate() {
            let [first, second] = Contrast::ALL.map(|contrast| feature.coefficient.get(contrast).to_string());
            let group = feature.noise_group.map_or(String::new(), |group| group.to_string());
            let (centre, scale) = (feature.centre.to_string(), feature.scale.to_string());
            push_line(&mut features, [&block.name, &feature.name, &centre, &scale, &first, &second, &group].map(String::as_str));
            for site in design.sites() {
                let effect = site.effects[index][column];
                let (location, scale) = (effect.location.to_string(), effect.scale.to_string());
                push_line(&mut effects, [&block.name, &feature.name, &site.name, &location, &scale].map(String::as_str));
            }
        }
    }
    (features, effects)
}

fn readme(design: &Design, truth: &Truth, extension: &str) -> String {
    let listed: String = modalities(design).map(|modality| format!("  {modality}.{extension}\n")).collect();
    let (about, n, seed) = (&truth.preset.description, truth.preset.n, truth.preset.seed);
    format!(
        "Simulated patients. Nobody here exists, and nothing learned here holds for anybody.\n\n\
         {about}\n\n{n} patients, seed {seed}, made by vbx {}:\n{listed}\n\
         Join the tables by patient_id. A patient without an examination has no row in its table; a value that was not recorded\n\
         is an empty cell. HER2 status follows from her2_ihc and her2_ish by the ASCO/CAP rules: positive is 3+, or 2+ with\n\
         positive ISH; low is 1+, or 2+ with negative ISH; zero is 0; 2+ without ISH stays undetermined.\n\n\
         truth/ holds the answer, for tests and for teaching; no study should read it:\n\
         \u{20} truth.json        what each modality and their best fusion can reach (AUC), correlations, sites, the preset\n\
         \u{20} preset.toml       simulates this cohort again\n\
         \u{20} latent.csv        per patient the true class, its probabilities, the best score of each modality\n\
         \u{20} features.csv      per feature its centre, scale and coefficients; 0 is noise\n\
         \u{20} site_effects.csv  per site and feature its shift and factor, in standard deviations within a class\n",
        truth.vbx_version
    )
}
