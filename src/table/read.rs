//! One way in for every file: what it is shows in its first bytes, not in its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::guard::guarded;
use super::infer::Notation;
use super::limits::{MAX_FILE_BYTES, MAX_WORKBOOK_BYTES};
use super::missing::MissingWords;
use super::number::Decimal;
use super::raw::RawTable;
use super::text::trim;
use super::{delimited, encoding, excel, parquet, sniff};
use crate::error::{Error, InputError, Result};

/// What a user may say about a file; everything left out is found out from the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadOptions {
    /// The worksheet of a workbook; left out, the first visible one that is not empty.
    pub sheet: Option<String>,
    /// The character between cells of a text table.
    pub delimiter: Option<char>,
    /// Rows above the header to leave out. Title rows with a single cell are left out by themselves.
    pub skip_rows: usize,
    /// The encoding of a text table, such as `gbk`, `big5` or `windows-1252`.
    pub encoding: Option<String>,
    /// The decimal sign of a text table.
    pub decimal: Option<Decimal>,
    /// Words and numbers that mean a missing value here, besides the usual ones.
    pub missing: Vec<String>,
    /// Read limits such as `<5` and `>=90` as the number they name.
    pub limits_as_numbers: bool,
}

/// Reads a table: CSV, TSV and other delimited text, Excel and OpenDocument workbooks, Parquet.
///
/// What was noticed on the way, and by which rule it was handled, is in the findings.
///
/// # Errors
/// [`Error::Input`] where the file is not such a table: not there, empty, ragged, damaged, too large; [`Error::Usage`] for
/// options that mean nothing; [`Error::Io`] where the system refuses.
pub fn read(path: impl AsRef<Path>, options: &ReadOptions) -> Result<(RawTable, Vec<Finding>)> {
    let path = path.as_ref();
    let bytes = load(path)?;
    let mut findings = Vec::new();
    let table = match Kind::of(&bytes) {
        Kind::Empty => Err(InputError::new(path, "an empty file", "a table; export it again").into()),
        Kind::Refused(what) => {
            Err(InputError::new(path, what, "CSV, TSV, XLSX, XLS, ODS or Parquet; save it as one of these").into())
        }
        Kind::Workbook => guarded(path, || excel::read(path, &bytes, options, &mut findings)),
        Kind::Parquet => guarded(path, || parquet::read(path, bytes, options, &mut findings)),
        Kind::Text => read_text(path, &bytes, options, &mut findings),
    }?;
    Ok((table, findings))
}

impl ReadOptions {
    pub(super) fn notation(&self, semicolons: bool) -> Notation {
        Notation {
            missing: MissingWords::new(&self.missing),
            decimal: self.decimal,
            limits_as_numbers: self.limits_as_numbers,
            semicolons,
        }
    }
}

fn read_text(path: &Path, bytes: &[u8], options: &ReadOptions, findings: &mut Vec<Finding>) -> Result<RawTable> {
    let text = encoding::decode(path, bytes, options.encoding.as_deref(), findings)?;
    let text = text.trim_start_matches('\u{feff}');
    if trim(text).is_empty() {
        return Err(InputError::new(path, "a file of blanks", "a table; export it again").into());
    }
    let (hint, text) = match delimited::separator_hint(text) {
        Some((delimiter, rest)) => (Some(delimiter), rest),
        None => (None, text),
    };
    let delimiter = match options.delimiter {
        Some(c) if c.is_ascii() && c != '"' && !matches!(c, '\n' | '\r') => c as u8,
        Some(c) => {
            return Err(Error::usage(format!("`{c}` cannot separate cells; give one ASCII character such as , ; or a tab")));
        }
        None => hint.unwrap_or_else(|| sniff::delimiter(text)),
    };
    let sheet = delimited::cut(path, text, delimiter, options.skip_rows, findings)?;
    sheet.into_table(path, None, &options.notation(delimiter == b';'), findings)
}

/// What the first bytes say a file is.
enum Kind {
    Empty,
    Text,
    Workbook,
    Parquet,
    Refused(&'static str),
}

impl Kind {
    fn of(bytes: &[u8]) -> Kind {
        let begins = |magic: &[u8]| bytes.starts_with(magic);
        // Some programs write a web page or XML and call it .xls.
        let head =
            String::from_utf8_lossy(&bytes[..bytes.len().min(256)]).trim_start_matches('\u{feff}').trim_start().to_lowercase();
        match () {
            () if bytes.is_empty() => Kind::Empty,
            () if begins(b"PAR1") => Kind::Parquet,
            () if begins(b"PK\x03\x04") || begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Kind::Workbook,
            () if begins(b"\x1f\x8b") || begins(b"7z\xbc\xaf") || begins(b"Rar!") || begins(b"\x28\xb5\x2f\xfd") => {
                Kind::Refused("a compressed file")
            }
            () if begins(b"%PDF") => Kind::Refused("a PDF document"),
            () if ["<!doctype html", "<html", "<table", "<?xml"].iter().any(|tag| head.starts_with(tag)) => {
                Kind::Refused("a web page or XML document, whatever its name says")
            }
            () => Kind::Text,
        }
    }
}

fn load(path: &Path) -> Result<Vec<u8>> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            return Err(InputError::new(
                path,
                "no such file",
                "a file that exists; a path in a study file is relative to that file",
            )
            .into());
        }
        Err(cause) => return Err(Error::io(path, cause)),
    };
    if !metadata.is_file() {
        return Err(InputError::new(path, "something that is not a file", "a file; name the table inside the folder").into());
    }
    let refuse = |limit: u64, what: &str| {
        let found = format!("{what} of {} MiB", metadata.len() >> 20);
        Err(InputError::new(path, found, format!("at most {} MiB; save it as Parquet, or split it", limit >> 20)).into())
    };
    if metadata.len() > MAX_FILE_BYTES {
        return refuse(MAX_FILE_BYTES, "a file");
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    let mut file = File::open(path).map_err(|cause| Error::io(path, cause))?;
    file.by_ref().take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(|cause| Error::io(path, cause))?;
    if metadata.len() > MAX_WORKBOOK_BYTES && matches!(Kind::of(&bytes), Kind::Workbook) {
        return refuse(MAX_WORKBOOK_BYTES, "a workbook");
    }
    Ok(bytes)
}
