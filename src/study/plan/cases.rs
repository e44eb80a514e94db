//! From rows of the outcome's table to analysed cases, with every exclusion counted.

use super::tables::SourceTable;
use crate::error::{Error, InputError, Result};
use crate::study::outcome::{CaseOutcome, Outcome};
use crate::study::results::{Count, FlowStep, Level, Notice, PatternCount};
use crate::study::spec::{Condition, StudySpec};
use crate::table::{FeatureTable, RawTable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A case whose outcome is known and that meets the conditions.
#[derive(Debug, Clone)]
pub(super) struct EligibleCase {
    pub(super) id: String,
    pub(super) patient: String,
    pub(super) class: usize,
    pub(super) site: Option<String>,
    pub(super) day: Option<i64>,
}

/// Eligible cases and the flow that led to them.
pub(super) struct Eligible {
    cases: Vec<EligibleCase>,
    flow: Vec<FlowStep>,
}

/// Analysed cases, their rows in the joined table, and the whole flow.
pub(super) struct Analysed {
    pub(super) cases: Vec<EligibleCase>,
    pub(super) rows: Vec<usize>,
    pub(super) flow: Vec<FlowStep>,
}

fn step(label: &str, cases: &[usize], patients: &[String]) -> FlowStep {
    let unique: HashSet<&String> = cases.iter().map(|&row| &patients[row]).collect();
    FlowStep { label: label.to_string(), cases: cases.len(), patients: unique.len(), excluded: Vec::new() }
}

/// Applies the study's conditions, then the outcome.
pub(super) fn eligible(spec: &StudySpec, source: &SourceTable, outcome: &Outcome) -> Result<Eligible> {
    let (table, ids) = (&source.table, &source.ids);
    let mut rows: Vec<usize> = (0..table.n_rows()).collect();
    let mut flow = vec![step("In the table with the outcome", &rows, &ids.patients)];
    if !spec.cohort.include.is_empty() {
        let mut excluded = Vec::new();
        for condition in &spec.cohort.include {
            let before = rows.len();
            let meets = Meets::new(condition, table)?;
            rows.retain(|&row| meets.row(row));
            if rows.len() < before {
                excluded.push(Count { name: meets.reason(), n: before - rows.len() });
            }
        }
        flow[0].excluded = excluded;
        flow.push(step("Meeting the inclusion criteria", &rows, &ids.patients));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for &row in &rows {
        if let CaseOutcome::Excluded(reason) = &outcome.cases[row] {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    let mut reasons: Vec<Count> = reasons.into_iter().map(|(name, n)| Count { name: name.to_string(), n }).collect();
    reasons.sort_by_key(|count| std::cmp::Reverse(count.n));
    if let Some(last) = flow.last_mut() {
        last.excluded.extend(reasons);
    }
    let days = match &spec.cohort.date {
        Some(column) => Some(days(table, column)?),
        None => None,
    };
    let mut cases = Vec::new();
    let mut kept = Vec::new();
    for row in rows {
        if let CaseOutcome::Class(class) = outcome.cases[row] {
            let site = match &ids.sites {
                Some(sites) if spec.cohort.site.is_some() => {
                    Some(sites[row].clone().unwrap_or_else(|| "unknown site".to_string()))
                }
                _ => None,
            };
            let day = days.as_ref().map(|days| days[row]);
            cases.push(EligibleCase { id: ids.cases[row].clone(), patient: ids.patients[row].clone(), class, site, day });
            kept.push(row);
        }
    }
    flow.push(step("With a known outcome", &kept, &ids.patients));
    Ok(Eligible { cases, flow })
}

/// A condition with its column found.
struct Meets<'a> {
    condition: &'a Condition,
    table: &'a RawTable,
    column: usize,
}

impl<'a> Meets<'a> {
    fn new(condition: &'a Condition, table: &'a RawTable) -> Result<Self> {
        table.column(&condition.column)?;
        let column = table.position(&condition.column).unwrap_or_default();
        Ok(Meets { condition, table, column })
    }

    fn row(&self, row: usize) -> bool {
        let c = self.condition;
        let column = &self.table.columns[self.column];
        let text = column.text(row);
        let listed = |list: &[String]| text.as_ref().is_some_and(|text| list.iter().any(|value| value.trim() == text.trim()));
        let number = text.as_ref().and_then(|text| text.trim().parse::<f64>().ok());
        (c.is.is_empty() || listed(&c.is))
            && !listed(&c.is_not)
            && c.at_least.is_none_or(|limit| number.is_some_and(|x| x >= limit))
            && c.at_most.is_none_or(|limit| number.is_some_and(|x| x <= limit))
    }

    fn reason(&self) -> String {
        if let Some(reason) = &self.condition.reason {
            return reason.clone();
        }
        let c = self.condition;
        let mut parts = Vec::new();
        if !c.is.is_empty() {
            parts.push(format!("not {}", c.is.join(" or ")));
        }
        if !c.is_not.is_empty() {
            parts.push(c.is_not.join(" or "));
        }
        parts.extend(c.at_least.map(|limit| format!("below {limit} or missing")));
        parts.extend(c.at_most.map(|limit| format!("above {limit} or missing")));
        format!("{}: {}", c.column, parts.join(", "))
    }
}

/// Days since 1970 of a column of dates.
fn days(table: &RawTable, column: &str) -> Result<Vec<i64>> {
    let cells = table.column(column)?;
    (0..table.n_rows())
        .map(|row| {
            let text = cells.text(row).unwrap_or_default();
            super::folds::day(text.get(..10).unwrap_or(&text)).map_err(|_| {
                let found = if text.is_empty() { "no date".to_string() } else { format!("`{text}`") };
                let fault = InputError::new(&table.path, found, "a date such as 2024-05-31");
                Error::from(fault.at_row(table.row_number(row)).in_column(column))
            })
        })
        .collect()
}

/// The eligible cases that have any feature.
pub(super) fn analysed(
    eligible: &Eligible,
    joined: &FeatureTable,
    outcome: &Outcome,
    notices: &mut Vec<Notice>,
) -> Result<Analysed> {
    let names = joined.cases();
    let place: HashMap<&str, usize> = names.iter().enumerate().map(|(row, case)| (case.as_str(), row)).collect();
    let presence = joined.presence();
    let has_any = |row: usize| presence.case(row).contains(&true);
    let (mut cases, mut rows, mut without) = (Vec::new(), Vec::new(), 0);
    for case in &eligible.cases {
        match place.get(case.id.as_str()) {
            Some(&row) if has_any(row) => {
                cases.push(case.clone());
                rows.push(row);
            }
            _ => without += 1,
        }
    }
    let mut flow = eligible.flow.clone();
    if without > 0
        && let Some(last) = flow.last_mut()
    {
        last.excluded.push(Count { name: "no feature in any modality".into(), n: without });
    }
    let patients: HashSet<&String> = cases.iter().map(|case| &case.patient).collect();
    flow.push(FlowStep { label: "Analysed".into(), cases: cases.len(), patients: patients.len(), excluded: Vec::new() });
    let known: HashSet<&str> = eligible.cases.iter().map(|case| case.id.as_str()).collect();
    let strangers = names.iter().filter(|name| !known.contains(name.as_str())).count();
    if strangers > 0 {
        notices.push(Notice {
            level: Level::Info,
            code: "features-without-outcome".into(),
            message: format!("{strangers} cases have features but no known outcome (or were excluded); they are not used."),
            columns: Vec::new(),
        });
    }
    if cases.is_empty() {
        let reason = if eligible.cases.is_empty() {
            "no case has a known outcome".to_string()
        } else {
            format!(
                "{} cases have a known outcome, but none of their ids stands in a feature table; compare the id columns of the tables",
                eligible.cases.len()
            )
        };
        return Err(Error::study(format!("there is nothing to analyse for {}: {reason}", outcome.name)));
    }
    Ok(Analysed { cases, rows, flow })
}

/// Names as numbers in order of first appearance; `None` if nothing is named.
pub(super) fn numbered(names: Vec<Option<String>>) -> (Option<Vec<u32>>, Vec<String>) {
    if names.iter().all(Option::is_none) {
        return (None, Vec::new());
    }
    let mut known: Vec<String> = Vec::new();
    let mut place: HashMap<String, u32> = HashMap::new();
    let numbers = names
        .into_iter()
        .map(|name| {
            let name = name.unwrap_or_default();
            *place.entry(name.clone()).or_insert_with(|| {
                known.push(name);
                known.len() as u32 - 1
            })
        })
        .collect();
    (Some(numbers), known)
}

/// Which combinations of modalities the cases have, most frequent first.
pub(super) fn patterns(table: &FeatureTable) -> Vec<PatternCount> {
    let named = |(present, n): (Vec<&str>, usize)| PatternCount { present: present.into_iter().map(String::from).collect(), n };
    table.presence().patterns().into_iter().map(named).collect()
}
