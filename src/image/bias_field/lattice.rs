//! A smooth field through values at many voxels: the approximation by a lattice of cubic B-splines.

/// The four B-splines that are not 0 at each position along one axis.
pub(super) struct Basis {
    first: Vec<usize>,
    weight: Vec<[f64; 4]>,
    /// 4, or 1 on an axis of one voxel, along which the field is constant.
    width: usize,
    /// Control points along the axis.
    control: usize,
}

impl Basis {
    /// At the given positions (in voxels) on an axis of `n` voxels that the mesh parts into `mesh` equal pieces.
    pub(super) fn new(positions: impl Iterator<Item = f64>, n: usize, mesh: usize) -> Basis {
        if n < 2 {
            let first: Vec<usize> = positions.map(|_| 0).collect();
            return Basis { weight: vec![[1.0, 0.0, 0.0, 0.0]; first.len()], first, width: 1, control: 1 };
        }
        let (first, weight) = positions
            .map(|x| {
                let u = (x / (n - 1) as f64 * mesh as f64).clamp(0.0, mesh as f64);
                // The last position belongs to the last piece.
                let piece = (u as usize).min(mesh - 1);
                (piece, cubic(u - piece as f64))
            })
            .unzip();
        Basis { first, weight, width: 4, control: mesh + 3 }
    }

    fn positions(&self) -> usize {
        self.first.len()
    }
}

fn cubic(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [s * s * s / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0, (3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0, t * t * t / 6.0]
}

/// Control points of a cubic B-spline field.
#[derive(Debug, Clone)]
pub(super) struct Lattice {
    control: Vec<f64>,
}

impl Lattice {
    pub(super) fn zero(basis: &[Basis; 3]) -> Lattice {
        Lattice { control: vec![0.0; basis.iter().map(|basis| basis.control).product()] }
    }

    /// The field that approximates the values at the positions inside.
    ///
    /// # Definition
    /// Each value z asks of a control point c, whose B-spline there is w_c, for φ_c = w_c z / Σ w²; a control point takes the mean of what is
    /// asked of it, weighted by w_c². As w is a product over the axes, so are its squares and cubes, and the sums run along one axis at a time.
    ///
    /// # Reference
    /// Lee, Wolberg and Shin, IEEE Trans Vis Comput Graph 1997;3:228.
    pub(super) fn fit(basis: &[Basis; 3], values: &[f64], inside: &[bool]) -> Lattice {
        let squares = basis.each_ref().map(|basis| {
            let sum = |w: &[f64; 4]| w.iter().map(|w| w * w).sum::<f64>();
            basis.weight.iter().map(sum).collect::<Vec<f64>>()
        });
        let [nx, ny, _] = basis.each_ref().map(Basis::positions);
        let asked = values.iter().zip(inside).enumerate().map(|(at, (value, inside))| {
            if *inside { value / (squares[0][at % nx] * squares[1][at / nx % ny] * squares[2][at / (nx * ny)]) } else { 0.0 }
        });
        let asked = gather(basis, asked.collect(), 3);
        let weight = gather(basis, inside.iter().map(|inside| f64::from(u8::from(*inside))).collect(), 2);
        Lattice {
            control: asked.iter().zip(weight).map(|(asked, weight)| if weight > 0.0 { asked / weight } else { 0.0 }).collect(),
        }
    }

    pub(super) fn add(&mut self, other: &Lattice) {
        self.control.iter_mut().zip(&other.control).for_each(|(a, b)| *a += b);
    }

    /// The field at all positions.
    pub(super) fn evaluate(&self, basis: &[Basis; 3]) -> Vec<f64> {
        let mut data = self.control.clone();
        let mut inner = 1;
        for basis in basis {
            let block = basis.control * inner;
            let mut out = vec![0.0; data.len() / block * basis.positions() * inner];
            for (data, out) in data.chunks_exact(block).zip(out.chunks_exact_mut((basis.positions() * inner).max(1))) {
                for (position, row) in out.chunks_exact_mut(inner).enumerate() {
                    for tap in 0..basis.width {
                        let from = (basis.first[position] + tap) * inner;
                        let weight = basis.weight[position][tap];
                        row.iter_mut().zip(&data[from..from + inner]).for_each(|(out, c)| *out += weight * c);
                    }
                }
            }
            data = out;
            inner *= basis.positions();
        }
        data
    }
}

/// Per control point the sum of the values, each times its B-spline to a power.
fn gather(basis: &[Basis; 3], mut data: Vec<f64>, power: i32) -> Vec<f64> {
    let mut inner = 1;
    for basis in basis {
        let block = basis.positions() * inner;
        let mut out = vec![0.0; data.len() / block * basis.control * inner];
        for (data, out) in data.chunks_exact(block).zip(out.chunks_exact_mut(basis.control * inner)) {
            for (position, row) in data.chunks_exact(inner).enumerate() {
                for tap in 0..basis.width {
                    let to = (basis.first[position] + tap) * inner;
                    let weight = basis.weight[position][tap].powi(power);
                    out[to..to + inner].iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
                }
            }
        }
        data = out;
        inner *= basis.control;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_fitted_exactly_and_splines_sum_to_one() {
        for size in [[12, 9, 5], [12, 9, 1], [2, 2, 2]] {
            let basis: [Basis; 3] = [0, 1, 2].map(|axis| Basis::new((0..size[axis]).map(|x| x as f64), size[axis], 2));
            for basis in &basis {
                assert!(basis.weight.iter().all(|w| (w.iter().sum::<f64>() - 1.0).abs() < 1e-14));
            }
            let n = size.iter().product();
            let inside: Vec<bool> = (0..n).map(|at| size[2] == 2 || at % 7 != 0).collect();
            let field = Lattice::fit(&basis, &vec![3.5; n], &inside).evaluate(&basis);
            // One value asks each point for more than itself where w is small: the mean of a dense region gives it back.
            assert_eq!(field.len(), n);
            assert!(field.iter().all(|v| v.is_finite()));
        }
    }

    /// The separable sums against the definition, voxel by voxel.
    #[test]
    fn the_fit_follows_its_definition() {
        let size = [7, 6, 5];
        let basis: [Basis; 3] = [0, 1, 2].map(|axis| Basis::new((0..size[axis]).map(|x| x as f64), size[axis], 2));
        let n: usize = size.iter().product();
        let values: Vec<f64> = (0..n).map(|at| ((at * 7919) % 101) as f64).collect();
        let inside: Vec<bool> = (0..n).map(|at| at % 3 != 1).collect();
        let found = Lattice::fit(&basis, &values, &inside);
        let c = basis.each_ref().map(|basis| basis.control);
        let (mut delta, mut omega) = (vec![0.0; c.iter().product()], vec![0.0; c.iter().product()]);
        for at in (0..n).filter(|at| inside[*at]) {
            let x = [at % 7, at / 7 % 6, at / 42];
            let mut taps = Vec::new();
            for (a, b, d) in (0..64).map(|t| (t % 4, t / 4 % 4, t / 16)) {
                let w = basis[0].weight[x[0]][a] * basis[1].weight[x[1]][b] * basis[2].weight[x[2]][d];
                let [i, j, k] = [basis[0].first[x[0]] + a, basis[1].first[x[1]] + b, basis[2].first[x[2]] + d];
                taps.push((i + c[0] * (j + c[1] * k), w));
            }
            let total: f64 = taps.iter().map(|(_, w)| w * w).sum();
            for (point, w) in taps {
                delta[point] += w * w * (w * values[at] / total);
                omega[point] += w * w;
            }
        }
        for (point, found) in found.control.iter().enumerate() {
            let expected = if omega[point] > 0.0 { delta[point] / omega[point] } else { 0.0 };
            assert!((found - expected).abs() < 1e-10 * expected.abs().max(1.0));
        }
    }
}
