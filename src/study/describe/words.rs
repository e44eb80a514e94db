//! Sentences about a study: how it was done, and what limits it.

use crate::learn::Validation;
use crate::study::plan::StudyPlan;
use crate::study::results::Comparison;
use crate::study::spec::ValidationSpec;

/// Name and version of this program.
pub fn software() -> String {
    format!("vbx {}", env!("CARGO_PKG_VERSION"))
}

/// How performance is estimated, in a sentence or two.
pub fn validation_sentence(plan: &StudyPlan) -> String {
    let folds = plan.folds();
    let inner = plan.spec().validation.inner_folds();
    let test = folds.splits().first().map_or(0, |split| split.test().len());
    let train = folds.splits().first().map_or(0, |split| split.train().len());
    let how = match &plan.spec().validation {
        ValidationSpec::RepeatedKFold { folds, repeats, .. } => {
            let times = if *repeats == 1 { String::new() } else { format!(", repeated {repeats} times") };
            format!("{folds}-fold cross-validation{times}, by patient, stratified by outcome{}", site_words(plan))
        }
        ValidationSpec::Holdout { .. } => {
            format!("{test} cases set aside at random (stratified by outcome{}), {train} for training", site_words(plan))
        }
        ValidationSpec::ExternalSites { sites, .. } => {
            format!("{test} cases of {} as external test set, {train} for training", sites.join(", "))
        }
        ValidationSpec::FromDate { date, .. } => {
            format!("temporal validation: {test} cases examined from {date} on, {train} earlier ones for training")
        }
        ValidationSpec::LeaveOneSiteOut { .. } => format!("leave-one-site-out over {} sites", folds.folds()),
        ValidationSpec::Given { .. } if folds.validation() == Validation::Holdout => {
            format!("a given hold-out of {test} cases, {train} for training")
        }
        ValidationSpec::Given { .. } => format!("given folds ({} × {})", folds.repeats(), folds.folds()),
        ValidationSpec::Bootstrap { samples, .. } => {
            format!("{samples} bootstrap samples of patients; AUC by the .632+ rule, everything else on left-out cases")
        }
    };
    format!(
        "{how}. Everything that is learned is learned on training cases; tuning, thresholds and second stages use {inner} inner folds of them."
    )
}

fn site_words(plan: &StudyPlan) -> &'static str {
    if plan.cohort().sites().is_some() { " and site" } else { "" }
}

/// The methods, ready to be edited into a paper.
pub(super) fn methods(plan: &StudyPlan) -> Vec<String> {
    let spec = plan.spec();
    let mut text = vec![format!("Outcome: {}.", plan.outcome().name)];
    text.extend(plan.outcome().rules.iter().cloned());
    for modality in plan.modalities() {
        text.push(format!("{}: {} ({} columns).", modality.label, modality.source, modality.features));
        text.extend(modality.rules.iter().cloned());
    }
    text.push(format!("Validation: {}", validation_sentence(plan)));
    for arm in plan.arms() {
        text.push(format!("{}: {}. When a modality is missing, {}.", arm.label, arm.description, arm.missing_rule));
    }
    text.push(
        "Discrimination: area under the ROC curve over pairs of cases that were predicted by the same model (within folds), with \
         DeLong's variance from components pooled over folds; repeats are averaged and do not narrow the interval, and the covariance \
         between them enters it (K/2 − 1 + 1/R times, for K folds and R repeats), since cases that test one model train the others. Arms are compared \
         by the paired version of the same test; p values of all pairs are also given after Holm's correction."
            .into(),
    );
    text.push(
        "Calibration: intercept, slope, Brier score, and E50, E90 and ICI of a loess curve. Clinical utility: net benefit over threshold \
         probabilities. Reclassification: event and non-event NRI apart, and IDI, as predicted and after cross-fitted logistic \
         recalibration, with bootstrap intervals."
            .into(),
    );
    if plan.cohort().classes().len() == 2 {
        text.push(format!("Decision threshold: {}.", spec.compare.threshold.words()));
    }
    if plan.arms().iter().any(|arm| arm.fusion == "nomogram") {
        text.push(
            "Nomogram: coefficients are those of the model fitted on all training cases; its points are a view of the coefficients \
             (100 points for the widest axis)."
                .into(),
        );
    }
    text.push(format!("Software: {}; seed {}.", software(), spec.seed));
    text.extend(spec.provenance.iter().map(|(choice, source)| format!("Provenance of {choice}: {source}.")));
    text
}

/// What limits the conclusions.
pub(super) fn limitations(plan: &StudyPlan, comparisons: &[Comparison]) -> Vec<String> {
    let mut text = Vec::new();
    let folds = plan.folds();
    match folds.validation() {
        Validation::CrossFitted | Validation::Bootstrap => text.push(
            "Performance is internal: it says how the modelling strategy does on cases like these. Whether it holds elsewhere needs \
             external data."
                .to_string(),
        ),
        Validation::Holdout => text.push(
            "A hold-out from the same cohort is internal validation, and a single split: another split gives other numbers.".to_string(),
        ),
        Validation::External => {}
    }
    if folds.validation() == Validation::CrossFitted {
        text.push(if folds.repeats() > 1 {
            "Intervals of cross-validated AUCs, NRI and IDI account for the cases drawn and, by the spread between repeats, for the \
             training cases that folds share; how well few repeats tell that spread is not in them. Differences between arms that \
             carry the same signal get intervals that are too wide; an IDI of models with a strong signal gets one that is too narrow."
                .to_string()
        } else {
            "Intervals of AUCs account for the cases drawn, not for the training cases that folds share, which a single repeat cannot \
             tell. Near chance they are too narrow by up to √2: intervals at 95 % then cover 83 %, and a test at 5 % rejects 17 %. \
             Repeat the cross-validation (five times, say), or hold cases out."
                .to_string()
        });
    }
    if let Some(primary) = comparisons.iter().find(|comparison| comparison.primary)
        && let (Some(lower), Some(upper)) = (primary.difference.lower, primary.difference.upper)
    {
        let width = (upper - lower) / 2.0;
        text.push(format!(
                "With these cases the primary difference in AUC is known to about ± {width:.2}; smaller differences could not be seen."
            ));
    }
    let missing: usize = plan.modalities().iter().map(|modality| modality.missing).sum();
    if missing > 0 {
        text.push(
            "Some cases lack a modality; the rule of each arm for them is stated, and it assumes that they are not special."
                .into(),
        );
    }
    if plan.outcome().name.contains("HER2") {
        text.push(
            "HER2-low and -ultralow are research labels here: ASCO/CAP 2023 considered it premature to create such result categories."
                .into(),
        );
    }
    text
}
