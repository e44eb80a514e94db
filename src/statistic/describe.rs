//! What Table 1 says about a continuous variable in one group.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::quantile::{QuantileType, quantile_sorted};

/// Location and spread of a group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation with n − 1; `None` for one value.
    pub sd: Option<f64>,
    /// Median.
    pub median: f64,
    /// Lower quartile (type 7).
    pub q1: f64,
    /// Upper quartile (type 7).
    pub q3: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Description {
    /// Describes values; the caller leaves missing ones out (and says how many).
    ///
    /// # Errors
    /// No value, or one that is not finite.
    pub fn new(values: &[f64]) -> Defined<Self> {
        finite(values)?;
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let quantile = |p| quantile_sorted(&sorted, p, QuantileType::Type7);
        let (Some(q1), Some(median), Some(q3)) = (quantile(0.25), quantile(0.5), quantile(0.75)) else {
            undefined!("no value");
        };
        let moments = Moments::of(values);
        Ok(Description {
            n: values.len(),
            mean: moments.mean,
            sd: (values.len() > 1).then(|| moments.variance().sqrt()),
            median,
            q1,
            q3,
            min: sorted[0],
            max: sorted[sorted.len() - 1],
        })
    }
}

/// All values are there, and there is one at least.
pub(crate) fn finite(values: &[f64]) -> Defined<()> {
    if values.is_empty() {
        undefined!("no value");
    }
    if !values.iter().all(|x| x.is_finite()) {
        undefined!("a value is missing or infinite");
    }
    // Sums of squares must stay finite.
    if values.iter().any(|x| x.abs() > 1e150) {
        undefined!("a value is too large to be squared");
    }
    Ok(())
}

/// Mean and sum of squares around it, in two passes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) n: f64,
    pub(crate) mean: f64,
    pub(crate) squares: f64,
}

impl Moments {
    pub(crate) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let rough = values.iter().sum::<f64>() / n;
        // The second pass takes out what rounding left in the first.
        let mean = rough + values.iter().map(|x| x - rough).sum::<f64>() / n;
        Moments { n, mean, squares: values.iter().map(|x| (x - mean) * (x - mean)).sum() }
    }

    /// Sample variance.
    pub(crate) fn variance(&self) -> f64 {
        self.squares / (self.n - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let d = Description::new(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((d.n, d.mean, d.median, d.min, d.max), (8, 5.0, 4.5, 2.0, 9.0));
        assert!((d.sd.unwrap() - (32.0f64 / 7.0).sqrt()).abs() < 1e-15);
        assert_eq!((d.q1, d.q3), (4.0, 5.5));
        assert_eq!(Description::new(&[3.0]).unwrap().sd, None);
        assert!(Description::new(&[]).is_err());
        assert!(Description::new(&[f64::NAN]).is_err());
    }
}
