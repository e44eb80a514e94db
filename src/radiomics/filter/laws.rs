//! Laws' texture kernels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Source, asked};
use super::boundary::Boundary;
use super::convolve::Kernel;
use super::mean::box_of;
use super::rotation::{Pool, Pooling, rotations};
use super::separable::{Separable, margin};

/// Laws' kernels (IBSI `JTXT`): levels, edges, spots, waves and ripples along the axes, and their energy.
///
/// # Definition
/// Convolution with a kernel of three or five taps along each axis, of Euclidean norm 1: `L3` 1 2 1, `E3` −1 0 1, `S3` −1 2 −1, `L5` 1 4 6 4 1,
/// `E5` −1 −2 0 2 1, `S5` −1 0 2 0 −1, `W5` −1 2 0 −2 1, `R5` 1 −4 6 −4 1. Where `pooling` is given, the responses to the kernel in all
/// right-angled rotations are pooled. The energy is the mean absolute response within `energy` voxels (Chebyshev).
///
/// # Reference
/// Laws KI. Textured image segmentation. 1980. IBSI 2, Laws kernels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Laws {
    /// Kernels along i, j and k (`E5L5S5`), or along i and j, slice by slice (`L5S5`).
    pub kernel: String,
    /// How the responses to the rotated kernels are pooled; without it, there is one response, that depends on how the image lies.
    #[serde(default)]
    pub pooling: Option<Pooling>,
    /// Distance in voxels over which the energy is taken; without it, the response itself is given.
    #[serde(default)]
    pub energy: Option<usize>,
    /// What lies beyond the edge of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn taps(name: &str) -> Option<&'static [f64]> {
    Some(match name {
        "L3" => &[1.0, 2.0, 1.0],
        "E3" => &[-1.0, 0.0, 1.0],
        "S3" => &[-1.0, 2.0, -1.0],
        "L5" => &[1.0, 4.0, 6.0, 4.0, 1.0],
        "E5" => &[-1.0, -2.0, 0.0, 2.0, 1.0],
        "S5" => &[-1.0, 0.0, 2.0, 0.0, -1.0],
        "W5" => &[-1.0, 2.0, 0.0, -2.0, 1.0],
        "R5" => &[1.0, -4.0, 6.0, -4.0, 1.0],
        _ => return None,
    })
}

impl Laws {
    fn filter(&self) -> Result<Separable> {
        let letters: Vec<char> = self.kernel.chars().collect();
        let kernels: Option<Vec<Kernel>> = letters
            .chunks(2)
            .map(|name| {
                let taps = taps(&name.iter().collect::<String>())?;
                let norm = taps.iter().map(|t| t * t).sum::<f64>().sqrt();
                Some(Kernel::convolution(&taps.iter().map(|t| t / norm).collect::<Vec<_>>()))
            })
            .collect();
        match kernels.as_deref() {
            Some([i, j]) => Ok(Separable([Some(i.clone()), Some(j.clone()), None])),
            Some([i, j, k]) => Ok(Separable([Some(i.clone()), Some(j.clone()), Some(k.clone())])),
            _ => Err(Error::usage(format!("`{}` is no Laws kernel: two or three of L3 E3 S3 L5 E5 S5 W5 R5 are", self.kernel))),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.energy.is_some_and(|distance| distance > 1 << 12) {
            return Err(Error::usage("the energy of a Laws response is taken over at most 4096 voxels"));
        }
        self.filter().map(|_| ())
    }

    pub(super) fn name(&self) -> String {
        let pooling = match self.pooling {
            None => "",
            Some(Pooling::Max) => "-max",
            Some(Pooling::Average) => "-average",
        };
        let energy = self.energy.map_or(String::new(), |distance| format!("-energy-{distance}"));
        format!("laws-{}{pooling}{energy}", self.kernel)
    }

    pub(super) fn support(&self) -> [usize; 3] {
        let Ok(filter) = self.filter() else { return [0; 3] };
        let reach = |axis: usize| self.turned(&filter).iter().map(|filter| margin(filter.reach())[axis]).max().unwrap_or(0);
        let energy = |axis: usize| if axis < self.axes() { self.energy.unwrap_or(0) } else { 0 };
        std::array::from_fn(|axis| reach(axis) + energy(axis))
    }

    fn turned(&self, filter: &Separable) -> Vec<Separable> {
        match self.pooling {
            Some(_) => rotations(&[filter]).into_iter().flatten().collect(),
            None => vec![filter.clone()],
        }
    }

    fn axes(&self) -> usize {
        self.kernel.chars().count() / 2
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Result<Volume> {
        let filter = self.filter()?;
        let energy = self.energy.map(|distance| box_of(2 * distance + 1, self.axes() == 2));
        let extent = image.grid.size;
        let held = energy.as_ref().map_or(*place, |energy| asked(place, energy.reach(), extent, self.boundary));
        let mut pool = Pool::new(self.pooling.unwrap_or(Pooling::Max));
        for filter in self.turned(&filter) {
            pool.add(filter.apply(&Source::whole(image), &held, self.boundary));
        }
        let mut response = pool.finish().ok_or_else(|| Error::usage("a Laws filter needs a kernel"))?;
        if let Some(energy) = energy {
            response.values.iter_mut().for_each(|value| *value = value.abs());
            response = energy.apply(&Source { values: &response.values, held, extent }, place, self.boundary);
        }
        Ok(response.place(&image.grid, place))
    }
}
