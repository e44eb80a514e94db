//! PNG, JPEG, TIFF and BMP: one slice, 8 or 16 bits, grey or colour.
//!
//! Such files say nothing reliable about size in millimetres, so the caller gives the pixel spacing. Colour becomes grey by ITU-R BT.601
//! luma, 0.299 R + 0.587 G + 0.114 B, unrounded; a pixel of equal channels keeps its value exactly. Opacity is no intensity: it is left
//! out of images, and a mask's pixel counts when it is neither black nor wholly transparent.

use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Labels;
use crate::image::volume::Volume;

/// Decoded bytes that one byte of a file can stand for at most; a longer claim is refused before memory is taken.
const LARGEST_EXPANSION: u64 = 1032;
/// Room for decoders' tables whatever the file's length.
const BASE_MEMORY: u64 = 16 << 20;

/// An image as a volume of one slice; `spacing` is the distance of pixel centres along columns and rows (x, y), in mm.
///
/// # Errors
/// When the file cannot be read, is no image of these formats, is damaged, or claims more pixels than it can hold.
pub fn read_volume(path: &Path, spacing: [f64; 2]) -> Result<Volume> {
    let (file, length) = open(path)?;
    volume_of(path, decode(path, BufReader::new(file), length)?, spacing)
}

/// A mask: grey levels are labels as they are; any pixel that is coloured and not transparent has label 1.
///
/// # Errors
/// As [`read_volume`].
pub fn read_labels(path: &Path, spacing: [f64; 2]) -> Result<Labels> {
    let (file, length) = open(path)?;
    labels_of(path, decode(path, BufReader::new(file), length)?, spacing)
}

/// An image from the bytes of its file; `path` is its name in messages.
///
/// # Errors
/// As [`read_volume`].
pub fn parse_volume(path: &Path, bytes: &[u8], spacing: [f64; 2]) -> Result<Volume> {
    volume_of(path, decode(path, Cursor::new(bytes), bytes.len() as u64)?, spacing)
}

/// A mask from the bytes of its file; `path` is its name in messages.
///
/// # Errors
/// As [`read_labels`].
pub fn parse_labels(path: &Path, bytes: &[u8], spacing: [f64; 2]) -> Result<Labels> {
    labels_of(path, decode(path, Cursor::new(bytes), bytes.len() as u64)?, spacing)
}

fn open(path: &Path) -> Result<(std::fs::File, u64)> {
    let fault = |cause| Error::io(path, cause);
    let file = std::fs::File::open(path).map_err(fault)?;
    let length = file.metadata().map_err(fault)?.len();
    Ok((file, length))
}

fn decode(path: &Path, source: impl BufRead + Seek, length: u64) -> Result<DynamicImage> {
    let refuse = |cause: ImageError| match cause {
        ImageError::IoError(cause) if cause.kind() != std::io::ErrorKind::UnexpectedEof => Error::io(path, cause),
        cause => InputError::new(path, format!("a damaged or unknown image ({cause})"), "a whole PNG, JPEG, TIFF or BMP").into(),
    };
    let pixels = length.saturating_mul(LARGEST_EXPANSION);
    let mut reader = ImageReader::new(source).with_guessed_format().map_err(|cause| Error::io(path, cause))?;
    if reader.format() == Some(ImageFormat::Jpeg) {
        let mut bytes = Vec::new();
        reader.into_inner().read_to_end(&mut bytes).map_err(|cause| Error::io(path, cause))?;
        return jpeg(path, &bytes);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(pixels.saturating_add(BASE_MEMORY));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    // Some decoders keep many times the pixels, so the pixels themselves get no room beyond what the file can hold.
    possible(path, decoder.dimensions(), decoder.total_bytes(), length)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    // A camera's note on how it was held; a mask drawn on the shown image follows it.
    image.apply_orientation(orientation);
    Ok(image)
}

/// Refuses a claim of pixels that no file of this length holds, before memory is taken. What it lets pass is taken as the pixels arrive.
fn possible(path: &Path, (width, height): (u32, u32), bytes: u64, length: u64) -> Result<()> {
    if bytes <= length.saturating_mul(LARGEST_EXPANSION) {
        return Ok(());
    }
    let found = format!("a header that claims {width}×{height} pixels in a file of {length} bytes");
    Err(InputError::new(path, found, "a true size").into())
}

/// A JPEG, read strictly: the decoder that `image` wraps would fill what is missing of a damaged one with grey.
fn jpeg(path: &Path, bytes: &[u8]) -> Result<DynamicImage> {
    let refuse = |cause: &dyn std::fmt::Display| {
        Error::from(InputError::new(path, format!("a damaged or unknown JPEG ({cause})"), "a whole one"))
    };
    let strict = DecoderOptions::default().set_strict_mode(true).set_max_width(65_535).set_max_height(65_535);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), strict);
    decoder.decode_headers().map_err(|cause| refuse(&cause))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| refuse(&"without a size"))?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let (colour, channels) = if grey { (ColorSpace::Luma, 1) } else { (ColorSpace::RGB, 3) };
    let size = (width as u32, height as u32);
    possible(path, size, width as u64 * height as u64 * channels, bytes.len() as u64)?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif)).unwrap_or(Orientation::NoTransforms);
    decoder.set_options(strict.jpeg_set_out_colorspace(colour));
    let pixels = decoder.decode().map_err(|cause| refuse(&cause))?;
    let image = if grey {
        GrayImage::from_raw(size.0, size.1, pixels).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(size.0, size.1, pixels).map(DynamicImage::ImageRgb8)
    };
    let mut image = image.ok_or_else(|| refuse(&"fewer pixels than it claims"))?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn grid(path: &Path, image: &DynamicImage, [x, y]: [f64; 2]) -> Result<Grid> {
    if !(x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite()) {
        return Err(InputError::new(path, format!("a pixel spacing of {x}×{y} mm"), "positive spacing").into());
    }
    let size = [image.width() as usize, image.height() as usize, 1];
    if size.contains(&0) {
        return Err(InputError::new(path, "an image without pixels", "at least one").into());
    }
    Ok(Grid::plain(size, [x, y, 1.0]))
}

/// ITU-R BT.601 luma.
pub fn luma<T: Into<f64> + PartialEq + Copy>([red, green, blue]: [T; 3]) -> f64 {
    if red == green && green == blue {
        return red.into();
    }
    0.299 * red.into() + 0.587 * green.into() + 0.114 * blue.into()
}

fn volume_of(path: &Path, image: DynamicImage, spacing: [f64; 2]) -> Result<Volume> {
    let grid = grid(path, &image, spacing)?;
    // The samples of one pixel lie side by side: grey, grey and opacity, colour, colour and opacity.
    fn grey<T: Into<f64> + PartialEq + Copy>(samples: &[T], channels: usize) -> Vec<f64> {
        let pixels = samples.chunks_exact(channels);
        if channels < 3 { pixels.map(|p| p[0].into()).collect() } else { pixels.map(|p| luma([p[0], p[1], p[2]])).collect() }
    }
    let channels = usize::from(image.color().channel_count());
    let values = match &image {
        DynamicImage::ImageLuma8(pixels) => grey(pixels, channels),
        DynamicImage::ImageLumaA8(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgb8(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgba8(pixels) => grey(pixels, channels),
        DynamicImage::ImageLuma16(pixels) => grey(pixels, channels),
        DynamicImage::ImageLumaA16(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgb16(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgba16(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgb32F(pixels) => grey(pixels, channels),
        DynamicImage::ImageRgba32F(pixels) => grey(pixels, channels),
        other => {
            let found = format!("pixels of type {:?}", other.color());
            return Err(InputError::new(path, found, "grey or colour of 8 or 16 bits").into());
        }
    };
    Ok(Volume::new(grid, values))
}

fn labels_of(path: &Path, image: DynamicImage, spacing: [f64; 2]) -> Result<Labels> {
    let grid = grid(path, &image, spacing)?;
    let mut labels = Labels::empty(grid);
    if image.color().channel_count() == 1 {
        for (at, value) in image.to_luma16_or_8().enumerate() {
            labels.push(at, value);
        }
    } else {
        // Byte by byte, whatever the samples' width: a pixel counts when any of its colour and any of its opacity is there.
        let channels = usize::from(image.color().channel_count());
        let coloured = if channels < 3 { 1 } else { 3 };
        let width = usize::from(image.color().bytes_per_pixel()) / channels;
        for (at, pixel) in image.as_bytes().chunks_exact(channels * width).enumerate() {
            let (colour, opacity) = pixel.split_at(coloured * width);
            let any = |bytes: &[u8]| bytes.iter().any(|byte| *byte != 0);
            labels.push(at, i32::from(any(colour) && (opacity.is_empty() || any(opacity))));
        }
    }
    Ok(labels)
}

/// Grey levels as stored: 8-bit levels stay below 256.
trait GreyLevels {
    fn to_luma16_or_8(&self) -> Box<dyn Iterator<Item = i32> + '_>;
}

impl GreyLevels for DynamicImage {
    fn to_luma16_or_8(&self) -> Box<dyn Iterator<Item = i32> + '_> {
        match self {
            DynamicImage::ImageLuma16(pixels) => Box::new(pixels.iter().map(|n| i32::from(*n))),
            other => Box::new(other.to_luma8().into_raw().into_iter().map(i32::from)),
        }
    }
}
