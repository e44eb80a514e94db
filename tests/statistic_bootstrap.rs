//! Bootstrap intervals against R's boot, on its own resamples.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, Table, numbers};
use vbx::statistic::auc::auc;
use vbx::statistic::bootstrap::{Bootstrap, PercentileRule, jackknife_influence};
use vbx::statistic::estimate::{Defined, Estimate};
use vbx::statistic::scoring::brier;

#[test]
fn intervals_agree_with_boot() {
    for oracle in Oracle::all("bootstrap_ci") {
        let column = |key: &str| oracle.data()[key].as_str().unwrap();
        let table = oracle.table().complete(&[column("y"), column("p1"), column("p2")]);
        let event = table.events(column("y"));
        let (p1, p2) = (table.numbers(column("p1")), table.numbers(column("p2")));
        let stratum: Vec<usize> = event.iter().map(|&e| usize::from(e)).collect();
        let resamples = Table::load(oracle.out()["index_csv"].as_str().unwrap()).index_rows();
        assert_eq!(Some(resamples.len() as u64), oracle.out()["B"].as_u64());

        let pick = |index: &[usize], of: &[f64]| index.iter().map(|&i| of[i]).collect::<Vec<f64>>();
        let outcome = |index: &[usize]| index.iter().map(|&i| event[i]).collect::<Vec<bool>>();
        let auc_of = |index: &[usize], p: &[f64]| auc(&outcome(index), &pick(index, p));
        type Statistic<'a> = Box<dyn Fn(&[usize]) -> Defined<f64> + Sync + 'a>;
        let statistics: [(&str, Statistic); 3] = [
            ("auc_p1", Box::new(|i| auc_of(i, &p1))),
            ("auc_diff_p2_minus_p1", Box::new(|i| Ok(auc_of(i, &p2)? - auc_of(i, &p1)?))),
            ("brier_p1", Box::new(|i| Ok(brier(&outcome(i), &pick(i, &p1), 0.95)?.value))),
        ];
        let all: Vec<usize> = (0..event.len()).collect();
        for (key, statistic) in statistics {
            let expected = &oracle.out()[key];
            let values: Vec<Option<f64>> = resamples.iter().map(|index| statistic(index).ok()).collect();
            for (found, expected) in values.iter().zip(numbers(&expected["first5"])) {
                oracle.check("replicate", found.unwrap(), &expected.into());
            }
            let b = Bootstrap::new(statistic(&all).unwrap(), values).unwrap();
            oracle.check("value", b.value, &expected["t0"]);
            oracle.check("bias", b.bias(), &expected["bias"]);
            oracle.check("se", b.se(), &expected["se"]);
            let influence = jackknife_influence(event.len(), Some(&stratum), &statistic).unwrap();
            let intervals: [(&str, Estimate); 5] = [
                ("normal", b.normal(0.95)),
                ("basic", b.basic(0.95, PercentileRule::NormalInterpolated)),
                ("percentile", b.percentile(0.95, PercentileRule::NormalInterpolated)),
                ("percentile_type7", b.percentile(0.95, PercentileRule::default())),
                ("bca", b.bca(0.95, &influence).unwrap()),
            ];
            for (name, found) in intervals {
                oracle.check(&format!("{key} {name} lower"), found.lower.unwrap(), &expected[name][0]);
                oracle.check(&format!("{key} {name} upper"), found.upper.unwrap(), &expected[name][1]);
            }
        }
    }
}
