//! From each modality's table to its block of features.

use super::notices::of_finding;
use super::tables::SourceTable;
use crate::error::Result;
use crate::modality::clinical::{self, ClinicalOptions};
use crate::modality::imported::{self, ImportedOptions};
use crate::study::extract::{ExtractedFeatures, Source, Watch};
use crate::study::outcome::Outcome;
use crate::study::results::{ImageExample, ModalitySummary, Notice};
use crate::study::spec::{KiCutoff, ModalitySpec, StudySpec};
use crate::table::{FeatureTable, Finding};
use std::path::Path;

/// Where the images of a study lie, where extracted cases are kept, and who watches.
pub(super) struct Images<'a> {
    pub(super) folder: &'a Path,
    pub(super) cache: &'a Path,
    pub(super) watch: &'a dyn Watch,
}

/// What the adapters made of the tables: every modality's features, and the rules by which they were made.
pub(super) struct Adapted {
    pub(super) blocks: Vec<FeatureTable>,
    pub(super) rules: Vec<Vec<String>>,
    /// Modalities of images, by their place among all.
    pub(super) images: Vec<(usize, Source)>,
}

/// Every modality's features.
pub(super) fn adapt(
    spec: &StudySpec,
    sources: &[SourceTable],
    outcome: &Outcome,
    images: &Images,
    notices: &mut Vec<Notice>,
) -> Result<Adapted> {
    let (mut blocks, mut rules, mut of_files) = (Vec::new(), Vec::new(), Vec::new());
    let mut imports: Vec<(&SourceTable, ImportedOptions)> = Vec::new();
    for (source, (name, modality)) in sources.iter().zip(spec.modality.iter()) {
        let reserved = reserved(spec, source, outcome);
        let extracted = match modality {
            ModalitySpec::Imported(options) => {
                let options = ImportedOptions {
                    prefix: options.prefix.clone(),
                    suffix: options.suffix.clone(),
                    columns: options.columns.clone(),
                    exclude: options.exclude.clone(),
                    reserved,
                    ..ImportedOptions::default()
                };
                let extracted = imported::extract(&source.table, name, &options)?;
                imports.push((source, options));
                extracted
            }
            ModalitySpec::Clinical(options) => clinical::extract(
                &source.table,
                name,
                &ClinicalOptions {
                    columns: options.columns.clone(),
                    exclude: options.exclude.clone(),
                    reserved,
                    variables: options.variables.clone(),
                    values: options.values.clone(),
                    receptor_cutoff: options.receptor_cutoff,
                    ki67_cutoff: match options.ki67_cutoff {
                        KiCutoff::At(cutoff) => Some(cutoff),
                        KiCutoff::None | KiCutoff::Median => None,
                    },
                    keep_unknown: true,
                },
            )?,
            ModalitySpec::Ultrasound(_) | ModalitySpec::Radiomics(_) | ModalitySpec::Mri(_) => {
                let (files, features) = of_images(name, modality, source, images)?;
                of_files.push((blocks.len(), files));
                features.adapted()
            }
        };
        notices.extend(extracted.findings.iter().map(of_finding));
        let mut block = FeatureTable::new(source.ids.cases.clone(), source.ids.patients.clone(), None)?;
        for (feature, column, origin) in extracted.columns {
            block.push(feature, column, origin)?;
        }
        blocks.push(block);
        rules.push(extracted.rules);
    }
    notices.extend(of_no_modality(sources, &imports).iter().map(of_finding));
    Ok(Adapted { blocks, rules, images: of_files })
}

/// The features of a modality of images.
///
/// # Panics
/// If the modality has no manifest: `tables` gives every modality of images one.
pub(super) fn of_images(
    name: &str,
    spec: &ModalitySpec,
    source: &SourceTable,
    images: &Images,
) -> Result<(Source, ExtractedFeatures)> {
    let manifest = source.manifest.as_ref().expect("a modality of images has a manifest");
    let source = Source::new(name, spec, &manifest.table, &manifest.rows, images.folder)?;
    let features = source.extract(images.cache, images.watch)?;
    Ok((source, features))
}

/// Cases of each class that are shown with their outline.
const SHOWN: usize = 2;

/// Outlined lesions of the first analysed cases of each class: (identifier, class).
pub(super) fn examples(
    adapted: &Adapted,
    sources: &[SourceTable],
    cases: &[(&str, usize)],
    classes: &[String],
) -> Vec<ImageExample> {
    let mut examples = Vec::new();
    for (at, source) in &adapted.images {
        let ids = &sources[*at].ids.cases;
        for (class, name) in classes.iter().enumerate() {
            let of_class = cases.iter().filter(|(_, c)| *c == class);
            let pictures = of_class.filter_map(|(id, _)| source.picture(ids.iter().position(|known| known == id)?));
            examples.extend(pictures.take(SHOWN).map(|(size, png)| ImageExample {
                modality: sources[*at].modality.clone(),
                class: name.clone(),
                size,
                png,
            }));
        }
    }
    examples
}

/// Columns of imported tables that no modality claims. A table from which a clinical modality reads too is left out: it takes
/// what its dictionary knows and says itself what it leaves.
fn of_no_modality(sources: &[SourceTable], imports: &[(&SourceTable, ImportedOptions)]) -> Vec<Finding> {
    let mut seen: Vec<&Path> = Vec::new();
    let mut findings = Vec::new();
    for (source, _) in imports {
        let path = source.table.path.as_path();
        let here: Vec<&ImportedOptions> =
            imports.iter().filter(|(other, _)| other.table.path == path).map(|(_, options)| options).collect();
        let readers = sources.iter().filter(|other| other.table.path == path).count();
        if !seen.contains(&path) && readers == here.len() {
            findings.extend(imported::unclaimed(&source.table, &here));
        }
        seen.push(path);
    }
    findings
}

/// Columns with another role in the study; they never become features.
fn reserved(spec: &StudySpec, source: &SourceTable, outcome: &Outcome) -> Vec<String> {
    let ids = source.ids.id_columns.iter().map(|&at| source.table.columns[at].name.clone());
    let conditions = spec.cohort.include.iter().filter(|c| !c.is.is_empty()).map(|c| c.column.clone());
    let named = [&spec.cohort.date, &spec.cohort.site, &spec.cohort.case_id, &spec.cohort.patient_id];
    ids.chain(outcome.columns.iter().cloned()).chain(conditions).chain(named.into_iter().flatten().cloned()).collect()
}

/// Columns that are split at their training median.
pub(super) fn median_split(spec: &StudySpec, table: &FeatureTable) -> Vec<String> {
    let wants =
        |name: &str| matches!(spec.modality.get(name), Some(ModalitySpec::Clinical(c)) if c.ki67_cutoff == KiCutoff::Median);
    let is_ki67 = |name: &&crate::table::FeatureName| name.name().to_lowercase().starts_with("ki67") && wants(name.modality());
    table.names().filter(is_ki67).map(ToString::to_string).collect()
}

/// What the report says of each modality.
pub(super) fn summaries(
    spec: &StudySpec,
    sources: &[SourceTable],
    rules: &[Vec<String>],
    table: &FeatureTable,
) -> Vec<ModalitySummary> {
    let presence = table.presence();
    let counts = presence.counts();
    spec.modality
        .iter()
        .zip(sources)
        .zip(rules)
        .map(|(((name, modality), source), rules)| {
            let present = presence.modalities().iter().position(|m| m == name).map_or(0, |at| counts[at]);
            let adapter = match modality {
                ModalitySpec::Clinical(_) => "clinical variables",
                ModalitySpec::Imported(_) => "imported features",
                ModalitySpec::Ultrasound(_) => "ultrasound images",
                ModalitySpec::Radiomics(_) => "volumes",
                ModalitySpec::Mri(_) => "MRI examinations",
            };
            let file = source.table.path.file_name().unwrap_or_default().to_string_lossy().to_string();
            ModalitySummary {
                name: name.to_string(),
                label: modality.label().map_or_else(|| name.to_string(), String::from),
                source: format!("{adapter}, {file}"),
                features: table.names().filter(|feature| feature.modality() == name).count(),
                present,
                missing: table.n_cases() - present,
                rules: rules.clone(),
            }
        })
        .collect()
}
