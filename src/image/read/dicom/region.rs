//! Calibrated regions of an ultrasound image: where the scan is, and how large its pixels are.
//!
//! # Reference
//! DICOM PS3.3, C.8.5.5 US Region Calibration Module.

use dicom_object::InMemDicomObject;

use crate::image::mask::{BoundingBox, Mask};
use crate::image::read::dicom::object::{count, items, number, tags};

/// What a region shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionData {
    /// Tissue (B-mode).
    Tissue,
    /// Colour flow.
    ColourFlow,
    /// Another kind, by the standard's code: spectra, waveforms, graphics.
    Other(u32),
}

/// A calibrated region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UltrasoundRegion {
    /// Its pixels.
    pub bounds: BoundingBox,
    /// Distance of pixel centres along x and y in mm; `None` where the axes are no lengths (a spectrum over time).
    pub spacing: Option<[f64; 2]>,
    /// What it shows.
    pub data: RegionData,
    /// Whether it is a two-dimensional picture (not a trace or a motion-mode strip).
    pub planar: bool,
}

const CENTIMETRES: usize = 3;

impl UltrasoundRegion {
    fn of(item: &InMemDicomObject) -> Option<Self> {
        let corner = |tag| count(item, tag);
        let start = [corner(tags::REGION_MIN_X0)?, corner(tags::REGION_MIN_Y0)?, 0];
        let end = [corner(tags::REGION_MAX_X1)? + 1, corner(tags::REGION_MAX_Y1)? + 1, 1];
        let length = |units, delta| {
            let millimetres = number(item, delta)?.abs() * 10.0;
            (count(item, units) == Some(CENTIMETRES) && millimetres > 0.0 && millimetres.is_finite()).then_some(millimetres)
        };
        let x = length(tags::PHYSICAL_UNITS_X, tags::PHYSICAL_DELTA_X);
        let y = length(tags::PHYSICAL_UNITS_Y, tags::PHYSICAL_DELTA_Y);
        let data = match count(item, tags::REGION_DATA_TYPE).unwrap_or(0) {
            1 => RegionData::Tissue,
            2 => RegionData::ColourFlow,
            other => RegionData::Other(other as u32),
        };
        let planar = count(item, tags::REGION_SPATIAL_FORMAT) == Some(1);
        Some(UltrasoundRegion { bounds: BoundingBox { start, end }, spacing: x.zip(y).map(|(x, y)| [x, y]), data, planar })
    }

    /// Whether the region holds the whole box.
    pub fn holds(&self, inner: &BoundingBox) -> bool {
        (0..2).all(|axis| self.bounds.start[axis] <= inner.start[axis] && inner.end[axis] <= self.bounds.end[axis])
    }
}

/// The calibrated regions of an object, in its order; none when it states none.
pub fn regions(object: &InMemDicomObject) -> Vec<UltrasoundRegion> {
    items(object, tags::SEQUENCE_OF_ULTRASOUND_REGIONS).iter().filter_map(UltrasoundRegion::of).collect()
}

/// The region that tells how large the mask's pixels are: it holds the whole mask and has lengths on both axes. Of several, the smallest
/// counts (a picture within a picture).
pub fn region_of<'a>(regions: &'a [UltrasoundRegion], mask: &Mask) -> Option<&'a UltrasoundRegion> {
    let inner = mask.bounding_box()?;
    let area = |region: &&UltrasoundRegion| {
        let side = |axis: usize| region.bounds.end[axis].saturating_sub(region.bounds.start[axis]);
        side(0) * side(1)
    };
    regions.iter().filter(|region| region.spacing.is_some() && region.holds(&inner)).min_by_key(area)
}
