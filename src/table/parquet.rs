//! Parquet files of any program: numbers, booleans, texts, categories, dates. Other types have no place in a table of
//! features and are left out with a finding.

use std::io::Cursor;
use std::path::Path;

use jiff::SignedDuration;
use jiff::civil::Date;
use polars::prelude::{ArrowDataType, ArrowSchema, Column, DataType, ParquetReader, PolarsError, SerReader, TimeUnit};

use super::finding::{Finding, count};
use super::limits::check_shape;
use super::raw::RawTable;
use super::read::ReadOptions;
use super::sheet::{Sheet, SheetColumn};
use crate::error::{InputError, Result};

/// Whole numbers beyond this are not exact as floating-point numbers; if they are identifiers, their text must be kept.
const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;

/// Bytes, and values, of one column of one row group once unpacked.
const MAX_CHUNK_BYTES: i64 = 4 << 30;

pub(super) fn read(path: &Path, bytes: Vec<u8>, options: &ReadOptions, findings: &mut Vec<Finding>) -> Result<RawTable> {
    let damaged =
        |cause: PolarsError| InputError::new(path, format!("a damaged Parquet file ({cause})"), "a whole one; export it again");
    let contradictory = || InputError::new(path, "a Parquet file that contradicts itself", "a whole one; export it again");
    let file_size = bytes.len() as i64;
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let schema = reader.schema().map_err(damaged)?;
    let metadata = reader.get_metadata().map_err(damaged)?;
    let rows = metadata.num_rows;
    check_shape(path, rows, schema.len())?;
    // Sizes are believed when memory is taken; a damaged one must not take all of it.
    let chunks = metadata.row_groups.iter().flat_map(|group| group.parquet_columns());
    let sizes_fit = chunks.into_iter().all(|chunk| {
        (0..=file_size).contains(&chunk.compressed_size())
            && (0..=MAX_CHUNK_BYTES).contains(&chunk.uncompressed_size())
            && (0..=MAX_CHUNK_BYTES).contains(&chunk.num_values())
    });
    if !sizes_fit || metadata.row_groups.iter().map(|group| group.num_rows()).sum::<usize>() != rows {
        return Err(contradictory().into());
    }
    let readable = readable_columns(path, &schema, findings);
    let frame = reader.with_projection(Some(readable)).set_rechunk(true).finish().map_err(damaged)?;

    if frame.height() != rows && frame.width() > 0 {
        return Err(contradictory().into());
    }
    let mut sheet = Sheet { row_numbers: (2..rows + 2).collect(), ..Sheet::default() };
    for column in frame.columns() {
        sheet.header.push(column.name().to_string());
        sheet.columns.push(sheet_column(column).map_err(damaged)?);
    }
    sheet.into_table(path, None, &options.notation(false), findings)
}

/// The positions of the columns whose type is readable; the others are reported.
fn readable_columns(path: &Path, schema: &ArrowSchema, findings: &mut Vec<Finding>) -> Vec<usize> {
    let (readable, other): (Vec<_>, Vec<_>) = schema.iter_values().enumerate().partition(|(_, field)| is_readable(&field.dtype));
    if !other.is_empty() {
        let message = format!(
            "{} of a type that is no cell of a table (a list, a structure, bytes, a time of day); left out",
            count(other.len(), "column")
        );
        let names = other.iter().map(|(_, field)| field.name.to_string());
        findings.push(Finding::caution("unreadable-column", message).in_file(path).in_columns(names));
    }
    readable.into_iter().map(|(at, _)| at).collect()
}

fn is_readable(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match dtype {
        A::Dictionary(_, values, _) => is_readable(values),
        A::Null | A::Boolean | A::Utf8 | A::LargeUtf8 | A::Utf8View => true,
        A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => true,
        A::Float32 | A::Float64 | A::Decimal(..) => true,
        A::Date32 | A::Date64 | A::Timestamp(..) => true,
        _ => false,
    }
}

fn sheet_column(column: &Column) -> Result<SheetColumn, PolarsError> {
    match column.dtype() {
        DataType::Date => {
            let days = column.cast(&DataType::Int32)?;
            Ok(SheetColumn::of_texts(days.i32()?.iter().map(|day| day.and_then(date))))
        }
        DataType::Datetime(unit, _) => {
            let per_second = match unit {
                TimeUnit::Milliseconds => 1_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Nanoseconds => 1_000_000_000,
            };
            let ticks = column.cast(&DataType::Int64)?;
            Ok(SheetColumn::of_texts(ticks.i64()?.iter().map(|tick| tick.and_then(|tick| moment(tick, per_second)))))
        }
        DataType::Boolean => Ok(SheetColumn::of_texts(column.bool()?.iter().map(|value| value.map(|value| value.to_string())))),
        dtype if dtype.is_primitive_numeric() || dtype.is_decimal() => {
            let values = column.cast(&DataType::Float64)?;
            let numbers: Vec<Option<f64>> = values.f64()?.iter().collect();
            let inexact = dtype.is_integer() && numbers.iter().flatten().any(|value| value.abs() >= EXACT as f64);
            let mut of_texts = if inexact { sheet_texts(column)? } else { SheetColumn::default() };
            of_texts.numbers = numbers;
            Ok(of_texts)
        }
        _ => sheet_texts(column),
    }
}

fn sheet_texts(column: &Column) -> Result<SheetColumn, PolarsError> {
    let texts = column.cast(&DataType::String)?;
    Ok(SheetColumn::of_texts(texts.str()?.iter().map(|text| text.map(str::to_owned))))
}

/// `ticks` since 1970 as `2024-01-31T10:20:30`, without the time at midnight; a moment with a time zone is told in UTC.
fn moment(ticks: i64, per_second: i64) -> Option<String> {
    let seconds = ticks.div_euclid(per_second);
    let epoch = Date::constant(1970, 1, 1).to_datetime(jiff::civil::Time::midnight());
    let moment = epoch.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    let midnight = moment.time() == jiff::civil::Time::midnight();
    Some(if midnight { moment.date().to_string() } else { moment.to_string() })
}

fn date(days: i32) -> Option<String> {
    moment(i64::from(days) * 86_400, 1)
}
