//! What a statistic hands back: a number with its uncertainty, or the reason why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a statistic has no value on these data, in words that can be printed in a table's footnote.
///
/// An undefined statistic is never 0 and never NaN: it is this reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Undefined(pub String);

impl Undefined {
    /// The reason, from anything that can be displayed.
    pub fn because(reason: impl fmt::Display) -> Self {
        Undefined(reason.to_string())
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Undefined {}

/// A statistic that may be undefined.
pub type Defined<T> = Result<T, Undefined>;

/// Ends a function with an [`Undefined`] whose reason is formatted like `format!`.
macro_rules! undefined {
    ($($reason:tt)*) => {
        return Err($crate::statistic::estimate::Undefined(format!($($reason)*)))
    };
}
pub(crate) use undefined;

/// How the standard error and interval of an [`Estimate`] were computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A point estimate only.
    Point,
    /// Normal interval, estimate ± z · se.
    Normal,
    /// Normal interval on the logit scale, carried back: it stays inside (0, 1).
    Logit,
    /// Normal interval on the logarithmic scale, carried back (ratios).
    Log,
    /// Student's t interval.
    StudentT,
    /// DeLong's variance, normal interval cut at 0 and 1.
    Delong,
    /// DeLong's variance, interval on the logit scale.
    DelongLogit,
    /// Components pooled within strata (folds), normal interval cut at 0 and 1.
    Stratified,
    /// Quantiles of bootstrap replicates.
    BootstrapPercentile,
    /// Standard deviation of bootstrap replicates, normal interval.
    BootstrapNormal,
    /// Quantiles of bootstrap replicates, turned about the estimate.
    BootstrapBasic,
    /// Bias-corrected and accelerated bootstrap.
    BootstrapBca,
    /// Values that a score test would not reject.
    Score,
    /// Wilson's score interval of a proportion.
    Wilson,
    /// Clopper and Pearson's exact interval of a proportion.
    ClopperPearson,
    /// Agresti and Coull's interval of a proportion.
    AgrestiCoull,
    /// Posterior interval of a proportion under Jeffreys' prior.
    Jeffreys,
    /// Wald interval of a regression coefficient.
    Wald,
    /// Profile likelihood.
    ProfileLikelihood,
    /// An interval from the exact distribution.
    Exact,
    /// An interval from the F distribution of a ratio of mean squares.
    F,
}

impl Method {
    /// The name as a table footnote prints it.
    pub fn label(self) -> &'static str {
        match self {
            Method::Point => "point estimate",
            Method::Normal => "normal approximation",
            Method::Logit => "normal approximation on the logit scale",
            Method::Log => "normal approximation on the log scale",
            Method::StudentT => "Student's t",
            Method::Delong => "DeLong",
            Method::DelongLogit => "DeLong on the logit scale",
            Method::Stratified => "structural components within folds",
            Method::BootstrapPercentile => "bootstrap percentile",
            Method::BootstrapNormal => "bootstrap normal",
            Method::BootstrapBasic => "basic bootstrap",
            Method::BootstrapBca => "bias-corrected accelerated bootstrap",
            Method::Score => "score",
            Method::Wilson => "Wilson score",
            Method::ClopperPearson => "Clopper–Pearson exact",
            Method::AgrestiCoull => "Agresti–Coull",
            Method::Jeffreys => "Jeffreys",
            Method::Wald => "Wald",
            Method::ProfileLikelihood => "profile likelihood",
            Method::Exact => "exact",
            Method::F => "F distribution",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A number with its standard error and confidence interval, as far as they exist.
///
/// `lower` and `upper` are both present or both absent; `se` may be present without them and the reverse
/// (a percentile interval needs no standard error).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of the confidence interval.
    pub lower: Option<f64>,
    /// Upper end of the confidence interval.
    pub upper: Option<f64>,
    /// Confidence level of the interval, e.g. 0.95.
    pub level: f64,
    /// Where standard error and interval come from.
    pub method: Method,
}

impl Estimate {
    /// The level that every function here uses unless told otherwise.
    pub const LEVEL: f64 = 0.95;

    /// A value without any statement of uncertainty.
    pub fn point(value: f64) -> Self {
        Estimate { value, se: None, lower: None, upper: None, level: Self::LEVEL, method: Method::Point }
    }

    /// A value with a ready-made interval.
    pub fn with_interval(value: f64, se: Option<f64>, lower: f64, upper: f64, level: f64, method: Method) -> Self {
        Estimate { value, se, lower: Some(lower), upper: Some(upper), level, method }
    }

    /// estimate ± z · se.
    pub fn normal(value: f64, se: f64, level: f64) -> Self {
        let half = super::normal::critical(level) * se;
        Estimate::with_interval(value, Some(se), value - half, value + half, level, Method::Normal)
    }

    /// The same interval, cut at the ends of the range that the quantity can take.
    pub fn clipped(mut self, low: f64, high: f64) -> Self {
        self.lower = self.lower.map(|x| x.clamp(low, high));
        self.upper = self.upper.map(|x| x.clamp(low, high));
        self
    }

    /// The same numbers under another method's name.
    pub fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }
}

/// A hypothesis test: its statistic, what that is compared with, and the p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The test statistic (z, t, χ², F, …).
    pub statistic: f64,
    /// Degrees of freedom of the reference distribution; absent for z and exact tests.
    pub df: Option<f64>,
    /// Two-sided p-value unless the function says otherwise.
    pub p: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_estimates_survive_json() {
        let reason = Undefined::because("one class only");
        let text = serde_json::to_string(&reason).unwrap();
        assert_eq!(text, "\"one class only\"");
        assert_eq!(serde_json::from_str::<Undefined>(&text).unwrap(), reason);

        let estimate = Estimate::normal(0.7, 0.05, 0.95).clipped(0.0, 1.0).by(Method::Delong);
        let text = serde_json::to_string(&estimate).unwrap();
        assert!(text.contains("\"method\":\"delong\""));
        assert_eq!(serde_json::from_str::<Estimate>(&text).unwrap(), estimate);
    }

    #[test]
    fn the_macro_returns_early_with_its_reason() {
        fn nothing(n: usize) -> Defined<f64> {
            if n == 0 {
                undefined!("{n} cases");
            }
            Ok(1.0)
        }
        assert_eq!(nothing(0), Err(Undefined("0 cases".into())));
        assert_eq!(nothing(1), Ok(1.0));
    }
}
