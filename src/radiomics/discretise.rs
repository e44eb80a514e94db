//! Discretisation: intensities of a region become the few grey levels that histograms and textures count.

use pulp::{Arch, Simd, WithSimd};

use crate::error::{Error, Result};

/// The highest grey level that can be told apart. Finer bins are refused: they leave a region of millions of voxels nearly
/// without equal neighbours, which is never meant.
pub const MAXIMUM_LEVEL: usize = u16::MAX as usize;

/// How intensities become grey levels 1, 2, ….
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Discretisation {
    /// Not at all: intensities are the levels already, whole numbers from 1 upwards.
    None,
    /// A fixed number of bins between the region's smallest and largest intensity (IBSI K15C).
    BinNumber(usize),
    /// Bins of a fixed size (IBSI Q3RU).
    BinSize {
        /// Width of a bin, in the unit of the image.
        width: f64,
        /// Where the first bin begins: the lower bound of re-segmentation, or `None` for the region's smallest intensity.
        from: Option<f64>,
    },
    /// PyRadiomics' `binWidth`: bins begin at multiples of the width, the first at the last multiple below the smallest
    /// intensity.
    PyRadiomicsWidth(f64),
    /// PyRadiomics' `binCount`: NumPy's histogram edges, the last of them moved up by one unit. A flat region of intensity v has
    /// its edges between v − 0.5 and v + 0.5, and so its level in the middle rather than at 1.
    PyRadiomicsCount(usize),
}

/// The grey levels of a region: a box of voxels, each with its level or outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Voxels along the axes i (fastest in memory), j, k.
    pub size: [usize; 3],
    /// Distance of neighbouring voxel centres along i, j, k, in mm.
    pub spacing: [f64; 3],
    /// Grey level per voxel, axis i fastest: 0 outside the region, 1 to `count` inside.
    pub level: Vec<u16>,
    /// The highest level that occurs, IBSI's N_g.
    pub count: usize,
    /// Number of voxels in the region.
    pub voxels: usize,
}

impl Levels {
    /// The grey levels of the voxels that are `inside`.
    ///
    /// # Definition
    /// With the smallest and largest intensity a and b of the region, intensity x has level
    /// - `BinNumber(n)`: ⌊n (x − a) / (b − a)⌋ + 1, and n for x = b; 1 if a = b;
    /// - `BinSize`: ⌊(x − from) / width⌋ + 1;
    /// - `PyRadiomicsWidth(w)`: the number of edges e ≤ x among a − (a mod w) + 0, w, 2w, …;
    /// - `PyRadiomicsCount(n)`: the number of edges e ≤ x among a + (b − a) i / n, i < n.
    ///
    /// # Errors
    /// [`Error::Study`] when the region is empty, holds an intensity that is not finite or (without discretisation) not a whole
    /// number from 1 upwards or (with bins from a lower bound) lies below it, when bins are so narrow that there would be more
    /// than [`MAXIMUM_LEVEL`] levels, or an axis has so many voxels; [`Error::Usage`] when the width or number of bins is not
    /// positive.
    ///
    /// # Panics
    /// If the slices do not have one entry per voxel: a fault of the caller, never of a file.
    pub fn new(size: [usize; 3], spacing: [f64; 3], intensity: &[f64], inside: &[bool], rule: Discretisation) -> Result<Levels> {
        assert_eq!(intensity.len(), size.iter().product::<usize>(), "one intensity per voxel");
        assert_eq!(inside.len(), intensity.len(), "one entry of the mask per voxel");
        if size.iter().any(|n| *n >= MAXIMUM_LEVEL) {
            return Err(Error::study(format_args!(
                "a region of {size:?} voxels is too long for textures: at most {MAXIMUM_LEVEL} an axis"
            )));
        }
        struct Assign<'a>([usize; 3], [f64; 3], &'a [f64], &'a [bool], Discretisation);
        impl WithSimd for Assign<'_> {
            type Output = Result<Levels>;
            #[inline(always)]
            fn with_simd<S: Simd>(self, _: S) -> Self::Output {
                Levels::assigned(self.0, self.1, self.2, self.3, self.4)
            }
        }
        Arch::new().dispatch(Assign(size, spacing, intensity, inside, rule))
    }

    #[inline(always)]
    fn assigned(size: [usize; 3], spacing: [f64; 3], intensity: &[f64], inside: &[bool], rule: Discretisation) -> Result<Levels> {
        let range = Range::of(size, intensity, inside)?;
        let (level, count) = match rule {
            Discretisation::None => {
                range.whole_numbers(intensity, inside)?;
                assign(size, intensity, inside, range.maximum, |x| x)
            }
            Discretisation::BinNumber(n) => {
                let n = bins(n)?;
                let span = range.maximum - range.minimum;
                match span > 0.0 {
                    true => assign(size, intensity, inside, n, |x| (n * (x - range.minimum) / span).floor().min(n - 1.0) + 1.0),
                    false => assign(size, intensity, inside, 1.0, |_| 1.0),
                }
            }
            Discretisation::BinSize { width, from } => {
                let (width, from) = (positive(width)?, from.unwrap_or(range.minimum));
                if range.minimum < from {
                    return Err(Error::study(format_args!(
                        "the region holds intensity {} below {from}, where the first bin begins; re-segment it to that range",
                        range.minimum
                    )));
                }
                let level = |x: f64| ((x - from) / width).floor() + 1.0;
                assign(size, intensity, inside, limited(level(range.maximum), width)?, level)
            }
            Discretisation::PyRadiomicsWidth(width) => {
                let edges = Edges::multiples(range, positive(width)?);
                assign(size, intensity, inside, limited(edges.level(range.maximum), width)?, |x| edges.level(x))
            }
            Discretisation::PyRadiomicsCount(n) => {
                let edges = Edges::equal(range, bins(n)?);
                assign(size, intensity, inside, edges.level(range.maximum), |x| edges.level(x))
            }
        };
        Ok(Levels { size, spacing, level, count, voxels: range.voxels })
    }

    /// Number of voxels at each level 1 to `count`.
    pub fn histogram(&self) -> Vec<u32> {
        let mut voxels = vec![0; self.count + 1];
        self.level.iter().for_each(|level| voxels[usize::from(*level)] += 1);
        voxels.remove(0);
        voxels
    }
}

/// Levels of all voxels, and the highest of them, which is that of the largest intensity.
#[inline(always)]
fn assign(size: [usize; 3], intensity: &[f64], inside: &[bool], highest: f64, level: impl Fn(f64) -> f64) -> (Vec<u16>, usize) {
    let mut levels = vec![0; intensity.len()];
    stretches(size, inside, |stretch| {
        let voxels = intensity[stretch.clone()].iter().zip(&inside[stretch.clone()]);
        // Between the ends of a line the intensity may be anything outside: the cast saturates, and the product with the mask is
        // 0.
        levels[stretch].iter_mut().zip(voxels).for_each(|(own, (x, inside))| *own = level(*x) as u16 * u16::from(*inside));
    });
    (levels, highest as usize)
}

/// Visits, line by line, what lies between the first and the last voxel inside: most of a box around a region is outside.
#[inline(always)]
fn stretches(size: [usize; 3], inside: &[bool], mut visit: impl FnMut(std::ops::Range<usize>)) {
    for (at, line) in inside.chunks_exact(size[0].max(1)).enumerate() {
        let Some(first) = line.iter().position(|inside| *inside) else { continue };
        let last = line.iter().rposition(|inside| *inside).unwrap_or(first);
        visit(at * size[0] + first..at * size[0] + last + 1);
    }
}

fn positive(width: f64) -> Result<f64> {
    match width.is_finite() && width > 0.0 {
        true => Ok(width),
        false => Err(Error::usage(format_args!("the bin width is {width}; it must be a positive number"))),
    }
}

fn bins(n: usize) -> Result<f64> {
    match (1..=MAXIMUM_LEVEL).contains(&n) {
        true => Ok(n as f64),
        false => Err(Error::usage(format_args!("the number of bins is {n}; it must lie between 1 and {MAXIMUM_LEVEL}"))),
    }
}

fn limited(levels: f64, width: f64) -> Result<f64> {
    match levels <= MAXIMUM_LEVEL as f64 {
        true => Ok(levels),
        false => Err(Error::study(format_args!(
            "bins of width {width} give {levels} grey levels, more than {MAXIMUM_LEVEL}; choose wider bins or a number of bins"
        ))),
    }
}

/// What intensities the region has.
#[derive(Clone, Copy)]
struct Range {
    minimum: f64,
    maximum: f64,
    voxels: usize,
}

impl Range {
    #[inline(always)]
    fn of(size: [usize; 3], intensity: &[f64], inside: &[bool]) -> Result<Range> {
        let (mut range, mut finite) = (Range { minimum: f64::INFINITY, maximum: f64::NEG_INFINITY, voxels: 0 }, true);
        stretches(size, inside, |stretch| {
            for (x, inside) in intensity[stretch.clone()].iter().zip(&inside[stretch]) {
                let (low, high) = if *inside { (*x, *x) } else { (f64::INFINITY, f64::NEG_INFINITY) };
                range.minimum = if low < range.minimum { low } else { range.minimum };
                range.maximum = if high > range.maximum { high } else { range.maximum };
                range.voxels += usize::from(*inside);
                finite &= x.is_finite() | !inside;
            }
        });
        match (range.voxels, finite) {
            (0, _) => Err(Error::study("the region is empty: it has no grey levels")),
            (_, false) => Err(Error::study("the region holds intensities that are not finite numbers")),
            _ => Ok(range),
        }
    }

    fn whole_numbers(&self, intensity: &[f64], inside: &[bool]) -> Result<()> {
        let broken = intensity.iter().zip(inside).find(|(x, inside)| **inside && x.fract() != 0.0).map(|(x, _)| *x);
        let out_of_range = if self.minimum < 1.0 { Some(self.minimum) } else { Some(self.maximum) };
        match broken.or(out_of_range.filter(|x| !(1.0..=MAXIMUM_LEVEL as f64).contains(x))) {
            None => Ok(()),
            Some(x) => Err(Error::study(format_args!(
                "intensity {x} is no grey level: without discretisation they must be whole numbers from 1 to {MAXIMUM_LEVEL}"
            ))),
        }
    }
}

/// Edges of bins as NumPy lays them: `first + i · step`.
#[derive(Clone, Copy)]
struct Edges {
    first: f64,
    step: f64,
    /// Edges that bins begin at; more exist only in exact arithmetic.
    number: f64,
}

impl Edges {
    /// `numpy.arange(a − a % width, b + 2 width, width)`.
    fn multiples(range: Range, width: f64) -> Edges {
        // Python's remainder has the sign of the divisor, and so has Rust's Euclidean one for a positive divisor.
        let first = range.minimum - range.minimum.rem_euclid(width);
        // `arange` computes its first two values and continues with their difference.
        Edges { first, step: (first + width) - first, number: f64::INFINITY }
    }

    /// `numpy.histogram(values, n)[1]`, without the last.
    fn equal(range: Range, n: f64) -> Edges {
        let (first, last) = match range.maximum > range.minimum {
            true => (range.minimum, range.maximum),
            false => (range.minimum - 0.5, range.maximum + 0.5),
        };
        Edges { first, step: (last - first) / n, number: n }
    }

    /// `numpy.digitize`: the number of edges not above `x`. The quotient may be off by one where `x` is next to an edge.
    #[inline(always)]
    fn level(&self, x: f64) -> f64 {
        let edge = |i: f64| self.first + i * self.step;
        let near = ((x - self.first) / self.step).floor();
        let up = if edge(near + 1.0) <= x { 1.0 } else { 0.0 };
        let down = if edge(near) > x { 1.0 } else { 0.0 };
        (near + up - down + 1.0).min(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(values: &[f64], rule: Discretisation) -> Result<Levels> {
        Levels::new([values.len(), 1, 1], [1.0; 3], values, &vec![true; values.len()], rule)
    }

    #[test]
    fn bin_number_puts_the_largest_intensity_into_the_last_bin() {
        let found = levels(&[0.0, 0.9, 1.0, 3.9, 4.0], Discretisation::BinNumber(4)).unwrap();
        assert_eq!((found.level, found.count, found.voxels), (vec![1, 1, 2, 4, 4], 4, 5));
        assert_eq!(levels(&[7.0, 7.0], Discretisation::BinNumber(4)).unwrap().level, [1, 1]);
    }

    #[test]
    fn bin_size_counts_from_the_lower_bound_or_the_minimum() {
        let from = |from| levels(&[-490.0, -475.0, 400.0], Discretisation::BinSize { width: 25.0, from });
        assert_eq!(from(Some(-500.0)).unwrap().level, [1, 2, 37]);
        assert_eq!(from(None).unwrap().level, [1, 1, 36]);
        assert!(from(Some(-480.0)).unwrap_err().to_string().contains("below -480"));
    }

    #[test]
    fn pyradiomics_bins_begin_at_multiples_of_the_width() {
        // The example of PyRadiomics' documentation: 54 to 166 at width 25 has the edges 50, 75, …, 175.
        let found = levels(&[54.0, 74.9, 75.0, 166.0], Discretisation::PyRadiomicsWidth(25.0)).unwrap();
        assert_eq!((found.level, found.count), (vec![1, 1, 2, 5], 5));
        assert_eq!(levels(&[-30.0, -25.0, 0.0], Discretisation::PyRadiomicsWidth(25.0)).unwrap().level, [1, 2, 3]);
        // 0.3 / 0.1 is just below 3 in floating point, yet the third edge after 0 is just above 0.3.
        assert_eq!(levels(&[0.0, 0.3], Discretisation::PyRadiomicsWidth(0.1)).unwrap().level, [1, 3]);
    }

    #[test]
    fn pyradiomics_count_puts_a_flat_region_into_the_middle() {
        assert_eq!(levels(&[0.0, 1.0, 4.0], Discretisation::PyRadiomicsCount(4)).unwrap().level, [1, 2, 4]);
        assert_eq!(levels(&[3.0, 3.0], Discretisation::PyRadiomicsCount(64)).unwrap().level, [33, 33]);
    }

    #[test]
    fn outside_is_level_zero_whatever_stands_there() {
        let inside = [true, false, false, true];
        let rule = Discretisation::BinSize { width: 1.0, from: None };
        let found = Levels::new([2, 2, 1], [1.0; 3], &[1.0, f64::NAN, 1e9, 3.0], &inside, rule).unwrap();
        assert_eq!((found.level.as_slice(), found.count), ([1, 0, 0, 3].as_slice(), 3));
        assert_eq!(found.histogram(), [1, 0, 1]);
    }

    #[test]
    fn what_has_no_levels_is_refused_with_the_reason() {
        let said = |values: &[f64], rule| levels(values, rule).unwrap_err().to_string();
        let narrow = Discretisation::BinSize { width: 1e-3, from: None };
        assert!(said(&[0.0, 100.0], narrow).contains("100001 grey levels"));
        assert!(said(&[0.0, 100.0], Discretisation::PyRadiomicsWidth(1e-300)).contains("more than 65535"));
        assert!(said(&[0.0, 1.0], Discretisation::PyRadiomicsWidth(0.0)).contains("positive"));
        assert!(said(&[0.0, 1.0], Discretisation::BinNumber(0)).contains("between 1"));
        assert!(said(&[1.0, 1.5], Discretisation::None).contains("1.5"));
        assert!(said(&[0.0, 1.0], Discretisation::None).contains("intensity 0"));
        assert!(said(&[1.0, f64::NAN], Discretisation::None).contains("not finite"));
        let empty = Levels::new([1, 1, 1], [1.0; 3], &[1.0], &[false], Discretisation::None);
        assert!(empty.unwrap_err().to_string().contains("empty"));
    }
}
