//! Thresholds, decisions and corrected p values against R (pROC, epiR, binom, DescTools, DTComPair) and scikit-learn.

mod common;

use serde_json::Value;
use vbx::statistic::confusion::{Confusion, ConfusionMatrix, clopper_pearson, wilson};
use vbx::statistic::{multiplicity, paired, threshold};

fn oracle(name: &str) -> Option<Value> {
    let path = common::reference(&format!("statistics/json/{name}.json"))?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// Complete rows of the columns of an oracle's table.
fn columns(oracle: &Value, names: &[&str]) -> Vec<Vec<String>> {
    let file = oracle["data"]["csv"].as_str().unwrap();
    let path = common::reference(&format!("statistics/data/{file}")).unwrap();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = names.iter().map(|name| header.iter().position(|h| h == *name).unwrap()).collect();
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap()).map(|row| places.iter().map(|&p| row[p].to_string()).collect()).collect();
    let rows: Vec<&Vec<String>> = rows.iter().filter(|row| row.iter().all(|cell| !cell.is_empty() && cell != "NA")).collect();
    (0..names.len()).map(|j| rows.iter().map(|row| row[j].clone()).collect()).collect()
}

fn numbers(column: &[String]) -> Vec<f64> {
    column.iter().map(|cell| cell.parse().unwrap()).collect()
}

fn events(column: &[String]) -> Vec<bool> {
    column.iter().map(|cell| cell == "1").collect()
}

#[track_caller]
fn close(ours: f64, theirs: &Value, tolerance: f64) {
    let theirs = match theirs.as_str() {
        Some("Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => theirs.as_f64().unwrap_or_else(|| panic!("the oracle has {theirs}")),
    };
    assert!(ours == theirs || (ours - theirs).abs() <= tolerance * theirs.abs().max(1e-300), "{ours} against {theirs}");
}

#[test]
fn cuts_and_decisions_agree_with_proc_epir_and_binom() {
    for name in ["thresholds__duke_p_early", "thresholds__asah_s100b"] {
        let Some(oracle) = oracle(name) else { return };
        let data = columns(&oracle, &[oracle["data"]["y"].as_str().unwrap(), oracle["data"]["p"].as_str().unwrap()]);
        let (event, score) = (events(&data[0]), numbers(&data[1]));
        let out = &oracle["outputs"];
        let cuts = threshold::cuts(&event, &score).unwrap();
        for (i, cut) in cuts.iter().enumerate() {
            close(cut.threshold, &out["roc_thresholds"][i], 1e-12);
            close(cut.sensitivity, &out["roc_sensitivities"][i], 1e-12);
            close(cut.specificity, &out["roc_specificities"][i], 1e-12);
        }
        assert_eq!(cuts.len(), out["roc_thresholds"].as_array().unwrap().len());
        let first = |value: &Value| value.as_array().map_or(value.clone(), |all| all[0].clone());
        for (cut, theirs) in [
            (threshold::youden(&event, &score).unwrap(), &out["youden_best"]),
            (threshold::closest_top_left(&event, &score).unwrap(), &out["closest_topleft"]),
        ] {
            close(cut.threshold, &first(&theirs["threshold"]), 1e-12);
            close(cut.sensitivity, &first(&theirs["sensitivity"]), 1e-12);
            close(cut.specificity, &first(&theirs["specificity"]), 1e-12);
        }
        for at in out["at"].as_array().unwrap() {
            let counts = Confusion::at(&event, &score, at["threshold"].as_f64().unwrap());
            for (ours, key) in [
                (counts.true_positive, "tp"),
                (counts.false_positive, "fp"),
                (counts.false_negative, "fn"),
                (counts.true_negative, "tn"),
            ] {
                assert_eq!(ours as u64, at[key].as_u64().unwrap());
            }
            let (p, n) = (counts.true_positive + counts.false_negative, counts.true_negative + counts.false_positive);
            let called = counts.true_positive + counts.false_positive;
            let uncalled = counts.true_negative + counts.false_negative;
            for (k, of, key) in [
                (counts.true_positive, p, "sens"),
                (counts.true_negative, n, "spec"),
                (counts.true_positive, called, "ppv"),
                (counts.true_negative, uncalled, "npv"),
                (counts.true_positive + counts.true_negative, p + n, "accuracy"),
            ] {
                if of == 0 {
                    assert!(wilson(k, of, 0.95).is_err());
                    continue;
                }
                let theirs = &at[key];
                let (w, exact) = (wilson(k, of, 0.95).unwrap(), clopper_pearson(k, of, 0.95).unwrap());
                close(w.value, &theirs["estimate"], 1e-12);
                close(w.lower.unwrap(), &theirs["wilson"][0], 1e-8);
                close(w.upper.unwrap(), &theirs["wilson"][1], 1e-8);
                close(exact.lower.unwrap(), &theirs["clopper_pearson"][0], 1e-8);
                close(exact.upper.unwrap(), &theirs["clopper_pearson"][1], 1e-8);
            }
            let matrix = counts.matrix();
            for (ours, key) in [
                (matrix.f1(1), "f1"),
                (matrix.balanced_accuracy(), "balanced_accuracy"),
                (matrix.mcc(), "mcc"),
                (matrix.kappa(None), "kappa"),
            ] {
                match (ours, at[key].as_f64()) {
                    (Ok(ours), Some(_)) => close(ours, &at[key], 1e-9),
                    (ours, theirs) => assert!(ours.is_err() && theirs.is_none(), "{key}: {ours:?} against {theirs:?}"),
                }
            }
        }
    }
}

#[test]
fn several_classes_agree_with_scikit_learn() {
    for name in ["sklearn_multiclass__gbsg2_grade", "sklearn_multiclass__wine"] {
        let Some(oracle) = oracle(name) else { return };
        let levels: Vec<&str> = oracle["data"]["levels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        for (model, theirs) in oracle["outputs"].as_object().unwrap() {
            let names: Vec<String> = levels.iter().map(|level| format!("{model}_{level}")).collect();
            let mut wanted = vec![oracle["data"]["y"].as_str().unwrap()];
            wanted.extend(names.iter().map(String::as_str));
            let data = columns(&oracle, &wanted);
            let truth: Vec<usize> = data[0].iter().map(|y| levels.iter().position(|level| level == y).unwrap()).collect();
            let p: Vec<Vec<f64>> = data[1..].iter().map(|column| numbers(column)).collect();
            let called: Vec<usize> = (0..truth.len())
                .map(|i| (0..levels.len()).fold(0, |best, k| if p[k][i] > p[best][i] { k } else { best }))
                .collect();
            let matrix = ConfusionMatrix::of(&truth, &called, levels.len());
            for (i, row) in matrix.counts.iter().enumerate() {
                for (j, n) in row.iter().enumerate() {
                    assert_eq!(*n as u64, theirs["confusion"][i][j].as_u64().unwrap());
                }
                close(matrix.f1(i).unwrap(), &theirs["f1"][i], 1e-10);
                close(matrix.one_versus_rest(i).sensitivity(0.95).unwrap().value, &theirs["recall"][i], 1e-10);
                match matrix.one_versus_rest(i).ppv(0.95) {
                    Ok(ppv) => close(ppv.value, &theirs["precision"][i], 1e-10),
                    // scikit-learn says 0 where a class is never called (and warns); we say that it is undefined.
                    Err(_) => {
                        assert_eq!((called.iter().filter(|c| **c == i).count(), theirs["precision"][i].as_f64()), (0, Some(0.0)))
                    }
                }
            }
            close(matrix.accuracy(0.95).unwrap().value, &theirs["accuracy"], 1e-10);
            close(matrix.balanced_accuracy().unwrap(), &theirs["balanced_accuracy"], 1e-10);
            close(matrix.f1_macro().unwrap(), &theirs["f1_macro"], 1e-10);
            close(matrix.f1_weighted().unwrap(), &theirs["f1_weighted"], 1e-10);
            close(matrix.mcc().unwrap(), &theirs["mcc"], 1e-10);
            close(matrix.kappa(None).unwrap(), &theirs["cohen_kappa"], 1e-10);
            close(matrix.kappa(Some(2)).unwrap(), &theirs["cohen_kappa_quadratic"], 1e-10);
        }
    }
}

#[test]
fn paired_decisions_agree_with_r() {
    for name in ["paired_tests__duke", "paired_tests__wdbc"] {
        let Some(oracle) = oracle(name) else { return };
        let data = &oracle["data"];
        let table = columns(&oracle, &["y", data["p1"].as_str().unwrap(), data["p2"].as_str().unwrap()]);
        let event = events(&table[0]);
        let call =
            |j: usize, key: &str| -> Vec<bool> { numbers(&table[j]).iter().map(|p| *p >= data[key].as_f64().unwrap()).collect() };
        let (first, second) = (call(1, "t1"), call(2, "t2"));
        let among = |wanted: bool, calls: &[bool]| -> Vec<bool> {
            calls.iter().zip(&event).filter(|(_, e)| **e == wanted).map(|(c, _)| *c).collect()
        };
        for (wanted, key) in [(true, "mcnemar_positives_only"), (false, "mcnemar_negatives_only")] {
            let test = paired::mcnemar(&among(wanted, &first), &among(wanted, &second)).unwrap();
            let theirs = &oracle["outputs"][key];
            close(test.plain.statistic, &theirs["chisq"], 1e-9);
            close(test.plain.p, &theirs["p"], 1e-9);
            close(test.corrected.statistic, &theirs["chisq_cc"], 1e-9);
            close(test.corrected.p, &theirs["p_cc"], 1e-9);
            close(test.exact_p, &theirs["p_exact"], 1e-9);
        }
        let right = |calls: &[bool]| -> Vec<bool> { calls.iter().zip(&event).map(|(c, e)| c == e).collect() };
        let test = paired::mcnemar(&right(&first), &right(&second)).unwrap();
        let theirs = &oracle["outputs"]["mcnemar_correctness"];
        close(test.plain.statistic, &theirs["chisq"], 1e-9);
        close(test.plain.p, &theirs["p"], 1e-9);
        close(test.exact_p, &theirs["p_exact"], 1e-9);
    }
    let Some(oracle) = oracle("cochran_q__duke") else { return };
    let names: Vec<&str> = oracle["data"]["scores"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    let mut wanted = vec!["y"];
    wanted.extend(&names);
    let table = columns(&oracle, &wanted);
    let event = events(&table[0]);
    let cut = oracle["data"]["cut"].as_f64().unwrap();
    let right: Vec<Vec<bool>> =
        table[1..].iter().map(|column| numbers(column).iter().zip(&event).map(|(p, e)| (*p >= cut) == *e).collect()).collect();
    let test = paired::cochran_q(&right).unwrap();
    close(test.statistic, &oracle["outputs"]["Q"], 1e-9);
    close(test.p, &oracle["outputs"]["p"], 1e-9);
}

#[test]
fn corrected_p_values_agree_with_r() {
    for name in ["group_tests__duke_her2", "group_tests__gbsg2_grade"] {
        let Some(oracle) = oracle(name) else { return };
        let theirs = &oracle["outputs"]["p_adjust"];
        let raw: Vec<f64> = theirs["raw"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        for (ours, keys) in [
            (multiplicity::holm(&raw), ["holm"].as_slice()),
            (multiplicity::hochberg(&raw), ["hochberg"].as_slice()),
            (multiplicity::benjamini_hochberg(&raw), ["BH", "bh", "fdr"].as_slice()),
            (multiplicity::bonferroni(&raw), ["bonferroni"].as_slice()),
        ] {
            let Some(key) = keys.iter().find(|key| !theirs[**key].is_null()) else { continue };
            ours.iter().enumerate().for_each(|(i, p)| close(*p, &theirs[*key][i], 1e-9));
        }
    }
}
