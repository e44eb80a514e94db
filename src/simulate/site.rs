//! The centres as drawn: their size, prevalence, shifts and missing examinations.

use rand::Rng;
use rand_distr::{Beta, Distribution, Gamma, StandardNormal};

use super::block::{BlockDesign, SiteEffect};
use super::class::PerClass;
use super::preset::{CohortPreset, Missing, SiteLayout, SiteSpec, Sites};
use super::stream::stream;

/// One centre, ready to draw from.
#[derive(Debug, Clone)]
pub struct SiteDesign {
    /// Its name.
    pub name: String,
    /// Whether its effects are weaker.
    pub external: bool,
    /// Its share of the patients.
    pub share: f64,
    /// Its class shares.
    pub prevalence: [f64; 3],
    /// Factor on every separation of a feature block.
    pub effect: f64,
    /// Per block, per feature.
    pub effects: Vec<Vec<SiteEffect>>,
    /// Per block, the share of patients without the examination (of a block that follows another one: that one's).
    pub missing: Vec<f64>,
}

impl SiteDesign {
    /// Share of HER2-low among HER2-negative tumours here.
    pub fn low_among_negative(&self) -> f64 {
        self.prevalence[1] / (self.prevalence[0] + self.prevalence[1])
    }
}

/// Draws all sites of a preset. What a site is depends on the seed, its name and the block's name, not on the other sites.
pub fn sites(preset: &CohortPreset, blocks: &[BlockDesign]) -> Vec<SiteDesign> {
    let specs = specs(&preset.sites);
    let total: f64 = specs.iter().map(|site| site.share).sum();
    specs
        .into_iter()
        .map(|site| SiteDesign {
            share: site.share / total,
            prevalence: prevalence(preset, &site),
            effect: if site.external { preset.sites.external_effect } else { 1.0 },
            effects: blocks.iter().map(|block| effects(preset, &site.name, block)).collect(),
            missing: preset.block.keys().map(|block| missing(preset, &site.name, block)).collect(),
            external: site.external,
            name: site.name,
        })
        .collect()
}

fn specs(sites: &Sites) -> Vec<SiteSpec> {
    let mut specs = match &sites.layout {
        SiteLayout::Listed(list) => list.clone(),
        SiteLayout::Number(count) => (1..=*count)
            .map(|number| SiteSpec { name: format!("site-{number}"), share: 1.0, external: false, prevalence: None })
            .collect(),
    };
    if let Some(share) = sites.external_share {
        let others: f64 = specs.iter().map(|site| site.share).sum();
        let share = others * share / (1.0 - share);
        specs.push(SiteSpec { name: "external".into(), share, external: true, prevalence: None });
    }
    specs
}

/// A site's own class shares, or a draw from Dirichlet(concentration · cohort's shares), or the cohort's.
fn prevalence(preset: &CohortPreset, site: &SiteSpec) -> [f64; 3] {
    let common = preset.prevalence.as_array();
    if let Some(PerClass { zero, low, positive }) = site.prevalence {
        return [zero, low, positive];
    }
    let Some(concentration) = preset.sites.prevalence_concentration else { return common };
    let mut rng = stream(preset.seed, &["site", &site.name, "prevalence"], 0);
    let draws = common.map(|share| Gamma::new(concentration * share, 1.0).map_or(share, |gamma| gamma.sample(&mut rng)));
    // A class that cannot occur at all would leave a likelihood ratio without a value.
    let draws = draws.map(|draw| draw.max(1e-6));
    let total: f64 = draws.iter().sum();
    draws.map(|draw| draw / total)
}

fn effects(preset: &CohortPreset, site: &str, block: &BlockDesign) -> Vec<SiteEffect> {
    let mut rng = stream(preset.seed, &["site", site, "effects", &block.name], 0);
    block
        .features
        .iter()
        .map(|_| {
            let [location, scale]: [f64; 2] = [rng.sample(StandardNormal), rng.sample(StandardNormal)];
            SiteEffect { location: preset.sites.location_sd * location, scale: (preset.sites.scale_sd_log * scale).exp() }
        })
        .collect()
}

fn missing(preset: &CohortPreset, site: &str, block: &str) -> f64 {
    let share = match &preset.block[block].missing {
        Missing::Share(share) => *share,
        Missing::With(other) => return missing(preset, site, other),
    };
    let Some(concentration) = preset.sites.missing_concentration else { return share };
    let mut rng = stream(preset.seed, &["site", site, "missing", block], 0);
    Beta::new(concentration * share, concentration * (1.0 - share)).map_or(share, |beta| beta.sample(&mut rng))
}
