//! PyRadiomics' parameter files, read unchanged: YAML or JSON with `imageType`, `featureClass`, `setting` (and `voxelSetting`).
//!
//! | parameter | here |
//! |---|---|
//! | `binWidth`, `binCount`, `voxelArrayShift`, `distances`, `weightingNorm`, `symmetricalGLCM`, `gldm_a`, `force2D`, `force2Ddimension` | as in PyRadiomics, for each image type too |
//! | `normalize`, `normalizeScale`, `removeOutliers`, `resampledPixelSpacing`, `padDistance`, `preCrop` | as in PyRadiomics |
//! | `interpolator` | `sitkNearestNeighbor`, `sitkLinear`, `sitkBSpline`, or their numbers 1 to 3; the windowed kernels are refused |
//! | `resegmentRange`, `resegmentMode`, `resegmentShape`, `minimumROIDimensions`, `minimumROISize`, `label`, `correctMask` | as in PyRadiomics |
//! | `geometryTolerance` | in mm; grids within a hundredth of a voxel agree in any case |
//! | `label_channel` | 0; masks of several channels are refused |
//! | `additionalInfo` | read and ignored: the feature dictionary and the run's provenance say what it would |
//! | `sigma`, `wavelet`, `level`, `start_level`, `gradientUseSpacing`, `lbp2D…`, `lbp3D…` | as in PyRadiomics, of the image types they belong to |
//! | `voxelSetting` | read and ignored: features are of regions, not of voxels |
//!
//! A name that PyRadiomics does not know is a fault with its line, as it is there.

mod document;
mod image_type;
mod setting;
mod typed;

use std::path::Path;

use crate::error::{InputError, Result};
use crate::radiomics::family::{FAMILIES, Family};
use crate::radiomics::settings::{ImageType, PyRadiomics, Wanted};
use document::{Fault, Key, Node, Value};
use setting::Draft;
use typed::Parameter;

/// The settings that a parameter file's text asks for; `path` is for messages.
///
/// # Errors
/// [`InputError`] with file, line and parameter: text that is not YAML, an unknown name, a value of the wrong kind or out of its range, a
/// choice that is not supported.
pub fn parse(text: &str, path: &Path) -> Result<PyRadiomics> {
    settings(text).map_err(|Fault { line, key, found, expected }| {
        let fault = InputError::new(path, found, expected).at_row(line);
        key.map_or(fault.clone(), |key| fault.in_column(key)).into()
    })
}

fn settings(text: &str) -> Result<PyRadiomics, Fault> {
    let Some(document) = document::parse(text)? else { return Ok(PyRadiomics::default()) };
    let (mut draft, mut images, mut classes) = (Draft::default(), None, None);
    for (key, node) in entries(&document, "a mapping with `imageType`, `featureClass` and `setting`")? {
        let parameter = Parameter { key, node };
        match key.name.as_str() {
            "setting" => draft.take_all(entries(node, "a mapping of settings")?)?,
            "imageType" => images = Some(entries(node, "a mapping of image types, like `Original: {}`")?),
            "featureClass" => classes = Some(feature_classes(entries(node, "a mapping of feature classes")?)?),
            "voxelSetting" => {}
            _ => return Err(unknown(&parameter, &["imageType", "featureClass", "setting", "voxelSetting"])),
        }
    }
    let mut settings = draft.settings()?;
    if let Some(classes) = classes.filter(|classes| !classes.is_empty()) {
        settings.classes = classes;
    }
    settings.images = match images.filter(|images| !images.is_empty()) {
        None => vec![ImageType { filter: None, features: settings.features.clone() }],
        Some(images) => {
            let mut types = Vec::new();
            for (key, node) in images {
                let own = draft.with_all(entries(node, "a mapping of settings, `{}` for none")?)?;
                types.extend(image_type::image_types(key, &own)?);
            }
            types
        }
    };
    Ok(settings)
}

/// The entries of a mapping; nothing has none.
fn entries<'a>(node: &'a Node, expected: &str) -> Result<&'a [(Key, Node)], Fault> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        Value::Null => Ok(&[]),
        other => Err(Fault::new(node.line, other.said(), expected)),
    }
}

/// That there is no such name, with the one that was probably meant.
fn unknown(parameter: &Parameter, known: &[&str]) -> Fault {
    let name = parameter.key.name.as_str();
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|other| likeness(other) > 0.8);
    let expected = match nearest {
        Some(nearest) => format!("a name that PyRadiomics knows; did you mean `{nearest}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Fault { key: Some(name.to_string()), ..Fault::new(parameter.key.line, format!("the unknown name `{name}`"), expected) }
}

/// Classes with the features wanted of each; an empty list and nothing both mean all.
fn feature_classes(entries: &[(Key, Node)]) -> Result<Vec<Wanted>, Fault> {
    let of_pyradiomics = || FAMILIES.iter().filter(|family| !family.pyradiomics.is_empty());
    let mut classes = Vec::new();
    for (key, node) in entries {
        let parameter = Parameter { key, node };
        let Some(family) = Family::named(&key.name).filter(|family| !family.pyradiomics.is_empty()) else {
            return Err(unknown(&parameter, &of_pyradiomics().map(|family| family.class).collect::<Vec<_>>()));
        };
        let wanted = match &node.value {
            Value::Null => None,
            Value::List(items) if items.is_empty() => None,
            Value::List(items) => Some(items.iter().map(|item| feature(family, item)).collect::<Result<_, _>>()?),
            _ => return Err(parameter.wrong("a list of features, or nothing for all of them")),
        };
        classes.push((key.name.clone(), wanted));
    }
    Ok(classes)
}

fn feature(family: &Family, item: &Node) -> Result<String, Fault> {
    let name = match &item.value {
        Value::Text(name) => name.clone(),
        other => return Err(Fault::new(item.line, other.said(), format!("the name of a feature of {}", family.class))),
    };
    let known: Vec<&str> = family.pyradiomics.iter().map(|definition| definition.name).collect();
    match known.contains(&name.as_str()) {
        true => Ok(name),
        false => Err(unknown(&Parameter { key: &Key { name, line: item.line }, node: item }, &known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::resample::Interpolation;
    use crate::radiomics::filter::Filter;
    use crate::radiomics::resegment::Keep;
    use crate::radiomics::settings::{Bins, Normalise};

    fn read(text: &str) -> PyRadiomics {
        parse(text, Path::new("params.yaml")).unwrap()
    }

    fn said(text: &str) -> String {
        parse(text, Path::new("params.yaml")).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        assert_eq!(read(""), PyRadiomics::default());
        assert_eq!(read("setting:\n  label: 1\n"), PyRadiomics::default());
    }

    #[test]
    fn settings_of_an_image_type_override_those_of_the_file() {
        let settings = read(
            "setting:\n  binWidth: 10\n  normalize: true\n  normalizeScale: 100\n  removeOutliers: 3\n  force2D: true\n\
             imageType:\n  Original: {}\n  LoG:\n    sigma: [1.0, 3]\n    binWidth: 4\n  Wavelet: {binCount: 16}\n",
        );
        assert_eq!(settings.normalise, Some(Normalise { scale: 100.0, outliers: Some(3.0) }));
        assert_eq!(settings.features.without_axis, Some(2));
        let bins: Vec<Bins> = settings.images.iter().map(|image| image.features.bins).collect();
        assert_eq!(bins, [Bins::Width(10.0), Bins::Width(4.0), Bins::Width(4.0), Bins::Number(16)]);
        assert!(settings.images[0].filter.is_none());
        assert!(matches!(&settings.images[2].filter, Some(Filter::RecursiveLog(log)) if log.sigma == 3.0));
        assert!(matches!(&settings.images[3].filter, Some(Filter::Wavelet(wavelet)) if wavelet.leave.is_some()));
    }

    #[test]
    fn resampling_and_resegmentation_are_read_as_pyradiomics_reads_them() {
        let settings = read("setting:\n  resampledPixelSpacing: [2, 2, 0]\n  resegmentRange: [3, -3]\n  resegmentMode: sigma\n");
        let resample = settings.resample.unwrap();
        assert_eq!((resample.spacing, resample.interpolation), ([2.0, 2.0, 0.0], Interpolation::CubicSpline));
        assert_eq!(settings.resegment, Some(Keep::Sigma { lower: -3.0, upper: Some(3.0) }));
        // Either being nothing disables it.
        assert_eq!(read("setting:\n  resampledPixelSpacing: [2, 2, 2]\n  interpolator:\n").resample, None);
        assert_eq!(read("setting:\n  resampledPixelSpacing:\n").resample, None);
    }

    #[test]
    fn classes_may_name_their_features() {
        let settings = read("featureClass:\n  shape:\n  firstorder: []\n  glcm:\n    - Contrast\n    - 'Imc1'\n");
        let glcm = Some(vec!["Contrast".to_string(), "Imc1".to_string()]);
        assert_eq!(settings.classes, [("shape".into(), None), ("firstorder".into(), None), ("glcm".to_string(), glcm)]);
    }

    #[test]
    fn faults_name_file_line_and_parameter() {
        assert_eq!(
            said("setting:\n  binWidth: 25\n  binwith: 5\n"),
            "params.yaml, row 3, column `binwith`: found the unknown name `binwith`; expected a name that PyRadiomics knows; did you mean `binWidth`?"
        );
        assert!(said("settings:\n  binWidth: 25\n").contains("did you mean `setting`"));
        assert!(said("imageType:\n  Wavelets: {}\n").contains("row 2"));
        assert!(said("featureClass:\n  glcm: [Contrast,\n    Kontrast]\n").contains("row 3"));
        assert!(said("setting:\n  binWidth: -1\n").contains("found `-1`; expected a number above 0"));
        assert!(said("setting:\n  interpolator: sitkGaussian\n").contains("sitkGaussian"));
        assert!(said("setting:\n  normalize: maybe\n").contains("true or false"));
        assert!(said("setting: [1\n").contains("row"));
    }
}
