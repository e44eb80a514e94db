//! Phases of a dynamic series: before or after contrast agent, by number, by name and by time.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::series::times::Times;

/// Before or after contrast agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Before: part of the baseline.
    Baseline,
    /// The n-th image after, from 1.
    Post(usize),
}

/// When the contrast agent was injected, and how that is known. Seconds from the first image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Injection {
    /// The header states it (DICOM Contrast/Bolus Start Time).
    Stated(f64),
    /// The study states it.
    Given(f64),
    /// Nobody states it: it is taken to be the start of the first image after contrast agent, so times after it are too short by
    /// the delay between injection and scan.
    AssumedAtFirstPost(f64),
}

impl Injection {
    /// Seconds from the first image.
    pub fn seconds(self) -> f64 {
        match self {
            Injection::Stated(seconds) | Injection::Given(seconds) | Injection::AssumedAtFirstPost(seconds) => seconds,
        }
    }
}

/// One image of a dynamic series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// Before or after contrast agent.
    pub role: Role,
    /// Seconds from the injection, negative before it; `None` when no times are known.
    pub seconds: Option<f64>,
}

/// When "early" and "late" are, seconds after injection.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Moments {
    /// The image nearest to this is the early one: 120 s, the end of the initial phase of BI-RADS.
    pub early: f64,
    /// The image nearest to this is the late one: 450 s, as in the signal enhancement ratio.
    pub late: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Moments { early: 120.0, late: 450.0 }
    }
}

/// The phases of a dynamic series, in the order of its images.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseTable {
    phases: Vec<Phase>,
    baseline: usize,
    injection: Option<Injection>,
}

/// How an image of a dynamic series is asked for.
///
/// # Definition
/// `pre` or `baseline`: the last image before contrast agent (nearest to it in time and position). `phase 2`: the second image of
/// the series, those before contrast agent counted. `post 1`: the first after contrast agent. `early`, `late`: by time, see
/// [`Moments`].
/// `last`: the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseName {
    /// The last image before contrast agent.
    Pre,
    /// The n-th image of all, from 1.
    Number(usize),
    /// The n-th image after contrast agent, from 1.
    Post(usize),
    /// The image after contrast agent nearest to the early moment.
    Early,
    /// The image after contrast agent nearest to the late moment.
    Late,
    /// The last image.
    Last,
}

impl FromStr for PhaseName {
    type Err = Error;

    fn from_str(words: &str) -> Result<Self> {
        let plain = words.trim().to_ascii_lowercase().replace(['-', '_'], " ");
        let bad = || Error::usage(format!("`{words}` names no phase: pre, baseline, phase 2, post 1, early, late or last"));
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|n| *n > 0);
        match plain.as_str() {
            "pre" | "baseline" => return Ok(PhaseName::Pre),
            "early" => return Ok(PhaseName::Early),
            "late" | "delayed" => return Ok(PhaseName::Late),
            "last" => return Ok(PhaseName::Last),
            _ => {}
        }
        if let Some(n) = plain.strip_prefix("phase").and_then(number) {
            return Ok(PhaseName::Number(n));
        }
        plain.strip_prefix("post").and_then(number).map(PhaseName::Post).ok_or_else(bad)
    }
}

impl PhaseTable {
    /// The phases of `images` images.
    ///
    /// # Definition
    /// With `baseline` given, that many first images are before contrast agent. Else they are those whose time is before the
    /// injection, when that is known. `injection` (seconds from the first image) overrides the header's; without either it is
    /// assumed at the first image after contrast agent.
    ///
    /// # Errors
    /// [`Error::Study`] when neither baseline nor injection is known, no image or every image is before contrast agent, times are
    /// not increasing, or the two statements contradict each other.
    pub fn new(images: usize, times: Option<&Times>, baseline: Option<usize>, injection: Option<f64>) -> Result<Self> {
        if let Some(times) = times {
            if times.seconds.len() != images {
                return Err(Error::study(format!("{} times for a series of {images} images", times.seconds.len())));
            }
            if let Some(at) = (1..images).find(|&at| !(times.seconds[at] > times.seconds[at - 1])) {
                let (before, time) = (times.seconds[at - 1], times.seconds[at]);
                return Err(Error::study(format!(
                    "times of the series must increase: image {at} is at {before} s, image {} at {time} s",
                    at + 1
                )));
            }
        }
        if let Some(seconds) = injection.filter(|seconds| !seconds.is_finite()) {
            return Err(Error::study(format!("an injection at {seconds} s: expected a number of seconds from the first image")));
        }
        let stated = injection.map(Injection::Given).or(times.and_then(|times| times.injection).map(Injection::Stated));
        let counted = match (times, stated) {
            (Some(times), Some(at)) => Some(times.seconds.iter().filter(|time| **time < at.seconds()).count()),
            _ => None,
        };
        let Some(baseline) = baseline.or(counted) else {
            return Err(Error::study(
                "how many images are before contrast agent is not known: the study must say it, or when the injection was",
            ));
        };
        if baseline == 0 {
            return Err(Error::study("the series has no image before contrast agent: enhancement has nothing to compare with"));
        }
        if baseline >= images {
            return Err(Error::study(format!("the series has {images} images, all before contrast agent ({baseline})")));
        }
        if let Some(counted) = counted.filter(|counted| *counted < baseline) {
            return Err(Error::study(format!(
                "{baseline} images are said to be before contrast agent, but only {counted} began before the injection"
            )));
        }
        let assumed = || times.map(|times| Injection::AssumedAtFirstPost(times.seconds[baseline]));
        let injection = if times.is_some() { stated.or_else(assumed) } else { None };
        let phases = (0..images).map(|image| Phase {
            role: if image < baseline { Role::Baseline } else { Role::Post(image - baseline + 1) },
            seconds: times.zip(injection).map(|(times, injection)| times.seconds[image] - injection.seconds()),
        });
        Ok(PhaseTable { phases: phases.collect(), baseline, injection })
    }

    /// The phases in the order of the images.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// How many images are before contrast agent.
    pub fn baseline(&self) -> usize {
        self.baseline
    }

    /// When the injection was; `None` when no times are known.
    pub fn injection(&self) -> Option<Injection> {
        self.injection
    }

    /// Seconds from the injection, one per image; `None` when no times are known.
    pub fn seconds(&self) -> Option<Vec<f64>> {
        self.phases.iter().map(|phase| phase.seconds).collect()
    }

    /// Which image (from 0) a name means.
    ///
    /// # Errors
    /// [`Error::Study`] when there is none: too few images, no times where the name needs them, or early and late are one image.
    pub fn find(&self, name: PhaseName, moments: Moments) -> Result<usize> {
        let images = self.phases.len();
        let within = |image: usize, words: String| {
            if image < images { Ok(image) } else { Err(Error::study(format!("no {words} in a series of {images} images"))) }
        };
        match name {
            PhaseName::Pre => Ok(self.baseline - 1),
            PhaseName::Last => Ok(images - 1),
            PhaseName::Number(n) => within(n.wrapping_sub(1), format!("phase {n}")),
            PhaseName::Post(n) => {
                within(n.checked_sub(1).map_or(usize::MAX, |n| n.saturating_add(self.baseline)), format!("post {n}"))
            }
            PhaseName::Early => self.nearest(moments.early, "early"),
            PhaseName::Late => {
                let (early, late) = (self.nearest(moments.early, "early")?, self.nearest(moments.late, "late")?);
                if late > early {
                    return Ok(late);
                }
                let at = self.phases[late].seconds.unwrap_or(f64::NAN);
                Err(Error::study(format!(
                    "the image nearest to {} s after injection (at {at} s) is the early one too: the series has no late phase",
                    moments.late
                )))
            }
        }
    }

    fn nearest(&self, moment: f64, word: &str) -> Result<usize> {
        let distance = |image: &usize| self.phases[*image].seconds.map(|seconds| (seconds - moment).abs());
        let best = (self.baseline..self.phases.len()).filter(|image| distance(image).is_some()).min_by(|a, b| {
            // Of two equally near the earlier counts: `min_by` keeps the first.
            distance(a).unwrap_or(f64::INFINITY).total_cmp(&distance(b).unwrap_or(f64::INFINITY))
        });
        best.ok_or_else(|| Error::study(format!("the {word} phase is chosen by time, and the times of the series are not known")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::series::times::TimeSource;

    fn times(seconds: &[f64], injection: Option<f64>) -> Times {
        Times { seconds: seconds.to_vec(), source: TimeSource::AcquisitionTime, injection }
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        for (words, name) in [
            ("Pre", PhaseName::Pre),
            ("phase 2", PhaseName::Number(2)),
            ("phase-2", PhaseName::Number(2)),
            ("post_1", PhaseName::Post(1)),
            ("delayed", PhaseName::Late),
        ] {
            assert_eq!(words.parse::<PhaseName>().unwrap(), name);
        }
        for bad in ["phase 0", "post", "", "phase x", "arterial"] {
            assert!(bad.parse::<PhaseName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn phases_by_name_and_time() {
        let clock = times(&[0.0, 20.0, 80.0, 140.0, 440.0], Some(15.0));
        let table = PhaseTable::new(5, Some(&clock), None, None).unwrap();
        assert_eq!((table.baseline(), table.injection()), (1, Some(Injection::Stated(15.0))));
        let find = |words: &str| table.find(words.parse().unwrap(), Moments::default());
        assert_eq!([find("pre").unwrap(), find("phase 2").unwrap(), find("post 2").unwrap()], [0, 1, 2]);
        // 140 − 15 = 125 s is nearest to 120 s; 425 s to 450 s.
        assert_eq!([find("early").unwrap(), find("late").unwrap()], [3, 4]);
        assert!(find("post 5").unwrap_err().to_string().contains("no post 5"));
        let assumed = PhaseTable::new(5, Some(&clock), Some(1), None).unwrap();
        assert_eq!(assumed.injection(), Some(Injection::Stated(15.0)));
        let without = PhaseTable::new(5, Some(&times(&clock.seconds, None)), Some(2), None).unwrap();
        assert_eq!(without.injection(), Some(Injection::AssumedAtFirstPost(80.0)));
        assert_eq!(without.seconds().unwrap()[2], 0.0);
        assert_eq!(PhaseTable::new(5, Some(&clock), None, Some(90.0)).unwrap().baseline(), 3);
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_reason() {
        let says =
            |times: Option<&Times>, baseline, injection| PhaseTable::new(3, times, baseline, injection).unwrap_err().to_string();
        let clock = times(&[0.0, 60.0, 120.0], None);
        assert!(says(None, None, None).contains("not known"));
        assert!(says(Some(&clock), None, None).contains("not known"));
        assert!(says(Some(&clock), Some(0), None).contains("no image before"));
        assert!(says(Some(&clock), Some(3), None).contains("all before"));
        assert!(says(Some(&clock), None, Some(-5.0)).contains("no image before"));
        assert!(says(Some(&clock), Some(2), Some(30.0)).contains("only 1 began before"));
        assert!(says(Some(&clock), None, Some(f64::NAN)).contains("NaN"));
        assert!(says(Some(&times(&[0.0, 60.0, 60.0], None)), Some(1), None).contains("must increase"));
        assert!(says(Some(&times(&[0.0, 60.0], None)), Some(1), None).contains("2 times"));
        let timeless = PhaseTable::new(3, None, Some(1), None).unwrap();
        assert_eq!(timeless.seconds(), None);
        assert!(timeless.find(PhaseName::Early, Moments::default()).unwrap_err().to_string().contains("not known"));
        let short = PhaseTable::new(3, Some(&clock), Some(1), None).unwrap();
        let one = Moments { early: 60.0, late: 70.0 };
        assert!(short.find(PhaseName::Late, one).unwrap_err().to_string().contains("no late phase"));
    }
}
