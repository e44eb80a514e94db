//! One modality's feature table, made so that its best linear score is exactly the score that was drawn.
//!
//! # Definition
//! Let `T = (T₁, T₂)` be the two scores of a patient and `q₁ ⟂ q₂` two unit vectors over the `m` informative features. With
//! independent standard normal `u`, the features in standard deviations within a class are
//! ```text
//! x = u + q₁ (T₁ − q₁ᵀu) + q₂ (T₂ − q₂ᵀu)
//! ```
//! The part of `u` along `q₁` and `q₂` is exchanged for the scores. Within a class the features are therefore independent with unit
//! variance, feature `j` differs by `q₁ⱼ d₁` between the classes of the first contrast, and `q₁ᵀx = T₁` exactly: the block's
//! separation is `√Σ(q₁ⱼ d₁)² = d₁`, no linear score does better, and the truth knows its coefficients.
//! Noise features are `√r g + √(1−r) u` with one `g` per group: correlation `r` within groups, no difference between classes.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::class::{Contrast, PerContrast};
use super::feature_name;
use super::preset::{Block, Units};
use super::stream::stream;

/// One feature's part in the truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Its column name.
    pub name: String,
    /// Its mean in the reference class (HER2-zero) at a site without shift, in its own unit.
    pub centre: f64,
    /// Its standard deviation within a class at a site without shift, in its own unit.
    pub scale: f64,
    /// Its coefficient in the block's best score of each contrast, per standard deviation; also its share `d_j/d` of the separation.
    pub coefficient: PerContrast<f64>,
    /// The group of correlated noise that it belongs to; `None` if it is informative.
    pub noise_group: Option<usize>,
}

/// What a site does to one feature: `x ↦ location + scale · x`, in standard deviations within a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SiteEffect {
    /// Shift.
    pub location: f64,
    /// Factor.
    pub scale: f64,
}

/// One block, ready to draw from.
#[derive(Debug, Clone)]
pub struct BlockDesign {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub features: Vec<Feature>,
    /// Columns that carry the scores.
    informative: Vec<usize>,
    /// Columns that carry nothing, in the order of their groups.
    noise: Vec<usize>,
    group_size: usize,
    /// √r and √(1−r).
    shared_and_own: (f64, f64),
}

impl BlockDesign {
    /// Draws once what is common to all patients: which columns carry the scores, with which coefficients, in which units.
    pub fn new(name: &str, block: &Block, seed: u64) -> Self {
        let total = block.informative + block.noise.count;
        let mut rng = stream(seed, &["block", name, "design"], 0);
        let mut order: Vec<usize> = (0..total).collect();
        order.shuffle(&mut rng);
        let mut informative = order[..block.informative].to_vec();
        let mut noise = order[block.informative..].to_vec();
        informative.sort_unstable();
        // Neighbouring columns are correlated with one another, as features of one family are.
        noise.sort_unstable();

        let [first, second] = orthonormal_pair(block.informative, &mut rng);
        let mut features: Vec<Feature> = feature_name::names(block.features, total)
            .into_iter()
            .map(|name| {
                let scale = match block.units {
                    Units::Standard => 1.0,
                    Units::Natural => 10f64.powf(rng.gen_range(-2.0..3.0)),
                };
                let centre = match block.units {
                    Units::Standard => 0.0,
                    Units::Natural => scale * rng.gen_range(5.0..30.0),
                };
                let nothing = PerContrast { positive_vs_negative: 0.0, low_vs_zero: 0.0 };
                Feature { name, centre, scale, coefficient: nothing, noise_group: None }
            })
            .collect();
        for (&column, (first, second)) in informative.iter().zip(first.into_iter().zip(second)) {
            features[column].coefficient = PerContrast { positive_vs_negative: first, low_vs_zero: second };
        }
        for (position, &column) in noise.iter().enumerate() {
            features[column].noise_group = Some(position / block.noise.group_size);
        }
        let r = block.noise.correlation;
        BlockDesign {
            name: name.to_string(),
            features,
            informative,
            noise,
            group_size: block.noise.group_size,
            shared_and_own: (r.sqrt(), (1.0 - r).sqrt()),
        }
    }

    /// Draws one patient's features, given the patient's two scores. Values carry the precision of the files (`f32`).
    pub fn draw(&self, scores: PerContrast<f64>, site: &[SiteEffect], rng: &mut impl Rng) -> Vec<f32> {
        let mut x = vec![0.0f64; self.features.len()];
        let mut drawn = PerContrast { positive_vs_negative: 0.0, low_vs_zero: 0.0 };
        for &column in &self.informative {
            let u: f64 = rng.sample(StandardNormal);
            let coefficient = self.features[column].coefficient;
            x[column] = u;
            drawn.positive_vs_negative += coefficient.positive_vs_negative * u;
            drawn.low_vs_zero += coefficient.low_vs_zero * u;
        }
        let exchanged = PerContrast::of(|contrast| scores.get(contrast) - drawn.get(contrast));
        for &column in &self.informative {
            let coefficient = self.features[column].coefficient;
            x[column] += coefficient.positive_vs_negative * exchanged.positive_vs_negative
                + coefficient.low_vs_zero * exchanged.low_vs_zero;
        }
        let (shared, own) = self.shared_and_own;
        for group in self.noise.chunks(self.group_size) {
            let common: f64 = rng.sample(StandardNormal);
            for &column in group {
                let u: f64 = rng.sample(StandardNormal);
                x[column] = shared * common + own * u;
            }
        }
        let in_units = |((x, effect), feature): ((f64, &SiteEffect), &Feature)| {
            (feature.centre + feature.scale * (effect.location + effect.scale * x)) as f32
        };
        x.into_iter().zip(site).zip(&self.features).map(in_units).collect()
    }

    /// The best linear score of a written row, taking the site's effect as known.
    pub fn score(&self, contrast: Contrast, row: impl IntoIterator<Item = f64>, site: &[SiteEffect]) -> f64 {
        let one = |((value, effect), feature): ((f64, &SiteEffect), &Feature)| {
            let standard = ((value - feature.centre) / feature.scale - effect.location) / effect.scale;
            feature.coefficient.get(contrast) * standard
        };
        row.into_iter().zip(site).zip(&self.features).map(one).sum()
    }
}

/// Two orthogonal unit vectors whose entries have random signs and sizes that differ by up to a factor of three at first draw.
fn orthonormal_pair(length: usize, rng: &mut impl Rng) -> [Vec<f64>; 2] {
    let mut draw = || -> Vec<f64> {
        (0..length)
            .map(|_| {
                let size = rng.gen_range(0.5..1.5);
                if rng.r#gen() { size } else { -size }
            })
            .collect()
    };
    let normalise = |vector: Vec<f64>| -> Vec<f64> {
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        vector.into_iter().map(|x| x / norm).collect()
    };
    let first = normalise(draw());
    loop {
        let second = draw();
        let along: f64 = first.iter().zip(&second).map(|(a, b)| a * b).sum();
        let rest: Vec<f64> = first.iter().zip(&second).map(|(a, b)| b - along * a).collect();
        // A draw that happens to be nearly parallel would leave rounding errors; draw again.
        if length < 2 || rest.iter().map(|x| x * x).sum::<f64>() > 1e-3 {
            return [first, normalise(rest)];
        }
    }
}
