//! The command line: one file per subcommand. Only here anything is printed, and only `main` exits.
//!
//! To add a command: a file with its `Args` and its `run`, and a variant of [`Command`].

mod check;
mod compare;
mod extract;
mod map;
mod new;
mod progress;
mod radiomics;
mod report;
mod run;
mod scale;
mod schema;
mod simulate;

use crate::error::Result;
use clap::{Parser, Subcommand};

/// Virtual biopsy workbench: does fusing imaging and clinical data predict HER2 status, and by how much?
#[derive(Debug, Parser)]
#[command(name = "vbx", version, max_term_width = 110, after_help = EXAMPLES)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// Threads to use; the results do not depend on it. Default: all cores.
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  vbx new my-study.toml                  write a starter study with comments
  vbx check my-study.toml                read everything, fit nothing, say what is wrong
  vbx run my-study.toml                  fit, compare and report; the last line names the report
  vbx compare predictions.csv --outcome y   compare predictions of any tool
  vbx radiomics image.nii.gz mask.nii.gz    radiomics of one case
  vbx map adc dwi.nii.gz --out adc.nii.gz   parametric maps of one examination

Exit codes: 0 done, 1 a bug in vbx, 2 command line or study file, 3 a data file,
4 the data cannot answer the question, 5 a computation failed, 6 disk or permissions.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a starter study file, with comments.
    New(new::Args),
    /// Read a study and its data, fit nothing, and say what is found and what is wrong.
    Check(check::Args),
    /// Simulate a cohort with a known truth, as tables or with images.
    Simulate(simulate::Args),
    /// Compute radiomics features of one region of one image, as PyRadiomics and IBSI define them.
    Radiomics(radiomics::Args),
    /// Compute parametric maps of one examination: kinetics, pharmacokinetics, diffusion, relaxometry.
    Map(Box<map::Args>),
    /// Learn a standard intensity scale (Nyúl) from images, to be frozen and applied to others.
    Scale(scale::Args),
    /// Extract the features of a study's images: resumable, in parallel, one bad scan a reported row.
    Extract(extract::Args),
    /// Run a study: fit all arms on the same folds, compare them, write tables, figures and the report.
    Run(run::Args),
    /// Compare predictions of any tool: same statistics, tables and figures.
    Compare(compare::Args),
    /// Write tables, figures and the report again from a run's results.
    Report(report::Args),
    /// Print or write the JSON Schemas of every file that vbx reads and writes.
    Schema(schema::Args),
}

/// Does what the command line says.
///
/// # Errors
/// Whatever stopped the command; [`crate::error::Error::exit_code`] says who can mend it.
pub fn run(cli: Cli) -> Result<()> {
    if let Some(threads) = cli.threads {
        // The pool can be built once in a process; a second call (in tests) keeps the first.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    match cli.command {
        Command::New(args) => new::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Radiomics(args) => radiomics::run(&args),
        Command::Map(args) => map::run(&args),
        Command::Scale(args) => scale::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Schema(args) => schema::run(&args),
    }
}
