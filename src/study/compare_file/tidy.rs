//! Tidy tables: a row per case, arm and repeat.

use super::outcome::ClassOf;
use super::probability::row_probabilities;
use super::{CompareOptions, Parsed};
use crate::error::{Error, InputError, Result};
use crate::study::results::Count;
use crate::study::scored::{Repeat, Scored};
use crate::table::{RawColumn, RawTable};
use std::collections::BTreeMap;

/// Case, fold, class probabilities, threshold.
type TidyRow = (usize, String, Vec<f64>, Option<f64>);

pub(super) fn tidy_arms(
    table: &RawTable,
    outcome: &RawColumn,
    classes: &[String],
    class_of: &ClassOf,
    options: &CompareOptions,
) -> Result<Parsed> {
    let (arm, case) = (table.column("arm")?, table.column("case_id")?);
    let optional = |name: &str| table.position(name).map(|at| &table.columns[at]);
    let (repeat, fold, threshold) = (optional("repeat"), optional("fold"), optional("threshold"));
    let columns: Vec<&RawColumn> = match optional("probability") {
        Some(column) if classes.len() == 2 => vec![column],
        _ => {
            let of_class = |class: &String| {
                let found = optional(&format!("p_{class}")).or_else(|| optional(class));
                found.ok_or_else(|| Error::usage(format!("there is neither a column `probability` nor `p_{class}`")))
            };
            let all = classes.iter().map(of_class).collect::<Result<Vec<_>>>()?;
            if classes.len() == 2 { vec![all[1]] } else { all }
        }
    };
    let text =
        |column: Option<&RawColumn>, row: usize| column.and_then(|c| c.text(row)).map(|t| t.to_string()).unwrap_or_default();
    let mut cases: BTreeMap<String, (usize, u32)> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut rows: BTreeMap<(usize, String), Vec<TidyRow>> = BTreeMap::new();
    let mut without_outcome = 0;
    for row in 0..table.n_rows() {
        let Some(class) = outcome.text(row).and_then(|text| class_of(&text)) else {
            without_outcome += 1;
            continue;
        };
        let (Some(name), Some(id)) = (arm.text(row), case.text(row)) else {
            return Err(InputError::new(&table.path, "a row without arm or case_id", "both")
                .at_row(table.row_number(row))
                .into());
        };
        let next = cases.len();
        let (at, known) = *cases.entry(id.to_string()).or_insert((next, class));
        if known != class {
            return Err(InputError::new(
                &table.path,
                "another outcome than in an earlier row of the case",
                "one outcome per case",
            )
            .at_row(table.row_number(row))
            .in_column(&outcome.name)
            .into());
        }
        let place = order.iter().position(|known| *known == name.as_ref()).unwrap_or_else(|| {
            order.push(name.to_string());
            order.len() - 1
        });
        if let Some(p) = row_probabilities(table, &columns, row)? {
            let own = threshold.and_then(|c| c.numbers()).and_then(|values| values[row]);
            rows.entry((place, text(repeat, row))).or_default().push((at, text(fold, row), p, own));
        }
    }
    let mut arms: Vec<Scored> =
        order.iter().map(|name| Scored { name: name.clone(), repeats: Vec::new(), validation: None }).collect();
    for ((place, _), mut entries) in rows {
        entries.sort_by_key(|entry| entry.0);
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(InputError::new(
                &table.path,
                format!("a case twice in arm `{}`", order[place]),
                "one row per arm, case and repeat",
            )
            .into());
        }
        let mut folds: Vec<String> = entries.iter().map(|entry| entry.1.clone()).collect();
        folds.sort();
        folds.dedup();
        let mut repeat = Repeat::default();
        for (at, fold, p, own) in entries {
            repeat.cases.push(at);
            repeat.folds.push(folds.binary_search(&fold).unwrap_or(0));
            repeat.thresholds.push((p.len() == 2).then_some(own.unwrap_or(options.threshold)));
            repeat.probabilities.push(p);
        }
        arms[place].repeats.push(repeat);
    }
    if !options.models.is_empty() {
        let mut chosen = Vec::new();
        for name in &options.models {
            let found = arms.iter().find(|arm| arm.name == *name);
            chosen.push(
                found
                    .cloned()
                    .ok_or_else(|| Error::usage(format!("there is no arm `{name}`; there are {}", order.join(", "))))?,
            );
        }
        arms = chosen;
    }
    let mut outcome: Vec<(usize, u32)> = cases.into_values().collect();
    outcome.sort_unstable();
    let excluded = if without_outcome > 0 {
        vec![Count { name: "rows without a known outcome".into(), n: without_outcome }]
    } else {
        Vec::new()
    };
    Ok(Parsed {
        outcome: outcome.into_iter().map(|(_, class)| class).collect(),
        arms,
        rows: table.n_rows(),
        excluded,
        notices: Vec::new(),
        own_thresholds: threshold.is_some(),
    })
}
