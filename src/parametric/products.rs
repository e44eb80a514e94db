//! The best Ktrans and vp at a given kep: two numbers within a box, in closed form.

/// Inner product; four sums at a time, which the compiler turns into vector instructions.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Inner products of the two columns (tissue curve of unit Ktrans, plasma curve) with each other and with the data.
#[derive(Debug, Clone, Copy, Default)]
pub struct Products {
    /// Tissue · tissue.
    pub gg: f64,
    /// Tissue · plasma.
    pub gc: f64,
    /// Plasma · plasma; zero without a plasma term.
    pub cc: f64,
    /// Data · tissue.
    pub yg: f64,
    /// Data · plasma.
    pub yc: f64,
}

impl Products {
    #[inline(always)]
    fn explained(&self, ktrans: f64, vp: f64) -> f64 {
        2.0 * (ktrans * self.yg + vp * self.yc) - (ktrans * ktrans * self.gg + 2.0 * ktrans * vp * self.gc + vp * vp * self.cc)
    }

    /// The best Ktrans and vp within [0, `ktrans`] and [0, `vp`], and what they explain of the data's sum of squares.
    #[inline(always)]
    pub fn solve(&self, ktrans: f64, vp: f64) -> (f64, f64, f64) {
        let determinant = self.gg * self.cc - self.gc * self.gc;
        if determinant > SINGULAR * self.gg * self.cc {
            let inverse = 1.0 / determinant;
            let k = (self.yg * self.cc - self.yc * self.gc) * inverse;
            let v = (self.yc * self.gg - self.yg * self.gc) * inverse;
            if (0.0..=ktrans).contains(&k) && (0.0..=vp).contains(&v) {
                return (k, v, k * self.yg + v * self.yc);
            }
        }
        // The function is convex: with its lowest point outside the box, the best lies on an edge.
        let along_k = |v: f64| if self.gg > 0.0 { ((self.yg - v * self.gc) / self.gg).clamp(0.0, ktrans) } else { 0.0 };
        let along_v = |k: f64| if self.cc > 0.0 { ((self.yc - k * self.gc) / self.cc).clamp(0.0, vp) } else { 0.0 };
        let mut best = (along_k(0.0), 0.0, 0.0);
        best.2 = self.explained(best.0, best.1);
        if self.cc > 0.0 {
            for (k, v) in [(along_k(vp), vp), (0.0, along_v(0.0)), (ktrans, along_v(ktrans))] {
                let explained = self.explained(k, v);
                if explained > best.2 {
                    best = (k, v, explained);
                }
            }
        }
        best
    }
}

/// Share of gg·cc below which the determinant counts as zero: tissue and plasma curve are then one.
const SINGULAR: f64 = 1e-12;

/// What [`Products::solve`] needs at one kep, whatever the voxel: everything that can be divided beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prepared {
    gg: f64,
    gc: f64,
    cc: f64,
    inverse: f64,
    inverse_gg: f64,
    inverse_cc: f64,
    ktrans: f64,
    vp: f64,
}

impl Prepared {
    /// For two columns and the upper bounds of their factors.
    pub fn new(gg: f64, gc: f64, cc: f64, ktrans: f64, vp: f64) -> Self {
        let determinant = gg * cc - gc * gc;
        let over = |value: f64, least: f64| if value > least { 1.0 / value } else { 0.0 };
        Prepared {
            gg,
            gc,
            cc,
            inverse: over(determinant, SINGULAR * gg * cc),
            inverse_gg: over(gg, 0.0),
            inverse_cc: over(cc, 0.0),
            ktrans,
            vp,
        }
    }

    /// What the best Ktrans and vp explain; no branches, so that several voxels go through together.
    #[inline(always)]
    pub fn explained(&self, yg: f64, yc: f64) -> f64 {
        let k = (yg * self.cc - yc * self.gc) * self.inverse;
        let v = (yc * self.gg - yg * self.gc) * self.inverse;
        let inside = (self.inverse > 0.0) & (k >= 0.0) & (k <= self.ktrans) & (v >= 0.0) & (v <= self.vp);
        let at = |k: f64, v: f64| {
            let (from_k, from_v) = (yg + yg - k * self.gg, yc + yc - v * self.cc);
            k * (from_k - 2.0 * v * self.gc) + v * from_v
        };
        let along_k = |v: f64| within((yg - v * self.gc) * self.inverse_gg, self.ktrans);
        let along_v = |k: f64| within((yc - k * self.gc) * self.inverse_cc, self.vp);
        let edges = higher(
            higher(at(along_k(0.0), 0.0), at(0.0, along_v(0.0))),
            higher(at(along_k(self.vp), self.vp), at(self.ktrans, along_v(self.ktrans))),
        );
        // Without a plasma term vp explains nothing and costs nothing, so that every edge is one of Ktrans.
        if inside { k * yg + v * yc } else { edges }
    }
}

#[inline(always)]
fn higher(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn within(value: f64, most: f64) -> f64 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < most { value } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_inside_and_on_every_edge() {
        for (yg, yc) in [(3.0, 2.0), (-1.0, 2.0), (3.0, -1.0), (90.0, 1.0), (1.0, 90.0), (90.0, 90.0), (-1.0, -1.0)] {
            for cc in [0.0, 2.0] {
                let gc = if cc > 0.0 { 0.7 } else { 0.0 };
                let yc = if cc > 0.0 { yc } else { 0.0 };
                let (_, _, one) = Products { gg: 1.5, gc, cc, yg, yc }.solve(4.0, 1.0);
                let other = Prepared::new(1.5, gc, cc, 4.0, 1.0).explained(yg, yc);
                assert!((one - other).abs() < 1e-12 * one.abs().max(1.0), "{yg} {yc} {cc}: {one} {other}");
            }
        }
    }
}
