//! MRI examinations through a study: series, maps, habitats and visits of a simulated cohort whose truth is known.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use vbx::simulate::images::preset::Dynamic;
use vbx::simulate::images::{image_preset, write};
use vbx::study::extract::{ExtractedFeatures, Silent};
use vbx::study::plan::{Workspace, extract_images};
use vbx::table::{ColumnView, FeatureTable};

const CASES: usize = 14;

/// MRI of fourteen patients at two visits, in small images and at one site.
fn cohort() -> &'static Path {
    static COHORT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = COHORT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut preset = image_preset("small").unwrap();
        preset.cohort.insert("n".into(), toml::Value::Integer(CASES as i64));
        preset.include.ultrasound = false;
        preset.include.mammography = false;
        preset.mri.dynamic = Dynamic::Conventional;
        preset.mri.field_mm = [112.0, 100.0, 80.0];
        preset.mri.noise = 0.01;
        preset.site.protocol = false;
        preset.site.diffusion = 0.0;
        write(&preset, folder.path(), &|_| {}).unwrap();
        folder
    });
    folder.path()
}

/// What is true of each patient with MRI, in the order of the manifest.
fn truth() -> Vec<(String, serde_json::Value)> {
    let (table, _) = vbx::table::read(cohort().join("mri.csv"), &vbx::table::ReadOptions::default()).unwrap();
    let ids = table.column("patient_id").unwrap();
    let record = |row: usize| {
        let id = ids.text(row).unwrap().into_owned();
        let text = std::fs::read_to_string(cohort().join("truth").join(format!("sub-{id}")).join("record.json")).unwrap();
        (id, serde_json::from_str(&text).unwrap())
    };
    (0..table.n_rows()).map(record).collect()
}

/// A manifest of rows of the first examination (and of the second, `day` apart), with an outcome that means nothing.
fn manifest(name: &str, visits: bool, change: &dyn Fn(usize, &mut Vec<String>)) -> PathBuf {
    let lines = |file: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(cohort().join(file)).unwrap();
        text.lines().map(|line| line.split(',').map(String::from).collect()).collect()
    };
    let first = lines("mri.csv");
    let mut text = format!("{},day,outcome\n", first[0].join(","));
    let mut add = |rows: &[Vec<String>], day: usize| {
        for (row, cells) in rows.iter().enumerate().skip(1) {
            let mut cells = cells.clone();
            change(row - 1, &mut cells);
            text += &format!("{},{day},{}\n", cells.join(","), row % 2);
        }
    };
    add(&first, 0);
    if visits {
        add(&lines("mri_followup.csv"), 42);
    }
    let path = cohort().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn study(manifest: &Path, mri: &str, rest: &str) -> PathBuf {
    let path = manifest.with_extension("toml");
    let file = manifest.file_name().unwrap().to_string_lossy();
    let text = format!(
        "title = \"t\"\n[outcome]\ncolumn = \"outcome\"\nevent = \"1\"\n[modality.mri.mri]\nfile = \"{file}\"\n{mri}\n\
         [arm.mri.single]\nmodality = \"mri\"\n{rest}"
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn extract(study: &Path) -> (FeatureTable, ExtractedFeatures) {
    let work = Workspace::in_run(&study.with_extension("run"), &Silent);
    extract_images(study, &work, None, None).unwrap().into_iter().map(|(_, table, made)| (table, made)).next().unwrap()
}

fn scalar(table: &FeatureTable, name: &str) -> Vec<Option<f64>> {
    let found = table.columns().find(|(found, _)| found.to_string() == name);
    match found.unwrap_or_else(|| panic!("no {name} among {:?}", table.names().map(ToString::to_string).collect::<Vec<_>>())).1 {
        ColumnView::Scalar(values) => values.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The median of a true parameter map over the true lesion.
fn true_median(id: &str, map: &str) -> f64 {
    let folder = cohort().join("truth").join(format!("sub-{id}")).join("ses-T0");
    let read =
        |name: &str| vbx::image::read::read_image(&folder.join(format!("{name}.nii.gz")), &Default::default()).unwrap().volume;
    let (map, lesion) = (read(map), read("lesion"));
    assert!(map.grid.agrees_with(&lesion.grid));
    median(
        &map.values
            .iter()
            .zip(&lesion.values)
            .filter(|(_, inside)| **inside > 0.5)
            .map(|(value, _)| *value)
            .collect::<Vec<f64>>(),
    )
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

const SEQUENCES: &str = "[modality.mri.mri.sequences]\ndce = { columns = [\"dce\"], expected = { phases = 6 } }\n\
    dwi = { columns = [\"dwi\"] }\nt1 = { columns = [\"t1map\"] }\nt1e = { columns = [\"ce_t1map\"] }\n\
    [modality.mri.mri.maps]\nkinetics = { from = [\"dce\"], kind = { kinetics = {} } }\n\
    tofts = { from = [\"dce\"], kind = { extended-tofts = { values = { signal = { repetition-time = 5.5, flip-angle = 12.0 } } } } }\n\
    adc = { from = [\"dwi\"], kind = { adc = { max-b = 800.0 } } }\n\
    t1 = { from = [\"t1\", \"t1e\"], kind = { relaxometry = { quantity = \"T1\" } } }\n";

#[test]
fn series_become_maps_regions_and_habitats_that_follow_the_truth() {
    let habitats = "[modality.mri.mri.habitats]\nmaps = [\"kinetics_PE\", \"adc_ADC\"]\nby = { per-case = { number = { fixed = 2 } } }\n\
                    radiomics = [\"dce2\"]\n";
    let options = format!(
        "radiomics = [\"dce2\", \"adc_ADC\"]\nregions = [\"lesion\", {{ ring = {{ to-mm = 6.0 }} }}]\n{SEQUENCES}{habitats}"
    );
    let study = study(&manifest("maps.csv", false, &|_, _| {}), &options, "");
    let (table, made) = extract(&study);
    assert!(made.failed.is_empty(), "{:?}", made.failed);
    let truth = truth();
    let true_adc: Vec<f64> = truth.iter().map(|(id, _)| true_median(id, "adc")).collect();
    let of = |name: &str| scalar(&table, name).into_iter().map(Option::unwrap).collect::<Vec<f64>>();
    let adc: Vec<f64> = of("mri.adc_ADC.lesion_median").iter().map(|adc| adc * 1e3).collect();
    // Diffusion voxels of 4 mm blur small lesions and necrosis, and kurtosis bends the signal; the order of patients stays.
    assert!(correlation(&adc, &true_adc) > 0.85, "{adc:?} {true_adc:?}");
    let ratios: Vec<f64> = adc.iter().zip(&true_adc).map(|(found, truth)| found / truth).collect();
    assert!((0.9..1.1).contains(&median(&ratios)), "{ratios:?}");
    // The same lesion by radiomics of the map and by the map's statistics.
    let by_radiomics = of("mri.adc_ADC.lesion_original_firstorder_Median");
    assert!(by_radiomics.iter().zip(&adc).all(|(a, b)| (a * 1e3 - b).abs() < 1e-6));
    let true_ktrans: Vec<f64> = truth.iter().map(|(id, _)| true_median(id, "ktrans")).collect();
    let ktrans = of("mri.tofts_Ktrans.lesion_median");
    assert!(correlation(&ktrans, &true_ktrans) > 0.5, "{ktrans:?} {true_ktrans:?}");
    // Small lesions may have no ring or too few voxels for two habitats: null there, known in most cases.
    let known = |name: &str| {
        let values: Vec<f64> = scalar(&table, name).into_iter().flatten().collect();
        assert!(2 * values.len() > truth.len(), "{name}: {} of {}", values.len(), truth.len());
        values
    };
    let both = |a: &str, b: &str| -> Vec<(f64, f64)> {
        let pairs: Vec<(f64, f64)> = scalar(&table, a).into_iter().zip(scalar(&table, b)).filter_map(|(a, b)| a.zip(b)).collect();
        assert!(2 * pairs.len() > truth.len(), "{a}, {b}: {} of {}", pairs.len(), truth.len());
        pairs
    };
    // Cancer takes up agent, and more than what surrounds it.
    assert!(of("mri.kinetics_PE.lesion_mean").iter().all(|pe| *pe > 30.0));
    assert!(known("mri.kinetics_PE.peri6mm_ratio_to_lesion").iter().all(|ratio| *ratio < 1.0));
    // T1 falls under contrast agent: T1 − T1e is positive.
    assert!(of("mri.t1_dT1.lesion_mean").iter().all(|change| *change > 0.0));
    let shares = both("mri.habitat.h1_volume_fraction", "mri.habitat.h2_volume_fraction");
    assert!(shares.iter().all(|(a, b)| (a + b - 1.0).abs() < 1e-9), "{shares:?}");
    // Habitats are numbered by the first map.
    let means = both("mri.habitat.h1_kinetics_PE_mean", "mri.habitat.h2_kinetics_PE_mean");
    assert!(means.iter().all(|(a, b)| a < b), "{means:?}");
    assert!(known("mri.dce2.h1_original_firstorder_Mean").iter().all(|mean| mean.is_finite()));
    let info = table.dictionary().0.into_iter().find(|info| info.name.to_string() == "mri.adc_ADC.lesion_mean").unwrap();
    assert_eq!(info.origin.unit.as_deref(), Some("mm²/s"));
    assert!(made.quality.iter().any(|(_, measure, _)| measure == "maps tofts: share of voxels without a fit"));
    // The maps themselves, for eyes and for other programs.
    let folder = cohort().join("maps_out");
    let work = Workspace::in_run(&study.with_extension("run"), &Silent);
    extract_images(&study, &work, None, Some(&folder)).unwrap();
    let id = &truth[0].0;
    let map = vbx::image::read::read_image(&folder.join(format!("{id}_adc_ADC.nii.gz")), &Default::default()).unwrap();
    assert!(map.volume.values.iter().any(|value| value.is_finite()));
    assert!(std::fs::read(folder.join(format!("{id}_habitats.png"))).unwrap().starts_with(b"\x89PNG"));
    assert!(folder.join(format!("{id}_habitats.nii.gz")).is_file());
}

#[test]
fn what_an_examination_lacks_is_missing_and_what_differs_is_said() {
    // The first patient has no diffusion series.
    let header = std::fs::read_to_string(cohort().join("mri.csv")).unwrap();
    let dwi = header.lines().next().unwrap().split(',').position(|name| name == "dwi").unwrap();
    let manifest = manifest("lacking.csv", false, &|row, cells| {
        if row == 0 {
            cells[dwi].clear();
        }
    });
    let options = SEQUENCES
        .replace("phases = 6", "phases = 9")
        .replace("columns = [\"dwi\"]", "columns = [\"dwi\"], b-values = [100.0, 200.0]");
    let (table, made) = extract(&study(&manifest, &options, ""));
    let said: String = made.findings.iter().map(ToString::to_string).collect();
    assert!(said.contains("expected 9"), "{said}");
    // A list of b-values that does not fit the series is that case's fault, one row each.
    assert_eq!(made.failed.len(), truth().len() - 1);
    assert!(made.failed[0].why.contains("b-values"), "{}", made.failed[0].why);
    let adc = scalar(&table, "mri.adc_ADC.lesion_mean");
    let pe = scalar(&table, "mri.kinetics_PE.lesion_mean");
    assert!(adc[0].is_none() && pe[0].is_some());
}

#[test]
fn maps_that_the_series_cannot_give_are_null_with_their_reason() {
    let decreasing =
        SEQUENCES.replace("expected = { phases = 6 }", "times = [0.0, 100.0, 90.0, 200.0, 300.0, 400.0], baseline = 1");
    let (table, made) = extract(&study(&manifest("times.csv", false, &|_, _| {}), &decreasing, ""));
    let said: String = made.findings.iter().map(ToString::to_string).collect();
    assert!(said.contains("maps `kinetics` are missing") && said.contains("must increase"), "{said}");
    assert!(scalar(&table, "mri.kinetics_PE.lesion_mean").iter().all(Option::is_none));
    assert!(scalar(&table, "mri.adc_ADC.lesion_mean").iter().all(Option::is_some));
}

#[test]
fn visits_become_changes_and_habitats_become_others() {
    let options = format!(
        "visits = {{ day = \"day\", changes = [\"difference\", \"log-ratio\", \"slope-per-day\"] }}\nalign = \"rigid\"\n{SEQUENCES}\
         [modality.mri.mri.habitats]\nmaps = [\"kinetics_PE\", \"adc_ADC\"]\nby = {{ per-case = {{ number = {{ fixed = 2 }} }} }}\n"
    );
    let (table, made) = extract(&study(&manifest("visits.csv", true, &|_, _| {}), &options, ""));
    assert!(made.failed.is_empty(), "{:?}", made.failed);
    assert_eq!(table.n_cases(), truth().len());
    let of = |name: &str| scalar(&table, name);
    let mut known = 0;
    for (at, (_, record)) in truth().iter().enumerate() {
        let (Some(rise), Some(slope)) =
            (of("mri.adc_ADC.lesion_median_difference")[at], of("mri.adc_ADC.lesion_median_slope_per_day")[at])
        else {
            continue;
        };
        known += 1;
        assert!((rise / 42.0 - slope).abs() < 1e-9 * slope.abs());
        let true_rise = record["response"]["adc_rise"].as_f64().unwrap();
        assert!((rise * 1e3 - true_rise).abs() < 0.25, "{rise} {true_rise}");
        // Of each habitat's voxels some became one or the other habitat, the rest is outside the lesion now.
        let row: Vec<Option<f64>> = (0..=2).map(|to| of(&format!("mri.habitat.lesion_transition_1to{to}"))[at]).collect();
        if let [Some(outside), Some(one), Some(two)] = row[..] {
            assert!((outside + one + two - 1.0).abs() < 1e-9);
        }
    }
    assert!(known > CASES / 2);
}

#[test]
fn a_study_learns_habitats_in_its_folds_and_runs_to_the_report() {
    let options = format!(
        "{SEQUENCES}[modality.mri.mri.habitats]\nmaps = [\"kinetics_PE\", \"adc_ADC\"]\n\
         by = {{ supervoxels = {{ slic = {{ size = {{ count = 20 }} }}, room = 40 }} }}\n"
    );
    let rest = "[model]\ntransforms = [{ habitat-codebook = { number = { fixed = 3 } } }, \"impute\", \"variance\", \"standardise\"]\n\
                classifier = \"ridge\"\n[validation.repeated-k-fold]\nfolds = 2\nrepeats = 1\n[compare]\nbootstrap = 50\n";
    let path = study(&manifest("codebook.csv", false, &|_, _| {}), &options, rest);
    let (table, _) = extract(&path);
    let bag = table.columns().find(|(name, _)| name.to_string() == "mri.habitat_bag").unwrap().1;
    let ColumnView::Array(bags) = bag else { panic!("{bag:?}") };
    let lesion = vbx::habitat::decode_bag(bags.case(0).unwrap()).unwrap();
    assert_eq!(lesion.maps, ["kinetics_PE", "adc_ADC"]);
    // The bag's voxel-weighted mean is the map's mean over the lesion.
    let weight: f64 = lesion.supervoxels.iter().map(|patch| patch.maps[1].count as f64).sum();
    let mean = lesion.supervoxels.iter().map(|patch| patch.maps[1].count as f64 * patch.maps[1].mean).sum::<f64>() / weight;
    let whole = scalar(&table, "mri.adc_ADC.lesion_mean")[0].unwrap();
    assert!((mean / whole - 1.0).abs() < 1e-6, "{mean} {whole}");
    assert_cmd::Command::cargo_bin("vbx").unwrap().arg("run").arg(&path).assert().success();
    let page = std::fs::read_to_string(path.with_extension("run").join("report.html")).unwrap();
    assert!(page.contains("learned on training rows") && page.contains("Supervoxels"));
}
