//! Penalised logistic regression against glmnet and scikit-learn, against its own optimality conditions, and on bad input.

mod common;

use common::reference;
use ndarray::{Array2, ArrayView2, Axis, s};
use serde_json::Value;
use std::collections::HashMap;
use vbx::classifier::elastic_net::{
    Grouping, Lambdas, Measure, Options, PathEnd, PathFit, Score, cross_validate, fit_path, lambda_of_c,
};

/// An oracle file and the table that it is about.
struct Oracle {
    json: Value,
    x: Array2<f64>,
    outcome: Vec<usize>,
    /// Names of the classes, where there are more than two.
    levels: Vec<String>,
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().map_or(Vec::new(), |names| names.iter().map(|name| name.as_str().unwrap().to_string()).collect())
}

impl Oracle {
    /// Reads `json/{file}.json` and the complete cases of its table.
    fn read(file: &str) -> Option<Oracle> {
        let json: Value =
            serde_json::from_str(&std::fs::read_to_string(reference(&format!("statistics/json/{file}.json"))?).unwrap()).unwrap();
        let csv = reference(&format!("statistics/data/{}", json["data"]["csv"].as_str().unwrap()))?;
        let mut reader = csv::Reader::from_path(csv).unwrap();
        // R writes a hyphen in a column name as a point.
        let header: HashMap<String, usize> =
            reader.headers().unwrap().iter().enumerate().map(|(at, name)| (name.replace('-', "."), at)).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let features = if json["data"]["x"].is_array() { names(&json["data"]["x"]) } else { names(&json["data"]["features"]) };
        let levels = names(&json["data"]["levels"]);
        let y = header[json["data"]["y"].as_str().unwrap()];
        let class = |text: &str| match levels.iter().position(|level| level == text) {
            Some(class) => Some(class),
            None => text.parse::<f64>().ok().map(|value| value as usize),
        };
        let complete: Vec<(Vec<f64>, usize)> = rows
            .iter()
            .filter_map(|row| {
                let values: Option<Vec<f64>> = features.iter().map(|name| row[header[name]].parse().ok()).collect();
                Some((values?, class(&row[y])?))
            })
            .collect();
        let x = Array2::from_shape_fn((complete.len(), features.len()), |(i, j)| complete[i].0[j]);
        Some(Oracle { json, x, outcome: complete.iter().map(|row| row.1).collect(), levels })
    }

    fn options(&self) -> Options {
        let inputs = &self.json["inputs"];
        Options {
            alpha: number(&inputs["alpha"]),
            // Tighter than glmnet can go: what then remains of a difference is glmnet's, and `compare_scores` shows that it is.
            threshold: number(&inputs["thresh"]) * 1e-4,
            passes: 10_000_000,
            penalty_factors: inputs["penalty_factor"].as_array().map(|_| numbers(&inputs["penalty_factor"])),
            grouping: if inputs["type_multinomial"] == "grouped" { Grouping::Grouped } else { Grouping::Ungrouped },
            ..Options::default()
        }
    }

    /// Scores as the oracle writes them: a list for two classes, a list per class for more, the intercept first.
    fn scores(&self, value: &Value) -> Vec<Score> {
        let score = |list: &Value| {
            let list = numbers(list);
            let terms = list[1..].iter().enumerate().filter(|(_, b)| **b != 0.0);
            Score {
                intercept: list[0],
                features: terms.clone().map(|(j, _)| j as u32).collect(),
                coefficients: terms.map(|(_, b)| *b).collect(),
            }
        };
        if self.levels.is_empty() { vec![score(value)] } else { self.levels.iter().map(|level| score(&value[level])).collect() }
    }
}

fn relative(found: f64, expected: f64) -> f64 {
    (found - expected).abs() / expected.abs().max(1e-12)
}

fn link(scores: &[Score], x: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((x.nrows(), scores.len()), |(i, k)| {
        scores[k].intercept
            + scores[k].features.iter().zip(&scores[k].coefficients).map(|(&j, b)| b * x[[i, j as usize]]).sum::<f64>()
    })
}

/// How far scores are from being optimal: the largest violation of the conditions of Karush, Kuhn and Tucker over the features, and the
/// objective. For two classes and for ungrouped K; equal case weights.
fn optimality(scores: &[Score], x: &Array2<f64>, outcome: &[usize], options: &Options, lambda: f64) -> (f64, f64) {
    let (n, p) = x.dim();
    let link = link(scores, x);
    let probabilities = Array2::from_shape_fn((n, scores.len()), |(i, k)| match scores.len() {
        1 => 1.0 / (1.0 + (-link[[i, 0]]).exp()),
        _ => 1.0 / link.row(i).iter().map(|other| (other - link[[i, k]]).exp()).sum::<f64>(),
    });
    let observed = |i: usize, k: usize| if scores.len() == 1 { outcome[i] as f64 } else { f64::from(u8::from(outcome[i] == k)) };
    let loss = |i: usize| match scores.len() {
        1 => (1.0 + link[[i, 0]].exp()).ln() - observed(i, 0) * link[[i, 0]],
        _ => -probabilities[[i, outcome[i]]].ln(),
    };
    let mut objective = (0..n).map(loss).sum::<f64>() / n as f64;
    let given = options.penalty_factors.clone().unwrap_or_else(|| vec![1.0; p]);
    let total: f64 = given.iter().sum();
    let mut worst = 0.0f64;
    #[allow(clippy::needless_range_loop)]
    for j in 0..p {
        let column = x.column(j);
        let mean = column.sum() / n as f64;
        let sd = (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
        let factor = lambda * given[j] * p as f64 / total;
        for (k, score) in scores.iter().enumerate() {
            let b = score.coefficient(j) * sd;
            let gradient = (0..n).map(|i| (column[i] - mean) / sd * (observed(i, k) - probabilities[[i, k]])).sum::<f64>()
                / n as f64
                - factor * (1.0 - options.alpha) * b;
            let violation = if b == 0.0 {
                (gradient.abs() - factor * options.alpha).max(0.0)
            } else {
                (gradient - factor * options.alpha * b.signum()).abs()
            };
            worst = worst.max(violation);
            objective += factor * (options.alpha * b.abs() + (1.0 - options.alpha) * b * b / 2.0);
        }
    }
    (worst, objective)
}

/// Coefficients agree to `tolerance`, or, where glmnet stopped short of its optimum, ours is the better optimum and the models agree:
/// among nearly equal features glmnet's coefficients at its tightest usable threshold still change in the fourth digit when the
/// threshold is lowered, towards ours.
fn compare_scores(oracle: &Oracle, found: &[Score], expected: &[Score], options: &Options, lambda: f64, what: &str) {
    let tolerance = number(&oracle.json["rel_tol"]);
    let mut agree = true;
    for (found, expected) in found.iter().zip(expected) {
        agree &=
            relative(found.intercept, expected.intercept) <= tolerance || (found.intercept - expected.intercept).abs() < 1e-12;
        for j in 0..oracle.x.ncols() {
            agree &= relative(found.coefficient(j), expected.coefficient(j)) <= tolerance;
        }
    }
    if agree {
        return;
    }
    let ours = optimality(found, &oracle.x, &oracle.outcome, options, lambda);
    let theirs = optimality(expected, &oracle.x, &oracle.outcome, options, lambda);
    assert!(
        ours.0 < theirs.0,
        "{what}: coefficients differ and ours violate the optimality conditions by {:e}, glmnet's by {:e}",
        ours.0,
        theirs.0
    );
    assert!(ours.1 <= theirs.1 + 1e-15, "{what}: coefficients differ and glmnet's objective is lower by {:e}", ours.1 - theirs.1);
    let (a, b) = (link(found, &oracle.x), link(expected, &oracle.x));
    let size = b.iter().fold(0.0f64, |size, value| size.max(value.abs()));
    let apart = a.iter().zip(&b).fold(0.0f64, |apart, (a, b)| apart.max((a - b).abs()));
    assert!(apart <= 1e-4 * size, "{what}: linear predictors differ by {apart:e} of {size}");
}

fn check_path(file: &str) {
    let Some(oracle) = Oracle::read(file) else { return };
    assert_eq!(oracle.x.nrows() as u64, oracle.json["data"]["n"].as_u64().unwrap());
    let (options, expected) = (oracle.options(), &oracle.json["outputs"]);
    let tolerance = number(&oracle.json["rel_tol"]);
    let fit = fit_path(oracle.x.view(), &oracle.outcome, &options).unwrap();
    let lambda = numbers(&expected["lambda"]);
    assert_eq!(fit.lambda.len(), lambda.len(), "{file}: length of the path");
    assert!(relative(fit.null_deviance, number(&expected["nulldev"])) < 1e-12);
    let df: Vec<usize> = expected["df"].as_array().unwrap().iter().map(|df| df.as_u64().unwrap() as usize).collect();
    for (step, (&dev_ratio, &df)) in numbers(&expected["dev_ratio"]).iter().zip(&df).enumerate() {
        assert!(relative(fit.lambda[step], lambda[step]) < tolerance, "{file}: lambda {step}");
        assert!((fit.dev_ratio[step] - dev_ratio).abs() < tolerance * dev_ratio.abs() + 1e-12, "{file}: deviance {step}");
        // At its stand-in for an infinite ridge penalty glmnet has coefficients of 1e-36, we none.
        if options.alpha > 0.0 || step > 0 {
            assert_eq!(fit.df[step], df, "{file}: df at step {step}");
        }
    }
    for at in expected["coef_at"].as_array().unwrap() {
        let step = at["index"].as_u64().unwrap() as usize - 1;
        // The first ridge penalty stands for an infinite one: its model is not that of its lambda.
        if options.alpha > 0.0 || step > 0 {
            let scores = oracle.scores(&at["coef_with_intercept_first"]);
            compare_scores(&oracle, &fit.scores[step], &scores, &options, fit.lambda[step], &format!("{file}, step {step}"));
        }
    }

    let folds: Vec<usize> = (0..oracle.outcome.len()).map(|row| row % number(&oracle.json["inputs"]["K"]) as usize).collect();
    let tuned = cross_validate(oracle.x.view(), &oracle.outcome, &folds, Measure::Deviance, &options).unwrap();
    for (name, expected) in expected["cv"].as_object().unwrap() {
        let measure = match name.as_str() {
            "deviance" => Measure::Deviance,
            "auc" => Measure::Auc,
            "class" => Measure::Misclassification,
            "mse" => Measure::Brier,
            other => panic!("{other} is not compared"),
        };
        let curve = tuned.curve(measure).unwrap();
        for (what, found, expected) in [("cvm", &curve.mean, &expected["cvm"]), ("cvsd", &curve.se, &expected["cvsd"])] {
            for (step, expected) in numbers(expected).iter().enumerate() {
                // At the small end of a path the sixth digit of glmnet's own numbers still moves when its threshold goes from 1e-14 to
                // 1e-16 and 1e-18, and settles on ours.
                let slack = if 5 * step >= 4 * found.len() { 2.0 } else { 1.0 };
                assert!(
                    relative(found[step], *expected) < slack * tolerance,
                    "{file}: {name} {what} {step}: {} for {expected}",
                    found[step]
                );
            }
        }
        assert!(relative(curve.lambda_min, number(&expected["lambda_min"])) < 1e-9, "{file}: lambda.min by {name}");
        assert!(relative(curve.lambda_1se, number(&expected["lambda_1se"])) < 1e-9, "{file}: lambda.1se by {name}");
        let best = tuned.path.lambda.iter().position(|&lambda| lambda == curve.lambda_min).unwrap();
        assert_eq!(
            tuned.path.nonzero()[best] as u64,
            expected["nzero_at_min"].as_u64().unwrap(),
            "{file}: features at lambda.min by {name}"
        );
    }
    for (key, lambda) in [("coef_lambda_min", tuned.lambda_min), ("coef_lambda_1se", tuned.lambda_1se)] {
        let scores = oracle.scores(&expected[key]);
        compare_scores(&oracle, &tuned.path.at(lambda), &scores, &options, lambda, &format!("{file}, {key}"));
    }
    let first = oracle.x.select(Axis(0), &[0, 1, 2, 3, 4]);
    let probabilities = tuned.path.probabilities(tuned.lambda_min, first.view());
    let found: Vec<f64> = match probabilities.ncols() {
        2 => probabilities.column(1).to_vec(),
        _ => probabilities.t().iter().copied().collect(),
    };
    for (found, expected) in found.iter().zip(numbers(&expected["predict_first5_at_min"])) {
        assert!((found - expected).abs() < tolerance * expected + 1e-7, "{file}: prediction {found} for {expected}");
    }
}

#[test]
fn lasso_is_glmnets() {
    check_path("glmnet__wdbc_lasso");
}

#[test]
fn elastic_net_is_glmnets() {
    check_path("glmnet__wdbc_enet05");
}

#[test]
fn ridge_is_glmnets() {
    check_path("glmnet__wdbc_ridge");
}

#[test]
fn an_unpenalised_feature_is_glmnets() {
    check_path("glmnet__duke_lasso_forced_age");
}

#[test]
fn three_classes_are_glmnets() {
    check_path("glmnet__wine_multinomial");
}

#[test]
fn three_classes_with_more_features_than_cases_are_glmnets() {
    check_path("glmnet__tcga_mrna_multinomial_p_gt_n");
}

/// The table of `tests/reference/elastic_net_glmnet.R`: whole numbers in doubles, so both languages get the same bits.
fn formula(n: usize, p: usize, classes: usize) -> (Array2<f64>, Vec<usize>, Vec<f64>) {
    let hash = |i: usize, j: usize| ((i * 7919 + j * 104_729 + i * j * 1_299_709 + i * i * 31) % 10_007) as f64 / 10_007.0 - 0.5;
    let raw = |i: usize, j: usize| hash(i + 1, j + 1);
    let x = Array2::from_shape_fn((n, p), |(i, j)| raw(i, j) + 0.6 * raw(i, (j + p - 1) % p));
    let score = |i: usize, k: usize| 3.0 * x[[i, k]] - 2.0 * x[[i, k + 4]] + 0.5 * (k + 1) as f64 + 6.0 * hash(i + 1, p + 11 + k);
    let best = |i: usize| (0..classes).max_by(|&a, &b| score(i, a).total_cmp(&score(i, b))).unwrap();
    let y = (0..n).map(best).collect();
    let w = (0..n).map(|i| 0.5 + ((i + 1) % 4) as f64 / 2.0).collect();
    (x, y, w)
}

#[test]
fn weights_groups_and_four_classes_are_glmnets() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/elastic_net_glmnet.json");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for case in json["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let count = |key: &str| case[key].as_u64().unwrap() as usize;
        let (n, p, classes) = (count("n"), count("p"), count("classes"));
        let (x, y, w) = formula(n, p, classes);
        let options = Options {
            alpha: number(&case["alpha"]),
            threshold: 1e-18,
            passes: 100_000_000,
            penalty_factors: Some(numbers(&case["factors"])),
            weights: case["weighted"].as_bool().unwrap().then_some(w),
            grouping: if case["grouped"].as_bool().unwrap() { Grouping::Grouped } else { Grouping::Ungrouped },
            ..Options::default()
        };
        let folds: Vec<usize> = (0..n).map(|row| row % count("folds")).collect();
        let tuned = cross_validate(x.view(), &y, &folds, Measure::Deviance, &options).unwrap();
        let path = &tuned.path;
        let close = |found: f64, expected: f64, what: &str| {
            assert!((found - expected).abs() < 2e-5 * expected.abs().max(0.1), "{id}: {what} {found} for {expected}");
        };
        assert_eq!(path.lambda.len(), numbers(&case["lambda"]).len(), "{id}: length");
        close(path.null_deviance, number(&case["nulldev"]), "null deviance");
        for (step, lambda) in numbers(&case["lambda"]).iter().enumerate() {
            assert!(relative(path.lambda[step], *lambda) < 1e-6, "{id}: lambda {step} {} for {lambda}", path.lambda[step]);
            close(path.dev_ratio[step], number(&case["dev_ratio"][step]), "deviance");
            if options.alpha > 0.0 || step > 0 {
                assert_eq!(path.df[step] as u64, case["df"][step].as_u64().unwrap(), "{id}: df {step}");
            }
        }
        let compare = |scores: &[Score], expected: &Value| {
            assert_eq!(scores.len(), expected.as_array().unwrap().len());
            for (score, expected) in scores.iter().zip(expected.as_array().unwrap()) {
                let expected = numbers(expected);
                close(score.intercept, expected[0], "intercept");
                (0..p).for_each(|j| close(score.coefficient(j), expected[j + 1], "coefficient"));
            }
        };
        for (step, expected) in case["steps"].as_array().unwrap().iter().zip(case["coefficients"].as_array().unwrap()) {
            compare(&path.scores[step.as_u64().unwrap() as usize - 1], expected);
        }
        compare(&path.at(number(&case["between"])), &case["coefficients_between"]);
        for (name, measure) in [("deviance", Measure::Deviance), ("class", Measure::Misclassification), ("mse", Measure::Brier)] {
            let (curve, expected) = (tuned.curve(measure).unwrap(), &case["cv"][name]);
            for step in 0..path.lambda.len() {
                close(curve.mean[step], number(&expected["cvm"][step]), name);
                close(curve.se[step], number(&expected["cvsd"][step]), name);
            }
            close(curve.lambda_min, number(&expected["lambda_min"]), "lambda.min");
            close(curve.lambda_1se, number(&expected["lambda_1se"]), "lambda.1se");
        }
        // glmnet counts the intercept of a grouped model as a feature.
        let surplus = u64::from(options.grouping == Grouping::Grouped);
        for (step, found) in path.nonzero().into_iter().enumerate() {
            if options.alpha > 0.0 || step > 0 {
                let expected = case["cv"]["deviance"]["nzero"][step].as_u64().unwrap();
                assert_eq!(found as u64 + surplus, expected, "{id}: nzero {step}");
            }
        }
    }
}

/// Standardises by the mean and the population standard deviation of `train`, and gives both parts.
fn standardised(x: &Array2<f64>, train: &[usize], test: &[usize]) -> (Array2<f64>, Array2<f64>) {
    let mut all = x.clone();
    for mut column in all.columns_mut() {
        let mean = train.iter().map(|&i| column[i]).sum::<f64>() / train.len() as f64;
        let sd = (train.iter().map(|&i| (column[i] - mean).powi(2)).sum::<f64>() / train.len() as f64).sqrt();
        column.mapv_inplace(|value| (value - mean) / sd);
    }
    (all.select(Axis(0), train), all.select(Axis(0), test))
}

/// scikit-learn's `C` on standardised features.
fn at_c(c: f64, cases: usize, alpha: f64) -> Options {
    let lambdas = Lambdas::Given(vec![lambda_of_c(c, cases as f64)]);
    Options { alpha, lambdas, standardise: false, threshold: 1e-16, ..Options::default() }
}

#[test]
fn ridge_at_c_is_scikit_learns() {
    for file in ["models__duke", "models__wdbc"] {
        let Some(oracle) = Oracle::read(file) else { continue };
        let rows = |odd: usize| (0..oracle.outcome.len()).filter(|i| i % 2 == odd).collect::<Vec<usize>>();
        let (train, test) = (rows(0), rows(1));
        let (x, other) = standardised(&oracle.x, &train, &test);
        let outcome: Vec<usize> = train.iter().map(|&i| oracle.outcome[i]).collect();
        let tolerance = number(&oracle.json["rel_tol"]);
        for c in [0.1, 1.0] {
            let expected = &oracle.json["outputs"][format!("ridge_logistic_C{c:.1}")];
            let fit = fit_path(x.view(), &outcome, &at_c(c, train.len(), 0.0)).unwrap();
            let score = &fit.scores[0][0];
            assert!(relative(score.intercept, number(&expected["intercept"])) < tolerance);
            for (j, b) in numbers(&expected["coef"]).into_iter().enumerate() {
                assert!(relative(score.coefficient(j), b) < tolerance, "{file}, C {c}: {} for {b}", score.coefficient(j));
            }
            let found = fit.probabilities(fit.lambda[0], other.view());
            for (p, expected) in found.column(1).iter().zip(numbers(&expected["prob"])) {
                assert!(relative(*p, expected) < tolerance, "{file}, C {c}: {p} for {expected}");
            }
        }
    }
}

#[test]
fn lasso_at_c_is_scikit_learns_out_of_fold() {
    let Some(oracle) = Oracle::read("oof_l1_logistic__wdbc") else { return };
    let expected = numbers(&oracle.json["outputs"]["oof"]);
    let (folds, c) = (number(&oracle.json["inputs"]["K"]) as usize, number(&oracle.json["inputs"]["C"]));
    let tolerance = number(&oracle.json["rel_tol"]);
    for fold in 0..folds {
        let rows = |test: bool| (0..oracle.outcome.len()).filter(|i| (i % folds == fold) == test).collect::<Vec<usize>>();
        let (train, test) = (rows(false), rows(true));
        let (x, other) = standardised(&oracle.x, &train, &test);
        let outcome: Vec<usize> = train.iter().map(|&i| oracle.outcome[i]).collect();
        let fit = fit_path(x.view(), &outcome, &at_c(c, train.len(), 1.0)).unwrap();
        let coefficients = numbers(&oracle.json["outputs"]["coef_standardised_intercept_first"][fold]);
        for (j, b) in coefficients[1..].iter().enumerate() {
            assert!((fit.scores[0][0].coefficient(j) - b).abs() < tolerance, "fold {fold}, feature {j}");
        }
        let found = fit.probabilities(fit.lambda[0], other.view());
        for (&row, p) in test.iter().zip(found.column(1)) {
            assert!(relative(*p, expected[row]) < tolerance, "row {row}: {p} for {}", expected[row]);
        }
    }
}

fn fit(x: ArrayView2<f64>, y: &[usize], options: &Options) -> PathFit {
    fit_path(x, y, options).unwrap()
}

#[test]
fn every_model_is_optimal_over_all_features() {
    // Screening and working sets must not show: the conditions are checked over all features.
    for (n, p, classes, alpha) in [(60, 300, 2, 1.0), (60, 300, 2, 0.3), (80, 700, 2, 0.05), (90, 120, 3, 1.0), (60, 80, 2, 0.0)]
    {
        let (x, y, _) = formula(n, p, classes);
        let options = Options { alpha, threshold: 1e-14, ..Options::default() };
        let path = fit(x.view(), &y, &options);
        for step in (1..path.lambda.len()).step_by(7) {
            let (violation, _) = optimality(&path.scores[step], &x, &y, &options, path.lambda[step]);
            assert!(violation < 1e-6, "{n} x {p}, alpha {alpha}, step {step}: violated by {violation:e}");
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (x, y, _) = formula(90, 40, 3);
    let folds: Vec<usize> = (0..90).map(|row| row % 6).collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| cross_validate(x.view(), &y, &folds, Measure::Deviance, &Options::default()).unwrap())
    };
    let (one, four) = (run(1), run(4));
    assert_eq!(one.path, four.path);
    assert_eq!(one.held_out_link(), four.held_out_link());
    assert_eq!(one.mean, four.mean);
}

#[test]
fn a_weight_of_two_is_a_case_given_twice() {
    let (x, y, _) = formula(70, 10, 2);
    let weights: Vec<f64> = (0..70).map(|i| (i % 3) as f64).collect();
    let rows: Vec<usize> = (0..70).flat_map(|i| std::iter::repeat_n(i, i % 3)).collect();
    let outcome: Vec<usize> = rows.iter().map(|&i| y[i]).collect();
    let options = Options { lambdas: Lambdas::Given(vec![0.1, 0.02]), threshold: 1e-16, ..Options::default() };
    let weighted = fit(x.view(), &y, &Options { weights: Some(weights), ..options.clone() });
    let repeated = fit(x.select(Axis(0), &rows).view(), &outcome, &options);
    for (a, b) in weighted.scores.iter().zip(&repeated.scores) {
        (0..10).for_each(|j| assert!((a[0].coefficient(j) - b[0].coefficient(j)).abs() < 1e-9));
    }
}

#[test]
fn classes_swapped_swap_the_signs_and_units_scale_the_coefficients() {
    let (x, y, _) = formula(80, 12, 2);
    let options = Options { threshold: 1e-14, ..Options::default() };
    let path = fit(x.view(), &y, &options);
    let swapped = fit(x.view(), &y.iter().map(|class| 1 - class).collect::<Vec<_>>(), &options);
    let mut scaled = x.clone();
    scaled.column_mut(3).mapv_inplace(|value| value * 1e6 + 5.0);
    let scaled = fit(scaled.view(), &y, &options);
    let reversed: Vec<usize> = (0..80).rev().collect();
    let turned = fit(x.select(Axis(0), &reversed).view(), &reversed.iter().map(|&i| y[i]).collect::<Vec<_>>(), &options);
    for step in [5, 30, 60] {
        let b = |path: &PathFit, j: usize| path.scores[step][0].coefficient(j);
        for j in 0..12 {
            assert!((b(&path, j) + b(&swapped, j)).abs() < 1e-6);
            assert!((b(&path, j) - b(&turned, j)).abs() < 1e-6);
            assert!((b(&path, j) - b(&scaled, j) * if j == 3 { 1e6 } else { 1.0 }).abs() < 1e-6);
        }
    }
}

#[test]
fn a_path_survives_json_and_predicts_each_case_by_itself() {
    let (x, y, _) = formula(60, 9, 3);
    let path = fit(x.view(), &y, &Options::default());
    let read: PathFit = serde_json::from_str(&serde_json::to_string(&path).unwrap()).unwrap();
    assert_eq!(read, path);
    let lambda = 0.7 * path.lambda[10] + 0.3 * path.lambda[11];
    let all = path.probabilities(lambda, x.view());
    for i in 0..60 {
        let one = path.probabilities(lambda, x.slice(s![i..=i, ..]));
        assert_eq!(one.row(0), all.row(i));
        assert!((all.row(i).sum() - 1.0).abs() < 1e-14);
    }
    let ends = [(path.lambda[0] * 2.0, 0), (path.lambda[path.lambda.len() - 1] / 2.0, path.lambda.len() - 1)];
    ends.iter().for_each(|&(lambda, step)| assert_eq!(path.at(lambda), path.scores[step]));
}

#[test]
fn noise_chooses_little_and_predicts_nothing() {
    let (x, _, _) = formula(200, 60, 2);
    let y: Vec<usize> = (0..200usize).map(|i| usize::from((i * 2_654_435_761 % 1009) % 2 == 0)).collect();
    let folds: Vec<usize> = (0..200).map(|row| row % 10).collect();
    let tuned = cross_validate(x.view(), &y, &folds, Measure::Auc, &Options::default()).unwrap();
    let strictest = tuned.curve(Measure::Deviance).unwrap().lambda_1se;
    assert_eq!(tuned.path.at(strictest)[0].features.len(), 0);
    assert!(tuned.mean.iter().all(|auc| (auc - 0.5).abs() < 0.1), "{:?}", tuned.mean);
}

#[test]
fn bad_input_is_named() {
    let (x, y, _) = formula(30, 6, 2);
    let folds: Vec<usize> = (0..30).map(|row| row % 3).collect();
    let message = |result: vbx::error::Result<PathFit>| result.unwrap_err().to_string();
    let with = |change: &dyn Fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        message(fit_path(x.view(), &y, &options))
    };
    let mut gap = x.clone();
    gap[[4, 2]] = f64::NAN;
    assert!(message(fit_path(gap.view(), &y, &Options::default())).contains("feature 3 has 1 missing"));
    assert!(message(fit_path(x.view(), &[0; 30], &Options::default())).contains("one class"));
    assert!(message(fit_path(x.view(), &[0; 7], &Options::default())).contains("7 outcomes for 30 rows"));
    assert!(
        message(fit_path(x.view(), &y.iter().map(|k| 2 * k).collect::<Vec<_>>(), &Options::default()))
            .contains("class 1 has no cases")
    );
    assert!(message(fit_path(Array2::ones((30, 4)).view(), &y, &Options::default())).contains("no feature varies"));
    assert!(message(fit_path(Array2::zeros((30, 0)).view(), &y, &Options::default())).contains("no feature varies"));
    assert!(with(&|o| o.alpha = 1.5).contains("alpha"));
    assert!(with(&|o| o.alpha = f64::NAN).contains("alpha"));
    assert!(with(&|o| o.threshold = 0.0).contains("threshold"));
    assert!(with(&|o| o.lambdas = Lambdas::Given(vec![])).contains("penalties"));
    assert!(with(&|o| o.lambdas = Lambdas::Given(vec![-1.0])).contains("penalties"));
    assert!(with(&|o| o.weights = Some(vec![1.0; 3])).contains("3 case weights for 30 rows"));
    assert!(with(&|o| o.penalty_factors = Some(vec![0.0; 6])).contains("fit a logistic regression instead"));
    let separated =
        Array2::from_shape_fn((30, 2), |(i, j)| if j == 0 { y[i] as f64 * 10.0 + i as f64 * 0.01 } else { x[[i, 1]] });
    let options = Options { penalty_factors: Some(vec![0.0, 1.0]), ..Options::default() };
    assert!(message(fit_path(separated.view(), &y, &options)).contains("separate the classes"));

    let cv = |y: &[usize], folds: &[usize], measure| {
        cross_validate(x.view(), y, folds, measure, &Options::default()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(cv(&y, &[0; 30], Measure::Deviance).contains("at least two folds"));
    assert!(cv(&y, &folds.iter().map(|f| f * 2).collect::<Vec<_>>(), Measure::Deviance).contains("fold 1 of 5 has no rows"));
    assert!(cv(&y, &(0..30).map(|i| i % 5).collect::<Vec<_>>(), Measure::Auc).contains("ten cases per fold"));
    let lonely: Vec<usize> = (0..30).map(|i| usize::from(i == 3)).collect();
    assert!(cv(&lonely, &folds, Measure::Deviance).contains("class 1 has no cases"));
    let (wide, three, _) = formula(60, 8, 3);
    let sixths: Vec<usize> = (0..60).map(|i| i % 3).collect();
    let error = cross_validate(wide.view(), &three, &sixths, Measure::Auc, &Options::default()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("two classes"));
}

#[test]
fn odd_but_lawful_input_is_fitted() {
    let (x, y, _) = formula(40, 6, 2);
    // A constant feature, two equal ones, one of an enormous scale.
    let mut odd = x.clone();
    odd.column_mut(0).fill(3.0);
    let copy = odd.column(1).to_owned();
    odd.column_mut(2).assign(&copy);
    odd.column_mut(5).mapv_inplace(|value| value * 2e26);
    for alpha in [0.0, 0.5, 1.0] {
        let path = fit(odd.view(), &y, &Options { alpha, threshold: 1e-14, ..Options::default() });
        for scores in &path.scores {
            assert_eq!(scores[0].coefficient(0), 0.0);
            assert!(scores[0].intercept.is_finite() && scores[0].coefficients.iter().all(|b| b.is_finite()));
        }
        if alpha < 1.0 {
            let last = &path.scores[path.scores.len() - 1][0];
            assert!(relative(last.coefficient(1), last.coefficient(2)) < 1e-3, "alpha {alpha}: {last:?}");
        }
    }
    // Twelve cases, perfectly separated: the path ends where nothing is left to explain.
    let few: Vec<usize> = (0..12).map(|i| i % 2).collect();
    let separated = Array2::from_shape_fn((12, 3), |(i, j)| few[i] as f64 * (j == 0) as u8 as f64 + 0.1 * x[[i, j]]);
    let path = fit(separated.view(), &few, &Options::default());
    assert_eq!(path.end, PathEnd::Saturated);
    assert!(path.dev_ratio.windows(2).all(|pair| pair[1] > pair[0]));
}
