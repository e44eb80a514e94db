//! Grey level run length matrix: how long stretches of one level are (IBSI family TP0I).

use std::collections::HashSet;
use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::aggregation::{Aggregation, average};
use super::field::{Field, Offset, directions};
use super::pyradiomics::Settings;
use super::size_matrix::{self, definitions};
use super::tally::{Cell, Tally};
use crate::radiomics::{Definition, Levels, Values};

/// The family's features, in the standard and in PyRadiomics.
pub const FEATURES: &[Definition] = &definitions([
    ("ShortRunEmphasis", "22OV"),
    ("LongRunEmphasis", "W4KF"),
    ("LowGrayLevelRunEmphasis", "V3SW"),
    ("HighGrayLevelRunEmphasis", "G3QZ"),
    ("ShortRunLowGrayLevelEmphasis", "HTZT"),
    ("ShortRunHighGrayLevelEmphasis", "GD3A"),
    ("LongRunLowGrayLevelEmphasis", "IVPO"),
    ("LongRunHighGrayLevelEmphasis", "3KUM"),
    ("GrayLevelNonUniformity", "R5YN"),
    ("GrayLevelNonUniformityNormalized", "OVBL"),
    ("RunLengthNonUniformity", "W92Y"),
    ("RunLengthNonUniformityNormalized", "IC23"),
    ("RunPercentage", "9ZK5"),
    ("GrayLevelVariance", "8CE5"),
    ("RunVariance", "SXLW"),
    ("RunEntropy", "HJ9O"),
]);

/// PyRadiomics has the same features.
pub const PYRADIOMICS: &[Definition] = FEATURES;

/// The standard's features, in the order of [`FEATURES`].
///
/// # Definition
/// n(i, j) is the number of runs of length j at level i: stretches of voxels in a direction that have the same level and are not
/// continued at either end. The features are those of every matrix of sizes (see `size_matrix`); the run percentage is runs over
/// voxels and directions.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; Galloway, CGIP 1975;4:172.
pub fn features(levels: &Levels, aggregation: Aggregation) -> Values {
    features_of(&Field::new(levels, 1), aggregation)
}

pub(super) fn features_of(field: &Field, aggregation: Aggregation) -> Values {
    let matrices = aggregation.matrices(field.slices(), &directions(aggregation.in_space(), 1));
    let mut lengths = vec![0; field.level.len()];
    average(matrices.into_iter().map(|(slices, offsets)| of_runs(&runs(field, &slices, &offsets, &mut lengths))), FEATURES.len())
}

/// PyRadiomics' features, in the order of [`FEATURES`].
///
/// # Definition
/// As in the standard, 3-D averaged, but: a direction in which no line holds two voxels of the region is left out (a slice has no
/// runs across); with a weighting norm all directions are merged, each weighted by its length in that norm in mm.
///
/// # Reference
/// van Griethuysen et al., Cancer Research 2017;77:e104; the program's version 3.0.1.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> Values {
    pyradiomics_of(&Field::new(levels, 1), settings)
}

pub(super) fn pyradiomics_of(field: &Field, settings: &Settings) -> Values {
    let mut lengths = vec![0; field.level.len()];
    let offsets = settings.neighbours(field).into_iter().filter(|offset| holds_a_line(field, offset));
    let matrices = offsets.map(|offset| (offset, runs(field, &(0..field.slices()), &[offset], &mut lengths)));
    match settings.weighting {
        None => average(matrices.map(|(_, cells)| of_runs(&cells)), FEATURES.len()),
        Some(norm) => {
            let weighted = matrices.flat_map(|(offset, cells)| {
                let weight = norm.length(&offset, field.spacing).unwrap_or(1.0);
                cells.into_iter().map(move |cell| Cell { number: cell.number * weight, ..cell })
            });
            of_runs(&Cell::merged(weighted.collect()))
        }
    }
}

fn of_runs(cells: &[Cell]) -> Values {
    let voxels = cells.iter().map(|cell| cell.number * f64::from(cell.column)).sum();
    let mut values = size_matrix::features(cells, voxels);
    values.truncate(FEATURES.len());
    values
}

/// Runs along some directions: n(level, length).
///
/// Each voxel is given the length of its run so far, from that of the voxel before it. The number of voxels with length j so far
/// is the number of runs of at least j, so no run needs to be followed to its end. Voxels that begin a run, most of them, are not
/// counted one by one: they are those that are left.
fn runs(field: &Field, slices: &Range<usize>, offsets: &[Offset], lengths: &mut [u16]) -> Vec<Cell> {
    struct Count<'a>(&'a Field, &'a Range<usize>, &'a [Offset], &'a mut [u16]);
    impl WithSimd for Count<'_> {
        type Output = Vec<Cell>;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> Self::Output {
            count_runs(self.0, self.1, self.2, self.3)
        }
    }
    Arch::new().dispatch(Count(field, slices, offsets, lengths))
}

#[inline(always)]
fn count_runs(field: &Field, slices: &Range<usize>, offsets: &[Offset], lengths: &mut [u16]) -> Vec<Cell> {
    let rows = field.rows(slices);
    let longest = field.size.into_iter().max().unwrap_or(0);
    let mut levels = vec![0_u32; field.count + 1];
    rows.iter().flat_map(|row| field.neighbours(row, 0)).for_each(|level| levels[usize::from(*level)] += 1);
    let voxels = levels[1..].iter().sum::<u32>() as usize;
    let mut tally = Tally::new(field.count + 1, longest + 1, voxels * offsets.len());
    let mut continued = vec![(0_u16, 0_u16); field.size[0]];
    for offset in offsets {
        let shift = field.shift(offset).unsigned_abs();
        for row in rows {
            let here = field.neighbours(row, 0);
            let before = field.neighbours(row, -(shift as isize));
            let (earlier, own) = lengths.split_at_mut(row.start);
            let own = &mut own[..row.length];
            if shift == 1 {
                let mut length = 0;
                for ((own, here), before) in own.iter_mut().zip(here).zip(before) {
                    length = if here == before { length + 1 } else { 1 };
                    *own = length;
                }
            } else {
                let earlier = &earlier[row.start - shift..][..row.length];
                for (((own, earlier), here), before) in own.iter_mut().zip(earlier).zip(here).zip(before) {
                    // Without a branch: all bits where the run goes on.
                    let on = u16::from(here == before).wrapping_neg();
                    *own = (earlier & on).wrapping_add(1);
                }
            }
            let mut number = 0;
            for (level, length) in here.iter().zip(&*own) {
                continued[number] = (*level, *length);
                number += usize::from(*length > 1);
            }
            tally.count(continued[..number].iter().map(|(level, length)| (usize::from(*level), usize::from(*length))));
        }
    }
    at_least_to_exactly(tally.cells(), &levels, offsets.len())
}

/// Numbers of runs of exactly each length, from the numbers of runs of at least each length from 2 and the number of voxels per
/// level.
fn at_least_to_exactly(longer: Vec<Cell>, levels: &[u32], directions: usize) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(longer.len() + levels.len());
    let mut longer = longer.as_slice();
    for (level, voxels) in (0_u32..).zip(levels).skip(1).filter(|(_, voxels)| **voxels > 0) {
        let (own, rest) = longer.split_at(longer.partition_point(|cell| cell.row <= level));
        longer = rest;
        let beginning = f64::from(*voxels) * directions as f64 - own.iter().map(|cell| cell.number).sum::<f64>();
        let at_least = std::iter::once(beginning).chain(own.iter().map(|cell| cell.number));
        let of_more = own.iter().map(|cell| cell.number).chain([0.0]);
        let exactly = (1_u32..).zip(at_least.zip(of_more)).map(|(length, (here, more))| Cell {
            row: level,
            column: length,
            number: here - more,
        });
        cells.extend(exactly.filter(|cell| cell.number > 0.0));
    }
    cells
}

/// Whether some line along a direction holds two voxels of the region, next to each other or not.
fn holds_a_line(field: &Field, offset: &Offset) -> bool {
    let rows = field.rows(&(0..field.slices()));
    let shift = field.shift(offset);
    let adjacent = rows.iter().any(|row| {
        let pairs = field.neighbours(row, 0).iter().zip(field.neighbours(row, shift));
        pairs.into_iter().any(|(here, there)| *here != 0 && *there != 0)
    });
    let Some(axis) = offset.iter().position(|step| *step != 0) else { return false };
    let mut lines = HashSet::new();
    // Every line crosses the plane where the coordinate along `axis` is 0 in one point.
    adjacent
        || field.region().any(|voxel| {
            let steps = voxel[axis] * offset[axis];
            let crossing: Offset = std::array::from_fn(|a| voxel[a] - steps * offset[a]);
            !lines.insert(crossing)
        })
}
