//! What is true of a cohort: the numbers that an analysis of it should find, within the error of its sample.

use serde::{Deserialize, Serialize};

use super::binormal::{self, Cholesky};
use super::class::{Contrast, PerContrast};
use super::design::Design;
use super::preset::CohortPreset;
use crate::error::{Error, Result};

/// The truth of a simulated cohort, as `truth/truth.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Version of the program that made the cohort.
    pub vbx_version: String,
    /// The preset, everything inherited written out.
    pub preset: CohortPreset,
    /// The scores: feature blocks, then groups of clinical variables.
    pub scores: Vec<ScoreTruth>,
    /// Within-class correlation of the scores, in their order; the same for both contrasts, none between the contrasts.
    pub correlation: Vec<Vec<f64>>,
    /// The best fusion of the feature blocks. Exact (see [`Design`]).
    pub fused_blocks: FusedTruth,
    /// The best fusion of everything. Groups of variables enter with the separation that their AUC stands for, so this is an
    /// approximation: their scores are not normal.
    pub fused_all: FusedTruth,
    /// The sites as drawn.
    pub sites: Vec<SiteTruth>,
}

/// One score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreTruth {
    /// Name of the block or group.
    pub name: String,
    /// What it is made of.
    pub made_of: MadeOf,
    /// AUC of the best linear score of a block, or of a group's sum of log likelihood ratios.
    pub auc: PerContrast<f64>,
    /// `√2 Φ⁻¹(AUC)`.
    pub d: PerContrast<f64>,
}

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeOf {
    /// Columns of a feature table.
    Features,
    /// Columns of `clinical.csv`.
    Variables,
}

/// A fusion of several scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FusedTruth {
    /// The names fused.
    pub of: Vec<String>,
    /// AUC of the best fusion.
    pub auc: PerContrast<f64>,
    /// Its separation, Mahalanobis' distance.
    pub d: PerContrast<f64>,
    /// Weight of each score in standard deviations: for blocks alone, also its coefficient in the logistic model of the truth.
    pub weights: Vec<PerContrast<f64>>,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteTruth {
    /// Its name.
    pub name: String,
    /// Whether effects are weaker here.
    pub external: bool,
    /// Expected share of the patients.
    pub share: f64,
    /// Class shares: zero, low, positive.
    pub prevalence: [f64; 3],
    /// Factor on every separation of a feature block.
    pub effect: f64,
}

impl Truth {
    /// The truth of a design.
    pub(crate) fn new(design: &Design, preset: &CohortPreset) -> Self {
        let blocks = design.effective.block.iter().map(|(name, block)| (name, MadeOf::Features, block.auc));
        let groups = design.clinical.groups.iter().map(|group| (&group.name, MadeOf::Variables, group.auc));
        let scores: Vec<ScoreTruth> = blocks
            .chain(groups)
            .map(|(name, made_of, auc)| ScoreTruth {
                name: name.clone(),
                made_of,
                auc,
                d: PerContrast::of(|contrast| binormal::separation(auc.get(contrast))),
            })
            .collect();
        let correlation = design.effective.correlation_matrix();
        let fused = |wanted: &dyn Fn(&ScoreTruth) -> bool| {
            let chosen: Vec<usize> = (0..scores.len()).filter(|&index| wanted(&scores[index])).collect();
            fuse(&scores, &correlation, &chosen)
        };
        let fused_blocks = fused(&|score| score.made_of == MadeOf::Features);
        let fused_all = fused(&|_| true);
        let sites = design.sites.iter().map(|site| SiteTruth {
            name: site.name.clone(),
            external: site.external,
            share: site.share,
            prevalence: site.prevalence,
            effect: site.effect,
        });
        Truth {
            vbx_version: env!("CARGO_PKG_VERSION").into(),
            preset: preset.clone(),
            sites: sites.collect(),
            scores,
            correlation,
            fused_blocks,
            fused_all,
        }
    }

    /// The best fusion of some of the scores, by name.
    ///
    /// # Errors
    /// [`Error::Usage`] if a name is no block and no group of variables, or is given twice.
    pub fn fused(&self, names: &[&str]) -> Result<FusedTruth> {
        let mut chosen = Vec::with_capacity(names.len());
        for name in names {
            match self.scores.iter().position(|score| score.name == *name) {
                Some(index) if !chosen.contains(&index) => chosen.push(index),
                Some(_) => return Err(Error::usage(format!("`{name}` is to be fused twice"))),
                None => return Err(Error::usage(format!("the cohort has no block or group `{name}`"))),
            }
        }
        Ok(fuse(&self.scores, &self.correlation, &chosen))
    }
}

/// The best fusion of the chosen scores. Any part of a positive definite matrix is positive definite, so that a checked preset
/// always has a factor; nothing is separated by a fusion of nothing.
fn fuse(scores: &[ScoreTruth], correlation: &[Vec<f64>], chosen: &[usize]) -> FusedTruth {
    let part: Vec<Vec<f64>> = chosen.iter().map(|&i| chosen.iter().map(|&j| correlation[i][j]).collect()).collect();
    let factor = Cholesky::new(&part);
    let fused = |contrast: Contrast| {
        let d: Vec<f64> = chosen.iter().map(|&index| scores[index].d.get(contrast)).collect();
        match &factor {
            Some(factor) => binormal::fuse(&d, factor),
            None => binormal::Fused { d: 0.0, weights: vec![0.0; chosen.len()] },
        }
    };
    let [first, second] = Contrast::ALL.map(fused);
    let weights = first.weights.iter().zip(&second.weights);
    FusedTruth {
        of: chosen.iter().map(|&index| scores[index].name.clone()).collect(),
        auc: PerContrast { positive_vs_negative: binormal::auc(first.d), low_vs_zero: binormal::auc(second.d) },
        d: PerContrast { positive_vs_negative: first.d, low_vs_zero: second.d },
        weights: weights.map(|(a, b)| PerContrast { positive_vs_negative: *a, low_vs_zero: *b }).collect(),
    }
}
