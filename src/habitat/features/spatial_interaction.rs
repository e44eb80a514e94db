//! The multiregional spatial interaction matrix: which habitat borders which.

use crate::habitat::supervoxel::Neighbourhood;

use super::makeup::Makeup;

/// The matrix of shares.
///
/// # Definition
/// p(a, b) is the share of ordered neighbour pairs whose first voxel lies in a and second in b, a and b among the background (0)
/// and the habitats (1…K); pairs within the background are left out, pairs across the lesion's border are counted from both
/// sides; Σ p = 1. `None` for a lesion without neighbours. The diagonal (size of a habitat) and the pairs beside it (length of a
/// border) are the published first-order features, as shares and as volumes.
///
/// Public codes differ. The authors' (MATLAB, with [`Neighbourhood::Slice8`]) sets the background's own pairs to 0, mirrors the
/// column of the background into its row and divides by the sum: this definition. Another (HABIT, [`Neighbourhood::Faces6`])
/// divides by the lower triangle without the background's row, so that its values do not sum to 1.
///
/// # Reference
/// Wu et al., Radiology 2018;288:26; Aminu et al., Cancers 2022;15:275 (code of the same group).
pub fn spatial_interaction(makeup: &Makeup, neighbourhood: Neighbourhood) -> Option<Vec<Vec<f64>>> {
    let counts = makeup.neighbours(neighbourhood);
    let total: u64 = counts.iter().flatten().sum();
    (total > 0).then(|| counts.iter().map(|row| row.iter().map(|n| *n as f64 / total as f64).collect()).collect())
}

/// Texture-like summaries of a spatial interaction matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InteractionTexture {
    /// Σ (a − b)² p(a, b).
    pub contrast: f64,
    /// Σ p(a, b) / (1 + |a − b|).
    pub homogeneity: f64,
    /// Σ (a − μ)(b − μ) p(a, b) / σ²; `None` where σ = 0.
    pub correlation: Option<f64>,
    /// Σ p(a, b)².
    pub energy: f64,
    /// −Σ p(a, b) ln p(a, b).
    pub entropy: f64,
}

/// Contrast, homogeneity, correlation and energy of a matrix, as `graycoprops` of MATLAB defines them of a grey level
/// co-occurrence matrix (the four published second-order features), and entropy, in nats. They change with the order of the
/// habitats' numbers.
///
/// # Reference
/// Haralick et al., IEEE Trans Syst Man Cybern 1973;3:610.
pub fn interaction_texture(matrix: &[Vec<f64>]) -> InteractionTexture {
    let cells =
        || matrix.iter().enumerate().flat_map(|(a, row)| row.iter().enumerate().map(move |(b, p)| (a as f64, b as f64, *p)));
    let sum = |of: &dyn Fn(f64, f64, f64) -> f64| cells().map(|(a, b, p)| of(a, b, p)).sum::<f64>();
    // The matrix is symmetric: both margins have one mean and one variance.
    let mean = sum(&|a, _, p| a * p);
    let variance = sum(&|a, _, p| (a - mean).powi(2) * p);
    InteractionTexture {
        contrast: sum(&|a, b, p| (a - b).powi(2) * p),
        homogeneity: sum(&|a, b, p| p / (1.0 + (a - b).abs())),
        correlation: (variance > 0.0).then(|| sum(&|a, b, p| (a - mean) * (b - mean) * p) / variance),
        energy: sum(&|_, _, p| p * p),
        entropy: -sum(&|_, _, p| if p > 0.0 { p * p.ln() } else { 0.0 }),
    }
}
