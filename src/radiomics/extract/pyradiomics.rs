//! An extraction in the order in which PyRadiomics does things, which shows in the numbers.

use std::borrow::Cow;

use super::geometry::on_grid_of;
use super::{Feature, named};
use crate::error::{Error, Result};
use crate::image::resample::pyradiomics::{PyRadiomicsResampling, Stored};
use crate::image::{BoundingBox, Mask, Volume};
use crate::radiomics::discretise::{Discretisation, Levels};
use crate::radiomics::family::Family;
use crate::radiomics::first_order::first_order;
use crate::radiomics::moments::sums;
use crate::radiomics::roi::Roi;
use crate::radiomics::settings::{Bins, FeatureSettings, Normalise, PyRadiomics};
use crate::radiomics::shape::shape;
use crate::radiomics::shape_2d::shape_2d;
use crate::radiomics::texture::{self, families::Textures};

/// Normalise, resample or pre-crop, check, re-segment, shape, then every image type: filtered whole, cropped, discretised, counted.
///
/// Filters compute no more than the region's box needs; the result is that of filtering the whole image. As in PyRadiomics, re-segmentation
/// moves the box of all classes, shape included: its mask loses nothing but what lies outside the new box.
pub(super) fn extract(settings: &PyRadiomics, stored: Option<Stored>, image: &Volume, mask: &Mask) -> Result<Vec<Feature>> {
    let image = match settings.normalise {
        Some(normalise) => Cow::Owned(normalised(image, normalise)?),
        None => Cow::Borrowed(image),
    };
    let (image, mask) = prepared(settings, stored, image, mask)?;
    let mut roi = Roi::new(&image, &mask, [0; 3])?;
    check(settings, &roi)?;
    if let Some(rule) = settings.resegment {
        roi.resegment(&[rule])?;
        roi = roi.tight()?;
        check(settings, &roi)?;
    }
    let mut features = Vec::new();
    for (class, wanted) in &settings.classes {
        features.extend(shape_class(settings, &roi, class, wanted.as_deref())?);
    }
    let place = BoundingBox { start: roi.start, end: std::array::from_fn(|axis| roi.start[axis] + roi.size[axis]) };
    for image_type in &settings.images {
        match &image_type.filter {
            None => features.extend(of_image(settings, &image_type.features, &roi, "original", &roi.intensity)?),
            Some(filter) if filter.decimation() != [1; 3] => {
                return Err(Error::usage("PyRadiomics has no decimated wavelets; IBSI's definitions (`ibsi`) have"));
            }
            Some(filter) => {
                for response in filter.apply_within(&image, &place)? {
                    let intensity = &response.image.values;
                    features.extend(of_image(settings, &image_type.features, &roi, &response.name, intensity)?);
                }
            }
        }
    }
    Ok(features)
}

/// (x − mean) / standard deviation over all voxels, bounded, scaled.
fn normalised(image: &Volume, Normalise { scale, outliers }: Normalise) -> Result<Volume> {
    let n = image.values.len() as f64;
    let mean = sums(&image.values, |x| [x])[0] / n;
    let deviation = (sums(&image.values, |x| [(x - mean) * (x - mean)])[0] / (n - 1.0)).sqrt();
    if !(deviation > 0.0 && deviation.is_finite()) {
        return Err(Error::study("the image cannot be normalised: its intensities are all equal, or not all finite"));
    }
    let bound = outliers.unwrap_or(f64::INFINITY);
    let values = image.values.iter().map(|x| ((x - mean) / deviation).clamp(-bound, bound) * scale).collect();
    Ok(Volume::new(image.grid.clone(), values))
}

/// Image and mask on one grid, resampled or cropped as the settings say.
fn prepared<'a>(
    settings: &PyRadiomics,
    stored: Option<Stored>,
    image: Cow<'a, Volume>,
    mask: &'a Mask,
) -> Result<(Cow<'a, Volume>, Cow<'a, Mask>)> {
    if let Some(resample) = settings.resample {
        let resampling = PyRadiomicsResampling {
            resampled_pixel_spacing: resample.spacing,
            interpolator: resample.interpolation,
            pad_distance: settings.pad_distance,
            // Normalisation makes reals of anything.
            stored: if settings.normalise.is_some() { Stored::Real } else { stored.unwrap_or_else(|| guessed(&image)) },
        };
        let (image, mask) = resampling.apply(&image, mask)?;
        return Ok((Cow::Owned(image), Cow::Owned(mask)));
    }
    let mask = on_grid_of(&image.grid, mask, settings.geometry_tolerance, settings.correct_mask)?;
    let around = if settings.pre_crop { mask.bounding_box() } else { None };
    Ok(match around.map(|around| around.grown([settings.pad_distance; 3], image.grid.size)) {
        Some(place) => (Cow::Owned(image.part(&place)), Cow::Owned(mask.part(&place))),
        None => (image, mask),
    })
}

/// How an image was stored, as far as its values tell.
fn guessed(image: &Volume) -> Stored {
    let Stored::Integer { least, most } = Stored::INT16 else { return Stored::Real };
    let fits = image.values.iter().all(|x| x.fract() == 0.0 && (least..=most).contains(x));
    if fits { Stored::INT16 } else { Stored::Real }
}

fn check(settings: &PyRadiomics, roi: &Roi) -> Result<()> {
    let dimensions = roi.size.iter().filter(|n| **n > 1).count();
    if dimensions < settings.minimum_dimensions {
        return Err(Error::study(format_args!(
            "the region extends along {dimensions} of the axes; minimumROIDimensions asks for {}",
            settings.minimum_dimensions
        )));
    }
    match settings.minimum_size {
        Some(least) if roi.voxels() <= least => {
            Err(Error::study(format_args!("the region has {} voxels; minimumROISize asks for more than {least}", roi.voxels())))
        }
        _ => Ok(()),
    }
}

/// The features wanted of a class, in its order.
fn chosen(class: &str, wanted: Option<&[String]>) -> Option<(&'static Family, impl Fn(&Feature) -> bool)> {
    let family = Family::named(class)?;
    Some((family, move |feature: &Feature| match wanted {
        Some(names) => names.iter().any(|name| name == feature.definition.name),
        None => !family.by_name_only.contains(&feature.definition.name),
    }))
}

/// Features of a class that looks at the mask only; nothing for the others.
fn shape_class(settings: &PyRadiomics, roi: &Roi, class: &str, wanted: Option<&[String]>) -> Result<Vec<Feature>> {
    let inside = if settings.resegment_shape { &roi.inside } else { &roi.morphology };
    let values = match class {
        "shape" => shape(roi.size, roi.spacing, inside),
        "shape2D" => in_slice(settings, roi, inside)?,
        _ => return Ok(Vec::new()),
    };
    let Some((family, keep)) = chosen(class, wanted) else { return Ok(Vec::new()) };
    Ok(named("original", family.class, None, family.pyradiomics, values).filter(keep).collect())
}

fn in_slice(settings: &PyRadiomics, roi: &Roi, inside: &[bool]) -> Result<Vec<Option<f64>>> {
    let Some(across) = settings.features.without_axis else {
        return Err(Error::usage("the class shape2D needs `force2D: true`"));
    };
    if roi.size[across] != 1 {
        return Err(Error::study(format_args!(
            "the class shape2D needs a region of one slice; across force2Ddimension {} this one has {}",
            2 - across,
            roi.size[across]
        )));
    }
    let [a, b] = [[1, 2], [0, 2], [0, 1]][across];
    Ok(shape_2d([roi.size[a], roi.size[b]], [roi.spacing[a], roi.spacing[b]], inside))
}

/// Features of one image: the region's voxels with the intensities of a filter's response, or their own.
fn of_image(
    settings: &PyRadiomics,
    features: &FeatureSettings,
    roi: &Roi,
    image: &str,
    intensity: &[f64],
) -> Result<Vec<Feature>> {
    let rule = match features.bins {
        Bins::AsTheyAre => Discretisation::None,
        Bins::Number(count) => Discretisation::PyRadiomicsCount(count),
        Bins::Width(width) => Discretisation::PyRadiomicsWidth(width),
    };
    let grey_classes = settings.classes.iter().filter(|(class, _)| !class.starts_with("shape"));
    let mut found = Vec::new();
    let mut levels: Option<Levels> = None;
    let mut textures: Option<Textures> = None;
    let counting = texture::Settings {
        distances: features.distances.clone(),
        without_axis: features.without_axis,
        symmetrical: features.symmetrical,
        weighting: features.weighting,
        dependence: features.dependence,
    };
    for (class, wanted) in grey_classes {
        let levels = match &mut levels {
            Some(levels) => &*levels,
            none => none.insert(Levels::new(roi.size, roi.spacing, intensity, &roi.inside, rule)?),
        };
        let values = match class.as_str() {
            "firstorder" => first_order(&roi.pick(intensity), &levels.histogram(), roi.voxel_volume(), features.shift),
            other => {
                let textures = textures.get_or_insert_with(|| Textures::new(levels, &counting));
                let refuse = || Error::usage(format_args!("PyRadiomics has no feature class `{other}`"));
                textures.family(other).ok_or_else(refuse)?
            }
        };
        let Some((family, keep)) = chosen(class, wanted.as_deref()) else { continue };
        found.extend(named(image, family.class, None, family.pyradiomics, values).filter(keep));
    }
    Ok(found)
}
