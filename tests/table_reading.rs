//! Files as people make them, written by the tests.

use std::path::PathBuf;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tempfile::TempDir;
use vbx::error::Error;
use vbx::table::{Cells, Decimal, Finding, IdMapping, RawTable, ReadOptions, audit, harmonise, identify, read};

/// A folder that lives as long as the test, with one file in it.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn load_with(content: impl AsRef<[u8]>, options: &ReadOptions) -> (RawTable, Vec<Finding>) {
    let (_folder, path) = file("t.csv", content);
    read(&path, options).unwrap()
}

fn load(content: impl AsRef<[u8]>) -> (RawTable, Vec<Finding>) {
    load_with(content, &ReadOptions::default())
}

fn refuse(content: impl AsRef<[u8]>) -> String {
    let (_folder, path) = file("t.csv", content);
    let error = read(&path, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.exit_code(), 3);
    error.to_string()
}

fn numbers(table: &RawTable, column: &str) -> Vec<Option<f64>> {
    table.column(column).unwrap().numbers().unwrap_or_else(|| panic!("{column} is text")).to_vec()
}

fn texts(table: &RawTable, column: &str) -> Vec<Option<String>> {
    let column = table.column(column).unwrap();
    assert!(column.numbers().is_none(), "{} is a number", column.name);
    (0..table.n_rows()).map(|row| column.text(row).map(|text| text.into_owned())).collect()
}

fn finding<'a>(findings: &'a [Finding], code: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("no {code} in {findings:#?}"))
}

fn some(words: &[&str]) -> Vec<Option<String>> {
    words.iter().map(|word| (*word != "∅").then(|| word.to_string())).collect()
}

#[test]
fn chinese_headers_in_gbk_with_chinese_words_for_missing() {
    let (bytes, ..) =
        encoding_rs::GBK.encode("患者编号,年龄（岁）,HER2状态,Ki-67\n001,45,阳性,30%\n002,未知,阴性,不详\n010,52,未检,15%\n");
    let (table, findings) = load(&bytes);
    assert_eq!(numbers(&table, "年龄（岁）"), [Some(45.0), None, Some(52.0)]);
    assert_eq!(texts(&table, "HER2状态"), some(&["阳性", "阴性", "∅"]));
    assert_eq!(numbers(&table, "Ki-67"), [Some(30.0), None, Some(15.0)]);
    assert!(finding(&findings, "encoding").message.contains("GB18030"));
    assert_eq!(finding(&findings, "percent-sign").columns, ["Ki-67"]);
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.cases, ["001", "002", "010"]);
}

#[test]
fn decimal_commas_between_semicolons() {
    let (table, findings) = load("id;size;adc;n\n1;12,5;0,91;3\n2;NA;1,2;4\n3;9;-0,5;5\n");
    assert_eq!(numbers(&table, "size"), [Some(12.5), None, Some(9.0)]);
    assert_eq!(numbers(&table, "adc"), [Some(0.91), Some(1.2), Some(-0.5)]);
    assert_eq!(finding(&findings, "decimal-comma").columns, ["size", "adc"]);
}

#[test]
fn one_value_against_the_comma_leaves_the_column_as_text() {
    let (table, findings) = load("id;size\n1;12,5\n2;3.5\n3;9,5\n");
    assert_eq!(texts(&table, "size"), some(&["12,5", "3.5", "9,5"]));
    assert!(findings.iter().all(|finding| finding.code != "decimal-comma"));
}

#[test]
fn a_thousand_or_a_fraction_is_settled_by_the_other_columns() {
    let among_points = load("id,count,adc\n1,\"1,234\",0.5\n2,\"2,345\",0.7\n");
    assert_eq!(numbers(&among_points.0, "count"), [Some(1234.0), Some(2345.0)]);
    assert_eq!(finding(&among_points.1, "thousands-separator").columns, ["count"]);
    let among_commas = load("id;volume;adc\n1;1,234;0,5\n2;2,345;0,7\n");
    assert_eq!(numbers(&among_commas.0, "volume"), [Some(1.234), Some(2.345)]);
    let semicolons = load("id;volume\n1;1,234\n2;2,345\n");
    assert_eq!(numbers(&semicolons.0, "volume"), [Some(1.234), Some(2.345)]);
    let nobody_knows = load("id\tvolume\n1\t1,234\n2\t2,345\n");
    assert_eq!(texts(&nobody_knows.0, "volume"), some(&["1,234", "2,345"]));
    finding(&nobody_knows.1, "ambiguous-number");
    // A point that may separate thousands in a file of decimal commas is as doubtful.
    let doubtful = load("id;dose;adc\n1;1.234;0,5\n2;2.345;0,7\n");
    assert_eq!(texts(&doubtful.0, "dose"), some(&["1.234", "2.345"]));
    assert_eq!(finding(&doubtful.1, "ambiguous-number").columns, ["dose"]);
    for (decimal, value) in [(Decimal::Point, 1234.0), (Decimal::Comma, 1.234)] {
        let told = load_with("id\tvolume\n1\t1,234\n", &ReadOptions { decimal: Some(decimal), ..ReadOptions::default() });
        assert_eq!(numbers(&told.0, "volume"), [Some(value)]);
    }
}

#[test]
fn stray_spaces_marks_and_full_width_digits() {
    let (table, _) = load("\u{feff} Patient  ID , Tumour\u{3000}size ,note\n 01 , １２．５ ,\u{a0}x \n02,−3, y\n");
    assert_eq!(table.columns[0].name, "Patient ID");
    assert_eq!(table.columns[0].original_name, " Patient  ID ");
    assert_eq!(numbers(&table, "Tumour size"), [Some(12.5), Some(-3.0)]);
    assert_eq!(texts(&table, "note"), some(&["x", "y"]));
}

#[test]
fn a_text_among_numbers_is_named_by_its_row() {
    let rows: String = (0..19).map(|i| format!("{i},{i}.5\n")).collect();
    let (table, findings) = load(format!("id,adc\n{rows}19,see report\n"));
    assert_eq!(table.column("adc").unwrap().text(19).as_deref(), Some("see report"));
    let stray = finding(&findings, "text-in-number-column");
    assert_eq!((stray.columns.as_slice(), stray.rows.as_slice()), (&["adc".to_owned()][..], &[21][..]));
    // With the text among the missing words, the column is one of numbers.
    let (told, _) = load_with(
        format!("id,adc\n{rows}19,see report\n"),
        &ReadOptions { missing: vec!["See Report".into()], ..ReadOptions::default() },
    );
    assert_eq!(numbers(&told, "adc")[19], None);
    // In a column of words nobody misses numbers.
    let (_, quiet) = load("id,grade\n1,1\n2,unclear\n3,2\n");
    assert!(quiet.iter().all(|finding| finding.code != "text-in-number-column"));
}

#[test]
fn limits_are_numbers_only_when_asked() {
    let text = "id,er\n1,<1\n2,50\n3,>=90\n";
    let (table, findings) = load(text);
    assert_eq!(texts(&table, "er"), some(&["<1", "50", ">=90"]));
    finding(&findings, "limit-value");
    let (asked, findings) = load_with(text, &ReadOptions { limits_as_numbers: true, ..ReadOptions::default() });
    assert_eq!(numbers(&asked, "er"), [Some(1.0), Some(50.0), Some(90.0)]);
    finding(&findings, "limit-value");
}

#[test]
fn percents_beside_fractions_are_not_mixed() {
    let (table, _) = load("id,ki67\n1,15%\n2,20\n3,0\n");
    assert_eq!(numbers(&table, "ki67"), [Some(15.0), Some(20.0), Some(0.0)]);
    let (table, findings) = load("id,ki67\n1,15%\n2,0.2\n");
    assert!(table.column("ki67").unwrap().numbers().is_none());
    finding(&findings, "mixed-percent");
}

#[test]
fn what_says_missing_depends_on_its_column() {
    let (table, findings) = load("id,er,her2,calc,n\n1,+,1+,none,none\n2,-,-,in a mass,3\n3,-,3+,None,-\n4,NA,2+,NA,5\n");
    // A minus beside a plus is a negative result; beside numbers it is nothing.
    assert_eq!(texts(&table, "er"), some(&["+", "-", "-", "∅"]));
    assert_eq!(texts(&table, "her2"), some(&["1+", "-", "3+", "2+"]));
    assert_eq!(texts(&table, "calc"), some(&["none", "in a mass", "None", "∅"]));
    assert_eq!(numbers(&table, "n"), [None, Some(3.0), None, Some(5.0)]);
    assert_eq!(finding(&findings, "word-kept-as-level").columns, ["er", "her2", "calc"]);
    assert!(finding(&findings, "missing-word").message.starts_with("4 cells of 3 columns"));
}

#[test]
fn own_codes_for_missing_values() {
    let options = ReadOptions { missing: vec!["-99".into(), "n.k.".into()], ..ReadOptions::default() };
    let (table, _) = load_with("id,a,b\n1,-99,n.k.\n2,5,x\n3,-99.0,y\n", &options);
    assert_eq!(numbers(&table, "a"), [None, Some(5.0), None]);
    assert_eq!(texts(&table, "b"), some(&["∅", "x", "y"]));
}

#[test]
fn identifiers_keep_their_zeros() {
    let (table, _) = load("ID,x\n007,1\n010,2\n7,3\n");
    let (ids, findings) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.cases, ["007", "010", "7"]);
    assert_eq!(finding(&findings, "similar-id").rows, [2, 4]);
}

#[test]
fn identifiers_that_differ_between_files_in_zeros_alone() {
    let (a, _) = load("patient_id,x\n001,1\n002,2\n");
    let (b, _) = load("Patient,y\n2.0,1\n1.0,2\n3.0,3\n");
    let mapping = IdMapping::default();
    let ((a, _), (b, noticed)) = (identify(&a, &mapping).unwrap(), identify(&b, &mapping).unwrap());
    finding(&noticed, "decimal-id");
    let mut both = [a, b];
    let findings = harmonise(&mut both).unwrap();
    assert_eq!(both[1].patients, ["002", "001", "3"]);
    assert_eq!(finding(&findings, "id-spelling").rows, [2, 3]);
}

#[test]
fn repeated_and_missing_identifiers_are_refused_with_their_rows() {
    let refused = |text: &str| identify(&load(text).0, &IdMapping::default()).unwrap_err().to_string();
    let repeated = refused("id,x\na,1\nb,2\na,3\n");
    assert!(repeated.contains("row 4, column `id`: found the identifier of row 2 again"), "{repeated}");
    let missing = refused("id,x\na,1\n,2\nNA,3\n");
    assert!(missing.contains("row 3, column `id`: found no identifier in 2 rows (3, 4)"), "{missing}");
    assert!(refused("x,y\n1,2\n").contains("no column of patient or case identifiers"));
}

#[test]
fn lesions_of_a_patient_are_told_apart() {
    let (table, _) = load("Patient ID,Side,x\nA,L,1\nA,R,2\nB,L,3\n");
    let (ids, findings) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(
        (ids.cases.as_slice(), ids.patients.as_slice()),
        (&["A/L", "A/R", "B/L"].map(str::to_owned)[..], &["A", "A", "B"].map(str::to_owned)[..])
    );
    assert_eq!(finding(&findings, "several-cases").columns, ["Side"]);
    let (table, _) = load("patient_id,case_id,x\nA,c1,1\nA,c2,2\nB,c3,3\n");
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.cases, ["c1", "c2", "c3"]);
    assert_eq!(ids.patients, ["A", "A", "B"]);
}

#[test]
fn a_column_that_tells_cases_from_controls_is_no_identifier() {
    let (ids, _) = identify(&load("case,ID,x\n1,a,5\n0,b,6\n1,c,7\n").0, &IdMapping::default()).unwrap();
    assert_eq!((ids.column.as_str(), ids.cases), ("ID", ["a", "b", "c"].map(str::to_owned).to_vec()));
}

#[test]
fn the_only_name_that_sounds_like_an_identifier_is_used() {
    let (ids, findings) = identify(&load("labNo,PatID,lipid\n1,a,5\n2,b,6\n").0, &IdMapping::default()).unwrap();
    assert_eq!(ids.cases, ["a", "b"]);
    assert_eq!(finding(&findings, "id-column").columns, ["PatID"]);
    let two = identify(&load("labID,PatID\n1,a\n2,b\n").0, &IdMapping::default());
    assert!(two.unwrap_err().to_string().contains("no column of patient or case identifiers"));
}

#[test]
fn names_of_persons_are_no_identifiers_unless_mapped() {
    let text = "姓名,住院号,x\n张三,0012,1\n李四,0034,2\n";
    let (ids, findings) = identify(&load(text).0, &IdMapping::default()).unwrap();
    assert_eq!((ids.column.as_str(), ids.cases[0].as_str(), ids.id_columns.as_slice()), ("住院号", "0012", &[0, 1][..]));
    assert!(finding(&findings, "identifying-column").message.contains("left out"));
    let only_names = load("姓名,x\n张三,1\n李四,2\n").0;
    let message = identify(&only_names, &IdMapping::default()).unwrap_err().to_string();
    assert!(message.contains("`姓名` identifies persons"), "{message}");
    let mapped = IdMapping { patient: Some("姓名".into()), ..IdMapping::default() };
    assert_eq!(identify(&only_names, &mapped).unwrap().0.cases, ["张三", "李四"]);
    let typo = IdMapping { patient: Some("住院".into()), ..IdMapping::default() };
    let message = identify(&load(text).0, &typo).unwrap_err().to_string();
    assert!(message.contains("`住院号`"), "{message}");
}

#[test]
fn files_that_are_no_tables_say_what_to_do() {
    assert!(refuse("").contains("an empty file"));
    assert!(refuse("\n \n\u{feff}").contains("a file of blanks"));
    assert!(refuse("id,age\n").contains("a header without any row"));
    assert!(refuse("id,age\n,\n").contains("a header without any row"));
    assert!(refuse("a,b,c\n1,2,3\n4,5\n6,7,8\n").contains("row 3: found 2 cells; expected 3 cells"));
    assert!(refuse("<!DOCTYPE html><table><tr><td>x</table>").contains("a web page"));
    assert!(refuse(b"\x1f\x8b\x08rest").contains("compressed"));
    assert!(refuse(b"a,b\n1,\0\n").contains("value zero"));
    assert!(refuse(b"PK\x03\x04 nothing more").contains("a damaged workbook"));
    assert!(refuse(b"PAR1 nothing more PAR1").contains("a damaged Parquet file"));
    let too_wide: String = std::iter::repeat_n("x", 100_001).collect::<Vec<_>>().join(",");
    assert!(refuse(too_wide + "\n").contains("at most 100000 columns"));
    let missing = read("nowhere/t.csv", &ReadOptions::default()).unwrap_err();
    assert!(missing.exit_code() == 3 && missing.to_string().contains("no such file"));
    assert!(read(std::env::temp_dir(), &ReadOptions::default()).unwrap_err().to_string().contains("not a file"));
    let (_folder, path) = file("t.csv", "a,b\n1,2\n");
    let bad = ReadOptions { delimiter: Some('→'), ..ReadOptions::default() };
    assert!(matches!(read(&path, &bad), Err(Error::Usage(_))));
}

#[test]
fn header_troubles_are_handled_and_said() {
    let (table, findings) = load(",id,x,x,,\n0,a,1,2,5,\n1,b,3,4,6,\n");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["column 1", "id", "x", "x.2", "column 5"]);
    assert_eq!(finding(&findings, "empty-header").columns, ["column 1", "column 5"]);
    assert_eq!(finding(&findings, "duplicate-header").columns, ["x.2"]);
    assert!(finding(&findings, "empty-column").message.starts_with("1 column"));
    let (audited, findings) = audit(table, &[1]);
    assert_eq!(finding(&findings, "row-index").columns, ["column 1"]);
    assert_eq!(audited.columns.len(), 4);
}

#[test]
fn the_audit_finds_what_is_wrong_and_leaves_what_is_protected() {
    let mut text = "id,outcome,a,b,same,empty,gaps,big,alone,inf,level,rare\n".to_owned();
    for i in 0..40 {
        let big = if i == 3 { "2e26".into() } else { format!("{i}.5") };
        let alone = if i == 3 { "2e26".into() } else { format!("{}e14", i + 1) };
        let inf = if i == 5 { "Inf".into() } else { i.to_string() };
        let level = ["Luminal A", "luminal  A", "Basal"][i % 3];
        let rare = if i == 0 {
            "1"
        } else if i == 1 {
            "2"
        } else {
            ""
        };
        text += &format!("p{i},1,{i},{i}.0,7,NA,{},{big},{alone},{inf},{level},{rare}\n", if i % 2 == 0 { "yes" } else { "" });
    }
    let (table, _) = load(&text);
    let (audited, findings) = audit(table, &[0, 1]);
    let left: Vec<&str> = audited.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        left,
        ["id", "outcome", "a", "gaps", "big", "alone", "inf", "level"].iter().copied().chain(["rare"]).collect::<Vec<_>>()
    );
    assert_eq!(finding(&findings, "duplicate-column").columns, ["b"]);
    assert!(finding(&findings, "duplicate-column").message.contains("`b` = `a`"));
    assert_eq!(finding(&findings, "constant-column").columns, ["same"]);
    assert_eq!(finding(&findings, "all-missing-column").columns, ["empty"]);
    assert_eq!(finding(&findings, "one-value-column").columns, ["gaps"]);
    assert_eq!(finding(&findings, "infinite-value").rows, [7]);
    assert_eq!(finding(&findings, "similar-levels").columns, ["level"]);
    let huge: Vec<_> = findings.iter().filter(|finding| finding.code == "huge-value").collect();
    assert_eq!((huge[0].columns.as_slice(), huge[0].rows.as_slice()), (&["big".to_owned()][..], &[5][..]));
    assert_eq!(huge[1].columns, ["alone"]);
    let Cells::Number(big) = &audited.column("big").unwrap().cells else { panic!() };
    assert_eq!((big[3], big[4]), (None, Some(4.5)));
    assert!(findings.iter().all(|finding| finding.file.is_some()));
}

#[test]
fn a_workbook_with_titles_dates_errors_and_numbers_as_text() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("empty").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("数据").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(0, 0, "Table 1. Patients").unwrap();
    for (at, name) in ["Patient\nID", " Exam date ", "Size", "ER", "Phase", "Flag"].iter().enumerate() {
        sheet.write(2, at as u16, *name).unwrap();
    }
    let rows = [(17.0, (2, 28), "12.5"), (18.0, (2, 29), "NA"), (123_456_789_012.0, (3, 1), "7")];
    for (row, (id, (month, day), size)) in rows.into_iter().enumerate() {
        // The fourth row of the sheet's body stays empty.
        let row = 3 + row as u32 + u32::from(row == 2);
        sheet.write(row, 0, id).unwrap();
        sheet.write_with_format(row, 1, ExcelDateTime::from_ymd(2024, month, day).unwrap(), &date).unwrap();
        sheet.write(row, 2, size).unwrap();
        sheet.write(row, 3, 0.25 * f64::from(row)).unwrap();
        sheet.write(row, 4, if row == 3 { "T2" } else { "DCE" }).unwrap();
        sheet.write(row, 5, row == 3).unwrap();
    }
    // A blank far away must not make the table larger.
    sheet.write(1_048_575, 16_383, " ").unwrap();
    let (_folder, path) = file("wrongly named.csv", book.save_to_buffer().unwrap());
    let (table, findings) = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!((table.sheet.as_deref(), table.n_rows(), table.first_data_row, table.row_number(2)), (Some("数据"), 3, 4, 7));
    assert_eq!(finding(&findings, "title-row").rows, [1]);
    assert_eq!(table.columns[0].original_name, "Patient\nID");
    let (ids, _) = identify(&table, &IdMapping::default()).unwrap();
    assert_eq!(ids.cases, ["17", "18", "123456789012"]);
    assert_eq!(texts(&table, "Exam date"), some(&["2024-02-28", "2024-02-29", "2024-03-01"]));
    assert_eq!(numbers(&table, "Size"), [Some(12.5), None, Some(7.0)]);
    assert_eq!(numbers(&table, "ER"), [Some(0.75), Some(1.0), Some(1.5)]);
    assert_eq!(texts(&table, "Flag"), some(&["true", "false", "false"]));
}

#[test]
fn a_biotab_file_drops_what_describes_its_header() {
    let header = "bcr_patient_barcode\tage\ther2\nbcr_patient_barcode\tage_at\ther2_neu\nCDE_ID:\tCDE_ID:2\tCDE_ID:3\n";
    let text = format!("{header}TCGA-1\t50\t[Not Evaluated]\nTCGA-2\t[Not Available]\tPositive\n");
    let (table, findings) = load(text);
    assert_eq!((table.n_rows(), table.first_data_row), (2, 4));
    assert_eq!(numbers(&table, "age"), [Some(50.0), None]);
    assert_eq!(finding(&findings, "header-rows").rows, [2, 3]);
}

#[test]
fn rows_above_the_header_are_skipped_when_asked() {
    let (table, _) = load_with("made by,program\n1.2,3\nid,x\na,1\n", &ReadOptions { skip_rows: 2, ..ReadOptions::default() });
    assert_eq!((table.first_data_row, table.columns[0].name.as_str()), (4, "id"));
}

#[test]
fn the_ways_to_write_text_tables() {
    for text in
        ["id,x\r\na,1\r\n", "id\tx\na\t1", "sep=;\nid;x\na;1\n", "id|x\na|1\n", "\"id\",\"x\"\n\"a\",\"1\"\n", "id,x\ra,1\r"]
    {
        let (table, _) = load(text);
        assert_eq!((table.columns.len(), numbers(&table, "x")), (2, vec![Some(1.0)]), "{text:?}");
    }
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("id,年龄\na,1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(numbers(&load(utf16).0, "年龄"), [Some(1.0)]);
}
