//! What every test that reads the reference data shares.
#![allow(dead_code)]

use std::path::PathBuf;

/// `path` inside the reference folder (`VBX_REFERENCE`, else `../shared/reference`), or `None` with a note that the test is skipped.
/// On the build server (`CI=true`) absent reference data are a failure, not a skip.
pub fn reference(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("VBX_REFERENCE") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference"),
    };
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    if std::env::var("CI").is_ok_and(|ci| ci == "true") {
        panic!("reference data {} are missing on the build server", found.display());
    }
    println!("skipped: {} is not there (set VBX_REFERENCE)", found.display());
    None
}
