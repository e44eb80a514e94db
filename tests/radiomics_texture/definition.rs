//! Small random regions, counted the slow way straight from the definitions, and regions without texture.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::radiomics::texture::{Aggregation, Extent, Settings, families, glcm, glrlm, glszm, ngldm, ngtdm};
use vbx::radiomics::{Definition, Discretisation, Levels, Values};

type Voxel = [i32; 3];

/// Counts n(i, j).
type Matrix = BTreeMap<(u64, u64), f64>;

/// Levels of the voxels of a region, to be looked up by coordinates.
struct Slow(BTreeMap<Voxel, u64>);

/// A region with holes, and the same for the slow way; few levels make long runs and large zones, many make sparse matrices.
fn random(seed: u64, size: [usize; 3], levels: &[f64]) -> (Levels, Slow) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let n = size.iter().product();
    let intensity: Vec<f64> = (0..n).map(|_| levels[rng.gen_range(0..levels.len())]).collect();
    let inside: Vec<bool> = (0..n).map(|_| rng.gen_bool(0.8)).collect();
    let found = Levels::new(size, [1.0; 3], &intensity, &inside, Discretisation::None).expect("levels");
    let voxel = |at: usize| [at % size[0], at / size[0] % size[1], at / size[0] / size[1]].map(|x| x as i32);
    let slow = (0..n).filter(|at| inside[*at]).map(|at| (voxel(at), intensity[at] as u64)).collect();
    (found, Slow(slow))
}

fn regions() -> Vec<(Levels, Slow)> {
    let (few, many) = ([1.0, 2.0, 3.0], [1.0, 2.0, 700.0, 701.0, 40_000.0, 65_535.0]);
    vec![random(1, [9, 7, 5], &few), random(2, [30, 3, 2], &few), random(3, [8, 8, 1], &few), random(4, [6, 5, 4], &many)]
}

fn plus(a: Voxel, b: Voxel) -> Voxel {
    std::array::from_fn(|axis| a[axis] + b[axis])
}

/// All offsets up to a Chebyshev distance, in space or within the slice.
fn offsets(distance: i32, in_space: bool) -> Vec<Voxel> {
    let range = || -distance..=distance;
    let all = range().flat_map(|k| range().flat_map(move |j| range().map(move |i| [i, j, k])));
    all.filter(|o| *o != [0; 3] && (in_space || o[2] == 0)).collect()
}

impl Slow {
    fn neighbours<'a>(&'a self, voxel: Voxel, offsets: &'a [Voxel]) -> impl Iterator<Item = u64> + 'a {
        offsets.iter().filter_map(move |offset| self.0.get(&plus(voxel, *offset)).copied())
    }

    fn runs(&self) -> Matrix {
        let mut matrix = Matrix::new();
        for offset in offsets(1, true).into_iter().filter(|[i, j, k]| (*k, *j, *i) > (0, 0, 0)) {
            for (voxel, level) in &self.0 {
                if self.0.get(&plus(*voxel, offset.map(|step| -step))) == Some(level) {
                    continue;
                }
                let along = std::iter::successors(Some(*voxel), |voxel| Some(plus(*voxel, offset)));
                let length = along.take_while(|voxel| self.0.get(voxel) == Some(level)).count() as u64;
                *matrix.entry((*level, length)).or_default() += 1.0;
            }
        }
        matrix
    }

    fn zones(&self, in_space: bool) -> Matrix {
        let (mut left, mut matrix) = (self.0.clone(), Matrix::new());
        while let Some((voxel, level)) = left.pop_first() {
            let (mut zone, mut size) = (vec![voxel], 0);
            while let Some(voxel) = zone.pop() {
                size += 1;
                for near in offsets(1, in_space).into_iter().map(|offset| plus(voxel, offset)) {
                    if left.get(&near) == Some(&level) {
                        left.remove(&near);
                        zone.push(near);
                    }
                }
            }
            *matrix.entry((level, size)).or_default() += 1.0;
        }
        matrix
    }

    fn dependences(&self, distance: i32, apart: u64) -> Matrix {
        let (mut matrix, offsets) = (Matrix::new(), offsets(distance, true));
        for (voxel, level) in &self.0 {
            let like = self.neighbours(*voxel, &offsets).filter(|near| near.abs_diff(*level) <= apart).count() as u64;
            *matrix.entry((*level, like + 1)).or_default() += 1.0;
        }
        matrix
    }

    /// p(i, j) of both ways along all 13 directions times a distance.
    fn cooccurrence(&self, distance: i32) -> Matrix {
        let mut matrix = Matrix::new();
        for offset in offsets(1, true).into_iter().map(|offset| offset.map(|step| step * distance)) {
            for (voxel, level) in &self.0 {
                if let Some(near) = self.0.get(&plus(*voxel, offset)) {
                    *matrix.entry((*level, *near)).or_default() += 1.0;
                }
            }
        }
        let total: f64 = matrix.values().sum();
        matrix.values_mut().for_each(|n| *n /= total);
        matrix
    }
}

fn sum(matrix: &Matrix, term: impl Fn(f64, f64, f64) -> f64) -> f64 {
    matrix.iter().map(|((i, j), n)| term(*i as f64, *j as f64, *n)).sum()
}

/// Some features of a matrix of sizes: one of each kind of sum.
fn of_sizes(matrix: &Matrix) -> [f64; 6] {
    let total = sum(matrix, |_, _, n| n);
    let mut rows = BTreeMap::<u64, f64>::new();
    matrix.iter().for_each(|((i, _), n)| *rows.entry(*i).or_default() += n);
    let mean = sum(matrix, |_, j, n| n * j) / total;
    [
        sum(matrix, |_, j, n| n / j / j) / total,
        sum(matrix, |i, j, n| n * i * i / j / j) / total,
        sum(matrix, |i, j, n| n * j * j / i / i) / total,
        rows.values().map(|n| n * n).sum::<f64>() / total,
        sum(matrix, |_, j, n| n * (j - mean).powi(2)) / total,
        -sum(matrix, |_, _, n| n / total * (n / total).log2()),
    ]
}

fn close(found: &Values, at: &[usize], expected: &[f64], what: &str) {
    for (at, expected) in at.iter().zip(expected) {
        let found = found[*at].expect("defined");
        assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1e-3), "{what}, feature {at}: {found}, slowly {expected}");
    }
}

#[test]
fn matrices_of_sizes() {
    const KINDS: [usize; 6] = [0, 5, 6, 8, 14, 15];
    for (levels, slow) in regions() {
        close(&glrlm::features(&levels, Aggregation::VolumeMerged), &KINDS, &of_sizes(&slow.runs()), "run lengths");
        close(&glszm::features(&levels, Extent::Volume), &KINDS, &of_sizes(&slow.zones(true)), "zone sizes");
        close(&glszm::features(&levels, Extent::Plane), &KINDS, &of_sizes(&slow.zones(false)), "zone sizes within slices");
        for (distance, apart) in [(1, 0), (1, 1), (2, 0), (3, 5)] {
            let found = ngldm::features(&levels, Extent::Volume, distance, apart);
            close(&found, &KINDS, &of_sizes(&slow.dependences(distance as i32, apart.into())), "dependences");
        }
    }
}

#[test]
fn cooccurrence() {
    for (levels, slow) in regions() {
        for distance in [1, 2] {
            let p = slow.cooccurrence(distance as i32);
            let mean = sum(&p, |i, _, p| i * p);
            let variance = sum(&p, |i, _, p| (i - mean).powi(2) * p);
            let levels_squared = (levels.count as f64).powi(2);
            let expected = [
                variance,
                -sum(&p, |_, _, p| p * p.log2()),
                sum(&p, |i, j, p| (i - j).powi(2) * p),
                sum(&p, |i, j, p| p / (1.0 + (i - j).powi(2) / levels_squared)),
                sum(&p, |i, j, p| if i == j { 0.0 } else { p / (i - j).powi(2) }),
                sum(&p, |i, j, p| (i - mean) * (j - mean) * p) / variance,
                sum(&p, |i, j, p| i * j * p),
                sum(&p, |i, j, p| (i + j - 2.0 * mean).powi(4) * p),
            ];
            close(
                &glcm::features(&levels, Aggregation::VolumeMerged, distance),
                &[2, 3, 11, 16, 17, 18, 19, 22],
                &expected,
                "GLCM",
            );
        }
    }
}

#[test]
fn tone_differences() {
    for (levels, slow) in regions() {
        for distance in [1, 2] {
            let near = offsets(distance, true);
            let (mut number, mut difference, mut total) = (BTreeMap::new(), BTreeMap::new(), 0.0);
            for (voxel, level) in &slow.0 {
                let around: Vec<u64> = slow.neighbours(*voxel, &near).collect();
                if !around.is_empty() {
                    let mean = around.iter().sum::<u64>() as f64 / around.len() as f64;
                    *number.entry(*level).or_insert(0.0) += 1.0;
                    *difference.entry(*level).or_insert(0.0) += (*level as f64 - mean).abs();
                    total += 1.0;
                }
            }
            let all: Vec<[f64; 3]> = number.iter().map(|(level, n)| [*level as f64, n / total, difference[level]]).collect();
            let pairs = |term: &dyn Fn([f64; 3], [f64; 3]) -> f64| -> f64 {
                all.iter().flat_map(|a| all.iter().map(|b| term(*a, *b))).sum()
            };
            let weighted: f64 = all.iter().map(|[_, p, s]| p * s).sum();
            let differences: f64 = all.iter().map(|[_, _, s]| s).sum();
            let m = all.len() as f64;
            let expected = [
                1.0 / weighted,
                pairs(&|[i, p, _], [j, q, _]| p * q * (i - j).powi(2)) / (m * (m - 1.0)) * differences / total,
                weighted / pairs(&|[i, p, _], [j, q, _]| (i * p - j * q).abs()),
                pairs(&|[i, p, s], [j, q, t]| (i - j).abs() * (p * s + q * t) / (p + q)) / total,
                pairs(&|[i, p, _], [j, q, _]| (p + q) * (i - j).powi(2)) / differences,
            ];
            close(&ngtdm::features(&levels, Extent::Volume, distance as usize), &[0, 1, 2, 3, 4], &expected, "NGTDM");
        }
    }
}

/// The maximal correlation of two binary variables is their correlation.
#[test]
fn maximal_correlation_of_two_levels() {
    let at = |name: &str| glcm::PYRADIOMICS.iter().position(|definition| definition.name == name).expect("a feature");
    let settings =
        Settings { without_axis: Some(2), weighting: Some(vbx::radiomics::texture::Norm::Equal), ..Settings::default() };
    for symmetrical in [true, false] {
        let (levels, _) = random(5, [9, 9, 3], &[1.0, 5.0]);
        let found = glcm::pyradiomics(&levels, &Settings { symmetrical, ..settings.clone() });
        let (mcc, correlation) = (found[at("MCC")].expect("defined"), found[at("Correlation")].expect("defined"));
        assert!((mcc - correlation.abs()).abs() < 1e-9, "{mcc} {correlation}");
    }
}

#[test]
fn regions_without_texture_have_no_surprises() {
    let region = |size: [usize; 3], inside: &[usize], intensity: &dyn Fn(usize) -> f64| {
        let n = size.iter().product();
        let intensity: Vec<f64> = (0..n).map(intensity).collect();
        let mask: Vec<bool> = (0..n).map(|at| inside.contains(&at)).collect();
        (Levels::new(size, [1.0; 3], &intensity, &mask, Discretisation::None).expect("levels"), mask)
    };
    let single = region([1, 1, 1], &[0], &|_| 3.0);
    let apart = region([5, 1, 3], &[0, 14], &|at| 1.0 + at as f64);
    let flat = region([3, 3, 3], &(0..27).collect::<Vec<_>>(), &|_| 2.0);
    for (levels, mask) in [&single, &apart, &flat] {
        for aggregation in Aggregation::ALL {
            for (family, values) in families::STANDARD.iter().zip(families::standard(levels, mask, aggregation)) {
                finite(family.name, family.definitions, &values);
            }
        }
        for (family, values) in families::PYRADIOMICS.iter().zip(families::pyradiomics(levels, &Settings::default())) {
            finite(family.name, family.definitions, &values);
        }
    }
    // Where there are no pairs there is no co-occurrence, and no voxel that could stand out.
    let [pairs, runs, _, _, tones, _] = families::standard(&apart.0, &apart.1, Aggregation::VolumeMerged);
    assert!(pairs.iter().chain(&tones).all(Option::is_none) && runs.iter().all(Option::is_some));
    // A flat region has neither spread nor information.
    let flat = glcm::features(&flat.0, Aggregation::VolumeMerged, 1);
    assert_eq!((flat[2], flat[3], flat[18], flat[23], flat[24]), (Some(0.0), Some(0.0), None, None, Some(0.0)));
}

fn finite(family: &str, definitions: &[Definition], values: &Values) {
    assert_eq!(definitions.len(), values.len());
    for (definition, value) in definitions.iter().zip(values) {
        assert!(value.is_none_or(f64::is_finite), "{family} {}: {value:?}", definition.name);
    }
}
