//! `vbx simulate`: a cohort with a known truth.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::simulate;
use std::path::PathBuf;

/// Simulate a cohort with a known truth, as tables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx simulate cohort/                             400 patients, four modalities
  vbx simulate cohort/ --preset null --n 300       no signal anywhere: every honest AUC is 0.5
  vbx simulate cohort/ --preset my-preset.toml --seed 7
  vbx simulate --list                              the presets")]
pub struct Args {
    /// The folder to write; it must be empty or absent.
    pub folder: Option<PathBuf>,
    /// A built-in preset, or a TOML file.
    #[arg(long, default_value = "default")]
    pub preset: String,
    /// Number of patients, instead of the preset's.
    #[arg(long, short)]
    pub n: Option<usize>,
    /// Seed, instead of the preset's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// List the presets.
    #[arg(long)]
    pub list: bool,
    /// Print the files written as JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    if args.list {
        simulate::presets().iter().for_each(|(name, what)| print(&format!("{name:<14} {what}")));
        return Ok(());
    }
    let folder = args.folder.as_ref().ok_or_else(|| Error::usage("name the folder to write, e.g. `vbx simulate cohort/`"))?;
    let mut preset = simulate::preset(&args.preset)?;
    preset.n = args.n.unwrap_or(preset.n);
    preset.seed = args.seed.unwrap_or(preset.seed);
    let files = simulate::write(&preset, folder)?;
    if args.json {
        print(&serde_json::to_string_pretty(&files).map_err(Error::numeric)?);
    } else {
        say(&format!("{} patients simulated into {}", preset.n, folder.display()));
        files.iter().for_each(|file| print(&file.path.display().to_string()));
    }
    Ok(())
}
