//! How contrast agent comes and goes, read off the signal without a model (semi-quantitative kinetics).

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::MapInfo;
use crate::parametric::map::VoxelModel;
use crate::parametric::series::Timing;

/// Which definition of mean enhancement (papers differ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeanEnhancement {
    /// Area under the relative enhancement after contrast agent, over its duration.
    #[default]
    TimeWeighted,
    /// Plain mean of the relative enhancements after contrast agent.
    Plain,
}

/// From when the time to peak counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeZero {
    /// From the injection (time 0 of the series).
    #[default]
    Injection,
    /// From the arrival of the bolus in the voxel; null where that is unknown.
    Arrival,
}

const KUHL: &str = "Kuhl 1999, Radiology 211:101";
const BI_RADS: &str = "ACR BI-RADS MRI, 5th edition";

/// The maps, with an initial area under the curve for each duration (s).
pub fn maps(iauc: &[f64]) -> Vec<MapInfo> {
    let mut maps = vec![
        MapInfo::quantity("PE", "peak enhancement", "%", ""),
        MapInfo::quantity("ME", "mean enhancement", "%", ""),
        MapInfo::quantity("TTP", "time to peak", "s", ""),
        MapInfo::quantity("wash_in", "wash-in slope", "%/min", ""),
        MapInfo::quantity("wash_out", "wash-out slope", "%/min", ""),
        MapInfo::quantity("PE_early", "early enhancement", "%", ""),
        MapInfo::quantity("SER", "signal enhancement ratio", "1", "Hylton 2012, Radiology 263:663"),
    ];
    maps.extend(iauc.iter().map(|seconds| MapInfo {
        name: Cow::Owned(format!("iAUC{seconds}")),
        label: Cow::Owned(format!("initial area under the enhancement curve, {seconds} s")),
        ..MapInfo::quantity("", "", "%·s", "Evelhoch 1999, J Magn Reson Imaging 10:254")
    }));
    maps.extend([
        MapInfo::quantity("maximum_slope", "maximum slope of enhancement", "%/s", ""),
        MapInfo::quantity("BAT", "bolus arrival time", "s", ""),
        MapInfo::class("initial_phase", "initial phase: 1 slow, 2 medium, 3 fast", BI_RADS),
        MapInfo::class("curve_type", "curve type: 1 persistent, 2 plateau, 3 wash-out", KUHL),
    ]);
    maps
}

/// Semi-quantitative kinetics of a dynamic series.
///
/// # Definition
/// RE(t) = 100 (S(t) − S₀)/S₀, S₀ the mean signal before contrast agent; t from the injection.
///
/// | map | definition |
/// |---|---|
/// | `PE` | peak enhancement, max RE after contrast agent, % |
/// | `ME` | mean enhancement, % ([`MeanEnhancement`]) |
/// | `TTP` | time to peak, s (the first image that reaches the peak; [`TimeZero`]) |
/// | `wash_in` | PE / TTP, % per min |
/// | `wash_out` | 100 (S_end − S_peak) / (S₀ (t_end − t_peak)), % per min; null where the peak is the last image |
/// | `PE_early` | RE at the early image, % |
/// | `SER` | (S_early − S₀)/(S_late − S₀); null where the late image shows no enhancement |
/// | `iAUC60`, `iAUC90` | area under RE (trapezoids, RE = 0 at [`Timing::onset`]) until so many seconds after the onset, %·s; null where the series ends before |
/// | `maximum_slope` | greatest rise of RE between neighbouring images, % per s |
/// | `BAT` | bolus arrival: first time with RE above 3 standard deviations of the baseline, s; null with fewer than 3 baseline images |
/// | `initial_phase` | 1 slow (< 50 %), 2 medium, 3 fast (> 100 %): highest RE in the initial window (first 2 min, or the early image) |
/// | `curve_type` | 1 persistent, 2 plateau, 3 wash-out: 100 (S_late − S_initial)/S_initial above 10, within ±10, below −10, S_initial the highest signal of the initial window |
///
/// # Reference
/// Kuhl 1999, Radiology 211:101 (curve types); BI-RADS MRI; Hylton 2012, Radiology 263:663 (SER).
#[derive(Debug, Clone, PartialEq)]
pub struct Kinetics {
    timing: Timing,
    early: usize,
    late: usize,
    initial: usize,
    iauc: Vec<f64>,
    mean: MeanEnhancement,
    zero: TimeZero,
}

/// Relative change after the initial phase beyond which a curve rises or falls, in % (BI-RADS).
const PLATEAU: f64 = 10.0;
/// Bounds of slow, medium and fast initial enhancement, in % (BI-RADS).
const INITIAL: [f64; 2] = [50.0, 100.0];
/// Usual durations of the initial area under the curve, s.
pub const IAUC: [f64; 2] = [60.0, 90.0];
/// End of the initial phase in s after the injection (BI-RADS).
const INITIAL_UNTIL: f64 = 120.0;

impl Kinetics {
    /// With the images that stand for the early and the late phase (positions in the series), the usual initial phase (up to 2 minutes after
    /// the injection; the early image where none is so early), iAUC over 90 s and time-weighted mean enhancement.
    ///
    /// # Errors
    /// [`Error::Study`] when early and late are not two images after contrast agent in this order.
    pub fn new(timing: Timing, early: usize, late: usize) -> Result<Self> {
        if early < timing.baseline() || late <= early || late >= timing.times().len() {
            return Err(Error::study(format!(
                "the early (image {}) and late (image {}) phases must be two of the images {} to {}, in this order",
                early + 1,
                late + 1,
                timing.baseline() + 1,
                timing.times().len()
            )));
        }
        let within = timing.times().iter().rposition(|time| *time <= INITIAL_UNTIL).unwrap_or(0);
        // The late phase is what the initial phase is compared with, so it cannot belong to it.
        let initial = if within < timing.baseline() { early } else { within.max(early).min(late - 1) };
        Ok(Kinetics {
            timing,
            early,
            late,
            initial,
            iauc: IAUC.to_vec(),
            mean: MeanEnhancement::default(),
            zero: TimeZero::default(),
        })
    }

    /// With other durations of the initial area under the curve, s after the onset of contrast agent.
    ///
    /// # Errors
    /// [`Error::Study`] when one is not positive or stands twice.
    pub fn iauc(mut self, seconds: &[f64]) -> Result<Self> {
        let twice = |at: usize| seconds[..at].contains(&seconds[at]);
        if let Some(at) = (0..seconds.len()).find(|&at| !(seconds[at] > 0.0 && seconds[at].is_finite()) || twice(at)) {
            let found = seconds[at];
            return Err(Error::study(format!(
                "durations of the initial area under the curve must be positive and differ, not {found} s"
            )));
        }
        self.iauc = seconds.to_vec();
        Ok(self)
    }

    /// With another zero of the time to peak.
    pub fn time_zero(mut self, zero: TimeZero) -> Self {
        self.zero = zero;
        self
    }

    /// With another definition of mean enhancement.
    pub fn mean_enhancement(mut self, mean: MeanEnhancement) -> Self {
        self.mean = mean;
        self
    }

    fn mean(&self, enhancement: &[f64]) -> f64 {
        let times = self.timing.after();
        match self.mean {
            MeanEnhancement::TimeWeighted if times.len() > 1 => area(times, enhancement) / (times[times.len() - 1] - times[0]),
            _ => enhancement.iter().sum::<f64>() / enhancement.len() as f64,
        }
    }

    /// Area under RE from the onset for a duration; the image at which it ends is interpolated.
    fn initial_area(&self, enhancement: &[f64], seconds: f64) -> f64 {
        let (times, start) = (self.timing.after(), self.timing.onset());
        let until = start + seconds;
        if times[times.len() - 1] < until {
            return f64::NAN;
        }
        let (mut sum, mut before) = (0.0, (start, 0.0));
        for (&time, &value) in times.iter().zip(enhancement) {
            if before.0 >= until {
                break;
            }
            let end = time.min(until);
            let value_there = before.1 + (value - before.1) * (end - before.0) / (time - before.0);
            sum += 0.5 * (before.1 + value_there) * (end - before.0);
            before = (time, value);
        }
        sum
    }

    fn arrival(&self, signal: &[f64], base: f64) -> f64 {
        let before = &signal[..self.timing.baseline()];
        if before.len() < 3 {
            return f64::NAN;
        }
        let squares: f64 = before.iter().map(|value| (value - base).powi(2)).sum();
        let deviation = (squares / (before.len() - 1) as f64).sqrt();
        let first = signal[before.len()..].iter().position(|value| value - base > 3.0 * deviation);
        first.map_or(f64::NAN, |at| self.timing.after()[at])
    }
}

/// Area under a curve by trapezoids.
fn area(times: &[f64], values: &[f64]) -> f64 {
    times.windows(2).zip(values.windows(2)).map(|(t, v)| 0.5 * (v[0] + v[1]) * (t[1] - t[0])).sum()
}

impl VoxelModel for Kinetics {
    type Scratch = Vec<f64>;

    fn maps(&self) -> Vec<MapInfo> {
        maps(&self.iauc)
    }

    fn images(&self) -> usize {
        self.timing.times().len()
    }

    fn scratch(&self) -> Vec<f64> {
        Vec::with_capacity(self.images())
    }

    fn fit(&self, _: usize, signal: &[f64], enhancement: &mut Vec<f64>, values: &mut [f64]) -> Result<Fit, Failure> {
        let base = self.timing.baseline_signal(signal)?;
        let (first, times) = (self.timing.baseline(), self.timing.times());
        enhancement.clear();
        enhancement.extend(signal[first..].iter().map(|value| 100.0 * (value - base) / base));
        let relative = |image: usize| enhancement[image - first];
        let highest =
            |until: usize| (first..=until).fold(first, |best, image| if signal[image] > signal[best] { image } else { best });
        let (last, peak) = (times.len() - 1, highest(times.len() - 1));
        let before =
            std::iter::once((times[first - 1], 0.0)).chain(self.timing.after().iter().copied().zip(enhancement.iter().copied()));
        let slope = before
            .zip(self.timing.after().iter().zip(enhancement.iter()))
            .map(|((t, v), (&time, &value))| (value - v) / (time - t))
            .fold(f64::NEG_INFINITY, f64::max);
        let initial = highest(self.initial);
        let change = 100.0 * (signal[self.late] - signal[initial]) / signal[initial];
        let late_rise = signal[self.late] - base;
        let arrival = self.arrival(signal, base);
        let to_peak = match self.zero {
            TimeZero::Injection => times[peak],
            TimeZero::Arrival => times[peak] - arrival,
        };
        let known = |condition: bool, value: f64| if condition { value } else { f64::NAN };
        let found = [
            relative(peak),
            self.mean(enhancement),
            to_peak,
            known(to_peak > 0.0, relative(peak) / (to_peak / 60.0)),
            known(peak < last, (relative(last) - relative(peak)) / ((times[last] - times[peak]) / 60.0)),
            relative(self.early),
            known(late_rise > 0.0, (signal[self.early] - base) / late_rise),
        ];
        let areas = self.iauc.iter().map(|seconds| self.initial_area(enhancement, *seconds));
        let rest = [slope, arrival, initial_phase(relative(initial)), known(signal[initial] > 0.0, curve_type(change))];
        values.iter_mut().zip(found.into_iter().chain(areas).chain(rest)).for_each(|(place, value)| *place = value);
        Ok(Fit::Inside)
    }
}

/// 1 slow, 2 medium, 3 fast, by the highest enhancement of the initial phase in %.
fn initial_phase(rise: f64) -> f64 {
    match rise {
        rise if rise < INITIAL[0] => 1.0,
        rise if rise <= INITIAL[1] => 2.0,
        _ => 3.0,
    }
}

/// 1 persistent, 2 plateau, 3 wash-out, by the change after the initial phase in %.
fn curve_type(change: f64) -> f64 {
    match change {
        change if change > PLATEAU => 1.0,
        change if change < -PLATEAU => 3.0,
        _ => 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinetics(signal: &[f64], times: &[f64], early: usize, late: usize) -> Vec<f64> {
        let model = Kinetics::new(Timing::new(times.to_vec(), 1).unwrap(), early, late).unwrap();
        let mut values = vec![f64::NAN; 13];
        model.fit(0, signal, &mut Vec::new(), &mut values).unwrap();
        values
    }

    #[test]
    fn a_wash_out_curve_by_hand() {
        let values = kinetics(&[100.0, 250.0, 220.0, 200.0], &[0.0, 60.0, 120.0, 300.0], 1, 3);
        let near = |at: usize, truth: f64| assert!((values[at] - truth).abs() < 1e-12, "{at}: {} {truth}", values[at]);
        near(0, 150.0);
        // (135 · 60 + 110 · 180) / 240
        near(1, 116.25);
        near(2, 60.0);
        near(3, 150.0);
        near(4, -12.5);
        near(6, 1.5);
        // 0 to 150 over 60 s, then 150 to 135 over 30 s
        near(7, 4500.0);
        near(8, 4500.0 + 142.5 * 30.0);
        near(9, 2.5);
        assert!(values[10].is_nan());
        near(11, 3.0);
        near(12, 3.0);
    }

    #[test]
    fn undefined_parts_are_null() {
        let values = kinetics(&[100.0, 120.0, 140.0, 160.0], &[0.0, 60.0, 120.0, 300.0], 1, 3);
        assert!(values[4].is_nan(), "no wash-out after a peak in the last image");
        assert_eq!(values[12], 1.0);
        let none = kinetics(&[100.0, 120.0, 100.0, 100.0], &[0.0, 60.0, 120.0, 300.0], 1, 3);
        assert!(none[6].is_nan(), "SER without late enhancement");
        let model = Kinetics::new(Timing::new(vec![0.0, 60.0, 120.0], 1).unwrap(), 1, 2).unwrap();
        assert_eq!(model.fit(0, &[0.0, 1.0, 2.0], &mut Vec::new(), &mut [0.0; 13]), Err(Failure::NoBaseline));
        assert!(Kinetics::new(Timing::new(vec![0.0, 60.0, 120.0], 1).unwrap(), 0, 2).is_err());
    }
}
