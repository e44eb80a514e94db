//! What is learned on training rows and then changes columns: imputation, scaling, filters, selection, projection.
//!
//! The rule that holds here: `fit` sees training rows only, and `transform` changes each row by itself. To add one, write a
//! file with its options and its two `impl`s, add it to [`TransformSpec`], and give it an oracle or a closed form in
//! `tests/transform.rs`; `tests/contract.rs` then tests it for leaks by itself.

mod block_scale;
mod correlation_filter;
mod duplicates;
mod encode;
mod habitat_codebook;
mod impute;
mod lasso_select;
mod median_split;
mod pca;
mod robustness;
mod standardise;
mod univariate;
mod variance;
mod winsorise;

pub use block_scale::BlockScale;
pub use correlation_filter::{Correlation, CorrelationFilter, Keep};
pub use duplicates::Duplicates;
pub use encode::Encode;
pub use habitat_codebook::HabitatCodebook;
pub use impute::{Impute, ImputeMethod};
pub use lasso_select::LassoSelect;
pub use median_split::MedianSplit;
pub use pca::Pca;
pub use robustness::{REPEATED, Robustness, WithoutRepeats};
pub use standardise::{Standardise, StandardiseMethod};
pub use univariate::{Adjust, UnivariateFilter, UnivariateTest};
pub use variance::Variance;
pub use winsorise::Winsorise;

use crate::error::Result;
use crate::learn::{Column, Features, FittedTransform, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// A transform as a study file names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransformSpec {
    /// Fill missing values.
    Impute(Impute),
    /// Categories to indicator columns.
    Encode(Encode),
    /// Numbers to two levels at the training median (Ki-67 by the cohort's median).
    MedianSplit(MedianSplit),
    /// Common scale for all columns.
    Standardise(Standardise),
    /// Pull outliers in.
    Winsorise(Winsorise),
    /// Drop (nearly) constant columns.
    Variance(Variance),
    /// Drop columns that equal another.
    Duplicates(Duplicates),
    /// Drop one of two strongly correlated columns.
    CorrelationFilter(CorrelationFilter),
    /// Keep columns that differ between the classes one by one.
    Univariate(UnivariateFilter),
    /// Principal components.
    Pca(Pca),
    /// Habitats of supervoxels, learned on training rows.
    HabitatCodebook(HabitatCodebook),
    /// Drop features that change when the outline is drawn a little differently.
    Robustness(Robustness),
    /// Keep the columns that a LASSO keeps.
    Lasso(LassoSelect),

    /// Give each modality's block the same weight, whatever its number of columns.
    BlockScale(BlockScale),
}

impl TransformSpec {
    /// The transform itself.
    pub fn build(&self) -> Arc<dyn Transform> {
        match self.clone() {
            TransformSpec::Impute(t) => Arc::new(t),
            TransformSpec::Encode(t) => Arc::new(t),
            TransformSpec::MedianSplit(t) => Arc::new(t),
            TransformSpec::Standardise(t) => Arc::new(t),
            TransformSpec::Winsorise(t) => Arc::new(t),
            TransformSpec::Variance(t) => Arc::new(t),
            TransformSpec::Duplicates(t) => Arc::new(t),
            TransformSpec::CorrelationFilter(t) => Arc::new(t),
            TransformSpec::Univariate(t) => Arc::new(t),
            TransformSpec::Pca(t) => Arc::new(t),
            TransformSpec::HabitatCodebook(t) => Arc::new(t),
            TransformSpec::Robustness(t) => Arc::new(t),
            TransformSpec::Lasso(t) => Arc::new(t),
            TransformSpec::BlockScale(t) => Arc::new(t),
        }
    }

    /// What it does, for the methods text.
    pub fn words(&self) -> String {
        match self {
            TransformSpec::Impute(t) => t.words(),
            TransformSpec::Encode(_) => "categories as indicator columns".into(),
            TransformSpec::MedianSplit(t) => format!("{} split at the training median", t.columns.join(", ")),
            TransformSpec::Standardise(t) => t.words(),
            TransformSpec::Winsorise(t) => format!("winsorised at the {} and {} quantiles", t.lower, t.upper),
            TransformSpec::Variance(_) => "constant columns dropped".into(),
            TransformSpec::Duplicates(_) => "duplicated columns dropped".into(),
            TransformSpec::CorrelationFilter(t) => t.words(),
            TransformSpec::Univariate(t) => t.words(),
            TransformSpec::Pca(t) => t.words(),
            TransformSpec::HabitatCodebook(t) => t.words(),
            TransformSpec::Robustness(t) => t.words(),
            TransformSpec::Lasso(t) => t.words(),
            TransformSpec::BlockScale(_) => "blocks scaled to equal total variance".into(),
        }
    }

    /// One of each with its defaults, for documentation and for the contract tests.
    pub fn all() -> Vec<TransformSpec> {
        vec![
            TransformSpec::Impute(Impute::default()),
            TransformSpec::Encode(Encode::default()),
            TransformSpec::MedianSplit(MedianSplit::default()),
            TransformSpec::Standardise(Standardise::default()),
            TransformSpec::Winsorise(Winsorise::default()),
            TransformSpec::Variance(Variance::default()),
            TransformSpec::Duplicates(Duplicates::default()),
            TransformSpec::CorrelationFilter(CorrelationFilter::default()),
            TransformSpec::Univariate(UnivariateFilter::default()),
            TransformSpec::Pca(Pca::default()),
            TransformSpec::Robustness(Robustness::default()),
            TransformSpec::Lasso(LassoSelect::default()),
            TransformSpec::BlockScale(BlockScale::default()),
        ]
    }
}

/// A fitted filter: it keeps the columns that it chose on training rows.
struct KeepColumns {
    dropped: HashSet<String>,
    notices: Vec<String>,
}

impl KeepColumns {
    fn dropping<'a>(dropped: impl IntoIterator<Item = &'a Column>) -> Box<dyn FittedTransform> {
        Self::dropping_with(dropped, Vec::new())
    }

    fn dropping_with<'a>(dropped: impl IntoIterator<Item = &'a Column>, notices: Vec<String>) -> Box<dyn FittedTransform> {
        Box::new(KeepColumns { dropped: names(dropped), notices })
    }
}

impl FittedTransform for KeepColumns {
    fn transform(&self, rows: &Features) -> Result<Features> {
        Ok(rows.select_columns(|column| !self.dropped.contains(&column.name.to_string())))
    }

    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }
}

fn names<'a>(columns: impl IntoIterator<Item = &'a Column>) -> HashSet<String> {
    columns.into_iter().map(|column| column.name.to_string()).collect()
}

/// The values of a column that are there, sorted.
fn sorted_present(values: &[f64]) -> Vec<f64> {
    let mut present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    present.sort_unstable_by(f64::total_cmp);
    present
}

/// A fitted transform that changes numbers column by column and leaves everything else as it is.
struct ByColumn<P> {
    parameters: std::collections::HashMap<String, P>,
    change: fn(&P, f64) -> f64,
}

impl<P: Send + Sync> FittedTransform for ByColumn<P> {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let columns = rows
            .columns()
            .iter()
            .map(|column| match (self.parameters.get(&column.name.to_string()), column.numbers()) {
                (Some(parameter), Some(values)) => {
                    let changed = values.iter().map(|&x| if x.is_nan() { x } else { (self.change)(parameter, x) }).collect();
                    Column::numeric(column.name.clone(), changed)
                }
                _ => column.clone(),
            })
            .collect();
        Features::new(columns, rows.n())
    }
}

/// Learns one parameter per numeric column from its training values that are there.
fn by_column<P: Send + Sync + 'static>(
    train: &crate::learn::TrainRows,
    learn: impl Fn(&[f64]) -> Option<P>,
    change: fn(&P, f64) -> f64,
) -> Box<dyn FittedTransform> {
    let parameters = train
        .features()
        .columns()
        .iter()
        .filter_map(|column| Some((column.name.to_string(), learn(&sorted_present(column.numbers()?))?)))
        .collect();
    Box::new(ByColumn { parameters, change })
}
