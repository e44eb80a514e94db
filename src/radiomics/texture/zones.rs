//! Zones: connected voxels of one level, which size and distance matrices count.

use std::sync::OnceLock;

use pulp::{Arch, Simd, WithSimd};

use super::aggregation::{Extent, average};
use super::field::{DIRECTIONS, Field, Offset};
use super::size_matrix;
use super::tally::Tally;
use crate::radiomics::Values;

/// A zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zone {
    /// Grey level of its voxels.
    pub level: u16,
    /// The smallest distance of its voxels to the region's edge, 0 where none was asked for.
    pub distance: u16,
    /// Number of its voxels.
    pub size: u32,
    /// Which of the region's slices its first voxel lies in.
    pub slice: u32,
}

/// The zones of a region, voxels being connected along `offsets` (one of each opposite pair, at most 13) and their opposites.
///
/// One pass in the order of memory: a voxel joins the zone of an equal neighbour before it, or begins one; where neighbours
/// belong to two, those are joined. Distances are those of the padded box.
pub(super) fn zones(field: &Field, offsets: &[Offset], distance: Option<&[u16]>) -> Vec<Zone> {
    struct Label<'a>(&'a Field, &'a [Offset], Option<&'a [u16]>);
    impl WithSimd for Label<'_> {
        type Output = Vec<Zone>;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> Self::Output {
            label(self.0, self.1, self.2)
        }
    }
    Arch::new().dispatch(Label(field, offsets, distance))
}

#[inline(always)]
fn label(field: &Field, offsets: &[Offset], distance: Option<&[u16]>) -> Vec<Zone> {
    let shifts: Vec<usize> = offsets.iter().map(|offset| field.shift(offset).unsigned_abs()).collect();
    let own_table;
    let representatives = match offsets == DIRECTIONS {
        true => in_space(),
        false => {
            own_table = Representatives::new(offsets);
            &own_table
        }
    };
    // One voxel in four begins a zone, as a guess that spares moving them.
    let room = field.rows(&(0..field.slices())).iter().map(|row| row.length).sum::<usize>() / 4;
    let mut forest = Forest { parent: Vec::with_capacity(room), zones: Vec::with_capacity(room) };
    let mut label = vec![0_u32; field.level.len()];
    let mut equal = vec![0_u16; field.size[0]];
    for slice in 0..field.slices() {
        for row in field.rows(&(slice..slice + 1)) {
            let here = field.neighbours(row, 0);
            let equal = &mut equal[..row.length];
            equal.fill(0);
            for (bit, shift) in shifts.iter().enumerate() {
                let before = field.neighbours(row, -(*shift as isize));
                equal.iter_mut().zip(here.iter().zip(before)).for_each(|(mask, (a, b))| *mask |= u16::from(a == b) << bit);
            }
            for (at, (level, equal)) in here.iter().zip(&*equal).enumerate() {
                if *level == 0 {
                    continue;
                }
                let voxel = row.start + at;
                let far = distance.map_or(0, |distance| distance[voxel]);
                let mut neighbours = representatives.of[usize::from(*equal)];
                let mut next = || {
                    let bit = neighbours.trailing_zeros() as usize;
                    neighbours &= neighbours.wrapping_sub(1);
                    shifts.get(bit).map(|shift| label[voxel - shift])
                };
                let zone = match next() {
                    None => forest.begin(Zone { level: *level, distance: far, size: 1, slice: slice as u32 }),
                    Some(first) => {
                        let mut zone = forest.root(first);
                        while let Some(other) = next() {
                            zone = forest.join(zone, other);
                        }
                        let joined = &mut forest.zones[zone as usize];
                        joined.size += 1;
                        joined.distance = joined.distance.min(far);
                        zone
                    }
                };
                label[voxel] = zone;
            }
        }
    }
    let Forest { parent, mut zones } = forest;
    let mut roots = (0_u32..).zip(&parent).map(|(at, parent)| at == *parent);
    zones.retain(|_| roots.next() == Some(true));
    zones
}

/// Features of the matrix of zones against a `size` of theirs, aggregated over slices.
pub(super) fn features(zones: &[Zone], slices: usize, extent: Extent, size: impl Fn(&Zone) -> u32) -> Values {
    let matrices = extent.matrices(slices).into_iter().map(|slices| {
        let within = || zones.iter().filter(|zone| slices.contains(&(zone.slice as usize)));
        let (mut level, mut largest, mut number, mut voxels) = (0, 0, 0, 0.0);
        for zone in within() {
            (level, largest, number) = (level.max(usize::from(zone.level)), largest.max(size(zone) as usize), number + 1);
            voxels += f64::from(zone.size);
        }
        let mut tally = Tally::new(level + 1, largest + 1, number);
        tally.count(within().map(|zone| (usize::from(zone.level), size(zone) as usize)));
        let mut values = size_matrix::features(&tally.cells(), voxels);
        values.truncate(FEATURES);
        values
    });
    average(matrices, FEATURES)
}

/// How many of the features of a matrix of sizes the zone families have.
const FEATURES: usize = 16;

/// Zones that may yet turn out to be one: disjoint sets, each led by its first.
struct Forest {
    parent: Vec<u32>,
    zones: Vec<Zone>,
}

impl Forest {
    fn begin(&mut self, zone: Zone) -> u32 {
        let label = self.parent.len() as u32;
        self.parent.push(label);
        self.zones.push(zone);
        label
    }

    /// Follows a label to the zone it belongs to, and halves the path on the way.
    fn root(&mut self, mut label: u32) -> u32 {
        loop {
            let parent = self.parent[label as usize];
            if parent == label {
                return label;
            }
            let above = self.parent[parent as usize];
            self.parent[label as usize] = above;
            label = above;
        }
    }

    /// Makes the zone of `other` and the zone `root` one.
    fn join(&mut self, root: u32, other: u32) -> u32 {
        let other = self.root(other);
        if other == root {
            return root;
        }
        let (first, second) = (root.min(other), root.max(other));
        self.parent[second as usize] = first;
        let Zone { size, distance, .. } = self.zones[second as usize];
        let kept = &mut self.zones[first as usize];
        kept.size += size;
        kept.distance = kept.distance.min(distance);
        first
    }
}

/// For each set of neighbours that equal a voxel, one of each group that touches: the others of a group were joined with it when
/// the later of them was visited.
struct Representatives {
    of: Vec<u16>,
}

/// The table of all 13 directions is made once.
fn in_space() -> &'static Representatives {
    static TABLE: OnceLock<Representatives> = OnceLock::new();
    TABLE.get_or_init(|| Representatives::new(&DIRECTIONS))
}

impl Representatives {
    fn new(offsets: &[Offset]) -> Representatives {
        let connected = |a: &Offset, b: &Offset| {
            let apart: Offset = std::array::from_fn(|axis| a[axis] - b[axis]);
            offsets.contains(&apart) || offsets.contains(&apart.map(|step| -step))
        };
        let touching: Vec<u16> =
            offsets.iter().map(|a| offsets.iter().enumerate().map(|(bit, b)| u16::from(connected(a, b)) << bit).sum()).collect();
        let kept = |set: u16| {
            let (mut left, mut kept) = (set, 0);
            while left != 0 {
                let mut group = left & left.wrapping_neg();
                kept |= group;
                let mut new = group;
                while new != 0 {
                    let bit = new.trailing_zeros() as usize;
                    let found = touching[bit] & left & !group;
                    group |= found;
                    new = (new & new.wrapping_sub(1)) | found;
                }
                left &= !group;
            }
            kept
        };
        Representatives { of: (0..1_u16 << offsets.len()).map(kept).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_neighbour_of_each_group_is_kept() {
        // Within a slice the neighbours before a voxel are left (bit 0) and, of the row above, right, middle, left (bits 1 to 3).
        let table = Representatives::new(&DIRECTIONS[..4]);
        let kept = |set: u16| table.of[usize::from(set)];
        assert_eq!([kept(0), kept(0b1), kept(0b1100), kept(0b1111)], [0, 0b1, 0b100, 0b1]);
        // Left and right-above do not touch; neither do the two ends of the row above.
        assert_eq!([kept(0b11), kept(0b1010), kept(0b1110)], [0b11, 0b1010, 0b10]);
    }
}
