//! Breast and lesion together, and what MRI would find at each of their points.

use super::biology::{Biology, LesionType};
use super::breast::{Breast, inside};
use super::geometry::Point;
use super::lesion::{Habitat, Lesion, PerHabitat};
use super::preset::MriParameters;
use crate::image::Grid;
use crate::simulate::stream::stream;

/// Distance of the middle of a breast from the midline, mm.
const FROM_MIDLINE: f64 = 78.0;
/// How far oedema and altered diffusion reach beyond the margin, mm.
const PERITUMORAL: f64 = 8.0;

/// The breast of one patient with its lesion, at one visit.
#[derive(Debug, Clone)]
pub struct Phantom {
    /// The breast.
    pub breast: Breast,
    /// The lesion.
    pub lesion: Lesion,
    /// Whether it is the left breast.
    pub left: bool,
    /// Whether the tissue around the lesion is oedematous.
    pub oedema: bool,
    /// Width of the lesion's margin in MRI, mm.
    pub margin: f64,
    /// The lesion's parameters.
    pub parameters: MriParameters,
    /// Background parenchymal enhancement: volume transfer constant of gland, 1/min.
    pub background: f64,
}

/// What MRI measures at a point.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tissue {
    /// Proton density of water, as a share of free water's.
    pub water: f64,
    /// Proton density of fat.
    pub fat: f64,
    /// T1 of water, ms.
    pub t1: f64,
    /// T2 of water, ms.
    pub t2: f64,
    /// Volume transfer constant, 1/min.
    pub ktrans: f64,
    /// Extravascular extracellular volume fraction.
    pub ve: f64,
    /// Plasma volume fraction.
    pub vp: f64,
    /// Diffusivity, 10⁻³ mm²/s.
    pub adc: f64,
    /// Kurtosis.
    pub kurtosis: f64,
    /// Perfusion fraction.
    pub ivim_f: f64,
    /// Factor of the apparent proton density after contrast agent.
    pub pd_enhanced: f64,
    /// Share of lesion.
    pub lesion: f64,
    /// Share of the body.
    pub body: f64,
    /// Habitat label: 0 outside the lesion, 1 to 3 inside.
    pub habitat: u8,
}

/// Pseudo-diffusion of the blood in capillaries, 10⁻³ mm²/s.
pub const PSEUDO_DIFFUSION: f64 = 12.0;

/// A tissue by its shares of water and fat, T1, T2, perfusion and diffusion. Relaxation at 3 T.
const fn tissue(water: f64, t1: f64, t2: f64, [ktrans, ve, vp]: [f64; 3], [adc, kurtosis, ivim_f]: [f64; 3]) -> Tissue {
    Tissue {
        water,
        fat: 0.0,
        t1,
        t2,
        ktrans,
        ve,
        vp,
        adc,
        kurtosis,
        ivim_f,
        pd_enhanced: 1.0,
        lesion: 0.0,
        body: 1.0,
        habitat: 0,
    }
}

const SKIN: Tissue = tissue(0.55, 900.0, 38.0, [0.03, 0.15, 0.02], [0.9, 0.5, 0.03]);
const FAT: Tissue = Tissue { fat: 0.95, ..tissue(0.06, 900.0, 50.0, [0.004, 0.08, 0.002], [0.5, 0.5, 0.01]) };
const GLAND: Tissue = tissue(0.80, 1450.0, 62.0, [0.03, 0.22, 0.010], [1.75, 0.45, 0.04]);
const MUSCLE: Tissue = tissue(0.78, 1300.0, 34.0, [0.03, 0.10, 0.012], [1.35, 0.5, 0.05]);
const BONE: Tissue = Tissue { fat: 0.10, ..tissue(0.10, 900.0, 30.0, [0.005, 0.1, 0.005], [0.4, 0.5, 0.01]) };
const LUNG: Tissue = tissue(0.05, 1200.0, 20.0, [0.0, 0.1, 0.0], [1.0, 0.5, 0.01]);

/// A mean over tissues by volume.
struct Mixture {
    total: f64,
    sum: Tissue,
}

impl Mixture {
    fn new() -> Self {
        Mixture { total: 0.0, sum: Tissue::default() }
    }

    /// Adds a share of a tissue. Densities add by volume; all other properties belong to water and are weighted by it.
    fn add(&mut self, share: f64, part: &Tissue) {
        let water = share * part.water;
        self.total += water;
        self.sum.water += water;
        self.sum.fat += share * part.fat;
        self.sum.t1 += water * part.t1;
        self.sum.t2 += water * part.t2;
        self.sum.ktrans += water * part.ktrans;
        self.sum.ve += water * part.ve;
        self.sum.vp += water * part.vp;
        self.sum.adc += water * part.adc;
        self.sum.kurtosis += water * part.kurtosis;
        self.sum.ivim_f += water * part.ivim_f;
        self.sum.pd_enhanced += water * part.pd_enhanced;
    }

    fn mean(self) -> Tissue {
        let Mixture { total, sum } = self;
        if total <= 0.0 {
            return Tissue::default();
        }
        Tissue {
            t1: sum.t1 / total,
            t2: sum.t2 / total,
            ktrans: sum.ktrans / total,
            ve: sum.ve / total,
            vp: sum.vp / total,
            adc: sum.adc / total,
            kurtosis: sum.kurtosis / total,
            ivim_f: sum.ivim_f / total,
            pd_enhanced: sum.pd_enhanced / total,
            ..sum
        }
    }
}

/// Factors per habitat, brought to a mean of 1 over the lesion, so that the lesion's parameter is its mean.
pub fn factors(relative: PerHabitat, fraction: PerHabitat) -> PerHabitat {
    let mean: f64 = relative.iter().zip(fraction).map(|(factor, share)| factor * share).sum();
    relative.map(|factor| factor / mean)
}

/// The tissue of each habitat of a lesion.
pub fn habitats(parameters: &MriParameters, fraction: PerHabitat) -> [Tissue; 3] {
    let contrast = parameters.heterogeneity.exp();
    let perfusion = factors([contrast, 1.0, 0.15], fraction);
    let space = factors([0.95, 1.0, 1.25], fraction);
    let diffusion = factors([0.92, 1.0, 1.6], fraction);
    let relaxation = factors([0.97, 1.0, 1.25], fraction);
    let echo = factors([0.97, 1.0, 1.5], fraction);
    [0, 1, 2].map(|h| Tissue {
        pd_enhanced: parameters.pd_enhanced,
        lesion: 1.0,
        habitat: h as u8 + 1,
        ..tissue(
            0.88,
            parameters.t1 * relaxation[h],
            parameters.t2 * echo[h],
            [parameters.ktrans * perfusion[h], (parameters.ve * space[h]).min(0.95), parameters.vp * perfusion[h]],
            [parameters.adc * diffusion[h], parameters.kurtosis, parameters.ivim_f * perfusion[h].min(2.0)],
        )
    })
}

impl Phantom {
    /// Draws the phantom of a patient as she comes first.
    pub fn draw(biology: &Biology, seed: u64) -> Self {
        let mut rng = stream(seed, &["image", "breast"], biology.index);
        let breast = Breast::draw(biology.density, &mut rng);
        let background = GLAND.ktrans * (0.6 * rand::Rng::sample::<f64, _>(&mut rng, rand_distr::StandardNormal)).exp();
        let lesion = Lesion::draw(biology, &breast, &mut stream(seed, &["image", "lesion"], biology.index));
        Phantom {
            breast,
            lesion,
            left: biology.left,
            oedema: biology.oedema,
            margin: if biology.lesion_type == LesionType::Mass { 0.35 } else { 0.7 },
            parameters: biology.mri,
            background,
        }
    }

    /// Coordinates of the breast (mm) of a point in patient space (LPS, mm).
    pub fn breast_point(&self, [x, y, z]: Point) -> Point {
        let side = if self.left { 1.0 } else { -1.0 };
        [side * x - FROM_MIDLINE, -y, z]
    }

    /// Point in patient space (LPS, mm) of coordinates of the breast (mm).
    pub fn patient_point(&self, [u, v, w]: Point) -> Point {
        let side = if self.left { 1.0 } else { -1.0 };
        [side * (u + FROM_MIDLINE), -v, w]
    }

    /// The grid of an examination: the field of view around the breast, in patient space.
    pub fn grid(&self, field: Point, voxel: Point) -> Grid {
        let size: [usize; 3] = std::array::from_fn(|axis| ((field[axis] / voxel[axis]).round() as usize).max(1));
        let middle = self.patient_point([0.0, self.breast.axes[1] + 12.0, 0.0]);
        let mut grid = Grid::plain(size, voxel);
        let half = |axis: usize| 0.5 * (size[axis] as f64 - 1.0) * voxel[axis];
        // From the air before the nipple backwards; the middle of the breast across and along.
        grid.origin = [middle[0] - half(0), middle[1] + 0.5 * voxel[1], middle[2] - half(2)];
        grid
    }

    /// The tissue at a point of the breast (mm).
    pub fn tissue(&self, p: Point, habitats: &[Tissue; 3]) -> Tissue {
        let parts = self.breast.composition(p);
        let body = parts.skin + parts.fat + parts.gland + parts.muscle + parts.bone + parts.lung;
        if body <= 0.0 {
            return Tissue::default();
        }
        let place = self.lesion.at(p, PERITUMORAL + 4.0);
        let lesion = place.map_or(0.0, |place| inside(place.distance, self.margin));
        // Around the lesion stroma replaces fat, and its diffusion is the peritumoral one.
        let around = place.map_or(0.0, |place| inside(place.distance - PERITUMORAL, 1.2)) * (1.0 - lesion);
        let near = place.map_or(0.0, |place| inside(place.distance - 0.45 * PERITUMORAL, 1.6)) * (1.0 - lesion);
        let stroma = (0.6 * near).min(parts.fat);
        let gland = parts.gland + stroma;
        let rest = 1.0 - lesion;
        let mut mixture = Mixture::new();
        mixture.add(rest * parts.skin, &SKIN);
        mixture.add(rest * (parts.fat - stroma), &FAT);
        let oedema = if self.oedema { around } else { 0.0 };
        let altered = Tissue {
            ktrans: self.background * (1.0 - 0.5 * around),
            adc: GLAND.adc + around * (self.parameters.adc_peri - GLAND.adc),
            t2: GLAND.t2 * (1.0 + 0.9 * oedema),
            t1: GLAND.t1 * (1.0 + 0.15 * oedema),
            ..GLAND
        };
        mixture.add(rest * gland, &altered);
        mixture.add(rest * parts.muscle, &MUSCLE);
        mixture.add(rest * parts.bone, &BONE);
        mixture.add(rest * parts.lung, &LUNG);
        let mut habitat = 0;
        if lesion > 1e-3 {
            let label = self.lesion.habitat(p);
            let index = Habitat::ALL.iter().position(|other| *other == label).unwrap_or(0);
            mixture.add(lesion * body, &habitats[index]);
            habitat = if lesion >= 0.5 { index as u8 + 1 } else { 0 };
        }
        Tissue { lesion, body, habitat, ..mixture.mean() }
    }

    /// The tissue at every voxel of a grid.
    pub fn tissues(&self, grid: &Grid) -> Vec<Tissue> {
        let habitats = habitats(&self.parameters, self.lesion.fraction);
        let mut voxels = Vec::with_capacity(grid.voxels());
        for k in 0..grid.size[2] {
            for j in 0..grid.size[1] {
                for i in 0..grid.size[0] {
                    let point = self.breast_point(grid.point([i as f64, j as f64, k as f64]));
                    voxels.push(self.tissue(point, &habitats));
                }
            }
        }
        voxels
    }
}
