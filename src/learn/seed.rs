//! One seed per study; every generator is derived from (seed, place, purpose), so results do not depend on the order in
//! which threads come to their work.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

/// The generator used everywhere in `learn` and above.
pub type Generator = Xoshiro256PlusPlus;

/// A seed at a place in the study, e.g. of repeat 2, fold 3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    root: u64,
    place: String,
}

impl Seed {
    /// The seed of a whole study.
    pub fn new(root: u64) -> Self {
        Seed { root, place: String::new() }
    }

    /// The seed of a place within this one.
    pub fn at(&self, place: impl std::fmt::Display) -> Self {
        Seed { root: self.root, place: format!("{}/{place}", self.place) }
    }

    /// A number for `purpose` at this place.
    pub fn number(&self, purpose: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.root.to_le_bytes());
        hash.update(self.place.as_bytes());
        hash.update([0]);
        hash.update(purpose.as_bytes());
        let digest = hash.finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
    }

    /// A generator for `purpose` at this place.
    pub fn generator(&self, purpose: &str) -> Generator {
        Generator::seed_from_u64(self.number(purpose))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_purposes_give_different_numbers_and_the_same_give_the_same() {
        let seed = Seed::new(7);
        assert_eq!(seed.at("r0").number("folds"), Seed::new(7).at("r0").number("folds"));
        let all = [seed.number("a"), seed.number("b"), seed.at("r0").number("a"), Seed::new(8).number("a")];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }
}
