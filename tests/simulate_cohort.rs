//! A simulated cohort must be what its truth says: every number here is checked against a closed form of the preset, within the
//! error of a sample of that size.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ndarray::{Array1, Array2, Axis};
use vbx::error::Error;
use vbx::simulate::binormal::{self, Cholesky};
use vbx::simulate::class::{Contrast, Her2Class};
use vbx::simulate::preset::{BUILT_IN, Distribution, FeatureNames, SiteLayout};
use vbx::simulate::truth::MadeOf;
use vbx::simulate::variable::Cell;
use vbx::simulate::{
    self, CohortPreset, Design, Format, IfPresent, SimulatedCohort, Truth, WriteOptions, feature_name, in_memory, write,
    write_with,
};

use vbx::table::{PlainColumn, PlainTable};

const N: usize = 20_000;

fn preset(name: &str, n: usize) -> CohortPreset {
    CohortPreset { n, ..simulate::preset(name).unwrap() }
}

fn parse(toml: &str) -> Result<CohortPreset, Error> {
    CohortPreset::parse(toml, "test.toml", None)
}

// Statistics of the test's own ------------------------------------------------------------------------------------------------------

/// AUC by ranks, ties counting one half.
fn auc(events: &[f64], others: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = events.iter().map(|x| (*x, true)).chain(others.iter().map(|x| (*x, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    for tied in all.chunk_by(|a, b| a.0 == b.0) {
        let events = tied.iter().filter(|(_, event)| *event).count() as f64;
        let others = tied.len() as f64 - events;
        wins += events * (below + 0.5 * others);
        below += others;
    }
    wins / (events.len() as f64 * others.len() as f64)
}

/// Standard error of an AUC (Hanley and McNeil).
fn auc_error(auc: f64, events: usize, others: usize) -> f64 {
    let (m, n) = (events as f64, others as f64);
    let (q1, q2) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
    ((auc * (1.0 - auc) + (m - 1.0) * (q1 - auc * auc) + (n - 1.0) * (q2 - auc * auc)) / (m * n)).sqrt()
}

/// Scores of the events and of the others of a contrast, over the chosen patients.
fn split(cohort: &SimulatedCohort, contrast: Contrast, score: impl Fn(usize) -> Option<f64>) -> (Vec<f64>, Vec<f64>) {
    let (mut events, mut others) = (Vec::new(), Vec::new());
    for (patient, class) in cohort.class.iter().enumerate() {
        match (contrast.is_event(*class), score(patient)) {
            (Some(true), Some(score)) => events.push(score),
            (Some(false), Some(score)) => others.push(score),
            _ => {}
        }
    }
    (events, others)
}

fn auc_of(cohort: &SimulatedCohort, contrast: Contrast, score: impl Fn(usize) -> Option<f64>) -> f64 {
    let (events, others) = split(cohort, contrast, score);
    auc(&events, &others)
}

/// Fisher's linear discriminant by its normal equations: pooled within-class covariance ⋅ w = difference of means.
fn discriminant(events: &Array2<f64>, others: &Array2<f64>) -> Array1<f64> {
    let centred = |x: &Array2<f64>| x - &x.mean_axis(Axis(0)).unwrap();
    let scatter = |x: Array2<f64>| x.t().dot(&x);
    let within = (scatter(centred(events)) + scatter(centred(others))) / (events.nrows() + others.nrows() - 2) as f64;
    let difference = events.mean_axis(Axis(0)).unwrap() - others.mean_axis(Axis(0)).unwrap();
    // To unit variances first: the features' own units span five orders of magnitude.
    let sd = within.diag().mapv(f64::sqrt);
    let rows: Vec<Vec<f64>> = (0..sd.len()).map(|i| (0..sd.len()).map(|j| within[[i, j]] / (sd[i] * sd[j])).collect()).collect();
    let weights = Cholesky::new(&rows).unwrap().solve((&difference / &sd).as_slice().unwrap());
    Array1::from(weights) / sd
}

/// AUC of a discriminant refitted to a matrix of columns, on the rows that have no missing value.
fn refitted_auc(cohort: &SimulatedCohort, contrast: Contrast, columns: &Array2<f64>) -> f64 {
    let rows = |wanted: bool| {
        let chosen: Vec<usize> = (0..cohort.class.len())
            .filter(|&i| contrast.is_event(cohort.class[i]) == Some(wanted) && columns[[i, 0]].is_finite())
            .collect();
        columns.select(Axis(0), &chosen)
    };
    let (events, others) = (rows(true), rows(false));
    let weights = discriminant(&events, &others);
    auc(&events.dot(&weights).to_vec(), &others.dot(&weights).to_vec())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn sd(values: &[f64]) -> f64 {
    let centre = mean(values);
    (values.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    let cross: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    cross / ((a.len() - 1) as f64 * sd(a) * sd(b))
}

/// Scores of one block or group, for one contrast, in order of the patients.
fn score(cohort: &SimulatedCohort, name: &str, contrast: Contrast) -> Vec<f64> {
    let index = cohort.truth.scores.iter().position(|score| score.name == name).unwrap();
    cohort.scores[index].iter().map(|score| score.get(contrast)).collect()
}

fn column<'a>(cohort: &'a SimulatedCohort, name: &str) -> &'a [Cell] {
    let index = cohort.clinical_columns.iter().position(|column| column.name == name).unwrap();
    &cohort.clinical[index]
}

fn level(cohort: &SimulatedCohort, name: &str, patient: usize) -> Option<String> {
    let found = cohort.clinical_columns.iter().find(|column| column.name == name).unwrap();
    match (column(cohort, name)[patient], &found.levels) {
        (Cell::Level(level), Some(levels)) => Some(levels[level].clone()),
        _ => None,
    }
}

// AUCs ----------------------------------------------------------------------------------------------------------------------------

#[test]
fn every_block_reaches_its_target_by_its_known_coefficients_and_by_a_refit() {
    let preset = preset("small", N);
    let design = Design::new(&preset).unwrap();
    let cohort = in_memory(&preset).unwrap();
    for (index, block) in cohort.blocks.iter().enumerate() {
        let target = preset.block[&block.name].auc;
        for contrast in Contrast::ALL {
            let of_row = |patient: usize| {
                let effects = &design.sites()[cohort.site[patient]].effects[index];
                let row = block.values.row(patient);
                block.examined[patient].then(|| design.blocks()[index].score(contrast, row.iter().copied(), effects))
            };
            let drawn = score(&cohort, &block.name, contrast);
            for (patient, drawn) in drawn.iter().enumerate() {
                // The file's six to seven digits are what separates the two.
                assert!(of_row(patient).is_none_or(|recovered| (recovered - drawn).abs() < 1e-4));
            }
            let known = auc_of(&cohort, contrast, of_row);
            let refit = refitted_auc(&cohort, contrast, &block.values);
            assert!((known - target.get(contrast)).abs() < 0.01, "{}: {known}", block.name);
            assert!((refit - target.get(contrast)).abs() < 0.01, "{}: {refit}", block.name);
        }
    }
}

#[test]
fn groups_of_variables_have_the_auc_that_their_laws_imply() {
    let cohort = in_memory(&preset("default", N)).unwrap();
    for truth in cohort.truth.scores.iter().filter(|score| score.made_of == MadeOf::Variables) {
        for contrast in Contrast::ALL {
            let scores = score(&cohort, &truth.name, contrast);
            let found = auc_of(&cohort, contrast, |patient| Some(scores[patient]));
            assert!((found - truth.auc.get(contrast)).abs() < 0.01, "{}: {found}", truth.name);
        }
    }
}

#[test]
fn fusion_reaches_the_binormal_formula_and_nothing_more() {
    let cohort = in_memory(&preset("regions", N)).unwrap();
    let truth = &cohort.truth;
    let fused_sets: [&[&str]; 3] = [&["mri", "ultrasound"], &["habitat", "mri", "peritumoral"], &[]];
    for names in fused_sets {
        let expected = if names.is_empty() { truth.fused_blocks.clone() } else { truth.fused(names).unwrap() };
        for contrast in Contrast::ALL {
            let columns: Vec<Vec<f64>> = expected.of.iter().map(|name| score(&cohort, name, contrast)).collect();
            let fuse = |patient: usize| {
                columns.iter().zip(&expected.weights).map(|(column, weight)| weight.get(contrast) * column[patient]).sum()
            };
            let known = auc_of(&cohort, contrast, |patient| Some(fuse(patient)));
            let matrix = Array2::from_shape_fn((N, columns.len()), |(patient, column)| columns[column][patient]);
            let refit = refitted_auc(&cohort, contrast, &matrix);
            assert!((known - expected.auc.get(contrast)).abs() < 0.01, "{known}");
            assert!((refit - expected.auc.get(contrast)).abs() < 0.01, "{refit}");
        }
    }
    // Everything together, by the true class probabilities: Neyman–Pearson's optimum.
    let by_probability = |contrast: Contrast| {
        auc_of(&cohort, contrast, |patient| {
            let [zero, low, positive] = cohort.probability[patient];
            Some(match contrast {
                Contrast::PositiveVsNegative => positive,
                Contrast::LowVsZero => low / (zero + low),
            })
        })
    };
    for contrast in Contrast::ALL {
        let found = by_probability(contrast);
        assert!((found - truth.fused_all.auc.get(contrast)).abs() < 0.01, "{found}");
        assert!(truth.fused_all.auc.get(contrast) > truth.fused_blocks.auc.get(contrast));
    }
}

#[test]
fn two_scores_alone_reach_the_textbook_value_in_a_large_sample() {
    let toml = "n = 200000\ncorrelation = { between_blocks = 0.35 }\n\
                [block.a]\nauc = { positive_vs_negative = 0.8, low_vs_zero = 0.7 }\ninformative = 2\nnoise = { count = 0 }\n\
                [block.b]\nauc = { positive_vs_negative = 0.65, low_vs_zero = 0.5 }\ninformative = 3\nnoise = { count = 0 }\n";
    let cohort = in_memory(&parse(toml).unwrap()).unwrap();
    // d = √2 Φ⁻¹(0.8) = 1.190232, √2 Φ⁻¹(0.65) = 0.544925; D² = (d₁² + d₂² − 2 r d₁ d₂)/(1 − r²).
    let (d1, d2, r) = (1.190_232f64, 0.544_925f64, 0.35f64);
    let expected = ((d1 * d1 + d2 * d2 - 2.0 * r * d1 * d2) / (1.0 - r * r)).sqrt();
    let fused = cohort.truth.fused(&["a", "b"]).unwrap();
    assert!((fused.d.positive_vs_negative - expected).abs() < 1e-5);

    let all = cohort.blocks.iter().map(|block| block.values.view()).collect::<Vec<_>>();
    let columns = ndarray::concatenate(Axis(1), &all).unwrap();
    for contrast in Contrast::ALL {
        let target = fused.auc.get(contrast);
        let (events, others) = split(&cohort, contrast, |_| Some(0.0));
        let error = auc_error(target, events.len(), others.len());
        let found = refitted_auc(&cohort, contrast, &columns);
        assert!((found - target).abs() < 4.0 * error, "{found} is not {target} ± {error}");
    }
}

#[test]
fn without_effects_nothing_separates_the_classes() {
    let cohort = in_memory(&preset("null", N)).unwrap();
    for contrast in Contrast::ALL {
        let (events, others) = split(&cohort, contrast, |_| Some(0.0));
        let limit = 4.0 * auc_error(0.5, events.len(), others.len());
        for truth in &cohort.truth.scores {
            assert_eq!(truth.auc.get(contrast), 0.5);
            let scores = score(&cohort, &truth.name, contrast);
            let found = auc_of(&cohort, contrast, |patient| Some(scores[patient]));
            assert!((found - 0.5).abs() < limit, "{}: {found}", truth.name);
        }
        for name in ["er_pct", "pr_pct", "ki67_pct", "adc", "size_mm", "mri_rim"] {
            let cells = column(&cohort, name);
            let value = |patient: usize| match cells[patient] {
                Cell::Number(value) => Some(value),
                _ => None,
            };
            let found = auc_of(&cohort, contrast, value);
            assert!((found - 0.5).abs() < 1.1 * limit, "{name}: {found}");
        }
    }
    assert_eq!(cohort.truth.fused_all.auc.positive_vs_negative, 0.5);
    for probability in &cohort.probability {
        // Nothing measured tells the classes apart, so that everyone's probability is the prevalence.
        for (found, prevalence) in probability.iter().zip([0.29, 0.41, 0.30]) {
            assert!((found - prevalence).abs() < 1e-12);
        }
    }
}

// The truth of each patient -----------------------------------------------------------------------------------------------------

#[test]
fn class_probabilities_are_calibrated_at_every_site_and_in_every_tenth() {
    let mut preset = preset("multisite", N);
    // Weak effects at the external site, so that probabilities computed without regard to it would be far too sure there.
    preset.sites.external_effect = 0.3;
    let cohort = in_memory(&preset).unwrap();
    for class in Her2Class::ALL {
        let mut by_place: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for patient in 0..N {
            let p = cohort.probability[patient][class.index()];
            let happened = f64::from(cohort.class[patient] == class);
            let (site, tenth) = (cohort.site[patient], (p * 10.0) as usize);
            by_place.entry(format!("site {site}")).or_default().push((p, happened));
            by_place.entry(format!("site {site}, tenth {tenth}")).or_default().push((p, happened));
        }
        for (place, pairs) in by_place {
            let excess: f64 = pairs.iter().map(|(p, happened)| happened - p).sum();
            let variance: f64 = pairs.iter().map(|(p, _)| p * (1.0 - p)).sum();
            // 165 such sums: beyond 4 standard errors by chance about once in 100 seeds.
            assert!(excess.abs() < 4.0 * variance.sqrt().max(1.0), "{class}, {place}: {excess} of {}", pairs.len());
        }
    }
    for [zero, low, positive] in &cohort.probability {
        assert!((zero + low + positive - 1.0).abs() < 1e-12);
    }
}

#[test]
fn scores_correlate_within_classes_as_stated() {
    let cohort = in_memory(&preset("regions", N)).unwrap();
    let truth = &cohort.truth;
    for contrast in Contrast::ALL {
        for class in Her2Class::ALL.into_iter().filter(|class| contrast.is_event(*class).is_some()) {
            let members: Vec<usize> = (0..N).filter(|&patient| cohort.class[patient] == class).collect();
            let of = |name: &str| {
                let all = score(&cohort, name, contrast);
                members.iter().map(|&patient| all[patient]).collect::<Vec<f64>>()
            };
            let columns: Vec<Vec<f64>> = truth.scores.iter().map(|score| of(&score.name)).collect();
            for (i, a) in truth.scores.iter().enumerate() {
                for (j, b) in truth.scores.iter().enumerate().take(i) {
                    let expected = truth.correlation[i][j];
                    let found = correlation(&columns[i], &columns[j]);
                    let error = (1.0 - expected * expected) / (members.len() as f64).sqrt();
                    assert!((found - expected).abs() < 4.5 * error, "{contrast:?} {class} {} {}: {found}", a.name, b.name);
                }
                if a.made_of == MadeOf::Features {
                    let (found, n) = (sd(&columns[i]), members.len() as f64);
                    assert!((found - 1.0).abs() < 4.5 / (2.0 * n).sqrt(), "{contrast:?} {class} {}: {found}", a.name);
                }
            }
        }
    }
    // A positive tumour says nothing on low against zero that a negative one would not: the block's second score is as theirs.
    for name in ["mri", "ultrasound"] {
        let second = score(&cohort, name, Contrast::LowVsZero);
        let found = auc_of(&cohort, Contrast::PositiveVsNegative, |patient| Some(second[patient]));
        assert!((found - 0.5).abs() < 0.016, "{name}: {found}");
    }
}

#[test]
fn features_are_independent_where_informative_and_correlated_in_groups_where_not() {
    let preset = preset("default", N);
    let design = Design::new(&preset).unwrap();
    let cohort = in_memory(&preset).unwrap();
    for (design, block) in design.blocks().iter().zip(&cohort.blocks) {
        let d = |contrast| binormal::separation(preset.block[&block.name].auc.get(contrast));
        let of_class = |feature: usize, class: Her2Class| -> Vec<f64> {
            let rows = (0..N).filter(|&patient| cohort.class[patient] == class && block.examined[patient]);
            rows.map(|patient| {
                (block.values[[patient, feature]] - design.features[feature].centre) / design.features[feature].scale
            })
            .collect()
        };
        let zero: Vec<Vec<f64>> = (0..design.features.len()).map(|feature| of_class(feature, Her2Class::Zero)).collect();
        let n = zero[0].len() as f64;
        for (i, feature) in design.features.iter().enumerate() {
            // Reference class: mean 0, variance 1; HER2-low: shifted by its share of the block's separation.
            assert!(mean(&zero[i]).abs() < 4.5 / n.sqrt(), "{}", feature.name);
            assert!((sd(&zero[i]) - 1.0).abs() < 4.5 / (2.0 * n).sqrt(), "{}", feature.name);
            let low = mean(&of_class(i, Her2Class::Low));
            let expected = feature.coefficient.low_vs_zero * d(Contrast::LowVsZero);
            assert!((low - expected).abs() < 4.5 / n.sqrt(), "{}: {low}, not {expected}", feature.name);
            for (j, other) in design.features.iter().enumerate().take(i).skip(i.saturating_sub(12)) {
                let expected = match (feature.noise_group, other.noise_group) {
                    (Some(a), Some(b)) if a == b => preset.block[&block.name].noise.correlation,
                    _ => 0.0,
                };
                let found = correlation(&zero[i], &zero[j]);
                // About 5,000 pairs: 5 standard errors.
                assert!((found - expected).abs() < 5.0 / n.sqrt(), "{} {}: {found}", feature.name, other.name);
            }
        }
        let informative = design.features.iter().filter(|feature| feature.noise_group.is_none()).count();
        assert_eq!(informative, preset.block[&block.name].informative);
        for contrast in Contrast::ALL {
            let length: f64 = design.features.iter().map(|feature| feature.coefficient.get(contrast).powi(2)).sum();
            assert!((length - 1.0).abs() < 1e-12);
        }
    }
}

// Clinical data -----------------------------------------------------------------------------------------------------------------

#[test]
fn clinical_data_follow_the_preset() {
    let preset = preset("default", N);
    let cohort = in_memory(&preset).unwrap();
    let share = |class: Option<Her2Class>, yes: &dyn Fn(usize) -> Option<bool>| -> (f64, usize) {
        let inside = (0..N).filter(|&patient| class.is_none_or(|class| cohort.class[patient] == class));
        let answers: Vec<bool> = inside.filter_map(yes).collect();
        (answers.iter().filter(|yes| **yes).count() as f64 / answers.len() as f64, answers.len())
    };
    let close = |what: &str, (found, n): (f64, usize), expected: f64| {
        let error = (expected * (1.0 - expected) / n as f64).sqrt();
        assert!((found - expected).abs() < 4.0 * error, "{what}: {found} of {n}, not {expected}");
    };
    let number = |name: &str, patient: usize| match column(&cohort, name)[patient] {
        Cell::Number(value) => Some(value),
        _ => None,
    };
    for (class, expected) in Her2Class::ALL.into_iter().zip([0.29, 0.41, 0.30]) {
        close("prevalence", share(None, &|patient| Some(cohort.class[patient] == class)), expected);
    }
    // Receptor rates of section 4 of the domain file.
    for (class, hr, pr, grade3) in
        [(Her2Class::Zero, 0.756, 0.62, 0.388), (Her2Class::Low, 0.896, 0.75, 0.294), (Her2Class::Positive, 0.63, 0.45, 0.55)]
    {
        let positive = |name: &'static str| move |patient: usize| number(name, patient).map(|percent| percent >= 1.0);
        let either = |patient: usize| Some(positive("er_pct")(patient)? || positive("pr_pct")(patient)?);
        close("HR", share(Some(class), &either), hr);
        close("PR", share(Some(class), &positive("pr_pct")), pr);
        close("grade 3", share(Some(class), &|patient| level(&cohort, "grade", patient).map(|grade| grade == "3")), grade3);
        let Distribution::LogNormal(law) = &preset.variable["ki67_pct"].distribution else { panic!() };
        let (median, sd_log) = (law.median.as_array()[class.index()], law.sd_log.as_array()[class.index()]);
        let mut values: Vec<f64> = (0..N).filter(|&p| cohort.class[p] == class).filter_map(|p| number("ki67_pct", p)).collect();
        values.sort_by(f64::total_cmp);
        // Standard error of a median, 1.2533 σ/√n on the logarithmic scale; values are written as whole per cents.
        let limit = 4.0 * 1.2533 * sd_log / (values.len() as f64).sqrt() * median + 0.5;
        assert!((values[values.len() / 2] - median).abs() < limit, "Ki-67 of {class}: {}", values[values.len() / 2]);
        assert!(values[0] >= 1.0 && values[values.len() - 1] <= 98.0);
        let Distribution::Normal(law) = &preset.variable["adc_peri"].distribution else { panic!() };
        let values: Vec<f64> = (0..N).filter(|&p| cohort.class[p] == class).filter_map(|p| number("adc_peri", p)).collect();
        let (expected, spread) = (law.mean.as_array()[class.index()], law.sd.as_array()[class.index()]);
        assert!((mean(&values) - expected).abs() < 4.0 * spread / (values.len() as f64).sqrt());
        assert!((sd(&values) - spread).abs() < 4.0 * spread / (2.0 * values.len() as f64).sqrt());
    }
    // Missing values and examinations, at random.
    close("Ki-67 missing", share(None, &|patient| Some(number("ki67_pct", patient).is_none())), 0.03);
    for block in &cohort.blocks {
        let expected = match preset.block[&block.name].missing {
            simulate::preset::Missing::Share(share) => share,
            _ => panic!(),
        };
        close("no examination", share(None, &|patient| Some(!block.examined[patient])), expected);
        let (with, without) = split(&cohort, Contrast::PositiveVsNegative, |patient| Some(f64::from(block.examined[patient])));
        assert!((auc(&with, &without) - 0.5).abs() < 0.01, "missing at random");
    }
    // T stage agrees with size wherever both are known, and menopause with age.
    for patient in 0..N {
        if let (Some(size), Some(stage)) = (number("size_mm", patient), level(&cohort, "t_stage", patient)) {
            let possible: &[&str] = match size {
                s if s < 20.0 => &["T1"],
                20.0 => &["T1", "T2"],
                s if s < 50.0 => &["T2"],
                50.0 => &["T2", "T3"],
                _ => &["T3"],
            };
            assert!(possible.contains(&stage.as_str()), "{size} mm is {stage}");
        }
    }
    // The guideline reads the class back, except where IHC 2+ was left without ISH.
    let mut indeterminate = 0;
    for patient in 0..N {
        let ihc = level(&cohort, "her2_ihc", patient).unwrap();
        let class = match (ihc.as_str(), level(&cohort, "her2_ish", patient).as_deref()) {
            ("0", None | Some("neg")) => Some(Her2Class::Zero),
            ("1+", None | Some("neg")) | ("2+", Some("neg")) => Some(Her2Class::Low),
            ("2+", Some("pos")) | ("3+", None | Some("pos")) => Some(Her2Class::Positive),
            ("2+", None) => None,
            contradiction => panic!("{contradiction:?}"),
        };
        indeterminate += usize::from(class.is_none());
        assert!(class.is_none_or(|class| class == cohort.class[patient]));
    }
    let equivocal = 0.41 * 0.40 + 0.30 * 0.18;
    close("indeterminate", (indeterminate as f64 / N as f64, N), equivocal * 0.06);
}

// Sites -------------------------------------------------------------------------------------------------------------------------

#[test]
fn sites_shift_features_as_stated_and_the_external_one_is_weaker() {
    let mut preset = preset("multisite", N);
    preset.sites.layout = SiteLayout::Number(7);
    let design = Design::new(&preset).unwrap();
    let cohort = in_memory(&preset).unwrap();
    let external = design.sites().iter().position(|site| site.external).unwrap();
    let (mut locations, mut scales) = (Vec::new(), Vec::new());
    for (index, (block_design, block)) in design.blocks().iter().zip(&cohort.blocks).enumerate() {
        for (position, site) in design.sites().iter().enumerate() {
            let rows: Vec<usize> = (0..N).filter(|&i| cohort.site[i] == position && block.examined[i]).collect();
            let n = rows.len() as f64;
            for (column, feature) in block_design.features.iter().enumerate().filter(|(_, f)| f.noise_group.is_some()) {
                let values: Vec<f64> =
                    rows.iter().map(|&row| (block.values[[row, column]] - feature.centre) / feature.scale).collect();
                let effect = site.effects[index][column];
                assert!((mean(&values) - effect.location).abs() < 5.0 * effect.scale / n.sqrt());
                assert!((sd(&values) / effect.scale - 1.0).abs() < 5.0 / (2.0 * n).sqrt());
                locations.push(mean(&values));
                scales.push(sd(&values).ln());
            }
        }
        let target = preset.block[&block.name].auc;
        for contrast in Contrast::ALL {
            let scores = score(&cohort, &block.name, contrast);
            let at = |wanted: bool| {
                let score = |patient: usize| ((cohort.site[patient] == external) == wanted).then(|| scores[patient]);
                let (events, others) = split(&cohort, contrast, score);
                (auc(&events, &others), events.len(), others.len())
            };
            for (outside, effect) in [(false, 1.0), (true, 0.85)] {
                let expected = binormal::auc(effect * binormal::separation(target.get(contrast)));
                let (found, events, others) = at(outside);
                let error = auc_error(expected, events, others);
                assert!((found - expected).abs() < 4.0 * error, "{} {contrast:?} {outside}: {found}, not {expected}", block.name);
            }
        }
    }
    // Over 3,000 draws: the standard error of a standard deviation is about 1.3 %.
    assert!((sd(&locations) - 0.4).abs() < 0.02, "{}", sd(&locations));
    assert!((sd(&scales) - 0.15).abs() < 0.01, "{}", sd(&scales));
    // Prevalence differs between sites as drawn, and patients follow it.
    let mut zero_shares = BTreeSet::new();
    for (position, site) in design.sites().iter().enumerate() {
        let members: Vec<usize> = (0..N).filter(|&patient| cohort.site[patient] == position).collect();
        assert!((members.len() as f64 / N as f64 - site.share).abs() < 4.0 * (site.share * (1.0 - site.share) / N as f64).sqrt());
        for class in Her2Class::ALL {
            let p = site.prevalence[class.index()];
            let found = members.iter().filter(|&&patient| cohort.class[patient] == class).count() as f64 / members.len() as f64;
            assert!((found - p).abs() < 4.0 * (p * (1.0 - p) / members.len() as f64).sqrt());
        }
        zero_shares.insert((site.prevalence[0] * 1e6) as u64);
    }
    assert_eq!(zero_shares.len(), 8);
    assert!((design.sites()[external].share - 0.2).abs() < 1e-12);
}

// Reproducibility ---------------------------------------------------------------------------------------------------------------

fn folder_content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut content = BTreeMap::new();
    for part in ["", "truth"] {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                content.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    content
}

fn written(preset: &CohortPreset, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("cohort");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut done = 0;
    pool.install(|| write_with(preset, &folder, WriteOptions::default(), &mut |n| done += n)).unwrap();
    assert_eq!(done, preset.n);
    folder_content(&folder)
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_from_the_preset_that_was_written() {
    let preset = preset("multisite", 3000);
    let one = written(&preset, 1);
    assert_eq!(one.len(), 4 + 1 + 5);
    assert!(one == written(&preset, 4));
    let resolved = String::from_utf8(one["truth/preset.toml"].clone()).unwrap();
    let again = written(&parse(&resolved).unwrap(), 2);
    for (file, content) in &one {
        // The truth quotes the preset as given, and only that differs: it no longer extends another.
        assert!(file == "truth/truth.json" || *content == again[file], "{file}");
    }
    let other = written(&CohortPreset { seed: preset.seed + 1, ..preset }, 2);
    assert!(one["mri.csv"] != other["mri.csv"]);
}

#[test]
fn the_first_patients_are_the_same_however_many_follow() {
    let few = written(&preset("multisite", 50), 2);
    let many = written(&preset("multisite", 500), 2);
    for file in ["clinical.csv", "mri.csv", "ultrasound.csv", "mammography.csv", "truth/latent.csv"] {
        assert!(many[file].starts_with(&few[file]), "{file}");
        assert!(many[file].len() > few[file].len());
    }
    // A block more leaves the features of the others' noise as they were: each has its own stream.
    let extended = parse(
        "extends = \"multisite\"\nn = 50\n[block.thermography]\nauc = { positive_vs_negative = 0.5, low_vs_zero = 0.5 }\ninformative = 0",
    );
    let extended = Design::new(&extended.unwrap()).unwrap();
    let plain = Design::new(&preset("multisite", 50)).unwrap();
    for index in 0..50 {
        let (a, b) = (plain.patient(index), extended.patient(index));
        assert_eq!((a.class, a.site, a.exam_date, &a.clinical), (b.class, b.site, b.exam_date, &b.clinical));
        let noise = |design: &Design, features: &Option<Vec<f32>>| -> Option<Vec<f32>> {
            let block = design.blocks().iter().find(|block| block.name == "mri").unwrap();
            let columns = block.features.iter().zip(features.as_ref()?);
            Some(columns.filter(|(feature, _)| feature.noise_group.is_some()).map(|(_, value)| *value).collect())
        };
        let mri = |design: &Design| design.blocks().iter().position(|block| block.name == "mri").unwrap();
        let (first, second) = (noise(&plain, &a.features[mri(&plain)]), noise(&extended, &b.features[mri(&extended)]));
        if let (Some(first), Some(second)) = (first, second) {
            assert_eq!(first, second);
        }
    }
}

#[test]
fn files_hold_what_memory_holds_and_the_truth_reads_back() {
    let preset = preset("regions", 300);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("a/b");
    let files = write(&preset, &folder).unwrap();
    let cohort = in_memory(&preset).unwrap();
    let modalities: Vec<&str> = files.iter().filter_map(|file| file.modality.as_deref()).collect();
    assert_eq!(modalities, ["clinical", "habitat", "mammography", "mri", "peritumoral", "ultrasound"]);
    assert!(files.iter().all(|file| file.path.is_file()));
    assert_eq!(files.len(), folder_content(&folder).len());
    for (table, block) in files[1..].iter().zip(&cohort.blocks) {
        let mut reader = csv::Reader::from_path(&table.path).unwrap();
        assert_eq!(reader.headers().unwrap().iter().skip(1).collect::<Vec<_>>(), block.features);
        let mut examined = (0..cohort.class.len()).filter(|&patient| block.examined[patient]);
        for record in reader.records() {
            let record = record.unwrap();
            let patient = examined.next().unwrap();
            assert_eq!(record[0], cohort.patient_id[patient]);
            for (column, field) in record.iter().skip(1).enumerate() {
                assert_eq!(field.parse::<f32>().unwrap(), block.values[[patient, column]] as f32);
            }
        }
        assert_eq!(examined.next(), None);
    }
    // Three regions of one scan are missing together.
    let examined = |name: &str| &cohort.blocks.iter().find(|block| block.name == name).unwrap().examined;
    assert!(examined("mri").iter().any(|examined| !examined));
    assert_eq!(examined("mri"), examined("peritumoral"));
    assert_eq!(examined("mri"), examined("habitat"));
    assert_ne!(examined("mri"), examined("ultrasound"));

    let truth: Truth = serde_json::from_str(&fs::read_to_string(folder.join("truth/truth.json")).unwrap()).unwrap();
    assert_eq!(truth, cohort.truth);
    let mut latent = csv::Reader::from_path(folder.join("truth/latent.csv")).unwrap();
    for (patient, record) in latent.records().enumerate() {
        let record = record.unwrap();
        assert_eq!(record[1], cohort.class[patient].to_string());
        assert_eq!(record[4].parse::<f64>().unwrap(), cohort.probability[patient][2]);
        assert_eq!(record[5].parse::<f64>().unwrap(), cohort.scores[0][patient].positive_vs_negative);
    }
    let mut clinical = csv::Reader::from_path(folder.join("clinical.csv")).unwrap();
    let header: Vec<String> = clinical.headers().unwrap().iter().map(String::from).collect();
    assert_eq!(header[..8], ["patient_id", "site", "exam_date", "her2_ihc", "her2_ish", "ish_ratio", "ish_cn", "her2_faint_pct"]);
    assert!(!header.iter().any(|name| name.contains("class")), "no table but the truth's may hold the class");
    for (patient, record) in clinical.records().enumerate() {
        let record = record.unwrap();
        assert_eq!(record[2], cohort.exam_date[patient].to_string());
        for (column, field) in header.iter().zip(record.iter()).skip(3) {
            match self::column(&cohort, column)[patient] {
                Cell::Missing => assert_eq!(field, ""),
                Cell::Number(value) => assert_eq!(field.parse::<f64>().unwrap(), value),
                Cell::Level(_) => assert_eq!(Some(field.to_string()), level(&cohort, column, patient)),
            }
        }
    }
}

#[test]
fn parquet_holds_what_csv_holds() {
    let preset = preset("small", 200);
    let home = tempfile::tempdir().unwrap();
    let write_as = |format: Format, name: &str| {
        let mut done = 0;
        let options = WriteOptions { format, ..WriteOptions::default() };
        let files = write_with(&preset, &home.path().join(name), options, &mut |n| done += n).unwrap();
        assert_eq!(done, 200);
        files
    };
    let (csv, parquet) = (write_as(Format::Csv, "csv"), write_as(Format::Parquet, "parquet"));
    for (csv, parquet) in csv.iter().zip(&parquet).filter(|(file, _)| file.modality.is_some()) {
        let text = PlainTable::read_csv(&csv.path).unwrap();
        let table = PlainTable::read_parquet(&parquet.path).unwrap();
        let names: Vec<&str> = table.names().collect();
        assert_eq!(names, text.names().collect::<Vec<_>>());
        for name in names {
            match table.column(name).unwrap() {
                PlainColumn::Text(values) => assert_eq!(*values, text.texts(name).unwrap()),
                _ => {
                    // A feature's shortest decimal is that of an `f32`.
                    let single =
                        |values: Vec<Option<f64>>| values.into_iter().map(|value| value.map(|x| x as f32)).collect::<Vec<_>>();
                    assert_eq!(single(table.numbers(name).unwrap()), single(text.numbers(name).unwrap()), "{name}");
                }
            }
        }
    }
    for (csv, parquet) in csv.iter().zip(&parquet).filter(|(file, _)| file.path.ends_with("latent.csv")) {
        assert_eq!(fs::read(&csv.path).unwrap(), fs::read(&parquet.path).unwrap());
    }
}

#[test]
fn a_folder_with_anything_else_in_it_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let preset = preset("small", 5);
    let foreign = home.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("thesis.docx"), "years of work").unwrap();
    let with = |if_present| WriteOptions { if_present, ..WriteOptions::default() };
    for if_present in [IfPresent::Refuse, IfPresent::Replace, IfPresent::Reuse] {
        let refused = write_with(&preset, &foreign, with(if_present), &mut |_| {}).unwrap_err();
        assert!(matches!(refused, Error::Usage(_)), "{refused}");
        assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);
    }
    let own = home.path().join("own");
    fs::create_dir(&own).unwrap();
    write(&preset, &own).unwrap();
    assert!(write(&preset, &own).is_err());
    let patients = || fs::read_to_string(own.join("clinical.csv")).unwrap().lines().count() - 1;
    let longer = CohortPreset { n: 6, ..preset };
    write_with(&longer, &own, with(IfPresent::Replace), &mut |_| {}).unwrap();
    assert_eq!(patients(), 6);
    // The same cohort once more is left alone; another one, or one that lost a table, is made again.
    let redone = |preset: &CohortPreset| {
        let mut done = 0;
        let files = write_with(preset, &own, with(IfPresent::Reuse), &mut |n| done += n).unwrap();
        assert!(files.iter().all(|file| file.path.is_file()));
        done
    };
    assert_eq!(redone(&longer), 0);
    assert_eq!((redone(&CohortPreset { n: 7, ..longer.clone() }), patients()), (7, 7));
    fs::remove_file(own.join("mri.csv")).unwrap();
    assert_eq!(redone(&CohortPreset { n: 7, ..longer }), 7);
    let left: BTreeSet<String> =
        fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left, BTreeSet::from(["foreign".to_string(), "own".to_string()]), "no temporary folder stays behind");
}

// Presets -----------------------------------------------------------------------------------------------------------------------

#[test]
fn built_in_presets_load_and_say_where_their_numbers_come_from() {
    assert_eq!(simulate::presets().len(), BUILT_IN.len());
    for (name, description) in simulate::presets() {
        let preset = simulate::preset(name).unwrap();
        assert!(!description.is_empty());
        let entries = preset.variable.iter().map(|(name, variable)| (name.as_str(), &variable.provenance));
        let entries = entries.chain(preset.block.iter().map(|(name, block)| (name.as_str(), &block.provenance)));
        let sections = [
            ("prevalence", &preset.prevalence.provenance),
            ("sites", &preset.sites.provenance),
            ("her2", &preset.her2.provenance),
            ("correlation", &preset.correlation.provenance),
        ];
        for (entry, provenance) in entries.chain(sections) {
            assert!(!(provenance.published.is_empty() && provenance.assumed.is_empty()), "{name}: {entry}");
        }
        let one = in_memory(&CohortPreset { n: 1, ..preset }).unwrap();
        assert_eq!(one.class.len(), 1);
    }
    // The default four modalities, the smaller one, the one without effect.
    let default = simulate::preset("default").unwrap();
    assert_eq!((default.n, default.block.len(), default.null), (400, 3, false));
    assert_eq!(simulate::preset("small").unwrap().n, 60);
    assert!(simulate::preset("null").unwrap().null);
}

#[test]
fn the_schema_knows_every_key_of_the_presets_and_no_other() {
    let schema = serde_json::to_value(schemars::schema_for!(CohortPreset)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = |text: &str| serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    for (name, text) in BUILT_IN {
        let faults: Vec<String> = validator.iter_errors(&json(text)).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
    for wrong in ["nn = 1", "[block.a]\ninformativ = 1", "[variable.a]\ndistribution.gamma = 1", "sites = { layout = 3 }"] {
        assert!(!validator.is_valid(&json(wrong)), "{wrong}");
    }
}

#[test]
fn a_preset_that_extends_another_says_only_what_differs() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("mine.toml"), "extends = \"default\"\nseed = 5\n[block.mri]\ninformative = 4\n").unwrap();
    fs::write(home.path().join("yours.toml"), "extends = \"mine.toml\"\n[sites]\nlayout = { number = 2 }\n").unwrap();
    let preset = CohortPreset::from_file(&home.path().join("yours.toml")).unwrap();
    let default = simulate::preset("default").unwrap();
    assert_eq!((preset.seed, preset.n), (5, default.n));
    assert_eq!(preset.sites.layout, SiteLayout::Number(2));
    assert_eq!(preset.block["mri"].informative, 4);
    assert_eq!(preset.block["mri"].noise, default.block["mri"].noise);
    assert!(preset.block["mri"].provenance.published.is_empty(), "another's source does not vouch for a changed entry");
    assert_eq!(preset.block["ultrasound"], default.block["ultrasound"]);
    assert_eq!(preset.variable, default.variable);

    fs::write(home.path().join("circle.toml"), "extends = \"circle.toml\"").unwrap();
    let circle = CohortPreset::from_file(&home.path().join("circle.toml")).unwrap_err();
    assert!(circle.to_string().contains("leads back to itself"), "{circle}");
}

#[test]
fn what_is_wrong_with_a_preset_is_said_in_a_sentence() {
    let block = "[block.a]\nauc = { positive_vs_negative = 0.8, low_vs_zero = 0.7 }\n";
    let two = format!("{block}[block.b]\nauc = {{ positive_vs_negative = 0.8, low_vs_zero = 0.7 }}\n");
    let normal = "mean = { zero = 1, low = 1, positive = 1 }\nsd = { zero = 1, low = 1, positive = 0 }\n";
    let cases: Vec<(String, &str)> = vec![
        ("nn = 3".into(), "unknown field `nn`"),
        ("extends = \"default\"\n[block.mri]\ninformativ = 3".into(), "unknown field `informativ`"),
        ("extends = \"default\"\n[block.mri]\ninformativ = 3".into(), "line 3"),
        ("extends = \"nowhere\"".into(), "there is no preset `nowhere`"),
        ("extends = 3".into(), "`extends` must be the name"),
        ("n = \"many\"".into(), "invalid type"),
        ("n = 0".into(), "`n` is 0"),
        ("n = 2000000".into(), "between 1 and 1000000"),
        ("prevalence = { zero = 0.3, low = 0.3, positive = 0.3 }".into(), "must sum to 1"),
        ("prevalence = { zero = 0.0, low = 0.5, positive = 0.5 }".into(), "strictly between 0 and 1"),
        ("exam_dates = { from = \"2020-02-30\", to = \"2021-01-01\" }".into(), "YYYY-MM-DD"),
        ("exam_dates = { from = \"2022-01-01\", to = \"2021-01-01\" }".into(), "lies after"),
        ("her2 = { ultralow = 1.5 }".into(), "`her2.ultralow` is 1.5"),
        ("sites = { layout = { number = 0 } }".into(), "0 sites"),
        ("sites = { location_sd = -1 }".into(), "`sites.location_sd` is -1"),
        ("sites = { external_share = 1.0 }".into(), "external_share"),
        ("[[sites.layout.listed]]\nname = \"A\"\n[[sites.layout.listed]]\nname = \"A\"".into(), "its own name"),
        (block.replace("0.8", "1.2"), "`block.a.auc.positive_vs_negative` is 1.2"),
        (block.replace("0.8", "0.4"), "at least 0.5"),
        (block.replace("0.8", "nan"), "at least 0.5"),
        (format!("{block}informative = 1"), "two scores need at least 2 features"),
        (format!("{block}noise = {{ count = 5000 }}"), "it may have 1 to 1874"),
        (format!("{block}noise = {{ correlation = 1.0 }}"), "below 1"),
        (format!("{block}missing = {{ with = \"b\" }}"), "follows `b`"),
        (block.replace("block.a", "block.\"../a\""), "gives its file its name"),
        (format!("{two}[correlation]\nbetween_blocks = -1.0"), "not positive definite"),
        (format!("{two}[block.c]\nauc = {{ positive_vs_negative = 0.8, low_vs_zero = 0.7 }}\n[correlation]\nbetween_blocks = -0.6"), "not positive definite"),
        (format!("{two}[correlation]\npairs = [{{ between = [\"a\", \"c\"], r = 0.1 }}]"), "names `c`"),
        (format!("{two}[correlation]\npairs = [{{ between = [\"a\", \"b\"], r = 1.1 }}]"), "between -1 and 1"),
        (format!("[variable.x.distribution.normal]\n{normal}"), "`variable.x.sd` is 0"),
        (format!("[variable.site.distribution.normal]\n{normal}"), "column `site` a second time"),
        ("[variable.x]\ndistribution.binary = { probability = { zero = 0, low = 0.5, positive = 0.5 } }".into(), "strictly between"),
        ("[variable.x]\ndistribution.category = { levels = [\"a\", \"b\"], probability = { zero = [1.0], low = [0.5, 0.5], positive = [0.5, 0.5] } }".into(), "gives 1 shares for 2 levels"),
        ("[variable.x]\ndistribution.derived = { from = \"y\", cuts = [1], levels = [\"a\", \"b\"] }".into(), "`y`, which is no normal"),
        ("[variable.x]\ndistribution.gamma = { shape = 1 }".into(), "unknown variant `gamma`"),
        ("extends = \"default\"\n[variable.receptors]\ndistribution.receptors = { hr_positive = { zero = 0.5, low = 0.5, positive = 0.5 }, pr_positive = { zero = 0.6, low = 0.4, positive = 0.4 }, pr_only = 0.02, low_positive = 0.05 }".into(), "must be fewer"),
        ("this is no toml".into(), "test.toml"),
    ];
    for (toml, expected) in cases {
        match parse(&toml) {
            Ok(_) => panic!("accepted: {toml}"),
            Err(error) => {
                let message = error.to_string();
                assert!(matches!(error, Error::Usage(_)), "{message}");
                assert_eq!(error.exit_code(), 2);
                assert!(message.starts_with("test.toml") || message.contains("there is no preset"), "{message}");
                assert!(message.contains(expected), "expected `{expected}` in: {message}");
            }
        }
    }
    // A preset made in code is checked as well.
    let impossible = CohortPreset { n: 0, ..CohortPreset::default() };
    assert!(matches!(Design::new(&impossible), Err(Error::Usage(_))));
    assert!(matches!(simulate::preset("no-such-file.toml"), Err(Error::Usage(_))));
}

#[test]
fn feature_names_are_those_that_pyradiomics_gives() {
    let Some(path) = common::reference("pyradiomics/pyradiomics_baseline_dev.csv") else { return };
    let mut baseline: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in csv::Reader::from_path(path).unwrap().records() {
        let record = record.unwrap();
        baseline.entry(record[2].to_string()).or_default().insert(record[3].to_string());
    }
    assert!(baseline.values().map(BTreeSet::len).sum::<usize>() >= 107);
    for (kind, shape, other_shape) in
        [(FeatureNames::Radiomics, "shape", "shape2D"), (FeatureNames::Radiomics2d, "shape2D", "shape")]
    {
        let all = feature_name::names(kind, feature_name::capacity(kind));
        let original: BTreeSet<&String> = all.iter().filter(|name| name.starts_with("original_")).collect();
        let classes = baseline.iter().filter(|(class, _)| *class != other_shape);
        let expected: BTreeSet<&String> = classes.flat_map(|(_, names)| names).collect();
        assert!(baseline.contains_key(shape));
        assert_eq!(original, expected);
    }
}
