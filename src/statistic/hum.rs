//! HUM, the hypervolume under the manifold: the chance that one case of each class, all together, are all named right.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::classes::ByClass;
use super::estimate::{Defined, undefined};

/// Sums of distances that differ by less than this are equal. Rounding cannot make them differ more, and no two real ones come so close.
const TIE: f64 = 1e-12;

/// Tuples times assignments that counting one by one may take (about half a minute).
const LIMIT: f64 = 4e10;

/// The hypervolume under the ROC manifold; for two classes the AUC but for ties, 1/K! by chance.
///
/// # Definition
/// The share of K-tuples (one case of each class) for which the true assignment of cases to classes has the smallest sum of Euclidean
/// distances √Σ_l (p_l − [l = k])² between a case's scores and its class's corner of the simplex. A tie with another assignment counts
/// as right, as in R's `mcca`; that package compares products of exponentials with `==` and loses by rounding some of the ties
/// that are exact here (up to 1.6e-4 of the value in tables with repeated patients).
///
/// For three classes counted in O(n² log n), from four classes on tuple by tuple.
///
/// # Errors
/// Rows that do not fit, a class without a case, too many tuples of four or more classes.
///
/// # Reference
/// Li & Fine, Biostatistics 2008;9:566. R `mcca::hum`.
pub fn hum(class: &[usize], scores: &[Vec<f64>]) -> Defined<f64> {
    let by_class = ByClass::new(class, scores)?;
    if scores.iter().flatten().any(|x| !x.is_finite()) {
        undefined!("a score is infinite: it has no distance");
    }
    let k = by_class.k();
    // Classes in ascending size, as the outermost loop is not divided any further.
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by_key(|&c| (by_class.counts[c], c));
    let distances: Vec<Vec<Vec<f64>>> = order
        .iter()
        .map(|&c| {
            let of_class = scores.iter().zip(class).filter(|(_, k)| **k == c);
            of_class.map(|(row, _)| order.iter().map(|&corner| distance(row, corner)).collect()).collect()
        })
        .collect();
    let tuples: f64 = by_class.counts.iter().map(|&n| n as f64).product();
    let right = match k {
        2 => right_pairs(&distances),
        3 => right_triples(&distances),
        _ => {
            let assignments = permutations(k);
            if tuples * assignments.len() as f64 > LIMIT {
                undefined!("{tuples:.0} tuples of {k} classes are too many to count");
            }
            right_tuples(&distances, &assignments)
        }
    };
    Ok(right as f64 / tuples)
}

/// The hypervolume of out-of-fold scores: the share of right tuples among those whose cases one model scored.
///
/// # Errors
/// As [`hum`]; no fold with a case of every class.
pub fn hum_within(class: &[usize], fold: &[usize], scores: &[Vec<f64>]) -> Defined<f64> {
    if fold.len() != class.len() || scores.len() != class.len() {
        undefined!("{} outcomes, {} folds and {} predictions", class.len(), fold.len(), scores.len());
    }
    let classes = scores.first().map_or(0, Vec::len);
    let mut members = BTreeMap::<usize, Vec<usize>>::new();
    for (i, &f) in fold.iter().enumerate() {
        members.entry(f).or_default().push(i);
    }
    let (mut right, mut tuples) = (0.0, 0.0);
    for members in members.values() {
        let class: Vec<usize> = members.iter().map(|&i| class[i]).collect();
        if (0..classes).any(|k| !class.contains(&k)) {
            continue;
        }
        let here: f64 = (0..classes).map(|k| class.iter().filter(|&&c| c == k).count() as f64).product();
        let rows: Vec<Vec<f64>> = members.iter().map(|&i| scores[i].clone()).collect();
        right += here * hum(&class, &rows)?;
        tuples += here;
    }
    if tuples == 0.0 {
        undefined!("no fold has a case of every class");
    }
    Ok(right / tuples)
}

fn distance(row: &[f64], corner: usize) -> f64 {
    row.iter().enumerate().map(|(l, &p)| (p - if l == corner { 1.0 } else { 0.0 }).powi(2)).sum::<f64>().sqrt()
}

/// Pairs for which exchanging the two would not be nearer.
fn right_pairs(d: &[Vec<Vec<f64>>]) -> u64 {
    let mut gain: Vec<f64> = d[1].iter().map(|b| b[0] - b[1]).collect();
    gain.sort_unstable_by(f64::total_cmp);
    d[0].iter().map(|a| (gain.len() - gain.partition_point(|g| a[1] - a[0] + g < -TIE)) as u64).sum()
}

/// Triples: for each pair (a, b) whose exchange would not be nearer, every other assignment bounds one of two numbers of c from below, so
/// that the c are counted in a quadrant: a sweep over the one number with a tree over the other.
fn right_triples(d: &[Vec<Vec<f64>>]) -> u64 {
    let mut thirds: Vec<(f64, f64)> = d[2].iter().map(|c| (c[0] - c[2], c[1] - c[2])).collect();
    thirds.sort_unstable_by(|p, q| q.0.total_cmp(&p.0));
    let mut heights: Vec<f64> = thirds.iter().map(|c| c.1).collect();
    heights.sort_unstable_by(f64::total_cmp);
    let rank: Vec<usize> = thirds.iter().map(|c| heights.partition_point(|h| *h < c.1)).collect();
    let n = thirds.len();

    let count = |a: &Vec<f64>| {
        let mut bounds: Vec<(f64, f64)> = d[1]
            .iter()
            .filter(|b| a[1] - a[0] + b[0] - b[1] >= -TIE)
            .map(|b| {
                let here = a[0] + b[1];
                let first = (a[0] - a[2]).max(here - a[1] - b[2]);
                let second = (b[1] - b[2]).max(here - a[2] - b[0]);
                (first - TIE, second - TIE)
            })
            .collect();
        bounds.sort_unstable_by(|p, q| q.0.total_cmp(&p.0));
        let mut tree = vec![0u32; n + 1];
        let (mut entered, mut right) = (0, 0u64);
        for (first, second) in bounds {
            while entered < n && thirds[entered].0 >= first {
                let mut at = rank[entered] + 1;
                while at <= n {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
                entered += 1;
            }
            let mut at = heights.partition_point(|h| *h < second);
            let mut below = 0;
            while at > 0 {
                below += tree[at];
                at &= at - 1;
            }
            right += entered as u64 - u64::from(below);
        }
        right
    };
    d[0].par_iter().map(count).sum()
}

/// All assignments of cases to classes but the true one.
fn permutations(k: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..k {
        all = all
            .into_iter()
            .flat_map(|start: Vec<usize>| {
                (0..k).filter(|c| !start.contains(c)).map(|c| [start.as_slice(), &[c]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    all.retain(|p| p.iter().enumerate().any(|(i, &c)| i != c));
    all
}

/// Tuples counted one by one.
fn right_tuples(d: &[Vec<Vec<f64>>], assignments: &[Vec<usize>]) -> u64 {
    fn extend(d: &[Vec<Vec<f64>>], assignments: &[Vec<usize>], chosen: &mut Vec<usize>) -> u64 {
        let level = chosen.len();
        if level == d.len() {
            let sum = |p: &[usize]| p.iter().enumerate().map(|(c, &to)| d[c][chosen[c]][to]).sum::<f64>();
            let truth: f64 = (0..level).map(|c| d[c][chosen[c]][c]).sum();
            return u64::from(assignments.iter().all(|p| sum(p) >= truth - TIE));
        }
        let mut right = 0;
        for next in 0..d[level].len() {
            // Exchanging the new case with one chosen before must not be nearer: most tuples end here.
            let y = &d[level][next];
            let keeps = |c: usize| {
                let x = &d[c][chosen[c]];
                x[level] + y[c] >= x[c] + y[level] - TIE
            };
            if (0..level).all(keeps) {
                chosen.push(next);
                right += extend(d, assignments, chosen);
                chosen.pop();
            }
        }
        right
    }
    (0..d[0].len()).into_par_iter().map(|first| extend(d, assignments, &mut vec![first])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::auc::auc;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn draw(rng: &mut Xoshiro256PlusPlus, n: usize, k: usize, coarse: bool) -> (Vec<usize>, Vec<Vec<f64>>) {
        let class: Vec<usize> = (0..n).map(|i| if i < k { i } else { rng.gen_range(0..k) }).collect();
        let rows = class
            .iter()
            .map(|&c| {
                let raw: Vec<f64> = (0..k)
                    .map(|l| {
                        let x: f64 = rng.r#gen();
                        let x = x + if l == c { 0.4 } else { 0.0 };
                        if coarse { (3.0 * x).ceil() } else { x }
                    })
                    .collect();
                let sum: f64 = raw.iter().sum();
                raw.iter().map(|x| x / sum).collect()
            })
            .collect();
        (class, rows)
    }

    #[test]
    fn counting_in_quadrants_equals_counting_one_by_one() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(12);
        for coarse in [false, true] {
            for (k, n) in [(2, 50), (3, 60)] {
                let (class, rows) = draw(&mut rng, n, k, coarse);
                let distances: Vec<Vec<Vec<f64>>> = (0..k)
                    .map(|c| {
                        let own = rows.iter().zip(&class).filter(|(_, k)| **k == c);
                        own.map(|(row, _)| (0..k).map(|corner| distance(row, corner)).collect()).collect()
                    })
                    .collect();
                let slow = right_tuples(&distances, &permutations(k));
                let tuples: usize = distances.iter().map(Vec::len).product();
                assert_eq!(hum(&class, &rows).unwrap(), slow as f64 / tuples as f64, "{k} classes, coarse {coarse}");
            }
        }
    }

    #[test]
    fn two_classes_give_the_auc_where_nothing_ties() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(13);
        let (class, rows) = draw(&mut rng, 80, 2, false);
        let event: Vec<bool> = class.iter().map(|&c| c == 1).collect();
        let score: Vec<f64> = rows.iter().map(|r| r[1]).collect();
        assert!((hum(&class, &rows).unwrap() - auc(&event, &score).unwrap()).abs() < 1e-14);
    }

    #[test]
    fn perfect_chance_and_too_many() {
        let perfect: Vec<Vec<f64>> = (0..8).map(|i| (0..4).map(|c| f64::from(u8::from(i % 4 == c))).collect()).collect();
        assert_eq!(hum(&[0, 1, 2, 3, 0, 1, 2, 3], &perfect).unwrap(), 1.0);
        // Scores that are no better than dice: one in six.
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(14);
        let rows: Vec<Vec<f64>> = (0..900).map(|_| (0..3).map(|_| rng.r#gen()).collect()).collect();
        let class: Vec<usize> = (0..900).map(|i| i % 3).collect();
        let value = hum(&class, &rows).unwrap();
        assert!((value - 1.0 / 6.0).abs() < 0.02, "{value}");
        let (class, rows) = draw(&mut rng, 2000, 4, false);
        assert!(hum(&class, &rows).unwrap_err().0.contains("too many"));
        assert!(hum(&[0, 1], &[vec![f64::INFINITY, 0.0], vec![0.0, 1.0]]).is_err());
    }

    #[test]
    fn within_folds_tuples_of_one_model_count() {
        // Fold 0 has one triple, all right; fold 1 has two triples, all wrong; fold 2 lacks a class.
        let class = [0, 1, 2, 0, 1, 2, 2, 0, 1];
        let fold = [0, 0, 0, 1, 1, 1, 1, 2, 2];
        let unit = |k: usize| (0..3).map(|l| f64::from(u8::from(l == k))).collect::<Vec<f64>>();
        let scores: Vec<Vec<f64>> = [0, 1, 2, 1, 2, 0, 0, 0, 1].into_iter().map(unit).collect();
        assert!((hum_within(&class, &fold, &scores).unwrap() - 1.0 / 3.0).abs() < 1e-15);
        assert!((hum_within(&class, &[0; 9], &scores).unwrap() - hum(&class, &scores).unwrap()).abs() < 1e-15);
        assert!(hum_within(&class, &[0, 0, 1, 1, 2, 2, 3, 3, 0], &scores).is_err());
    }
}
