//! HER2 as an outcome: finds the columns, derives each case, counts what is odd.

use super::{CaseOutcome, Outcome};
use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::{self, Question, Variable};
use crate::modality::clinical::her2::{self, Her2Evidence, Her2Flag, Her2Outcome, Ihc};
use crate::modality::clinical::{Interval, says_nothing};
use crate::study::spec::{Her2Spec, Task};
use crate::table::{Finding, RawColumn, RawTable};
use std::borrow::Cow;

/// HER2 as the outcome of every row.
pub(super) fn derive(task: Task, spec: &Her2Spec, table: &RawTable) -> Result<Outcome> {
    let (cases, columns, findings) = her2_of_rows(spec, table)?;
    Ok(Outcome {
        name: task.name().to_string(),
        classes: task.classes().iter().map(|class| class.to_string()).collect(),
        ordered: task.ordered(),
        stages: task.stages(),
        cases: cases.iter().map(|case| task.answer(case).map_or_else(CaseOutcome::Excluded, CaseOutcome::Class)).collect(),
        rules: spec.rules.sentences(),
        findings,
        columns,
        question: Question::Her2,
    })
}

/// The HER2 status of every row, the columns it comes from, and what was noticed.
///
/// # Errors
/// [`Error::Input`] if a named column is not there, [`Error::Study`] if the table has none of the columns.
pub fn her2_of_rows(spec: &Her2Spec, table: &RawTable) -> Result<(Vec<Her2Outcome>, Vec<String>, Vec<Finding>)> {
    let find = |named: &Option<String>, variable: &str| find_column(table, named.as_deref(), variable);
    let mut ihc = find(&spec.ihc, "her2_ihc")?;
    let ish = find(&spec.ish, "her2_ish")?;
    let ratio = find(&spec.ratio, "ish_ratio")?;
    let copies = find(&spec.copies, "ish_cn")?;
    let single = find(&spec.single_probe_copies, "ish_single_cn")?;
    let mut status = find(&spec.status, "her2_status")?;
    let faint = find(&spec.faint, "her2_faint_pct")?;
    let mut findings = Vec::new();
    if let (None, None, None, Some(column)) = (&spec.ihc, &spec.status, ihc, status)
        && holds_scores(column)
    {
        let message = format!("`{}` is named like a status and holds IHC scores; it was read as these.", column.name);
        findings.push(Finding::caution("her2-status-holds-scores", message).in_file(&table.path).in_columns([&column.name]));
        (ihc, status) = (Some(column), None);
    }
    let used: Vec<&RawColumn> = [ihc, ish, ratio, copies, single, status, faint].into_iter().flatten().collect();
    if used.is_empty() {
        return Err(Error::study(format!(
            "{}: no column holds HER2 by immunohistochemistry, by in situ hybridisation or as a status; name them under `outcome.her2`.",
            table.path.display()
        )));
    }
    let only_status = [ihc, ish, ratio, copies, single].iter().all(Option::is_none);
    let ratios = counts(table, ratio, "ish_ratio", &mut findings);
    let copy_numbers = counts(table, copies, "ish_cn", &mut findings);
    let single_copies = counts(table, single, "ish_single_cn", &mut findings);
    let faint_percents = counts(table, faint, "her2_faint_pct", &mut findings);
    let cases: Vec<Her2Outcome> = (0..table.n_rows())
        .map(|row| {
            let text = |column: Option<&'_ RawColumn>| column.and_then(|column| column.text(row)).map(Cow::into_owned);
            let (ihc, ish, status) = (text(ihc), text(ish), text(status));
            let evidence = Her2Evidence {
                ihc: ihc.as_deref(),
                ish: ish.as_deref(),
                ish_ratio: ratios[row],
                ish_copies: copy_numbers[row],
                single_probe_copies: single_copies[row],
                status: status.as_deref(),
                // `<10%` may be none at all, so it does not tell ultralow from null.
                faint_percent: faint_percents[row].filter(|x| x.is_exact() || x.low > 0.0).map(|percent| percent.point()),
                only_status,
            };
            her2::derive(&evidence, &spec.rules)
        })
        .collect();
    let columns: Vec<String> = used.iter().map(|column| column.name.clone()).collect();
    findings.extend(flagged(&cases, table, &columns));
    Ok((cases, columns, findings))
}

/// The positions of the columns that hold evidence of HER2, as the study names them or as the dictionary knows them.
pub fn her2_columns(spec: &Her2Spec, table: &RawTable) -> Vec<usize> {
    let named = [
        (&spec.ihc, "her2_ihc"),
        (&spec.ish, "her2_ish"),
        (&spec.ratio, "ish_ratio"),
        (&spec.copies, "ish_cn"),
        (&spec.single_probe_copies, "ish_single_cn"),
        (&spec.status, "her2_status"),
        (&spec.faint, "her2_faint_pct"),
    ];
    let found = named.into_iter().filter_map(|(named, variable)| find_column(table, named.as_deref(), variable).ok().flatten());
    found.filter_map(|column| table.position(&column.name)).collect()
}

/// The column that the study names, or the first that the dictionary knows as `variable`.
fn find_column<'a>(table: &'a RawTable, named: Option<&str>, variable: &str) -> Result<Option<&'a RawColumn>> {
    match named {
        Some("") => Ok(None),
        Some(name) => table.column(name).map(Some),
        None => Ok(table
            .columns
            .iter()
            .find(|column| dictionary::variable_of_column(&column.name).is_some_and(|known| known.name == variable))),
    }
}

/// Whether a column holds IHC scores: every recorded cell is one, and one of them cannot be a mere sign.
fn holds_scores(column: &RawColumn) -> bool {
    let cells: Vec<_> = (0..column.cells.len()).filter_map(|row| column.text(row)).filter(|text| !says_nothing(text)).collect();
    cells.iter().any(|text| Ihc::is_graded(text)) && cells.iter().all(|text| Ihc::read(text).is_ok())
}

/// Signal counts within their plausible range; others are left out and reported.
fn counts(table: &RawTable, column: Option<&RawColumn>, variable: &str, findings: &mut Vec<Finding>) -> Vec<Option<Interval>> {
    let (Some(column), Some(variable)) = (column, dictionary::variable(variable)) else { return vec![None; table.n_rows()] };
    let mut odd = Vec::new();
    let values = (0..table.n_rows())
        .map(|row| {
            let text = column.text(row)?;
            let value = Interval::read(&text).filter(|value| plausible(value, variable));
            if value.is_none() && !says_nothing(&text) {
                odd.push(table.row_number(row));
            }
            value
        })
        .collect();
    if !odd.is_empty() {
        let message = format!(
            "{} of `{}` hold no plausible value ({}; expected {}); they were taken as missing.",
            super::rows(odd.len()),
            column.name,
            variable.description,
            variable.expected()
        );
        findings
            .push(Finding::caution("implausible-value", message).in_file(&table.path).in_columns([&column.name]).at_rows(odd));
    }
    values
}

fn plausible(value: &Interval, variable: &Variable) -> bool {
    variable.range.is_none_or(|(low, high)| (low..=high).contains(&value.point()))
}

/// One finding per kind of oddity.
fn flagged(cases: &[Her2Outcome], table: &RawTable, columns: &[String]) -> Vec<Finding> {
    let mut flags: Vec<Her2Flag> = cases.iter().flat_map(|case| case.flags.iter().copied()).collect();
    flags.sort_unstable();
    flags.dedup();
    flags
        .into_iter()
        .map(|flag| {
            let odd: Vec<usize> =
                (0..cases.len()).filter(|&row| cases[row].flags.contains(&flag)).map(|row| table.row_number(row)).collect();
            let left_out = (0..cases.len()).filter(|&row| cases[row].flags.contains(&flag) && cases[row].level.is_err()).count();
            let message = format!("{}: {flag}; {left_out} of them undetermined by the rules.", super::rows(odd.len()));
            let finding = match flag {
                Her2Flag::RatioWithoutCopyNumber => Finding::info(flag.code(), message),
                Her2Flag::IhcUnreadable | Her2Flag::IshUnreadable | Her2Flag::StatusUnreadable => {
                    Finding::caution(flag.code(), message)
                }
                _ => Finding::warning(flag.code(), message),
            };
            finding.in_file(&table.path).in_columns(columns.to_vec()).at_rows(odd)
        })
        .collect()
}
