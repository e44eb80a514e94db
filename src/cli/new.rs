//! `vbx new`: a starter study.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::table::file::write_whole;
use std::path::PathBuf;

/// Write a starter study file, with comments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx new my-study.toml                     a study on tables: clinical, MRI, ultrasound
  vbx new my-study.toml --template three-class
  vbx new my-study.toml --template mri      from image files
  vbx new --list                            the templates")]
pub struct Args {
    /// The file to write; it must not exist.
    pub file: Option<PathBuf>,
    /// The template.
    #[arg(long, default_value = "tables")]
    pub template: String,
    /// List the templates.
    #[arg(long)]
    pub list: bool,
}

const TEMPLATES: &[(&str, &str, &str)] = &[
    (
        "tables",
        "HER2 positive or not, from clinical, MRI and ultrasound tables",
        include_str!("../../pipelines/templates/tables.toml"),
    ),
    (
        "three-class",
        "HER2 zero, low, positive, with a three-class nomogram",
        include_str!("../../pipelines/templates/three-class.toml"),
    ),
    (
        "ultrasound",
        "HER2 positive or not, from ultrasound images with an outlined lesion and clinical variables",
        include_str!("../../pipelines/templates/ultrasound.toml"),
    ),
    (
        "mri",
        "HER2 positive or not, from DCE and diffusion MRI (maps, radiomics, habitats) and clinical variables",
        include_str!("../../pipelines/templates/mri.toml"),
    ),
    (
        "any-outcome",
        "any outcome column, one table with prefixed columns",
        include_str!("../../pipelines/templates/any-outcome.toml"),
    ),
];

pub(super) fn run(args: &Args) -> Result<()> {
    if args.list {
        TEMPLATES.iter().for_each(|(name, what, _)| print(&format!("{name:<14} {what}")));
        return Ok(());
    }
    let file = args.file.as_ref().ok_or_else(|| Error::usage("name the file to write, e.g. `vbx new my-study.toml`"))?;
    let names: Vec<&str> = TEMPLATES.iter().map(|(name, _, _)| *name).collect();
    let (_, _, text) = TEMPLATES
        .iter()
        .find(|(name, _, _)| *name == args.template)
        .ok_or_else(|| Error::usage(format!("there is no template `{}`; there are {}", args.template, names.join(", "))))?;
    if file.exists() {
        return Err(Error::usage(format!("{} exists already; choose another name", file.display())));
    }
    write_whole(file, text.as_bytes())?;
    say(&format!("wrote {}; edit its paths, then: vbx check {}", file.display(), file.display()));
    Ok(())
}
