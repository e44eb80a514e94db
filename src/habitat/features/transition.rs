//! What becomes of habitats between two time points.

use crate::error::{Error, Result};
use crate::image::Grid;

/// Voxels by habitat before and after; index 0 is outside the lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct Transitions {
    /// `counts[before][after]`; voxels outside at both times are not counted.
    pub counts: Vec<Vec<u64>>,
}

/// Counts what becomes of every voxel. Labels are 0 outside, habitats from 1, and mean the same at both times (one codebook).
///
/// # Errors
/// [`Error::Study`] where the two maps lie on different grids (align them first), or a label is above `habitats`.
pub fn transitions(before: (&Grid, &[u16]), after: (&Grid, &[u16]), habitats: usize) -> Result<Transitions> {
    if !before.0.agrees_with(after.0) || before.1.len() != after.1.len() {
        return Err(Error::study(format!("habitat maps of two times lie on different grids: {} and {}", before.0, after.0)));
    }
    let mut counts = vec![vec![0; habitats + 1]; habitats + 1];
    for (from, to) in before.1.iter().zip(after.1).map(|(a, b)| (usize::from(*a), usize::from(*b))) {
        if from.max(to) > habitats {
            return Err(Error::study(format!("habitat {} in a map of {habitats} habitats", from.max(to))));
        }
        counts[from][to] += 1;
    }
    counts[0][0] = 0;
    Ok(Transitions { counts })
}

impl Transitions {
    /// `shares[before][after]`: the share of a habitat's voxels that becomes another; `None` for a habitat absent before.
    pub fn shares(&self) -> Vec<Option<Vec<f64>>> {
        let share = |row: &Vec<u64>| {
            let total: u64 = row.iter().sum();
            (total > 0).then(|| row.iter().map(|n| *n as f64 / total as f64).collect())
        };
        self.counts.iter().map(share).collect()
    }
}
