//! Habitat features of a lesion.
//!
//! The rule here: every feature is a function of the [`Makeup`], and that is the same whether it was counted voxel by voxel or
//! from the statistics of supervoxels. A new feature is a function of the make-up and a line in [`features`].

pub mod heterogeneity;
pub mod makeup;
pub mod spatial_interaction;
pub mod transition;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::supervoxel::Neighbourhood;
pub use heterogeneity::{IthOptions, centred_log_ratios, ith_score, shannon, simpson, volume_fractions};
pub use makeup::Makeup;
pub use spatial_interaction::{InteractionTexture, interaction_texture, spatial_interaction};
pub use transition::{Transitions, transitions};

/// Which variants of the features are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FeatureOptions {
    /// Neighbours of the spatial interaction matrix; the 8 of the slice are the published ones.
    pub neighbourhood: Neighbourhood,
    /// Volumes of habitats and of their interaction (neighbour pairs times a voxel's volume) in mm³ too, beside their shares.
    pub volumes: bool,
    /// Centred log-ratios too, with this number of voxels added to every habitat; `None` leaves them out.
    pub log_ratio: Option<f64>,
    /// Parts that the ITH score ignores.
    pub ith: IthOptions,
}

impl Default for FeatureOptions {
    fn default() -> Self {
        FeatureOptions { neighbourhood: Neighbourhood::Slice8, volumes: false, log_ratio: None, ith: IthOptions::default() }
    }
}

/// The names of the features of a lesion of so many habitats over these maps, in their order.
pub fn feature_names(maps: &[String], habitats: usize, options: &FeatureOptions) -> Vec<String> {
    features(&Makeup::empty(maps, habitats), options).into_iter().map(|(name, _)| name).collect()
}

/// All features by name; a value that is undefined (of an absent habitat, say) is `None`. Habitats are counted from 1, 0 is the
/// background.
pub fn features(makeup: &Makeup, options: &FeatureOptions) -> Vec<(String, Option<f64>)> {
    let mut found = Vec::new();
    let mut put = |name: String, value: Option<f64>| found.push((name, value));
    let fractions = volume_fractions(makeup);
    let log_ratios = options.log_ratio.map(|added| centred_log_ratios(makeup, added));
    for habitat in 0..makeup.habitats() {
        let name = format!("h{}", habitat + 1);
        put(format!("{name}_volume_fraction"), fractions.as_ref().map(|fractions| fractions[habitat]));
        if options.volumes {
            put(format!("{name}_volume_mm3"), fractions.as_ref().map(|_| makeup.voxels[habitat] as f64 * makeup.voxel_volume));
        }
        if let Some(log_ratios) = &log_ratios {
            put(format!("{name}_volume_clr"), log_ratios.as_ref().map(|ratios| ratios[habitat]));
        }
        put(format!("{name}_components"), Some(makeup.parts[habitat].len() as f64));
        for (map, moments) in makeup.maps.iter().zip(&makeup.moments[habitat]) {
            put(format!("{name}_{map}_mean"), moments.map(|moments| moments.mean));
            put(format!("{name}_{map}_sd"), moments.map(|moments| moments.sd()));
            put(format!("{name}_{map}_min"), moments.map(|moments| moments.min));
            put(format!("{name}_{map}_max"), moments.map(|moments| moments.max));
        }
    }
    let matrix = spatial_interaction(makeup, options.neighbourhood);
    let pairs = options.volumes.then(|| makeup.neighbours(options.neighbourhood));
    for a in 0..=makeup.habitats() {
        // The matrix is symmetric, and the background has no pairs of its own.
        for b in (0..=a).filter(|b| a + b > 0) {
            put(format!("msi_{b}_{a}"), matrix.as_ref().map(|matrix| matrix[b][a]));
            if let Some(pairs) = &pairs {
                put(format!("msi_{b}_{a}_mm3"), matrix.as_ref().map(|_| pairs[b][a] as f64 * makeup.voxel_volume));
            }
        }
    }
    let texture = matrix.as_deref().map(interaction_texture);
    put("msi_contrast".into(), texture.map(|texture| texture.contrast));
    put("msi_homogeneity".into(), texture.map(|texture| texture.homogeneity));
    put("msi_correlation".into(), texture.and_then(|texture| texture.correlation));
    put("msi_energy".into(), texture.map(|texture| texture.energy));
    put("msi_entropy".into(), texture.map(|texture| texture.entropy));
    put("ith_score".into(), ith_score(makeup, &options.ith));
    put("shannon".into(), shannon(makeup));
    put("simpson".into(), simpson(makeup));
    found
}
