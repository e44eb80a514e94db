//! The assay behind the class: IHC and ISH that the ASCO/CAP rules read back as the class that was drawn.
//!
//! # Reference
//! ASCO/CAP guideline 2018, affirmed 2023. Dual-probe ISH groups: 1 (ratio ≥ 2, copies ≥ 4) amplified; 2 (ratio ≥ 2, copies < 4)
//! and 4 (ratio < 2, copies 4 to 6) not amplified at IHC 2+ or below; 3 (ratio < 2, copies ≥ 6) amplified at IHC 2+ or 3+;
//! 5 (ratio < 2, copies < 4) not amplified.

use rand::Rng;

use super::class::Her2Class;
use super::preset::Her2Assay;
use super::variable::{Cell, Column, pick};

/// The columns written, in order.
pub const COLUMNS: [&str; 5] = ["her2_ihc", "her2_ish", "ish_ratio", "ish_cn", "her2_faint_pct"];

const IHC: [&str; 4] = ["0", "1+", "2+", "3+"];
const ISH: [&str; 2] = ["neg", "pos"];

/// What the columns hold.
pub fn columns() -> Vec<Column> {
    let levels = |name: &str| match name {
        "her2_ihc" => Some(IHC.map(String::from).to_vec()),
        "her2_ish" => Some(ISH.map(String::from).to_vec()),
        _ => None,
    };
    COLUMNS.iter().map(|name| Column { name: name.to_string(), levels: levels(name) }).collect()
}

/// Draws the assay of one tumour: the cells of [`COLUMNS`].
pub fn draw(class: Her2Class, assay: &Her2Assay, rng: &mut impl Rng) -> Vec<Cell> {
    let [equivocal, untested, extra, faint]: [f64; 4] = rng.r#gen();
    let ihc = match class {
        Her2Class::Zero => 0,
        Her2Class::Low => 1 + usize::from(equivocal < assay.low_ihc_2plus),
        Her2Class::Positive => 3 - usize::from(equivocal < assay.positive_ihc_2plus),
    };
    let tested = if ihc == 2 { untested >= assay.ish_missing } else { extra < assay.ish_extra };
    let (ratio, copies) = probe(class == Her2Class::Positive, rng);
    let faint = if faint < assay.ultralow { f64::from(rng.gen_range(1..=10u8)) } else { 0.0 };
    let if_tested = |cell| if tested { cell } else { Cell::Missing };
    vec![
        Cell::Level(ihc),
        if_tested(Cell::Level(usize::from(class == Her2Class::Positive))),
        if_tested(Cell::Number(ratio)),
        if_tested(Cell::Number(copies)),
        if ihc == 0 { Cell::Number(faint) } else { Cell::Missing },
    ]
}

/// HER2/CEP17 ratio and HER2 copies per cell, the latter being ratio × CEP17 copies. Shares of the ISH groups and ranges are assumed.
fn probe(amplified: bool, rng: &mut impl Rng) -> (f64, f64) {
    struct Group {
        share: f64,
        ratio: [f64; 2],
        cep17: [f64; 2],
    }
    const GROUP_1: Group = Group { share: 0.96, ratio: [2.05, 7.0], cep17: [2.0, 3.0] };
    const GROUP_2: Group = Group { share: 0.02, ratio: [2.05, 2.6], cep17: [1.1, 1.4] };
    const GROUP_3: Group = Group { share: 0.04, ratio: [1.7, 1.95], cep17: [3.6, 5.0] };
    const GROUP_4: Group = Group { share: 0.06, ratio: [1.4, 1.75], cep17: [2.9, 3.3] };
    const GROUP_5: Group = Group { share: 0.92, ratio: [0.85, 1.6], cep17: [1.4, 2.0] };

    let groups: &[Group] = if amplified { &[GROUP_1, GROUP_3] } else { &[GROUP_5, GROUP_4, GROUP_2] };
    let shares: Vec<f64> = groups.iter().map(|group| group.share).collect();
    let group = &groups[pick(&shares, rng)];
    let mut within = |[low, high]: [f64; 2]| low + (high - low) * rng.r#gen::<f64>();
    let ratio = within(group.ratio);
    let copies = ratio * within(group.cep17);
    ((ratio * 100.0).round() / 100.0, (copies * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::stream;

    /// The guideline as a pathologist applies it to the written cells; `None` where it gives no answer.
    fn read_back(cells: &[Cell]) -> Option<Her2Class> {
        let Cell::Level(ihc) = cells[0] else { panic!("IHC is always there") };
        let amplified = match (cells[1], cells[2], cells[3]) {
            (Cell::Missing, Cell::Missing, Cell::Missing) => None,
            (Cell::Level(ish), Cell::Number(ratio), Cell::Number(copies)) => {
                let by_group = match (ratio >= 2.0, copies) {
                    (true, copies) => copies >= 4.0,
                    (false, copies) => copies >= 6.0,
                };
                assert_eq!(by_group, ish == 1, "ratio {ratio} and {copies} copies");
                Some(by_group)
            }
            other => panic!("{other:?}"),
        };
        match (ihc, amplified) {
            (0, None | Some(false)) => Some(Her2Class::Zero),
            (1, None | Some(false)) | (2, Some(false)) => Some(Her2Class::Low),
            (2, Some(true)) | (3, None | Some(true)) => Some(Her2Class::Positive),
            (2, None) => None,
            contradiction => panic!("{contradiction:?}"),
        }
    }

    #[test]
    fn the_guideline_reads_back_the_class_except_where_ish_was_not_done() {
        let assay = Her2Assay::default();
        let mut indeterminate = [0usize; 3];
        for class in Her2Class::ALL {
            for index in 0..20_000 {
                let cells = draw(class, &assay, &mut stream(7, &["her2"], index));
                match read_back(&cells) {
                    Some(read) => assert_eq!(read, class),
                    None => indeterminate[class.index()] += 1,
                }
            }
        }
        // Binomial with n = 20,000: four standard errors are below 0.005.
        let share = |class: Her2Class| indeterminate[class.index()] as f64 / 20_000.0;
        assert_eq!(share(Her2Class::Zero), 0.0);
        assert!((share(Her2Class::Low) - assay.low_ihc_2plus * assay.ish_missing).abs() < 0.005);
        assert!((share(Her2Class::Positive) - assay.positive_ihc_2plus * assay.ish_missing).abs() < 0.004);
    }
}
