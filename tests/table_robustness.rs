//! Whatever bytes a file holds, reading it ends in a table or in a sentence, and the table is rectangular.

use std::io::Write;

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use vbx::table::{Column, FeatureTable, IdMapping, Origin, PlainColumn, PlainTable, ReadOptions, audit, identify, read};

/// Reads bytes as a file and does with the table what a study would.
fn survives(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    match read(file.path(), &ReadOptions::default()) {
        Ok((table, _)) => {
            assert!(table.n_rows() > 0);
            assert!(table.columns.iter().all(|column| column.cells.len() == table.n_rows()));
            let mut names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
            for row in 0..table.n_rows() {
                for column in &table.columns {
                    assert_eq!(column.text(row).is_none(), column.cells.is_missing(row));
                }
            }
            let _ = identify(&table, &IdMapping::default());
            let (audited, _) = audit(table.clone(), &[]);
            assert!(audited.columns.len() <= table.columns.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A small workbook, as a program writes it.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["id", "x"], ["a", "1"], ["b", "NA"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// A small Parquet file.
fn parquet() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let columns =
        [("id", PlainColumn::text(["a", "b"])), ("x", PlainColumn::number([0.5, 1.5])), ("n", PlainColumn::integer([1, 2]))];
    PlainTable::new(columns).write_parquet(&path).unwrap();
    std::fs::read(&path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn any_text_of_the_signs_that_matter(text in r#"[a,;\t"'\r\n 0-9.%<年NA＋-]{0,200}"#) {
        survives(text.as_bytes());
    }

    #[test]
    fn cells_come_back_as_they_were_written(
        cells in prop::collection::vec("z[b-z,;\"\\n\\t ]{0,12}z", 1..30),
        delimiter in 0usize..3,
    ) {
        let delimiter = [b',', b';', b'\t'][delimiter];
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["id", "note", "last"]).unwrap();
        for (row, cell) in cells.iter().enumerate() {
            writer.write_record([&row.to_string(), cell, "end"]).unwrap();
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&writer.into_inner().unwrap()).unwrap();
        let options = ReadOptions { delimiter: Some(char::from(delimiter)), ..ReadOptions::default() };
        let (table, _) = read(file.path(), &options).unwrap();
        let note = table.column("note").unwrap();
        let back: Vec<String> = (0..table.n_rows()).map(|row| note.text(row).unwrap().into_owned()).collect();
        prop_assert_eq!(back, cells);
    }

    #[test]
    fn any_bytes_behind_a_known_beginning(kind in 0usize..4, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let begin: [&[u8]; 4] = [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"];
        let mut bytes = [begin[kind], &bytes].concat();
        if kind == 1 {
            bytes.extend_from_slice(b"PAR1");
        }
        survives(&bytes);
    }

    #[test]
    fn a_damaged_workbook(at in 0usize..10_000, byte: u8, cut: bool) {
        let mut bytes = workbook();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        survives(&bytes);
    }

    #[test]
    fn a_damaged_parquet_file(at in 0usize..10_000, byte: u8, cut: bool) {
        let mut bytes = parquet();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        survives(&bytes);
    }

    #[test]
    fn every_feature_table_is_read_back(
        cases in prop::collection::vec((prop::option::of(any::<f64>()), prop::option::of(".*")), 1..20)
    ) {
        let (values, words): (Vec<Option<f64>>, Vec<Option<String>>) = cases.into_iter().unzip();
        let n = values.len();
        let ids: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let mut table = FeatureTable::new(ids.clone(), ids, None).unwrap();
        table.push("a.x".parse().unwrap(), Column::scalar(values.into_iter().take(n)), Origin::default()).unwrap();
        table.push("a.w".parse().unwrap(), Column::words(&words[..n]), Origin::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        table.to_parquet(&path).unwrap();
        prop_assert_eq!(FeatureTable::from_parquet(&path).unwrap(), table);
    }
}
