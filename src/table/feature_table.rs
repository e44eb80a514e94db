//! The feature table: one row per case, one column per feature, no outcome.

use std::collections::{HashMap, HashSet};

use super::column::{Column, ColumnView};
use super::dictionary::{FeatureDictionary, FeatureInfo, Origin};
use super::feature_name::FeatureName;
use crate::error::{Error, Result};

/// One row per case (a lesion); the patient is the grouping unit, the site is the centre. It has no outcome: what is extracted
/// from images cannot depend on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureTable {
    cases: Vec<String>,
    patients: Vec<String>,
    sites: Option<Vec<Option<String>>>,
    features: Vec<Feature>,
    position: HashMap<FeatureName, usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    pub(super) name: FeatureName,
    pub(super) column: Column,
    pub(super) origin: Origin,
}

impl FeatureTable {
    /// A table of these cases, without features yet.
    ///
    /// # Errors
    /// [`Error::Usage`] for a case that occurs twice or lists of different lengths.
    pub fn new(cases: Vec<String>, patients: Vec<String>, sites: Option<Vec<Option<String>>>) -> Result<Self> {
        let n = cases.len();
        if patients.len() != n || sites.as_ref().is_some_and(|sites| sites.len() != n) {
            return Err(Error::usage(format!("{n} cases need as many patients and sites")));
        }
        let mut seen = HashSet::with_capacity(n);
        if let Some(row) = cases.iter().position(|case| !seen.insert(case)) {
            return Err(Error::usage(format!("the case of row {} occurs before", row + 1)));
        }
        Ok(FeatureTable { cases, patients, sites, ..Default::default() })
    }

    /// Adds a feature.
    ///
    /// # Errors
    /// [`Error::Usage`] for a name that is there already or a column of another length.
    pub fn push(&mut self, name: FeatureName, column: Column, origin: Origin) -> Result<()> {
        if column.len() != self.n_cases() {
            return Err(Error::usage(format!("feature `{name}` has {} values for {} cases", column.len(), self.n_cases())));
        }
        if self.position.contains_key(&name) {
            return Err(Error::usage(format!(
                "two features `{name}`; rename one in its file, or give one file another modality"
            )));
        }
        self.position.insert(name.clone(), self.features.len());
        self.features.push(Feature { name, column, origin });
        Ok(())
    }

    /// The number of cases.
    pub fn n_cases(&self) -> usize {
        self.cases.len()
    }

    /// The number of features.
    pub fn n_features(&self) -> usize {
        self.features.len()
    }

    /// The identifiers of the cases, each once.
    pub fn cases(&self) -> &[String] {
        &self.cases
    }

    /// The patient of each case.
    pub fn patients(&self) -> &[String] {
        &self.patients
    }

    /// The site of each case, if any source told it.
    pub fn sites(&self) -> Option<&[Option<String>]> {
        self.sites.as_deref()
    }

    /// The names of the features, in order.
    pub fn names(&self) -> impl Iterator<Item = &FeatureName> {
        self.features.iter().map(|feature| &feature.name)
    }

    /// The modalities, in order of their first feature.
    pub fn modalities(&self) -> Vec<&str> {
        let mut modalities: Vec<&str> = Vec::new();
        for name in self.names() {
            if !modalities.contains(&name.modality()) {
                modalities.push(name.modality());
            }
        }
        modalities
    }

    /// The features with their values, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&FeatureName, ColumnView<'_>)> {
        self.features.iter().map(|feature| (&feature.name, feature.column.view()))
    }

    /// The values of one feature.
    pub fn column(&self, name: &FeatureName) -> Option<&Column> {
        self.position.get(name).map(|&at| &self.features[at].column)
    }

    pub(super) fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The row of a case.
    pub fn row(&self, case: &str) -> Option<usize> {
        self.cases.iter().position(|other| other == case)
    }

    /// The table with these cases (by row, each at most once) in this order.
    ///
    /// # Errors
    /// [`Error::Usage`] for a row that occurs twice or is not there.
    pub fn take(&self, rows: &[usize]) -> Result<Self> {
        if let Some(row) = rows.iter().find(|&&row| row >= self.n_cases()) {
            return Err(Error::usage(format!("row {row} of {} cases", self.n_cases())));
        }
        let pick = |ids: &[String]| rows.iter().map(|&row| ids[row].clone()).collect();
        let sites = self.sites.as_ref().map(|sites| rows.iter().map(|&row| sites[row].clone()).collect());
        let mut table = FeatureTable::new(pick(&self.cases), pick(&self.patients), sites)?;
        let rows: Vec<Option<usize>> = rows.iter().map(|&row| Some(row)).collect();
        for feature in &self.features {
            table.push(feature.name.clone(), feature.column.take(&rows), feature.origin.clone())?;
        }
        Ok(table)
    }

    /// The table with the features for which `keep` is true.
    pub fn select(&self, mut keep: impl FnMut(&FeatureName) -> bool) -> Self {
        let features: Vec<Feature> = self.features.iter().filter(|feature| keep(&feature.name)).cloned().collect();
        let position = features.iter().enumerate().map(|(at, feature)| (feature.name.clone(), at)).collect();
        FeatureTable { cases: self.cases.clone(), patients: self.patients.clone(), sites: self.sites.clone(), features, position }
    }

    /// What every feature is and where it comes from.
    pub fn dictionary(&self) -> FeatureDictionary {
        let info = |feature: &Feature| FeatureInfo::new(&feature.name, &feature.column, &feature.origin);
        FeatureDictionary(self.features.iter().map(info).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> FeatureTable {
        let ids = |prefix: &str| (1..=3).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
        let mut table = FeatureTable::new(ids("c"), ids("p"), Some(vec![Some("A".into()), None, Some("B".into())])).unwrap();
        table.push("mri.x".parse().unwrap(), Column::scalar([Some(1.0), None, Some(3.0)]), Origin::default()).unwrap();
        table.push("us.shape".parse().unwrap(), Column::words(&[Some("oval"), Some("round"), None]), Origin::default()).unwrap();
        table
    }

    #[test]
    fn rows_and_columns_can_be_chosen() {
        let taken = table().take(&[2, 0]).unwrap();
        assert_eq!(
            (taken.cases(), taken.patients()),
            (&["c3".to_owned(), "c1".to_owned()][..], &["p3".to_owned(), "p1".to_owned()][..])
        );
        assert_eq!(taken.sites().unwrap(), [Some("B".to_owned()), Some("A".to_owned())]);
        assert_eq!(taken.column(&"mri.x".parse().unwrap()).unwrap().view(), ColumnView::Scalar(&[Some(3.0), Some(1.0)]));
        let us = table().select(|name| name.modality() == "us");
        assert_eq!((us.n_features(), us.modalities()), (1, vec!["us"]));
        assert!(us.column(&"mri.x".parse().unwrap()).is_none() && us.column(&"us.shape".parse().unwrap()).is_some());
        assert!(table().take(&[3]).is_err() && table().take(&[0, 0]).is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut table = table();
        assert!(table.push("mri.x".parse().unwrap(), Column::scalar([None; 3]), Origin::default()).is_err());
        assert!(table.push("mri.y".parse().unwrap(), Column::scalar([None; 2]), Origin::default()).is_err());
        assert!(FeatureTable::new(vec!["a".into(), "a".into()], vec!["p".into(); 2], None).is_err());
        assert!(FeatureTable::new(vec!["a".into()], vec![], None).is_err());
    }
}
