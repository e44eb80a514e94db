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

    /// The same field on half the mesh; `basis` is that of the lattice as it is.
    ///
    /// # Definition
    /// Along each axis d[2i] = (c[i] + c[i+1]) / 2 and d[2i+1] = (c[i] + 6 c[i+1] + c[i+2]) / 8: the two-scale relation of cubic B-splines.
    pub(super) fn refined(&self, basis: &[Basis; 3]) -> Lattice {
        let mut data = self.control.clone();
        let mut inner = 1;
        for basis in basis.iter().filter(|basis| basis.width > 1) {
            let count = 2 * basis.control - 3;
            let mut out = Vec::with_capacity(data.len() / basis.control * count);
            for block in data.chunks_exact(basis.control * inner) {
                for n in 0..count {
                    let at = |row: usize, column: usize| block[(n / 2 + row) * inner + column];
                    out.extend((0..inner).map(|c| match n % 2 {
                        0 => 0.5 * (at(0, c) + at(1, c)),
                        _ => 0.125 * (at(0, c) + 6.0 * at(1, c) + at(2, c)),
                    }));
                }
            }
            data = out;
            inner *= count;
        }
        Lattice { control: data }
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
    fn splines_sum_to_one() {
        for (n, mesh) in [(12, 1), (9, 4), (2, 8), (1, 2)] {
            let basis = Basis::new((0..n).map(|x| x as f64), n, mesh);
            assert!(basis.weight.iter().all(|w| (w.iter().sum::<f64>() - 1.0).abs() < 1e-14));
            assert!(basis.first.iter().all(|first| first + basis.width <= basis.control));
        }
    }

    #[test]
    fn half_the_mesh_is_the_same_field() {
        for size in [[9, 8, 7], [9, 1, 7], [1, 1, 5]] {
            let basis = |mesh| [0, 1, 2].map(|axis| Basis::new((0..size[axis]).map(|x| x as f64), size[axis], mesh));
            let mut lattice = Lattice::zero(&basis(2));
            lattice.control.iter_mut().enumerate().for_each(|(n, c)| *c = ((n * 7919) % 101) as f64);
            let (before, after) = (lattice.evaluate(&basis(2)), lattice.refined(&basis(2)).evaluate(&basis(4)));
            assert!(before.iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-11));
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
