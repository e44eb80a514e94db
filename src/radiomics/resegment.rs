//! Re-segmentation: voxels that do not belong to the tissue of interest leave the intensity mask by their grey level.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::radiomics::roi::Roi;

/// Which grey levels stay in the intensity mask.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Intensities in a closed range; an end that is `None` is open.
    Range {
        /// Lowest intensity that stays.
        lower: Option<f64>,
        /// Highest intensity that stays.
        upper: Option<f64>,
    },
    /// Intensities in a closed range given as parts of the region's highest intensity (PyRadiomics' mode `relative`).
    OfMaximum {
        /// Lowest part that stays.
        lower: f64,
        /// Highest part that stays.
        upper: Option<f64>,
    },
    /// Intensities in a closed range given in standard deviations from the region's mean (IBSI's outlier filter is −3 to 3).
    Sigma {
        /// Lowest distance from the mean that stays.
        lower: f64,
        /// Highest distance from the mean that stays.
        upper: Option<f64>,
    },
}

impl Keep {
    /// IBSI's intensity outlier filter: what is further than `sigma` standard deviations from the mean leaves.
    pub fn outliers(sigma: f64) -> Keep {
        Keep::Sigma { lower: -sigma, upper: Some(sigma) }
    }

    /// The closed range of intensities that stays, for a region of these intensities.
    fn range(&self, values: &[f64]) -> [f64; 2] {
        let (lower, upper) = match *self {
            Keep::Range { lower, upper } => (lower, upper),
            Keep::OfMaximum { lower, upper } => {
                let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                (Some(lower * maximum), upper.map(|part| part * maximum))
            }
            Keep::Sigma { lower, upper } => {
                let n = values.len() as f64;
                let mean = values.iter().sum::<f64>() / n;
                let deviation = (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
                (Some(mean + lower * deviation), upper.map(|part| mean + part * deviation))
            }
        };
        [lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY)]
    }
}

impl Roi {
    /// Takes the voxels that none of `rules` would lose; the morphological mask stays as it is.
    ///
    /// # Definition
    /// Every rule is judged on the intensity mask as it was before any of them, and the intersection stays. The standard deviation is
    /// that of the region as a population (divisor n).
    ///
    /// # Errors
    /// [`Error::Study`] when fewer than two voxels are left.
    pub fn resegment(&mut self, rules: &[Keep]) -> Result<()> {
        if rules.is_empty() {
            return Ok(());
        }
        let values = self.values();
        let [lower, upper] = rules
            .iter()
            .map(|rule| rule.range(&values))
            .fold([f64::NEG_INFINITY, f64::INFINITY], |whole, part| [whole[0].max(part[0]), whole[1].min(part[1])]);
        for (inside, value) in self.inside.iter_mut().zip(&self.intensity) {
            *inside &= lower <= *value && *value <= upper;
        }
        match self.voxels() {
            left @ (0 | 1) => Err(Error::study(format_args!(
                "re-segmentation to intensities from {lower} to {upper} leaves {left} of {} voxels; features need at least two",
                values.len()
            ))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roi() -> Roi {
        let intensity = vec![-10.0, 0.0, 1.0, 2.0, 3.0, 40.0];
        Roi {
            size: [6, 1, 1],
            spacing: [1.0; 3],
            start: [0; 3],
            intensity,
            inside: vec![true, true, true, true, false, true],
            morphology: vec![true; 6],
        }
    }

    fn left(rules: &[Keep]) -> Vec<f64> {
        let mut roi = roi();
        roi.resegment(rules).unwrap();
        assert_eq!(roi.morphology, [true; 6]);
        roi.values()
    }

    #[test]
    fn ranges_are_closed_and_never_bring_voxels_back() {
        assert_eq!(left(&[Keep::Range { lower: Some(0.0), upper: Some(2.0) }]), [0.0, 1.0, 2.0]);
        assert_eq!(left(&[Keep::Range { lower: Some(0.0), upper: None }]), [0.0, 1.0, 2.0, 40.0]);
        assert_eq!(left(&[Keep::OfMaximum { lower: 0.025, upper: Some(0.5) }]), [1.0, 2.0]);
        // Mean 6.6, population standard deviation 17.2…: one deviation spans −10.6 to 23.8.
        assert_eq!(left(&[Keep::outliers(1.0)]), [-10.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn several_rules_are_judged_on_the_same_region() {
        let range = Keep::Range { lower: Some(0.0), upper: None };
        assert_eq!(left(&[range, Keep::outliers(1.0)]), [0.0, 1.0, 2.0]);
        assert_eq!(left(&[Keep::outliers(1.0), range]), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_region_that_vanishes_is_an_error() {
        let said = roi().resegment(&[Keep::Range { lower: Some(30.0), upper: None }]).unwrap_err().to_string();
        assert!(said.contains("leaves 1 of 5 voxels"), "{said}");
    }
}
