//! Options of the maps of a dynamic series.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, Needs, SeriesKind, wrong};
use crate::error::Result;
use crate::parametric::aif::{Aif, BLOOD_T1, HAEMATOCRIT, Population};
use crate::parametric::concentration::{BaselineT1, Concentration, Spgr};
use crate::parametric::info::MapInfo;
use crate::parametric::kep_table::Bounds;
use crate::parametric::kinetics::{self, IAUC, Kinetics, MeanEnhancement, TimeZero};
use crate::parametric::series::Timing;
use crate::parametric::tofts::{Delay, Exchange, Pharmacokinetics};

/// Which image stands for a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PhaseSpec {
    /// The image with contrast agent that is nearest to so many seconds after the injection.
    Seconds(f64),
    /// An image of the series, counted from 1.
    Image(usize),
    /// The last image.
    Last,
}

impl PhaseSpec {
    fn image(&self, timing: &Timing) -> Result<usize> {
        let last = timing.times().len() - 1;
        match self {
            PhaseSpec::Image(number) if (1..=last + 1).contains(number) => Ok(number - 1),
            PhaseSpec::Image(number) => Err(wrong(format!("the series has {} images, none of number {number}", last + 1))),
            PhaseSpec::Last => Ok(last),
            PhaseSpec::Seconds(seconds) => {
                let off = |at: &usize| (timing.times()[*at] - seconds).abs();
                let nearest = (timing.baseline()..=last).min_by(|a, b| off(a).total_cmp(&off(b)));
                Ok(nearest.unwrap_or(last))
            }
        }
    }
}

/// Semi-quantitative kinetics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct KineticsSpec {
    /// The early phase (SER, early enhancement, initial phase); by default the image nearest to 90 s after the injection.
    pub early: PhaseSpec,
    /// The late phase (SER, curve type); by default the last image.
    pub late: PhaseSpec,
    /// Durations of the initial area under the curve, s.
    pub iauc: Vec<f64>,
    /// What the mean enhancement is.
    pub mean_enhancement: MeanEnhancement,
    /// From when the time to peak counts.
    pub time_to_peak: TimeZero,
}

impl Default for KineticsSpec {
    fn default() -> Self {
        KineticsSpec {
            early: PhaseSpec::Seconds(90.0),
            late: PhaseSpec::Last,
            iauc: IAUC.to_vec(),
            mean_enhancement: MeanEnhancement::default(),
            time_to_peak: TimeZero::default(),
        }
    }
}

impl KineticsSpec {
    pub(super) fn maps(&self) -> Vec<MapInfo> {
        kinetics::maps(&self.iauc)
    }

    pub(super) fn model(&self, timing: &Timing) -> Result<Kinetics> {
        let (early, late) = (self.early.image(timing)?, self.late.image(timing)?);
        let model = Kinetics::new(timing.clone(), early, late)?.iauc(&self.iauc)?;
        Ok(model.mean_enhancement(self.mean_enhancement).time_zero(self.time_to_peak))
    }
}

/// A pharmacokinetic model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ToftsSpec {
    /// What the series holds: signals with the settings that turn them into concentrations, or concentrations.
    pub values: ValuesSpec,
    /// The arterial input function.
    pub aif: AifSpec,
    /// Share of the blood that is cells.
    pub haematocrit: f64,
    /// When the bolus of a population AIF arrives, s on the clock of the series; by default at the onset of contrast agent (the injection or,
    /// if later, the last image without contrast agent).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<f64>,
    /// How much later the bolus reaches the tissue: given (s), or fitted in each voxel between two bounds.
    pub delay: Delay,
    /// Upper bounds of the parameters.
    pub bounds: Bounds,
}

impl Default for ToftsSpec {
    fn default() -> Self {
        ToftsSpec {
            values: ValuesSpec::default(),
            aif: AifSpec::default(),
            haematocrit: HAEMATOCRIT,
            arrival: None,
            delay: Delay::Fixed(0.0),
            bounds: Bounds::default(),
        }
    }
}

/// What a dynamic series holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ValuesSpec {
    /// Concentrations of contrast agent, mM.
    #[default]
    Concentration,
    /// Signals of a spoiled gradient echo.
    Signal(SignalSpec),
}

/// How signals become concentrations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignalSpec {
    /// Repetition time, ms.
    pub repetition_time: f64,
    /// Flip angle, degrees.
    pub flip_angle: f64,
    /// T1 before contrast agent.
    #[serde(default)]
    pub t1: BaselineT1Spec,
    /// Relaxivity of the agent, 1/(s·mM).
    #[serde(default = "usual_relaxivity")]
    pub relaxivity: f64,
}

fn usual_relaxivity() -> f64 {
    4.5
}

/// T1 of the tissue before contrast agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BaselineT1Spec {
    /// The same everywhere, s; 1.6 is that of breast cancers at 3 T (Meng 2020).
    Fixed(f64),
    /// Name of a T1 map (s) on the grid of the series.
    Map(String),
}

impl Default for BaselineT1Spec {
    fn default() -> Self {
        BaselineT1Spec::Fixed(1.6)
    }
}

/// The arterial input function.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AifSpec {
    /// The population average of Parker (2006).
    #[default]
    Parker,
    /// Weinmann's washout with the constants of Tofts and Kermode (1991).
    Weinmann(WeinmannSpec),
    /// The population average of Georgiou (2019).
    Georgiou,
    /// A table with columns of time (s, on the clock of the series) and concentration (mM).
    File(AifFile),
    /// Measured in an artery of the series itself.
    Mask(AifMask),
}

/// Weinmann's AIF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct WeinmannSpec {
    /// Dose of contrast agent, mmol per kg of body weight.
    pub dose: f64,
}

impl Default for WeinmannSpec {
    fn default() -> Self {
        WeinmannSpec { dose: 0.1 }
    }
}

/// A measured AIF in a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AifFile {
    /// The file.
    pub file: String,
    /// Whether the concentrations are of plasma already; by default of whole blood.
    #[serde(default)]
    pub plasma: bool,
}

/// An AIF measured in the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AifMask {
    /// Name of the mask of the artery.
    pub mask: String,
    /// T1 of blood before contrast agent, s; 1.932 at 3 T (Stanisz 2005).
    #[serde(default = "blood_t1")]
    pub blood_t1: f64,
}

fn blood_t1() -> f64 {
    BLOOD_T1
}

impl ToftsSpec {
    pub(super) fn maps(&self, exchange: Exchange) -> Vec<MapInfo> {
        exchange.maps(matches!(self.delay, Delay::Fitted { .. }))
    }

    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::series(SeriesKind::Dynamic);
        if let ValuesSpec::Signal(SignalSpec { t1: BaselineT1Spec::Map(name), .. }) = &self.values {
            needs.volumes.push(name.clone());
        }
        match &self.aif {
            AifSpec::File(file) => needs.curves.push(file.file.clone()),
            AifSpec::Mask(mask) => needs.masks.push(mask.mask.clone()),
            AifSpec::Parker | AifSpec::Weinmann(_) | AifSpec::Georgiou => {}
        }
        needs
    }

    pub(super) fn model(&self, exchange: Exchange, inputs: &Inputs) -> Result<Pharmacokinetics> {
        let timing = inputs.timing()?;
        let aif = self.aif(inputs, timing)?;
        let model = Pharmacokinetics::new(exchange, aif, timing.times().to_vec(), self.delay, self.bounds)?;
        match &self.values {
            ValuesSpec::Concentration => Ok(model),
            ValuesSpec::Signal(signal) => {
                let t1 = match &signal.t1 {
                    BaselineT1Spec::Fixed(seconds) => BaselineT1::Fixed(*seconds),
                    BaselineT1Spec::Map(name) => BaselineT1::Map(inputs.volume(name)?.clone()),
                };
                model.of_signals(signal.conversion(t1)?, timing.clone())
            }
        }
    }

    fn aif(&self, inputs: &Inputs, timing: &Timing) -> Result<Aif> {
        let population = |model| {
            let arrival = self.arrival.unwrap_or_else(|| timing.onset());
            Aif::population(model, arrival, timing.times()[timing.times().len() - 1], self.haematocrit)
        };
        match &self.aif {
            AifSpec::Parker => population(Population::Parker),
            AifSpec::Weinmann(spec) => population(Population::Weinmann { dose: spec.dose }),
            AifSpec::Georgiou => population(Population::Georgiou),
            AifSpec::File(file) => {
                let curve = inputs.curve(&file.file)?;
                let haematocrit = if file.plasma { 0.0 } else { self.haematocrit };
                Aif::measured(curve.seconds.clone(), &curve.concentration, haematocrit)
            }
            AifSpec::Mask(spec) => {
                let conversion = match &self.values {
                    ValuesSpec::Signal(signal) => Some(signal.conversion(BaselineT1::Fixed(spec.blood_t1))?),
                    ValuesSpec::Concentration => None,
                };
                Aif::in_mask(inputs.images.series(), timing, inputs.mask(&spec.mask)?, conversion.as_ref(), self.haematocrit)
            }
        }
    }
}

impl SignalSpec {
    fn conversion(&self, t1: BaselineT1) -> Result<Concentration> {
        let spgr = Spgr::new(self.flip_angle, self.repetition_time * 1e-3)?;
        if !(self.relaxivity > 0.0 && self.relaxivity.is_finite()) {
            return Err(wrong(format!("relaxivity must be positive, not {} 1/(s·mM)", self.relaxivity)));
        }
        if let BaselineT1::Fixed(t1) = t1
            && !(t1 > 0.0 && t1.is_finite())
        {
            return Err(wrong(format!("T1 before contrast agent must be positive, not {t1} s")));
        }
        Ok(Concentration { spgr, t1, relaxivity: self.relaxivity })
    }
}
