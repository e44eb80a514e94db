//! Series of images from NIfTI, NRRD and real DICOM: voxels against their other readers, times and b-values against public
//! programs.

mod common;
mod image_fixture;

use std::path::{Path, PathBuf};

use common::reference;
use image_fixture::{Nifti, gzip, nrrd as nrrd_file};
use serde_json::Value;
use vbx::image::Volume;
use vbx::image::read::dicom::SeriesChoice;
use vbx::image::read::nifti;
use vbx::image::read::series::{SeriesOptions, SeriesReader, read_maps};
use vbx::image::series::{Injection, Moments, PhaseName, TimeSource};

fn oracle() -> Value {
    serde_json::from_str(include_str!("reference/series_oracle.json")).unwrap()
}

fn open(paths: &[&Path], options: &SeriesOptions) -> SeriesReader {
    SeriesReader::open(&owned(paths), options).unwrap()
}

fn owned(paths: &[&Path]) -> Vec<PathBuf> {
    paths.iter().map(|path| path.to_path_buf()).collect()
}

fn refusal(paths: &[&Path]) -> String {
    SeriesReader::open(&owned(paths), &SeriesOptions::default()).map(|_| ()).unwrap_err().to_string()
}

fn volumes(series: &SeriesReader) -> Vec<Volume> {
    series.volumes().map(Result::unwrap).collect()
}

/// A 4-D file of 2×2×1 voxels that count from 0.
fn counting(images: u8) -> Nifti {
    let voxels: Vec<u8> = (0..4 * images).collect();
    Nifti::bytes_of(&[2, 2, 1, i64::from(images)], &voxels)
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[test]
fn a_real_dce_folder_is_what_public_programs_read_of_it() {
    let Some(folder) = reference("breast_dce/dicom/dce") else { return };
    let oracle = oracle();
    let series = open(&[&folder], &SeriesOptions { baseline: Some(1), ..Default::default() });
    let phases = oracle["dce"]["phases"].as_array().unwrap();
    assert_eq!(series.images().len(), phases.len());
    for (image, (values, phase)) in series.singles().zip(phases).enumerate() {
        let values = values.unwrap();
        let sum = |weight: &dyn Fn(usize) -> i64| -> i64 {
            values.iter().enumerate().map(|(at, value)| *value as i64 * weight(at)).sum()
        };
        assert_eq!(sum(&|_| 1), phase["sum"].as_i64().unwrap());
        // The second sum weighs every voxel by its place: it tells a change of order.
        assert_eq!(sum(&|at| (at as i64 + 1) % 1009), phase["weighted"].as_i64().unwrap());
        assert_eq!(series.times().unwrap().seconds[image], phase["seconds"].as_f64().unwrap());
        assert_eq!(series.grid().size[2], phase["slices"].as_u64().unwrap() as usize);
        assert_eq!(oracle["dce"]["nifti_sums"][image], phase["sum"]);
    }
    assert_eq!(series.times().unwrap().source, TimeSource::ContentTime);
    let table = series.phases().unwrap();
    assert_eq!(table.injection(), Some(Injection::AssumedAtFirstPost(407.0)));
    assert_eq!(table.find(PhaseName::Late, Moments::default()).unwrap(), 2);

    let protocol = series.protocol();
    let sidecar = |name: &str| oracle["dce"]["sidecar"][name].as_f64().unwrap();
    let near = |found: &[f64], expected: f64| assert!(found.len() == 1 && (found[0] - expected).abs() < 1e-9, "{found:?}");
    near(&protocol.repetition_times_ms, 1000.0 * sidecar("RepetitionTime"));
    near(&protocol.echo_times_ms, 1000.0 * sidecar("EchoTime"));
    near(&protocol.flip_angles_deg, sidecar("FlipAngle"));
    near(&protocol.slice_thicknesses_mm, sidecar("SliceThickness"));
    // The header states gauss.
    near(&protocol.fields_t, 1.5);
    assert_eq!(protocol.models[0], oracle["dce"]["sidecar"]["ManufacturersModelName"].as_str().unwrap());
    let text = serde_json::to_string(&protocol).unwrap();
    for secret in ["UCSF", "NACT", "1991", "1.3.6.1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_real_4d_nifti_is_read_image_by_image() {
    let Some(path) = reference("breast_dce/UCSF-BR-06_dce4d.nii.gz") else { return };
    let expected = nifti::read_volumes(&path).unwrap();
    let series = open(&[&path], &SeriesOptions::default());
    assert_eq!(series.images().len(), 3);
    for (found, expected) in series.volumes().zip(&expected) {
        assert!(found.unwrap() == *expected);
    }
    for (found, expected) in series.singles().zip(&expected) {
        assert!(found.unwrap().iter().zip(&expected.values).all(|(a, b)| f64::from(*a) == *b));
    }
    assert!(series.volume(2).unwrap() == expected[2]);
    assert!(series.volume(3).unwrap_err().to_string().contains("image 4 of a series of 3"));
    assert!(series.times().unwrap_err().to_string().contains("no time is stated"));
}

#[test]
fn real_folders_of_several_studies_are_refused_and_one_series_can_be_chosen() {
    let Some(folder) = reference("dicom") else { return };
    // Without a choice everything in the folder is meant; here an ultrasound image lies beside its own copy.
    assert!(refusal(&[&folder]).contains("every image once"));
    // The enhanced object has no positions (and lies there in two byte orders).
    let two = [SeriesChoice::Description("marked lesion<MPR Collection>".into()), SeriesChoice::Number(301)];
    let two = SeriesOptions { series: two.to_vec(), ..Default::default() };
    let message = SeriesReader::open(std::slice::from_ref(&folder), &two).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("every image once") || message.contains("without a position"), "{message}");
    let options =
        SeriesOptions { series: vec![SeriesChoice::Description("marked lesion<mpr collection>".into())], ..Default::default() };
    assert_eq!(open(&[&folder], &options).images().len(), 1);
    let options = SeriesOptions { series: vec![SeriesChoice::Number(77)], ..Default::default() };
    let message = SeriesReader::open(&[folder], &options).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("no DICOM images of the series"), "{message}");
}

#[test]
fn parts_follow_one_another_in_the_given_order() {
    let folder = Folder::new();
    let pre = folder.put("pre.nii", Nifti::bytes_of(&[2, 2, 1], &[100; 4]).encode());
    let post = folder.put("post.nii.gz", gzip(&counting(2).encode()));
    let last = folder.put("last.nrrd", nrrd_file("uint8", "2 2 1", "encoding: raw\n", &[7; 4]));
    let series = SeriesReader::open(&[pre, post, last], &SeriesOptions::default());
    // NRRD states no geometry here, so its axes are those of LPS, and so are those of a NIfTI without a transform.
    let series = series.unwrap();
    let first: Vec<f64> = volumes(&series).iter().map(|volume| volume.values[0]).collect();
    assert_eq!(first, [100.0, 0.0, 4.0, 7.0]);
    assert_eq!(series.volume(2).unwrap().values, [4.0, 5.0, 6.0, 7.0]);
    assert_eq!(series.volume(3).unwrap().values[0], 7.0);
}

#[test]
fn images_on_another_grid_are_refused_with_both_geometries_and_the_file() {
    let folder = Folder::new();
    let first = folder.put("first.nii", Nifti::bytes_of(&[2, 2, 1], &[1; 4]).encode());
    let other = folder.put("other.nii", Nifti { pixdim: [1.0, 1.0, 1.5, 1.0], ..Nifti::bytes_of(&[2, 2, 1], &[1; 4]) }.encode());
    let message = refusal(&[&first, &other]);
    for words in ["first.nii", "other.nii", "1×1×1 mm", "1×1.5×1 mm"] {
        assert!(message.contains(words), "{words} is not in: {message}");
    }
}

#[test]
fn a_sidecar_tells_times_and_protocol() {
    let folder = Folder::new();
    let image = folder.put("dce.nii", counting(3).encode());
    let with = |json: &str| {
        folder.put("dce.json", json);
        SeriesReader::open(std::slice::from_ref(&image), &SeriesOptions::default())
    };
    let series = with(
        r#"{"FrameTimesStart": [0, 61.5, 123], "RepetitionTime": 0.004, "EchoTime": 0.0018, "FlipAngle": 10,
            "MagneticFieldStrength": 3,
            "ScanningSequence": "GR", "SequenceVariant": "SK_SP", "Manufacturer": "Siemens", "PatientName": "somebody"}"#,
    )
    .unwrap();
    assert_eq!(
        (&series.times().unwrap().seconds[..], series.times().unwrap().source),
        (&[0.0, 61.5, 123.0][..], TimeSource::Offset)
    );
    let protocol = series.protocol();
    assert_eq!((&protocol.repetition_times_ms[..], &protocol.fields_t[..]), (&[4.0][..], &[3.0][..]));
    assert_eq!(serde_json::to_value(&protocol).unwrap()["sequences"][0], "spoiled-gradient-echo");
    assert!(!serde_json::to_string(&protocol).unwrap().contains("somebody"));
    // TR alone is no interval between images; with the excitation's own TR it is.
    assert!(with(r#"{"RepetitionTime": 5.0}"#).unwrap().times().is_err());
    let interval = with(r#"{"RepetitionTime": 5.0, "RepetitionTimeExcitation": 0.004}"#).unwrap();
    assert_eq!(interval.times().unwrap().seconds, [0.0, 5.0, 10.0]);
    assert_eq!(interval.protocol().repetition_times_ms, [4.0]);
    let says = |json: &str| with(json).map(|_| ()).unwrap_err().to_string();
    assert!(says(r#"{"FrameTimesStart": [0, 60]}"#).contains("found 2 numbers; expected 3 numbers"));
    assert!(says(r#"{"VolumeTiming": [0, "x", 2]}"#).contains("other things than numbers"));
    assert!(says("[1]").contains("no object"));
    assert!(says("{").contains("no JSON"));
}

#[test]
fn separate_files_tell_their_times_by_the_clock() {
    let folder = Folder::new();
    let names = ["a", "b", "c"];
    let files: Vec<PathBuf> = names
        .iter()
        .zip(["23:59:30.5", "00:00:30.500000", "00:01:30.5"])
        .map(|(name, time)| {
            folder.put(&format!("{name}.json"), format!(r#"{{"AcquisitionTime": "{time}"}}"#));
            folder.put(&format!("{name}.nii"), Nifti::bytes_of(&[2, 2, 1], &[1; 4]).encode())
        })
        .collect();
    let series = SeriesReader::open(&files, &SeriesOptions::default()).unwrap();
    assert_eq!(series.times().unwrap().seconds, [0.0, 60.0, 120.0]);
    // The given order stays; a contradiction of the clock is reported where times must increase.
    let turned: Vec<PathBuf> = [1, 0, 2].map(|at| files[at].clone()).to_vec();
    let series = SeriesReader::open(&turned, &SeriesOptions { baseline: Some(1), ..Default::default() }).unwrap();
    assert_eq!(series.times().unwrap().seconds, [0.0, -60.0, 60.0]);
    assert!(series.phases().unwrap_err().to_string().contains("must increase"));
}

#[test]
fn given_times_and_injection_go_before_the_headers() {
    let folder = Folder::new();
    let image = folder.put("dce.nii", counting(3).encode());
    folder.put("dce.json", r#"{"FrameTimesStart": [0, 1, 2]}"#);
    let given = |times: &[f64], injection| SeriesOptions { times: Some(times.to_vec()), injection, ..Default::default() };
    let series = SeriesReader::open(std::slice::from_ref(&image), &given(&[-30.0, 60.0, 120.0], Some(0.0))).unwrap();
    assert_eq!(
        (&series.times().unwrap().seconds[..], series.times().unwrap().source),
        (&[0.0, 90.0, 150.0][..], TimeSource::Given)
    );
    let table = series.phases().unwrap();
    assert_eq!(
        (table.baseline(), table.injection(), table.seconds().unwrap()),
        (1, Some(Injection::Given(30.0)), vec![-30.0, 60.0, 120.0])
    );
    let says =
        |options: SeriesOptions| SeriesReader::open(std::slice::from_ref(&image), &options).map(|_| ()).unwrap_err().to_string();
    assert!(says(given(&[0.0, 60.0], None)).contains("2 times are given for a series of 3"));
    assert!(says(given(&[0.0, f64::NAN, 1.0], None)).contains("time 2"));
    // One image, or one before contrast agent alone, is no dynamic series.
    let single = folder.put("one.nii", Nifti::bytes_of(&[2, 2, 1], &[1; 4]).encode());
    let one = SeriesReader::open(&[single], &SeriesOptions { baseline: Some(1), ..Default::default() }).unwrap();
    assert!(one.phases().unwrap_err().to_string().contains("1 images, all before contrast agent"));
    let none = SeriesReader::open(&[image], &SeriesOptions::default()).unwrap();
    assert!(none.phases().unwrap_err().to_string().contains("not known"));
}

#[test]
fn gradient_tables_are_read_and_bad_ones_refused() {
    let folder = Folder::new();
    let image = folder.put("dwi.nii.gz", gzip(&counting(4).encode()));
    let with = |bval: &str, bvec: Option<&str>| {
        folder.put("dwi.bval", bval);
        let vectors = folder.0.path().join("dwi.bvec");
        match bvec {
            Some(bvec) => std::fs::write(vectors, bvec).unwrap(),
            None => std::fs::remove_file(vectors).unwrap_or(()),
        }
        SeriesReader::open(std::slice::from_ref(&image), &SeriesOptions::default())
    };
    for (bval, bvec) in [("0 50 800 800", "0 1 0 1\n0 0 1 0\n0 0 0 0\n"), ("0\n50\n800\n800\n", "0 0 0\n1 0 0\n0 1 0\n1 0 0")] {
        let series = with(bval, Some(bvec)).unwrap();
        let shells = series.protocol().b_values;
        assert_eq!(
            shells.iter().map(|shell| (shell.b, shell.images, shell.directions)).collect::<Vec<_>>(),
            [(0.0, 1, 0), (50.0, 1, 1), (800.0, 2, 2)]
        );
    }
    let says = |bval: &str, bvec: Option<&str>| with(bval, bvec).map(|_| ()).unwrap_err().to_string();
    assert!(says("0 50 800", None).contains("found 3 b-values; expected 4"));
    assert!(says("0 50 800 -800", None).contains("b-value of -800 (number 4)"));
    assert!(says("0 50 nan 800", None).contains("`nan`"));
    assert!(says("0 50 8OO 800", None).contains("`8OO`"));
    assert!(says("", None).contains("found 0 b-values"));
    assert!(says("0 50 800 800", Some("0 1 0\n0 0 1\n0 0 0")).contains("3 rows of 3"));
    // The study's own numbers go before those beside the file, but not around a broken file.
    with("0 50 800 800", None).unwrap();
    let given = |b: &[f64]| {
        SeriesReader::open(std::slice::from_ref(&image), &SeriesOptions { b_values: Some(b.to_vec()), ..Default::default() })
    };
    assert_eq!(given(&[0.0, 0.0, 1000.0, 1000.0]).unwrap().diffusion().unwrap().b_values[2], 1000.0);
    assert!(given(&[0.0]).unwrap_err().to_string().contains("1 b-values are given"));
    assert!(given(&[0.0, -1.0, 0.0, 0.0]).unwrap_err().to_string().contains("b-value 2"));
}

#[test]
fn broken_files_are_refused_before_memory_is_taken() {
    let folder = Folder::new();
    let whole = counting(3).encode();
    let cut = folder.put("cut.nii", &whole[..whole.len() - 2]);
    assert!(refusal(&[&cut]).contains("is it complete?"));
    let packed = gzip(&whole);
    let cut = folder.put("cut.nii.gz", &packed[..packed.len() - 12]);
    let series = SeriesReader::open(&[cut], &SeriesOptions::default());
    // A short compressed file is seen when its voxels are read, at the latest.
    let fault = series.and_then(|series| series.singles().collect::<Result<Vec<_>, _>>().map(|_| ())).unwrap_err().to_string();
    assert!(fault.contains("complete, undamaged file"), "{fault}");
    let huge = Nifti { version: 2, ..Nifti::bytes_of(&[65_535, 65_535, 65_535, 65_535], &[0; 64]) }.encode();
    for bytes in [huge.clone(), gzip(&huge)] {
        let message = refusal(&[&folder.put("huge.nii", bytes)]);
        assert!(message.contains("65535×65535×65535") || message.contains("header"), "{message}");
    }
    let long = Nifti { version: 2, ..Nifti::bytes_of(&[1, 1, 1, 1 << 40], &[0; 64]) }.encode();
    assert!(refusal(&[&folder.put("long.nii", long)]).contains("is it complete?"));
    let packed = gzip(&Nifti { version: 2, ..Nifti::bytes_of(&[1, 1, 1, 1 << 20], &vec![0; 1 << 20]) }.encode());
    assert!(refusal(&[&folder.put("many.nii.gz", packed)]).contains("a claim of 1048576 volumes"));
    assert!(refusal(&[&folder.put("text.nii", "not an image")]).contains("no known image format"));
    assert!(SeriesReader::open(&[], &SeriesOptions::default()).unwrap_err().to_string().contains("at least one file"));
}

#[test]
fn named_maps_are_read_and_paired() {
    let folder = Folder::new();
    let map = |name: &str, value: u8| {
        (name.to_string(), folder.put(&format!("{name}.nii"), Nifti::bytes_of(&[2, 2, 1], &[value; 4]).encode()))
    };
    let maps = read_maps(&[map("T2", 90), map("T2e", 60), map("PD", 70)]).unwrap();
    let pairs = maps.enhanced_pairs();
    assert_eq!((pairs.len(), pairs[0].before.values[0], pairs[0].after.values[0]), (1, 90.0, 60.0));
    let absent = [("T1".to_string(), folder.0.path().join("absent.nii"))];
    assert_eq!(read_maps(&absent).unwrap_err().exit_code(), 6);
}
