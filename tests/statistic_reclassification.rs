//! NRI and IDI against Hmisc and nricens, bootstrap intervals on the exported resamples.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use oracle::{Oracle, Table, close, number, numbers};
use serde_json::Value;
use vbx::statistic::bootstrap::{Bootstrap, PercentileRule};
use vbx::statistic::idi::idi;
use vbx::statistic::nri::{Movements, NriVariance, Reclassification, reclassification_table};
use vbx::statistic::quantile::QuantileType;

/// nricens' seven numbers: NRI, event and non-event NRI, events up and down, non-events down and up.
fn seven(r: &Reclassification) -> [f64; 7] {
    let estimated = NriVariance::Estimated;
    [
        r.nri(0.95, estimated).value,
        r.event_nri(0.95, estimated).value,
        r.nonevent_nri(0.95, estimated).value,
        r.events.share_up(),
        r.events.share_down(),
        r.nonevents.share_down(),
        r.nonevents.share_up(),
    ]
}

fn check_reclassification(oracle: &Oracle, found: &Reclassification, expected: &Value, null_z: &str) {
    let estimated = NriVariance::Estimated;
    let n = found.events.cases + found.nonevents.cases;
    assert_eq!(Some(n), expected["n"].as_u64());
    assert_eq!(Some(found.events.cases), expected["n_event"].as_u64());
    assert_eq!(Some(found.nonevents.cases), expected["n_nonevent"].as_u64());
    let parts = [found.nri(0.95, estimated), found.event_nri(0.95, estimated), found.nonevent_nri(0.95, estimated)];
    for (part, (value, se)) in parts.iter().zip([("nri", "se_nri"), ("nri_ev", "se_nri_ev"), ("nri_ne", "se_nri_ne")]) {
        oracle.check(value, part.value, &expected[value]);
        oracle.check(se, part.se.unwrap(), &expected[se]);
    }
    for (share, key) in seven(found)[3..].iter().zip(["pup_ev", "pdown_ev", "pdown_ne", "pup_ne"]) {
        oracle.check(key, *share, &expected[key]);
    }
    match number(&expected["z_nri"]) {
        Some(_) => {
            let test = found.test(estimated).unwrap();
            oracle.check("z", test.statistic, &expected["z_nri"]);
            oracle.check("p", test.p, &expected["p_nri"]);
            oracle.check("null z", found.test(NriVariance::Null).unwrap().statistic, &expected[null_z]);
        }
        None => assert!(found.test(estimated).is_err()),
    }
}

#[test]
fn nri_and_idi_agree_with_hmisc_and_nricens() {
    for oracle in Oracle::all("nri_idi") {
        let column = |key: &str| oracle.data()[key].as_str().unwrap();
        let table = oracle.table().complete(&[column("y"), column("std"), column("new")]);
        let event = table.events(column("y"));
        let (standard, new) = (table.numbers(column("std")), table.numbers(column("new")));
        let out = oracle.out();

        let expected = &out["continuous"];
        let free = Movements::category_free(&event, &standard, &new).unwrap().count().unwrap();
        check_reclassification(&oracle, &free, expected, "z_nri_null_pencina");
        let gain = idi(&event, &standard, &new, 0.95).unwrap();
        oracle.check("events' part of the IDI", gain.events.value, &expected["improve_sens"]);
        oracle.check("non-events' part of the IDI", gain.nonevents.value, &expected["improve_spec"]);
        oracle.check("IDI", gain.idi.value, &expected["idi"]);
        oracle.check("se of the IDI", gain.idi.se.unwrap(), &expected["se_idi"]);
        let test = gain.test.unwrap();
        oracle.check("z of the IDI", test.statistic, &expected["z_idi"]);
        oracle.check("p of the IDI", test.p, &expected["p_idi"]);

        for expected in out["categorical"].as_array().unwrap() {
            let cuts = numbers(&expected["cuts"]);
            let tables = reclassification_table(&event, &standard, &new, &cuts).unwrap();
            for (found, key) in [(&tables.events, "table_events_rows_std_cols_new"), (&tables.nonevents, "table_nonevents")] {
                assert_eq!(serde_json::to_value(found).unwrap(), expected[key], "{key} at {cuts:?}");
            }
            let found = Movements::between_categories(&event, &standard, &new, &cuts).unwrap().count().unwrap();
            check_reclassification(&oracle, &found, &expected["result"], "z_nri_null_pencina2008");
            for (found, expected) in seven(&found).iter().zip(numbers(&expected["nricens_point"])) {
                close("nricens", *found, expected, oracle.rel_tol);
            }
        }
        for expected in out["nricens_diff"].as_array().unwrap() {
            let delta = expected["delta"].as_f64().unwrap();
            let found = Movements::larger_than(&event, &standard, &new, delta).unwrap().count().unwrap();
            for (found, expected) in seven(&found).iter().zip(numbers(&expected["point"])) {
                close("nricens by difference", *found, expected, oracle.rel_tol);
            }
        }

        let expected = &out["bootstrap"];
        let cuts = numbers(&expected["cuts"]);
        let moved = Movements::between_categories(&event, &standard, &new, &cuts).unwrap();
        let resamples = Table::load(expected["index_csv"].as_str().unwrap()).index_rows();
        assert_eq!(Some(resamples.len() as u64), expected["B"].as_u64());
        assert_eq!(expected["quantile_type"].as_u64(), Some(2));
        let drawn: Vec<Option<[f64; 7]>> =
            resamples.iter().map(|index| moved.count_of(index.iter().copied()).ok().map(|r| seven(&r))).collect();
        for (found, expected) in drawn.iter().zip(numbers(&expected["first5_nri"])) {
            close("replicate", found.unwrap()[0], expected, oracle.rel_tol);
        }
        let point = seven(&moved.count().unwrap());
        for (k, value) in point.into_iter().enumerate() {
            let b = Bootstrap::new(value, drawn.iter().map(|d| d.map(|d| d[k]))).unwrap();
            let interval = b.percentile(0.95, PercentileRule::Quantile(QuantileType::Type2));
            oracle.check("bootstrap se", b.se(), &expected["nricens_se"][k]);
            oracle.check("bootstrap lower", interval.lower.unwrap(), &expected["lower"][k]);
            oracle.check("bootstrap upper", interval.upper.unwrap(), &expected["upper"][k]);
        }
    }
}
