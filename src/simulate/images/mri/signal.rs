//! Signal equations.

/// Relaxivity of contrast agent at 3 T: longitudinal, 1/(mM·s).
pub const R1: f64 = 4.5;
/// Relaxivity of contrast agent at 3 T: transverse, 1/(mM·s).
pub const R2: f64 = 5.5;

/// Spoiled gradient echo in the steady state.
///
/// # Definition
/// `S = M sin α (1 − E1)/(1 − E1 cos α)`, `E1 = exp(−TR R1)`; rates in 1/s, times in ms, angle in degrees. Decay over the echo
/// time of some 2 ms is left out.
pub fn spoiled_gradient_echo(density: f64, rate: f64, tr_ms: f64, flip_degrees: f64) -> f64 {
    let e1 = (-tr_ms / 1000.0 * rate).exp();
    let (sin, cos) = flip_degrees.to_radians().sin_cos();
    density * sin * (1.0 - e1) / (1.0 - e1 * cos)
}

/// Spin echo.
///
/// # Definition
/// `S = M (1 − exp(−TR/T1)) exp(−TE/T2)`, times in ms.
pub fn spin_echo(density: f64, t1: f64, t2: f64, tr: f64, te: f64) -> f64 {
    if t1 <= 0.0 || t2 <= 0.0 { 0.0 } else { density * (1.0 - (-tr / t1).exp()) * (-te / t2).exp() }
}

/// Diffusion weighting: perfusion of capillaries and non-Gaussian diffusion of tissue.
///
/// # Definition
/// `S/S0 = f e^{−b D*} + (1−f) exp(−bD + b²D²K/6)`; `b` in s/mm², diffusivities in 10⁻³ mm²/s. Beyond `bD = 3/K`, where the
/// expansion would rise again, it stays at its smallest value.
pub fn diffusion(b: f64, adc: f64, kurtosis: f64, f: f64, pseudo: f64) -> f64 {
    let weighting = b * 1e-3;
    let x = weighting * adc;
    let x = if kurtosis > 0.0 { x.min(3.0 / kurtosis) } else { x };
    f * (-weighting * pseudo).exp() + (1.0 - f) * (-x + x * x * kurtosis / 6.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_limits() {
        // Ernst: for TR far above T1 a 90° pulse gives the whole density.
        assert!((spoiled_gradient_echo(2.0, 1.0, 1e5, 90.0) - 2.0).abs() < 1e-12);
        assert!((spin_echo(3.0, 500.0, 50.0, 1e6, 0.0) - 3.0).abs() < 1e-12);
        assert_eq!(diffusion(0.0, 1.0, 0.8, 0.1, 12.0), 1.0);
        assert!((diffusion(800.0, 1.0, 0.0, 0.0, 12.0) - (-0.8f64).exp()).abs() < 1e-15);
        let values: Vec<f64> = (0..60).map(|i| diffusion(50.0 * f64::from(i), 2.0, 1.0, 0.05, 12.0)).collect();
        assert!(values.windows(2).all(|pair| pair[1] <= pair[0]));
    }
}
