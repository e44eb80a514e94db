//! Which voxels are a voxel's neighbours in the families without direction.

use super::field::Offset;

/// One of each opposite pair of offsets up to a Chebyshev distance, within a slice or in space.
pub(super) fn around(in_space: bool, distance: usize) -> Vec<Offset> {
    let reach = i32::try_from(distance).unwrap_or(i32::MAX);
    let across = if in_space { reach } else { 0 };
    let rows = (0..=across).flat_map(|k| (-reach..=reach).map(move |j| (j, k)));
    let all = rows.flat_map(|(j, k)| (-reach..=reach).map(move |i| [i, j, k]));
    all.filter(|[i, j, k]| (*k, *j, *i) > (0, 0, 0)).collect()
}
