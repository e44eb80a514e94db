//! What is said of a study beside performance: who was in it, what the fitted models look like, what was done, in words.

mod association;
mod model;
mod nomogram;
mod table_one;
mod words;

pub use model::arm;
pub use words::{software, validation_sentence};

use super::compare::Compared;
use super::plan::StudyPlan;
use super::results::{CohortSummary, Count, Origin, OutcomeSummary, Results, SiteCount, ValidationSummary};
use crate::error::Result;

/// Version of the layout of `results.json`.
pub const LAYOUT: u32 = 1;

/// The whole answer of a study.
pub fn results(plan: &StudyPlan, compared: Compared) -> Result<Results> {
    let cohort = plan.cohort();
    let classes: Vec<Count> = cohort
        .classes()
        .iter()
        .enumerate()
        .map(|(k, name)| Count { name: name.clone(), n: cohort.outcome().iter().filter(|&&class| class as usize == k).count() })
        .collect();
    let sites = cohort.sites().map_or_else(Vec::new, |(sites, names)| {
        names
            .iter()
            .enumerate()
            .map(|(at, name)| SiteCount {
                name: name.clone(),
                classes: (0..classes.len())
                    .map(|k| {
                        let here = |i: &usize| sites[*i] as usize == at && cohort.outcome()[*i] as usize == k;
                        (0..cohort.n()).filter(here).count()
                    })
                    .collect(),
            })
            .collect()
    });
    let mut patients: Vec<u32> = cohort.patients().to_vec();
    patients.sort_unstable();
    patients.dedup();
    let mut notices = plan.notices().to_vec();
    notices.extend(compared.notices.clone());
    let clinical = table_one::clinical_columns(plan);
    Ok(Results {
        layout: LAYOUT,
        software: software(),
        origin: Origin::Study,
        title: plan.spec().title.clone(),
        question: plan.spec().question.clone(),
        outcome: OutcomeSummary {
            name: plan.outcome().name.clone(),
            event: plan.outcome().event().map(String::from),
            ordered: plan.outcome().ordered,
            rules: plan.outcome().rules.clone(),
            classes,
        },
        cohort: CohortSummary {
            cases: cohort.n(),
            patients: patients.len(),
            sites,
            modalities: plan.modalities().to_vec(),
            patterns: plan.patterns().to_vec(),
        },
        images: plan.examples().to_vec(),
        flow: plan.flow().to_vec(),
        notices,
        validation: ValidationSummary {
            scheme: plan.spec().validation.name().to_string(),
            sentence: validation_sentence(plan),
            folds: plan.folds().folds(),
            repeats: plan.folds().repeats(),
            inner_folds: plan.spec().validation.inner_folds(),
            seed: plan.spec().seed,
            folds_hash: plan.folds().hash(),
        },
        statement: compared.statement,
        limitations: words::limitations(plan, &compared.comparisons),
        methods: words::methods(plan),
        arms: compared.arms,
        comparisons: compared.comparisons,
        joint: compared.joint,
        table_one: table_one::table_one(plan, &clinical),
        associations: association::associations(plan, &clinical),
    })
}
