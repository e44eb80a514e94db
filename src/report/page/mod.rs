//! The page: one HTML file that works offline, from templates in this folder.
//!
//! Rule: whatever comes from the results passes the templates' autoescape. Only three things are inserted as they are: the style
//! sheet and the script of this folder, and the drawings, which `figure` has escaped. The script is named in the page's policy
//! by its hash, so that no other can run.

mod calculator;
mod csp;
mod view;

use super::figure::Figure;
use super::section::block::Block;
use super::section::{Material, SECTIONS};
use super::table::{self, Export, Style, Table};
use super::wording;
use crate::error::{Error, Result};
use crate::study::results::{Origin, Results};
use calculator::Calculator;
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeMap;
use view::{FigureView, TableView};

const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("page.html")),
    ("block.html", include_str!("block.html")),
    ("table.html", include_str!("table.html")),
    ("figure.html", include_str!("figure.html")),
    ("calculator.html", include_str!("calculator.html")),
];
const STYLE_SHEET: &str = include_str!("report.css");

/// The script: the nomogram's arithmetic, then the page's behaviour.
///
/// Line ends are those that a browser hashes, whatever the checkout made of them.
fn script() -> String {
    [include_str!("nomogram.js"), include_str!("report.js")].concat().replace("\r\n", "\n")
}

/// Everything that the templates see.
#[derive(Serialize)]
struct PageView<'a> {
    policy: String,
    style_sheet: &'static str,
    script: &'a str,
    title: &'a str,
    question: Option<&'a str>,
    kind: &'static str,
    facts: Vec<String>,
    software: &'a str,
    sections: &'a [SectionView],
    tables: BTreeMap<&'a str, TableView>,
    figures: BTreeMap<&'a str, FigureView>,
    files: Vec<FileView>,
    /// By arm, for the templates.
    calculators: &'a BTreeMap<&'a str, Calculator>,
    /// By calculator, for the script.
    models: BTreeMap<&'a str, &'a Calculator>,
    csv: BTreeMap<&'a str, String>,
}

#[derive(Serialize)]
struct SectionView {
    id: &'static str,
    title: &'static str,
    short: &'static str,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
struct FileView {
    label: String,
    title: String,
    links: Vec<(String, &'static str)>,
}

/// The page as text.
///
/// # Errors
/// [`Error::Numeric`] if a template fails, which is a fault of this program.
pub fn html(results: &Results, tables: &[Table], figures: &[Figure], style: &Style) -> Result<String> {
    let material = Material { results, tables, figures, style };
    let sections: Vec<SectionView> = SECTIONS
        .iter()
        .map(|section| SectionView {
            id: section.id,
            title: section.title,
            short: section.short,
            blocks: (section.blocks)(&material),
        })
        .filter(|section| !section.blocks.is_empty())
        .collect();
    let order = figures_in_order(&sections);
    let number = |id: &str| order.iter().position(|placed| placed == id).map_or(0, |i| i + 1);
    let calculators: BTreeMap<&str, Calculator> = results
        .arms
        .iter()
        .enumerate()
        .filter_map(|(i, arm)| Some((arm.name.as_str(), calculator::calculator(&material, i, arm)?)))
        .collect();
    let script = script();
    let view = PageView {
        policy: csp::policy(&script),
        style_sheet: STYLE_SHEET,
        script: &script,
        title: &results.title,
        question: results.question.as_deref(),
        kind: match results.origin {
            Origin::Study => "Study report",
            Origin::Predictions => "Comparison of predictions",
        },
        facts: facts(results),
        software: &results.software,
        sections: &sections,
        tables: tables.iter().map(|table| (table.id.as_str(), TableView::of(table, style))).collect(),
        figures: figures.iter().map(|figure| (figure.id.as_str(), FigureView::of(figure, number(&figure.id)))).collect(),
        files: files(tables, figures, &number),
        calculators: &calculators,
        models: calculators.values().map(|calculator| (calculator.id.as_str(), calculator)).collect(),
        csv: tables.iter().map(|table| (table.id.as_str(), table::csv(table))).collect(),
    };
    let mut environment = Environment::new();
    // A tag on a line of its own leaves no empty line behind.
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(fault)?);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(fault)?;
    }
    environment.get_template("page.html").and_then(|page| page.render(Serde(view))).map_err(fault)
}

fn fault(cause: minijinja::Error) -> Error {
    Error::numeric(format!("the report page cannot be made: {cause:#}"))
}

/// One line under the title: how many of what.
fn facts(results: &Results) -> Vec<String> {
    let cohort = &results.cohort;
    let many = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let mut facts = vec![many(cohort.cases, "case", "cases")];
    if cohort.patients > 0 && cohort.patients != cohort.cases {
        facts.push(many(cohort.patients, "patient", "patients"));
    }
    if cohort.sites.len() > 1 {
        facts.push(many(cohort.sites.len(), "site", "sites"));
    }
    if !cohort.modalities.is_empty() {
        facts.push(cohort.modalities.iter().map(|m| m.label.as_str()).collect::<Vec<_>>().join(" · "));
    }
    let arms = wording::arms_word(results);
    facts.push(many(results.arms.len(), arms.trim_end_matches('s'), arms));
    facts
}

/// Names of the figures in the order in which the page shows them.
fn figures_in_order(sections: &[SectionView]) -> Vec<String> {
    fn walk(blocks: &[Block], order: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Figure { id } => order.push(id.clone()),
                Block::Details { blocks, .. } => walk(blocks, order),
                _ => {}
            }
        }
    }
    let mut order = Vec::new();
    for section in sections {
        walk(&section.blocks, &mut order);
    }
    order
}

/// Every file of the report.
fn files(tables: &[Table], figures: &[Figure], number: &dyn Fn(&str) -> usize) -> Vec<FileView> {
    let tables = tables.iter().map(|table| FileView {
        label: format!("Table {}", table.number),
        title: table.title.clone(),
        links: Export::ALL
            .into_iter()
            .filter(|export| export.takes(table))
            .map(|export| (format!("tables/{}.{}", table.id, export.extension()), export.extension()))
            .collect(),
    });
    let figures = figures.iter().map(|figure| FileView {
        label: match number(&figure.id) {
            0 => "Figure".to_owned(),
            number => format!("Figure {number}"),
        },
        title: figure.title.clone(),
        links: ["svg", "png"].into_iter().map(|ending| (format!("figures/{}.{ending}", figure.id), ending)).collect(),
    });
    tables.chain(figures).collect()
}
