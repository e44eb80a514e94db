//! Percentiles of many intensities without sorting them all.

/// Percentiles by linear interpolation of the order statistics (type 7: R, NumPy), each of `parts` in 0 to 1.
///
/// Values fall into equal buckets between the minimum and the maximum; only the buckets that hold a wanted order statistic are sorted.
/// The result is that of sorting everything. `values` must not be empty and hold finite numbers.
pub(crate) fn percentiles<const N: usize>(values: &[f64], [minimum, maximum]: [f64; 2], parts: [f64; N]) -> [f64; N] {
    const BUCKETS: usize = 1024;
    let scale = BUCKETS as f64 / (maximum - minimum);
    if !(minimum < maximum) || !scale.is_finite() {
        return [minimum; N];
    }
    // Rounding keeps the order: a larger value never falls into a lower bucket.
    let bucket = |value: f64| (((value - minimum) * scale) as usize).min(BUCKETS - 1);
    let mut below = [0usize; BUCKETS + 1];
    for value in values {
        below[bucket(*value) + 1] += 1;
    }
    for at in 1..=BUCKETS {
        below[at] += below[at - 1];
    }
    let holder = |rank: usize| below.partition_point(|before| *before <= rank) - 1;
    let position = |part: f64| part * (values.len() - 1) as f64;
    let ranks = |part: f64| [position(part).floor() as usize, position(part).ceil() as usize];

    let mut wanted: Vec<usize> = parts.iter().flat_map(|part| ranks(*part)).map(holder).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut slot = [usize::MAX; BUCKETS];
    wanted.iter().enumerate().for_each(|(at, bucket)| slot[*bucket] = at);
    let mut members: Vec<Vec<f64>> = wanted.iter().map(|at| Vec::with_capacity(below[at + 1] - below[*at])).collect();
    for value in values {
        if let Some(bucket) = members.get_mut(slot[bucket(*value)]) {
            bucket.push(*value);
        }
    }
    members.iter_mut().for_each(|bucket| bucket.sort_unstable_by(f64::total_cmp));
    let order_statistic = |rank: usize| members[slot[holder(rank)]][rank - below[holder(rank)]];
    parts.map(|part| {
        let [low, high] = ranks(part).map(order_statistic);
        low + (position(part) - position(part).floor()) * (high - low)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_sorting(values: &[f64], part: f64) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = part * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        low + (at - at.floor()) * (high - low)
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_values() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f64 / (1u64 << 24) as f64
        };
        let parts = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];
        for n in [1, 2, 3, 10, 11, 1000, 5001] {
            let flat: Vec<f64> = (0..n).map(|_| next()).collect();
            let skewed: Vec<f64> = flat.iter().map(|x| (x * 40.0).exp()).collect();
            let ties: Vec<f64> = flat.iter().map(|x| (x * 5.0).floor() - 3.0).collect();
            for values in [flat, skewed, ties, vec![7.0; n]] {
                let ends = values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(*x), high.max(*x)]);
                let found = percentiles(&values, ends, parts);
                assert_eq!(found, parts.map(|part| by_sorting(&values, part)), "{n}");
            }
        }
    }
}
