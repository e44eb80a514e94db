//! The program as a user meets it: what it prints, how it ends, what it leaves behind.

mod common;

use assert_cmd::Command;
use std::path::Path;

fn vbx() -> Command {
    Command::cargo_bin("vbx").unwrap()
}

/// A small study on a simulated cohort: quick models, one repeat.
const STUDY: &str = r#"
title = "Small study"
seed = 3
[simulate]
preset = "small"
patients = 90
[outcome]
task = "positive-vs-rest"
[modality.clinical.clinical]
file = "clinical.csv"
columns = ["age", "er_pct", "pr_pct", "ki67_pct"]
[modality.mri.imported]
file = "mri.csv"
[model]
transforms = ["impute", "encode", "variance", "standardise", { univariate = { top = 5 } }]
classifier = "logistic"
[validation.repeated-k-fold]
folds = 3
repeats = 1
inner-folds = 3
[arm.clinical.single]
modality = "clinical"
[arm.mri.single]
modality = "mri"
[arm.late.late]
modalities = ["clinical", "mri"]
[arm.nomogram.nomogram]
scores = ["mri"]
variables = ["clinical.er", "clinical.pr"]
[compare]
primary = ["clinical", "nomogram"]
bootstrap = 100
"#;

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Ends with `code`, and says `words` on the standard error stream.
fn fails(command: &mut Command, code: i32, words: &[&str]) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[test]
fn a_study_runs_reports_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let study = write(folder.path(), "study.toml", STUDY);
    let out = folder.path().join("out");
    let run = || vbx().arg("run").arg(&study).arg("--out").arg(&out).assert().success();
    let said = String::from_utf8(run().get_output().stdout.clone()).unwrap();
    assert!(said.trim_end().ends_with("report.html"), "{said}");
    for name in
        ["report.html", "results.json", "features.parquet", "folds.parquet", "predictions.parquet", "lock.json", "study.toml"]
    {
        assert!(out.join(name).exists(), "{name} is missing");
    }
    for ending in ["docx", "xlsx", "csv", "tex", "md"] {
        assert!(out.join(format!("tables/arms.{ending}")).exists(), "tables/arms.{ending} is missing");
    }
    assert!(out.join("figures/roc.svg").exists() && out.join("figures/roc.png").exists());
    let first = std::fs::read(out.join("results.json")).unwrap();
    // The second run takes the finished folds from the cache; the numbers are the same to the last digit.
    run();
    assert_eq!(first, std::fs::read(out.join("results.json")).unwrap());
    vbx().arg("run").arg(&study).arg("--out").arg(&out).args(["--fresh", "--threads", "1"]).assert().success();
    assert_eq!(first, std::fs::read(out.join("results.json")).unwrap(), "the number of threads changed a number");
    // No patient identifier reaches the report or the results.
    for name in ["report.html", "results.json"] {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        assert!(!text.contains("SIM0000"), "{name} names patients");
    }
}

#[test]
fn faults_of_a_study_file_are_told_at_their_line_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (from, to, words) in [
        ("seed = 3", "sead = 3", ["line 3", "sead"].as_slice()),
        ("classifier = \"logistic\"", "classifier = \"logistc\"", &["logistc", "logistic"]),
        ("modality = \"mri\"", "modality = \"mr\"", &["`mr`", "did you mean `mri`"]),
        ("clinical.pr\"", "clinical.prr\"", &["clinical.prr", "did you mean `clinical.pr`"]),
        ("folds = 3", "folds = \"three\"", &["three"]),
        ("\"nomogram\"]", "\"nomogramm\"]", &["nomogramm"]),
    ] {
        let study = write(folder.path(), "study.toml", &STUDY.replacen(from, to, 1));
        fails(vbx().arg("check").arg(&study), 2, words);
        fails(vbx().arg("run").arg(&study).arg("--out").arg(&out), 2, words);
        assert!(!out.join("results.json").exists());
    }
    fails(vbx().args(["check", "no-such-study.toml"]), 6, &["no-such-study.toml"]);
}

/// A study on one table with an outcome column.
fn table_study(table: &str) -> String {
    format!(
        "title = \"t\"\n[outcome]\ncolumn = \"y\"\nevent = \"1\"\n[modality.a.imported]\nfile = \"{table}\"\n[validation.repeated-k-fold]\nfolds = 3\n\
         repeats = 1\ninner-folds = 2\n[arm.a.single]\nmodality = \"a\"\n[arm.a.single.model]\nclassifier = \"ridge\"\n"
    )
}

#[test]
fn faults_of_the_data_are_told_with_their_own_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, code: i32, words: &[&str]| {
        write(folder.path(), "t.csv", text);
        let study = write(folder.path(), "study.toml", &table_study("t.csv"));
        fails(vbx().arg("run").arg(&study).arg("--out").arg(folder.path().join("out")), code, words);
        assert!(!folder.path().join("out/results.json").exists(), "half an answer was written");
    };
    check("", 3, &["t.csv"]);
    check("id,y,x\n", 3, &["t.csv"]);
    check("id,z,x\n1,0,2\n2,1,3\n", 2, &["`y`"]);
    check("id,y,x\n1,1,2\n2,1,3\n3,1,4\n", 4, &["not 1"]);
    // Twelve cases of which two have the event: too few for three folds.
    let few: String = (0..12).map(|i| format!("{i},{},{}\n", u8::from(i < 2), i * i % 7)).collect();
    check(&format!("id,y,x\n{few}"), 4, &["too few for 3 folds"]);
    let study = write(folder.path(), "study.toml", &table_study("absent.csv"));
    let output = vbx().arg("check").arg(&study).output().unwrap();
    assert!([3, 6].contains(&output.status.code().unwrap()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("absent.csv"));
}

#[test]
fn the_published_fusion_predictions_are_reproduced_and_their_nri_is_not_taken_at_face_value() {
    let Some(file) = common::reference("cohorts/mri_fusion_test_predictions.csv") else { return };
    let header = std::fs::read_to_string(&file).unwrap().lines().next().unwrap().to_string();
    let outcome =
        header.split(',').find(|name| ["y", "label", "y_true", "malignant", "outcome", "target"].contains(name)).unwrap_or("y");
    let output = vbx().arg("compare").arg(&file).args(["--outcome", outcome, "--json", "--bootstrap", "100"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // The cohort's README gives these to three digits: AUC and 95 % DeLong interval of five models. It has 0.821 as the second upper
    // limit; a plain DeLong interval is symmetric (0.807 + 0.016), so that digit is taken for a slip.
    let published =
        [[0.849, 0.834, 0.864], [0.807, 0.791, 0.823], [0.894, 0.882, 0.905], [0.898, 0.886, 0.910], [0.888, 0.876, 0.899]];
    let arms = results["arms"].as_array().unwrap();
    let found: Vec<[f64; 3]> = arms
        .iter()
        .map(|arm| {
            let measure = &arm["performance"]["discrimination"][0]["measure"];
            ["value", "lower", "upper"].map(|key| measure[key].as_f64().unwrap())
        })
        .collect();
    for wanted in published {
        let near = |arm: &&[f64; 3]| arm.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 0.0016);
        assert!(found.iter().any(|arm| near(&arm)), "no arm has {wanted:?}: {found:?}");
    }
    let turned = results["comparisons"].as_array().unwrap().iter().filter(|c| c["reclassification"]["disagree"] == true).count();
    assert!(turned > 0, "no NRI changes its sign after recalibration");
}

#[test]
fn help_has_examples_and_the_commands_answer_programs() {
    for command in ["new", "check", "simulate", "run", "compare", "report", "schema"] {
        let output = vbx().args([command, "--help"]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("Examples:"), "{command} has no examples");
    }
    let output = vbx().args(["simulate", "--list"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("null"));
    let folder = tempfile::tempdir().unwrap();
    let study = write(folder.path(), "study.toml", STUDY);
    let output = vbx().arg("check").arg(&study).arg("--json").output().unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["splits"], 3);
    vbx().current_dir(folder.path()).args(["new", "mine.toml"]).assert().success();
    fails(vbx().current_dir(folder.path()).args(["new", "mine.toml"]), 2, &["exists already"]);
}
