//! The lesion: where it lies, its shape and margin, and its true habitats.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::biology::{Biology, LesionType};
use super::breast::{Breast, SKIN};
use super::field::SmoothField;
use super::geometry::{Point, dot, frame, length, minus};
use super::harmonic::Surface;

/// A part of a tumour that behaves alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habitat {
    /// Well perfused, cellular.
    WellPerfused,
    /// Less perfused.
    Intermediate,
    /// Necrotic.
    Necrotic,
}

impl Habitat {
    /// All, in the order of their labels 1, 2, 3.
    pub const ALL: [Habitat; 3] = [Habitat::WellPerfused, Habitat::Intermediate, Habitat::Necrotic];
}

/// One value per habitat.
pub type PerHabitat = [f64; 3];

/// One rounded part of the lesion.
#[derive(Debug, Clone)]
struct Lobe {
    centre: Point,
    frame: [Point; 3],
    semi: Point,
    surface: Surface,
}

impl Lobe {
    /// Distance to the surface along the ray from the centre (negative inside), and the share of the way from centre to surface.
    fn depth(&self, p: Point) -> (f64, f64) {
        let from = minus(p, self.centre);
        let r = length(from);
        let local = self.frame.map(|axis| dot(axis, from));
        let scaled: Point = std::array::from_fn(|i| local[i] / self.semi[i]);
        let k = length(scaled);
        if k < 1e-6 {
            return (-self.semi.iter().copied().fold(f64::INFINITY, f64::min), 0.0);
        }
        let radius = self.surface.radius(scaled.map(|x| x / k));
        (r * (1.0 - radius / k), k / radius)
    }
}

/// A point's place in the lesion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Distance to the margin, mm; negative inside.
    pub distance: f64,
    /// Share of the way from the centre to the margin.
    pub depth: f64,
}

/// One lesion.
#[derive(Debug, Clone)]
pub struct Lesion {
    /// Centre, in coordinates of the breast, mm.
    pub centre: Point,
    /// Largest diameter asked for, after fitting into the breast, mm.
    pub diameter: f64,
    /// Standard deviation of the surface's radius.
    pub lobulation: f64,
    /// Number of spicules.
    pub spicules: usize,
    /// Size of the lesion relative to the first visit.
    pub scale: f64,
    /// Volume fraction of each habitat.
    pub fraction: PerHabitat,
    lobes: Vec<Lobe>,
    reach: f64,
    grain: SmoothField,
    contour: SmoothField,
    rim: bool,
    necrosis: bool,
    thresholds: [f64; 2],
}

/// Radius beyond which a part of a lesion never reaches, relative to its semi-axis: lobulation and the longest spicule.
const LONGEST: f64 = 1.9;

impl Lesion {
    /// Draws the lesion of a patient into her breast.
    pub fn draw(biology: &Biology, breast: &Breast, rng: &mut impl Rng) -> Self {
        let wanted = (biology.size_mm / 2.0).clamp(3.0, 0.48 * breast.axes[0].min(breast.axes[2]).min(breast.axes[1] * 0.9));
        let (centre, radius) = place(breast, wanted, rng);
        let spiculated = rng.r#gen::<f64>() < 0.4;
        let spicules = if spiculated { rng.gen_range(8..18) } else { 0 };
        let lobulation = if spiculated { rng.gen_range(0.10..0.20) } else { rng.gen_range(0.03..0.15) };
        let mut lobes = Vec::new();
        if biology.lesion_type != LesionType::NonMass {
            let second = radius * rng.gen_range(0.72..0.97);
            let third = radius * rng.gen_range(0.65..0.92);
            let height = if spiculated { rng.gen_range(0.25..0.5) } else { 0.0 };
            let surface = Surface::draw(lobulation, spicules, height, rng);
            lobes.push(Lobe { centre, frame: frame(rng), semi: [radius, second, third], surface });
        }
        if biology.lesion_type != LesionType::Mass {
            clumps(biology.lesion_type, centre, radius, breast, rng, &mut lobes);
        }
        let farthest = |lobe: &Lobe| length(minus(lobe.centre, centre)) + LONGEST * lobe.semi.iter().copied().fold(0.0, f64::max);
        let reach = lobes.iter().map(farthest).fold(0.0, f64::max);
        let box_of = |margin: f64| (centre.map(|x| x - reach - margin), centre.map(|x| x + reach + margin));
        let (low, high) = box_of(2.0);
        let grain = SmoothField::new(low, high, (biology.mri.texture * 2.0 * radius).clamp(1.2, 15.0), rng);
        let contour = SmoothField::new(low, high, (0.8 * radius).clamp(2.0, 15.0), rng);
        let mut lesion = Lesion {
            centre,
            diameter: 2.0 * radius,
            lobulation,
            spicules,
            scale: 1.0,
            fraction: [0.0; 3],
            lobes,
            reach,
            grain,
            contour,
            rim: biology.rim,
            necrosis: biology.necrosis && biology.lesion_type != LesionType::NonMass,
            thresholds: [f64::INFINITY; 2],
        };
        lesion.set_habitats(rng);
        lesion
    }

    /// Sets the thresholds that cut the lesion into habitats of the drawn shares.
    fn set_habitats(&mut self, rng: &mut impl Rng) {
        let necrotic = if self.necrosis { rng.gen_range(0.12..0.30) } else { 0.0 };
        let perfused = rng.gen_range(0.30..0.50) * (1.0 - necrotic);
        let mut points = Vec::with_capacity(4000);
        while points.len() < 4000 {
            // Any lobe may be chosen, so that small clumps far apart are found as well as one mass.
            let lobe = &self.lobes[rng.gen_range(0..self.lobes.len())];
            let widest = LONGEST * lobe.semi.iter().copied().fold(0.0, f64::max);
            let p: Point = std::array::from_fn(|axis| lobe.centre[axis] + rng.gen_range(-widest..widest));
            let place = self.place(p);
            if place.distance < 0.0 {
                points.push((self.core_score(p, place), self.perfusion_score(p, place)));
            }
        }
        let upper = |scores: &mut Vec<f64>, share: f64| {
            scores.sort_by(f64::total_cmp);
            let at = ((1.0 - share) * scores.len() as f64) as usize;
            scores.get(at).copied().unwrap_or(f64::INFINITY)
        };
        let mut core: Vec<f64> = points.iter().map(|(core, _)| *core).collect();
        let first = if self.necrosis { upper(&mut core, necrotic) } else { f64::INFINITY };
        let mut viable: Vec<f64> = points.iter().filter(|(core, _)| *core < first).map(|(_, perfusion)| *perfusion).collect();
        let second = upper(&mut viable, perfused / (1.0 - necrotic));
        self.thresholds = [first, second];
        let mut counts = [0usize; 3];
        for (core, perfusion) in points {
            counts[if core >= first { 2 } else { usize::from(perfusion < second) }] += 1;
        }
        let total = counts.iter().sum::<usize>() as f64;
        self.fraction = counts.map(|count| count as f64 / total);
    }

    fn core_score(&self, p: Point, place: Place) -> f64 {
        1.0 - place.depth + 0.18 * self.grain.at(p)
    }

    fn perfusion_score(&self, p: Point, place: Place) -> f64 {
        if self.rim { place.depth + 0.15 * self.grain.at(p) } else { self.grain.at(p) + 0.4 * place.depth }
    }

    /// The point of the first visit's lesion that a point of this one corresponds to.
    fn original(&self, p: Point) -> Point {
        std::array::from_fn(|i| self.centre[i] + (p[i] - self.centre[i]) / self.scale)
    }

    fn place(&self, p: Point) -> Place {
        let mut nearest = Place { distance: f64::INFINITY, depth: 1.0 };
        for lobe in &self.lobes {
            let (distance, depth) = lobe.depth(p);
            if distance < nearest.distance {
                nearest = Place { distance, depth };
            }
        }
        nearest
    }

    /// Where a point lies; `None` more than `margin` mm beyond the lesion's reach.
    pub fn at(&self, p: Point, margin: f64) -> Option<Place> {
        if length(minus(p, self.centre)) > self.reach * self.scale + margin {
            return None;
        }
        let place = self.place(self.original(p));
        Some(Place { distance: place.distance * self.scale, depth: place.depth })
    }

    /// The habitat at a point of the lesion.
    pub fn habitat(&self, p: Point) -> Habitat {
        let p = self.original(p);
        let place = self.place(p);
        let [core, perfusion] = self.thresholds;
        match (self.core_score(p, place) >= core, self.perfusion_score(p, place) < perfusion) {
            (true, _) => Habitat::Necrotic,
            (false, false) => Habitat::WellPerfused,
            (false, true) => Habitat::Intermediate,
        }
    }

    /// How far the second reader's contour lies outside the true one at a point, mm: a smooth error and one of the whole outline.
    pub fn reader_error(&self, p: Point, contour: f64) -> f64 {
        let whole = self.contour.at(self.centre) * 0.3;
        contour * self.diameter / 2.0 * self.scale * (self.contour.at(self.original(p)) + whole)
    }

    /// Radius of a ball about the centre that holds the whole lesion, mm.
    pub fn reach(&self) -> f64 {
        self.reach * self.scale
    }

    /// Whether the lesion has a necrotic core.
    pub fn is_necrotic(&self) -> bool {
        self.necrosis
    }
}

/// Finds a place in the gland where a lesion of the radius fits; shrinks it where the breast is too small.
fn place(breast: &Breast, wanted: f64, rng: &mut impl Rng) -> (Point, f64) {
    let room = |p: Point| (-(breast.outline(p) + SKIN + 2.0)).min(-breast.behind_muscle(p) - 2.0);
    for _ in 0..400 {
        let [a, c, b] = breast.axes;
        let p = [rng.gen_range(-0.5..0.65) * a, rng.gen_range(0.12..0.75) * c, rng.gen_range(-0.5..0.6) * b];
        let likely = breast.gland(p) + 0.08 + 0.1 * f64::from(p[0] > 0.0 && p[2] > 0.0);
        if room(p) > 1.15 * wanted && rng.r#gen::<f64>() < likely {
            return (p, wanted);
        }
    }
    let p = [0.0, 0.42 * breast.axes[1], 0.0];
    (p, wanted.min(room(p) / 1.15).max(2.0))
}

/// Adds the clumps of non-mass enhancement: scattered along the way to the nipple, or around a mass.
fn clumps(kind: LesionType, centre: Point, radius: f64, breast: &Breast, rng: &mut impl Rng, lobes: &mut Vec<Lobe>) {
    let nipple = [0.0, breast.axes[1], 0.0];
    let way = minus(nipple, centre);
    let norm = length(way).max(1.0);
    let along = way.map(|x| x / norm);
    let (count, size) = match kind {
        LesionType::Both => (rng.gen_range(3..6), 0.22 * radius),
        _ => (rng.gen_range(9..16), 0.30 * radius),
    };
    for number in 0..count {
        let semi: Point = std::array::from_fn(|_| (size * rng.gen_range(0.7..1.35)).max(1.2));
        let t = match kind {
            LesionType::Both => rng.gen_range(0.6..1.05) * radius * if number % 2 == 0 { 1.0 } else { -1.0 },
            _ => (f64::from(number) / f64::from(count - 1) * 2.0 - 1.0) * 0.8 * radius,
        };
        // A segment narrows towards the nipple.
        let side = radius * (0.42 - 0.25 * t / radius).clamp(0.15, 0.6);
        let middle: Point = std::array::from_fn(|i| centre[i] + along[i] * t + rng.gen_range(-1.0..1.0) * side);
        lobes.push(Lobe { centre: middle, frame: frame(rng), semi, surface: Surface::draw(0.12, 0, 0.0, rng) });
    }
}
