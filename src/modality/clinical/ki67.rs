//! Ki-67: high or low by a cut-off that is fixed beforehand.
//!
//! The median of the cohort is no such cut-off: computed on all rows it would carry test rows into training. A study that wants
//! it asks for the transform that is fitted on the training rows of each fold; nothing here computes it.

use super::Interval;

/// The cut-off of St Gallen 2013, in per cent. 14 (Cheang 2009, St Gallen 2011) and 30 (International Ki67 Working Group 2021) are
/// in use as well.
pub const DEFAULT_CUTOFF: f64 = 20.0;

/// Whether Ki-67 is high: `cutoff` per cent or more. `None` where a reported range lies on both sides of the cut-off.
///
/// # Reference
/// Goldhirsch A et al., St Gallen 2013 (Ann Oncol 24:2206).
pub fn is_high(percent: Interval, cutoff: f64) -> Option<bool> {
    percent.at_least(cutoff)
}

/// The rule in words.
pub fn sentence(cutoff: f64) -> String {
    format!("Ki-67 is high from {cutoff} %.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_begins_at_the_cutoff() {
        for cutoff in [14.0, DEFAULT_CUTOFF, 30.0] {
            assert_eq!(is_high(cutoff.into(), cutoff), Some(true));
            assert_eq!(is_high((cutoff - 0.1).into(), cutoff), Some(false));
        }
        assert_eq!(is_high(Interval::read("10-30%").unwrap(), 20.0), None);
        assert_eq!(is_high(Interval::read(">30%").unwrap(), 20.0), Some(true));
    }
}
