//! Tables read, identified, and turned into each modality's block of features.

use super::notices::of_finding;
use crate::error::Result;
use crate::modality::clinical::{self, ClinicalOptions};
use crate::modality::imported::{self, ImportedOptions};
use crate::study::outcome::{Outcome, her2_columns};
use crate::study::results::{ModalitySummary, Notice};
use crate::study::spec::{KiCutoff, ModalitySpec, StudySpec, TableFile};
use crate::table::{FeatureTable, Finding, IdMapping, Identifiers, RawTable, ReadOptions, audit, harmonise, identify, read};
use std::path::{Path, PathBuf};

/// One modality's table as it was read, with the identifiers of its rows.
pub(super) struct SourceTable {
    pub(super) modality: String,
    pub(super) table: RawTable,
    pub(super) ids: Identifiers,
}

/// Reads every modality's table. A file that several modalities share is read once, and what is noticed in it is said once.
pub(super) fn read_tables(spec: &StudySpec, folder: &Path, notices: &mut Vec<Notice>) -> Result<Vec<SourceTable>> {
    let mut known: Vec<(PathBuf, TableFile, RawTable, Identifiers)> = Vec::new();
    let mut sources = Vec::new();
    for (name, modality) in spec.modality.iter() {
        let file = modality.file();
        let path = folder.join(&file.path);
        let at = match known.iter().position(|(p, f, _, _)| *p == path && f == file) {
            Some(at) => at,
            None => {
                let options = ReadOptions { sheet: file.sheet.clone(), missing: file.missing.clone(), ..ReadOptions::default() };
                let (table, mut findings) = read(&path, &options)?;
                let mapping = mapping(spec, file, &table);
                let (_, id_findings) = identify(&table, &mapping)?;
                findings.extend(id_findings);
                let protected = protected(spec, &table, &mapping)?;
                let (table, audited) = audit(table, &protected);
                findings.extend(audited);
                notices.extend(findings.iter().map(of_finding));
                let (ids, _) = identify(&table, &mapping)?;
                known.push((path, file.clone(), table, ids));
                known.len() - 1
            }
        };
        let (_, _, table, ids) = &known[at];
        sources.push(SourceTable { modality: name.to_string(), table: table.clone(), ids: ids.clone() });
    }
    let mut ids: Vec<Identifiers> = sources.iter().map(|source| source.ids.clone()).collect();
    notices.extend(harmonise(&mut ids)?.iter().map(of_finding));
    sources.iter_mut().zip(ids).for_each(|(source, ids)| source.ids = ids);
    Ok(sources)
}

/// Which columns identify rows in this table: what the study says, where the table has such columns.
fn mapping(spec: &StudySpec, file: &TableFile, table: &RawTable) -> IdMapping {
    let there = |column: &Option<String>| column.clone().filter(|column| table.position(column).is_some());
    IdMapping {
        case: file.id.clone().or_else(|| there(&spec.cohort.case_id)),
        patient: there(&spec.cohort.patient_id),
        lesion: None,
        site: there(&spec.cohort.site),
    }
}

/// Columns that the audit must leave alone: identifiers, outcome, conditions, date.
fn protected(spec: &StudySpec, table: &RawTable, mapping: &IdMapping) -> Result<Vec<usize>> {
    let (ids, _) = identify(table, mapping)?;
    let named = [&spec.cohort.date, &spec.outcome.column];
    let her2 = spec.outcome.task.is_some().then(|| her2_columns(&spec.outcome.her2, table)).into_iter().flatten();
    let conditions = spec.cohort.include.iter().map(|condition| &condition.column);
    let columns = named.into_iter().flatten().chain(conditions).filter_map(|column| table.position(column)).chain(her2);
    Ok(ids.id_columns.iter().copied().chain(columns).collect())
}

/// What the adapters made of the tables: every modality's features, and the rules by which they were made.
pub(super) struct Adapted {
    pub(super) blocks: Vec<FeatureTable>,
    pub(super) rules: Vec<Vec<String>>,
}

/// Every modality's features.
pub(super) fn adapt(spec: &StudySpec, sources: &[SourceTable], outcome: &Outcome, notices: &mut Vec<Notice>) -> Result<Adapted> {
    let (mut blocks, mut rules) = (Vec::new(), Vec::new());
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
    Ok(Adapted { blocks, rules })
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
