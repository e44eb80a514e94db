//! From a name or a file to a checked preset.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error as TomlError};

use super::CohortPreset;
use crate::error::{Error, Result};

/// The presets that come with the program: name and TOML text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../../pipelines/presets/default.toml")),
    ("large-signal", include_str!("../../../pipelines/presets/large-signal.toml")),
    ("multisite", include_str!("../../../pipelines/presets/multisite.toml")),
    ("null", include_str!("../../../pipelines/presets/null.toml")),
    ("regions", include_str!("../../../pipelines/presets/regions.toml")),
    ("small", include_str!("../../../pipelines/presets/small.toml")),
];

/// A preset may extend one that extends one …, so often.
const DEEPEST_CHAIN: usize = 8;

/// The built-in presets: name and description.
pub fn presets() -> Vec<(&'static str, String)> {
    let described =
        |(name, text): &(&'static str, &str)| (*name, CohortPreset::parse(text, name, None).map(|preset| preset.description));
    BUILT_IN.iter().map(described).map(|(name, description)| (name, description.unwrap_or_default())).collect()
}

/// The preset of that built-in name, or in that file.
///
/// # Errors
/// [`Error::Usage`] if there is neither, or the preset is wrong; [`Error::Io`] if the file cannot be read.
pub fn preset(name_or_path: &str) -> Result<CohortPreset> {
    match built_in(name_or_path) {
        Some(text) => CohortPreset::parse(text, name_or_path, None),
        None => CohortPreset::from_file(Path::new(name_or_path)),
    }
}

impl CohortPreset {
    /// The preset in a TOML file.
    ///
    /// # Errors
    /// As [`preset`].
    pub fn from_file(path: &Path) -> Result<Self> {
        let (text, folder) = read(path)?;
        Self::parse(&text, &path.display().to_string(), folder.as_deref())
    }

    /// The preset in a TOML text; `origin` names it in messages, and `folder` is where a relative `extends` is looked up.
    ///
    /// # Errors
    /// [`Error::Usage`] with line and key if the text is not a preset, and with every contradiction found if it is.
    pub fn parse(text: &str, origin: &str, folder: Option<&Path>) -> Result<Self> {
        let preset = resolve(text, origin, folder, DEEPEST_CHAIN)?;
        preset.check().map_err(|problem| Error::usage(format!("{origin}: {problem}")))?;
        Ok(preset)
    }
}

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn read(path: &Path) -> Result<(String, Option<PathBuf>)> {
    if !path.exists() {
        let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        return Err(Error::usage(format!(
            "there is no preset `{}`: give one of {}, or the path of a preset file",
            path.display(),
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|cause| Error::io(path, cause))?;
    Ok((text, path.parent().map(Path::to_path_buf)))
}

/// Reads a text and, below it, everything that it extends. What lies below is a preset already, so whatever is wrong stands in
/// `text`, and errors point at its lines.
fn resolve(text: &str, origin: &str, folder: Option<&Path>, depth: usize) -> Result<CohortPreset> {
    let fault = |mut cause: TomlError| {
        cause.set_input(Some(text));
        Error::usage(format!("{origin}: {}", cause.to_string().trim_end()))
    };
    let below_text;
    let mut table = DeTable::parse(text).map_err(fault)?;
    let extends = match table.get_ref().get("extends").map(Spanned::get_ref) {
        None => None,
        Some(DeValue::String(name)) => Some(name.to_string()),
        Some(_) => return Err(Error::usage(format!("{origin}: `extends` must be the name or the path of a preset"))),
    };
    if let Some(name) = extends {
        if depth == 0 {
            return Err(Error::usage(format!("{origin}: `extends` leads back to itself, or through too many presets")));
        }
        let below = match built_in(&name) {
            Some(text) => resolve(text, &name, None, depth - 1)?,
            None => {
                let path = folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name));
                let (text, folder) = read(&path)?;
                resolve(&text, &path.display().to_string(), folder.as_deref(), depth - 1)?
            }
        };
        let unreadable = |cause: &dyn std::fmt::Display| Error::usage(format!("{origin}: cannot extend `{name}`: {cause}"));
        below_text = toml::to_string(&CohortPreset { extends: None, ..below }).map_err(|cause| unreadable(&cause))?;
        let below = DeTable::parse(&below_text).map_err(|cause| unreadable(&cause))?;
        inherit(table.get_mut(), below.into_inner());
    }
    CohortPreset::deserialize(Deserializer::from(table)).map_err(fault)
}

/// Copies from the preset `below` what `own` does not say, down to the fields of one section, variable or block.
fn inherit<'a>(own: &mut DeTable<'a>, below: DeTable<'a>) {
    merge(own, below, &|section, own, below| match section {
        "variable" | "block" => merge(own, below, &|_, own, below| inherit_fields(own, below)),
        _ => inherit_fields(own, below),
    });
}

/// Copies the keys that `own` lacks; where both have a table, `both` decides.
fn merge<'a>(own: &mut DeTable<'a>, below: DeTable<'a>, both: &dyn Fn(&str, &mut DeTable<'a>, DeTable<'a>)) {
    for (key, value) in below {
        match own.get_mut(&**key.get_ref()).map(Spanned::get_mut) {
            None => {
                own.insert(key, value);
            }
            Some(DeValue::Table(own)) => {
                if let DeValue::Table(below) = value.into_inner() {
                    both(key.get_ref(), own, below);
                }
            }
            Some(_) => {}
        }
    }
}

/// A changed entry does not inherit the source of the numbers that it replaces.
fn inherit_fields<'a>(own: &mut DeTable<'a>, below: DeTable<'a>) {
    for (key, value) in below {
        if key.get_ref() != "provenance" && !own.contains_key(&**key.get_ref()) {
            own.insert(key, value);
        }
    }
}
