//! The arterial input function: how much contrast agent the blood plasma brings.

use std::path::Path;

use statrs::function::gamma::ln_gamma;

use crate::error::{Error, InputError, Result};
use crate::image::Mask;
use crate::parametric::concentration::Concentration;
use crate::parametric::series::{Series, Timing};

/// Share of the blood that is cells; plasma concentration is blood concentration over one minus this.
pub const HAEMATOCRIT: f64 = 0.42;

/// T1 of blood without contrast agent at 3 T, s (Stanisz 2005, Magn Reson Med 54:507).
pub const BLOOD_T1: f64 = 1.932;

/// A population-averaged arterial input function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Population {
    /// Parker 2006: first pass, recirculation and washout; 0.1 mmol/kg.
    Parker,
    /// Weinmann's washout with Tofts and Kermode's constants: no first pass; the dose in mmol/kg (0.1 is usual).
    Weinmann {
        /// Dose of contrast agent, mmol per kg of body weight.
        dose: f64,
    },
    /// Georgiou 2019: a first pass and all its recirculations, as gamma variates.
    Georgiou,
}

impl Population {
    /// Concentration in the model's own compartment (whole blood for Parker and Georgiou, plasma for Weinmann), mM, at minutes after the
    /// arrival of the bolus; zero before it.
    ///
    /// # Definition
    /// * Parker: Σₙ Aₙ/(σₙ√(2π)) e^(−(t−Tₙ)²/(2σₙ²)) + α e^(−βt)/(1 + e^(−s(t−τ)))
    /// * Weinmann: D (3.99 e^(−0.144 t) + 4.78 e^(−0.0111 t))
    /// * Georgiou: Σᵢ Aᵢ e^(−mᵢt) times the sum over circulations k = 0, 1, … of the gamma variate u^γ e^(−u/β)/(β^(γ+1) Γ(γ+1)),
    ///   u = t − kτ > 0, γ = (k+1)α + k; its constants are those of the OSIPI collection's code (PvH_NKI_NL).
    ///
    /// # Reference
    /// Parker 2006, Magn Reson Med 56:993, equation 1 and table 1; Tofts and Kermode 1991, Magn Reson Med 17:357; Georgiou 2019, Magn Reson
    /// Med 81:1844.
    pub fn concentration(self, minutes: f64) -> f64 {
        if minutes < 0.0 {
            return 0.0;
        }
        match self {
            Population::Parker => parker(minutes),
            Population::Weinmann { dose } => dose * (3.99 * (-0.144 * minutes).exp() + 4.78 * (-0.0111 * minutes).exp()),
            Population::Georgiou => georgiou(minutes),
        }
    }

    /// Concentration in the blood plasma, mM.
    pub fn plasma(self, minutes: f64, haematocrit: f64) -> f64 {
        match self {
            Population::Weinmann { .. } => self.concentration(minutes),
            _ => self.concentration(minutes) / (1.0 - haematocrit),
        }
    }
}

fn parker(minutes: f64) -> f64 {
    let bolus = |area: f64, centre: f64, width: f64| {
        area / (width * std::f64::consts::TAU.sqrt()) * (-(minutes - centre).powi(2) / (2.0 * width * width)).exp()
    };
    let washout = 1.050 * (-0.1685 * minutes).exp() / (1.0 + (-38.078 * (minutes - 0.483)).exp());
    bolus(0.809, 0.17046, 0.0563) + bolus(0.330, 0.365, 0.132) + washout
}

fn georgiou(minutes: f64) -> f64 {
    const ALPHA: f64 = 5.26;
    const BETA: f64 = 0.032;
    const TAU: f64 = 0.129;
    let washout: f64 = [(0.37, 0.11), (0.33, 1.17), (10.06, 16.02)].iter().map(|(a, m)| a * f64::exp(-m * minutes)).sum();
    // Circulation k is a gamma variate that starts at k·τ; in logarithms, since its power and its factorial overflow apart.
    let circulations = (0..).map(|k| (f64::from(k), minutes - f64::from(k) * TAU)).take_while(|(_, since)| *since > 0.0);
    let passes: f64 = circulations
        .map(|(k, since)| {
            let power = (k + 1.0) * ALPHA + k;
            (power * since.ln() - since / BETA - (power + 1.0) * BETA.ln() - ln_gamma(power + 1.0)).exp()
        })
        .sum();
    washout * passes
}

/// An arterial input function as straight lines between known points, in plasma.
///
/// Before its first point there is no contrast agent; after its last point the concentration stays. Convolutions of it are exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Aif {
    seconds: Vec<f64>,
    plasma: Vec<f64>,
}

impl Aif {
    /// A measured curve: whole-blood concentrations (mM) of an artery at times (s).
    ///
    /// # Errors
    /// [`Error::Study`] when times do not increase, values are not finite or missing, the haematocrit is not within [0, 1), or the artery
    /// never holds any agent.
    pub fn measured(seconds: Vec<f64>, blood: &[f64], haematocrit: f64) -> Result<Self> {
        if !(0.0..1.0).contains(&haematocrit) {
            return Err(Error::study(format!("haematocrit must be at least 0 and below 1, not {haematocrit}")));
        }
        if seconds.len() != blood.len() || seconds.len() < 2 {
            return Err(Error::study("an arterial input function needs two or more times and as many concentrations"));
        }
        if seconds.windows(2).any(|pair| !(pair[0] < pair[1])) || seconds.iter().chain(blood).any(|value| !value.is_finite()) {
            return Err(Error::study("times of the arterial input function must increase, and all its values be finite"));
        }
        if !blood.iter().any(|value| *value > 0.0) {
            return Err(Error::study("the arterial input function never rises above zero: no contrast agent in the artery"));
        }
        Ok(Aif { seconds, plasma: blood.iter().map(|value| value / (1.0 - haematocrit)).collect() })
    }

    /// A population average whose bolus arrives at `arrival` s, sampled finely enough for straight lines (every 0.25 s) until `until` s.
    ///
    /// # Errors
    /// [`Error::Study`] when `until` is not after `arrival`, or the haematocrit is not within [0, 1).
    pub fn population(model: Population, arrival: f64, until: f64, haematocrit: f64) -> Result<Self> {
        const STEP: f64 = 0.25;
        if !(until > arrival) || !(0.0..1.0).contains(&haematocrit) {
            return Err(Error::study(format!(
                "the bolus must arrive ({arrival} s) before the series ends ({until} s), and the haematocrit be below 1, not {haematocrit}"
            )));
        }
        let steps = ((until - arrival) / STEP).ceil() as usize + 1;
        let seconds: Vec<f64> = (0..=steps).map(|step| arrival + step as f64 * STEP).collect();
        let plasma = seconds.iter().map(|time| model.plasma((time - arrival) / 60.0, haematocrit)).collect();
        Ok(Aif { seconds, plasma })
    }

    /// The mean curve over a mask of an artery in the series itself: signals with their conversion (T1 of blood), or concentrations.
    ///
    /// # Errors
    /// [`Error::Study`] when mask and series lie on different grids, the mask is empty, a signal of the artery is not finite, the signals have
    /// no concentration, or the curve is none (see [`Aif::measured`]).
    pub fn in_mask(
        series: &Series,
        timing: &Timing,
        artery: &Mask,
        conversion: Option<&Concentration>,
        haematocrit: f64,
    ) -> Result<Self> {
        if !artery.grid.agrees_with(series.grid()) {
            let (artery, series) = (&artery.grid, series.grid());
            return Err(Error::study(format!(
                "the mask of the artery and the series lie on different grids: {artery}; {series}"
            )));
        }
        if timing.times().len() != series.images() {
            let (images, times) = (series.images(), timing.times().len());
            return Err(Error::study(format!("the series has {images} images, its times are {times}")));
        }
        let inside: Vec<usize> = (0..artery.inside.len()).filter(|voxel| artery.inside[*voxel]).collect();
        if inside.is_empty() {
            return Err(Error::study("the mask of the artery is empty"));
        }
        let mean = |image| inside.iter().map(|voxel| f64::from(series.frame(image)[*voxel])).sum::<f64>() / inside.len() as f64;
        let signal: Vec<f64> = (0..series.images()).map(mean).collect();
        let mut blood = signal.clone();
        if let Some(conversion) = conversion {
            conversion
                .convert(timing, 0, &signal, &mut blood)
                .map_err(|reason| Error::study(format!("the artery has no concentrations: {reason}")))?;
        }
        Aif::measured(timing.times().to_vec(), &blood, haematocrit)
    }

    /// Times of the points, s.
    pub fn seconds(&self) -> &[f64] {
        &self.seconds
    }

    /// Plasma concentrations at the points, mM.
    pub fn plasma(&self) -> &[f64] {
        &self.plasma
    }

    /// Plasma concentration at a time in s, mM.
    pub fn at(&self, seconds: f64) -> f64 {
        let after = self.seconds.partition_point(|time| *time <= seconds);
        match (after, self.seconds.get(after)) {
            (0, _) => 0.0,
            (_, None) => self.plasma[after - 1],
            (_, Some(next)) => {
                let share = (seconds - self.seconds[after - 1]) / (next - self.seconds[after - 1]);
                self.plasma[after - 1] + share * (self.plasma[after] - self.plasma[after - 1])
            }
        }
    }
}

/// A curve of concentration over time, as a table holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Times, s.
    pub seconds: Vec<f64>,
    /// Concentrations, mM.
    pub concentration: Vec<f64>,
}

impl Curve {
    /// From the text of a CSV file with the columns `time` (s) and `concentration` (mM). `path` is for errors; nothing is read from it.
    ///
    /// # Errors
    /// [`InputError`] with row and column when a column is missing or a value is no finite number.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut table =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let fault =
            |cause: csv::Error| InputError::new(path, cause, "a CSV file with columns `time` (s) and `concentration` (mM)");
        let header = table.headers().map_err(fault)?.clone();
        let column = |name: &str| {
            let at = header.iter().position(|other| other.eq_ignore_ascii_case(name));
            at.ok_or_else(|| {
                let found = header.iter().collect::<Vec<_>>().join(", ");
                InputError::new(path, format!("columns {found}"), format!("a column `{name}`"))
            })
        };
        let (time, value) = (column("time")?, column("concentration")?);
        let mut curve = Curve { seconds: Vec::new(), concentration: Vec::new() };
        for (row, record) in table.records().enumerate() {
            let record = record.map_err(fault)?;
            let number = |at: usize| {
                let text = record.get(at).unwrap_or("");
                text.parse()
                    .ok()
                    .filter(|value: &f64| value.is_finite())
                    .ok_or_else(|| InputError::new(path, format!("`{text}`"), "a number").at_row(row + 2).in_column(&header[at]))
            };
            curve.seconds.push(number(time)?);
            curve.concentration.push(number(value)?);
        }
        Ok(curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;
    use crate::parametric::concentration::{BaselineT1, Spgr};

    #[test]
    fn a_table_is_read_and_its_faults_are_placed() {
        let parse = |text: &str| Curve::parse(Path::new("aif.csv"), text);
        let curve = parse("\u{feff}Concentration, Time\n0.5, 0\n1.5, 2\n").unwrap();
        assert_eq!((curve.seconds, curve.concentration), (vec![0.0, 2.0], vec![0.5, 1.5]));
        assert!(parse("time,C\n0,1\n").unwrap_err().to_string().contains("a column `concentration`"));
        let fault = parse("time,concentration\n0,1\n1,\n").unwrap_err().to_string();
        assert!(fault.contains("row 3") && fault.contains("`concentration`"), "{fault}");
    }

    #[test]
    fn an_artery_in_the_series_gives_its_concentration() {
        let (spgr, relaxivity) = (Spgr::new(15.0, 0.005).unwrap(), 4.5);
        let conversion = Concentration { spgr, t1: BaselineT1::Fixed(BLOOD_T1), relaxivity };
        let blood = [0.0, 0.0, 5.0, 2.0];
        let frames = blood.map(|c| vec![spgr.signal(900.0, 1.0 / BLOOD_T1 + relaxivity * c) as f32, 7.0]).to_vec();
        let grid = Grid::plain([2, 1, 1], [1.0; 3]);
        let series = Series::from_frames(grid.clone(), frames).unwrap();
        let timing = Timing::new(vec![0.0, 5.0, 10.0, 15.0], 2).unwrap();
        let artery = Mask::new(grid.clone(), vec![true, false]);
        let aif = Aif::in_mask(&series, &timing, &artery, Some(&conversion), 0.42).unwrap();
        assert!(aif.plasma().iter().zip(blood).all(|(found, truth)| (found - truth / 0.58).abs() < 1e-4), "{:?}", aif.plasma());
        let says = |mask: Mask| Aif::in_mask(&series, &timing, &mask, Some(&conversion), 0.42).unwrap_err().to_string();
        assert!(says(Mask::new(grid.clone(), vec![false; 2])).contains("empty"));
        assert!(says(Mask::new(grid, vec![false, true])).contains("never rises"));
        assert!(says(Mask::new(Grid::plain([3, 1, 1], [1.0; 3]), vec![true; 3])).contains("different grids"));
    }

    #[test]
    fn georgiou_settles_to_its_washout() {
        // Gamma variates spaced like this sum to 1 per (β + τ-shifted) passage; late in time the ratio to the washout is constant.
        let ratio = |minutes: f64| georgiou(minutes) / (0.37 * (-0.11 * minutes).exp() + 0.33 * (-1.17 * minutes).exp());
        assert!((ratio(4.0) - ratio(5.0)).abs() < 1e-3 * ratio(5.0));
        assert!(ratio(5.0).is_finite() && georgiou(60.0) > 0.0);
    }

    #[test]
    fn a_curve_is_zero_before_and_constant_after() {
        let aif = Aif::measured(vec![10.0, 20.0], &[0.0, 2.0], 0.5).unwrap();
        assert_eq!([aif.at(0.0), aif.at(15.0), aif.at(20.0), aif.at(99.0)], [0.0, 2.0, 4.0, 4.0]);
        assert!(Aif::measured(vec![0.0, 0.0], &[0.0, 2.0], 0.5).is_err());
        assert!(Aif::measured(vec![0.0, 1.0], &[0.0, 0.0], 0.5).is_err());
        assert!(Aif::measured(vec![0.0, 1.0], &[0.0, 1.0], 1.0).is_err());
    }
}
