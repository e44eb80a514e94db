//! AUC, ROC curves and DeLong's tests against pROC, MLstatkit and riskRegression, and against simulation.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, close, number, numbers, texts};
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use vbx::statistic::auc::{RocAxis, RocCurve, auc};
use vbx::statistic::delong::{delong, unpaired_test};
use vbx::statistic::estimate::Estimate;
use vbx::statistic::multiplicity::{Adjustment, adjust};

fn check_interval(oracle: &Oracle, what: &str, estimate: &Estimate, expected: &Value) {
    let ends = numbers(expected);
    oracle.check(&format!("{what} lower"), estimate.lower.unwrap(), &ends[0].into());
    oracle.check(&format!("{what} upper"), estimate.upper.unwrap(), &ends[1].into());
}

fn delong_as_proc(oracle: &Oracle) {
    let names = texts(&oracle.data()["scores"]);
    let y = oracle.data()["y"].as_str().unwrap();
    let mut columns: Vec<&str> = names.iter().map(String::as_str).collect();
    columns.push(y);
    let table = oracle.table().complete(&columns);
    assert_eq!(table.rows as u64, oracle.data()["n"].as_u64().unwrap());
    let event = table.events(y);
    let columns: Vec<Vec<f64>> = names.iter().map(|n| table.numbers(n)).collect();
    let scores: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let set = delong(&event, &scores).unwrap();
    let out = oracle.out();

    for (i, name) in names.iter().enumerate() {
        let expected = &out["per_score"][name];
        oracle.check(&format!("{name} auc"), set.auc[i], &expected["auc"]);
        oracle.check(&format!("{name} auc alone"), auc(&event, scores[i]).unwrap(), &expected["auc"]);
        oracle.check(&format!("{name} variance"), set.variance(i).unwrap(), &expected["var_delong"]);
        oracle.check(&format!("{name} se"), set.estimate(i, 0.95).se.unwrap(), &expected["se_delong"]);
        check_interval(oracle, name, &set.estimate(i, 0.95), &expected["ci95_clipped"]);
        check_interval(oracle, name, &set.estimate(i, 0.90), &expected["ci90"]);
        check_interval(oracle, name, &set.logit_estimate(i, 0.95).unwrap(), &expected["logit_delong_ci95"]);
        assert_eq!(event.iter().filter(|&&e| e).count() as u64, expected["n_pos"].as_u64().unwrap());

        let curve = RocCurve::new(&event, scores[i]).unwrap();
        let partial = &out["partial_auc"][name];
        let area = curve.partial_area(RocAxis::Specificity, 0.8, 1.0).unwrap();
        oracle.check("partial by specificity", area, &partial["pauc_spec_1_0.8"]);
        match number(&partial["pauc_spec_1_0.8_corrected"]) {
            Some(expected) => {
                let corrected = curve.corrected_partial_area(RocAxis::Specificity, 0.8, 1.0).unwrap();
                oracle.check("corrected partial", corrected, &expected.into());
            }
            None => assert!(curve.corrected_partial_area(RocAxis::Specificity, 0.8, 1.0).is_err()),
        }
        let area = curve.partial_area(RocAxis::Sensitivity, 0.8, 1.0).unwrap();
        oracle.check("partial by sensitivity", area, &partial["pauc_sens_1_0.8"]);
    }
    for (i, row) in out["covariance"]["values"].as_array().unwrap().iter().enumerate() {
        for (j, value) in row.as_array().unwrap().iter().enumerate() {
            oracle.check("covariance", set.covariance(i, j).unwrap(), value);
        }
    }
    for pair in out["pairwise"].as_array().unwrap() {
        let at = |key: &str| names.iter().position(|n| n == pair[key].as_str().unwrap()).unwrap();
        let (a, b) = (at("a"), at("b"));
        let found = set.compare(a, b, 0.95).unwrap();
        let what = format!("{} − {}", names[a], names[b]);
        // A difference of AUCs loses the digits that they share; both programs keep 1e-10 of an AUC.
        close(&what, found.difference.value, number(&pair["diff"]).unwrap(), 1e-10);
        oracle.check(&format!("{what} se"), found.difference.se.unwrap(), &pair["se_diff"]);
        oracle.check(&format!("{what} z"), found.test.statistic, &pair["z"]);
        oracle.check(&format!("{what} p"), found.test.p, &pair["p_two_sided"]);
        oracle.check(&format!("{what} one-sided p"), found.p_greater, &pair["p_greater"]);
        check_interval(oracle, &what, &found.difference, &pair["ci95_diff"]);
        oracle.check(&format!("{what} correlation"), found.correlation.unwrap(), &pair["corr_auc"]);
    }
    let joint = set.equality_test().unwrap();
    oracle.check("χ²", joint.statistic, &out["overall_equal_auc"]["chisq"]);
    oracle.check("df", joint.df.unwrap(), &out["overall_equal_auc"]["df"]);
    oracle.check("p of χ²", joint.p, &out["overall_equal_auc"]["p"]);

    let p: Vec<Option<f64>> = out["pairwise"].as_array().unwrap().iter().map(|pair| number(&pair["p_two_sided"])).collect();
    for (found, expected) in adjust(&p, Adjustment::Holm).into_iter().zip(numbers(&out["pairwise_p_holm"])) {
        close("Holm", found.unwrap(), expected, oracle.rel_tol);
    }

    for unpaired in out["unpaired"].as_array().into_iter().flatten() {
        let score = table.numbers(unpaired["score"].as_str().unwrap());
        let group = table.text(unpaired["group"].as_str().unwrap());
        let levels = texts(&unpaired["levels"]);
        let part = |level: &String| -> (Vec<bool>, Vec<f64>) {
            (0..event.len()).filter(|&i| group[i] == *level).map(|i| (event[i], score[i])).unzip()
        };
        let (one, two) = (part(&levels[0]), part(&levels[1]));
        let found = unpaired_test((&one.0, &one.1), (&two.0, &two.1), 0.95).unwrap();
        let expected = numbers(&unpaired["auc"]);
        close("unpaired auc", found.auc[0], expected[0], oracle.rel_tol);
        close("unpaired auc", found.auc[1], expected[1], oracle.rel_tol);
        oracle.check("unpaired t", found.test.statistic, &unpaired["D"]);
        oracle.check("unpaired df", found.test.df.unwrap(), &unpaired["df"]);
        oracle.check("unpaired p", found.test.p, &unpaired["p"]);
    }
}

#[test]
fn delong_agrees_with_proc() {
    for oracle in Oracle::all("delong") {
        delong_as_proc(&oracle);
    }
}

#[test]
fn delong_edge_cases_agree_with_proc_or_are_refused_with_a_reason() {
    for oracle in Oracle::all("delong_edge") {
        for (name, case) in oracle.out().as_object().unwrap() {
            edge_case(&oracle, name, case);
        }
    }
}

fn edge_case(oracle: &Oracle, name: &str, case: &Value) {
    let event: Vec<bool> = numbers(&case["y"]).iter().map(|&y| y == 1.0).collect();
    let a = numbers(&case["a"]);
    let b = case.get("b").map(numbers).unwrap_or_else(|| a.clone());
    let set = delong(&event, &[&a, &b]).unwrap();
    oracle.check(&format!("{name} auc"), set.auc[0], &case["auc"]);
    let estimate = set.estimate(0, 0.95);
    match number(&case["var"]) {
        Some(variance) => {
            oracle.check(&format!("{name} variance"), set.variance(0).unwrap(), &case["var"]);
            check_interval(oracle, name, &estimate, &case["ci95"]);
            assert_eq!(set.caution(0).is_some(), variance == 0.0, "{name}");
        }
        None => {
            assert!(set.variance(0).is_err(), "{name}");
            assert_eq!((estimate.se, estimate.lower, estimate.upper), (None, None, None), "{name}");
            assert!(set.caution(0).is_some(), "{name}");
        }
    }
    let Some(z) = case.get("z") else { return };
    match number(z) {
        Some(z) if z.is_finite() => {
            let found = set.compare(0, 1, 0.95).unwrap();
            oracle.check(&format!("{name} z"), found.test.statistic, &z.into());
            oracle.check(&format!("{name} p"), found.test.p, &case["p"]);
        }
        // Where pROC has no z, or an infinite one, we refuse.
        _ => assert!(set.compare(0, 1, 0.95).is_err(), "{name}"),
    }
}

#[test]
fn delong_agrees_with_mlstatkit_but_for_its_sign() {
    for oracle in Oracle::all("delong_mlstatkit") {
        let column = |key: &str| oracle.data()[key].as_str().unwrap();
        let table = oracle.table().complete(&[column("y"), column("a"), column("b")]);
        let (a, b) = (table.numbers(column("a")), table.numbers(column("b")));
        let set = delong(&table.events(column("y")), &[&a, &b]).unwrap();
        let found = set.compare(0, 1, 0.95).unwrap();
        let out = oracle.out();
        oracle.check("z", -found.test.statistic, &out["z_b_minus_a"]);
        oracle.check("p", found.test.p, &out["p"]);
        for (i, letter) in ["a", "b"].into_iter().enumerate() {
            oracle.check("auc", set.auc[i], &out[format!("auc_{letter}")]);
            check_interval(&oracle, letter, &set.estimate(i, 0.95), &out[format!("ci_{letter}")]);
        }
    }
}

#[test]
fn auc_contrasts_agree_with_risk_regression() {
    for oracle in Oracle::all("riskregression_score") {
        auc_contrasts(&oracle);
    }
}

fn auc_contrasts(oracle: &Oracle) {
    let names = texts(&oracle.data()["p"]);
    let mut columns: Vec<&str> = names.iter().map(String::as_str).collect();
    columns.push(oracle.data()["y"].as_str().unwrap());
    let table = oracle.table().complete(&columns);
    let event = table.events(oracle.data()["y"].as_str().unwrap());
    let columns: Vec<Vec<f64>> = names.iter().map(|n| table.numbers(n)).collect();
    let set = delong(&event, &columns.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    let at = |name: &String| names.iter().position(|n| n == name).unwrap();

    let expected = &oracle.out()["auc"];
    for (row, model) in texts(&expected["model"]).iter().enumerate() {
        let found = set.estimate(at(model), 0.95);
        oracle.check("auc", found.value, &expected["AUC"][row]);
        oracle.check("se", found.se.unwrap(), &expected["se"][row]);
        oracle.check("lower", found.lower.unwrap(), &expected["lower"][row]);
        oracle.check("upper", found.upper.unwrap(), &expected["upper"][row]);
    }
    let expected = &oracle.out()["auc_contrasts"];
    for (row, (model, reference)) in texts(&expected["model"]).iter().zip(texts(&expected["reference"])).enumerate() {
        let found = set.compare(at(model), at(&reference), 0.95).unwrap();
        oracle.check("delta", found.difference.value, &expected["delta.AUC"][row]);
        oracle.check("se", found.difference.se.unwrap(), &expected["se"][row]);
        oracle.check("lower", found.difference.lower.unwrap(), &expected["lower"][row]);
        oracle.check("upper", found.difference.upper.unwrap(), &expected["upper"][row]);
        oracle.check("p", found.test.p, &expected["p"][row]);
    }
}

/// Two correlated binormal scores with equal AUC Φ(d/√2), 60 events and 90 non-events.
fn draw(rng: &mut Xoshiro256PlusPlus, d: f64) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let event: Vec<bool> = (0..150).map(|i| i < 60).collect();
    let (a, b) = event
        .iter()
        .map(|&e| {
            let shift = if e { d } else { 0.0 };
            let [common, own, other]: [f64; 3] = std::array::from_fn(|_| rng.sample(StandardNormal));
            (shift + 0.7 * common + 0.51f64.sqrt() * own, shift + 0.7 * common + 0.51f64.sqrt() * other)
        })
        .unzip();
    (event, a, b)
}

#[test]
fn the_paired_test_keeps_its_size_and_the_interval_its_coverage() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(20);
    let truth = 0.8;
    let d = std::f64::consts::SQRT_2 * vbx::statistic::normal::quantile(truth);
    let draws = 4000;
    let (mut rejected, mut covered, mut covered_by_logit) = (0, 0, 0);
    for _ in 0..draws {
        let (event, a, b) = draw(&mut rng, d);
        let set = delong(&event, &[&a, &b]).unwrap();
        rejected += usize::from(set.compare(0, 1, 0.95).unwrap().test.p < 0.05);
        let holds = |e: Estimate| usize::from(e.lower.unwrap() <= truth && truth <= e.upper.unwrap());
        covered += holds(set.estimate(0, 0.95));
        covered_by_logit += holds(set.logit_estimate(0, 0.95).unwrap());
    }
    let share = |count: usize| count as f64 / draws as f64;
    assert!((0.04..=0.06).contains(&share(rejected)), "size {}", share(rejected));
    assert!((0.93..=0.97).contains(&share(covered)), "coverage {}", share(covered));
    assert!((0.93..=0.97).contains(&share(covered_by_logit)), "logit coverage {}", share(covered_by_logit));
}
