//! A whole series brought to one of its images: the phases of a dynamic study, or the sequences of an examination.

use serde::{Deserialize, Serialize};

use super::register::{Alignment, Fixed, Verdict};
use crate::error::Result;
use crate::image::Volume;
use crate::image::resample::{Beyond, Interpolation, volume_through};

/// What a report says about one image of a series: a row of the table of registration quality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityRow {
    /// The image, as the caller names it.
    pub name: String,
    /// The registration; null when it failed.
    pub alignment: Option<Alignment>,
    /// Why it failed.
    pub fault: Option<String>,
    /// What a reader should look at: kept as it was, at the reach, not converged, less overlap, lower correlation.
    pub notes: Vec<String>,
}

/// An image of the series that has been dealt with.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// Its quality.
    pub row: QualityRow,
    /// The image on the fixed image's grid; `None` when its registration failed.
    pub image: Option<Volume>,
}

/// Places beyond the moving image that a part of this size of the mask may have without a note.
const NOTED_OVERLAP: f64 = 0.98;

impl QualityRow {
    fn new(name: String, outcome: &Result<Alignment>) -> QualityRow {
        let alignment = outcome.as_ref().ok().cloned();
        let fault = outcome.as_ref().err().map(ToString::to_string);
        let notes = alignment.as_ref().map(notes).unwrap_or_default();
        QualityRow { name, alignment, fault, notes }
    }
}

fn notes(alignment: &Alignment) -> Vec<String> {
    let mut notes = Vec::new();
    if alignment.verdict == Verdict::IdentityKept {
        notes.push("no gain in mutual information beyond chance: the image is left where its header puts it".to_string());
    }
    if alignment.at_bound {
        notes.push("stopped at the reach of the search: the displacement may be larger".to_string());
    }
    if !alignment.converged {
        notes.push("iterations used up before the steps became small".to_string());
    }
    if alignment.after.overlap < NOTED_OVERLAP {
        notes.push(format!("{:.1} % of the mask lies on the moving image", 100.0 * alignment.after.overlap));
    }
    if let (Some(before), Some(after)) = (alignment.before.pearson, alignment.after.pearson)
        && after.abs() < before.abs()
    {
        notes.push(format!("correlation fell from {before:.3} to {after:.3}"));
    }
    notes
}

impl Fixed<'_> {
    /// Brings images to the fixed one, one after the other, so that only one needs to be in memory; each is handed to `done` with its row
    /// as soon as it is ready. An image that cannot be read or registered is a row with its fault, never the end of the series.
    ///
    /// An image whose transform is the identity and whose grid is the fixed image's is handed on untouched.
    pub fn align_series(
        &self,
        images: impl IntoIterator<Item = (String, Result<Volume>)>,
        kind: Interpolation,
        beyond: Beyond,
        mut done: impl FnMut(Aligned),
    ) -> Vec<QualityRow> {
        let mut rows = Vec::new();
        for (name, image) in images {
            let outcome = image.and_then(|image| {
                let alignment = self.align(&image)?;
                let still = alignment.verdict == Verdict::IdentityKept && image.grid == *self.grid();
                let brought =
                    if still { image } else { volume_through(&image, &alignment.transform, self.grid(), kind, beyond)? };
                Ok((alignment, brought))
            });
            let (outcome, image) = match outcome {
                Ok((alignment, image)) => (Ok(alignment), Some(image)),
                Err(fault) => (Err(fault), None),
            };
            let row = QualityRow::new(name, &outcome);
            rows.push(row.clone());
            done(Aligned { row, image });
        }
        rows
    }
}
