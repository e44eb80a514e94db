//! Neighbourhood grey tone difference matrix: how far voxels stand out from their surroundings (IBSI family IPET).

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::aggregation::{Extent, average};
use super::field::{Field, Offset};
use super::neighbourhood::around;
use super::pyradiomics::Settings;
use super::size_matrix::definitions;
use crate::radiomics::{Definition, Levels, Values};

/// The family's features, in the standard and in PyRadiomics.
pub const FEATURES: &[Definition] = &definitions([
    ("Coarseness", "QCDE"),
    ("Contrast", "65HE"),
    ("Busyness", "NQ30"),
    ("Complexity", "HDEZ"),
    ("Strength", "1X9X"),
]);

/// PyRadiomics has the same features.
pub const PYRADIOMICS: &[Definition] = FEATURES;

/// The standard's features at Chebyshev distance `distance`, in the order of [`FEATURES`].
///
/// # Definition
/// n(i) is the number of voxels of level i that have neighbours in the region, s(i) the sum of |i − mean level of those
/// neighbours| over them. With p = n / Σ n, N the number of voxels counted, m the number of levels with p > 0, and sums over
/// pairs of such levels: coarseness 1 / Σ p s; contrast Σ p(i) p(j) (i − j)² / (m (m − 1)) · Σ s / N; busyness Σ p s / Σ |i p(i)
/// − j p(j)|; complexity Σ |i − j| (p(i) s(i) + p(j) s(j)) / (p(i) + p(j)) / N; strength Σ (p(i) + p(j)) (i − j)² / Σ s. Where
/// its divisor is 0, coarseness is 10⁶ and the others are 0, by convention.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; Amadasun & King, IEEE SMC
/// 1989;19:1264.
pub fn features(levels: &Levels, extent: Extent, distance: usize) -> Values {
    features_of(&Field::new(levels, distance), extent, distance)
}

pub(super) fn features_of(field: &Field, extent: Extent, distance: usize) -> Values {
    let offsets = around(extent.in_space(), distance);
    let matrices =
        extent.matrices(field.slices()).into_iter().map(|slices| Differences::count(field, &slices, &offsets, false).features());
    average(matrices, FEATURES.len())
}

/// PyRadiomics' features, in the order of [`FEATURES`].
///
/// # Definition
/// As in the standard in 3-D, but voxels without neighbours in the region are counted as not standing out.
///
/// # Reference
/// van Griethuysen et al., Cancer Research 2017;77:e104; the program's version 3.0.1.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> Values {
    pyradiomics_of(&Field::new(levels, settings.reach()), settings)
}

pub(super) fn pyradiomics_of(field: &Field, settings: &Settings) -> Values {
    Differences::count(field, &(0..field.slices()), &settings.offsets(field), true).features()
}

/// Number of voxels and sum of differences per level, from 0.
struct Differences {
    number: Vec<f64>,
    difference: Vec<f64>,
}

impl Differences {
    /// Counts neighbours at the offsets and their opposites.
    fn count(field: &Field, slices: &Range<usize>, offsets: &[Offset], lonely: bool) -> Differences {
        struct Count<'a>(&'a Field, &'a Range<usize>, &'a [Offset], bool);
        impl WithSimd for Count<'_> {
            type Output = Differences;
            #[inline(always)]
            fn with_simd<S: Simd>(self, _: S) -> Self::Output {
                Differences::sum(self.0, self.1, self.2, self.3)
            }
        }
        Arch::new().dispatch(Count(field, slices, offsets, lonely))
    }

    #[inline(always)]
    fn sum(field: &Field, slices: &Range<usize>, offsets: &[Offset], lonely: bool) -> Differences {
        let (mut number, mut difference) = (vec![0_u32; field.count + 1], vec![0.0; field.count + 1]);
        let shifts: Vec<isize> = offsets.iter().filter(|offset| field.within(offset)).map(|offset| field.shift(offset)).collect();
        let (mut sum, mut neighbours) = (vec![0_u32; field.size[0]], vec![0_u32; field.size[0]]);
        for row in field.rows(slices) {
            let (sum, neighbours) = (&mut sum[..row.length], &mut neighbours[..row.length]);
            sum.fill(0);
            neighbours.fill(0);
            for shift in shifts.iter().flat_map(|shift| [*shift, -shift]) {
                let there = field.neighbours(row, shift);
                sum.iter_mut().zip(there).for_each(|(sum, level)| *sum += u32::from(*level));
                neighbours.iter_mut().zip(there).for_each(|(number, level)| *number += u32::from(*level != 0));
            }
            for (level, (sum, neighbours)) in field.neighbours(row, 0).iter().zip(sum.iter().zip(&*neighbours)) {
                let counts = *neighbours > 0 || lonely;
                number[usize::from(*level)] += u32::from(counts);
                let mean = f64::from(*sum) / f64::from((*neighbours).max(1));
                difference[usize::from(*level)] += if *neighbours > 0 { (f64::from(*level) - mean).abs() } else { 0.0 };
            }
        }
        Differences { number: number.into_iter().map(f64::from).collect(), difference }
    }

    fn features(&self) -> Values {
        let levels =
            (0_u32..).map(f64::from).zip(self.number.iter().zip(&self.difference)).skip(1).filter(|(_, (n, _))| **n > 0.0);
        let number: f64 = levels.clone().map(|(_, (n, _))| n).sum();
        if !(number > 0.0) {
            return vec![None; FEATURES.len()];
        }
        let levels: Vec<Level> = levels.map(|(level, (n, s))| Level { level, p: n / number, s: *s }).collect();
        let sum = |term: &dyn Fn(&Level) -> f64| -> f64 { levels.iter().map(term).sum() };
        let (difference, weighted) = (sum(&|i| i.s), sum(&|i| i.p * i.s));
        let m = levels.len() as f64;
        let mean = sum(&|i| i.p * i.level);
        let variance = sum(&|i| i.p * (i.level - mean).powi(2));
        // Σ p(i) p(j) (i − j)² = 2 variance, and Σ (p(i) + p(j)) (i − j)² = 2 (m variance + Σ (i − mean)²).
        let spread = sum(&|i| (i.level - mean).powi(2));
        let (mut busy, mut complex) = (0.0, 0.0);
        for (at, i) in levels.iter().enumerate() {
            for j in &levels[..at] {
                busy += (i.level * i.p - j.level * j.p).abs();
                complex += (i.level - j.level) * (i.p * i.s + j.p * j.s) / (i.p + j.p);
            }
        }
        let over = |above: f64, below: f64, otherwise: f64| Some(if below > 0.0 { above / below } else { otherwise });
        vec![
            over(1.0, weighted, 1e6),
            over(2.0 * variance * difference / number, m * (m - 1.0), 0.0),
            over(weighted, 2.0 * busy, 0.0),
            Some(2.0 * complex / number),
            over(2.0 * (m * variance + spread), difference, 0.0),
        ]
    }
}

/// A level that occurs: its share of voxels and its sum of differences.
struct Level {
    level: f64,
    p: f64,
    s: f64,
}
