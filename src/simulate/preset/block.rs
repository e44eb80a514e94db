//! Feature blocks and how their scores hang together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Provenance;
use crate::simulate::class::PerContrast;

/// One modality's (or region's) feature table.
// An entry that changes an inherited one need not repeat `auc`, so that the schema must not ask for it; reading does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = []))]
pub struct Block {
    /// AUC of the best linear score of this block, in a large sample, within a site.
    pub auc: PerContrast<f64>,
    /// Number of features that carry the block's two scores, independent of one another within a class.
    #[serde(default = "eight")]
    pub informative: usize,
    /// Features that carry nothing.
    #[serde(default)]
    pub noise: Noise,
    /// How the columns are named.
    #[serde(default)]
    pub features: FeatureNames,
    /// Units of the features.
    #[serde(default)]
    pub units: Units,
    /// Patients without this examination.
    #[serde(default)]
    pub missing: Missing,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: Provenance,
}

fn eight() -> usize {
    8
}

/// Features that do not differ between the classes, correlated within groups as radiomics features are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Noise {
    /// Number of noise features.
    pub count: usize,
    /// Number of features in each correlated group.
    pub group_size: usize,
    /// Correlation between two features of a group.
    pub correlation: f64,
}

impl Default for Noise {
    fn default() -> Self {
        Noise { count: 100, group_size: 10, correlation: 0.6 }
    }
}

/// How the columns of a block are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureNames {
    /// PyRadiomics' names of volume features: `original_glcm_Contrast`.
    #[default]
    Radiomics,
    /// PyRadiomics' names with 2-D shape and 2-D wavelets, as of an ultrasound image.
    #[serde(rename = "radiomics-2d")]
    Radiomics2d,
    /// A network's embedding: `emb_000`.
    Embedding,
}

/// Units in which features are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Units {
    /// Each feature has a centre and a spread of its own, over five orders of magnitude, as radiomics features have.
    #[default]
    Natural,
    /// Mean 0 and standard deviation 1 within a class.
    Standard,
}

/// Patients without an examination, at random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// This share of patients, independently of everything.
    Share(f64),
    /// The patients who lack that other block (two regions of one scan).
    With(String),
}

impl Default for Missing {
    fn default() -> Self {
        Missing::Share(0.0)
    }
}

/// Within-class correlation between scores. Two groups of clinical variables are always uncorrelated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Correlation {
    /// Between two feature blocks, unless named in `pairs`.
    pub between_blocks: f64,
    /// Between a feature block and a group of clinical variables, unless named in `pairs`.
    pub block_and_variables: f64,
    /// Pairs with a correlation of their own.
    pub pairs: Vec<Pair>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

impl Default for Correlation {
    fn default() -> Self {
        Correlation { between_blocks: 0.10, block_and_variables: 0.15, pairs: Vec::new(), provenance: Provenance::default() }
    }
}

/// A pair of blocks, or of a block and a group of variables, with its own correlation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The two names.
    pub between: [String; 2],
    /// Their within-class correlation.
    pub r: f64,
}
