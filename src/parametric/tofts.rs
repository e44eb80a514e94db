//! How fast contrast agent crosses from blood into tissue and back: Tofts, extended Tofts and Patlak.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::Grid;
use crate::parametric::aif::Aif;
use crate::parametric::block::{Block, LANES};
use crate::parametric::concentration::Concentration;
use crate::parametric::convolution::Convolution;
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2};
use crate::parametric::kep_table::{Bounds, KepTable, Solution, TILE};
use crate::parametric::map::VoxelModel;
use crate::parametric::minimum::minimum;
use crate::parametric::products::{Products, dot};
use crate::parametric::series::Timing;

/// Which exchange is modelled.
///
/// # Definition
/// Cp is the plasma concentration, t in minutes:
/// * Tofts: C(t) = Ktrans ∫₀ᵗ Cp(u) e^(−kep (t−u)) du, kep = Ktrans/ve
/// * extended Tofts: the same + vp Cp(t)
/// * Patlak: C(t) = vp Cp(t) + Ktrans ∫₀ᵗ Cp(u) du (nothing flows back)
///
/// # Reference
/// Tofts 1999, J Magn Reson Imaging 10:223; Patlak 1983, J Cereb Blood Flow Metab 3:1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// Two parameters, Ktrans and ve.
    Tofts,
    /// With the plasma in the voxel.
    ExtendedTofts,
    /// No return from tissue to blood.
    Patlak,
}

/// When the bolus reaches the tissue, compared with the artery of the AIF.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delay {
    /// So many seconds later, everywhere.
    Fixed(f64),
    /// Fitted in each voxel between two bounds, s. Takes some hundred times longer.
    Fitted {
        /// Lower bound, s; may be negative.
        from: f64,
        /// Upper bound, s.
        to: f64,
    },
}

/// Distance of the delays that the first search tries, s.
const DELAY_STEP: f64 = 1.0;

/// A pharmacokinetic model of a series of concentrations (mM), or of signals with their conversion.
///
/// # Definition
/// Least squares within [`Bounds`]: the global best over kep (all starts at once, by a table), with Ktrans and vp in closed form. Maps:
/// `Ktrans` (1/min), `kep` (1/min) and `ve` (not Patlak; null where Ktrans is 0), `vp` (not Tofts), `delay` (s, where fitted), `R2`
/// (share of the variance explained) and `RMSE` (mM).
pub struct Pharmacokinetics {
    exchange: Exchange,
    aif: Aif,
    seconds: Vec<f64>,
    bounds: Bounds,
    delay: Delay,
    /// One table per delay that the first search tries.
    tables: Vec<(f64, KepTable)>,
    conversion: Option<(Concentration, Timing)>,
}

const TOFTS_1999: &str = "Tofts 1999, J Magn Reson Imaging 10:223";
const KTRANS: MapInfo = MapInfo::quantity("Ktrans", "volume transfer constant", "1/min", TOFTS_1999);
const KEP: MapInfo = MapInfo::quantity("kep", "rate constant of reflux", "1/min", TOFTS_1999);
const VE: MapInfo = MapInfo::quantity("ve", "volume fraction of the extravascular extracellular space", "1", TOFTS_1999);
const VP: MapInfo = MapInfo::quantity("vp", "volume fraction of blood plasma", "1", TOFTS_1999);
const DELAY: MapInfo = MapInfo::quantity("delay", "delay of the bolus after the artery", "s", "");
const RMSE: MapInfo = MapInfo::quality("RMSE", "root mean squared residual of the fit", "mM");

impl Exchange {
    /// The maps of a fit, with or without a fitted delay; the map of bounds is not among them.
    pub fn maps(self, with_delay: bool) -> Vec<MapInfo> {
        let mut maps = match self {
            Exchange::Tofts => vec![KTRANS, KEP, VE],
            Exchange::ExtendedTofts => vec![KTRANS, KEP, VE, VP],
            Exchange::Patlak => vec![KTRANS, VP],
        };
        if with_delay {
            maps.push(DELAY);
        }
        maps.extend([R2, RMSE]);
        maps
    }
}

/// Working memory of a thread.
pub struct Scratch {
    concentration: Vec<f64>,
    curve: Vec<f64>,
    slope: Vec<f64>,
    plasma: Vec<f64>,
    /// The best delay so far and what is best there, by voxel of a block.
    found: Vec<(usize, Solution)>,
    tried: Vec<Solution>,
}

impl Pharmacokinetics {
    /// A model of concentrations measured at increasing times (s, on the clock of the AIF).
    ///
    /// # Errors
    /// [`Error::Study`] with fewer images than parameters, times that do not increase, bounds that are not positive or in the wrong order.
    pub fn new(exchange: Exchange, aif: Aif, seconds: Vec<f64>, delay: Delay, bounds: Bounds) -> Result<Self> {
        if seconds.len() < 4 {
            return Err(Error::study(format!("a pharmacokinetic fit needs at least 4 images, the series has {}", seconds.len())));
        }
        if seconds.windows(2).any(|pair| !(pair[0] < pair[1])) || seconds.iter().any(|time| !time.is_finite()) {
            return Err(Error::study("times of the dynamic series must increase"));
        }
        if [bounds.ktrans, bounds.kep, bounds.ve, bounds.vp].iter().any(|bound| !(*bound > 0.0 && bound.is_finite())) {
            return Err(Error::study("upper bounds of Ktrans, kep, ve and vp must be positive"));
        }
        let delays = match delay {
            Delay::Fixed(delay) => vec![delay],
            Delay::Fitted { from, to } => {
                if !(from < to && from.is_finite() && to.is_finite()) {
                    return Err(Error::study(format!("bounds of the bolus delay must increase: {from} s, {to} s")));
                }
                let steps = ((to - from) / DELAY_STEP).ceil() as usize;
                (0..=steps).map(|step| from + (to - from) * step as f64 / steps as f64).collect()
            }
        };
        let with_vp = exchange != Exchange::Tofts;
        let tables = delays.into_iter().map(|delay| (delay, KepTable::new(&aif, &seconds, delay, with_vp, bounds))).collect();
        Ok(Pharmacokinetics { exchange, aif, seconds, bounds, delay, tables, conversion: None })
    }

    /// For a series of signals: each voxel is converted to concentrations first.
    ///
    /// # Errors
    /// [`Error::Study`] when the timing has other times than the model.
    pub fn of_signals(mut self, conversion: Concentration, timing: Timing) -> Result<Self> {
        if timing.times() != self.seconds {
            return Err(Error::study("the times of the series and of the pharmacokinetic model differ"));
        }
        self.conversion = Some((conversion, timing));
        Ok(self)
    }

    /// Inner products computed afresh, without the table.
    fn products(&self, kep: f64, delay: f64, data: &[f64], scratch: &mut Scratch) -> Products {
        Convolution::new(&self.aif, kep).at(&self.seconds, delay, &mut scratch.curve, &mut scratch.slope);
        let mut products =
            Products { gg: dot(&scratch.curve, &scratch.curve), yg: dot(data, &scratch.curve), ..Default::default() };
        if self.exchange != Exchange::Tofts {
            scratch.plasma.iter_mut().zip(&self.seconds).for_each(|(value, time)| *value = self.aif.at(time - delay));
            products.gc = dot(&scratch.curve, &scratch.plasma);
            products.cc = dot(&scratch.plasma, &scratch.plasma);
            products.yc = dot(data, &scratch.plasma);
        }
        products
    }

    /// The best parameters at any delay, kep searched beside a first guess.
    fn exact(&self, delay: f64, guess: f64, data: &[f64], scratch: &mut Scratch) -> Solution {
        if self.exchange == Exchange::Patlak {
            let (ktrans, vp, explained) = self.products(0.0, delay, data, scratch).solve(self.bounds.ktrans, self.bounds.vp);
            return Solution { kep: 0.0, ktrans, vp, explained };
        }
        let solve = |kep: f64, scratch: &mut Scratch| {
            self.products(kep, delay, data, scratch).solve(self.bounds.ktrans.min(kep * self.bounds.ve), self.bounds.vp)
        };
        let table = &self.tables[0].1;
        let (low, high) = (table.place(guess) - 24.0, table.place(guess) + 24.0);
        let high = high.min(table.place(self.bounds.kep));
        let place = minimum(low.max(0.0), high, 1e-4, |place| -solve(table.kep(place), scratch).2);
        let (ktrans, vp, explained) = solve(table.kep(place), scratch);
        Solution { kep: table.kep(place), ktrans, vp, explained }
    }

    /// The best of all tables for voxels whose concentrations lie image by image, `lanes` to an image.
    fn search(&self, curves: &[f64], lanes: usize, voxels: usize, scratch: &mut Scratch) {
        let reversible = self.exchange != Exchange::Patlak;
        scratch.tried.resize(voxels, Solution::default());
        scratch.found.clear();
        for (at, (_, table)) in self.tables.iter().enumerate() {
            table.fit(curves, lanes, reversible, &mut scratch.tried);
            if at == 0 {
                scratch.found.extend(scratch.tried.iter().map(|tried| (0, *tried)));
            }
            for (best, tried) in scratch.found.iter_mut().zip(&scratch.tried) {
                if tried.explained > best.1.explained {
                    *best = (at, *tried);
                }
            }
        }
    }

    /// The delay between those of the tables, and what is best there.
    fn refine(&self, (at, first): (usize, Solution), data: &[f64], scratch: &mut Scratch) -> (f64, Solution) {
        if self.tables.len() == 1 {
            return (self.tables[0].0, first);
        }
        let (from, to) = (self.tables[at.saturating_sub(1)].0, self.tables[(at + 1).min(self.tables.len() - 1)].0);
        let delay = minimum(from, to, 1e-3, |delay| -self.exact(delay, first.kep, data, scratch).explained);
        let refined = self.exact(delay, first.kep, data, scratch);
        if refined.explained > first.explained { (delay, refined) } else { (self.tables[at].0, first) }
    }

    fn at_bound(&self, solution: &Solution) -> bool {
        let reached = |value: f64, bound: f64| value >= bound * (1.0 - 1e-6);
        let exchange = self.exchange != Exchange::Patlak
            && (reached(solution.kep, self.bounds.kep) || reached(solution.ktrans, solution.kep * self.bounds.ve));
        solution.ktrans == 0.0 || exchange || reached(solution.ktrans, self.bounds.ktrans) || reached(solution.vp, self.bounds.vp)
    }
}

impl VoxelModel for Pharmacokinetics {
    type Scratch = Scratch;

    fn maps(&self) -> Vec<MapInfo> {
        self.exchange.maps(matches!(self.delay, Delay::Fitted { .. }))
    }

    fn images(&self) -> usize {
        self.seconds.len()
    }

    fn takes_negative(&self) -> bool {
        self.conversion.is_none()
    }

    fn is_bounded(&self) -> bool {
        true
    }

    fn scratch(&self) -> Scratch {
        let room = || vec![0.0; self.images()];
        let (found, tried) = (Vec::with_capacity(LANES), Vec::with_capacity(LANES));
        Scratch { concentration: room(), curve: room(), slope: room(), plasma: room(), found, tried }
    }

    fn grid(&self) -> Option<&Grid> {
        self.conversion.as_ref().and_then(|(conversion, _)| conversion.t1.grid())
    }

    fn fit(&self, voxel: usize, signal: &[f64], scratch: &mut Scratch, values: &mut [f64]) -> Result<Fit, Failure> {
        let mut data = std::mem::take(&mut scratch.concentration);
        let converted = match &self.conversion {
            Some((conversion, timing)) => conversion.convert(timing, voxel, signal, &mut data),
            None => {
                data.copy_from_slice(signal);
                Ok(())
            }
        };
        let outcome = converted.and_then(|()| {
            let mut tile = vec![0.0; TILE * data.len()];
            tile.iter_mut().step_by(TILE).zip(&data).for_each(|(place, value)| *place = *value);
            self.search(&tile, TILE, 1, scratch);
            let (delay, solution) = self.refine(scratch.found[0], &data, scratch);
            self.write(&data, delay, &solution, values)
        });
        scratch.concentration = data;
        outcome
    }

    fn fit_block(&self, block: &mut Block, scratch: &mut Scratch) {
        let mut data = std::mem::take(&mut scratch.concentration);
        let mut signal = Vec::with_capacity(data.len());
        if let Some((conversion, timing)) = &self.conversion {
            for lane in 0..block.len() {
                block.signal(lane, &mut signal);
                block.outcomes[lane] = block.outcomes[lane].and_then(|fit| {
                    conversion.convert(timing, block.voxels[lane], &signal, &mut data)?;
                    block.signals[lane..].iter_mut().step_by(LANES).zip(&data).for_each(|(place, value)| *place = *value);
                    Ok(fit)
                });
            }
        }
        self.search(&block.signals, LANES, block.len(), scratch);
        for lane in 0..block.len() {
            if block.outcomes[lane].is_ok() {
                block.signal(lane, &mut signal);
                let (delay, solution) = self.refine(scratch.found[lane], &signal, scratch);
                block.outcomes[lane] = self.write(&signal, delay, &solution, block.values_mut(lane));
            }
        }
        scratch.concentration = data;
    }
}

impl Pharmacokinetics {
    fn write(&self, data: &[f64], delay: f64, solution: &Solution, values: &mut [f64]) -> Result<Fit, Failure> {
        let Solution { kep, ktrans, vp, explained } = *solution;
        if !(explained > 0.0) {
            return Err(Failure::NoUptake);
        }
        let known = |value: f64| if ktrans > 0.0 { value } else { f64::NAN };
        let mut places = values.iter_mut();
        let mut write = |value: f64| {
            if let Some(place) = places.next() {
                *place = value;
            }
        };
        write(ktrans);
        if self.exchange != Exchange::Patlak {
            write(known(kep));
            write(known(ktrans / kep));
        }
        if self.exchange != Exchange::Tofts {
            write(vp);
        }
        if matches!(self.delay, Delay::Fitted { .. }) {
            write(delay);
        }
        let count = data.len() as f64;
        let mean = data.iter().sum::<f64>() / count;
        let spread: f64 = data.iter().map(|value| (value - mean).powi(2)).sum();
        // Rounding can leave a perfect fit a hair below zero.
        let residual = (dot(data, data) - explained).max(0.0);
        write(if spread > 0.0 { 1.0 - residual / spread } else { f64::NAN });
        write((residual / count).sqrt());
        Ok(if self.at_bound(solution) { Fit::AtBound } else { Fit::Inside })
    }
}
