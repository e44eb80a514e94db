//! Neighbouring grey level dependence matrix: how many neighbours are like a voxel (IBSI family REK0; PyRadiomics calls it GLDM).

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::aggregation::{Extent, average};
use super::field::{Field, Offset};
use super::neighbourhood::around;
use super::pyradiomics::Settings;
use super::size_matrix::{self, definitions};
use super::tally::{Cell, Tally};
use crate::radiomics::{Definition, Levels, Values};

/// The standard's features.
pub const FEATURES: &[Definition] = &definitions([
    ("SmallDependenceEmphasis", "SODN"),
    ("LargeDependenceEmphasis", "IMOQ"),
    ("LowGrayLevelEmphasis", "TL9H"),
    ("HighGrayLevelEmphasis", "OAE7"),
    ("SmallDependenceLowGrayLevelEmphasis", "EQ3F"),
    ("SmallDependenceHighGrayLevelEmphasis", "JA6D"),
    ("LargeDependenceLowGrayLevelEmphasis", "NBZI"),
    ("LargeDependenceHighGrayLevelEmphasis", "9QMG"),
    ("GrayLevelNonUniformity", "FP8K"),
    ("GrayLevelNonUniformityNormalized", "5SPA"),
    ("DependenceNonUniformity", "Z87G"),
    ("DependenceNonUniformityNormalized", "OKJI"),
    ("DependencePercentage", "6XV8"),
    ("GrayLevelVariance", "1PFV"),
    ("DependenceVariance", "DNX2"),
    ("DependenceEntropy", "FCBV"),
    ("DependenceEnergy", "CAS9"),
]);

/// Places in [`FEATURES`] of PyRadiomics' features.
const IN_PYRADIOMICS: [usize; 14] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15];

/// PyRadiomics' features: it has no `DependencePercentage`, which is always 1, no `GrayLevelNonUniformityNormalized`, which is
/// the histogram's uniformity, and no `DependenceEnergy`.
pub const PYRADIOMICS: &[Definition] = &{
    let mut kept = [FEATURES[0]; 14];
    let mut at = 0;
    while at < 14 {
        kept[at] = FEATURES[IN_PYRADIOMICS[at]];
        at += 1;
    }
    kept
};

/// The standard's features at Chebyshev distance `distance` and coarseness `dependence`, in the order of [`FEATURES`].
///
/// # Definition
/// n(i, j) is the number of voxels of level i that have j − 1 neighbours within the distance whose levels differ from theirs by at
/// most `dependence`. The features are those of every matrix of sizes (see `size_matrix`).
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; Sun & Wee, CVGIP 1983;23:341.
pub fn features(levels: &Levels, extent: Extent, distance: usize, dependence: u16) -> Values {
    features_of(&Field::new(levels, distance), extent, distance, dependence)
}

pub(super) fn features_of(field: &Field, extent: Extent, distance: usize, dependence: u16) -> Values {
    let offsets = around(extent.in_space(), distance);
    let matrices = extent.matrices(field.slices()).into_iter();
    average(matrices.map(|slices| of_cells(&dependences(field, &slices, &offsets, dependence))), FEATURES.len())
}

/// PyRadiomics' features, in the order of [`PYRADIOMICS`]: the standard's in 3-D, but of neighbours at exactly the settings'
/// distances.
///
/// # Reference
/// van Griethuysen et al., Cancer Research 2017;77:e104; the program's version 3.0.1.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> Values {
    pyradiomics_of(&Field::new(levels, settings.reach()), settings)
}

pub(super) fn pyradiomics_of(field: &Field, settings: &Settings) -> Values {
    let cells = dependences(field, &(0..field.slices()), &settings.offsets(field), settings.dependence);
    let values = of_cells(&cells);
    IN_PYRADIOMICS.iter().map(|at| values[*at]).collect()
}

fn of_cells(cells: &[Cell]) -> Values {
    size_matrix::features(cells, cells.iter().map(|cell| cell.number).sum())
}

/// n(level, dependent neighbours + 1), of neighbours at the offsets and their opposites.
fn dependences(field: &Field, slices: &Range<usize>, offsets: &[Offset], dependence: u16) -> Vec<Cell> {
    struct Count<'a>(&'a Field, &'a Range<usize>, &'a [Offset], u16);
    impl WithSimd for Count<'_> {
        type Output = Vec<Cell>;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> Self::Output {
            count(self.0, self.1, self.2, self.3)
        }
    }
    Arch::new().dispatch(Count(field, slices, offsets, dependence))
}

#[inline(always)]
fn count(field: &Field, slices: &Range<usize>, offsets: &[Offset], dependence: u16) -> Vec<Cell> {
    let rows = field.rows(slices);
    let shifts: Vec<isize> = offsets.iter().filter(|offset| field.within(offset)).map(|offset| field.shift(offset)).collect();
    let mut tally = Tally::new(field.count + 1, 2 * shifts.len() + 2, rows.iter().map(|row| row.length).sum());
    let mut like = vec![0_u16; field.size[0]];
    for row in rows {
        let (here, like) = (field.neighbours(row, 0), &mut like[..row.length]);
        like.fill(1);
        for shift in shifts.iter().flat_map(|shift| [*shift, -shift]) {
            let pairs = here.iter().zip(field.neighbours(row, shift));
            match dependence {
                // Outside has level 0 and so equals no voxel of the region.
                0 => like.iter_mut().zip(pairs).for_each(|(like, (here, there))| *like += u16::from(here == there)),
                _ => like.iter_mut().zip(pairs).for_each(|(like, (here, there))| {
                    *like += u16::from((here.abs_diff(*there) <= dependence) & (*there != 0));
                }),
            }
        }
        tally.count(here.iter().zip(&*like).map(|(level, like)| (usize::from(*level), usize::from(*like))));
    }
    tally.cells()
}
