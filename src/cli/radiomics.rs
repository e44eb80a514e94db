//! `vbx radiomics`: the features of one region of one image.

use super::progress::{print, say};
use crate::error::{Error, Result};
use crate::image::Label;
use crate::image::read::{ImageOptions, read_case, read_grid};
use crate::radiomics::dictionary::dictionary;
use crate::radiomics::{Extractor, Feature, Settings};
use crate::study::spec::settings;
use crate::table::file::write_whole;
use crate::table::{PlainColumn, PlainTable};
use std::path::{Path, PathBuf};

/// Compute radiomics features of one region of one image, as PyRadiomics and IBSI define them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx radiomics image.nii.gz mask.nii.gz                       PyRadiomics' 107 original features
  vbx radiomics image.nii.gz mask.nii.gz --params Params.yaml  a PyRadiomics parameter file, unchanged
  vbx radiomics dicom-folder/ segmentation.dcm --json          a DICOM series and a DICOM SEG
  vbx radiomics lesion.png lesion_mask.png --pixel-mm 0.1      an ultrasound image, in two dimensions
  vbx radiomics image.nii mask.nii --label 2 --out features.csv

Reads NIfTI, NRRD, DICOM (file or folder; SEG and RTSTRUCT as masks), PNG, JPEG, TIFF and BMP.")]
pub struct Args {
    /// The image: a file, or a folder with one DICOM series.
    pub image: PathBuf,
    /// The mask: a label image of the same grid, DICOM SEG or RTSTRUCT.
    pub mask: PathBuf,
    /// A PyRadiomics parameter file (YAML or JSON).
    #[arg(long, short, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// The label that marks the region; by default the parameter file's, or any but zero.
    #[arg(long, value_name = "N")]
    pub label: Option<i32>,
    /// Size of a pixel in mm, for images that do not tell it.
    #[arg(long, value_name = "MM")]
    pub pixel_mm: Option<f64>,
    /// Which volume of a 4-D image, counted from 1.
    #[arg(long, value_name = "N")]
    pub volume: Option<usize>,
    /// Write a CSV instead of printing: feature, value, unit, IBSI code.
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print JSON: feature names and values.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let volume = match args.volume {
        Some(0) => return Err(Error::usage("--volume counts from 1")),
        volume => volume.map(|volume| volume - 1),
    };
    let options = ImageOptions { volume, spacing: args.pixel_mm.map(|mm| [mm; 2]), ..ImageOptions::default() };
    let (features, hash) = measure(args, &options)?;
    let number = |value: Option<f64>| value.map_or_else(|| "NA".to_string(), |value| value.to_string());
    if let Some(out) = &args.out {
        write_csv(out, &features, &hash)?;
        say(&format!("{} features written to {}", features.len(), out.display()));
    } else if args.json {
        let values: serde_json::Map<_, _> = features.iter().map(|feature| (feature.name(), feature.value.into())).collect();
        print(&serde_json::to_string_pretty(&values).map_err(Error::numeric)?);
    } else {
        features.iter().for_each(|feature| print(&format!("{}: {}", feature.name(), number(feature.value))));
    }
    Ok(())
}

fn measure(args: &Args, options: &ImageOptions) -> Result<(Vec<Feature>, String)> {
    let grid = read_grid(&args.image)?;
    let given = match &args.params {
        Some(params) => Some(settings(Some(params), Path::new(""), Settings::default())?),
        None => None,
    };
    let of_settings = given.as_ref().and_then(|settings| match settings {
        Settings::Pyradiomics(settings) => i32::try_from(settings.label).ok(),
        Settings::Ibsi(_) => None,
    });
    let label = args.label.or(of_settings).map_or(Label::AnyNonzero, Label::Value);
    let margin = |extractor: &Extractor| match &grid {
        Some(grid) => extractor.margin(grid.spacing).map_or(usize::MAX, |margin| margin.into_iter().max().unwrap_or(0)),
        None => usize::MAX,
    };
    let usual = Extractor::new(given.clone().unwrap_or_default());
    let case = read_case(&args.image, &args.mask, label, margin(&usual), options)?;
    if !case.spacing_known {
        say("the size of a pixel is unknown (--pixel-mm tells it); sizes are in pixels");
    }
    // An image of one slice has no volume: unless a parameter file says otherwise, it is measured in two dimensions.
    let extractor = if given.is_none() && case.full.size[2] == 1 { Extractor::new(Settings::ultrasound()) } else { usual };
    Ok((extractor.extract(&case.image, &case.mask)?, extractor.settings().hash()))
}

fn write_csv(out: &Path, features: &[Feature], hash: &str) -> Result<()> {
    let entries = dictionary(features, "image", "image", "region", hash);
    let text = |of: &dyn Fn(usize) -> String| PlainColumn::text((0..features.len()).map(of));
    let table = PlainTable::new([
        ("feature", text(&|at| features[at].name())),
        ("value", PlainColumn::Number(features.iter().map(|feature| feature.value).collect())),
        ("unit", text(&|at| entries[at].unit.clone())),
        ("ibsi_code", text(&|at| entries[at].ibsi_code.clone())),
        ("settings", text(&|_| hash.to_string())),
    ]);
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("json") => {
            let values: serde_json::Map<_, _> = features.iter().map(|feature| (feature.name(), feature.value.into())).collect();
            write_whole(out, &serde_json::to_vec_pretty(&values).map_err(Error::numeric)?)
        }
        Some("parquet") => table.write_parquet(out),
        _ => table.write_csv(out),
    }
}
