//! `vbx run`: the main job.

use super::progress::{Progress, Watched, print, say};
use super::report::style_of;
use crate::error::{Error, Result};
use crate::report;
use crate::study::plan::{PlanSummary, StudyPlan, Workspace};
use crate::study::run::{RunFolder, run as run_study};
use std::path::PathBuf;

/// Run a study: fit all arms on the same folds, compare them, write tables, figures and the report.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx run my-study.toml                     writes the folder my-study.run beside the study file
  vbx run my-study.toml --out results/      writes results/
  vbx run my-study.toml --threads 4         the same numbers, sooner

A run that stopped goes on where it was when it is started again.")]
pub struct Args {
    /// The study file.
    pub study: PathBuf,
    /// The folder to write; by default the study file's name with the ending `.run`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Print the paths of what was written as JSON, and nothing else.
    #[arg(long)]
    pub json: bool,
    /// Forget the finished folds of an earlier run.
    #[arg(long)]
    pub fresh: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| args.study.with_extension("run"));
    let folder = RunFolder::open(&out)?;
    let watch = Watched::new(args.json);
    let plan = StudyPlan::read(&args.study, &Workspace::in_run(folder.path(), &watch))?;
    if !args.json {
        PlanSummary::of(&plan).lines().iter().for_each(|line| say(line));
    }
    let progress = Progress::new("fitting", plan.n_splits() as u64, args.json);
    let results = run_study(&plan, &folder, args.fresh, &|| progress.step())?;
    progress.finish();
    if !args.json {
        say("writing tables, figures and the report");
    }
    report::write(&results, folder.path(), &style_of(plan.spec().report.p_values))?;
    let page = folder.path().join("report.html");
    if args.json {
        let paths = serde_json::json!({ "folder": folder.path(), "report": page, "results": folder.results() });
        print(&serde_json::to_string_pretty(&paths).map_err(Error::numeric)?);
    } else {
        results.statement.iter().for_each(|line| say(line));
        print(&format!("report: {}", page.display()));
    }
    Ok(())
}
