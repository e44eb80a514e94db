//! AUCs of three or more classes, with variances, so that two models' macro-AUCs can be tested like two AUCs.
//!
//! Scores are one row per case, one column per class. Every average is a mean of two-class AUCs; its covariance comes from what each
//! case contributes to it (DeLong's components, added up over the AUCs in which the case takes part).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::classes::ByClass;
use super::correlated::CorrelatedAucs;
use super::estimate::{Defined, Method, undefined};
use super::placement::Placements;

/// How the two-class AUCs of a K-class prediction are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Average {
    /// One class (by its number) against all others, by that class's score.
    OneVsRest(usize),
    /// Mean of the K one-vs-rest AUCs.
    Macro,
    /// One-vs-rest AUCs weighted by the classes' shares of the cases (taken as known).
    Weighted,
    /// One AUC over all K scores of all cases pooled: is it the case's class or not? It rewards knowing which classes are frequent.
    Micro,
    /// Hand and Till's M: mean over pairs of classes of ½ (A(i|j) + A(j|i)); it does not depend on prevalence.
    HandTill,
    /// The same weighted by each pair's share of the cases (scikit-learn's `ovo`, `weighted`).
    OneVsOneWeighted,
}

/// AUCs of several models on the same cases, with covariance: [`CorrelatedAucs::compare`] is the paired test.
///
/// # Definition
/// One class against the rest: AUC as in [`super::delong`]. Case i contributes gₖ(i) = (V₁₀(i) − θₖ)/√(m (m − 1)) as one of the m cases of
/// class k, (V₀₁(i) − θₖ)/√(n (n − 1)) as one of the n others; Cov(θₖ, θₗ) = Σᵢ gₖ(i) gₗ(i), whose diagonal is DeLong's variance.
/// Means of AUCs have the mean contribution. In the micro average a case contributes as an event once and as a non-event K − 1 times,
/// all of them together (cases, not scores, are independent).
///
/// # Errors
/// Rows that do not fit, a score that is not a number, a class without a case. With one case in a class there is no covariance.
///
/// # Reference
/// Hand & Till, Machine Learning 2001;45:171. Obuchowski, Biometrics 1997;53:567 (clustered scores).
pub fn multiclass_auc(class: &[usize], models: &[&[Vec<f64>]], average: Average) -> Defined<CorrelatedAucs> {
    let mut aucs = multiclass_auc_within(class, &vec![0; class.len()], models, average)?;
    aucs.method = Method::Delong;
    Ok(aucs)
}

/// The same for out-of-fold scores: cases are compared within their fold only, as in [`super::stratified`].
///
/// # Definition
/// Each two-class AUC is θ = Σ_f w_f θ_f over the folds that hold both sides, w_f ∝ m_f n_f. A case of fold f contributes
/// w_f (V₁₀(i) − θ_f)/m_f · √(Σ m_f / Σ (m_f − 1)) as an event, a non-event likewise: the degrees of freedom are pooled over folds, so that
/// a fold with a single case of a class may take part. One fold gives [`multiclass_auc`]. As in DeLong's formula the part of the
/// variance that belongs to pairs is in twice, which is on the safe side.
///
/// The variance is that of the cases drawn, given the models; [`super::stratified::mean_over_repeats`] adds the other part.
///
/// # Errors
/// As [`multiclass_auc`]; a contrast of classes that no fold holds. No class with two cases in a fold: no covariance.
pub fn multiclass_auc_within(
    class: &[usize],
    fold: &[usize],
    models: &[&[Vec<f64>]],
    average: Average,
) -> Defined<CorrelatedAucs> {
    if fold.len() != class.len() {
        undefined!("{} outcomes but {} folds", class.len(), fold.len());
    }
    let parts: Vec<Part> = models
        .par_iter()
        .map(|scores| Part::new(&contrasts(class, &ByClass::new(class, scores)?, average)?, fold))
        .collect::<Defined<_>>()?;
    let covariance = parts
        .iter()
        .map(|p| p.contribution.as_ref().map_err(Clone::clone))
        .collect::<Defined<Vec<&Vec<f64>>>>()
        .map(|g| g.iter().flat_map(|a| g.iter().map(move |b| a.iter().zip(*b).map(|(a, b)| a * b).sum())).collect());
    Ok(CorrelatedAucs { auc: parts.iter().map(|p| p.auc).collect(), covariance, method: Method::Stratified })
}

/// One of the two-class AUCs that an average puts together.
struct Contrast {
    /// Its share of the average, before the shares are made to add up to one.
    weight: f64,
    /// Per row its case, whether it is an event, and its score.
    case: Vec<usize>,
    event: Vec<bool>,
    score: Vec<f64>,
    /// How many rows a case has among the non-events, and among the events: cases, not rows, are independent.
    rows_per_case: [f64; 2],
}

impl Contrast {
    fn of(class: &[usize], scores: &[f64], weight: f64, members: impl Fn(usize) -> bool, event: usize) -> Self {
        let case: Vec<usize> = (0..class.len()).filter(|&i| members(class[i])).collect();
        Contrast {
            weight,
            event: case.iter().map(|&i| class[i] == event).collect(),
            score: case.iter().map(|&i| scores[i]).collect(),
            case,
            rows_per_case: [1.0; 2],
        }
    }
}

fn contrasts(class: &[usize], by_class: &ByClass, average: Average) -> Defined<Vec<Contrast>> {
    let (n, classes) = (class.len(), by_class.k());
    let one_vs_rest = |k: usize, weight: f64| Contrast::of(class, &by_class.columns[k], weight, |_| true, k);
    let one_vs_one = |weight: &dyn Fn(usize, usize) -> f64| {
        let ordered = (0..classes).flat_map(|i| (0..classes).filter(move |&j| j != i).map(move |j| (i, j)));
        let between = |(i, j): (usize, usize)| Contrast::of(class, &by_class.columns[i], weight(i, j), |c| c == i || c == j, i);
        ordered.map(between).collect()
    };
    Ok(match average {
        Average::OneVsRest(k) if k >= classes => undefined!("there is no class {k} of {classes}"),
        Average::OneVsRest(k) => vec![one_vs_rest(k, 1.0)],
        Average::Macro => (0..classes).map(|k| one_vs_rest(k, 1.0)).collect(),
        Average::Weighted => (0..classes).map(|k| one_vs_rest(k, by_class.counts[k] as f64)).collect(),
        Average::Micro => vec![Contrast {
            weight: 1.0,
            case: (0..n * classes).map(|row| row % n).collect(),
            event: (0..n * classes).map(|row| class[row % n] == row / n).collect(),
            score: by_class.columns.concat(),
            rows_per_case: [classes as f64 - 1.0, 1.0],
        }],
        Average::HandTill => one_vs_one(&|_, _| 1.0),
        Average::OneVsOneWeighted => one_vs_one(&|i, j| (by_class.counts[i] + by_class.counts[j]) as f64),
    })
}

/// An AUC (or a mean of some) and what each case contributes to it.
struct Part {
    auc: f64,
    contribution: Defined<Vec<f64>>,
}

impl Part {
    fn new(contrasts: &[Contrast], fold: &[usize]) -> Defined<Self> {
        let total: f64 = contrasts.iter().map(|contrast| contrast.weight).sum();
        let mut auc = 0.0;
        let mut contribution = Ok(vec![0.0; fold.len()]);
        for contrast in contrasts {
            let within = WithinFolds::new(contrast, fold)?;
            auc += contrast.weight * within.auc();
            contribution = contribution.and_then(|mut g| {
                within.contribute(&mut g, contrast, contrast.weight / total)?;
                Ok(g)
            });
        }
        Ok(Part { auc: auc / total, contribution })
    }
}

/// A contrast in each fold that holds both of its sides: the rows, their placements.
struct WithinFolds(Vec<(Vec<usize>, Placements)>);

impl WithinFolds {
    fn new(contrast: &Contrast, fold: &[usize]) -> Defined<Self> {
        let mut rows = BTreeMap::<usize, Vec<usize>>::new();
        for (row, &case) in contrast.case.iter().enumerate() {
            rows.entry(fold[case]).or_default().push(row);
        }
        let mut folds = Vec::with_capacity(rows.len());
        for rows in rows.into_values() {
            let event: Vec<bool> = rows.iter().map(|&row| contrast.event[row]).collect();
            if event.contains(&true) && event.contains(&false) {
                let score: Vec<f64> = rows.iter().map(|&row| contrast.score[row]).collect();
                folds.push((rows, Placements::new(&event, &score)?));
            }
        }
        if folds.is_empty() {
            undefined!("no fold holds both of two classes: there is no pair to compare");
        }
        Ok(WithinFolds(folds))
    }

    fn pairs(&self) -> f64 {
        self.0.iter().map(|(_, p)| p.events() as f64 * p.nonevents() as f64).sum()
    }

    fn auc(&self) -> f64 {
        // Divided last: then equal AUCs have exactly their value as mean.
        self.0.iter().map(|(_, p)| p.events() as f64 * p.nonevents() as f64 * p.auc()).sum::<f64>() / self.pairs()
    }

    /// Adds `share` times what each case contributes to the AUC.
    fn contribute(&self, to: &mut [f64], contrast: &Contrast, share: f64) -> Defined<()> {
        let cases = |p: &Placements, event: bool| {
            let rows = if event { p.events() } else { p.nonevents() };
            rows as f64 / contrast.rows_per_case[usize::from(event)]
        };
        let mut unbiased = [0.0; 2];
        for event in [false, true] {
            let all: f64 = self.0.iter().map(|(_, p)| cases(p, event)).sum();
            let freedom = all - self.0.len() as f64;
            if freedom <= 0.0 {
                undefined!("one case alone of a class, or of the others together, has no variance");
            }
            unbiased[usize::from(event)] = (all / freedom).sqrt();
        }
        let pairs = self.pairs();
        for (rows, p) in &self.0 {
            let (m, n) = (p.events() as f64, p.nonevents() as f64);
            for (at, &row) in rows.iter().enumerate() {
                let event = contrast.event[row];
                let of_side = if event { n } else { m };
                to[contrast.case[row]] +=
                    share * of_side / pairs * unbiased[usize::from(event)] * (p.component(at, event) - p.auc());
            }
        }
        Ok(())
    }
}

/// Two classes told apart, by either's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairwiseAuc {
    /// The lower class number.
    pub i: usize,
    /// The higher class number.
    pub j: usize,
    /// A(i|j): the chance that a case of class i has a higher score *for class i* than a case of class j.
    pub i_given_j: f64,
    /// A(j|i): the same by the score for class j.
    pub j_given_i: f64,
    /// Their mean, the separability of the two classes.
    pub separability: f64,
}

/// Every pair of classes: what [`Average::HandTill`] is the mean of.
///
/// # Errors
/// As [`multiclass_auc`].
pub fn pairwise(class: &[usize], scores: &[Vec<f64>]) -> Defined<Vec<PairwiseAuc>> {
    let by_class = ByClass::new(class, scores)?;
    let k = by_class.k();
    let one = |i: usize, j: usize| -> Defined<f64> {
        let contrast = Contrast::of(class, &by_class.columns[i], 1.0, |c| c == i || c == j, i);
        Ok(Placements::new(&contrast.event, &contrast.score)?.auc())
    };
    (0..k)
        .flat_map(|i| (i + 1..k).map(move |j| (i, j)))
        .map(|(i, j)| {
            let (i_given_j, j_given_i) = (one(i, j)?, one(j, i)?);
            Ok(PairwiseAuc { i, j, i_given_j, j_given_i, separability: 0.5 * (i_given_j + j_given_i) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::delong::delong;
    use crate::statistic::stratified::{FoldWeight, stratified};
    use rand::{Rng, SeedableRng};
    use rand_distr::StandardNormal;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const ALL: [Average; 6] =
        [Average::OneVsRest(1), Average::Macro, Average::Weighted, Average::Micro, Average::HandTill, Average::OneVsOneWeighted];

    /// Three classes and two models that know a part of the truth, and share a part of their noise.
    fn draw(rng: &mut Xoshiro256PlusPlus, n: usize) -> (Vec<usize>, Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let class: Vec<usize> = (0..n).map(|_| [0, 0, 1, 1, 1, 2][rng.gen_range(0..6)]).collect();
        let (a, b) = class
            .iter()
            .map(|&c| {
                let common: [f64; 3] = std::array::from_fn(|_| rng.sample(StandardNormal));
                let mut one = |strength: f64| {
                    let logit: Vec<f64> = (0..3)
                        .map(|k| strength * f64::from(u8::from(k == c)) + common[k] + rng.sample::<f64, _>(StandardNormal))
                        .collect();
                    let total: f64 = logit.iter().map(|x| x.exp()).sum();
                    logit.iter().map(|x| x.exp() / total).collect::<Vec<f64>>()
                };
                (one(1.5), one(1.0))
            })
            .unzip();
        (class, a, b)
    }

    #[test]
    fn two_classes_are_the_ordinary_case() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
        let p: Vec<f64> = (0..40).map(|_| rng.r#gen()).collect();
        let class: Vec<usize> = p.iter().map(|p| usize::from(rng.gen_bool(*p))).collect();
        let event: Vec<bool> = class.iter().map(|&c| c == 1).collect();
        let rows: Vec<Vec<f64>> = p.iter().map(|p| vec![-p, *p]).collect();
        let plain = delong(&event, &[&p]).unwrap();
        for average in [Average::OneVsRest(1), Average::Macro, Average::Weighted, Average::HandTill] {
            let found = multiclass_auc(&class, &[&rows], average).unwrap();
            assert!((found.auc[0] - plain.auc[0]).abs() < 1e-14, "{average:?}");
            assert!((found.variance(0).unwrap() - plain.variance(0).unwrap()).abs() < 1e-15, "{average:?}");
        }
    }

    #[test]
    fn standard_errors_of_values_and_differences_agree_with_the_bootstrap() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(10);
        let (class, a, b) = draw(&mut rng, 240);
        for average in ALL {
            let found = multiclass_auc(&class, &[&a, &b], average).unwrap();
            let replicates: Vec<[f64; 2]> = (0..1500)
                .map(|_| {
                    let index: Vec<usize> = (0..240).map(|_| rng.gen_range(0..240)).collect();
                    let class: Vec<usize> = index.iter().map(|&i| class[i]).collect();
                    let [a, b] = [&a, &b].map(|m| index.iter().map(|&i| m[i].clone()).collect::<Vec<_>>());
                    let set = multiclass_auc(&class, &[&a, &b], average).unwrap();
                    [set.auc[0], set.auc[0] - set.auc[1]]
                })
                .collect();
            let sd = |c: usize| {
                let mean = replicates.iter().map(|r| r[c]).sum::<f64>() / 1500.0;
                (replicates.iter().map(|r| (r[c] - mean).powi(2)).sum::<f64>() / 1499.0).sqrt()
            };
            let value = found.variance(0).unwrap().sqrt();
            let difference = found.compare(0, 1, 0.95).unwrap().difference.se.unwrap();
            assert!((value / sd(0) - 1.0).abs() < 0.1, "{average:?}: {value} {}", sd(0));
            assert!((difference / sd(1) - 1.0).abs() < 0.1, "{average:?}: {difference} {}", sd(1));
        }
    }

    #[test]
    fn the_paired_macro_test_keeps_its_size() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
        let mut rejected = 0;
        for _ in 0..1500 {
            let (class, a, _) = draw(&mut rng, 120);
            // The other model is the first with fresh noise of the same size on every case, independently.
            let mut swap = a.clone();
            let mut other = a.clone();
            for (x, y) in swap.iter_mut().zip(other.iter_mut()) {
                for (x, y) in x.iter_mut().zip(y.iter_mut()) {
                    *x += 0.2 * rng.sample::<f64, _>(StandardNormal);
                    *y += 0.2 * rng.sample::<f64, _>(StandardNormal);
                }
            }
            let set = multiclass_auc(&class, &[&swap, &other], Average::Macro).unwrap();
            rejected += usize::from(set.compare(0, 1, 0.95).unwrap().test.p < 0.05);
        }
        let size = rejected as f64 / 1500.0;
        assert!((0.035..=0.065).contains(&size), "{size}");
    }

    #[test]
    fn within_folds_two_classes_are_the_stratified_auc() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(12);
        let p: Vec<f64> = (0..200).map(|_| rng.r#gen()).collect();
        let class: Vec<usize> = p.iter().map(|p| usize::from(rng.gen_bool(*p))).collect();
        let event: Vec<bool> = class.iter().map(|&c| c == 1).collect();
        let fold: Vec<usize> = (0..200).map(|i| i % 4).collect();
        let rows: Vec<Vec<f64>> = p.iter().map(|p| vec![-p, *p]).collect();
        let expected = stratified(&event, &fold, &[&p], FoldWeight::Pairs).unwrap().aucs;
        for average in [Average::OneVsRest(1), Average::Macro, Average::HandTill] {
            let found = multiclass_auc_within(&class, &fold, &[&rows], average).unwrap();
            assert!((found.auc[0] - expected.auc[0]).abs() < 1e-14, "{average:?}");
            // The part of pairs is in twice, as DeLong has it: a few per cent with 50 cases per fold.
            let ratio = found.variance(0).unwrap() / expected.variance(0).unwrap();
            assert!((1.0..1.06).contains(&ratio), "{average:?}: {ratio}");
        }
    }

    #[test]
    fn within_folds_scores_of_different_models_are_not_compared() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(13);
        let (class, a, b) = draw(&mut rng, 300);
        let fold: Vec<usize> = (0..300).map(|i| i % 5).collect();
        // Each fold's model has an offset and a scale of its own for every class.
        let shifted = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let of = |i: usize| rows[i].iter().enumerate().map(move |(k, p)| p * (1.0 + i as f64 % 5.0) + (i % 5 * k) as f64);
            (0..300).map(|i| of(i).collect()).collect()
        };
        for average in [Average::OneVsRest(1), Average::Macro, Average::Weighted, Average::HandTill, Average::OneVsOneWeighted] {
            let plain = multiclass_auc_within(&class, &fold, &[&a, &b], average).unwrap();
            let moved = multiclass_auc_within(&class, &fold, &[&shifted(&a), &shifted(&b)], average).unwrap();
            for (x, y) in plain.covariance.unwrap().iter().zip(moved.covariance.unwrap()) {
                assert!((x - y).abs() < 1e-15, "{average:?}");
            }
            assert_eq!(plain.auc, moved.auc, "{average:?}");
        }
    }

    #[test]
    fn variance_within_folds_is_that_of_new_cases() {
        // 90 cases in 5 folds: a fold holds three to nine cases of a class.
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(14);
        let fold: Vec<usize> = (0..90).map(|i| i % 5).collect();
        for average in ALL {
            let runs: Vec<CorrelatedAucs> = (0..2000)
                .filter_map(|_| {
                    let (class, a, b) = draw(&mut rng, 90);
                    multiclass_auc_within(&class, &fold, &[&a, &b], average).ok()
                })
                .collect();
            let n = runs.len() as f64;
            assert!(n > 1900.0);
            let difference = |run: &CorrelatedAucs| run.auc[0] - run.auc[1];
            for (of, estimated) in [
                (&(|run: &CorrelatedAucs| run.auc[0]) as &dyn Fn(&CorrelatedAucs) -> f64, 0),
                (&difference as &dyn Fn(&CorrelatedAucs) -> f64, 1),
            ] {
                let centre = runs.iter().map(of).sum::<f64>() / n;
                let variance = runs.iter().map(|run| (of(run) - centre).powi(2)).sum::<f64>() / (n - 1.0);
                let mean = runs
                    .iter()
                    .map(|run| match estimated {
                        0 => run.variance(0).unwrap(),
                        _ => run.compare(0, 1, 0.95).unwrap().difference.se.unwrap().powi(2),
                    })
                    .sum::<f64>()
                    / n;
                assert!((0.93..1.2).contains(&(mean / variance)), "{average:?}: {mean} {variance}");
            }
        }
    }

    #[test]
    fn what_is_undefined_says_why() {
        let rows = vec![vec![0.5, 0.3, 0.2]; 4];
        assert!(multiclass_auc_within(&[0, 1, 2, 1], &[0, 1, 2, 1], &[&rows], Average::Macro).unwrap_err().0.contains("no fold"));
        assert!(multiclass_auc_within(&[0, 1, 2, 1], &[0, 0, 0], &[&rows], Average::Macro).is_err());
        assert!(multiclass_auc(&[0, 1, 0, 1], &[&rows], Average::Macro).unwrap_err().0.contains("class 2"));
        assert!(multiclass_auc(&[0, 1, 3, 1], &[&rows], Average::Macro).is_err());
        assert!(multiclass_auc(&[], &[&[]], Average::Macro).is_err());
        assert!(multiclass_auc(&[0, 1, 2, 1], &[&rows], Average::OneVsRest(3)).is_err());
        let lone = multiclass_auc(&[0, 1, 2, 1], &[&rows], Average::Macro).unwrap();
        assert_eq!(lone.auc, [0.5]);
        assert!(lone.variance(0).is_err());
    }
}
