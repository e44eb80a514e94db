//! Intensity histogram: the distribution of the grey levels of a region after discretisation (IBSI family ZVCW).

use crate::radiomics::moments::{Moments, robust_mean_absolute_deviation, sums};
use crate::radiomics::percentile::percentiles;
use crate::radiomics::{Definition, Values};

/// The family's features. Codes of the percentiles are the standard's; its published table of reference values shows them one row off.
pub const DEFINITIONS: [Definition; 23] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("Mean", "X6K6", "level"),
        of("Variance", "CH89", "level2"),
        of("Skewness", "88K1", ""),
        of("ExcessKurtosis", "C3I7", ""),
        of("Median", "WIFQ", "level"),
        of("Minimum", "1PR8", "level"),
        of("10Percentile", "GPMT", "level"),
        of("90Percentile", "OZ0C", "level"),
        of("Maximum", "3NCY", "level"),
        of("Mode", "AMMC", "level"),
        of("InterquartileRange", "WR0O", "level"),
        of("Range", "5Z3W", "level"),
        of("MeanAbsoluteDeviation", "D2ZX", "level"),
        of("RobustMeanAbsoluteDeviation", "WRZB", "level"),
        of("MedianAbsoluteDeviation", "4RNL", "level"),
        of("CoefficientOfVariation", "CWYJ", ""),
        of("QuartileCoefficientOfDispersion", "SLWD", ""),
        of("Entropy", "TLU2", "bit"),
        of("Uniformity", "BJ5W", ""),
        of("MaximumHistogramGradient", "12CE", ""),
        of("MaximumHistogramGradientIntensity", "8E6O", "level"),
        of("MinimumHistogramGradient", "VQB3", ""),
        of("MinimumHistogramGradientIntensity", "RHQZ", "level"),
    ]
};

/// Features of the grey levels 1, 2, … inside the intensity mask, which must not be none; `counts[g − 1]` voxels have level g.
///
/// # Definition
/// Statistics as in the intensity-based family. The mode is the level with most voxels; of several, the one nearest to the mean, of those
/// the lower. The gradient of the histogram H at level g is (H(g+1) − H(g−1)) / 2, one-sided at both ends; of equal extremes the lowest
/// level counts. With a single level there is no gradient.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328.
pub fn intensity_histogram(levels: &[f64], counts: &[u32]) -> Values {
    let moments = Moments::of(levels);
    let Moments { minimum, maximum, mean, .. } = moments;
    let [p10, p25, median, p75, p90] = percentiles(levels, [minimum, maximum], [0.1, 0.25, 0.5, 0.75, 0.9]);
    let n = levels.len() as f64;
    let [from_median] = sums(levels, |x| [(x - median).abs()]);
    let ratio = |above: f64, below: f64| (below != 0.0).then(|| above / below);
    let probabilities = || counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / n);
    let [steepest_rise, steepest_fall] = gradient_extremes(counts);
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
        mode(counts, mean),
        Some(p75 - p25),
        Some(maximum - minimum),
        Some(moments.mean_absolute_deviation),
        Some(robust_mean_absolute_deviation(levels, [p10, p90])),
        Some(from_median / n),
        ratio(moments.second.sqrt(), mean),
        ratio(p75 - p25, p75 + p25),
        Some(-probabilities().map(|p| p * p.log2()).sum::<f64>()),
        Some(probabilities().map(|p| p * p).sum()),
        steepest_rise.map(|(_, slope)| slope),
        steepest_rise.map(|(level, _)| level),
        steepest_fall.map(|(_, slope)| slope),
        steepest_fall.map(|(level, _)| level),
    ]
}

fn mode(counts: &[u32], mean: f64) -> Option<f64> {
    let most = counts.iter().max()?;
    let levels = counts.iter().enumerate().filter(|(_, count)| *count == most).map(|(at, _)| (at + 1) as f64);
    levels.min_by(|a, b| (a - mean).abs().total_cmp(&(b - mean).abs()))
}

/// Level and slope of the steepest rise and of the steepest fall of the histogram.
fn gradient_extremes(counts: &[u32]) -> [Option<(f64, f64)>; 2] {
    if counts.len() < 2 {
        return [None; 2];
    }
    let height = |at: usize| f64::from(counts[at]);
    let last = counts.len() - 1;
    let slope = |at: usize| match at {
        0 => height(1) - height(0),
        at if at == last => height(last) - height(last - 1),
        at => (height(at + 1) - height(at - 1)) / 2.0,
    };
    let steepest = |better: fn(f64, f64) -> bool| {
        (1..=last).fold((1.0, slope(0)), |best, at| if better(slope(at), best.1) { ((at + 1) as f64, slope(at)) } else { best })
    };
    [Some(steepest(|new, best| new > best)), Some(steepest(|new, best| new < best))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_modes_the_one_nearest_to_the_mean_counts() {
        assert_eq!(mode(&[4, 1, 4, 0, 4], 3.4), Some(3.0));
        assert_eq!(mode(&[4, 1, 4], 2.0), Some(1.0));
    }

    #[test]
    fn the_gradient_is_central_inside_and_one_sided_at_the_ends() {
        assert_eq!(gradient_extremes(&[2, 10, 4, 4]), [Some((1.0, 8.0)), Some((3.0, -3.0))]);
        assert_eq!(gradient_extremes(&[7]), [None, None]);
    }
}
