//! Which voxels along one axis a new sample is made of, and with which weights.

use super::Interpolation;
use super::prefilter::REACH;

/// The neighbours of each new sample along one axis.
pub(super) struct Taps {
    /// Neighbours per sample: 1, 2 or 4.
    pub width: usize,
    /// Voxels, counted from `low`.
    pub index: Vec<[usize; 4]>,
    /// Their weights; the sum is 1.
    pub weight: Vec<[f64; 4]>,
    /// First voxel that is read.
    pub low: usize,
    /// One beyond the last voxel that is read.
    pub high: usize,
    /// Whether the voxels are to be turned into spline coefficients along this axis.
    pub spline: bool,
}

/// Neighbours and weights of one position `x` on an axis of `length` voxels. Positions beyond the outer centres take the edge; with a
/// `mirror` a spline goes on as its mirrored signal does (as in ITK, within the outer half voxel).
pub(super) fn tap(x: f64, length: usize, kind: Interpolation, mirror: bool) -> ([usize; 4], [f64; 4]) {
    let last = length - 1;
    let x = if x.is_nan() { 0.0 } else { x };
    if mirror && kind == Interpolation::CubicSpline && x.abs() < 1e15 {
        return spline_tap(x, length);
    }
    let x = x.clamp(0.0, last as f64);
    let floor = (x as usize).min(last);
    let t = x - floor as f64;
    match kind {
        Interpolation::Nearest => ([((x + 0.5) as usize).min(last), 0, 0, 0], [1.0, 0.0, 0.0, 0.0]),
        Interpolation::Linear => ([floor, (floor + 1).min(last), 0, 0], [1.0 - t, t, 0.0, 0.0]),
        Interpolation::CubicSpline => spline_tap(x, length),
    }
}

fn spline_tap(x: f64, length: usize) -> ([usize; 4], [f64; 4]) {
    let floor = x.floor();
    let at = floor as isize;
    ([at - 1, at, at + 1, at + 2].map(|k| mirrored(k, length)), cubic(x - floor))
}

/// The cubic B-spline's weights of the neighbours −1, 0, 1, 2 at `t` past neighbour 0.
fn cubic(t: f64) -> [f64; 4] {
    let after = t * t * t / 6.0;
    let before = 1.0 / 6.0 + 0.5 * t * (t - 1.0) - after;
    let next = t + before - 2.0 * after;
    [before, 1.0 - before - next - after, next, after]
}

/// Position of sample `k` of a signal that is mirrored at its first and last sample.
fn mirrored(k: isize, length: usize) -> usize {
    if length == 1 {
        return 0;
    }
    let period = 2 * length as isize - 2;
    let k = k.rem_euclid(period);
    (if k < length as isize { k } else { period - k }) as usize
}

impl Taps {
    /// For samples at the positions `x` on an axis of `length` voxels. Where all positions are voxel centres nothing is interpolated.
    pub(super) fn new(x: &[f64], length: usize, kind: Interpolation, mirror: bool) -> Taps {
        let on_centres = x.iter().all(|x| (x - x.round()).abs() < 1e-9);
        let kind = if on_centres { Interpolation::Nearest } else { kind };
        let (mut index, weight): (Vec<_>, Vec<_>) = x.iter().map(|&x| tap(x, length, kind, mirror)).unzip();
        let (width, spline) = match kind {
            Interpolation::Nearest => (1, false),
            Interpolation::Linear => (2, false),
            Interpolation::CubicSpline => (4, true),
        };
        let read = || index.iter().flat_map(|taps| &taps[..width]);
        let margin = if spline { REACH } else { 0 };
        let low = read().min().map_or(0, |low| low.saturating_sub(margin));
        let high = read().max().map_or(0, |high| (high + 1 + margin).min(length));
        for taps in &mut index {
            for tap in &mut taps[..width] {
                *tap -= low;
            }
        }
        Taps { width, index, weight, low, high, spline }
    }

    /// Voxels that are read.
    pub(super) fn span(&self) -> usize {
        self.high - self.low
    }

    /// Whether the samples are the voxels read, one by one.
    fn copies(&self) -> bool {
        self.width == 1 && self.index.len() == self.span() && self.index.iter().enumerate().all(|(k, taps)| taps[0] == k)
    }

    /// Replaces the axis of `data` (blocks of `span` rows of `inner` values) by the new samples.
    pub(super) fn apply(&self, data: Vec<f64>, inner: usize) -> Vec<f64> {
        if self.copies() {
            return data;
        }
        let block = self.span() * inner;
        let mut out = Vec::with_capacity(data.len() / self.span().max(1) * self.index.len());
        for block in data.chunks_exact(block.max(1)) {
            if inner == 1 {
                self.apply_line(block, &mut out);
                continue;
            }
            for (index, weight) in self.index.iter().zip(&self.weight) {
                let row = |tap: usize| &block[index[tap] * inner..(index[tap] + 1) * inner];
                match self.width {
                    1 => out.extend_from_slice(row(0)),
                    2 => out.extend(row(0).iter().zip(row(1)).map(|(a, b)| weight[0] * a + weight[1] * b)),
                    _ => {
                        let pairs = row(0).iter().zip(row(1)).zip(row(2).iter().zip(row(3)));
                        out.extend(
                            pairs.map(|((a, b), (c, d))| (weight[0] * a + weight[1] * b) + (weight[2] * c + weight[3] * d)),
                        );
                    }
                }
            }
        }
        out
    }

    /// One line of voxels along the fastest axis.
    fn apply_line(&self, line: &[f64], out: &mut Vec<f64>) {
        let taps = self.index.iter().zip(&self.weight);
        match self.width {
            1 => out.extend(taps.map(|(index, _)| line[index[0]])),
            2 => out.extend(taps.map(|(index, weight)| weight[0] * line[index[0]] + weight[1] * line[index[1]])),
            _ => out.extend(taps.map(|(index, weight)| {
                let part = |tap: usize| weight[tap] * line[index[tap]];
                (part(0) + part(1)) + (part(2) + part(3))
            })),
        }
    }
}
