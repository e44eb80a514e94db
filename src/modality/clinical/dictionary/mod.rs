//! The data dictionary: every clinical variable that the workbench knows, as data.
//!
//! Rule: a variable is one entry in one of the lists below, with its kind, levels, unit, plausible range, the names that
//! columns and values have in English and Chinese, and the questions whose answer it gives away. To add one, add an entry;
//! the tests then ask that no two variables share a column name and no two levels a spelling.

mod assessment;
mod course;
mod her2;
mod identity;
mod mammography;
mod mri;
mod pathology;
mod patient;
mod quantitative;
mod ultrasound;
mod variable;

pub use variable::{Family, Kind, Level, Question, Reading, Value, Variable};

use super::text::{fold, key};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Every variable, in the order of the lists.
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    let lists = [
        identity::VARIABLES,
        patient::VARIABLES,
        pathology::VARIABLES,
        her2::VARIABLES,
        course::VARIABLES,
        assessment::VARIABLES,
        mri::VARIABLES,
        quantitative::VARIABLES,
        ultrasound::VARIABLES,
        mammography::VARIABLES,
    ];
    lists.into_iter().flatten()
}

/// The variable of this name (its own name, not a column's).
pub fn variable(name: &str) -> Option<&'static Variable> {
    variables().find(|variable| variable.name == name)
}

/// The variable that a column of this name holds, whatever the rest of the table.
///
/// Names are compared without regard to capitals, blanks, punctuation, full-width forms, a prefix such as `clin__`, and a unit
/// in brackets at the end.
pub fn variable_of_column(column: &str) -> Option<&'static Variable> {
    names_of(column).iter().find_map(|name| COLUMNS.get(name).copied())
}

/// The variables that the columns of one table hold. Where a name means different things in different modalities (`Shape`,
/// `Margin`), the modality that most of the table's other columns name decides; a tie leaves it open.
pub fn identify<S: AsRef<str>>(columns: &[S]) -> Vec<Option<&'static Variable>> {
    let certain: Vec<_> = columns.iter().map(|column| variable_of_column(column.as_ref())).collect();
    let family = described_modality(&certain);
    columns
        .iter()
        .zip(certain)
        .map(|(column, known)| known.or_else(|| family.and_then(|family| variable_in(column.as_ref(), family))))
        .collect()
}

/// The modality whose descriptors a table holds, where one leads.
fn described_modality(certain: &[Option<&'static Variable>]) -> Option<Family> {
    let count = |family| certain.iter().flatten().filter(|variable| variable.family == family).count();
    let mut counts = [Family::Mri, Family::Ultrasound, Family::Mammography].map(|family| (count(family), family));
    counts.sort();
    let [_, second, first] = counts;
    (first.0 > second.0).then_some(first.1)
}

/// The variable of `family` that a bare column name (`Shape`) means.
fn variable_in(column: &str, family: Family) -> Option<&'static Variable> {
    let names = names_of(column);
    variables()
        .filter(|variable| variable.family == family)
        .find(|variable| variable.bare.iter().any(|bare| names.contains(&name_key(bare))))
}

/// The forms in which a column name is looked up: as it is, without prefix, without a unit in brackets.
fn names_of(column: &str) -> Vec<String> {
    let folded = fold(column);
    let mut forms = vec![folded.clone()];
    for prefix in ["clinical.", "clinical_", "clinical__", "clin__", "clin_", "clin."] {
        if let Some(rest) = folded.strip_prefix(prefix) {
            forms.push(rest.to_string());
        }
    }
    for form in forms.clone() {
        if let Some((before, _)) = form.split_once(['(', '[']) {
            forms.push(before.to_string());
        }
    }
    let mut keys: Vec<String> = forms.iter().map(|form| name_key(form)).filter(|name| !name.is_empty()).collect();
    keys.dedup();
    keys
}

/// The [`key`] of a column name; a percent sign in it is a word.
fn name_key(name: &str) -> String {
    key(&fold(name).replace('%', "pct"))
}

/// Column names, folded, with their variable.
static COLUMNS: LazyLock<HashMap<String, &'static Variable>> = LazyLock::new(|| {
    let mut columns = HashMap::new();
    for variable in variables() {
        for name in std::iter::once(&variable.name).chain(variable.columns) {
            columns.entry(name_key(name)).or_insert(variable);
        }
    }
    columns
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_variables_share_a_name() {
        let mut owner: HashMap<String, &str> = HashMap::new();
        for variable in variables() {
            for name in std::iter::once(&variable.name).chain(variable.columns) {
                let previous = owner.insert(name_key(name), variable.name);
                assert!(previous.is_none_or(|other| other == variable.name), "`{name}`: {previous:?} and {}", variable.name);
            }
        }
        for variable in variables() {
            for bare in variable.bare {
                let other = owner.get(&name_key(bare));
                assert!(other.is_none(), "bare `{bare}` of {} also names {other:?}", variable.name);
            }
        }
    }

    #[test]
    fn no_two_levels_of_a_variable_share_a_spelling() {
        for variable in variables() {
            let mut seen = HashSet::new();
            for level in variable.levels {
                let spellings: HashSet<String> = std::iter::once(&level.name).chain(level.synonyms).map(|s| key(s)).collect();
                for spelling in spellings {
                    assert!(!spelling.is_empty() && seen.insert(spelling.clone()), "{}: `{spelling}` twice", variable.name);
                }
            }
        }
    }

    #[test]
    fn ordered_levels_rise_and_ranges_are_ranges() {
        for variable in variables() {
            if matches!(variable.kind, Kind::Ordinal | Kind::Binary) {
                let codes: Vec<f64> = variable.levels.iter().map(|level| level.code.expect(variable.name)).collect();
                assert!(codes.len() > 1 && codes.windows(2).all(|pair| pair[0] < pair[1]), "{}", variable.name);
            }
            assert!(variable.range.is_none_or(|(low, high)| low < high), "{}", variable.name);
            assert!(!variable.description.is_empty(), "{}", variable.name);
        }
    }

    #[test]
    fn columns_are_known_by_their_names_in_both_languages() {
        for (variable, names) in [
            ("her2_ihc", vec!["her2_ihc", "HER2 IHC", "IHC HER2", "her2_immunohistochemistry_level_result", "HER2免疫组化"]),
            ("er", vec!["ER status", "er_status_by_ihc", "雌激素受体", "clin__er"]),
            ("ki67_pct", vec!["ki67", "Ki-67", "Ki67(%)", "Ｋｉ６７（％）", "MIB-1"]),
            ("age", vec!["Age at diagnosis", "年龄", "年龄（岁）", "AGE", "clin__age"]),
            ("menopause", vec!["绝经", "menopause_status"]),
            ("grade", vec!["组织学分级", "Histologic grade"]),
        ] {
            for name in names {
                assert_eq!(variable_of_column(name).map(|v| v.name), Some(variable), "{name}");
            }
        }
        assert_eq!(variable_of_column("rad__T1_E_Intensity_Mean"), None);
    }

    #[test]
    fn a_bare_name_means_what_its_table_describes() {
        let name = |columns: &[&str], at: usize| identify(columns)[at].map(|variable| variable.name);
        assert_eq!(name(&["Shape", "Echogenicity", "Posterior_features"], 0), Some("us_shape"));
        assert_eq!(name(&["Shape", "Calc_Morphology", "Breast density"], 0), Some("mg_mass_shape"));
        assert_eq!(name(&["Margin", "BPE", "TIC"], 0), Some("mri_mass_margin"));
        assert_eq!(name(&["Shape", "Age"], 0), None);
        assert_eq!(name(&["Shape", "BPE", "Echogenicity"], 0), None);
    }
}
