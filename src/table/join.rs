//! Tables of several modalities side by side, and which case has which modality.

use std::collections::HashMap;

use super::feature_table::FeatureTable;
use crate::error::{Error, Result};

impl FeatureTable {
    /// All cases of all tables, each once, with the features of all tables; what a table does not know is missing.
    ///
    /// Cases come in the order of the first table that has them.
    ///
    /// # Errors
    /// [`Error::Study`] where tables name different patients or sites for a case; [`Error::Usage`] for two features of one name.
    pub fn outer_join(tables: &[FeatureTable]) -> Result<FeatureTable> {
        let mut rows: HashMap<&str, usize> = HashMap::new();
        let (mut cases, mut patients) = (Vec::new(), Vec::new());
        let mut sites: Vec<Option<String>> = Vec::new();
        let any_sites = tables.iter().any(|table| table.sites().is_some());
        for (at, table) in tables.iter().enumerate() {
            for (row, case) in table.cases().iter().enumerate() {
                let site = table.sites().and_then(|sites| sites[row].clone());
                let joined = *rows.entry(case).or_insert_with(|| {
                    cases.push(case.clone());
                    patients.push(table.patients()[row].clone());
                    sites.push(None);
                    cases.len() - 1
                });
                let disagree = |what: &str| {
                    let place = format!("row {} of table {}", row + 1, at + 1);
                    Err(Error::study(format!("the case in {place} has another {what} than in an earlier table; make them agree")))
                };
                if patients[joined] != table.patients()[row] {
                    return disagree("patient");
                }
                match (&sites[joined], site) {
                    (Some(known), Some(site)) if *known != site => return disagree("site"),
                    (None, site @ Some(_)) => sites[joined] = site,
                    _ => {}
                }
            }
        }
        let mut joined = FeatureTable::new(cases, patients, any_sites.then_some(sites))?;
        for table in tables {
            let own: HashMap<&str, usize> = table.cases().iter().enumerate().map(|(row, case)| (case.as_str(), row)).collect();
            let rows: Vec<Option<usize>> = joined.cases().iter().map(|case| own.get(case.as_str()).copied()).collect();
            for feature in table.features() {
                joined.push(feature.name.clone(), feature.column.take(&rows), feature.origin.clone())?;
            }
        }
        Ok(joined)
    }

    /// Which case has which modality.
    pub fn presence(&self) -> ModalityPresence {
        let modalities: Vec<String> = self.modalities().into_iter().map(str::to_owned).collect();
        let mut present = vec![vec![false; modalities.len()]; self.n_cases()];
        for feature in self.features() {
            let Some(at) = modalities.iter().position(|modality| modality == feature.name.modality()) else { continue };
            for (row, present) in present.iter_mut().enumerate() {
                present[at] |= !feature.column.is_missing(row);
            }
        }
        ModalityPresence { modalities, present }
    }
}

/// Which case has which modality: a case has a modality if at least one of its features has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModalityPresence {
    modalities: Vec<String>,
    present: Vec<Vec<bool>>,
}

impl ModalityPresence {
    /// The modalities, in the table's order.
    pub fn modalities(&self) -> &[String] {
        &self.modalities
    }

    /// Whether the case of this row has each of the modalities.
    pub fn case(&self, row: usize) -> &[bool] {
        &self.present[row]
    }

    /// How many cases have each of the modalities.
    pub fn counts(&self) -> Vec<usize> {
        (0..self.modalities.len()).map(|at| self.present.iter().filter(|case| case[at]).count()).collect()
    }

    /// How many cases have all modalities.
    pub fn complete(&self) -> usize {
        self.present.iter().filter(|case| case.iter().all(|&present| present)).count()
    }

    /// Every combination of modalities that occurs with its number of cases, the most frequent first.
    pub fn patterns(&self) -> Vec<(Vec<&str>, usize)> {
        let mut counts: HashMap<&[bool], usize> = HashMap::new();
        for case in &self.present {
            *counts.entry(case).or_default() += 1;
        }
        let mut patterns: Vec<(&[bool], usize)> = counts.into_iter().collect();
        // Equal counts are ordered by the modalities themselves, so that the order is always the same.
        patterns.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(a.0)));
        let named = |case: &[bool]| {
            self.modalities.iter().zip(case).filter(|(_, present)| **present).map(|(name, _)| name.as_str()).collect()
        };
        patterns.into_iter().map(|(case, count)| (named(case), count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::{Column, ColumnView};
    use super::super::dictionary::Origin;
    use super::*;

    fn table(cases: &[(&str, &str, Option<&str>)], feature: &str, values: &[Option<f64>]) -> FeatureTable {
        let part = |f: fn(&(&str, &str, Option<&str>)) -> String| cases.iter().map(f).collect();
        let sites = cases.iter().any(|c| c.2.is_some()).then(|| cases.iter().map(|c| c.2.map(str::to_owned)).collect());
        let mut table = FeatureTable::new(part(|c| c.0.into()), part(|c| c.1.into()), sites).unwrap();
        table.push(feature.parse().unwrap(), Column::scalar(values.iter().copied()), Origin::default()).unwrap();
        table
    }

    #[test]
    fn all_cases_are_kept_and_what_is_missing_is_counted() {
        let mri = table(&[("a", "p", None), ("b", "q", None), ("c", "q", None)], "mri.x", &[Some(1.0), Some(2.0), None]);
        let us = table(&[("d", "r", Some("S")), ("b", "q", Some("S"))], "us.y", &[Some(4.0), Some(5.0)]);
        let joined = FeatureTable::outer_join(&[mri, us]).unwrap();
        assert_eq!(joined.cases(), ["a", "b", "c", "d"]);
        assert_eq!(joined.patients(), ["p", "q", "q", "r"]);
        assert_eq!(joined.sites().unwrap(), [None, Some("S".into()), None, Some("S".to_owned())]);
        let values: Vec<_> = joined.columns().map(|(_, view)| view).collect();
        assert_eq!(values[0], ColumnView::Scalar(&[Some(1.0), Some(2.0), None, None]));
        assert_eq!(values[1], ColumnView::Scalar(&[None, Some(5.0), None, Some(4.0)]));
        let presence = joined.presence();
        assert_eq!((presence.counts(), presence.complete()), (vec![2, 2], 1));
        assert_eq!(presence.patterns(), [(vec!["mri", "us"], 1), (vec!["mri"], 1), (vec!["us"], 1), (vec![], 1)]);
        assert_eq!(presence.case(0), [true, false]);
    }

    #[test]
    fn tables_that_disagree_are_refused() {
        let a = table(&[("a", "p", Some("S"))], "mri.x", &[None]);
        let patient = table(&[("a", "q", None)], "us.x", &[None]);
        let site = table(&[("a", "p", Some("T"))], "us.x", &[None]);
        assert!(matches!(FeatureTable::outer_join(&[a.clone(), patient]), Err(Error::Study(_))));
        assert!(matches!(FeatureTable::outer_join(&[a.clone(), site]), Err(Error::Study(_))));
        assert!(matches!(FeatureTable::outer_join(&[a.clone(), a]), Err(Error::Usage(_))));
    }
}
