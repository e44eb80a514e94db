//! Files whole or not at all, their fingerprints, and cells that no spreadsheet mistakes for a formula.

use std::borrow::Cow;
use std::fs::{File, Permissions};
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::Builder;

use super::number::plain;
use crate::error::{Error, Result};

/// Writes a file so that its path holds the whole new content or what was there before, never a part: into a temporary file of
/// the same folder, which is flushed to the disk and then renamed.
///
/// # Errors
/// Whatever `content` returns; [`Error::Io`] where the system refuses. Then nothing is left behind.
pub fn write_atomically(path: impl AsRef<Path>, content: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let path = path.as_ref();
    let refused = |cause: std::io::Error| Error::io(path, cause);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    builder.prefix(".vbx-").suffix(".tmp");
    if let Some(permissions) = usual_permissions() {
        builder.permissions(permissions);
    }
    let file = builder.tempfile_in(folder).map_err(refused)?;
    let mut writer = BufWriter::with_capacity(1 << 16, file);
    content(&mut writer)?;
    let file = writer.into_inner().map_err(|cause| refused(cause.into_error()))?;
    file.as_file().sync_all().map_err(refused)?;
    file.persist(path).map_err(|cause| refused(cause.error))?;
    Ok(())
}

/// Writes bytes that are all there, as [`write_atomically`] does, and makes the folder if it is absent.
///
/// # Errors
/// [`Error::Io`] where the system refuses.
pub fn write_whole(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    let path = path.as_ref();
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
    }
    write_atomically(path, |out| out.write_all(bytes).map_err(|cause| Error::io(path, cause)))
}

/// Temporary files are private to their owner; a result is readable as the user's mask allows.
fn usual_permissions() -> Option<Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Some(Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    None
}

/// The SHA-256 of a file's content in hexadecimal, computed piece by piece.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read.
pub fn sha256(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    let mut file = File::open(path).map_err(|cause| Error::io(path, cause))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            Ok(n) => hash.update(&piece[..n]),
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(Error::io(path, cause)),
        }
    }
}

/// Signs by which a spreadsheet takes a cell for a formula.
const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// `cell` with an apostrophe before it if a spreadsheet would take it for a formula. Numbers, negative ones too, stay.
pub fn csv_safe(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA_SIGNS) && plain(cell).is_none() { format!("'{cell}").into() } else { cell.into() }
}

/// The cell that [`csv_safe`] wrote.
pub(super) fn csv_unsafe(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_SIGNS)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_atomically(&path, |w| w.write_all(b"first").map_err(|cause| Error::io(&path, cause))).unwrap();
        let failed = write_atomically(&path, |w| {
            w.write_all(b"second").map_err(|cause| Error::io(&path, cause))?;
            Err(Error::study("no"))
        });
        assert_eq!(failed, Err(Error::study("no")));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        assert!(matches!(write_atomically(folder.path().join("no/b.txt"), |_| Ok(())), Err(Error::Io { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_no_more_private_than_other_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("a"), folder.path().join("b"));
        write_atomically(&ours, |_| Ok(())).unwrap();
        std::fs::write(&usual, "").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }

    #[test]
    fn the_fingerprint_is_the_one_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-4's own example.
        assert_eq!(sha256(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(matches!(sha256(folder.path().join("none")), Err(Error::Io { .. })));
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        for (cell, safe) in
            [("=1+1", "'=1+1"), ("-2+3", "'-2+3"), ("@x", "'@x"), ("-2.5e3", "-2.5e3"), ("+1", "+1"), ("3+", "3+"), ("", "")]
        {
            assert_eq!(csv_safe(cell), safe);
            assert_eq!(csv_unsafe(&csv_safe(cell)), cell);
        }
        assert_eq!(csv_unsafe("'quoted'"), "'quoted'");
    }
}
