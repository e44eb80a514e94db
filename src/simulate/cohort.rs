//! A cohort in memory.

use jiff::civil::Date;
use ndarray::Array2;
use rayon::prelude::*;

use super::class::{Her2Class, PerContrast};
use super::design::{Design, Patient};
use super::preset::CohortPreset;
use super::truth::Truth;
use super::variable::{Cell, Column};
use crate::error::Result;

/// A cohort as plain arrays, row `i` being patient `i` everywhere.
#[derive(Debug, Clone)]
pub struct SimulatedCohort {
    /// Identifiers.
    pub patient_id: Vec<String>,
    /// Position of each patient's site in `truth.sites`.
    pub site: Vec<usize>,
    /// Days of examination.
    pub exam_date: Vec<Date>,
    /// True HER2 class.
    pub class: Vec<Her2Class>,
    /// The clinical columns beside these, HER2 assay included.
    pub clinical_columns: Vec<Column>,
    /// Per clinical column, one cell per patient.
    pub clinical: Vec<Vec<Cell>>,
    /// The feature blocks.
    pub blocks: Vec<SimulatedBlock>,
    /// Per score of `truth.scores`, one value per patient and contrast.
    pub scores: Vec<Vec<PerContrast<f64>>>,
    /// Probabilities of zero, low and positive under the truth.
    pub probability: Vec<[f64; 3]>,
    /// What is true of the cohort.
    pub truth: Truth,
}

/// One feature table in memory.
#[derive(Debug, Clone)]
pub struct SimulatedBlock {
    /// Name of the block.
    pub name: String,
    /// Column names.
    pub features: Vec<String>,
    /// Patients × features; rows of patients who were not examined are NaN.
    pub values: Array2<f64>,
    /// Whether the patient was examined.
    pub examined: Vec<bool>,
}

/// Simulates a cohort in memory, on all threads of the current rayon pool.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) if the preset contradicts itself.
pub fn in_memory(preset: &CohortPreset) -> Result<SimulatedCohort> {
    Ok(Design::new(preset)?.in_memory())
}

impl Design {
    /// The whole cohort in memory, drawn on all threads of the current rayon pool.
    pub fn in_memory(&self) -> SimulatedCohort {
        let patients: Vec<Patient> = (0..self.n() as u64).into_par_iter().map(|index| self.patient(index)).collect();
        let blocks = self.blocks.iter().enumerate().map(|(index, block)| {
            let mut values = Array2::from_elem((patients.len(), block.features.len()), f64::NAN);
            for (mut row, patient) in values.outer_iter_mut().zip(&patients) {
                for (value, drawn) in row.iter_mut().zip(patient.features[index].iter().flatten()) {
                    *value = f64::from(*drawn);
                }
            }
            SimulatedBlock {
                name: block.name.clone(),
                features: block.features.iter().map(|feature| feature.name.clone()).collect(),
                values,
                examined: patients.iter().map(|patient| patient.features[index].is_some()).collect(),
            }
        });
        let blocks = blocks.collect();
        let clinical_columns = self.clinical_columns();
        let truth = self.truth();
        let column = |index: usize| patients.iter().map(|patient| patient.clinical[index]).collect();
        let score = |index: usize| patients.iter().map(|patient| patient.scores[index]).collect();
        SimulatedCohort {
            clinical: (0..clinical_columns.len()).map(column).collect(),
            clinical_columns,
            scores: (0..truth.scores.len()).map(score).collect(),
            patient_id: patients.iter().map(|patient| patient.id.clone()).collect(),
            site: patients.iter().map(|patient| patient.site).collect(),
            exam_date: patients.iter().map(|patient| patient.exam_date).collect(),
            class: patients.iter().map(|patient| patient.class).collect(),
            probability: patients.iter().map(|patient| patient.probability).collect(),
            blocks,
            truth,
        }
    }
}
