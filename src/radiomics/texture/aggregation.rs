//! Over what a texture matrix is counted, and what becomes of several matrices.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::radiomics::Values;

/// How matrices that count along directions (GLCM, GLRLM) are aggregated. Slices are those of the axis k.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregation {
    /// 2-D, averaged (IBSI BTW3): features of one matrix per slice and direction, averaged.
    SliceAveraged,
    /// 2-D, slice-merged (IBSI SUJT): directions of a slice merged; features per slice, averaged.
    SliceMerged,
    /// 2.5-D, direction-merged (IBSI JJUI): slices merged per direction; features per direction, averaged.
    DirectionMerged,
    /// 2.5-D, merged (IBSI ZW7Z): in-plane directions of all slices merged into one matrix.
    PlaneMerged,
    /// 3-D, averaged (IBSI ITBB): features of one matrix per direction in space, averaged.
    VolumeAveraged,
    /// 3-D, merged (IBSI IAZD): all directions in space merged into one matrix.
    VolumeMerged,
}

/// Over what matrices without direction (GLSZM, GLDZM, NGTDM, NGLDM) are counted. Slices are those of the axis k.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// 2-D (IBSI 8QNN): neighbours within the slice; features per slice, averaged.
    Slice,
    /// 2.5-D (IBSI 62GR): neighbours within the slice; one matrix of all slices.
    Plane,
    /// 3-D (IBSI KOBO): neighbours in space; one matrix.
    Volume,
}

impl Aggregation {
    /// All six, in the standard's order.
    pub const ALL: [Aggregation; 6] = [
        Aggregation::SliceAveraged,
        Aggregation::SliceMerged,
        Aggregation::DirectionMerged,
        Aggregation::PlaneMerged,
        Aggregation::VolumeAveraged,
        Aggregation::VolumeMerged,
    ];

    /// What goes with it for the families without direction.
    pub fn extent(self) -> Extent {
        match self {
            Aggregation::SliceAveraged | Aggregation::SliceMerged => Extent::Slice,
            Aggregation::DirectionMerged | Aggregation::PlaneMerged => Extent::Plane,
            Aggregation::VolumeAveraged | Aggregation::VolumeMerged => Extent::Volume,
        }
    }

    /// Whether neighbours in other slices count.
    pub(super) fn in_space(self) -> bool {
        self.extent().in_space()
    }

    /// Whether every direction keeps a matrix of its own.
    fn keeps_directions(self) -> bool {
        matches!(self, Aggregation::SliceAveraged | Aggregation::DirectionMerged | Aggregation::VolumeAveraged)
    }

    /// The matrices to be counted: each over which of `slices` and along which of `directions`.
    pub(super) fn matrices<D: Copy>(self, slices: usize, directions: &[D]) -> Vec<(Range<usize>, Vec<D>)> {
        let slices = self.extent().matrices(slices);
        let directions: Vec<Vec<D>> = match self.keeps_directions() {
            true => directions.iter().map(|direction| vec![*direction]).collect(),
            false => vec![directions.to_vec()],
        };
        slices.iter().flat_map(|slices| directions.iter().map(move |directions| (slices.clone(), directions.clone()))).collect()
    }
}

impl Extent {
    /// All three, in the standard's order.
    pub const ALL: [Extent; 3] = [Extent::Slice, Extent::Plane, Extent::Volume];

    /// Whether neighbours in other slices count.
    pub(super) fn in_space(self) -> bool {
        self == Extent::Volume
    }

    /// The matrices to be counted: each over which of `slices`.
    pub(super) fn matrices(self, slices: usize) -> Vec<Range<usize>> {
        match self {
            Extent::Slice => (0..slices).map(|slice| slice..slice + 1).collect(),
            Extent::Plane | Extent::Volume => std::iter::once(0..slices).collect(),
        }
    }
}

/// Features averaged over matrices. A matrix in which a feature is undefined (nothing was counted) takes no part in its average.
pub(super) fn average(matrices: impl Iterator<Item = Values>, features: usize) -> Values {
    let mut sums = vec![(0.0, 0_u32); features];
    for values in matrices {
        for ((sum, number), value) in sums.iter_mut().zip(values) {
            if let Some(value) = value {
                *sum += value;
                *number += 1;
            }
        }
    }
    sums.into_iter().map(|(sum, number)| (number > 0).then(|| sum / f64::from(number))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_values_take_no_part_in_an_average() {
        let matrices = [vec![Some(1.0), None, None], vec![Some(3.0), Some(5.0), None]];
        assert_eq!(average(matrices.into_iter(), 3), [Some(2.0), Some(5.0), None]);
    }

    #[test]
    fn matrices_follow_the_aggregation() {
        let number = |aggregation: Aggregation| aggregation.matrices(3, &[0, 1, 2, 3]).len();
        assert_eq!(Aggregation::ALL.map(number), [12, 3, 4, 1, 4, 1]);
    }
}
