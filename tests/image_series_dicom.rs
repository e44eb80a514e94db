//! DICOM series made element by element: phases mixed in one folder, vendors' b-values, clocks, and what must be refused.

mod image_fixture;

use std::path::PathBuf;

use image_fixture::dicom::{element, file, image, place, sequence, short, text, with};
use vbx::error::Result;
use vbx::image::read::dicom::SeriesChoice;
use vbx::image::read::series::{SeriesOptions, SeriesReader};
use vbx::image::series::{Injection, TimeSource};

struct Folder(tempfile::TempDir, usize);

/// Slices are 2 mm apart and have four pixels.
const SLICES: usize = 4;

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap(), 0)
    }

    /// Adds a file; names go against every sensible order.
    fn put(&mut self, bytes: &[u8]) -> PathBuf {
        self.1 += 1;
        let path = self.0.path().join(format!("{:04}.dcm", (self.1 * 7919) % 10_007));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Adds a slice of constant value with further elements.
    fn slice(&mut self, at: usize, value: u8, more: Vec<Vec<u8>>) -> PathBuf {
        let unique = vec![text(0x0008_0018, "UI", &format!("2.25.{}", 1000 + self.1)), text(0x0020_0011, "IS", "5")];
        let elements = with(image(2, 2, &[value; 4]), place(2.0 * at as f64));
        self.put(&file(with(with(elements, unique), more)))
    }

    /// Adds a phase of constant value, its slices from the last to the first.
    fn phase(&mut self, value: u8, more: impl Fn(usize) -> Vec<Vec<u8>>) {
        (0..SLICES).rev().for_each(|at| {
            self.slice(at, value, more(at));
        });
    }

    fn open_with(&self, options: &SeriesOptions) -> Result<SeriesReader> {
        SeriesReader::open(&[self.0.path().to_path_buf()], options)
    }

    fn open(&self) -> Result<SeriesReader> {
        self.open_with(&SeriesOptions::default())
    }

    fn refusal(&self) -> String {
        self.open().map(|_| ()).unwrap_err().to_string()
    }
}

/// The value of every image, each being constant.
fn values(series: &SeriesReader) -> Vec<f64> {
    let value = |volume: vbx::image::Volume| {
        assert_eq!(volume.grid.size, [2, 2, SLICES]);
        assert!(volume.values.iter().all(|value| *value == volume.values[0]), "slices of different phases: {:?}", volume.values);
        volume.values[0]
    };
    series.volumes().map(|volume| value(volume.unwrap())).collect()
}

fn whole(tag: u32, value: usize) -> Vec<u8> {
    text(tag, "IS", &value.to_string())
}

const ACQUISITION_TIME: u32 = 0x0008_0032;
const CONTENT_TIME: u32 = 0x0008_0033;
const TRIGGER_TIME: u32 = 0x0018_1060;
const SERIES: u32 = 0x0020_000E;
const ACQUISITION: u32 = 0x0020_0012;
const INSTANCE: u32 = 0x0020_0013;
const TEMPORAL: u32 = 0x0020_0100;

#[test]
fn phases_are_told_apart_by_whatever_tells_them_apart() {
    type Tell = fn(usize, usize) -> Vec<Vec<u8>>;
    let tells: [(&str, Tell); 7] = [
        ("temporal position", |phase, _| vec![whole(TEMPORAL, phase + 1)]),
        ("acquisition number", |phase, _| vec![whole(ACQUISITION, phase + 1)]),
        ("acquisition time", |phase, _| vec![text(ACQUISITION_TIME, "TM", &format!("10{:02}00", 2 * phase))]),
        ("trigger time", |phase, _| vec![text(TRIGGER_TIME, "DS", &format!("{}", 1000 * phase))]),
        ("series", |phase, _| vec![text(SERIES, "UI", &format!("2.25.{phase}")), whole(0x0020_0011, phase + 3)]),
        // Slice by slice: the time differs in every file, and only its order at a place tells phases.
        ("content time of each slice", |phase, slice| {
            vec![text(CONTENT_TIME, "TM", &format!("10{:02}{:02}", 2 * phase, 3 * slice))]
        }),
        ("instance number", |phase, slice| vec![whole(INSTANCE, phase * SLICES + slice + 1)]),
    ];
    for (name, tell) in tells {
        let mut folder = Folder::new();
        for phase in [2, 0, 1] {
            folder.phase(10 * (phase as u8 + 1), |slice| tell(phase, slice));
        }
        let series = folder.open().unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(values(&series), [10.0, 20.0, 30.0], "{name}");
        assert_eq!(series.grid().spacing, [0.25, 0.5, 2.0]);
    }
}

#[test]
fn an_acquisition_number_that_holds_two_phases_is_parted_further() {
    let mut folder = Folder::new();
    for (value, acquisition, time) in [(30, 2, "101000"), (10, 1, "100000"), (20, 2, "100500")] {
        folder.phase(value, |_| vec![whole(ACQUISITION, acquisition), text(CONTENT_TIME, "TM", time)]);
    }
    let series = folder.open().unwrap();
    assert_eq!((values(&series), &series.times().unwrap().seconds[..]), (vec![10.0, 20.0, 30.0], &[0.0, 300.0, 600.0][..]));
}

#[test]
fn an_acquisition_number_per_concatenation_parts_no_phases() {
    let mut folder = Folder::new();
    for phase in 0..2usize {
        // Odd and even slices are measured one after the other.
        folder.phase(10 + phase as u8, |at| vec![whole(ACQUISITION, 1 + at % 2), whole(INSTANCE, 1 + phase * SLICES + at)]);
    }
    assert_eq!(values(&folder.open().unwrap()), [10.0, 11.0]);
}

#[test]
fn clocks_cross_midnight_and_the_injection_is_stated() {
    let mut folder = Folder::new();
    for (value, time) in [(1, "235900.25"), (2, "000000.25"), (3, "000100.25")] {
        folder.phase(value, |_| vec![text(ACQUISITION_TIME, "TM", time), text(0x0018_1042, "TM", "235950.25")]);
    }
    let series = folder.open().unwrap();
    let times = series.times().unwrap();
    assert_eq!(
        (values(&series), &times.seconds[..], times.source),
        (vec![1.0, 2.0, 3.0], &[0.0, 60.0, 120.0][..], TimeSource::AcquisitionTime)
    );
    let table = series.phases().unwrap();
    assert_eq!((table.baseline(), table.injection()), (1, Some(Injection::Stated(50.0))));
    assert_eq!(table.seconds().unwrap(), [-50.0, 10.0, 70.0]);
}

#[test]
fn equal_times_are_no_times() {
    let mut folder = Folder::new();
    for phase in 0..2 {
        folder.phase(phase as u8, |_| vec![whole(TEMPORAL, phase + 1), text(ACQUISITION_TIME, "TM", "120000")]);
    }
    let series = folder.open().unwrap();
    let message = series.times().unwrap_err().to_string();
    assert!(message.contains("Acquisition Time is the same in images 1 and 2"), "{message}");
}

#[test]
fn a_phase_that_lacks_slices_is_named() {
    let mut folder = Folder::new();
    for phase in 0..3usize {
        folder.phase(1, |_| vec![whole(TEMPORAL, phase + 1)]);
    }
    let lost = folder.slice(4, 1, vec![whole(TEMPORAL, 1)]);
    folder.slice(4, 1, vec![whole(TEMPORAL, 3)]);
    let message = folder.refusal();
    for words in ["phase 2 of 3", "temporal position 2", "4 of 5 slices", "8.00 mm"] {
        assert!(message.contains(words), "{words} is not in: {message}");
    }
    // Slice by slice times: which phase lacks it is told by the neighbours' order.
    drop(lost);
    let mut folder = Folder::new();
    for phase in 0..3usize {
        for at in (0..SLICES).filter(|at| (phase, *at) != (1, 2)) {
            folder.slice(at, 1, vec![text(CONTENT_TIME, "TM", &format!("10{:02}{:02}", 5 * phase, at))]);
        }
    }
    let message = folder.refusal();
    assert!(message.contains("phase 2 of 3") && message.contains("4.00 mm"), "{message}");
    // The same slice lost from every phase leaves a gap.
    let mut folder = Folder::new();
    for phase in 0..2usize {
        for at in [0, 1, 3, 4] {
            folder.slice(at, 1, vec![whole(TEMPORAL, phase + 1)]);
        }
    }
    let message = folder.refusal();
    assert!(message.contains("phase 1 of 2") && message.contains("missing"), "{message}");
}

#[test]
fn mixed_series_are_refused_with_their_files() {
    // A localiser: other orientation.
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![]);
    folder.slice(9, 1, vec![text(0x0020_0037, "DS", "0\\1\\0\\0\\0\\-1"), whole(0x0020_0011, 1)]);
    let message = folder.refusal();
    assert!(message.contains("(0.0000, 1.0000, 0.0000)") && message.contains("choose the series"), "{message}");
    // Another matrix.
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![]);
    folder.slice(9, 1, vec![short(0x0028_0010, 1), short(0x0028_0011, 4)]);
    assert!(folder.refusal().contains("4×1 pixels"));
    // A map among the signals.
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![text(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\DIFFUSION\\NONE")]);
    folder.phase(2, |_| vec![text(0x0008_0008, "CS", "DERIVED\\PRIMARY\\DIFFUSION\\ADC")]);
    let message = folder.refusal();
    assert!(message.contains("ADC") && message.contains("signal (magnitude)"), "{message}");
    // Two series, the second shifted along the slices: both grids are shown, and the file.
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![text(SERIES, "UI", "2.25.1"), text(ACQUISITION_TIME, "TM", "100000")]);
    folder.phase(2, |at| {
        let moved = text(0x0020_0032, "DS", &format!("1\\2\\{}", 2.0 * at as f64 + 0.7));
        vec![moved, text(SERIES, "UI", "2.25.2"), text(ACQUISITION_TIME, "TM", "100100")]
    });
    let message = folder.refusal();
    for words in ["(1, 2, 0.7)", "(1, 2, 0)", ".dcm", "resample"] {
        assert!(message.contains(words), "{words} is not in: {message}");
    }
    // One of them can be chosen.
    let options = SeriesOptions { series: vec![SeriesChoice::Uid("2.25.2".into())], ..Default::default() };
    assert_eq!(values(&folder.open_with(&options).unwrap()), [2.0]);
    // Twice the same, and nothing that tells them apart.
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![]);
    folder.phase(1, |_| vec![]);
    assert!(folder.refusal().contains("differ in no time"));
    let mut folder = Folder::new();
    folder.slice(0, 1, vec![text(0x0008_0018, "UI", "2.25.9")]);
    folder.slice(0, 1, vec![text(0x0008_0018, "UI", "2.25.9")]);
    assert!(folder.refusal().contains("every image once"));
    let mut folder = Folder::new();
    folder.put(&file(image(2, 2, &[1; 4])));
    assert!(folder.refusal().contains("without a position"));
}

#[test]
fn broken_objects_are_refused() {
    let mut folder = Folder::new();
    let path = folder.slice(0, 1, vec![]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    assert!(folder.refusal().contains("are left"));
    let mut folder = Folder::new();
    folder.slice(0, 1, vec![text(0x0028_0008, "IS", "2000000000")]);
    assert!(folder.refusal().contains("claim of 2000000000 frames"));
    // Sizes that the pixels do not have are seen when they are read.
    let mut folder = Folder::new();
    folder.slice(0, 1, vec![short(0x0028_0010, 65_535), short(0x0028_0011, 65_535)]);
    let fault = folder.open().unwrap().singles().next().unwrap().unwrap_err().to_string();
    assert!(fault.contains("cannot hold a frame of 65535×65535"), "{fault}");
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![text(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC")]);
    assert!(folder.refusal().contains("a mosaic of slices"));
    let folder = Folder::new();
    assert!(folder.refusal().contains("no DICOM images"));
}

/// The private elements in which a maker writes a b-value.
fn weighted(maker: &str, b: usize) -> Vec<Vec<u8>> {
    let single = (b as f32).to_le_bytes();
    match maker {
        "GE" => {
            vec![text(0x0043_0010, "LO", "GEMS_PARM_01"), text(0x0043_1039, "IS", &format!("{}\\8\\0\\0", b + 1_000_000_000))]
        }
        "Philips" => vec![text(0x2001_0011, "LO", "Philips Imaging DD 001"), element(0x2001_1103, "FL", &single)],
        "Siemens" => {
            let direction: Vec<u8> = [0.6f64, 0.8, 0.0].iter().flat_map(|n| n.to_le_bytes()).collect();
            let mut elements = vec![text(0x0019_0010, "LO", "SIEMENS MR HEADER"), text(0x0019_100C, "IS", &b.to_string())];
            elements.extend((b > 0).then(|| element(0x0019_100E, "FD", &direction)));
            elements
        }
        _ => vec![element(0x0018_9087, "FD", &(b as f64).to_le_bytes())],
    }
}

#[test]
fn b_values_are_read_of_every_maker_as_public_programs_read_them() {
    let oracle: serde_json::Value = serde_json::from_str(include_str!("reference/series_oracle.json")).unwrap();
    let stored: Vec<usize> =
        oracle["diffusion"]["b_values"].as_array().unwrap().iter().map(|b| b.as_u64().unwrap() as usize).collect();
    for maker in ["GE", "Philips", "Siemens", "standard"] {
        // In both syntaxes: an implicit file does not say of what kind a private element is.
        for implicit in [false, true] {
            let mut folder = Folder::new();
            for (at, b) in stored.iter().enumerate().rev() {
                folder.phase(at as u8, |_| weighted(maker, *b));
            }
            if implicit {
                for entry in std::fs::read_dir(folder.0.path()).unwrap() {
                    let path = entry.unwrap().path();
                    std::fs::write(&path, implicit_of(&std::fs::read(&path).unwrap())).unwrap();
                }
            }
            let series = folder.open().unwrap();
            let expected: Vec<f64> = oracle["diffusion"][maker].as_array().unwrap().iter().map(|b| b.as_f64().unwrap()).collect();
            assert_eq!(series.diffusion().unwrap().b_values, expected, "{maker}, implicit {implicit}");
            assert_eq!(values(&series), [0.0, 1.0, 2.0]);
            let directions = series.protocol().b_values.iter().map(|shell| shell.directions).collect::<Vec<_>>();
            assert_eq!(directions, if maker == "Siemens" { [0, 1, 1] } else { [0, 0, 0] });
        }
    }
}

/// An explicit file of plain elements with its data set written implicitly.
fn implicit_of(explicit: &[u8]) -> Vec<u8> {
    let number = |at: usize| u16::from_le_bytes([explicit[at], explicit[at + 1]]) as usize;
    let meta = 132 + 12 + u32::from_le_bytes(explicit[140..144].try_into().unwrap()) as usize;
    let old = b"1.2.840.10008.1.2.1\0";
    let at = explicit.windows(old.len()).position(|window| window == old).unwrap();
    let mut bytes = explicit[..meta].to_vec();
    // The same length, so that the group's length stays: the identifier is padded.
    bytes[at..at + old.len()].copy_from_slice(b"1.2.840.10008.1.2\0\0\0");
    let mut at = meta;
    while at < explicit.len() {
        let long = matches!(&explicit[at + 4..at + 6], b"OB" | b"OW" | b"SQ" | b"UN" | b"UT");
        let (start, length) = match long {
            true => (at + 12, u32::from_le_bytes(explicit[at + 8..at + 12].try_into().unwrap()) as usize),
            false => (at + 8, number(at + 6)),
        };
        bytes.extend(&explicit[at..at + 4]);
        bytes.extend((length as u32).to_le_bytes());
        bytes.extend(&explicit[start..start + length]);
        at = start + length;
    }
    bytes
}

#[test]
fn private_numbers_of_another_maker_are_no_b_values() {
    let mut folder = Folder::new();
    folder.phase(1, |_| vec![text(0x0019_0010, "LO", "SOMEBODY ELSE"), text(0x0019_100C, "IS", "800")]);
    assert_eq!(folder.open().unwrap().diffusion(), None);
    let mut folder = Folder::new();
    folder.phase(1, |_| weighted("standard", 0));
    folder.phase(2, |_| vec![text(0x0019_0010, "LO", "SIEMENS MR HEADER"), text(0x0019_100C, "IS", "-5")]);
    let message = folder.refusal();
    assert!(message.contains("b-value of -5"), "{message}");
}

#[test]
fn directions_and_repeats_at_one_b_value_are_images_of_their_own() {
    let mut folder = Folder::new();
    let direction = |v: [f64; 3]| element(0x0018_9089, "FD", &v.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>());
    for (value, b, v, time) in [
        (1, 0, [0.0; 3], "100000"),
        (2, 800, [1.0, 0.0, 0.0], "100010"),
        (3, 800, [0.0, 1.0, 0.0], "100020"),
        (4, 800, [1.0, 0.0, 0.0], "100030"),
    ] {
        folder.phase(value, |_| [weighted("standard", b), vec![direction(v), text(ACQUISITION_TIME, "TM", time)]].concat());
    }
    let series = folder.open().unwrap();
    assert_eq!(values(&series), [1.0, 2.0, 3.0, 4.0]);
    let shells = series.diffusion().unwrap().shells();
    assert_eq!((shells[1].images.len(), shells[1].directions), (3, 2));
}

#[test]
fn an_enhanced_object_is_parted_by_its_functional_groups() {
    // Frames in the order of places, as scanners write them, of two weightings and two times.
    let double = |tag, value: f64| element(tag, "FD", &value.to_le_bytes());
    let mut frames = Vec::new();
    let mut pixels = Vec::new();
    for at in (0..SLICES).rev() {
        for (value, b, offset) in [(1u8, 0.0, 0.0), (2, 800.0, 30.0), (3, 800.0, 60.0)] {
            let weighting = sequence(0x0018_9117, &[double(0x0018_9087, b)]);
            let time = sequence(0x0020_9310, &[double(0x0020_930D, offset)]);
            let place = sequence(0x0020_9113, &[text(0x0020_0032, "DS", &format!("1\\2\\{}", 2 * at))]);
            frames.push([weighting, place, time].concat());
            pixels.extend([value; 4]);
        }
    }
    let timing = [text(0x0018_0080, "DS", "5000"), text(0x0018_1314, "DS", "90")].concat();
    let shared = [
        sequence(0x0018_9112, &[timing]),
        sequence(0x0018_9114, &[double(0x0018_9082, 60.0)]),
        sequence(0x0020_9116, &[text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")]),
        sequence(0x0028_9110, &[[text(0x0018_0050, "DS", "1.5"), text(0x0028_0030, "DS", "0.5\\0.25")].concat()]),
    ];
    let object = with(
        image(2, 2, &pixels),
        vec![
            text(0x0028_0008, "IS", &frames.len().to_string()),
            text(0x0018_9018, "CS", "YES"),
            sequence(0x5200_9229, &[shared.concat()]),
            sequence(0x5200_9230, &frames),
        ],
    );
    let mut folder = Folder::new();
    folder.put(&file(object));
    let series = folder.open().unwrap();
    assert_eq!(values(&series), [1.0, 2.0, 3.0]);
    assert_eq!(
        (series.diffusion().unwrap().b_values.clone(), series.times().unwrap().seconds.clone()),
        (vec![0.0, 800.0, 800.0], vec![0.0, 30.0, 60.0])
    );
    let protocol = series.protocol();
    assert_eq!(
        (&protocol.repetition_times_ms[..], &protocol.echo_times_ms[..], &protocol.flip_angles_deg[..]),
        (&[5000.0][..], &[60.0][..], &[90.0][..])
    );
    assert_eq!((protocol.slice_thicknesses_mm[0], protocol.spacing_mm[2]), (1.5, 2.0));
    assert_eq!(serde_json::to_value(&protocol).unwrap()["sequences"][0], "echo-planar");
}
