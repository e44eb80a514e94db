//! Speckle: scatterers at random, seen through the probe's point-spread function.

use rand::Rng;
use rand_distr::StandardNormal;

use super::anatomy::Section;
use crate::simulate::images::preset::UltrasoundSpec;

/// Speed of sound, mm/µs.
const SOUND: f64 = 1.54;
/// Samples per half wavelength along depth.
const PER_HALF_WAVE: f64 = 4.0;
/// Distance of scan lines, mm.
const LINE: f64 = 0.12;
/// Samples along depth per sample kept.
const KEEP: usize = 4;

/// Echo levels in dB on a grid of scan lines and depths, before display.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Scan lines.
    pub lines: usize,
    /// Depths.
    pub depths: usize,
    /// Distance of lines and of depths, mm.
    pub step: [f64; 2],
    /// Levels, line by line.
    pub decibels: Vec<f32>,
}

impl Envelope {
    /// The level at a place (mm from the first line, mm of depth), straight between samples.
    pub fn at(&self, x: f64, z: f64) -> f64 {
        let clamp = |value: f64, n: usize| value.clamp(0.0, n as f64 - 1.001);
        let (a, b) = (clamp(x / self.step[0], self.lines), clamp(z / self.step[1], self.depths));
        let (i, j) = (a as usize, b as usize);
        let (s, t) = (a - i as f64, b - j as f64);
        let value = |i: usize, j: usize| f64::from(self.decibels[i * self.depths + j]);
        (1.0 - s) * ((1.0 - t) * value(i, j) + t * value(i, j + 1)) + s * ((1.0 - t) * value(i + 1, j) + t * value(i + 1, j + 1))
    }
}

/// Scans a section.
///
/// # Definition
/// Scatterers are independent normal reflectivities with variance `10^(L/10)`, `L` the echo level in dB, on a grid finer than the
/// resolution. Their sum through the pulse `exp(−z²/2σ_z²) exp(i 4π f z/c)` and a Gaussian beam, narrowest at the lesion's
/// depth, is the
/// analytic signal; its magnitude is Rayleigh distributed where many scatterers of one level fall into a resolution cell. Excess
/// attenuation of all that lies above is subtracted in dB: shadow or enhancement.
pub fn scan(section: &Section, spec: &UltrasoundSpec, rng: &mut impl Rng) -> Envelope {
    let half_wave = SOUND / spec.frequency_mhz / 2.0;
    let dz = half_wave / PER_HALF_WAVE;
    let lines = (spec.width_mm / LINE).ceil() as usize + 1;
    let samples = (spec.depth_mm / dz).ceil() as usize + 1;
    let depths = samples.div_ceil(KEEP);
    let sigma = 2.2 * half_wave;
    let reach = (3.0 * sigma / dz).ceil() as isize;
    let pulse: Vec<[f32; 2]> = (-reach..=reach)
        .map(|tap| {
            let z = tap as f64 * dz;
            let envelope = (-0.5 * (z / sigma).powi(2)).exp();
            let phase = std::f64::consts::TAU * z / half_wave / 2.0 * 2.0;
            [(envelope * phase.cos()) as f32, (envelope * phase.sin()) as f32]
        })
        .collect();

    // Along depth, line by line.
    let mut axial = vec![[0.0f32; 2]; lines * depths];
    let mut shadow = vec![0.0f32; lines * depths];
    let mut scatterers = vec![0.0f32; samples];
    for line in 0..lines {
        let x = (line as f64 + 0.5) * LINE - spec.width_mm / 2.0;
        let mut lost = 0.0;
        for depth in 0..depths {
            // Anatomy is smooth over the samples kept; scatterers are not.
            let echo = section.at(x, (depth * KEEP) as f64 * dz);
            lost += echo.attenuation * 0.1 * KEEP as f64 * dz;
            shadow[line * depths + depth] = lost as f32;
            let amplitude = 10f64.powf(echo.level / 20.0);
            for scatterer in scatterers.iter_mut().skip(depth * KEEP).take(KEEP) {
                *scatterer = (amplitude * rng.sample::<f64, _>(StandardNormal)) as f32;
            }
        }
        for depth in 0..depths {
            let centre = (depth * KEEP) as isize;
            let first = (centre - reach).max(0);
            let last = (centre + reach).min(samples as isize - 1);
            let mut sum = [0.0f32; 2];
            for at in first..=last {
                let [real, imaginary] = pulse[(at - centre + reach) as usize];
                let scatterer = scatterers[at as usize];
                sum[0] += scatterer * real;
                sum[1] += scatterer * imaginary;
            }
            axial[line * depths + depth] = sum;
        }
    }

    // Across lines: the beam widens away from its focus.
    let floor = 10f64.powf(-3.2);
    let mut decibels = vec![0.0f32; lines * depths];
    for depth in 0..depths {
        let z = (depth * KEEP) as f64 * dz;
        let width = 0.22 + 0.012 * (z - section.lesion_depth).abs();
        let taps = (3.0 * width / LINE).ceil() as isize;
        let beam: Vec<f32> = (-taps..=taps).map(|tap| (-0.5 * (tap as f64 * LINE / width).powi(2)).exp() as f32).collect();
        let norm = beam.iter().map(|w| w * w).sum::<f32>().sqrt();
        for line in 0..lines {
            let (mut real, mut imaginary, mut lost, mut weight) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
            for (tap, w) in (-taps..=taps).zip(&beam) {
                let other = line as isize + tap;
                if other >= 0 && (other as usize) < lines {
                    let at = other as usize * depths + depth;
                    real += w * axial[at][0];
                    imaginary += w * axial[at][1];
                    lost += w * shadow[at];
                    weight += w;
                }
            }
            let energy = pulse.iter().map(|[a, b]| a * a + b * b).sum::<f32>().sqrt() * norm;
            let magnitude = f64::from(real.hypot(imaginary) / energy) * 10f64.powf(f64::from(-lost / weight) / 20.0);
            let noise: [f64; 2] = [rng.sample(StandardNormal), rng.sample(StandardNormal)];
            let magnitude = (magnitude + floor * noise[0]).hypot(floor * noise[1]);
            decibels[line * depths + depth] = (20.0 * magnitude.max(1e-9).log10()) as f32;
        }
    }
    Envelope { lines, depths, step: [LINE, dz * KEEP as f64], decibels }
}
