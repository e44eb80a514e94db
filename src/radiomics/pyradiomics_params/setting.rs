//! The settings, one by one: names as PyRadiomics has them, kinds and ranges as its schema has them.

use super::document::{Fault, Key, Node};
use super::typed::Parameter;
use super::unknown;
use crate::image::resample::Interpolation;
use crate::radiomics::resegment::Keep;
use crate::radiomics::settings::{Bins, FeatureSettings, Normalise, PyRadiomics, Resample};
use crate::radiomics::texture::Norm;

/// What has been read so far. Some settings mean something only together, so that they wait here for each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    taken: Vec<(Key, Node)>,
}

/// Every name of the schema.
const KNOWN: [&str; 41] = [
    "minimumROIDimensions",
    "minimumROISize",
    "geometryTolerance",
    "correctMask",
    "additionalInfo",
    "label",
    "label_channel",
    "binWidth",
    "binCount",
    "normalize",
    "normalizeScale",
    "removeOutliers",
    "resampledPixelSpacing",
    "interpolator",
    "padDistance",
    "distances",
    "force2D",
    "force2Ddimension",
    "resegmentRange",
    "resegmentMode",
    "resegmentShape",
    "preCrop",
    "sigma",
    "start_level",
    "level",
    "wavelet",
    "gradientUseSpacing",
    "lbp2DRadius",
    "lbp2DSamples",
    "lbp2DMethod",
    "lbp3DLevels",
    "lbp3DIcosphereRadius",
    "lbp3DIcosphereSubdivision",
    "voxelArrayShift",
    "symmetricalGLCM",
    "weightingNorm",
    "gldm_a",
    "kernelRadius",
    "maskedKernel",
    "initValue",
    "voxelBatch",
];

/// Those of [`KNOWN`], at its end, that belong to voxel-wise extraction and are faults among the settings.
const VOXEL_WISE: usize = 4;

impl Draft {
    /// Takes settings, each instead of one of the same name.
    pub fn take_all(&mut self, entries: &[(Key, Node)]) -> Result<(), Fault> {
        let names = &KNOWN[..KNOWN.len() - VOXEL_WISE];
        for (key, node) in entries {
            if !names.contains(&key.name.as_str()) {
                return Err(unknown(&Parameter { key, node }, names));
            }
            self.taken.retain(|(taken, _)| taken.name != key.name);
            self.taken.push((key.clone(), node.clone()));
        }
        Ok(())
    }

    /// These settings, and `entries` over them.
    pub fn with_all(&self, entries: &[(Key, Node)]) -> Result<Draft, Fault> {
        let mut both = self.clone();
        both.take_all(entries)?;
        Ok(both)
    }

    /// The setting of that name.
    pub fn get(&self, name: &str) -> Option<Parameter<'_>> {
        self.taken.iter().find(|(key, _)| key.name == name).map(|(key, node)| Parameter { key, node })
    }

    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Fault> {
        self.get(name).map_or(Ok(default), |parameter| parameter.flag())
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        self.get(name).map_or(Ok(None), |parameter| parameter.number())
    }

    pub fn positive(&self, name: &str) -> Result<Option<f64>, Fault> {
        self.get(name).map_or(Ok(None), |parameter| parameter.positive())
    }

    pub fn whole(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Fault> {
        self.get(name).map_or(Ok(None), |parameter| parameter.whole(least, most))
    }

    /// The axis across which everything is two-dimensional; PyRadiomics counts axes from the slices.
    pub fn across(&self) -> Result<Option<usize>, Fault> {
        let across = self.across_anyway()?;
        Ok(self.flag("force2D", false)?.then_some(across))
    }

    /// `force2Ddimension` as our axis, whether or not `force2D` is set.
    pub fn across_anyway(&self) -> Result<usize, Fault> {
        Ok(2 - self.whole("force2Ddimension", 0, 2)?.unwrap_or(0) as usize)
    }

    /// All settings but image types and classes.
    pub fn settings(&self) -> Result<PyRadiomics, Fault> {
        if let Some(channel) = self.get("label_channel").filter(|channel| channel.whole(0, i64::MAX) != Ok(Some(0))) {
            return Err(channel.refused("masks of several channels are not read; 0 is the only channel"));
        }
        let defaults = PyRadiomics::default();
        let normalise = self.flag("normalize", false)?;
        let (scale, outliers) = (self.positive("normalizeScale")?.unwrap_or(1.0), self.positive("removeOutliers")?);
        // Read for its faults only.
        self.flag("additionalInfo", true)?;
        Ok(PyRadiomics {
            label: self.whole("label", 1, u32::MAX.into())?.map_or(defaults.label, |label| label as u32),
            minimum_dimensions: self.whole("minimumROIDimensions", 1, 3)?.map_or(defaults.minimum_dimensions, |n| n as usize),
            minimum_size: self.whole("minimumROISize", 1, i64::MAX)?.map(|n| n as usize),
            geometry_tolerance: self.positive("geometryTolerance")?.unwrap_or(defaults.geometry_tolerance),
            correct_mask: self.flag("correctMask", false)?,
            normalise: normalise.then_some(Normalise { scale, outliers }),
            resample: self.resample()?,
            pad_distance: self.whole("padDistance", 0, 1 << 20)?.map_or(defaults.pad_distance, |n| n as usize),
            pre_crop: self.flag("preCrop", false)?,
            resegment: self.resegment()?,
            resegment_shape: self.flag("resegmentShape", false)?,
            features: self.features()?,
            ..defaults
        })
    }

    fn resample(&self) -> Result<Option<Resample>, Fault> {
        let interpolation = self.interpolation()?;
        let Some(parameter) = self.get("resampledPixelSpacing") else { return Ok(None) };
        let Some(spacing) = parameter.numbers()? else { return Ok(None) };
        let spacing = <[f64; 3]>::try_from(spacing.as_slice())
            .ok()
            .filter(|spacing| spacing.iter().all(|step| *step >= 0.0 && step.is_finite()))
            .ok_or_else(|| parameter.wrong("three numbers that are not negative, for x, y and z"))?;
        Ok(interpolation.map(|interpolation| Resample { spacing, interpolation }))
    }

    fn interpolation(&self) -> Result<Option<Interpolation>, Fault> {
        use super::document::Value;
        let Some(parameter) = self.get("interpolator") else { return Ok(Some(Interpolation::CubicSpline)) };
        match &parameter.node.value {
            Value::Null => Ok(None),
            Value::Text(name) => match name.as_str() {
                "sitkNearestNeighbor" => Ok(Some(Interpolation::Nearest)),
                "sitkLinear" => Ok(Some(Interpolation::Linear)),
                "sitkBSpline" => Ok(Some(Interpolation::CubicSpline)),
                _ => Err(parameter.refused("sitkNearestNeighbor, sitkLinear and sitkBSpline are supported")),
            },
            // SimpleITK's numbers of the same.
            Value::Whole(1) => Ok(Some(Interpolation::Nearest)),
            Value::Whole(2) => Ok(Some(Interpolation::Linear)),
            Value::Whole(3) => Ok(Some(Interpolation::CubicSpline)),
            _ => Err(parameter.refused("sitkNearestNeighbor, sitkLinear and sitkBSpline are supported")),
        }
    }

    fn resegment(&self) -> Result<Option<Keep>, Fault> {
        let Some(parameter) = self.get("resegmentRange") else { return Ok(None) };
        let Some(mut range) = parameter.numbers()? else { return Ok(None) };
        range.sort_unstable_by(f64::total_cmp);
        let (lower, upper) = match range.as_slice() {
            [lower] => (*lower, None),
            [lower, upper] => (*lower, Some(*upper)),
            _ => return Err(parameter.wrong("one or two numbers")),
        };
        let Some(mode) = self.get("resegmentMode") else { return Ok(Some(Keep::Range { lower: Some(lower), upper })) };
        match mode.text()? {
            None | Some("absolute") => Ok(Some(Keep::Range { lower: Some(lower), upper })),
            Some("relative") => Ok(Some(Keep::OfMaximum { lower, upper })),
            Some("sigma") => Ok(Some(Keep::Sigma { lower, upper })),
            Some(_) => Err(mode.wrong("absolute, relative or sigma")),
        }
    }

    /// What an image type may set for itself.
    pub fn features(&self) -> Result<FeatureSettings, Fault> {
        let width = self.positive("binWidth")?.unwrap_or(25.0);
        let count = self.whole("binCount", 1, u16::MAX.into())?;
        Ok(FeatureSettings {
            bins: count.map_or(Bins::Width(width), |count| Bins::Number(count as usize)),
            shift: self.number("voxelArrayShift")?.unwrap_or(0.0),
            distances: self.distances()?,
            without_axis: self.across()?,
            symmetrical: self.flag("symmetricalGLCM", true)?,
            weighting: self.weighting()?,
            dependence: self.whole("gldm_a", 0, u16::MAX.into())?.unwrap_or(0) as u16,
        })
    }

    fn distances(&self) -> Result<Vec<usize>, Fault> {
        let Some(parameter) = self.get("distances") else { return Ok(vec![1]) };
        let distances = parameter.numbers()?.unwrap_or_else(|| vec![1.0]);
        match distances.iter().all(|d| d.fract() == 0.0 && (1.0..=1000.0).contains(d)) && !distances.is_empty() {
            true => Ok(distances.iter().map(|d| *d as usize).collect()),
            false => Err(parameter.wrong("whole numbers from 1 to 1000")),
        }
    }

    fn weighting(&self) -> Result<Option<Norm>, Fault> {
        let Some(parameter) = self.get("weightingNorm") else { return Ok(None) };
        match parameter.text()? {
            None => Ok(None),
            Some("infinity") => Ok(Some(Norm::Infinity)),
            Some("euclidean") => Ok(Some(Norm::Euclidean)),
            Some("manhattan") => Ok(Some(Norm::Manhattan)),
            Some("no_weighting") => Ok(Some(Norm::Equal)),
            Some(_) => Err(parameter.wrong("euclidean, manhattan, infinity or no_weighting")),
        }
    }
}
