//! Clinical tables: HER2 row by row against the guideline, real and made-up tables, outcomes, leakage.

mod common;

use common::reference;
use proptest::prelude::*;
use std::collections::BTreeMap;
use vbx::modality::Extracted;
use vbx::modality::clinical::her2::{
    Contradiction, Her2Class, Her2Evidence, Her2Flag, Her2Level, Her2Rules, Her2Undetermined, Ihc, Ish, IshSource, Staining,
    StatedStatus, derive,
};
use vbx::modality::clinical::{self, ClinicalOptions, Interval};
use vbx::modality::imported::{self, ImportedOptions};
use vbx::study::leakage::{self, Verdict};
use vbx::study::outcome::{self, CaseOutcome, Outcome, her2_of_rows};
use vbx::study::spec::{Her2Spec, OutcomeSpec, Task};
use vbx::table::{Cells, ColumnView, Finding, RawColumn, RawTable, ReadOptions, read};

// ---------------------------------------------------------------- HER2, row by row

fn level(ihc: &str, ish: &str) -> Result<Her2Level, Her2Undetermined> {
    let evidence = Her2Evidence { ihc: Some(ihc), ish: (!ish.is_empty()).then_some(ish), ..Her2Evidence::default() };
    derive(&evidence, &Her2Rules::default()).level
}

fn dual(ihc: &str, ratio: f64, copies: f64) -> Result<Her2Class, Her2Undetermined> {
    let (ish_ratio, ish_copies) = (Some(ratio.into()), Some(copies.into()));
    let evidence = Her2Evidence { ihc: Some(ihc), ish_ratio, ish_copies, ..Her2Evidence::default() };
    derive(&evidence, &Her2Rules::default()).class()
}

#[test]
fn ihc_scores_follow_the_staining() {
    use Staining::{FaintIncomplete, IntenseComplete, None as NoStaining, WeakToModerateComplete};
    for (staining, percent, score) in [
        (NoStaining, 0.0, Some(Ihc::Null)),
        (FaintIncomplete, 5.0, Some(Ihc::Ultralow)),
        (FaintIncomplete, 10.0, Some(Ihc::Ultralow)),
        (FaintIncomplete, 10.1, Some(Ihc::OnePlus)),
        (WeakToModerateComplete, 11.0, Some(Ihc::TwoPlus)),
        (WeakToModerateComplete, 10.0, None),
        (IntenseComplete, 10.0, Some(Ihc::TwoPlus)),
        (IntenseComplete, 10.1, Some(Ihc::ThreePlus)),
        (IntenseComplete, 101.0, None),
        (IntenseComplete, f64::NAN, None),
    ] {
        assert_eq!(Ihc::from_staining(staining, percent), score, "{staining:?} {percent}");
    }
}

#[test]
fn ihc_and_ish_give_the_class() {
    use Her2Level::{OnePlus, ThreePlus, TwoPlusAmplified, TwoPlusNotAmplified, Zero};
    for (ihc, ish, expected) in [
        ("0", "", Ok(Zero)),
        ("0", "negative", Ok(Zero)),
        ("1+", "", Ok(OnePlus)),
        ("1+", "negative", Ok(OnePlus)),
        ("2+", "positive", Ok(TwoPlusAmplified)),
        ("2+", "negative", Ok(TwoPlusNotAmplified)),
        ("2+", "", Err(Her2Undetermined::TwoPlusWithoutIsh)),
        ("2+", "not performed", Err(Her2Undetermined::TwoPlusWithoutIsh)),
        ("2+", "equivocal", Err(Her2Undetermined::TwoPlusIshEquivocal)),
        ("3+", "", Ok(ThreePlus)),
        ("3+", "positive", Ok(ThreePlus)),
        ("3+", "equivocal", Ok(ThreePlus)),
        ("3+", "negative", Ok(ThreePlus)),
        ("0", "positive", Err(Her2Undetermined::IhcContradictsIsh)),
        ("1+", "positive", Err(Her2Undetermined::IhcContradictsIsh)),
        ("", "positive", Ok(Her2Level::PositiveByIsh)),
        ("", "negative", Ok(Her2Level::Negative)),
        ("", "equivocal", Err(Her2Undetermined::IshEquivocalWithoutIhc)),
        ("", "group 3", Err(Her2Undetermined::IshGroupWithoutIhc)),
        ("", "", Err(Her2Undetermined::NothingRecorded)),
        ("45%", "", Err(Her2Undetermined::IhcUnreadable)),
        ("45%", "positive", Ok(Her2Level::PositiveByIsh)),
        ("2+/FISH-", "", Ok(TwoPlusNotAmplified)),
        ("2+ FISH(+)", "", Ok(TwoPlusAmplified)),
        ("2+（FISH阴性）", "", Ok(TwoPlusNotAmplified)),
        ("IHC 2+, ISH positive", "", Ok(TwoPlusAmplified)),
        ("HER2（2+），FISH无扩增", "", Ok(TwoPlusNotAmplified)),
        ("2+ FISH未做", "", Err(Her2Undetermined::TwoPlusWithoutIsh)),
    ] {
        assert_eq!(level(ihc, ish), expected, "IHC {ihc:?}, ISH {ish:?}");
    }
}

/// ASCO/CAP 2018: the five dual-probe groups, each with every IHC score.
#[test]
fn dual_probe_groups_are_read_together_with_ihc() {
    use Her2Class::{Low, Positive, Zero};
    let groups = [("1", 2.0, 4.0), ("2", 2.0, 3.9), ("3", 1.9, 6.0), ("4", 1.9, 4.0), ("4", 1.9, 5.9), ("5", 1.9, 3.9)];
    for (group, ratio, copies) in groups {
        let expected_of = |ihc: &str| match (group, ihc) {
            (_, "3+") => Ok(Positive),
            ("1" | "3", "2+") => Ok(Positive),
            (_, "2+") => Ok(Low),
            ("1", _) => Err(Her2Undetermined::IhcContradictsIsh),
            (_, "1+") => Ok(Low),
            _ => Ok(Zero),
        };
        for ihc in ["0", "1+", "2+", "3+"] {
            assert_eq!(dual(ihc, ratio, copies), expected_of(ihc), "group {group}, IHC {ihc}");
        }
    }
    assert_eq!(Ish::from_dual_probe(2.0.into(), 4.0.into()), Some(Ish::Positive));
    assert_eq!(Ish::from_dual_probe(1.9.into(), 6.0.into()), Some(Ish::Group(3)));
}

#[test]
fn a_single_probe_counts_copies() {
    for (copies, expected) in [
        (6.0, Ok(Her2Class::Positive)),
        (5.9, Err(Her2Undetermined::TwoPlusIshEquivocal)),
        (4.0, Err(Her2Undetermined::TwoPlusIshEquivocal)),
        (3.9, Ok(Her2Class::Low)),
    ] {
        let evidence = Her2Evidence { ihc: Some("2+"), single_probe_copies: Some(copies.into()), ..Her2Evidence::default() };
        assert_eq!(derive(&evidence, &Her2Rules::default()).class(), expected, "{copies}");
    }
}

#[test]
fn faint_staining_splits_zero() {
    for (percent, expected) in [
        (None, Her2Level::Zero),
        (Some(0.0), Her2Level::Null),
        (Some(0.5), Her2Level::Ultralow),
        (Some(10.0), Her2Level::Ultralow),
        (Some(30.0), Her2Level::Zero),
    ] {
        let evidence = Her2Evidence { ihc: Some("0"), faint_percent: percent, ..Her2Evidence::default() };
        assert_eq!(derive(&evidence, &Her2Rules::default()).level, Ok(expected), "{percent:?}");
    }
}

#[test]
fn contradictions_are_flagged_and_follow_the_rules() {
    let case =
        |ihc, ish, rules: &Her2Rules| derive(&Her2Evidence { ihc: Some(ihc), ish: Some(ish), ..Her2Evidence::default() }, rules);
    let rule = |three, zero_or_one| Her2Rules {
        three_plus_ish_negative: three,
        zero_or_one_plus_ish_positive: zero_or_one,
        ..Her2Rules::default()
    };
    let by_ihc = rule(Contradiction::Ihc, Contradiction::Ihc);
    let by_ish = rule(Contradiction::Ish, Contradiction::Ish);
    let exclude = rule(Contradiction::Exclude, Contradiction::Exclude);
    for (ihc, ish, flag, expected) in [
        ("3+", "negative", Her2Flag::ThreePlusIshNegative, [Ok(Her2Class::Positive), Ok(Her2Class::Low)]),
        ("1+", "positive", Her2Flag::ZeroOrOnePlusIshPositive, [Ok(Her2Class::Low), Ok(Her2Class::Positive)]),
        ("0", "positive", Her2Flag::ZeroOrOnePlusIshPositive, [Ok(Her2Class::Zero), Ok(Her2Class::Positive)]),
    ] {
        assert_eq!([&by_ihc, &by_ish].map(|rules| case(ihc, ish, rules).class()), expected, "{ihc} {ish}");
        assert_eq!(case(ihc, ish, &exclude).class(), Err(Her2Undetermined::IhcContradictsIsh));
        assert!([&by_ihc, &by_ish, &exclude, &Her2Rules::default()].iter().all(|rules| case(ihc, ish, rules).flags == [flag]));
    }
    let stated = |ihc, status| {
        derive(&Her2Evidence { ihc: Some(ihc), status: Some(status), ..Her2Evidence::default() }, &Her2Rules::default())
    };
    for (ihc, status, contradicts) in [
        ("1+", "positive", true),
        ("3+", "negative", true),
        ("3+", "low", true),
        ("0", "low", true),
        ("1+", "negative", false),
        ("2+", "positive", false),
        ("3+", "equivocal", false),
    ] {
        assert_eq!(stated(ihc, status).flags.contains(&Her2Flag::StatusContradictsScore), contradicts, "{ihc} {status}");
    }
    assert_eq!(stated("1+", "positive").class(), Ok(Her2Class::Low));
    let strict = Her2Rules { exclude_if_status_contradicts: true, ..Her2Rules::default() };
    let evidence = Her2Evidence { ihc: Some("1+"), status: Some("positive"), ..Her2Evidence::default() };
    assert_eq!(derive(&evidence, &strict).class(), Err(Her2Undetermined::StatusContradictsScore));
}

#[test]
fn reported_result_or_signal_counts_decide_as_the_rule_says() {
    let evidence = Her2Evidence {
        ihc: Some("2+"),
        ish: Some("negative"),
        ish_ratio: Some(2.5.into()),
        ish_copies: Some(7.0.into()),
        ..Her2Evidence::default()
    };
    let by = |ish_source| derive(&evidence, &Her2Rules { ish_source, ..Her2Rules::default() });
    assert_eq!(by(IshSource::Stated).class(), Ok(Her2Class::Low));
    assert_eq!(by(IshSource::Counts).class(), Ok(Her2Class::Positive));
    assert_eq!(by(IshSource::Counts).flags, [Her2Flag::IshResultContradictsCounts]);
    let ratio_only = Her2Evidence { ihc: Some("2+"), ish_ratio: Some(2.5.into()), ..Her2Evidence::default() };
    assert_eq!(derive(&ratio_only, &Her2Rules::default()).flags, [Her2Flag::RatioWithoutCopyNumber]);
    let strict = Her2Rules { ratio_without_copy_number: false, ..Her2Rules::default() };
    assert_eq!(derive(&ratio_only, &strict).class(), Err(Her2Undetermined::TwoPlusWithoutIsh));
}

#[test]
fn a_stated_status_counts_only_where_the_rule_says() {
    let case = |rule, only_status| {
        let evidence = Her2Evidence { status: Some("positive"), only_status, ..Her2Evidence::default() };
        derive(&evidence, &Her2Rules { stated_status: rule, ..Her2Rules::default() }).is_positive()
    };
    assert_eq!(case(StatedStatus::IfNothingElse, true), Ok(true));
    assert_eq!(case(StatedStatus::IfNothingElse, false), Err(Her2Undetermined::NothingRecorded));
    assert_eq!(case(StatedStatus::WhereMissing, false), Ok(true));
    assert_eq!(case(StatedStatus::Never, true), Err(Her2Undetermined::NothingRecorded));
    let negative = Her2Evidence { status: Some("0"), only_status: true, ..Her2Evidence::default() };
    let negative = derive(&negative, &Her2Rules::default());
    assert_eq!((negative.is_positive(), negative.class()), (Ok(false), Err(Her2Undetermined::NegativeNotSplit)));
}

proptest! {
    #[test]
    fn no_text_makes_derivation_panic(ihc in ".{0,20}", ish in ".{0,20}", status in ".{0,20}", number in any::<f64>(), which in 0u8..16) {
        let value = |bit: u8| (which & bit != 0).then(|| Interval::from(number));
        let evidence = Her2Evidence {
            ihc: Some(&ihc),
            ish: Some(&ish),
            ish_ratio: value(1),
            ish_copies: value(2),
            single_probe_copies: value(4),
            status: Some(&status),
            faint_percent: (which & 8 != 0).then_some(number),
            only_status: which & 1 == 0,
        };
        let case = derive(&evidence, &Her2Rules::default());
        prop_assert_eq!(case.class().is_ok_and(|class| class == Her2Class::Positive), case.is_positive() == Ok(true));
    }

    #[test]
    fn no_cell_makes_the_dictionary_panic(cell in "\\PC{0,24}", signs in "[-+0-9%.,<>~()T1N2ivx +/&至约]{0,12}") {
        for variable in clinical::dictionary::variables() {
            let _ = (variable.read(&cell), variable.read(&signs));
        }
        let _ = (clinical::receptor::ReceptorEntry::read(&cell), clinical::receptor::ReceptorEntry::read(&signs));
        let _ = clinical::dictionary::variable_of_column(&cell);
    }

    #[test]
    fn evidence_of_more_her2_never_lowers_a_determined_class(score in 0usize..3, amplified in any::<bool>()) {
        let scores = ["0", "1+", "2+", "3+"];
        let ish = if amplified { "positive" } else { "negative" };
        let rules = Her2Rules { zero_or_one_plus_ish_positive: Contradiction::Ihc, ..Her2Rules::default() };
        let class = |ihc| derive(&Her2Evidence { ihc: Some(ihc), ish: Some(ish), ..Her2Evidence::default() }, &rules).class().unwrap();
        prop_assert!(class(scores[score]) <= class(scores[score + 1]));
    }
}

// ---------------------------------------------------------------- real tables

fn load(path: &str, options: &ReadOptions) -> Option<RawTable> {
    reference(path).map(|path| read(path, options).unwrap().0)
}

fn her2(task: Task) -> OutcomeSpec {
    OutcomeSpec { task: Some(task), ..serde_json::from_str("{}").unwrap() }
}

fn column_outcome(json: serde_json::Value) -> OutcomeSpec {
    serde_json::from_value(json).unwrap()
}

fn counts(outcome: &Outcome) -> Vec<(&str, usize)> {
    outcome.classes.iter().map(String::as_str).zip(outcome.counts()).collect()
}

fn excluded(outcome: &Outcome, reason: &str) -> usize {
    outcome.exclusions().iter().find(|(why, _)| why == reason).map_or(0, |(_, n)| *n)
}

/// The columns of TCGA's raw table, and its default rules, give the counts that the reference states.
#[test]
fn tcga_three_classes_by_ihc_then_fish() {
    let Some(table) = load("cohorts/tcga_brca_clinical_patient.txt", &ReadOptions::default()) else { return };
    let outcome = outcome::derive(&her2(Task::ThreeClass), &table).unwrap();
    assert_eq!(counts(&outcome), [("zero", 61), ("low", 408), ("positive", 142)]);
    let by_ihc_then_fish = ["her2_ihc_score", "her2_fish_status", "her2_cent17_ratio", "her2_copy_number", "her2_status_by_ihc"];
    assert!(by_ihc_then_fish.iter().all(|name| outcome.columns.iter().any(|column| column == name)), "{:?}", outcome.columns);
    assert!(outcome.ordered && outcome.event().is_none());

    let spec = Her2Spec::default();
    let (cases, _, _) = her2_of_rows(&spec, &table).unwrap();
    let flagged = |flag| cases.iter().filter(|case| case.flags.contains(&flag)).count();
    assert_eq!(flagged(Her2Flag::ThreePlusIshNegative), 5);
    assert_eq!(flagged(Her2Flag::ZeroOrOnePlusIshPositive), 3);
    assert_eq!(flagged(Her2Flag::StatusContradictsScore), 13);
    let undetermined = |why| cases.iter().filter(|case| case.level == Err(why)).count();
    assert_eq!(undetermined(Her2Undetermined::IhcContradictsIsh), 3);

    // Those known to be negative by ISH alone count as rest, but neither as zero nor as low.
    let binary = outcome::derive(&her2(Task::PositiveVsRest), &table).unwrap();
    let negative = cases.iter().filter(|case| case.level == Ok(Her2Level::Negative)).count();
    assert_eq!(binary.counts(), [61 + 408 + negative, 142]);
    assert_eq!(excluded(&outcome, "HER2 undetermined: negative, but zero or low is unknown"), negative);
    assert_eq!(binary.event(), Some("positive"));

    // The other rules move exactly the contradictory cases.
    let strict = Her2Rules {
        three_plus_ish_negative: Contradiction::Exclude,
        exclude_if_status_contradicts: true,
        ..Her2Rules::default()
    };
    let (strict, _, _) = her2_of_rows(&Her2Spec { rules: strict, ..spec }, &table).unwrap();
    let determined = |cases: &[clinical::her2::Her2Outcome]| cases.iter().filter(|case| case.class().is_ok()).count();
    assert_eq!(determined(&cases) - determined(&strict), 5 + 13);
}

#[test]
fn every_her2_task_counts_the_same_cases() {
    let Some(table) = load("cohorts/tcga_brca_clinical_patient.txt", &ReadOptions::default()) else { return };
    let n = table.n_rows();
    for (task, expected) in [
        (Task::LowVsZero, vec![("zero", 61), ("low", 408)]),
        (Task::ZeroVsRest, vec![("zero", 61), ("low or positive", 550)]),
        (Task::LowVsPositive, vec![("low", 408), ("positive", 142)]),
        (Task::LowVsRest, vec![("zero or positive", 203), ("low", 408)]),
        (Task::Cascade, vec![("zero", 61), ("low", 408), ("positive", 142)]),
        (Task::ThreePlusVsTwoPlusAmplified, vec![("2+ amplified", 36), ("3+", 90)]),
    ] {
        let outcome = outcome::derive(&her2(task), &table).unwrap();
        assert_eq!(counts(&outcome), expected, "{task:?}");
        let left_out: usize = outcome.exclusions().iter().map(|(_, n)| n).sum();
        assert_eq!(outcome.counts().iter().sum::<usize>() + left_out, n, "{task:?}");
    }
    let low_vs_zero = outcome::derive(&her2(Task::LowVsZero), &table).unwrap();
    assert_eq!(excluded(&low_vs_zero, "not asked about: HER2 positive"), 142);
    let cascade = outcome::derive(&her2(Task::Cascade), &table).unwrap();
    assert_eq!(
        cascade.stages.iter().map(|stage| (stage.rest.clone(), stage.event.clone())).collect::<Vec<_>>(),
        [(vec![0, 1], vec![2]), (vec![0], vec![1])]
    );
    // TCGA does not record faint staining: the study is told so, and is not run on an empty class.
    let message = outcome::derive(&her2(Task::UltralowVsNull), &table).unwrap_err().to_string();
    assert!(message.contains("No case is `null`") && message.contains("faint staining not recorded"), "{message}");
}

fn scalar<'a>(made: &'a Extracted, name: &str) -> &'a [Option<f64>] {
    match made.column(name).unwrap_or_else(|| panic!("{name} among {:?}", names(made))).view() {
        ColumnView::Scalar(values) => values,
        other => panic!("{name}: {other:?}"),
    }
}

/// Levels with their numbers of cases, those without a case left out.
fn levels(made: &Extracted, name: &str) -> BTreeMap<String, usize> {
    let ColumnView::Category { codes, levels } =
        made.column(name).unwrap_or_else(|| panic!("{name} among {:?}", names(made))).view()
    else {
        panic!("{name} is no category")
    };
    let mut counts = BTreeMap::new();
    for code in codes.iter().flatten() {
        *counts.entry(levels[*code as usize].clone()).or_insert(0) += 1;
    }
    counts
}

fn names(made: &Extracted) -> Vec<String> {
    made.columns.iter().map(|(name, _, _)| name.to_string()).collect()
}

fn finding<'a>(findings: &'a [Finding], code: &str, column: &str) -> &'a Finding {
    let found = findings
        .iter()
        .find(|finding| finding.code == code && (column.is_empty() || finding.columns.iter().any(|c| c == column)));
    found.unwrap_or_else(|| panic!("no {code} for {column} in {findings:#?}"))
}

#[test]
fn tcga_clinical_variables_are_read() {
    let Some(table) = load("cohorts/tcga_brca_clinical_patient.txt", &ReadOptions::default()) else { return };
    let outcome = outcome::derive(&her2(Task::ThreeClass), &table).unwrap();
    let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let leaks = leakage::by_names(&all, outcome.question, &outcome.columns);
    let excluded: Vec<String> =
        leaks.iter().filter(|leak| leak.verdict == Verdict::Excluded).map(|leak| leak.column.clone()).collect();
    assert!(
        excluded.iter().any(|column| column == "nte_her2_status")
            && excluded.iter().any(|column| column == "her2_positivity_method_text")
    );
    let warned: Vec<&str> =
        leaks.iter().filter(|leak| leak.verdict == Verdict::Warned).map(|leak| leak.column.as_str()).collect();
    assert!(["pharmaceutical_tx_adjuvant", "vital_status"].iter().all(|column| warned.contains(column)), "{warned:?}");

    let made =
        clinical::extract(&table, "clinical", &ClinicalOptions { reserved: excluded, ..ClinicalOptions::default() }).unwrap();
    assert!(
        names(&made).iter().all(|name| !name.contains("her2") && !name.contains("uuid") && !name.contains("barcode")),
        "{:?}",
        names(&made)
    );
    let count = |name: &str, wanted: f64| scalar(&made, name).iter().filter(|value| **value == Some(wanted)).count();
    // The sheet's own codes, counted with a text tool. One case without a stated ER has a percentage above the cut-off.
    assert_eq!((count("clinical.er", 1.0), count("clinical.er", 0.0)), (811, 238));
    assert_eq!((count("clinical.pr", 1.0), count("clinical.pr", 0.0)), (700, 345));
    assert_eq!([0.0, 1.0, 2.0].map(|code| count("clinical.menopause", code)), [231, 39, 705]);
    assert_eq!([1.0, 2.0, 3.0, 4.0].map(|code| count("clinical.t_stage", code)), [282, 636, 138, 40]);
    assert_eq!([0.0, 1.0, 2.0, 3.0].map(|code| count("clinical.n_stage", code)), [517, 365, 120, 77]);
    assert_eq!(count("clinical.er_pct", 94.5), 245);
    let histology = levels(&made, "clinical.histology");
    assert_eq!((histology["nst"], histology["ilc"], histology["mixed"]), (787, 203, 30));
    finding(&made.findings, "range-as-number", "er_status_ihc_Percent_Positive");
}

#[test]
fn the_ten_percent_cutoff_moves_the_low_positive_cases() {
    let Some(table) = load("cohorts/tcga_brca_clinical_patient.txt", &ReadOptions::default()) else { return };
    let positive = |receptor_cutoff| {
        let made =
            clinical::extract(&table, "clinical", &ClinicalOptions { receptor_cutoff, ..ClinicalOptions::default() }).unwrap();
        scalar(&made, "clinical.er").iter().filter(|value| **value == Some(1.0)).count()
    };
    // A reported `<10%` does not settle the 1 % cut-off, where the stated result counts; at 10 % it is negative.
    let stated = |name: &str| table.column(name).unwrap();
    let (status, percent) = (stated("er_status_by_ihc"), stated("er_status_ihc_Percent_Positive"));
    let low = (0..table.n_rows())
        .filter(|&row| status.text(row).as_deref() == Some("Positive") && percent.text(row).as_deref() == Some("<10%"))
        .count();
    let high = (0..table.n_rows())
        .filter(|&row| {
            status.text(row).as_deref() != Some("Positive") && percent.text(row).is_some_and(|text| text.contains('-'))
        })
        .count();
    assert!(low > 0);
    assert_eq!(positive(1.0), 810 + high);
    assert_eq!(positive(10.0), 810 - low + high);
}

#[test]
fn breast_ultrasound_descriptors_and_malignancy() {
    let Some(table) = load("cohorts/breast_usg_clinical.xlsx", &ReadOptions::default()) else { return };
    assert_eq!(table.n_rows(), 256);
    let spec = column_outcome(
        serde_json::json!({ "column": "Classification", "classes": ["benign", "malignant"], "label": "malignant" }),
    );
    let outcome = outcome::derive(&spec, &table).unwrap();
    assert_eq!(counts(&outcome), [("benign", 154), ("malignant", 98)]);
    assert_eq!(outcome.event(), Some("malignant"));
    assert_eq!(excluded(&outcome, "`Classification` is normal, which is no class of the study"), 4);
    let merged = column_outcome(
        serde_json::json!({ "column": "Classification", "classes": ["benign", "malignant"], "values": { "normal": "benign" } }),
    );
    assert_eq!(outcome::derive(&merged, &table).unwrap().counts(), [158, 98]);

    let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let leaks = leakage::by_names(&all, outcome.question, &outcome.columns);
    let verdict = |column: &str| leaks.iter().find(|leak| leak.column == column).map(|leak| leak.verdict);
    assert_eq!(verdict("Classification"), Some(Verdict::Excluded));
    assert_eq!(verdict("Diagnosis"), Some(Verdict::Excluded));
    assert_eq!(verdict("Verification"), Some(Verdict::Warned));
    assert_eq!(verdict("BIRADS"), None);
    let reserved = leaks.iter().filter(|leak| leak.verdict == Verdict::Excluded).map(|leak| leak.column.clone()).collect();
    let made = clinical::extract(&table, "clinical", &ClinicalOptions { reserved, ..ClinicalOptions::default() }).unwrap();

    let of = |pairs: &[(&str, usize)]| pairs.iter().map(|(name, n)| (name.to_string(), *n)).collect::<BTreeMap<_, _>>();
    assert_eq!(levels(&made, "clinical.us_shape"), of(&[("irregular", 140), ("oval", 97), ("round", 15)]));
    let echo =
        [("hypoechoic", 148), ("heterogeneous", 57), ("anechoic", 15), ("isoechoic", 12), ("complex", 11), ("hyperechoic", 9)];
    assert_eq!(levels(&made, "clinical.us_echo"), of(&echo));
    assert_eq!(
        levels(&made, "clinical.us_posterior"),
        of(&[("none", 159), ("shadowing", 50), ("enhancement", 36), ("combined", 7)])
    );
    assert_eq!(levels(&made, "clinical.us_calc"), of(&[("none", 225), ("in_mass", 23), ("intraductal", 2)]));
    let margin = levels(&made, "clinical.us_margin");
    assert_eq!(margin["circumscribed"], 115);
    assert_eq!(margin.values().sum::<usize>(), 252);
    let spiculated =
        (0..256).filter(|&row| table.column("Margin").unwrap().text(row).is_some_and(|text| text.contains("spiculated"))).count();
    assert_eq!(margin["spiculated"], spiculated);
    assert_eq!(scalar(&made, "clinical.us_halo").iter().flatten().sum::<f64>(), 55.0);
    assert_eq!(scalar(&made, "clinical.us_skin").iter().flatten().sum::<f64>(), 15.0);
    assert_eq!(scalar(&made, "clinical.age").iter().flatten().count(), 256 - 42);
    let birads = scalar(&made, "clinical.birads");
    assert_eq!(
        [1.0, 2.0, 3.0, 4.0, 4.3, 4.6, 5.0].map(|code| birads.iter().filter(|value| **value == Some(code)).count()),
        [4, 30, 37, 44, 46, 49, 46]
    );
    finding(&made.findings, "several-levels", "Margin");
    assert!(!names(&made).iter().any(|name| name.contains("filename") || name.contains("CaseID")), "{:?}", names(&made));

    // The radiologist's descriptors are strong, and still do not give the answer away; the verification does not either.
    let suspects: Vec<String> = made
        .columns
        .iter()
        .filter_map(|(name, column, _)| {
            leakage::by_value(&name.to_string(), column.view(), &outcome.class_of_rows(), &outcome.classes)
        })
        .map(|leak| leak.to_string())
        .collect();
    assert!(!suspects.iter().any(|leak| leak.contains("us_shape") || leak.contains("birads")), "{suspects:?}");
}

#[test]
fn cmmd_loads_as_it_is() {
    let Some(table) = load("cohorts/cmmd_clinical.xlsx", &ReadOptions::default()) else { return };
    assert_eq!(table.n_rows(), 1872);
    let spec = column_outcome(serde_json::json!({ "column": "classification", "event": "Malignant" }));
    let outcome = outcome::derive(&spec, &table).unwrap();
    assert_eq!(counts(&outcome), [("not Malignant", 556), ("Malignant", 1316)]);
    let made = clinical::extract(
        &table,
        "clinical",
        &ClinicalOptions { reserved: outcome.columns.clone(), ..ClinicalOptions::default() },
    )
    .unwrap();
    assert_eq!(scalar(&made, "clinical.age").iter().flatten().count(), 1872);
    let abnormality: Vec<(String, usize)> = levels(&made, "clinical.mg_abnormality").into_iter().collect();
    assert_eq!(abnormality, [("both".to_string(), 461), ("calcification".to_string(), 262), ("mass".to_string(), 1149)]);
    let subtype = levels(&made, "clinical.subtype");
    assert_eq!(
        (subtype["luminal_a"], subtype["luminal_b"], subtype["her2_enriched"], subtype["triple_negative"]),
        (152, 376, 135, 86)
    );
    // Subtype is on record of cancers only: every case that has one is malignant.
    let column = made.column("clinical.subtype").unwrap();
    let leak = leakage::by_value("clinical.subtype", column.view(), &outcome.class_of_rows(), &outcome.classes).unwrap();
    assert_eq!(leak.why, "tells `Malignant`: all 749 cases in which it is recorded are of this class, which has 1316");
    let by_name = leakage::by_name("subtype", outcome.question, &outcome.columns).unwrap();
    assert_eq!(by_name.verdict, Verdict::Warned);
}

#[test]
fn ispy1_splits_into_its_modalities() {
    let Some(table) = load("cohorts/ispy1_her2.csv", &ReadOptions::default()) else { return };
    let outcome = outcome::derive(&her2(Task::PositiveVsRest), &table).unwrap();
    assert_eq!(counts(&outcome), [("zero or low", 106), ("positive", 52)]);
    let reserved: Vec<String> = ["patient_id", "site", "her2"].map(str::to_string).to_vec();
    let block = |prefix: &str| ImportedOptions {
        prefix: Some(prefix.to_string()),
        reserved: reserved.clone(),
        ..ImportedOptions::default()
    };
    let (rad, clin) = (block("rad__"), block("clin__"));
    let mri = imported::extract(&table, "mri", &rad).unwrap();
    assert_eq!(mri.columns.len(), 370);
    assert!(names(&mri).contains(&"mri.T1_E_Intensity_Mean".to_string()));
    let left = imported::unclaimed(&table, &[&rad, &clin]).unwrap();
    assert_eq!(left.columns, ["manufacturer"]);
    let clinical = clinical::extract(
        &table,
        "clinical",
        &ClinicalOptions { columns: vec!["clin__*".to_string(), "hr".to_string()], reserved, ..ClinicalOptions::default() },
    )
    .unwrap();
    let expected = ["age", "er", "pr", "race", "bilateral", "size_mm", "hr"].map(|name| format!("clinical.{name}"));
    assert_eq!(names(&clinical), expected);
    let hr = scalar(&clinical, "clinical.hr");
    let (er, pr) = (scalar(&clinical, "clinical.er"), scalar(&clinical, "clinical.pr"));
    assert!((0..161).all(|row| hr[row] != Some(0.0) || (er[row] == Some(0.0) && pr[row] == Some(0.0))));
    // Real imaging features do not separate HER2; none is suspected.
    let class = outcome.class_of_rows();
    let suspects: Vec<_> = mri
        .columns
        .iter()
        .filter_map(|(name, column, _)| leakage::by_value(&name.to_string(), column.view(), &class, &outcome.classes))
        .collect();
    assert!(suspects.is_empty(), "{suspects:?}");
    let copy = leakage::by_value(
        "planted",
        ColumnView::Scalar(&class.iter().map(|c| c.map(|c| c as f64)).collect::<Vec<_>>()),
        &class,
        &outcome.classes,
    );
    assert!(copy.is_some_and(|leak| leak.why.contains("AUC 1.000")));
}

// ---------------------------------------------------------------- made-up tables

fn table(columns: &[(&str, &[&str])]) -> RawTable {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let rows = columns[0].1.len();
    let line = |cells: Vec<&str>| cells.join("\t");
    let mut text = line(columns.iter().map(|(name, _)| *name).collect()) + "\n";
    for row in 0..rows {
        text += &(line(columns.iter().map(|(_, cells)| cells[row]).collect()) + "\n");
    }
    std::fs::write(&path, text).unwrap();
    read(&path, &ReadOptions::default()).unwrap().0
}

fn extract(columns: &[(&str, &[&str])], options: &ClinicalOptions) -> Extracted {
    clinical::extract(&table(columns), "clinical", options).unwrap()
}

#[test]
fn a_chinese_sheet_is_read() {
    let sheet: &[(&str, &[&str])] = &[
        ("患者编号", &["001", "002", "003", "004", "005", "006"]),
        ("年龄（岁）", &["45", "52", "61", "38", "70", "49"]),
        ("是否绝经", &["否", "是", "是", "否", "是", "否"]),
        ("雌激素受体", &["阳性（80%）", "阴性", "＋", "-", "阳性", "(+)5%"]),
        ("PR（%）", &["60", "0", "10", "0", "1", "90"]),
        ("Ki-67（%）", &["10", "60", "20", "15-20", "<5", "未知"]),
        ("组织学分级", &["Ⅱ级", "Ⅲ级", "G2", "2", "Ⅰ", "低分化"]),
        ("T分期", &["T1c", "T2", "pT2", "T4b", "T3", "TX"]),
        ("N分期", &["N0", "N1mi", "N0(i+)", "N2", "N3a", "NX"]),
        ("HER2免疫组化", &["0", "1+", "2+", "2+", "3+", "（－）"]),
        ("FISH结果", &["", "", "扩增", "无扩增", "", ""]),
        ("分子分型", &["Luminal A型", "三阴性", "Luminal B型", "Luminal B型", "HER2过表达型", "Luminal A型"]),
        ("新辅助方案", &["TAC", "TAC", "TCbHP", "TAC", "TCbHP", "TAC"]),
        ("BI-RADS分类", &["4A", "4B类", "5", "4C", "5类", "4a"]),
        ("边缘", &["毛刺", "光整", "模糊", "毛刺", "成角", "清晰"]),
        ("回声", &["低回声", "低回声", "等回声", "低回声", "囊实性", "高回声"]),
    ];
    let raw = table(sheet);
    let outcome = outcome::derive(&her2(Task::ThreeClass), &raw).unwrap();
    assert_eq!(outcome.class_of_rows(), [Some(0), Some(1), Some(2), Some(1), Some(2), Some(0)]);
    let all: Vec<&str> = raw.columns.iter().map(|column| column.name.as_str()).collect();
    let leaks = leakage::by_names(&all, outcome.question, &outcome.columns);
    let named =
        |verdict| leaks.iter().filter(|leak| leak.verdict == verdict).map(|leak| leak.column.as_str()).collect::<Vec<_>>();
    assert_eq!(named(Verdict::Excluded), ["HER2免疫组化", "FISH结果", "分子分型"]);
    assert_eq!(named(Verdict::Warned), ["新辅助方案"]);
    let reserved = named(Verdict::Excluded).iter().map(|column| column.to_string()).collect();
    let made =
        clinical::extract(&raw, "clinical", &ClinicalOptions { reserved, ki67_cutoff: Some(20.0), ..ClinicalOptions::default() })
            .unwrap();
    let (yes, no) = (Some(1.0), Some(0.0));
    assert_eq!(scalar(&made, "clinical.age"), [45.0, 52.0, 61.0, 38.0, 70.0, 49.0].map(Some));
    assert_eq!(scalar(&made, "clinical.menopause"), [0.0, 2.0, 2.0, 0.0, 2.0, 0.0].map(Some));
    assert_eq!(scalar(&made, "clinical.er"), [yes, no, yes, no, yes, yes]);
    assert_eq!(scalar(&made, "clinical.er_pct"), [Some(80.0), None, None, None, None, Some(5.0)]);
    assert_eq!(scalar(&made, "clinical.pr"), [yes, no, yes, no, yes, yes]);
    assert_eq!(scalar(&made, "clinical.ki67_high"), [no, yes, yes, None, no, None]);
    assert_eq!(scalar(&made, "clinical.grade"), [2.0, 3.0, 2.0, 2.0, 1.0, 3.0].map(Some));
    assert_eq!(scalar(&made, "clinical.t_stage"), [Some(1.0), Some(2.0), Some(2.0), Some(4.0), Some(3.0), None]);
    assert_eq!(scalar(&made, "clinical.n_stage"), [Some(0.0), Some(1.0), Some(0.0), Some(2.0), Some(3.0), None]);
    assert_eq!(scalar(&made, "clinical.birads"), [4.0, 4.3, 5.0, 4.6, 5.0, 4.0].map(Some));
    let margin: Vec<(String, usize)> = levels(&made, "clinical.us_margin").into_iter().collect();
    assert_eq!(
        margin.iter().map(|(name, n)| (name.as_str(), *n)).collect::<Vec<_>>(),
        [("angular", 1), ("circumscribed", 2), ("indistinct", 1), ("spiculated", 2)]
    );
    assert!(made.rules.iter().any(|rule| rule == "Ki-67 is high from 20 %."));
    assert!(names(&made).iter().all(|name| !name.contains("编号")));
}

#[test]
fn a_column_called_her2_may_hold_scores_or_a_status() {
    let class = |cells: &[&str]| {
        let raw = table(&[("ID", &["a", "b", "c", "d", "e"]), ("HER2", cells)]);
        let (cases, _, findings) = her2_of_rows(&Her2Spec::default(), &raw).unwrap();
        let scores = findings.iter().any(|finding| finding.code == "her2-status-holds-scores");
        (cases.iter().map(|case| case.level.ok()).collect::<Vec<_>>(), scores)
    };
    use Her2Level::{LowAsStated, Negative, OnePlus, PositiveAsStated, ThreePlus, TwoPlusAmplified, Zero};
    let scores = [Some(Zero), Some(OnePlus), Some(ThreePlus), Some(OnePlus), None];
    assert_eq!(class(&["0", "1+", "3+", "1+", "2+"]), (scores.to_vec(), true));
    assert_eq!(class(&["0", "1", "3", "1", "2"]), (scores.to_vec(), true));
    assert_eq!(class(&["-", "+", "+++", "+", "++"]), (scores.to_vec(), true));
    assert_eq!(
        class(&["0", "1", "0", "1", ""]),
        (vec![Some(Negative), Some(PositiveAsStated), Some(Negative), Some(PositiveAsStated), None], false)
    );
    assert!(!class(&["-", "+", "-", "+", "+"]).1);
    assert_eq!(
        class(&["zero", "low", "positive", "HER2-low", "阴性"]),
        (vec![Some(Zero), Some(LowAsStated), Some(PositiveAsStated), Some(LowAsStated), Some(Negative)], false)
    );
    let raw = table(&[("ID", &["a", "b"]), ("HER2 IHC", &["2+ FISH(+)", "0"])]);
    assert_eq!(her2_of_rows(&Her2Spec::default(), &raw).unwrap().0[0].level, Ok(TwoPlusAmplified));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_table_makes_the_adapter_panic(cells in prop::collection::vec("[-+0-9a-zA-Z%.,<>()阳阴性绝经前后/ ]{0,8}", 4)) {
        let names = ["age", "er", "PR (%)", "Ki-67", "grade", "menopause", "t_stage", "Shape", "Echogenicity", "HER2", "size (cm)", "other"];
        let columns = names.map(|name| RawColumn::new(name, Cells::Text(cells.iter().map(|cell| Some(cell.clone())).collect())));
        let raw = RawTable::from_columns("made-up", columns.to_vec()).unwrap();
        let asked = ["*", "hr", "er_low", "t_stage", "ki67_high"].map(str::to_string).to_vec();
        for columns in [Vec::new(), asked] {
            let options = ClinicalOptions { columns, ki67_cutoff: Some(20.0), ..ClinicalOptions::default() };
            let made = clinical::extract(&raw, "clinical", &options).unwrap();
            prop_assert!(made.columns.iter().all(|(_, column, _)| column.len() == 4));
        }
        let _ = outcome::derive(&her2(Task::ThreeClass), &raw);
    }
}

#[test]
fn odd_values_are_named_with_their_rows_and_left_out() {
    let made = extract(
        &[
            ("age", &["45", "250", "61", "38", "-3"]),
            ("grade", &["1", "2", "G4", "3", "I-II"]),
            ("er", &["1", "2", "1", "2", "1"]),
            ("necrosis", &["1", "2", "1", "2", "1"]),
            ("ki67", &["0.35", "0.1", "0.9", "0", "1"]),
            ("ADC", &["950", "1010", "870", "1203", "1100"]),
            ("tumour size (cm)", &["1.2", "2.3", "5.1", "3.0", "0.8"]),
            ("site note", &["seen in the outpatient clinic", "b", "c", "d", "e"]),
        ],
        &ClinicalOptions::default(),
    );
    assert_eq!(scalar(&made, "clinical.age"), [Some(45.0), None, Some(61.0), Some(38.0), None]);
    let age = finding(&made.findings, "implausible-value", "age");
    assert_eq!(age.rows, [3, 6]);
    assert!(age.message.contains("250") && age.message.contains("15 to 110 years"), "{}", age.message);
    assert_eq!(scalar(&made, "clinical.grade"), [Some(1.0), Some(2.0), None, Some(3.0), None]);
    let grade = finding(&made.findings, "unknown-value", "grade");
    assert_eq!(grade.rows, [4, 6]);
    assert!(grade.message.contains("`G4`") && grade.message.contains("expected G1, G2, G3"), "{}", grade.message);
    // 1 and 2 may be yes and no or no and yes: nobody can tell, so nothing is read.
    assert_eq!(scalar(&made, "clinical.er"), [None; 5]);
    finding(&made.findings, "unknown-value", "er");
    assert_eq!(finding(&made.findings, "not-the-variable", "necrosis").columns, ["necrosis"]);
    assert_eq!(scalar(&made, "clinical.ki67_pct"), [35.0, 10.0, 90.0, 0.0, 100.0].map(Some));
    assert!(finding(&made.findings, "unit", "ki67").message.contains("fractions"));
    assert_eq!(scalar(&made, "clinical.adc"), [0.95, 1.01, 0.87, 1.203, 1.1].map(Some));
    assert_eq!(scalar(&made, "clinical.size_mm"), [12.0, 23.0, 51.0, 30.0, 8.0].map(Some));
    finding(&made.findings, "no-feature", "site note");
}

#[test]
fn a_study_can_say_what_its_codes_mean() {
    let options = ClinicalOptions {
        variables: BTreeMap::from([("x1".to_string(), "er".to_string())]),
        values: BTreeMap::from([(
            "x1".to_string(),
            BTreeMap::from([("1".to_string(), "positive".to_string()), ("2".to_string(), "negative".to_string())]),
        )]),
        ..ClinicalOptions::default()
    };
    let made = extract(&[("x1", &["1", "2", "2", "1"]), ("age", &["40", "50", "60", "70"])], &options);
    assert_eq!(scalar(&made, "clinical.er"), [Some(1.0), Some(0.0), Some(0.0), Some(1.0)]);
    let unknown =
        ClinicalOptions { variables: BTreeMap::from([("age".to_string(), "aeg".to_string())]), ..ClinicalOptions::default() };
    let raw = table(&[("age", &["40", "50"])]);
    assert!(clinical::extract(&raw, "clinical", &unknown).unwrap_err().to_string().contains("no variable `aeg`"));
}

#[test]
fn columns_outside_the_dictionary_stay_unless_they_are_no_features() {
    let columns: &[(&str, &[&str])] = &[
        ("age", &["40", "50", "60", "70"]),
        ("lab value", &["1.5", "2.5", "", "4"]),
        ("village", &["A", "B", "A", "B"]),
        ("seen", &["2024-05-01", "2024-06-01", "2023-01-31", "2022-12-24"]),
        ("remark", &["one", "two", "three", "four"]),
        ("lab id", &["11", "12", "14", "13"]),
    ];
    let made = extract(columns, &ClinicalOptions::default());
    assert_eq!(names(&made), ["clinical.age", "clinical.lab_value", "clinical.village"]);
    assert_eq!(scalar(&made, "clinical.lab_value"), [Some(1.5), Some(2.5), None, Some(4.0)]);
    for column in ["seen", "remark", "lab id"] {
        finding(&made.findings, "no-feature", column);
    }
    let known = extract(columns, &ClinicalOptions { keep_unknown: false, ..ClinicalOptions::default() });
    assert_eq!(names(&known), ["clinical.age"]);
    assert!(finding(&known.findings, "not-in-dictionary", "lab value").columns.len() == 5);
    let chosen = extract(
        columns,
        &ClinicalOptions { columns: vec!["lab*".to_string()], exclude: vec!["lab id".to_string()], ..ClinicalOptions::default() },
    );
    assert_eq!(names(&chosen), ["clinical.lab_value"]);
}

#[test]
fn derived_variables_come_when_they_are_asked_for() {
    let columns: &[(&str, &[&str])] = &[
        ("ER (%)", &["0", "5", "90", "", "0"]),
        ("PR (%)", &["0", "0", "", "", "20"]),
        ("Ki67", &["5", "14", "20", "30", "80"]),
        ("size (mm)", &["8", "20", "21", "50", "51"]),
    ];
    let ask = |names: &[&str]| ClinicalOptions {
        columns: names.iter().map(|name| name.to_string()).collect(),
        ..ClinicalOptions::default()
    };
    let made = extract(columns, &ask(&["hr", "er_low", "t_stage", "ki67_high"]));
    assert_eq!(names(&made), ["clinical.hr", "clinical.er_low", "clinical.ki67_high", "clinical.t_stage"]);
    assert_eq!(scalar(&made, "clinical.hr"), [Some(0.0), Some(1.0), Some(1.0), None, Some(1.0)]);
    assert_eq!(scalar(&made, "clinical.er_low"), [Some(0.0), Some(1.0), Some(0.0), None, Some(0.0)]);
    assert_eq!(scalar(&made, "clinical.ki67_high"), [0.0, 0.0, 1.0, 1.0, 1.0].map(Some));
    assert_eq!(scalar(&made, "clinical.t_stage"), [1.0, 1.0, 2.0, 2.0, 3.0].map(Some));
    let all = extract(columns, &ClinicalOptions { ki67_cutoff: Some(14.0), receptor_cutoff: 10.0, ..ClinicalOptions::default() });
    assert_eq!(names(&all), ["er_pct", "er", "pr_pct", "pr", "ki67_high", "size_mm"].map(|name| format!("clinical.{name}")));
    assert_eq!(scalar(&all, "clinical.er"), [Some(0.0), Some(0.0), Some(1.0), None, Some(0.0)]);
    assert_eq!(scalar(&all, "clinical.ki67_high"), [0.0, 1.0, 1.0, 1.0, 1.0].map(Some));
}

#[test]
fn pyradiomics_diagnostics_are_provenance_and_no_features() {
    let raw = table(&[
        ("PatientID", &["a1", "a2", "a3"]),
        ("dce_diagnostics_Versions_PyRadiomics", &["v3.0.1", "v3.0.1", "v3.1.0"]),
        ("dce_diagnostics_Configuration_Settings", &["{'binWidth': 25}", "{'binWidth': 25}", "{'binWidth': 25}"]),
        ("dce_diagnostics_Image-original_Hash", &["x", "y", "z"]),
        ("dce_diagnostics_Mask-original_VoxelNum", &["100", "200", "300"]),
        ("dce_original_firstorder_Mean", &["1.5", "2.5", "3.5"]),
        ("dce_original_glcm_Contrast", &["7", "error", "9"]),
        ("us_original_firstorder_Mean", &["1", "2", "3"]),
        ("dce_label", &["m", "b", "m"]),
    ]);
    let dce = ImportedOptions {
        prefix: Some("dce_".to_string()),
        reserved: vec!["PatientID".to_string()],
        ..ImportedOptions::default()
    };
    let made = imported::extract(&raw, "mri", &dce).unwrap();
    assert_eq!(names(&made), ["mri.original_firstorder_Mean"]);
    let provenance = finding(&made.findings, "pyradiomics-diagnostics", "dce_diagnostics_Image-original_Hash");
    assert!(provenance.columns.len() == 4 && provenance.message.contains("binWidth"), "{}", provenance.message);
    let differ = finding(&made.findings, "pyradiomics-settings-differ", "");
    assert!(differ.message.contains("v3.0.1 | v3.1.0"), "{}", differ.message);
    let with_words = imported::extract(&raw, "mri", &ImportedOptions { categories: true, ..dce.clone() }).unwrap();
    assert!(names(&with_words).contains(&"mri.label".to_string()));
    let left = imported::unclaimed(&raw, &[&dce]).unwrap();
    assert_eq!(left.columns, ["us_original_firstorder_Mean"]);
    let none = ImportedOptions { columns: vec!["ct_*".to_string()], ..ImportedOptions::default() };
    assert!(finding(&imported::extract(&raw, "ct", &none).unwrap().findings, "no-such-column", "").message.contains("`ct_*`"));
}

#[test]
fn two_columns_never_become_one_feature() {
    let cells = || Cells::Number(vec![Some(1.0), Some(2.0), Some(4.0)]);
    let columns = ["us a b", "us a_b", "a b us"].map(|name| RawColumn::new(name, cells()));
    let raw = RawTable::from_columns("made-up", columns.to_vec()).unwrap();
    let made =
        imported::extract(&raw, "us", &ImportedOptions { columns: vec!["us *".to_string()], ..ImportedOptions::default() })
            .unwrap();
    assert_eq!(names(&made), ["us.us_a_b", "us.us_a_b_2"]);
    finding(&made.findings, "feature-name-taken", "us a_b");
    let suffix = ImportedOptions { suffix: Some(" us".to_string()), ..ImportedOptions::default() };
    assert_eq!(names(&imported::extract(&raw, "us", &suffix).unwrap()), ["us.a_b"]);
}

#[test]
fn outcomes_that_make_no_sense_are_refused_in_a_sentence() {
    let raw = table(&[("grade", &["I", "II", "III", "II"]), ("pCR", &["yes", "no", "", "no"]), ("x", &["1", "2", "3", "4"])]);
    let refused = |json: serde_json::Value| outcome::derive(&column_outcome(json), &raw).unwrap_err().to_string();
    assert!(refused(serde_json::json!({})).contains("say what is predicted"));
    assert!(refused(serde_json::json!({ "task": "low-vs-zero", "column": "x" })).contains("exclude each other"));
    assert!(refused(serde_json::json!({ "task": "low-vs-zero" })).contains("no column holds HER2"));
    assert!(refused(serde_json::json!({ "column": "x" })).contains("name the classes"));
    assert!(refused(serde_json::json!({ "column": "y" })).contains("no such column"));
    assert!(refused(serde_json::json!({ "column": "grade", "classes": ["I"] })).contains("one class alone"));
    assert!(refused(serde_json::json!({ "column": "grade", "classes": ["I", "i"] })).contains("listed twice"));
    assert!(
        refused(serde_json::json!({ "column": "grade", "classes": ["I", "II"], "event": "IV" })).contains("none of the classes")
    );
    assert!(refused(serde_json::json!({ "column": "grade", "classes": ["I", "II", "IV"] })).contains("No case is `IV`"));
    assert!(refused(serde_json::json!({ "column": "grade", "event": "IV" })).contains("No case is `IV`"));

    let pcr = outcome::derive(&column_outcome(serde_json::json!({ "column": "pCR" })), &raw).unwrap();
    assert_eq!(
        pcr.cases,
        [CaseOutcome::Class(1), CaseOutcome::Class(0), CaseOutcome::Excluded("`pCR` is missing".into()), CaseOutcome::Class(0)]
    );
    let flipped =
        outcome::derive(&column_outcome(serde_json::json!({ "column": "pCR", "classes": ["yes", "no"], "event": "yes" })), &raw)
            .unwrap();
    assert_eq!((flipped.classes.as_slice(), flipped.event()), (&["no".to_string(), "yes".to_string()][..], Some("yes")));
    let ordered = outcome::derive(
        &column_outcome(serde_json::json!({ "column": "grade", "classes": ["I", "II", "III"], "ordered": true })),
        &raw,
    )
    .unwrap();
    assert_eq!((ordered.counts(), ordered.ordered), (vec![1, 2, 1], true));
    let numbers = outcome::derive(&column_outcome(serde_json::json!({ "column": "x", "event": "1.0" })), &raw).unwrap();
    assert_eq!(numbers.counts(), [3, 1]);
}
