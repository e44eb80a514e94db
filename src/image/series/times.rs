//! When the images of a series were taken: seconds from its first image, and where that is known from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Half a day: clocks of one examination do not differ by more unless midnight lies between.
const HALF_DAY: f64 = 43_200.0;
const DAY: f64 = 86_400.0;

/// A time of day, and the day where it is stated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Days from an arbitrary first day; `None` where the date is not stated.
    pub day: Option<i64>,
    /// Seconds since midnight.
    pub seconds: f64,
}

/// What is stated about the time of one image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FrameTime {
    /// Seconds from the start of the series, where they are stated as such.
    pub offset: Option<f64>,
    /// When the contrast agent was injected, s on the axis of the offsets.
    pub injection_offset: Option<f64>,
    /// When its acquisition began.
    pub acquisition: Option<Clock>,
    /// Seconds from the trigger, which in dynamic series is the start of the scan.
    pub trigger: Option<f64>,
    /// When its content was made: at or soon after acquisition.
    pub content: Option<Clock>,
    /// When the injection of contrast agent began.
    pub injection: Option<Clock>,
}

/// Where the times of a series are known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// The study or the caller stated them.
    Given,
    /// Offsets from the start: DICOM Temporal Position Time Offset, BIDS FrameTimesStart or VolumeTiming.
    Offset,
    /// DICOM Acquisition Time (or Acquisition DateTime).
    AcquisitionTime,
    /// DICOM Trigger Time.
    TriggerTime,
    /// DICOM Content Time: when the image was made, which may be later than it was measured.
    ContentTime,
}

/// The times of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// Seconds from the first image of the series, one per image, in the order of the images.
    pub seconds: Vec<f64>,
    /// Where they are known from.
    pub source: TimeSource,
    /// When the injection began, on the same axis; `None` when no header says so, or what it says lies far from the images.
    pub injection: Option<f64>,
}

impl Clock {
    /// A DICOM time (TM, `HHMMSS.FFFFFF`), with its date (DA, `YYYYMMDD`) where that is stated. Parts after the hour may be
    /// missing.
    pub fn parse(date: Option<&str>, time: &str) -> Option<Clock> {
        let digits: String = time.trim().chars().filter(|c| *c != ':').collect();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if !matches!(whole.len(), 2 | 4 | 6) || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |at: usize| whole.get(at..at + 2).map_or(Some(0.0), |two| two.parse::<f64>().ok());
        let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
        let below: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
        // A leap second is written as 60.
        if hour > 23.0 || minute > 59.0 || second > 60.0 {
            return None;
        }
        Some(Clock { day: date.and_then(day_number), seconds: 3600.0 * hour + 60.0 * minute + second + below })
    }

    /// A DICOM date and time (DT, `YYYYMMDDHHMMSS.FFFFFF&ZZXX`); the time zone, one for a whole examination, is left out.
    pub fn parse_date_time(text: &str) -> Option<Clock> {
        let text = text.trim();
        let end = text.find(['+', '-']).unwrap_or(text.len());
        let (date, time) = (text.get(..8)?, text.get(8..end)?);
        Clock::parse(Some(date), time)
    }
}

/// Days from the first of March of the year 0, in the Gregorian calendar.
fn day_number(date: &str) -> Option<i64> {
    let digits: String = date.trim().chars().filter(|c| !matches!(c, '.' | '-')).collect();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|text| text.parse::<i64>().ok());
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The year begins in March, so that the leap day is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1)
}

/// Clocks of one examination on one axis of seconds.
///
/// # Definition
/// Where every clock has a day and days differ by no more than one, the day counts. Else only the time of day does, and a clock
/// more than twelve hours before the latest one lies after midnight.
pub fn unrolled(clocks: &[Clock]) -> Vec<f64> {
    let days: Option<Vec<i64>> = clocks.iter().map(|clock| clock.day).collect();
    let first = days.as_ref().and_then(|days| days.iter().copied().min());
    if let (Some(days), Some(first)) = (days, first) {
        let last = days.iter().copied().max().unwrap_or(first);
        // Files whose identity was removed often have one date for all, whatever the day was.
        if last - first == 1 {
            return clocks.iter().zip(days).map(|(clock, day)| clock.seconds + DAY * (day - first) as f64).collect();
        }
    }
    let latest = clocks.iter().map(|clock| clock.seconds).fold(f64::NEG_INFINITY, f64::max);
    let after_midnight = |seconds: f64| latest - seconds > HALF_DAY;
    clocks.iter().map(|clock| clock.seconds + if after_midnight(clock.seconds) { DAY } else { 0.0 }).collect()
}

/// The times of a series from what is stated per image, or why there are none.
///
/// # Definition
/// The first source counts that every image states and that differs from image to image: offset, acquisition time, trigger time,
/// content time. Times are relative to the first image; they are *not* put in order, since an order that contradicts the clock is
/// a finding.
///
/// # Errors
/// A sentence when there is no such source.
pub fn times_of(frames: &[FrameTime]) -> Result<Times, String> {
    let mut equal: Vec<String> = Vec::new();
    let sources = [TimeSource::Offset, TimeSource::AcquisitionTime, TimeSource::TriggerTime, TimeSource::ContentTime];
    for source in sources {
        let Some(seconds) = axis(frames, source) else { continue };
        if let Some((a, b)) = same(&seconds) {
            equal.push(format!("{} is the same in images {} and {}", word(source), a + 1, b + 1));
            continue;
        }
        let start = seconds.first().copied().unwrap_or(0.0);
        let injection = injection(frames, source, start);
        return Ok(Times { seconds: seconds.iter().map(|time| time - start).collect(), source, injection });
    }
    if equal.is_empty() { Err("no time is stated for every image".into()) } else { Err(equal.join("; ")) }
}

fn word(source: TimeSource) -> &'static str {
    match source {
        TimeSource::Given => "the given time",
        TimeSource::Offset => "the time offset",
        TimeSource::AcquisitionTime => "Acquisition Time",
        TimeSource::TriggerTime => "Trigger Time",
        TimeSource::ContentTime => "Content Time",
    }
}

fn axis(frames: &[FrameTime], source: TimeSource) -> Option<Vec<f64>> {
    let clocks = |of: fn(&FrameTime) -> Option<Clock>| {
        let clocks: Option<Vec<Clock>> = frames.iter().map(of).collect();
        clocks.map(|clocks| unrolled(&clocks))
    };
    match source {
        TimeSource::Given => None,
        TimeSource::Offset => frames.iter().map(|frame| frame.offset).collect(),
        TimeSource::TriggerTime => frames.iter().map(|frame| frame.trigger).collect(),
        TimeSource::AcquisitionTime => clocks(|frame| frame.acquisition),
        TimeSource::ContentTime => clocks(|frame| frame.content),
    }
}

fn same(seconds: &[f64]) -> Option<(usize, usize)> {
    let mut order: Vec<usize> = (0..seconds.len()).collect();
    order.sort_by(|a, b| seconds[*a].total_cmp(&seconds[*b]));
    // A millisecond is below every clock's meaning.
    order.windows(2).find(|pair| seconds[pair[1]] - seconds[pair[0]] < 1e-3).map(|pair| (pair[0], pair[1]))
}

/// The injection in seconds from the first image. It is stated on the images' own axis, or as a time of day; then theirs must be one too.
fn injection(frames: &[FrameTime], source: TimeSource, start: f64) -> Option<f64> {
    if source == TimeSource::Offset {
        return frames.iter().find_map(|frame| frame.injection_offset).map(|seconds| seconds - start);
    }
    let first = frames.first()?;
    let stated = frames.iter().find_map(|frame| frame.injection)?;
    let clock = match source {
        TimeSource::AcquisitionTime => first.acquisition,
        TimeSource::ContentTime => first.content,
        // The trigger is the start of the acquisition, which has one time for all images.
        TimeSource::TriggerTime => first.acquisition.map(|clock| Clock { seconds: clock.seconds + start, ..clock }),
        TimeSource::Given | TimeSource::Offset => None,
    }?;
    let mut difference = stated.seconds - clock.seconds;
    if difference > HALF_DAY {
        difference -= DAY;
    } else if difference < -HALF_DAY {
        difference += DAY;
    }
    // Scanners that were not told write midnight or the start of the day.
    (difference.abs() <= LONGEST).then_some(difference)
}

/// An injection further from the first image than this is no statement about this series, s.
const LONGEST: f64 = 3600.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> FrameTime {
        FrameTime { acquisition: Clock::parse(None, time), ..Default::default() }
    }

    #[test]
    fn clocks_are_read_with_any_precision() {
        assert_eq!(Clock::parse(None, "102551").unwrap().seconds, 37_551.0);
        assert_eq!(Clock::parse(None, "10:25:51.25").unwrap().seconds, 37_551.25);
        assert_eq!(Clock::parse(None, "10").unwrap().seconds, 36_000.0);
        assert_eq!(Clock::parse_date_time("20240229235959.5+0100").unwrap().seconds, 86_399.5);
        for bad in ["", "1", "25", "1060", "10a0", "-10000", "102551.x"] {
            assert_eq!(Clock::parse(None, bad), None, "{bad}");
        }
        let day = |text: &str| Clock::parse(Some(text), "00").unwrap().day;
        assert_eq!(day("20240301").unwrap() - day("20240228").unwrap(), 2);
        assert_eq!(day("19000301").unwrap() - day("19000228").unwrap(), 1);
        assert_eq!(day("20260101").unwrap() - day("20251231").unwrap(), 1);
        assert_eq!(day("20261301"), None);
    }

    #[test]
    fn midnight_lies_between_two_images() {
        let times = times_of(&[at("235930"), at("000030"), at("000130")]).unwrap();
        assert_eq!(times.seconds, [0.0, 60.0, 120.0]);
        let dated = |date, time| FrameTime { acquisition: Clock::parse(Some(date), time), ..Default::default() };
        assert_eq!(times_of(&[dated("20251231", "235930"), dated("20260101", "000030")]).unwrap().seconds, [0.0, 60.0]);
        // One date for all, as after removal of identity.
        assert_eq!(times_of(&[dated("19000101", "235930"), dated("19000101", "000030")]).unwrap().seconds, [0.0, 60.0]);
        let before = FrameTime { injection: Clock::parse(None, "235945"), ..at("235930") };
        assert_eq!(times_of(&[before, at("000030")]).unwrap().injection, Some(15.0));
        let after = FrameTime { injection: Clock::parse(None, "000010"), ..at("235930") };
        assert_eq!(times_of(&[after, at("000030")]).unwrap().injection, Some(40.0));
    }

    #[test]
    fn the_first_source_that_differs_counts_and_none_is_said() {
        let frame = |trigger: f64, content: &str| FrameTime {
            trigger: Some(trigger),
            content: Clock::parse(None, content),
            injection: Clock::parse(None, "120020"),
            ..at("120000")
        };
        let times = times_of(&[frame(5.0, "121000"), frame(65.0, "121000")]).unwrap();
        assert_eq!((times.seconds, times.source, times.injection), (vec![0.0, 60.0], TimeSource::TriggerTime, Some(15.0)));
        let times = times_of(&[frame(5.0, "121000"), frame(5.0, "121030")]).unwrap();
        assert_eq!((times.source, times.injection), (TimeSource::ContentTime, Some(-580.0)));
        let says = times_of(&[frame(5.0, "121000"), frame(5.0, "121000")]).unwrap_err();
        assert!(says.contains("Acquisition Time is the same in images 1 and 2"), "{says}");
        assert!(times_of(&[FrameTime::default()]).unwrap_err().contains("no time"));
        // An order against the clock is left as it is, to be reported.
        assert_eq!(times_of(&[at("120100"), at("120000")]).unwrap().seconds, [0.0, -60.0]);
    }
}
