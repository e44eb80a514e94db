//! Contrast agent in tissue.

/// Share of the blood that is cells.
pub const HAEMATOCRIT: f64 = 0.42;

/// Whole-blood concentration (mM) of Parker's population input function, at minutes after arrival; 0 before it.
///
/// # Definition
/// `Cb(t) = Σ A_n/(σ_n√2π) exp(−(t−T_n)²/2σ_n²) + α e^{−βt}/(1 + e^{−s(t−τ)})`.
///
/// # Reference
/// Parker et al. 2006, Magn Reson Med 56:993, table 1.
pub fn parker(minutes: f64) -> f64 {
    if minutes < 0.0 {
        return 0.0;
    }
    const BOLUS: [[f64; 3]; 2] = [[0.809, 0.17046, 0.0563], [0.330, 0.365, 0.132]];
    let passes: f64 = BOLUS
        .iter()
        .map(|[area, centre, width]| {
            let z = (minutes - centre) / width;
            area / (width * std::f64::consts::TAU.sqrt()) * (-0.5 * z * z).exp()
        })
        .sum();
    passes + 1.050 * (-0.1685 * minutes).exp() / (1.0 + (-38.078 * (minutes - 0.483)).exp())
}

/// Logarithms of the rate constants (1/min) between which the table reaches.
const LOG_KEP: [f64; 2] = [-6.0, 4.0];
const NODES: usize = 640;
/// Step of the input function, s.
const STEP: f64 = 0.05;

/// Tissue concentrations at the times of a series, for any parameters.
///
/// # Definition
/// `C(t) = vp Cp(t) + Ktrans ∫₀ᵗ Cp(u) e^{−kep (t−u)} du`, `kep = Ktrans/ve`, `Cp = Cb/(1 − Hct)`: extended Tofts. The integral
/// is
/// tabulated over 640 logarithmic steps of `kep` and interpolated by cubic polynomials (relative error below 1e-7); each entry is
/// exact for an input function that is straight between points 0.05 s apart.
///
/// # Reference
/// Tofts et al. 1999, J Magn Reson Imaging 10:223.
#[derive(Debug, Clone)]
pub struct Perfusion {
    plasma: Vec<f64>,
    /// Node by node, one value per time.
    integrals: Vec<f64>,
}

impl Perfusion {
    /// The table for times in s after injection, the bolus arriving in the tissue `arrival` s after it.
    pub fn new(times: &[f64], arrival: f64) -> Self {
        let plasma_at = |seconds: f64| parker((seconds - arrival) / 60.0) / (1.0 - HAEMATOCRIT);
        let last = times.iter().copied().fold(arrival, f64::max);
        let steps = ((last - arrival) / STEP).ceil() as usize + 1;
        let input: Vec<f64> = (0..=steps).map(|step| plasma_at(arrival + step as f64 * STEP)).collect();
        let mut integrals = Vec::with_capacity(NODES * times.len());
        for node in 0..NODES {
            let kep = kep_at(node) / 60.0;
            integrals.extend(convolved(&input, kep, times.iter().map(|time| time - arrival)).into_iter().map(|x| x / 60.0));
        }
        Perfusion { plasma: times.iter().map(|time| plasma_at(*time)).collect(), integrals }
    }

    /// Concentrations (mM) at the times of the series.
    pub fn concentration(&self, ktrans: f64, ve: f64, vp: f64) -> Vec<f64> {
        let times = self.plasma.len();
        if !(ktrans > 0.0 && ve > 0.0) {
            return self.plasma.iter().map(|plasma| vp * plasma).collect();
        }
        let at = ((ktrans / ve).ln() - LOG_KEP[0]) / (LOG_KEP[1] - LOG_KEP[0]) * (NODES - 1) as f64;
        let at = at.clamp(0.0, (NODES - 1) as f64);
        let first = (at.floor() as usize).clamp(1, NODES - 3) - 1;
        let x = at - (first + 1) as f64;
        // Lagrange's cubic through the nodes at -1, 0, 1, 2.
        let w = [
            -x * (x - 1.0) * (x - 2.0) / 6.0,
            (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0,
            -(x + 1.0) * x * (x - 2.0) / 2.0,
            (x + 1.0) * x * (x - 1.0) / 6.0,
        ];
        (0..times)
            .map(|time| {
                let integral: f64 = (0..4).map(|n| w[n] * self.integrals[(first + n) * times + time]).sum();
                vp * self.plasma[time] + ktrans * integral
            })
            .collect()
    }
}

fn kep_at(node: usize) -> f64 {
    (LOG_KEP[0] + (LOG_KEP[1] - LOG_KEP[0]) * node as f64 / (NODES - 1) as f64).exp()
}

/// `∫₀ᵗ c(u) e^{−k(t−u)} du` in s, at increasing or any times after arrival, of an input straight between its points.
fn convolved(input: &[f64], k: f64, times: impl Iterator<Item = f64>) -> Vec<f64> {
    // Over one step of length h with the ends c0 and c1: I ← e^{−kh} I + c0 (p − q) + c1 q.
    let parts = |h: f64| {
        let x = k * h;
        let decay = (-x).exp();
        let whole = if x < 1e-5 { h * (1.0 - x / 2.0) } else { (1.0 - decay) / k };
        let end = if x < 1e-3 { h * (0.5 - x / 6.0 + x * x / 24.0) } else { (x - 1.0 + decay) / (k * x) };
        (decay, whole - end, end)
    };
    let (decay, start, end) = parts(STEP);
    let mut running = Vec::with_capacity(input.len());
    let mut integral = 0.0;
    running.push(0.0);
    for pair in input.windows(2) {
        integral = decay * integral + start * pair[0] + end * pair[1];
        running.push(integral);
    }
    times
        .map(|time| {
            if time <= 0.0 {
                return 0.0;
            }
            let whole = ((time / STEP) as usize).min(input.len() - 2);
            let rest = time - whole as f64 * STEP;
            let (decay, start, end) = parts(rest.max(1e-12));
            let there = input[whole] + (input[whole + 1] - input[whole]) * rest / STEP;
            decay * running[whole] + start * input[whole] + end * there
        })
        .collect()
}
