//! FSL gradient tables: `.bval` (one b-value per image) and `.bvec` (three rows of as many components).

use std::path::{Path, PathBuf};

use crate::error::{Error, InputError, Result};
use crate::image::read::series::sidecar::read_text;
use crate::image::series::Diffusion;
use crate::image::series::diffusion::unit;

/// The gradient table beside a NIfTI file; `None` when there is no `.bval`.
///
/// # Errors
/// [`InputError`] when a number is none, a b-value is negative, or there are not as many as images.
pub fn beside(image: &Path, images: usize) -> Result<Option<Diffusion>> {
    let file = sibling(image, "bval");
    if !file.is_file() {
        return Ok(None);
    }
    let rows = table(&file)?;
    let b_values: Vec<f64> = rows.into_iter().flatten().collect();
    if b_values.len() != images {
        let found = format!("{} b-values", b_values.len());
        return Err(InputError::new(&file, found, format!("{images}, as the image has volumes")).into());
    }
    if let Some(at) = b_values.iter().position(|b| !(*b >= 0.0)) {
        let found = format!("a b-value of {} (number {})", b_values[at], at + 1);
        return Err(InputError::new(&file, found, "0 or more s/mm²").into());
    }
    let mut diffusion = Diffusion::of_b_values(b_values)?;
    let vectors = sibling(image, "bvec");
    if vectors.is_file() {
        diffusion.directions = directions(&vectors, images)?;
    }
    Ok(Some(diffusion))
}

fn directions(file: &Path, images: usize) -> Result<Vec<Option<[f64; 3]>>> {
    let rows = table(file)?;
    if rows.len() == 3 && rows.iter().all(|row| row.len() == images) {
        return Ok((0..images).map(|image| unit([rows[0][image], rows[1][image], rows[2][image]])).collect());
    }
    // Some programs write it the other way round.
    if rows.len() == images && rows.iter().all(|row| row.len() == 3) {
        return Ok(rows.iter().map(|row| unit([row[0], row[1], row[2]])).collect());
    }
    let lengths: Vec<String> = rows.iter().take(4).map(|row| row.len().to_string()).collect();
    let found = format!("{} rows of {} numbers", rows.len(), lengths.join(", "));
    Err(InputError::new(file, found, format!("3 rows of {images}, as the image has volumes")).into())
}

fn table(file: &Path) -> Result<Vec<Vec<f64>>> {
    let text = read_text(file)?;
    let mut rows = Vec::new();
    for (line, row) in text.lines().enumerate() {
        let words = row.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        let numbers: Result<Vec<f64>> = words
            .map(|word| {
                let number = word.parse::<f64>().ok().filter(|n| n.is_finite());
                number.ok_or_else(|| Error::from(InputError::new(file, format!("`{word}`"), "a number").at_row(line + 1)))
            })
            .collect();
        rows.push(numbers?);
    }
    rows.retain(|row| !row.is_empty());
    Ok(rows)
}

/// The file of the same name and another ending: `.nii.gz` is one ending.
pub fn sibling(image: &Path, ending: &str) -> PathBuf {
    let name = image.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = [".nii", ".hdr", ".img", ".nrrd", ".nhdr"].iter().find_map(|old| stem.strip_suffix(old)).unwrap_or(stem);
    image.with_file_name(format!("{stem}.{ending}"))
}
