//! From the rows of a manifest to the files of each case.

use crate::error::{Error, InputError, Result};
use crate::modality::{CaseFiles, Outline, View};
use crate::study::spec::{MaskSpec, PixelSize};
use crate::table::{RawColumn, RawTable};
use std::path::Path;

/// The columns of a manifest that name files.
pub(super) struct ManifestColumns<'a> {
    /// Columns of images, in the order of the adapter's image names.
    pub(super) images: Vec<&'a str>,
    /// Where the lesion is outlined.
    pub(super) mask: &'a MaskSpec,
    /// Column of body masks.
    pub(super) body: Option<&'a str>,
    /// Size of a pixel.
    pub(super) pixel_size: Option<&'a PixelSize>,
    /// Columns of files that a case may lack.
    pub(super) optional: Vec<String>,
    /// The column of the examination's day.
    pub(super) day: Option<&'a str>,
}

/// The files of every case; `None` for a case whose rows all lack an image or an outline, since it has not been imaged.
///
/// # Errors
/// [`InputError`] where a column is not there or a cell of a box or pixel size is no number.
pub(super) fn cases(
    table: &RawTable,
    rows: &[Vec<usize>],
    columns: &ManifestColumns,
    folder: &Path,
) -> Result<Vec<Option<CaseFiles>>> {
    let images: Vec<&RawColumn> = columns.images.iter().map(|name| table.column(name)).collect::<Result<_>>()?;
    let outline = OutlineColumns::of(table, columns.mask)?;
    let pixel = match columns.pixel_size {
        Some(PixelSize::Column(column)) => Some((table.column(&column.name)?, column.unit.mm())),
        _ => None,
    };
    let body = columns.body.map(|name| table.column(name)).transpose()?;
    let optional: Vec<&RawColumn> = columns.optional.iter().map(|name| table.column(name)).collect::<Result<_>>()?;
    let day = columns.day.map(|name| table.column(name)).transpose()?;
    let fixed = match columns.pixel_size {
        Some(PixelSize::Mm(size)) if !(*size > 0.0 && size.is_finite()) => {
            return Err(Error::usage(format!("pixel-size of {size} mm: give a positive size")));
        }
        Some(PixelSize::Mm(size)) => Some(*size),
        _ => None,
    };
    let view = |row: usize| -> Result<Option<View>> {
        let files: Option<Vec<_>> = images.iter().map(|column| column.text(row).map(|name| folder.join(name.trim()))).collect();
        let (Some(images), Some(outline)) = (files, outline.of_row(table, row, folder)?) else { return Ok(None) };
        let size = match &pixel {
            Some((column, mm)) => positive(table, column, row)?.map(|size| size * mm),
            None => fixed,
        };
        let body = body.and_then(|column| column.text(row)).map(|name| folder.join(name.trim()));
        let optional: Vec<_> = optional.iter().map(|column| column.text(row).map(|name| folder.join(name.trim()))).collect();
        if images.is_empty() && optional.iter().all(Option::is_none) {
            return Ok(None);
        }
        let day = day.map(|column| day_of(table, column, row)).transpose()?;
        Ok(Some(View { row: table.row_number(row), images, outline, body, pixel_mm: size.map(|size| [size; 2]), optional, day }))
    };
    rows.iter()
        .map(|rows| {
            let views: Vec<View> = rows.iter().filter_map(|&row| view(row).transpose()).collect::<Result<_>>()?;
            Ok((!views.is_empty()).then_some(CaseFiles { views }))
        })
        .collect()
}

enum OutlineColumns<'a> {
    Mask(&'a RawColumn, Option<i32>),
    Box([&'a RawColumn; 4]),
}

impl<'a> OutlineColumns<'a> {
    fn of(table: &'a RawTable, spec: &MaskSpec) -> Result<Self> {
        Ok(match spec {
            MaskSpec::File(file) => OutlineColumns::Mask(table.column(&file.column)?, file.label),
            MaskSpec::Box(sides) => OutlineColumns::Box([
                table.column(&sides.x)?,
                table.column(&sides.y)?,
                table.column(&sides.width)?,
                table.column(&sides.height)?,
            ]),
        })
    }

    fn of_row(&self, table: &RawTable, row: usize, folder: &Path) -> Result<Option<Outline>> {
        match self {
            OutlineColumns::Mask(column, label) => {
                Ok(column.text(row).map(|name| Outline::Mask(folder.join(name.trim()), *label)))
            }
            OutlineColumns::Box(columns) => {
                let mut sides = [0; 4];
                for (side, column) in sides.iter_mut().zip(columns) {
                    match number(table, column, row)? {
                        Some(value) if value >= 0.0 && value.fract() == 0.0 && value < 1e6 => *side = value as usize,
                        Some(value) => return Err(fault(table, column, row, value, "a whole number of pixels")),
                        None => return Ok(None),
                    }
                }
                Ok(Some(Outline::Box(sides)))
            }
        }
    }
}

fn number(table: &RawTable, column: &RawColumn, row: usize) -> Result<Option<f64>> {
    let Some(text) = column.text(row) else { return Ok(None) };
    match text.trim().parse::<f64>() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(fault(table, column, row, format!("`{text}`"), "a number")),
    }
}

/// A number of days from any start, or a date.
fn day_of(table: &RawTable, column: &RawColumn, row: usize) -> Result<f64> {
    let text = column.text(row).unwrap_or_default();
    let number = text.trim().parse::<f64>().ok().filter(|day| day.is_finite());
    number
        .or_else(|| crate::study::plan::day(text.trim()).ok().map(|day| day as f64))
        .ok_or_else(|| fault(table, column, row, format!("`{text}`"), "the day of the examination: a number of days or a date"))
}

fn positive(table: &RawTable, column: &RawColumn, row: usize) -> Result<Option<f64>> {
    match number(table, column, row)? {
        Some(value) if !(value > 0.0 && value.is_finite()) => Err(fault(table, column, row, value, "a positive size")),
        value => Ok(value),
    }
}

fn fault(table: &RawTable, column: &RawColumn, row: usize, found: impl std::fmt::Display, expected: &str) -> Error {
    InputError::new(&table.path, found, expected).at_row(table.row_number(row)).in_column(&column.name).into()
}
