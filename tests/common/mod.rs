//! What the integration tests share.
#![allow(dead_code, clippy::print_stdout)]

pub mod cohorts;

use std::path::{Path, PathBuf};

/// A file or folder of the reference collection (`$VBX_REFERENCE`, or `../shared/reference` beside the checkout). Where it is
/// absent, the test says that it skipped; in CI that is a failure, since there the oracles are the point.
pub fn reference(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("VBX_REFERENCE")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference"));
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("CI").is_none(), "the reference {} is missing, and CI must not skip", found.display());
    println!("skipped: the reference {path} is not here");
    None
}
