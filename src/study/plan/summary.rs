//! What `vbx check` says: the study at a glance.

use super::StudyPlan;
use crate::study::describe;
use crate::study::results::{Count, FlowStep, Level, ModalitySummary, Notice};
use serde::Serialize;

/// A plan in numbers.
#[derive(Debug, Clone, Serialize)]
pub struct PlanSummary {
    /// Title of the study.
    pub title: String,
    /// What is predicted.
    pub outcome: String,
    /// Classes with their cases.
    pub classes: Vec<Count>,
    /// How patients became cases.
    pub flow: Vec<FlowStep>,
    /// The modalities.
    pub modalities: Vec<ModalitySummary>,
    /// How performance will be estimated.
    pub validation: String,
    /// Models to fit: splits.
    pub splits: usize,
    /// The arms, with what is fitted.
    pub arms: Vec<(String, String)>,
    /// What was noticed.
    pub notices: Vec<Notice>,
}

impl PlanSummary {
    /// Sums a plan up.
    pub fn of(plan: &StudyPlan) -> Self {
        let classes = plan.cohort().classes().iter().enumerate();
        let count = |k: usize| plan.cohort().outcome().iter().filter(|&&class| class as usize == k).count();
        PlanSummary {
            title: plan.spec().title.clone(),
            outcome: plan.outcome().name.clone(),
            classes: classes.map(|(k, name)| Count { name: name.clone(), n: count(k) }).collect(),
            flow: plan.flow().to_vec(),
            modalities: plan.modalities().to_vec(),
            validation: describe::validation_sentence(plan),
            splits: plan.n_splits(),
            arms: plan.arms().iter().map(|arm| (arm.name.clone(), arm.description.clone())).collect(),
            notices: plan.notices().to_vec(),
        }
    }

    /// The summary as lines for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.title.clone(), String::new()];
        for step in &self.flow {
            lines.push(format!("{:<34} {:>6} cases, {} patients", step.label, step.cases, step.patients));
            lines.extend(step.excluded.iter().map(|count| format!("  excluded: {:<40} {:>6}", count.name, count.n)));
        }
        let classes: Vec<String> = self.classes.iter().map(|count| format!("{} {}", count.name, count.n)).collect();
        lines.push(String::new());
        lines.push(format!("outcome     {}: {}", self.outcome, classes.join(", ")));
        for modality in &self.modalities {
            lines.push(format!(
                "modality    {:<14} {:>5} columns, {} cases have it, {} lack it",
                modality.label, modality.features, modality.present, modality.missing
            ));
        }
        lines.push(format!("validation  {}", self.validation));
        lines.extend(self.arms.iter().map(|(name, what)| format!("arm         {name}: {what}")));
        lines.push(String::new());
        for notice in self.notices.iter().filter(|notice| notice.level > Level::Info) {
            let level = if notice.level == Level::Warning { "WARNING" } else { "caution" };
            lines.push(format!("{level}  {}", notice.message));
        }
        let quiet = self.notices.iter().filter(|notice| notice.level == Level::Info).count();
        if quiet > 0 {
            lines.push(format!("{quiet} further notes stand in the report"));
        }
        lines
    }
}
