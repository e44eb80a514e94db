//! Shape of a region in one slice, as PyRadiomics measures it.

use std::f64::consts::PI;

use crate::radiomics::morphology::axes::Axes;
use crate::radiomics::morphology::diameter::diameter;
use crate::radiomics::morphology::hull::{Point, hull_of_sorted};
use crate::radiomics::{Definition, Values};

/// The class's features. PyRadiomics gives the disproportion only when it is asked for by name.
pub const DEFINITIONS: [Definition; 10] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("Elongation", "", ""),
        of("MajorAxisLength", "", "mm"),
        of("MaximumDiameter", "", "mm"),
        of("MeshSurface", "", "mm2"),
        of("MinorAxisLength", "", "mm"),
        of("Perimeter", "", "mm"),
        of("PerimeterSurfaceRatio", "", "mm-1"),
        of("PixelSurface", "", "mm2"),
        of("Sphericity", "", ""),
        of("SphericalDisproportion", "", ""),
    ]
};

/// Shape of the pixels `inside` a slice of `size`, the first axis fastest.
///
/// # Definition
/// The outline runs halfway between inside and outside pixels and cuts corners at 45° of index space; two inside pixels across a diagonal
/// are separated. Perimeter P and surface A are the outline's; sphericity is 2 √(π A) / P.
///
/// # Reference
/// van Griethuysen et al., Cancer Res 2017;77:e104 (PyRadiomics 3.0.1).
pub fn shape_2d(size: [usize; 2], spacing: [f64; 2], inside: &[bool]) -> Values {
    let Some(axes) = Axes::of([size[0], size[1], 1], [spacing[0], spacing[1], 1.0], inside) else {
        return vec![None; DEFINITIONS.len()];
    };
    let outline = Outline::of(size, spacing, inside);
    let sphericity = 2.0 * (PI * outline.surface).sqrt() / outline.perimeter;
    vec![
        (axes.variances[0] > 0.0).then(|| (axes.variances[1] / axes.variances[0]).sqrt()),
        Some(axes.length(0)),
        Some(diameter(&outline.corners, [spacing[0], spacing[1], 1.0])),
        Some(outline.surface),
        Some(axes.length(1)),
        Some(outline.perimeter),
        Some(outline.perimeter / outline.surface),
        Some(axes.count as f64 * spacing[0] * spacing[1]),
        Some(sphericity),
        Some(1.0 / sphericity),
    ]
}

/// The line around a region of a slice.
struct Outline {
    perimeter: f64,
    surface: f64,
    /// Corners of its convex hull, in half pixels.
    corners: Vec<Point>,
}

impl Outline {
    /// Each square of four neighbouring pixels holds the pieces of the line that its inside pixels leave; they are counted by what they cut.
    fn of([nx, ny]: [usize; 2], spacing: [f64; 2], inside: &[bool]) -> Outline {
        let at = |i: usize, j: usize| (1..=nx).contains(&i) && (1..=ny).contains(&j) && inside[i - 1 + nx * (j - 1)];
        // Straight pieces along each axis, and slanted ones; surface in eighths of a pixel.
        let (mut along, mut slanted, mut eighths) = ([0u64; 2], 0u64, 0u64);
        let mut points: Vec<[i32; 2]> = Vec::new();
        for j in 0..=ny {
            for i in 0..=nx {
                let square = [at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1)];
                match square.iter().filter(|inside| **inside).count() {
                    0 => {}
                    1 => (slanted, eighths) = (slanted + 1, eighths + 1),
                    2 if square[0] == square[1] => (along[0], eighths) = (along[0] + 1, eighths + 4),
                    2 if square[0] == square[2] => (along[1], eighths) = (along[1] + 1, eighths + 4),
                    2 => (slanted, eighths) = (slanted + 2, eighths + 2),
                    3 => (slanted, eighths) = (slanted + 1, eighths + 7),
                    _ => eighths += 8,
                }
                let [x, y] = [2 * i as i32, 2 * j as i32];
                if square[0] != square[1] {
                    points.push([x + 1, y]);
                }
                if square[0] != square[2] {
                    points.push([x, y + 1]);
                }
            }
        }
        points.sort_unstable();
        let slant = (spacing[0] * spacing[0] + spacing[1] * spacing[1]).sqrt() / 2.0;
        Outline {
            perimeter: along[0] as f64 * spacing[0] + along[1] as f64 * spacing[1] + slanted as f64 * slant,
            surface: eighths as f64 / 8.0 * spacing[0] * spacing[1],
            corners: hull_of_sorted(&points).into_iter().map(|[x, y]| [x, y, 0]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_loses_its_corners() {
        let values = shape_2d([4, 3], [1.0, 2.0], &[true; 12]);
        let of = |name: &str| values[DEFINITIONS.iter().position(|d| d.name == name).unwrap()].unwrap();
        assert!((of("MeshSurface") - (12.0 - 4.0 / 8.0) * 2.0).abs() < 1e-12);
        assert!((of("Perimeter") - (2.0 * 3.0 + 2.0 * 2.0 * 2.0 + 4.0 * 5f64.sqrt() / 2.0)).abs() < 1e-12);
        assert_eq!(of("PixelSurface"), 24.0);
        // From the middle of the left edge's lower pixel to that of the right edge's upper one, or between the other two sides.
        assert!((of("MaximumDiameter") - f64::max(16f64 + 16.0, 9.0 + 36.0).sqrt()).abs() < 1e-12);
    }
}
