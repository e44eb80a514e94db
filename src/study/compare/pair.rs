//! Two arms on the cases that both predict.

use super::discrimination::{aucs, events};
use super::{ArmFacts, CompareInput, LEVEL, multiclass, reclassification, statement, threshold, utility};
use crate::learn::Seed;
use crate::statistic::estimate::{Defined, Test};
use crate::statistic::multiplicity::{Adjustment, adjust};
use crate::statistic::paired::mcnemar;
use crate::study::results::{Comparison, Measure, TestResult};
use crate::study::scored::Scored;
use rayon::prelude::*;

/// All pairs, the primary one first, then in the study file's order; the earlier arm is the reference.
pub(super) fn all(input: &CompareInput, seed: &Seed) -> Vec<Comparison> {
    let names: Vec<&str> = input.facts.iter().map(|facts| facts.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|known| *known == name);
    let primary = match &input.options.primary {
        Some([reference, new]) => place(reference).zip(place(new)),
        None => (names.len() > 1).then(|| (0, names.len() - 1)),
    };
    let mut pairs: Vec<(usize, usize)> = primary.into_iter().collect();
    for i in 0..names.len() {
        pairs.extend((i + 1..names.len()).map(|j| (i, j)).filter(|&(i, j)| primary != Some((i, j)) && primary != Some((j, i))));
    }
    let mut comparisons: Vec<Comparison> =
        pairs.par_iter().map(|&(reference, new)| pair(input, reference, new, primary == Some((reference, new)), seed)).collect();
    let p: Vec<Option<f64>> = comparisons.iter().map(|comparison| comparison.test.as_ref().and_then(|test| test.p)).collect();
    let (holm, bh) = (adjust(&p, Adjustment::Holm), adjust(&p, Adjustment::BenjaminiHochberg));
    for ((comparison, holm), bh) in comparisons.iter_mut().zip(holm).zip(bh) {
        comparison.p_holm = holm;
        comparison.p_bh = bh;
    }
    for comparison in &mut comparisons {
        comparison.words = statement::of_pair(input, comparison);
    }
    comparisons
}

/// A test as results hold it.
pub(super) fn test_result(name: &str, statistic_name: &str, test: Defined<Test>) -> TestResult {
    let (statistic, df, p, note) = match test {
        Ok(test) => (Some(test.statistic).filter(|x| x.is_finite()), test.df, Some(test.p), None),
        Err(reason) => (None, None, None, Some(reason.to_string())),
    };
    TestResult { name: name.to_string(), statistic_name: statistic_name.to_string(), statistic, df, p, note }
}

fn pair(input: &CompareInput, reference: usize, new: usize, primary: bool, seed: &Seed) -> Comparison {
    let (old, young) = input.arms[reference].in_common(&input.arms[new]);
    let place = format!("{} against {}", input.facts[new].name, input.facts[reference].name);
    let seed = seed.at(&place);
    let binary = input.classes.len() == 2;
    let (difference, test) = if binary {
        match aucs(&input.outcome, &[&young, &old], 1).and_then(|aucs| aucs.mean.compare(0, 1, LEVEL)) {
            Ok(compared) => {
                (super::average::measure(&compared.difference), test_result("paired DeLong test", "z", Ok(compared.test)))
            }
            Err(reason) => (Measure::undefined(&reason), test_result("paired DeLong test", "z", Err(reason))),
        }
    } else {
        multiclass::difference(&input.outcome, &old, &young, LEVEL)
    };
    let (nested, likelihood_ratio) = nesting(&input.facts[reference], &input.facts[new]);
    let (reclassification, mut notices) =
        if binary { reclassification::binary(input, &old, &young, &seed) } else { (None, Vec::new()) };
    let multiclass = if binary { None } else { reclassification::multiclass(input, &old, &young, &seed) };
    if nested && input.arms[reference].validation.is_none() {
        notices.push(reclassification::same_data_notice());
    }
    Comparison {
        reference: input.facts[reference].name.clone(),
        new: input.facts[new].name.clone(),
        primary,
        nested,
        cases: old.cases().len(),
        difference,
        test: Some(test),
        p_holm: None,
        p_bh: None,
        likelihood_ratio,
        reclassification,
        multiclass,
        mcnemar: if binary { mcnemars(&input.outcome, &old, &young) } else { Vec::new() },
        net_benefit: if binary { utility::difference(input, &old, &young, &seed) } else { Vec::new() },
        words: Vec::new(),
        notices,
    }
}

/// Whether the new arm's model contains the reference's, and the likelihood-ratio test of what it adds.
///
/// A nomogram contains the arm of clinical variables that are its own variables, and the single arm whose score is its only score.
fn nesting(reference: &ArmFacts, new: &ArmFacts) -> (bool, Option<TestResult>) {
    let same = |a: &[String], b: &[String]| a.len() == b.len() && a.iter().all(|x| b.contains(x));
    for nested in &new.nested {
        let kept_modalities: Vec<&str> = nested.kept.iter().filter_map(|name| name.split('.').next()).collect();
        let matches = match reference.fusion.as_str() {
            // The clinical arm and the nomogram draw on the same variables; the scores are what is added.
            "single" => reference.modalities.len() == 1 && kept_modalities.iter().all(|m| *m == reference.modalities[0]),
            "nomogram" => !nested.kept_scores && reference.nested.is_empty() && same(&reference.variables, &new.variables),
            _ => false,
        };
        if matches {
            return (true, Some(nested.test.clone()));
        }
    }
    (false, None)
}

/// McNemar's tests of the decisions, in the first repeat: repeats decide about the same cases again.
fn mcnemars(outcome: &[u32], old: &Scored, young: &Scored) -> Vec<TestResult> {
    let (Some(a), Some(b)) = (old.repeats.first(), young.repeats.first()) else { return Vec::new() };
    let (Some(first), Some(second)) = (threshold::calls(a), threshold::calls(b)) else { return Vec::new() };
    let event = events(outcome, a, 1);
    let among = |calls: &[bool], wanted: bool| -> Vec<bool> {
        calls.iter().zip(&event).filter(|(_, event)| **event == wanted).map(|(call, _)| *call).collect()
    };
    let right = |calls: &[bool]| -> Vec<bool> { calls.iter().zip(&event).map(|(call, event)| call == event).collect() };
    let repeat = if old.repeats.len() > 1 { ", first repeat" } else { "" };
    [
        (format!("McNemar, sensitivity{repeat}"), among(&first, true), among(&second, true)),
        (format!("McNemar, specificity{repeat}"), among(&first, false), among(&second, false)),
        (format!("McNemar, accuracy{repeat}"), right(&first), right(&second)),
    ]
    .into_iter()
    .map(|(name, first, second)| match mcnemar(&first, &second) {
        Ok(test) => TestResult {
            name,
            statistic_name: "χ²".into(),
            statistic: test.plain.filter(|_| !test.exact).map(|plain| plain.statistic),
            df: (!test.exact).then_some(1.0),
            p: Some(test.p),
            note: Some(format!(
                "{} against {} discordant cases{}",
                test.only_first,
                test.only_second,
                if test.exact { "; exact" } else { "" }
            )),
        },
        Err(reason) => test_result(&name, "χ²", Err(reason)),
    })
    .collect()
}
