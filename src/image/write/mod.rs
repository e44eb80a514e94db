//! Writers of image files. A file appears under its name only when it is complete: it is written beside it and renamed.

pub mod montage;
pub mod nifti;
pub mod overlay;

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file as a whole or not at all.
pub fn whole_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let fault = |cause: std::io::Error| Error::io(path, cause);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
    let mut writer = std::io::BufWriter::new(file.as_file_mut());
    content(&mut writer).map_err(fault)?;
    writer.flush().map_err(fault)?;
    drop(writer);
    file.persist(path).map_err(|failure| fault(failure.error))?;
    Ok(())
}
