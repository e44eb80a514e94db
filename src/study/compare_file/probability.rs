//! Probabilities in the cells of a table.

use crate::error::{Error, InputError, Result};
use crate::table::{RawColumn, RawTable};

/// A probability in a cell, or a fault that names it.
fn probability(table: &RawTable, column: &RawColumn, row: usize) -> Result<Option<f64>> {
    let fault = |found: String| {
        let fault = InputError::new(&table.path, found, "a probability from 0 to 1").at_row(table.row_number(row));
        Error::from(fault.in_column(&column.name))
    };
    let Some(values) = column.numbers() else { return Err(fault(format!("`{}`", column.text(row).unwrap_or_default()))) };
    match values[row] {
        Some(p) if !(0.0..=1.0).contains(&p) => Err(fault(p.to_string())),
        p => Ok(p),
    }
}

/// Class probabilities from the cells of a row. For several classes they may be off one by rounding, and are brought back to it.
pub(super) fn row_probabilities(table: &RawTable, columns: &[&RawColumn], row: usize) -> Result<Option<Vec<f64>>> {
    let mut p = Vec::with_capacity(columns.len().max(2));
    for column in columns {
        match probability(table, column, row)? {
            Some(value) => p.push(value),
            None => return Ok(None),
        }
    }
    if let [event] = p.as_slice() {
        return Ok(Some(vec![1.0 - event, *event]));
    }
    let sum: f64 = p.iter().sum();
    if (sum - 1.0).abs() > 0.02 {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let fault =
            InputError::new(&table.path, format!("probabilities that sum to {sum:.4}"), "class probabilities that sum to 1");
        return Err(fault.at_row(table.row_number(row)).in_column(names.join(", ")).into());
    }
    // Probabilities that sum to one within rounding are left as they are: dividing would break ties that the other tool has.
    if (sum - 1.0).abs() > 1e-9 {
        p.iter_mut().for_each(|x| *x /= sum);
    }
    Ok(Some(p))
}
