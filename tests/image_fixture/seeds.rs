//! Small true files for each fuzz target, from which damaged ones are made.

use super::{Nifti, dicom, gzip, nrrd};

/// The seeds of a target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "nifti" => niftis(),
        "nrrd" => nrrds(),
        "raster" => pictures(),
        "dicom" => images(),
        "dicom_region" => {
            let square = [[1.0, 2.0, 3.0], [1.7, 2.0, 3.0], [1.7, 2.5, 3.0], [1.0, 2.5, 3.0]];
            vec![dicom::segmentation(), dicom::structure_set(&[&square])]
        }
        _ => Vec::new(),
    }
}

fn niftis() -> Vec<Vec<u8>> {
    let mut file = Nifti::bytes_of(&[5, 4, 3], &(0..60).collect::<Vec<u8>>());
    let mut seeds = vec![file.encode(), gzip(&file.encode())];
    file.version = 2;
    seeds.push(file.encode());
    file.sform = Some((1, [[0.5, 0.0, 0.0, -3.0], [0.0, 0.5, 0.0, 4.0], [0.0, 0.0, 2.0, 5.0]]));
    (file.big_endian, file.datatype, file.voxels) = (true, 4, vec![1; 120]);
    seeds.push(gzip(&file.encode()));
    seeds
}

fn nrrds() -> Vec<Vec<u8>> {
    let space = "space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n";
    let voxels: Vec<u8> = (0..24).collect();
    vec![
        nrrd("short", "3 2 2", &format!("{space}encoding: raw\nendian: little\n"), &voxels),
        nrrd("short", "3 2 2", &format!("{space}encoding: gzip\nendian: big\n"), &gzip(&voxels)),
        nrrd("float", "2 2", "encoding: ascii\n", b"1 2 3.5 4e1"),
    ]
}

fn pictures() -> Vec<Vec<u8>> {
    let colour = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8, y as u8, 99])));
    let encoded = |picture: &image::DynamicImage, format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    use image::ImageFormat::{Bmp, Jpeg, Png, Tiff};
    let mut seeds: Vec<Vec<u8>> = [Png, Jpeg, Tiff, Bmp].into_iter().map(|format| encoded(&colour, format)).collect();
    seeds.extend([Png, Jpeg].map(|format| encoded(&colour.to_luma8().into(), format)));
    seeds.push(encoded(&colour.to_rgba16().into(), Png));
    seeds
}

fn images() -> Vec<Vec<u8>> {
    let plain = dicom::file([dicom::image(4, 3, &[7; 12]), dicom::place(1.0)].concat());
    let several = vec![dicom::text(0x0028_0008, "IS", "3")];
    let frames = dicom::file(dicom::with(dicom::image(3, 2, &(0..18).collect::<Vec<u8>>()), several));
    vec![plain, frames]
}
