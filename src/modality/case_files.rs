//! What an adapter of images is given: one case's files, and nothing of any other case.

use crate::error::Result;
use crate::table::Origin;
use std::path::{Path, PathBuf};

/// The files of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFiles {
    /// Its views: one row of the manifest each.
    pub views: Vec<View>,
}

/// One row of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The row as a spreadsheet counts.
    pub row: usize,
    /// The images, in the order of the adapter's image names.
    pub images: Vec<PathBuf>,
    /// Where the lesion is.
    pub outline: Outline,
    /// A mask of the body or breast, to which what lies around the lesion is clipped.
    pub body: Option<PathBuf>,
    /// Size of a pixel along i and j, mm, where the manifest tells it.
    pub pixel_mm: Option<[f64; 2]>,
    /// Files that a case may lack, in the order of the adapter's columns.
    pub optional: Vec<Option<PathBuf>>,
    /// The day of the examination from any start, where the study looks at several.
    pub day: Option<f64>,
}

/// Where a lesion is.
#[derive(Debug, Clone, PartialEq)]
pub enum Outline {
    /// A mask file, and the label that marks the lesion (`None`: any but zero).
    Mask(PathBuf, Option<i32>),
    /// A box: first column and row, width and height, in pixels.
    Box([usize; 4]),
}

/// The features of one case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseFeatures {
    /// One per column of the adapter; `None` where a feature is undefined.
    pub values: Vec<Option<f64>>,
    /// The same on perturbed outlines, one row per perturbation; empty where the adapter has none.
    pub repeated: Vec<Vec<Option<f64>>>,
    /// One per column of arrays of the adapter; `None` where it is undefined.
    pub arrays: Vec<Option<Vec<f32>>>,
    /// What was noticed, without identifiers.
    pub notes: Vec<String>,
    /// How well steps of the extraction went, which is no feature of the lesion: a registration's agreement before and after, voxels without a fit.
    pub quality: Vec<(String, f64)>,
}

/// A picture of an outlined lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct LesionPicture {
    /// Width and height in picture pixels.
    pub size: [u32; 2],
    /// The picture.
    pub png: Vec<u8>,
}

/// A column that an adapter of images makes.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredColumn {
    /// Its name within the modality: `{image}.{region}_{filter}_{class}_{Feature}`.
    pub name: String,
    /// Unit, code, and where in the image it comes from.
    pub origin: Origin,
}

/// A source of features that come from image files.
///
/// The columns are known before any image is seen, and a case is extracted from its own files alone: what is learned from
/// several cases is a transform.
pub trait ImageModality: Send + Sync {
    /// The columns, in the order of the values.
    fn columns(&self) -> &[DeclaredColumn];

    /// The features of a case.
    ///
    /// # Errors
    /// [`InputError`](crate::error::InputError) for a file that cannot be read or does not fit, with its fault.
    fn extract(&self, case: &CaseFiles) -> Result<CaseFeatures>;

    /// The columns that hold an array per case, with its shape.
    fn arrays(&self) -> Vec<(DeclaredColumn, Vec<usize>)> {
        Vec::new()
    }

    /// How many perturbed outlines are measured beside the drawn one.
    fn repeats(&self) -> usize {
        0
    }

    /// Everything that the values depend on beside the files, in one text.
    fn settings(&self) -> String;

    /// How the features are made, a sentence each, for the methods section.
    fn rules(&self) -> Vec<String>;

    /// A picture of the outlined lesion, cut out of the image so that nothing burned in at its edge is shown.
    ///
    /// # Errors
    /// As [`ImageModality::extract`].
    fn picture(&self, case: &CaseFiles) -> Result<LesionPicture>;

    /// Writes the case's maps into a folder, each file's name beginning with `stem`; which were written. Nothing where the adapter makes none.
    ///
    /// # Errors
    /// As [`ImageModality::extract`], and when a file cannot be written.
    fn write_maps(&self, _case: &CaseFiles, _folder: &Path, _stem: &str) -> Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}
