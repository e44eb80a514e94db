//! What a feature is called: `mri.dce2.peri3mm_original_glcm_Contrast` is the modality `mri` and its own name.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::{half_width, squeeze};
use crate::error::{Error, Result};

/// The name of a feature: its modality, a point, its name within the modality.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FeatureName {
    modality: String,
    name: String,
}

impl FeatureName {
    /// A name of exactly these parts.
    ///
    /// # Errors
    /// [`Error::Usage`] unless the modality is of small letters, digits and `_`, beginning with a letter, and the name is not
    /// empty, has no blanks or control characters and no character that could pass for a formula or break a CSV.
    pub fn new(modality: &str, name: &str) -> Result<Self> {
        if modality != clean_modality(modality) || modality.is_empty() {
            return Err(Error::usage(format!(
                "`{modality}` is no name of a modality; use small letters, digits and `_`, as in `mri`"
            )));
        }
        if name != clean_name(name) || name.is_empty() {
            return Err(Error::usage(format!(
                "`{name}` is no name of a feature; write it without blanks, as in `{}`",
                clean_name(name)
            )));
        }
        Ok(FeatureName { modality: modality.to_owned(), name: name.to_owned() })
    }

    /// The name that a column of some file gets: what [`FeatureName::new`] refuses becomes `_`.
    ///
    /// # Errors
    /// [`Error::Usage`] where nothing is left.
    pub fn sanitised(modality: &str, column: &str) -> Result<Self> {
        FeatureName::new(&clean_modality(modality), &clean_name(column))
    }

    /// The modality, such as `mri`.
    pub fn modality(&self) -> &str {
        &self.modality
    }

    /// The name within the modality.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn clean_modality(text: &str) -> String {
    let text = half_width(text).to_lowercase();
    let clean: String = squeeze(&text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    clean.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

fn clean_name(text: &str) -> String {
    let text = squeeze(&half_width(text));
    let clean: String = text.chars().map(|c| if c.is_alphanumeric() || "_.-%+<>()[]:/^".contains(c) { c } else { '_' }).collect();
    clean.trim_start_matches(['-', '+', '.']).to_owned()
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.modality, self.name)
    }
}

impl FromStr for FeatureName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once('.') {
            Some((modality, name)) => FeatureName::new(modality, name),
            None => {
                Err(Error::usage(format!("`{text}` is no name of a feature; it begins with its modality, as in `mri.adc_mean`")))
            }
        }
    }
}

impl TryFrom<String> for FeatureName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<FeatureName> for String {
    fn from(name: FeatureName) -> String {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_shown() {
        let name: FeatureName = "mri.dce2.peri3mm_original_glcm_Contrast".parse().unwrap();
        assert_eq!((name.modality(), name.name()), ("mri", "dce2.peri3mm_original_glcm_Contrast"));
        assert_eq!(name.to_string().parse::<FeatureName>().unwrap(), name);
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"mri.dce2.peri3mm_original_glcm_Contrast\"");
        assert!(serde_json::from_str::<FeatureName>("\"nothing\"").is_err());
    }

    #[test]
    fn column_names_become_feature_names() {
        let name = |modality, column| FeatureName::sanitised(modality, column).unwrap().to_string();
        assert_eq!(name("MRI", " Tumour size (mm) "), "mri.Tumour_size_(mm)");
        assert_eq!(name("clinical", "年龄，岁"), "clinical.年龄_岁");
        assert_eq!(name("us 2D", "=x,y"), "us_2d._x_y");
        for refused in [
            FeatureName::sanitised("1", "x"),
            FeatureName::sanitised("a", "--"),
            FeatureName::new("A", "x"),
            FeatureName::new("a", "x y"),
        ] {
            assert!(matches!(refused, Err(Error::Usage(_))));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_sanitised_name_is_a_name(modality: String, column: String) {
            if let Ok(name) = FeatureName::sanitised(&modality, &column) {
                proptest::prop_assert_eq!(name.to_string().parse::<FeatureName>().unwrap(), name);
            }
        }
    }
}
