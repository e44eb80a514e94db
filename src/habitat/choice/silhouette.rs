//! Silhouettes: whether voxels lie nearer to their own habitat than to the next.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::habitat::nearest::squared_distances;
use crate::habitat::vectors::Vectors;

/// Vectors whose sums over all groups of all partitions stay in the cache together.
const TILE: usize = 128;

/// Mean silhouettes of several partitions of the same vectors.
///
/// # Definition
/// s = (b − a) / max(a, b) of every vector, a its mean distance from the others of its group, b the least mean distance from
/// another group; 0 in a group of one. The mean over all vectors. `None` for fewer than two groups, or as many groups as vectors.
/// The time grows with the square of the number of vectors: pass a sample. All distances are computed once, whatever the number
/// of partitions.
///
/// # Errors
/// [`Error::Study`] where the labels are not as many as the vectors.
///
/// # Reference
/// Rousseeuw, J Comput Appl Math 1987;20:53.
pub fn silhouettes(vectors: &Vectors, partitions: &[Vec<u16>]) -> Result<Vec<Option<f64>>> {
    let count = vectors.count();
    if let Some(labels) = partitions.iter().find(|labels| labels.len() != count) {
        return Err(Error::study(format!("{} labels for {count} vectors", labels.len())));
    }
    let sizes: Vec<Vec<usize>> = partitions.iter().map(|labels| sizes(labels)).collect();
    let groups: usize = sizes.iter().map(Vec::len).sum();
    let first: Vec<usize> = sizes.iter().scan(0, |sum, sizes| Some(std::mem::replace(sum, *sum + sizes.len()))).collect();
    let points: Vec<Vec<f64>> = (0..count).map(|row| vectors.row(row)).collect();
    let tiles: Vec<usize> = (0..count).step_by(TILE).collect();
    let tile_sums = |start: &usize| {
        let width = TILE.min(count - start);
        let tile: Vec<&[f64]> = (0..vectors.maps()).map(|map| &vectors.map(map)[*start..start + width]).collect();
        let mut sums = vec![[0.0; TILE]; groups];
        Arch::new().dispatch(ByGroup { points: &points, tile: &tile, width, partitions, first: &first, sums: &mut sums });
        let mean = |(n, labels): (usize, &Vec<u16>)| {
            let widths = |at: usize| one_silhouette(&sums[first[n]..], at, usize::from(labels[start + at]), &sizes[n]);
            (0..width).map(widths).sum::<f64>()
        };
        partitions.iter().enumerate().map(mean).collect::<Vec<f64>>()
    };
    let by_tile: Vec<Vec<f64>> = tiles.par_iter().map(tile_sums).collect();
    let mean = |n: usize| {
        let groups = sizes[n].iter().filter(|size| **size > 0).count();
        (groups > 1 && groups < count).then(|| by_tile.iter().map(|tile| tile[n]).sum::<f64>() / count as f64)
    };
    Ok((0..partitions.len()).map(mean).collect())
}

fn sizes(labels: &[u16]) -> Vec<usize> {
    let mut sizes = vec![0; labels.iter().max().map_or(0, |most| usize::from(*most) + 1)];
    labels.iter().for_each(|label| sizes[usize::from(*label)] += 1);
    sizes
}

/// For every vector of a tile the sums of its distances from each group of each partition.
struct ByGroup<'a> {
    points: &'a [Vec<f64>],
    tile: &'a [&'a [f64]],
    width: usize,
    partitions: &'a [Vec<u16>],
    first: &'a [usize],
    sums: &'a mut [[f64; TILE]],
}

impl WithSimd for ByGroup<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut distance = [0.0; TILE];
        for (at, point) in self.points.iter().enumerate() {
            squared_distances(self.tile, point, &mut distance[..self.width]);
            distance.iter_mut().for_each(|d| *d = d.sqrt());
            for (labels, first) in self.partitions.iter().zip(self.first) {
                let sum = &mut self.sums[first + usize::from(labels[at])];
                sum.iter_mut().zip(&distance).for_each(|(sum, d)| *sum += d);
            }
        }
    }
}

fn one_silhouette(sums: &[[f64; TILE]], at: usize, own: usize, sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let a = sums[own][at] / (sizes[own] - 1) as f64;
    let others = (0..sizes.len()).filter(|group| *group != own && sizes[*group] > 0);
    let b = others.map(|group| sums[group][at] / sizes[group] as f64).fold(f64::INFINITY, f64::min);
    let larger = a.max(b);
    if larger > 0.0 && larger.is_finite() { (b - a) / larger } else { 0.0 }
}
