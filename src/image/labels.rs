//! Labelled regions as a file stores them: a whole number per voxel, zero outside.

use std::collections::BTreeMap;
use std::fmt;

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
    start: usize,
    length: usize,
    value: i32,
}

/// A label image, kept as runs of equal values: a lesion in a large volume takes kilobytes, not the volume's size.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Where the voxels lie.
    pub grid: Grid,
    runs: Vec<Run>,
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
        Labels { grid, runs: Vec::new() }
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
        match self.runs.last_mut() {
            Some(run) if run.value == value && run.start + run.length == at => run.length += 1,
            _ => self.runs.push(Run { start: at, length: 1, value }),
        }
    }

    /// The values that occur, zero apart, with their number of voxels.
    pub fn values(&self) -> BTreeMap<i32, usize> {
        let mut count = BTreeMap::new();
        for run in &self.runs {
            *count.entry(run.value).or_insert(0) += run.length;
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
        for run in &self.runs {
            values[run.start..run.start + run.length].fill(run.value);
        }
        values
    }

    /// Row pieces `(i range, j, k)` of the region.
    fn pieces(&self, label: Label) -> impl Iterator<Item = (std::ops::Range<usize>, usize, usize)> + '_ {
        let [nx, ny, _] = self.grid.size;
        self.runs.iter().filter(move |run| label.takes(run.value)).flat_map(move |run| {
            let end = run.start + run.length;
            (run.start / nx..end.div_ceil(nx)).map(move |row| {
                let first = run.start.max(row * nx) - row * nx;
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
        for run in self.runs.iter().filter(|run| label.takes(run.value)) {
            inside[run.start..run.start + run.length].fill(true);
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
        assert_eq!(labels.runs[0], Run { start: 3, length: 2, value: 1 });
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
    fn an_image_without_labels_says_so() {
        let labels = plain([2, 2, 1], &[]);
        assert!(labels.cropped(Label::AnyNonzero, 1).is_none());
        assert!(labels.describe().contains("every voxel is zero"));
    }
}
