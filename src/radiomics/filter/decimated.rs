//! Responses on a coarser grid: of every two voxels along an axis one is kept, level after level.

use crate::image::{BoundingBox, Grid, Volume};

use super::block::{Block, Source, asked};
use super::boundary::Boundary;
use super::convolve::Kernel;
use super::separable::Separable;

/// The grid whose voxels stand for `factor` voxels of `grid` along each axis, the first for the first ones; where the last has too few,
/// it reaches over the edge.
pub(super) fn coarser(grid: &Grid, factor: [usize; 3]) -> Grid {
    Grid {
        size: std::array::from_fn(|axis| grid.size[axis].div_ceil(factor[axis])),
        spacing: std::array::from_fn(|axis| grid.spacing[axis] * factor[axis] as f64),
        origin: grid.point(factor.map(|n| (n as f64 - 1.0) / 2.0)),
        direction: grid.direction,
    }
}

/// The coarser voxels that stand for any voxel of a box.
pub(crate) fn covering(place: &BoundingBox, factor: [usize; 3]) -> BoundingBox {
    BoundingBox {
        start: std::array::from_fn(|axis| place.start[axis] / factor[axis]),
        end: std::array::from_fn(|axis| place.end[axis].div_ceil(factor[axis])),
    }
}

/// The response to a chain of filters of an even number of taps, halved after each of them, in the coarser voxels of `place`.
///
/// A response belongs where its filter has its middle, which for an even number of taps is between two voxels. The kept ones are those
/// between the voxels 2n and 2n + 1, and so in the middle of the coarser voxel n; that holds for a filter and for the one turned over.
pub(super) fn halving(image: &Volume, chain: &[Separable], place: &BoundingBox, boundary: Boundary) -> Block {
    let halved = |step: &Separable, size: [usize; 3]| -> [usize; 3] {
        std::array::from_fn(|axis| if step.0[axis].is_some() { size[axis].div_ceil(2) } else { size[axis] })
    };
    // The sizes of the image before each step, and which part of it the steps ask for, found from the last step back to the first.
    let mut sizes = vec![image.grid.size];
    for step in chain {
        sizes.push(halved(step, sizes[sizes.len() - 1]));
    }
    let mut places = vec![*place];
    for (step, size) in chain.iter().zip(&sizes).skip(1).rev() {
        places.push(asked(&finer(step, &places[places.len() - 1]), step.reach(), *size, boundary));
    }
    places.reverse();
    let mut known: Option<(Block, BoundingBox)> = None;
    for ((step, size), place) in chain.iter().zip(&sizes).zip(places) {
        let source = match &known {
            None => Source::whole(image),
            Some((block, held)) => Source { values: &block.values, held: *held, extent: *size },
        };
        let response = step.apply(&source, &finer(step, &place), boundary);
        known = Some((kept(response, step), place));
    }
    known.map_or_else(|| Source::whole(image).cut(place.start.map(|at| at as isize), place.size(), boundary), |(block, _)| block)
}

/// Which response of each pair is kept: the second one of a filter that is turned over.
fn phase(kernel: &Kernel) -> usize {
    (kernel.origin + 1).saturating_sub(kernel.taps.len() / 2)
}

/// The voxels from the first to the last whose response is kept.
fn finer(step: &Separable, place: &BoundingBox) -> BoundingBox {
    let along = |axis: usize, at: usize| step.0[axis].as_ref().map_or(at, |kernel| 2 * at + phase(kernel));
    BoundingBox {
        start: std::array::from_fn(|axis| along(axis, place.start[axis])),
        end: std::array::from_fn(|axis| along(axis, place.end[axis] - 1) + 1),
    }
}

/// Every second voxel along the axes that the step filters, from the first.
fn kept(response: Block, step: &Separable) -> Block {
    let stride = [0, 1, 2].map(|axis| if step.0[axis].is_some() { 2 } else { 1 });
    let size: [usize; 3] = std::array::from_fn(|axis| response.size[axis].div_ceil(stride[axis]));
    let mut values = Vec::with_capacity(size.iter().product());
    for k in (0..response.size[2]).step_by(stride[2]) {
        for j in (0..response.size[1]).step_by(stride[1]) {
            let row = response.size[0] * (j + response.size[1] * k);
            values.extend(response.values[row..row + response.size[0]].iter().step_by(stride[0]));
        }
    }
    Block { size, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarser_voxel_lies_in_the_middle_of_those_it_stands_for() {
        let grid = Grid { origin: [10.0, -20.0, 5.0], ..Grid::plain([7, 4, 1], [0.5, 2.0, 3.0]) };
        let coarse = coarser(&grid, [4, 2, 1]);
        assert_eq!((coarse.size, coarse.spacing, coarse.origin), ([2, 2, 1], [2.0, 4.0, 3.0], [10.75, -19.0, 5.0]));
        let place = covering(&BoundingBox { start: [3, 1, 0], end: [5, 2, 1] }, [4, 2, 1]);
        assert_eq!((place.start, place.end), ([0, 0, 0], [2, 1, 1]));
    }

    #[test]
    fn haar_means_are_those_of_blocks_of_eight_voxels() {
        let grid = Grid::plain([6, 4, 2], [1.0; 3]);
        let image = Volume::new(grid.clone(), (0..48).map(|x| ((x * 31) % 17) as f64).collect());
        let low = Some(Kernel::convolution(&[0.5, 0.5]));
        let step = Separable([low.clone(), low.clone(), low]);
        let place = covering(&grid.whole(), [2; 3]);
        for turned in [step.clone(), Separable(step.0.clone().map(|kernel| kernel.map(|kernel| kernel.flipped())))] {
            let means = halving(&image, &[turned], &place, Boundary::Zero);
            assert_eq!(means.size, [3, 2, 1]);
            for (at, mean) in means.values.iter().enumerate() {
                let corner = [2 * (at % 3), 2 * (at / 3), 0];
                let block = (0..8).map(|n| image.values[grid.at([corner[0] + n % 2, corner[1] + n / 2 % 2, n / 4])]);
                assert!((mean - block.sum::<f64>() / 8.0).abs() < 1e-12);
            }
        }
    }
}
