//! A simulated image cohort must be what its truth says: effects against the preset within their standard errors, physics against
//! closed forms and an independent integration, noise against Rayleigh's law, files against their own readers and one another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use vbx::error::Error;
use vbx::image::read::{dicom, nifti, raster};
use vbx::simulate::class::{Contrast, Her2Class};
use vbx::simulate::images::mri::perfusion::{HAEMATOCRIT, Perfusion, parker};
use vbx::simulate::images::preset::BUILT_IN;
use vbx::simulate::images::{ImageDesign, ImagePreset, Phantom, image_preset, mri, write};
use vbx::simulate::stream::stream;

/// A preset that says something over `small`.
fn parse(toml: &str) -> Result<ImagePreset, Error> {
    ImagePreset::parse(&format!("extends = \"small\"\n{toml}"), "test.toml", None)
}

/// Two patients in the smallest images.
const TINY: &str = r#"
[cohort]
n = 2
[cohort.block.mri]
missing = { share = 0.0 }
[cohort.block.ultrasound]
missing = { share = 0.0 }
[cohort.block.mammography]
missing = { share = 0.0 }
[mri]
field_mm = [120, 100, 84]
voxel_mm = [3, 3, 4]
diffusion_voxel_mm = [4, 4, 5]
phases = 3
b_values = [0, 800]
[ultrasound]
pixel_mm = 0.25
[mammography]
pixel_mm = 1.0
"#;

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

// Effects
// ---------------------------------------------------------------------------------------------------------------------------

/// Per modality and parameter, the differences of both contrasts in a cohort, with their standard errors.
fn differences(design: &ImageDesign, n: u64) -> Vec<Vec<[(f64, f64); 2]>> {
    let patients: Vec<_> = (0..n).map(|index| design.biology(index)).collect();
    let truths = design.modality_truths();
    let of = |modality: usize, parameter: usize, contrast: Contrast| {
        let group = |event: bool| -> Vec<f64> {
            let chosen = patients.iter().filter(|p| contrast.is_event(p.patient.class) == Some(event));
            chosen.map(|p| p.standard[modality][parameter]).collect()
        };
        let (events, others) = (group(true), group(false));
        let error = (variance(&events) / events.len() as f64 + variance(&others) / others.len() as f64).sqrt();
        (mean(&events) - mean(&others), error)
    };
    (0..3).map(|m| (0..truths[m].parameters.len()).map(|p| Contrast::ALL.map(|contrast| of(m, p, contrast))).collect()).collect()
}

#[test]
fn class_differences_of_the_true_parameters_are_those_of_the_preset() {
    let design = ImageDesign::new(&image_preset("default").unwrap()).unwrap();
    let found = differences(&design, 6000);
    let mut largest = 0.0f64;
    for (truth, found) in design.modality_truths().iter().zip(&found) {
        // The differences of independent parameters make the separation that the AUC stands for.
        for contrast in Contrast::ALL {
            let squared: f64 = truth.parameters.iter().map(|p| p.difference.get(contrast).powi(2)).sum();
            let auc = vbx::simulate::binormal::auc(squared.sqrt());
            assert!((auc - truth.auc.get(contrast)).abs() < 1e-9, "{} {auc}", truth.name);
        }
        for (parameter, found) in truth.parameters.iter().zip(found) {
            for (contrast, (difference, error)) in Contrast::ALL.into_iter().zip(found) {
                let z = (difference - parameter.difference.get(contrast)) / error;
                largest = largest.max(z.abs());
                assert!(z.abs() < 4.5, "{} {}: {z}", truth.name, parameter.name);
            }
        }
    }
    assert!(largest > 0.5, "46 differences cannot all be exact");
}

#[test]
fn block_targets_and_cross_modality_correlation_arrive() {
    let design = ImageDesign::new(&image_preset("default").unwrap()).unwrap();
    let targets: Vec<f64> = design.modality_truths().iter().map(|truth| truth.auc.positive_vs_negative).collect();
    let tabular = design.tabular();
    let asked = ["mri", "ultrasound", "mammography"].map(|name| tabular.block[name].auc.positive_vs_negative);
    for (found, asked) in targets.iter().zip(asked) {
        assert!((found - asked).abs() < 1e-9);
    }
    // The best linear score of MRI's and ultrasound's parameters, within one class: correlated as the tabular preset says.
    let truths = design.modality_truths();
    let patients: Vec<_> = (0..4000).map(|index| design.biology(index)).filter(|p| p.patient.class == Her2Class::Low).collect();
    let score = |modality: usize| -> Vec<f64> {
        let weights: Vec<f64> = truths[modality].parameters.iter().map(|p| p.difference.positive_vs_negative).collect();
        patients.iter().map(|p| p.standard[modality].iter().zip(&weights).map(|(x, w)| x * w).sum()).collect()
    };
    let (a, b) = (score(0), score(1));
    let (ma, mb) = (mean(&a), mean(&b));
    let cross: f64 = a.iter().zip(&b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / (a.len() - 1) as f64;
    let r = cross / (variance(&a) * variance(&b)).sqrt();
    let error = 1.0 / (a.len() as f64).sqrt();
    assert!((r - tabular.correlation.between_blocks).abs() < 4.0 * error, "{r} against {}", tabular.correlation.between_blocks);
}

#[test]
fn a_null_cohort_has_no_differences() {
    let design = ImageDesign::new(&image_preset("null").unwrap()).unwrap();
    for modality in differences(&design, 4000) {
        for (difference, error) in modality.into_iter().flatten() {
            assert!(difference.abs() < 4.5 * error, "{difference} ± {error}");
        }
    }
}

// Physics
// ---------------------------------------------------------------------------------------------------------------------------

/// Extended Tofts by the differential equation `dC/dt = Ktrans Cp − kep C`, Runge–Kutta of fourth order at 2 ms.
fn tofts_by_runge_kutta(times: &[f64], arrival: f64, ktrans: f64, ve: f64, vp: f64) -> Vec<f64> {
    let plasma = |seconds: f64| parker((seconds - arrival) / 60.0) / (1.0 - HAEMATOCRIT);
    let slope = |t: f64, c: f64| (ktrans * plasma(t) - ktrans / ve * c) / 60.0;
    let (mut t, mut c) = (arrival, 0.0);
    let mut found = Vec::new();
    for time in times {
        while t < *time - 1e-9 {
            let h = 0.002f64.min(time - t);
            let k1 = slope(t, c);
            let k2 = slope(t + h / 2.0, c + h / 2.0 * k1);
            let k3 = slope(t + h / 2.0, c + h / 2.0 * k2);
            let k4 = slope(t + h, c + h * k3);
            c += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
            t += h;
        }
        found.push(if *time <= arrival { 0.0 } else { c + vp * plasma(*time) });
    }
    found
}

#[test]
fn the_tofts_curve_solves_its_differential_equation() {
    let times = [-40.0, 5.0, 12.0, 20.0, 33.3, 60.0, 120.0, 300.0];
    let perfusion = Perfusion::new(&times, 9.7);
    for (ktrans, ve, vp) in [(0.2, 0.36, 0.03), (0.004, 0.6, 0.0), (1.2, 0.1, 0.1), (0.03, 0.22, 0.01)] {
        let found = perfusion.concentration(ktrans, ve, vp);
        for (found, expected) in found.iter().zip(tofts_by_runge_kutta(&times, 9.7, ktrans, ve, vp)) {
            // The simulator's input function is straight over 0.05 s; its curvature makes at most 1e-4 of the peak's few mM.
            assert!((found - expected).abs() < 2e-4 * expected.abs().max(0.05), "{ktrans} {ve} {vp}: {found} {expected}");
        }
    }
}

#[test]
fn background_noise_has_the_stated_standard_deviation() {
    let preset = parse("[mri]\nmotion_mm = 0.0\nmotion_degrees = 0.0").unwrap();
    let design = ImageDesign::new(&preset).unwrap();
    let phantom = Phantom::draw(&design.biology(0), design.seed());
    let exam = mri::examine(&phantom, &preset.mri, &design.protocols()[0], 0.08, &mut stream(1, &["noise"], 0));
    let stated = exam.truth["dce"]["noise_sd"].as_f64().unwrap();
    let series = &exam.sequences[0];
    for image in &series.images {
        let air = image.iter().zip(&exam.tissues).filter(|(_, tissue)| tissue.body == 0.0).map(|(value, _)| f64::from(*value));
        let air: Vec<f64> = air.collect();
        let expected = stated * (std::f64::consts::PI / 2.0).sqrt();
        let error = stated * (2.0 - std::f64::consts::PI / 2.0).sqrt() / (air.len() as f64).sqrt();
        assert!(air.len() > 10_000);
        // Storing whole numbers adds nothing to the mean but at the lowest level, by less than a hundredth.
        assert!((mean(&air) - expected).abs() < 4.5 * error + 0.01, "{} {expected} ± {error}", mean(&air));
    }
}

#[test]
fn habitats_average_to_the_lesion_and_two_readers_nearly_agree() {
    let preset = parse("").unwrap();
    let design = ImageDesign::new(&preset).unwrap();
    let mut dice = Vec::new();
    for index in 0..12 {
        let biology = design.biology(index);
        let phantom = Phantom::draw(&biology, design.seed());
        let parts = vbx::simulate::images::phantom::habitats(&phantom.parameters, phantom.lesion.fraction);
        let shares = phantom.lesion.fraction;
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let average = |pick: fn(&vbx::simulate::images::phantom::Tissue) -> f64| -> f64 {
            parts.iter().zip(shares).map(|(part, share)| share * pick(part)).sum()
        };
        assert!((average(|t| t.ktrans) / biology.mri.ktrans - 1.0).abs() < 1e-9);
        assert!((average(|t| t.adc) / biology.mri.adc - 1.0).abs() < 1e-9);
        let exam =
            mri::examine(&phantom, &preset.mri, &design.protocols()[0], preset.reader.contour, &mut stream(2, &["r"], index));
        let both = exam.mask.inside.iter().zip(&exam.second_reader.inside).filter(|(a, b)| **a && **b).count();
        let sum = exam.mask.count() + exam.second_reader.count();
        if exam.mask.count() >= 60 {
            dice.push(2.0 * both as f64 / sum as f64);
        }
        // The voxels' habitats are those that were drawn, within what voxels can show of a lesion.
        let voxels = exam.tissues.iter().filter(|tissue| tissue.habitat > 0);
        let counts = voxels.fold([0.0; 4], |mut counts, tissue| {
            counts[usize::from(tissue.habitat)] += 1.0;
            counts
        });
        let total: f64 = counts.iter().sum();
        if total > 300.0 {
            (1..4).for_each(|h| assert!((counts[h] / total - shares[h - 1]).abs() < 0.15, "{counts:?} {shares:?}"));
        }
    }
    assert!(dice.len() >= 5, "{dice:?}");
    assert!(dice.iter().all(|dice| (0.6..1.0).contains(dice)) && (0.75..0.97).contains(&mean(&dice)), "{dice:?}");
}

// Files
// -----------------------------------------------------------------------------------------------------------------------------

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn simulate(preset: &ImagePreset, folder: &Path, threads: usize) -> Result<Vec<PathBuf>, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| write(preset, folder, &|_| {}))
}

#[test]
fn same_bytes_for_any_number_of_threads_and_after_an_interruption() {
    let preset = parse(TINY).unwrap();
    let root = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| root.path().join(name));
    simulate(&preset, &one, 1).unwrap();
    let expected = files(&one);
    assert!(expected.len() > 60);
    simulate(&preset, &two, 2).unwrap();
    assert!(files(&two) == expected, "two threads write other bytes than one");

    // An obstacle where the second patient's folder would go stops the run; the first patient stays, and the run goes on from
    // there.
    let patient = two.join("sub-SIM0000002");
    fs::remove_dir_all(&patient).unwrap();
    fs::remove_file(two.join("clinical.csv")).unwrap();
    fs::write(&patient, "in the way").unwrap();
    let first = two.join("sub-SIM0000001/ses-T0/mri/sub-SIM0000001_ses-T0_dce.nii.gz");
    let made = fs::metadata(&first).unwrap().modified().unwrap();
    let error = simulate(&preset, &two, 2).unwrap_err();
    assert!(matches!(&error, Error::Io { message, .. } if message.contains("1 of 2 patients are complete")), "{error}");
    assert!(!fs::read_dir(&two).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with('.')));
    fs::remove_file(&patient).unwrap();
    simulate(&preset, &two, 2).unwrap();
    assert!(files(&two) == expected);
    assert_eq!(fs::metadata(&first).unwrap().modified().unwrap(), made, "the complete patient was made again");

    // Another preset does not go into the same folder, nor does any into a folder of something else.
    let other = parse(&format!("{TINY}noise = 0.01\n")).unwrap();
    assert!(matches!(simulate(&other, &two, 1), Err(Error::Usage(message)) if message.contains("another preset")));
    fs::create_dir(root.path().join("full")).unwrap();
    fs::write(root.path().join("full/notes.txt"), "mine").unwrap();
    assert!(
        matches!(simulate(&preset, &root.path().join("full"), 1), Err(Error::Usage(message)) if message.contains("not empty"))
    );
}

#[test]
fn our_own_readers_read_every_format_and_agree() {
    let preset = parse(TINY).unwrap();
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cohort");
    simulate(&preset, &folder, 2).unwrap();
    let rows = |name: &str| -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    for row in rows("mri.csv") {
        let series = nifti::read_volumes(&folder.join(&row["dce"])).unwrap();
        assert_eq!(series.len(), 4);
        let mask = nifti::read_volumes(&folder.join(&row["mask"])).unwrap();
        assert!(series[0].grid.agrees_with(&mask[0].grid));
        assert!(mask[0].values.contains(&1.0));
        let early = nifti::read_volumes(&folder.join(&row["dce2"])).unwrap();
        assert_eq!(early[0].values, series[2].values);
        // The lesion takes up contrast agent.
        let inside = |volume: &vbx::image::Volume| {
            let values = volume.values.iter().zip(&mask[0].values).filter(|(_, m)| **m == 1.0).map(|(v, _)| *v);
            mean(&values.collect::<Vec<f64>>())
        };
        assert!(inside(&series[1]) > 1.2 * inside(&series[0]), "{} {}", inside(&series[1]), inside(&series[0]));
        let bval = folder.join(row["dwi"].replace(".nii.gz", ".bval"));
        assert_eq!(fs::read_to_string(bval).unwrap(), "0 800\n");
    }
    assert_eq!(rows("mri_followup.csv").len(), 2);
    for row in rows("ultrasound.csv") {
        let spacing = row["pixel_mm"].parse::<f64>().unwrap();
        let png = raster::read_volume(&folder.join(&row["image"]), [spacing; 2]).unwrap();
        let series = dicom::read_series(&folder.join(&row["dicom"]), &dicom::SeriesChoice::Only).unwrap();
        assert_eq!((series.modality.as_str(), &series.volumes[0].values), ("US", &png.values));
        let mask = raster::read_labels(&folder.join(&row["mask"]), [spacing; 2]).unwrap();
        assert_eq!(mask.grid.size, png.grid.size);
    }
    let views = rows("mammography.csv");
    assert_eq!(views.len(), 4);
    for row in &views {
        let png = raster::read_volume(&folder.join(&row["image"]), [1.0; 2]).unwrap();
        let series = dicom::read_series(&folder.join(&row["dicom"]), &dicom::SeriesChoice::Only).unwrap();
        assert_eq!((series.modality.as_str(), &series.volumes[0].values), ("MG", &png.values));
        let number = |name: &str| row[name].parse::<usize>().unwrap();
        assert!(number("x") + number("width") <= png.grid.size[0] && number("y") + number("height") <= png.grid.size[1]);
    }
    assert_eq!((rows("clinical.csv").len(), rows("descriptors.csv").len(), rows("genes.csv").len()), (2, 2, 2));
}

// Bad input
// -------------------------------------------------------------------------------------------------------------------------

#[test]
fn presets_that_cannot_be_simulated_are_refused_by_name() {
    for (name, _) in BUILT_IN {
        image_preset(name).unwrap();
    }
    let refusal = |toml: &str| match parse(toml) {
        Err(Error::Usage(message)) => message,
        other => panic!("{toml}: {:?}", other.map(|_| ())),
    };
    for (toml, says) in [
        ("colour = true", "colour"),
        ("[mri]\nvoxels = 3", "voxels"),
        ("[cohort]\npatients = 3", "patients"),
        ("[parameter.mri.ktrans]\nmedian = 3", "median"),
        ("[parameter.mri.colour]\ncentre = 1\nsd = 1\neffect = { positive_vs_negative = 0, low_vs_zero = 0 }", "unknown"),
        ("[mri]\nvoxel_mm = [0, 1, 1]", "0.2 to 8 mm"),
        ("[mri]\nvoxel_mm = [0.2, 0.2, 0.2]", "voxels"),
        ("[mri]\nfield_mm = [nan, 100, 100]", "field_mm"),
        ("[mri]\nphases = 0", "phases"),
        ("[mri]\nb_values = [50, 800]", "b_values"),
        ("[ultrasound]\ndepth_mm = 500", "depth_mm"),
        ("[mammography]\npixel_mm = 0.0001", "pixel_mm"),
        ("[cohort]\nn = 0", "`n` is 0"),
        ("extends = 3", "extends"),
    ] {
        let message = refusal(toml);
        assert!(message.contains(says), "{toml}: {message}");
    }
    assert!(matches!(image_preset("no-such-preset"), Err(Error::Usage(_))));
    // An AUC cannot be asked of parameters that carry nothing.
    let names = ["axial_ratio", "boundary", "echo", "heterogeneity", "posterior", "texture"];
    let none: String = names
        .map(|name| format!("[parameter.ultrasound.{name}]\neffect = {{ positive_vs_negative = 0.0, low_vs_zero = 0.0 }}\n"))
        .concat();
    let refused = ImageDesign::new(&parse(&none).unwrap()).err();
    assert!(matches!(refused, Some(Error::Usage(message)) if message.contains("ultrasound")));
}
