//! A small table of gene expression: genes that follow the class or the receptors, and genes that follow nothing.

use rand::Rng;
use rand_distr::StandardNormal;

use super::biology::Biology;

/// One gene: its name and how much of each of HER2-positive, HER2-low, ER, PR, Ki-67 (per doubling) and immune activity it
/// carries, in
/// log2 units. Directions published (ERBB2 and GRB7 of the HER2 amplicon; CTLA4, CD4, CD8A associated with imaging scores);
/// sizes assumed.
const GENES: [(&str, [f64; 6]); 16] = [
    ("ERBB2", [3.0, 0.8, 0.0, 0.0, 0.0, 0.0]),
    ("GRB7", [2.2, 0.3, 0.0, 0.0, 0.0, 0.0]),
    ("ESR1", [0.0, 0.0, 3.5, 0.0, 0.0, 0.0]),
    ("PGR", [0.0, 0.0, 0.5, 2.5, 0.0, 0.0]),
    ("MKI67", [0.0, 0.0, 0.0, 0.0, 0.9, 0.0]),
    ("CTLA4", [0.3, 0.0, 0.0, 0.0, 0.0, 1.0]),
    ("CD4", [0.2, 0.0, 0.0, 0.0, 0.0, 0.9]),
    ("CD8A", [0.3, 0.0, 0.0, 0.0, 0.0, 1.1]),
    ("GAPDH", [0.0; 6]),
    ("ACTB", [0.0; 6]),
    ("TUBB", [0.0; 6]),
    ("RPLP0", [0.0; 6]),
    ("HPRT1", [0.0; 6]),
    ("TBP", [0.0; 6]),
    ("PPIA", [0.0; 6]),
    ("B2M", [0.0; 6]),
];

/// Names of the genes in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    GENES.iter().map(|(name, _)| *name)
}

/// Expression of each gene in log2 units: 8 plus what it carries plus noise of standard deviation 0.8.
///
/// With `null`, the class carries nothing.
pub fn expression(biology: &Biology, null: bool, rng: &mut impl Rng) -> Vec<f64> {
    let class = if null { 0 } else { biology.patient.class.index() };
    let immune: f64 = rng.sample(StandardNormal);
    let carried = [
        f64::from(class == 2),
        f64::from(class == 1),
        f64::from(biology.er_pct >= 1.0),
        f64::from(biology.pr_pct >= 1.0),
        (biology.ki67_pct / 25.0).max(0.02).log2(),
        immune,
    ];
    let one = |(_, weights): &(&str, [f64; 6])| {
        let sum: f64 = weights.iter().zip(carried).map(|(w, x)| w * x).sum();
        8.0 + sum + 0.8 * rng.sample::<f64, _>(StandardNormal)
    };
    GENES.iter().map(one).collect()
}
