//! Grey level co-occurrence matrix: which levels lie next to each other (IBSI family LFYI).

use super::aggregation::{Aggregation, average};
use super::cooccurrence::Cooccurrence;
use super::field::{Field, directions};
use super::maximal_correlation::maximal_correlation;
use super::pyradiomics::Settings;
use super::size_matrix::entropy;
use crate::radiomics::{Definition, Levels, Values};

const ALL: [Definition; 26] = {
    const fn of(name: &'static str, code: &'static str) -> Definition {
        Definition { name, code, unit: "" }
    }
    [
        of("MaximumProbability", "GYBY"),
        of("JointAverage", "60VM"),
        of("SumSquares", "UR99"),
        of("JointEntropy", "TU9B"),
        of("DifferenceAverage", "TF7R"),
        of("DifferenceVariance", "D3YU"),
        of("DifferenceEntropy", "NTRS"),
        of("SumAverage", "ZGXS"),
        of("SumVariance", "OEEB"),
        of("SumEntropy", "P6QZ"),
        of("JointEnergy", "8ZQL"),
        of("Contrast", "ACUI"),
        of("Dissimilarity", "8S9J"),
        of("Id", "IB1Z"),
        of("Idn", "NDRX"),
        of("Idm", "WF0Z"),
        of("Idmn", "1QCO"),
        of("InverseVariance", "E8JP"),
        of("Correlation", "NI2N"),
        of("Autocorrelation", "QWB0"),
        of("ClusterTendency", "DG8W"),
        of("ClusterShade", "7NFM"),
        of("ClusterProminence", "AE86"),
        of("Imc1", "R8DG"),
        of("Imc2", "JN9H"),
        of("MCC", ""),
    ]
};

/// The standard's features.
pub const FEATURES: &[Definition] = ALL.split_at(25).0;

/// PyRadiomics' features. It has neither `SumVariance`, which equals `ClusterTendency`, nor `Dissimilarity`, which equals
/// `DifferenceAverage`, and has the maximal correlation coefficient `MCC` besides.
pub const PYRADIOMICS: &[Definition] = &{
    let mut kept = [ALL[0]; 24];
    let mut at = 0;
    while at < 24 {
        kept[at] = ALL[IN_PYRADIOMICS[at]];
        at += 1;
    }
    kept
};

/// Places of PyRadiomics' features in `ALL`.
const IN_PYRADIOMICS: [usize; 24] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25];

/// The standard's features of symmetrical matrices at Chebyshev distance `distance`, in the order of [`FEATURES`].
///
/// # Definition
/// p(i, j) is the share of pairs with level i here and j one step on (or the reverse). With its margin p_x, mean μ and standard
/// deviation σ of p_x, d = |i − j| and s = i + j, sums over all i and j unless said otherwise: joint maximum max p, average Σ i
/// p, variance Σ (i − μ)² p, entropy −Σ p log₂ p; average, variance and entropy of d and of s; angular second moment Σ p²;
/// contrast Σ d² p; dissimilarity Σ d p; inverse difference Σ p / (1 + d) and its moment Σ p / (1 + d²), normalised with d / N_g
/// for d; inverse variance Σ p / d² over d > 0; correlation (Σ i j p − μ²) / σ²; autocorrelation Σ i j p; cluster tendency,
/// shade, prominence Σ (s − 2μ)ᵐ p for m = 2, 3, 4; with the entropies H of p_x and H₂ of p, first and second measure of
/// information correlation (H₂ − 2H) / H and √(1 − exp(−2 (2H − H₂))).
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; Haralick et al., IEEE SMC
/// 1973;3:610.
pub fn features(levels: &Levels, aggregation: Aggregation, distance: usize) -> Values {
    features_of(&Field::new(levels, distance), aggregation, distance)
}

pub(super) fn features_of(field: &Field, aggregation: Aggregation, distance: usize) -> Values {
    let matrices = aggregation.matrices(field.slices(), &directions(aggregation.in_space(), distance));
    let features = matrices.into_iter().map(|(slices, directions)| {
        let matrix = Cooccurrence::count(field, &slices, &directions, true);
        Margins::of(&matrix).map_or(vec![None; 25], |margins| margins.features(&matrix))
    });
    average(features, FEATURES.len())
}

/// PyRadiomics' features, in the order of [`PYRADIOMICS`].
///
/// # Definition
/// As in the standard, 3-D averaged, but: every offset whose largest component is one of the distances is a direction of its own;
/// the matrix may be left unsymmetrical; with a weighting norm all directions are merged, each weighted by exp(−length²) of its
/// offset in that norm in mm; a region of a single level has correlation 1, MCC 1 and information correlations 0. MCC is √ of the
/// second largest eigenvalue of Σ_k p(i, k) p(j, k) / (p_x(i) p_y(k)).
///
/// # Reference
/// van Griethuysen et al., Cancer Research 2017;77:e104; the program's version 3.0.1.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> Values {
    pyradiomics_of(&Field::new(levels, settings.reach()), settings)
}

pub(super) fn pyradiomics_of(field: &Field, settings: &Settings) -> Values {
    let slices = 0..field.slices();
    let count = |offset| Cooccurrence::count(field, &slices, &[offset], settings.symmetrical);
    let flat = field.is_flat();
    let features = |matrix: Cooccurrence| match Margins::of(&matrix) {
        None => vec![None; ALL.len()],
        Some(margins) => {
            let mut values = margins.features(&matrix);
            let in_flat_region = [(18, 1.0), (23, 0.0)];
            in_flat_region.iter().for_each(|(at, value)| values[*at] = values[*at].or(Some(*value)));
            values.push(Some(maximal_correlation(&matrix, &margins.px, &margins.py, margins.total)));
            values
        }
    };
    let offsets = settings.offsets(field).into_iter();
    let mut values = match settings.weighting {
        None => average(offsets.map(|offset| features(count(offset))), ALL.len()),
        Some(norm) => {
            let weight = |offset| norm.length(&offset, field.spacing).map_or(1.0, |length| (-length * length).exp());
            let matrices = offsets.map(|offset| (count(offset), weight(offset)));
            Cooccurrence::weighted(matrices.collect()).map_or(vec![None; ALL.len()], features)
        }
    };
    if flat {
        values[25] = Some(1.0);
    }
    IN_PYRADIOMICS.iter().map(|at| values[*at]).collect()
}

/// What of a matrix nearly all features need: its margins, and the distributions of difference and sum of the two levels.
struct Margins {
    total: f64,
    px: Vec<f64>,
    py: Vec<f64>,
    difference: Vec<f64>,
    sum: Vec<f64>,
    maximum: f64,
    energy: f64,
    entropy: f64,
}

impl Margins {
    /// `None` for a matrix that is empty.
    fn of(matrix: &Cooccurrence) -> Option<Margins> {
        let pairs: f64 = matrix.cells.iter().map(|cell| cell.number).sum();
        let total = if matrix.symmetrical { 2.0 * pairs } else { pairs };
        if !(total > 0.0) {
            return None;
        }
        let n = matrix.count + 1;
        let mut margins = Margins {
            total,
            px: vec![0.0; n],
            py: vec![0.0; n],
            difference: vec![0.0; n],
            sum: vec![0.0; 2 * n],
            maximum: 0.0,
            energy: 0.0,
            entropy: 0.0,
        };
        for cell in &matrix.cells {
            let (i, j) = (cell.row as usize, cell.column as usize);
            // A symmetrical matrix has the cell twice; on its diagonal the pair counts twice in the one cell.
            let (p, times) = match (matrix.symmetrical, i == j) {
                (false, _) => (cell.number / total, 1.0),
                (true, true) => (2.0 * cell.number / total, 1.0),
                (true, false) => (cell.number / total, 2.0),
            };
            margins.px[i] += p;
            match times > 1.0 {
                true => margins.px[j] += p,
                false => margins.py[j] += p,
            }
            margins.difference[i.abs_diff(j)] += times * p;
            margins.sum[i + j] += times * p;
            margins.maximum = margins.maximum.max(p);
            margins.energy += times * p * p;
            margins.entropy -= times * p * p.log2();
        }
        if matrix.symmetrical {
            margins.py.clone_from(&margins.px);
        }
        Some(margins)
    }

    /// The standard's features.
    fn features(&self, matrix: &Cooccurrence) -> Values {
        let levels = matrix.count as f64;
        let (mean_x, mean_y) = (mean(&self.px), mean(&self.py));
        let (variance_x, variance_y) = (moment(&self.px, mean_x, 2), moment(&self.py, mean_y, 2));
        let (mean_difference, mean_sum) = (mean(&self.difference), mean(&self.sum));
        let over_difference =
            |f: &dyn Fn(f64) -> f64| -> f64 { (0_u32..).zip(&self.difference).map(|(d, p)| p * f(f64::from(d))).sum() };
        let contrast = over_difference(&|d| d * d);
        // i j = ((i + j)² − (i − j)²) / 4, and the same about the means.
        let about = |centre: f64| (0_u32..).zip(&self.sum).map(|(s, p)| p * (f64::from(s) - centre).powi(2)).sum::<f64>();
        let autocorrelation = (about(0.0) - contrast) / 4.0;
        let covariance = (about(mean_sum) - (contrast - (mean_x - mean_y).powi(2))) / 4.0;
        let (entropy_x, entropy_y) = (entropy(&self.px), entropy(&self.py));
        // −Σ p log(p_x p_y) and −Σ p_x p_y log(p_x p_y) are both the sum of the margins' entropies.
        let apart = entropy_x + entropy_y;
        let largest = entropy_x.max(entropy_y);
        let shared = (apart - self.entropy).max(0.0);
        let deviation = (variance_x * variance_y).sqrt();
        vec![
            Some(self.maximum),
            Some(mean_x),
            Some(variance_x),
            Some(self.entropy),
            Some(mean_difference),
            Some(moment(&self.difference, mean_difference, 2)),
            Some(entropy(&self.difference)),
            Some(mean_sum),
            Some(moment(&self.sum, mean_sum, 2)),
            Some(entropy(&self.sum)),
            Some(self.energy),
            Some(contrast),
            Some(mean_difference),
            Some(over_difference(&|d| 1.0 / (1.0 + d))),
            Some(over_difference(&|d| 1.0 / (1.0 + d / levels))),
            Some(over_difference(&|d| 1.0 / (1.0 + d * d))),
            Some(over_difference(&|d| 1.0 / (1.0 + (d / levels).powi(2)))),
            Some(over_difference(&|d| if d > 0.0 { 1.0 / (d * d) } else { 0.0 })),
            (deviation > 0.0).then(|| covariance / deviation),
            Some(autocorrelation),
            Some(moment(&self.sum, mean_x + mean_y, 2)),
            Some(moment(&self.sum, mean_x + mean_y, 3)),
            Some(moment(&self.sum, mean_x + mean_y, 4)),
            (largest > 0.0).then(|| (self.entropy - apart) / largest),
            Some((1.0 - (-2.0 * shared).exp()).sqrt()),
        ]
    }
}

/// Mean of a distribution over 0, 1, 2, ….
fn mean(distribution: &[f64]) -> f64 {
    (0_u32..).zip(distribution).map(|(x, p)| f64::from(x) * p).sum()
}

/// Central moment of a distribution over 0, 1, 2, ….
fn moment(distribution: &[f64], mean: f64, power: i32) -> f64 {
    (0_u32..).zip(distribution).map(|(x, p)| p * (f64::from(x) - mean).powi(power)).sum()
}
