//! First-order statistics as PyRadiomics computes them: intensities as they are, entropy and uniformity of the discretised ones.

use crate::radiomics::moments::{Moments, robust_mean_absolute_deviation, sums};
use crate::radiomics::percentile::percentiles;
use crate::radiomics::{Definition, Values};

/// The class's features. PyRadiomics gives `StandardDeviation` only when it is asked for by name.
pub const DEFINITIONS: [Definition; 19] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("10Percentile", "QG58", "intensity"),
        of("90Percentile", "8DWT", "intensity"),
        of("Energy", "N8CA", "intensity2"),
        of("Entropy", "TLU2", "bit"),
        of("InterquartileRange", "SALO", "intensity"),
        // Not the excess: 3 for a normal distribution, where IBSI's IPH6 is 0.
        of("Kurtosis", "IPH6", ""),
        of("Maximum", "84IY", "intensity"),
        of("MeanAbsoluteDeviation", "4FUA", "intensity"),
        of("Mean", "Q4LE", "intensity"),
        of("Median", "Y12H", "intensity"),
        of("Minimum", "1GSF", "intensity"),
        of("Range", "2OJQ", "intensity"),
        of("RobustMeanAbsoluteDeviation", "1128", "intensity"),
        of("RootMeanSquared", "5ZWQ", "intensity"),
        of("Skewness", "KE2A", ""),
        of("StandardDeviation", "", "intensity"),
        of("TotalEnergy", "", "intensity2 mm3"),
        of("Uniformity", "BJ5W", ""),
        of("Variance", "ECT3", "intensity2"),
    ]
};

/// First-order features of the intensities inside the mask, which must not be none.
///
/// # Definition
/// `counts` holds how many voxels each grey level of the discretised region has. `shift` (PyRadiomics' `voxelArrayShift`) is added to the
/// intensities in Energy, TotalEnergy and RootMeanSquared. Deviations from IBSI: kurtosis is not the excess; skewness and kurtosis of a
/// constant region are 0; entropy adds 2⁻⁵² to each probability inside the logarithm.
///
/// # Reference
/// van Griethuysen et al., Cancer Res 2017;77:e104 (PyRadiomics 3.0.1).
pub fn first_order(values: &[f64], counts: &[u32], voxel_volume: f64, shift: f64) -> Values {
    let moments = Moments::of(values);
    let Moments { minimum, maximum, mean, .. } = moments;
    let [p10, p25, median, p75, p90] = percentiles(values, [minimum, maximum], [0.1, 0.25, 0.5, 0.75, 0.9]);
    let n = values.len() as f64;
    let [energy] = sums(values, |x| [(x + shift) * (x + shift)]);
    let probabilities = || counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / n);
    vec![
        Some(p10),
        Some(p90),
        Some(energy),
        Some(-probabilities().map(|p| p * (p + f64::EPSILON).log2()).sum::<f64>()),
        Some(p75 - p25),
        Some(moments.kurtosis().unwrap_or(0.0)),
        Some(maximum),
        Some(moments.mean_absolute_deviation),
        Some(mean),
        Some(median),
        Some(minimum),
        Some(maximum - minimum),
        Some(robust_mean_absolute_deviation(values, [p10, p90])),
        Some((energy / n).sqrt()),
        Some(moments.skewness().unwrap_or(0.0)),
        Some(moments.second.sqrt()),
        Some(energy * voxel_volume),
        Some(probabilities().map(|p| p * p).sum()),
        Some(moments.second),
    ]
}
