//! NRRD reading: every encoding, byte order and space against the format's definition.

mod image_fixture;

use std::path::Path;

use image_fixture::{gzip, nrrd};
use vbx::image::read::nrrd::{parse_labels, parse_volume, read_grid, read_labels, read_region, read_volume};
use vbx::image::{BoundingBox, Grid};

fn refusal(bytes: &[u8]) -> String {
    parse_volume(Path::new("case.nrrd"), bytes).unwrap_err().to_string()
}

const SPACE: &str = "space: left-posterior-superior\nspace directions: (0.5,0,0) (0,0.75,0) (0,0,2)\nspace origin: (10,-20,30)\n";

#[test]
fn every_encoding_holds_the_same_image() {
    let stored: Vec<i16> = (-12..12).collect();
    let little: Vec<u8> = stored.iter().flat_map(|n| n.to_le_bytes()).collect();
    let big: Vec<u8> = stored.iter().flat_map(|n| n.to_be_bytes()).collect();
    let text = stored.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let file = |fields: &str, data: &[u8]| nrrd("short", "4 3 2", &format!("{SPACE}{fields}"), data);
    for bytes in [
        file("encoding: raw\nendian: little\n", &little),
        file("encoding: raw\nendian: big\n", &big),
        file("encoding: gzip\nendian: little\n", &gzip(&little)),
        file("encoding: gz\nendian: big\n", &gzip(&big)),
        file("encoding: ascii\n", text.as_bytes()),
        file("encoding: raw\nendian: little\nline skip: 1\nbyte skip: 3\n", &[b"a line\nabc".as_slice(), &little].concat()),
    ] {
        let image = parse_volume(Path::new("x"), &bytes).unwrap();
        assert_eq!(image.values, stored.iter().map(|n| f64::from(*n)).collect::<Vec<_>>());
        let expected = Grid { origin: [10.0, -20.0, 30.0], ..Grid::plain([4, 3, 2], [0.5, 0.75, 2.0]) };
        assert_eq!(image.grid, expected);
    }
}

#[test]
fn spaces_become_lps() {
    let file = |space: &str| {
        let fields =
            format!("space: {space}\nspace directions: (0,3,0) (-2,0,0) (0,0,4)\nspace origin: (1,2,3)\nencoding: raw\n");
        parse_volume(Path::new("x"), &nrrd("uchar", "2 2 1", &fields, &[1, 2, 3, 4])).unwrap().grid
    };
    // In RAS the step along i is (0, 3, 0): three millimetres to the front, which is −y in LPS.
    assert_eq!(file("right-anterior-superior").point([1.0, 0.0, 0.0]), [-1.0, -5.0, 3.0]);
    assert_eq!(file("RAS").point([0.0, 1.0, 0.0]), [1.0, -2.0, 3.0]);
    assert_eq!(file("left-posterior-superior").point([1.0, 0.0, 0.0]), [1.0, 5.0, 3.0]);
    assert_eq!(file("LAS").point([1.0, 1.0, 1.0]), [-1.0, -5.0, 7.0]);
}

#[test]
fn headers_without_a_space() {
    let image =
        |fields: &str, sizes: &str| parse_volume(Path::new("x"), &nrrd("uchar", sizes, fields, &[1, 2, 3, 4])).unwrap().grid;
    assert_eq!(image("encoding: raw\nspacings: 0.1 0.2\n", "2 2"), Grid::plain([2, 2, 1], [0.1, 0.2, 1.0]));
    assert_eq!(image("encoding: raw\n", "4 1 1"), Grid::plain([4, 1, 1], [1.0; 3]));
}

#[test]
fn headers_and_voxels_may_lie_apart_and_regions_are_parts() {
    let folder = tempfile::tempdir().unwrap();
    let voxels: Vec<u8> = (0..60).collect();
    for (name, encoding, data) in [("a", "raw", voxels.clone()), ("b", "gzip", gzip(&voxels))] {
        let path = folder.path().join(format!("{name}.nhdr"));
        let header = nrrd("uchar", "5 4 3", &format!("{SPACE}encoding: {encoding}\ndata file: {name}.bin\n"), &[]);
        std::fs::write(&path, header).unwrap();
        assert!(read_volume(&path).is_err());
        std::fs::write(folder.path().join(format!("{name}.bin")), data).unwrap();
        let whole = read_volume(&path).unwrap();
        assert_eq!(whole.values[59], 59.0);
        assert_eq!(read_grid(&path).unwrap(), whole.grid);
        let bounds = BoundingBox { start: [1, 1, 0], end: [3, 4, 2] };
        assert_eq!(read_region(&path, &bounds).unwrap(), whole.part(&bounds));
        assert_eq!(read_labels(&path).unwrap().to_values()[17], 17);
    }
    let path = folder.path().join("c.nhdr");
    std::fs::write(&path, nrrd("uchar", "5 4 3", "encoding: raw\ndata file: ../../etc/passwd\n", &[])).unwrap();
    assert!(read_volume(&path).unwrap_err().to_string().contains("beside or below"));
}

#[test]
fn false_claims_are_refused_with_a_reason() {
    let file = |sizes: &str, fields: &str| nrrd("uchar", sizes, fields, &[1, 2, 3, 4]);
    assert!(refusal(&file("65535 65535 65535", "encoding: raw\n")).contains("announces"));
    assert!(refusal(&file("65535 65535 65535", "encoding: ascii\n")).contains("announces"));
    for encoding in ["raw", "ascii"] {
        let message = refusal(&file("99999999999 99999999999 99999999999", &format!("encoding: {encoding}\n")));
        assert!(message.contains("claims"), "{message}");
    }
    assert!(refusal(&file("2 2 2", "encoding: raw\n")).contains("announces"));
    assert!(refusal(&file("2 2 0", "encoding: raw\n")).contains("at least one voxel"));
    assert!(refusal(&file("2 2", "encoding: bzip2\n")).contains("bzip2"));
    assert!(refusal(&file("2 2", "")).contains("encoding"));
    assert!(refusal(&file("2 2", "encoding: raw\nspacings: 0 1\n")).contains("spacing"));
    assert!(refusal(&file("1 2 2 1", "encoding: raw\n")).contains("4 dimensions"));
    assert!(refusal(&nrrd("block", "2 2", "encoding: raw\n", &[0; 4])).contains("block"));
    assert!(refusal(&nrrd("short", "2 1", "encoding: raw\n", &[0; 4])).contains("endian"));
    assert!(refusal(&nrrd("float", "2 2", "encoding: ascii\n", b"1 2 x 4")).contains("`x`"));
    let skewed = "space: LPS\nspace directions: (1,0,0) (1,1,0) (0,0,1)\nencoding: raw\n";
    assert!(refusal(&file("2 2 1", skewed)).contains("right angles"));
    let packed = gzip(&[1, 2, 3, 4]);
    refusal(&nrrd("uchar", "2 2", "encoding: gzip\n", &packed[..packed.len() - 6]));
    refusal(b"");
    refusal(b"NRRD");
    let half = nrrd("float", "1 1", "encoding: ascii\n", b"0.5");
    assert!(parse_labels(Path::new("m"), &half).unwrap_err().to_string().contains("0.5"));
}
