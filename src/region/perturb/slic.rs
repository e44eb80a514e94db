//! Supervoxels: small patches of neighbouring voxels of like intensity.

use crate::image::{Grid, Volume};

/// How supervoxels are grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slic {
    /// Wanted edge of a supervoxel, mm.
    pub edge: f64,
    /// Weight of place against intensity: at 1, an edge's length counts as much as the whole range of intensities.
    pub compactness: f64,
    /// Rounds of assignment.
    pub rounds: usize,
}

struct Centre {
    at: [f64; 3],
    value: f64,
}

/// Number of the supervoxel that each voxel belongs to.
///
/// # Definition
/// Simple linear iterative clustering: centres on a grid of the wanted edge; each voxel goes to the centre, among those within twice the
/// edge, that is nearest by (Δv / range)² + (compactness · Δmm / edge)²; centres move to their voxels' means; repeated. Ties go to the first centre.
///
/// # Reference
/// Achanta et al., IEEE Trans Pattern Anal Mach Intell 2012;34:2274.
pub fn supervoxels(image: &Volume, slic: Slic) -> Vec<u32> {
    let Grid { size, spacing, .. } = image.grid;
    let mut labels = vec![0; image.values.len()];
    let (low, high) = image.values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if labels.is_empty() || !(slic.edge > 0.0) || !(high - low).is_finite() {
        return labels;
    }
    let scale = if high > low { 1.0 / (high - low) } else { 0.0 };
    let place = (slic.compactness / slic.edge).powi(2);
    let mut centres = seeds(image, slic.edge, scale);
    let index = |at: usize| [at % size[0], at / size[0] % size[1], at / (size[0] * size[1])];
    for _ in 0..slic.rounds.max(1) {
        let mut best = vec![f64::INFINITY; labels.len()];
        for (number, centre) in centres.iter().enumerate() {
            let range = |axis: usize| {
                let reach = 2.0 * slic.edge / spacing[axis];
                let middle = centre.at[axis] / spacing[axis];
                (middle - reach).ceil().max(0.0) as usize..((middle + reach).floor() as usize + 1).min(size[axis])
            };
            for k in range(2) {
                for j in range(1) {
                    let row = image.grid.at([0, j, k]);
                    let (dy, dz) = (j as f64 * spacing[1] - centre.at[1], k as f64 * spacing[2] - centre.at[2]);
                    for i in range(0) {
                        let dx = i as f64 * spacing[0] - centre.at[0];
                        let dv = image.values[row + i] * scale - centre.value;
                        let cost = dv * dv + place * (dx * dx + dy * dy + dz * dz);
                        if cost < best[row + i] {
                            best[row + i] = cost;
                            labels[row + i] = number as u32;
                        }
                    }
                }
            }
        }
        let mut sums = vec![([0.0; 3], 0.0, 0.0); centres.len()];
        for (at, label) in labels.iter().enumerate() {
            let (place, value, count) = &mut sums[*label as usize];
            for (axis, n) in index(at).into_iter().enumerate() {
                place[axis] += n as f64 * spacing[axis];
            }
            *value += image.values[at] * scale;
            *count += 1.0;
        }
        for (centre, (place, value, count)) in centres.iter_mut().zip(sums).filter(|(_, (_, _, count))| *count > 0.0) {
            *centre = Centre { at: place.map(|sum| sum / count), value: value / count };
        }
    }
    labels
}

/// Centres in the middle of each cell of a regular grid.
fn seeds(image: &Volume, edge: f64, scale: f64) -> Vec<Centre> {
    let Grid { size, spacing, .. } = image.grid;
    let along = |axis: usize| {
        let extent = size[axis] as f64 * spacing[axis];
        let cells = ((extent / edge).round() as usize).clamp(1, size[axis]);
        (0..cells).map(move |cell| (((cell as f64 + 0.5) * size[axis] as f64 / cells as f64) as usize).min(size[axis] - 1))
    };
    let mut centres = Vec::new();
    for k in along(2) {
        for j in along(1) {
            for i in along(0) {
                let at = [i as f64 * spacing[0], j as f64 * spacing[1], k as f64 * spacing[2]];
                centres.push(Centre { at, value: image.values[image.grid.at([i, j, k])] * scale });
            }
        }
    }
    centres
}
