//! Intensity-based statistics: how the grey levels of a region are distributed, before any discretisation (IBSI family UHIW).

use crate::radiomics::moments::{Moments, robust_mean_absolute_deviation, sums};
use crate::radiomics::percentile::percentiles;
use crate::radiomics::{Definition, Values};

/// The family's features.
pub const DEFINITIONS: [Definition; 18] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("Mean", "Q4LE", "intensity"),
        of("Variance", "ECT3", "intensity2"),
        of("Skewness", "KE2A", ""),
        of("ExcessKurtosis", "IPH6", ""),
        of("Median", "Y12H", "intensity"),
        of("Minimum", "1GSF", "intensity"),
        of("10Percentile", "QG58", "intensity"),
        of("90Percentile", "8DWT", "intensity"),
        of("Maximum", "84IY", "intensity"),
        of("InterquartileRange", "SALO", "intensity"),
        of("Range", "2OJQ", "intensity"),
        of("MeanAbsoluteDeviation", "4FUA", "intensity"),
        of("RobustMeanAbsoluteDeviation", "1128", "intensity"),
        of("MedianAbsoluteDeviation", "N72L", "intensity"),
        of("CoefficientOfVariation", "7TET", ""),
        of("QuartileCoefficientOfDispersion", "9S40", ""),
        of("Energy", "N8CA", "intensity2"),
        of("RootMeanSquared", "5ZWQ", "intensity"),
    ]
};

/// Statistics of the intensities inside the intensity mask, which must not be none.
///
/// # Definition
/// Moments are those of a population (divisor n); percentiles interpolate linearly; *robust* deviation keeps what lies from the 10th to
/// the 90th percentile, both included; the *median* absolute deviation is the mean distance from the median. Skewness and kurtosis of a
/// constant region, and dispersions around a centre of zero, are undefined.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328.
pub fn intensity_statistics(values: &[f64]) -> Values {
    let moments = Moments::of(values);
    let Moments { minimum, maximum, mean, .. } = moments;
    let [p10, p25, median, p75, p90] = percentiles(values, [minimum, maximum], [0.1, 0.25, 0.5, 0.75, 0.9]);
    let n = values.len() as f64;
    let [from_median] = sums(values, |x| [(x - median).abs()]);
    let ratio = |above: f64, below: f64| (below != 0.0).then(|| above / below);
    vec![
        Some(mean),
        Some(moments.second),
        moments.skewness(),
        moments.kurtosis().map(|kurtosis| kurtosis - 3.0),
        Some(median),
        Some(minimum),
        Some(p10),
        Some(p90),
        Some(maximum),
        Some(p75 - p25),
        Some(maximum - minimum),
        Some(moments.mean_absolute_deviation),
        Some(robust_mean_absolute_deviation(values, [p10, p90])),
        Some(from_median / n),
        ratio(moments.second.sqrt(), mean),
        ratio(p75 - p25, p75 + p25),
        Some(moments.energy),
        Some((moments.energy / n).sqrt()),
    ]
}
