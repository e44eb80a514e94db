//! Grey level distance zone matrix: how far from the region's edge patches of one level lie (IBSI family VMDZ).

use super::aggregation::Extent;
use super::field::{Field, directions};
use super::size_matrix::definitions;
use super::zones::{self, Zone, zones};
use crate::radiomics::{Definition, Levels, Values};

/// The standard's features; PyRadiomics does not have the family.
pub const FEATURES: &[Definition] = &definitions([
    ("SmallDistanceEmphasis", "0GBI"),
    ("LargeDistanceEmphasis", "MB4I"),
    ("LowGrayLevelZoneEmphasis", "S1RA"),
    ("HighGrayLevelZoneEmphasis", "K26C"),
    ("SmallDistanceLowGrayLevelEmphasis", "RUVG"),
    ("SmallDistanceHighGrayLevelEmphasis", "DKNJ"),
    ("LargeDistanceLowGrayLevelEmphasis", "A7WM"),
    ("LargeDistanceHighGrayLevelEmphasis", "KLTH"),
    ("GrayLevelNonUniformity", "VFT7"),
    ("GrayLevelNonUniformityNormalized", "7HP3"),
    ("ZoneDistanceNonUniformity", "V294"),
    ("ZoneDistanceNonUniformityNormalized", "IATH"),
    ("ZonePercentage", "VIWW"),
    ("GrayLevelVariance", "QK93"),
    ("ZoneDistanceVariance", "7WT1"),
    ("ZoneDistanceEntropy", "GBDU"),
]);

/// The standard's features, in the order of [`FEATURES`]; `morphology` is the outline as drawn, before re-segmentation, in the
/// same box.
///
/// # Definition
/// n(i, j) is the number of zones (as in the size zone matrix) at level i whose voxel nearest to the edge of the morphological
/// mask is j steps over faces away from the outside: 1 at the edge itself. The features are those of every matrix of sizes (see
/// `size_matrix`); the zone percentage is zones over voxels.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328.
pub fn features(levels: &Levels, morphology: &[bool], extent: Extent) -> Values {
    let field = Field::new(levels, 1);
    let distance = edge_distance(&field, morphology, extent);
    of_zones(&zones(&field, &directions(extent.in_space(), 1), Some(&distance)), field.slices(), extent)
}

pub(super) fn of_zones(found: &[Zone], slices: usize, extent: Extent) -> Values {
    zones::features(found, slices, extent, |zone| zone.distance.into())
}

/// Steps over faces from each voxel of the mask to the nearest outside it, within the slice or in space; in the padded box.
pub(super) fn edge_distance(field: &Field, morphology: &[bool], extent: Extent) -> Vec<u16> {
    let mask = field.padded(morphology);
    let mut distance: Vec<u16> = mask.iter().map(|inside| if *inside { u16::MAX } else { 0 }).collect();
    let [_, row, slice] = field.stride;
    let lines: &[usize] = if extent.in_space() { &[row, slice] } else { &[row] };
    // City-block distance is exact after one sweep each way. The border is outside, so every voxel has neighbours on both sides.
    let interior = slice..distance.len() - slice;
    for line in interior.clone().step_by(row) {
        let (earlier, own) = distance.split_at_mut(line);
        let own = &mut own[..row];
        for shift in lines {
            let before = &earlier[line - shift..][..row];
            own.iter_mut().zip(before).for_each(|(own, before)| *own = (*own).min(before.saturating_add(1)));
        }
        let mut before = 0_u16;
        own.iter_mut().for_each(|own| {
            *own = (*own).min(before.saturating_add(1));
            before = *own;
        });
    }
    for line in interior.step_by(row).rev() {
        let (own, later) = distance[line..].split_at_mut(row);
        for shift in lines {
            let after = &later[shift - row..][..row];
            own.iter_mut().zip(after).for_each(|(own, after)| *own = (*own).min(after.saturating_add(1)));
        }
        let mut after = 0_u16;
        own.iter_mut().rev().for_each(|own| {
            *own = (*own).min(after.saturating_add(1));
            after = *own;
        });
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiomics::discretise::Discretisation;

    #[test]
    fn distance_counts_steps_over_faces() {
        let size = [5, 6, 4];
        let n = size.iter().product();
        let levels = Levels::new(size, [1.0; 3], &vec![1.0; n], &vec![true; n], Discretisation::None).unwrap();
        let field = Field::new(&levels, 1);
        let mut mask = vec![true; n];
        mask[2 + 5 * (2 + 6)] = false;
        let outside = |i: i32, j: i32, k: i32| {
            let within = (0..5).contains(&i) && (0..6).contains(&j) && (0..4).contains(&k);
            !within || !mask[(i + 5 * (j + 6 * k)) as usize]
        };
        for extent in [Extent::Slice, Extent::Volume] {
            let found = edge_distance(&field, &mask, extent);
            for voxel in field.region() {
                let [i, j, k] = voxel.map(|x| x - 1);
                let reach = |dk: i32| if extent == Extent::Slice && dk != 0 { 99 } else { dk.abs() };
                let steps = (-6..=6).flat_map(|dk| (-6..=6).flat_map(move |dj| (-6..=6).map(move |di: i32| (di, dj, dk))));
                let all = steps.filter(|(di, dj, dk)| outside(i + di, j + dj, k + dk));
                let nearest = all.map(|(di, dj, dk): (i32, i32, i32)| di.abs() + dj.abs() + reach(dk)).min().unwrap();
                let at = voxel.iter().zip(field.stride).map(|(x, stride)| *x as usize * stride).sum::<usize>();
                assert_eq!(i32::from(found[at]), nearest, "{extent:?} {i} {j} {k}");
            }
        }
    }
}
