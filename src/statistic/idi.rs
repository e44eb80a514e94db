//! Integrated discrimination improvement: by how much does a new model raise the risk of events and lower that of non-events?

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Test, undefined};
use super::normal;

/// The integrated discrimination improvement and its two parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Idi {
    /// Events: mean risk of the new model less that of the standard model.
    pub events: Estimate,
    /// Non-events: mean risk of the standard model less that of the new one.
    pub nonevents: Estimate,
    /// The sum of both: the gain in discrimination slope.
    pub idi: Estimate,
    /// z of the IDI, or why there is none. Anti-conservative for nested models: prefer a bootstrap interval.
    pub test: Defined<Test>,
}

/// The integrated discrimination improvement of `new` over `standard`.
///
/// # Definition
/// With d = new − standard risk: IDI = mean of d in events − mean of d in non-events; se² = s²₁/m + s²₀/n with the sample variances of d in
/// the m events and n non-events. With one event or non-event there is no standard error.
///
/// # Errors
/// Lengths that differ, a risk that is not a finite number, only one class.
///
/// # Reference
/// Pencina et al., Stat Med 2008;27:157 (with the paired variance). R `Hmisc::improveProb`. Warning: Hilden & Gerds, Stat Med 2014;33:3405:
/// overconfidence can raise the IDI; see it after recalibration.
pub fn idi(event: &[bool], standard: &[f64], new: &[f64], level: f64) -> Defined<Idi> {
    if standard.len() != event.len() || new.len() != event.len() {
        undefined!("{} outcomes but {} and {} risks", event.len(), standard.len(), new.len());
    }
    let gains = |class: bool| -> Vec<f64> {
        let of_class = (0..event.len()).filter(|&i| event[i] == class);
        of_class.map(|i| if class { new[i] - standard[i] } else { standard[i] - new[i] }).collect()
    };
    let (of_events, of_nonevents) = (gains(true), gains(false));
    if of_events.is_empty() || of_nonevents.is_empty() {
        undefined!("{} events and {} non-events: the IDI needs both", of_events.len(), of_nonevents.len());
    }
    if !of_events.iter().chain(&of_nonevents).all(|d| d.is_finite()) {
        undefined!("a risk is not a finite number");
    }
    let part = |gains: &[f64]| {
        let n = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / n;
        let squares: f64 = gains.iter().map(|d| (d - mean).powi(2)).sum();
        (mean, (gains.len() > 1).then(|| squares / (n * (n - 1.0))))
    };
    let estimate = |value: f64, variance: Option<f64>| match variance {
        Some(v) => Estimate::normal(value, v.sqrt(), level),
        None => Estimate { level, ..Estimate::point(value) },
    };
    let ((gain_events, v1), (gain_nonevents, v0)) = (part(&of_events), part(&of_nonevents));
    let total = estimate(gain_events + gain_nonevents, v1.zip(v0).map(|(a, b)| a + b));
    let test = match total.se {
        Some(se) if se > 0.0 => {
            let z = total.value / se;
            Ok(Test { statistic: z, df: None, p: normal::two_sided(z) })
        }
        _ => Err(super::estimate::Undefined::because("the IDI has no variance: no test")),
    };
    Ok(Idi { events: estimate(gain_events, v1), nonevents: estimate(gain_nonevents, v0), idi: total, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand_and_undefined() {
        let event = [true, true, false, false];
        let old = [0.5, 0.6, 0.4, 0.3];
        let new = [0.7, 0.6, 0.3, 0.4];
        let found = idi(&event, &old, &new, 0.95).unwrap();
        assert!((found.events.value - 0.1).abs() < 1e-15);
        assert!(found.nonevents.value.abs() < 1e-15);
        assert!((found.idi.se.unwrap() - (0.01f64 + 0.01).sqrt()).abs() < 1e-15);
        assert!(idi(&event, &old, &old, 0.95).unwrap().test.is_err());
        assert_eq!(idi(&event[1..], &old[1..], &new[1..], 0.95).unwrap().idi.se, None);
        assert!(idi(&[true; 4], &old, &new, 0.95).is_err());
        assert!(idi(&event, &old, &[f64::NAN; 4], 0.95).is_err());
    }
}
