//! The page of the report: whole, safe, offline, the same every time, with a calculator that is exact.
#![allow(clippy::print_stderr)] // A test that skips says so.

#[allow(dead_code)]
#[path = "report_figures/fixture.rs"]
mod fixture;
#[allow(dead_code)]
#[path = "report_figures/odd.rs"]
mod odd;
mod report_fixture;

use report_fixture::{her2, hostile, many_arms, multinomial, three_classes, tiny};
use resvg::usvg::roxmltree;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::process::Command;
use vbx::report::table::{self, Export};
use vbx::report::{self, Report, ReportOptions};
use vbx::study::results::{NomogramResult, Origin, Results};

fn rendered(results: &Results) -> Report {
    report::render(results, &ReportOptions::default()).unwrap()
}

fn studies() -> Vec<(&'static str, Results)> {
    let mut predictions = her2();
    predictions.origin = Origin::Predictions;
    vec![
        ("her2", her2()),
        ("predictions", predictions),
        ("three", three_classes()),
        ("multinomial", multinomial()),
        ("tiny", tiny()),
        ("hostile", hostile()),
        ("many", many_arms(12)),
    ]
}

/// The same, and studies that are odd: other scripts, nothing finite, everything too long, everything empty.
fn all_studies() -> Vec<(&'static str, Results)> {
    studies().into_iter().chain(odd::all()).collect()
}

/// The content of the only script that runs, and of the data blocks by id.
fn script(page: &str) -> &str {
    let starts: Vec<usize> = page.match_indices("<script>").map(|(at, found)| at + found.len()).collect();
    assert_eq!(starts.len(), 1, "one script runs");
    &page[starts[0]..starts[0] + page[starts[0]..].find("</script>").unwrap()]
}

fn data(page: &str, id: &str) -> serde_json::Value {
    let open = format!("<script type=\"application/json\" id=\"{id}\">");
    let start = page.find(&open).unwrap() + open.len();
    serde_json::from_str(&page[start..start + page[start..].find("</script>").unwrap()]).unwrap()
}

fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!(" {name}=\"");
    page.match_indices(&open).map(|(at, _)| page[at + open.len()..].split('"').next().unwrap()).collect()
}

fn decoded(base64: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} is no digit of base64"),
    };
    let bits: String = base64.trim_end_matches('=').bytes().map(|c| format!("{:06b}", digit(c))).collect();
    bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

#[test]
fn the_policy_names_the_script_by_its_hash_and_lets_nothing_else_in() {
    for (study, results) in all_studies() {
        let page = rendered(&results).page;
        let policy = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
        let policy = policy.replace("&#x27;", "'").replace("&#x2f;", "/").replace("&#39;", "'");
        let hash = policy.split("script-src 'sha256-").nth(1).unwrap().split('\'').next().unwrap();
        assert_eq!(decoded(hash), Sha256::digest(script(&page).as_bytes()).to_vec(), "{study}");
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"), "{policy}");
        assert!(policy.contains("img-src data:") && !policy.contains("http") && !policy.contains('*'), "{policy}");
    }
}

/// Where the page leads to.
fn links(page: &str) -> Vec<String> {
    attributes(page, "href").into_iter().chain(attributes(page, "src")).map(|link| link.replace("&#x2f;", "/")).collect()
}

#[test]
fn the_page_loads_nothing() {
    for (study, results) in all_studies() {
        let page = rendered(&results).page;
        for link in links(&page) {
            let inside = link.starts_with('#') || link.starts_with("tables/") || link.starts_with("figures/") || link == "data:,";
            assert!(inside, "{study}: {link}");
        }
        let visible = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!visible.contains("http://") && !visible.contains("https://"), "{study}");
        for forbidden in ["@import", "url(http", "<iframe", "<object", "<embed", "javascript:", "<base"] {
            assert!(!page.contains(forbidden), "{study}: {forbidden}");
        }
    }
}

#[test]
fn names_of_users_are_text_and_never_markup() {
    let page = rendered(&hostile()).page;
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;"));
    let outside = page.replace(script(&page), "");
    assert_eq!(outside.matches("<script").count(), 3, "the script and two data blocks");
    assert_eq!(outside.matches("</script").count(), 3);
    for id in ["data-tables", "data-models"] {
        assert!(data(&page, id).is_object());
    }
    let models = data(&page, "data-models").to_string();
    assert!(models.contains("</script><script>alert(1)"), "the calculator shows the name as it is");
    // No attribute of an event handler anywhere.
    for tag in outside.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        assert!(!tag.split_whitespace().skip(1).any(|attribute| attribute.starts_with("on") && attribute.contains('=')), "{tag}");
    }
}

#[test]
fn every_element_is_closed() {
    const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];
    for (study, results) in all_studies() {
        let page = rendered(&results).page;
        let mut bare = page.clone();
        for (open, close) in [("<script", "</script>"), ("<style>", "</style>")] {
            while let Some(start) = bare.find(open) {
                let end = start + bare[start..].find(close).unwrap() + close.len();
                bare.replace_range(start..end, "");
            }
        }
        let mut stack: Vec<&str> = Vec::new();
        for rest in bare.split('<').skip(1) {
            let tag = rest.split('>').next().unwrap();
            let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap();
            if tag.starts_with('!') || tag.ends_with('/') || VOID.contains(&name) {
                continue;
            }
            if tag.starts_with('/') {
                assert_eq!(stack.pop(), Some(name), "{study}: {tag}");
            } else {
                stack.push(name);
            }
        }
        assert!(stack.is_empty(), "{study}: {stack:?}");
        for drawing in page.split("<div class=\"paper\">").skip(1) {
            let svg = &drawing[..drawing.find("</svg>").unwrap() + "</svg>".len()];
            roxmltree::Document::parse(svg.trim()).unwrap();
        }
        let ids = attributes(&page, "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{study}: an id stands twice");
        // Labels and contents lead somewhere.
        for target in
            attributes(&page, "href").into_iter().filter_map(|href| href.strip_prefix('#')).chain(attributes(&page, "for"))
        {
            assert!(ids.contains(&target), "{study}: #{target}");
        }
    }
}

#[test]
fn the_answer_comes_first_and_nothing_is_left_out() {
    for (study, results) in studies().into_iter().filter(|(study, _)| *study != "hostile") {
        let Report { page, tables, figures } = rendered(&results);
        let answer = page.find("class=\"headline\"").unwrap();
        assert!(page[answer..].split("</p>").next().unwrap().ends_with(&results.statement[0]), "{study}");
        for sentence in &results.statement[1..] {
            assert!(page[answer..].contains(sentence.as_str()), "{study}: {sentence}");
        }
        assert!(answer < page.find("<table").unwrap() && answer < page.find("<svg").unwrap());
        for notice in results.notices.iter().chain(results.arms.iter().flat_map(|arm| &arm.notices)) {
            assert!(page.contains(notice.message.trim_end_matches('.')), "{study}: {}", notice.message);
        }
        for table in &tables {
            // The flow is drawn, notices are sentences, a full listing is for programs: these three are files only.
            let shown = !(table.listing || table.id == "flow" || table.id == "notices");
            assert_eq!(page.contains(&format!("id=\"table-{}\"", table.id)), shown, "{study}: {}", table.id);
            assert!(data(&page, "data-tables")[&table.id].is_string());
        }
        for figure in &figures {
            assert_eq!(page.matches(&format!("id=\"figure-{}\"", figure.id)).count(), 1, "{study}: {}", figure.id);
        }
        let numbers: Vec<usize> = page
            .match_indices("<b>Figure ")
            .map(|(at, found)| page[at + found.len()..].split('.').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(numbers, (1..=figures.len()).collect::<Vec<_>>(), "{study}: figures are numbered as they come");
        for words in results.methods.iter().chain(&results.limitations) {
            let escaped = words.replace('\'', "&#x27;");
            assert!(
                page.contains(words.trim_end_matches('.')) || page.contains(escaped.trim_end_matches('.')),
                "{study}: {words}"
            );
        }
        assert!(page.contains(&results.validation.folds_hash) && page.contains(&results.validation.seed.to_string()));
    }
}

#[test]
fn sections_without_material_do_not_appear() {
    let page = rendered(&tiny()).page;
    for (section, shown) in
        [("answer", true), ("performance", true), ("comparison", false), ("nomogram", false), ("notices", true)]
    {
        assert_eq!(page.contains(&format!("<section id=\"section-{section}\">")), shown, "{section}");
        assert_eq!(page.contains(&format!("<li><a href=\"#section-{section}\">")), shown, "{section}");
    }
    assert!(!page.replace(script(&page), "").contains("NaN"));
}

#[test]
fn odd_studies_fill_every_table_format() {
    for (study, results) in odd::all() {
        for table in table::all(&results) {
            for export in Export::ALL.into_iter().filter(|export| export.takes(&table)) {
                let bytes = export.bytes(&table, &ReportOptions::default().style).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains("NaN"), "{study}: {} {export:?}", table.id);
            }
        }
    }
}

#[test]
fn control_characters_reach_no_file() {
    let mut results = her2();
    results.arms[0].label = "Clin\u{1}ical\nmodel\u{ffff}".into();
    for table in table::all(&results) {
        for export in [Export::Csv, Export::Latex, Export::Markdown, Export::Docx] {
            let bytes = export.bytes(&table, &ReportOptions::default().style).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            if export != Export::Docx {
                assert!(!text.contains('\u{1}') && !text.contains('\u{ffff}'), "{} {export:?}", table.id);
            }
            if table.id == "discrimination" {
                assert!(text.contains("Clinical model"), "{export:?}");
            }
        }
    }
}

#[test]
fn an_empty_study_still_makes_a_page() {
    let mut results = tiny();
    results.arms.clear();
    results.statement.clear();
    results.cohort.modalities.clear();
    let page = rendered(&results).page;
    assert!(page.contains("names no primary comparison"));
}

#[test]
fn the_page_is_made_again_from_results_json_alone() {
    for (study, results) in studies() {
        let first = rendered(&results).page;
        let json = serde_json::to_string(&results).unwrap();
        let again: Results = serde_json::from_str(&json).unwrap();
        assert_eq!(rendered(&again).page, first, "{study}");
    }
}

#[test]
fn twelve_arms_stay_below_three_megabytes() {
    let page = rendered(&many_arms(12)).page;
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}

#[test]
fn a_report_leaves_nothing_of_the_one_before_and_keeps_what_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let options = ReportOptions { png_dpi: None, ..ReportOptions::default() };
    let before = report::write(&many_arms(3), folder.path(), &options).unwrap();
    std::fs::write(folder.path().join("figures/mine.svg"), "<svg/>").unwrap();
    let after = report::write(&tiny(), folder.path(), &options).unwrap();
    let gone: Vec<_> = before.iter().filter(|file| !after.contains(file)).collect();
    assert!(!gone.is_empty());
    assert!(gone.iter().all(|file| !folder.path().join(file).exists()));
    assert!(folder.path().join("figures/mine.svg").exists());
}

#[test]
fn a_report_is_written_whole_and_its_links_lead_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let options = ReportOptions { png_dpi: Some(40.0), ..ReportOptions::default() };
    let files = report::write(&tiny(), folder.path(), &options).unwrap();
    assert_eq!(files.last().unwrap().to_str(), Some("report.html"));
    let mut found = BTreeSet::new();
    for inner in ["", "tables", "figures"] {
        for entry in std::fs::read_dir(folder.path().join(inner)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.insert(path.strip_prefix(folder.path()).unwrap().to_path_buf());
            }
        }
    }
    assert!(found.remove(std::path::Path::new("report.files.json")), "the list by which the next report cleans up");
    assert_eq!(found, files.iter().cloned().collect(), "what is reported is what is there, and nothing half-written");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    for link in links(&page).iter().filter(|link| link.starts_with("tables/") || link.starts_with("figures/")) {
        assert!(folder.path().join(link).is_file(), "{link}");
    }
    assert!(std::fs::read(folder.path().join("figures/roc.png")).unwrap().starts_with(b"\x89PNG"));
    // A second run replaces the first.
    let before: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(folder.path().join(file)).unwrap()).collect();
    report::write(&tiny(), folder.path(), &options).unwrap();
    let after: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(folder.path().join(file)).unwrap()).collect();
    assert_eq!(before, after);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a file");
    std::fs::write(&path, "in the way").unwrap();
    let error = report::write(&tiny(), &path, &ReportOptions { png_dpi: None, ..ReportOptions::default() }).unwrap_err();
    assert_eq!(error.exit_code(), 6);
    assert!(error.to_string().contains("a file"), "{error}");
}

/// Values for every axis: somewhere on it, or a category.
fn values(nomogram: &NomogramResult, trial: usize) -> Vec<f64> {
    let place = |i: usize| (0.137 * (trial * 7 + i * 3 + 1) as f64).fract();
    let value = |(i, axis): (usize, &vbx::study::results::NomogramAxis)| match axis.coefficient {
        Some(_) => {
            let ticks: Vec<f64> = axis.ticks.iter().filter_map(|tick| tick.1).collect();
            let (low, high) = ticks.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            low + (high - low) * place(i)
        }
        None => (place(i) * axis.ticks.len() as f64).floor(),
    };
    nomogram.axes.iter().enumerate().map(value).collect()
}

/// The linear predictor in closed form.
fn linear_predictor(nomogram: &NomogramResult, values: &[f64]) -> f64 {
    let terms = nomogram.axes.iter().zip(values).map(|(axis, value)| match (axis.coefficient, axis.zero) {
        (Some(coefficient), Some(zero)) => coefficient * (value - zero),
        _ => nomogram.lp_per_point * axis.ticks[*value as usize].2,
    });
    nomogram.lp_at_zero + terms.sum::<f64>()
}

#[test]
fn the_calculator_computes_the_model() {
    if Command::new("node").arg("--version").output().is_err() {
        eprintln!("skipped: node is not installed");
        return;
    }
    for (results, link) in [(her2(), "logistic"), (three_classes(), "cumulative"), (multinomial(), "softmax")] {
        let arm = results.arms.iter().find(|arm| !arm.nomograms.is_empty()).unwrap();
        let page = rendered(&results).page;
        let models = data(&page, "data-models");
        let model = models.as_object().unwrap().values().next().unwrap();
        assert_eq!(model["link"], link);
        let trials: Vec<Vec<f64>> = (0..40).map(|trial| values(&arm.nomograms[0], trial)).collect();
        let code = format!(
            "{}\nconst model = {model};\nconsole.log(JSON.stringify({}.map((values) => Nomogram.evaluate(model, values))));",
            script(&page),
            serde_json::to_string(&trials).unwrap()
        );
        let out = Command::new("node").args(["-e", &code]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let computed: Vec<serde_json::Value> = serde_json::from_slice(&out.stdout).unwrap();
        let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        let close = |found: &serde_json::Value, truth: f64, what: &str| {
            let found = found.as_f64().unwrap();
            assert!((found - truth).abs() <= 1e-14 * truth.abs().max(1.0), "{link} {what}: {found} instead of {truth}");
        };
        for (values, found) in trials.iter().zip(&computed) {
            let lps: Vec<f64> = arm.nomograms.iter().map(|nomogram| linear_predictor(nomogram, values)).collect();
            for ((nomogram, lp), predictor) in arm.nomograms.iter().zip(&lps).zip(found["predictors"].as_array().unwrap()) {
                close(&predictor["lp"], *lp, "linear predictor");
                let total = (lp - nomogram.lp_at_zero) / nomogram.lp_per_point;
                assert!((predictor["total"].as_f64().unwrap() - total).abs() < 1e-9, "{link} total");
                for (axis, p) in nomogram.probabilities.iter().zip(predictor["probabilities"].as_array().unwrap()) {
                    close(p, logistic(lp + axis.shift), "probability");
                }
            }
            let truth: Vec<f64> = match link {
                "cumulative" => {
                    let at_least: Vec<f64> =
                        arm.nomograms[0].probabilities.iter().map(|axis| logistic(lps[0] + axis.shift)).collect();
                    vec![1.0 - at_least[0], at_least[0] - at_least[1], at_least[1]]
                }
                "softmax" => {
                    let weights: Vec<f64> = std::iter::once(1.0).chain(lps.iter().map(|lp| lp.exp())).collect();
                    let sum: f64 = weights.iter().sum();
                    weights.iter().map(|weight| weight / sum).collect()
                }
                _ => Vec::new(),
            };
            let classes = found["classes"].as_array().unwrap();
            assert_eq!(classes.len(), truth.len(), "{link}");
            classes.iter().zip(&truth).for_each(|(p, truth)| close(p, *truth, "class"));
        }
    }
}

#[test]
fn the_calculator_survives_a_variable_without_effect() {
    let mut results = her2();
    let arm = results.arms.iter_mut().find(|arm| !arm.nomograms.is_empty()).unwrap();
    let axis = &mut arm.nomograms[0].axes[0];
    (axis.coefficient, axis.zero, axis.points_per_unit) = (Some(0.0), None, Some(0.0));
    axis.ticks.iter_mut().for_each(|tick| tick.2 = 0.0);
    let page = rendered(&results).page;
    let term = &data(&page, "data-models")["calculator-5"]["predictors"][0]["terms"][0];
    assert_eq!((term["coefficient"].as_f64(), term["zero"].as_f64()), (Some(0.0), Some(0.0)));
}
