//! The part of a grid near a lesion: work is done there, the result is spread over the whole grid again.

use crate::image::resample::window_around;
use crate::image::{Grid, Mask};

pub(super) struct Near<'a> {
    /// The part.
    pub grid: Grid,
    whole: &'a Grid,
    start: [usize; 3],
}

impl<'a> Near<'a> {
    /// The lesion's bounding box and `margin` mm around it; `None` for an empty lesion.
    pub fn around(lesion: &'a Mask, margin: f64) -> Option<Near<'a>> {
        let window = window_around(lesion, &lesion.grid, margin)?;
        Some(Near { grid: lesion.grid.part(&window), whole: &lesion.grid, start: window.start })
    }

    /// Where, in the whole grid's memory, voxel `at` of the part lies.
    #[inline]
    pub fn source(&self, at: usize) -> usize {
        let [nx, ny, _] = self.grid.size;
        let index = [at % nx, at / nx % ny, at / (nx * ny)];
        self.whole.at(std::array::from_fn(|axis| index[axis] + self.start[axis]))
    }

    /// A mask of the whole grid from membership in the part.
    pub fn spread(&self, inside: &[bool]) -> Mask {
        let mut whole = vec![false; self.whole.voxels()];
        for (at, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
            whole[self.source(at)] = true;
        }
        Mask::new(self.whole.clone(), whole)
    }
}
