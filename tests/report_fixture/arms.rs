//! Arms and comparisons from simulated scores.

use super::numbers::{self as num, covariance, decision, logistic, logit, normal, p_of_z, recalibration, roc, share, smooth};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::study::results::{
    Arm, CalibrationResult, Comparison, CurvePoint, DecisionCurveResult, IdiResult, Measure, MulticlassReclassification,
    NamedMeasure, Notice, NriResult, Performance, Reclassification, RepeatSpread, Results, RocCurveResult, SelectedFeature,
    TestResult, ThresholdResult,
};

/// An arm to simulate.
#[derive(Clone)]
pub struct Plan {
    name: &'static str,
    label: &'static str,
    fusion: &'static str,
    modalities: &'static [&'static str],
    /// Weights of the clinical and the MRI latent score, and of noise of its own.
    mix: [f64; 3],
    features: usize,
}

pub const HER2: [Plan; 5] = [
    Plan { name: "clinical", label: "Clinical", fusion: "single", modalities: &["clinical"], mix: [1.0, 0.0, 0.1], features: 9 },
    Plan { name: "mri", label: "MRI radiomics", fusion: "single", modalities: &["mri"], mix: [0.0, 1.0, 0.1], features: 64 },
    Plan {
        name: "early",
        label: "Early fusion",
        fusion: "early",
        modalities: &["clinical", "mri"],
        mix: [0.8, 0.7, 0.4],
        features: 58,
    },
    Plan {
        name: "late",
        label: "Late fusion (mean)",
        fusion: "late",
        modalities: &["clinical", "mri"],
        mix: [0.7, 0.7, 0.1],
        features: 0,
    },
    Plan {
        name: "nomogram",
        label: "Nomogram",
        fusion: "nomogram",
        modalities: &["clinical", "mri"],
        mix: [0.9, 0.6, 0.2],
        features: 0,
    },
];

/// One of many arms.
pub fn generic(i: usize) -> Plan {
    const NAMES: [&str; 12] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "nomogram"];
    const LABELS: [&str; 12] = [
        "Clinical",
        "MRI, T2-weighted",
        "MRI, DCE phase 2",
        "MRI, ADC",
        "Ultrasound",
        "Mammography",
        "Early fusion, all",
        "Early fusion, MRI",
        "Late fusion (mean)",
        "Late fusion (weighted)",
        "Stacking",
        "Nomogram",
    ];
    let w = i as f64 / 12.0;
    Plan {
        name: NAMES[i % 12],
        label: LABELS[i % 12],
        fusion: if i < 6 {
            "single"
        } else if i < 8 {
            "early"
        } else if i < 10 {
            "late"
        } else if i < 11 {
            "stacking"
        } else {
            "nomogram"
        },
        modalities: &["clinical", "mri"],
        mix: [1.0 - w, w, 0.3 + 0.2 * w],
        features: 120,
    }
}

/// Probabilities of every arm on the same cases.
fn probabilities(results: &Results, plans: &[Plan], seed: u64) -> (Vec<bool>, Vec<Vec<f64>>) {
    let (n, events) = (results.cohort.cases, results.outcome.classes[1].n);
    let event: Vec<bool> = (0..n).map(|i| i < events).collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let latent: Vec<[f64; 2]> = event
        .iter()
        .map(|e| {
            let shift = f64::from(u8::from(*e));
            [normal(&mut rng) + 0.28 * shift, normal(&mut rng) + 0.22 * shift]
        })
        .collect();
    let base = logit(events as f64 / n as f64);
    let arms = plans
        .iter()
        .map(|plan| {
            let [c, m, noise] = plan.mix;
            latent.iter().map(|z| logistic(base + 0.45 * (c * z[0] + m * z[1] + noise * normal(&mut rng)))).collect()
        })
        .collect();
    (event, arms)
}

/// Arms of a two-class study.
pub fn binary(results: &Results, plans: &[Plan], seed: u64) -> Vec<Arm> {
    let (event, all) = probabilities(results, plans, seed);
    plans.iter().zip(&all).map(|(plan, p)| arm(results, plan, p, &event)).collect()
}

fn arm(results: &Results, plan: &Plan, p: &[f64], event: &[bool]) -> Arm {
    let classes: Vec<usize> = results.outcome.classes.iter().map(|c| c.n).collect();
    let name = &results.outcome.classes[1].name;
    let auc = num::auc(p, event);
    let value = auc.value.unwrap_or(0.5);
    let repeats: Vec<f64> = (0..5).map(|i| value + [0.012, -0.018, 0.004, 0.009, -0.007][i]).collect();
    let (model, treat_all) = decision(p, event);
    Arm {
        name: plan.name.into(),
        label: plan.label.into(),
        fusion: plan.fusion.into(),
        modalities: plan.modalities.iter().map(|m| (*m).into()).collect(),
        description: match plan.fusion {
            "single" => "Median imputation, z-scores, elastic net (α 0.5) with λ from five inner folds.".into(),
            "early" => "Blocks joined after z-scores and scaling by block size; elastic net with λ from five inner folds.".into(),
            "nomogram" => {
                "Logistic model of the MRI signature (inner out-of-fold score) and clinical variables, without penalty.".into()
            }
            _ => "Mean of the modalities' calibrated probabilities.".into(),
        },
        missing_rule: (plan.modalities.len() > 1)
            .then(|| "A case without MRI keeps the prediction of its clinical model.".into()),
        performance: Performance {
            cases: event.len(),
            classes,
            without_prediction: 0,
            discrimination: vec![
                NamedMeasure::new("auc", "AUC", auc.clone()),
                NamedMeasure::new(
                    "auc-pooled",
                    "AUC, pooled folds",
                    Measure { note: Some("DeLong on pooled folds".into()), ..auc.clone() },
                ),
            ],
            repeats: Some(RepeatSpread { sd: Some(num::sd(&repeats)), values: repeats, fold_sd: Some(0.091) }),
            calibration: vec![calibration(name, p, event)],
            threshold: Some(threshold(p, event)),
            roc: vec![RocCurveResult { class: name.clone(), auc, points: roc(p, event) }],
            decision: vec![DecisionCurveResult { class: name.clone(), model, treat_all }],
        },
        features: features(plan),
        lasso_path: None,
        nomograms: Vec::new(),
        notices: Vec::new(),
    }
}

fn features(plan: &Plan) -> Vec<SelectedFeature> {
    const CLINICAL: [&str; 9] = ["er", "grade", "age", "pr", "menopause", "size_mm", "t_stage", "n_stage", "histology"];
    (0..plan.features)
        .map(|i| SelectedFeature {
            name: match (plan.modalities, i) {
                (["clinical"], i) => format!("clinical.{}", CLINICAL[i % 9]),
                (_, i) => format!("mri.dce2.tumour_original_glcm_Feature{:03}", i * 7 % 352),
            },
            frequency: (1.0 - i as f64 / (plan.features as f64 + 6.0)).max(0.04),
            weight: Some(0.4 * (-0.06 * i as f64).exp() * if i % 3 == 1 { -1.0 } else { 1.0 }),
            sign_agreement: Some((1.0 - 0.006 * i as f64).max(0.6)),
            origin: None,
        })
        .collect()
}

fn calibration(class: &str, p: &[f64], event: &[bool]) -> CalibrationResult {
    let lp: Vec<f64> = p.iter().map(|p| logit(*p)).collect();
    let [(a, sa), (b, sb)] = recalibration(&lp, event);
    let brier = p.iter().zip(event).map(|(p, e)| (p - f64::from(u8::from(*e))).powi(2)).sum::<f64>() / p.len() as f64;
    let curve = smooth(p, event);
    let errors: Vec<f64> = curve.iter().map(|point| (point.x - point.y).abs()).collect();
    let mut sorted = errors.clone();
    sorted.sort_by(f64::total_cmp);
    let at = |q: f64| sorted[((sorted.len() - 1) as f64 * q) as usize];
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let groups = order
        .chunks(p.len().div_ceil(8).max(1))
        .map(|chunk| {
            let k = chunk.iter().filter(|i| event[**i]).count() as f64;
            let wilson = share(k, chunk.len() as f64);
            CurvePoint {
                x: chunk.iter().map(|i| p[*i]).sum::<f64>() / chunk.len() as f64,
                y: k / chunk.len() as f64,
                lower: wilson.lower,
                upper: wilson.upper,
                n: Some(chunk.len()),
            }
        })
        .collect();
    let mut histogram = vec![[0, 0]; 20];
    for (p, e) in p.iter().zip(event) {
        histogram[((p * 20.0) as usize).min(19)][usize::from(*e)] += 1;
    }
    let measure = |id: &str, label: &str, m: Measure| NamedMeasure::new(id, label, m);
    CalibrationResult {
        class: class.into(),
        measures: vec![
            measure("intercept", "Intercept", num::interval(a, sa, "logistic recalibration, Wald")),
            measure("slope", "Slope", num::interval(b, sb, "logistic recalibration, Wald")),
            measure("brier", "Brier", Measure::of(brier)),
            measure("e50", "E50", Measure::of(at(0.5))),
            measure("e90", "E90", Measure::of(at(0.9))),
            measure("ici", "ICI", Measure::of(num::mean(&errors))),
        ],
        curve,
        groups,
        histogram,
    }
}

fn threshold(p: &[f64], event: &[bool]) -> ThresholdResult {
    let t = num::mean(p);
    let cell =
        |called: bool, truth: bool| p.iter().zip(event).filter(|(p, e)| (**p >= t) == called && **e == truth).count() as f64;
    let (tp, fp, fn_, tn) = (cell(true, true), cell(true, false), cell(false, true), cell(false, false));
    let n = tp + fp + fn_ + tn;
    let mcc = (tp * tn - fp * fn_) / ((tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_)).sqrt();
    let pe = ((tp + fp) * (tp + fn_) + (fn_ + tn) * (fp + tn)) / (n * n);
    let kappa = ((tp + tn) / n - pe) / (1.0 - pe);
    let one = |id: &str, label: &str, m: Measure| NamedMeasure::new(id, label, m);
    ThresholdResult {
        rule: "the threshold with the largest Youden index on the training rows of each fold".into(),
        value: Some(t),
        range: Some([t - 0.04, t + 0.05]),
        measures: vec![
            one("sensitivity", "Sensitivity", share(tp, tp + fn_)),
            one("specificity", "Specificity", share(tn, tn + fp)),
            one("ppv", "PPV", share(tp, tp + fp)),
            one("npv", "NPV", share(tn, tn + fn_)),
            one("accuracy", "Accuracy", share(tp + tn, n)),
            one("f1", "F1", Measure::of(2.0 * tp / (2.0 * tp + fp + fn_))),
            one("mcc", "MCC", Measure::of(mcc)),
            one("kappa", "κ", Measure::of(kappa)),
        ],
        confusion: vec![vec![tn + 0.4, fp - 0.4], vec![fn_, tp]],
    }
}

/// All pairs; nomogram against clinical is the primary one.
pub fn comparisons(results: &Results, plans: &[Plan], seed: u64) -> Vec<Comparison> {
    let (event, all) = probabilities(results, plans, seed);
    let pairs: Vec<(usize, usize)> = (0..plans.len()).flat_map(|i| (i + 1..plans.len()).map(move |j| (i, j))).collect();
    let mut list: Vec<Comparison> = pairs.iter().map(|&(i, j)| comparison(plans, &event, &all, i, j)).collect();
    let m = list.len() as f64;
    for c in &mut list {
        let p = c.test.as_ref().and_then(|t| t.p);
        c.p_holm = p.map(|p| (p * m).min(1.0));
        c.p_bh = p.map(|p| (p * m / 3.0).min(1.0));
    }
    list.sort_by_key(|c| !c.primary);
    list
}

fn comparison(plans: &[Plan], event: &[bool], all: &[Vec<f64>], i: usize, j: usize) -> Comparison {
    let (difference, z) = num::difference(&all[j], &all[i], event);
    let primary = i == 0 && j + 1 == plans.len();
    let test = |name: &str, statistic: &str, value: f64, df: Option<f64>, p: f64| TestResult {
        name: name.into(),
        statistic_name: statistic.into(),
        statistic: Some(value),
        df,
        p: Some(p),
        note: None,
    };
    Comparison {
        reference: plans[i].name.into(),
        new: plans[j].name.into(),
        primary,
        nested: primary,
        cases: event.len(),
        difference,
        test: Some(test("paired DeLong test", "z", z, None, p_of_z(z))),
        p_holm: None,
        p_bh: None,
        likelihood_ratio: primary.then(|| test("likelihood-ratio test", "χ²", 1.31, Some(1.0), 0.252)),
        reclassification: Some(reclassification(&all[j], &all[i], event)),
        multiclass: None,
        mcnemar: vec![
            test("McNemar's test among events", "χ²", 0.9, Some(1.0), 0.343),
            test("McNemar's test among non-events", "χ²", 2.1, Some(1.0), 0.147),
            test("McNemar's test of correctness", "χ²", 3.0, Some(1.0), 0.083),
        ],
        net_benefit: (1..=60)
            .map(|i| {
                let x = f64::from(i) / 100.0;
                let y = 0.012 * (9.0 * x).sin();
                CurvePoint { x, y, lower: Some(y - 0.03), upper: Some(y + 0.03), n: None }
            })
            .collect(),
        words: vec![format!(
            "{} and {} were compared on the same {} cases; the interval includes no difference.",
            plans[j].label,
            plans[i].label,
            event.len()
        )],
        notices: if primary {
            vec![Notice {
                level: vbx::study::results::Level::Caution,
                code: "nri-recalibration".into(),
                message: "NRI and IDI change their sign after recalibration: what looks like reclassification is calibration."
                    .into(),
                columns: vec![],
            }]
        } else {
            Vec::new()
        },
    }
}

fn reclassification(new: &[f64], old: &[f64], event: &[bool]) -> Reclassification {
    let of = |want: bool| new.iter().zip(old).zip(event).filter(move |(_, e)| **e == want).map(|((a, b), _)| (*a, *b));
    let part = |want: bool| {
        let signs: Vec<f64> = of(want).map(|(a, b)| (a - b).signum() * if want { 1.0 } else { -1.0 }).collect();
        num::interval(num::mean(&signs), num::sd(&signs) / (signs.len() as f64).sqrt(), "asymptotic")
    };
    let gain = |want: bool| {
        let gains: Vec<f64> = of(want).map(|(a, b)| if want { a - b } else { b - a }).collect();
        num::interval(num::mean(&gains), num::sd(&gains) / (gains.len() as f64).sqrt(), "asymptotic")
    };
    let sum = |a: &Measure, b: &Measure| {
        num::interval(a.value.unwrap() + b.value.unwrap(), a.se.unwrap().hypot(b.se.unwrap()), "asymptotic")
    };
    let (e, n) = (part(true), part(false));
    let category = |p: f64| {
        if p < 0.3 {
            0
        } else if p < 0.4 {
            1
        } else {
            2
        }
    };
    let mut tables = vec![vec![vec![0; 3]; 3]; 2];
    for ((a, b), event) in new.iter().zip(old).zip(event) {
        tables[usize::from(!event)][category(*b)][category(*a)] += 1;
    }
    let flipped = |m: &Measure| num::interval(-0.6 * m.value.unwrap(), m.se.unwrap(), "asymptotic");
    let nri = vec![
        NriResult {
            categories: "category-free".into(),
            total: sum(&e, &n),
            event: e.clone(),
            non_event: n.clone(),
            tables: vec![],
        },
        NriResult { categories: "0.30, 0.40".into(), total: sum(&e, &n), event: e.clone(), non_event: n.clone(), tables },
    ];
    let (ie, in_) = (gain(true), gain(false));
    let idi = IdiResult { total: sum(&ie, &in_), event: ie.clone(), non_event: in_.clone() };
    let again = IdiResult { total: flipped(&idi.total), event: flipped(&ie), non_event: flipped(&in_) };
    Reclassification {
        mean_risk: [num::mean(old), num::mean(new), event.iter().filter(|e| **e).count() as f64 / event.len() as f64],
        recalibrated_nri: nri
            .iter()
            .map(|r| NriResult {
                categories: r.categories.clone(),
                event: flipped(&r.event),
                non_event: flipped(&r.non_event),
                total: flipped(&r.total),
                tables: vec![],
            })
            .collect(),
        nri,
        idi,
        recalibrated_idi: Some(again),
        disagree: true,
    }
}

/// Three arms over three classes.
pub fn three(results: &Results, seed: u64) -> Vec<Arm> {
    let classes = &results.outcome.classes;
    let truth: Vec<usize> = classes.iter().enumerate().flat_map(|(k, c)| std::iter::repeat_n(k, c.n)).collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let plan = |i: usize| (["us", "mri", "stacking"][i], ["Ultrasound", "MRI", "Stacking"][i], [0.8, 0.9, 0.95][i]);
    (0..3)
        .map(|i| {
            let (name, label, signal) = plan(i);
            let p: Vec<[f64; 3]> = truth
                .iter()
                .map(|k| {
                    let mut e = [0.0; 3];
                    for (j, e) in e.iter_mut().enumerate() {
                        *e = (normal(&mut rng) + if j == *k { signal } else { 0.0 }).exp();
                    }
                    let total: f64 = e.iter().sum();
                    e.map(|e| e / total)
                })
                .collect();
            three_arm(results, name, label, &p, &truth)
        })
        .collect()
}

fn three_arm(results: &Results, name: &str, label: &str, p: &[[f64; 3]], truth: &[usize]) -> Arm {
    let classes = &results.outcome.classes;
    let plan = Plan {
        name: "us",
        label: "",
        fusion: if name == "stacking" { "stacking" } else { "single" },
        modalities: &["mri"],
        mix: [0.0; 3],
        features: 14,
    };
    let column = |k: usize| p.iter().map(|p| p[k]).collect::<Vec<f64>>();
    let is = |k: usize| truth.iter().map(|t| *t == k).collect::<Vec<bool>>();
    let one: Vec<Measure> = (0..3).map(|k| num::auc(&column(k), &is(k))).collect();
    let macro_auc = num::mean(&one.iter().map(|m| m.value.unwrap()).collect::<Vec<_>>());
    let se = (one.iter().map(|m| m.se.unwrap().powi(2)).sum::<f64>() / 9.0).sqrt() * 1.2;
    let winner: Vec<usize> = p.iter().map(|p| (0..3).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap()).collect();
    let mut confusion = vec![vec![0.0; 3]; 3];
    for (t, w) in truth.iter().zip(&winner) {
        confusion[*t][*w] += 1.0;
    }
    let right = truth.iter().zip(&winner).filter(|(t, w)| t == w).count() as f64;
    let mut decisions = vec![NamedMeasure::new("accuracy", "Accuracy", share(right, truth.len() as f64))];
    for (k, class) in classes.iter().enumerate() {
        let called: f64 = confusion.iter().map(|row| row[k]).sum();
        let sensitivity = share(confusion[k][k], class.n as f64);
        decisions.push(NamedMeasure::new(
            format!("sensitivity-{}", class.name),
            format!("Sensitivity ({})", class.name),
            sensitivity,
        ));
        let ppv = share(confusion[k][k], called);
        decisions.push(NamedMeasure::new(format!("ppv-{}", class.name), format!("PPV ({})", class.name), ppv));
    }
    Arm {
        name: name.into(),
        label: label.into(),
        fusion: plan.fusion.into(),
        modalities: if name == "stacking" { vec!["us".into(), "mri".into()] } else { vec![name.into()] },
        description: "Multinomial elastic net with λ from five inner folds.".into(),
        missing_rule: None,
        performance: Performance {
            cases: if name == "mri" { 190 } else { truth.len() },
            classes: classes.iter().map(|c| c.n).collect(),
            without_prediction: if name == "mri" { 15 } else { 0 },
            discrimination: vec![
                NamedMeasure::new("auc-macro", "AUC (macro)", num::interval(macro_auc, se, "bootstrap, percentile, 2000 draws")),
                NamedMeasure::new(
                    "auc-micro",
                    "AUC (micro)",
                    num::interval(macro_auc + 0.008, se, "bootstrap, percentile, 2000 draws"),
                ),
                NamedMeasure::new("hand-till", "Hand–Till M", Measure::of(macro_auc - 0.004)),
                NamedMeasure::new("hum", "HUM", Measure::of(0.41)),
            ],
            repeats: None,
            calibration: (0..3).map(|k| calibration(&classes[k].name, &column(k), &is(k))).collect(),
            threshold: Some(ThresholdResult {
                rule: "the most probable class".into(),
                value: None,
                range: None,
                measures: decisions,
                confusion,
            }),
            roc: (0..3)
                .map(|k| RocCurveResult { class: classes[k].name.clone(), auc: one[k].clone(), points: roc(&column(k), &is(k)) })
                .collect(),
            decision: (0..3)
                .map(|k| {
                    let (model, treat_all) = decision(&column(k), &is(k));
                    DecisionCurveResult { class: classes[k].name.clone(), model, treat_all }
                })
                .collect(),
        },
        features: features(&plan),
        lasso_path: None,
        nomograms: Vec::new(),
        notices: Vec::new(),
    }
}

/// Pairs of three-class arms.
pub fn comparisons_of_three(results: &Results) -> Vec<Comparison> {
    let value = |i: usize| results.arms[i].performance.primary().and_then(|p| p.measure.value).unwrap();
    [(0, 2), (0, 1), (1, 2)]
        .iter()
        .map(|&(i, j)| {
            let difference = num::interval(value(j) - value(i), 0.041, "bootstrap, percentile, 2000 draws");
            let z = (value(j) - value(i)) / 0.041;
            let m = |id: &str, label: &str, v: f64| NamedMeasure::new(id, label, num::interval(v, 0.04, "bootstrap, percentile"));
            Comparison {
                reference: results.arms[i].name.clone(),
                new: results.arms[j].name.clone(),
                primary: (i, j) == (0, 2),
                nested: false,
                cases: 190,
                difference,
                test: Some(TestResult {
                    name: "bootstrap test".into(),
                    statistic_name: "z".into(),
                    statistic: Some(z),
                    df: None,
                    p: Some(p_of_z(z)),
                    note: None,
                }),
                p_holm: Some((3.0 * p_of_z(z)).min(1.0)),
                p_bh: Some((1.5 * p_of_z(z)).min(1.0)),
                likelihood_ratio: None,
                reclassification: None,
                multiclass: Some(MulticlassReclassification {
                    totals: vec![
                        m("nri-prevalence", "NRI, weighted by prevalence", 0.051),
                        m("nri-equal", "NRI, classes weighted equally", 0.047),
                        m("idi-mcca", "IDI, as in mcca", 0.022),
                    ],
                    per_class: results
                        .outcome
                        .classes
                        .iter()
                        .map(|c| m(&format!("nri-{}", c.name), &format!("NRI, {} against the rest", c.name), 0.08))
                        .collect(),
                }),
                mcnemar: Vec::new(),
                net_benefit: Vec::new(),
                words: vec!["Both arms predict 190 cases.".into()],
                notices: Vec::new(),
            }
        })
        .collect()
}

/// What twelve cases leave undefined.
pub fn undefine(arm: &mut Arm) {
    let performance = &mut arm.performance;
    performance.repeats = None;
    performance.discrimination[1].measure = Measure::undefined("a fold holds one class only");
    for calibration in &mut performance.calibration {
        for m in &mut calibration.measures[..2] {
            m.measure = Measure::undefined("the logistic recalibration did not converge: complete separation");
        }
    }
    if let Some(threshold) = &mut performance.threshold {
        threshold.measures[2].measure = Measure::undefined("no case was called positive in a fold");
    }
    arm.features.truncate(3);
}

/// Correlation of two score vectors, for who wants to look at the simulation.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    covariance(a, b) / (covariance(a, a) * covariance(b, b)).sqrt()
}
