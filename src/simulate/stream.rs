//! One independent random generator for each purpose, so that nothing depends on the order in which things are drawn.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

/// The generator of `(seed, purpose, index)`.
///
/// The three are hashed (SHA-256) to the generator's 256 bits of state: streams of neighbouring patients share nothing, and a
/// patient's stream is the same whether one or a million patients are drawn. Each part of `purpose` is preceded by its length,
/// so that `["a", "bc"]` and `["ab", "c"]` differ.
pub fn stream(seed: u64, purpose: &[&str], index: u64) -> Xoshiro256PlusPlus {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    for part in purpose {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(index.to_le_bytes());
    Xoshiro256PlusPlus::from_seed(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use rand::RngCore;

    use super::*;

    #[test]
    fn every_part_of_the_name_matters() {
        let first = |seed, purpose: &[&str], index| stream(seed, purpose, index).next_u64();
        let reference = first(1, &["a", "bc"], 0);
        assert_eq!(reference, first(1, &["a", "bc"], 0));
        for other in [first(2, &["a", "bc"], 0), first(1, &["ab", "c"], 0), first(1, &["a"], 0), first(1, &["a", "bc"], 1)] {
            assert_ne!(reference, other);
        }
    }
}
