//! `vbx extract`: features of a study's images, by themselves.

use super::progress::{Watched, print, say};
use crate::error::{Error, Result};
use crate::study::plan::{Workspace, extract_images};
use crate::table::{PlainColumn, PlainTable};
use std::path::PathBuf;

/// Extract the features of a study's images: resumable, in parallel, one bad scan a reported row.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx extract my-study.toml                       writes the tables into my-study.run/
  vbx extract my-study.toml --modality ultrasound only this one
  vbx extract my-study.toml --out features/       writes features/
  vbx extract my-study.toml --maps maps/          and each case's parametric maps and habitats

Writes NAME.parquet (one row per case), NAME.dictionary.csv and .json (image, region, filter, family, IBSI code, unit, settings),
NAME.failed.csv (cases that could not be read, with the reason) and NAME.quality.csv (how well registrations and fits went, per row). An extraction that stopped goes on where it was; `vbx run` uses what is
there.")]
pub struct Args {
    /// The study file.
    pub study: PathBuf,
    /// The folder to write; by default the study file's name with the ending `.run`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Extract this modality only.
    #[arg(long, value_name = "NAME")]
    pub modality: Option<String>,
    /// Write each case's parametric maps and habitats (NIfTI, and a PNG of the habitats) into this folder too. The files are named by the
    /// cases' identifiers.
    #[arg(long, value_name = "FOLDER")]
    pub maps: Option<PathBuf>,
    /// Print the paths of what was written as JSON, and nothing else.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| args.study.with_extension("run"));
    std::fs::create_dir_all(&out).map_err(|cause| Error::io(&out, cause))?;
    let watch = Watched::new(args.json);
    let work = Workspace::in_run(&out, &watch);
    let mut written = Vec::new();
    for (name, table, made) in extract_images(&args.study, &work, args.modality.as_deref(), args.maps.as_deref())? {
        let file = |ending: &str| out.join(format!("{name}.{ending}"));
        table.to_parquet(file("parquet"))?;
        table.dictionary().write_json(file("dictionary.json"))?;
        table.dictionary().write_csv(file("dictionary.csv"))?;
        PlainTable::new([
            ("row", PlainColumn::integer(made.failed.iter().map(|case| case.row as i64))),
            ("reason", PlainColumn::text(made.failed.iter().map(|case| case.why.clone()))),
        ])
        .write_csv(file("failed.csv"))?;
        PlainTable::new([
            ("row", PlainColumn::integer(made.quality.iter().map(|(row, _, _)| *row as i64))),
            ("measure", PlainColumn::text(made.quality.iter().map(|(_, measure, _)| measure.clone()))),
            ("value", PlainColumn::number(made.quality.iter().map(|(_, _, value)| *value))),
        ])
        .write_csv(file("quality.csv"))?;
        if !args.json {
            made.findings.iter().for_each(|finding| say(&finding.to_string()));
            let cases = table.n_cases() - made.absent - made.failed.len();
            say(&format!(
                "{name}: {} features of {cases} cases; {} could not be extracted, {} have no image or outline",
                table.n_features(),
                made.failed.len(),
                made.absent
            ));
            print(&file("parquet").display().to_string());
        }
        written.extend(["parquet", "dictionary.json", "dictionary.csv", "failed.csv", "quality.csv"].map(file));
    }
    if args.json {
        print(&serde_json::to_string_pretty(&written).map_err(Error::numeric)?);
    }
    Ok(())
}
