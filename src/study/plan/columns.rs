//! From the feature table to the columns that models see: what gives the outcome away, what says nothing.

use crate::error::Result;
use crate::learn::{Cohort, Column, Features, Values};
use crate::study::leakage::{self, Leak, Verdict};
use crate::study::outcome::Outcome;
use crate::study::results::{Level, Notice};
use crate::table::{ColumnView, FeatureName, FeatureTable};
use ndarray::ArrayD;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Drops columns that define the outcome, and warns of those that may give it away.
pub(super) fn check(table: &FeatureTable, class: &[usize], outcome: &Outcome, notices: &mut Vec<Notice>) -> FeatureTable {
    let mut excluded: Vec<FeatureName> = Vec::new();
    let known: Vec<Option<usize>> = class.iter().copied().map(Some).collect();
    for ((name, view), info) in table.columns().zip(table.dictionary().0) {
        let column = info.origin.source_column.unwrap_or_else(|| name.name().to_string());
        let by_name = leakage::by_name(&column, outcome.question, &outcome.columns);
        let by_name = by_name.or_else(|| leakage::by_name(name.name(), outcome.question, &outcome.columns));
        if let Some(leak) = by_name {
            notices.push(notice(&leak, name));
            if leak.verdict == Verdict::Excluded {
                excluded.push(name.clone());
            }
            continue;
        }
        let values = leakage::by_value(&name.to_string(), view, &known, &outcome.classes);
        notices.extend(values.map(|leak| notice(&leak, name)));
    }
    table.select(|name| !excluded.contains(name))
}

fn notice(leak: &Leak, name: &FeatureName) -> Notice {
    let (level, code) = match leak.verdict {
        Verdict::Excluded => (Level::Caution, "outcome-column-excluded"),
        Verdict::Warned => (Level::Warning, "leakage-suspect"),
    };
    Notice { level, code: code.into(), message: leak.to_string(), columns: vec![name.to_string()] }
}

/// The columns as the learning layer holds them.
pub(super) fn features(table: &FeatureTable) -> Result<Features> {
    let columns = table.columns().map(|(name, view)| {
        let values = match view {
            ColumnView::Scalar(values) => Values::Scalar(values.iter().map(|x| x.unwrap_or(f64::NAN)).collect()),
            ColumnView::Category { codes, levels } => Values::Category { codes: codes.into(), levels: levels.into() },
            ColumnView::Array(arrays) => {
                let array = |row: usize| arrays.case(row).and_then(|a| ArrayD::from_shape_vec(arrays.shape(), a.to_vec()).ok());
                Values::Array((0..table.n_cases()).map(array).collect())
            }
        };
        Column { name: Arc::new(name.clone()), values }
    });
    Features::new(columns.collect(), table.n_cases())
}

/// A hash of what models see.
pub(super) fn hash(cohort: &Cohort, table: &FeatureTable) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (name, view) in table.columns() {
        hash.update(name.to_string());
        hash.update(format!("{view:?}"));
    }
    cohort.outcome().iter().chain(cohort.patients()).for_each(|x| hash.update(x.to_le_bytes()));
    hash.finalize().into()
}
