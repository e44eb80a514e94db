//! From a raw table to clinical features.
//!
//! Each column is recognised, read cell by cell as the dictionary says, and handed over; nothing is dropped without a finding.

mod coding;
mod read;
mod receptors;
mod recognise;

use super::dictionary::{self, Reading, Variable};
use super::{Interval, ki67, receptor, stage};
use crate::error::Result;
use crate::modality::extracted::{Extracted, Source};
use crate::modality::imported::text_among_numbers;
use crate::modality::plain::{self, Plain};
use crate::table::{Column, Finding, RawColumn, RawTable};
use recognise::{Recognised, Use};
use std::collections::BTreeMap;

/// What a study may say about its clinical table.
#[derive(Debug, Clone, PartialEq)]
pub struct ClinicalOptions {
    /// The columns to use, by their names in the table or in the dictionary, with `*` for any run of characters; empty for all.
    /// `er`, `pr`, `hr`, `er_low`, `t_stage` and `ki67_high` are derived where they are named here and not recorded.
    pub columns: Vec<String>,
    /// Columns that are no features, named likewise.
    pub exclude: Vec<String>,
    /// Columns with another role (id, outcome, site, date), or that give the outcome away, by their names in the table.
    pub reserved: Vec<String>,
    /// Columns that the dictionary does not know by their names, and the variables that they hold.
    pub variables: BTreeMap<String, String>,
    /// Per column: values as they stand in the table, and what they mean in the dictionary, e.g. `{ "2" = "negative" }`.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// ER and PR are positive from this percentage on.
    pub receptor_cutoff: f64,
    /// Ki-67 is high from this percentage on; `None` keeps it as a number.
    pub ki67_cutoff: Option<f64>,
    /// Whether columns that the dictionary does not know are used as they are.
    pub keep_unknown: bool,
}

impl Default for ClinicalOptions {
    fn default() -> Self {
        ClinicalOptions {
            columns: Vec::new(),
            exclude: Vec::new(),
            reserved: Vec::new(),
            variables: BTreeMap::new(),
            values: BTreeMap::new(),
            receptor_cutoff: receptor::DEFAULT_CUTOFF,
            ki67_cutoff: None,
            keep_unknown: true,
        }
    }
}

/// The clinical features of a table: `{modality}.{variable}` for what the dictionary knows, else the column's own name.
///
/// Numbers stay numbers, ordered and binary variables become the number of their level, nominal ones categories. A cell that is
/// none of its variable's values, or outside its plausible range, is missing and reported.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) if a variable is not in the dictionary, [`Error::Input`](crate::error::Error::Input)
/// if a column that is mapped is not in the table.
pub fn extract(table: &RawTable, modality: &str, options: &ClinicalOptions) -> Result<Extracted> {
    let mut made = Extracted::default();
    let columns = recognise::columns(table, options, &mut made.findings)?;
    let mut adapter = Adapter { table, modality, options, columns: &columns, made };
    for recognised in &columns {
        match (recognised.used, recognised.variable) {
            (Use::Feature, Some(variable)) => adapter.known(recognised.column, variable)?,
            (Use::Feature, None) => adapter.unknown(recognised.column)?,
            (Use::None, _) => {}
        }
    }
    adapter.derived()?;
    Ok(adapter.made)
}

/// A table on its way to features.
struct Adapter<'a> {
    table: &'a RawTable,
    modality: &'a str,
    options: &'a ClinicalOptions,
    columns: &'a [Recognised<'a>],
    made: Extracted,
}

impl<'a> Adapter<'a> {
    /// A column that the dictionary knows.
    fn known(&mut self, column: &'a RawColumn, variable: &Variable) -> Result<()> {
        if variable.reading == Reading::Receptor {
            return self.receptor(variable.name, Some(column));
        }
        let cells = read::cells(self.table, column, variable, self.options.values.get(&column.name))?;
        if !cells.fits {
            self.made.findings.push(not_the_variable(self.table, column, variable));
            return self.unknown(column);
        }
        self.made.findings.extend(cells.findings);
        if let ("ki67_pct", Some(cutoff)) = (variable.name, self.options.ki67_cutoff) {
            return self.ki67_high(Some(column), &cells.intervals, cutoff);
        }
        self.push(variable.name, cells.values, Some(column), variable.unit)?;
        // A percentage alone implies the status.
        match variable.name.strip_suffix("_pct") {
            Some(name @ ("er" | "pr")) if self.column_of(name).is_none() => self.receptor(name, Some(column)),
            _ => Ok(()),
        }
    }

    /// A column that the dictionary does not know.
    fn unknown(&mut self, column: &'a RawColumn) -> Result<()> {
        match plain::read(self.table, column) {
            Plain::Feature(values, strays) => {
                self.made.findings.extend(text_among_numbers(self.table, column, strays));
                self.push(&column.name, values, Some(column), None)
            }
            Plain::Dropped(why) => {
                let finding = Finding::info("no-feature", format!("`{}` is no feature: {why}.", column.name));
                self.made.findings.push(finding.in_file(&self.table.path).in_columns([&column.name]));
                Ok(())
            }
        }
    }

    /// ER or PR: the status, and the percentage where a column of results holds some and no other column does.
    fn receptor(&mut self, name: &str, column: Option<&RawColumn>) -> Result<()> {
        let receptor = receptors::status(self.table, self.options, self.columns, name, &mut self.made.findings)?;
        self.push(name, Column::scalar(receptor.positive), column, None)?;
        let percent = format!("{name}_pct");
        if receptor.percent.iter().any(Option::is_some) && self.column_of(&percent).is_none() {
            self.push(&percent, Column::scalar(receptor.percent), column, Some("%"))?;
        }
        self.rule(receptor::sentence(self.options.receptor_cutoff));
        Ok(())
    }

    fn ki67_high(&mut self, column: Option<&RawColumn>, percents: &[Option<Interval>], cutoff: f64) -> Result<()> {
        let high = percents.iter().map(|percent| percent.and_then(|percent| ki67::is_high(percent, cutoff)).map(f64::from));
        self.push("ki67_high", Column::scalar(high), column, None)?;
        self.rule(ki67::sentence(cutoff));
        Ok(())
    }

    /// Variables that follow from others, where the study names them and the table does not have them.
    fn derived(&mut self) -> Result<()> {
        let (table, options, columns) = (self.table, self.options, self.columns);
        let asked =
            |name: &str| options.columns.iter().any(|column| column == name) && recognise::column_of(columns, name).is_none();
        let receptor = |name: &str| receptors::status(table, options, columns, name, &mut Vec::new());
        let intervals = |name: &str| match (recognise::column_of(columns, name), dictionary::variable(name)) {
            (Some(column), Some(variable)) => {
                read::cells(table, column, variable, options.values.get(&column.name)).map(|cells| Some(cells.intervals))
            }
            _ => Ok(None),
        };
        for name in ["er", "pr"] {
            if asked(name)
                && recognise::column_of(columns, &format!("{name}_pct")).is_some()
                && !self.made.has(self.modality, name)
            {
                self.push(name, Column::scalar(receptor(name)?.positive), None, None)?;
                self.rule(receptor::sentence(options.receptor_cutoff));
            }
        }
        if asked("hr") {
            let positive = |x: Option<f64>| x.map(|x| x > 0.0);
            let pairs = receptor("er")?.positive.into_iter().zip(receptor("pr")?.positive);
            let hr = pairs.map(|(er, pr)| receptor::hormone_receptor(positive(er), positive(pr)).map(f64::from));
            self.push("hr", Column::scalar(hr), None, None)?;
            self.rule(receptor::sentence(options.receptor_cutoff));
            self.rule("Hormone receptor is positive where ER or PR is, negative where both are.".to_string());
        }
        if asked("er_low") {
            self.push("er_low", Column::scalar(receptor("er")?.low_positive), None, None)?;
            self.rule("ER is low positive from 1 to 10 % stained nuclei (ASCO/CAP 2020).".to_string());
        }
        if asked("ki67_high")
            && !self.made.has(self.modality, "ki67_high")
            && let Some(percents) = intervals("ki67_pct")?
        {
            self.ki67_high(None, &percents, options.ki67_cutoff.unwrap_or(ki67::DEFAULT_CUTOFF))?;
        }
        if asked("t_stage")
            && let Some(sizes) = intervals("size_mm")?
        {
            let stages = sizes.iter().map(|size| size.and_then(|size| stage::t_stage_of_size(size.point())).map(f64::from));
            self.push("t_stage", Column::scalar(stages), None, None)?;
            self.rule("T category follows from the largest diameter: up to 20 mm T1, up to 50 mm T2, above T3.".to_string());
        }
        Ok(())
    }

    fn column_of(&self, variable: &str) -> Option<&'a RawColumn> {
        recognise::column_of(self.columns, variable)
    }

    fn push(&mut self, name: &str, values: Column, column: Option<&RawColumn>, unit: Option<&str>) -> Result<()> {
        let source = Source { table: self.table, column: column.map(|column| column.name.as_str()), unit };
        self.made.push(self.modality, name, values, source)
    }

    /// Adds a rule unless it has been said.
    fn rule(&mut self, rule: String) {
        if !self.made.rules.contains(&rule) {
            self.made.rules.push(rule);
        }
    }
}

fn not_the_variable(table: &RawTable, column: &RawColumn, variable: &Variable) -> Finding {
    let message = format!(
        "`{}` is named like `{}` ({}), but most of its values are not: expected {}. It is used as it stands.",
        column.name,
        variable.name,
        variable.description,
        variable.expected()
    );
    Finding::caution("not-the-variable", message).in_file(&table.path).in_columns([&column.name])
}
