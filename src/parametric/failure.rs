//! Why a voxel has no value.

use std::fmt;

/// Why a model gives no value in a voxel. The voxel is null in every map of the model, and the reason is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// A signal is not a number, or infinite.
    NotFinite,
    /// A signal is negative, or zero where its logarithm is needed.
    NotPositive,
    /// A signal is at or above the stated ceiling of the scanner's or file's range.
    Saturated,
    /// The signal before contrast agent (or at b = 0) is not positive: nothing to compare with.
    NoBaseline,
    /// There is no enhancement or concentration for the model to explain.
    NoUptake,
    /// The signal does not fall with b: no positive diffusivity explains it.
    NoDecay,
    /// No concentration or T1 gives this signal (a square root or logarithm of a negative number).
    OutOfRange,
    /// The search for the parameters did not settle.
    NoConvergence,
}

impl Failure {
    /// The reason in words, as a table of counts shows it.
    pub fn reason(self) -> &'static str {
        match self {
            Failure::NotFinite => "signal is not a finite number",
            Failure::NotPositive => "signal is not positive",
            Failure::Saturated => "signal is saturated",
            Failure::NoBaseline => "baseline signal is not positive",
            Failure::NoUptake => "no uptake of contrast agent",
            Failure::NoDecay => "signal does not fall with b",
            Failure::OutOfRange => "signal is outside the range of the signal equation",
            Failure::NoConvergence => "fit did not converge",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

/// How a voxel's fit ended when it gave values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// All parameters within their bounds.
    Inside,
    /// A parameter stopped at its bound: the value is what the bound allows, not what the data say.
    AtBound,
}
