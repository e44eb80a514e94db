//! What we write is read back as it was, by us and by others.

use std::path::Path;

use vbx::error::Error;
use vbx::table::{Column, ColumnView, FeatureDictionary, FeatureTable, Kind, Origin, PlainColumn, PlainTable, ReadOptions, read};

/// A table with every kind of column, missing values, a level that no case has, and names beyond ASCII.
fn features() -> FeatureTable {
    let ids = |prefix: &str| (1..=3).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
    let mut table = FeatureTable::new(ids("=c"), ids("p"), Some(vec![Some("中心".into()), None, Some("B".into())])).unwrap();
    let origin = Origin {
        unit: Some("10⁻³ mm²/s".into()),
        ibsi_code: Some("Q4LE".into()),
        source_file: Some("adc.csv".into()),
        source_column: Some("ADC mean".into()),
        extracted: None,
    };
    table.push("mri.adc_mean".parse().unwrap(), Column::scalar([Some(0.1 + 0.2), None, Some(-1e-300)]), origin).unwrap();
    let levels = ["round", "oval", "irregular"].map(str::to_owned).to_vec();
    let shape = Column::category(vec![Some(2), None, Some(0)], levels).unwrap();
    table.push("us.形状".parse().unwrap(), shape, Origin::default()).unwrap();
    let bag = Column::array(vec![2, 3], vec![Some(vec![1., 2., 3., 4., 5., 6.5]), None, Some(vec![f32::MIN; 6])]).unwrap();
    table.push("mri.habitat_bag".parse().unwrap(), bag, Origin::default()).unwrap();
    table
}

#[test]
fn a_feature_table_survives_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let table = features();
    table.to_parquet(&path).unwrap();
    let back = FeatureTable::from_parquet(&path).unwrap();
    assert_eq!(back, table);
    let ColumnView::Category { levels, .. } = back.column(&"us.形状".parse().unwrap()).unwrap().view() else { panic!() };
    assert_eq!(levels, ["round", "oval", "irregular"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    // Written twice, it is the same file: caches and locks hash it.
    let again = folder.path().join("again.parquet");
    table.to_parquet(&again).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());
    // Another program sees a plain table; lists have no place in it.
    let (plain, findings) = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(plain.column("mri.adc_mean").unwrap().numbers().unwrap()[0], Some(0.1 + 0.2));
    assert_eq!(plain.column("case_id").unwrap().text(0).as_deref(), Some("=c1"));
    assert!(findings.iter().any(|finding| finding.code == "unreadable-column" && finding.columns == ["mri.habitat_bag"]));
}

#[test]
fn a_table_without_features_or_cases_survives_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    for table in [features().select(|_| false), features().take(&[]).unwrap(), FeatureTable::default()] {
        table.to_parquet(&path).unwrap();
        assert_eq!(FeatureTable::from_parquet(&path).unwrap(), table);
    }
}

#[test]
fn other_files_are_no_feature_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    PlainTable::new([("case_id", PlainColumn::text(["a"]))]).write_parquet(&path).unwrap();
    assert!(FeatureTable::from_parquet(&path).unwrap_err().to_string().contains("without a feature dictionary"));
    std::fs::write(&path, "nothing").unwrap();
    assert!(matches!(FeatureTable::from_parquet(&path), Err(Error::Input(_))));
    assert!(matches!(FeatureTable::from_parquet(folder.path().join("none")), Err(Error::Io { .. })));
}

#[test]
fn the_dictionary_as_json_and_csv() {
    let folder = tempfile::tempdir().unwrap();
    let (json, csv) = (folder.path().join("d.json"), folder.path().join("d.csv"));
    let dictionary = features().dictionary();
    dictionary.write_json(&json).unwrap();
    assert_eq!(FeatureDictionary::read_json(&json).unwrap(), dictionary);
    assert_eq!(dictionary.0.iter().map(|info| info.kind).collect::<Vec<_>>(), [Kind::Scalar, Kind::Category, Kind::Array]);
    dictionary.write_csv(&csv).unwrap();
    let table = PlainTable::read_csv(&csv).unwrap();
    assert_eq!(table.texts("levels").unwrap(), [None, Some("round|oval|irregular".into()), None]);
    assert_eq!(table.texts("shape").unwrap(), [None, None, Some("2×3".to_owned())]);
    assert_eq!(table.texts("ibsi_code").unwrap()[0].as_deref(), Some("Q4LE"));
}

fn predictions() -> PlainTable {
    PlainTable::new([
        ("case", PlainColumn::Text(vec![Some("=1+1".into()), Some("a,\"b\"\n".into()), None, Some("007".into())])),
        ("fold", PlainColumn::Integer(vec![Some(1), Some(-2), None, Some(i64::MAX)])),
        ("p", PlainColumn::Number(vec![Some(0.1 + 0.2), Some(5e-324), None, Some(f64::MAX)])),
    ])
}

fn same(a: &PlainTable, b: &PlainTable) {
    assert!(a.names().eq(b.names()));
    assert_eq!(a.texts("case"), b.texts("case"));
    assert_eq!(a.integers("fold"), b.integers("fold"));
    assert_eq!(a.numbers("p"), b.numbers("p"));
}

#[test]
fn plain_tables_survive_csv_and_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, parquet) = (folder.path().join("p.csv"), folder.path().join("p.parquet"));
    let table = predictions();
    table.write_csv(&csv).unwrap();
    same(&PlainTable::read_csv(&csv).unwrap(), &table);
    let text = std::fs::read_to_string(&csv).unwrap();
    assert!(text.starts_with("case,fold,p\n'=1+1,1,0.30000000000000004\n") && text.contains("-2"), "{text}");
    table.write_parquet(&parquet).unwrap();
    assert_eq!(PlainTable::read_parquet(&parquet).unwrap(), table);
}

#[test]
fn cells_of_another_kind_are_named_by_row() {
    let table = PlainTable::new([("p", PlainColumn::text(["0.5", "high"]))]);
    let message = table.numbers("p").unwrap_err().to_string();
    assert!(message.contains("column `p`, row 3: found `high`"), "{message}");
    assert!(table.numbers("q").is_err() && table.integers("p").is_err());
}

#[test]
fn nothing_is_written_where_nothing_can_be() {
    let path = Path::new("no/such/folder/t.csv");
    assert!(matches!(predictions().write_csv(path), Err(Error::Io { .. })));
    assert!(matches!(features().to_parquet(path), Err(Error::Io { .. })));
}
