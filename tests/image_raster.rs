//! Flat images and their masks, and the writers: what is written is what is read.

mod common;
mod image_fixture;

use std::path::Path;

use common::reference;
use image::{DynamicImage, ImageFormat};
use vbx::image::read::{nifti, raster};
use vbx::image::write::nifti::{write_labels, write_mask, write_volume};
use vbx::image::write::overlay::{self, OverlayStyle};
use vbx::image::{Grid, Label, Labels, Mask, Volume};

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn parse(bytes: &[u8]) -> Volume {
    raster::parse_volume(Path::new("x"), bytes, [0.1, 0.2]).unwrap()
}

#[test]
fn grey_levels_of_8_and_16_bits_survive_every_lossless_format() {
    let eight = DynamicImage::ImageLuma8(image::GrayImage::from_fn(5, 3, |x, y| image::Luma([(x * 50 + y) as u8])));
    let sixteen = DynamicImage::ImageLuma16(image::ImageBuffer::from_fn(5, 3, |x, y| image::Luma([(x * 13_000 + y) as u16])));
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Bmp] {
        let image = parse(&encoded(&eight, format));
        assert_eq!((image.grid.size, image.grid.spacing), ([5, 3, 1], [0.1, 0.2, 1.0]));
        assert_eq!(image.values[image.grid.at([4, 2, 0])], 202.0, "{format:?}");
        if format != ImageFormat::Bmp {
            assert_eq!(parse(&encoded(&sixteen, format)).values[14], 52_002.0, "{format:?}");
        }
    }
    let flat = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(16, 8, image::Luma([77])));
    assert!(parse(&encoded(&flat, ImageFormat::Jpeg)).values.iter().all(|value| (value - 77.0).abs() <= 1.0));
}

#[test]
fn colour_becomes_luma_and_grey_in_colour_stays_exact() {
    let colour =
        image::RgbImage::from_fn(256, 2, |x, y| if y == 0 { image::Rgb([x as u8; 3]) } else { image::Rgb([10, 20, x as u8]) });
    let image = parse(&encoded(&DynamicImage::ImageRgb8(colour), ImageFormat::Png));
    for x in 0..256 {
        assert_eq!(image.values[x], x as f64);
        assert!((image.values[256 + x] - (2.99 + 11.74 + 0.114 * x as f64)).abs() < 1e-12 || x == 10 || x == 20);
    }
}

#[test]
fn a_mask_pixel_counts_when_it_is_coloured_and_not_transparent() {
    let pixels = [[0, 0, 0, 255], [255, 255, 255, 0], [0, 1, 0, 255], [255, 255, 255, 255]];
    let mask = image::RgbaImage::from_fn(4, 1, |x, _| image::Rgba(pixels[x as usize]));
    let bytes = encoded(&DynamicImage::ImageRgba8(mask), ImageFormat::Png);
    let labels = raster::parse_labels(Path::new("m"), &bytes, [1.0; 2]).unwrap();
    assert_eq!(labels.to_values(), [0, 0, 1, 1]);
    let grey = image::ImageBuffer::from_fn(3, 1, |x, _| image::Luma([[0u16, 2, 40_000][x as usize]]));
    let bytes = encoded(&DynamicImage::ImageLuma16(grey), ImageFormat::Png);
    assert_eq!(raster::parse_labels(Path::new("m"), &bytes, [1.0; 2]).unwrap().to_values(), [0, 2, 40_000]);
}

#[test]
fn damaged_pictures_are_refused_with_a_reason() {
    let whole = encoded(&DynamicImage::ImageLuma8(image::GrayImage::new(40, 40)), ImageFormat::Png);
    for bytes in [&whole[..whole.len() / 2], b"", b"GIF89a", &whole[..20]] {
        let message = raster::parse_volume(Path::new("a/b.png"), bytes, [1.0; 2]).unwrap_err().to_string();
        assert!(message.starts_with("a/b.png: "), "{message}");
    }
    // A header that claims a wall of pixels, its checksum right.
    let mut lie = image_fixture::png_header(60_000, 60_000);
    lie.extend(&whole[33..]);
    let message = raster::parse_volume(Path::new("x"), &lie, [1.0; 2]).unwrap_err().to_string();
    assert!(message.contains("60000") || message.contains("imit"), "{message}");
    for spacing in [[0.0, 1.0], [1.0, -1.0], [f64::NAN, 1.0]] {
        assert!(raster::parse_volume(Path::new("x"), &whole, spacing).unwrap_err().to_string().contains("spacing"));
    }
}

/// Every mask of BrEaST has a region, of the image's size.
#[test]
fn real_ultrasound_images_and_their_masks_fit() {
    let Some(folder) = reference("cohorts/breast_usg") else { return };
    let mut pairs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // Every tenth case is enough for a test that decodes real pictures.
        let Some((case, _)) = name.split_once("_tumor").filter(|(case, _)| case.ends_with('1')) else { continue };
        let labels = raster::read_labels(&path, [1.0; 2]).unwrap();
        let image = raster::read_volume(&path.with_file_name(format!("{case}.png")), [1.0; 2]).unwrap();
        assert_eq!(labels.grid, image.grid);
        let share = labels.mask(Label::Value(1)).unwrap().count() as f64 / image.grid.voxels() as f64;
        assert!(share > 1e-3 && share < 0.9, "{case}: {share}");
        pairs += 1;
    }
    assert!(pairs > 20, "{pairs}");
}

#[test]
fn what_is_written_is_what_is_read() {
    let (sine, cosine) = 0.4f64.sin_cos();
    let grid = Grid {
        size: [3, 4, 2],
        spacing: [0.5, 0.75, 2.5],
        origin: [-10.0, 20.5, 30.25],
        direction: [[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, -1.0]],
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, step) in [("a.nii", 0.25), ("b.nii.gz", 0.1)] {
        let path = folder.path().join(name);
        let image = Volume::new(grid.clone(), (0..24).map(|n| f64::from(n) * step).collect());
        write_volume(&path, &image).unwrap();
        let read = nifti::read_volume(&path).unwrap();
        assert_eq!(read.values, image.values);
        assert!(read.grid.agrees_with(&grid), "{} {}", read.grid, grid);
        let mask = Mask::new(grid.clone(), (0..24).map(|n| n % 5 == 0).collect());
        write_mask(&path, &mask).unwrap();
        assert_eq!(nifti::read_labels(&path).unwrap().mask(Label::Value(1)).unwrap().inside, mask.inside);
        let labels = Labels::from_values(grid.clone(), &(0..24).map(|n| n * 1000).collect::<Vec<_>>());
        write_labels(&path, &labels).unwrap();
        assert_eq!(nifti::read_labels(&path).unwrap().to_values(), labels.to_values());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file stays");
}

#[test]
fn the_overlay_shows_the_contour_and_leaves_the_surroundings() {
    let grid = Grid::plain([5, 5, 1], [1.0, 2.0, 1.0]);
    let image = Volume::new(grid.clone(), (0..25).map(f64::from).collect());
    let mut mask = Mask::new(grid.clone(), vec![false; 25]);
    for j in 1..4 {
        for i in 1..4 {
            mask.inside[grid.at([i, j, 0])] = true;
        }
    }
    let style = OverlayStyle { zoom: 1, ..OverlayStyle::of(&image) };
    let picture = overlay::draw(&image, &mask, 0, style).unwrap();
    assert_eq!((picture.width, picture.height), (5, 10), "true proportions");
    let coloured = picture.pixels.chunks(3).filter(|pixel| *pixel == style.contour).count();
    assert_eq!(coloured, 3 * 6 - 4, "the rim of 3 by 6 pixels");
    assert_eq!(&picture.pixels[..3], [0; 3]);
    assert_eq!(&picture.pixels[picture.pixels.len() - 3..], [255; 3]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.png");
    overlay::write_png(&path, &picture).unwrap();
    assert_eq!(raster::read_volume(&path, [1.0; 2]).unwrap().grid.size, [5, 10, 1]);
    assert!(overlay::draw(&image, &mask, 1, style).is_err());
}
