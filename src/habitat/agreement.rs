//! How far two partitions of the same voxels agree.

use std::collections::BTreeMap;

/// Adjusted Rand index: 1 for the same partition (whatever its labels), 0 expected by chance.
///
/// # Definition
/// With n_ij the voxels in group i of one and j of the other, a_i and b_j the margins and C(x) = x (x − 1) / 2:
/// ARI = (Σ C(n_ij) − E) / ((Σ C(a_i) + Σ C(b_j)) / 2 − E), E = Σ C(a_i) · Σ C(b_j) / C(n). `None` for unequal lengths or fewer
/// than two voxels; two partitions that both hold one group only, or only single voxels, agree wholly: 1.
///
/// # Reference
/// Hubert, Arabie, J Classif 1985;2:193.
pub fn adjusted_rand(one: &[u16], other: &[u16]) -> Option<f64> {
    if one.len() != other.len() || one.len() < 2 {
        return None;
    }
    let (mut cells, mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (a, b) in one.iter().zip(other) {
        *cells.entry((a, b)).or_insert(0u64) += 1;
        *rows.entry(a).or_insert(0u64) += 1;
        *columns.entry(b).or_insert(0u64) += 1;
    }
    let pairs = |n: u64| n as f64 * (n as f64 - 1.0) / 2.0;
    let joint: f64 = cells.values().map(|n| pairs(*n)).sum();
    let (a, b): (f64, f64) = (rows.values().map(|n| pairs(*n)).sum(), columns.values().map(|n| pairs(*n)).sum());
    let expected = a * b / pairs(one.len() as u64);
    let span = (a + b) / 2.0 - expected;
    Some(if span == 0.0 { 1.0 } else { (joint - expected) / span })
}
