//! Tables read, their rows identified, and the features among them audited.

use super::notices::of_finding;
use crate::error::Result;
use crate::study::outcome::her2_columns;
use crate::study::results::Notice;
use crate::study::spec::{StudySpec, TableFile};
use crate::table::{Finding, IdMapping, Identifiers, RawTable, ReadOptions, audit, group_by_case, harmonise, identify, read};
use std::path::{Path, PathBuf};

/// One modality's table as it was read, with the identifiers of its rows.
#[derive(Clone)]
pub(super) struct SourceTable {
    pub(super) modality: String,
    pub(super) table: RawTable,
    pub(super) ids: Identifiers,
    /// For a modality of images: all rows, by case. `table` then holds the first row of each case.
    pub(super) manifest: Option<Manifest>,
}

/// A manifest of image files.
#[derive(Clone)]
pub(super) struct Manifest {
    pub(super) table: RawTable,
    pub(super) rows: Vec<Vec<usize>>,
}

/// Reads every modality's table. A file that several modalities share is read once, and what is noticed in it is said once.
pub(super) fn read_tables(spec: &StudySpec, folder: &Path, notices: &mut Vec<Notice>) -> Result<Vec<SourceTable>> {
    let mut known: Vec<(PathBuf, TableFile, bool, SourceTable)> = Vec::new();
    let mut sources = Vec::new();
    for (name, modality) in spec.modality.iter() {
        let file = modality.file();
        let path = folder.join(&file.path);
        let images = modality.is_images();
        let at = match known.iter().position(|(p, f, i, _)| *p == path && f == file && *i == images) {
            Some(at) => at,
            None => {
                let options = ReadOptions { sheet: file.sheet.clone(), missing: file.missing.clone(), ..ReadOptions::default() };
                let (table, findings) = read(&path, &options)?;
                notices.extend(findings.iter().map(of_finding));
                let mapping = mapping(spec, file, &table);
                let (source, findings) = if images { manifest(table, &mapping)? } else { features(spec, table, &mapping)? };
                notices.extend(findings.iter().map(of_finding));
                known.push((path, file.clone(), images, source));
                known.len() - 1
            }
        };
        sources.push(SourceTable { modality: name.to_string(), ..known[at].3.clone() });
    }
    let mut ids: Vec<Identifiers> = sources.iter().map(|source| source.ids.clone()).collect();
    notices.extend(harmonise(&mut ids)?.iter().map(of_finding));
    sources.iter_mut().zip(ids).for_each(|(source, ids)| source.ids = ids);
    Ok(sources)
}

/// A table of features: one row per case, audited.
fn features(spec: &StudySpec, table: RawTable, mapping: &IdMapping) -> Result<(SourceTable, Vec<Finding>)> {
    let (_, mut findings) = identify(&table, mapping)?;
    let protected = protected(spec, &table, mapping)?;
    let (table, audited) = audit(table, &protected);
    findings.extend(audited);
    let (ids, _) = identify(&table, mapping)?;
    Ok((SourceTable { modality: String::new(), table, ids, manifest: None }, findings))
}

/// A manifest of images: some rows per case. Its cells are names of files, which no audit touches.
fn manifest(table: RawTable, mapping: &IdMapping) -> Result<(SourceTable, Vec<Finding>)> {
    let grouped = group_by_case(&table, mapping)?;
    let (ids, findings) = identify(&grouped.firsts, mapping)?;
    let manifest = Some(Manifest { table, rows: grouped.rows });
    Ok((SourceTable { modality: String::new(), table: grouped.firsts, ids, manifest }, findings))
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
