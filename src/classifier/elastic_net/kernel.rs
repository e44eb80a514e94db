//! The few loops over patients in which the time of a penalised regression goes: dot products, weighted cross products,
//! and sums of columns.
//!
//! A column is a run of [`Lane`]s of eight numbers, padded with zeros, so no loop has a tail. Every sum is kept in eight partial
//! sums that are multiplied, added and folded in one fixed order. A machine with wider registers does the same additions in fewer
//! instructions, so a fit has the same bits on each of them, and for any number of threads.

use pulp::{Arch, Simd, WithSimd};

/// Numbers per [`Lane`].
pub(super) const WIDTH: usize = 8;

/// Eight neighbouring rows of a column, on one cache line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(super) struct Lane(pub [f64; WIDTH]);

impl Lane {
    /// Eight zeros.
    pub const ZERO: Lane = Lane([0.0; WIDTH]);
}

/// How many lanes hold `n` numbers.
pub(super) fn lanes(n: usize) -> usize {
    n.div_ceil(WIDTH)
}

/// `n` zeros.
pub(super) fn zeros(n: usize) -> Vec<Lane> {
    vec![Lane::ZERO; lanes(n)]
}

/// The numbers of `values` in lanes.
pub(super) fn pack(values: &[f64]) -> Vec<Lane> {
    let mut packed = zeros(values.len());
    for (i, &value) in values.iter().enumerate() {
        packed[i / WIDTH].0[i % WIDTH] = value;
    }
    packed
}

/// The sum of all numbers.
pub(super) fn sum(x: &[Lane]) -> f64 {
    let mut total = [0.0; WIDTH];
    for lane in x {
        for (t, v) in total.iter_mut().zip(lane.0) {
            *t += v;
        }
    }
    fold(total)
}

/// The sum of the products of two columns.
pub(super) fn dot(x: &[Lane], y: &[Lane]) -> f64 {
    struct Dot<'a>(&'a [Lane], &'a [Lane]);
    impl WithSimd for Dot<'_> {
        type Output = f64;
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> f64 {
            products::<S, 1, 1>(simd, [self.0], [self.1])[0][0]
        }
    }
    Arch::new().dispatch(Dot(x, y))
}

/// Several columns of one matrix: column `j` is `lanes[j * stride..][..stride]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    pub lanes: &'a [Lane],
    pub stride: usize,
}

impl<'a> Columns<'a> {
    #[inline(always)]
    pub fn column(self, j: usize) -> &'a [Lane] {
        &self.lanes[j * self.stride..(j + 1) * self.stride]
    }
}

/// `out[i] = x[chosen[i]]' r`.
pub(super) fn dots(x: Columns, chosen: &[u32], r: &[Lane], out: &mut [f64]) {
    struct Dots<'a>(Columns<'a>, &'a [u32], &'a [Lane], &'a mut [f64]);
    impl WithSimd for Dots<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let Dots(x, chosen, r, out) = self;
            let mut pairs = chosen.chunks_exact(2);
            let mut outs = out.chunks_exact_mut(2);
            for (pair, out) in (&mut pairs).zip(&mut outs) {
                let [[a], [b]] = products::<S, 2, 1>(simd, [x.column(pair[0] as usize), x.column(pair[1] as usize)], [r]);
                (out[0], out[1]) = (a, b);
            }
            for (&j, out) in pairs.remainder().iter().zip(outs.into_remainder()) {
                *out = products::<S, 1, 1>(simd, [x.column(j as usize)], [r])[0][0];
            }
        }
    }
    Arch::new().dispatch(Dots(x, chosen, r, out));
}

/// `r += sum_i amount[i] x[chosen[i]]`; terms with amount zero are skipped.
pub(super) fn add_columns(x: Columns, chosen: &[u32], amount: &[f64], r: &mut [Lane]) {
    struct Add<'a>(Columns<'a>, &'a [u32], &'a [f64], &'a mut [Lane]);
    impl WithSimd for Add<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let Add(x, chosen, amount, r) = self;
            let mut terms = chosen.iter().zip(amount).filter(|&(_, &a)| a != 0.0);
            while let Some((&j, &a)) = terms.next() {
                let first = x.column(j as usize);
                let a = Wide::<S>::splat(a, simd);
                match terms.next() {
                    None => {
                        for (r, x) in r.iter_mut().zip(first) {
                            let mut total = Wide::load(r, simd);
                            total.add_product(a, Wide::load(x, simd), simd);
                            total.store(r);
                        }
                    }
                    Some((&k, &b)) => {
                        let second = x.column(k as usize);
                        let b = Wide::<S>::splat(b, simd);
                        for ((r, x), y) in r.iter_mut().zip(first).zip(second) {
                            let mut total = Wide::load(r, simd);
                            total.add_product(a, Wide::load(x, simd), simd);
                            total.add_product(b, Wide::load(y, simd), simd);
                            total.store(r);
                        }
                    }
                }
            }
        }
    }
    Arch::new().dispatch(Add(x, chosen, amount, r));
}

/// Rows `first..count` of the symmetric matrix `gram[i][k] = z[i]' x[chosen[k]]`, and by symmetry the columns `first..count`
/// of the rows above. `z` holds one column for each of the rows `first..count`.
pub(super) fn cross_products(z: Columns, x: Columns, chosen: &[u32], first: usize, gram: &mut [Lane], stride: usize) {
    struct Cross<'a>(Columns<'a>, Columns<'a>, &'a [u32], usize, &'a mut [Lane], usize);
    impl WithSimd for Cross<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let Cross(z, x, chosen, first, gram, stride) = self;
            let mut put = |i: usize, k: usize, value: f64| {
                gram[i * stride + k / WIDTH].0[k % WIDTH] = value;
                gram[k * stride + i / WIDTH].0[i % WIDTH] = value;
            };
            let column = |k: usize| x.column(chosen[k] as usize);
            let mut i = first;
            while i + 1 < chosen.len() {
                let rows = [z.column(i - first), z.column(i + 1 - first)];
                let mut k = 0;
                while k <= i {
                    // The pair that straddles the diagonal computes one value twice; it is the same number.
                    let [[a, b], [c, d]] = products::<S, 2, 2>(simd, rows, [column(k), column(k + 1)]);
                    if k < i {
                        put(i, k + 1, b);
                    }
                    put(i, k, a);
                    put(i + 1, k, c);
                    put(i + 1, k + 1, d);
                    k += 2;
                }
                if k == i + 1 {
                    put(i + 1, k, products::<S, 1, 1>(simd, [rows[1]], [column(k)])[0][0]);
                }
                i += 2;
            }
            if i < chosen.len() {
                for k in 0..=i {
                    put(i, k, products::<S, 1, 1>(simd, [z.column(i - first)], [column(k)])[0][0]);
                }
            }
        }
    }
    Arch::new().dispatch(Cross(z, x, chosen, first, gram, stride));
}

/// One lane in the registers of this machine.
#[derive(Clone, Copy)]
pub(super) struct Wide<S: Simd>([S::f64s; WIDTH]);

impl<S: Simd> Wide<S> {
    /// Registers that one lane fills.
    const REGISTERS: usize = WIDTH / S::F64_LANES;

    #[inline(always)]
    pub fn splat(value: f64, simd: S) -> Self {
        Wide([simd.splat_f64s(value); WIDTH])
    }

    #[inline(always)]
    pub fn load(lane: &Lane, simd: S) -> Self {
        let (registers, _) = S::as_simd_f64s(&lane.0);
        let mut wide = Self::splat(0.0, simd);
        wide.0[..Self::REGISTERS].copy_from_slice(&registers[..Self::REGISTERS]);
        wide
    }

    #[inline(always)]
    pub fn store(self, lane: &mut Lane) {
        let (registers, _) = S::as_mut_simd_f64s(&mut lane.0);
        registers[..Self::REGISTERS].copy_from_slice(&self.0[..Self::REGISTERS]);
    }

    /// `self += a b`, rounded twice: a fused product would give other bits on machines that lack it.
    #[inline(always)]
    pub fn add_product(&mut self, a: Self, b: Self, simd: S) {
        for i in 0..Self::REGISTERS {
            self.0[i] = simd.add_f64s(self.0[i], simd.mul_f64s(a.0[i], b.0[i]));
        }
    }
}

/// All products of `P` columns with `Q` columns; each is summed in the same order whatever `P` and `Q` are.
#[inline(always)]
pub(super) fn products<S: Simd, const P: usize, const Q: usize>(simd: S, x: [&[Lane]; P], y: [&[Lane]; Q]) -> [[f64; Q]; P] {
    let n = x[0].len();
    let x = x.map(|column| &column[..n]);
    let y = y.map(|column| &column[..n]);
    let mut total = [[Wide::<S>::splat(0.0, simd); Q]; P];
    for row in 0..n {
        let xs: [Wide<S>; P] = std::array::from_fn(|p| Wide::load(&x[p][row], simd));
        for q in 0..Q {
            let y = Wide::load(&y[q][row], simd);
            for p in 0..P {
                total[p][q].add_product(xs[p], y, simd);
            }
        }
    }
    total.map(|row| {
        row.map(|partial| {
            let mut lane = Lane::ZERO;
            partial.store(&mut lane);
            fold(lane.0)
        })
    })
}

/// The sum of eight partial sums, always in this order.
#[inline(always)]
fn fold(p: [f64; WIDTH]) -> f64 {
    ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]))
}
