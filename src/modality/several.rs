//! How several images of a case become one row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How several images of a case become one row. No rule looks at other cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// The image on which the lesion is largest (in mm² or mm³; of equal ones the first).
    #[default]
    Largest,
    /// The mean over images of each feature, over those where it is defined.
    Mean,
    /// The first image of the manifest.
    First,
}

impl Several {
    /// One row from the views' values and lesion sizes; an empty row where there is no view.
    pub fn combine(self, views: &[(f64, Vec<Option<f64>>)]) -> Vec<Option<f64>> {
        let Some(first) = views.first() else { return Vec::new() };
        match self {
            Several::First => first.1.clone(),
            Several::Largest => views.iter().fold(first, |best, view| if view.0 > best.0 { view } else { best }).1.clone(),
            Several::Mean => (0..first.1.len())
                .map(|at| {
                    let known: Vec<f64> = views.iter().filter_map(|view| view.1[at]).collect();
                    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
                })
                .collect(),
        }
    }

    /// The rule in words.
    pub fn words(self) -> &'static str {
        match self {
            Several::Largest => "of several images of a lesion, the one with the largest outline is used",
            Several::Mean => "features are averaged over the images of a lesion",
            Several::First => "of several images of a lesion, the first of the manifest is used",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_gives_its_row() {
        let views = [(1.0, vec![Some(1.0), None]), (5.0, vec![Some(3.0), Some(4.0)]), (5.0, vec![Some(8.0), None])];
        assert_eq!(Several::First.combine(&views), [Some(1.0), None]);
        assert_eq!(Several::Largest.combine(&views), [Some(3.0), Some(4.0)]);
        assert_eq!(Several::Mean.combine(&views), [Some(4.0), Some(4.0)]);
        assert!(Several::Mean.combine(&[]).is_empty());
    }
}
