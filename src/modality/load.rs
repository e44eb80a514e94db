//! A case's image and outline read from their files.

use super::radiomics::Grids;
use super::{LesionPicture, Outline, View};
use crate::error::{Error, InputError, Result};
use crate::image::read::dicom::region_of;
use crate::image::read::{Case, ImageOptions, read_case, read_grid, read_image, read_labels, read_mask};
use crate::image::resample::{MaskInterpolation, mask_onto};
use crate::image::write::overlay::{OverlayStyle, draw, encode_png};
use crate::image::{BoundingBox, Grid, Label, Mask, Volume, check};
use std::path::{Path, PathBuf};

/// A lesion on its images.
pub(super) struct Loaded {
    /// The images, all on the lesion's grid.
    pub(super) images: Vec<Volume>,
    /// The lesion.
    pub(super) lesion: Mask,
    /// What belongs to the patient in the image, where the file tells it.
    pub(super) body: Option<Mask>,
    /// What was noticed.
    pub(super) notes: Vec<String>,
}

/// A flat image with its outline.
///
/// Pixels are as large as the file says (the region of a DICOM ultrasound image that holds the lesion), else as the manifest says; without
/// either, sizes are in pixels, which is noted.
pub(super) fn flat(view: &View) -> Result<Loaded> {
    let path = view.images.first().ok_or_else(|| Error::study("a row without an image"))?;
    let file = read_image(path, &ImageOptions { spacing: view.pixel_mm, ..ImageOptions::default() })?;
    let drawn = &file.volume.grid;
    if drawn.size[2] != 1 {
        return Err(InputError::new(path, format!("{} slices", drawn.size[2]), "a flat image").into());
    }
    let lesion = lesion_on(view, None, path, drawn)?;
    let region = region_of(&file.regions, &lesion);
    if region.is_none() && !file.regions.is_empty() {
        return Err(
            InputError::new(path, "a lesion outside of the calibrated regions", "a lesion within the scanned area").into()
        );
    }
    let mut notes = Vec::new();
    let calibrated = region.and_then(|region| region.spacing);
    if calibrated.is_none() && !file.spacing_known {
        notes.push("the size of a pixel is unknown; sizes are in pixels".to_string());
    }
    let [x, y] = calibrated.unwrap_or([drawn.spacing[0], drawn.spacing[1]]);
    let grid = Grid::plain(drawn.size, [x, y, 1.0]);
    let body = region.map(|region| region.bounds.mask(&grid));
    let lesion = Mask::new(grid.clone(), lesion.inside);
    let image = Volume::new(grid, file.volume.values);
    check::finite_inside(path, &image, &lesion)?;
    Ok(Loaded { images: vec![image], lesion, body, notes })
}

/// How volumes are read.
pub(super) struct Reading<'a> {
    /// The label that marks the lesion where the manifest names none.
    pub(super) label: Option<i32>,
    /// Images and masks on different grids.
    pub(super) grids: Grids,
    /// How far around the lesion, in voxels, the measurement looks on a grid of this spacing; `None` for everywhere.
    pub(super) margin: &'a dyn Fn([f64; 3]) -> Option<usize>,
}

/// Volumes with an outline; no more of them than is looked at.
pub(super) fn outlined(view: &View, reading: &Reading) -> Result<Loaded> {
    let path = view.images.first().ok_or_else(|| Error::study("a row without an image"))?;
    if let (Outline::Mask(mask, label), Grids::MustAgree, Some(grid)) = (&view.outline, reading.grids, read_grid(path)?) {
        let label = label.or(reading.label).map_or(Label::AnyNonzero, Label::Value);
        let margin = (reading.margin)(grid.spacing).unwrap_or(usize::MAX);
        let part = |image: &PathBuf| read_case(image, mask, label, margin, &ImageOptions::default());
        let cases: Vec<Case> = view.images.iter().map(part).collect::<Result<_>>()?;
        let lesion = cases[0].mask.clone();
        let body = body_on(view, path, &lesion.grid)?;
        return Ok(Loaded { images: cases.into_iter().map(|case| case.image).collect(), lesion, body, notes: Vec::new() });
    }
    let read = |path: &PathBuf| Ok(read_image(path, &ImageOptions::default())?.volume);
    let images: Vec<Volume> = view.images.iter().map(read).collect::<Result<_>>()?;
    let lesion = lesion_of(view, reading.label, reading.grids, path, &images[0].grid)?;
    for (image, file) in images.iter().zip(&view.images) {
        check::same_grid((file, &image.grid), (path, &images[0].grid))?;
        check::finite_inside(file, image, &lesion)?;
    }
    let body = body_on(view, path, &images[0].grid)?;
    Ok(Loaded { images, lesion, body, notes: Vec::new() })
}

/// The lesion on the grid of its image; a mask on another grid is resampled where the study asks for it.
pub(super) fn lesion_of(view: &View, usual_label: Option<i32>, grids: Grids, image: &Path, grid: &Grid) -> Result<Mask> {
    match (&view.outline, grids) {
        (Outline::Mask(mask, label), Grids::ResampleMask) if read_grid(mask)?.is_some() => {
            let labels = read_labels(mask, [1.0; 2])?;
            let lesion = check::region(mask, &labels, label.or(usual_label).map_or(Label::AnyNonzero, Label::Value))?;
            mask_onto(&lesion, grid, MaskInterpolation::Nearest)
        }
        _ => lesion_on(view, usual_label, image, grid),
    }
}

/// The mask of the body on the grid of the whole image, where the manifest names one.
fn body_on(view: &View, image: &Path, grid: &Grid) -> Result<Option<Mask>> {
    view.body.as_ref().map(|body| read_mask(body, Label::AnyNonzero, (image, grid))).transpose()
}

/// The lesion on the grid of its image.
fn lesion_on(view: &View, usual_label: Option<i32>, image: &Path, grid: &Grid) -> Result<Mask> {
    match &view.outline {
        Outline::Mask(mask, label) => {
            read_mask(mask, label.or(usual_label).map_or(Label::AnyNonzero, Label::Value), (image, grid))
        }
        Outline::Box(sides) => inside_box(image, *sides, grid),
    }
}

/// The pixels of a box in the first slice.
fn inside_box(path: &Path, [x, y, width, height]: [usize; 4], grid: &Grid) -> Result<Mask> {
    let [nx, ny, nz] = grid.size;
    if width == 0 || height == 0 || x + width > nx || y + height > ny {
        let found = format!("a box of {width} × {height} pixels from ({x}, {y})");
        return Err(InputError::new(path, found, format!("a box within the image of {nx} × {ny} pixels")).into());
    }
    Ok(BoundingBox { start: [x, y, 0], end: [x + width, y + height, nz] }.mask(grid))
}

/// Share of the lesion's extent that a picture shows around it.
const AROUND: f64 = 0.35;
/// Longer side of a picture, in pixels, that is aimed at.
const PICTURE: f64 = 260.0;

/// The slice where the lesion is largest, cut out around it.
pub(super) fn lesion_picture(loaded: &Loaded) -> Result<LesionPicture> {
    picture_of(&loaded.images[0], &loaded.lesion)
}

/// The same of an image and a lesion on one grid.
pub(super) fn picture_of(image: &Volume, lesion: &Mask) -> Result<LesionPicture> {
    let bounds = lesion.bounding_box().ok_or_else(|| Error::study("the lesion's mask is empty"))?;
    let [nx, ny, _] = lesion.grid.size;
    let area = |k: &usize| lesion.inside[k * nx * ny..(k + 1) * nx * ny].iter().filter(|inside| **inside).count();
    let slice = (bounds.start[2]..bounds.end[2]).max_by_key(|k| (area(k), std::cmp::Reverse(*k))).unwrap_or(bounds.start[2]);
    let margin = |axis: usize| 4 + ((bounds.end[axis] - bounds.start[axis]) as f64 * AROUND) as usize;
    let wide = bounds.grown([margin(0), margin(1), 0], lesion.grid.size);
    let part = BoundingBox { start: [wide.start[0], wide.start[1], slice], end: [wide.end[0], wide.end[1], slice + 1] };
    let grid = lesion.grid.part(&part);
    let cropped = Volume::new(grid.clone(), part.crop(lesion.grid.size, &image.values));
    let mask = Mask::new(grid.clone(), part.crop(lesion.grid.size, &lesion.inside));
    let longest = (0..2).map(|axis| grid.size[axis] as f64 * grid.spacing[axis]).fold(0.0, f64::max);
    let finest = grid.spacing[0].min(grid.spacing[1]);
    let zoom = (PICTURE * finest / longest).round().clamp(1.0, 8.0) as usize;
    let style = OverlayStyle { window: window(&cropped.values), zoom, ..OverlayStyle::of(&cropped) };
    let picture = draw(&cropped, &mask, 0, style)?;
    Ok(LesionPicture { size: [picture.width as u32, picture.height as u32], png: encode_png(&picture)? })
}

/// Black and white at the first and last percent of the intensities.
fn window(values: &[f64]) -> [f64; 2] {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.as_slice() {
        [] => [0.0, 1.0],
        sorted => {
            let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
            [at(0.01), at(0.99)]
        }
    }
}
