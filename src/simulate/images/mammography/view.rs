//! One mammographic view: projection, lesion, calcifications, muscle, noise, display.

use rand::Rng;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use super::projection::{FAT, GLAND, Rays, SPREAD, Sampled};
use crate::image::{Grid, Mask};
use crate::simulate::images::breast::inside;
use crate::simulate::images::field::SmoothField;
use crate::simulate::images::geometry::Point;
use crate::simulate::images::phantom::Phantom;
use crate::simulate::images::preset::{MammographyParameters, MammographySpec};

/// The largest stored value: 12 bits.
pub const WHITE: f64 = 4095.0;
/// Attenuation of calcium at 20 keV, 1/mm.
const CALCIUM: f64 = 1.2;
/// Fewer calcifications than this are none.
const FEWEST: f64 = 3.0;

/// A standard view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum View {
    /// Cranio-caudal: from head to foot.
    CC,
    /// Medio-lateral oblique: from the upper inner to the lower outer side at 45°.
    MLO,
}

impl View {
    /// Both.
    pub const ALL: [View; 2] = [View::CC, View::MLO];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            View::CC => "CC",
            View::MLO => "MLO",
        }
    }

    /// Unit vectors of the picture's axis along the chest wall (to the side, or up) and of the rays.
    fn axes(self) -> (Point, Point) {
        let r = std::f64::consts::FRAC_1_SQRT_2;
        match self {
            View::CC => ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
            View::MLO => ([r, 0.0, r], [r, 0.0, -r]),
        }
    }
}

/// One mammogram.
#[derive(Debug, Clone)]
pub struct Mammogram {
    /// The view.
    pub view: View,
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Grey levels of 12 bits, row by row; bright is dense. The chest wall is on the left of a left breast, on the right of a
    /// right one.
    pub pixels: Vec<u16>,
    /// The lesion.
    pub mask: Mask,
    /// Pixel size, mm.
    pub pixel_mm: f64,
    /// Compressed thickness, mm.
    pub thickness: f64,
    /// Number of calcifications.
    pub calcifications: usize,
}

/// Number of calcifications that a parameter stands for.
pub fn calcifications(parameters: &MammographyParameters) -> usize {
    if parameters.calcifications < FEWEST { 0 } else { parameters.calcifications.round() as usize }
}

/// Takes a view. `rng` is that of the patient for calcifications (the same in both views) and of the view for noise.
pub fn mammogram(
    phantom: &Phantom,
    sampled: &Sampled,
    view: View,
    parameters: &MammographyParameters,
    spec: &MammographySpec,
    contrast: f64,
    [of_patient, of_view]: [&mut Xoshiro256PlusPlus; 2],
) -> Mammogram {
    let (across, along) = view.axes();
    let pixel = spec.pixel_mm;
    let [a, c, _] = phantom.breast.axes;
    let (low, high, depth) = match view {
        View::CC => (-1.25 * a, 1.25 * a, 1.22 * c + 14.0),
        View::MLO => (-1.35 * a, 1.75 * a, 1.22 * c + 14.0),
    };
    let (width, height) = ((depth / pixel).ceil() as usize, ((high - low) / pixel).ceil() as usize);
    let thickness = (0.62 * 2.0 * phantom.breast.axes[2]).clamp(35.0, 75.0);
    let fine = SmoothField::new([low - 5.0, -5.0, -3.0], [high + 5.0, depth + 5.0, 3.0], 1.0, of_view);
    let broad = SmoothField::new([low - 5.0, -5.0, -3.0], [high + 5.0, depth + 5.0, 3.0], 6.0, of_view);

    let centre = phantom.lesion.centre;
    let project = |p: Point| [SPREAD[0] * (across[0] * p[0] + across[2] * p[2]), SPREAD[1] * p[1]];
    let lesion = project(centre);
    let reach = phantom.lesion.reach() + 6.0;
    let inner = SmoothField::new(centre.map(|x| x - 60.0), centre.map(|x| x + 60.0), 2.5, of_patient);
    let rays = Rays::new(sampled, [low, high], depth, (across, along));
    let mut attenuation = vec![0.0f64; width * height];
    let mut mask = vec![false; width * height];
    let mut air = vec![true; width * height];
    for row in 0..height {
        let x = high - (row as f64 + 0.5) * pixel;
        for column in 0..width {
            let v = (column as f64 + 0.5) * pixel;
            let at = column + width * row;
            // Around the lesion tissue is drawn towards it: architectural distortion.
            let (dx, dv) = (x - lesion[0], v - lesion[1]);
            let r = dx.hypot(dv).max(1e-6);
            let angle = dv.atan2(dx);
            let pull = parameters.distortion * (-r / (0.8 * reach)).exp() * (7.0 * angle).sin() * 2.5;
            let (tx, tv) = (x + pull * dv / r, v - pull * dx / r);
            let (length, dense) = rays.at(tx, tv);
            let through = thickness * (1.0 - (-length / (0.55 * thickness)).exp());
            let (axilla, muscle) = match view {
                View::MLO => upper_corner(x, v, a, thickness, broad.at([x, v, 0.0])),
                View::CC => (0.0, 0.0),
            };
            if through.max(axilla) < 0.5 {
                continue;
            }
            // Skin and gland belong to the breast's own part of the path; the axillary tail adds fat before and behind it.
            let tail = (axilla - through).max(0.0);
            let dense = dense * through / (through + tail);
            air[at] = false;
            let detail = 1.0 + 0.10 * fine.at([x, v, 0.0]) * dense.sqrt();
            let mut sum = through * (FAT + (GLAND - FAT) * (dense * detail).min(1.0)) + tail * FAT + muscle * (GLAND - FAT);
            if r < reach {
                let (path, hit) = lesion_path(phantom, parameters, [dx, dv], (across, along), &inner);
                sum += (GLAND - FAT) * parameters.density * path * (1.0 - 0.4 * dense);
                mask[at] = hit;
            }
            attenuation[at] = sum;
        }
    }
    let count = calcifications(parameters);
    for _ in 0..count {
        let mut normal = |sd: f64| sd * of_patient.sample::<f64, _>(StandardNormal);
        let spread = 0.22 * phantom.lesion.diameter * phantom.lesion.scale;
        let p: Point = std::array::from_fn(|axis| centre[axis] + normal(spread));
        let size = 0.18 * (normal(0.35)).exp();
        let offset: Point = std::array::from_fn(|axis| p[axis] - centre[axis]);
        let place = [lesion[0] + across[0] * offset[0] + across[2] * offset[2], lesion[1] + offset[1]];
        speck(&mut attenuation, [width, height], [place[1] / pixel, (high - place[0]) / pixel], size, pixel);
    }
    let pixels = display(&attenuation, &air, thickness, contrast, spec.noise, of_view);
    let mut picture = Mammogram {
        view,
        width,
        height,
        pixels,
        mask: Mask::new(Grid::plain([width, height, 1], [pixel, pixel, 1.0]), mask),
        pixel_mm: pixel,
        thickness,
        calcifications: count,
    };
    if !phantom.left {
        picture.mirror();
    }
    picture
}

/// Thickness of the axillary tail and path through the pectoral muscle in the upper corner of an oblique view.
fn upper_corner(x: f64, v: f64, half: f64, thickness: f64, wave: f64) -> (f64, f64) {
    let tail = 1.05 * half - 0.32 * (x - 0.4 * half) + 1.5 * wave;
    let axilla = thickness * (1.0 - (-(tail - v).max(0.0) / 9.0).exp()) * inside(0.55 * half - x, 5.0);
    // The muscle's edge runs obliquely from the chest wall at the nipple's height to the upper corner.
    let edge = 0.36 * (x + 0.25 * half) + 0.8 * wave - v;
    let muscle = 26.0 * inside(-edge, 0.8) * (1.0 - (-edge.max(0.0) / 14.0).exp() * 0.6);
    (axilla, muscle)
}

/// Path through the lesion (mm, weighted by its unevenness) along a ray at an offset from its centre, and whether the ray hits
/// it.
fn lesion_path(
    phantom: &Phantom,
    parameters: &MammographyParameters,
    [dx, dv]: [f64; 2],
    (across, along): (Point, Point),
    inner: &SmoothField,
) -> (f64, bool) {
    let lesion = &phantom.lesion;
    let step = 0.7;
    let (mut path, mut hit) = (0.0, false);
    let reach = lesion.reach() + 2.0;
    let mut q = -reach;
    while q <= reach {
        let p: Point = std::array::from_fn(|axis| {
            let front = if axis == 1 { dv } else { 0.0 };
            lesion.centre[axis] + dx * across[axis] + q * along[axis] + front
        });
        if let Some(place) = lesion.at(p, 4.0) {
            let share = inside(place.distance, 0.5 * parameters.margin);
            if share > 0.01 {
                path += step * share * (1.0 + parameters.texture * inner.at(p)).max(0.0);
                hit |= place.distance < 0.0;
            }
        }
        q += step;
    }
    (path, hit)
}

/// Adds a calcification of a size (mm, standard deviation of its profile) at a place in pixels.
fn speck(attenuation: &mut [f64], [width, height]: [usize; 2], [column, row]: [f64; 2], size: f64, pixel: f64) {
    // The pixel's own aperture blurs what is smaller than it, and keeps its total.
    let sd = (size / pixel).hypot(0.35);
    let peak = CALCIUM * 1.2 * size * (size / pixel / sd).powi(2);
    let reach = (3.0 * sd).ceil() as isize;
    for dj in -reach..=reach {
        for di in -reach..=reach {
            let (i, j) = (column.floor() as isize + di, row.floor() as isize + dj);
            if i >= 0 && j >= 0 && (i as usize) < width && (j as usize) < height {
                let (x, y) = (i as f64 + 0.5 - column, j as f64 + 0.5 - row);
                attenuation[i as usize + width * j as usize] += peak * (-0.5 * (x * x + y * y) / (sd * sd)).exp();
            }
        }
    }
}

/// Grey levels for reading: attenuation beyond that of fat at full thickness spans the scale, thin edges are lifted, air is
/// black.
fn display(
    attenuation: &[f64],
    air: &[bool],
    thickness: f64,
    contrast: f64,
    noise: f64,
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<u16> {
    let low = 0.5 * thickness * FAT;
    let high = thickness * (FAT + 0.80 * (GLAND - FAT)) + 14.0 * (GLAND - FAT);
    let grey = |(value, air): (&f64, &bool)| {
        let error: f64 = noise * rng.sample::<f64, _>(StandardNormal);
        let clean = if *air { 0.01 } else { 0.03 + 0.97 * ((value - low) / (high - low)).max(0.0).powf(1.15 * contrast) };
        let shown = clean + error * if *air { 0.2 } else { 1.0 };
        (WHITE * shown).round().clamp(0.0, WHITE) as u16
    };
    attenuation.iter().zip(air).map(grey).collect()
}

impl Mammogram {
    /// Turns left and right.
    fn mirror(&mut self) {
        self.pixels.chunks_exact_mut(self.width).for_each(<[u16]>::reverse);
        self.mask.inside.chunks_exact_mut(self.width).for_each(<[bool]>::reverse);
    }
}
