//! Columns inside a fold. There is no way back from here to a feature table.

use crate::error::{Error, Result};
use crate::table::FeatureName;
use ndarray::{Array2, ArrayD, ShapeBuilder};
use std::sync::Arc;

/// The values of one column. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Values {
    /// A number per row; a missing one is stored as NaN and shown as `None` by [`Column::scalar`].
    Scalar(Arc<[f64]>),
    /// A category per row, as a code into `levels`.
    Category {
        /// One code per row.
        codes: Arc<[Option<u32>]>,
        /// The names of the levels.
        levels: Arc<[String]>,
    },
    /// An array per row: a bag of supervoxel vectors, an image crop.
    Array(Arc<[Option<ArrayD<f32>>]>),
}

/// One column: its name and its values.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name.
    pub name: Arc<FeatureName>,
    /// The values.
    pub values: Values,
}

impl Column {
    /// A column of numbers; NaN means missing.
    pub fn numeric(name: Arc<FeatureName>, values: Vec<f64>) -> Self {
        Column { name, values: Values::Scalar(values.into()) }
    }

    /// The numbers of a scalar column, NaN where missing.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.values {
            Values::Scalar(values) => Some(values),
            _ => None,
        }
    }

    /// The number in row `i`, if the column is scalar and the number is there.
    pub fn scalar(&self, i: usize) -> Option<f64> {
        self.numbers().map(|values| values[i]).filter(|value| !value.is_nan())
    }

    /// Whether row `i` has a value.
    pub fn is_present(&self, i: usize) -> bool {
        match &self.values {
            Values::Scalar(values) => !values[i].is_nan(),
            Values::Category { codes, .. } => codes[i].is_some(),
            Values::Array(values) => values[i].is_some(),
        }
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let values = match &self.values {
            Values::Scalar(values) => Values::Scalar(rows.iter().map(|&i| values[i]).collect()),
            Values::Category { codes, levels } => {
                Values::Category { codes: rows.iter().map(|&i| codes[i]).collect(), levels: levels.clone() }
            }
            Values::Array(values) => Values::Array(rows.iter().map(|&i| values[i].clone()).collect()),
        };
        Column { name: self.name.clone(), values }
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::Scalar(values) => values.len(),
            Values::Category { codes, .. } => codes.len(),
            Values::Array(values) => values.len(),
        }
    }
}

/// Columns of equal length. Cheap to clone; selecting columns copies nothing.
#[derive(Debug, Clone)]
pub struct Features {
    columns: Vec<Column>,
    rows: usize,
}

impl Features {
    /// From columns of `rows` values each.
    ///
    /// # Errors
    /// [`Error::Numeric`] if a column has another length.
    pub fn new(columns: Vec<Column>, rows: usize) -> Result<Self> {
        match columns.iter().find(|column| column.len() != rows) {
            Some(column) => Err(Error::numeric(format!("column {} has {} rows, not {rows}", column.name, column.len()))),
            None => Ok(Features { columns, rows }),
        }
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column called `name`.
    pub fn column(&self, name: &FeatureName) -> Option<&Column> {
        self.columns.iter().find(|column| *column.name == *name)
    }

    /// The columns that `keep` wants, in their order.
    pub fn select_columns(&self, keep: impl Fn(&Column) -> bool) -> Self {
        Features { columns: self.columns.iter().filter(|column| keep(column)).cloned().collect(), rows: self.rows }
    }

    /// The columns of one modality.
    pub fn modality(&self, modality: &str) -> Self {
        self.select_columns(|column| column.name.modality() == modality)
    }

    /// The rows at `rows`, in that order.
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        Features { columns: self.columns.iter().map(|column| column.select_rows(rows)).collect(), rows: rows.len() }
    }

    /// The columns of both, side by side.
    pub fn beside(&self, other: &Features) -> Result<Self> {
        if self.rows != other.rows {
            return Err(Error::numeric(format!("{} rows beside {} rows", self.rows, other.rows)));
        }
        Ok(Features { columns: self.columns.iter().chain(&other.columns).cloned().collect(), rows: self.rows })
    }

    /// For each row, whether any column has a value: whether the case has these modalities at all.
    pub fn present(&self) -> Vec<bool> {
        (0..self.rows).map(|i| self.columns.iter().any(|column| column.is_present(i))).collect()
    }

    /// All columns as an n × p array in column-major order, for models that need numbers.
    ///
    /// # Errors
    /// [`Error::Study`] that names the first column which is a category, an array, or has a missing value.
    pub fn matrix(&self) -> Result<Array2<f64>> {
        let mut data = Vec::with_capacity(self.rows * self.columns.len());
        for column in &self.columns {
            let Some(values) = column.numbers() else {
                return Err(Error::study(format!(
                    "column {} is not a number; add the transform `encode` before the classifier",
                    column.name
                )));
            };
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                return Err(Error::study(format!(
                    "column {} has a missing value (training or test row {i}); add the transform `impute` before the classifier",
                    column.name
                )));
            }
            data.extend_from_slice(values);
        }
        Array2::from_shape_vec((self.rows, self.columns.len()).f(), data).map_err(Error::numeric)
    }
}
