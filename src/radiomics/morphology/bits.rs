//! A region as bits: 64 voxels of a row at once tell where its surface runs.

use crate::image::BoundingBox;

/// The voxels of a region in the smallest box around it, with one layer of background on every side; a bit per voxel.
#[derive(Debug, Clone)]
pub(crate) struct BitGrid {
    /// Voxels along i, j, k, background layers included.
    pub size: [usize; 3],
    words: usize,
    rows: Vec<u64>,
}

impl BitGrid {
    /// The region `inside` of a block of `size` voxels; `None` when it is empty.
    pub fn new(size: [usize; 3], inside: &[bool]) -> Option<BitGrid> {
        let around = BoundingBox::around(size, inside)?;
        let padded = around.size().map(|n| n + 2);
        // One word more than needed: the right neighbour of a row's last word is there to be read.
        let words = padded[0].div_ceil(64) + 1;
        let mut rows = vec![0u64; words * padded[1] * padded[2]];
        for k in around.start[2]..around.end[2] {
            for j in around.start[1]..around.end[1] {
                let first = around.start[0] + size[0] * (j + size[1] * k);
                let row = (j - around.start[1] + 1) + padded[1] * (k - around.start[2] + 1);
                let target = &mut rows[words * row..words * (row + 1)];
                for (at, inside) in inside[first..first + padded[0] - 2].iter().enumerate() {
                    target[(at + 1) / 64] |= u64::from(*inside) << ((at + 1) % 64);
                }
            }
        }
        Some(BitGrid { size: padded, words, rows })
    }

    /// The row (j, k); its last word is empty.
    #[inline]
    pub fn row(&self, j: usize, k: usize) -> &[u64] {
        let first = self.words * (j + self.size[1] * k);
        &self.rows[first..first + self.words]
    }
}

/// A word of the row moved one voxel down: bit i is voxel i + 1.
#[inline]
pub(crate) fn next_voxel(row: &[u64], word: usize) -> u64 {
    row[word] >> 1 | row.get(word + 1).map_or(0, |next| next << 63)
}

/// Positions of the bits that are set.
#[inline]
pub(crate) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let at = word.trailing_zeros() as usize;
            word &= word - 1;
            at
        })
    })
}
