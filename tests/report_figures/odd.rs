//! Results that break layouts: names in Chinese, names with markup, undefined numbers, numbers that should not be there.

use super::fixture;
use vbx::study::results::*;
/// Results with names that break layouts and markup, and with what is undefined.
pub fn all() -> Vec<(&'static str, Results)> {
    let two = ["HER2 negative", "HER2 positive"];
    let mut chinese = fixture::results(&fixture::FIVE, &["HER2阴性", "HER2阳性"], 158, 3);
    let names = [
        "临床",
        "磁共振影像组学",
        "早期融合（特征拼接）",
        "晚期融合（加权平均）",
        "列线图：临床变量与磁共振影像组学评分联合模型",
    ];
    for (arm, name) in chinese.arms.iter_mut().zip(names) {
        arm.label = name.into();
    }
    chinese.cohort.modalities[1].label = "磁共振".into();
    chinese.flow[0].label = "临床表中的浸润性乳腺癌患者".into();
    if let Some(n) = chinese.arms[4].nomograms.first_mut() {
        n.axes[1].label = "年龄（岁）".into();
        n.axes[2].ticks[0].0 = "阳性".into();
    }
    let mut undefined = fixture::results(&fixture::FIVE[..3], &two, 158, 3);
    for arm in &mut undefined.arms[..2] {
        let p = &mut arm.performance;
        for m in &mut p.discrimination {
            m.measure = Measure::undefined("only one class among the cases");
        }
        for r in &mut p.roc {
            r.auc = Measure::undefined("only one class among the cases");
            r.points.clear();
        }
        for c in &mut p.calibration {
            c.curve.clear();
            c.groups.clear();
            c.measures.iter_mut().for_each(|m| m.measure = Measure::undefined("the fit did not converge"));
            c.histogram = vec![[0, 0]; 20];
        }
        for d in &mut p.decision {
            d.model.clear();
            d.treat_all.clear();
        }
        p.threshold = None;
    }
    undefined.comparisons[1].difference = Measure::undefined("one class only");
    undefined.arms[2].lasso_path.as_mut().unwrap().coefficients.clear();
    let mut nan = fixture::results(&fixture::FIVE, &two, 60, 3);
    for arm in &mut nan.arms {
        let p = &mut arm.performance;
        p.discrimination[0].measure.upper = Some(f64::NAN);
        for r in &mut p.roc {
            r.points[3].y = f64::NAN;
            r.points[5].lower = Some(f64::INFINITY);
        }
        for c in &mut p.calibration {
            c.curve[2].y = f64::NAN;
            c.groups[0].x = f64::NAN;
        }
        for d in &mut p.decision {
            d.model[4].y = f64::NAN;
            d.treat_all[3] = f64::NAN;
        }
        for f in &mut arm.features {
            f.weight = Some(f64::NAN);
        }
        if let Some(t) = &mut p.threshold {
            t.confusion[0][0] = f64::NAN;
        }
        if let Some(l) = &mut arm.lasso_path {
            l.lambda[0] = 0.0;
            l.deviance[3] = f64::NAN;
            l.coefficients[0].values[7] = f64::NAN;
            l.lambda_min = f64::NAN;
        }
        if let Some(n) = arm.nomograms.first_mut() {
            n.axes[0].ticks[0].2 = f64::NAN;
            n.total_max = f64::NAN;
            n.probabilities[0].ticks[0].1 = f64::NAN;
        }
    }
    let mut empty = fixture::results(&fixture::FIVE[..2], &two, 60, 3);
    for arm in &mut empty.arms {
        let p = &mut arm.performance;
        for r in &mut p.roc {
            r.auc = Measure::undefined("only one class among the cases");
            r.points.clear();
        }
        for d in &mut p.decision {
            d.model.clear();
            d.treat_all.clear();
        }
        for c in &mut p.calibration {
            c.curve.clear();
            c.groups.clear();
            c.histogram.clear();
        }
        p.threshold = None;
        for m in &mut p.discrimination {
            m.measure = Measure::undefined("only one class among the cases");
        }
    }
    empty.flow.truncate(1);
    empty.flow[0].excluded.clear();
    let mut none = fixture::results(&fixture::FIVE[..1], &two, 60, 3);
    none.arms.clear();
    none.comparisons.clear();
    none.flow.clear();
    none.cohort.patterns.clear();
    vec![("crowded", crowded()), ("chinese", chinese), ("undefined", undefined), ("nan", nan), ("empty", empty), ("none", none)]
}

/// Everything is long and there is much of it.
fn crowded() -> Results {
    let classes = [
        "HER2-null (no staining at all)",
        "HER2-ultralow (faint staining in at most 10 %)",
        "HER2-low",
        "HER2-equivocal without amplification",
        "HER2-positive, IHC 3+ or amplified",
    ];
    let mut results = fixture::results(&fixture::TWELVE, &classes, 612, 11);
    for (i, arm) in results.arms.iter_mut().enumerate() {
        arm.label = format!("Arm {} with a name that nobody would print in a paper but that somebody will type", i + 1);
        for calibration in &mut arm.performance.calibration {
            for measure in &mut calibration.measures {
                measure.measure.value = Some(-12.345);
                measure.measure.lower = Some(-1234.5);
                measure.measure.upper = Some(987.6);
            }
        }
        for feature in &mut arm.features {
            feature.name.push_str("_with_another_suffix_that_goes_on_and_on_until_the_margin");
            feature.weight = feature.weight.map(|w| w * 123456.0);
        }
        if let Some(path) = &mut arm.lasso_path {
            path.coefficients.iter_mut().for_each(|line| line.name.push_str("_with_another_suffix_that_goes_on"));
            path.lambda_1se = path.lambda_min;
        }
        arm.nomograms = vec![long_nomogram()];
    }
    let template = results.cohort.modalities[1].clone();
    for i in 0..6 {
        results.cohort.modalities.push(ModalitySummary {
            name: format!("m{i}"),
            label: format!("Modality {i}, dynamic contrast-enhanced"),
            present: 500 - 80 * i,
            ..template.clone()
        });
    }
    let names: Vec<String> = results.cohort.modalities.iter().map(|m| m.name.clone()).collect();
    results.cohort.patterns = (0..60u32)
        .map(|i| PatternCount {
            present: names.iter().enumerate().filter(|(k, _)| (i * 37 + 1) >> k & 1 == 1).map(|(_, n)| n.clone()).collect(),
            n: (4000 / (i + 1)) as usize,
        })
        .collect();
    for step in &mut results.flow {
        step.patients -= 7;
        step.label.push_str(", of all those who were referred to one of the seven centres between 2015 and 2024 and consented");
        step.excluded.push(Count {
            name: "Withdrew consent, moved away, or was lost for reasons that the table does not tell".into(),
            n: 1234,
        });
    }
    results
}

fn long_nomogram() -> NomogramResult {
    let mut nomogram = fixture::nomogram(&[
        ("Probability of at least one thing that has a very long name indeed", 0.0),
        ("P(b)", 1.0),
        ("P(c)", 2.0),
        ("P(d)", 3.0),
    ]);
    let levels = [
        "oval",
        "round",
        "irregular",
        "focal",
        "linear",
        "segmental",
        "regional",
        "multiple regions",
        "diffuse",
        "clustered ring",
        "not assessed",
    ];
    for k in 0..8 {
        let ticks =
            levels.iter().enumerate().map(|(i, level)| (level.to_string(), None, ((i * (k + 3)) % 11) as f64 * (k as f64 + 0.2)));
        nomogram.axes.push(NomogramAxis {
            label: format!("Distribution of non-mass enhancement, reader {k} of eight, by consensus"),
            name: format!("mri.nme{k}"),
            coefficient: None,
            ticks: ticks.collect(),
            zero: None,
            points_per_unit: None,
        });
    }
    nomogram.axes[1].ticks.iter_mut().for_each(|tick| tick.2 *= 0.05);
    nomogram
}
