//! How fast contrast agent crosses from blood into tissue and back: Tofts, extended Tofts and Patlak.

use crate::error::{Error, Result};
use crate::image::Grid;
use crate::parametric::aif::Aif;
use crate::parametric::concentration::Concentration;
use crate::parametric::convolution::Convolution;
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::kep_table::{Bounds, KepTable, Products, Solution, dot};
use crate::parametric::map::VoxelModel;
use crate::parametric::minimum::minimum;
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
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// Working memory of a thread.
pub struct Scratch {
    concentration: Vec<f64>,
    curve: Vec<f64>,
    slope: Vec<f64>,
    plasma: Vec<f64>,
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

    fn at_table(&self, at: usize, data: &[f64]) -> Solution {
        match self.exchange {
            Exchange::Patlak => self.tables[at].1.fit_irreversible(data),
            _ => self.tables[at].1.fit(data),
        }
    }

    fn solve(&self, data: &[f64], scratch: &mut Scratch) -> (f64, Solution) {
        let mut best = (0, self.at_table(0, data));
        for at in 1..self.tables.len() {
            let solution = self.at_table(at, data);
            if solution.explained > best.1.explained {
                best = (at, solution);
            }
        }
        let (at, first) = best;
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

    fn names(&self) -> Vec<&'static str> {
        let mut names = match self.exchange {
            Exchange::Tofts => vec!["Ktrans", "kep", "ve"],
            Exchange::ExtendedTofts => vec!["Ktrans", "kep", "ve", "vp"],
            Exchange::Patlak => vec!["Ktrans", "vp"],
        };
        if matches!(self.delay, Delay::Fitted { .. }) {
            names.push("delay");
        }
        names.extend(["R2", "RMSE"]);
        names
    }

    fn images(&self) -> usize {
        self.seconds.len()
    }

    fn takes_negative(&self) -> bool {
        self.conversion.is_none()
    }

    fn scratch(&self) -> Scratch {
        let room = || vec![0.0; self.images()];
        Scratch { concentration: room(), curve: room(), slope: room(), plasma: room() }
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
            let (delay, solution) = self.solve(&data, scratch);
            self.write(&data, delay, &solution, values)
        });
        scratch.concentration = data;
        outcome
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
