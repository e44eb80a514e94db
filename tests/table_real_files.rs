//! The files that researchers have, loaded as they are. Sizes are those that the collection's README states.

mod common;

use common::reference;
use vbx::table::{Cells, IdMapping, Level, RawTable, ReadOptions, audit, identify, read};

fn load(path: &str) -> Option<(RawTable, Vec<vbx::table::Finding>)> {
    Some(read(reference(path)?, &ReadOptions::default()).unwrap())
}

/// How often each value of a column occurs.
fn count(table: &RawTable, column: &str, value: &str) -> usize {
    let column = table.column(column).unwrap();
    (0..table.n_rows()).filter(|&row| column.text(row).as_deref() == Some(value)).count()
}

/// Every cell of a plain CSV (no quotes) equals what cutting its lines at commas gives: a second way of reading.
fn equals_plain_cutting(path: &str, table: &RawTable) {
    let text = std::fs::read_to_string(reference(path).unwrap()).unwrap();
    assert!(!text.contains('"'));
    let mut cells = 0;
    for (row, line) in text.lines().skip(1).enumerate() {
        for (at, cell) in line.split(',').enumerate() {
            let read = table.columns[at].cells.clone();
            match read {
                Cells::Number(values) if cell.is_empty() => assert_eq!(values[row], None),
                Cells::Number(values) => assert_eq!(values[row], Some(cell.parse::<f64>().unwrap()), "{cell}"),
                Cells::Text(values) => assert_eq!(values[row].as_deref(), (!cell.is_empty()).then_some(cell)),
            }
            cells += 1;
        }
    }
    assert_eq!(cells, table.n_rows() * table.columns.len());
}

#[test]
fn ispy1() {
    let path = "cohorts/ispy1_her2.csv";
    let Some((table, findings)) = load(path) else { return };
    assert_eq!(table.n_rows(), 161);
    let radiomics = table.columns.iter().filter(|column| column.name.starts_with("rad__"));
    assert_eq!(radiomics.clone().count(), 370);
    assert!(radiomics.clone().all(|column| column.numbers().is_some()));
    let her2 = table.column("her2").unwrap().numbers().unwrap();
    assert_eq!((her2.iter().flatten().count(), her2.iter().flatten().sum::<f64>()), (158, 52.0));
    assert!(findings.iter().all(|finding| finding.level == Level::Info), "{findings:?}");
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.column, "patient_id");
    let sites: std::collections::BTreeSet<_> = ids.sites.unwrap().into_iter().flatten().collect();
    assert_eq!(sites.len(), 7);
}

#[test]
fn plain_tables_are_read_cell_by_cell_as_they_stand() {
    for path in ["cohorts/mri_fusion_test_predictions.csv", "cohorts/ispy1_her2.csv", "statistics/data/tcga_breast_train.csv"] {
        let Some((table, _)) = load(path) else { return };
        equals_plain_cutting(path, &table);
    }
}

#[test]
fn fusion_predictions() {
    let Some((table, findings)) = load("cohorts/mri_fusion_test_predictions.csv") else { return };
    assert_eq!((table.n_rows(), table.columns.len()), (4909, 6));
    assert!(table.columns.iter().all(|column| column.numbers().is_some() && column.cells.missing() == 0));
    assert!(findings.is_empty());
}

#[test]
fn tcga_biotab_with_its_three_header_rows() {
    let Some((table, findings)) = load("cohorts/tcga_brca_clinical_patient.txt") else { return };
    // The file's 1102 lines are three header rows and 1099 patients; the README counts 1099.
    assert_eq!((table.n_rows(), table.first_data_row), (1099, 4));
    let header = findings.iter().find(|finding| finding.code == "header-rows").unwrap();
    assert_eq!(header.rows, [2, 3]);
    assert!(table.column("age_at_diagnosis").unwrap().numbers().is_some());
    assert_eq!(count(&table, "her2_ihc_score", "[Not Available]"), 0);
    assert!(table.column("her2_ihc_score").unwrap().cells.missing() > 0);
    // A positive test by FISH is contradicted in eight patients by what the README counts; here the raw scores are there.
    assert!(count(&table, "her2_ihc_score", "3+") > 0 && count(&table, "her2_fish_status", "Positive") > 0);
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.column, "bcr_patient_barcode");
    assert!(ids.cases.iter().all(|case| case.starts_with("TCGA-")));
    assert!(ids.id_columns.contains(&table.position("bcr_patient_uuid").unwrap()));
    assert!(ids.id_columns.contains(&table.position("patient_id").unwrap()));
    // Many columns of the form were never filled in.
    let (audited, findings) = audit(table, &ids.id_columns);
    assert!(findings.iter().any(|finding| finding.code == "all-missing-column"));
    assert!(audited.columns.iter().all(|column| column.cells.missing() < 1099));
}

#[test]
fn cmmd_has_one_row_per_breast() {
    let Some((table, _)) = load("cohorts/cmmd_clinical.xlsx") else { return };
    assert_eq!((table.n_rows(), table.sheet.as_deref()), (1872, Some("Sheet1")));
    let (ids, findings) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!((ids.column.as_str(), ids.cases[0].as_str(), ids.patients[0].as_str()), ("ID1", "D1-0001/R", "D1-0001"));
    assert!(findings.iter().any(|finding| finding.code == "several-cases"));
    assert!(table.column("Age").unwrap().numbers().is_some());
    // Without the side the rows of a patient cannot be told apart, and the error says what would.
    let by_case = IdMapping { case: Some("ID1".into()), ..IdMapping::default() };
    let message = identify(&table, &by_case).unwrap_err().to_string();
    assert!(message.contains("`LeftRight`"), "{message}");
}

#[test]
fn breast_ultrasound() {
    let Some((table, findings)) = load("cohorts/breast_usg_clinical.xlsx") else { return };
    assert_eq!(table.n_rows(), 256);
    assert_eq!(count(&table, "Classification", "malignant"), 98);
    // BI-RADS mixes numbers and 4a, 4b, 4c: a category whose whole numbers are written as such.
    assert_eq!(count(&table, "BIRADS", "4a") + count(&table, "BIRADS", "2"), 74);
    assert!(table.column("Age").unwrap().numbers().is_some());
    assert!(findings.iter().any(|finding| finding.code == "sheet" && finding.message.contains("Data Dictionary")));
    assert!(findings.iter().any(|finding| finding.code == "word-kept-as-level" && finding.message.contains("not applicable")));
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!((ids.column.as_str(), ids.cases[0].as_str()), ("CaseID", "1"));
    let named = ReadOptions { sheet: Some("Data Dictionary".into()), ..ReadOptions::default() };
    let (dictionary, _) = read(reference("cohorts/breast_usg_clinical.xlsx").unwrap(), &named).unwrap();
    assert_eq!(dictionary.column("type").unwrap().text(0).as_deref(), Some("Case_ID"));
    let wrong = ReadOptions { sheet: Some("Tabelle1".into()), ..ReadOptions::default() };
    let message = read(reference("cohorts/breast_usg_clinical.xlsx").unwrap(), &wrong).unwrap_err().to_string();
    assert!(message.contains("`Data Dictionary`"), "{message}");
}
