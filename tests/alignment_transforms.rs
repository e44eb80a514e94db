//! Transforms and their files held against SimpleITK (`tests/reference/alignment_simpleitk.py`), and files that are damaged or foreign.

use std::path::{Path, PathBuf};

use serde_json::Value;
use vbx::alignment::{RigidTransform, Stored, parse_transform, read_transform, write_transform};
use vbx::image::resample::{Beyond, Interpolation, MaskInterpolation, mask_through, volume_through};
use vbx::image::{AffineTransform, Grid, Mask, Volume};

fn oracle() -> Value {
    serde_json::from_str(include_str!("reference/alignment_simpleitk.json")).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alignment_fixture").join(name)
}

fn three(value: &Value) -> [f64; 3] {
    std::array::from_fn(|axis| value[axis].as_f64().unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[track_caller]
fn near(found: [f64; 3], expected: [f64; 3], tolerance: f64) {
    assert!((0..3).all(|a| (found[a] - expected[a]).abs() <= tolerance), "{found:?} is not {expected:?}");
}

#[test]
fn files_of_simpleitk_carry_points_where_it_carries_them() {
    let oracle = oracle();
    let mut read = 0;
    for (name, mapped) in oracle["transforms"].as_object().unwrap() {
        for file in [format!("{name}.tfm"), format!("{name}.mat")].map(|file| fixture(&file)).iter().filter(|f| f.exists()) {
            let map = read_transform(file).unwrap();
            for (point, expected) in oracle["points"].as_array().unwrap().iter().zip(mapped.as_array().unwrap()) {
                near(map.apply(three(point)), three(expected), 1e-10);
                near(map.inverse().unwrap().apply(three(expected)), three(point), 1e-10);
            }
            read += 1;
        }
    }
    assert_eq!(read, 10, "eight text files and two binary ones");
}

#[test]
fn what_we_write_is_read_back_to_the_last_digit() {
    let folder = tempfile::tempdir().unwrap();
    let rigid = RigidTransform { rotation: [0.1, -0.2, 1.0 / 3.0], translation: [4.0, 5.5, -6.0], centre: [1.0, 2.0, 3.0] };
    let affine = read_transform(&fixture("affine.tfm")).unwrap();
    for ending in ["tfm", "txt", "mat"] {
        let path = folder.path().join(format!("transform.{ending}"));
        for stored in [Stored::Rigid(rigid), Stored::Affine(affine)] {
            write_transform(&path, &stored).unwrap();
            let expected = match stored {
                Stored::Rigid(rigid) => rigid.affine(),
                Stored::Affine(affine) => affine,
            };
            assert_eq!(read_transform(&path).unwrap(), expected);
        }
    }
}

/// SimpleITK's own bytes come out when we write the same transform.
#[test]
fn our_files_are_those_of_simpleitk() {
    let folder = tempfile::tempdir().unwrap();
    let rigid = RigidTransform { rotation: [0.1, -0.2, 0.3], translation: [4.0, 5.0, 6.0], centre: [1.0, 2.0, 3.0] };
    for name in ["euler.tfm", "euler.mat"] {
        let path = folder.path().join(name);
        write_transform(&path, &Stored::Rigid(rigid)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(fixture(name)).unwrap(), "{name}");
    }
}

fn refused(bytes: &[u8]) -> String {
    let message = parse_transform(Path::new("given.tfm"), bytes).unwrap_err().to_string();
    assert!(message.starts_with("given.tfm"), "{message}");
    message
}

#[test]
fn foreign_and_damaged_files_are_refused_with_their_fault() {
    let of = |name: &str| refused(&std::fs::read(fixture(name)).unwrap());
    assert!(of("bspline.tfm").contains("resample the image with the tool that made it"));
    assert!(of("euler_2d.tfm").contains("three dimensions"));
    let text = |class: &str, parameters: &str, fixed: &str| {
        let head = "#Insight Transform File V1.0\n#Transform 0\n";
        refused(format!("{head}Transform: {class}\nParameters: {parameters}\nFixedParameters: {fixed}\n").as_bytes())
    };
    assert!(text("DisplacementFieldTransform_double_3_3", "1 2", "1").contains("row 3"));
    assert!(text("SomethingTransform_double_3_3", "1 2", "1").contains("SomethingTransform"));
    assert!(text("Euler3DTransform_double_3_3", "1 2", "0 0 0").contains("2 parameters of Euler3DTransform"));
    assert!(text("Euler3DTransform_double_3_3", "0 0 0 1 2 3", "").contains("0 fixed parameters"));
    assert!(text("Euler3DTransform_double_3_3", "0 0 0 1 2 nan", "0 0 0").contains("`nan`"));
    assert!(text("Euler3DTransform_double_3_3", "0 0 0 1 2 x", "0 0 0").contains("row 4"));
    assert!(text("VersorRigid3DTransform_double_3_3", "0.9 0.9 0.9 1 2 3", "0 0 0").contains("versor"));
    assert!(text("AffineTransform_double_3_3", "1 0 0 1 0 0 0 0 1 0 0 0", "0 0 0").contains("flattens"));
    assert!(text("AffineTransform_double_3_3", &"1 ".repeat(40), "0 0 0").contains("more than 32"));
    assert!(text("CompositeTransform_double_3_3", "", "").contains("without parts"));
    assert!(refused(b"").contains("no transform"));
    assert!(refused(b"hello\n").contains("`hello`"));
    assert!(refused(b"#Insight Transform File V1.0\nParameters: 1\n").contains("before it"));
    assert!(refused(b"#Insight Transform File V1.0\nOdd: 1\n").contains("`Odd`"));
    assert!(refused(b"\x89HDF\r\n\x1a\n").contains("HDF5"));
    assert!(refused(b"MATLAB 5.0 MAT-file").contains("version 5"));
    let two = "Transform: TranslationTransform_double_3_3\nParameters: 1 2 3\nFixedParameters:\n".repeat(2);
    assert!(refused(format!("#Insight Transform File V1.0\n{two}").as_bytes()).contains("no composite"));
    let endless = "Transform: TranslationTransform_double_3_3\n".repeat(100);
    assert!(refused(format!("#Insight Transform File V1.0\n{endless}").as_bytes()).contains("more than 64"));
    let large = format!("#Insight Transform File V1.0\n{}", "# \n".repeat(1 << 19));
    assert!(refused(large.as_bytes()).contains("1 MiB"));
    let path = Path::new("absent.tfm");
    assert_eq!(read_transform(path).unwrap_err().exit_code(), 6);
}

/// Every prefix and every changed byte of a binary file is read or refused, never a panic; claims are not believed.
#[test]
fn binary_files_are_not_trusted() {
    let whole = std::fs::read(fixture("affine.mat")).unwrap();
    let expected = parse_transform(Path::new("a.mat"), &whole).unwrap();
    for end in 0..whole.len() {
        assert!(parse_transform(Path::new("a.mat"), &whole[..end]).is_err(), "{end} bytes");
    }
    for at in 0..whole.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let _ = parse_transform(Path::new("a.mat"), &bytes);
        }
    }
    let mut claims = whole.clone();
    claims[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(parse_transform(Path::new("a.mat"), &claims).unwrap_err().to_string().contains("parameters"));
    // Most significant byte first, as written on other machines: the same transform.
    let mut turned = Vec::new();
    for (name, values) in [("AffineTransform_double_3_3", 12), ("fixed", 3)] {
        let head = [1000u32, values, 1, 0, name.len() as u32 + 1];
        turned.extend(head.iter().flat_map(|word| word.to_be_bytes()));
        turned.extend(name.bytes().chain([0]));
        let at = if values == 12 { 20 + 27 } else { whole.len() - 24 };
        let data = whole[at..at + 8 * values as usize].chunks_exact(8);
        turned.extend(data.flat_map(|number| number.iter().rev().copied()));
    }
    assert_eq!(parse_transform(Path::new("a.mat"), &turned).unwrap(), expected);
}

fn grid(value: &Value) -> Grid {
    Grid {
        size: three(&value["size"]).map(|n| n as usize),
        spacing: three(&value["spacing"]),
        origin: three(&value["origin"]),
        direction: [0, 1, 2].map(|row| [0, 1, 2].map(|column| value["direction"][3 * row + column].as_f64().unwrap())),
    }
}

/// The image of the script.
fn image(grid: Grid) -> Volume {
    let [nx, ny, _] = grid.size.map(|n| n as i64);
    let values = (0..grid.voxels() as i64)
        .map(|at| {
            let (i, j, k) = (at % nx, at / nx % ny, at / (nx * ny));
            let digits = (i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17 + i * k * 13) % 1009;
            (digits - 200 + 40 * i - 30 * j) as f64
        })
        .collect();
    Volume::new(grid, values)
}

#[test]
fn images_and_masks_are_resampled_as_simpleitk_does_on_oblique_and_flipped_grids() {
    const OUTSIDE: f64 = -1e6;
    for case in oracle()["resampled"].as_array().unwrap() {
        let map = read_transform(&fixture(&format!("{}.tfm", case["transform"].as_str().unwrap()))).unwrap();
        let (moving, fixed) = (image(grid(&case["moving"])), grid(&case["fixed"]));
        for (kind, name) in
            [(Interpolation::Nearest, "nearest"), (Interpolation::Linear, "linear"), (Interpolation::CubicSpline, "cubic-spline")]
        {
            let found = volume_through(&moving, &map, &fixed, kind, Beyond::Value(OUTSIDE)).unwrap();
            let expected = numbers(&case["values"][name]);
            let inside = expected.iter().filter(|value| **value != OUTSIDE).count();
            assert!(inside > 100 && inside < expected.len(), "{inside}");
            for (found, expected) in found.values.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-7 * expected.abs().max(1e3), "{name}: {found} is not {expected}");
            }
            let with_nan = volume_through(&moving, &map, &fixed, kind, Beyond::Value(f64::NAN)).unwrap();
            assert_eq!(with_nan.non_finite(), expected.len() - inside);
        }
        let mask = Mask::new(moving.grid.clone(), moving.values.iter().map(|value| *value > 300.0).collect());
        let found = mask_through(&mask, &map, &fixed, MaskInterpolation::Nearest).unwrap();
        let expected: Vec<bool> = numbers(&case["mask_nearest"]).iter().map(|value| *value == 1.0).collect();
        assert_eq!(found.inside, expected);
    }
}

#[test]
fn nan_stays_where_it_is_and_a_spline_refuses_it() {
    let mut moving = image(Grid::plain([8, 8, 8], [1.0; 3]));
    let at = moving.grid.at([4, 4, 4]);
    moving.values[at] = f64::NAN;
    let (grid, shift) = (moving.grid.clone(), AffineTransform::shift([0.5, 0.0, 0.0]));
    let through = |kind| volume_through(&moving, &shift, &grid, kind, Beyond::Edge);
    assert_eq!(through(Interpolation::Linear).unwrap().non_finite(), 2, "the two voxels beside the shifted hole");
    assert!(through(Interpolation::CubicSpline).unwrap_err().to_string().contains("1 voxels"));
}
