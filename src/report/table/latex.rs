//! LaTeX: booktabs rules, every special character escaped, ready for `\input`.
//!
//! A long table breaks over pages (`longtable`), a wide one lies on its side (`sidewaystable` of `rotating`). Greek letters and
//! signs become mathematics, so that pdfLaTeX takes the file; other scripts need XeLaTeX or LuaLaTeX.

use super::format::Style;
use super::layout::{Widths, width};
use super::model::{Align, Row, Table};
use std::fmt::Write;

/// More rows than this do not fit on a page.
const PAGE_ROWS: usize = 45;
/// Digits on a line of `\small` text on a portrait page, and on a landscape page.
const PORTRAIT: f64 = 92.0;
const LANDSCAPE: f64 = 140.0;

/// The table as LaTeX.
pub fn text(table: &Table, style: &Style) -> String {
    let widths = Widths::of(table, style);
    let (long, wide) = (table.rows.len() > PAGE_ROWS, widths.line() > PORTRAIT);
    let shape = shape(table, &widths, if wide { LANDSCAPE } else { PORTRAIT });
    let size = if widths.line() > LANDSCAPE {
        "\\scriptsize"
    } else if wide {
        "\\footnotesize"
    } else {
        "\\small"
    };
    let caption = format!("\\caption{{{}}}\\label{{tab:{}}}", escaped(&table.title), label(&table.id));
    let packages = match (long, wide) {
        (false, false) => "booktabs",
        (false, true) => "booktabs,rotating",
        (true, false) => "booktabs,longtable",
        (true, true) => "booktabs,longtable,pdflscape",
    };
    let mut out = format!("% \\usepackage{{{packages}}}\n");
    if long {
        let (open, close) = if wide { ("\\begin{landscape}\n", "\\end{landscape}\n") } else { ("", "") };
        let _ = write!(out, "{open}{{{size}\\setlength{{\\tabcolsep}}{{4pt}}\n\\begin{{longtable}}{{{shape}}}\n{caption}\\\\\n");
        let _ = write!(out, "\\toprule\n{}\\midrule\n\\endfirsthead\n", head(table));
        let _ = write!(out, "\\toprule\n{}\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n", head(table));
        body(&mut out, table, style);
        let _ = write!(out, "\\end{{longtable}}\n{}}}\n{close}", notes(table));
    } else {
        let float = if wide { "sidewaystable" } else { "table" };
        let _ = write!(out, "\\begin{{{float}}}[!htbp]\n\\centering\n{caption}\n{size}\\setlength{{\\tabcolsep}}{{4pt}}\n");
        let _ = write!(out, "\\begin{{tabular}}{{{shape}}}\n\\toprule\n{}\\midrule\n", head(table));
        body(&mut out, table, style);
        let _ = write!(out, "\\bottomrule\n\\end{{tabular}}\n{}\\end{{{float}}}\n", notes(table));
    }
    out
}

/// Column letters; a column of long words wraps in a share of the line.
fn shape(table: &Table, widths: &Widths, room: f64) -> String {
    let mut shape = String::from("@{}");
    for (i, column) in table.columns.iter().enumerate() {
        let longest = table
            .rows
            .iter()
            .filter(|row| !row.is_heading())
            .map(|row| width(&row.cells[i].printed(&Style::default())))
            .fold(0.0, f64::max);
        match column.align {
            Align::Left if longest > widths.natural[i] => {
                let share = widths.natural[i] / room.max(widths.line());
                let _ = write!(shape, "p{{{share:.2}\\linewidth}}");
            }
            Align::Left => shape.push('l'),
            Align::Centre => shape.push('c'),
            Align::Right => shape.push('r'),
        }
    }
    shape + "@{}"
}

fn head(table: &Table) -> String {
    let mut out = String::new();
    if table.has_groups() {
        let (mut cells, mut rules, mut column) = (Vec::new(), String::new(), 1);
        for (group, span) in table.group_spans() {
            match group {
                Some(group) => {
                    cells.push(format!("\\multicolumn{{{span}}}{{c}}{{{}}}", escaped(group)));
                    let _ = write!(rules, "\\cmidrule(lr){{{column}-{}}}", column + span - 1);
                }
                None => cells.push(String::new()),
            }
            column += span;
        }
        let _ = writeln!(out, "{} \\\\\n{rules}", cells.join(" & "));
    }
    let heads: Vec<String> = (0..table.columns.len()).map(|i| escaped(&table.printed_head(i))).collect();
    let _ = writeln!(out, "{} \\\\", heads.join(" & "));
    out
}

fn body(out: &mut String, table: &Table, style: &Style) {
    for row in &table.rows {
        if row.rule_above {
            out.push_str("\\midrule\n");
        }
        if row.is_heading() {
            let label = escaped(&row.cells[0].printed(style));
            let _ = writeln!(out, "\\multicolumn{{{}}}{{@{{}}l}}{{\\textbf{{{label}}}}} \\\\*", table.columns.len());
        } else {
            let cells: Vec<String> = (0..row.cells.len()).map(|i| cell(row, i, style)).collect();
            let _ = writeln!(out, "{} \\\\", cells.join(" & "));
        }
    }
}

fn cell(row: &Row, i: usize, style: &Style) -> String {
    let mut text = escaped(&row.cells[i].printed(style));
    if i == 0 && row.indent > 0 {
        text = format!("\\hspace{{1em}}{text}");
    }
    // A bracket at the start of a row would be read as an option of the line break before it.
    if i == 0 && text.starts_with(['[', '*']) {
        text = format!("{{}}{text}");
    }
    match row.cells[i].mark() {
        Some(mark) => format!("{text}\\textsuperscript{{{mark}}}"),
        None => text,
    }
}

fn notes(table: &Table) -> String {
    if table.notes.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = table
        .notes
        .iter()
        .map(|note| match &note.mark {
            Some(mark) => format!("\\textsuperscript{{{mark}}} {}", escaped(&note.text)),
            None => escaped(&note.text),
        })
        .collect();
    format!("\\par\\smallskip\n{{\\raggedright\\footnotesize {}\\par}}\n", lines.join("\\\\\n"))
}

fn label(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Text that LaTeX prints as it is.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("$<$"),
            '>' => out.push_str("$>$"),
            '|' => out.push_str("$|$"),
            '"' => out.push_str("\\symbol{34}"),
            '–' => out.push_str("--"),
            '—' => out.push_str("---"),
            '−' => out.push_str("$-$"),
            '±' => out.push_str("$\\pm$"),
            '×' => out.push_str("$\\times$"),
            '·' => out.push_str("$\\cdot$"),
            '≥' => out.push_str("$\\ge$"),
            '≤' => out.push_str("$\\le$"),
            '≈' => out.push_str("$\\approx$"),
            '∞' => out.push_str("$\\infty$"),
            '→' => out.push_str("$\\to$"),
            '²' => out.push_str("$^2$"),
            '³' => out.push_str("$^3$"),
            '°' => out.push_str("$^\\circ$"),
            '✓' => out.push_str("$\\surd$"),
            'Δ' => out.push_str("$\\Delta$"),
            'α' => out.push_str("$\\alpha$"),
            'β' => out.push_str("$\\beta$"),
            'κ' => out.push_str("$\\kappa$"),
            'λ' => out.push_str("$\\lambda$"),
            'µ' | 'μ' => out.push_str("$\\mu$"),
            'ρ' => out.push_str("$\\rho$"),
            'σ' => out.push_str("$\\sigma$"),
            'χ' => out.push_str("$\\chi$"),
            '‘' => out.push('`'),
            '’' => out.push('\''),
            '“' => out.push_str("``"),
            '”' => out.push_str("''"),
            '…' => out.push_str("\\ldots{}"),
            '\u{a0}' => out.push('~'),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
