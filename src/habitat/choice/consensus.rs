//! Consensus: whether repeated subsamples of the voxels keep finding the same habitats.

use rand::Rng;
use rand::seq::index::sample;

use crate::error::{Error, Result};
use crate::habitat::kmeans::{KMeansOptions, kmeans};
use crate::habitat::vectors::Vectors;

/// How consensus is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConsensusOptions {
    /// Number of subsamples.
    pub subsamples: usize,
    /// Share of the vectors in a subsample.
    pub share: f64,
    /// Bounds between which a consensus counts as ambiguous.
    pub ambiguous: [f64; 2],
}

impl Default for ConsensusOptions {
    fn default() -> Self {
        ConsensusOptions { subsamples: 50, share: 0.8, ambiguous: [0.1, 0.9] }
    }
}

/// Proportion of ambiguous clustering; smaller is better.
///
/// # Definition
/// The consensus of two vectors is the share, of the subsamples that hold both, in which they fall into the same group; the
/// proportion is that of pairs whose consensus lies strictly between the bounds. Time and memory grow with the square of the
/// number of vectors: pass a sample. `None` where no pair was ever drawn together.
///
/// # Errors
/// [`Error::Study`] for a share outside (0, 1]; those of [`kmeans`].
///
/// # Reference
/// Monti et al., Mach Learn 2003;52:91. Șenbabaoğlu et al., Sci Rep 2014;4:6207.
pub fn ambiguous_proportion(
    vectors: &Vectors,
    k: usize,
    options: &ConsensusOptions,
    clustering: &KMeansOptions,
    rng: &mut impl Rng,
) -> Result<Option<f64>> {
    if !(options.share > 0.0 && options.share <= 1.0) {
        return Err(Error::study(format!("a share of {} of the voxels: it must lie in (0, 1]", options.share)));
    }
    let count = vectors.count();
    let size = ((count as f64 * options.share).round() as usize).clamp(1, count);
    let (mut together, mut same) = (vec![0u32; count * count], vec![0u32; count * count]);
    for _ in 0..options.subsamples {
        let rows = sample(rng, count, size).into_vec();
        let labels = kmeans(&vectors.rows(&rows), k, clustering, rng)?.labels;
        for (n, a) in rows.iter().enumerate() {
            for (m, b) in rows[..n].iter().enumerate() {
                let pair = a.max(b) * count + a.min(b);
                together[pair] += 1;
                same[pair] += u32::from(labels[n] == labels[m]);
            }
        }
    }
    let [low, high] = options.ambiguous;
    let (mut pairs, mut ambiguous) = (0u64, 0u64);
    for (together, same) in together.iter().zip(&same).filter(|(together, _)| **together > 0) {
        let consensus = f64::from(*same) / f64::from(*together);
        pairs += 1;
        ambiguous += u64::from(consensus > low && consensus < high);
    }
    Ok((pairs > 0).then(|| ambiguous as f64 / pairs as f64))
}
