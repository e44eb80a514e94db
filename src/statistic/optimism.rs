//! Harrell's optimism bootstrap of a logistic model: how much of its apparent performance is overfitting (`rms::validate`).
//!
//! It corrects the whole fitting procedure only if nothing was chosen before: selection and tuning belong inside cross-validation.

use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::logistic::{LogisticData, LogisticFit, deviance_of, inverse_logit, logistic, logit};
use super::model_indices::{Concordance, ModelIndices, gini_mean_difference};

/// The indices of `rms::validate`, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Indices {
    /// Somers' D, 2 (AUC − ½).
    pub dxy: f64,
    /// Nagelkerke's R².
    pub r2: f64,
    /// Calibration intercept.
    pub intercept: f64,
    /// Calibration slope.
    pub slope: f64,
    /// Largest calibration error that intercept and slope imply.
    pub e_max: f64,
    /// Discrimination index (χ² − 1) / n.
    pub d: f64,
    /// Unreliability index.
    pub u: f64,
    /// Quality index D − U.
    pub q: f64,
    /// Brier score.
    pub brier: f64,
    /// Gini's mean difference of the linear predictor.
    pub g: f64,
    /// Gini's mean difference of the probability.
    pub gp: f64,
}

impl Indices {
    /// The area under the ROC curve.
    pub fn auc(&self) -> f64 {
        0.5 + 0.5 * self.dxy
    }

    fn to_array(self) -> [f64; 11] {
        let i = self;
        [i.dxy, i.r2, i.intercept, i.slope, i.e_max, i.d, i.u, i.q, i.brier, i.g, i.gp]
    }

    fn from_array(a: [f64; 11]) -> Self {
        let [dxy, r2, intercept, slope, e_max, d, u, q, brier, g, gp] = a;
        Indices { dxy, r2, intercept, slope, e_max, d, u, q, brier, g, gp }
    }

    fn zip(self, other: Indices, f: impl Fn(f64, f64) -> f64) -> Indices {
        let (a, b) = (self.to_array(), other.to_array());
        Indices::from_array(std::array::from_fn(|k| f(a[k], b[k])))
    }
}

/// Apparent and corrected performance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Of the model on the cases that it was fitted to.
    pub apparent: Indices,
    /// Mean of the resampled models on their resamples.
    pub training: Indices,
    /// Mean of the resampled models on the original cases.
    pub test: Indices,
    /// Training less test.
    pub optimism: Indices,
    /// Apparent less optimism.
    pub corrected: Indices,
    /// Resamples that could be fitted.
    pub resamples: usize,
    /// Resamples that could not (separation, a column that became constant).
    pub failed: usize,
}

/// Resamples of n cases with replacement.
pub fn bootstrap_resamples<R: Rng>(n: usize, count: usize, rng: &mut R) -> Vec<Vec<usize>> {
    (0..count).map(|_| (0..n).map(|_| rng.gen_range(0..n)).collect()).collect()
}

/// Refits the model on every resample, and compares its performance there with that on the original cases.
///
/// `resamples` holds case numbers from 0; draw whole patients where cases of one patient belong together.
///
/// # Definition
/// corrected = apparent − mean (training − test). Training and apparent have intercept 0 and slope 1 by construction; test intercept
/// and slope are those of the logistic recalibration of the original cases, and test R², D, U are of that recalibration. Emax follows
/// from the corrected intercept and slope.
///
/// # Errors
/// The model itself cannot be fitted, it has offset or weights, or fewer than two resamples can be fitted.
///
/// # Reference
/// Efron, Journal of the American Statistical Association 1983;78:316. Harrell, Lee and Mark, Statistics in Medicine 1996;15:361.
pub fn optimism_bootstrap(data: &LogisticData, resamples: &[Vec<usize>]) -> Defined<Validation> {
    if data.offset.is_some() || data.weights.is_some() {
        undefined!("the optimism bootstrap takes neither offset nor weights");
    }
    let n = data.event.len();
    if let Some(i) = resamples.iter().flatten().find(|i| **i >= n) {
        undefined!("a resample names case {i} of {n}");
    }
    let fit = logistic(data)?;
    let apparent = apparent(&fit, data.event, data.columns)?;
    let mut sums = (Indices::default(), Indices::default());
    let mut done = 0;
    // In parallel, summed in their order: the result does not depend on the number of threads.
    let replicates: Vec<_> = resamples.par_iter().map(|resample| replicate(data, resample)).collect();
    for (training, test) in replicates.into_iter().flatten() {
        sums = (sums.0.zip(training, |a, b| a + b), sums.1.zip(test, |a, b| a + b));
        done += 1;
    }
    if done < 2 {
        undefined!("the model could be fitted to {done} of {} resamples only", resamples.len());
    }
    let mean = |sum: Indices| sum.zip(Indices::default(), |a, _| a / done as f64);
    let (training, mut test) = (mean(sums.0), mean(sums.1));
    let corrected = apparent.zip(training.zip(test, |a, b| a - b), |a, o| a - o);
    // rms shows the same Emax as test, optimism and corrected value.
    let e_max = largest_error(corrected.intercept, corrected.slope);
    test.e_max = e_max;
    Ok(Validation {
        apparent,
        training,
        test,
        optimism: Indices { e_max, ..training.zip(test, |a, b| a - b) },
        corrected: Indices { e_max, ..corrected },
        resamples: done,
        failed: resamples.len() - done,
    })
}

/// Indices of a model on the cases that it was fitted to.
fn apparent(fit: &LogisticFit, event: &[bool], columns: &[&[f64]]) -> Defined<Indices> {
    let lp = fit.linear_predictor(columns);
    let n = event.len() as f64;
    let indices = ModelIndices::new(&lp, &classes(event), 2, fit.null_deviance, fit.deviance, columns.len())?;
    let d = (fit.null_deviance - fit.deviance - 1.0) / n;
    let u = -2.0 / n;
    Ok(Indices {
        dxy: Concordance::exact(&lp, &classes(event), 2)?.dxy,
        r2: indices.r2,
        intercept: 0.0,
        slope: 1.0,
        e_max: 0.0,
        d,
        u,
        q: d - u,
        brier: indices.brier,
        g: indices.g,
        gp: indices.gp,
    })
}

fn classes(event: &[bool]) -> Vec<usize> {
    event.iter().map(|&e| usize::from(e)).collect()
}

/// Training and test indices of one resample.
fn replicate(data: &LogisticData, resample: &[usize]) -> Defined<(Indices, Indices)> {
    let event: Vec<bool> = resample.iter().map(|&i| data.event[i]).collect();
    let owned: Vec<Vec<f64>> = data.columns.iter().map(|c| resample.iter().map(|&i| c[i]).collect()).collect();
    let columns: Vec<&[f64]> = owned.iter().map(Vec::as_slice).collect();
    let fit = logistic(&LogisticData::new(&event, &columns))?;
    let training = apparent(&fit, &event, &columns)?;

    let lp = fit.linear_predictor(data.columns);
    let n = lp.len() as f64;
    let refit = logistic(&LogisticData::new(data.event, &[&lp]))?;
    let (intercept, slope) = (refit.coefficients[0], refit.coefficients[1]);
    let as_it_is = ModelIndices::new(&lp, &classes(data.event), 2, refit.null_deviance, refit.deviance, 1)?;
    let shrunk: Vec<f64> = lp.iter().map(|x| slope * x).collect();
    let probability: Vec<f64> = shrunk.iter().map(|x| inverse_logit(intercept + x)).collect();
    let (Some(g), Some(gp)) = (gini_mean_difference(&shrunk), gini_mean_difference(&probability)) else {
        undefined!("two cases at least are needed");
    };
    let d = (refit.null_deviance - refit.deviance - 1.0) / n;
    let u = (deviance_of(data.event, &lp) - refit.deviance - 2.0) / n;
    let test = Indices {
        dxy: Concordance::exact(&lp, &classes(data.event), 2)?.dxy,
        r2: as_it_is.r2,
        intercept,
        slope,
        e_max: 0.0,
        d,
        u,
        q: d - u,
        brier: as_it_is.brier,
        g,
        gp,
    };
    Ok((training, test))
}

/// The largest |p − recalibrated p| on a grid of 0.0005.
fn largest_error(intercept: f64, slope: f64) -> f64 {
    (1..2000).map(|k| f64::from(k) * 0.0005).map(|p| (p - inverse_logit(intercept + slope * logit(p))).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn noise_is_corrected_towards_no_discrimination() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let n = 120;
        let event: Vec<bool> = (0..n).map(|_| rng.r#gen()).collect();
        let owned: Vec<Vec<f64>> = (0..6).map(|_| (0..n).map(|_| rng.r#gen()).collect()).collect();
        let columns: Vec<&[f64]> = owned.iter().map(Vec::as_slice).collect();
        let resamples = bootstrap_resamples(n, 100, &mut rng);
        let found = optimism_bootstrap(&LogisticData::new(&event, &columns), &resamples).unwrap();
        assert!(found.apparent.auc() > 0.58 && (found.corrected.auc() - 0.5).abs() < 0.08, "{found:?}");
        assert!(found.corrected.slope < 0.7);
        assert_eq!((found.resamples, found.failed), (100, 0));
    }

    #[test]
    fn what_is_undefined_says_why() {
        let (event, x) = ([true, false, true, false, true], [1.0, 2.0, 3.0, 2.5, 1.5]);
        let columns: [&[f64]; 1] = [&x];
        let data = LogisticData::new(&event, &columns);
        assert!(optimism_bootstrap(&data, &[vec![0, 9]]).unwrap_err().0.contains("case 9"));
        assert!(optimism_bootstrap(&data, &[]).is_err());
        assert!(optimism_bootstrap(&data.with_weights(&[1.0; 5]), &[]).is_err());
    }
}
