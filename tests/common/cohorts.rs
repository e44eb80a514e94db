//! Small cohorts made in the tests, with or without a signal.

use rand::Rng;
use rand::SeedableRng;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::Arc;
use vbx::learn::{Cohort, CohortParts, Column, Features, Values};
use vbx::table::FeatureName;

/// What a simulated cohort looks like.
pub struct Shape {
    /// Cases.
    pub n: usize,
    /// Modalities with their numbers of columns.
    pub blocks: &'static [(&'static str, usize)],
    /// Classes.
    pub classes: usize,
    /// Shift of the first two columns of each block per class, in standard deviations.
    pub signal: f64,
    /// Share of cases that lack the last block.
    pub lacking: f64,
    /// Seed.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { n: 120, blocks: &[("clinical", 4), ("mri", 12)], classes: 2, signal: 1.0, lacking: 0.0, seed: 1 }
    }
}

/// The parts of a cohort of this shape; classes are dealt in turn.
pub fn parts(shape: &Shape) -> CohortParts {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(shape.seed);
    let outcome: Vec<u32> = (0..shape.n).map(|i| (i % shape.classes) as u32).collect();
    let lacks: Vec<bool> = (0..shape.n).map(|_| generator.r#gen::<f64>() < shape.lacking).collect();
    let last = shape.blocks.last().map(|block| block.0);
    let mut columns = Vec::new();
    for (modality, p) in shape.blocks {
        for j in 0..*p {
            let values = (0..shape.n).map(|i| {
                let noise: f64 = generator.sample(StandardNormal);
                let shift = if j < 2 { shape.signal * f64::from(outcome[i]) } else { 0.0 };
                if Some(*modality) == last && lacks[i] { f64::NAN } else { noise + shift }
            });
            columns.push(Column::numeric(Arc::new(FeatureName::new(modality, &format!("x{j}")).unwrap()), values.collect()));
        }
    }
    CohortParts {
        features: Features::new(columns, shape.n).unwrap(),
        outcome,
        classes: (0..shape.classes).map(|k| format!("class {k}")).collect(),
        ordered: shape.classes > 2,
        patients: (0..shape.n as u32).collect(),
        sites: None,
        site_names: Vec::new(),
        days: None,
    }
}

/// A cohort of this shape.
pub fn cohort(shape: &Shape) -> Cohort {
    Cohort::new(parts(shape), shape.seed, 3).unwrap()
}

/// A category column, for transforms that want one.
pub fn category(modality: &str, name: &str, codes: Vec<Option<u32>>, levels: &[&str]) -> Column {
    let levels: Vec<String> = levels.iter().map(|level| level.to_string()).collect();
    Column {
        name: Arc::new(FeatureName::new(modality, name).unwrap()),
        values: Values::Category { codes: codes.into(), levels: levels.into() },
    }
}
