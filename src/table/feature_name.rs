//! The name of a feature: whose it is, and what it is.

use std::fmt;

/// `{modality}.{name}`, e.g. `mri.dce2.peri3mm_original_glcm_Contrast`. The modality is the part before the first dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureName {
    modality: String,
    name: String,
}

impl FeatureName {
    /// A feature of a modality. White space and control characters become `_`; dots in a modality become `_` as well, so that a
    /// name can be taken apart again.
    pub fn new(modality: &str, name: &str) -> Self {
        let plain = |text: &str| text.trim().replace(|c: char| c.is_whitespace() || c.is_control(), "_");
        FeatureName { modality: plain(modality).replace('.', "_"), name: plain(name) }
    }

    /// Takes a written name apart; `None` where it has no modality.
    pub fn parse(text: &str) -> Option<Self> {
        let (modality, name) = text.split_once('.')?;
        (!modality.is_empty() && !name.is_empty()).then(|| FeatureName::new(modality, name))
    }

    /// The modality.
    pub fn modality(&self) -> &str {
        &self.modality
    }

    /// The name within the modality.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.modality, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_writing_and_reading() {
        for (modality, name) in [("mri", "dce2.peri3mm_original_glcm_Contrast"), ("us", "aspect ratio"), ("a.b", "c")] {
            let made = FeatureName::new(modality, name);
            assert_eq!(FeatureName::parse(&made.to_string()), Some(made));
        }
        assert_eq!(FeatureName::parse("age"), None);
    }
}
