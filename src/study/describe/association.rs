//! Odds ratios of the clinical variables, one by one and together. They describe the sample; no performance comes from them.

use super::table_one::{ClinicalColumn, ClinicalValues};
use crate::statistic::estimate::Estimate;
use crate::statistic::fit_error::FitError;
use crate::statistic::logistic::{Coefficient, LogisticData, logistic};
use crate::statistic::multinomial::{MultinomialData, multinomial};
use crate::study::compare::LEVEL;
use crate::study::plan::StudyPlan;
use crate::study::results::{Association, Measure};

/// A term of the model: a number, or a level against the reference level.
struct Term {
    label: String,
    values: Vec<Option<f64>>,
}

/// Events that a multivariable model needs per term; below, the table is univariable only.
const EVENTS_PER_TERM: usize = 5;

fn terms(columns: &[ClinicalColumn]) -> Vec<Term> {
    let mut terms = Vec::new();
    for column in columns {
        match &column.values {
            ClinicalValues::Numbers(values) => terms.push(Term { label: column.label.clone(), values: values.clone() }),
            ClinicalValues::Levels { codes, names } => {
                let count = |level: usize| codes.iter().flatten().filter(|&&code| code == level).count();
                let binary = matches!(names.as_slice(), [no, _] if ["no", "negative"].contains(&no.as_str()));
                let most = (0..names.len()).max_by_key(|&level| (count(level), std::cmp::Reverse(level))).unwrap_or(0);
                let reference = if binary { 0 } else { most };
                for level in (0..names.len()).filter(|&level| level != reference && count(level) > 0) {
                    terms.push(Term {
                        label: format!("{}: {} vs {}", column.label, names[level], names[reference]),
                        values: codes.iter().map(|code| code.map(|code| f64::from(u8::from(code == level)))).collect(),
                    });
                }
            }
        }
    }
    terms
}

fn odds_ratio(coefficient: &Coefficient) -> (Measure, Option<f64>) {
    let estimate: &Estimate = &coefficient.odds_ratio;
    let measure = Measure {
        value: Some(estimate.value).filter(|x| x.is_finite()),
        lower: estimate.lower.filter(|x| x.is_finite()),
        upper: estimate.upper.filter(|x| x.is_finite()),
        se: None,
        note: Some("Wald".into()),
    };
    (measure, Some(coefficient.test.p))
}

/// Coefficients of the columns, one list per contrast.
fn fit(class: &[usize], classes: usize, columns: &[&[f64]]) -> Result<Vec<Vec<Coefficient>>, FitError> {
    if classes == 2 {
        let event: Vec<bool> = class.iter().map(|&k| k == 1).collect();
        let fit = logistic(&LogisticData::new(&event, columns))?;
        return Ok(vec![(1..=columns.len()).map(|j| fit.coefficient(j, LEVEL)).collect()]);
    }
    let fit = multinomial(&MultinomialData { class, classes, columns })?;
    Ok((1..classes).map(|k| (1..=columns.len()).map(|j| fit.coefficient(k, j, LEVEL)).collect()).collect())
}

/// Uni- and multivariable odds ratios on all analysed cases (multinomial for three or more classes).
pub(super) fn associations(plan: &StudyPlan, columns: &[ClinicalColumn]) -> Vec<Association> {
    let cohort = plan.cohort();
    let classes = cohort.classes();
    let terms = terms(columns);
    let class: Vec<usize> = cohort.outcome().iter().map(|&k| k as usize).collect();
    let complete: Vec<usize> = (0..class.len()).filter(|&i| terms.iter().all(|term| term.values[i].is_some())).collect();
    let rarest = (0..classes.len()).map(|k| complete.iter().filter(|&&i| class[i] == k).count()).min().unwrap_or(0);
    let pick = |term: &Term, rows: &[usize]| -> Vec<f64> { rows.iter().filter_map(|&i| term.values[i]).collect() };
    let together = if terms.len() > 1 && rarest >= EVENTS_PER_TERM * terms.len() {
        let values: Vec<Vec<f64>> = terms.iter().map(|term| pick(term, &complete)).collect();
        let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        let class: Vec<usize> = complete.iter().map(|&i| class[i]).collect();
        fit(&class, classes.len(), &values).ok()
    } else {
        None
    };
    let mut rows = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let there: Vec<usize> = (0..class.len()).filter(|&i| term.values[i].is_some()).collect();
        let own: Vec<usize> = there.iter().map(|&i| class[i]).collect();
        let alone = fit(&own, classes.len(), &[&pick(term, &there)]);
        for contrast in 1..classes.len() {
            let (univariable, univariable_p) = match &alone {
                Ok(coefficients) => odds_ratio(&coefficients[contrast - 1][0]),
                Err(why) => (Measure::undefined(why.describe(&[&term.label])), None),
            };
            let multivariable = together.as_ref().map(|coefficients| odds_ratio(&coefficients[contrast - 1][at]));
            rows.push(Association {
                term: term.label.clone(),
                contrast: (classes.len() > 2).then(|| format!("{} vs {}", classes[contrast], classes[0])),
                n: there.len(),
                univariable,
                univariable_p,
                multivariable_p: multivariable.as_ref().and_then(|(_, p)| *p),
                multivariable: multivariable.map(|(measure, _)| measure),
            });
        }
    }
    rows
}
