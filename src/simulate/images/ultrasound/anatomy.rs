//! What lies under the probe: echo level and excess attenuation at each point of the section.

use rand::Rng;

use crate::simulate::images::breast::{SKIN, inside};
use crate::simulate::images::field::SmoothField;
use crate::simulate::images::lesion::Habitat;
use crate::simulate::images::phantom::Phantom;
use crate::simulate::images::preset::{UltrasoundParameters, UltrasoundSpec};

/// Echo levels in dB against gland.
const SKIN_LEVEL: f64 = 3.0;
const FAT_LEVEL: f64 = -10.0;
const SEPTUM_LEVEL: f64 = 1.0;
const MUSCLE_LEVEL: f64 = -9.0;
const PLEURA_LEVEL: f64 = 12.0;
const BEYOND_LEVEL: f64 = -30.0;

/// Echo and attenuation at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo {
    /// Level in dB against gland.
    pub level: f64,
    /// Attenuation beyond what the machine compensates, dB per cm of depth (both ways).
    pub attenuation: f64,
    /// Whether the point belongs to the lesion.
    pub lesion: bool,
}

/// The section of one breast through the middle of its lesion. `x` runs along the skin, 0 in the middle; `z` into depth, mm.
pub struct Section<'a> {
    phantom: &'a Phantom,
    parameters: &'a UltrasoundParameters,
    /// Depth of the lesion's centre, mm.
    pub lesion_depth: f64,
    muscle: f64,
    gland_top: f64,
    wave: SmoothField,
    lobules: SmoothField,
    septa: SmoothField,
    fibres: SmoothField,
    inner: SmoothField,
}

impl<'a> Section<'a> {
    /// Lays the breast under the probe. Supine, it is much thinner than it hangs in MRI: the order of layers stays, and the
    /// lesion's
    /// depth keeps its share of the way from skin to muscle as far as it fits.
    pub fn new(phantom: &'a Phantom, parameters: &'a UltrasoundParameters, spec: &UltrasoundSpec, rng: &mut impl Rng) -> Self {
        let centre = phantom.lesion.centre;
        let half = 0.5 * phantom.lesion.diameter * phantom.lesion.scale * parameters.axial_ratio.max(0.6);
        let muscle = (2.0 * half + 14.0).clamp(20.0, (spec.depth_mm - 7.0).max(20.0));
        let before = -phantom.breast.outline(centre);
        let share = (before / (before - phantom.breast.behind_muscle(centre)).max(1.0)).clamp(0.15, 0.85);
        let deepest = (muscle - half - 1.5).max(half + SKIN + 1.0);
        let lesion_depth = (share * muscle).clamp(half + SKIN + 1.0, deepest);
        let (low, high) = ([-spec.width_mm, -5.0, -5.0], [spec.width_mm, spec.depth_mm + 5.0, 5.0]);
        let mut field = |step| SmoothField::new(low, high, step, rng);
        Section {
            phantom,
            parameters,
            lesion_depth,
            muscle,
            gland_top: (0.28 * muscle).clamp(4.0, 10.0),
            wave: field(9.0),
            lobules: field(2.2),
            septa: field(6.0),
            fibres: field(1.1),
            inner: field(parameters.texture.max(0.6)),
        }
    }

    /// Echo and attenuation at a point of the section.
    pub fn at(&self, x: f64, z: f64) -> Echo {
        let background = self.background(x, z);
        let p = self.lesion_point(x, z);
        let Some(place) = self.phantom.lesion.at(p, 6.0) else {
            return Echo { level: background, attenuation: 0.0, lesion: false };
        };
        let share = inside(place.distance, 0.5 * self.parameters.boundary);
        let core = match self.phantom.lesion.habitat(p) {
            Habitat::Necrotic => -7.0,
            Habitat::Intermediate => 0.7,
            Habitat::WellPerfused => -0.7,
        };
        let level = FAT_LEVEL + self.parameters.echo + core + self.parameters.heterogeneity * self.inner.at([x, z, 0.0]);
        // Spiculated lesions have an echogenic halo of desmoplastic tissue.
        let halo = if self.phantom.lesion.spicules > 0 { 5.0 * inside((place.distance - 1.0).abs() - 0.8, 0.4) } else { 0.0 };
        Echo {
            level: share * level + (1.0 - share) * (background + halo),
            attenuation: share * self.parameters.posterior,
            lesion: place.distance < 0.0,
        }
    }

    fn lesion_point(&self, x: f64, z: f64) -> [f64; 3] {
        let [u, v, w] = self.phantom.lesion.centre;
        [u + x, v - (z - self.lesion_depth) / self.parameters.axial_ratio, w]
    }

    fn background(&self, x: f64, z: f64) -> f64 {
        let wave = self.wave.at([x, 0.0, 0.0]);
        if z < SKIN - 0.2 {
            return SKIN_LEVEL - if (z - 0.9).abs() < 0.3 { 4.0 } else { 0.0 };
        }
        let muscle = self.muscle + 0.6 * wave;
        if z > muscle {
            let pleura = muscle + 5.0 + 0.4 * wave;
            return match z - pleura {
                d if d > 0.9 => BEYOND_LEVEL,
                d if d > 0.0 => PLEURA_LEVEL,
                _ if z - muscle < 0.5 => SEPTUM_LEVEL,
                // Muscle fibres run along the skin.
                _ => MUSCLE_LEVEL + 4.0 * self.fibres.at([0.12 * x, z, 0.0]),
            };
        }
        let gland_top = self.gland_top + 1.8 * wave + 1.2 * self.septa.at([x, 0.0, 2.0]);
        let gland_end = self.muscle - 3.0 + wave;
        let gland =
            inside(gland_top - z, 0.3) * inside(z - gland_end, 0.3) * (0.45 + 0.9 * self.phantom.breast.glandular).min(1.0);
        let septum = (-(self.septa.at([x, z, 0.0]) / 0.10).powi(2)).exp();
        let fat = FAT_LEVEL + (SEPTUM_LEVEL - FAT_LEVEL) * septum + 1.2 * self.lobules.at([x, z, 0.0]);
        gland * (1.8 * self.lobules.at([x, z, 0.0])) + (1.0 - gland) * fat
    }
}
