//! Correlation with short kernels along one axis: where the time of every FIR filter goes.
//!
//! Along any axis, a block is a row of segments: `outer` segments of `n · stride` values, in which one step along the axis is
//! `stride` values. The response of a kernel is then a weighted sum of shifted copies of a segment: contiguous, without a branch
//! at the edge, the same loop for the three axes. Products are added in the order of the taps, with no fused operation, so every
//! machine gives the same bits.

use pulp::Arch;

use super::block::Block;

/// A kernel along one axis: the response at `x` is `Σ taps[s] · image[x + dilation · (s − origin)]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kernel {
    /// Weights, in the order of increasing position in the image.
    pub taps: Vec<f64>,
    /// The tap that lies on the voxel whose response this is.
    pub origin: usize,
    /// Distance between taps in voxels.
    pub dilation: usize,
}

impl Kernel {
    /// The kernel that convolves with `weights`, centred on weight `⌊n / 2⌋`.
    pub fn convolution(weights: &[f64]) -> Self {
        let taps: Vec<f64> = weights.iter().rev().copied().collect();
        let origin = taps.len() - 1 - taps.len() / 2;
        Kernel { taps, origin, dilation: 1 }
    }

    /// The kernel read backwards: what it is after a half turn of the image.
    pub fn flipped(&self) -> Self {
        let taps = self.taps.iter().rev().copied().collect();
        Kernel { taps, origin: self.taps.len() - 1 - self.origin, dilation: self.dilation }
    }

    /// The same with holes: taps `dilation` voxels apart.
    pub fn dilated(&self, dilation: usize) -> Self {
        Kernel { dilation, ..self.clone() }
    }

    /// Voxels that it needs before and after the one whose response it gives.
    pub fn reach(&self) -> [usize; 2] {
        [self.origin * self.dilation, (self.taps.len() - 1 - self.origin) * self.dilation]
    }
}

/// Responses wherever the whole kernel lies in the block: shorter by the reach along `axis`.
pub(super) fn correlate(block: &Block, axis: usize, kernel: &Kernel) -> Block {
    let mut response = Block { size: block.size, values: Vec::new() };
    correlate_into(block, axis, kernel, &mut response);
    response
}

/// As [`correlate`], into memory that is already there.
pub(super) fn correlate_into(block: &Block, axis: usize, kernel: &Kernel, response: &mut Block) {
    let stride: usize = block.size[..axis].iter().product();
    let outer: usize = block.size[axis + 1..].iter().product();
    let [before, after] = kernel.reach();
    let (n, kept) = (block.size[axis], block.size[axis] - before - after);
    response.size = block.size;
    response.size[axis] = kept;
    response.values.resize(outer * kept * stride, 0.0);
    if response.values.is_empty() {
        return;
    }
    let step = stride * kernel.dilation;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let segments = response.values.chunks_exact_mut(kept * stride).zip(block.values.chunks_exact(n * stride));
            for (out, segment) in segments {
                weigh(segment, step, &kernel.taps, out);
            }
        },
    );
}

/// Values that a pass over the taps keeps in the fastest cache.
const TILE: usize = 1024;

/// `out[x] = Σ taps[s] · segment[x + s · step]`.
#[inline(always)]
fn weigh(segment: &[f64], step: usize, taps: &[f64], out: &mut [f64]) {
    for (tile, out) in out.chunks_mut(TILE).enumerate() {
        let segment = &segment[tile * TILE..];
        let mut done = 0;
        while done < taps.len() {
            let rest = &taps[done..];
            let from = &segment[done * step..];
            let first = done == 0;
            done += match rest.len() {
                0 => 0,
                1 => sum::<1>(from, step, rest, out, first),
                2 => sum::<2>(from, step, rest, out, first),
                3 => sum::<3>(from, step, rest, out, first),
                4 => sum::<4>(from, step, rest, out, first),
                5 => sum::<5>(from, step, rest, out, first),
                6 | 7 => sum::<6>(from, step, rest, out, first),
                _ => sum::<8>(from, step, rest, out, first),
            };
        }
    }
}

/// The sum over the first `N` taps, added to what is there unless this is the first; how many taps that were.
#[inline(always)]
fn sum<const N: usize>(segment: &[f64], step: usize, taps: &[f64], out: &mut [f64], first: bool) -> usize {
    let rows: [&[f64]; N] = std::array::from_fn(|s| &segment[s * step..s * step + out.len()]);
    let weights: [f64; N] = std::array::from_fn(|s| taps[s]);
    for x in 0..out.len() {
        let mut total = if first { 0.0 } else { out[x] };
        for s in 0..N {
            total += weights[s] * rows[s][x];
        }
        out[x] = total;
    }
    N
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_along_every_axis_is_its_definition() {
        let size = [7, 9, 8];
        let values = (0..size.iter().product::<usize>()).map(|x| ((x * 7919) % 101) as f64).collect();
        let block = Block { size, values };
        let at = |[i, j, k]: [usize; 3]| block.values[i + 7 * (j + 9 * k)];
        for (taps, dilation) in [(vec![1.0, -2.0, 0.5], 2), (vec![2.0], 1), (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 1)] {
            let kernel = Kernel { taps, origin: 0, dilation };
            for axis in 0..3 {
                let response = correlate(&block, axis, &kernel);
                for k in 0..response.size[2] {
                    for j in 0..response.size[1] {
                        for i in 0..response.size[0] {
                            let mut voxel = [i, j, k];
                            let mut truth = 0.0;
                            for tap in &kernel.taps {
                                truth += tap * at(voxel);
                                voxel[axis] += dilation;
                            }
                            assert_eq!(response.values[i + response.size[0] * (j + response.size[1] * k)], truth);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_convolution_has_its_middle_where_it_is_written() {
        let even = Kernel::convolution(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!((even.taps.as_slice(), even.origin), ([4.0, 3.0, 2.0, 1.0].as_slice(), 1));
        assert_eq!(even.flipped().origin, 2);
        assert_eq!(Kernel::convolution(&[1.0, 2.0, 3.0]).origin, 1);
    }
}
