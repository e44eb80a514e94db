//! What a PyRadiomics parameter file says about textures.

use super::field::{Field, Offset};

/// PyRadiomics' texture settings, with its defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `distances`: Chebyshev distances to neighbours, for GLCM, NGTDM and GLDM.
    pub distances: Vec<usize>,
    /// `force2D` and `force2Ddimension`: the axis (0 for i, 1 for j, 2 for k) along which there are no neighbours. PyRadiomics
    /// counts axes the other way: its dimension 0 is k.
    pub without_axis: Option<usize>,
    /// `symmetricalGLCM`.
    pub symmetrical: bool,
    /// `weightingNorm`, for GLCM and GLRLM: directions are merged, weighted by their length.
    pub weighting: Option<Norm>,
    /// `gldm_a`: levels that differ by no more depend on each other.
    pub dependence: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { distances: vec![1], without_axis: None, symmetrical: true, weighting: None, dependence: 0 }
    }
}

/// How the length of a direction is measured for its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// `infinity`: the largest component.
    Infinity,
    /// `euclidean`.
    Euclidean,
    /// `manhattan`: the sum of the components.
    Manhattan,
    /// `no_weighting`: directions are merged with equal weights.
    Equal,
}

impl Norm {
    /// Length of an offset in mm; `None` where all weights are equal.
    pub(super) fn length(self, offset: &Offset, spacing: [f64; 3]) -> Option<f64> {
        let steps = offset.iter().zip(spacing).map(|(step, spacing)| f64::from(step.abs()) * spacing);
        match self {
            Norm::Infinity => Some(steps.fold(0.0, f64::max)),
            Norm::Euclidean => Some(steps.map(|step| step * step).sum::<f64>().sqrt()),
            Norm::Manhattan => Some(steps.sum()),
            Norm::Equal => None,
        }
    }
}

impl Settings {
    /// The farthest neighbour that is asked for.
    pub(super) fn reach(&self) -> usize {
        self.distances.iter().copied().max().unwrap_or(1).max(1)
    }

    /// One of each opposite pair of offsets at the settings' distances that can lie in the region's box.
    pub(super) fn offsets(&self, field: &Field) -> Vec<Offset> {
        self.offsets_at(&self.distances, field)
    }

    /// The same for direct neighbours, whatever the distances.
    pub(super) fn neighbours(&self, field: &Field) -> Vec<Offset> {
        self.offsets_at(&[1], field)
    }

    fn offsets_at(&self, distances: &[usize], field: &Field) -> Vec<Offset> {
        let farthest = distances.iter().copied().max().unwrap_or(0);
        let steps: [i32; 3] = std::array::from_fn(|axis| match self.without_axis == Some(axis) {
            true => 0,
            false => farthest.min(field.size[axis].saturating_sub(1)) as i32,
        });
        let mut offsets = Vec::new();
        for k in 0..=steps[2] {
            for j in -steps[1]..=steps[1] {
                for i in -steps[0]..=steps[0] {
                    let distance = i.abs().max(j.abs()).max(k) as usize;
                    if (k, j, i) > (0, 0, 0) && distances.contains(&distance) {
                        offsets.push([i, j, k]);
                    }
                }
            }
        }
        offsets
    }
}
