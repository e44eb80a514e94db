//! A picture of one slice with the region's contour, for the eye of a reader who checks a segmentation.

use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::error::{Error, InputError, Result};
use crate::image::mask::Mask;
use crate::image::volume::Volume;

/// How a slice is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverlayStyle {
    /// Intensities shown as black and as white.
    pub window: [f64; 2],
    /// Colour of the contour, red, green, blue.
    pub contour: [u8; 3],
    /// Picture pixels per smallest voxel spacing; at least 1.
    pub zoom: usize,
}

impl OverlayStyle {
    /// From the smallest to the largest finite intensity of the image, a yellow contour, twofold.
    pub fn of(image: &Volume) -> Self {
        let finite = image.values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)));
        OverlayStyle { window: if low <= high { [low, high] } else { [0.0, 1.0] }, contour: [255, 214, 10], zoom: 2 }
    }
}

/// A picture: three bytes per pixel, rows from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels along a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue of every pixel.
    pub pixels: Vec<u8>,
}

/// Draws slice `k` in true proportions. A contour pixel is a pixel inside the region with a neighbour (left, right, above, below)
/// outside, so the contour never covers what surrounds the lesion.
///
/// # Errors
/// [`Error::Usage`] when the slice does not exist, the mask is of another size or the picture would be too large to look at.
pub fn draw(image: &Volume, mask: &Mask, k: usize, style: OverlayStyle) -> Result<Picture> {
    let grid = &image.grid;
    let [nx, ny, nz] = grid.size;
    if mask.grid.size != grid.size || k >= nz {
        return Err(Error::usage(format!("slice {k} of a mask of {:?} voxels and an image of {:?}", mask.grid.size, grid.size)));
    }
    let [low, high] = style.window;
    let finest = grid.spacing[0].min(grid.spacing[1]) / style.zoom.max(1) as f64;
    let extent = |n: usize, spacing: f64| (n as f64 * spacing / finest).round();
    let (width, height) = (extent(nx, grid.spacing[0]), extent(ny, grid.spacing[1]));
    if !(width >= 1.0 && height >= 1.0 && width * height <= LARGEST_PICTURE) {
        return Err(Error::usage(format!("a picture of {width}×{height} pixels")));
    }
    let (width, height) = (width as usize, height as usize);
    let voxel = |x: usize, y: usize| {
        let place = |at: usize, out: usize, n: usize| ((at as f64 + 0.5) / out as f64 * n as f64) as usize;
        grid.at([place(x, width, nx).min(nx - 1), place(y, height, ny).min(ny - 1), k])
    };
    let inside = |x: usize, y: usize| x < width && y < height && mask.inside[voxel(x, y)];
    let mut pixels = Vec::with_capacity(3 * width * height);
    for y in 0..height {
        for x in 0..width {
            let neighbours = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
            if inside(x, y) && neighbours.into_iter().any(|(x, y)| !inside(x, y)) {
                pixels.extend(style.contour);
            } else {
                // A window without width, and voxels that are no number, are black.
                let share = (image.values[voxel(x, y)] - low) / (high - low);
                pixels.extend([(share.clamp(0.0, 1.0) * 255.0).round() as u8; 3]);
            }
        }
    }
    Ok(Picture { width, height, pixels })
}

/// Pixels beyond which nobody looks at a picture.
const LARGEST_PICTURE: f64 = 64e6;

/// A picture as PNG, in memory.
///
/// # Errors
/// [`Error::Numeric`] where the picture cannot be encoded.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>> {
    let (Ok(width), Ok(height)) = (u32::try_from(picture.width), u32::try_from(picture.height)) else {
        return Err(Error::numeric("a picture too large for PNG"));
    };
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(&mut bytes);
    encoder.write_image(&picture.pixels, width, height, ExtendedColorType::Rgb8).map_err(Error::numeric)?;
    Ok(bytes)
}

/// Writes a picture as PNG.
///
/// # Errors
/// When the file cannot be written.
pub fn write_png(path: &Path, picture: &Picture) -> Result<()> {
    let (Ok(width), Ok(height)) = (u32::try_from(picture.width), u32::try_from(picture.height)) else {
        return Err(InputError::new(path, "a picture too large for PNG", "a smaller one").into());
    };
    super::whole_file(path, |file| {
        PngEncoder::new(file).write_image(&picture.pixels, width, height, ExtendedColorType::Rgb8).map_err(std::io::Error::other)
    })
}
