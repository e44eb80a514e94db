//! Local intensity: the mean of 1 cm³ around the hottest voxel, and the highest such mean (IBSI family 9ST6).

use pulp::Arch;

use crate::image::BoundingBox;
use crate::radiomics::roi::Roi;
use crate::radiomics::{Definition, Values};

/// The family's features.
pub const DEFINITIONS: [Definition; 2] = [
    Definition { name: "LocalIntensityPeak", code: "VJGA", unit: "intensity" },
    Definition { name: "GlobalIntensityPeak", code: "0F91", unit: "intensity" },
];

/// Radius in mm of the sphere of 1 cm³.
fn radius() -> f64 {
    (3.0 / (4.0 * std::f64::consts::PI)).cbrt() * 10.0
}

/// Voxels that a region needs around it, so that no sphere misses a part of the image.
pub fn margin(spacing: [f64; 3]) -> [usize; 3] {
    spacing.map(|step| (radius() / step + 1e-9).floor() as usize)
}

/// The family's values for a region with [`margin`] around it (less where the image ends).
///
/// # Definition
/// Around each voxel of the intensity mask lies a sphere of 1 cm³ (radius 6.2035 mm); its mean is taken over all voxels of the image whose
/// centres it holds, in or out of the region. The global peak is the greatest mean; the local peak is the mean around the voxel of
/// maximum intensity, the greatest where several are maximal.
///
/// Sums run over rows: prefix sums give the part of each row that the sphere covers, for all centres in a row at once.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328.
pub fn local_intensity(roi: &Roi) -> Values {
    let maximum = roi.values().into_iter().fold(f64::NEG_INFINITY, f64::max);
    let arch = Arch::new();
    let sums = arch.dispatch(|| sphere_sums(roi, |value| value));
    // Where nothing is cut off or missing, every sphere holds as many voxels.
    let whole = whole_sphere(roi);
    let counts = if whole.is_none() { arch.dispatch(|| sphere_sums(roi, |_| 1.0)) } else { Vec::new() };
    let (mut local, mut global) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (at, _) in roi.inside.iter().enumerate().filter(|(_, inside)| **inside) {
        let mean = sums[at] / whole.unwrap_or_else(|| counts[at]);
        global = global.max(mean);
        if roi.intensity[at] == maximum {
            local = local.max(mean);
        }
    }
    [local, global].map(|peak| peak.is_finite().then_some(peak)).to_vec()
}

/// The rows of a sphere: their distance in j and k, and their half-widths in voxels.
fn rows(roi: &Roi) -> Vec<(isize, isize, usize)> {
    let [_, reach_j, reach_k] = margin(roi.spacing).map(|reach| reach as isize);
    let mut rows = Vec::new();
    for dk in -reach_k..=reach_k {
        for dj in -reach_j..=reach_j {
            let square = (dj as f64 * roi.spacing[1]).powi(2) + (dk as f64 * roi.spacing[2]).powi(2);
            let left = radius() * radius() - square;
            if left >= -1e-9 {
                rows.push((dj, dk, (left.max(0.0).sqrt() / roi.spacing[0] + 1e-9).floor() as usize));
            }
        }
    }
    rows
}

/// Voxels in a sphere, if every sphere lies wholly in the box and all its voxels are numbers.
fn whole_sphere(roi: &Roi) -> Option<f64> {
    let around = BoundingBox::around(roi.size, &roi.inside)?;
    let reach = margin(roi.spacing);
    let room = (0..3).all(|axis| around.start[axis] >= reach[axis] && around.end[axis] + reach[axis] <= roi.size[axis]);
    let whole = room && roi.intensity.iter().all(|value| value.is_finite());
    whole.then(|| rows(roi).iter().map(|(_, _, width)| 2 * width + 1).sum::<usize>() as f64)
}

/// For every voxel in a row of the region, the sum of `term` over the sphere around it.
#[inline(always)]
fn sphere_sums(roi: &Roi, term: impl Fn(f64) -> f64) -> Vec<f64> {
    let [nx, ny, nz] = roi.size;
    let half_widths = rows(roi);
    // before[i]: sum of the row left of voxel i.
    let mut before = vec![0.0; (nx + 1) * ny * nz];
    for (row, sums) in roi.intensity.chunks_exact(nx).zip(before.chunks_exact_mut(nx + 1)) {
        let mut sum = 0.0;
        for (value, next) in row.iter().zip(&mut sums[1..]) {
            // What lies outside the region may be no number; a sphere does without it.
            sum += if value.is_finite() { term(*value) } else { 0.0 };
            *next = sum;
        }
    }
    let mut total = vec![0.0; roi.intensity.len()];
    for (row, (sums, inside)) in total.chunks_exact_mut(nx).zip(roi.inside.chunks_exact(nx)).enumerate() {
        let Some(first) = inside.iter().position(|inside| *inside) else { continue };
        let last = inside.iter().rposition(|inside| *inside).unwrap_or(first);
        let (j, k) = ((row % ny) as isize, (row / ny) as isize);
        for &(dj, dk, width) in &half_widths {
            let (j, k) = (j + dj, k + dk);
            if j < 0 || k < 0 || j >= ny as isize || k >= nz as isize {
                continue;
            }
            let source = &before[(nx + 1) * (j as usize + ny * k as usize)..][..nx + 1];
            // Where the window lies inside the row, one subtraction of two shifted rows serves all centres.
            let (low, high) = (first.max(width), (last + 1).min(nx.saturating_sub(width)));
            if low < high {
                let (right, left) = (&source[low + width + 1..=high + width], &source[low - width..high - width]);
                for ((sum, right), left) in sums[low..high].iter_mut().zip(right).zip(left) {
                    *sum += right - left;
                }
            }
            for at in (first..low.min(last + 1)).chain(high.max(low).max(first)..=last) {
                sums[at] += source[(at + width + 1).min(nx)] - source[at.saturating_sub(width)];
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Grid, Mask, Volume};

    /// The definition, voxel by voxel.
    fn by_hand(image: &Volume, mask: &Mask, at: usize) -> f64 {
        let [nx, ny, _] = image.grid.size;
        let index = |at: usize| [(at % nx) as f64, (at / nx % ny) as f64, (at / (nx * ny)) as f64];
        let centre = index(at);
        assert!(mask.inside[at]);
        let near = |other: &usize| {
            let square = (0..3).map(|a| ((index(*other)[a] - centre[a]) * image.grid.spacing[a]).powi(2)).sum::<f64>();
            square <= radius() * radius()
        };
        let members: Vec<usize> = (0..image.values.len()).filter(near).collect();
        members.iter().map(|at| image.values[*at]).sum::<f64>() / members.len() as f64
    }

    #[test]
    fn peaks_are_those_of_the_definition_at_the_edge_of_the_image_too() {
        let grid = Grid::plain([12, 9, 5], [1.3, 2.0, 3.11]);
        let values: Vec<f64> = (0..grid.voxels()).map(|at| ((at * 7919) % 101) as f64).collect();
        let image = Volume::new(grid.clone(), values);
        let scattered = [3, 7, 11].map(|keep| (0..grid.voxels()).map(|at| at % keep == 0 && at % 12 > 1).collect::<Vec<bool>>());
        // One voxel wide, so that on this grid both kinds of sphere are met: cut off, and whole.
        let middle =
            vec![(0..grid.voxels()).map(|at| (6..8).contains(&(at % 12)) && at / 12 % 9 == 4 && at / 108 == 2).collect()];
        for inside in scattered.into_iter().chain(middle) {
            let mask = Mask::new(grid.clone(), inside);
            let roi = Roi::new(&image, &mask, margin(grid.spacing)).unwrap();
            let members: Vec<usize> = (0..grid.voxels()).filter(|at| mask.inside[*at]).collect();
            let highest = members.iter().map(|at| image.values[*at]).fold(0.0, f64::max);
            let peak = |all: bool| {
                let of = |at: &&usize| all || image.values[**at] == highest;
                members.iter().filter(of).map(|at| by_hand(&image, &mask, *at)).fold(0.0, f64::max)
            };
            let found = local_intensity(&roi);
            for (found, expected) in found.iter().zip([peak(false), peak(true)]) {
                assert!((found.unwrap() - expected).abs() < 1e-10, "{found:?} {expected}");
            }
        }
    }
}
