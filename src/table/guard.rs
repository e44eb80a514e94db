//! A damaged file must end in a sentence, even where the library that decodes it gives up in another way.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::{InputError, Result};

/// Runs a decoder over the file `path`; where it panics, as decoders do on files that contradict themselves, that is a damaged
/// file.
///
/// # Errors
/// Those of `decode`, and [`InputError`] for a panic. Nothing that `decode` worked on is used afterwards.
pub(super) fn guarded<T>(path: &Path, decode: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(InputError::new(path, "a damaged file that contradicts itself", "a whole one; export or download it again").into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_sentence_and_the_rest_passes() {
        assert_eq!(guarded(Path::new("f"), || Ok(1)), Ok(1));
        let message = guarded::<()>(Path::new("f"), || panic!("no")).unwrap_err().to_string();
        assert!(message.starts_with("f: found a damaged file"), "{message}");
    }
}
