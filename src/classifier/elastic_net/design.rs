//! The features of the training rows, centred and scaled, column by column.

use std::borrow::Cow;

use ndarray::ArrayView2;

use super::kernel::{Columns, Lane, WIDTH, dot, lanes, pack};
use crate::error::{Error, Result};

/// Rows that are copied together.
const BLOCK: usize = 64;

/// Standardised columns: `(x - center) / scale`, rows in the order they were chosen, padded with zeros.
#[derive(Debug, Clone)]
pub(super) struct Design {
    rows: usize,
    features: usize,
    lanes: Vec<Lane>,
    /// Weighted mean of each feature.
    pub center: Vec<f64>,
    /// Population standard deviation (divided by the sum of weights, not by n - 1), or 1 where scaling is off.
    pub scale: Vec<f64>,
    /// Weighted length of each standardised column; 0 for a constant one, which no model can use.
    pub length: Vec<f64>,
}

/// All features of a cohort, column by column: the folds of a cross-validation take their rows from here.
#[derive(Debug)]
pub(super) struct Source<'a> {
    rows: usize,
    values: Cow<'a, [f64]>,
}

impl<'a> Source<'a> {
    /// Borrows `x` where its columns are contiguous, else copies it once.
    pub fn new(x: ArrayView2<'a, f64>) -> Self {
        let rows = x.nrows();
        let turned = x.reversed_axes();
        let values = match turned.to_slice() {
            Some(columns) => Cow::Borrowed(columns),
            None => {
                let mut values = vec![0.0; turned.len()];
                // Rows in blocks, so that what is read and what is written both stay in the cache.
                for block in (0..rows).step_by(BLOCK) {
                    for (column, values) in turned.outer_iter().zip(values.chunks_exact_mut(rows.max(1))) {
                        let end = rows.min(block + BLOCK);
                        for (i, value) in values[block..end].iter_mut().enumerate() {
                            *value = column[block + i];
                        }
                    }
                }
                Cow::Owned(values)
            }
        };
        Source { rows, values }
    }

    /// Features.
    pub fn features(&self) -> usize {
        self.values.len().checked_div(self.rows).unwrap_or(0)
    }

    /// All rows of a feature.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.values[j * self.rows..(j + 1) * self.rows]
    }
}

impl Design {
    /// Takes `rows` of the source; `weights` belong to these rows and sum to one.
    ///
    /// # Errors
    /// [`Error::Numeric`] if a value is missing or infinite.
    pub fn new(source: &Source, rows: &[usize], weights: &[f64], standardise: bool) -> Result<Self> {
        let (n, p) = (rows.len(), source.features());
        let stride = lanes(n);
        let mut design = Design {
            rows: n,
            features: p,
            lanes: vec![Lane::ZERO; stride * p],
            center: vec![0.0; p],
            scale: vec![1.0; p],
            length: vec![0.0; p],
        };
        let weights = pack(weights);
        for (j, column) in design.lanes.chunks_exact_mut(stride.max(1)).enumerate() {
            let values = source.column(j);
            for (lane, rows) in column.iter_mut().zip(rows.chunks(WIDTH)) {
                for (x, &row) in lane.0.iter_mut().zip(rows) {
                    *x = values[row];
                }
            }
            let center = dot(column, &weights);
            if !center.is_finite() {
                let missing = rows.iter().filter(|&&row| !values[row].is_finite()).count();
                return Err(Error::numeric(format!(
                    "feature {} has {missing} missing or infinite values among {n} training rows; impute before fitting",
                    j + 1
                )));
            }
            design.center[j] = center;
            // The mean of equal numbers may differ from them in the last bit: constancy is a question to the values themselves.
            if rows.iter().all(|&row| values[row] == values[rows[0]]) {
                column.fill(Lane::ZERO);
                continue;
            }
            let mut square = [0.0; WIDTH];
            for (lane, weights) in column.iter_mut().zip(&weights) {
                for ((x, w), square) in lane.0.iter_mut().zip(weights.0).zip(&mut square) {
                    // Padding has no weight and stays zero.
                    *x = if w > 0.0 { *x - center } else { 0.0 };
                    *square += w * *x * *x;
                }
            }
            let deviation = square.iter().sum::<f64>().sqrt();
            design.length[j] = deviation;
            if standardise && deviation > 0.0 {
                let factor = 1.0 / deviation;
                column.iter_mut().for_each(|lane| lane.0.iter_mut().for_each(|x| *x *= factor));
                design.scale[j] = deviation;
                design.length[j] = 1.0;
            }
        }
        Ok(design)
    }

    /// Training rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Features, usable or not.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The standardised columns.
    pub fn columns(&self) -> Columns<'_> {
        Columns { lanes: &self.lanes, stride: lanes(self.rows) }
    }
}
