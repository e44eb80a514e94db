//! A cohort of images through a study: manifests, extraction that resumes, bad scans as reported rows, the whole run.

mod common;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use vbx::image::write::overlay::{Picture, write_png};
use vbx::study::extract::{Silent, Watch};
use vbx::study::plan::{Workspace, extract_images};

/// A disc of a texture on a noisy ground, and its mask.
fn draw(folder: &Path, name: &str, radius: f64, seed: usize) {
    let side = 64;
    let inside = |x: usize, y: usize| (x as f64 - 31.5).hypot(y as f64 - 31.5) <= radius;
    let grey = |x: usize, y: usize| (if inside(x, y) { 60 } else { 150 }) + ((x * 31 + y * 17 + seed * 7) % 23) as u8;
    let paint = |level: &dyn Fn(usize, usize) -> u8| Picture {
        width: side,
        height: side,
        pixels: (0..side * side).flat_map(|at| [level(at % side, at / side); 3]).collect(),
    };
    write_png(&folder.join(format!("{name}.png")), &paint(&grey)).unwrap();
    write_png(&folder.join(format!("{name}_mask.png")), &paint(&|x, y| if inside(x, y) { 255 } else { 0 })).unwrap();
}

fn study(folder: &Path, rows: &str, options: &str) -> PathBuf {
    std::fs::write(folder.join("images.csv"), format!("patient_id,image,mask,pixel,outcome\n{rows}")).unwrap();
    let path = folder.join("study.toml");
    let text = format!(
        "title = \"t\"\n[outcome]\ncolumn = \"outcome\"\nevent = \"1\"\n[modality.us.ultrasound]\nfile = \"images.csv\"\n{options}\n\
         [arm.us.single]\nmodality = \"us\"\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn extract(
    study: &Path,
    watch: &dyn Watch,
) -> vbx::error::Result<(vbx::table::FeatureTable, vbx::study::extract::ExtractedFeatures)> {
    let work = Workspace::in_run(&study.with_extension("run"), watch);
    Ok(extract_images(study, &work, None, None)?.into_iter().map(|(_, table, made)| (table, made)).next().unwrap())
}

fn scalar(table: &vbx::table::FeatureTable, name: &str) -> Vec<Option<f64>> {
    match table.columns().find(|(found, _)| found.to_string() == name).unwrap_or_else(|| panic!("no {name}")).1 {
        vbx::table::ColumnView::Scalar(values) => values.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn shape_is_in_millimetres_and_rings_surround_the_lesion() {
    let folder = tempfile::tempdir().unwrap();
    for (name, radius) in [("a", 10.0), ("b", 15.0)] {
        draw(folder.path(), name, radius, 1);
    }
    let rows = "P1,a.png,a_mask.png,0.02,0\nP2,b.png,b_mask.png,0.02,1\n";
    let options = "pixel-size.column = { name = \"pixel\", unit = \"cm\" }\nregions = [\"lesion\", { ring = { to-mm = 1.0 } }]";
    let (table, made) = extract(&study(folder.path(), rows, options), &Silent).unwrap();
    assert!(made.failed.is_empty());
    let area = scalar(&table, "us.bmode.lesion_original_shape2D_PixelSurface");
    for (area, radius) in area.iter().zip([10.0, 15.0]) {
        // A disc of that radius in pixels of 0.2 mm; a digital disc misses the area by its border's rounding.
        let expected = std::f64::consts::PI * (radius * 0.2_f64).powi(2);
        assert!((area.unwrap() / expected - 1.0).abs() < 0.03, "{area:?} {expected}");
    }
    let mean = |region: &str| scalar(&table, &format!("us.bmode.{region}_original_firstorder_Mean"))[0].unwrap();
    // Grey levels are 60 to 82 inside and 150 to 172 around.
    assert!((60.0..=82.0).contains(&mean("lesion")) && (150.0..=172.0).contains(&mean("peri1mm")));
    assert!((scalar(&table, "us.bmode.lesion_outline_descriptor_DepthWidthRatio")[0].unwrap() - 1.0).abs() < 1e-12);
    let info = table.dictionary().0.into_iter().find(|info| info.name.to_string().ends_with("peri1mm_original_glcm_Contrast"));
    let from = info.unwrap().origin;
    assert_eq!(from.ibsi_code.as_deref(), Some("ACUI"));
    assert_eq!(from.extracted.map(|e| (e.image, e.region, e.class)), Some(("bmode".into(), "peri1mm".into(), "glcm".into())));
}

#[test]
fn a_bad_scan_is_a_reported_row_and_the_others_are_extracted() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), "a", 10.0, 1);
    draw(folder.path(), "b", 12.0, 2);
    let whole = std::fs::read(folder.path().join("b.png")).unwrap();
    std::fs::write(folder.path().join("b.png"), &whole[..whole.len() / 2]).unwrap();
    let rows = "P1,a.png,a_mask.png,1,0\nP2,b.png,b_mask.png,1,1\nP3,none.png,a_mask.png,1,1\nP4,,,1,0\n";
    let (table, made) = extract(&study(folder.path(), rows, ""), &Silent).unwrap();
    assert_eq!((table.n_cases(), made.absent), (4, 1));
    assert_eq!(made.failed.iter().map(|case| case.row).collect::<Vec<_>>(), [3, 4]);
    assert!(made.failed[0].why.contains("b.png") && made.failed[1].why.contains("none.png"));
    // What reaches a report names rows, never a file: file names may hold identifiers.
    let said: String = made.findings.iter().map(ToString::to_string).collect();
    assert!(said.contains("2 of 3 cases") && !said.contains("b.png") && !said.contains("none.png"), "{said}");
    let mean = scalar(&table, "us.bmode.lesion_original_firstorder_Mean");
    assert_eq!(mean.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, false]);
}

#[test]
fn several_images_of_a_lesion_become_one_row_by_the_stated_rule() {
    let folder = tempfile::tempdir().unwrap();
    for (name, radius) in [("a", 8.0), ("b", 14.0), ("c", 11.0)] {
        draw(folder.path(), name, radius, 1);
    }
    let rows = "P1,a.png,a_mask.png,1,0\nP1,b.png,b_mask.png,1,0\nP2,c.png,c_mask.png,1,1\n";
    let area = |rule: &str| {
        let options = format!("pixel-size.mm = 0.1\nseveral = \"{rule}\"");
        let (table, _) = extract(&study(folder.path(), rows, &options), &Silent).unwrap();
        assert_eq!(table.n_cases(), 2);
        scalar(&table, "us.bmode.lesion_original_shape2D_PixelSurface")[0].unwrap()
    };
    let (first, largest, mean) = (area("first"), area("largest"), area("mean"));
    assert!(first < mean && mean < largest);
    assert!((mean - (first + largest) / 2.0).abs() < 1e-12);
}

struct Counting(AtomicUsize);

impl Watch for Counting {
    fn begin(&self, _: &str, _: usize) {}
    fn case(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn end(&self) {}
}

#[test]
fn an_extraction_goes_on_where_it_was_and_notices_a_changed_image() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), "a", 10.0, 1);
    draw(folder.path(), "b", 12.0, 2);
    let path = study(folder.path(), "P1,a.png,a_mask.png,1,0\nP2,b.png,b_mask.png,1,1\n", "");
    let watch = Counting(AtomicUsize::new(0));
    let (before, _) = extract(&path, &watch).unwrap();
    assert_eq!(watch.0.load(Ordering::Relaxed), 2);
    let kept = || {
        let mut files: Vec<_> =
            std::fs::read_dir(path.with_extension("run").join("extracted/us")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        files
    };
    let stored = kept();
    assert_eq!(stored.len(), 2);
    let times: Vec<_> = stored.iter().map(|file| file.metadata().unwrap().modified().unwrap()).collect();
    let (again, _) = extract(&path, &Silent).unwrap();
    assert_eq!(before, again);
    assert!(stored.iter().zip(&times).all(|(file, time)| file.metadata().unwrap().modified().unwrap() == *time));
    draw(folder.path(), "b", 12.0, 3);
    let (changed, _) = extract(&path, &Silent).unwrap();
    assert_eq!(kept().len(), 3);
    assert_ne!(changed, again);
}

#[test]
fn a_manifest_that_cannot_be_used_says_so() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), "a", 10.0, 1);
    let rows = "P1,a.png,a_mask.png,x,0\nP2,a.png,a_mask.png,1,1\n";
    let said = |options: &str| extract(&study(folder.path(), rows, options), &Silent).unwrap_err().to_string();
    let missing = said("image = \"picture\"");
    assert!(missing.contains("images.csv") && missing.contains("picture"), "{missing}");
    let text = said("pixel-size.column = { name = \"pixel\" }");
    assert!(text.contains("row 2") && text.contains("pixel") && text.contains("a number"), "{text}");
    let params = said("params = \"none.yaml\"");
    assert!(params.contains("none.yaml"), "{params}");
    let twice = said("regions = [\"lesion\", \"lesion\"]");
    assert!(twice.contains("twice"), "{twice}");
}

/// 256 ultrasound images with outlines: the first rows of the real manifest are extracted as they stand.
#[test]
fn breast_ultrasound_is_read_as_it_lies() {
    let Some(sheet) = common::reference("cohorts/breast_usg_clinical.xlsx") else { return };
    let images = common::reference("cohorts/breast_usg").unwrap();
    let (table, _) = vbx::table::read(&sheet, &vbx::table::ReadOptions::default()).unwrap();
    let cell = |column: &str, row: usize| table.column(column).unwrap().text(row).unwrap().into_owned();
    let rows: String = (0..6)
        .map(|row| {
            let file = |column| images.join(cell(column, row)).display().to_string();
            format!("P{row},{},{},{},{}\n", file("Image_filename"), file("Mask_tumor_filename"), cell("Pixel_size", row), row % 2)
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = study(folder.path(), &rows, "pixel-size.column = { name = \"pixel\", unit = \"cm\" }");
    let (table, made) = extract(&path, &Silent).unwrap();
    assert!(made.failed.is_empty(), "{:?}", made.failed);
    // Breast lesions on ultrasound are millimetres to a few centimetres wide.
    let diameter = scalar(&table, "us.bmode.lesion_original_shape2D_MaximumDiameter");
    assert!(diameter.iter().all(|mm| (3.0..60.0).contains(&mm.unwrap())), "{diameter:?}");
}

#[test]
fn perturbed_outlines_give_repeated_measurements_and_a_study_runs_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::new();
    for case in 0..24 {
        draw(folder.path(), &format!("c{case}"), 8.0 + (case % 7) as f64, case);
        rows += &format!("P{case},c{case}.png,c{case}_mask.png,1,{}\n", case % 2);
    }
    let options = "pixel-size.mm = 0.1\nperturbed = [{ volume = 0.15 }, { volume = -0.15 }, { pose = { shift = [0.25, 0.25, 0.0] } }]\n\
                   [model]\ntransforms = [\"robustness\", \"impute\", \"variance\", \"standardise\"]\n\
                   [validation.holdout]\nshare = 0.3\n[compare]\nbootstrap = 50";
    let path = study(folder.path(), &rows, options);
    let (table, _) = extract(&path, &Silent).unwrap();
    let name = "us.bmode.lesion_original_shape2D_PixelSurface";
    let drawn = scalar(&table, name);
    let repeated = table.columns().find(|(found, _)| found.to_string() == format!("{name}.repeated")).unwrap().1;
    let vbx::table::ColumnView::Array(repeated) = repeated else { panic!("{repeated:?}") };
    for (row, area) in drawn.iter().enumerate() {
        let [grown, shrunk, moved] = repeated.case(row).unwrap() else { panic!() };
        let share = |x: &f32| f64::from(*x) / area.unwrap();
        assert!((share(grown) - 1.15).abs() < 0.02 && (share(shrunk) - 0.85).abs() < 0.02, "{grown} {shrunk} {area:?}");
        assert!((share(moved) - 1.0).abs() < 0.05);
    }
    assert_cmd::Command::cargo_bin("vbx").unwrap().arg("run").arg(&path).assert().success();
    let page = std::fs::read_to_string(folder.path().join("study.run/report.html")).unwrap();
    assert!(page.contains("ICC(1,1)") && page.contains("data:image/png;base64,"));
}

/// A ball of noise brighter than its ground, as NIfTI, and the values of the image.
fn volume(folder: &Path, name: &str, seed: usize) -> (Vec<f64>, Vec<bool>) {
    let grid = vbx::image::Grid::plain([20, 18, 16], [1.0, 1.0, 2.0]);
    let voxel = |at: usize| [at % 20, at / 20 % 18, at / 360];
    let ball = |[i, j, k]: [usize; 3]| {
        let square = |x: usize, c: f64, s: f64| ((x as f64 - c) * s).powi(2);
        square(i, 10.0, 1.0) + square(j, 9.0, 1.0) + square(k, 8.0, 2.0) <= 36.0
    };
    let inside: Vec<bool> = (0..grid.voxels()).map(|at| ball(voxel(at))).collect();
    let noise = |at: usize| ((at * 7919 + seed * 104_729) % 101) as f64;
    let values: Vec<f64> =
        inside.iter().enumerate().map(|(at, inside)| noise(at) + if *inside { 300.0 } else { 100.0 }).collect();
    let image = vbx::image::Volume::new(grid.clone(), values.clone());
    vbx::image::write::nifti::write_volume(&folder.join(format!("{name}.nii.gz")), &image).unwrap();
    let mask = vbx::image::Mask::new(grid, inside.clone());
    vbx::image::write::nifti::write_mask(&folder.join(format!("{name}_mask.nii.gz")), &mask).unwrap();
    (values, inside)
}

#[test]
fn volumes_are_normalised_and_measured_as_ibsi_defines() {
    let folder = tempfile::tempdir().unwrap();
    let made: Vec<_> = (0..2).map(|case| volume(folder.path(), &format!("v{case}"), case)).collect();
    std::fs::write(
        folder.path().join("images.csv"),
        "patient_id,t1,mask,outcome\nP0,v0.nii.gz,v0_mask.nii.gz,0\nP1,v1.nii.gz,v1_mask.nii.gz,1\n",
    )
    .unwrap();
    let run = |options: &str| {
        let path = folder.path().join("study.toml");
        let text = format!(
            "title = \"t\"\n[outcome]\ncolumn = \"outcome\"\nevent = \"1\"\n[modality.mri.radiomics]\nfile = \"images.csv\"\n\
             images = {{ t1 = \"t1\" }}\n{options}\n[arm.mri.single]\nmodality = \"mri\"\n"
        );
        std::fs::write(&path, text).unwrap();
        extract(&path, &Silent).map(|(table, _)| table)
    };
    let mean_of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let lesion = |(values, inside): &(Vec<f64>, Vec<bool>)| -> Vec<f64> {
        values.iter().zip(inside).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect()
    };
    let plain = run("").unwrap();
    let normalised =
        run("preprocess = [{ normalise = { method = \"z-score\" } }]\n[modality.mri.radiomics.ibsi]\nbins = { number = 16 }")
            .unwrap();
    let means = scalar(&plain, "mri.t1.lesion_original_firstorder_Mean");
    // Q4LE is IBSI's mean intensity.
    let of_code = normalised.dictionary().0.into_iter().find(|info| info.origin.ibsi_code.as_deref() == Some("Q4LE"));
    let ibsi = scalar(&normalised, &of_code.unwrap().name.to_string());
    for (case, made) in made.iter().enumerate() {
        let (all, own) = (mean_of(&made.0), mean_of(&lesion(made)));
        let n = made.0.len() as f64;
        let squares: f64 = made.0.iter().map(|x| (x - all).powi(2)).sum();
        assert!((means[case].unwrap() - own).abs() < 1e-9);
        // Whichever divisor the standard deviation has, n or n − 1, z lies between the two.
        let (low, high) = ((own - all) / (squares / (n - 1.0)).sqrt(), (own - all) / (squares / n).sqrt());
        assert!((low - 1e-9..=high + 1e-9).contains(&ibsi[case].unwrap()), "{ibsi:?} {low} {high}");
    }
    let both = run("params = \"p.yaml\"\n[modality.mri.radiomics.ibsi]\nbins = { number = 16 }").unwrap_err().to_string();
    assert!(both.contains("exclude each other"), "{both}");
}

#[test]
fn a_ring_is_clipped_to_the_body() {
    let folder = tempfile::tempdir().unwrap();
    let (_, inside) = volume(folder.path(), "v0", 0);
    volume(folder.path(), "v1", 1);
    // The breast is the left half of the image, through the lesion's middle.
    let grid = vbx::image::Grid::plain([20, 18, 16], [1.0, 1.0, 2.0]);
    let left: Vec<bool> = (0..grid.voxels()).map(|at| at % 20 < 10).collect();
    vbx::image::write::nifti::write_mask(&folder.path().join("breast.nii.gz"), &vbx::image::Mask::new(grid, left)).unwrap();
    let rows = "P0,v0.nii.gz,v0_mask.nii.gz,breast.nii.gz,0\nP1,v1.nii.gz,v1_mask.nii.gz,,1\n";
    std::fs::write(folder.path().join("images.csv"), format!("patient_id,t1,mask,breast,outcome\n{rows}")).unwrap();
    let path = folder.path().join("study.toml");
    let text = "title = \"t\"\n[outcome]\ncolumn = \"outcome\"\nevent = \"1\"\n[modality.mri.radiomics]\nfile = \"images.csv\"\n\
                images = { t1 = \"t1\" }\nbody.column = \"breast\"\nregions = [\"lesion\", { ring = { to-mm = 2 } }]\n\
                [arm.mri.single]\nmodality = \"mri\"\n";
    std::fs::write(&path, text).unwrap();
    let (table, _) = extract(&path, &Silent).unwrap();
    let volumes = scalar(&table, "mri.t1.peri2mm_original_shape_VoxelVolume");
    let (clipped, whole) = (volumes[0].unwrap(), volumes[1].unwrap());
    assert!(inside.iter().filter(|inside| **inside).count() > 100);
    // The lesion is centred on i = 10, so a little less than half of its ring lies left of it.
    assert!((0.4..0.5).contains(&(clipped / whole)), "{clipped} of {whole}");
}
