//! Columns that differ between the classes one by one.

use super::KeepColumns;
use crate::error::{Error, Result};
use crate::learn::{Column, FittedTransform, TrainRows, Transform};
use crate::statistic::anova::anova;
use crate::statistic::multiplicity::{Adjustment, adjust};
use crate::statistic::rank_test::{RankSumP, kruskal_wallis, rank_sum};
use crate::statistic::t_test::{Variances, t_test};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnivariateTest {
    /// Mann–Whitney for two classes, Kruskal–Wallis for more.
    #[default]
    Rank,
    /// Welch's t for two classes, one-way analysis of variance for more.
    Mean,
}

/// Correction for the number of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Adjust {
    /// None.
    #[default]
    None,
    /// Benjamini and Hochberg.
    Bh,
    /// Holm.
    Holm,
}

/// Keeps the numeric columns with p below `alpha` after correction, or the `top` columns with the smallest p, on the
/// training rows. Categories stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct UnivariateFilter {
    /// Which test.
    pub test: UnivariateTest,
    /// Level of significance.
    pub alpha: f64,
    /// Correction for the number of columns.
    pub adjust: Adjust,
    /// Keep this many columns instead of those below `alpha`.
    pub top: Option<usize>,
}

impl Default for UnivariateFilter {
    fn default() -> Self {
        UnivariateFilter { test: UnivariateTest::Rank, alpha: 0.05, adjust: Adjust::None, top: None }
    }
}

impl UnivariateFilter {
    pub(super) fn words(&self) -> String {
        let test = match self.test {
            UnivariateTest::Rank => "rank test",
            UnivariateTest::Mean => "test of means",
        };
        match self.top {
            Some(top) => format!("the {top} columns with the smallest p value of a {test} kept"),
            None => format!("columns with p < {} in a {test} kept", self.alpha),
        }
    }

    fn p_value(&self, values: &[f64], train: &TrainRows) -> f64 {
        let groups: Vec<Vec<f64>> = (0..train.classes() as u32)
            .map(|k| {
                let of_class = values.iter().zip(train.outcome()).filter(|(x, class)| **class == k && !x.is_nan());
                of_class.map(|(x, _)| *x).collect()
            })
            .collect();
        let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        let p = match (self.test, groups.as_slice()) {
            (UnivariateTest::Rank, [a, b]) => rank_sum(a, b, RankSumP::NormalCorrected).map(|test| test.p),
            (UnivariateTest::Mean, [a, b]) => t_test(a, b, Variances::Unequal, 0.95).map(|test| test.test.p),
            (UnivariateTest::Rank, groups) => kruskal_wallis(groups).map(|test| test.p),
            (UnivariateTest::Mean, groups) => anova(groups).map(|test| test.p),
        };
        // A column whose test is undefined (constant, all missing) shows no difference.
        p.unwrap_or(1.0)
    }
}

impl Transform for UnivariateFilter {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        if !(self.alpha > 0.0 && self.alpha <= 1.0) {
            return Err(Error::usage(format!("univariate alpha {}: give a number between 0 and 1", self.alpha)));
        }
        let numeric: Vec<&Column> = train.features().columns().iter().filter(|column| column.numbers().is_some()).collect();
        let p: Vec<f64> = numeric.iter().filter_map(|c| c.numbers()).map(|values| self.p_value(values, train)).collect();
        let kept: Vec<bool> = match self.top {
            Some(top) => {
                let mut order: Vec<usize> = (0..p.len()).collect();
                order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
                let mut kept = vec![false; p.len()];
                order.iter().take(top).for_each(|&i| kept[i] = true);
                kept
            }
            None => {
                let raw: Vec<Option<f64>> = p.into_iter().map(Some).collect();
                let adjusted = match self.adjust {
                    Adjust::None => raw,
                    Adjust::Bh => adjust(&raw, Adjustment::BenjaminiHochberg),
                    Adjust::Holm => adjust(&raw, Adjustment::Holm),
                };
                adjusted.iter().map(|p| p.is_some_and(|p| p < self.alpha)).collect()
            }
        };
        Ok(KeepColumns::dropping(numeric.iter().zip(&kept).filter(|(_, kept)| !**kept).map(|(column, _)| *column)))
    }
}
