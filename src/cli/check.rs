//! `vbx check`: both passes over a study, and stop.

use super::progress::{Watched, print, say};
use crate::error::{Error, Result};
use crate::study::plan::{PlanSummary, StudyPlan, Workspace};
use std::path::PathBuf;

/// Read a study and its data (features of images are extracted and kept for the run), fit nothing, and say what is found and what is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx check my-study.toml
  vbx check my-study.toml --json      the same for a program")]
pub struct Args {
    /// The study file.
    pub study: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let scratch = tempfile::tempdir().map_err(|cause| Error::io("temporary folder", cause))?;
    let watch = Watched::new(args.json);
    // Extracted cases stay where `vbx run` looks for them; a study without images leaves no folder behind.
    let extracted = args.study.with_extension("run").join("extracted");
    let work = Workspace { simulated: scratch.path().to_path_buf(), extracted, watch: &watch };
    let plan = StudyPlan::read(&args.study, &work)?;
    let summary = PlanSummary::of(&plan);
    if args.json {
        print(&serde_json::to_string_pretty(&summary).map_err(Error::numeric)?);
    } else {
        summary.lines().iter().for_each(|line| print(line));
        say("the study can run: vbx run …");
    }
    Ok(())
}
