//! From signal to contrast agent concentration (spoiled gradient echo), and T1 from images at several flip angles.

use crate::error::{Error, Result};
use crate::image::{Grid, Volume};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE};
use crate::parametric::least_squares::quality;
use crate::parametric::map::VoxelModel;
use crate::parametric::series::Timing;

/// How a spoiled gradient echo (SPGR, FLASH, T1-FFE) series was acquired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spgr {
    /// Flip angle, degrees.
    pub flip_angle: f64,
    /// Repetition time, s.
    pub repetition_time: f64,
}

impl Spgr {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Study`] when the flip angle is not within (0, 180) degrees or the repetition time is not positive.
    pub fn new(flip_angle: f64, repetition_time: f64) -> Result<Self> {
        if !(flip_angle > 0.0 && flip_angle < 180.0) {
            return Err(Error::study(format!("flip angle must be within 0 and 180 degrees, not {flip_angle}")));
        }
        if !(repetition_time > 0.0 && repetition_time.is_finite()) {
            return Err(Error::study(format!("repetition time must be positive seconds, not {repetition_time}")));
        }
        Ok(Spgr { flip_angle, repetition_time })
    }

    /// Signal of tissue with relaxation rate `r1` (1/s) and equilibrium magnetisation `m0`.
    ///
    /// # Definition
    /// S = M₀ sin α (1 − E₁)/(1 − E₁ cos α), E₁ = e^(−TR·R1), without T2* decay.
    pub fn signal(&self, m0: f64, r1: f64) -> f64 {
        let (sin, cos) = self.flip_angle.to_radians().sin_cos();
        let e1 = (-self.repetition_time * r1).exp();
        m0 * sin * (1.0 - e1) / (1.0 - e1 * cos)
    }

    /// Relaxation rate (1/s) at which the signal is `ratio` times that at `r10`; `None` where no rate gives it.
    pub fn rate(&self, ratio: f64, r10: f64) -> Option<f64> {
        let cos = self.flip_angle.to_radians().cos();
        let base = self.signal(1.0, r10) / self.flip_angle.to_radians().sin();
        let y = ratio * base;
        // y = (1 − E)/(1 − E cos α)  ⇔  E = (1 − y)/(1 − y cos α); y nears 1 as R1 grows without end.
        let e1 = (1.0 - y) / (1.0 - y * cos);
        (y < 1.0 && e1 > 0.0).then(|| -e1.ln() / self.repetition_time)
    }
}

/// T1 before contrast agent: one value for all tissue, or a map.
#[derive(Debug, Clone, PartialEq)]
pub enum BaselineT1 {
    /// The same everywhere, s.
    Fixed(f64),
    /// A map on the grid of the series, s; null where it is not positive.
    Map(Volume),
}

impl BaselineT1 {
    /// The grid of the map, where there is one.
    pub fn grid(&self) -> Option<&Grid> {
        match self {
            BaselineT1::Fixed(_) => None,
            BaselineT1::Map(map) => Some(&map.grid),
        }
    }

    fn at(&self, voxel: usize) -> Result<f64, Failure> {
        let t1 = match self {
            BaselineT1::Fixed(t1) => *t1,
            BaselineT1::Map(map) => map.values[voxel],
        };
        if t1 > 0.0 && t1.is_finite() { Ok(t1) } else { Err(Failure::NoBaseline) }
    }
}

/// Contrast agent concentration over time from an SPGR series.
///
/// # Definition
/// S(t)/S₀ gives R1(t) by [`Spgr::rate`] with R1₀ = 1/T1₀; C(t) = (R1(t) − R1₀)/r₁, in mM.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// How the series was acquired.
    pub spgr: Spgr,
    /// T1 before contrast agent.
    pub t1: BaselineT1,
    /// Relaxivity r₁ of the agent, 1/(s·mM); 4.5 is usual at 3 T.
    pub relaxivity: f64,
}

impl Concentration {
    /// Replaces the signals of a voxel by concentrations.
    ///
    /// # Errors
    /// [`Failure::NoBaseline`] without baseline signal or T1; [`Failure::OutOfRange`] when some signal is higher than any T1 gives.
    pub fn convert(&self, timing: &Timing, voxel: usize, signal: &[f64], concentration: &mut [f64]) -> Result<(), Failure> {
        let (base, r10) = (timing.baseline_signal(signal)?, 1.0 / self.t1.at(voxel)?);
        for (value, signal) in concentration.iter_mut().zip(signal) {
            let rate = self.spgr.rate(signal / base, r10).ok_or(Failure::OutOfRange)?;
            *value = (rate - r10) / self.relaxivity;
        }
        Ok(())
    }
}

/// The maps.
pub const MAPS: [MapInfo; 4] = [
    MapInfo::quantity("T1", "longitudinal relaxation time", "s", "Deoni 2003, Magn Reson Med 49:515"),
    MapInfo::quantity("M0", "equilibrium magnetisation", "a.u.", "Deoni 2003, Magn Reson Med 49:515"),
    R2,
    RMSE,
];

/// T1 from spoiled gradient echo images at several flip angles.
///
/// # Definition
/// S/sin α = E₁ S/tan α + M₀ (1 − E₁), a straight line through the points (S/tan α, S/sin α); its least-squares fit is weighted by
/// (sin α/(1 − E₁ cos α))², renewed until E₁ settles, which undoes the distortion of the noise. T1 = −TR/ln E₁. Maps: `T1` (s), `M0`, `R2`, `RMSE`.
///
/// # Reference
/// Deoni 2003, Magn Reson Med 49:515; weights: Chang 2008, Magn Reson Med 60:496.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableFlipAngle {
    sin_cos: Vec<(f64, f64)>,
    angles: Vec<f64>,
    repetition_time: f64,
    b1: Option<Volume>,
}

impl VariableFlipAngle {
    /// Flip angles in degrees, one per image, at one repetition time (s).
    ///
    /// # Errors
    /// [`Error::Study`] when fewer than two angles differ, or one is no flip angle.
    pub fn new(flip_angles: &[f64], repetition_time: f64) -> Result<Self> {
        flip_angles.iter().try_for_each(|angle| Spgr::new(*angle, repetition_time).map(|_| ()))?;
        if flip_angles.iter().all(|angle| *angle == flip_angles[0]) {
            return Err(Error::study("T1 by variable flip angle needs images at two or more different flip angles"));
        }
        let sin_cos = flip_angles.iter().map(|angle| angle.to_radians().sin_cos()).collect();
        Ok(VariableFlipAngle { sin_cos, angles: flip_angles.to_vec(), repetition_time, b1: None })
    }

    /// With a map of the transmit field: actual over nominal flip angle, on the grid of the series.
    pub fn with_b1(mut self, b1: Volume) -> Self {
        self.b1 = Some(b1);
        self
    }

    fn solve(&self, sin_cos: &[(f64, f64)], signal: &[f64]) -> Result<(f64, f64), Failure> {
        const ROUNDS: usize = 50;
        let mut e1 = f64::NAN;
        for round in 0..ROUNDS {
            let [mut w, mut wx, mut wy, mut wxx, mut wxy] = [0.0; 5];
            for (&(sin, cos), signal) in sin_cos.iter().zip(signal) {
                let (x, y) = (signal * cos / sin, signal / sin);
                let weight = if round == 0 { 1.0 } else { (sin / (1.0 - e1 * cos)).powi(2) };
                w += weight;
                wx += weight * x;
                wy += weight * y;
                wxx += weight * x * x;
                wxy += weight * x * y;
            }
            let slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
            if !(slope > 0.0 && slope < 1.0) {
                return Err(Failure::OutOfRange);
            }
            if (slope - e1).abs() < 1e-12 {
                return Ok((-self.repetition_time / slope.ln(), (wy - slope * wx) / w / (1.0 - slope)));
            }
            e1 = slope;
        }
        Err(Failure::NoConvergence)
    }
}

impl VoxelModel for VariableFlipAngle {
    type Scratch = Vec<(f64, f64)>;

    fn maps(&self) -> Vec<MapInfo> {
        MAPS.to_vec()
    }

    fn images(&self) -> usize {
        self.angles.len()
    }

    fn scratch(&self) -> Self::Scratch {
        self.sin_cos.clone()
    }

    fn grid(&self) -> Option<&Grid> {
        self.b1.as_ref().map(|map| &map.grid)
    }

    fn fit(&self, voxel: usize, signal: &[f64], scratch: &mut Self::Scratch, values: &mut [f64]) -> Result<Fit, Failure> {
        if let Some(b1) = &self.b1 {
            let scale = b1.values[voxel];
            if !(scale > 0.0) {
                return Err(Failure::NoBaseline);
            }
            for (place, angle) in scratch.iter_mut().zip(&self.angles) {
                *place = (angle * scale).to_radians().sin_cos();
            }
        }
        let (t1, m0) = self.solve(scratch, signal)?;
        let e1 = (-self.repetition_time / t1).exp();
        let model = |(sin, cos): (f64, f64)| m0 * sin * (1.0 - e1) / (1.0 - e1 * cos);
        let squares = scratch.iter().zip(signal).map(|(at, signal)| (signal - model(*at)).powi(2)).sum();
        let [r2, rmse] = quality(signal, squares);
        values.copy_from_slice(&[t1, m0, r2, rmse]);
        Ok(Fit::Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_undoes_the_signal() {
        let spgr = Spgr::new(12.0, 0.005).unwrap();
        for r1 in [0.3, 1.0, 5.0, 40.0] {
            let ratio = spgr.signal(7.0, r1) / spgr.signal(7.0, 0.7);
            assert!((spgr.rate(ratio, 0.7).unwrap() - r1).abs() < 1e-9 * r1);
        }
        assert_eq!(spgr.rate(1e3, 0.7), None);
        assert!(Spgr::new(0.0, 0.005).is_err() && Spgr::new(10.0, 0.0).is_err());
    }

    #[test]
    fn exact_signals_give_exact_t1_also_with_b1() {
        let angles = [2.0, 5.0, 10.0, 15.0];
        let b1 = Volume::new(Grid::plain([1, 1, 1], [1.0; 3]), vec![0.9]);
        let model = VariableFlipAngle::new(&angles, 0.005).unwrap().with_b1(b1);
        let signal = angles.map(|angle| Spgr::new(0.9 * angle, 0.005).unwrap().signal(500.0, 1.0 / 1.4));
        let mut values = [0.0; 4];
        model.fit(0, &signal, &mut model.scratch(), &mut values).unwrap();
        assert!((values[0] - 1.4).abs() < 1e-8 && (values[1] - 500.0).abs() < 1e-6, "{values:?}");
        assert_eq!(model.fit(0, &[1.0, 3.0, 9.0, 27.0], &mut model.scratch(), &mut values), Err(Failure::OutOfRange));
        assert!(VariableFlipAngle::new(&[5.0, 5.0], 0.005).is_err());
    }
}
