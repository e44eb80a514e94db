//! Coefficients of the interpolating cubic B-spline.

/// Pole of the recursive filter that inverts sampling of the cubic B-spline.
const POLE: f64 = -0.267_949_192_431_122_7;

/// Further than this a value has no influence worth its cost: |POLE|²⁴ is 2e-14.
pub(super) const REACH: usize = 24;

/// Turns the samples along one axis into B-spline coefficients, in place; the signal is mirrored at its first and last sample.
///
/// `data` holds blocks of `length` rows of `inner` values; the axis runs from row to row.
pub(super) fn prefilter(data: &mut [f64], length: usize, inner: usize) {
    if inner > 1 {
        data.chunks_exact_mut(length * inner).for_each(|block| prefilter_block(block, length, inner));
        return;
    }
    // Along the fastest axis each value waits for the one before it: several lines abreast keep the processor busy.
    const ABREAST: usize = 8;
    let mut rows = vec![0.0; ABREAST * length];
    for lines in data.chunks_mut(ABREAST * length) {
        for (n, line) in lines.chunks_exact(length).enumerate() {
            line.iter().enumerate().for_each(|(k, value)| rows[k * ABREAST + n] = *value);
        }
        prefilter_block(&mut rows, length, ABREAST);
        for (n, line) in lines.chunks_exact_mut(length).enumerate() {
            line.iter_mut().enumerate().for_each(|(k, value)| *value = rows[k * ABREAST + n]);
        }
    }
}

/// One block: see [`prefilter`].
///
/// # Definition
/// Coefficients c with (c[k−1] + 4 c[k] + c[k+1]) / 6 = s[k], by a causal and an anticausal first-order recursion with the pole √3 − 2.
///
/// # Reference
/// Unser, IEEE Signal Process Mag 1999;16(6):22.
fn prefilter_block(block: &mut [f64], length: usize, inner: usize) {
    if length < 2 {
        return;
    }
    start_row(block, length, inner);
    for k in 1..length {
        let (before, from) = block.split_at_mut(k * inner);
        for (value, last) in from[..inner].iter_mut().zip(&before[(k - 1) * inner..]) {
            *value = 6.0 * *value + POLE * last;
        }
    }
    let (before, last) = block.split_at_mut((length - 1) * inner);
    let edge = POLE / (POLE * POLE - 1.0);
    for (value, previous) in last[..inner].iter_mut().zip(&before[(length - 2) * inner..]) {
        *value = edge * (POLE * previous + *value);
    }
    for k in (0..length - 1).rev() {
        let (upto, after) = block.split_at_mut((k + 1) * inner);
        for (value, next) in upto[k * inner..].iter_mut().zip(&after[..inner]) {
            *value = POLE * (next - *value);
        }
    }
}

/// The causal recursion's first row: the sum over the mirrored signal, exact where the signal is short.
fn start_row(block: &mut [f64], length: usize, inner: usize) {
    let (first, rest) = block.split_at_mut(inner);
    let mut weights = vec![0.0; length];
    let period = 2 * length - 2;
    // Over one period of the mirrored signal sample k is met at k and at period − k; later periods repeat with pole^period.
    for (k, weight) in weights.iter_mut().enumerate() {
        let mirrored = if k == 0 || k == length - 1 { 0.0 } else { POLE.powi((period - k).min(4096) as i32) };
        *weight = POLE.powi(k.min(4096) as i32) + mirrored;
    }
    let whole = 6.0 / (1.0 - POLE.powi(period.min(4096) as i32));
    for value in first.iter_mut() {
        *value *= weights[0];
    }
    // Weights fall below every rounding error after twice the reach; from the other end they rise again only in short signals.
    let end = if length > 4 * REACH { 2 * REACH } else { length };
    for k in 1..end {
        let row = &rest[(k - 1) * inner..k * inner];
        for (value, sample) in first.iter_mut().zip(row) {
            *value += weights[k] * sample;
        }
    }
    for value in first {
        *value *= whole;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_give_back_the_samples() {
        for length in [2, 3, 7, 40, 200] {
            let samples: Vec<f64> = (0..2 * length).map(|k| ((k * 7919 + k * k * 31) % 101) as f64 - 50.0).collect();
            let mut c = samples.clone();
            prefilter(&mut c, length, 2);
            for k in 0..length {
                for inner in 0..2 {
                    let at = |k: usize| c[2 * k + inner];
                    let before = if k == 0 { at(1) } else { at(k - 1) };
                    let after = if k + 1 == length { at(length - 2) } else { at(k + 1) };
                    let back = (before + 4.0 * at(k) + after) / 6.0;
                    assert!((back - samples[2 * k + inner]).abs() < 1e-12, "{length}: {k}");
                }
            }
        }
    }

    #[test]
    fn one_sample_is_its_own_coefficient() {
        let mut c = [3.0, 4.0];
        prefilter(&mut c, 1, 2);
        assert_eq!(c, [3.0, 4.0]);
    }
}
