//! What no type can rule out: values that are impossible, or contradict one another. All of them are reported at once.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{CohortPreset, Distribution, Missing, SiteLayout, Variable};
use crate::simulate::binormal::Cholesky;
use crate::simulate::class::PerClass;
use crate::simulate::{feature_name, her2};

/// The largest cohort.
pub const MOST_PATIENTS: usize = 1_000_000;
/// The largest seed: the largest whole number that TOML can write.
pub const HIGHEST_SEED: u64 = i64::MAX as u64;
/// The columns of `clinical.csv` that no variable may take.
pub const RESERVED_COLUMNS: [&str; 3] = ["patient_id", "site", "exam_date"];

/// Problems found so far.
struct Problems(Vec<String>);

impl Problems {
    fn unless(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.0.push(problem());
        }
    }

    fn probability(&mut self, what: &str, value: f64) {
        self.unless((0.0..=1.0).contains(&value), || format!("{what} is {value}; a share lies between 0 and 1"));
    }

    fn positive(&mut self, what: &str, value: f64) {
        self.unless(value > 0.0 && value.is_finite(), || format!("{what} is {value}; it must be greater than 0"));
    }

    fn not_negative(&mut self, what: &str, value: f64) {
        self.unless(value >= 0.0 && value.is_finite(), || format!("{what} is {value}; it cannot be negative"));
    }

    /// Shares that sum to 1, each of them inside (0, 1): a class or level that cannot occur has no place in the list.
    fn shares(&mut self, what: &str, values: &[f64]) {
        let total: f64 = values.iter().sum();
        self.unless(values.iter().all(|p| *p > 0.0 && *p < 1.0), || {
            format!("{what}: every share must lie strictly between 0 and 1")
        });
        self.unless((total - 1.0).abs() < 1e-6, || format!("{what} sums to {total}; it must sum to 1"));
    }

    fn strict_probability(&mut self, what: &str, values: &PerClass<f64>) {
        let inside = values.as_array().iter().all(|p| **p > 0.0 && **p < 1.0);
        self.unless(inside, || format!("{what} must lie strictly between 0 and 1 in every class"));
    }
}

impl CohortPreset {
    /// Whether a cohort can be made from the preset; if not, everything that stands against it.
    pub fn check(&self) -> Result<(), String> {
        let mut problems = Problems(Vec::new());
        problems.unless((1..=MOST_PATIENTS).contains(&self.n), || {
            format!("`n` is {}; it must be between 1 and {MOST_PATIENTS}", self.n)
        });
        problems.unless(self.seed <= HIGHEST_SEED, || format!("`seed` is {}; the largest is {HIGHEST_SEED}", self.seed));
        problems.shares("`prevalence`", &self.prevalence.as_array());
        self.check_dates(&mut problems);
        self.check_assay(&mut problems);
        self.check_sites(&mut problems);
        self.check_blocks(&mut problems);
        self.check_variables(&mut problems);
        self.check_correlation(&mut problems);
        if problems.0.is_empty() { Ok(()) } else { Err(problems.0.join("; ")) }
    }

    fn check_dates(&self, problems: &mut Problems) {
        match (self.exam_dates.from.parse::<Date>(), self.exam_dates.to.parse::<Date>()) {
            (Ok(from), Ok(to)) => problems.unless(from <= to, || "`exam_dates.from` lies after `exam_dates.to`".into()),
            _ => problems.0.push("`exam_dates` must be two days written YYYY-MM-DD".into()),
        }
    }

    fn check_assay(&self, problems: &mut Problems) {
        for (name, value) in [
            ("low_ihc_2plus", self.her2.low_ihc_2plus),
            ("positive_ihc_2plus", self.her2.positive_ihc_2plus),
            ("ish_missing", self.her2.ish_missing),
            ("ish_extra", self.her2.ish_extra),
            ("ultralow", self.her2.ultralow),
        ] {
            problems.probability(&format!("`her2.{name}`"), value);
        }
    }

    fn check_sites(&self, problems: &mut Problems) {
        let sites = &self.sites;
        match &sites.layout {
            SiteLayout::Number(count) => {
                problems.unless((1..=1000).contains(count), || format!("`sites.layout` asks for {count} sites; give 1 to 1000"));
            }
            SiteLayout::Listed(list) => {
                let names: BTreeSet<&str> = list.iter().map(|site| site.name.as_str()).collect();
                problems.unless(!list.is_empty() && names.len() == list.len(), || {
                    "`sites.layout` must list at least one site, each under its own name".into()
                });
                problems.unless(sites.external_share.is_none() || !names.contains("external"), || {
                    "a listed site is named `external`, which `external_share` adds".into()
                });
                for site in list {
                    problems.unless(!site.name.trim().is_empty(), || "a site has no name".into());
                    problems.positive(&format!("the share of site `{}`", site.name), site.share);
                    if let Some(prevalence) = &site.prevalence {
                        problems.shares(&format!("the prevalence at site `{}`", site.name), &prevalence.as_array().map(|p| *p));
                    }
                }
            }
        }
        if let Some(share) = sites.external_share {
            problems
                .unless(share > 0.0 && share < 1.0, || format!("`sites.external_share` is {share}; it must lie between 0 and 1"));
        }
        problems.probability("`sites.external_effect`", sites.external_effect);
        problems.not_negative("`sites.location_sd`", sites.location_sd);
        problems.not_negative("`sites.scale_sd_log`", sites.scale_sd_log);
        for (name, value) in
            [("prevalence_concentration", sites.prevalence_concentration), ("missing_concentration", sites.missing_concentration)]
        {
            if let Some(value) = value {
                problems.positive(&format!("`sites.{name}`"), value);
            }
        }
    }

    fn check_blocks(&self, problems: &mut Problems) {
        for (name, block) in &self.block {
            let is_file_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
            problems.unless(is_file_name && name != "clinical", || {
                format!("block `{name}` gives its file its name: letters, digits, `_` and `-` only, and not `clinical`")
            });
            for (contrast, auc) in
                [("positive_vs_negative", block.auc.positive_vs_negative), ("low_vs_zero", block.auc.low_vs_zero)]
            {
                problems.unless((0.5..1.0).contains(&auc), || {
                    format!("`block.{name}.auc.{contrast}` is {auc}; an AUC here is at least 0.5 and below 1")
                });
            }
            let carries = block.auc.positive_vs_negative != 0.5 || block.auc.low_vs_zero != 0.5;
            problems.unless(block.informative >= 2 || (block.informative == 0 && !carries), || {
                format!("`block.{name}.informative` is {}; two scores need at least 2 features", block.informative)
            });
            let total = block.informative + block.noise.count;
            let most = feature_name::capacity(block.features);
            problems.unless((1..=most).contains(&total), || {
                format!("block `{name}` has {total} features; with these names it may have 1 to {most}")
            });
            problems.unless(block.noise.group_size >= 1, || format!("`block.{name}.noise.group_size` must be at least 1"));
            problems.unless((0.0..1.0).contains(&block.noise.correlation), || {
                format!("`block.{name}.noise.correlation` is {}; it must be at least 0 and below 1", block.noise.correlation)
            });
            match &block.missing {
                Missing::Share(share) => problems.probability(&format!("`block.{name}.missing`"), *share),
                Missing::With(other) => {
                    let found = self.block.get(other).is_some_and(|other| matches!(other.missing, Missing::Share(_)));
                    problems.unless(found, || {
                        format!("`block.{name}.missing` follows `{other}`, which is no block with a missing share of its own")
                    });
                }
            }
        }
    }

    fn check_variables(&self, problems: &mut Problems) {
        let mut columns: BTreeSet<&str> = RESERVED_COLUMNS.into_iter().chain(her2::COLUMNS).collect();
        for (name, variable) in &self.variable {
            for column in variable.columns(name) {
                problems.unless(!column.trim().is_empty() && columns.insert(column), || {
                    format!("variable `{name}` would write the column `{column}` a second time, or without a name")
                });
            }
            problems.unless(!self.block.contains_key(&variable.group), || {
                format!("variable `{name}` is in the group `{}`, which is the name of a block", variable.group)
            });
            problems.probability(&format!("`variable.{name}.missing`"), variable.missing);
            self.check_distribution(name, &variable.distribution, problems);
        }
    }

    fn check_distribution(&self, name: &str, distribution: &Distribution, problems: &mut Problems) {
        let at = |field: &str| format!("`variable.{name}.{field}`");
        match distribution {
            Distribution::Normal(law) => {
                for sd in law.sd.as_array() {
                    problems.positive(&at("sd"), *sd);
                }
                problems.unless(law.mean.as_array().iter().all(|mean| mean.is_finite()), || {
                    format!("{} is not a number", at("mean"))
                });
            }
            Distribution::LogNormal(law) => {
                for (median, sd) in law.median.as_array().into_iter().zip(law.sd_log.as_array()) {
                    problems.positive(&at("median"), *median);
                    problems.positive(&at("sd_log"), *sd);
                }
            }
            Distribution::Binary(law) => problems.strict_probability(&at("probability"), &law.probability),
            Distribution::Category(law) => {
                let distinct: BTreeSet<&String> = law.levels.iter().collect();
                problems.unless(distinct.len() == law.levels.len() && distinct.len() >= 2, || {
                    format!("{} must be at least two different names", at("levels"))
                });
                for probability in law.probability.as_array() {
                    problems.unless(probability.len() == law.levels.len(), || {
                        format!("{} gives {} shares for {} levels", at("probability"), probability.len(), law.levels.len())
                    });
                    problems.shares(&at("probability"), probability);
                }
            }
            Distribution::Receptors(law) => {
                problems.strict_probability(&at("hr_positive"), &law.hr_positive);
                problems.strict_probability(&at("pr_positive"), &law.pr_positive);
                problems.probability(&at("low_positive"), law.low_positive);
                let cells = |hr: f64, pr: f64| pr < hr && law.pr_only > 0.0 && law.pr_only * hr < pr;
                let possible =
                    law.hr_positive.as_array().into_iter().zip(law.pr_positive.as_array()).all(|(hr, pr)| cells(*hr, *pr));
                problems.unless(possible, || {
                    format!("variable `{name}`: in every class PR-positive tumours must be fewer than hormone-receptor-positive ones, and `pr_only` leave some with both")
                });
            }
            Distribution::Derived(law) => {
                let numeric =
                    |variable: &Variable| matches!(variable.distribution, Distribution::Normal(_) | Distribution::LogNormal(_));
                problems.unless(self.variable.get(&law.from).is_some_and(numeric), || {
                    format!("{} is `{}`, which is no normal or log-normal variable", at("from"), law.from)
                });
                problems
                    .unless(law.levels.len() == law.cuts.len() + 1, || format!("{} must be one more than `cuts`", at("levels")));
                problems.unless(law.cuts.windows(2).all(|pair| pair[0] < pair[1]), || format!("{} must increase", at("cuts")));
                problems.not_negative(&at("noise_sd"), law.noise_sd);
            }
        }
    }

    fn check_correlation(&self, problems: &mut Problems) {
        let scores = self.score_names();
        for pair in &self.correlation.pairs {
            let [a, b] = &pair.between;
            for name in [a, b] {
                problems.unless(scores.contains(name), || {
                    format!("`correlation.pairs` names `{name}`; there are {}", scores.join(", "))
                });
            }
            problems.unless(a != b, || format!("`correlation.pairs` pairs `{a}` with itself"));
            problems.unless(pair.r.abs() < 1.0, || {
                format!("the correlation of `{a}` and `{b}` is {}; it must lie between -1 and 1", pair.r)
            });
            problems.unless(self.block.contains_key(a) || self.block.contains_key(b) || pair.r == 0.0, || {
                format!("`{a}` and `{b}` are both groups of variables, which are uncorrelated within a class")
            });
        }
        let matrix = self.correlation_matrix();
        problems.unless(Cholesky::new(&matrix).is_some(), || {
            format!("no scores can have these correlations: the matrix of {} is not positive definite", scores.join(", "))
        });
    }

    /// The scores of a cohort: feature blocks, then groups of variables, each in alphabetical order.
    pub(crate) fn score_names(&self) -> Vec<String> {
        let groups: BTreeSet<&String> = self.variable.values().map(|variable| &variable.group).collect();
        self.block.keys().chain(groups).cloned().collect()
    }

    /// Within-class correlation of the scores, in the order of [`CohortPreset::score_names`].
    pub(crate) fn correlation_matrix(&self) -> Vec<Vec<f64>> {
        let names = self.score_names();
        let between = |a: &String, b: &String| {
            let given = self.correlation.pairs.iter().rfind(|pair| pair.between.contains(a) && pair.between.contains(b));
            match (given, self.block.contains_key(a), self.block.contains_key(b)) {
                _ if a == b => 1.0,
                (_, false, false) => 0.0,
                (Some(pair), ..) => pair.r,
                (None, true, true) => self.correlation.between_blocks,
                (None, ..) => self.correlation.block_and_variables,
            }
        };
        names.iter().map(|a| names.iter().map(|b| between(a, b)).collect()).collect()
    }
}
