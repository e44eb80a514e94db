//! What contrast agent changes in maps of T1, T2 and proton density (synthetic MRI).

use crate::parametric::failure::{Failure, Fit};
use crate::parametric::map::VoxelModel;

/// Difference of a relaxometry map before (image 1 of the series) and after contrast agent (image 2).
///
/// # Definition
/// `difference` X − Xe, positive where the agent shortens; `difference_percent` 100 (X − Xe)/X. Null where a value is not positive.
///
/// # Reference
/// Sign: as in studies of synthetic MRI of the breast, before minus after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference;

impl VoxelModel for Difference {
    type Scratch = ();

    fn names(&self) -> Vec<&'static str> {
        vec!["difference", "difference_percent"]
    }

    fn images(&self) -> usize {
        2
    }

    fn scratch(&self) {}

    fn fit(&self, _: usize, signal: &[f64], _: &mut (), values: &mut [f64]) -> Result<Fit, Failure> {
        let (before, after) = (signal[0], signal[1]);
        if !(before > 0.0 && after > 0.0) {
            return Err(Failure::NotPositive);
        }
        values.copy_from_slice(&[before - after, 100.0 * (before - after) / before]);
        Ok(Fit::Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_shortens_t1() {
        let mut values = [0.0; 2];
        assert_eq!(Difference.fit(0, &[1.6, 0.4], &mut (), &mut values), Ok(Fit::Inside));
        assert!((values[0] - 1.2).abs() < 1e-12 && (values[1] - 75.0).abs() < 1e-12);
        assert_eq!(Difference.fit(0, &[0.0, 0.4], &mut (), &mut values), Err(Failure::NotPositive));
    }
}
