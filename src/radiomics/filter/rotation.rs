//! Filters that do not care how the image lies: the response to every rotation of the filter, pooled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::block::Block;
use super::separable::Separable;

/// How the responses to the rotated filters become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Pooling {
    /// The largest.
    Max,
    /// Their mean.
    Average,
}

/// Responses that come one after the other, pooled.
pub(super) struct Pool {
    pooling: Pooling,
    pooled: Option<Block>,
    count: usize,
}

impl Pool {
    pub fn new(pooling: Pooling) -> Self {
        Pool { pooling, pooled: None, count: 0 }
    }

    pub fn add(&mut self, response: Block) {
        self.count += 1;
        let Some(pooled) = &mut self.pooled else {
            self.pooled = Some(response);
            return;
        };
        for (total, value) in pooled.values.iter_mut().zip(&response.values) {
            match self.pooling {
                Pooling::Max => *total = total.max(*value),
                Pooling::Average => *total += value,
            }
        }
    }

    /// The pooled response; `None` where none was added.
    pub fn finish(self) -> Option<Block> {
        let mut pooled = self.pooled?;
        if self.pooling == Pooling::Average {
            let count = self.count as f64;
            pooled.values.iter_mut().for_each(|value| *value /= count);
        }
        Some(pooled)
    }
}

/// The distinct filters that the right-angled rotations make of separable ones that turn together: 24 in space, 4 in the plane of i and
/// j where there is no kernel along k. Filters that are the same (a symmetric kernel turned over) are counted once; each is made by
/// equally many rotations, so means do not change.
pub(super) fn rotations<const N: usize>(filters: &[&Separable; N]) -> Vec<[Separable; N]> {
    let planar = filters.iter().all(|filter| filter.0[2].is_none());
    let mut distinct: Vec<[Separable; N]> = Vec::new();
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0]] {
        let even = (order[0] + 1) % 3 == order[1];
        for flips in 0..8_u32 {
            // A rotation, not a reflection: an even number of turned axes with an even permutation, an odd one with an odd.
            if (flips.count_ones() % 2 == 0) != even || planar && (order[2] != 2 || flips & 4 != 0) {
                continue;
            }
            let rotated = filters.map(|filter| {
                Separable(std::array::from_fn(|axis| {
                    let kernel = filter.0[order[axis]].as_ref()?;
                    Some(if flips & (1 << axis) == 0 { kernel.clone() } else { kernel.flipped() })
                }))
            });
            if !distinct.contains(&rotated) {
                distinct.push(rotated);
            }
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::super::convolve::Kernel;
    use super::*;

    #[test]
    fn there_are_as_many_rotations_as_the_symmetry_leaves() {
        let kernel = |taps: &[f64]| Some(Kernel::convolution(taps));
        let skew = [kernel(&[1.0, 2.0, 4.0]), kernel(&[3.0, 5.0, 9.0]), kernel(&[2.0, 7.0, 3.0])];
        assert_eq!(rotations(&[&Separable(skew.clone())]).len(), 24);
        let [i, j, _] = skew;
        assert_eq!(rotations(&[&Separable([i, j, None])]).len(), 4);
        let flat = kernel(&[1.0, 1.0, 1.0]);
        assert_eq!(rotations(&[&Separable([flat.clone(), flat.clone(), flat.clone()])]).len(), 1);
        assert_eq!(rotations(&[&Separable([flat.clone(), flat, kernel(&[1.0, 2.0, 1.0])])]).len(), 3);
    }
}
