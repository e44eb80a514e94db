//! From a name or a file to a checked image preset and the cohort that it is about.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::ImagePreset;
use crate::error::{Error, Result};
use crate::simulate::preset::CohortPreset;

/// The image presets that come with the program: name and TOML text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../../../pipelines/presets/images/default.toml")),
    ("null", include_str!("../../../../pipelines/presets/images/null.toml")),
    ("small", include_str!("../../../../pipelines/presets/images/small.toml")),
];

/// A preset may extend one that extends one …, so often.
const DEEPEST_CHAIN: usize = 8;

/// The built-in image presets: name and description.
pub fn image_presets() -> Vec<(&'static str, String)> {
    let described = |(name, text): &(&'static str, &str)| {
        (*name, ImagePreset::parse(text, name, None).map(|preset| preset.description).unwrap_or_default())
    };
    BUILT_IN.iter().map(described).collect()
}

/// The image preset of that built-in name, or in that file.
///
/// # Errors
/// [`Error::Usage`] if there is neither, or the preset is wrong; [`Error::Io`] if the file cannot be read.
pub fn image_preset(name_or_path: &str) -> Result<ImagePreset> {
    match built_in(name_or_path) {
        Some(text) => ImagePreset::parse(text, name_or_path, None),
        None => {
            let (text, folder) = read(Path::new(name_or_path))?;
            ImagePreset::parse(&text, name_or_path, folder.as_deref())
        }
    }
}

impl ImagePreset {
    /// The image preset in a TOML text; `origin` names it in messages, and `folder` is where a relative `extends` is looked up.
    ///
    /// # Errors
    /// [`Error::Usage`] with line and key if the text is not a preset, and with every contradiction found if it is.
    pub fn parse(text: &str, origin: &str, folder: Option<&Path>) -> Result<Self> {
        let table = resolve(text, origin, folder, DEEPEST_CHAIN)?;
        let preset: ImagePreset = table.try_into().map_err(|cause| fault(origin, &cause))?;
        preset.check().map_err(|problem| Error::usage(format!("{origin}: {problem}")))?;
        preset.tabular(origin, folder)?;
        Ok(preset)
    }

    /// The tabular preset in `cohort`.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is none.
    pub fn tabular(&self, origin: &str, folder: Option<&Path>) -> Result<CohortPreset> {
        let text = toml::to_string(&self.cohort).map_err(|cause| fault(origin, &cause))?;
        CohortPreset::parse(&text, &format!("{origin}, table `cohort`"), folder)
    }
}

fn fault(origin: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{origin}: {}", cause.to_string().trim_end()))
}

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn read(path: &Path) -> Result<(String, Option<PathBuf>)> {
    if !path.exists() {
        let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        return Err(Error::usage(format!(
            "there is no image preset `{}`: give one of {}, or the path of a preset file",
            path.display(),
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|cause| Error::io(path, cause))?;
    Ok((text, path.parent().map(Path::to_path_buf)))
}

/// The preset of a text and everything that it extends, as one table.
fn resolve(text: &str, origin: &str, folder: Option<&Path>, depth: usize) -> Result<Table> {
    let mut own: Table = toml::from_str(text).map_err(|cause| fault(origin, &cause))?;
    let extends = match own.remove("extends") {
        None => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Error::usage(format!("{origin}: `extends` must be the name or the path of an image preset"))),
    };
    let Some(name) = extends else {
        toml::from_str::<ImagePreset>(text).map_err(|cause| fault(origin, &cause))?;
        return Ok(own);
    };
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
    // A key that no preset knows is reported at its line, which the joined table no longer tells.
    if let Err(cause) = toml::from_str::<ImagePreset>(text)
        && cause.message().contains("unknown field")
    {
        return Err(fault(origin, &cause));
    }
    let mut joined = below;
    overlay(&mut joined, own);
    Ok(joined)
}

/// Puts the keys of `own` over those of `below`, table by table.
fn overlay(below: &mut Table, own: Table) {
    for (key, value) in own {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(own)) => overlay(below, own),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}
