//! The bootstrap sample of each tree: a function of the seed and the tree's number alone, so it can be drawn again whenever it is needed.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::options::Options;

/// How often each case is in the bag of a tree, and the generator with which that tree goes on. With class weights a case is drawn in
/// proportion to the weight of its class, as scikit-learn does since version 1.8.
pub(super) fn draw(options: &Options, class: &[usize], tree: usize) -> (Vec<u32>, Xoshiro256PlusPlus) {
    let mut generator = generator(options.seed, tree as u64);
    let cases = class.len();
    let mut bag = vec![u32::from(!options.bootstrap); cases];
    match &options.class_weights {
        _ if !options.bootstrap => {}
        None => (0..cases).for_each(|_| bag[generator.gen_range(0..cases)] += 1),
        Some(weights) => {
            let mut total = 0.0;
            let ends: Vec<f64> = class
                .iter()
                .map(|&class| {
                    total += weights[class];
                    total
                })
                .collect();
            for _ in 0..cases {
                let at = generator.r#gen::<f64>() * total;
                bag[ends.partition_point(|&end| end <= at).min(cases - 1)] += 1;
            }
        }
    }
    (bag, generator)
}

/// A generator for part `part` of what `seed` decides.
pub(super) fn generator(seed: u64, part: u64) -> Xoshiro256PlusPlus {
    // SplitMix64 spreads neighbouring seeds apart.
    let mut z = seed.wrapping_add((part + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    Xoshiro256PlusPlus::seed_from_u64(z ^ (z >> 31))
}
