//! p values of many tests, corrected.

/// Holm's step-down correction; controls the family-wise error under any dependence. In the order given.
///
/// # Reference
/// Holm, Scand J Stat 1979;6:65. R `p.adjust(method = "holm")`.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut running = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        running = running.max((p.len() - rank) as f64 * p[i]).min(1.0);
        adjusted[i] = running;
    }
    adjusted
}

/// Hochberg's step-up correction; needs independent or positively dependent tests.
///
/// # Reference
/// Hochberg, Biometrika 1988;75:800.
pub fn hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, |rank, n| (n - rank) as f64)
}

/// Benjamini and Hochberg's correction; controls the false discovery rate.
///
/// # Reference
/// Benjamini & Hochberg, J R Stat Soc B 1995;57:289. R `p.adjust(method = "BH")`.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, |rank, n| n as f64 / (rank + 1) as f64)
}

/// Bonferroni's correction.
pub fn bonferroni(p: &[f64]) -> Vec<f64> {
    p.iter().map(|x| (x * p.len() as f64).min(1.0)).collect()
}

/// From the largest p value down, each at most its successor.
fn step_up(p: &[f64], factor: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut running = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        running = running.min(factor(rank, p.len()) * p[i]);
        adjusted[i] = running;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}
