//! Simoncelli's non-separable wavelet: a band of spatial frequencies, the same in all directions.

use rustfft::num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::Block;
use super::fourier::Fourier;

/// Simoncelli wavelet of IBSI 2 (`LODD`): detail of one size, whatever its direction.
///
/// # Definition
/// The spectrum of the image times `cos(π/2 log₂(2 ν / ν_max))` where `ν_max / 4 ≤ ν ≤ ν_max`, else 0; `ν` is the Euclidean norm of the frequency,
/// each component relative to the highest that the grid holds along its axis, and `ν_max = 2^(1 − level)`. The image is periodic.
///
/// # Reference
/// IBSI 2, non-separable wavelets. Portilla J, Simoncelli EP. A parametric texture model based on joint statistics of complex wavelet
/// coefficients. IJCV 2000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Simoncelli {
    /// Level of decomposition, from 1.
    pub level: usize,
}

impl Simoncelli {
    pub(super) fn check(&self) -> Result<()> {
        if (1..=16).contains(&self.level) {
            return Ok(());
        }
        Err(Error::usage("the level of a wavelet is 1 to 16"))
    }

    pub(super) fn name(&self) -> String {
        format!("simoncelli-level-{}", self.level)
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Volume {
        let size = image.grid.size;
        let fourier = Fourier::new(size);
        let mut values: Vec<Complex64> = image.values.iter().map(|x| Complex64::new(*x, 0.0)).collect();
        fourier.forward(&mut values);
        let highest = 0.5_f64.powi(self.level as i32 - 1);
        let frequencies = size.map(|n| (0..n).map(|f| frequency(f, n)).collect::<Vec<f64>>());
        for (row, line) in values.chunks_exact_mut(size[0]).enumerate() {
            let (y, z) = (frequencies[1][row % size[1]], frequencies[2][row / size[1]]);
            for (value, x) in line.iter_mut().zip(&frequencies[0]) {
                let nu = (x * x + y * y + z * z).sqrt();
                let passed = nu >= highest / 4.0 && nu <= highest;
                *value *= if passed { (std::f64::consts::FRAC_PI_2 * (2.0 * nu / highest).log2()).cos() } else { 0.0 };
            }
        }
        fourier.inverse(&mut values);
        let whole = Block { size, values: values.iter().map(|value| value.re).collect() };
        let part = std::array::from_fn(|axis| place.end[axis] - place.start[axis]);
        whole.inner(place.start, part).place(&image.grid, place)
    }
}

/// The frequency of line `f` of `n` of a spectrum, relative to the highest: −1 and 1 are the first and the last line in ascending order, so
/// where `n` is even, the constant lies half a line beside 0. The consensus response maps are computed so.
fn frequency(f: usize, n: usize) -> f64 {
    let middle = (n - 1) as f64 / 2.0;
    if n == 1 { 0.0 } else { (((f + n / 2) % n) as f64 - middle) / middle }
}
