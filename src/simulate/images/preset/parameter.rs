//! Continuous image parameters: what they are called, their law in the reference class, and how the class moves them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::simulate::class::PerContrast;
use crate::simulate::preset::Provenance;

/// One parameter of the images of a modality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Mean in HER2-zero (of a logarithmic parameter: median), in its unit.
    pub centre: f64,
    /// Standard deviation within a class (of a logarithmic parameter: of its natural logarithm).
    pub sd: f64,
    /// Whether the logarithm is what is normal.
    #[serde(default)]
    pub log: bool,
    /// Standardised differences between the classes. They are scaled by a common factor so that the best score of the modality's
    /// parameters has exactly the AUC that `cohort.block` asks for; the truth states the differences that result.
    pub effect: PerContrast<f64>,
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: Provenance,
}

impl Parameter {
    /// The value at `x` standard deviations from the centre.
    pub fn value(&self, x: f64) -> f64 {
        let value = if self.log { self.centre * (self.sd * x).exp() } else { self.centre + self.sd * x };
        value.clamp(self.min.unwrap_or(f64::NEG_INFINITY), self.max.unwrap_or(f64::INFINITY))
    }
}

/// The parameters of each modality, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// Those of MRI: the block `mri` of the cohort.
    pub mri: BTreeMap<String, Parameter>,
    /// Those of ultrasound: the block `ultrasound` of the cohort.
    pub ultrasound: BTreeMap<String, Parameter>,
    /// Those of mammography: the block `mammography` of the cohort.
    pub mammography: BTreeMap<String, Parameter>,
}

macro_rules! modality_parameters {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        pub struct $name { $($(#[$doc])* pub $field: f64,)* }

        impl $name {
            /// The names, in the order of [`Self::from_values`].
            pub const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            /// The parameters of one patient, given in the order of [`Self::NAMES`].
            pub fn from_values(values: &[f64]) -> Self {
                let mut values = values.iter().copied();
                $name { $($field: values.next().unwrap_or(f64::NAN),)* }
            }
        }
    };
}

modality_parameters! {
    /// What a tumour is to MRI. Perfusion, diffusion and relaxation are means over the tumour.
    MriParameters {
        /// Mean diffusivity, 10⁻³ mm²/s.
        adc,
        /// The same in the tissue around the tumour, 10⁻³ mm²/s.
        adc_peri,
        /// Contrast between habitats: log ratio of the perfusion of the well-perfused habitat to the rest.
        heterogeneity,
        /// Perfusion fraction of intravoxel incoherent motion.
        ivim_f,
        /// Volume transfer constant, 1/min.
        ktrans,
        /// Mean kurtosis.
        kurtosis,
        /// Factor of the apparent proton density after contrast agent.
        pd_enhanced,
        /// T1 before contrast agent, ms.
        t1,
        /// T2 before contrast agent, ms.
        t2,
        /// Grain of the habitats as a share of the tumour's diameter.
        texture,
        /// Extravascular extracellular volume fraction.
        ve,
        /// Plasma volume fraction.
        vp,
    }
}

modality_parameters! {
    /// What a tumour is to ultrasound.
    UltrasoundParameters {
        /// Depth over width, as a factor of the tumour's own.
        axial_ratio,
        /// Width of the transition at the margin, mm.
        boundary,
        /// Echo level against fat, dB.
        echo,
        /// Spread of the echo level inside, dB.
        heterogeneity,
        /// Attenuation beyond that of breast tissue, dB per cm of tumour; positive shadows, negative enhances.
        posterior,
        /// Grain of the inside, mm.
        texture,
    }
}

modality_parameters! {
    /// What a tumour is to mammography.
    MammographyParameters {
        /// Number of calcifications; below 3 there are none.
        calcifications,
        /// Attenuation above fat as a share of glandular tissue's.
        density,
        /// Strength of the architectural distortion around the tumour.
        distortion,
        /// Width of the transition at the margin, mm.
        margin,
        /// Unevenness of the density inside.
        texture,
    }
}
