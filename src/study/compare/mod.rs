//! Arms compared on the same cases: the statistics of the study, from predictions alone. `vbx run` and `vbx compare` share it.
//!
//! Every number is computed within a repeat and averaged over repeats ([`average`]). To add a statistic: a function in the file
//! of its kind, a field in `results`, an oracle in `tests/`.

mod average;
mod calibration;
mod discrimination;
mod multiclass;
mod pair;
mod reclassification;
mod statement;
mod threshold;
mod utility;

use super::results::{
    Arm, Comparison, JointTest, LassoPathResult, Level, NomogramResult, Notice, Performance, SelectedFeature, TestResult,
};
use super::scored::Scored;
use super::spec::CompareSpec;
use crate::error::Result;
use crate::learn::{Probabilities, Seed};
use crate::statistic::bootstrap632::auc_632plus;
use crate::statistic::paired::cochran_q;
use crate::study::results::{Measure, NamedMeasure};

/// Level of every interval. It is no option: tables, figures and sentences all say "95% CI", and a journal asks for no other.
pub const LEVEL: f64 = 0.95;

/// What is known of an arm beside its predictions.
#[derive(Debug, Clone, Default)]
pub struct ArmFacts {
    /// Its name in the study file.
    pub name: String,
    /// Its name in print.
    pub label: String,
    /// Its fusion strategy, or `external`.
    pub fusion: String,
    /// The modalities that it uses.
    pub modalities: Vec<String>,
    /// What is fitted, in a sentence.
    pub description: String,
    /// What happens to a case that lacks a modality.
    pub missing_rule: Option<String>,
    /// The features that its models use.
    pub features: Vec<SelectedFeature>,
    /// Its regularisation path.
    pub lasso_path: Option<LassoPathResult>,
    /// Its nomograms: one, or one per contrast of a multinomial model.
    pub nomograms: Vec<NomogramResult>,
    /// What was noticed.
    pub notices: Vec<Notice>,
    /// For a nomogram: its variables.
    pub variables: Vec<String>,
    /// For a nomogram: what its parts add to each other.
    pub nested: Vec<NestedTest>,
    /// For .632+: predictions of the final model for the cases that it was fitted to.
    pub apparent: Option<Probabilities>,
}

/// A likelihood-ratio test of a nomogram against a part of itself.
#[derive(Debug, Clone)]
pub struct NestedTest {
    /// Whether the part is the scores; otherwise the variables.
    pub kept_scores: bool,
    /// The columns of the part.
    pub kept: Vec<String>,
    /// The test.
    pub test: TestResult,
}

/// Predictions to compare.
pub struct CompareInput {
    /// The class of every case.
    pub outcome: Vec<u32>,
    /// The classes' names.
    pub classes: Vec<String>,
    /// The arms' predictions.
    pub arms: Vec<Scored>,
    /// What is known of each arm, in the same order.
    pub facts: Vec<ArmFacts>,
    /// How to compare.
    pub options: CompareSpec,
    /// How thresholds were chosen, in words.
    pub rule: String,
    /// Seed of bootstrap and recalibration folds.
    pub seed: u64,
}

/// The arms compared.
pub struct Compared {
    /// The arms with their performance.
    pub arms: Vec<Arm>,
    /// All pairs, the primary one first.
    pub comparisons: Vec<Comparison>,
    /// Joint tests over all arms.
    pub joint: Option<JointTest>,
    /// What the primary comparison shows, in words.
    pub statement: Vec<String>,
    /// What was noticed.
    pub notices: Vec<Notice>,
}

/// Compares arms.
pub fn compare(input: &CompareInput) -> Result<Compared> {
    let seed = Seed::new(input.seed);
    let arms: Vec<Arm> = input.facts.iter().zip(&input.arms).map(|(facts, scored)| arm(input, facts, scored)).collect();
    let comparisons = pair::all(input, &seed);
    let statement = statement::statement(&arms, &comparisons, &input.classes);
    let joint = joint(input);
    let notices = at_chance(&arms);
    Ok(Compared { arms, comparisons, joint, statement, notices })
}

fn arm(input: &CompareInput, facts: &ArmFacts, scored: &Scored) -> Arm {
    let (outcome, classes, level) = (&input.outcome, &input.classes, LEVEL);
    let cases = scored.cases();
    let of_interest: Vec<usize> = if classes.len() == 2 { vec![1] } else { (0..classes.len()).collect() };
    let mut discrimination = if classes.len() == 2 {
        discrimination::binary(outcome, scored, level)
    } else {
        multiclass::measures(outcome, scored, classes, level)
    };
    if let (Some(apparent), 2) = (&facts.apparent, classes.len())
        && let Some(named) = plus(outcome, apparent, &discrimination)
    {
        discrimination.insert(0, named);
    }
    Arm {
        name: facts.name.clone(),
        label: facts.label.clone(),
        fusion: facts.fusion.clone(),
        modalities: facts.modalities.clone(),
        description: facts.description.clone(),
        missing_rule: facts.missing_rule.clone(),
        performance: Performance {
            cases: cases.len(),
            classes: (0..classes.len()).map(|k| cases.iter().filter(|&&case| outcome[case] as usize == k).count()).collect(),
            without_prediction: all_cases(input).saturating_sub(cases.len()),
            repeats: discrimination::spread(outcome, scored, classes.len()),
            calibration: of_interest.iter().map(|&k| calibration::calibration(outcome, scored, k, &classes[k], level)).collect(),
            threshold: threshold::decisions(outcome, scored, classes, &input.rule, level),
            roc: of_interest
                .iter()
                .map(|&k| {
                    let auc = discrimination::auc_measure(outcome, scored, k, level);
                    discrimination::roc(outcome, scored, k, &classes[k], auc, level)
                })
                .collect(),
            decision: of_interest.iter().map(|&k| utility::decision_curve(input, scored, k)).collect(),
            discrimination,
        },
        features: facts.features.clone(),
        lasso_path: facts.lasso_path.clone(),
        nomograms: facts.nomograms.clone(),
        notices: facts.notices.clone(),
    }
}

/// Cases that any arm predicts.
fn all_cases(input: &CompareInput) -> usize {
    let mut all: Vec<usize> = input.arms.iter().flat_map(Scored::cases).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

/// The .632+ AUC, as the primary measure of a bootstrap study. Its interval is that of the left-out AUC moved to it.
fn plus(outcome: &[u32], apparent: &Probabilities, left_out: &[NamedMeasure]) -> Option<NamedMeasure> {
    let rows: Vec<usize> = (0..apparent.n()).filter(|&i| apparent.is_defined(i)).collect();
    let event: Vec<bool> = rows.iter().map(|&i| outcome[i] == 1).collect();
    let score: Vec<f64> = rows.iter().filter_map(|&i| apparent.row(i).map(|row| row[1])).collect();
    let apparent = crate::statistic::auc::auc(&event, &score).ok()?;
    let measure = &left_out.first()?.measure;
    let value = auc_632plus(apparent, measure.value?).ok()?.value;
    let shift = value - measure.value?;
    let moved = Measure {
        value: Some(value),
        lower: measure.lower.map(|x| x + shift),
        upper: measure.upper.map(|x| (x + shift).min(1.0)),
        se: measure.se,
        note: Some(format!(
            "0.632+ of apparent {apparent:.3} and left-out {:.3}; interval of the left-out AUC, moved",
            measure.value?
        )),
    };
    Some(NamedMeasure::new("auc-632-plus", "AUC (.632+)", moved))
}

/// Tests over all arms, on the cases that all of them predict, in the first repeat's decisions and over all repeats for the AUC.
fn joint(input: &CompareInput) -> Option<JointTest> {
    if input.arms.len() < 3 || input.classes.len() != 2 {
        return None;
    }
    let mut common = input.arms.clone();
    for i in 0..common.len() {
        for j in 0..common.len() {
            if i != j {
                let (left, _) = common[i].in_common(&common[j]);
                common[i] = left;
            }
        }
    }
    let arms: Vec<&Scored> = common.iter().collect();
    let test = discrimination::aucs(&input.outcome, &arms, 1).and_then(|aucs| aucs.mean.equality_test());
    let mut tests = vec![pair::test_result("all AUCs equal (DeLong)", "χ²", test)];
    let right: Option<Vec<Vec<bool>>> = common
        .iter()
        .map(|arm| {
            let repeat = arm.repeats.first()?;
            let event = discrimination::events(&input.outcome, repeat, 1);
            Some(threshold::calls(repeat)?.iter().zip(&event).map(|(call, event)| call == event).collect())
        })
        .collect();
    if let Some(right) = right {
        let columns: Vec<&[bool]> = right.iter().map(Vec::as_slice).collect();
        let first = if input.arms[0].repeats.len() > 1 { " (first repeat)" } else { "" };
        tests.push(pair::test_result(&format!("Cochran's Q of correct decisions{first}"), "Q", cochran_q(&columns)));
    }
    Some(JointTest { arms: common.iter().map(|arm| arm.name.clone()).collect(), cases: common[0].cases().len(), tests })
}

/// Arms whose interval holds chance, and arms below it. A score is never turned round to look better.
fn at_chance(arms: &[Arm]) -> Vec<Notice> {
    arms.iter()
        .filter_map(|arm| {
            let named = arm.performance.primary()?;
            let (value, lower, upper) = (named.measure.value?, named.measure.lower?, named.measure.upper?);
            let (level, message) = if upper < 0.5 {
                let message = format!(
                    "{} ranks cases worse than chance (AUC {value:.2}, interval {lower:.2} to {upper:.2}). It is reported as it is; \
                     look for classes that changed places or for a shift between training and test cases.",
                    arm.label
                );
                (Level::Warning, message)
            } else if lower <= 0.5 {
                (Level::Info, format!("{}: no evidence that it ranks cases better than chance (AUC {value:.2}, interval {lower:.2} to {upper:.2}).", arm.label))
            } else {
                return None;
            };
            Some(Notice { level, code: "at-chance".into(), message, columns: Vec::new() })
        })
        .collect()
}
