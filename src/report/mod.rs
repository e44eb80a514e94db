//! The report of a study: tables, figures and one page, made from [`Results`] alone.
//!
//! Rule: the report computes nothing. What it shows stands in `results.json`, so it can be made again from that file, at any time
//! and without the data. Patient identifiers are not in [`Results`] and so cannot appear here.
//!
//! | folder | what | to add one |
//! |---|---|---|
//! | `figure/` | drawings as SVG and PNG | one file, named in its list |
//! | `table/` | tables in five formats | one file in `table/content/`, named in its list |
//! | `section/` | sections of the page | one file, named in `SECTIONS` |
//! | `page/` | templates, style sheet and script | |

pub mod figure;
mod page;
mod section;
pub mod table;
mod wording;

use crate::error::{Error, Result};
use crate::study::results::Results;
use crate::table::file::{write_atomically, write_whole};
use figure::Figure;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use table::{Export, Style, Table};

/// How the report looks.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportOptions {
    /// House style of numbers and tables.
    pub style: Style,
    /// Resolution of the PNG figures in dots per inch; none writes SVG only.
    pub png_dpi: Option<f64>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        ReportOptions { style: Style::default(), png_dpi: Some(300.0) }
    }
}

/// A report before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The page: one self-contained HTML file.
    pub page: String,
    /// All tables.
    pub tables: Vec<Table>,
    /// All figures.
    pub figures: Vec<Figure>,
}

/// Renders results.
///
/// # Errors
/// [`Error::Numeric`] if a template fails, which is a fault of this program.
pub fn render(results: &Results, options: &ReportOptions) -> Result<Report> {
    let tables = table::all(results);
    let figures = figure::all(results);
    let page = page::html(results, &tables, &figures, &options.style)?;
    Ok(Report { page, tables, figures })
}

/// Renders results and writes `report.html`, `tables/` and `figures/` into `folder`, each file at once or not at all.
/// Returns the files in the order of writing, relative to `folder`.
///
/// # Errors
/// [`Error::Io`] if a file cannot be written; those of [`render`] and of the exports.
pub fn write(results: &Results, folder: &Path, options: &ReportOptions) -> Result<Vec<PathBuf>> {
    let report = render(results, options)?;
    let tables = report.tables.par_iter().map(|table| table_files(table, &options.style)).collect::<Result<Vec<_>>>()?;
    let figures = report.figures.par_iter().map(|figure| figure_files(figure, options)).collect::<Result<Vec<_>>>()?;
    let mut files: Vec<(PathBuf, Vec<u8>)> = tables.into_iter().chain(figures).flatten().collect();
    if !report.tables.is_empty() {
        files.push((PathBuf::from("tables/tables.docx"), table::word(&report.tables, &options.style)?));
        files.push((PathBuf::from("tables/tables.xlsx"), table::workbook(&report.tables, &options.style)?));
    }
    remove_stale(folder, &files)?;
    // The page comes last: where it stands, what it links to stands as well.
    files.push((PathBuf::from("report.html"), report.page.into_bytes()));
    for (path, bytes) in &files {
        let path = folder.join(path);
        let refused = |cause: std::io::Error| Error::io(&path, cause);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(refused)?;
        write_atomically(&path, |out| out.write_all(bytes).map_err(refused))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The list of what the last report wrote, relative to the run's folder.
const WRITTEN: &str = "report.files.json";

/// Removes what an earlier report of this folder wrote and this one does not, such as the nomogram of an arm that is gone; files of
/// other origin stay.
fn remove_stale(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    let list = folder.join(WRITTEN);
    let earlier: Vec<PathBuf> =
        std::fs::read(&list).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let ours = |path: &Path| path.components().count() == 2 && (path.starts_with("tables") || path.starts_with("figures"));
    let plain = |path: &Path| path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    for path in earlier.iter().filter(|path| ours(path) && plain(path) && !files.iter().any(|(kept, _)| kept == *path)) {
        match std::fs::remove_file(folder.join(path)) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(folder.join(path), cause)),
            _ => {}
        }
    }
    let now: Vec<&PathBuf> = files.iter().map(|(path, _)| path).collect();
    write_whole(&list, &serde_json::to_vec_pretty(&now).map_err(Error::numeric)?)
}

fn table_files(table: &Table, style: &Style) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let file = |export: Export| {
        let path = PathBuf::from(format!("tables/{}.{}", table.id, export.extension()));
        Ok((path, export.bytes(table, style)?))
    };
    Export::ALL.into_iter().filter(|export| export.takes(table)).map(file).collect()
}

fn figure_files(figure: &Figure, options: &ReportOptions) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let path = |ending: &str| PathBuf::from(format!("figures/{}.{ending}", figure.id));
    let mut files = vec![(path("svg"), figure.svg.clone().into_bytes())];
    if let Some(dpi) = options.png_dpi {
        files.push((path("png"), figure::to_png(figure, dpi)?));
    }
    Ok(files)
}
