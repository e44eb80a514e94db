//! The content security policy: this page runs its own script and nothing else, and loads nothing from anywhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy for a page whose only script is `script`.
///
/// # Reference
/// W3C Content Security Policy Level 3, section 2.3.1 (hash sources).
pub fn policy(script: &str) -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action \
         'none'",
        STANDARD.encode(Sha256::digest(script.as_bytes()))
    )
}
