//! Shape as PyRadiomics measures it: size and form of a three-dimensional region.

use std::f64::consts::PI;

use crate::radiomics::morphology::axes::Axes;
use crate::radiomics::morphology::bits::BitGrid;
use crate::radiomics::morphology::diameter::{diameter, greatest_diameter};
use crate::radiomics::morphology::extent::Extent;
use crate::radiomics::morphology::hull::convex_hull;
use crate::radiomics::morphology::mesh::Mesh;
use crate::radiomics::{Definition, Values};

/// The class's features. PyRadiomics gives both kinds of compactness and the disproportion only when they are asked for by name.
pub const DEFINITIONS: [Definition; 17] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("Compactness1", "SKGS", ""),
        of("Compactness2", "BQWJ", ""),
        of("Elongation", "Q3CK", ""),
        of("Flatness", "N17B", ""),
        of("LeastAxisLength", "7J51", "mm"),
        of("MajorAxisLength", "TDIC", "mm"),
        of("Maximum2DDiameterColumn", "", "mm"),
        of("Maximum2DDiameterRow", "", "mm"),
        of("Maximum2DDiameterSlice", "", "mm"),
        of("Maximum3DDiameter", "L0JK", "mm"),
        of("MeshVolume", "RNU0", "mm3"),
        of("MinorAxisLength", "P9VJ", "mm"),
        of("Sphericity", "QCFX", ""),
        of("SphericalDisproportion", "KRCK", ""),
        of("SurfaceArea", "C0JK", "mm2"),
        of("SurfaceVolumeRatio", "2PR5", "mm-1"),
        of("VoxelVolume", "YEKZ", "mm3"),
    ]
};

/// Shape of the voxels `inside` a block of `size`, axis i fastest.
///
/// # Definition
/// Volume V and area A are those of the surface mesh. Diameters are greatest distances between points of the mesh: of any two, or of two in
/// the same slice (equal k), column (equal j) or row (equal i). Axis lengths are four standard deviations along the principal axes.
/// PyRadiomics writes compactness 1 as V √π⁻¹ A^{−3/2} in its text and V / (A^{3/2} √π) in its code, which agree.
///
/// # Reference
/// van Griethuysen et al., Cancer Res 2017;77:e104 (PyRadiomics 3.0.1).
pub fn shape(size: [usize; 3], spacing: [f64; 3], inside: &[bool]) -> Values {
    let undefined = || vec![None; DEFINITIONS.len()];
    let Some(bits) = BitGrid::new(size, inside) else { return undefined() };
    let Some(axes) = Axes::of(size, spacing, inside) else { return undefined() };
    let Mesh { volume, area } = Mesh::of(&bits, spacing);
    let extent = Extent::of(&bits);
    let slices = extent.planes_across_k();
    let hull = convex_hull(&slices.concat());
    let ratio = |above: f64, below: f64| (below != 0.0).then(|| above / below);
    let sphericity = (36.0 * PI * volume * volume).cbrt() / area;
    vec![
        Some(volume / (area.powf(1.5) * PI.sqrt())),
        Some(36.0 * PI * volume * volume / area.powi(3)),
        ratio(axes.variances[1], axes.variances[0]).map(f64::sqrt),
        ratio(axes.variances[2], axes.variances[0]).map(f64::sqrt),
        Some(axes.length(2)),
        Some(axes.length(0)),
        Some(greatest_diameter(&extent.planes_across_j(), spacing)),
        Some(greatest_diameter(&extent.planes_across_i(), spacing)),
        Some(greatest_diameter(&slices, spacing)),
        hull.map(|hull| diameter(&hull.corners(), spacing)),
        Some(volume),
        Some(axes.length(1)),
        Some(sphericity),
        Some(1.0 / sphericity),
        Some(area),
        ratio(area, volume),
        Some(axes.count as f64 * spacing.iter().product::<f64>()),
    ]
}
