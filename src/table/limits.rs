//! How large a table may be. A file beyond these limits is refused with a sentence, before it fills the memory.

use std::path::Path;

use crate::error::{InputError, Result};

/// Bytes of a file.
pub(super) const MAX_FILE_BYTES: u64 = 2 << 30;
/// Bytes of a workbook: it is compressed, and grows by a factor of about ten when it is opened.
pub(super) const MAX_WORKBOOK_BYTES: u64 = 200 << 20;
/// Columns of a table.
const MAX_COLUMNS: usize = 100_000;
/// Rows of a table.
const MAX_ROWS: usize = 10_000_000;
/// Cells of a table, missing ones included.
const MAX_CELLS: usize = 200_000_000;
/// Filled cells of a worksheet.
const MAX_WORKSHEET_CELLS: usize = 20_000_000;

/// Refuses a table of more rows, columns or cells than fit.
///
/// # Errors
/// [`InputError`] that states the limit.
pub(super) fn check_shape(path: &Path, rows: usize, columns: usize) -> Result<()> {
    let refuse = |found: String, limit: usize, what: &str| {
        Err(InputError::new(path, found, format!("at most {limit} {what}; split the table or leave out what is not needed"))
            .into())
    };
    if columns > MAX_COLUMNS {
        return refuse(format!("{columns} columns"), MAX_COLUMNS, "columns");
    }
    if rows > MAX_ROWS {
        return refuse(format!("{rows} rows"), MAX_ROWS, "rows");
    }
    if rows.saturating_mul(columns) > MAX_CELLS {
        return refuse(format!("{rows} rows of {columns} columns"), MAX_CELLS, "cells");
    }
    Ok(())
}

/// Refuses a worksheet of more filled cells than fit.
///
/// # Errors
/// [`InputError`] that states the limit.
pub(super) fn check_worksheet(path: &Path, filled: usize) -> Result<()> {
    if filled <= MAX_WORKSHEET_CELLS {
        return Ok(());
    }
    let expected = format!("at most {MAX_WORKSHEET_CELLS}; save the sheet as CSV or Parquet");
    Err(InputError::new(path, "a worksheet of more filled cells than fit", expected).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_passes_and_what_does_not_is_refused_by_name() {
        assert!(check_shape(Path::new("a"), 20_000, 300).is_ok());
        let message = |rows, columns| check_shape(Path::new("a"), rows, columns).unwrap_err().to_string();
        assert!(message(1, MAX_COLUMNS + 1).contains("100000 columns"));
        assert!(message(MAX_ROWS + 1, 1).contains("10000000 rows"));
        assert!(check_worksheet(Path::new("a"), MAX_WORKSHEET_CELLS).is_ok());
        assert!(check_worksheet(Path::new("a"), MAX_WORKSHEET_CELLS + 1).is_err());
        assert!(message(MAX_ROWS, 1000).contains("200000000 cells"));
    }
}
