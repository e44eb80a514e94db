//! `vbx simulate`: a cohort with a known truth.

use super::progress::{Progress, print, say};
use crate::error::{Error, Result};
use crate::simulate;
use crate::simulate::images::preset::image_presets;
use crate::simulate::images::{ImageDesign, image_preset};
use std::path::{Path, PathBuf};

/// Simulate a cohort with a known truth: tables, or MRI, ultrasound and mammography images with tables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx simulate cohort/                             400 patients, four modalities
  vbx simulate cohort/ --preset null --n 300       no signal anywhere: every honest AUC is 0.5
  vbx simulate cohort/ --preset my-preset.toml --seed 7
  vbx simulate cohort/ --images --preset small     24 patients with MRI, ultrasound, mammography (minutes; a stopped run goes on)
  vbx simulate --list                              the presets")]
pub struct Args {
    /// The folder to write; it must be empty or absent, or hold the beginning of the same image cohort.
    pub folder: Option<PathBuf>,
    /// Simulate images too: MRI (DCE, DWI, T1, T2, relaxometry), ultrasound, mammography; NIfTI, DICOM and PNG.
    #[arg(long)]
    pub images: bool,
    /// A built-in preset, or a TOML file; by default `default`, with images `small`.
    #[arg(long)]
    pub preset: Option<String>,
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
        let line = |name: &str, what: &str| print(&format!("{name:<14} {what}"));
        match args.images {
            true => image_presets().iter().for_each(|(name, what)| line(name, what)),
            false => simulate::presets().iter().for_each(|(name, what)| line(name, what)),
        }
        return Ok(());
    }
    let folder = args.folder.as_ref().ok_or_else(|| Error::usage("name the folder to write, e.g. `vbx simulate cohort/`"))?;
    if args.images {
        return with_images(args, folder);
    }
    let mut preset = simulate::preset(args.preset.as_deref().unwrap_or("default"))?;
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

fn with_images(args: &Args, folder: &Path) -> Result<()> {
    let mut preset = image_preset(args.preset.as_deref().unwrap_or("small"))?;
    if let Some(n) = args.n {
        preset.cohort.insert("n".into(), whole(n as u64)?);
    }
    if let Some(seed) = args.seed {
        preset.cohort.insert("seed".into(), whole(seed)?);
    }
    let patients = ImageDesign::new(&preset)?.n();
    let progress = Progress::new("simulating patients", patients as u64, args.json);
    let files = simulate::images::write(&preset, folder, &|_| progress.step())?;
    progress.finish();
    if args.json {
        print(&serde_json::to_string_pretty(&files).map_err(Error::numeric)?);
    } else {
        say(&format!("{patients} patients with images simulated into {}", folder.display()));
        files.iter().for_each(|file| print(&file.display().to_string()));
    }
    Ok(())
}

fn whole(number: u64) -> Result<toml::Value> {
    i64::try_from(number).map(toml::Value::Integer).map_err(|_| Error::usage(format!("{number} is too large")))
}
