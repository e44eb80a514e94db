//! The breast phantom: outline, skin, nipple, fat, gland and septa, pectoral muscle and chest wall.
//!
//! Coordinates of the breast, mm: `u` to the patient's side (lateral), `v` to the front, `w` to the head; the origin lies on the
//! front of the pectoral muscle behind the nipple. Everything is a function of the point, so that every modality sees one breast.

use rand::Rng;

use super::field::SmoothField;
use super::geometry::{Point, length};

/// Thickness of the skin, mm.
pub const SKIN: f64 = 2.0;
/// Fat in front of the pectoral muscle beside the breast, mm.
const CHEST_FAT: f64 = 9.0;
/// Half of the widest region that any modality looks at, mm.
const REACH: f64 = 75.0;

/// One breast.
#[derive(Debug, Clone)]
pub struct Breast {
    /// Half width, projection, half height, mm.
    pub axes: Point,
    /// Share of the breast that is glandular.
    pub glandular: f64,
    /// Muscle thickness, mm.
    pub muscle: f64,
    coarse: SmoothField,
    middle: SmoothField,
    fine: SmoothField,
    septa: SmoothField,
    threshold: f64,
}

/// What lies at a point, as volume fractions that sum to 1 within the body.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Composition {
    /// Skin and nipple.
    pub skin: f64,
    /// Fat.
    pub fat: f64,
    /// Glandular and fibrous tissue.
    pub gland: f64,
    /// Muscle.
    pub muscle: f64,
    /// Bone.
    pub bone: f64,
    /// Lung.
    pub lung: f64,
}

/// Share on the inner side of a surface, at a signed distance (negative inside), blurred over about a millimetre.
pub fn inside(distance: f64, width: f64) -> f64 {
    1.0 / (1.0 + (distance / width).clamp(-40.0, 40.0).exp())
}

/// Smallest of two distances with a rounded edge of about `k` mm.
fn smooth_min(a: f64, b: f64, k: f64) -> f64 {
    let h = (0.5 + 0.5 * (b - a) / k).clamp(0.0, 1.0);
    b + (a - b) * h - k * h * (1.0 - h)
}

/// Signed distance to an ellipsoid about the origin, first order.
fn ellipsoid(p: Point, axes: Point) -> f64 {
    let k0 = length([p[0] / axes[0], p[1] / axes[1], p[2] / axes[2]]);
    let k1 = length([p[0] / axes[0].powi(2), p[1] / axes[1].powi(2), p[2] / axes[2].powi(2)]);
    if k1 < 1e-9 { -axes.iter().copied().fold(f64::INFINITY, f64::min) } else { k0 * (k0 - 1.0) / k1 }
}

impl Breast {
    /// Draws a breast of density 0 (a) to 3 (d).
    pub fn draw(density: usize, rng: &mut impl Rng) -> Self {
        let size: f64 = rng.gen_range(0.86..1.12);
        let axes = [56.0 * size * rng.gen_range(0.94..1.06), 62.0 * size * rng.gen_range(0.85..1.12), 54.0 * size];
        let glandular = [0.07, 0.16, 0.32, 0.55][density.min(3)] * rng.gen_range(0.8..1.25);
        let (low, high) = ([-REACH, -25.0, -REACH], [REACH, 85.0, REACH]);
        let mut field = |step| SmoothField::new(low, high, step, rng);
        let (coarse, middle, fine, septa) = (field(15.0), field(5.5), field(2.4), field(11.0));
        let muscle = rng.gen_range(9.0..14.0);
        let mut breast = Breast { axes, glandular, muscle, coarse, middle, fine, septa, threshold: 0.0 };
        let mut scores = Vec::with_capacity(4000);
        while scores.len() < 4000 {
            let p = [rng.gen_range(-axes[0]..axes[0]), rng.gen_range(2.0..axes[1]), rng.gen_range(-axes[2]..axes[2])];
            if breast.outline(p) < -SKIN {
                scores.push(breast.gland_score(p));
            }
        }
        scores.sort_by(f64::total_cmp);
        breast.threshold = scores[((1.0 - glandular) * scores.len() as f64) as usize % scores.len()];
        breast
    }

    /// Front of the pectoral muscle: the rib cage falls back to the side.
    fn muscle_front(u: f64, w: f64) -> f64 {
        -(u * u) / 420.0 - 0.06 * u - w * w / 900.0
    }

    /// Signed distance to the skin's outer surface, mm; negative in the body.
    pub fn outline(&self, p: Point) -> f64 {
        let [u, v, w] = p;
        let chest = v - (Self::muscle_front(u, w) + CHEST_FAT);
        let globe = ellipsoid([u, v, w + 0.0009 * v * v], self.axes);
        let nipple = length([u, (v - self.axes[1]) * 0.8, w + 0.0009 * v * v]) - 5.0;
        smooth_min(smooth_min(chest, globe, 14.0), nipple, 4.0)
    }

    /// Depth behind the front of the pectoral muscle, mm.
    pub fn behind_muscle(&self, p: Point) -> f64 {
        Self::muscle_front(p[0], p[2]) - p[1]
    }

    /// The higher, the likelier gland: three octaves of texture, more of it behind the nipple and to the upper outer side.
    fn gland_score(&self, p: Point) -> f64 {
        let [u, v, w] = p;
        let centred = length([(u - 6.0) / self.axes[0], (v - 0.45 * self.axes[1]) / self.axes[1], (w - 5.0) / self.axes[2]]);
        let texture = 0.55 * self.coarse.at(p) + 0.35 * self.middle.at(p) + 0.22 * self.fine.at(p);
        texture - 3.2 * centred * centred
    }

    /// Share of gland at a point in the breast.
    pub fn gland(&self, p: Point) -> f64 {
        let outline = self.outline(p);
        let under_skin = inside(outline + SKIN + 3.5, 1.2);
        let before_muscle = inside(self.behind_muscle(p) + 4.0, 1.0);
        let lobules = 1.0 / (1.0 + (-(self.gland_score(p) - self.threshold) / 0.10).clamp(-40.0, 40.0).exp());
        // Cooper's ligaments: thin sheets where a smooth field is 0.
        let sheet = self.septa.at(p);
        let ligaments = 0.45 * (-(sheet / 0.07).powi(2)).exp() * inside(outline + SKIN, 1.0);
        (lobules * under_skin).max(ligaments) * before_muscle
    }

    /// What lies at a point; all 0 outside the body.
    pub fn composition(&self, p: Point) -> Composition {
        let outline = self.outline(p);
        let body = inside(outline, 0.35);
        if body < 1e-3 {
            return Composition::default();
        }
        let behind = self.behind_muscle(p);
        let skin = inside(-(outline + SKIN), 0.3) * body;
        let rest = body - skin;
        if behind > self.muscle + 12.0 {
            return Composition { skin, lung: rest, ..Composition::default() };
        }
        if behind > -0.5 {
            let wall = behind - self.muscle;
            let muscle = inside(-behind, 0.4) * inside(wall, 0.4);
            // Ribs run along u; between them intercostal muscle.
            let rib = inside(((p[2] + 0.25 * p[0]) * std::f64::consts::TAU / 24.0).cos() * 3.0, 0.6);
            let below = inside(-wall, 0.4);
            let fat = (1.0 - muscle - below).max(0.0);
            return Composition {
                skin,
                fat: rest * fat,
                muscle: rest * (muscle + below * (1.0 - rib)),
                bone: rest * below * rib,
                ..Composition::default()
            };
        }
        let gland = self.gland(p);
        Composition { skin, gland: rest * gland, fat: rest * (1.0 - gland), ..Composition::default() }
    }
}
