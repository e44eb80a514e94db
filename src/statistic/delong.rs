//! DeLong's variance of the AUC, covariance of several AUCs of the same cases, and the test of two groups of patients.
//!
//! Events are the cases that should score higher. A score is never flipped: an AUC below ½ is reported as such.
//! Intervals and paired tests are methods of [`CorrelatedAucs`].

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::correlated::CorrelatedAucs;
use super::estimate::{Defined, Estimate, Method, Test, Undefined, undefined};
use super::normal;
use super::placement::Placements;

/// AUCs and DeLong covariance of several scores of the same cases.
///
/// # Definition
/// Cov(θᵃ, θᵇ) = S₁₀/m + S₀₁/n, where S₁₀ is the sample covariance (divisor m − 1) of the placements of the m events under the
/// two scores, S₀₁ that of the n non-events (see [`Placements`]). With a single event or non-event there is no covariance;
/// the AUCs remain.
///
/// # Errors
/// Lengths that differ, only one class, a score that is not a number.
///
/// # Reference
/// DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837. Sun & Xu, IEEE Signal Process Lett 2014;21:1389. R `pROC`.
pub fn delong(event: &[bool], scores: &[&[f64]]) -> Defined<CorrelatedAucs> {
    let placements = scores.par_iter().map(|score| Placements::new(event, score)).collect::<Defined<Vec<_>>>()?;
    Ok(from_placements(event, &placements))
}

/// The same from placements that are there already.
pub(crate) fn from_placements(event: &[bool], placements: &[Placements]) -> CorrelatedAucs {
    let auc = placements.iter().map(Placements::auc).collect();
    let covariance = match placements.first() {
        Some(p) if p.events() < 2 => Err(Undefined::because("one event alone: its AUC has no variance")),
        Some(p) if p.nonevents() < 2 => Err(Undefined::because("one non-event alone: its AUC has no variance")),
        _ => Ok(covariance_matrix(event, placements)),
    };
    CorrelatedAucs { auc, covariance, method: Method::Delong }
}

fn covariance_matrix(event: &[bool], placements: &[Placements]) -> Vec<f64> {
    let k = placements.len();
    let pairs: Vec<(usize, usize)> = (0..k).flat_map(|i| (i..k).map(move |j| (i, j))).collect();
    let values: Vec<f64> = pairs
        .par_iter()
        .map(|&(i, j)| {
            let (events, nonevents) = placements[i].cross(&placements[j], event);
            let (m, n) = (placements[i].events() as f64, placements[i].nonevents() as f64);
            events / (m * (m - 1.0)) + nonevents / (n * (n - 1.0))
        })
        .collect();
    let mut matrix = vec![0.0; k * k];
    for (&(i, j), value) in pairs.iter().zip(values) {
        matrix[i * k + j] = value;
        matrix[j * k + i] = value;
    }
    matrix
}

/// Two AUCs of different patients, compared: first minus second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnpairedComparison {
    /// The two AUCs.
    pub auc: [f64; 2],
    /// First minus second, with Student's interval.
    pub difference: Estimate,
    /// t with its degrees of freedom and two-sided p.
    pub test: Test,
}

/// Compares the AUCs of two independent groups (two sites, two sexes).
///
/// # Definition
/// t = (θ₁ − θ₂) / √(V₁ + V₂) with Welch's degrees of freedom (V₁ + V₂)² / (V₁²/(N₁ − 1) + V₂²/(N₂ − 1)), N the group sizes.
///
/// # Errors
/// As [`delong`] for each group; a group without variance; two perfect or constant scores that differ.
///
/// # Reference
/// R `pROC::roc.test(paired = FALSE)`.
pub fn unpaired_test(first: (&[bool], &[f64]), second: (&[bool], &[f64]), level: f64) -> Defined<UnpairedComparison> {
    let (a, b) = (delong(first.0, &[first.1])?, delong(second.0, &[second.1])?);
    let (va, vb) = (a.variance(0)?, b.variance(0)?);
    let difference = a.auc[0] - b.auc[0];
    let total = va + vb;
    if total == 0.0 {
        undefined!("neither AUC has a variance that is not 0: no test");
    }
    let df = total * total / (va * va / (first.0.len() as f64 - 1.0) + vb * vb / (second.0.len() as f64 - 1.0));
    let se = total.sqrt();
    let half = normal::student_critical(level, df) * se;
    let (t, bounds) = (difference / se, (difference - half, difference + half));
    Ok(UnpairedComparison {
        auc: [a.auc[0], b.auc[0]],
        difference: Estimate::with_interval(difference, Some(se), bounds.0, bounds.1, level, Method::StudentT),
        test: Test { statistic: t, df: Some(df), p: normal::student_two_sided(t, df) },
    })
}

/// An interval for one AUC that keeps its width when the AUC is 0 or 1, where DeLong's collapses.
///
/// # Definition
/// The values θ with |θ̂ − θ| ≤ z √V(θ), V(θ) = θ (1 − θ) [1 + N* (1 − θ)/(2 − θ) + N* θ/(1 + θ)] / (m n), N* = (m + n)/2 − 1:
/// the variance of exponential scores, judged at the value under trial and not at the estimate.
///
/// # Errors
/// An AUC outside [0, 1], or no events or non-events.
///
/// # Reference
/// Newcombe, Stat Med 2006;25:559 (method 5).
pub fn score_interval(auc: f64, events: usize, nonevents: usize, level: f64) -> Defined<Estimate> {
    if !(0.0..=1.0).contains(&auc) || events == 0 || nonevents == 0 {
        undefined!("no score interval for an AUC of {auc} from {events} events and {nonevents} non-events");
    }
    let (m, n) = (events as f64, nonevents as f64);
    let z = normal::critical(level);
    let half = 0.5 * (m + n) - 1.0;
    let variance = |t: f64| t * (1.0 - t) * (1.0 + half * (1.0 - t) / (2.0 - t) + half * t / (1.0 + t)) / (m * n);
    let inside = |t: f64| (auc - t).abs() <= z * variance(t).max(0.0).sqrt();
    // The set is an interval around the estimate: each end is bracketed by the estimate and the end of the range.
    let end = |outer: f64| {
        let (mut near, mut far) = (auc, outer);
        for _ in 0..200 {
            let middle = 0.5 * (near + far);
            if inside(middle) { near = middle } else { far = middle }
        }
        near
    };
    Ok(Estimate::with_interval(auc, None, end(0.0), end(1.0), level, Method::Score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_separation_keeps_a_width_under_the_score_interval() {
        let perfect = score_interval(1.0, 10, 20, 0.95).unwrap();
        assert_eq!(perfect.upper, Some(1.0));
        let lower = perfect.lower.unwrap();
        assert!(lower > 0.6 && lower < 0.95, "{lower}");
        // The mirror image: AUC 0 is AUC 1 with the classes exchanged.
        let inverted = score_interval(0.0, 20, 10, 0.95).unwrap();
        assert!((inverted.upper.unwrap() - (1.0 - lower)).abs() < 1e-12);
        // More cases, narrower.
        assert!(score_interval(1.0, 100, 200, 0.95).unwrap().lower.unwrap() > lower);
        // At the end found the defining equation holds.
        let e = score_interval(0.8, 30, 40, 0.95).unwrap();
        let t = e.lower.unwrap();
        let v = t * (1.0 - t) * (1.0 + 34.0 * (1.0 - t) / (2.0 - t) + 34.0 * t / (1.0 + t)) / 1200.0;
        assert!(((0.8 - t) / v.sqrt() - normal::critical(0.95)).abs() < 1e-9);
    }

    #[test]
    fn one_class_and_not_a_number_are_reasons() {
        for (event, score) in [(&[true, true][..], &[1.0, 2.0][..]), (&[], &[]), (&[true, false], &[1.0, f64::NAN])] {
            assert!(delong(event, &[score]).is_err());
        }
        let lone = delong(&[true, false, false], &[&[2.0, 1.0, 3.0]]).unwrap();
        assert_eq!(lone.auc, [0.5]);
        assert!(lone.variance(0).unwrap_err().to_string().contains("one event"));
        assert_eq!(lone.estimate(0, 0.95).lower, None);
    }
}
