//! What an adapter hands over.

use crate::error::Result;
use crate::table::{Column, FeatureName, Finding, Origin, RawTable};
use std::collections::HashSet;

/// A feature: its name, its values, one per row of the table, and where it comes from.
pub type FeatureColumn = (FeatureName, Column, Origin);

/// What an adapter made of a table.
#[derive(Debug, Clone, Default)]
pub struct Extracted {
    /// The features, in the order of the table's columns.
    pub columns: Vec<FeatureColumn>,
    /// What was noticed, and by which rule it was handled.
    pub findings: Vec<Finding>,
    /// The rules that were applied, a sentence each, for the methods section.
    pub rules: Vec<String>,
    names: HashSet<FeatureName>,
}

impl Extracted {
    /// Features that already have their names.
    pub fn of(columns: Vec<FeatureColumn>, findings: Vec<Finding>, rules: Vec<String>) -> Self {
        let names = columns.iter().map(|(name, _, _)| name.clone()).collect();
        Extracted { columns, findings, rules, names }
    }

    /// The values of the feature of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(feature, _, _)| feature.to_string() == name).map(|(_, column, _)| column)
    }

    /// Whether there is a feature of this name.
    pub(super) fn has(&self, modality: &str, name: &str) -> bool {
        self.columns.iter().any(|(feature, _, _)| feature.modality() == modality && feature.name() == name)
    }

    /// Adds a feature. A name that is taken already gets a number behind it.
    pub(super) fn push(&mut self, modality: &str, name: &str, values: Column, source: Source) -> Result<()> {
        let wanted = FeatureName::sanitised(modality, name)?;
        let mut feature = wanted.clone();
        let mut number = 2;
        while !self.names.insert(feature.clone()) {
            feature = FeatureName::sanitised(modality, &format!("{name}_{number}"))?;
            number += 1;
        }
        if feature != wanted {
            let message =
                format!("`{}` would be a second feature {wanted}; it is called {feature}.", source.column.unwrap_or(name));
            let finding = Finding::caution("feature-name-taken", message).in_file(&source.table.path);
            self.findings.push(finding.in_columns(source.column));
        }
        let origin = Origin {
            unit: source.unit.map(str::to_string),
            ibsi_code: None,
            source_file: Some(source.table.path.clone()),
            source_column: source.column.map(str::to_string),
            extracted: None,
        };
        self.columns.push((feature, values, origin));
        Ok(())
    }
}

/// Where a feature comes from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) table: &'a RawTable,
    /// The column's name in the file; `None` for a derived feature.
    pub(super) column: Option<&'a str>,
    pub(super) unit: Option<&'a str>,
}
