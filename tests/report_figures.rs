//! Figures: valid, complete, undamaged by odd input, and true: what is drawn lies where the numbers say.

#[path = "report_figures/fixture.rs"]
mod fixture;
#[path = "report_figures/odd.rs"]
mod odd;
#[path = "report_figures/reading.rs"]
mod reading;

use reading::{Drawing, Texts};
use std::collections::HashSet;
use vbx::error::Error;
use vbx::report::figure::{self, Figure, Style};
use vbx::study::results::{CurvePoint, Measure, Results};

const TWO: [&str; 2] = ["HER2 negative", "HER2 positive"];
const THREE: [&str; 3] = ["HER2-zero", "HER2-low", "HER2-positive"];

/// Every kind of study that a figure must survive.
fn studies() -> Vec<(&'static str, Results)> {
    let mut studies = vec![
        ("five", fixture::results(&fixture::FIVE, &TWO, 158, 3)),
        ("three", fixture::results(&fixture::FIVE, &THREE, 400, 5)),
        ("twelve", fixture::results(&fixture::TWELVE, &["HER2 zero or low", "HER2 positive"], 612, 7)),
        ("twelve-three", fixture::results(&fixture::TWELVE, &THREE, 612, 7)),
        ("one", fixture::results(&fixture::FIVE[4..], &TWO, 158, 9)),
        ("tiny", fixture::results(&fixture::FIVE[..2], &TWO, 12, 9)),
    ];
    studies.extend(odd::all());
    studies
}

fn five() -> Results {
    fixture::results(&fixture::FIVE, &TWO, 158, 3)
}

fn find<'a>(figures: &'a [Figure], id: &str) -> &'a Figure {
    figures.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

#[test]
fn a_study_of_two_classes_has_every_kind_of_figure() {
    let ids: Vec<String> = figure::all(&five()).into_iter().map(|figure| figure.id).collect();
    let expected = [
        "flow",
        "modality-patterns",
        "forest-auc",
        "forest-difference",
        "roc",
        "calibration",
        "decision-curve",
        "decision-difference",
        "confusion",
        "distribution",
        "selection-clinical",
        "selection-mri",
        "selection-early",
        "selection-late",
        "selection-nomogram",
        "lasso-path-early",
        "nomogram-nomogram",
    ];
    assert_eq!(ids, expected);
}

#[test]
fn a_study_without_material_has_no_figures() {
    let mut results = five();
    results.arms.clear();
    results.comparisons.clear();
    results.flow.clear();
    results.cohort.patterns.clear();
    assert!(figure::all(&results).is_empty());
}

#[test]
fn every_figure_is_valid_described_and_of_printable_size() {
    for (study, results) in studies() {
        for figure in figure::all(&results) {
            let at = format!("{study}: {}", figure.id);
            let drawing = Drawing::new(&figure);
            let root = drawing.root();
            assert_eq!(root.attribute("role"), Some("img"), "{at}");
            for part in ["title", "desc"] {
                let element = root.children().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", part)));
                let element = element.unwrap_or_else(|| panic!("{at}: no <{part}>"));
                assert!(!element.text().unwrap_or_default().is_empty(), "{at}");
                assert!(
                    root.attribute("aria-labelledby").unwrap().split(' ').any(|id| element.attribute("id") == Some(id)),
                    "{at}"
                );
            }
            assert!(figure.width_mm <= 174.0 + 1e-9, "{at}: {} mm wide", figure.width_mm);
            assert!(figure.height_mm <= 240.0, "{at}: {} mm tall", figure.height_mm);
            assert!(!figure.title.is_empty() && figure.caption.len() > 20, "{at}");
            for node in root.descendants().filter(|node| node.is_element()) {
                for attribute in node.attributes() {
                    assert!(!attribute.value().contains("NaN") && !attribute.value().contains("inf"), "{at}: {attribute:?}");
                }
                if node.has_tag_name(("http://www.w3.org/2000/svg", "text")) {
                    let size: f64 = node.attribute("font-size").unwrap().parse().unwrap();
                    assert!((7.0..=9.0).contains(&size), "{at}: text of {size} points");
                }
            }
            let words: String = root.descendants().filter_map(|node| node.text()).collect();
            assert!(!words.contains("NaN"), "{at}");
        }
    }
}

#[test]
fn ids_are_unique_in_a_page_that_inlines_all_figures() {
    for (study, results) in studies() {
        let mut seen = HashSet::new();
        for figure in figure::all(&results) {
            let drawing = Drawing::new(&figure);
            for node in drawing.root().descendants() {
                if let Some(id) = node.attribute("id") {
                    assert!(seen.insert(id.to_string()), "{study}: id {id} twice");
                }
            }
            for node in drawing.root().descendants() {
                if let Some(clip) = node.attribute("clip-path") {
                    let id = clip.trim_start_matches("url(#").trim_end_matches(')');
                    assert!(id.starts_with(&figure.id) && seen.contains(id), "{study}: {clip} leads nowhere");
                }
            }
        }
    }
}

#[test]
fn arms_with_similar_names_keep_their_figures_apart() {
    let mut results = five();
    for (arm, name) in results.arms.iter_mut().zip(["A 1", "a-1", "临床", "a-1-2", "磁共振"]) {
        arm.name = name.into();
    }
    let figures = figure::all(&results);
    let ids: HashSet<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids.len(), figures.len());
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')), "{ids:?}");
}

#[test]
fn no_text_overlaps_another_or_leaves_the_page() {
    let mut faults = Vec::new();
    for (study, results) in studies() {
        // Figures that every arm has look alike from arm to arm: the first two of each kind will do.
        let kinds = ["selection-", "calibration-", "lasso-path-", "nomogram-"];
        let mut seen = [0; 4];
        for figure in figure::all(&results) {
            if let Some(kind) = kinds.iter().position(|kind| figure.id.starts_with(kind)) {
                seen[kind] += 1;
                if seen[kind] > 2 {
                    continue;
                }
            }
            let texts = Texts::new(&figure);
            assert!(!texts.boxes.is_empty());
            faults.extend(texts.faults().into_iter().map(|fault| format!("{study}: {}: {fault}", figure.id)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn drawing_is_deterministic() {
    for (study, results) in studies().into_iter().take(3) {
        assert_eq!(figure::all(&results), figure::all(&results), "{study}");
    }
    let roc = figure::roc(&five(), &Style::default());
    assert_eq!(figure::to_png(&roc, 150.0).unwrap(), figure::to_png(&roc, 150.0).unwrap());
}

#[test]
fn markup_in_names_stays_text() {
    let mut results = five();
    let name = "<b>&\"Clinical\"'</b>";
    results.arms[0].label = name.into();
    results.outcome.classes[0].name = "A & B < C".into();
    results.flow[0].label = "x < y & z".into();
    let figures = figure::all(&results);
    for id in ["roc", "calibration", "forest-auc", "decision-curve"] {
        let words = Drawing::new(find(&figures, id)).texts();
        assert!(words.iter().any(|text| text.contains(name)), "{id}: {words:?}");
    }
    assert!(Drawing::new(find(&figures, "flow")).texts().contains(&"x < y & z".to_string()));
}

#[test]
fn characters_that_xml_forbids_are_dropped() {
    let mut results = five();
    results.arms[0].label = "Cli\u{0}ni\u{8}cal\u{ffff}".into();
    let words = Drawing::new(&figure::roc(&results, &Style::default())).texts();
    assert!(words.iter().any(|text| text.starts_with("Clinical")), "{words:?}");
}

#[test]
fn a_legend_row_reads_as_one_line() {
    let mut results = five();
    results.arms[1].performance.roc[0].auc =
        Measure { value: Some(0.831), lower: Some(0.764), upper: Some(0.899), se: None, note: None };
    let words = Drawing::new(&figure::roc(&results, &Style::default())).texts();
    assert!(words.contains(&"MRI radiomics 0.831 (0.764–0.899)".to_string()), "{words:?}");
}

#[test]
fn only_the_primary_arms_have_a_band() {
    let bands = |results: &Results| Drawing::new(&figure::roc(results, &Style::default())).bands_in_panels();
    let mut results = five();
    assert_eq!(bands(&results), 2);
    results.comparisons.clear();
    assert_eq!(bands(&results), 0, "without a primary comparison no arm of five is singled out");
    results.arms.truncate(2);
    assert_eq!(bands(&results), 2);
}

#[test]
fn roc_points_lie_where_the_axes_say() {
    let mut results = five();
    results.arms.truncate(1);
    let truth = [[0.0, 0.0], [0.25, 0.75], [0.6, 0.8], [1.0, 1.0]];
    results.arms[0].performance.roc[0].points = points(&truth);
    let drawing = Drawing::new(&figure::roc(&results, &Style::default()));
    let (x, y) = (drawing.axis_x(0.0, "0.0", 1.0, "1.0"), drawing.axis_y(0.0, "0.0", 1.0, "1.0"));
    let curve = drawing.path_with_width("1.3");
    assert_eq!(curve.len(), truth.len());
    for ([px, py], [fpr, sensitivity]) in curve.iter().zip(truth) {
        assert!(
            (x.read(*px) - fpr).abs() < 2e-4 && (y.read(*py) - sensitivity).abs() < 2e-4,
            "({fpr}, {sensitivity}) at ({px}, {py})"
        );
    }
}

#[test]
fn calibration_groups_and_decision_curves_lie_where_the_axes_say() {
    let mut results = five();
    results.arms.truncate(1);
    results.comparisons.clear();
    let performance = &mut results.arms[0].performance;
    let calibration = &mut performance.calibration[0];
    calibration.curve.clear();
    calibration.groups = points(&[[0.15, 0.35], [0.72, 0.55]]);
    calibration.histogram = vec![[0, 0]; 20];
    performance.decision[0].model = points(&[[0.0, 0.3], [0.2, 0.2], [0.5, -0.01]]);
    performance.decision[0].treat_all = vec![0.3, 0.1, -0.4];

    let drawing = Drawing::new(&figure::calibration(&results, None, &Style::default()));
    let (x, y) = (drawing.axis_x(0.0, "0.0", 0.8, "0.8"), drawing.axis_y(0.0, "0.0", 0.8, "0.8"));
    let dots = drawing.dots("1.6");
    assert_eq!(dots.len(), 2);
    for ([px, py], [p, share]) in dots.iter().zip([[0.15, 0.35], [0.72, 0.55]]) {
        assert!((x.read(*px) - p).abs() < 2e-4 && (y.read(*py) - share).abs() < 2e-4);
    }

    let drawing = Drawing::new(&figure::decision(&results, &Style::default()));
    let (x, y) = (drawing.axis_x(0.0, "0.00", 0.2, "0.20"), drawing.axis_y(0.0, "0.0", 0.2, "0.2"));
    let curve = drawing.path_with_width("1.3");
    assert_eq!(curve.len(), 3);
    for ([px, py], [threshold, benefit]) in curve.iter().zip([[0.0, 0.3], [0.2, 0.2], [0.5, -0.01]]) {
        assert!((x.read(*px) - threshold).abs() < 2e-4 && (y.read(*py) - benefit).abs() < 2e-4);
    }
}

#[test]
fn forest_squares_stand_at_their_estimates() {
    let results = five();
    let figure = figure::forest_of_arms(&results, &Style::default());
    let drawing = Drawing::new(&figure);
    let x = drawing.axis_x(0.5, "0.50", 0.6, "0.60");
    let squares = drawing.squares();
    assert_eq!(squares.len(), results.arms.len());
    for (square, arm) in squares.iter().zip(&results.arms) {
        let auc = arm.performance.primary().unwrap().measure.value.unwrap();
        assert!((x.read(*square) - auc).abs() < 2e-4, "{}: {auc} at {square}", arm.name);
    }
}

#[test]
fn nomogram_read_with_a_ruler_gives_the_model() {
    let results = fixture::results(&fixture::FIVE, &THREE, 400, 5);
    let nomogram = &results.arms[4].nomograms[0];
    let figure = figure::nomogram(&results, 4, 0, &Style::default());
    let drawing = Drawing::new(&figure);
    let points = drawing.axis_in("nomogram-nomogram-points", 0.0, "0", 100.0, "100");
    for (i, axis) in nomogram.axes.iter().enumerate() {
        let mut drawn: Vec<f64> =
            drawing.ticks_in(&format!("nomogram-nomogram-axis-{i}")).into_iter().map(|x| points.read(x)).collect();
        drawn.sort_by(f64::total_cmp);
        let mut expected: Vec<f64> = axis.ticks.iter().map(|tick| tick.2).collect();
        expected.sort_by(f64::total_cmp);
        assert_eq!(drawn.len(), expected.len(), "{}", axis.label);
        for (drawn, expected) in drawn.iter().zip(&expected) {
            assert!((drawn - expected).abs() < 0.01, "{}: {drawn} points, not {expected}", axis.label);
        }
    }
    let total = drawing.axis_in("nomogram-nomogram-total", 0.0, "0", 260.0, "260");
    for (i, axis) in nomogram.probabilities.iter().enumerate() {
        let drawn = drawing.ticks_in(&format!("nomogram-nomogram-probability-{i}"));
        assert_eq!(drawn.len(), axis.ticks.len());
        for (x, (p, _)) in drawn.iter().zip(&axis.ticks) {
            let lp = nomogram.lp_at_zero + nomogram.lp_per_point * total.read(*x) + axis.shift;
            let read = 1.0 / (1.0 + (-lp).exp());
            assert!((read - p).abs() < 3e-4, "{}: {read}, not {p}", axis.label);
        }
    }
}

#[test]
fn what_is_undefined_says_why() {
    let studies = odd::all();
    let results = &studies.iter().find(|(name, _)| *name == "empty").unwrap().1;
    let figures = figure::all(results);
    for id in ["roc", "forest-auc"] {
        let figure = find(&figures, id);
        let words = Drawing::new(figure).texts().join(" ");
        assert!(words.contains("only one class among the cases"), "{id}: {words}");
        assert!(words.contains("undefined"), "{id}: {words}");
    }
    assert!(find(&figures, "roc").caption.contains("Undefined: only one class among the cases."));
    let words = Drawing::new(find(&figures, "calibration")).texts().join(" ");
    assert!(words.contains("No curve"), "{words}");
}

#[test]
fn pictures_have_the_size_and_resolution_of_print() {
    for figure in figure::all(&five()).iter().filter(|figure| ["roc", "flow"].contains(&figure.id.as_str())) {
        let file = figure::to_png(figure, 300.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let info = reader.info();
        let pixels = |mm: f64| (mm / 25.4 * 300.0).round() as u32;
        assert_eq!((info.width, info.height), (pixels(figure.width_mm), pixels(figure.height_mm)));
        let resolution = info.pixel_dims.unwrap();
        assert_eq!((resolution.xppu, resolution.yppu, resolution.unit), (11811, 11811, png::Unit::Meter));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(&pixels[..3], [255, 255, 255]);
        let dark = pixels.chunks_exact(3).filter(|pixel| pixel.iter().all(|&channel| channel < 60)).count();
        assert!(dark > 1000, "{}: text and axes are missing", figure.id);
    }
}

#[test]
fn text_is_drawn_without_any_font_of_the_machine() {
    // The same figure with and without its texts differs in many dark pixels only if text has been drawn.
    let figure = figure::forest_of_arms(&five(), &Style::default());
    let mut mute = figure.clone();
    while let (Some(from), Some(to)) = (mute.svg.find("<text"), mute.svg.find("</text>")) {
        mute.svg.replace_range(from..to + "</text>".len(), "");
    }
    let dark = |figure: &Figure| {
        let file = figure::to_png(figure, 100.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels.chunks_exact(3).filter(|pixel| pixel[0] < 128).count()
    };
    assert!(dark(&figure) > dark(&mute) + 500);
}

#[test]
fn a_resolution_that_makes_no_sense_is_refused() {
    let roc = figure::roc(&five(), &Style::default());
    for dpi in [0.0, -1.0, f64::NAN, 1e6] {
        assert!(matches!(figure::to_png(&roc, dpi), Err(Error::Usage(_))), "{dpi}");
    }
}

#[test]
fn chinese_names_make_a_picture() {
    let studies = odd::all();
    let results = &studies.iter().find(|(name, _)| *name == "chinese").unwrap().1;
    let roc = figure::roc(results, &Style::default());
    assert!(Drawing::new(&roc).texts().iter().any(|text| text.contains("磁共振影像组学")));
    assert!(figure::to_png(&roc, 100.0).unwrap().starts_with(b"\x89PNG"));
}

fn points(values: &[[f64; 2]]) -> Vec<CurvePoint> {
    values.iter().map(|[x, y]| CurvePoint { x: *x, y: *y, lower: None, upper: None, n: None }).collect()
}

#[test]
fn calibration_prints_intercept_slope_and_ici() {
    let mut results = five();
    for (id, value, lower, upper) in [("calibration-in-the-large", -0.12, -0.41, 0.17), ("calibration-slope", 0.91, 0.55, 1.27)] {
        let measures = &mut results.arms[0].performance.calibration[0].measures;
        let named = measures.iter_mut().find(|named| named.id == id).unwrap();
        named.measure = Measure { value: Some(value), lower: Some(lower), upper: Some(upper), se: None, note: None };
    }
    let words = Drawing::new(&figure::calibration(&results, None, &Style::default())).texts();
    for expected in ["Intercept −0.12 (−0.41 to 0.17)", "Slope 0.91 (0.55–1.27)", "ICI 0.03"] {
        assert!(words.iter().any(|text| text == expected), "{expected}: {words:?}");
    }
}
