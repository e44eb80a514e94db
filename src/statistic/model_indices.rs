//! The indices that `rms::lrm` prints under a fitted logistic or ordinal model: discrimination, explained variation, spread of predictions.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::logistic::inverse_logit;

/// Concordance, R² and Gini's mean differences of a model's linear predictor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelIndices {
    /// Probability that of two cases of different class the one in the higher class has the higher prediction, ties ½; predictions are
    /// rounded as rms does (see [`Concordance`]).
    pub concordance: Concordance,
    /// Nagelkerke's R².
    pub r2: f64,
    /// Cox and Snell's R², 1 − exp(−LR / n).
    pub r2_cox_snell: f64,
    /// The same with LR reduced by its degrees of freedom.
    pub r2_adjusted: f64,
    /// Cox and Snell's R² for the effective sample size n (1 − Σ ρₖ³).
    pub r2_effective: f64,
    /// The same with LR reduced by its degrees of freedom.
    pub r2_effective_adjusted: f64,
    /// The effective sample size n (1 − Σ ρₖ³), 3 n ρ (1 − ρ) for two classes.
    pub effective_size: f64,
    /// Brier score of P(Y ≥ middle class).
    pub brier: f64,
    /// Gini's mean difference of the linear predictor.
    pub g: f64,
    /// Gini's mean difference of the predicted probability.
    pub gp: f64,
}

impl ModelIndices {
    /// exp(g): the typical odds ratio between two random cases.
    pub fn gr(&self) -> f64 {
        self.g.exp()
    }

    /// From the linear predictor of P(Y ≥ middle class), class numbers, the deviances without and with the predictors, and
    /// the number of slopes.
    ///
    /// The middle class of K is number ⌊K / 2⌋ counted from 0; for two classes it is the event.
    pub fn new(lp: &[f64], class: &[usize], classes: usize, null_deviance: f64, deviance: f64, slopes: usize) -> Defined<Self> {
        let size = lp.len() as f64;
        if lp.len() != class.len() {
            undefined!("{} predictions for {} cases", lp.len(), class.len());
        }
        if lp.iter().any(|x| x.is_nan()) {
            undefined!("a prediction is missing");
        }
        let middle = classes / 2;
        let probability: Vec<f64> = lp.iter().map(|&x| inverse_logit(x)).collect();
        let concordance = Concordance::binned(&probability, class, classes)?;
        let (Some(g), Some(gp)) = (gini_mean_difference(lp), gini_mean_difference(&probability)) else {
            undefined!("two cases at least are needed");
        };
        let mut counts = vec![0.0; classes];
        class.iter().for_each(|&k| counts[k] += 1.0);
        let effective_size = size * (1.0 - counts.iter().map(|c| (c / size).powi(3)).sum::<f64>());
        let ratio = null_deviance - deviance;
        let r2_of = |ratio: f64, n: f64| -(-ratio / n).exp_m1();
        let adjusted = (ratio - slopes as f64).max(0.0);
        let squared: f64 = probability.iter().zip(class).map(|(p, &k)| (p - f64::from(u8::from(k >= middle))).powi(2)).sum();
        Ok(ModelIndices {
            concordance,
            r2: r2_of(ratio, size) / r2_of(null_deviance, size),
            r2_cox_snell: r2_of(ratio, size),
            r2_adjusted: r2_of(adjusted, size),
            r2_effective: r2_of(ratio, effective_size),
            r2_effective_adjusted: r2_of(adjusted, effective_size),
            effective_size,
            brier: squared / size,
            g,
            gp,
        })
    }
}

/// Rank agreement of predictions with ordered classes.
///
/// # Definition
/// Over the pairs of cases in different classes: con concordant, dis discordant, tie tied in the prediction, N of them;
/// C = (con + tie/2) / N, D_xy = (con − dis) / N, γ = (con − dis) / (con + dis), τₐ = (con − dis) / (n (n − 1) / 2).
///
/// # Reference
/// Somers, American Sociological Review 1962;27:799. Harrell, Regression Modeling Strategies, 2nd ed., 2015, section 10.8.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Concordance {
    /// C, the area under the ROC curve for two classes.
    pub c: f64,
    /// Somers' D.
    pub dxy: f64,
    /// Goodman and Kruskal's γ.
    pub gamma: f64,
    /// Kendall's τₐ.
    pub tau_a: f64,
}

impl Concordance {
    /// As `rms::lrm` (6.5) computes it: probabilities fall into 5000 bins of 0.0002 and count as tied within one, which shifts C by
    /// about 1e-4. Use it for agreement with rms; [`Concordance::exact`] otherwise.
    pub fn binned(probability: &[f64], class: &[usize], classes: usize) -> Defined<Self> {
        // rms bounds the linear predictor at ±30 before binning; that never changes a bin but the last.
        let top = inverse_logit(30.0);
        let bins: Vec<usize> = probability.iter().map(|p| (5000.0 * p.min(top) + 1.0) as usize).collect();
        Self::from_ranks(&bins, 5002, class, classes)
    }

    /// From all pairs, ties in the prediction being exact ones.
    pub fn exact(prediction: &[f64], class: &[usize], classes: usize) -> Defined<Self> {
        if prediction.iter().any(|x| x.is_nan()) {
            undefined!("a prediction is missing");
        }
        let mut values = prediction.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let ranks: Vec<usize> = prediction.iter().map(|x| values.partition_point(|v| v < x)).collect();
        Self::from_ranks(&ranks, values.len(), class, classes)
    }

    fn from_ranks(rank: &[usize], ranks: usize, class: &[usize], classes: usize) -> Defined<Self> {
        if rank.len() != class.len() {
            undefined!("{} predictions for {} cases", rank.len(), class.len());
        }
        // Cases per class at each rank; running totals give the pairs in one sweep.
        let mut table = vec![0.0f64; ranks * classes];
        for (&r, &k) in rank.iter().zip(class) {
            if k >= classes {
                undefined!("class {k} of {classes}");
            }
            table[r * classes + k] += 1.0;
        }
        let mut below = vec![0.0; classes];
        let (mut concordant, mut discordant, mut tied) = (0.0, 0.0, 0.0);
        for row in table.chunks(classes) {
            for low in 0..classes {
                for high in low + 1..classes {
                    concordant += row[high] * below[low];
                    discordant += row[low] * below[high];
                    tied += row[low] * row[high];
                }
            }
            below.iter_mut().zip(row).for_each(|(b, r)| *b += r);
        }
        let pairs = concordant + discordant + tied;
        if pairs == 0.0 {
            undefined!("all cases are in one class");
        }
        let size = rank.len() as f64;
        let strict = concordant + discordant;
        Ok(Concordance {
            c: (concordant + 0.5 * tied) / pairs,
            dxy: (concordant - discordant) / pairs,
            gamma: if strict > 0.0 { (concordant - discordant) / strict } else { 0.0 },
            tau_a: (concordant - discordant) / (size * (size - 1.0) / 2.0),
        })
    }
}

/// Gini's mean difference: the mean of |x − x'| over all pairs; `None` below two values or with a NaN.
pub fn gini_mean_difference(values: &[f64]) -> Option<f64> {
    let n = values.len();
    if n < 2 || values.iter().any(|x| x.is_nan()) {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let mut centred: Vec<f64> = values.iter().map(|x| x - mean).collect();
    centred.sort_unstable_by(f64::total_cmp);
    let size = n as f64;
    let weighted: f64 = centred.iter().enumerate().map(|(i, x)| (2.0 * i as f64 - (size - 1.0)) * x).sum();
    Some(2.0 * weighted / (size * (size - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gini_is_the_mean_of_all_differences() {
        let x: [f64; 5] = [3.0, -1.0, 4.0, 1.0, 5.5];
        let mut sum = 0.0;
        for i in 0..5 {
            for j in 0..i {
                sum += (x[i] - x[j]).abs();
            }
        }
        assert!((gini_mean_difference(&x).unwrap() - sum / 10.0).abs() < 1e-14);
        assert_eq!(gini_mean_difference(&[1.0]), None);
    }

    #[test]
    fn concordance_counts_every_pair() {
        let prediction = [0.1, 0.4, 0.4, 0.35, 0.8, 0.8];
        let class = [0, 0, 1, 1, 2, 0];
        let (mut con, mut dis, mut tie) = (0.0, 0.0, 0.0);
        for i in 0..6 {
            for j in 0..6 {
                if class[i] < class[j] {
                    match prediction[i].partial_cmp(&prediction[j]).unwrap() {
                        std::cmp::Ordering::Less => con += 1.0,
                        std::cmp::Ordering::Greater => dis += 1.0,
                        std::cmp::Ordering::Equal => tie += 1.0,
                    }
                }
            }
        }
        let found = Concordance::exact(&prediction, &class, 3).unwrap();
        assert_eq!(found.c, (con + 0.5 * tie) / (con + dis + tie));
        assert_eq!(found.tau_a, (con - dis) / 15.0);
        assert!(Concordance::exact(&[0.1, 0.2], &[1, 1], 2).is_err());
        assert!(Concordance::exact(&[0.1, f64::NAN], &[0, 1], 2).is_err());
    }
}
