//! Results to draw: predictions are simulated (binormal, seeded) and summarised just well enough to look like a study.
//! These summaries are material for drawings, not statistics of the project; nothing tests their values.

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::study::results::*;

/// What an arm of the fixture is.
pub struct ArmSpec {
    pub name: &'static str,
    pub label: &'static str,
    pub fusion: &'static str,
    pub modalities: &'static [&'static str],
    /// Distance between the classes, in standard deviations.
    pub d: f64,
}

const fn arm(
    name: &'static str,
    label: &'static str,
    fusion: &'static str,
    modalities: &'static [&'static str],
    d: f64,
) -> ArmSpec {
    ArmSpec { name, label, fusion, modalities, d }
}

/// Five arms as in a study of clinical variables and MRI, about as informative as those of ISPY1.
pub const FIVE: [ArmSpec; 5] = [
    arm("clinical", "Clinical", "single", &["clinical"], 0.30),
    arm("mri", "MRI radiomics", "single", &["mri"], 0.25),
    arm("early", "Early fusion", "early", &["clinical", "mri"], 0.28),
    arm("late", "Late fusion (weighted mean)", "late", &["clinical", "mri"], 0.35),
    arm("nomogram", "Nomogram: clinical + MRI score", "nomogram", &["clinical", "mri"], 0.42),
];

/// Twelve arms, one with a name that is too long for a legend.
pub const TWELVE: [ArmSpec; 12] = [
    arm("a1", "Clinical", "single", &["clinical"], 0.8),
    arm("a2", "MRI radiomics, intratumoral", "single", &["mri"], 1.0),
    arm("a3", "MRI radiomics, intratumoral and peritumoral 3 mm, all sequences concatenated", "early", &["mri"], 1.1),
    arm("a4", "Ultrasound", "single", &["us"], 0.9),
    arm("a5", "Mammography", "single", &["mg"], 0.6),
    arm("a6", "MRI + US, early", "early", &["mri", "us"], 1.15),
    arm("a7", "MRI + US, late", "late", &["mri", "us"], 1.2),
    arm("a8", "MRI + US + MG, late", "late", &["mri", "us", "mg"], 1.25),
    arm("a9", "All, early", "early", &["clinical", "mri", "us", "mg"], 1.2),
    arm("a10", "All, late", "late", &["clinical", "mri", "us", "mg"], 1.3),
    arm("a11", "All, stacking", "stacking", &["clinical", "mri", "us", "mg"], 1.35),
    arm("a12", "All, nomogram", "nomogram", &["clinical", "mri", "us", "mg"], 1.4),
];

fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    let (u, v): (f64, f64) = (rng.gen_range(1e-12..1.0), rng.gen_range(0.0..1.0));
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn measure(value: f64, half: f64) -> Measure {
    Measure {
        value: Some(value),
        lower: Some(value - half),
        upper: Some(value + half),
        se: Some(half / 1.96),
        note: Some("DeLong, logit".into()),
    }
}

/// AUC with Hanley and McNeil's interval.
fn auc(p: &[f64], event: &[bool]) -> Measure {
    let events: Vec<f64> = p.iter().zip(event).filter(|(_, e)| **e).map(|(p, _)| *p).collect();
    let others: Vec<f64> = p.iter().zip(event).filter(|(_, e)| !**e).map(|(p, _)| *p).collect();
    if events.is_empty() || others.is_empty() {
        return Measure::undefined("only one class among the cases");
    }
    let wins: f64 = events
        .iter()
        .flat_map(|a| {
            others.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    let (m, n) = (events.len() as f64, others.len() as f64);
    let a = wins / (m * n);
    let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
    let se = ((a * (1.0 - a) + (m - 1.0) * (q1 - a * a) + (n - 1.0) * (q2 - a * a)) / (m * n)).sqrt();
    measure(a, 1.96 * se)
}

fn roc(class: &str, p: &[f64], event: &[bool]) -> RocCurveResult {
    let auc = auc(p, event);
    let mut points = Vec::new();
    if auc.value.is_some() {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
        let m = event.iter().filter(|e| **e).count() as f64;
        let n = event.len() as f64 - m;
        let (mut tp, mut fp) = (0.0, 0.0);
        let mut push = |tp: f64, fp: f64| {
            let y: f64 = tp / m;
            let half = 1.96 * (y * (1.0 - y) / m).sqrt();
            points.push(CurvePoint { x: fp / n, y, lower: Some((y - half).max(0.0)), upper: Some((y + half).min(1.0)), n: None });
        };
        push(0.0, 0.0);
        for i in order {
            if event[i] {
                tp += 1.0
            } else {
                fp += 1.0
            }
            push(tp, fp);
        }
    }
    RocCurveResult { class: class.into(), auc, points }
}

fn calibration(class: &str, p: &[f64], event: &[bool]) -> CalibrationResult {
    let n = p.len() as f64;
    let mut histogram = vec![[0, 0]; 20];
    for (p, e) in p.iter().zip(event) {
        histogram[((p * 20.0) as usize).min(19)][usize::from(*e)] += 1;
    }
    let (low, high) = p.iter().fold((1.0f64, 0.0f64), |(l, h), &v| (l.min(v), h.max(v)));
    let smooth = |x: f64| {
        let weight = |v: f64| (-((v - x) / 0.08).powi(2) / 2.0).exp();
        let w: f64 = p.iter().map(|&v| weight(v)).sum();
        let y = p.iter().zip(event).map(|(&v, &e)| weight(v) * f64::from(u8::from(e))).sum::<f64>() / w;
        (y, 1.96 * (y * (1.0 - y) / w).sqrt())
    };
    let curve = (0..=60).map(|i| low + (high - low) * f64::from(i) / 60.0).map(|x| {
        let (y, half) = smooth(x);
        CurvePoint { x, y, lower: Some((y - half).max(0.0)), upper: Some((y + half).min(1.0)), n: None }
    });
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let groups = order.chunks(p.len().div_ceil(6).max(1)).map(|group| {
        let k = group.len() as f64;
        let x = group.iter().map(|&i| p[i]).sum::<f64>() / k;
        let y = group.iter().filter(|&&i| event[i]).count() as f64 / k;
        let (z2, centre) = (1.96f64.powi(2), y);
        let mid = (centre + z2 / (2.0 * k)) / (1.0 + z2 / k);
        let half = 1.96 / (1.0 + z2 / k) * (y * (1.0 - y) / k + z2 / (4.0 * k * k)).sqrt();
        CurvePoint { x, y, lower: Some(mid - half), upper: Some(mid + half), n: Some(group.len()) }
    });
    let measures = vec![
        NamedMeasure::new("calibration-in-the-large", "Calibration in the large", measure(-0.03, 8.0 / n.sqrt() / 2.0)),
        NamedMeasure::new("calibration-slope", "Calibration slope", measure(0.88, 6.0 / n.sqrt())),
        NamedMeasure::new("brier", "Brier score", Measure::of(0.18)),
        NamedMeasure::new("ici", "ICI", Measure::of(0.031)),
    ];
    CalibrationResult { class: class.into(), measures, curve: curve.collect(), groups: groups.collect(), histogram }
}

fn decision(class: &str, p: &[f64], event: &[bool]) -> DecisionCurveResult {
    let n = p.len() as f64;
    let prevalence = event.iter().filter(|e| **e).count() as f64 / n;
    let thresholds: Vec<f64> = (1..100).map(|i| f64::from(i) / 100.0).collect();
    let model = thresholds.iter().map(|&t| {
        let tp = p.iter().zip(event).filter(|(p, e)| **p >= t && **e).count() as f64;
        let fp = p.iter().zip(event).filter(|(p, e)| **p >= t && !**e).count() as f64;
        let y = tp / n - fp / n * t / (1.0 - t);
        CurvePoint { x: t, y, lower: Some(y - 1.0 / n.sqrt() * 0.5), upper: Some(y + 1.0 / n.sqrt() * 0.5), n: None }
    });
    let treat_all = thresholds.iter().map(|t| prevalence - (1.0 - prevalence) * t / (1.0 - t)).collect();
    DecisionCurveResult { class: class.into(), model: model.collect(), treat_all }
}

fn features(rng: &mut Xoshiro256PlusPlus, modalities: &[&str]) -> Vec<SelectedFeature> {
    const NAMES: [&str; 8] = [
        "original_glcm_Correlation",
        "dce2.peri3mm_original_glszm_SizeZoneNonUniformityNormalized",
        "shape_Sphericity",
        "wavelet-LLH_firstorder_Skewness",
        "age",
        "er_status",
        "log-sigma-3-mm-3D_glrlm_RunEntropy",
        "adc_mean",
    ];
    let mut features: Vec<SelectedFeature> = (0..26)
        .map(|i| {
            let frequency = (1.0 / (1.0 + f64::from(i) * 0.25)).min(1.0);
            let sign = if rng.gen_bool(0.5) { 1.0 } else { -1.0 };
            let modality = modalities[i as usize % modalities.len()];
            SelectedFeature {
                name: format!(
                    "{modality}.{}{}",
                    NAMES[i as usize % NAMES.len()],
                    if i < 8 { String::new() } else { format!("_{i}") }
                ),
                frequency,
                weight: Some(sign * (0.02 + 0.5 * frequency * rng.gen_range(0.2..1.0))),
                sign_agreement: Some(rng.gen_range(0.6..1.0)),
                origin: None,
            }
        })
        .collect();
    features.sort_by(|a, b| b.frequency.total_cmp(&a.frequency));
    features
}

pub fn lasso(rng: &mut Xoshiro256PlusPlus, modalities: &[&str], classes: &[Option<&str>]) -> LassoPathResult {
    let lambda: Vec<f64> = (0..80).map(|i| 0.25 * (1e-2f64).powf(f64::from(i) / 79.0)).collect();
    let mut coefficients = Vec::new();
    for class in classes {
        for i in 0..24 {
            let entry = if i == 0 { 0.24 } else { 0.22 * rng.gen_range(0.02f64..1.0) };
            let target = rng.gen_range(-0.8..0.8);
            let values = lambda.iter().map(|&l| if l < entry { target * (1.0 - l / entry).powf(1.2) } else { 0.0 }).collect();
            let modality = modalities[i % modalities.len()];
            coefficients.push(PathCoefficient {
                name: format!("{modality}.original_glcm_Feature{i}_{}", "x".repeat(i % 13)),
                class: class.map(str::to_string),
                values,
            });
        }
    }
    let nonzero = (0..lambda.len()).map(|k| coefficients.iter().filter(|c| c.values[k] != 0.0).count()).collect();
    let deviance: Vec<f64> =
        lambda.iter().map(|l| 1.10 + 0.06 * ((l.ln() + 3.0) / 1.5).powi(2) * if l.ln() > -3.0 { 0.6 } else { 1.2 }).collect();
    LassoPathResult {
        deviance_se: vec![0.03; lambda.len()],
        lambda_min: lambda[44],
        lambda_1se: lambda[28],
        lambda,
        deviance,
        nonzero,
        coefficients,
    }
}

fn numeric(label: &str, name: &str, from: f64, step: f64, count: usize, zero: f64, per_unit: f64) -> NomogramAxis {
    let ticks = (0..count)
        .map(|i| from + step * i as f64)
        .map(|v| (format!("{}", (v * 100.0).round() / 100.0).replace('-', "−"), Some(v), (v - zero) * per_unit))
        .collect();
    NomogramAxis {
        label: label.into(),
        name: name.into(),
        coefficient: Some(per_unit / 20.0),
        ticks,
        zero: Some(zero),
        points_per_unit: Some(per_unit),
    }
}

fn category(label: &str, name: &str, levels: &[(&str, f64)]) -> NomogramAxis {
    let ticks = levels.iter().map(|(level, points)| (level.to_string(), None, *points)).collect();
    NomogramAxis { label: label.into(), name: name.into(), coefficient: None, ticks, zero: None, points_per_unit: None }
}

/// A nomogram of a score, numbers and categories; `shifts` gives one probability axis each.
pub fn nomogram(axes: &[(&str, f64)]) -> NomogramResult {
    let variables = vec![
        numeric("MRI score", "mri.score", -2.5, 0.5, 11, -2.5, 20.0),
        numeric("Age (years)", "clinical.age", 25.0, 5.0, 12, 80.0, -0.7),
        category("ER status", "clinical.er", &[("positive", 0.0), ("negative", 31.5)]),
        category("PR status", "clinical.pr", &[("positive", 0.0), ("negative", 9.0)]),
        category(
            "Margin of the mass on MRI (BI-RADS)",
            "clinical.margin",
            &[("circumscribed", 0.0), ("irregular", 4.2), ("indistinct", 6.0), ("microlobulated", 7.5), ("spiculated", 22.0)],
        ),
        numeric("Ki-67 (%)", "clinical.ki67", 0.0, 10.0, 11, 0.0, 0.45),
    ];
    let (total_max, lp_at_zero, lp_per_point) = (260.0, -4.6, 0.05);
    let probabilities = axes.iter().map(|(label, shift)| NomogramProbabilityAxis {
        label: label.to_string(),
        shift: *shift,
        ticks: [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99f64]
            .iter()
            .map(|&p| (p, ((p / (1.0 - p)).ln() - shift - lp_at_zero) / lp_per_point))
            .filter(|(_, points)| (0.0..=total_max).contains(points))
            .collect(),
    });
    NomogramResult {
        contrast: None,
        model: "Logistic model fitted on all 158 cases; the MRI score is inner out-of-fold".into(),
        axes: variables,
        total_max,
        total_ticks: (0..=13).map(|i| f64::from(i) * 20.0).collect(),
        lp_at_zero,
        lp_per_point,
        probabilities: probabilities.collect(),
    }
}

fn count(name: &str, n: usize) -> Count {
    Count { name: name.into(), n }
}

fn modality(name: &str, label: &str, features: usize, present: usize, cases: usize) -> ModalitySummary {
    ModalitySummary {
        name: name.into(),
        label: label.into(),
        source: format!("{name}.csv"),
        features,
        present,
        missing: cases - present,
        rules: Vec::new(),
    }
}

/// Results of `n` cases with the given arms and class names (the last is the event of two classes).
pub fn results(arms: &[ArmSpec], classes: &[&str], n: usize, seed: u64) -> Results {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let k = classes.len();
    let truth: Vec<usize> =
        (0..n).map(|i| if k == 2 { usize::from(i % 10 < 3) } else { [0, 1, 1, 2, 0, 1, 2, 1, 0, 2][i % 10] % k }).collect();
    let shared: Vec<Vec<f64>> = (0..k).map(|_| (0..n).map(|_| normal(&mut rng)).collect()).collect();
    let class_counts: Vec<usize> = (0..k).map(|c| truth.iter().filter(|t| **t == c).count()).collect();
    let prevalence: Vec<f64> = class_counts.iter().map(|&m| (m as f64 / n as f64).max(0.01)).collect();
    let drawn = if k == 2 { vec![1] } else { (0..k).collect() };
    let arms: Vec<Arm> = arms
        .iter()
        .map(|spec| {
            // Predictions: the true likelihood ratio, softened, with noise that the arms share in part.
            let logits: Vec<Vec<f64>> = (0..n)
                .map(|i| {
                    (0..k)
                        .map(|c| {
                            let z =
                                0.7 * shared[c][i] + 0.71 * normal(&mut rng) + if truth[i] == c { spec.d * 0.75 } else { 0.0 };
                            prevalence[c].ln() + z * (0.35 + 0.4 * spec.d)
                        })
                        .collect()
                })
                .collect();
            let p: Vec<Vec<f64>> = logits
                .iter()
                .map(|l| {
                    let total: f64 = l.iter().map(|v| v.exp()).sum();
                    l.iter().map(|v| v.exp() / total).collect()
                })
                .collect();
            let of = |c: usize| -> (Vec<f64>, Vec<bool>) {
                (p.iter().map(|p| p[c]).collect(), truth.iter().map(|t| *t == c).collect())
            };
            let per = |c: usize| of(c);
            let roc: Vec<_> = drawn
                .iter()
                .map(|&c| {
                    let (p, e) = per(c);
                    roc(classes[c], &p, &e)
                })
                .collect();
            let first = if k == 2 {
                NamedMeasure::new("auc", "AUC", roc[0].auc.clone())
            } else {
                let mean = roc.iter().filter_map(|r| r.auc.value).sum::<f64>() / k as f64;
                NamedMeasure::new("auc-macro", "AUC (macro)", measure(mean, 0.04))
            };
            let centre = first.measure.value.unwrap_or(0.5);
            let mut confusion = vec![vec![0.0; k]; k];
            for (i, p) in p.iter().enumerate() {
                let predicted = if k == 2 {
                    usize::from(p[1] > prevalence[1])
                } else {
                    (0..k).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap()
                };
                confusion[truth[i]][predicted] += 1.0;
            }
            confusion.iter_mut().flatten().for_each(|v| *v += 0.2);
            Arm {
                name: spec.name.into(),
                label: spec.label.into(),
                fusion: spec.fusion.into(),
                modalities: spec.modalities.iter().map(|m| m.to_string()).collect(),
                description: String::new(),
                missing_rule: None,
                performance: Performance {
                    cases: n,
                    classes: class_counts.clone(),
                    without_prediction: 0,
                    discrimination: vec![first],
                    repeats: Some(RepeatSpread {
                        values: (0..5).map(|_| centre + 0.02 * normal(&mut rng)).collect(),
                        sd: Some(0.02),
                        fold_sd: None,
                    }),
                    calibration: drawn
                        .iter()
                        .map(|&c| {
                            let (p, e) = per(c);
                            calibration(classes[c], &p, &e)
                        })
                        .collect(),
                    threshold: Some(ThresholdResult {
                        rule: "Youden index on the training rows".into(),
                        value: Some(0.3),
                        range: Some([0.25, 0.35]),
                        measures: vec![],
                        confusion,
                    }),
                    roc,
                    decision: drawn
                        .iter()
                        .map(|&c| {
                            let (p, e) = per(c);
                            decision(classes[c], &p, &e)
                        })
                        .collect(),
                },
                features: features(&mut rng, spec.modalities),
                lasso_path: (spec.fusion == "early").then(|| {
                    let names: Vec<Option<&str>> = if k == 2 { vec![None] } else { classes.iter().map(|c| Some(*c)).collect() };
                    lasso(&mut rng, spec.modalities, &names)
                }),
                nomograms: (spec.fusion == "nomogram")
                    .then(|| {
                        if k == 2 {
                            nomogram(&[("Probability of HER2 positive", 0.0)])
                        } else {
                            nomogram(&[("P(low or positive)", 1.6), ("P(positive)", -0.6)])
                        }
                    })
                    .into_iter()
                    .collect(),
                notices: vec![],
            }
        })
        .collect();
    let comparisons = comparisons(&arms, n);
    let modalities = if arms.len() > 6 {
        vec![
            modality("clinical", "Clinical", 12, n, n),
            modality("mri", "MRI", 370, n - n / 13, n),
            modality("us", "Ultrasound", 851, n - n / 5, n),
            modality("mg", "Mammography", 430, n - n / 3, n),
        ]
    } else {
        vec![modality("clinical", "Clinical", 12, n, n), modality("mri", "MRI", 370, n - n / 13, n)]
    };
    let full: Vec<String> = modalities.iter().map(|m| m.name.clone()).collect();
    let mut patterns = vec![PatternCount { present: full.clone(), n: n - n / 3 }];
    for (i, drop) in full.iter().enumerate().skip(1) {
        patterns.push(PatternCount { present: full.iter().filter(|m| *m != drop).cloned().collect(), n: n / (6 * i) });
    }
    patterns.push(PatternCount { present: vec!["clinical".into()], n: n / 40 });
    Results {
        layout: 1,
        software: "vbx 0.1.0".into(),
        origin: Origin::Study,
        title: "Fixture".into(),
        question: None,
        outcome: OutcomeSummary {
            name: "HER2 status".into(),
            classes: classes.iter().zip(&class_counts).map(|(c, n)| count(c, *n)).collect(),
            event: (k == 2).then(|| classes[1].to_string()),
            ordered: k > 2,
            rules: vec!["HER2 positive: IHC 3+, or IHC 2+ with amplification by ISH.".into()],
        },
        cohort: CohortSummary { cases: n, patients: n, sites: vec![], modalities, patterns },
        images: Vec::new(),
        flow: vec![
            FlowStep {
                label: "Patients with invasive breast cancer in the clinical table".into(),
                cases: n + 63,
                patients: n + 63,
                excluded: vec![
                    count("HER2 IHC 2+ without ISH result", 31),
                    count("HER2 not recorded", 14),
                    count("IHC and ISH contradict each other", 2),
                ],
            },
            FlowStep {
                label: "With a HER2 class by the stated rules".into(),
                cases: n + 16,
                patients: n + 16,
                excluded: vec![count(
                    "No modality at baseline (neither MRI nor ultrasound nor mammography within 30 days before biopsy)",
                    16,
                )],
            },
            FlowStep { label: "Cases analysed".into(), cases: n, patients: n, excluded: vec![] },
        ],
        notices: vec![],
        validation: ValidationSummary {
            scheme: "repeated-k-fold".into(),
            sentence: "Out-of-fold predictions of 5 × 5 cross-validation, grouped by patient and stratified by outcome.".into(),
            folds: 5,
            repeats: 5,
            inner_folds: 5,
            seed: 1,
            folds_hash: "0".into(),
        },
        arms,
        comparisons,
        joint: None,
        table_one: None,
        associations: vec![],
        statement: vec![],
        limitations: vec![],
        methods: vec![],
    }
}

fn comparisons(arms: &[Arm], n: usize) -> Vec<Comparison> {
    let mut all = Vec::new();
    for i in 0..arms.len() {
        for j in 0..i {
            let value = |k: usize| arms[k].performance.primary().and_then(|m| m.measure.value).unwrap_or(0.5);
            let d = value(i) - value(j);
            let primary = j == 0 && i + 1 == arms.len();
            let net_benefit = (1..60)
                .map(|t| f64::from(t) / 100.0)
                .map(|x| {
                    let y = 0.02 * (x * 6.0).sin();
                    CurvePoint { x, y, lower: Some(y - 0.02), upper: Some(y + 0.02), n: None }
                })
                .collect();
            all.push(Comparison {
                reference: arms[j].name.clone(),
                new: arms[i].name.clone(),
                primary,
                nested: false,
                cases: n,
                difference: measure(d, 0.055),
                test: Some(TestResult {
                    name: "paired DeLong test".into(),
                    statistic_name: "z".into(),
                    statistic: Some(d / 0.028),
                    df: None,
                    p: Some((-(d / 0.028).abs()).exp()),
                    note: None,
                }),
                p_holm: Some(1.0),
                p_bh: Some(0.5),
                likelihood_ratio: None,
                reclassification: None,
                multiclass: None,
                mcnemar: vec![],
                net_benefit: if primary { net_benefit } else { vec![] },
                words: vec![],
                notices: vec![],
            });
        }
    }
    all.sort_by_key(|comparison| !comparison.primary);
    all
}
