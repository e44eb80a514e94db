//! Grey pictures as PNG of 8 or 16 bits.

use std::path::Path;

use png::{BitDepth, ColorType, Encoder};

use crate::error::{Error, Result};
use crate::image::Mask;

/// Writes a picture of 8 bits.
pub(super) fn write_8(path: &Path, [width, height]: [usize; 2], pixels: &[u8]) -> Result<()> {
    write(path, [width, height], BitDepth::Eight, pixels)
}

/// Writes a picture of 16 bits.
pub(super) fn write_16(path: &Path, [width, height]: [usize; 2], pixels: &[u16]) -> Result<()> {
    let bytes: Vec<u8> = pixels.iter().flat_map(|value| value.to_be_bytes()).collect();
    write(path, [width, height], BitDepth::Sixteen, &bytes)
}

/// Writes a mask: 255 inside, so that a viewer shows it.
pub(super) fn write_mask(path: &Path, mask: &Mask) -> Result<()> {
    let pixels: Vec<u8> = mask.inside.iter().map(|inside| if *inside { 255 } else { 0 }).collect();
    write_8(path, [mask.grid.size[0], mask.grid.size[1]], &pixels)
}

fn write(path: &Path, [width, height]: [usize; 2], depth: BitDepth, bytes: &[u8]) -> Result<()> {
    let mut file = Vec::new();
    let fault = |cause: png::EncodingError| Error::io(path, cause);
    let mut encoder = Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(fault)?;
    writer.write_image_data(bytes).map_err(fault)?;
    writer.finish().map_err(fault)?;
    super::put(path, &file)
}
