//! Forests against scikit-learn, by the same trees where nothing is random and by the same probabilities where it is; and by what must
//! hold of any forest.

mod common;

use common::reference;
use ndarray::{Array2, Axis, s};
use serde_json::Value;
use std::collections::HashMap;
use vbx::classifier::forest::{Criterion, Forest, MaxFeatures, Options, Splitter, Tree, fit};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The table of `tests/reference/forest_sklearn.py`: whole numbers in doubles, so both languages get the same bits.
fn formula(n: usize, p: usize, classes: usize) -> (Array2<f64>, Vec<usize>) {
    let digits =
        |i: usize, j: usize| ((i * 7919 + j * 104_729 + i * j * 1_299_709 + i * i * 31) % 10_007) as f64 / 10_007.0 - 0.5;
    let raw = |i: usize, j: usize| digits(i + 1, j + 1);
    let mut x = Array2::from_shape_fn((n, p), |(i, j)| raw(i, j) + 0.6 * raw(i, (j + p - 1) % p));
    let score =
        |i: usize, k: usize| 3.0 * x[[i, k]] - 2.0 * x[[i, 4 + k]] + 0.5 * (k + 1) as f64 + 2.0 * digits(i + 1, p + 11 + k);
    let best = |i: usize| (0..classes).fold(0, |best, k| if score(i, k) > score(i, best) { k } else { best });
    let y = (0..n).map(best).collect();
    x.slice_mut(s![.., p / 2..]).mapv_inplace(|value| (4.0 * value).round_ties_even() / 4.0);
    (x, y)
}

fn probabilities(forest: &Forest, x: &Array2<f64>) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = x.rows().into_iter().map(|case| forest.probabilities(case)).collect();
    Array2::from_shape_fn((x.nrows(), rows[0].len()), |(i, k)| rows[i][k])
}

/// Area under the ROC curve by counting pairs.
fn area(y: &[usize], score: impl Iterator<Item = f64>) -> f64 {
    let score: Vec<f64> = score.collect();
    let of = |class: usize| y.iter().zip(&score).filter(move |(k, _)| **k == class).map(|(_, s)| *s).collect::<Vec<f64>>();
    let (events, others) = (of(1), of(0));
    let win = |e: f64, o: f64| if e > o { 1.0 } else { 0.5 * f64::from(u8::from(e == o)) };
    events.iter().flat_map(|&e| others.iter().map(move |&o| win(e, o))).sum::<f64>() / (events.len() * others.len()) as f64
}

/// The nodes of a tree in the order in which scikit-learn numbers them.
fn preorder(tree: &Tree, at: usize, into: &mut Vec<usize>) {
    into.push(at);
    let node = tree.nodes()[at];
    if !node.is_leaf() {
        preorder(tree, node.left as usize, into);
        preorder(tree, node.left as usize + 1, into);
    }
}

#[test]
fn a_tree_without_chance_is_scikit_learns() {
    for file in ["models__wdbc", "models__duke"] {
        let Some(path) = reference(&format!("statistics/json/{file}.json")) else { continue };
        let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let Some(csv) = reference(&format!("statistics/data/{}", json["data"]["csv"].as_str().unwrap())) else { continue };
        let mut reader = csv::Reader::from_path(csv).unwrap();
        let header: HashMap<String, usize> =
            reader.headers().unwrap().iter().enumerate().map(|(at, name)| (name.to_string(), at)).collect();
        let names: Vec<&str> = json["data"]["features"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let y = header[json["data"]["y"].as_str().unwrap()];
        let complete: Vec<(Vec<f64>, usize)> = reader
            .records()
            .filter_map(|row| {
                let row = row.unwrap();
                let values: Option<Vec<f64>> = names.iter().map(|name| row[header[*name]].parse().ok()).collect();
                Some((values?, row[y].parse::<f64>().ok()? as usize))
            })
            .collect();
        let train: Vec<usize> = (0..complete.len()).step_by(2).collect();
        let mut x = Array2::from_shape_fn((complete.len(), names.len()), |(i, j)| complete[i].0[j]);
        for mut column in x.columns_mut() {
            let mean = train.iter().map(|&i| column[i]).sum::<f64>() / train.len() as f64;
            let sd = (train.iter().map(|&i| (column[i] - mean).powi(2)).sum::<f64>() / train.len() as f64).sqrt();
            column.mapv_inplace(|value| (value - mean) / sd);
        }
        let class: Vec<usize> = train.iter().map(|&i| complete[i].1).collect();
        let expected = &json["outputs"]["tree_depth3_gini"];
        let tolerance = number(&json["rel_tol"]);
        // Ties between equally good cuts are broken by chance, in both programs: one of a few trees must be the expected one.
        let same = (0..60).any(|seed| {
            let options =
                Options { trees: 1, columns: names.len(), max_depth: Some(3), bootstrap: false, seed, ..Options::default() };
            let forest = fit(x.select(Axis(0), &train).view(), &class, 2, &options).unwrap();
            let tree = &forest.trees()[0];
            let mut order = Vec::new();
            preorder(tree, 0, &mut order);
            let (feature, threshold, value) =
                (numbers(&expected["feature"]), numbers(&expected["threshold"]), numbers(&expected["value1"]));
            order.len() == feature.len()
                && order.iter().enumerate().all(|(at, &node)| {
                    let (shares, node) = (tree.shares(node), tree.nodes()[node]);
                    let cut = if node.is_leaf() {
                        feature[at] == -2.0
                    } else {
                        // scikit-learn rounds values to single precision.
                        f64::from(node.column) == feature[at] && (node.threshold - threshold[at]).abs() < 1e-6
                    };
                    cut && (shares[1] - value[at]).abs() < tolerance
                })
                && (1..complete.len())
                    .step_by(2)
                    .zip(numbers(&expected["prob"]))
                    .all(|(i, p)| (forest.probabilities(x.row(i))[1] - p).abs() < tolerance)
        });
        assert!(same, "{file}: no tree is the expected one");
    }
}

/// The options that the oracle was made with.
fn options(case: &Value, columns: usize, seed: u64) -> Options {
    let given = &case["options"];
    let extra = case["extra_trees"].as_bool().unwrap();
    let count = |key: &str, default: usize| given[key].as_u64().map_or(default, |value| value as usize);
    let all_columns = given.get("max_features").is_some_and(Value::is_null);
    Options {
        trees: 500,
        columns: if all_columns { columns } else { MaxFeatures::Sqrt.count(columns) },
        min_leaf: count("min_samples_leaf", 1),
        min_split: count("min_samples_split", 2),
        max_depth: given["max_depth"].as_u64().map(|depth| depth as usize),
        bootstrap: given["bootstrap"].as_bool().unwrap_or(!extra),
        class_weights: given.get("class_weight").map(|weights| vec![number(&weights["0"]), number(&weights["1"])]),
        criterion: if given["criterion"] == "entropy" { Criterion::Entropy } else { Criterion::Gini },
        splitter: if extra { Splitter::Random } else { Splitter::Best },
        seed,
    }
}

#[test]
fn forests_say_what_scikit_learns_say() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/forest_sklearn.json");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let seeds = number(&json["seeds"]);
    for case in json["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let count = |key: &str| case[key].as_u64().unwrap() as usize;
        let (n, p, classes) = (count("n"), count("p"), count("classes"));
        let (x, y) = formula(n, p, classes);
        let (train, test) = (x.slice(s![..n / 2, ..]).to_owned(), x.slice(s![n / 2.., ..]).to_owned());
        let ours = 4u64;
        let forests: Vec<Forest> =
            (0..ours).map(|seed| fit(train.view(), &y[..n / 2], classes, &options(case, p, 100 + seed)).unwrap()).collect();
        let mean = |of: &dyn Fn(&Forest) -> f64| forests.iter().map(of).sum::<f64>() / ours as f64;
        // Both means are uncertain by the spread of one forest over the square root of their number.
        let spread = |sd: f64| sd * (1.0 / seeds + 1.0 / ours as f64).sqrt();
        let predicted: Vec<Array2<f64>> = forests.iter().map(|forest| probabilities(forest, &test)).collect();
        let mut z = Vec::new();
        for i in 0..test.nrows() {
            for k in 0..classes {
                let ours = predicted.iter().map(|p| p[[i, k]]).sum::<f64>() / ours as f64;
                let sd = number(&case["probability_sd"][i][k]).max(1e-3);
                z.push((ours - number(&case["probability"][i][k])) / spread(sd));
            }
        }
        let mean_square = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
        assert!(mean_square < 1.8, "{id}: probabilities differ by {mean_square:.2} of the variance that chance explains");
        assert!(
            z.iter().all(|z| z.abs() < 6.0),
            "{id}: a probability differs by {:?} standard errors",
            z.iter().copied().fold(0.0, |a: f64, z| a.max(z.abs()))
        );
        for (j, expected) in numbers(&case["importance"]).into_iter().enumerate() {
            let sd = spread(number(&case["importance_sd"][j])) + 1e-4;
            let found = mean(&|forest| forest.importance()[j]);
            assert!((found - expected).abs() < 5.0 * sd, "{id}: importance of column {j} is {found}, {expected} expected");
        }
        let leaves = |forest: &Forest| {
            let count = |tree: &Tree| tree.nodes().iter().filter(|node| node.is_leaf()).count() as f64;
            forest.trees().iter().map(count).sum::<f64>() / forest.trees().len() as f64
        };
        let (found, expected) = (mean(&leaves), numbers(&case["leaves"]));
        assert!((found - expected[0]).abs() < 5.0 * spread(expected[1]) + 1e-9, "{id}: {found} leaves, {expected:?} expected");
        if !case["auc"].is_null() {
            let expected = numbers(&case["auc"]);
            let found = mean_auc(&predicted, &y[n / 2..]);
            assert!((found - expected[0]).abs() < 5.0 * spread(expected[1]) + 1e-3, "{id}: AUC {found}, {expected:?} expected");
        }
        if let Some(expected) = case["out_of_bag"].as_array() {
            let apart =
                (0..n / 2).map(|i| (mean(&|forest| forest.out_of_bag().unwrap()[[i, 0]]) - number(&expected[i][0])).powi(2));
            let apart = (apart.sum::<f64>() / (n / 2) as f64).sqrt();
            assert!(apart < 0.025, "{id}: out-of-bag probabilities differ by {apart}");
        }
    }
}

fn mean_auc(predicted: &[Array2<f64>], y: &[usize]) -> f64 {
    predicted.iter().map(|p| area(y, p.column(1).iter().copied())).sum::<f64>() / predicted.len() as f64
}

#[test]
fn a_tree_by_hand() {
    // Six cases, one column; the best cut is between 3 and 4 (both sides then pure but for one case), the second between 1 and 2.
    let x = Array2::from_shape_vec((6, 1), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let class = [1, 0, 0, 1, 1, 1];
    let options = Options { trees: 1, bootstrap: false, ..Options::default() };
    let forest = fit(x.view(), &class, 2, &options).unwrap();
    let tree = &forest.trees()[0];
    let root = tree.nodes()[0];
    assert_eq!((root.column, root.threshold, root.cover), (0, 3.5, 6.0));
    assert!((root.impurity - 4.0 / 9.0).abs() < 1e-15);
    let (left, right) = (tree.nodes()[1], tree.nodes()[2]);
    assert_eq!((left.threshold, left.cover, tree.shares(1)[0]), (1.5, 3.0, 2.0 / 3.0));
    assert!(right.is_leaf() && tree.shares(2) == [0.0, 1.0]);
    // All impurity is removed by the one column.
    assert_eq!(forest.importance(), [1.0]);
    // A leaf of two forbids the second cut; a depth of 0 the first.
    let grown = |change: &dyn Fn(&mut Options)| {
        let mut options = options.clone();
        change(&mut options);
        fit(x.view(), &class, 2, &options).unwrap().trees()[0].nodes().len()
    };
    assert_eq!(grown(&|o| o.min_leaf = 2), 3);
    assert_eq!(grown(&|o| o.min_split = 4), 3);
    assert_eq!(grown(&|o| o.max_depth = Some(0)), 1);
    assert_eq!(grown(&|o| o.criterion = Criterion::Entropy), 5);
    // Weighing the rarer class by two is giving its cases twice.
    let weighted = fit(x.view(), &class, 2, &Options { class_weights: Some(vec![2.0, 1.0]), ..options.clone() }).unwrap();
    assert_eq!(weighted.trees()[0].nodes()[0].cover, 8.0);
    assert_eq!(weighted.trees()[0].shares(0), [0.5, 0.5]);
}

#[test]
fn every_cut_is_the_best_there_is() {
    // All cuts of the root are tried here, one by one.
    let (x, y) = formula(60, 6, 2);
    for criterion in [Criterion::Gini, Criterion::Entropy] {
        for classes in [2, 3] {
            // A third class that does not occur takes the way of many classes.
            let options = Options { trees: 1, columns: 6, bootstrap: false, max_depth: Some(1), criterion, ..Options::default() };
            let forest = fit(x.view(), &y, classes, &options).unwrap();
            let nodes = forest.trees()[0].nodes();
            let found = (nodes[1].cover * nodes[1].impurity + nodes[2].cover * nodes[2].impurity) / 60.0;
            let impurity = |side: &[usize]| {
                let share = side.iter().filter(|&&i| y[i] == 1).count() as f64 / side.len() as f64;
                match criterion {
                    Criterion::Gini => 2.0 * share * (1.0 - share),
                    Criterion::Entropy => [share, 1.0 - share].iter().filter(|s| **s > 0.0).map(|s| -s * s.log2()).sum(),
                }
            };
            let mut least = f64::INFINITY;
            for j in 0..6 {
                for cut in 0..60 {
                    let (left, right): (Vec<usize>, Vec<usize>) = (0..60).partition(|&i| x[[i, j]] <= x[[cut, j]]);
                    if !right.is_empty() {
                        least = least.min((left.len() as f64 * impurity(&left) + right.len() as f64 * impurity(&right)) / 60.0);
                    }
                }
            }
            assert!((found - least).abs() < 1e-12, "{criterion:?}: {found}, best {least}");
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (x, y) = formula(80, 20, 3);
    let options = Options { trees: 50, columns: 4, seed: 9, ..Options::default() };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(x.view(), &y, 3, &options).unwrap())
    };
    let (one, four) = (run(1), run(4));
    assert_eq!(one.trees(), four.trees());
    assert_eq!(one.permutation_importance(x.view(), &y).unwrap(), four.permutation_importance(x.view(), &y).unwrap());
    let other = fit(x.view(), &y, 3, &Options { seed: 10, ..options }).unwrap();
    assert_ne!(one.trees(), other.trees());
}

#[test]
fn what_must_not_matter_does_not() {
    let (x, y) = formula(90, 8, 2);
    let options = Options { trees: 40, columns: 8, bootstrap: false, ..Options::default() };
    let before = probabilities(&fit(x.view(), &y, 2, &options).unwrap(), &x);
    // A growing function of a column changes thresholds, not who goes where.
    let stretched = x.mapv(|value| (3.0 * value).exp());
    let after = probabilities(&fit(stretched.view(), &y, 2, &options).unwrap(), &stretched);
    assert_eq!(before, after);
    // Rows in another order make the same trees up to ties, of which the unrounded columns have none.
    let (x, order) = (x.slice(s![.., ..4]).to_owned(), (0..90).rev().collect::<Vec<usize>>());
    let options = Options { columns: 4, ..options };
    let before = fit(x.view(), &y, 2, &options).unwrap();
    let after = fit(x.select(Axis(0), &order).view(), &order.iter().map(|&i| y[i]).collect::<Vec<_>>(), 2, &options).unwrap();
    assert_eq!(before.trees()[0].nodes()[0], after.trees()[0].nodes()[0]);
    // Classes renamed rename the columns of the answer.
    let options = Options { bootstrap: true, columns: 2, ..options };
    let named = probabilities(&fit(x.view(), &y, 2, &options).unwrap(), &x);
    let renamed = probabilities(&fit(x.view(), &y.iter().map(|k| 1 - k).collect::<Vec<_>>(), 2, &options).unwrap(), &x);
    assert!(named.column(0).iter().zip(renamed.column(1)).all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn cases_left_out_are_predicted_as_new_ones() {
    let (x, y) = formula(600, 12, 2);
    let options = Options { trees: 300, columns: 3, ..Options::default() };
    let forest = fit(x.slice(s![..300, ..]), &y[..300], 2, &options).unwrap();
    let out_of_bag = area(&y[..300], forest.out_of_bag().unwrap().column(1).iter().copied());
    let held_out = area(&y[300..], probabilities(&forest, &x.slice(s![300.., ..]).to_owned()).column(1).iter().copied());
    let apparent = area(&y[..300], probabilities(&forest, &x.slice(s![..300, ..]).to_owned()).column(1).iter().copied());
    assert!((out_of_bag - held_out).abs() < 0.05, "out of bag {out_of_bag}, held out {held_out}");
    assert!(apparent > 0.999 && held_out < 0.98, "apparent {apparent}, held out {held_out}");
}

#[test]
fn signal_is_important_and_noise_is_not() {
    let (mut x, y) = formula(300, 10, 2);
    // Column 9 copies the outcome of most cases.
    for i in 0..300 {
        x[[i, 9]] = y[i] as f64 + if i % 7 == 0 { 1.0 } else { 0.1 } * x[[i, 8]];
    }
    let forest = fit(x.view(), &y, 2, &Options { trees: 200, columns: 3, ..Options::default() }).unwrap();
    for importance in [forest.importance(), forest.permutation_importance(x.view(), &y).unwrap()] {
        let best = (0..10).max_by(|&a, &b| importance[a].total_cmp(&importance[b])).unwrap();
        assert_eq!(best, 9, "{importance:?}");
    }
    assert!((forest.importance().iter().sum::<f64>() - 1.0).abs() < 1e-12);

    // With the outcome dealt anew nothing is important and nothing is predicted.
    let mut aucs = Vec::new();
    let mut lost = Vec::new();
    for draw in 0..10usize {
        let noise: Vec<usize> = (0..300).map(|i| ((i * 7919 + draw * 104_729 + i * i * 31 * (draw + 3)) % 10_007) % 2).collect();
        let forest =
            fit(x.view(), &noise, 2, &Options { trees: 100, columns: 3, seed: draw as u64, ..Options::default() }).unwrap();
        aucs.push(area(&noise, forest.out_of_bag().unwrap().column(1).iter().copied()));
        lost.extend(forest.permutation_importance(x.view(), &noise).unwrap());
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean(&aucs) - 0.5).abs() < 0.04, "{aucs:?}");
    assert!(mean(&lost).abs() < 0.005, "{lost:?}");
}

#[test]
fn odd_but_lawful_input_is_fitted() {
    let (x, y) = formula(40, 8, 2);
    let options = Options { trees: 20, columns: 2, ..Options::default() };
    let one_class = fit(x.view(), &[0; 40], 2, &options).unwrap();
    assert_eq!(one_class.probabilities(x.row(0)), [1.0, 0.0]);
    assert!(one_class.importance().iter().all(|x| *x == 0.0));
    let constant = fit(Array2::ones((40, 3)).view(), &y, 2, &options).unwrap();
    assert!(constant.trees().iter().all(|tree| tree.nodes().len() == 1));
    let lone = fit(x.slice(s![..1, ..]), &y[..1], 2, &options).unwrap();
    assert_eq!(lone.probabilities(x.row(5))[y[0]], 1.0);
    assert!(lone.out_of_bag().unwrap().iter().all(|p| p.is_nan()));
    // Many cases of few values, more than the small form of ranks holds, with nodes that are sorted.
    let many = 70_000;
    let wide = Array2::from_shape_fn((many, 2), |(i, j)| ((i * (7919 + j * 104_729)) % 10_007) as f64);
    let class: Vec<usize> = (0..many).map(|i| usize::from(wide[[i, 0]] > 5000.0) ^ usize::from(i % 50 == 0)).collect();
    let forest = fit(wide.view(), &class, 2, &Options { trees: 2, columns: 2, min_leaf: 20, ..Options::default() }).unwrap();
    assert!(forest.probabilities(wide.row(wide.column(0).iter().position(|v| *v > 9000.0).unwrap()))[1] > 0.8);
    for tree in forest.trees() {
        for node in tree.nodes().iter().filter(|node| node.is_leaf()) {
            assert!(node.cover >= 20.0);
        }
    }
}

#[test]
fn bad_input_is_named() {
    let (mut x, y) = formula(30, 6, 2);
    let message = |x: &Array2<f64>, y: &[usize], change: &dyn Fn(&mut Options)| {
        let mut options = Options { trees: 3, columns: 2, ..Options::default() };
        change(&mut options);
        fit(x.view(), y, 2, &options).unwrap_err().to_string()
    };
    assert!(message(&x, &y[..7], &|_| ()).contains("per case"));
    assert!(message(&x, &[2; 30], &|_| ()).contains("below K"));
    assert!(message(&Array2::zeros((0, 3)), &[], &|_| ()).contains("at least one case"));
    assert!(message(&x, &y, &|o| o.trees = 0).contains("at least one tree"));
    assert!(message(&x, &y, &|o| o.class_weights = Some(vec![1.0])).contains("1 class weights for 2 classes"));
    assert!(message(&x, &y, &|o| o.class_weights = Some(vec![1.0, -1.0])).contains("positive"));
    let bare = fit(x.view(), &y, 2, &Options { trees: 3, bootstrap: false, ..Options::default() }).unwrap();
    assert!(bare.out_of_bag().is_none());
    assert!(bare.permutation_importance(x.view(), &y).unwrap_err().to_string().contains("bootstrap"));
    x[[4, 2]] = f64::NAN;
    assert!(message(&x, &y, &|_| ()).contains("column 3, training row 5"));
    assert_eq!(
        [MaxFeatures::Sqrt, MaxFeatures::Log2, MaxFeatures::Fraction(0.25), MaxFeatures::Count(9)].map(|m| m.count(30)),
        [5, 4, 7, 9]
    );
    assert_eq!(
        [MaxFeatures::Sqrt, MaxFeatures::Log2, MaxFeatures::Fraction(0.0), MaxFeatures::Count(9)].map(|m| m.count(1)),
        [1, 1, 1, 1]
    );
}
