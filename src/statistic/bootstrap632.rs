//! The .632+ combination of apparent and left-out performance.

/// The .632+ estimate of an AUC (or of any measure where 1 is best and 0.5 is chance).
///
/// # Definition
/// With the apparent AUC A and the mean left-out AUC L of the bootstrap samples: L′ = max(L, 0.5) when A > 0.5, the relative overfitting
/// R = (A − L′) / (A − 0.5), cut to [0, 1] (0 where A ≤ 0.5 or L ≥ A), w = 0.632 / (1 − 0.368 R), and the estimate (1 − w) A + w L′.
/// L itself is used, not L′, where L < 0.5, so that a model worse than chance is not lifted to chance.
///
/// # Reference
/// Efron & Tibshirani, J Am Stat Assoc 1997;92:548. For the AUC: Sahiner, Chan, Hadjiiski, Med Phys 2008;35:1559.
pub fn auc_632_plus(apparent: f64, left_out: f64) -> f64 {
    let chance = 0.5;
    let floor = left_out.max(chance);
    let overfitting =
        if apparent > chance && apparent > floor { ((apparent - floor) / (apparent - chance)).clamp(0.0, 1.0) } else { 0.0 };
    let weight = 0.632 / (1.0 - 0.368 * overfitting);
    if left_out < chance {
        // Full overfitting: the weight is 1, and what the left-out cases show stands.
        return if apparent > chance { left_out } else { (1.0 - weight) * apparent + weight * left_out };
    }
    (1.0 - weight) * apparent + weight * floor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_overfitting_gives_the_632_rule_and_full_overfitting_the_left_out_value() {
        assert!((auc_632_plus(0.8, 0.8) - 0.8).abs() < 1e-12);
        // R = 1: everything apparent was memory.
        assert!((auc_632_plus(1.0, 0.5) - 0.5).abs() < 1e-12);
        assert!((auc_632_plus(1.0, 0.45) - 0.45).abs() < 1e-12);
        // By hand: A = 0.9, L = 0.7: R = 0.5, w = 0.632 / 0.816.
        let w = 0.632 / 0.816;
        assert!((auc_632_plus(0.9, 0.7) - ((1.0 - w) * 0.9 + w * 0.7)).abs() < 1e-12);
    }
}
