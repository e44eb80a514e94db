//! Discrimination for three and more classes.

use super::average::{mean, measure};
use super::discrimination::{auc_measure, aucs, folds, has_folds};
use super::pair::test_result;
use crate::statistic::correlated::CorrelatedAucs;
use crate::statistic::estimate::{Defined, Test, Undefined};
use crate::statistic::hum::hum;
use crate::statistic::multiclass::{Average, multiclass_auc};
use crate::statistic::normal;
use crate::statistic::stratified::mean_over_repeats;
use crate::study::results::{Measure, NamedMeasure, TestResult};
use crate::study::scored::{Repeat, Scored};

fn classes_of(outcome: &[u32], repeat: &Repeat) -> Vec<usize> {
    repeat.cases.iter().map(|&case| outcome[case] as usize).collect()
}

/// One kind of average for arms that predict the same cases, over the pooled cases of each repeat, averaged over repeats.
fn pooled(outcome: &[u32], arms: &[&Scored], average: Average) -> Defined<CorrelatedAucs> {
    let repeats = arms.iter().map(|arm| arm.repeats.len()).min().unwrap_or(0);
    let one = |at: usize| {
        let class = classes_of(outcome, &arms[0].repeats[at]);
        let models: Vec<&[Vec<f64>]> = arms.iter().map(|arm| arm.repeats[at].probabilities.as_slice()).collect();
        multiclass_auc(&class, &models, average)
    };
    Ok(mean_over_repeats(&(0..repeats).map(one).collect::<Defined<Vec<_>>>()?, folds(arms[0]))?.mean)
}

/// The mean over classes of the within-fold one-versus-rest AUC.
fn macro_value(outcome: &[u32], arm: &Scored, classes: usize) -> Defined<f64> {
    let mut sum = 0.0;
    for k in 0..classes {
        sum += aucs(outcome, &[arm], k)?.mean.auc[0];
    }
    Ok(sum / classes as f64)
}

/// The measures of an outcome with three or more classes, the primary one (macro AUC) first.
///
/// Under cross-validation the macro AUC is the mean of the classes' within-fold AUCs; its variance is that of the pooled macro AUC, whose
/// components exist for all classes together. Weighted, micro, Hand–Till and HUM are over the pooled cases.
pub(super) fn measures(outcome: &[u32], arm: &Scored, classes: &[String], level: f64) -> Vec<NamedMeasure> {
    let pooled_measure = |average: Average| match pooled(outcome, &[arm], average) {
        Ok(aucs) => measure(&aucs.estimate(0, level)),
        Err(reason) => Measure::undefined(reason),
    };
    let mut main = pooled_measure(Average::Macro);
    if has_folds(arm) {
        main = match (macro_value(outcome, arm, classes.len()), main.se) {
            (Ok(value), Some(se)) => {
                let half = normal::critical(level) * se;
                Measure {
                    value: Some(value),
                    lower: Some((value - half).max(0.0)),
                    upper: Some((value + half).min(1.0)),
                    se: Some(se),
                    note: Some("within folds; DeLong variance of the pooled macro AUC".into()),
                }
            }
            (Ok(value), None) => Measure::of(value),
            (Err(reason), _) => Measure::undefined(reason),
        };
    }
    let hums: Vec<Measure> = arm
        .repeats
        .iter()
        .map(|repeat| match hum(&classes_of(outcome, repeat), &repeat.probabilities) {
            Ok(value) => Measure::of(value),
            Err(reason) => Measure::undefined(reason),
        })
        .collect();
    let mut all = vec![
        NamedMeasure::new("auc-macro", "AUC (macro)", main),
        NamedMeasure::new("auc-weighted", "AUC (weighted by prevalence)", pooled_measure(Average::Weighted)),
        NamedMeasure::new("auc-micro", "AUC (micro)", pooled_measure(Average::Micro)),
        NamedMeasure::new("hand-till", "Hand–Till M", pooled_measure(Average::HandTill)),
        NamedMeasure::new("hum", "Hypervolume under the manifold", mean(&hums)),
    ];
    for (k, class) in classes.iter().enumerate() {
        all.push(NamedMeasure::new(format!("auc-{class}"), format!("AUC, {class} vs rest"), auc_measure(outcome, arm, k, level)));
    }
    all
}

/// New minus reference macro AUC with its test.
pub(super) fn difference(outcome: &[u32], old: &Scored, young: &Scored, classes: usize, level: f64) -> (Measure, TestResult) {
    let name = "paired DeLong test of the macro AUC";
    let compared = pooled(outcome, &[young, old], Average::Macro).and_then(|aucs| aucs.compare(0, 1, level));
    let compared = match compared {
        Ok(compared) => compared,
        Err(reason) => return (Measure::undefined(&reason), test_result(name, "z", Err(reason))),
    };
    if !has_folds(old) {
        return (measure(&compared.difference), test_result(name, "z", Ok(compared.test)));
    }
    let values = macro_value(outcome, young, classes).and_then(|a| Ok(a - macro_value(outcome, old, classes)?));
    match (values, compared.difference.se) {
        (Ok(value), Some(se)) => {
            let half = normal::critical(level) * se;
            let measure = Measure {
                value: Some(value),
                lower: Some(value - half),
                upper: Some(value + half),
                se: Some(se),
                note: Some("within folds; DeLong variance of the pooled macro AUCs".into()),
            };
            let test = if se > 0.0 {
                let z = value / se;
                Ok(Test { statistic: z, df: None, p: normal::two_sided(z) })
            } else if value == 0.0 {
                Ok(Test { statistic: 0.0, df: None, p: 1.0 })
            } else {
                Err(Undefined::because("the difference has no variance"))
            };
            (measure, test_result(name, "z", test))
        }
        (Ok(value), None) => (Measure::of(value), test_result(name, "z", Ok(compared.test))),
        (Err(reason), _) => (Measure::undefined(&reason), test_result(name, "z", Err(reason))),
    }
}
