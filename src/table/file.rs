//! Files written whole or not at all, and their hashes.

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Writes a file beside its place and renames it there when it is complete, so that nobody ever sees half a file. The folder is
/// made if it is absent.
///
/// # Errors
/// [`Error::Io`] with the path; the place then holds what it held before.
pub fn write_atomically(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let io = |cause: std::io::Error| Error::io(path, cause);
    std::fs::create_dir_all(folder).map_err(io)?;
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    let mut out = BufWriter::new(temporary);
    write(&mut out).map_err(io)?;
    out.flush().map_err(io)?;
    let temporary = out.into_inner().map_err(|cause| io(cause.into_error()))?;
    temporary.as_file().sync_all().map_err(io)?;
    // A temporary file is private to its owner; a result may be read by whoever may read the folder.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(io)?;
    }
    temporary.persist(path).map_err(|cause| io(cause.error))?;
    Ok(())
}

/// SHA-256 of a file, in hexadecimal, read in pieces.
pub fn sha256(path: &Path) -> Result<String> {
    let io = |cause: std::io::Error| Error::io(path, cause);
    let mut reader = BufReader::new(File::open(path).map_err(io)?);
    let mut hash = Sha256::new();
    let mut piece = [0; 1 << 16];
    loop {
        match reader.read(&mut piece).map_err(io)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => hash.update(&piece[..n]),
        }
    }
}

/// A text cell that a spreadsheet does not take for a formula: a leading `=`, `+`, `-`, `@` or tab gets an apostrophe before it,
/// unless the cell is a number.
pub fn spreadsheet_safe(cell: &str) -> String {
    let starts = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if starts && cell.trim().parse::<f64>().is_err() { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_atomically(&path, |out| out.write_all(b"first")).unwrap();
        let failed = write_atomically(&path, |out| {
            out.write_all(b"half")?;
            Err(std::io::Error::other("the disk is full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(sha256(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        assert_eq!(spreadsheet_safe("=1+1"), "'=1+1");
        assert_eq!(spreadsheet_safe("@cmd"), "'@cmd");
        assert_eq!(spreadsheet_safe("-1.5"), "-1.5");
        assert_eq!(spreadsheet_safe("HER2+"), "HER2+");
    }
}
