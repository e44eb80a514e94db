//! What an arm's fitted models look like: the features that they use, the regularisation path, the nomogram.

use super::super::arms::BuiltArm;
use crate::classifier::{ClassifierSpec, tuned_path};
use crate::error::Result;
use crate::learn::{Cohort, Link, OutOfFold, Regression, TrainRows};
use crate::statistic::normal::chi_square_sf;
use crate::study::compare::{ArmFacts, NestedTest};
use crate::study::plan::StudyPlan;
use crate::study::results::{FeatureOrigin, LassoPathResult, Level, Notice, PathCoefficient, SelectedFeature, TestResult};
use std::collections::{BTreeMap, BTreeSet};

/// Coefficients drawn in a path.
const DRAWN: usize = 40;

/// Facts about an arm, from its fold models and from the model of all development cases. No performance comes from the latter.
pub fn arm(plan: &StudyPlan, arm: &BuiltArm, scores: &OutOfFold, development: &Cohort) -> Result<ArmFacts> {
    let train = development.all()?;
    let mut facts = ArmFacts {
        name: arm.name.clone(),
        label: arm.label.clone(),
        fusion: arm.fusion.to_string(),
        modalities: arm.modalities.clone(),
        description: arm.description.clone(),
        missing_rule: Some(arm.missing_rule.clone()),
        features: selected(plan, scores),
        notices: fit_notices(scores),
        ..ArmFacts::default()
    };
    // A description that cannot be made (a class too small to tune on) must not cost the study.
    match path(arm, &train, development.classes()) {
        Ok(path) => facts.lasso_path = path,
        Err(error) => facts.notices.push(undrawn("regularisation path", &error.to_string())),
    }
    if arm.second_stage.is_some() && arm.fusion == "nomogram" {
        match final_nomogram(plan, arm, &train, &mut facts) {
            Ok(()) => {}
            Err(error) => facts.notices.push(undrawn("nomogram", &error.to_string())),
        }
    }
    if plan.folds().validation() == crate::learn::Validation::Bootstrap {
        facts.apparent = Some(train.fitted(arm.learner.as_ref())?.predict(train.features())?);
    }
    Ok(facts)
}

fn undrawn(what: &str, why: &str) -> Notice {
    Notice {
        level: Level::Caution,
        code: "not-drawn".into(),
        message: format!("The {what} could not be made: {why}."),
        columns: Vec::new(),
    }
}

/// How often, and with which weight, the fold models use each feature.
fn selected(plan: &StudyPlan, scores: &OutOfFold) -> Vec<SelectedFeature> {
    let origins = origins(plan);
    let models = scores.folds().len() as f64;
    let mut all: BTreeMap<String, (Vec<f64>, bool)> = BTreeMap::new();
    for weight in scores.folds().iter().flat_map(|fold| &fold.weights) {
        let entry = all.entry(weight.name.to_string()).or_insert_with(|| (Vec::new(), weight.signed));
        entry.0.push(weight.value);
    }
    let mut features: Vec<SelectedFeature> = all
        .into_iter()
        .map(|(name, (values, signed))| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let agreeing = values.iter().filter(|value| value.signum() == mean.signum()).count() as f64;
            SelectedFeature {
                frequency: values.len() as f64 / models,
                weight: Some(mean),
                sign_agreement: signed.then(|| agreeing / values.len() as f64),
                origin: origins.get(&name).cloned(),
                name,
            }
        })
        .collect();
    let rank = |feature: &SelectedFeature| (feature.frequency, feature.weight.unwrap_or(0.0).abs());
    features.sort_by(|a, b| {
        let (x, y) = (rank(a), rank(b));
        y.0.total_cmp(&x.0).then(y.1.total_cmp(&x.1)).then(a.name.cmp(&b.name))
    });
    features
}

/// Where in their images the extracted columns come from.
fn origins(plan: &StudyPlan) -> BTreeMap<String, FeatureOrigin> {
    let dictionary = plan.table().dictionary().0;
    let origin = |info: crate::table::FeatureInfo| {
        let from = info.origin.extracted?;
        let ibsi_code = info.origin.ibsi_code;
        let origin = FeatureOrigin { image: from.image, region: from.region, filter: from.filter, class: from.class, ibsi_code };
        Some((info.name.to_string(), origin))
    };
    dictionary.into_iter().filter_map(origin).collect()
}

/// What fold models had to say, each sentence once with its number of folds.
fn fit_notices(scores: &OutOfFold) -> Vec<Notice> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for fold in scores.folds() {
        let own: BTreeSet<&str> = fold.notices.iter().map(String::as_str).collect();
        own.into_iter().for_each(|notice| *counts.entry(notice).or_default() += 1);
    }
    let of = scores.folds().len();
    let notice = |(message, n): (&str, usize)| Notice {
        level: if message.contains("separat") { Level::Caution } else { Level::Info },
        code: "fit".into(),
        message: format!("{message} (in {n} of {of} fits)."),
        columns: Vec::new(),
    };
    counts.into_iter().map(notice).collect()
}

/// The penalty path of a LASSO or elastic net on all training cases.
fn path(arm: &BuiltArm, train: &TrainRows, classes: &[String]) -> Result<Option<LassoPathResult>> {
    let (alpha, standardise) = match (&arm.prepare, &arm.classifier) {
        (Some(_), ClassifierSpec::Lasso(lasso)) => (1.0, lasso.standardise),
        (Some(_), ClassifierSpec::ElasticNet(net)) => (net.alpha, net.standardise),
        _ => return Ok(None),
    };
    let Some(prepare) = &arm.prepare else { return Ok(None) };
    let rows = prepare(train)?;
    let varies = |values: &[f64]| values.iter().any(|x| *x != values[0]);
    if !rows.features().columns().iter().any(|column| column.numbers().is_some_and(varies)) {
        return Ok(None);
    }
    let tuned = tuned_path(&rows, alpha, standardise && arm.fusion != "early")?;
    let columns = rows.features().columns();
    let sd = |j: usize| columns[j].numbers().map_or(1.0, population_sd);
    let last = tuned.path.scores.last();
    let used: BTreeSet<u32> = tuned.path.scores.iter().flatten().flat_map(|score| score.features.iter().copied()).collect();
    let size = |j: &u32| {
        last.into_iter().flatten().map(|score| score.coefficient(*j as usize).abs() * sd(*j as usize)).fold(0.0, f64::max)
    };
    let mut used: Vec<u32> = used.into_iter().collect();
    used.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
    let outputs = tuned.path.scores.first().map_or(0, Vec::len);
    let coefficient = |j: u32, output: usize| PathCoefficient {
        name: columns[j as usize].name.to_string(),
        class: (outputs > 1).then(|| classes[output].clone()),
        values: tuned.path.scores.iter().map(|scores| scores[output].coefficient(j as usize) * sd(j as usize)).collect(),
    };
    let drawn = used.iter().take(DRAWN).flat_map(|&j| (0..outputs).map(move |output| (j, output)));
    Ok(Some(LassoPathResult {
        coefficients: drawn.map(|(j, output)| coefficient(j, output)).collect(),
        lambda: tuned.path.lambda.clone(),
        deviance: tuned.curve.mean.clone(),
        deviance_se: tuned.curve.se.clone(),
        nonzero: tuned.path.df.clone(),
        lambda_min: tuned.curve.lambda_min,
        lambda_1se: tuned.curve.lambda_1se,
    }))
}

fn population_sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// The nomogram of all training cases, and what its parts add to each other.
fn final_nomogram(plan: &StudyPlan, arm: &BuiltArm, train: &TrainRows, facts: &mut ArmFacts) -> Result<()> {
    let Some(stage) = &arm.second_stage else { return Ok(()) };
    let (rows, _) = stage.rows(train)?;
    let fitted = stage.model().fit(&rows)?;
    let Some(full) = fitted.regression() else { return Ok(()) };
    facts.nomograms = super::nomogram::nomograms(plan, &rows, full)?;
    let is_score =
        |name: &str| facts.modalities.iter().any(|m| name == format!("{m}.score") || name.starts_with(&format!("{m}.score")));
    let columns: Vec<String> = rows.features().columns().iter().map(|column| column.name.to_string()).collect();
    let (scores, variables): (Vec<String>, Vec<String>) = columns.iter().cloned().partition(|name| is_score(name));
    for (kept, label) in [(&variables, "variables"), (&scores, "scores")] {
        if kept.is_empty() || kept.len() == columns.len() {
            continue;
        }
        let part = rows.with_features(rows.features().select_columns(|column| kept.contains(&column.name.to_string())))?;
        let smaller = stage.model().fit(&part)?;
        if let Some(test) = smaller.regression().and_then(|small| likelihood_ratio(small, full)) {
            facts.nested.push(NestedTest {
                kept_scores: label == "scores",
                kept: kept.clone(),
                test: TestResult {
                    note: Some(format!(
                        "What the {} add to the {label} in the nomogram's model, on the {} training cases; scores are inner out-of-fold.",
                        if label == "scores" { "variables" } else { "scores" },
                        rows.n()
                    )),
                    ..test
                },
            });
        }
    }
    facts.variables = arm.variables.clone();
    Ok(())
}

fn likelihood_ratio(small: &Regression, large: &Regression) -> Option<TestResult> {
    let outputs = |model: &Regression| if model.link == Link::Multinomial { model.intercepts.len() } else { 1 };
    let size = |model: &Regression| model.terms.len() * outputs(model);
    let df = size(large).checked_sub(size(small)).filter(|df| *df > 0)? as f64;
    let statistic = (2.0 * (large.log_likelihood? - small.log_likelihood?)).max(0.0);
    Some(TestResult {
        name: "likelihood-ratio test".into(),
        statistic_name: "χ²".into(),
        statistic: Some(statistic),
        df: Some(df),
        p: Some(chi_square_sf(statistic, df)),
        note: None,
    })
}
