//! `vbx schema`: the contracts of every file that crosses the border.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::study::schema;
use crate::table::file::write_whole;
use std::path::PathBuf;

/// Print or write the JSON Schemas of every file that vbx reads and writes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx schema                    the names
  vbx schema study              print one
  vbx schema --write data-schema/   write all")]
pub struct Args {
    /// The schema to print.
    pub name: Option<String>,
    /// Write all schemas into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let all = schema::all();
    if let Some(folder) = &args.write {
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
        for (name, text) in &all {
            write_whole(folder.join(format!("{name}.schema.json")), text.as_bytes())?;
        }
        say(&format!("wrote {} schemas into {}", all.len(), folder.display()));
        return Ok(());
    }
    match &args.name {
        None => all.iter().for_each(|(name, _)| print(name)),
        Some(wanted) => {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            let (_, text) = all
                .iter()
                .find(|(name, _)| name == wanted)
                .ok_or_else(|| Error::usage(format!("there is no schema `{wanted}`; there are {}", names.join(", "))))?;
            print(text.trim_end());
        }
    }
    Ok(())
}
