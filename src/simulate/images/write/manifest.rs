//! Tables and manifests, from every patient's record.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{patient, put, truth_json};
use crate::error::{Error, InputError, Result};
use crate::simulate::class::Contrast;
use crate::simulate::images::design::{ImageDesign, MODALITIES};
use crate::simulate::images::{descriptor, gene};
use crate::simulate::variable::{Cell, Column};
use crate::table::file::csv_safe;

/// Columns of the second visit's and the first visit's MRI, in order; those that no patient has are left out.
const MRI: [&str; 17] = [
    "dce",
    "dce2",
    "ultrafast",
    "t1w",
    "t2w",
    "dwi",
    "adc",
    "t1map",
    "t2map",
    "pdmap",
    "ce_t1map",
    "ce_t2map",
    "ce_pdmap",
    "mask",
    "mask_reader2",
    "mask_dwi",
    "breast",
];
const ULTRASOUND: [&str; 4] = ["image", "dicom", "mask", "pixel_mm"];
const MAMMOGRAPHY: [&str; 10] = ["view", "laterality", "image", "dicom", "mask", "x", "y", "width", "height", "pixel_mm"];
/// Variables of the tabular cohort that images show instead: the descriptors tell them.
const SHOWN_BY_IMAGES: [&str; 7] = ["mri_type", "mri_rim", "mri_peri_oedema", "tic_type", "adc", "adc_peri", "necrosis"];

/// A table as lines of text.
struct Lines(Vec<Vec<String>>);

impl Lines {
    fn write(self, path: PathBuf) -> Result<PathBuf> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for line in &self.0 {
            writer.write_record(line.iter().map(|cell| csv_safe(cell).into_owned())).map_err(|cause| Error::io(&path, cause))?;
        }
        let bytes = writer.into_inner().map_err(|cause| Error::io(&path, cause))?;
        put(&path, &bytes)?;
        Ok(path)
    }
}

/// A JSON value as a cell: text bare, nothing for null.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Writes everything but the patients, and names it.
pub(super) fn write(design: &ImageDesign, folder: &Path) -> Result<Vec<PathBuf>> {
    let records = (0..design.n() as u64).map(|index| read(design, index, folder)).collect::<Result<Vec<Value>>>()?;
    let mut written = vec![clinical(design, &records).write(folder.join("clinical.csv"))?];
    let columns = descriptor::COLUMNS;
    written.push(table(&records, "descriptors", &columns).write(folder.join("descriptors.csv"))?);
    if design.preset().include.genes {
        written.push(genes(&records).write(folder.join("genes.csv"))?);
    }
    for (name, columns) in
        [("mri", &MRI[..]), ("mri_followup", &MRI[..]), ("ultrasound", &ULTRASOUND[..]), ("mammography", &MAMMOGRAPHY[..])]
    {
        let lines = manifest(design, &records, name, columns);
        if lines.0.len() > 1 {
            written.push(lines.write(folder.join(format!("{name}.csv")))?);
        }
    }
    written.push(latent(design, &records).write(folder.join("truth/latent.csv"))?);
    let description = json!({"Name": design.preset().description, "BIDSVersion": "1.9.0", "DatasetType": "raw",
        "GeneratedBy": [{"Name": "vbx", "Version": env!("CARGO_PKG_VERSION")}], "License": "simulated, nobody here exists"});
    let description = serde_json::to_vec_pretty(&description).map_err(Error::numeric)?;
    for (name, content) in
        [("dataset_description.json", description), ("README.txt", readme(design)), ("truth/truth.json", truth_json(design)?)]
    {
        let path = folder.join(name);
        put(&path, &content)?;
        written.push(path);
    }
    Ok(written)
}

fn read(design: &ImageDesign, index: u64, folder: &Path) -> Result<Value> {
    let name = patient::folder_name(&design.complete().patient(index).id);
    let path = folder.join("truth").join(name).join("record.json");
    let bytes = fs::read(&path).map_err(|cause| Error::io(&path, cause))?;
    serde_json::from_slice(&bytes).map_err(|cause| InputError::new(&path, cause, "a record as `vbx simulate` writes it").into())
}

/// Clinical data as the tabular cohort writes it, some values lost, with survival and without what the images show.
fn clinical(design: &ImageDesign, records: &[Value]) -> Lines {
    let columns = design.written().clinical_columns();
    let kept: Vec<usize> = (0..columns.len()).filter(|at| !SHOWN_BY_IMAGES.contains(&columns[*at].name.as_str())).collect();
    // Density is read off the mammogram: it stands among the descriptors.
    let kept: Vec<usize> = kept.into_iter().filter(|at| columns[*at].name != "mg_density").collect();
    let fixed = ["patient_id", "site", "exam_date"].map(String::from);
    let survival = ["dfs_m", "dfs_event", "os_m", "os_event"];
    let header = fixed.into_iter().chain(kept.iter().map(|at| columns[*at].name.clone())).chain(survival.map(String::from));
    let mut lines = vec![header.collect()];
    for (index, record) in records.iter().enumerate() {
        let patient = design.written().patient(index as u64);
        let site = design.written().sites()[patient.site].name.clone();
        let mut line = vec![patient.id.clone(), site, patient.exam_date.to_string()];
        line.extend(kept.iter().map(|at| clinical_cell(&columns[*at], patient.clinical[*at])));
        line.extend(survival.map(|name| match record["survival"].get(name) {
            Some(Value::Bool(event)) => u8::from(*event).to_string(),
            other => cell(other),
        }));
        lines.push(line);
    }
    Lines(lines)
}

fn clinical_cell(column: &Column, cell: Cell) -> String {
    match (cell, &column.levels) {
        (Cell::Missing, _) => String::new(),
        (Cell::Number(value), _) => value.to_string(),
        (Cell::Level(level), Some(levels)) => levels.get(level).cloned().unwrap_or_default(),
        (Cell::Level(level), None) => level.to_string(),
    }
}

/// One row per patient from an object of each record.
fn table(records: &[Value], object: &str, columns: &[&str]) -> Lines {
    let mut lines = vec![std::iter::once("patient_id").chain(columns.iter().copied()).map(String::from).collect::<Vec<_>>()];
    for record in records {
        let cells = columns.iter().map(|column| cell(record[object].get(*column)));
        lines.push(std::iter::once(cell(record.get("patient_id"))).chain(cells).collect());
    }
    Lines(lines)
}

fn genes(records: &[Value]) -> Lines {
    let mut lines = vec![std::iter::once("patient_id".to_string()).chain(gene::names().map(String::from)).collect::<Vec<_>>()];
    for record in records {
        let values = record["genes"].as_array().into_iter().flatten();
        let values = values.map(|value| value.as_f64().map_or(String::new(), |value| format!("{value:.4}")));
        lines.push(std::iter::once(cell(record.get("patient_id"))).chain(values).collect());
    }
    Lines(lines)
}

/// One row per examination or image; columns that nobody has are left out.
fn manifest(design: &ImageDesign, records: &[Value], name: &str, columns: &[&str]) -> Lines {
    let rows_of = |record: &Value| -> Vec<Value> {
        match record["files"].get(name) {
            Some(Value::Array(rows)) => rows.clone(),
            Some(row @ Value::Object(_)) => vec![row.clone()],
            _ => Vec::new(),
        }
    };
    let rows: Vec<(&Value, Value)> =
        records.iter().flat_map(|record| rows_of(record).into_iter().map(move |row| (record, row))).collect();
    let present: Vec<&str> =
        columns.iter().copied().filter(|column| rows.iter().any(|(_, row)| row.get(*column).is_some())).collect();
    let session = if name == "mri_followup" { "T1" } else { "T0" };
    let mut lines = vec![
        ["patient_id", "site", "time_point"].into_iter().chain(present.iter().copied()).map(String::from).collect::<Vec<_>>(),
    ];
    for (record, row) in &rows {
        let site = record["site"].as_u64().map_or(String::new(), |site| design.protocols()[site as usize].site.clone());
        let mut line = vec![cell(record.get("patient_id")), site, session.to_string()];
        line.extend(present.iter().map(|column| cell(row.get(*column))));
        lines.push(line);
    }
    Lines(lines)
}

/// The truth of each patient: class, subtype, scores, parameters.
fn latent(design: &ImageDesign, records: &[Value]) -> Lines {
    let truths = design.modality_truths();
    let mut header: Vec<String> =
        ["patient_id", "class", "subtype", "lesion_type", "diameter_mm", "p_zero", "p_low", "p_positive"]
            .map(String::from)
            .to_vec();
    let contrasts = ["positive_vs_negative", "low_vs_zero"];
    let scored: Vec<&str> = (0..3).filter(|at| design.block(*at).is_some()).map(|at| MODALITIES[at]).collect();
    header.extend(scored.iter().flat_map(|name| contrasts.map(|contrast| format!("{name}_score_{contrast}"))));
    for truth in &truths {
        header.extend(truth.parameters.iter().map(|parameter| format!("{}_{}", truth.name, parameter.name)));
    }
    header.push("log_hazard".into());
    let mut lines = vec![header];
    for record in records {
        let mut line: Vec<String> =
            ["patient_id", "class", "subtype", "lesion_type", "diameter_mm"].map(|name| cell(record.get(name))).to_vec();
        line.extend((0..3).map(|class| cell(record["probability"].get(class))));
        for name in &scored {
            line.extend((0..Contrast::ALL.len()).map(|at| cell(record["scores"][*name].get(at))));
        }
        for truth in &truths {
            line.extend(truth.parameters.iter().map(|parameter| cell(record["parameters"][&truth.name].get(&parameter.name))));
        }
        line.push(cell(record["survival"].get("log_hazard")));
        lines.push(line);
    }
    Lines(lines)
}

fn readme(design: &ImageDesign) -> Vec<u8> {
    format!(
        "Simulated patients. Nobody here exists, and nothing learned here holds for anybody.\n\n{}\n\n\
         {} patients, seed {}, made by vbx {}.\n\n\
         clinical.csv     clinical variables, HER2 assay, survival; an empty cell was not recorded\n\
         descriptors.csv  BI-RADS descriptors\n\
         genes.csv        expression, log2\n\
         mri.csv, mri_followup.csv, ultrasound.csv, mammography.csv   manifests: paths relative to this folder\n\
         truth/           the answer, for tests and for teaching; no study should read it\n",
        design.preset().description,
        design.n(),
        design.seed(),
        env!("CARGO_PKG_VERSION")
    )
    .into_bytes()
}
