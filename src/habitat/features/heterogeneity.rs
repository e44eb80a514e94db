//! How mixed a lesion is: how many habitats, in what shares, in how many pieces.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::makeup::Makeup;

/// Which connected parts are too small to count in the ITH score. The defaults are those of the authors' package (ITHscore
/// 0.3.3); other public code ignores single voxels only, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct IthOptions {
    /// Up to this number of voxels a lesion is small.
    pub small_lesion: u64,
    /// In a small lesion, parts of up to this number of voxels are ignored; single voxels are ignored in every lesion.
    pub smallest_ignored: u64,
}

impl Default for IthOptions {
    fn default() -> Self {
        IthOptions { small_lesion: 200, smallest_ignored: 2 }
    }
}

/// Intratumoral heterogeneity score: 0 for one piece of one habitat, towards 1 the more pieces.
///
/// # Definition
/// 1 − (1/S) Σ_k A_k / n_k, S the lesion's voxels, A_k the voxels of habitat k's largest connected part and n_k its number of
/// parts, parts that are too small left out; a habitat without any part adds 0. Parts are connected by corners, as in the
/// authors' code, which sees one slice: on a volume of one slice the two are the same. `None` for an empty lesion.
///
/// # Reference
/// Li et al., Eur Radiol 2023;33:893; their code: ITHscore 0.3.3 (PyPI), `calITHscore`.
pub fn ith_score(makeup: &Makeup, options: &IthOptions) -> Option<f64> {
    let total = makeup.total();
    let ignored = if total <= options.small_lesion { options.smallest_ignored.max(1) } else { 1 };
    let share = |parts: &Vec<u64>| {
        let counted: Vec<u64> = parts.iter().copied().filter(|size| *size > ignored).collect();
        counted.iter().max().map_or(0.0, |largest| *largest as f64 / counted.len() as f64)
    };
    (total > 0).then(|| 1.0 - makeup.parts.iter().map(share).sum::<f64>() / total as f64)
}

/// The share of every habitat in the lesion's volume; `None` for an empty lesion.
pub fn volume_fractions(makeup: &Makeup) -> Option<Vec<f64>> {
    let total = makeup.total();
    (total > 0).then(|| makeup.voxels.iter().map(|n| *n as f64 / total as f64).collect())
}

/// Centred log-ratios of the habitats' shares: compositions made fit for linear models.
///
/// # Definition
/// ln(f_k / g), g the geometric mean of all f; f_k = (n_k + c) / (S + c K), c voxels added to every habitat so that absent ones
/// have a logarithm. `None` where c = 0 and a habitat is absent.
///
/// # Reference
/// Aitchison, J R Stat Soc B 1982;44:139.
pub fn centred_log_ratios(makeup: &Makeup, added: f64) -> Option<Vec<f64>> {
    // The common denominator cancels.
    let logs: Vec<f64> = makeup.voxels.iter().map(|n| (*n as f64 + added).ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    mean.is_finite().then(|| logs.iter().map(|log| log - mean).collect())
}

/// Shannon's entropy −Σ f ln f of the habitats' shares, in nats; `None` for an empty lesion.
pub fn shannon(makeup: &Makeup) -> Option<f64> {
    let term = |f: &f64| if *f > 0.0 { f * f.ln() } else { 0.0 };
    volume_fractions(makeup).map(|fractions| 0.0 - fractions.iter().map(term).sum::<f64>())
}

/// Simpson's index 1 − Σ f²: the chance that two voxels drawn with replacement lie in different habitats; `None` for an empty
/// lesion.
pub fn simpson(makeup: &Makeup) -> Option<f64> {
    volume_fractions(makeup).map(|fractions| 1.0 - fractions.iter().map(|f| f * f).sum::<f64>())
}
