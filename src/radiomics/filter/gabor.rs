//! Gabor filters: waves of one length and direction, under a Gaussian.

use rustfft::num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Block, extent};
use super::boundary::Boundary;
use super::fourier::{Fourier, fast_size};
use super::log::isotropic;
use super::rotation::{Pool, Pooling};

/// Gabor filter of IBSI 2 (`Q88H`): how strong stripes of a width and direction are, slice by slice.
///
/// # Definition
/// The modulus of the convolution of each slice with `exp(−(x'² + γ² y'²) / 2σ² + 2πi x' / λ)`, `x' = x cos θ + y sin θ`, `y' = y cos θ − x sin θ`,
/// where x runs along the rows of the slice, y down its columns, and θ turns clockwise as the slice is seen. σ and λ are in voxels here; the
/// kernel is cut off at four standard deviations of its longer axis. `pooling` takes the directions θ, θ + step, … below θ + 360°
/// together; `orthogonal` the slices across k, j and i.
///
/// # Reference
/// IBSI 2, Gabor filters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Gabor {
    /// Standard deviation of the Gaussian along the wave, in mm.
    pub sigma: f64,
    /// Length of the wave in mm.
    pub lambda: f64,
    /// Aspect: the standard deviation along the wave over that across it.
    pub gamma: f64,
    /// Direction of the wave in degrees; the first one, where directions are pooled.
    #[serde(default)]
    pub theta: f64,
    /// Step in degrees between the directions that are pooled; without it, there is one direction.
    #[serde(default)]
    pub theta_step: Option<f64>,
    /// How directions and planes are pooled.
    #[serde(default = "average")]
    pub pooling: Pooling,
    /// Whether slices across j and i are pooled with those across k.
    #[serde(default)]
    pub orthogonal: bool,
    /// What lies beyond the edge of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn average() -> Pooling {
    Pooling::Average
}

/// Standard deviations at which the kernel is cut off.
const TRUNCATE: f64 = 4.0;

impl Gabor {
    pub(super) fn check(&self) -> Result<()> {
        let positive = [self.sigma, self.lambda, self.gamma].iter().all(|x| *x > 0.0 && x.is_finite());
        let step = self.theta_step.is_none_or(|step| (0.1..=360.0).contains(&step));
        if positive && step && self.theta.is_finite() {
            return Ok(());
        }
        Err(Error::usage(
            "a Gabor filter needs sigma, lambda and gamma above 0, and a step between directions of 0.1 to 360 degrees",
        ))
    }

    pub(super) fn name(&self) -> String {
        let number = |x: f64| format!("{x:?}").replace('.', "-");
        let theta = match self.theta_step {
            None => format!("theta-{}", number(self.theta)),
            Some(step) => format!(
                "theta-{}-step-{}-{}",
                number(self.theta),
                number(step),
                match self.pooling {
                    Pooling::Max => "max",
                    Pooling::Average => "average",
                }
            ),
        };
        let planes = if self.orthogonal { "-orthogonal" } else { "" };
        format!("gabor-sigma-{}-lambda-{}-gamma-{}-{theta}{planes}", number(self.sigma), number(self.lambda), number(self.gamma))
    }

    fn radius(&self, spacing: f64) -> usize {
        (TRUNCATE * self.sigma * f64::max(1.0, 1.0 / self.gamma) / spacing).ceil() as usize
    }

    pub(super) fn support(&self, spacing: [f64; 3]) -> [usize; 3] {
        let radius = self.radius(spacing[0]);
        [radius, radius, if self.orthogonal { radius } else { 0 }]
    }

    /// The directions in degrees. The modulus does not tell a direction from its opposite, so they are taken once, where all have one.
    fn directions(&self) -> Vec<f64> {
        let Some(step) = self.theta_step else { return vec![self.theta] };
        let count = ((360.0 / step) - 1e-9).ceil() as usize;
        let paired = count.is_multiple_of(2) && (count as f64 * step - 360.0).abs() < 1e-9;
        (0..if paired { count / 2 } else { count }).map(|turn| self.theta + step * turn as f64).collect()
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Result<Volume> {
        let normals: &[usize] = if self.orthogonal { &[2, 1, 0] } else { &[2] };
        isotropic(image, if self.orthogonal { &[0, 1, 2] } else { &[0, 1] })?;
        let mut pool = Pool::new(self.pooling);
        for &normal in normals {
            self.across(image, place, normal, &mut pool);
        }
        let pooled = pool.finish().ok_or_else(|| Error::usage("a Gabor filter needs a direction"))?;
        Ok(pooled.place(&image.grid, place))
    }

    /// Adds the responses of the slices across an axis, one for each direction.
    fn across(&self, image: &Volume, place: &BoundingBox, normal: usize, pool: &mut Pool) {
        let spacing = image.grid.spacing[0];
        let radius = self.radius(spacing);
        let size = extent(place);
        let margin: [usize; 3] = std::array::from_fn(|axis| if axis == normal { 0 } else { radius });
        let start = std::array::from_fn(|axis| place.start[axis] as isize - margin[axis] as isize);
        let padded = Block::cut(image, start, std::array::from_fn(|axis| size[axis] + 2 * margin[axis]), self.boundary);
        // One slice after the other, x fastest.
        let [x, y] = [[1, 2], [0, 2], [0, 1]][normal];
        let (wide, high) = (padded.size[x], padded.size[y]);
        let (columns, rows) = (fast_size(wide), fast_size(high));
        let fourier = Fourier::new([columns, rows, 1]);
        let kernels: Vec<Vec<Complex64>> =
            self.directions().iter().map(|theta| self.spectrum(*theta, spacing, radius, &fourier, [columns, rows])).collect();
        let mut responses = vec![vec![0.0; size.iter().product()]; kernels.len()];
        let stride = |axis: usize, size: [usize; 3]| -> usize { size[..axis].iter().product() };
        let mut work = vec![Complex64::ZERO; columns * rows];
        for slice in 0..size[normal] {
            let mut spectrum = vec![Complex64::ZERO; columns * rows];
            for v in 0..high {
                for u in 0..wide {
                    let at = slice * stride(normal, padded.size) + u * stride(x, padded.size) + v * stride(y, padded.size);
                    spectrum[u + columns * v] = Complex64::new(padded.values[at], 0.0);
                }
            }
            fourier.forward(&mut spectrum);
            for (kernel, response) in kernels.iter().zip(&mut responses) {
                work.iter_mut().zip(spectrum.iter().zip(kernel)).for_each(|(work, (a, b))| *work = a * b);
                fourier.inverse(&mut work);
                for v in 0..size[y] {
                    for u in 0..size[x] {
                        let at = slice * stride(normal, size) + u * stride(x, size) + v * stride(y, size);
                        response[at] = work[u + radius + columns * (v + radius)].norm();
                    }
                }
            }
        }
        responses.into_iter().for_each(|values| pool.add(Block { size, values }));
    }

    /// The spectrum of the kernel, its middle on voxel (0, 0).
    fn spectrum(
        &self,
        theta: f64,
        spacing: f64,
        radius: usize,
        fourier: &Fourier,
        [columns, rows]: [usize; 2],
    ) -> Vec<Complex64> {
        let (sigma, lambda) = (self.sigma / spacing, self.lambda / spacing);
        let (sin, cos) = theta.to_radians().sin_cos();
        let mut kernel = vec![Complex64::ZERO; columns * rows];
        let radius = radius as isize;
        for y in -radius..=radius {
            for x in -radius..=radius {
                let along = x as f64 * cos + y as f64 * sin;
                let across = y as f64 * cos - x as f64 * sin;
                let decay = (-(along * along + self.gamma * self.gamma * across * across) / (2.0 * sigma * sigma)).exp();
                let at = x.rem_euclid(columns as isize) as usize + columns * y.rem_euclid(rows as isize) as usize;
                kernel[at] += Complex64::from_polar(decay, 2.0 * std::f64::consts::PI * along / lambda);
            }
        }
        fourier.forward(&mut kernel);
        kernel
    }
}
