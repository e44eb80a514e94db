//! The schemas in `data-schema/` are those of the types, and the shipped studies fit them.

use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, text) in vbx::study::schema::all() {
        let path = root().join(format!("data-schema/{name}.schema.json"));
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{} is not up to date: run `vbx schema --write data-schema/`", path.display());
    }
}

#[test]
fn shipped_studies_parse_and_fit_the_schema() {
    let schemas = vbx::study::schema::all();
    let (_, text) = schemas.iter().find(|(name, _)| *name == "study").unwrap();
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut files = vec![root().join("pipelines/demo.toml")];
    files.extend(std::fs::read_dir(root().join("pipelines/templates")).unwrap().map(|entry| entry.unwrap().path()));
    assert!(files.len() >= 4);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        vbx::study::spec::StudySpec::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let value: serde_json::Value = toml::from_str(&text).unwrap();
        let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", file.display());
    }
}

#[test]
fn a_wrong_study_does_not_fit_the_schema() {
    let schemas = vbx::study::schema::all();
    let (_, text) = schemas.iter().find(|(name, _)| *name == "study").unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({ "title": "t", "unknown": 1 })));
}
