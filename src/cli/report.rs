//! `vbx report`: tables, figures and page again, from results alone.

use super::progress::print;
use crate::error::Result;
use crate::report;
use crate::study::run::RunFolder;
use crate::study::spec::PValueStyle;
use std::path::PathBuf;

/// Write tables, figures and the report again from a run's results.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx report my-study.run                     after an update of vbx, say
  vbx report my-study.run --p-style .017      p values without a leading zero, as some journals want them")]
pub struct Args {
    /// The run's folder, with its `results.json`.
    pub folder: PathBuf,
    /// How p values are printed: `0.017` or `.017`.
    #[arg(long, default_value = "0.017", value_parser = ["0.017", ".017"])]
    pub p_style: String,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let folder = RunFolder::open(&args.folder)?;
    let results = folder.read_results()?;
    let p_values = if args.p_style == ".017" { PValueStyle::NoLeadingZero } else { PValueStyle::LeadingZero };
    report::write(&results, folder.path(), &style_of(p_values))?;
    print(&format!("report: {}", folder.path().join("report.html").display()));
    Ok(())
}

/// How the report looks, with p values as the study wants them.
pub(super) fn style_of(p_values: PValueStyle) -> report::ReportOptions {
    let mut options = report::ReportOptions::default();
    options.style.p = match p_values {
        PValueStyle::LeadingZero => report::table::PStyle::LeadingZero,
        PValueStyle::NoLeadingZero => report::table::PStyle::NoLeadingZero,
    };
    options
}
