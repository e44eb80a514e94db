//! Views of fitted models: nomogram, LASSO path, odds ratios, joint test.

use super::numbers::{interval, logit};
use vbx::study::results::{
    Association, JointTest, LassoPathResult, Measure, NomogramAxis, NomogramProbabilityAxis, NomogramResult, PathCoefficient,
    Results, TestResult,
};

/// A variable of a nomogram: coefficient and ticks, or levels with their coefficients.
pub enum Variable {
    Numeric { label: &'static str, name: &'static str, beta: f64, ticks: &'static [f64] },
    Levels { label: &'static str, name: &'static str, levels: &'static [(&'static str, f64)] },
}

/// Points of a logistic or cumulative logistic model, by the definition: the widest axis spans 100 points.
pub fn nomogram(model: &str, intercept: f64, variables: &[Variable], shifts: &[(&str, f64)]) -> NomogramResult {
    let contributions = |v: &Variable| -> Vec<f64> {
        match v {
            Variable::Numeric { beta, ticks, .. } => ticks.iter().map(|t| beta * t).collect(),
            Variable::Levels { levels, .. } => levels.iter().map(|(_, b)| *b).collect(),
        }
    };
    let low = |v: &Variable| contributions(v).into_iter().fold(f64::INFINITY, f64::min);
    let high = |v: &Variable| contributions(v).into_iter().fold(f64::NEG_INFINITY, f64::max);
    let widest = variables.iter().map(|v| high(v) - low(v)).fold(0.0, f64::max);
    let per_point = widest / 100.0;
    let axes = variables
        .iter()
        .map(|v| {
            let points = |c: f64| (c - low(v)) / per_point;
            match v {
                Variable::Numeric { label, name, beta, ticks } => NomogramAxis {
                    label: (*label).into(),
                    name: (*name).into(),
                    coefficient: Some(*beta),
                    ticks: ticks.iter().map(|t| (format!("{t}"), Some(*t), points(beta * t))).collect(),
                    zero: Some(if *beta > 0.0 { ticks[0] } else { ticks[ticks.len() - 1] }),
                    points_per_unit: Some(beta / per_point),
                },
                Variable::Levels { label, name, levels } => NomogramAxis {
                    label: (*label).into(),
                    name: (*name).into(),
                    coefficient: None,
                    ticks: levels.iter().map(|(level, b)| ((*level).into(), None, points(*b))).collect(),
                    zero: None,
                    points_per_unit: None,
                },
            }
        })
        .collect();
    let lp_at_zero = intercept + variables.iter().map(low).sum::<f64>();
    let reach: f64 = variables.iter().map(|v| (high(v) - low(v)) / per_point).sum();
    let total_max = (reach / 20.0).ceil() * 20.0;
    let probabilities = shifts
        .iter()
        .map(|(label, shift)| {
            let ticks = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
                .iter()
                .map(|p| (*p, (logit(*p) - shift - lp_at_zero) / per_point))
                .filter(|(_, total)| (0.0..=total_max).contains(total))
                .collect();
            NomogramProbabilityAxis { label: (*label).into(), shift: *shift, ticks }
        })
        .collect();
    NomogramResult {
        model: model.into(),
        contrast: None,
        axes,
        total_max,
        total_ticks: (0..=(total_max / 20.0) as usize).map(|i| i as f64 * 20.0).collect(),
        lp_at_zero,
        lp_per_point: per_point,
        probabilities,
    }
}

/// Nomogram, path, associations and joint test of the two-class study.
pub fn attach(results: &mut Results) {
    let variables = [
        Variable::Numeric {
            label: "MRI signature",
            name: "mri.score",
            beta: 0.62,
            ticks: &[-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0],
        },
        Variable::Numeric {
            label: "Age, years",
            name: "clinical.age",
            beta: -0.021,
            ticks: &[25.0, 35.0, 45.0, 55.0, 65.0, 75.0],
        },
        Variable::Levels { label: "Oestrogen receptor", name: "clinical.er", levels: &[("positive", 0.0), ("negative", 0.71)] },
        Variable::Levels { label: "Grade", name: "clinical.grade", levels: &[("1", 0.0), ("2", 0.62), ("3", 1.18)] },
    ];
    let event = results.outcome.event.clone().unwrap_or_default();
    let model =
        format!("Logistic model fitted on all {} cases; the MRI signature is an inner out-of-fold score", results.cohort.cases);
    let built = nomogram(&model, -0.9, &variables, &[(&format!("Probability of {event}"), 0.0)]);
    for arm in &mut results.arms {
        if arm.fusion == "nomogram" {
            arm.nomograms = vec![built.clone()];
        }
        if arm.fusion == "single" && arm.modalities.iter().any(|m| m == "mri") {
            arm.lasso_path = Some(path());
        }
    }
    let ratio = |beta: f64, se: f64| {
        let m = interval(beta, se, "Wald");
        Measure { value: m.value.map(f64::exp), lower: m.lower.map(f64::exp), upper: m.upper.map(f64::exp), ..m }
    };
    let row = |term: &str, n, uni: (f64, f64, f64), multi: Option<(f64, f64, f64)>| Association {
        term: term.into(),
        contrast: None,
        n,
        univariable: ratio(uni.0, uni.1),
        univariable_p: Some(uni.2),
        multivariable: multi.map(|m| ratio(m.0, m.1)),
        multivariable_p: multi.map(|m| m.2),
    };
    results.associations = vec![
        row("Age (per 10 years)", 154, (-0.19, 0.19, 0.304), Some((-0.21, 0.2, 0.297))),
        row("ER: negative vs positive", 158, (0.77, 0.34, 0.0172), Some((0.71, 0.36, 0.048_7))),
        row("Grade: 2 vs 1", 151, (1.14, 1.08, 0.29), Some((0.62, 1.1, 0.57))),
        row("Grade: 3 vs 1", 151, (2.11, 1.07, 0.049_7), Some((1.18, 1.09, 0.28))),
        Association {
            term: "Inflammatory: yes vs no".into(),
            contrast: None,
            n: 158,
            univariable: Measure::undefined("no finite estimate: all three inflammatory cancers are HER2 positive (separation)"),
            univariable_p: None,
            multivariable: None,
            multivariable_p: None,
        },
    ];
    results.joint = Some(JointTest {
        arms: results.arms.iter().map(|arm| arm.name.clone()).collect(),
        cases: results.cohort.cases,
        tests: vec![TestResult {
            name: "Equality of all AUCs (DeLong)".into(),
            statistic_name: "χ²".into(),
            statistic: Some(0.9),
            df: Some(results.arms.len() as f64 - 1.0),
            p: Some(0.924),
            note: None,
        }],
    });
}

fn path() -> LassoPathResult {
    let lambda: Vec<f64> = (0..60).map(|i| 0.16 * (-0.08 * f64::from(i)).exp()).collect();
    let deviance: Vec<f64> = (0..60).map(|i| 1.27 + 0.000_25 * (f64::from(i) - 16.0).powi(2)).collect();
    let coefficients = (0..18)
        .map(|k| PathCoefficient {
            name: format!("mri.dce2.tumour_original_glcm_Feature{:03}", k * 7 % 352),
            class: None,
            values: (0..60)
                .map(|i| (f64::from(i) - 2.5 * f64::from(k)).max(0.0) * 0.008 * if k % 3 == 1 { -1.0 } else { 1.0 })
                .collect(),
        })
        .collect();
    LassoPathResult {
        nonzero: (0..60).map(|i| (i / 2).min(24)).collect(),
        deviance_se: vec![0.02; 60],
        lambda_min: lambda[16],
        lambda_1se: lambda[7],
        lambda,
        deviance,
        coefficients,
    }
}

/// An ordinal nomogram for the three-class study.
pub fn attach_ordinal(results: &mut Results) {
    let variables = [
        Variable::Numeric { label: "MRI signature", name: "mri.score", beta: 0.9, ticks: &[-2.0, -1.0, 0.0, 1.0, 2.0] },
        Variable::Numeric { label: "Ultrasound signature", name: "us.score", beta: 0.6, ticks: &[-2.0, -1.0, 0.0, 1.0, 2.0] },
    ];
    let shifts = [("P(low or positive)", 0.0), ("P(positive)", -1.7)];
    let built = nomogram("ordinal logistic model fitted on all 205 cases", 0.95, &variables, &shifts);
    if let Some(arm) = results.arms.last_mut() {
        arm.nomograms = vec![built];
    }
}

/// A multinomial nomogram for the three-class study: one per class against the first.
pub fn attach_multinomial(results: &mut Results) {
    let names: Vec<String> = results.outcome.classes.iter().map(|class| class.name.clone()).collect();
    let ticks: &[f64] = &[-2.0, -1.0, 0.0, 1.0, 2.0];
    let one = |class: usize, intercept: f64, mri: f64, us: f64| {
        let variables = [
            Variable::Numeric { label: "MRI signature", name: "mri.score", beta: mri, ticks },
            Variable::Numeric { label: "Ultrasound signature", name: "us.score", beta: us, ticks },
        ];
        let label = format!("Probability of {} against {}", names[class], names[0]);
        let built = nomogram("multinomial model fitted on all 205 cases", intercept, &variables, &[(&label, 0.0)]);
        NomogramResult { contrast: Some([names[class].clone(), names[0].clone()]), ..built }
    };
    let both = vec![one(1, 0.3, 0.4, -0.7), one(2, -0.2, 1.1, 0.5)];
    if let Some(arm) = results.arms.last_mut() {
        arm.nomograms = both;
    }
}
