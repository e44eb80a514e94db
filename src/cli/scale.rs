//! `vbx scale`: a standard intensity scale, learned once and then frozen.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::image::normalise::{StandardScale, body_mask};
use crate::image::read::{ImageOptions, read_image};
use crate::table::file::write_whole;
use std::path::PathBuf;

/// Learn a standard intensity scale (Nyúl and Udupa) from images of one sequence.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx scale training/*_t1.nii.gz --out t1-scale.json

A scale is learned across patients. Learn it from patients that no model is tested on (another cohort, or the training patients of a
hold-out); a study then uses it as it is: preprocess = [{ standard-scale = { file = \"t1-scale.json\" } }].")]
pub struct Args {
    /// The images.
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// The file to write.
    #[arg(long, short)]
    pub out: PathBuf,
    /// Take landmarks within the body (Otsu's threshold) rather than over the whole image.
    #[arg(long)]
    pub body: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let mut volumes = Vec::new();
    for path in &args.images {
        let volume = read_image(path, &ImageOptions::default())?.volume;
        let body = if args.body { Some(body_mask(&volume)?) } else { None };
        volumes.push((volume, body));
    }
    let training: Vec<_> = volumes.iter().map(|(volume, body)| (volume, body.as_ref())).collect();
    let scale = StandardScale::learn(&training)?;
    write_whole(&args.out, &serde_json::to_vec_pretty(&scale).map_err(Error::numeric)?)?;
    say(&format!("standard scale of {} images", scale.images()));
    print(&args.out.display().to_string());
    Ok(())
}
