//! What was noticed while deciding the columns: one finding per rule that was applied, naming all its columns; text among
//! numbers is reported column by column, as its rows differ.

use super::super::finding::{Finding, Level, count, first_few};
use super::super::number::Decimal;
use super::Draft;

/// A rule that concerns whole columns.
struct Rule {
    level: Level,
    code: &'static str,
    applies: fn(&Draft) -> bool,
    /// What is said after "3 columns ".
    says: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        level: Level::Info,
        code: "decimal-comma",
        applies: |draft| draft.decimal() == Some(Decimal::Comma),
        says: "with decimal commas, read as such since every value of the column agrees",
    },
    Rule {
        level: Level::Caution,
        code: "thousands-separator",
        applies: |draft| draft.is_number() && draft.notes.grouped,
        says: "with separators between thousands, which were taken out",
    },
    Rule {
        level: Level::Info,
        code: "percent-sign",
        applies: |draft| draft.is_number() && draft.notes.percent,
        says: "with percent signs; the numbers are in percent (12.5% is 12.5)",
    },
    Rule {
        level: Level::Warning,
        code: "mixed-percent",
        applies: |draft| draft.notes.mixed_percent,
        says: "with percents beside fractions (15% and 0.15), left as text; write all values in one unit",
    },
    Rule {
        level: Level::Caution,
        code: "limit-value",
        applies: |draft| !draft.is_number() && draft.notes.limits,
        says: "of numbers among which are limits such as `<5`, left as text; ask for limits to be read as the number they name",
    },
    Rule {
        level: Level::Caution,
        code: "limit-value",
        applies: |draft| draft.is_number() && draft.notes.limits,
        says: "with limits such as `<5`, read as the number they name, as was asked",
    },
    Rule {
        level: Level::Warning,
        code: "ambiguous-number",
        applies: |draft| draft.notes.unsettled,
        says: "that may hold decimals or thousands (1,234), left as text; name the decimal sign",
    },
];

pub(super) fn report(drafts: &[Draft], names: &[String], rows: &[usize]) -> Vec<Finding> {
    let columns_where = |applies: &dyn Fn(&Draft) -> bool| -> Vec<String> {
        drafts.iter().zip(names).filter(|(draft, _)| applies(draft)).map(|(_, name)| name.clone()).collect()
    };
    let mut findings = Vec::new();
    for rule in RULES {
        let columns = columns_where(&rule.applies);
        if !columns.is_empty() {
            let message = format!("{} {}", count(columns.len(), "column"), rule.says);
            findings.push(Finding::new(rule.level, rule.code, message).in_columns(columns));
        }
    }
    let kept = columns_where(&|draft| !draft.notes.kept_levels.is_empty());
    if !kept.is_empty() {
        findings.push(kept_levels(drafts, kept));
    }
    let missing: usize = drafts.iter().map(|draft| draft.notes.missing_words).sum();
    if missing > 0 {
        let columns = columns_where(&|draft| draft.notes.missing_words > 0);
        let (cells, within) = (count(missing, "cell"), count(columns.len(), "column"));
        let message = format!("{cells} of {within} with a word for a missing value (NA, -, 未知 …), read as missing");
        findings.push(Finding::info("missing-word", message).in_columns(columns));
    }
    let strays = drafts.iter().zip(names).filter(|(draft, _)| !draft.notes.strays.is_empty());
    findings.extend(strays.map(|(draft, name)| text_among_numbers(draft, name, rows)));
    findings
}

fn kept_levels(drafts: &[Draft], columns: Vec<String>) -> Finding {
    let mut words: Vec<String> = drafts.iter().flat_map(|d| &d.notes.kept_levels).map(|word| format!("`{word}`")).collect();
    words.sort_unstable();
    words.dedup();
    let message = format!(
        "{} of words in which {} is kept as a level of its own; add it to the missing words if it says that nothing is known",
        count(columns.len(), "column"),
        first_few(&words, 5),
    );
    Finding::info("word-kept-as-level", message).in_columns(columns)
}

fn text_among_numbers(draft: &Draft, name: &str, rows: &[usize]) -> Finding {
    let strays: Vec<usize> = draft.notes.strays.iter().map(|&row| rows[row]).collect();
    let message = format!(
        "text where a number belongs in {} of a column in which {} are numbers, left as text; mend the cells, or add what stands \
         there to the missing words",
        count(strays.len(), "cell"),
        draft.notes.numbers,
    );
    Finding::warning("text-in-number-column", message).in_columns([name]).at_rows(strays)
}
