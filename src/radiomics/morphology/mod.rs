//! Morphology: size and shape of a region (IBSI family HCUG).
//!
//! Everything rests on the surface mesh and on the voxel centres; each file computes one quantity of them, and this one names the features.
//! To add a feature, add its line to [`DEFINITIONS`] and its value at the same place in [`morphology`].

mod autocorrelation;
pub(crate) mod axes;
pub(crate) mod bits;
pub(crate) mod diameter;
mod ellipsoid;
pub(crate) mod extent;
pub(crate) mod hull;
mod marching_cubes;
pub(crate) mod mesh;

use std::f64::consts::PI;

use crate::radiomics::roi::Roi;
use crate::radiomics::{Definition, Values};
use axes::Axes;
use bits::BitGrid;
use extent::Extent;
use mesh::Mesh;

/// The family's features.
pub const DEFINITIONS: [Definition; 25] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("MeshVolume", "RNU0", "mm3"),
        of("VoxelVolume", "YEKZ", "mm3"),
        of("SurfaceArea", "C0JK", "mm2"),
        of("SurfaceVolumeRatio", "2PR5", "mm-1"),
        of("Compactness1", "SKGS", ""),
        of("Compactness2", "BQWJ", ""),
        of("SphericalDisproportion", "KRCK", ""),
        of("Sphericity", "QCFX", ""),
        of("Asphericity", "25C7", ""),
        of("CentreOfMassShift", "KLMA", "mm"),
        of("Maximum3DDiameter", "L0JK", "mm"),
        of("MajorAxisLength", "TDIC", "mm"),
        of("MinorAxisLength", "P9VJ", "mm"),
        of("LeastAxisLength", "7J51", "mm"),
        of("Elongation", "Q3CK", ""),
        of("Flatness", "N17B", ""),
        of("VolumeDensityBoundingBox", "PBX1", ""),
        of("AreaDensityBoundingBox", "R59B", ""),
        of("VolumeDensityEnclosingEllipsoid", "6BDE", ""),
        of("AreaDensityEnclosingEllipsoid", "RDD2", ""),
        of("VolumeDensityConvexHull", "R3ER", ""),
        of("AreaDensityConvexHull", "7T7F", ""),
        of("IntegratedIntensity", "99N0", "intensity mm3"),
        of("MoranI", "N365", ""),
        of("GearyC", "NPT7", ""),
    ]
};

/// Morphological features of a region. Shape comes from the morphological mask, grey levels from the intensity mask.
///
/// # Definition
/// With the mesh's volume V and area A: compactness 1 is V / (√π A^{3/2}), compactness 2 is 36 π V² / A³, sphericity its cube root,
/// spherical disproportion the inverse of that, asphericity disproportion − 1. Axis lengths are four standard deviations (divisor n − 1,
/// where PyRadiomics has n) of the voxel centres along the principal axes; the enclosing ellipsoid has them as its axes. The bounding box and the convex hull are the mesh's.
/// The centre of mass shift lies between the mean voxel centre and the mean weighted by intensity, which is undefined where intensities sum
/// to 0. Integrated intensity is V times the mean intensity.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328.
pub fn morphology(roi: &Roi) -> Values {
    let undefined = || vec![None; DEFINITIONS.len()];
    let Some(bits) = BitGrid::new(roi.size, &roi.morphology) else { return undefined() };
    let Some(axes) = Axes::of(roi.size, roi.spacing, &roi.morphology).map(Axes::of_sample) else { return undefined() };
    let Mesh { volume, area } = Mesh::of(&bits, roi.spacing);
    let points: Vec<hull::Point> = Extent::of(&bits).planes_across_k().concat();
    let Some(hull) = hull::convex_hull(&points) else { return undefined() };
    let (hull_volume, hull_area) = hull.volume_and_area(roi.spacing.map(|step| step / 2.0));

    let ratio = |above: f64, below: f64| (below != 0.0).then(|| above / below);
    let sphericity = (36.0 * PI * volume * volume).cbrt() / area;
    let [major, minor, least] = [0, 1, 2].map(|rank| axes.length(rank));
    let half_axes = [major, minor, least].map(|length| length / 2.0);
    // A region of one slice has no ellipsoid.
    let solid = least > 0.0;
    // The mesh ends half a voxel beyond the outermost voxel centres; the padded box has one layer more on each side.
    let [a, b, c] = std::array::from_fn(|axis| (bits.size[axis] - 2) as f64 * roi.spacing[axis]);
    let intensities = Weighted::of(roi);
    let autocorrelation = autocorrelation::moran_and_geary(roi);
    vec![
        Some(volume),
        Some(axes.count as f64 * roi.voxel_volume()),
        Some(area),
        ratio(area, volume),
        Some(volume / (PI.sqrt() * area.powf(1.5))),
        Some(36.0 * PI * volume * volume / area.powi(3)),
        Some(1.0 / sphericity),
        Some(sphericity),
        Some(1.0 / sphericity - 1.0),
        intensities.centre.map(|centre| distance(centre, axes.centre)),
        Some(diameter::diameter(&hull.corners(), roi.spacing)),
        Some(major),
        Some(minor),
        Some(least),
        ratio(axes.variances[1], axes.variances[0]).map(f64::sqrt),
        ratio(axes.variances[2], axes.variances[0]).map(f64::sqrt),
        Some(volume / (a * b * c)),
        Some(area / (2.0 * (a * b + b * c + c * a))),
        solid.then(|| volume / ellipsoid::volume(half_axes)),
        solid.then(|| area / ellipsoid::area(half_axes)),
        Some(volume / hull_volume),
        Some(area / hull_area),
        Some(volume * intensities.mean),
        autocorrelation.map(|[moran, _]| moran),
        autocorrelation.map(|[_, geary]| geary),
    ]
}

/// Mean intensity, and the voxel centres' mean weighted by intensity, over the intensity mask.
struct Weighted {
    mean: f64,
    centre: Option<[f64; 3]>,
}

impl Weighted {
    fn of(roi: &Roi) -> Weighted {
        let (mut count, mut sum, mut moment) = (0usize, 0.0, [0.0; 3]);
        for (at, _) in roi.inside.iter().enumerate().filter(|(_, inside)| **inside) {
            let (voxel, value) = (roi.voxel(at), roi.intensity[at]);
            count += 1;
            sum += value;
            (0..3).for_each(|axis| moment[axis] += value * voxel[axis] as f64);
        }
        let centre = (sum != 0.0).then(|| std::array::from_fn(|axis| moment[axis] / sum * roi.spacing[axis]));
        Weighted { mean: sum / count as f64, centre }
    }
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
