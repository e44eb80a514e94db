//! JSON Schemas of the files that cross the border. Those of Rust types are generated; a test keeps `data-schema/` true.

use super::results::Results;
use super::spec::StudySpec;
use crate::simulate::CohortPreset;
use crate::table::FeatureInfo;
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

fn generated<T: JsonSchema>(title: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["title"] = json!(title);
    schema
}

/// Every schema by name, as pretty JSON with a final newline.
pub fn all() -> Vec<(&'static str, String)> {
    let all = [
        ("study", generated::<StudySpec>("vbx study file (TOML)")),
        ("cohort-preset", generated::<CohortPreset>("vbx preset of a simulated cohort (TOML)")),
        ("results", generated::<Results>("vbx results.json")),
        ("feature-dictionary", generated::<Vec<FeatureInfo>>("vbx features.dictionary.json")),
        ("feature-table", feature_table()),
        ("folds", folds()),
        ("predictions", predictions()),
        ("clinical-dictionary", clinical_dictionary()),
    ];
    all.map(|(name, mut schema)| {
        schema["$id"] = json!(format!("{name}.schema.json"));
        let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text.push('\n');
        (name, text)
    })
    .to_vec()
}

/// A row of `features.parquet`.
fn feature_table() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a row of features.parquet: one case (lesion), no outcome",
        "type": "object",
        "properties": {
            "case_id": { "type": "string", "description": "the case (lesion), unique" },
            "patient_id": { "type": "string", "description": "the patient; cases of one patient are never split" },
            "site": { "type": ["string", "null"], "description": "the centre" }
        },
        "required": ["case_id", "patient_id"],
        "patternProperties": {
            "^[a-z][a-z0-9_]*\\..+$": {
                "description": "a feature, `{modality}.{name}`: a number, a category, or an array of numbers; null is missing",
                "type": ["number", "string", "array", "null"]
            }
        },
        "additionalProperties": false
    })
}

/// A row of given or written folds.
fn folds() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a row of folds.parquet, or of given folds",
        "type": "object",
        "properties": {
            "case_id": { "type": "string" },
            "repeat": { "type": "integer", "minimum": 1, "description": "absent: 1" },
            "fold": { "type": ["integer", "string"], "description": "the fold in which the case tests; `train` and `test` make a hold-out" }
        },
        "required": ["case_id", "fold"]
    })
}

/// A row of predictions, ours or those given to `vbx compare` in tidy form.
fn predictions() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a row of predictions.parquet, and of the tidy form that vbx compare reads",
        "type": "object",
        "properties": {
            "case_id": { "type": "string" },
            "arm": { "type": "string" },
            "repeat": { "type": "integer", "minimum": 1 },
            "fold": { "type": "integer", "minimum": 1 },
            "outcome": { "type": "string" },
            "probability": { "type": "number", "minimum": 0, "maximum": 1, "description": "of the event, for two classes" },
            "threshold": { "type": ["number", "null"], "description": "chosen on training cases" }
        },
        "patternProperties": { "^p_.+$": { "type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "of a class" } },
        "required": ["case_id", "arm", "outcome"]
    })
}

/// A row of a clinical table in the dictionary's own words. Other names and spellings are recognised too.
fn clinical_dictionary() -> Value {
    use crate::modality::clinical::dictionary::variables;
    let property = |variable: &'static crate::modality::clinical::dictionary::Variable| {
        let levels: Vec<&str> = variable.levels.iter().map(|level| level.name).collect();
        let mut described = json!({ "description": variable.description });
        if let Some(unit) = variable.unit {
            described["x-unit"] = json!(unit);
        }
        if let Some((low, high)) = variable.range {
            described["minimum"] = json!(low);
            described["maximum"] = json!(high);
        }
        if !levels.is_empty() {
            described["x-levels"] = json!(levels);
        }
        if !variable.source.is_empty() {
            described["x-source"] = json!(variable.source);
        }
        (variable.name.to_string(), described)
    };
    let properties: serde_json::Map<String, Value> = variables().map(property).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a row of a clinical table, in the data dictionary's own names",
        "type": "object",
        "properties": properties,
    })
}
