//! What an extraction does: in PyRadiomics' words, or in IBSI's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::image::resample::{Interpolation, MaskInterpolation};
use crate::radiomics::filter::Filter;
use crate::radiomics::resegment::Keep;
use crate::radiomics::texture::{Aggregation, Norm};

/// Under which definition features are computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settings {
    /// As PyRadiomics 3.0.1 computes them, its deviations from the standard included.
    Pyradiomics(PyRadiomics),
    /// As the Image Biomarker Standardisation Initiative defines them.
    Ibsi(Ibsi),
}

impl Default for Settings {
    fn default() -> Self {
        Settings::Pyradiomics(PyRadiomics::default())
    }
}

impl Settings {
    /// PyRadiomics' defaults for images of one slice: `force2D`, and the shape of areas instead of that of volumes.
    pub fn ultrasound() -> Self {
        let mut settings = PyRadiomics::default();
        settings.features.without_axis = Some(2);
        settings.images.iter_mut().for_each(|image| image.features.without_axis = Some(2));
        settings.classes.iter_mut().filter(|(class, _)| class == "shape").for_each(|(class, _)| *class = "shape2D".into());
        Settings::Pyradiomics(settings)
    }

    /// Twelve hexadecimal digits that stand for these settings: equal settings, equal digits.
    pub fn hash(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Bins of the discretisation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bins {
    /// Intensities are whole numbers and are the grey levels (IBSI's digital phantom).
    AsTheyAre,
    /// That many bins between the region's extremes.
    Number(usize),
    /// Bins of that width, in the unit of the image.
    Width(f64),
}

/// An extraction in PyRadiomics' words; fields bear the names of its parameters in their documentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PyRadiomics {
    /// `label`: the value of the region in the mask file; whoever reads the file makes the mask of it.
    pub label: u32,
    /// `minimumROIDimensions`: along how many axes the region must have more than one voxel.
    pub minimum_dimensions: usize,
    /// `minimumROISize`: the region must have more voxels than this.
    pub minimum_size: Option<usize>,
    /// `geometryTolerance`: by how many mm origin and spacing of image and mask may differ, and their axes. Grids that agree within a
    /// hundredth of a voxel are always taken as equal.
    pub geometry_tolerance: f64,
    /// `correctMask`: a mask on another grid is brought to the image's, each voxel taking its nearest neighbour.
    pub correct_mask: bool,
    /// `normalize`, `normalizeScale`, `removeOutliers`.
    pub normalise: Option<Normalise>,
    /// `resampledPixelSpacing`, `interpolator`.
    pub resample: Option<Resample>,
    /// `padDistance`: voxels around the region that resampling and pre-cropping keep.
    pub pad_distance: usize,
    /// `preCrop`: the image is cropped before filters see it.
    pub pre_crop: bool,
    /// `resegmentRange`, `resegmentMode`.
    pub resegment: Option<Keep>,
    /// `resegmentShape`: shape is that of the re-segmented region.
    pub resegment_shape: bool,
    /// How features are computed where an image type does not say otherwise.
    pub features: FeatureSettings,
    /// `imageType`: the images of which features are taken, in order.
    pub images: Vec<ImageType>,
    /// `featureClass`: the classes, in order.
    pub classes: Vec<Wanted>,
}

/// A class, and the features wanted of it; `None` for all but those that must be asked for by name.
pub type Wanted = (String, Option<Vec<String>>);

/// Scaling of the whole image before anything else: (x − mean) / standard deviation (divisor n − 1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Normalise {
    /// What the result is multiplied by.
    pub scale: f64,
    /// Values further than this many deviations from 0 are set to that bound, before scaling.
    pub outliers: Option<f64>,
}

/// Another grid for image and mask.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Resample {
    /// Spacing in mm; 0 keeps the mask's.
    pub spacing: [f64; 3],
    /// How the image is interpolated.
    pub interpolation: Interpolation,
}

/// What PyRadiomics lets an image type set for itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureSettings {
    /// `binWidth` or `binCount`.
    pub bins: Bins,
    /// `voxelArrayShift`.
    pub shift: f64,
    /// `distances`.
    pub distances: Vec<usize>,
    /// `force2D` with `force2Ddimension`: the axis without neighbours (0 for i, 1 for j, 2 for k; PyRadiomics counts from k).
    pub without_axis: Option<usize>,
    /// `symmetricalGLCM`.
    pub symmetrical: bool,
    /// `weightingNorm`.
    #[serde(serialize_with = "as_debug")]
    pub weighting: Option<Norm>,
    /// `gldm_a`.
    pub dependence: u16,
}

/// One entry of `imageType`: an image made by a filter, or the original.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageType {
    /// The filter; `None` for the original image.
    pub filter: Option<Filter>,
    /// How features of its response are computed.
    pub features: FeatureSettings,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        FeatureSettings {
            bins: Bins::Width(25.0),
            shift: 0.0,
            distances: vec![1],
            without_axis: None,
            symmetrical: true,
            weighting: None,
            dependence: 0,
        }
    }
}

impl Default for PyRadiomics {
    /// PyRadiomics' defaults: the 107 features of the original image.
    fn default() -> Self {
        let classes = ["firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape"];
        PyRadiomics {
            label: 1,
            minimum_dimensions: 2,
            minimum_size: None,
            geometry_tolerance: 1e-6,
            correct_mask: false,
            normalise: None,
            resample: None,
            pad_distance: 5,
            pre_crop: false,
            resegment: None,
            resegment_shape: false,
            features: FeatureSettings::default(),
            images: vec![ImageType { filter: None, features: FeatureSettings::default() }],
            classes: classes.map(|class| (class.to_string(), None)).to_vec(),
        }
    }
}

/// An extraction in IBSI's words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ibsi {
    /// Interpolation to another grid.
    pub resample: Option<IbsiResample>,
    /// Closed range of intensities that stay in the intensity mask; either end may be open.
    pub range: [Option<f64>; 2],
    /// Intensities further than this many standard deviations from the mean leave the intensity mask.
    pub outliers: Option<f64>,
    /// Discretisation for the intensity histogram and textures. Bins of a fixed width begin at the range's lower end, or at the region's
    /// smallest intensity.
    pub bins: Bins,
    /// Discretisation for the intensity–volume histogram.
    pub volume_histogram_bins: Bins,
    /// Over what texture matrices are counted, and how several are aggregated.
    pub aggregations: Vec<Aggregation>,
    /// Filters whose responses give features besides the original image.
    pub filters: Vec<Filter>,
}

/// Interpolation of image and mask.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct IbsiResample {
    /// Spacing in mm; 0 keeps the image's.
    pub spacing: [f64; 3],
    /// For the image.
    pub image: Interpolation,
    /// For the mask; with linear interpolation a voxel belongs from one half on.
    pub mask: MaskInterpolation,
    /// Round intensities to whole numbers, as Hounsfield units are.
    pub round: bool,
}

impl Default for IbsiResample {
    /// Linear interpolation to voxels of 1 mm.
    fn default() -> Self {
        IbsiResample { spacing: [1.0; 3], image: Interpolation::Linear, mask: MaskInterpolation::Linear, round: false }
    }
}

impl Default for Ibsi {
    /// The image as it is, 32 bins, textures in 3-D merged over directions.
    fn default() -> Self {
        Ibsi {
            resample: None,
            range: [None; 2],
            outliers: None,
            bins: Bins::Number(32),
            volume_histogram_bins: Bins::Number(1000),
            aggregations: vec![Aggregation::VolumeMerged],
            filters: Vec::new(),
        }
    }
}

/// Texture's own types say what they are without being written to files.
fn as_debug<T: std::fmt::Debug, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:?}"))
}
