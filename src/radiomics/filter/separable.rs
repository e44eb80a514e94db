//! Filters that are a kernel along i, one along j and one along k.

use crate::image::BoundingBox;

use super::block::{Block, Source, extent};
use super::boundary::Boundary;
use super::convolve::{Kernel, correlate};

/// One kernel for each axis; `None` leaves the axis as it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Separable(pub [Option<Kernel>; 3]);

impl Separable {
    /// Voxels needed before and after a voxel along each axis.
    pub fn reach(&self) -> [[usize; 2]; 3] {
        std::array::from_fn(|axis| self.0[axis].as_ref().map_or([0, 0], Kernel::reach))
    }

    /// The response in `place`.
    pub fn apply(&self, source: &Source, place: &BoundingBox, boundary: Boundary) -> Block {
        let reach = self.reach();
        let start = std::array::from_fn(|axis| place.start[axis] as isize - reach[axis][0] as isize);
        let inside = extent(place);
        let size = std::array::from_fn(|axis| inside[axis] + reach[axis][0] + reach[axis][1]);
        let mut response = source.cut(start, size, boundary);
        for (axis, kernel) in self.0.iter().enumerate() {
            if let Some(kernel) = kernel {
                response = correlate(&response, axis, kernel);
            }
        }
        response
    }

    /// The same with holes in every kernel.
    pub fn dilated(&self, dilation: usize) -> Self {
        Separable(self.0.clone().map(|kernel| kernel.map(|kernel| kernel.dilated(dilation))))
    }
}

/// The larger of what is needed before and after: the margin of a filter along each axis.
pub(super) fn margin(reach: [[usize; 2]; 3]) -> [usize; 3] {
    reach.map(|[before, after]| before.max(after))
}
