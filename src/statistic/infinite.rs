//! Numbers that may be infinite, in files: JSON has no infinity, so it is written as the text `Inf` or `-Inf`.
//! For a field: `#[serde(with = "super::infinite")]`.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes a number, or `Inf` or `-Inf`.
pub fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match *x {
        f64::INFINITY => serializer.serialize_str("Inf"),
        f64::NEG_INFINITY => serializer.serialize_str("-Inf"),
        x => serializer.serialize_f64(x),
    }
}

/// Reads what [`serialize`] wrote.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(f64),
        Text(String),
    }
    match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(x) => Ok(x),
        NumberOrText::Text(text) => match text.as_str() {
            "Inf" => Ok(f64::INFINITY),
            "-Inf" => Ok(f64::NEG_INFINITY),
            _ => Err(D::Error::custom(format!("found `{text}`, expected a number, `Inf` or `-Inf`"))),
        },
    }
}
