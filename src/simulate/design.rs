//! The design of a cohort, drawn once, and from it patient by patient.

use jiff::ToSpan;
use jiff::civil::Date;
use rand::Rng;
use rand_distr::StandardNormal;

use super::binormal::{self, Cholesky};
use super::block::BlockDesign;
use super::class::{Contrast, Her2Class, PerContrast};
use super::clinical::{ClinicalDesign, ClinicalDraw};
use super::her2;
use super::preset::{CohortPreset, Missing};
use super::site::{SiteDesign, sites};
use super::stream::stream;
use super::truth::Truth;
use super::variable::{Cell, Column, pick};
use crate::error::{Error, Result};

/// Everything about a cohort that is common to its patients.
///
/// # Definition
/// For patient `i` of class `k` at site `s`, per contrast `c`, the scores `T_c` of the feature blocks are
/// ```text
/// T_c = e_s d_c E_c + A_c g_c + C_c ε        E_c ∈ {0, 1}: event of the contrast
/// ```
/// with the separations `d_c`, the site's effect `e_s` (1, or less at an external site), the standardised scores `g_c` of the groups
/// of clinical variables, `A_c` their correlations with the blocks, `C_c C_cᵀ = R − A_c A_cᵀ` and `ε` standard normal. A HER2-positive
/// tumour takes `E` of low against zero as a negative tumour of its site would. Within a class `T_c` has variance 1 and correlation
/// `R`; it is exactly normal where no group of variables is correlated with it. Where one is, its third moment is `r³` times the
/// group's skewness: at the default r = 0.15 the block's AUC moves by less than 1e-3.
#[derive(Debug)]
pub struct Design {
    preset: CohortPreset,
    pub(crate) effective: CohortPreset,
    pub(crate) sites: Vec<SiteDesign>,
    pub(crate) clinical: ClinicalDesign,
    pub(crate) blocks: Vec<BlockDesign>,
    latent: PerContrast<Latent>,
    /// Per block, the block whose missing examinations it shares; itself as a rule.
    examined_with: Vec<usize>,
    first_day: Date,
    days: i64,
}

/// How the block scores of one contrast are made.
#[derive(Debug)]
struct Latent {
    separation: Vec<f64>,
    /// Correlation of each block with each group of variables.
    with_groups: Vec<Vec<f64>>,
    rest: Cholesky,
}

impl Latent {
    /// Mean of the block scores given class and clinical variables; `event` is 1 or 0.
    fn mean(&self, event: f64, groups: &[f64]) -> Vec<f64> {
        let carried = |row: &Vec<f64>| row.iter().zip(groups).map(|(a, g)| a * g).sum::<f64>();
        self.separation.iter().zip(&self.with_groups).map(|(d, row)| d * event + carried(row)).collect()
    }

    /// Logarithm of the density of the block scores around a mean, up to a constant.
    fn log_density(&self, scores: &[f64], mean: &[f64]) -> f64 {
        let from_mean: Vec<f64> = scores.iter().zip(mean).map(|(score, mean)| score - mean).collect();
        -0.5 * self.rest.whiten(&from_mean).iter().map(|z| z * z).sum::<f64>()
    }
}

/// One patient, with the truth.
#[derive(Debug, Clone)]
pub struct Patient {
    /// The written identifier.
    pub id: String,
    /// Position of the site.
    pub site: usize,
    /// Day of the examination.
    pub exam_date: Date,
    /// HER2 class.
    pub class: Her2Class,
    /// The columns of [`Design::clinical_columns`].
    pub clinical: Vec<Cell>,
    /// Block scores, then scores of the groups of variables (their sums of log likelihood ratios).
    pub scores: Vec<PerContrast<f64>>,
    /// Probability of zero, low and positive, given everything measurable without error or loss, the site's own prevalence included.
    pub probability: [f64; 3],
    /// Per block the features in column order; `None` without the examination.
    pub features: Vec<Option<Vec<f32>>>,
}

impl Design {
    /// Draws what is common to all patients of a preset.
    ///
    /// # Errors
    /// [`Error::Usage`] if the preset contradicts itself.
    pub fn new(preset: &CohortPreset) -> Result<Self> {
        preset.check().map_err(Error::usage)?;
        let effective = preset.effective();
        let blocks: Vec<BlockDesign> =
            effective.block.iter().map(|(name, block)| BlockDesign::new(name, block, effective.seed)).collect();
        let clinical = ClinicalDesign::new(&effective);
        let latent = PerContrast {
            positive_vs_negative: latent(&effective, &clinical, Contrast::PositiveVsNegative)?,
            low_vs_zero: latent(&effective, &clinical, Contrast::LowVsZero)?,
        };
        let position = |name: &String| effective.block.keys().position(|other| other == name);
        let examined_with = effective.block.iter().enumerate().map(|(own, (_, block))| match &block.missing {
            Missing::Share(_) => own,
            Missing::With(other) => position(other).unwrap_or(own),
        });
        let day = |text: &str| text.parse::<Date>().map_err(|cause| Error::usage(format!("`exam_dates`: {cause}")));
        let (first_day, last_day) = (day(&effective.exam_dates.from)?, day(&effective.exam_dates.to)?);
        let days = first_day.until(last_day).map_or(0, |span| i64::from(span.get_days()));
        Ok(Design {
            preset: preset.clone(),
            examined_with: examined_with.collect(),
            sites: sites(&effective, &blocks),
            effective,
            clinical,
            blocks,
            latent,
            first_day,
            days,
        })
    }

    /// Number of patients.
    pub fn n(&self) -> usize {
        self.effective.n
    }

    /// What is true of the cohort.
    pub fn truth(&self) -> Truth {
        Truth::new(self, &self.preset)
    }

    /// The feature blocks.
    pub fn blocks(&self) -> &[BlockDesign] {
        &self.blocks
    }

    /// The sites.
    pub fn sites(&self) -> &[SiteDesign] {
        &self.sites
    }

    /// The scores that every patient has: feature blocks, then groups of clinical variables.
    pub fn score_names(&self) -> Vec<String> {
        self.effective.score_names()
    }

    /// The columns of clinical data beside identifier, site and date: the HER2 assay, then the variables.
    pub fn clinical_columns(&self) -> Vec<Column> {
        her2::columns().into_iter().chain(self.clinical.columns()).collect()
    }

    /// Draws patient `index`. Nothing but preset and index decides the result; `index` may exceed the preset's `n`.
    pub fn patient(&self, index: u64) -> Patient {
        let rng = |purpose: &str| stream(self.effective.seed, &["patient", purpose], index);

        let mut who = rng("who");
        let shares: Vec<f64> = self.sites.iter().map(|site| site.share).collect();
        let site_index = pick(&shares, &mut who);
        let site = &self.sites[site_index];
        let class = Her2Class::ALL[pick(&site.prevalence, &mut who)];
        let exam_date = self.first_day.saturating_add(who.gen_range(0..=self.days).days());

        let mut assay = rng("her2");
        let mut clinical = her2::draw(class, &self.effective.her2, &mut assay);
        let variables = self.clinical.draw(class, &mut rng("variables"));
        clinical.extend_from_slice(&variables.cells);

        let mut hidden = rng("scores");
        let low_like = match class {
            Her2Class::Zero => false,
            Her2Class::Low => true,
            Her2Class::Positive => hidden.r#gen::<f64>() < site.low_among_negative(),
        };
        let mut scores_of = |contrast: Contrast, event: bool| {
            let latent = self.latent.at(contrast);
            let effect = if event { site.effect } else { 0.0 };
            let mean = latent.mean(effect, &self.standardised(contrast, class, &variables));
            let z: Vec<f64> = mean.iter().map(|_| hidden.sample(StandardNormal)).collect();
            mean.into_iter().zip(latent.rest.colour(&z)).map(|(mean, rest)| mean + rest).collect::<Vec<f64>>()
        };
        let positive_vs_negative = scores_of(Contrast::PositiveVsNegative, class == Her2Class::Positive);
        let block_scores = PerContrast { positive_vs_negative, low_vs_zero: scores_of(Contrast::LowVsZero, low_like) };
        let probability = self.probability(site, &variables, &block_scores);
        let scores: Vec<PerContrast<f64>> =
            (0..self.blocks.len()).map(|block| PerContrast::of(|contrast| block_scores.at(contrast)[block])).collect();

        let mut examined = rng("examined");
        let examined: Vec<bool> = site.missing.iter().map(|share| examined.r#gen::<f64>() >= *share).collect();
        let features = self.blocks.iter().enumerate().map(|(index_of, block)| {
            let draw = || {
                let mut rng = stream(self.effective.seed, &["patient", "block", &block.name], index);
                block.draw(scores[index_of], &site.effects[index_of], &mut rng)
            };
            examined[self.examined_with[index_of]].then(draw)
        });
        Patient {
            id: format!("SIM{:07}", index + 1),
            site: site_index,
            exam_date,
            class,
            clinical,
            probability,
            features: features.collect(),
            scores: scores.iter().copied().chain(variables.scores).collect(),
        }
    }

    /// The groups' scores in standard deviations within a class.
    fn standardised(&self, contrast: Contrast, class: Her2Class, variables: &ClinicalDraw) -> Vec<f64> {
        let groups = self.clinical.groups.iter().zip(&variables.scores);
        groups.map(|(group, score)| group.standardised(contrast, class, score.get(contrast))).collect()
    }

    /// Class probabilities by Bayes' rule.
    fn probability(&self, site: &SiteDesign, variables: &ClinicalDraw, scores: &PerContrast<Vec<f64>>) -> [f64; 3] {
        let log_joint = Her2Class::ALL.map(|class| {
            let density = |contrast: Contrast, event: f64| {
                let latent = self.latent.at(contrast);
                let mean = latent.mean(event, &self.standardised(contrast, class, variables));
                latent.log_density(scores.at(contrast), &mean)
            };
            let low_vs_zero = match class {
                Her2Class::Zero => density(Contrast::LowVsZero, 0.0),
                Her2Class::Low => density(Contrast::LowVsZero, site.effect),
                Her2Class::Positive => {
                    let low = site.low_among_negative();
                    let as_zero = (1.0 - low).ln() + density(Contrast::LowVsZero, 0.0);
                    let as_low = low.ln() + density(Contrast::LowVsZero, site.effect);
                    as_zero.max(as_low) + (-(as_zero - as_low).abs()).exp().ln_1p()
                }
            };
            let event = if class == Her2Class::Positive { site.effect } else { 0.0 };
            let clinical: f64 = variables.log_density.iter().map(|by_class| by_class[class.index()]).sum();
            site.prevalence[class.index()].ln() + clinical + density(Contrast::PositiveVsNegative, event) + low_vs_zero
        });
        let largest = log_joint.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let relative = log_joint.map(|value| (value - largest).exp());
        let total: f64 = relative.iter().sum();
        relative.map(|value| value / total)
    }
}

/// Correlations of one contrast. A group of variables that says nothing on it cannot correlate, and drops out.
fn latent(preset: &CohortPreset, clinical: &ClinicalDesign, contrast: Contrast) -> Result<Latent> {
    let matrix = preset.correlation_matrix();
    let blocks = preset.block.len();
    let with_groups: Vec<Vec<f64>> = matrix[..blocks]
        .iter()
        .map(|row| {
            let groups = row[blocks..].iter().zip(&clinical.groups);
            groups.map(|(r, group)| if group.is_informative(contrast) { *r } else { 0.0 }).collect()
        })
        .collect();
    let carried = |a: usize, b: usize| with_groups[a].iter().zip(&with_groups[b]).map(|(x, y)| x * y).sum::<f64>();
    let rest: Vec<Vec<f64>> = (0..blocks).map(|a| (0..blocks).map(|b| matrix[a][b] - carried(a, b)).collect()).collect();
    let rest = Cholesky::new(&rest)
        .ok_or_else(|| Error::usage("no scores can have these correlations: the matrix is not positive definite"))?;
    let separation = preset.block.values().map(|block| binormal::separation(block.auc.get(contrast))).collect();
    Ok(Latent { separation, with_groups, rest })
}
