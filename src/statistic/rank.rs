//! The order of scores: what every rank statistic starts from.
//!
//! One sort per score, on integers: the order-preserving bits of each number with its position packed beneath them.
//! No comparison ever calls back into user code, and equal scores end up in one group whatever their positions.

use super::estimate::{Defined, undefined};

/// Cases sorted by ascending score, equal scores together.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Positions of the cases, ascending by score; within a group of equal scores by position.
    index: Vec<u32>,
    /// Where each group of equal scores ends in `index`.
    ends: Vec<u32>,
}

/// An integer that orders as the number does; −0 equals 0, infinities take part.
fn sortable(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    // Negative numbers order backwards by their bits, so all are flipped; of the others only the sign is.
    bits ^ (((bits as i64 >> 63) as u64) | (1 << 63))
}

impl Order {
    /// Sorts the scores.
    ///
    /// # Errors
    /// A score that is not a number, or more than 2³¹ − 1 cases.
    pub fn new(score: &[f64]) -> Defined<Self> {
        let n = score.len();
        if n > i32::MAX as usize {
            undefined!("{n} cases are more than ranks can number");
        }
        if let Some(at) = score.iter().position(|x| x.is_nan()) {
            undefined!("the score of case {} is not a number", at + 1);
        }
        let Some(&first) = score.first() else { return Ok(Order { index: Vec::new(), ends: Vec::new() }) };

        // The high bits that all scores share say nothing; of the others as many as leave room for the position are kept.
        let base = sortable(first);
        let varying = score.iter().fold(0, |bits, &x| bits | (sortable(x) ^ base));
        let position_bits = usize::BITS - (n - 1).leading_zeros();
        let left = varying.leading_zeros();
        let pack = |(i, &x): (usize, &f64)| {
            let key = sortable(x).checked_shl(left).unwrap_or(0);
            (key >> position_bits << position_bits) | i as u64
        };
        let mut packed: Vec<u64> = score.iter().enumerate().map(pack).collect();
        packed.sort_unstable();

        let position_mask = (1u64 << position_bits) - 1;
        let mut index: Vec<u32> = packed.iter().map(|&x| (x & position_mask) as u32).collect();
        let mut ends = Vec::with_capacity(n);
        let mut start = 0;
        while start < n {
            let key = packed[start] >> position_bits;
            let mut end = start + 1;
            while end < n && packed[end] >> position_bits == key {
                end += 1;
            }
            if end - start > 1 {
                split_equals(&mut index[start..end], start, score, &mut ends);
            } else {
                ends.push(end as u32);
            }
            start = end;
        }
        Ok(Order { index, ends })
    }

    /// The groups of equal scores, lowest first, each as the positions of its cases.
    pub fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let group = &self.index[start..end as usize];
            start = end as usize;
            group
        })
    }

    /// The number of distinct scores.
    pub fn distinct(&self) -> usize {
        self.ends.len()
    }

    /// The number of cases.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is no case at all.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

/// Sorts cases whose packed keys agree by the bits that the packing had to leave out, and notes where each tie ends.
fn split_equals(run: &mut [u32], offset: usize, score: &[f64], ends: &mut Vec<u32>) {
    let value = |i: u32| sortable(score[i as usize]);
    if run.iter().any(|&i| value(i) != value(run[0])) {
        run.sort_unstable_by_key(|&i| (value(i), i));
    }
    for at in 1..=run.len() {
        if at == run.len() || value(run[at]) != value(run[at - 1]) {
            ends.push((offset + at) as u32);
        }
    }
}

/// Mid-ranks: 1 for the lowest score; equal scores share the mean of their ranks.
///
/// # Errors
/// As [`Order::new`].
pub fn midranks(score: &[f64]) -> Defined<Vec<f64>> {
    let order = Order::new(score)?;
    let mut rank = vec![0.0; score.len()];
    let mut below = 0;
    for group in order.groups() {
        let mid = below as f64 + 0.5 * (group.len() + 1) as f64;
        for &i in group {
            rank[i as usize] = mid;
        }
        below += group.len();
    }
    Ok(rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// The definition, in quadratic time.
    fn slow(score: &[f64]) -> Vec<f64> {
        let rank = |x: &f64| {
            let below = score.iter().filter(|y| *y < x).count() as f64;
            let equal = score.iter().filter(|y| *y == x).count() as f64;
            below + 0.5 * (equal + 1.0)
        };
        score.iter().map(rank).collect()
    }

    #[test]
    fn ranks_follow_the_definition() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for n in [1, 2, 3, 7, 64, 300] {
            for kind in 0..5 {
                let score: Vec<f64> = (0..n)
                    .map(|_| match kind {
                        0 => rng.r#gen::<f64>() - 0.5,
                        1 => f64::from(rng.gen_range(-2i32..3)),
                        2 => 0.25,
                        // Numbers that differ in their last bits only, on both sides of what the packing keeps.
                        3 => f64::from_bits(1.0f64.to_bits() + rng.gen_range(0..20u64)) * [1.0, -1e300][rng.gen_range(0..2)],
                        _ => [f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, 1e-320][rng.gen_range(0..6)],
                    })
                    .collect();
                assert_eq!(midranks(&score).unwrap(), slow(&score), "n = {n}, kind {kind}");
            }
        }
    }

    #[test]
    fn nothing_and_not_a_number() {
        assert_eq!(midranks(&[]).unwrap(), Vec::<f64>::new());
        let reason = midranks(&[1.0, f64::NAN]).unwrap_err();
        assert!(reason.to_string().contains("case 2"), "{reason}");
    }
}
