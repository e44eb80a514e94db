//! Where columns come from: one adapter per source.

use super::{MriSpec, RadiomicsSpec, UltrasoundSpec};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A modality's adapter and its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModalitySpec {
    /// Clinical and pathological variables, reader descriptors: columns are recognised by the data dictionary.
    Clinical(ClinicalSpec),
    /// Features that another program extracted.
    Imported(ImportedSpec),
    /// Ultrasound images with an outlined lesion: radiomics and shape descriptors.
    Ultrasound(UltrasoundSpec),
    /// Volumes (MRI, CT) with an outlined lesion: radiomics.
    Radiomics(RadiomicsSpec),
    /// MRI examinations with an outlined lesion: sequences, parametric maps, habitats, follow-up.
    Mri(Box<MriSpec>),
}

impl ModalitySpec {
    /// The table that it reads.
    pub fn file(&self) -> &TableFile {
        match self {
            ModalitySpec::Clinical(spec) => &spec.file,
            ModalitySpec::Imported(spec) => &spec.file,
            ModalitySpec::Ultrasound(spec) => &spec.file,
            ModalitySpec::Radiomics(spec) => &spec.file,
            ModalitySpec::Mri(spec) => &spec.file,
        }
    }

    /// Whether its table is a manifest of image files, from which features are extracted.
    pub fn is_images(&self) -> bool {
        matches!(self, ModalitySpec::Ultrasound(_) | ModalitySpec::Radiomics(_) | ModalitySpec::Mri(_))
    }

    /// Its name in print, if given.
    pub fn label(&self) -> Option<&str> {
        match self {
            ModalitySpec::Clinical(spec) => spec.label.as_deref(),
            ModalitySpec::Imported(spec) => spec.label.as_deref(),
            ModalitySpec::Ultrasound(spec) => spec.label.as_deref(),
            ModalitySpec::Radiomics(spec) => spec.label.as_deref(),
            ModalitySpec::Mri(spec) => spec.label.as_deref(),
        }
    }
}

/// A table: a path alone (`"clinical.csv"`), or a table with the options of reading it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TableFile {
    /// The file (CSV, TSV, Parquet, XLSX), relative to the study file.
    pub path: PathBuf,
    /// The sheet of a workbook; by default the first that is not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Column that names the case, if this table calls it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Further words that mean "missing" in this table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// The long form of a [`TableFile`].
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TableOptions {
    /// The file (CSV, TSV, Parquet, XLSX), relative to the study file.
    path: PathBuf,
    /// The sheet of a workbook; by default the first that is not empty.
    #[serde(default)]
    sheet: Option<String>,
    /// Column that names the case, if this table calls it otherwise.
    #[serde(default)]
    id: Option<String>,
    /// Further words that mean "missing" in this table.
    #[serde(default)]
    missing: Vec<String>,
}

impl<'de> Deserialize<'de> for TableFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PathOrOptions;
        impl<'de> Visitor<'de> for PathOrOptions {
            type Value = TableFile;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a path, or a table with `path`, `sheet`, `id`, `missing`")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<TableFile, E> {
                Ok(TableFile { path: path.into(), ..TableFile::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TableFile, A::Error> {
                let TableOptions { path, sheet, id, missing } = TableOptions::deserialize(MapAccessDeserializer::new(map))?;
                Ok(TableFile { path, sheet, id, missing })
            }
        }
        deserializer.deserialize_any(PathOrOptions)
    }
}

impl JsonSchema for TableFile {
    fn schema_name() -> Cow<'static, str> {
        "TableFile".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let options = generator.subschema_for::<TableOptions>();
        json_schema!({ "anyOf": [ { "type": "string", "description": "path, relative to the study file" }, options ] })
    }
}

/// Clinical variables by the data dictionary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClinicalSpec {
    /// The table.
    pub file: TableFile,
    /// How the modality is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The columns to use as features, by their names in the table or in the dictionary; by default all that the dictionary
    /// knows and that do not give the outcome away. `*` stands for any run of characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Columns that are not features.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Columns that the dictionary does not know by their names, and the variables that they hold, e.g. `{ "Alter" = "age" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Per column: values as they stand in the table, and what they mean in the dictionary, e.g. `{ er = { "2" = "negative" } }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// ER and PR are positive from this share of stained cells on, in %: 1 (ASCO/CAP 2020) or 10.
    #[serde(default = "one_percent")]
    pub receptor_cutoff: f64,
    /// Ki-67 is high from this share on, in %; a number, or `"median"` (learned on training cases), or `"none"` to keep it as a number.
    #[serde(default)]
    pub ki67_cutoff: KiCutoff,
}

fn one_percent() -> f64 {
    1.0
}

/// The cut-off of Ki-67: a number (usual are 14, 20 and 30), `"median"`, or `"none"`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum KiCutoff {
    /// Ki-67 stays a number.
    #[default]
    None,
    /// High above the training median.
    Median,
    /// High from this share on, in %.
    At(f64),
}

impl Serialize for KiCutoff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            KiCutoff::None => serializer.serialize_str("none"),
            KiCutoff::Median => serializer.serialize_str("median"),
            KiCutoff::At(cutoff) => serializer.serialize_f64(*cutoff),
        }
    }
}

impl<'de> Deserialize<'de> for KiCutoff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrWord;
        impl Visitor<'_> for NumberOrWord {
            type Value = KiCutoff;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a share in % between 0 and 100, \"median\", or \"none\"")
            }

            fn visit_f64<E: serde::de::Error>(self, cutoff: f64) -> Result<KiCutoff, E> {
                let inside = cutoff > 0.0 && cutoff < 100.0;
                if inside { Ok(KiCutoff::At(cutoff)) } else { Err(E::invalid_value(Unexpected::Float(cutoff), &self)) }
            }

            fn visit_i64<E: serde::de::Error>(self, cutoff: i64) -> Result<KiCutoff, E> {
                self.visit_f64(cutoff as f64)
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<KiCutoff, E> {
                match word {
                    "none" => Ok(KiCutoff::None),
                    "median" => Ok(KiCutoff::Median),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }
        deserializer.deserialize_any(NumberOrWord)
    }
}

impl JsonSchema for KiCutoff {
    fn schema_name() -> Cow<'static, str> {
        "KiCutoff".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 100 },
            { "enum": ["median", "none"] }
        ] })
    }
}

/// Features of any extractor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ImportedSpec {
    /// The table.
    pub file: TableFile,
    /// How the modality is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Take the columns that begin with this; it is cut off their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Take the columns that end with this; it is cut off their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Take these columns; `*` stands for any run of characters. By default all columns that are neither id nor outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Leave these columns out; `*` stands for any run of characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}
