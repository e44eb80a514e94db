//! Nomograms against rms, from the data: model, axes, points, probabilities.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, Table, close, number, numbers, texts};
use serde_json::Value as Json;
use vbx::statistic::logistic::{LogisticData, logistic};
use vbx::statistic::nomogram::{Effect, Nomogram, Value, Variable, axis_ticks};
use vbx::statistic::ordinal::{OrdinalData, ordinal};
use vbx::statistic::rcs::{rcs_basis, rcs_knots};

/// A variable of the formula: its columns in the design.
struct Term {
    name: String,
    columns: Vec<Vec<f64>>,
    knots: Option<Vec<f64>>,
    levels: Option<Vec<String>>,
    values: Vec<f64>,
}

/// Reads `y ~ a + rcs(b,4) + c` against a table of complete cases.
fn terms(right: &str, table: &Table) -> Vec<Term> {
    right
        .split(" + ")
        .map(|text| {
            let (name, knots) = match text.strip_prefix("rcs(") {
                Some(inside) => {
                    let (name, count) = inside.trim_end_matches(')').split_once(',').unwrap();
                    (name.to_string(), Some(rcs_knots(&table.numbers(name), count.trim().parse().unwrap()).unwrap()))
                }
                None => (text.to_string(), None),
            };
            let levels = (!table.is_numeric(&name)).then(|| table.levels(&name));
            let values = if levels.is_some() { Vec::new() } else { table.numbers(&name) };
            let columns = match &knots {
                Some(knots) => rcs_basis(&values, knots).unwrap(),
                None => table.design(std::slice::from_ref(&name), "=").remove(0).2,
            };
            Term { name, columns, knots, levels, values }
        })
        .collect()
}

/// The terms with their coefficients as variables of a nomogram.
fn variables(terms: &[Term], slopes: &[f64]) -> Vec<Variable> {
    let mut next = slopes.iter().copied();
    terms
        .iter()
        .map(|term| {
            let coefficients: Vec<f64> = next.by_ref().take(term.columns.len()).collect();
            let effect = match (&term.levels, &term.knots) {
                (Some(levels), _) => Effect::Levels { names: levels.clone(), effects: [vec![0.0], coefficients].concat() },
                (None, Some(knots)) => Effect::Spline { coefficients, knots: knots.clone(), ticks: axis_ticks(&term.values) },
                (None, None) => Effect::Linear { coefficient: coefficients[0], ticks: axis_ticks(&term.values) },
            };
            Variable { name: term.name.clone(), effect }
        })
        .collect()
}

#[test]
fn nomograms_agree_with_rms() {
    let names = ["nomogram__birthwt_factor", "nomogram__duke_linear", "nomogram__duke_rcs", "nomogram__gbsg2_grade_ordinal"];
    for oracle in names.into_iter().filter_map(Oracle::load) {
        check(&oracle);
    }
}

fn check(oracle: &Oracle) {
    let out = oracle.out();
    let (left, right) = oracle.data()["formula"].as_str().unwrap().split_once(" ~ ").unwrap();
    let bare = right.replace("rcs(", "").replace(",4)", "");
    let needed: Vec<&str> = bare.split(" + ").chain([left]).collect();
    let table = oracle.table().complete(&needed);
    assert_eq!(Some(table.rows as u64), oracle.data()["n"].as_u64());
    let terms = terms(right, &table);
    let columns: Vec<&[f64]> = terms.iter().flat_map(|t| t.columns.iter().map(Vec::as_slice)).collect();

    let (intercepts, slopes, lp, labels) = match &oracle.data()["levels"] {
        Json::Null => {
            let event = table.events(left);
            let fit = logistic(&LogisticData::new(&event, &columns)).unwrap();
            let lp = fit.linear_predictor(&columns);
            (vec![fit.coefficients[0]], fit.coefficients[1..].to_vec(), lp, vec!["risk".to_string()])
        }
        levels => {
            let levels = texts(levels);
            let class = oracle::codes(table.text(left), &levels);
            let fit = ordinal(&OrdinalData { class: &class, classes: levels.len(), columns: &columns }).unwrap();
            let lp = fit.linear_predictor(1, &columns);
            (fit.intercepts.clone(), fit.slopes, lp, levels[1..].iter().map(|l| format!("P(>={l})")).collect())
        }
    };
    // lrm stops early: its coefficients hold the first seven digits; from its coefficients on every digit must agree.
    let published: Vec<f64> = out["coef"].as_object().unwrap().values().map(|c| c.as_f64().unwrap()).collect();
    for (own, theirs) in intercepts.iter().chain(&slopes).zip(&published) {
        close("coefficient", *own, *theirs, 1e-6);
    }
    let (theirs, slopes) = published.split_at(intercepts.len());
    let lp: Vec<f64> = {
        let mut sum = vec![theirs[0]; lp.len()];
        for (b, column) in slopes.iter().zip(&columns) {
            sum.iter_mut().zip(*column).for_each(|(s, x)| *s += b * x);
        }
        sum
    };
    let range = lp.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let nomogram = Nomogram::new(theirs, &labels, &variables(&terms, slopes), range).unwrap();

    oracle.check("points per unit", nomogram.points_per_unit, &out["points_per_unit_lp"]);
    oracle.check("intercept at zero points", nomogram.intercept_at_zero_points, &out["intercept_at_zero_points"]);
    let zero_or = |what: &str, found: f64, expected: &Json| {
        // A point that is 0 by cancellation has no relative error.
        let expected = number(expected).unwrap();
        assert!((found - expected).abs() <= oracle.rel_tol * expected.abs().max(1.0), "{what}: {found} is not {expected}");
    };
    for (term, axis) in terms.iter().zip(&nomogram.axes) {
        let expected = &out["axes"][&term.name];
        assert_eq!(axis.marks.len(), expected["values"].as_array().unwrap().len());
        for (i, mark) in axis.marks.iter().enumerate() {
            match &mark.level {
                Some(level) => assert_eq!(Some(level.as_str()), expected["values"][i].as_str()),
                None => oracle.check("tick", mark.value.unwrap(), &expected["values"][i]),
            }
            zero_or("contribution", mark.contribution, &expected["Xbeta"][i]);
            zero_or("points", mark.points, &expected["points"][i]);
        }
        let at = texts(&out["range_Xbeta"]["cols"]).iter().position(|c| *c == term.name).unwrap();
        let most = axis.marks.iter().map(|m| m.contribution).fold(f64::NEG_INFINITY, f64::max);
        zero_or("least contribution", axis.least, &out["range_Xbeta"]["values"][0][at]);
        zero_or("largest contribution", most, &out["range_Xbeta"]["values"][1][at]);
        if let Some(knots) = &term.knots {
            for (i, knot) in knots.iter().enumerate() {
                oracle.check("knot", *knot, &out["design_parms"][&term.name][i]);
            }
        }
    }
    assert_eq!(nomogram.total_points, numbers(&out["total_points_ticks"]));
    assert_eq!(nomogram.linear_predictor.len(), out["lp_axis"]["lp"].as_array().unwrap().len());
    for (i, tick) in nomogram.linear_predictor.iter().enumerate() {
        zero_or("lp", tick.value, &out["lp_axis"]["lp"][i]);
        zero_or("lp in points", tick.total_points, &out["lp_axis"]["total_points"][i]);
    }
    for (axis, expected) in nomogram.probabilities.iter().zip(out["fun_axes"].as_array().unwrap()) {
        assert_eq!(Some(axis.label.as_str()), expected["label"].as_str());
        let values: Vec<f64> = axis.ticks.iter().map(|t| t.value).collect();
        assert_eq!(values, numbers(&expected["value"]));
        for (i, tick) in axis.ticks.iter().enumerate() {
            // rms interpolates the inverse on 1000 points of the axis: so done, every digit agrees; exactly, 1e-3 points.
            zero_or("probability tick", interpolated_as_rms(&nomogram, axis.shift, tick.value), &expected["total_points"][i]);
            let off = tick.total_points - number(&expected["total_points"][i]).unwrap();
            assert!(off.abs() < 1e-3, "probability tick: {off}");
        }
    }
    for (i, row) in numbers(&out["example_rows"]).into_iter().enumerate() {
        let row = row as usize - 1;
        let value = |term: &Term| match &term.levels {
            Some(levels) => Value::Level(levels.iter().position(|l| *l == table.text(&term.name)[row]).unwrap()),
            None => Value::Number(term.values[row]),
        };
        let values: Vec<Value> = terms.iter().map(value).collect();
        let total = nomogram.total(&values).unwrap();
        oracle.check("total points", total, &out["example_total_points"][i]);
        oracle.check("linear predictor", nomogram.linear_predictor_at(total), &out["example_lp"][i]);
        for (axis, p) in nomogram.probabilities.iter().zip(nomogram.probabilities_at(total)) {
            oracle.check("probability", p, &out["example_prob_by_fun"][&axis.label][i]);
        }
    }
}

/// Where rms puts a probability: linear interpolation of the linear predictor between 1000 points of its axis.
fn interpolated_as_rms(nomogram: &Nomogram, shift: f64, p: f64) -> f64 {
    let (low, high) = (nomogram.linear_predictor[0].value, nomogram.linear_predictor.last().unwrap().value);
    let at = |k: usize| low + (high - low) * k as f64 / 999.0;
    let probability = |lp: f64| 1.0 / (1.0 + (-(lp + shift)).exp());
    let k = (0..999).find(|&k| probability(at(k + 1)) >= p).unwrap();
    let (p0, p1) = (probability(at(k)), probability(at(k + 1)));
    let lp = at(k) + (at(k + 1) - at(k)) * (p - p0) / (p1 - p0);
    (lp - nomogram.intercept_at_zero_points) * nomogram.points_per_unit
}
