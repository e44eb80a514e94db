//! Labelled regions as a file stores them: a whole number per voxel, zero outside.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::image::grid::Grid;
use crate::image::mask::{BoundingBox, Mask};

/// Which voxels of a label image form the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The voxels of this value.
    Value(i32),
    /// Every voxel that is not zero.
    AnyNonzero,
}

impl Label {
    fn takes(self, value: i32) -> bool {
        match self {
            Label::Value(wanted) => value == wanted,
            Label::AnyNonzero => value != 0,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Value(value) => write!(f, "label {value}"),
            Label::AnyNonzero => write!(f, "any label"),
        }
    }
}

/// Neighbouring voxels (in memory order, possibly over the end of a row) of one value other than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Voxels between the end of the last run and this one.
    gap: u32,
    length: u32,
    value: i32,
}

/// Runs that are held in one piece of memory.
const PIECE: usize = 4096;

/// A label image, kept as runs of equal values: a lesion in a large volume takes kilobytes, not the volume's size. An image that was taken
/// for a mask, where every voxel is a run of its own, takes no more than half as much again as its numbers would: pieces never move.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Where the voxels lie.
    pub grid: Grid,
    runs: Vec<Vec<Run>>,
    /// The voxel after the last run.
    end: usize,
}

/// A region cut out of its image: membership within the smallest box (widened where asked), and where that box lies.
#[derive(Debug, Clone, PartialEq)]
pub struct CroppedMask {
    /// The grid of the whole image.
    pub full: Grid,
    /// The box within the whole image.
    pub bounds: BoundingBox,
    /// The region on the grid of the box.
    pub mask: Mask,
}

impl Labels {
    /// An image without any label so far; values follow by [`Labels::push`] in memory order.
    pub(crate) fn empty(grid: Grid) -> Self {
        Labels { grid, runs: Vec::new(), end: 0 }
    }

    /// A label image of one value per voxel, axis i fastest.
    ///
    /// # Panics
    /// If the number of values is not the number of voxels: a fault of the caller, never of a file.
    pub fn from_values(grid: Grid, values: &[i32]) -> Self {
        assert_eq!(grid.voxels(), values.len(), "one value per voxel");
        let mut labels = Labels::empty(grid);
        for (at, value) in values.iter().enumerate() {
            labels.push(at, *value);
        }
        labels
    }

    /// Sets voxel `at`, which lies beyond all that were set before.
    #[inline]
    pub(crate) fn push(&mut self, at: usize, value: i32) {
        if value == 0 {
            return;
        }
        let last = self.runs.last_mut().and_then(|piece| piece.last_mut());
        if let Some(run) = last.filter(|run| run.value == value && self.end == at && run.length < u32::MAX) {
            run.length += 1;
        } else {
            while at - self.end > u32::MAX as usize {
                self.append(Run { gap: u32::MAX, length: 0, value: 0 });
                self.end += u32::MAX as usize;
            }
            self.append(Run { gap: (at - self.end) as u32, length: 1, value });
        }
        self.end = at + 1;
    }

    fn append(&mut self, run: Run) {
        match self.runs.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(run),
            _ => self.runs.push(vec![run]),
        }
    }

    /// Each run's voxels and value.
    fn runs(&self) -> impl Iterator<Item = (Range<usize>, i32)> + '_ {
        let mut end = 0;
        self.runs.iter().flatten().map(move |run| {
            let start = end + run.gap as usize;
            end = start + run.length as usize;
            (start..end, run.value)
        })
    }

    /// The values that occur, zero apart, with their number of voxels.
    pub fn values(&self) -> BTreeMap<i32, usize> {
        let mut count = BTreeMap::new();
        for (voxels, value) in self.runs().filter(|(voxels, _)| !voxels.is_empty()) {
            *count.entry(value).or_insert(0) += voxels.len();
        }
        count
    }

    /// What the image holds, for a message: "1 (2,345 voxels), 2 (17 voxels)".
    pub fn describe(&self) -> String {
        let values = self.values();
        if values.is_empty() {
            return "no label at all: every voxel is zero".into();
        }
        let mut words: Vec<String> = values.iter().take(12).map(|(value, count)| format!("{value} ({count} voxels)")).collect();
        if values.len() > 12 {
            words.push(format!("and {} more", values.len() - 12));
        }
        format!("the labels {}", words.join(", "))
    }

    /// The value of every voxel, axis i fastest.
    pub fn to_values(&self) -> Vec<i32> {
        let mut values = vec![0; self.grid.voxels()];
        for (voxels, value) in self.runs() {
            values[voxels].fill(value);
        }
        values
    }

    fn runs_of(&self, label: Label) -> impl Iterator<Item = Range<usize>> + '_ {
        self.runs().filter(move |(voxels, value)| !voxels.is_empty() && label.takes(*value)).map(|(voxels, _)| voxels)
    }

    /// Row pieces `(i range, j, k)` of the region.
    fn pieces(&self, label: Label) -> impl Iterator<Item = (Range<usize>, usize, usize)> + '_ {
        let [nx, ny, _] = self.grid.size;
        self.runs_of(label).flat_map(move |Range { start, end }| {
            (start / nx..end.div_ceil(nx)).map(move |row| {
                let first = start.max(row * nx) - row * nx;
                let last = end.min((row + 1) * nx) - row * nx;
                (first..last, row % ny, row / ny)
            })
        })
    }

    /// The smallest box around the region; `None` when the label does not occur.
    pub fn bounding_box(&self, label: Label) -> Option<BoundingBox> {
        let (mut start, mut end) = ([usize::MAX; 3], [0; 3]);
        for (along, j, k) in self.pieces(label) {
            for (axis, (low, high)) in [(along.start, along.end), (j, j + 1), (k, k + 1)].into_iter().enumerate() {
                start[axis] = start[axis].min(low);
                end[axis] = end[axis].max(high);
            }
        }
        (end[0] > 0).then_some(BoundingBox { start, end })
    }

    /// The region on the whole grid; `None` when the label does not occur.
    pub fn mask(&self, label: Label) -> Option<Mask> {
        let mut inside = vec![false; self.grid.voxels()];
        let mut any = false;
        for voxels in self.runs_of(label) {
            inside[voxels].fill(true);
            any = true;
        }
        any.then(|| Mask::new(self.grid.clone(), inside))
    }

    /// The region on its smallest box, widened by `margin` voxels on every side as far as the image goes; `None` when the label
    /// does not occur.
    pub fn cropped(&self, label: Label, margin: usize) -> Option<CroppedMask> {
        let bounds = self.bounding_box(label)?.grown([margin; 3], self.grid.size);
        let part = self.grid.part(&bounds);
        let mut inside = vec![false; part.voxels()];
        for (along, j, k) in self.pieces(label) {
            let row = part.at([along.start - bounds.start[0], j - bounds.start[1], k - bounds.start[2]]);
            inside[row..row + along.len()].fill(true);
        }
        Some(CroppedMask { full: self.grid.clone(), bounds, mask: Mask::new(part, inside) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(size: [usize; 3], labelled: &[([usize; 3], i32)]) -> Labels {
        let grid = Grid::plain(size, [1.0, 2.0, 3.0]);
        let mut values = vec![0; grid.voxels()];
        for (voxel, value) in labelled {
            values[grid.at(*voxel)] = *value;
        }
        Labels::from_values(grid, &values)
    }

    #[test]
    fn runs_hold_what_was_put_in() {
        let labels = plain([4, 3, 2], &[([3, 0, 0], 1), ([0, 1, 0], 1), ([1, 1, 0], 2), ([2, 2, 1], 7)]);
        assert_eq!(labels.values(), BTreeMap::from([(1, 2), (2, 1), (7, 1)]));
        assert_eq!(Labels::from_values(labels.grid.clone(), &labels.to_values()), labels);
        // A run that goes over the end of a row is one run, and two pieces.
        assert_eq!(labels.runs().next(), Some((3..5, 1)));
        assert_eq!(labels.bounding_box(Label::Value(1)), Some(BoundingBox { start: [0, 0, 0], end: [4, 2, 1] }));
        assert_eq!(labels.mask(Label::AnyNonzero).map(|mask| mask.count()), Some(4));
        assert_eq!(labels.mask(Label::Value(3)), None);
    }

    #[test]
    fn the_cropped_region_is_the_whole_one_seen_through_its_box() {
        let labels = plain([6, 5, 4], &[([2, 1, 1], 1), ([3, 1, 1], 1), ([4, 3, 2], 1), ([0, 0, 0], 2)]);
        for margin in 0..3 {
            let whole = labels.mask(Label::Value(1)).unwrap();
            let cut = labels.cropped(Label::Value(1), margin).unwrap();
            assert_eq!(cut.mask.count(), whole.count());
            for k in 0..cut.mask.grid.size[2] {
                for j in 0..cut.mask.grid.size[1] {
                    for i in 0..cut.mask.grid.size[0] {
                        let [a, b, c] = cut.bounds.start;
                        let inside = whole.inside[whole.grid.at([i + a, j + b, k + c])];
                        assert_eq!(cut.mask.inside[cut.mask.grid.at([i, j, k])], inside);
                        let (here, there) = ([i, j, k], [i + a, j + b, k + c]);
                        assert_eq!(cut.mask.grid.point(here.map(|n| n as f64)), whole.grid.point(there.map(|n| n as f64)));
                    }
                }
            }
        }
    }

    #[test]
    fn an_image_taken_for_a_mask_takes_twelve_bytes_a_voxel() {
        let grid = Grid::plain([100, 100, 3], [1.0; 3]);
        let values: Vec<i32> = (0..30_000).map(|n| n % 7 + 1).collect();
        let labels = Labels::from_values(grid, &values);
        assert_eq!(labels.to_values(), values);
        assert_eq!((size_of::<Run>(), labels.runs.len()), (12, 30_000usize.div_ceil(PIECE)));
        assert!(labels.runs.iter().all(|piece| piece.capacity() <= PIECE));
    }

    #[test]
    fn an_image_without_labels_says_so() {
        let labels = plain([2, 2, 1], &[]);
        assert!(labels.cropped(Label::AnyNonzero, 1).is_none());
        assert!(labels.describe().contains("every voxel is zero"));
    }
}
