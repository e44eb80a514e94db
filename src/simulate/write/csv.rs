//! Patients as lines of CSV: formatted in parallel, chunk by chunk, written in order.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rayon::prelude::*;

use super::modalities;
use crate::error::{Error, Result};
use crate::simulate::class::Contrast;
use crate::simulate::design::{Design, Patient};
use crate::simulate::preset::RESERVED_COLUMNS;
use crate::simulate::variable::{Cell, Column};
use crate::table::file::csv_safe;

/// Values formatted by one task.
const VALUES_PER_CHUNK: usize = 1 << 18;

/// Some consecutive patients, formatted: one buffer per file.
struct Chunk {
    patients: usize,
    files: Vec<Vec<u8>>,
}

/// Writes the truth of each patient and, if wanted, the tables.
pub(super) fn write_patients(design: &Design, folder: &Path, tables: bool, progress: &mut dyn FnMut(usize)) -> Result<()> {
    let clinical = design.clinical_columns();
    let mut headers = vec![("truth/latent".to_string(), latent_header(design))];
    if tables {
        headers.extend(modalities(design).map(str::to_string).zip(table_headers(design, &clinical)));
    }
    let mut files = Vec::with_capacity(headers.len());
    for (name, header) in &headers {
        let path = folder.join(format!("{name}.csv"));
        let mut file = File::create(&path).map_err(|cause| Error::io(&path, cause))?;
        let mut line = Vec::new();
        push_line(&mut line, header.iter().map(String::as_str));
        file.write_all(&line).map_err(|cause| Error::io(&path, cause))?;
        files.push((path, file));
    }

    let columns: usize = headers.iter().map(|(_, header)| header.len()).sum();
    let per_chunk = (VALUES_PER_CHUNK / columns).clamp(16, 4096);
    let per_batch = per_chunk * rayon::current_num_threads() * 4;
    for batch in (0..design.n()).step_by(per_batch) {
        let batch_end = design.n().min(batch + per_batch);
        let starts: Vec<usize> = (batch..batch_end).step_by(per_chunk).collect();
        let format = |start| format_patients(design, &clinical, tables, start..batch_end.min(start + per_chunk));
        let chunks: Vec<Chunk> = starts.into_par_iter().map(format).collect();
        for chunk in chunks {
            for ((path, file), lines) in files.iter_mut().zip(&chunk.files) {
                file.write_all(lines).map_err(|cause| Error::io(&path, cause))?;
            }
            progress(chunk.patients);
        }
    }
    Ok(())
}

/// The columns of each table, in the order of [`modalities`].
fn table_headers(design: &Design, clinical: &[Column]) -> Vec<Vec<String>> {
    let fixed = RESERVED_COLUMNS.iter().map(|name| name.to_string());
    let mut headers = vec![fixed.chain(clinical.iter().map(|column| column.name.clone())).collect()];
    for block in design.blocks() {
        let features = block.features.iter().map(|feature| feature.name.clone());
        headers.push(std::iter::once("patient_id".into()).chain(features).collect());
    }
    headers
}

fn format_patients(design: &Design, clinical: &[Column], tables: bool, range: std::ops::Range<usize>) -> Chunk {
    let count = if tables { design.blocks().len() + 2 } else { 1 };
    let mut chunk = Chunk { patients: range.len(), files: vec![Vec::new(); count] };
    for index in range {
        let patient = design.patient(index as u64);
        push_latent(&mut chunk.files[0], &patient);
        if tables {
            push_clinical(&mut chunk.files[1], design, clinical, &patient);
            for (lines, features) in chunk.files[2..].iter_mut().zip(&patient.features) {
                if let Some(features) = features {
                    push_features(lines, &patient.id, features);
                }
            }
        }
    }
    chunk
}

fn push_features(lines: &mut Vec<u8>, id: &str, features: &[f32]) {
    lines.extend_from_slice(id.as_bytes());
    for value in features {
        lines.push(b',');
        push_shortest(lines, value);
    }
    lines.push(b'\n');
}

fn push_clinical(line: &mut Vec<u8>, design: &Design, columns: &[Column], patient: &Patient) {
    line.extend_from_slice(patient.id.as_bytes());
    line.push(b',');
    push_text(line, &design.sites()[patient.site].name);
    line.push(b',');
    push_display(line, &patient.exam_date);
    for (column, cell) in columns.iter().zip(&patient.clinical) {
        line.push(b',');
        match (cell, &column.levels) {
            (Cell::Number(value), _) => push_display(line, value),
            (Cell::Level(level), Some(levels)) => push_text(line, &levels[*level]),
            (Cell::Missing, _) | (Cell::Level(_), None) => {}
        }
    }
    line.push(b'\n');
}

fn latent_header(design: &Design) -> Vec<String> {
    let fixed = ["patient_id", "her2_class", "p_zero", "p_low", "p_positive"].map(String::from);
    let scores = design.score_names().into_iter();
    let scores = scores.flat_map(|name| ["positive_vs_negative", "low_vs_zero"].map(|contrast| format!("{name}_{contrast}")));
    fixed.into_iter().chain(scores).collect()
}

fn push_latent(line: &mut Vec<u8>, patient: &Patient) {
    line.extend_from_slice(patient.id.as_bytes());
    line.push(b',');
    push_display(line, &patient.class);
    let scores = patient.scores.iter().flat_map(|score| Contrast::ALL.map(|contrast| score.get(contrast)));
    for value in patient.probability.into_iter().chain(scores) {
        line.push(b',');
        push_shortest(line, &value);
    }
    line.push(b'\n');
}

pub(super) fn push_line<'a>(line: &mut Vec<u8>, fields: impl IntoIterator<Item = &'a str>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        push_text(line, field);
    }
    line.push(b'\n');
}

/// A text field, quoted where CSV asks for it, and safe to open in a spreadsheet.
fn push_text(line: &mut Vec<u8>, text: &str) {
    let text = csv_safe(text);
    if text.contains([',', '"', '\n', '\r']) {
        line.push(b'"');
        line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(text.as_bytes());
    }
}

/// The shortest decimal that reads back as the same number. serde_json's float printer is several times faster than `Display`.
fn push_shortest(line: &mut Vec<u8>, value: &impl serde::Serialize) {
    // Writing a number to a vector cannot fail.
    let _ = serde_json::to_writer(line, value);
}

fn push_display(line: &mut Vec<u8>, value: &dyn std::fmt::Display) {
    // Writing to a vector cannot fail.
    let _ = write!(line, "{value}");
}
