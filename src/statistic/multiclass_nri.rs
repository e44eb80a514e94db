//! Reclassification of three or more classes: who is now named right, and what the probabilities gained.

use serde::{Deserialize, Serialize};

use super::classes::{ByClass, highest};
use super::estimate::{Defined, Estimate, undefined};
use super::idi::{Idi, idi};
use super::nri::{Movements, Reclassification};

/// How classes are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeight {
    /// By their share of the cases: the NRI is the gain in accuracy (R's `mcca`).
    Prevalence,
    /// All alike: the NRI is the gain in balanced accuracy (Li, Jiang & Fine 2013 with equal weights).
    Equal,
}

/// The K-class net reclassification improvement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MulticlassNri {
    /// Per class: share of its cases that only the new model names right, less share that only the standard model does.
    pub per_class: Vec<Estimate>,
    /// Their weighted sum.
    pub nri: Estimate,
}

/// Net reclassification improvement of K classes.
///
/// # Definition
/// NRI = Σₘ wₘ [#(new = m, standard ≠ m, y = m) − #(new ≠ m, standard = m, y = m)]/nₘ, the class named being that with the highest
/// probability (of several the first); wₘ = nₘ/n or 1/M. The standard error is that of the weighted means of gains −1, 0, +1 per case;
/// with wₘ = nₘ/n the class sizes are taken as they came and vary with the cases.
///
/// # Errors
/// Rows that do not fit, a class without a case.
///
/// # Reference
/// Li, Jiang & Fine, Biostatistics 2013;14:382. R `mcca::nri`.
pub fn multiclass_nri(
    class: &[usize],
    standard: &[Vec<f64>],
    new: &[Vec<f64>],
    weight: ClassWeight,
    level: f64,
) -> Defined<MulticlassNri> {
    let counts = ByClass::new(class, standard)?.counts;
    if ByClass::new(class, new)?.counts.len() != counts.len() {
        undefined!("the models name different numbers of classes");
    }
    let gain = |i: usize| {
        let right = |row: &[f64]| f64::from(u8::from(highest(row) == class[i]));
        right(&new[i]) - right(&standard[i])
    };
    let gains_of = |wanted: Option<usize>| -> Vec<f64> {
        (0..class.len()).filter(|&i| wanted.is_none_or(|m| class[i] == m)).map(gain).collect()
    };
    let per_class: Vec<Estimate> = (0..counts.len()).map(|m| mean(&gains_of(Some(m)), level)).collect();
    let nri = match weight {
        ClassWeight::Prevalence => mean(&gains_of(None), level),
        ClassWeight::Equal => {
            let k = counts.len() as f64;
            let value = per_class.iter().map(|e| e.value).sum::<f64>() / k;
            let variance: Option<f64> = per_class.iter().map(|e| e.se.map(|se| se * se / (k * k))).sum();
            variance.map_or(Estimate { level, ..Estimate::point(value) }, |v| Estimate::normal(value, v.sqrt(), level))
        }
    };
    Ok(MulticlassNri { per_class, nri })
}

/// A mean with its standard error; one value alone has none.
fn mean(values: &[f64], level: f64) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    match values.len() {
        0 | 1 => Estimate { level, ..Estimate::point(mean) },
        _ => Estimate::normal(mean, (squares / (n * (n - 1.0))).sqrt(), level),
    }
}

/// How much the predicted probabilities vary, as a share of what perfect ones would.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MulticlassRSquared {
    /// Per class, var(pₖ)/(ρₖ (1 − ρₖ)) with the variance over all cases (divisor n) and the prevalence ρₖ.
    pub per_class: Vec<f64>,
    /// Their mean.
    pub value: f64,
}

/// R² of K-class probabilities, whose difference between two models is `mcca`'s K-class IDI.
///
/// **It never looks at which case had which outcome**: overconfident noise raises it. Give it beside [`per_class_reclassification`], not alone.
///
/// # Errors
/// Rows that do not fit, a class without a case.
///
/// # Reference
/// Li, Jiang & Fine, Biostatistics 2013;14:382. R `mcca::rsq`, `mcca::idi`.
pub fn multiclass_r_squared(class: &[usize], probabilities: &[Vec<f64>]) -> Defined<MulticlassRSquared> {
    let by_class = ByClass::new(class, probabilities)?;
    let n = class.len() as f64;
    let of_class = |k: usize| {
        let column = &by_class.columns[k];
        let mean = column.iter().sum::<f64>() / n;
        let variance = column.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / n;
        let share = by_class.counts[k] as f64 / n;
        variance / (share * (1.0 - share))
    };
    let per_class: Vec<f64> = (0..by_class.k()).map(of_class).collect();
    let value = per_class.iter().sum::<f64>() / per_class.len() as f64;
    Ok(MulticlassRSquared { per_class, value })
}

/// The K-class IDI as R's `mcca` has it: R² of the new model less R² of the standard one. Mind the warning at [`multiclass_r_squared`].
///
/// # Errors
/// As [`multiclass_r_squared`].
pub fn multiclass_idi(class: &[usize], standard: &[Vec<f64>], new: &[Vec<f64>]) -> Defined<f64> {
    Ok(multiclass_r_squared(class, new)?.value - multiclass_r_squared(class, standard)?.value)
}

/// One class against the rest, by its probability under both models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassReclassification {
    /// Category-free movements of the class's own cases ("events") and of the others.
    pub movements: Reclassification,
    /// Integrated discrimination improvement.
    pub idi: Idi,
}

/// Category-free NRI and IDI of each class against the rest.
///
/// # Errors
/// Rows that do not fit, a class without a case.
pub fn per_class_reclassification(
    class: &[usize],
    standard: &[Vec<f64>],
    new: &[Vec<f64>],
    level: f64,
) -> Defined<Vec<ClassReclassification>> {
    let (old, new) = (ByClass::new(class, standard)?, ByClass::new(class, new)?);
    if old.k() != new.k() {
        undefined!("the models name different numbers of classes");
    }
    (0..old.k())
        .map(|k| {
            let event: Vec<bool> = class.iter().map(|&c| c == k).collect();
            let (old, new) = (&old.columns[k], &new.columns[k]);
            Ok(ClassReclassification {
                movements: Movements::category_free(&event, old, new)?.count()?,
                idi: idi(&event, old, new, level)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::class_confusion::ClassConfusion;
    use crate::statistic::proportion::ProportionInterval;

    fn models() -> (Vec<usize>, Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let class: Vec<usize> = (0..40).map(|i| [0, 0, 1, 2][i % 4]).collect();
        let rows = |shift: usize| {
            (0..40).map(|i| (0..3).map(|k| (((i * 7 + k * 11 + shift) % 13) as f64 + 1.0) / 20.0).collect()).collect()
        };
        (class, rows(0), rows(5))
    }

    #[test]
    fn the_two_weights_are_gains_in_accuracy_and_in_balanced_accuracy() {
        let (class, old, new) = models();
        let tables = [&old, &new].map(|m| ClassConfusion::from_scores(&class, m).unwrap());
        let accuracy = tables.clone().map(|t| t.accuracy(0.95, ProportionInterval::Wilson).unwrap().value);
        let balanced = tables.map(|t| t.balanced_accuracy().unwrap());
        let found = |weight| multiclass_nri(&class, &old, &new, weight, 0.95).unwrap().nri.value;
        assert!((found(ClassWeight::Prevalence) - (accuracy[1] - accuracy[0])).abs() < 1e-15);
        assert!((found(ClassWeight::Equal) - (balanced[1] - balanced[0])).abs() < 1e-15);
    }

    #[test]
    fn the_idi_of_mcca_rewards_overconfident_noise_and_the_other_does_not() {
        let (class, old, _) = models();
        let timid: Vec<Vec<f64>> = class.iter().map(|_| vec![0.5, 0.25, 0.25]).collect();
        let loud: Vec<Vec<f64>> =
            old.iter().map(|row| (0..3).map(|k| f64::from(u8::from(highest(row) == k))).collect()).collect();
        assert!(multiclass_idi(&class, &timid, &loud).unwrap() > 0.5);
        let each = per_class_reclassification(&class, &timid, &loud, 0.95).unwrap();
        assert!(each.iter().all(|c| c.idi.idi.value < 0.5));
        assert!(multiclass_nri(&class, &timid, &[vec![1.0, 0.0]], ClassWeight::Equal, 0.95).is_err());
    }
}
