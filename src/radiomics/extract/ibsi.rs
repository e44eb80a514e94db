//! An extraction in the order of IBSI's image processing scheme.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Feature, named};
use crate::error::{Error, Result};
use crate::image::resample::Resampling;
use crate::image::{BoundingBox, Mask, Volume};
use crate::radiomics::Values;
use crate::radiomics::discretise::{Discretisation, Levels};
use crate::radiomics::family::Family;
use crate::radiomics::filter::{Filter, Filtered};
use crate::radiomics::intensity_histogram::intensity_histogram;
use crate::radiomics::intensity_statistics::intensity_statistics;
use crate::radiomics::intensity_volume_histogram::{self, intensity_volume_histogram};
use crate::radiomics::local_intensity::{self, local_intensity};
use crate::radiomics::moments::ends;
use crate::radiomics::morphology::morphology;
use crate::radiomics::resegment::Keep;
use crate::radiomics::roi::Roi;
use crate::radiomics::settings::{Bins, Ibsi};
use crate::radiomics::texture::{Aggregation, Extent, glcm, gldzm, glrlm, glszm, ngldm, ngtdm};

/// Chebyshev distance to neighbours, and the coarseness of dependence: the standard's.
const DISTANCE: usize = 1;
const COARSENESS: u16 = 0;

/// Interpolate and round, re-segment, then features of the region; shape and local intensity of the original image only.
pub(super) fn extract(settings: &Ibsi, image: &Volume, mask: &Mask) -> Result<Vec<Feature>> {
    let (image, mask) = match settings.resample {
        None => (Cow::Borrowed(image), Cow::Borrowed(mask)),
        Some(resample) => {
            let resampling = Resampling {
                spacing: resample.spacing,
                image: resample.image,
                mask: resample.mask,
                round: resample.round,
                // Filters look far; without them the spheres of local intensity look farthest, and 10 mm are more than they need.
                margin: settings.filters.is_empty().then_some(10.0),
            };
            let (image, mask) = resampling.apply(image, mask)?;
            (Cow::Owned(image), Cow::Owned(mask))
        }
    };
    let [lower, upper] = settings.range;
    let range = (lower.is_some() || upper.is_some()).then_some(Keep::Range { lower, upper });
    let rules: Vec<Keep> = range.into_iter().chain(settings.outliers.map(Keep::outliers)).collect();
    let mut wide = Roi::new(&image, &mask, local_intensity::margin(image.grid.spacing))?;
    wide.resegment(&rules)?;
    let roi = wide.tight()?;

    let mut features = Vec::new();
    let mut add = |class: &str, values: Values| {
        if let Some(family) = Family::named(class) {
            features.extend(named("original", family.class, None, family.ibsi, values));
        }
    };
    add("morphology", morphology(&wide));
    add("local", local_intensity(&wide));
    let original = of_image(settings, &roi, "original", &roi.intensity, settings.range)?;
    let place = BoundingBox { start: roi.start, end: std::array::from_fn(|axis| roi.start[axis] + roi.size[axis]) };
    let mut responses = Vec::new();
    for filter in &settings.filters {
        for response in filter.apply_within(&image, &place)? {
            responses.extend(of_response(settings, &roi, filter, response, image.grid.size, &original)?);
        }
    }
    features.extend(original);
    features.extend(responses);
    Ok(features)
}

/// Statistics, histograms and textures of a filter's response, to which a range of intensities says nothing. On a coarser grid than that of an
/// `image` of this size the region may be too small: then the features of the original image are there without values.
fn of_response(
    settings: &Ibsi,
    roi: &Roi,
    filter: &Filter,
    response: Filtered,
    image: [usize; 3],
    original: &[Feature],
) -> Result<Vec<Feature>> {
    let factor = filter.decimation();
    let Filtered { name, image: Volume { values, .. } } = response;
    if factor == [1; 3] {
        return of_image(settings, roi, &name, &values, [None; 2]);
    }
    let coarse = roi.on_coarser_grid(factor, image, values);
    if coarse.voxels() >= 2 {
        return of_image(settings, &coarse, &name, &coarse.intensity, [None; 2]);
    }
    let reason: Arc<str> = format!(
        "{name}: the region of {} voxels has {} on the response's grid, each of {} voxels; features need at least two",
        roi.voxels(),
        coarse.voxels(),
        factor.map(|n| n.to_string()).join("×")
    )
    .into();
    let without =
        |feature: &Feature| Feature { image: name.clone(), value: None, reason: Some(reason.clone()), ..feature.clone() };
    Ok(original.iter().map(without).collect())
}

/// Statistics, histograms and textures of one image.
fn of_image(settings: &Ibsi, roi: &Roi, image: &str, intensity: &[f64], range: [Option<f64>; 2]) -> Result<Vec<Feature>> {
    let values = roi.pick(intensity);
    let rule = match settings.bins {
        Bins::AsTheyAre => Discretisation::None,
        Bins::Number(count) => Discretisation::BinNumber(count),
        Bins::Width(width) => Discretisation::BinSize { width, from: range[0] },
    };
    let levels = Levels::new(roi.size, roi.spacing, intensity, &roi.inside, rule)?;
    let inside: Vec<f64> = levels.level.iter().filter(|level| **level > 0).map(|level| f64::from(*level)).collect();
    let mut features = Vec::new();
    let mut add = |class: &str, aggregation: Option<&'static str>, values: Values| {
        if let Some(family) = Family::named(class) {
            features.extend(named(image, family.class, aggregation, family.ibsi, values));
        }
    };
    add("statistics", None, intensity_statistics(&values));
    add("histogram", None, intensity_histogram(&inside, &levels.histogram()));
    add("ivh", None, volume_histogram(settings.volume_histogram_bins, roi, intensity, values, range)?);
    for aggregation in &settings.aggregations {
        let said = Some(said(*aggregation));
        add("glcm", said, glcm::features(&levels, *aggregation, DISTANCE));
        add("glrlm", said, glrlm::features(&levels, *aggregation));
    }
    for extent in extents(&settings.aggregations) {
        let said = Some(said_of(extent));
        add("glszm", said, glszm::features(&levels, extent));
        add("gldzm", said, gldzm::features(&levels, &roi.morphology, extent));
        add("ngtdm", said, ngtdm::features(&levels, extent, DISTANCE));
        add("ngldm", said, ngldm::features(&levels, extent, DISTANCE, COARSENESS));
    }
    Ok(features)
}

/// The extents that these aggregations imply, each once.
fn extents(aggregations: &[Aggregation]) -> Vec<Extent> {
    let mut extents: Vec<Extent> = Vec::new();
    for extent in aggregations.iter().map(|aggregation| aggregation.extent()) {
        if !extents.contains(&extent) {
            extents.push(extent);
        }
    }
    extents
}

fn said(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::SliceAveraged => "2D-averaged",
        Aggregation::SliceMerged => "2D-slice-merged",
        Aggregation::DirectionMerged => "2.5D-direction-merged",
        Aggregation::PlaneMerged => "2.5D-merged",
        Aggregation::VolumeAveraged => "3D-averaged",
        Aggregation::VolumeMerged => "3D-merged",
    }
}

fn said_of(extent: Extent) -> &'static str {
    match extent {
        Extent::Slice => "2D",
        Extent::Plane => "2.5D",
        Extent::Volume => "3D",
    }
}

/// The intensity–volume histogram under its own discretisation.
///
/// Whole numbers run from the lower to the upper end of the range (where open, of the region); bins of a fixed width count by their centres,
/// so that results are intensities; a fixed number of bins counts by bin.
fn volume_histogram(
    bins: Bins,
    roi: &Roi,
    intensity: &[f64],
    values: Vec<f64>,
    [lower, upper]: [Option<f64>; 2],
) -> Result<Values> {
    let [minimum, maximum] = ends(&values);
    let (first, last) = (lower.unwrap_or(minimum), upper.unwrap_or(maximum));
    let over = |values: &[f64], first: f64, step: f64, last: f64| {
        intensity_volume_histogram(values, intensity_volume_histogram::Levels { first, step, last })
    };
    Ok(match bins {
        Bins::AsTheyAre => {
            if values.iter().any(|value| value.fract() != 0.0) {
                return Err(Error::usage(
                    "the intensity-volume histogram without discretisation needs whole numbers; round them, or give it bins",
                ));
            }
            over(&values, first, 1.0, last)
        }
        Bins::Width(width) => {
            let centre = |value: f64| first + width * (((value - first) / width).floor() + 0.5);
            let bins = ((last - first) / width).ceil().max(1.0);
            let centres: Vec<f64> = values.iter().map(|value| centre(*value)).collect();
            over(&centres, first + 0.5 * width, width, first + (bins - 0.5) * width)
        }
        Bins::Number(count) => {
            let levels = Levels::new(roi.size, roi.spacing, intensity, &roi.inside, Discretisation::BinNumber(count))?;
            let inside: Vec<f64> = levels.level.iter().filter(|level| **level > 0).map(|level| f64::from(*level)).collect();
            over(&inside, 1.0, 1.0, count as f64)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    #[test]
    fn every_family_of_the_standard_is_extracted_whole() {
        let grid = Grid::plain([6, 5, 4], [1.0, 2.0, 3.0]);
        let image = Volume::new(grid.clone(), (0..120).map(|at| ((at * 7) % 13) as f64).collect());
        let mask = Mask::new(grid, (0..120).map(|at| at % 5 != 0).collect());
        let features = extract(&Ibsi::default(), &image, &mask).unwrap();
        for family in crate::radiomics::family::FAMILIES {
            let of_class = features.iter().filter(|feature| feature.class == family.class);
            let found: Vec<_> = of_class.map(|feature| feature.definition.name).collect();
            assert_eq!(found, family.ibsi.iter().map(|definition| definition.name).collect::<Vec<_>>(), "{}", family.class);
        }
    }
}
