//! Characteristics by class of outcome ("Table 1").

use crate::learn::Generator;
use crate::modality::clinical::dictionary;
use crate::statistic::anova::anova;
use crate::statistic::contingency::Table;
use crate::statistic::estimate::Defined;
use crate::statistic::fisher_table::{fisher_exact, fisher_monte_carlo};
use crate::statistic::rank_test::{RankSumP, kruskal_wallis, rank_sum};
use crate::statistic::shapiro_wilk::shapiro_wilk;
use crate::statistic::standardised_difference::{
    StandardisedDifference, standardised_difference, standardised_difference_of_levels,
};
use crate::statistic::t_test::{Variances, t_test};
use crate::study::plan::StudyPlan;
use crate::study::results::{Count, Measure, TableOne, TableOneRow};
use crate::study::spec::ModalitySpec;
use crate::table::{ColumnView, FeatureName};

/// A clinical variable of the analysed cases.
pub(super) struct ClinicalColumn {
    pub(super) name: FeatureName,
    pub(super) label: String,
    pub(super) values: ClinicalValues,
}

/// Numbers, or levels by code.
pub(super) enum ClinicalValues {
    Numbers(Vec<Option<f64>>),
    Levels { codes: Vec<Option<usize>>, names: Vec<String> },
}

/// Most distinct whole numbers that are shown as levels rather than as a mean.
const MOST_LEVELS: usize = 6;

/// The columns of clinical modalities, in their order. Where a study has none, there is no Table 1.
pub(super) fn clinical_columns(plan: &StudyPlan) -> Vec<ClinicalColumn> {
    let is_clinical = |name: &str| matches!(plan.spec().modality.get(name), Some(ModalitySpec::Clinical(_)));
    plan.table()
        .columns()
        .filter(|(name, _)| is_clinical(name.modality()))
        .filter_map(|(name, view)| {
            let variable = dictionary::variable(name.name());
            let unit = variable.and_then(|v| v.unit).map_or(String::new(), |unit| format!(" ({unit})"));
            let label = variable.map_or_else(|| spaced(name.name()), |v| format!("{}{unit}", spaced(v.name)));
            let values = match view {
                ColumnView::Scalar(values) => {
                    as_levels(values, name.name()).unwrap_or_else(|| ClinicalValues::Numbers(values.to_vec()))
                }
                ColumnView::Category { codes, levels } => occurring(codes, levels),
                ColumnView::Array(_) => return None,
            };
            Some(ClinicalColumn { name: name.clone(), label, values })
        })
        .collect()
}

/// `mri_mass_shape` → `MRI mass shape`: abbreviations of the field in capitals, the first letter too.
pub(super) fn spaced(name: &str) -> String {
    let capitals = ["mri", "us", "mg", "er", "pr", "hr", "ish", "ihc", "bpe", "fgt", "nme", "adc", "ct", "ln", "her2"];
    let words: Vec<String> = name
        .split(['_', '.'])
        .map(|word| match word {
            word if capitals.contains(&word) => word.to_uppercase(),
            "ki67" => "Ki-67".into(),
            "pct" => "%".into(),
            "birads" => "BI-RADS".into(),
            word => word.to_string(),
        })
        .collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A category with the levels that occur; a dictionary names more, and rows of zeros say nothing.
fn occurring(codes: &[Option<u32>], levels: &[String]) -> ClinicalValues {
    let kept: Vec<u32> = (0..levels.len() as u32).filter(|level| codes.contains(&Some(*level))).collect();
    let place = |code: u32| kept.iter().position(|level| *level == code);
    ClinicalValues::Levels {
        codes: codes.iter().map(|code| code.and_then(place)).collect(),
        names: kept.iter().map(|level| levels[*level as usize].clone()).collect(),
    }
}

/// Numbers that are levels: those of the dictionary, else a few whole numbers.
fn as_levels(values: &[Option<f64>], name: &str) -> Option<ClinicalValues> {
    let mut distinct: Vec<f64> = values.iter().flatten().copied().collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let known = dictionary::variable(name).map(|variable| variable.levels).unwrap_or_default();
    let named = |x: f64| known.iter().find(|level| level.code == Some(x)).map(|level| level.name.to_string());
    let all_known = !known.is_empty() && distinct.iter().all(|&x| named(x).is_some());
    if !all_known && (distinct.is_empty() || distinct.len() > MOST_LEVELS || distinct.iter().any(|x| x.fract() != 0.0)) {
        return None;
    }
    let names: Vec<String> = match distinct.as_slice() {
        [a, b] if !all_known && *a == 0.0 && *b == 1.0 => vec!["no".into(), "yes".into()],
        _ => distinct.iter().map(|&x| named(x).unwrap_or_else(|| x.to_string())).collect(),
    };
    let code = |x: &Option<f64>| x.and_then(|x| distinct.iter().position(|known| *known == x));
    Some(ClinicalValues::Levels { codes: values.iter().map(code).collect(), names })
}

/// Table 1, or nothing where the study has no clinical table.
pub(super) fn table_one(plan: &StudyPlan, columns: &[ClinicalColumn]) -> Option<TableOne> {
    if columns.is_empty() {
        return None;
    }
    let cohort = plan.cohort();
    let class: Vec<usize> = cohort.outcome().iter().map(|&class| class as usize).collect();
    let classes = cohort.classes().len();
    let count = |k: usize| class.iter().filter(|&&c| c == k).count();
    let groups = cohort.classes().iter().enumerate().map(|(k, name)| Count { name: name.clone(), n: count(k) }).collect();
    let mut rows = Vec::new();
    for column in columns {
        match &column.values {
            ClinicalValues::Numbers(values) => rows.push(numeric_row(&column.label, values, &class, classes)),
            ClinicalValues::Levels { codes, names } => {
                let mut generator = cohort.seed().generator(&format!("Table 1, {}", column.name));
                rows.extend(level_rows(&column.label, codes, names, &class, classes, &mut generator));
            }
        }
    }
    let notes = vec![
        "Numbers are mean (SD) where compatible with a normal distribution in every class (Shapiro–Wilk p ≥ 0.05), otherwise median \
         (interquartile range); categories are n (%) of the cases in which they are known."
            .to_string(),
        "Tests: Welch t or Mann–Whitney for two classes, analysis of variance or Kruskal–Wallis for more; χ², or Fisher's exact test \
         where an expected count is below 5. p values are not corrected for multiplicity and describe the sample."
            .to_string(),
        "SMD: standardised mean difference, averaged over pairs of classes.".to_string(),
    ];
    Some(TableOne { groups, rows, notes })
}

fn numeric_row(label: &str, values: &[Option<f64>], class: &[usize], classes: usize) -> TableOneRow {
    let group = |k: usize| -> Vec<f64> { values.iter().zip(class).filter(|(_, c)| **c == k).filter_map(|(x, _)| *x).collect() };
    let groups: Vec<Vec<f64>> = (0..classes).map(group).collect();
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let normal = slices.iter().all(|group| shapiro_wilk(group).is_ok_and(|test| test.p >= 0.05));
    let all: Vec<f64> = values.iter().flatten().copied().collect();
    let (test, p) = match (normal, slices.as_slice()) {
        (true, [a, b]) => ("Welch t", t_test(a, b, Variances::Unequal, 0.95).map(|t| t.test.p)),
        (false, [a, b]) => ("Mann–Whitney", rank_sum(a, b, RankSumP::NormalCorrected).map(|t| t.p)),
        (true, groups) => ("analysis of variance", anova(groups).map(|t| t.p)),
        (false, groups) => ("Kruskal–Wallis", kruskal_wallis(groups).map(|t| t.p)),
    };
    TableOneRow {
        label: label.to_string(),
        indent: 0,
        overall: summary(&all, normal),
        groups: groups.iter().map(|group| summary(group, normal)).collect(),
        missing: Some(values.iter().filter(|x| x.is_none()).count()),
        test: p.is_ok().then(|| test.to_string()),
        p: p.ok(),
        smd: Some(smd(standardised_difference(&slices))),
    }
}

/// Mean (SD) or median (quartiles), to three significant digits of the spread.
fn summary(values: &[f64], normal: bool) -> String {
    if values.is_empty() {
        return "–".to_string();
    }
    let quantile = |p| crate::statistic::quantile::quantile(values, p).unwrap_or(f64::NAN);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
    let spread = if normal { sd } else { quantile(0.75) - quantile(0.25) };
    let digits = if spread >= 10.0 || spread == 0.0 { 1 } else { (1.0 - spread.log10().floor()).clamp(1.0, 6.0) as usize };
    if normal {
        format!("{mean:.digits$} ({sd:.digits$})")
    } else {
        format!("{:.digits$} ({:.digits$}–{:.digits$})", quantile(0.5), quantile(0.25), quantile(0.75))
    }
}

fn smd(difference: Defined<StandardisedDifference>) -> Measure {
    difference.map_or_else(Measure::undefined, |difference| Measure::of(difference.average))
}

fn level_rows(
    label: &str,
    codes: &[Option<usize>],
    names: &[String],
    class: &[usize],
    classes: usize,
    generator: &mut Generator,
) -> Vec<TableOneRow> {
    let mut counts = vec![vec![0u64; classes]; names.len()];
    for (code, &k) in codes.iter().zip(class) {
        if let Some(code) = code {
            counts[*code][k] += 1;
        }
    }
    let per_class: Vec<u64> = (0..classes).map(|k| counts.iter().map(|row| row[k]).sum()).collect();
    let all: u64 = per_class.iter().sum();
    let share = |n: u64, of: u64| if of == 0 { "–".to_string() } else { format!("{n} ({:.1}%)", 100.0 * n as f64 / of as f64) };
    let table = Table::new(counts.clone()).and_then(|table| table.without_empty());
    let (test, p) = match &table {
        Ok(table) if table.smallest_expected() < 5.0 => {
            let exact = fisher_exact(table, 2_000_000);
            match exact {
                Ok(p) => (Some("Fisher exact"), Ok(p)),
                Err(_) => (Some("Fisher exact (Monte Carlo)"), fisher_monte_carlo(table, 20_000, generator)),
            }
        }
        Ok(table) => (Some("χ²"), table.chi_square(false).map(|test| test.p)),
        Err(reason) => (None, Err(reason.clone())),
    };
    let smd = smd(table.and_then(|table| standardised_difference_of_levels(&table)));
    let head = TableOneRow {
        label: label.to_string(),
        indent: 0,
        overall: String::new(),
        groups: vec![String::new(); classes],
        missing: Some(codes.iter().filter(|code| code.is_none()).count()),
        test: test.filter(|_| p.is_ok()).map(String::from),
        p: p.ok(),
        smd: Some(smd),
    };
    let row = |(name, counts): (&String, &Vec<u64>)| TableOneRow {
        label: name.clone(),
        indent: 1,
        overall: share(counts.iter().sum(), all),
        groups: counts.iter().zip(&per_class).map(|(n, of)| share(*n, *of)).collect(),
        missing: None,
        test: None,
        p: None,
        smd: None,
    };
    // Two levels, no and yes: one row says it all.
    if let [no, yes] = names
        && ["no", "negative"].contains(&no.as_str())
    {
        let mut only = row((yes, &counts[1]));
        only.label = format!("{label}: {yes}");
        return vec![TableOneRow { indent: 0, missing: head.missing, test: head.test, p: head.p, smd: head.smd, ..only }];
    }
    std::iter::once(head).chain(names.iter().zip(&counts).map(row)).collect()
}
