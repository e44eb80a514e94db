//! The frozen atlas: a [`Codebook`] as a JSON file, for external cases and other programs.
//!
//! What is read comes from somebody else: sizes are capped before anything is computed, and every part must fit the others.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, InputError, Result};

use super::codebook::{Codebook, Groups};
use super::mixture::Mixture;
use super::recipe::MOST_HABITATS;

/// The format's number: raised when old files would be misread.
pub(super) const FORMAT: u32 = 2;

/// Bytes beyond which a file is not looked at: 64 habitats over 256 maps with their covariances need less in most spellings.
pub const LARGEST_ATLAS: usize = 128 << 20;
const MOST_MAPS: usize = 256;
const LONGEST_NAME: usize = 200;

impl Codebook {
    /// The atlas file's text.
    ///
    /// # Errors
    /// [`Error::Numeric`] where a number cannot be written.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(Error::numeric)
    }

    /// Reads an atlas file's text; `path` is for messages only.
    ///
    /// # Errors
    /// [`Error::Input`] where it is no atlas, one of another format, or its parts do not fit each other.
    pub fn from_json(text: &str, path: &Path) -> Result<Codebook> {
        let fault = |found: &str| Error::from(InputError::new(path, found, "a habitat atlas as this program writes it"));
        if text.len() > LARGEST_ATLAS {
            return Err(fault(&format!("{} bytes", text.len())));
        }
        // The format is looked at first, so that a file of a later version is called that and not a broken one.
        #[derive(serde::Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(text).map_err(|why| fault(&why.to_string()))?;
        if format != FORMAT {
            return Err(fault(&format!("format {format}; this program reads format {FORMAT}")));
        }
        let book: Codebook = serde_json::from_str(text).map_err(|why| fault(&why.to_string()))?;
        match flaw(&book) {
            Some(flaw) => Err(fault(&flaw)),
            None => Ok(book),
        }
    }
}

/// What does not fit, if anything.
fn flaw(book: &Codebook) -> Option<String> {
    let (maps, habitats) = (book.maps.len(), book.habitats());
    if maps == 0 || maps > MOST_MAPS || habitats == 0 || habitats > MOST_HABITATS {
        return Some(format!("{habitats} habitats over {maps} maps"));
    }
    let bad_name = |name: &&String| name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control);
    if book.maps.iter().any(|name| bad_name(&name)) {
        return Some(format!("a map whose name is empty, longer than {LONGEST_NAME} bytes or not printable"));
    }
    if book.maps.iter().collect::<HashSet<_>>().len() < maps {
        return Some("a map that occurs twice".into());
    }
    let Some(key) = book.maps.iter().position(|map| *map == book.ordered_by) else {
        return Some("habitats ordered by a map that is not among the maps".into());
    };
    let rows = || book.groups.means().iter().chain([&book.scaling.mean, &book.scaling.sd]);
    if rows().any(|row| row.len() != maps) {
        return Some(format!("means or scales that are not as many as the {maps} maps"));
    }
    if !rows().flatten().all(|v| v.is_finite()) || !book.scaling.sd.iter().all(|sd| *sd > 0.0) {
        return Some("a number that is not finite, or a standard deviation that is not positive".into());
    }
    if !book.groups.means().windows(2).all(|pair| pair[0][key] <= pair[1][key]) {
        return Some(format!("habitats that are not in the order of {}", book.ordered_by));
    }
    match &book.groups {
        Groups::Centroids(_) => None,
        Groups::Mixture(mixture) => mixture_flaw(mixture, maps),
    }
}

fn mixture_flaw(mixture: &Mixture, maps: usize) -> Option<String> {
    let Mixture { weights, means, covariances } = mixture;
    let sum: f64 = weights.iter().sum();
    if weights.len() != means.len() || !weights.iter().all(|w| *w > 0.0) || !((sum - 1.0).abs() < 1e-6) {
        return Some("shares that are not positive, do not sum to 1, or are not one per habitat".into());
    }
    let square = |matrix: &Vec<Vec<f64>>| matrix.len() == maps && matrix.iter().all(|row| row.len() == maps);
    let even = |matrix: &Vec<Vec<f64>>| {
        (0..maps)
            .all(|i| (0..i).all(|j| (matrix[i][j] - matrix[j][i]).abs() <= 1e-9 * (matrix[i][i] * matrix[j][j]).abs().sqrt()))
    };
    if covariances.len() != means.len() || !covariances.iter().all(|matrix| square(matrix) && even(matrix)) {
        return Some(format!("covariances that are not one symmetric {maps} × {maps} matrix per habitat"));
    }
    mixture.check(maps).err().map(|why| why.to_string())
}
