//! What an adapter hands over.

use crate::table::{FeatureInfo, FeatureName, FeatureValues, Finding, RawTable};
use std::collections::HashSet;

/// A feature: its name, its values, one per row of the table, and what is known of it.
pub type FeatureColumn = (FeatureName, FeatureValues, FeatureInfo);

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
    /// Adds a feature. A name that is taken already gets a number behind it.
    pub(super) fn push(&mut self, modality: &str, name: &str, values: FeatureValues, source: Source) {
        let mut feature = FeatureName::new(modality, name);
        let mut number = 2;
        while !self.names.insert(feature.clone()) {
            feature = FeatureName::new(modality, &format!("{name}_{number}"));
            number += 1;
        }
        if number > 2 {
            let message = format!(
                "The column `{}` would be a second feature {}; it is called {feature}.",
                source.column.unwrap_or_default(),
                FeatureName::new(modality, name)
            );
            let finding = Finding::caution("feature-name-taken", message).in_file(&source.table.path);
            self.findings.push(finding.in_columns(source.column));
        }
        let (kind, levels) = match &values {
            FeatureValues::Scalar(_) => ("scalar", Vec::new()),
            FeatureValues::Category { levels, .. } => ("category", levels.clone()),
            FeatureValues::Array { shape, .. } => ("array", shape.iter().map(ToString::to_string).collect()),
        };
        let info = FeatureInfo {
            name: feature.to_string(),
            kind: kind.to_string(),
            levels,
            unit: source.unit.map(str::to_string),
            ibsi_code: None,
            file: Some(source.table.path.display().to_string()),
            column: source.column.map(str::to_string),
        };
        self.columns.push((feature, values, info));
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
