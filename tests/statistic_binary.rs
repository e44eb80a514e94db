//! What is read off a binary prediction: thresholds, two-by-two tables, paired tests, precision and recall, against R and scikit-learn.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, close, number, numbers, texts};
use serde_json::Value;
use vbx::statistic::auc::{RocCurve, auc};
use vbx::statistic::calibration::calibration_slope;
use vbx::statistic::confusion::Confusion;
use vbx::statistic::estimate::{Defined, Estimate};
use vbx::statistic::isotonic::Isotonic;
use vbx::statistic::marginal_homogeneity::{bowker, stuart_maxwell};
use vbx::statistic::normal::chi_square_sf;
use vbx::statistic::paired::{PredictiveValue, cochran_q, compare_predictive_values, mcnemar};
use vbx::statistic::precision_recall::{area_by_trapezia, average_precision};
use vbx::statistic::proportion::{ProportionInterval, proportion};
use vbx::statistic::scoring::{brier, log_loss};
use vbx::statistic::threshold::ThresholdRule;

/// Outcome and one score, rows complete in both.
fn prediction(oracle: &Oracle, y: &str, score: &str) -> (Vec<bool>, Vec<f64>) {
    let table = oracle.table().complete(&[y, score]);
    (table.events(y), table.numbers(score))
}

/// A value that the oracle leaves undefined is one that we refuse.
fn check_defined(oracle: &Oracle, what: &str, found: Defined<f64>, expected: &Value) {
    match number(expected) {
        Some(_) => oracle.check(what, found.unwrap(), expected),
        None => assert!(found.is_err(), "{}: {what} is {found:?}", oracle.id),
    }
}

/// Value and ends of an interval, `null` where an end does not exist.
fn check_three(oracle: &Oracle, what: &str, found: Defined<Estimate>, expected: &Value) {
    let Some(value) = number(&expected[0]).filter(|v| v.is_finite()) else {
        assert!(found.is_err(), "{what}: {found:?}");
        return;
    };
    let found = found.unwrap();
    close(what, found.value, value, oracle.rel_tol);
    // A ratio of 0 has no interval on the log scale; R prints 0 and NaN.
    if number(&expected[2]).is_some() && value > 0.0 {
        oracle.check(&format!("{what} lower"), found.lower.unwrap(), &expected[1]);
        oracle.check(&format!("{what} upper"), found.upper.unwrap(), &expected[2]);
    }
}

#[test]
fn thresholds_and_their_tables_agree_with_proc_and_epir() {
    for oracle in Oracle::all("thresholds") {
        let column = |key: &str| oracle.data()[key].as_str().unwrap();
        let (event, score) = prediction(&oracle, column("y"), column("p"));
        let out = oracle.out();
        let curve = RocCurve::new(&event, &score).unwrap();
        let list = |of: &dyn Fn(usize) -> f64| (0..curve.points.len()).map(of).collect::<Vec<f64>>();
        for (key, found) in [
            ("roc_thresholds", list(&|i| curve.points[i].threshold)),
            ("roc_sensitivities", list(&|i| curve.points[i].sensitivity)),
            ("roc_specificities", list(&|i| curve.points[i].specificity)),
        ] {
            let expected = numbers(&out[key]);
            assert_eq!(found.len(), expected.len(), "{key}");
            found.iter().zip(expected).for_each(|(f, e)| close(key, *f, e, oracle.rel_tol));
        }
        for (key, rule) in [("youden_best", ThresholdRule::Youden), ("closest_topleft", ThresholdRule::ClosestTopLeft)] {
            let points = rule.points(&curve).unwrap();
            let (thresholds, sensitivities) = (numbers(&out[key]["threshold"]), numbers(&out[key]["sensitivity"]));
            let specificities = numbers(&out[key]["specificity"]);
            assert_eq!(points.len(), thresholds.len(), "{key}");
            for (i, p) in points.iter().enumerate() {
                close(key, p.threshold, thresholds[i], oracle.rel_tol);
                close(key, p.sensitivity, sensitivities[i], oracle.rel_tol);
                close(key, p.specificity, specificities[i], oracle.rel_tol);
                if let Some(sum) = out[key].get("youden") {
                    close(key, p.sensitivity + p.specificity, numbers(sum)[i.min(numbers(sum).len() - 1)], oracle.rel_tol);
                }
            }
        }
        for at in out["at"].as_array().unwrap() {
            table_at(&oracle, &event, &score, at);
        }
    }
}

fn table_at(oracle: &Oracle, event: &[bool], score: &[f64], at: &Value) {
    let table = Confusion::at(event, score, at["threshold"].as_f64().unwrap()).unwrap();
    let counts = [table.true_positives, table.false_positives, table.false_negatives, table.true_negatives];
    for (count, key) in counts.iter().zip(["tp", "fp", "fn", "tn"]) {
        assert_eq!(Some(*count), at[key].as_u64(), "{key}");
    }
    let shares = [
        ("sens", table.true_positives, table.events()),
        ("spec", table.true_negatives, table.nonevents()),
        ("ppv", table.true_positives, table.positives()),
        ("npv", table.true_negatives, table.negatives()),
        ("accuracy", table.true_positives + table.true_negatives, table.total()),
    ];
    for (key, part, whole) in shares {
        let expected = &at[key];
        if number(&expected["estimate"]).is_none() {
            assert!(proportion(part, whole, 0.95, ProportionInterval::Wilson).is_err());
            continue;
        }
        for (name, interval) in [
            ("clopper_pearson", ProportionInterval::ClopperPearson),
            ("wilson", ProportionInterval::Wilson),
            ("agresti_coull", ProportionInterval::AgrestiCoull),
            ("jeffreys", ProportionInterval::Jeffreys),
            ("wald", ProportionInterval::Wald),
        ] {
            let found = proportion(part, whole, 0.95, interval).unwrap();
            oracle.check(key, found.value, &expected["estimate"]);
            oracle.check(&format!("{key} {name} lower"), found.lower.unwrap(), &expected[name][0]);
            oracle.check(&format!("{key} {name} upper"), found.upper.unwrap(), &expected[name][1]);
        }
    }
    let wilson = |e: Defined<Estimate>| e.map(|e| e.value);
    check_defined(oracle, "sens", wilson(table.sensitivity(0.95, ProportionInterval::Wilson)), &at["sens"]["estimate"]);
    check_defined(oracle, "npv", wilson(table.npv(0.95, ProportionInterval::Wilson)), &at["npv"]["estimate"]);
    check_three(oracle, "LR+", table.positive_likelihood_ratio(0.95), &at["lr_pos_epiR"]);
    check_three(oracle, "LR−", table.negative_likelihood_ratio(0.95), &at["lr_neg_epiR"]);
    check_three(oracle, "DOR", table.diagnostic_odds_ratio(0.95), &at["dor_epiR"]);
    check_three(oracle, "Youden", table.youden(0.95), &at["youden_epiR"]);
    check_defined(oracle, "F1", table.f1(), &at["f1"]);
    check_defined(oracle, "balanced accuracy", table.balanced_accuracy(), &at["balanced_accuracy"]);
    check_defined(oracle, "MCC", table.mcc(), &at["mcc"]);
    check_defined(oracle, "kappa", table.kappa(), &at["kappa"]);
}

#[test]
fn binary_scores_agree_with_scikit_learn() {
    for oracle in Oracle::all("sklearn_binary") {
        let cut = oracle.data()["cut"].as_f64().unwrap();
        for score in texts(&oracle.data()["scores"]) {
            let (event, p) = prediction(&oracle, oracle.data()["y"].as_str().unwrap(), &score);
            let out = &oracle.out()[&score];
            oracle.check("AUC", auc(&event, &p).unwrap(), &out["auc"]);
            oracle.check("average precision", average_precision(&event, &p).unwrap(), &out["average_precision"]);
            oracle.check("PR area", area_by_trapezia(&event, &p).unwrap(), &out["pr_auc_trapezoid"]);
            oracle.check("Brier", brier(&event, &p, 0.95).unwrap().value, &out["brier"]);
            if p.iter().all(|p| *p > 0.0 && *p < 1.0) {
                oracle.check("log loss", log_loss(&event, &p).unwrap(), &out["log_loss"]);
                let line = calibration_slope(&event, &p, 0.95).unwrap();
                // scikit-learn's optimiser stops some 3e-9 before the maximum that R's glm and ours reach.
                oracle.check_to("Platt intercept", line.intercept.value, &out["platt_on_logit"]["intercept"], 1e-6);
                oracle.check("Platt slope", line.slope.value, &out["platt_on_logit"]["slope"]);
            }
            let table = Confusion::at(&event, &p, cut).unwrap();
            oracle.check("F1", table.f1().unwrap(), &out["f1"]);
            oracle.check("MCC", table.mcc().unwrap(), &out["mcc"]);
            oracle.check("balanced accuracy", table.balanced_accuracy().unwrap(), &out["balanced_accuracy"]);
            let isotonic = Isotonic::fit(&event, &p).unwrap();
            for (found, key) in [(&isotonic.x, "x"), (&isotonic.y, "y")] {
                let expected = numbers(&out["isotonic"][key]);
                assert_eq!(found.len(), expected.len(), "isotonic {key} of {score}");
                found.iter().zip(expected).for_each(|(f, e)| close(key, *f, e, oracle.rel_tol));
            }
        }
    }
}

#[test]
fn paired_tests_agree_with_r_and_dtcompair() {
    for oracle in Oracle::all("paired_tests") {
        let data = oracle.data();
        let column = |key: &str| data[key].as_str().unwrap();
        let table = oracle.table().complete(&[column("y"), column("p1"), column("p2")]);
        let event = table.events(column("y"));
        let predict = |p: &str, t: &str| -> Vec<bool> {
            table.numbers(column(p)).iter().map(|&p| p >= data[t].as_f64().unwrap()).collect()
        };
        let (one, two) = (predict("p1", "t1"), predict("p2", "t2"));
        let out = oracle.out();

        for (class, key, marginal) in [(true, "mcnemar_positives_only", "sens"), (false, "mcnemar_negatives_only", "spec")] {
            let of_class = |p: &[bool]| -> Vec<bool> { (0..p.len()).filter(|&i| event[i] == class).map(|i| p[i]).collect() };
            let found = mcnemar(&of_class(&one), &of_class(&two)).unwrap();
            let expected = &out[key];
            assert_eq!(Some(found.only_second), expected["b01"].as_u64(), "{key}");
            assert_eq!(Some(found.only_first), expected["c10"].as_u64(), "{key}");
            oracle.check("exact p", found.exact_p, &expected["p_exact"]);
            let shares = &out["dtcompair_sesp_mcnemar"];
            for (test, statistic, p) in [(found.plain, "chisq", "p"), (found.corrected, "chisq_cc", "p_cc")] {
                match number(&expected[statistic]) {
                    Some(_) => {
                        oracle.check(statistic, test.unwrap().statistic, &expected[statistic]);
                        oracle.check(p, test.unwrap().p, &expected[p]);
                    }
                    None => assert!(test.is_none()),
                }
            }
            if let Some(test) = found.plain {
                oracle.check("χ²", test.statistic, &shares[format!("{marginal}_chisq")]);
                // 1 − pchisq: R's own rounding is larger than ours.
                oracle.check_to("p of χ²", test.p, &shares[format!("{marginal}_p")], 1e-8);
            }
        }
        for (key, prediction) in [("sens1", &one), ("sens2", &two)] {
            let table = Confusion::new(&event, prediction).unwrap();
            let found = table.sensitivity(0.95, ProportionInterval::Wilson).unwrap().value;
            oracle.check(key, found, &out["dtcompair_sesp_mcnemar"][key]);
        }
        let right = |p: &[bool]| -> Vec<bool> { p.iter().zip(&event).map(|(p, e)| p == e).collect() };
        let found = mcnemar(&right(&one), &right(&two)).unwrap();
        let expected = &out["mcnemar_correctness"];
        let mut differing = [found.only_first, found.only_second];
        let mut counts = ["b", "c"].map(|key| expected[key].as_u64().unwrap());
        differing.sort_unstable();
        counts.sort_unstable();
        assert_eq!(differing, counts);
        oracle.check("χ²", found.plain.unwrap().statistic, &expected["chisq"]);
        oracle.check("p", found.plain.unwrap().p, &expected["p"]);
        oracle.check("exact p", found.exact_p, &expected["p_exact"]);

        for (value, letter) in [(PredictiveValue::Positive, "ppv"), (PredictiveValue::Negative, "npv")] {
            let found = compare_predictive_values(&event, &one, &two, value, 0.95).unwrap();
            let score = &out[format!("generalized_score_{letter}")];
            oracle.check("score", found.score_test.statistic, &score["stat"]);
            oracle.check("score p", found.score_test.p, &score["p"]);
            let ratio = &out[format!("relative_{letter}")];
            oracle.check("test1", found.values[0], &ratio["test1"]);
            oracle.check("test2", found.values[1], &ratio["test2"]);
            oracle.check("ratio", found.ratio.value, &ratio[format!("r{letter}")]);
            let se = found.ratio.se.unwrap() / found.ratio.value;
            oracle.check("se of the log ratio", se, &ratio[format!("se.log.r{letter}")]);
            oracle.check("lower", found.ratio.lower.unwrap(), &ratio[format!("lcl.r{letter}")]);
            oracle.check("upper", found.ratio.upper.unwrap(), &ratio[format!("ucl.r{letter}")]);
            oracle.check("z", found.ratio_test.statistic, &ratio["test.statistic"]);
            oracle.check("p", found.ratio_test.p, &ratio["p.value"]);
        }
    }
}

#[test]
fn cochran_q_agrees_with_desctools() {
    for oracle in Oracle::all("cochran_q") {
        let names = texts(&oracle.data()["scores"]);
        let y = oracle.data()["y"].as_str().unwrap();
        let mut columns: Vec<&str> = names.iter().map(String::as_str).collect();
        columns.push(y);
        let table = oracle.table().complete(&columns);
        let event = table.events(y);
        let cut = oracle.data()["cut"].as_f64().unwrap();
        // Whether each prediction was right.
        let right =
            |name: &String| -> Vec<bool> { table.numbers(name).iter().zip(&event).map(|(p, e)| (*p >= cut) == *e).collect() };
        let columns: Vec<Vec<bool>> = names.iter().map(right).collect();
        let found = cochran_q(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        oracle.check("Q", found.statistic, &oracle.out()["Q"]);
        oracle.check("df", found.df.unwrap(), &oracle.out()["df"]);
        oracle.check("p", found.p, &oracle.out()["p"]);
    }
}

#[test]
fn marginal_homogeneity_agrees_with_desctools() {
    for oracle in Oracle::all("marginal_homogeneity") {
        let rows = oracle.out()["table"].as_array().unwrap();
        let table: Vec<Vec<u64>> = rows.iter().map(|row| numbers(row).iter().map(|&x| x as u64).collect()).collect();
        let expected = &oracle.out()["stuart_maxwell"];
        let found = stuart_maxwell(&table).unwrap();
        let single = |value: &Value| value[0][0].as_f64().or(value.as_f64()).unwrap();
        close("Stuart–Maxwell", found.statistic, single(&expected["chisq"]), oracle.rel_tol);
        // DescTools drops a class on which both always agree but goes on counting its degree of freedom; the rank does not.
        let agreed = (0..table.len()).filter(|&i| {
            let row: u64 = table[i].iter().sum();
            let column: u64 = table.iter().map(|row| row[i]).sum();
            row == table[i][i] && column == table[i][i]
        });
        let theirs = single(&expected["df"]);
        close("df", found.df.unwrap() + agreed.count() as f64, theirs, oracle.rel_tol);
        close("p", chi_square_sf(found.statistic, theirs), single(&expected["p"]), oracle.rel_tol);
        // With an empty pair of classes R divides 0 by 0; ours leaves the pair out.
        let expected = &oracle.out()["bowker"];
        let found = bowker(&table).unwrap();
        match number(&expected["chisq"]) {
            Some(_) => {
                oracle.check("Bowker", found.statistic, &expected["chisq"]);
                oracle.check("Bowker p", found.p, &expected["p"]);
            }
            None => assert!(found.df.unwrap() < expected["df"].as_f64().unwrap()),
        }
    }
}
