//! A breast as a function of position, imaged before and after contrast agent and after known motion: what registration is held against.
#![allow(dead_code)]

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::alignment::RigidTransform;
use vbx::image::{AffineTransform, Grid, Mask, Volume};

/// Random values on a lattice joined by cubic B-splines (glandular texture), tabulated and read off linearly; it repeats every 144 mm.
struct Texture(Vec<f32>);

/// Entries of the table along each axis and their distance in mm.
const SIDE: usize = 96;
const STEP: f64 = 1.5;

impl Texture {
    /// With `knots` lattice points along each axis.
    fn new(knots: usize, rng: &mut impl Rng) -> Texture {
        let mut values: Vec<f64> = (0..knots * knots * knots).map(|_| rng.sample(StandardNormal)).collect();
        let mut inner = 1;
        for _ in 0..3 {
            let mut out = Vec::with_capacity(values.len() / knots * SIDE);
            for block in values.chunks_exact(knots * inner) {
                for place in (0..SIDE).map(|n| (n * knots) as f64 / SIDE as f64) {
                    let t = place.fract();
                    let s = 1.0 - t;
                    let weights =
                        [s * s * s, 3.0 * t * t * t - 6.0 * t * t + 4.0, 3.0 * s * s * s - 6.0 * s * s + 4.0, t * t * t];
                    let row = |tap: usize| ((place as usize + knots + tap - 1) % knots) * inner;
                    out.extend((0..inner).map(|c| (0..4).map(|tap| weights[tap] / 6.0 * block[row(tap) + c]).sum::<f64>()));
                }
            }
            values = out;
            inner *= SIDE;
        }
        Texture(values.into_iter().map(|value| value as f32).collect())
    }

    fn at(&self, point: [f64; 3]) -> f64 {
        let place = point.map(|x| (x / STEP).rem_euclid(SIDE as f64));
        let [i, j, k] = place.map(|x| (x as usize).min(SIDE - 1));
        let [tx, ty, tz] = [place[0] - i as f64, place[1] - j as f64, place[2] - k as f64];
        let [i1, j1, k1] = [i, j, k].map(|n| if n + 1 == SIDE { 0 } else { n + 1 });
        let line = |j: usize, k: usize| {
            let row = SIDE * (j + SIDE * k);
            f64::from(self.0[row + i]) * (1.0 - tx) + f64::from(self.0[row + i1]) * tx
        };
        let plane = |k: usize| line(j, k) * (1.0 - ty) + line(j1, k) * ty;
        plane(k) * (1.0 - tz) + plane(k1) * tz
    }
}

/// Signal of the tissues (fat, gland, lesion, skin, muscle) and the coil's shading along x per mm.
#[derive(Clone, Copy)]
pub struct Contrast {
    pub tissue: [f64; 5],
    pub shading: f64,
}

/// Before contrast agent, fat suppressed.
pub const BEFORE: Contrast = Contrast { tissue: [120.0, 320.0, 350.0, 280.0, 380.0], shading: 0.0 };
/// After it: the lesion enhances most, the gland's background and the skin some; the shading has changed.
pub const AFTER: Contrast = Contrast { tissue: [130.0, 430.0, 900.0, 420.0, 450.0], shading: 0.001 };
/// Another sequence, where fat is bright and gland dark.
pub const T1: Contrast = Contrast { tissue: [800.0, 300.0, 280.0, 350.0, 330.0], shading: 0.0 };

/// A breast of about 0.6 litres on its chest wall.
pub struct Breast {
    gland: Texture,
    fine: Texture,
}

/// 0 well outside, 1 well inside; `distance` in mm, positive inside.
fn edge(distance: f64) -> f64 {
    1.0 / (1.0 + (-2.5 * distance).exp())
}

const HALF_AXES: [f64; 3] = [58.0, 62.0, 46.0];
const CHEST: f64 = 30.0;

impl Breast {
    pub fn new(seed: u64) -> Breast {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        Breast { gland: Texture::new(16, &mut rng), fine: Texture::new(41, &mut rng) }
    }

    /// Signal at a point (LPS, mm; the patient's front lies towards −y).
    pub fn signal(&self, p: [f64; 3], contrast: &Contrast) -> f64 {
        let [fat, gland, lesion, skin, muscle] = contrast.tissue;
        let inside = depth(p);
        if inside < -4.0 && p[1] < CHEST - 4.0 {
            return 0.0;
        }
        let wall = edge(p[1] - CHEST);
        let wall_signal = muscle * (1.0 + 0.1 * self.gland.at(p));
        if p[1] > CHEST + 6.0 {
            return wall_signal * (1.0 + contrast.shading * p[0]);
        }
        // Gland where a smooth random field is high, denser behind the nipple, none beside the skin and the chest wall.
        let fine = self.fine.at(p);
        let field = self.gland.at(p) * 2.2 + fine * 0.8 + 0.25 - 0.01 * p[1].abs();
        let dense = edge(2.0 * field) * edge((inside - 9.0) * 0.5) * edge((CHEST - 8.0 - p[1]) * 0.5);
        let vary = 1.0 + 0.08 * self.fine.at([p[2], p[0], p[1]]);
        let mut value = fat + (gland * vary - fat) * dense;
        let away = [(p[0] - 14.0) / 7.5, (p[1] + 6.0) / 6.0, (p[2] - 5.0) / 8.0];
        let radius = away.iter().map(|x| x * x).sum::<f64>().sqrt() + 0.12 * fine;
        value += (lesion - value) * edge(7.0 * (1.0 - radius));
        value += (skin - value) * edge(2.2 - inside);
        value *= edge(inside);
        value += (wall_signal - value) * wall;
        value * (1.0 + contrast.shading * p[0])
    }

    /// The image of the breast after the motion `moved` (a point x of the breast lies at moved(x)), with Gaussian noise.
    pub fn image(&self, grid: &Grid, moved: &AffineTransform, contrast: &Contrast, noise: f64, seed: u64) -> Volume {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let back = moved.inverse().expect("a motion");
        let [nx, ny, _] = grid.size;
        let value = |at: usize| {
            let point = grid.point([(at % nx) as f64, (at / nx % ny) as f64, (at / (nx * ny)) as f64]);
            self.signal(back.apply(point), contrast) + noise * rng.sample::<f64, _>(StandardNormal)
        };
        Volume::new(grid.clone(), (0..grid.voxels()).map(value).collect())
    }
}

/// How deep below the breast's outline, about, in mm; negative outside.
fn depth(p: [f64; 3]) -> f64 {
    let y = p[1] - CHEST;
    let scaled = [p[0] / HALF_AXES[0], y / (HALF_AXES[1] + CHEST), p[2] / HALF_AXES[2]];
    let radius = scaled.iter().map(|x| x * x).sum::<f64>().sqrt();
    (1.0 - radius) * HALF_AXES[2]
}

/// The voxels of the breast, without the chest wall, and `margin` mm around it.
pub fn breast_mask(grid: &Grid, margin: f64) -> Mask {
    let [nx, ny, _] = grid.size;
    let inside = |at: usize| {
        let p = grid.point([(at % nx) as f64, (at / nx % ny) as f64, (at / (nx * ny)) as f64]);
        depth(p) > -margin && p[1] < CHEST
    };
    Mask::new(grid.clone(), (0..grid.voxels()).map(inside).collect())
}

/// A scan of 0.8 × 0.8 × 2 mm voxels around the breast.
pub fn scan_grid() -> Grid {
    let (size, spacing) = ([180, 150, 54], [0.8, 0.8, 2.0]);
    Grid { origin: [-71.6, -72.0, -53.0], ..Grid::plain(size, spacing) }
}

/// A random direction.
fn direction(rng: &mut impl Rng) -> [f64; 3] {
    let v: [f64; 3] = std::array::from_fn(|_| rng.sample(StandardNormal));
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.map(|x| x / length)
}

/// A turn of up to `degrees` about a random axis through the breast's middle, and a shift of up to `mm` in a random direction.
pub fn motion(degrees: f64, mm: f64, rng: &mut impl Rng) -> AffineTransform {
    let (axis, angle) = (direction(rng), degrees.to_radians() * rng.gen_range(0.0..1.0f64));
    let (towards, length) = (direction(rng), mm * rng.gen_range(0.0..1.0f64));
    let cross = [[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]];
    let matrix = [0, 1, 2].map(|r| {
        [0, 1, 2].map(|c| {
            let same = f64::from(u8::from(r == c));
            angle.cos() * same + angle.sin() * cross[r][c] + (1.0 - angle.cos()) * axis[r] * axis[c]
        })
    });
    AffineTransform::about(matrix, MIDDLE, towards.map(|x| x * length))
}

/// The breast's middle.
pub const MIDDLE: [f64; 3] = [0.0, -5.0, 0.0];

/// Target registration error over the mask: mean and largest distance in mm of where two maps put its voxels.
pub fn target_error(found: &AffineTransform, truth: &AffineTransform, mask: &Mask) -> [f64; 2] {
    let [nx, ny, _] = mask.grid.size;
    let (mut sum, mut most, mut count) = (0.0, 0.0f64, 0.0);
    for at in (0..mask.grid.voxels()).filter(|at| mask.inside[*at]) {
        let p = mask.grid.point([(at % nx) as f64, (at / nx % ny) as f64, (at / (nx * ny)) as f64]);
        let (a, b) = (found.apply(p), truth.apply(p));
        let distance = (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt();
        (sum, most, count) = (sum + distance, most.max(distance), count + 1.0);
    }
    [sum / count, most]
}

/// Degrees between two rigid maps.
pub fn angle_between(found: &AffineTransform, truth: &AffineTransform) -> f64 {
    let apart = found.after(&truth.inverse().expect("a motion"));
    RigidTransform::of(&apart, [0.0; 3]).expect("rigid").angle().to_degrees()
}

/// Least, median, largest.
pub fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [values[0], values[values.len() / 2], values[values.len() - 1]]
}
