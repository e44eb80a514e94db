//! Exact Euclidean distance to a region, in mm, on grids of any spacing.

use crate::image::{Grid, Mask, Volume};

/// Distance of every voxel's centre to the nearest voxel centre of the region, in mm: 0 inside. `None` for an empty region.
///
/// # Definition
/// D(x) = min over y in the region of ‖S (x − y)‖ with S the voxel spacing (axes are taken as orthogonal). One axis after the other, the lower
/// envelope of the parabolas that the voxels of a line carry; linear time.
///
/// # Reference
/// Felzenszwalb and Huttenlocher, Theory Comput 2012;8:415.
pub fn distance(mask: &Mask) -> Option<Volume> {
    mask.inside.contains(&true).then(|| {
        let squared = squared_distance(&mask.grid, |at| mask.inside[at]);
        Volume::new(mask.grid.clone(), squared.into_iter().map(f64::sqrt).collect())
    })
}

/// Distance to the region's edge in mm, negative inside: outside as [`distance`], inside minus the distance to the nearest voxel centre
/// outside. Neither is ever 0; the edge runs between them. `None` where one of the two is empty.
pub fn signed_distance(mask: &Mask) -> Option<Volume> {
    if !(mask.inside.contains(&true) && mask.inside.contains(&false)) {
        return None;
    }
    let outside = squared_distance(&mask.grid, |at| mask.inside[at]);
    let inside = squared_distance(&mask.grid, |at| !mask.inside[at]);
    let values = outside.into_iter().zip(inside).map(|(out, deep)| out.sqrt() - deep.sqrt()).collect();
    Some(Volume::new(mask.grid.clone(), values))
}

/// Squared distance in mm² of every voxel to the nearest of the given ones; infinite where there is none.
pub fn squared_distance(grid: &Grid, is_site: impl Fn(usize) -> bool) -> Vec<f64> {
    let [nx, ny, nz] = grid.size;
    let mut field: Vec<f64> = (0..grid.voxels()).map(|at| if is_site(at) { 0.0 } else { f64::INFINITY }).collect();
    if field.is_empty() {
        return field;
    }
    for line in field.chunks_exact_mut(nx) {
        along_line(line, grid.spacing[0]);
    }
    let mut envelope = Envelope::default();
    for plane in field.chunks_exact_mut(nx * ny) {
        envelope.along_rows(plane, ny, nx, grid.spacing[1]);
    }
    envelope.along_rows(&mut field, nz, nx * ny, grid.spacing[2]);
    field
}

/// The first axis: the nearest site behind and ahead.
fn along_line(line: &mut [f64], spacing: f64) {
    let mut steps = f64::INFINITY;
    for value in line.iter_mut() {
        steps = if *value == 0.0 { 0.0 } else { steps + 1.0 };
        *value = steps;
    }
    steps = f64::INFINITY;
    for value in line.iter_mut().rev() {
        steps = if *value == 0.0 { 0.0 } else { steps + 1.0 };
        let nearest = spacing * value.min(steps);
        *value = nearest * nearest;
    }
}

/// Working memory of the lower envelope of parabolas.
#[derive(Default)]
struct Envelope {
    height: Vec<f64>,
    apex: Vec<usize>,
    from: Vec<f64>,
}

impl Envelope {
    /// Along the rows of a block of `length` rows of `inner` values.
    fn along_rows(&mut self, block: &mut [f64], length: usize, inner: usize, spacing: f64) {
        if length < 2 {
            return;
        }
        // Columns are taken and put back several at a time, so that a row's stretch of memory is used whole.
        const ABREAST: usize = 16;
        let mut columns = vec![0.0; ABREAST * length];
        for first in (0..inner).step_by(ABREAST) {
            let width = ABREAST.min(inner - first);
            for (k, row) in block.chunks_exact(inner).enumerate() {
                row[first..first + width].iter().enumerate().for_each(|(n, value)| columns[n * length + k] = *value);
            }
            for column in columns.chunks_exact_mut(length).take(width) {
                self.along_column(column, spacing);
            }
            for (k, row) in block.chunks_exact_mut(inner).enumerate() {
                row[first..first + width].iter_mut().enumerate().for_each(|(n, value)| *value = columns[n * length + k]);
            }
        }
    }

    fn along_column(&mut self, column: &mut [f64], spacing: f64) {
        self.height.clear();
        self.height.extend_from_slice(column);
        if self.build(spacing) {
            let mut piece = 0;
            for (k, value) in column.iter_mut().enumerate() {
                while piece + 1 < self.from.len() && self.from[piece + 1] < k as f64 {
                    piece += 1;
                }
                let apex = self.apex[piece];
                let steps = spacing * (k as f64 - apex as f64);
                *value = steps * steps + self.height[apex];
            }
        }
    }

    /// Which parabolas make the envelope, and where each begins; false when there is none.
    fn build(&mut self, spacing: f64) -> bool {
        let per_unit = 1.0 / (spacing * spacing);
        self.apex.clear();
        self.from.clear();
        for (k, height) in self.height.iter().enumerate().filter(|(_, height)| height.is_finite()) {
            let mut begin = f64::NEG_INFINITY;
            while let (Some(&last), Some(&its_begin)) = (self.apex.last(), self.from.last()) {
                // Where the new parabola falls below the last one.
                begin = 0.5 * ((height - self.height[last]) * per_unit / (k - last) as f64 + (k + last) as f64);
                if begin > its_begin {
                    break;
                }
                self.apex.pop();
                self.from.pop();
                begin = f64::NEG_INFINITY;
            }
            self.apex.push(k);
            self.from.push(begin);
        }
        !self.apex.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_everything() {
        let grid = Grid::plain([3, 2, 1], [1.0; 3]);
        assert!(distance(&Mask::new(grid.clone(), vec![false; 6])).is_none());
        let full = Mask::new(grid, vec![true; 6]);
        assert!(signed_distance(&full).is_none());
        assert!(distance(&full).unwrap().values.iter().all(|d| *d == 0.0));
        assert!(squared_distance(&Grid::plain([0, 4, 4], [1.0; 3]), |_| true).is_empty());
    }

    #[test]
    fn from_one_voxel() {
        let grid = Grid::plain([5, 4, 3], [0.5, 2.0, 3.0]);
        let mut inside = vec![false; 60];
        inside[grid.at([1, 2, 0])] = true;
        let field = distance(&Mask::new(grid.clone(), inside)).unwrap();
        let expected = (0.5f64 * 3.0).hypot(2.0 * 2.0).hypot(3.0 * 2.0);
        assert!((field.values[grid.at([4, 0, 2])] - expected).abs() < 1e-12);
    }
}
