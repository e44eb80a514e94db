//! Reading an oracle file and the table it names, and comparing with it.
#![allow(dead_code)]

use std::collections::HashMap;

use serde_json::Value;

use super::common::reference;

/// An oracle: what went in, what came out, how closely we must agree.
pub struct Oracle {
    pub id: String,
    pub json: Value,
    pub rel_tol: f64,
}

impl Oracle {
    /// `statistics/json/{name}.json`, or `None` where the reference is absent.
    pub fn load(name: &str) -> Option<Oracle> {
        let path = reference(&format!("statistics/json/{name}.json"))?;
        let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let rel_tol = json["rel_tol"].as_f64().unwrap();
        Some(Oracle { id: name.to_string(), json, rel_tol })
    }

    /// All oracles of a topic that are there, whatever their data.
    pub fn all(topic: &str) -> Vec<Oracle> {
        let Some(folder) = reference("statistics/json") else { return Vec::new() };
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|file| file.unwrap().file_name().to_str()?.strip_suffix(".json").map(str::to_string))
            .filter(|name| name.starts_with(&format!("{topic}__")))
            .collect();
        names.sort();
        assert!(!names.is_empty(), "no oracle of topic {topic}");
        names.iter().filter_map(|name| Oracle::load(name)).collect()
    }

    pub fn out(&self) -> &Value {
        &self.json["outputs"]
    }

    pub fn data(&self) -> &Value {
        &self.json["data"]
    }

    /// The table that `data.csv` names.
    pub fn table(&self) -> Table {
        Table::load(self.data()["csv"].as_str().unwrap())
    }

    /// Asserts agreement within the oracle's relative tolerance.
    pub fn check(&self, what: &str, found: f64, expected: &Value) {
        self.check_to(what, found, expected, self.rel_tol);
    }

    /// The same with the tolerance that the oracle's notes give for this number.
    pub fn check_to(&self, what: &str, found: f64, expected: &Value, rel_tol: f64) {
        let expected = number(expected).unwrap_or_else(|| panic!("{}: {what}: expected is {expected}", self.id));
        close(&format!("{}: {what}", self.id), found, expected, rel_tol);
    }

    /// Agreement to an absolute tolerance, for numbers that may lie near zero by chance: the ends of intervals.
    pub fn check_within(&self, what: &str, found: f64, expected: &Value, allowed: f64) {
        let expected = number(expected).unwrap_or_else(|| panic!("{}: {what}: expected is {expected}", self.id));
        assert!((found - expected).abs() <= allowed, "{}: {what}: found {found:e}, expected {expected:e}", self.id);
    }
}

/// Relative agreement. What is 0 but for rounding (below 1e-14 on both sides) agrees.
pub fn close(what: &str, found: f64, expected: f64, rel_tol: f64) {
    let zero = expected == 0.0 && found.abs() < 1e-14;
    let off = (found - expected).abs();
    assert!(
        found == expected || zero || off <= rel_tol * expected.abs(),
        "{what}: found {found:e}, expected {expected:e}, off by {off:e}"
    );
}

/// A JSON number, or R's infinities as text.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(s) if s == "Inf" => Some(f64::INFINITY),
        Value::String(s) if s == "-Inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A list of numbers; one number is a list of one.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().map(|v| number(v).unwrap()).collect(),
        _ => vec![number(value).unwrap()],
    }
}

/// A list of texts; one text is a list of one.
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(|v| v.as_str().unwrap().to_string()).collect(),
        _ => vec![value.as_str().unwrap().to_string()],
    }
}

/// A CSV table as text by column.
pub struct Table {
    columns: HashMap<String, Vec<String>>,
    /// In the order of the file.
    pub names: Vec<String>,
    pub rows: usize,
}

impl Table {
    pub fn load(name: &str) -> Table {
        let path = reference(&format!("statistics/data/{name}")).expect("the oracle is there, so is its table");
        let mut reader = csv::Reader::from_path(path).unwrap();
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        let mut columns: HashMap<String, Vec<String>> = names.iter().map(|n| (n.clone(), Vec::new())).collect();
        let mut rows = 0;
        for record in reader.records() {
            rows += 1;
            for (name, field) in names.iter().zip(record.unwrap().iter()) {
                columns.get_mut(name).unwrap().push(field.to_string());
            }
        }
        Table { columns, names, rows }
    }

    /// The rows that have a value in all of these columns, as R's `complete.cases` keeps them.
    pub fn complete(&self, names: &[&str]) -> Table {
        let missing = |s: &String| s.is_empty() || s == "NA";
        let keep: Vec<usize> = (0..self.rows).filter(|&i| names.iter().all(|n| !missing(&self.columns[*n][i]))).collect();
        let columns = self.columns.iter().map(|(n, c)| (n.clone(), keep.iter().map(|&i| c[i].clone()).collect())).collect();
        Table { columns, names: self.names.clone(), rows: keep.len() }
    }

    pub fn text(&self, name: &str) -> &[String] {
        &self.columns[name]
    }

    /// Numbers; missing ones are NaN.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name).iter().map(|s| if s.is_empty() || s == "NA" { f64::NAN } else { s.parse().unwrap() }).collect()
    }

    /// A table of resamples: the rows as positions counted from 0 (the files count from 1).
    pub fn index_rows(&self) -> Vec<Vec<usize>> {
        let columns: Vec<&Vec<String>> = (1..).map_while(|j| self.columns.get(&format!("V{j}"))).collect();
        (0..self.rows).map(|i| columns.iter().map(|c| c[i].parse::<usize>().unwrap() - 1).collect()).collect()
    }

    pub fn is_numeric(&self, name: &str) -> bool {
        self.text(name).iter().all(|s| s.is_empty() || s == "NA" || s.parse::<f64>().is_ok())
    }

    pub fn events(&self, name: &str) -> Vec<bool> {
        self.numbers(name).iter().map(|&x| x == 1.0).collect()
    }

    /// Distinct texts in ascending order.
    pub fn levels(&self, name: &str) -> Vec<String> {
        let mut levels: Vec<String> = self.text(name).iter().filter(|s| !s.is_empty() && *s != "NA").cloned().collect();
        levels.sort();
        levels.dedup();
        levels
    }

    /// Treatment-coded design: a numeric column as it is, a text column as one indicator per level but the first.
    /// Returns per variable its name, the names of its columns and the columns.
    pub fn design(&self, variables: &[String], separator: &str) -> Vec<(String, Vec<String>, Vec<Vec<f64>>)> {
        variables
            .iter()
            .map(|variable| {
                if self.is_numeric(variable) {
                    return (variable.clone(), vec![variable.clone()], vec![self.numbers(variable)]);
                }
                let levels = self.levels(variable);
                let column =
                    |level: &String| self.text(variable).iter().map(|t| f64::from(u8::from(t == level))).collect::<Vec<f64>>();
                (
                    variable.clone(),
                    levels[1..].iter().map(|l| format!("{variable}{separator}{l}")).collect(),
                    levels[1..].iter().map(column).collect(),
                )
            })
            .collect()
    }
}

/// Class numbers of a text column by the given order of levels.
pub fn codes(texts: &[String], levels: &[String]) -> Vec<usize> {
    texts.iter().map(|t| levels.iter().position(|l| l == t).unwrap()).collect()
}
