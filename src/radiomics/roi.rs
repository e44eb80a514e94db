//! The region of interest as every feature family reads it: image and masks cropped to a box around the region.

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Mask, Volume};
use crate::radiomics::filter::covering;

/// A region of interest: the box of the image that holds it, and which of its voxels count.
///
/// IBSI keeps two masks. The *morphological* mask is the outline as drawn and gives the shape; the *intensity* mask may have lost
/// voxels by re-segmentation and gives everything that depends on grey levels. They start out equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Roi {
    /// Voxels of the box along i (fastest), j, k.
    pub size: [usize; 3],
    /// Distance of neighbouring voxel centres along i, j, k, in mm.
    pub spacing: [f64; 3],
    /// The box's first voxel in the image.
    pub start: [usize; 3],
    /// Intensities of the box.
    pub intensity: Vec<f64>,
    /// Intensity mask.
    pub inside: Vec<bool>,
    /// Morphological mask.
    pub morphology: Vec<bool>,
}

impl Roi {
    /// The region `mask` of `image`, with `margin` voxels of surrounding image on every side as far as the image reaches.
    ///
    /// # Errors
    /// [`Error::Study`] when image and mask lie on different grids, when the region is empty or a single voxel, or when an intensity
    /// in it is not a finite number.
    pub fn new(image: &Volume, mask: &Mask, margin: [usize; 3]) -> Result<Roi> {
        let (grid, other) = (&image.grid, &mask.grid);
        if !grid.agrees_with(other) {
            return Err(Error::study(format_args!(
                "image and mask lie on different grids: the image has {:?} voxels of {:?} mm from {:?}, the mask {:?} of {:?} mm from {:?}",
                grid.size, grid.spacing, grid.origin, other.size, other.spacing, other.origin
            )));
        }
        let around = mask.bounding_box().ok_or_else(|| Error::study("the region is empty: its mask holds no voxel"))?;
        let with_margin = around.grown(margin, grid.size);
        let inside = with_margin.crop(grid.size, &mask.inside);
        let roi = Roi {
            size: with_margin.size(),
            spacing: grid.spacing,
            start: with_margin.start,
            intensity: with_margin.crop(grid.size, &image.values),
            morphology: inside.clone(),
            inside,
        };
        roi.checked()
    }

    /// The region itself, if features can be computed of it.
    pub(crate) fn checked(self) -> Result<Roi> {
        if self.voxels() < 2 {
            return Err(Error::study(format_args!(
                "the region has {} voxel{}; features need at least two",
                self.voxels(),
                if self.voxels() == 1 { "" } else { "s" }
            )));
        }
        match self.inside.iter().zip(&self.intensity).position(|(inside, value)| *inside && !value.is_finite()) {
            None => Ok(self),
            Some(at) => {
                let [i, j, k] = self.voxel(at);
                let [i, j, k] = [i + self.start[0], j + self.start[1], k + self.start[2]];
                Err(Error::study(format_args!("the image is {} at voxel ({i}, {j}, {k}), inside the region", self.intensity[at])))
            }
        }
    }

    /// Number of voxels in the intensity mask.
    pub fn voxels(&self) -> usize {
        self.inside.iter().map(|inside| usize::from(*inside)).sum()
    }

    /// Index along i, j, k of a position in memory.
    #[inline]
    pub fn voxel(&self, at: usize) -> [usize; 3] {
        let [nx, ny, _] = self.size;
        [at % nx, at / nx % ny, at / (nx * ny)]
    }

    /// Volume of one voxel in mm³.
    pub fn voxel_volume(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// The region on a coarser grid, whose voxels stand for `factor` of these along each axis, in the box that covers this one, with the
    /// `intensity` that it has there.
    ///
    /// # Definition
    /// A coarse voxel belongs where at least half of the voxels it stands for do, of those that lie in the `image`; for both masks.
    pub(crate) fn on_coarser_grid(&self, factor: [usize; 3], image: [usize; 3], intensity: Vec<f64>) -> Roi {
        let box_of = BoundingBox { start: self.start, end: std::array::from_fn(|axis| self.start[axis] + self.size[axis]) };
        let coarse = covering(&box_of, factor);
        let size = coarse.size();
        let mut counts = vec![[0usize; 2]; size.iter().product()];
        for at in 0..self.inside.len() {
            let voxel = self.voxel(at);
            let [i, j, k] = std::array::from_fn(|axis| (self.start[axis] + voxel[axis]) / factor[axis] - coarse.start[axis]);
            let [inside, morphology] = &mut counts[i + size[0] * (j + size[1] * k)];
            *inside += usize::from(self.inside[at]);
            *morphology += usize::from(self.morphology[at]);
        }
        let there = |axis: usize, at: usize| {
            let first = (coarse.start[axis] + at) * factor[axis];
            factor[axis].min(image[axis] - first)
        };
        let roi = Roi {
            size,
            spacing: std::array::from_fn(|axis| self.spacing[axis] * factor[axis] as f64),
            start: coarse.start,
            intensity,
            inside: Vec::new(),
            morphology: Vec::new(),
        };
        let whole = |at: usize| {
            let [i, j, k] = roi.voxel(at);
            there(0, i) * there(1, j) * there(2, k)
        };
        let half = |mask: usize| counts.iter().enumerate().map(|(at, count)| 2 * count[mask] >= whole(at)).collect();
        Roi { inside: half(0), morphology: half(1), ..roi }
    }

    /// Intensities inside the intensity mask, in the order of memory.
    pub fn values(&self) -> Vec<f64> {
        self.pick(&self.intensity)
    }

    /// What `block`, one number per voxel of the box, holds inside the intensity mask.
    pub(crate) fn pick(&self, block: &[f64]) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.voxels());
        for (inside, value) in self.inside.chunks_exact(self.size[0]).zip(block.chunks_exact(self.size[0])) {
            values.extend(inside.iter().zip(value).filter(|(inside, _)| **inside).map(|(_, value)| *value));
        }
        values
    }

    /// The same region in the smallest box around its intensity mask; the morphological mask is cropped with it.
    ///
    /// # Errors
    /// [`Error::Study`] when the intensity mask is empty.
    pub fn tight(&self) -> Result<Roi> {
        let around = BoundingBox::around(self.size, &self.inside)
            .ok_or_else(|| Error::study("no voxel of the region is left after re-segmentation"))?;
        if around.size() == self.size {
            return Ok(self.clone());
        }
        Ok(Roi {
            size: around.size(),
            spacing: self.spacing,
            start: std::array::from_fn(|axis| self.start[axis] + around.start[axis]),
            intensity: around.crop(self.size, &self.intensity),
            inside: around.crop(self.size, &self.inside),
            morphology: around.crop(self.size, &self.morphology),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    fn case(inside: &[usize]) -> (Volume, Mask) {
        let grid = Grid::plain([4, 3, 2], [1.0, 2.0, 3.0]);
        let mask = Mask::new(grid.clone(), (0..24).map(|at| inside.contains(&at)).collect());
        (Volume::new(grid, (0..24).map(f64::from).collect()), mask)
    }

    #[test]
    fn the_box_is_tight_and_keeps_the_order_of_memory() {
        let (image, mask) = case(&[5, 18]);
        let roi = Roi::new(&image, &mask, [0; 3]).unwrap();
        assert_eq!((roi.size, roi.start), ([2, 1, 2], [1, 1, 0]));
        assert_eq!(roi.intensity, [5.0, 6.0, 17.0, 18.0]);
        assert_eq!(roi.values(), [5.0, 18.0]);
    }

    #[test]
    fn the_margin_stops_at_the_edge_of_the_image_and_can_be_cropped_away() {
        let (image, mask) = case(&[5, 18]);
        let roi = Roi::new(&image, &mask, [1; 3]).unwrap();
        assert_eq!((roi.size, roi.start), ([4, 3, 2], [0, 0, 0]));
        assert_eq!(roi.tight().unwrap(), Roi::new(&image, &mask, [0; 3]).unwrap());
    }

    #[test]
    fn half_of_a_coarse_voxel_is_enough() {
        let grid = Grid::plain([5, 4, 1], [1.0, 1.5, 2.0]);
        // Two of the four of one block, one of another's four, and one of the two that the last column has in the image.
        let inside: Vec<bool> = (0..20).map(|at| [6, 11, 2, 9].contains(&at)).collect();
        let image = Volume::new(grid.clone(), vec![1.0; 20]);
        let roi = Roi::new(&image, &Mask::new(grid.clone(), inside), [0; 3]).unwrap();
        assert_eq!((roi.start, roi.size), ([1, 0, 0], [4, 3, 1]));
        let coarse = roi.on_coarser_grid([2, 2, 1], grid.size, vec![0.5; 6]);
        assert_eq!((coarse.start, coarse.size, coarse.spacing), ([0, 0, 0], [3, 2, 1], [2.0, 3.0, 2.0]));
        assert_eq!(coarse.inside, [false, false, true, false, false, false]);
        let more: Vec<bool> = (0..20).map(|at| [6, 1, 11, 2, 9].contains(&at)).collect();
        let roi = Roi::new(&image, &Mask::new(grid.clone(), more), [0; 3]).unwrap();
        let coarse = roi.on_coarser_grid([2, 2, 1], grid.size, vec![0.5; 6]);
        assert_eq!(coarse.inside, [true, false, true, false, false, false]);
        assert_eq!(coarse.morphology, coarse.inside);
    }

    #[test]
    fn regions_without_features_are_refused_with_the_reason() {
        let said = |image: &Volume, mask: &Mask| Roi::new(image, mask, [0; 3]).unwrap_err().to_string();
        let (image, empty) = case(&[]);
        assert!(said(&image, &empty).contains("empty"));
        let (_, single) = case(&[7]);
        assert!(said(&image, &single).contains("1 voxel;"));
        let (mut broken, pair) = case(&[5, 18]);
        broken.values[18] = f64::NAN;
        assert!(said(&broken, &pair).contains("NaN at voxel (2, 1, 1)"));
        let moved = Mask::new(Grid { origin: [0.0, 0.0, 9.0], ..pair.grid.clone() }, pair.inside.clone());
        assert!(said(&image, &moved).contains("different grids"));
    }
}
