//! The names that PyRadiomics gives to what it measures, so that a simulated table looks like the tables that people have.

use super::preset::FeatureNames;

/// The feature classes of PyRadiomics 3 in the order of its output, shape apart, and their features.
const TEXTURE: [(&str, &str); 6] = [
    (
        "firstorder",
        "10Percentile 90Percentile Energy Entropy InterquartileRange Kurtosis Maximum MeanAbsoluteDeviation Mean Median \
         Minimum Range RobustMeanAbsoluteDeviation RootMeanSquared Skewness TotalEnergy Uniformity Variance",
    ),
    (
        "glcm",
        "Autocorrelation ClusterProminence ClusterShade ClusterTendency Contrast Correlation DifferenceAverage \
         DifferenceEntropy DifferenceVariance Id Idm Idmn Idn Imc1 Imc2 InverseVariance JointAverage JointEnergy \
         JointEntropy MCC MaximumProbability SumAverage SumEntropy SumSquares",
    ),
    (
        "gldm",
        "DependenceEntropy DependenceNonUniformity DependenceNonUniformityNormalized DependenceVariance \
         GrayLevelNonUniformity GrayLevelVariance HighGrayLevelEmphasis LargeDependenceEmphasis \
         LargeDependenceHighGrayLevelEmphasis LargeDependenceLowGrayLevelEmphasis LowGrayLevelEmphasis \
         SmallDependenceEmphasis SmallDependenceHighGrayLevelEmphasis SmallDependenceLowGrayLevelEmphasis",
    ),
    (
        "glrlm",
        "GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelRunEmphasis \
         LongRunEmphasis LongRunHighGrayLevelEmphasis LongRunLowGrayLevelEmphasis LowGrayLevelRunEmphasis RunEntropy \
         RunLengthNonUniformity RunLengthNonUniformityNormalized RunPercentage RunVariance ShortRunEmphasis \
         ShortRunHighGrayLevelEmphasis ShortRunLowGrayLevelEmphasis",
    ),
    (
        "glszm",
        "GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelZoneEmphasis \
         LargeAreaEmphasis LargeAreaHighGrayLevelEmphasis LargeAreaLowGrayLevelEmphasis LowGrayLevelZoneEmphasis \
         SizeZoneNonUniformity SizeZoneNonUniformityNormalized SmallAreaEmphasis SmallAreaHighGrayLevelEmphasis \
         SmallAreaLowGrayLevelEmphasis ZoneEntropy ZonePercentage ZoneVariance",
    ),
    ("ngtdm", "Busyness Coarseness Complexity Contrast Strength"),
];

const SHAPE_3D: &str = "Elongation Flatness LeastAxisLength MajorAxisLength Maximum2DDiameterColumn Maximum2DDiameterRow \
     Maximum2DDiameterSlice Maximum3DDiameter MeshVolume MinorAxisLength Sphericity SurfaceArea SurfaceVolumeRatio \
     VoxelVolume";

const SHAPE_2D: &str = "Elongation MajorAxisLength MaximumDiameter MeshSurface MinorAxisLength Perimeter PerimeterSurfaceRatio \
     PixelSurface Sphericity";

const WAVELET_3D: [&str; 8] = ["LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH", "LLL"];
const WAVELET_2D: [&str; 4] = ["LH", "HL", "HH", "LL"];
const LOG_SIGMA_MM: [&str; 5] = ["1-0", "2-0", "3-0", "4-0", "5-0"];
const OTHER_FILTERS: [&str; 6] = ["square", "squareroot", "logarithm", "exponential", "gradient", "lbp-2D"];

/// The most embedding columns that one block may have.
const WIDEST_EMBEDDING: usize = 100_000;

fn count_words(list: &str) -> usize {
    list.split_whitespace().count()
}

/// How many columns can be named.
pub fn capacity(names: FeatureNames) -> usize {
    let texture: usize = TEXTURE.iter().map(|(_, features)| count_words(features)).sum();
    let images = |wavelets: usize| 1 + wavelets + LOG_SIGMA_MM.len() + OTHER_FILTERS.len();
    match names {
        FeatureNames::Radiomics => count_words(SHAPE_3D) + texture * images(WAVELET_3D.len()),
        FeatureNames::Radiomics2d => count_words(SHAPE_2D) + texture * images(WAVELET_2D.len()),
        FeatureNames::Embedding => WIDEST_EMBEDDING,
    }
}

/// The first `count` column names: shape, then every feature class of the original image, then of one filtered image after the other.
pub fn names(kind: FeatureNames, count: usize) -> Vec<String> {
    let (shape_class, shape, wavelets): (&str, &str, &[&str]) = match kind {
        FeatureNames::Radiomics => ("shape", SHAPE_3D, &WAVELET_3D),
        FeatureNames::Radiomics2d => ("shape2D", SHAPE_2D, &WAVELET_2D),
        FeatureNames::Embedding => {
            let width = count.saturating_sub(1).to_string().len().max(3);
            return (0..count).map(|i| format!("emb_{i:0width$}")).collect();
        }
    };
    let filtered = wavelets.iter().map(|band| format!("wavelet-{band}"));
    let filtered = filtered.chain(LOG_SIGMA_MM.iter().map(|sigma| format!("log-sigma-{sigma}-mm-3D")));
    let filtered = filtered.chain(OTHER_FILTERS.iter().map(|filter| filter.to_string()));
    let texture = std::iter::once("original".to_string()).chain(filtered).flat_map(|image| {
        TEXTURE.iter().flat_map(move |(class, features)| {
            let image = image.clone();
            features.split_whitespace().map(move |feature| format!("{image}_{class}_{feature}"))
        })
    });
    shape.split_whitespace().map(|feature| format!("original_{shape_class}_{feature}")).chain(texture).take(count).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_differ_and_there_are_as_many_as_promised() {
        for kind in [FeatureNames::Radiomics, FeatureNames::Radiomics2d] {
            let all = names(kind, usize::MAX);
            assert_eq!(all.len(), capacity(kind));
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        }
        assert_eq!(names(FeatureNames::Embedding, 2), ["emb_000", "emb_001"]);
        assert_eq!(names(FeatureNames::Embedding, 2048).last().unwrap(), "emb_2047");
    }
}
