//! `vbx compare`: predictions of any tool.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::report;
use crate::study::compare_file::{CompareOptions, compare_file};
use crate::study::run::RunFolder;
use std::path::PathBuf;

/// Compare predictions of any tool: same statistics, tables and figures.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The table is wide (one probability column per model; for three or more classes columns MODEL_CLASS)
or tidy (columns arm, case_id, probability or one column per class, and optionally repeat and fold).

Examples:
  vbx compare predictions.csv --outcome y
  vbx compare predictions.csv --outcome y --models clinical,fusion --primary clinical,fusion
  vbx compare predictions.csv --outcome her2 --event positive --nri-cutoffs 0.2,0.5
  vbx compare grades.csv --outcome grade --classes I,II,III
  vbx compare predictions.csv --outcome y --json        the results, for a program")]
pub struct Args {
    /// The table of predictions (CSV, TSV, Parquet, XLSX).
    pub file: PathBuf,
    /// The column with the outcome.
    #[arg(long)]
    pub outcome: Option<String>,
    /// The outcome's value that is the event (two classes); by default `1`, `true`, `yes`, `positive`, or the larger number.
    #[arg(long)]
    pub event: Option<String>,
    /// The classes in order, for three or more.
    #[arg(long, value_delimiter = ',')]
    pub classes: Vec<String>,
    /// The models to compare, in order; by default all columns of probabilities.
    #[arg(long, value_delimiter = ',')]
    pub models: Vec<String>,
    /// The primary comparison: reference and new model. By default the first and the last model.
    #[arg(long, value_delimiter = ',', num_args = 1..=2)]
    pub primary: Vec<String>,
    /// Cut-offs of the risk categories for NRI.
    #[arg(long, value_delimiter = ',')]
    pub nri_cutoffs: Vec<f64>,
    /// The decision threshold for sensitivity, specificity and so on.
    #[arg(long, default_value_t = 0.5)]
    pub threshold: f64,
    /// Bootstrap replicates.
    #[arg(long, default_value_t = 1000)]
    pub bootstrap: usize,
    /// Seed of the bootstrap and of the recalibration folds.
    #[arg(long, default_value_t = 20_260_101)]
    pub seed: u64,
    /// The folder to write; by default the file's name with the ending `.compare`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Print the results as JSON and write nothing.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let primary = match args.primary.as_slice() {
        [] => None,
        [reference, new] => Some([reference.clone(), new.clone()]),
        _ => return Err(Error::usage("--primary takes two models: reference,new")),
    };
    let options = CompareOptions {
        outcome: args.outcome.clone(),
        event: args.event.clone(),
        classes: args.classes.clone(),
        models: args.models.clone(),
        primary,
        nri_categories: args.nri_cutoffs.clone(),
        threshold: args.threshold,
        bootstrap: args.bootstrap,
        seed: args.seed,
    };
    let results = compare_file(&args.file, &options)?;
    if args.json {
        print(&serde_json::to_string_pretty(&results).map_err(Error::numeric)?);
        return Ok(());
    }
    let out = args.out.clone().unwrap_or_else(|| args.file.with_extension("compare"));
    let folder = RunFolder::open(&out)?;
    folder.write_results(&results)?;
    report::write(&results, folder.path(), &report::ReportOptions::default())?;
    results.statement.iter().for_each(|line| say(line));
    print(&format!("report: {}", folder.path().join("report.html").display()));
    Ok(())
}
