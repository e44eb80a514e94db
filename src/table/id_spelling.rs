//! One spelling per patient over several files: `007`, `7`, `Ｐ7` and `p 7` are what different programs make of one identifier.

use std::collections::{HashMap, HashSet};

use super::finding::{Finding, count};
use super::identifier::Identifiers;
use super::text::{half_width, without_blanks};
use crate::error::{InputError, Result};

/// Gives identifiers that differ only in width, spaces, case or leading zeros the spelling of the first table that has them.
///
/// # Definition
/// Two identifiers are the same if they are so letter by letter, or if they are after full-width characters became ASCII, spaces
/// went, letters became small and zeros before digits went — the latter only where no table holds two spellings of one patient.
///
/// # Errors
/// [`InputError`] where a table holds two spellings (`1` and `01`) and another a third one: nobody can tell whom it means.
pub fn harmonise(tables: &mut [Identifiers]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let patients: Vec<Vec<String>> = tables.iter_mut().map(|table| std::mem::take(&mut table.patients)).collect();
    let (patients, changes) = one_spelling(tables, patients)?;
    for (table, changes) in tables.iter().zip(changes) {
        findings.extend(changes.describe(table));
    }
    let cases: Vec<Vec<String>> = tables.iter_mut().map(|table| std::mem::take(&mut table.cases)).collect();
    let (cases, _) = one_spelling(tables, cases)?;
    for ((table, patients), cases) in tables.iter_mut().zip(patients).zip(cases) {
        (table.patients, table.cases) = (patients, cases);
    }
    Ok(findings)
}

/// What an identifier is without regard to width, spaces, case and leading zeros.
pub(super) fn normal(id: &str) -> String {
    let mut normal = String::with_capacity(id.len());
    let folded = without_blanks(&half_width(id)).to_lowercase();
    let mut chars = folded.chars().peekable();
    let mut in_number = false;
    while let Some(c) = chars.next() {
        let leads_number = c == '0' && !in_number && chars.peek().is_some_and(char::is_ascii_digit);
        in_number = c.is_ascii_digit() && !leads_number;
        if !leads_number {
            normal.push(c);
        }
    }
    normal
}

/// What changed in one table.
#[derive(Default, Clone)]
struct Changes {
    rows: Vec<usize>,
    differences: Vec<&'static str>,
}

impl Changes {
    fn describe(mut self, table: &Identifiers) -> Option<Finding> {
        if self.rows.is_empty() {
            return None;
        }
        self.differences.sort_unstable();
        self.differences.dedup();
        let message = format!(
            "{} with identifiers that differ in {} alone from those of an earlier table; taken for the same patients",
            count(self.rows.len(), "row"),
            self.differences.join(" and "),
        );
        Some(Finding::caution("id-spelling", message).in_file(&table.path).in_columns([&table.column]).at_rows(self.rows))
    }
}

fn one_spelling(tables: &[Identifiers], mut lists: Vec<Vec<String>>) -> Result<(Vec<Vec<String>>, Vec<Changes>)> {
    // Per normal form: the first spelling of all, and the table that holds several, if one does.
    let mut first: HashMap<String, String> = HashMap::new();
    let mut several: HashMap<String, (usize, HashSet<String>)> = HashMap::new();
    for (at, ids) in lists.iter().enumerate() {
        let mut here: HashMap<String, HashSet<&String>> = HashMap::new();
        for id in ids {
            here.entry(normal(id)).or_default().insert(id);
        }
        for (normal, spellings) in here {
            if spellings.len() > 1 {
                several.entry(normal).or_insert_with(|| (at, HashSet::new())).1.extend(spellings.into_iter().cloned());
            }
        }
        for id in ids {
            first.entry(normal(id)).or_insert_with(|| id.clone());
        }
    }
    let mut changes = vec![Changes::default(); lists.len()];
    for (at, ids) in lists.iter_mut().enumerate() {
        for (row, id) in ids.iter_mut().enumerate() {
            let normal = normal(id);
            if let Some((other, spellings)) = several.get(&normal) {
                if spellings.contains(id) {
                    continue;
                }
                let table = &tables[at];
                let found = format!("an identifier that resembles two of {}", tables[*other].path.display());
                let expected = "the spelling of one of them (they differ in case, width, spaces or leading zeros)";
                return Err(InputError::new(&table.path, found, expected)
                    .at_row(table.rows[row])
                    .in_column(&table.column)
                    .into());
            }
            let spelling = &first[&normal];
            if spelling != id {
                changes[at].rows.push(tables[at].rows[row]);
                changes[at].differences.push(difference(spelling, id));
                id.clone_from(spelling);
            }
        }
    }
    Ok((lists, changes))
}

/// The last of the steps that makes two spellings the same.
fn difference(a: &str, b: &str) -> &'static str {
    let wide = |id: &str| half_width(id).into_owned();
    let dense = |id: &str| without_blanks(&half_width(id)).into_owned();
    if wide(a) == wide(b) {
        "the width of characters"
    } else if dense(a) == dense(b) {
        "spaces"
    } else if dense(a).to_lowercase() == dense(b).to_lowercase() {
        "case"
    } else {
        "leading zeros"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, ids: &[&str]) -> Identifiers {
        let ids: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
        Identifiers {
            path: name.into(),
            column: "id".into(),
            patients: ids.clone(),
            rows: (2..ids.len() + 2).collect(),
            cases: ids,
            sites: None,
            id_columns: vec![0],
        }
    }

    #[test]
    fn normal_forms() {
        for (id, expected) in [
            ("007", "7"),
            ("P 007", "p7"),
            ("ＴＣＧＡ-0042", "tcga-42"),
            ("0", "0"),
            ("000", "0"),
            ("a0b", "a0b"),
            ("10", "10"),
            ("1/002", "1/2"),
        ] {
            assert_eq!(normal(id), expected, "{id}");
        }
    }

    #[test]
    fn the_first_spelling_wins_and_is_said() {
        let mut tables = [table("a.csv", &["P001", "p2"]), table("b.csv", &["P2", "P1", "P3"])];
        let findings = harmonise(&mut tables).unwrap();
        assert_eq!(tables[1].patients, ["p2", "P001", "P3"]);
        assert_eq!(tables[1].cases, ["p2", "P001", "P3"]);
        assert_eq!((findings.len(), findings[0].rows.as_slice()), (1, [2, 3].as_slice()));
        assert!(findings[0].message.contains("case and leading zeros"), "{}", findings[0].message);
    }

    #[test]
    fn two_spellings_in_one_table_are_two_patients_and_a_third_elsewhere_is_refused() {
        let mut exact = [table("a.csv", &["1", "01"]), table("b.csv", &["01", "2"])];
        assert!(harmonise(&mut exact).unwrap().is_empty());
        assert_eq!(exact[1].patients, ["01", "2"]);
        let mut doubtful = [table("b.csv", &["001"]), table("a.csv", &["1", "01"])];
        let message = harmonise(&mut doubtful).unwrap_err().to_string();
        assert!(message.starts_with("b.csv, row 2, column `id`: found an identifier that resembles two of a.csv"), "{message}");
    }

    #[test]
    fn patients_with_several_rows_are_no_two_spellings() {
        let mut tables = [table("a.csv", &["7", "8"]), table("b.csv", &["07", "07", "8"])];
        harmonise(&mut tables).unwrap();
        assert_eq!(tables[1].patients, ["7", "7", "8"]);
    }
}
