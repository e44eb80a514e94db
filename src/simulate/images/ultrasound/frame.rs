//! The picture as a machine shows it: scan region, depth scale, burned-in text.

use rand::Rng;

use super::anatomy::Section;
use super::speckle;
use crate::image::{BoundingBox, Grid, Mask};
use crate::simulate::images::phantom::Phantom;
use crate::simulate::images::preset::{UltrasoundParameters, UltrasoundSpec};

/// Pixels left of, right of, above and below the scan.
const BORDER: [usize; 4] = [24, 44, 26, 18];
/// Grey of burned-in text and scale.
const INK: u8 = 220;
/// Grey at which a gland of 0 dB is shown.
const GLAND_GREY: f64 = 175.0;

/// A picture with its calibration.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Grey levels, row by row.
    pub pixels: Vec<u8>,
    /// The lesion, on the same pixels.
    pub mask: Mask,
    /// The scan within the picture.
    pub region: BoundingBox,
    /// Pixel size, mm.
    pub pixel_mm: f64,
}

/// Scans the lesion of a phantom. `offset_db` is the site's gain.
pub fn scan(
    phantom: &Phantom,
    parameters: &UltrasoundParameters,
    spec: &UltrasoundSpec,
    offset_db: f64,
    rng: &mut impl Rng,
) -> Picture {
    let section = Section::new(phantom, parameters, spec, rng);
    let envelope = speckle::scan(&section, spec, rng);
    let pixel = spec.pixel_mm;
    let (columns, rows) = ((spec.width_mm / pixel).round() as usize, (spec.depth_mm / pixel).round() as usize);
    let [left, right, top, bottom] = BORDER;
    let (width, height) = (left + columns + right, top + rows + bottom);
    let mut pixels = vec![0u8; width * height];
    let mut inside = vec![false; width * height];
    for row in 0..rows {
        for column in 0..columns {
            let (x, z) = ((column as f64 + 0.5) * pixel, (row as f64 + 0.5) * pixel);
            let grey = GLAND_GREY + (envelope.at(x, z) + offset_db) / spec.dynamic_range_db * 255.0;
            let at = left + column + width * (top + row);
            pixels[at] = grey.round().clamp(0.0, 255.0) as u8;
            inside[at] = section.at(x - spec.width_mm / 2.0, z).lesion;
        }
    }
    let region = BoundingBox { start: [left, top, 0], end: [left + columns, top + rows, 1] };
    let mut picture = Picture {
        width,
        height,
        pixels,
        mask: Mask::new(Grid::plain([width, height, 1], [pixel, pixel, 1.0]), inside),
        region,
        pixel_mm: pixel,
    };
    picture.burn_in(spec, if phantom.left { "L" } else { "R" });
    picture
}

impl Picture {
    fn dot(&mut self, x: usize, y: usize, grey: u8) {
        if x < self.width && y < self.height {
            self.pixels[x + self.width * y] = grey;
        }
    }

    /// Text, side, depth scale and grey bar, all outside the scan.
    fn burn_in(&mut self, spec: &UltrasoundSpec, side: &str) {
        let [x0, y0, _] = self.region.start;
        let [x1, y1, _] = self.region.end;
        self.text(x0, 6, &format!("VBX SIM  {side} BREAST  {:.0} MHZ", spec.frequency_mhz));
        self.text(x0, y1 + 5, &format!("{:.1} CM", spec.depth_mm / 10.0));
        let mut depth = 0.0;
        while depth <= spec.depth_mm + 1e-9 {
            let y = (y0 + (depth / spec.pixel_mm).round() as usize).min(y1 - 1);
            let whole = (depth / 10.0).fract() == 0.0;
            for x in 0..if whole { 8 } else { 4 } {
                self.dot(x1 + 4 + x, y, INK);
            }
            if whole {
                self.text(x1 + 16, y.saturating_sub(5), &format!("{:.0}", depth / 10.0));
            }
            depth += 5.0;
        }
        let bar = (y1 - y0) / 3;
        for y in 0..bar {
            let grey = (255 - y * 255 / bar) as u8;
            (6..14).for_each(|x| self.dot(x, y0 + y, grey));
        }
    }

    /// Writes in a font of 3 × 5 dots, each two pixels wide.
    fn text(&mut self, x: usize, y: usize, words: &str) {
        for (at, letter) in words.chars().enumerate() {
            let rows = glyph(letter);
            for (row, bits) in rows.iter().enumerate() {
                for column in 0..3 {
                    if bits >> (2 - column) & 1 == 1 {
                        for (a, b) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                            self.dot(x + at * 8 + column * 2 + a, y + row * 2 + b, INK);
                        }
                    }
                }
            }
        }
    }
}

/// The dots of a letter, one row per number.
fn glyph(letter: char) -> [u8; 5] {
    match letter {
        '0' => [7, 5, 5, 5, 7],
        '1' => [2, 6, 2, 2, 7],
        '2' => [7, 1, 7, 4, 7],
        '3' => [7, 1, 7, 1, 7],
        '4' => [5, 5, 7, 1, 1],
        '5' => [7, 4, 7, 1, 7],
        '6' => [7, 4, 7, 5, 7],
        '7' => [7, 1, 1, 2, 2],
        '8' => [7, 5, 7, 5, 7],
        '9' => [7, 5, 7, 1, 7],
        '.' => [0, 0, 0, 0, 2],
        'A' => [2, 5, 7, 5, 5],
        'B' => [6, 5, 6, 5, 6],
        'C' => [7, 4, 4, 4, 7],
        'E' => [7, 4, 6, 4, 7],
        'H' => [5, 5, 7, 5, 5],
        'I' => [7, 2, 2, 2, 7],
        'L' => [4, 4, 4, 4, 7],
        'M' => [5, 7, 7, 5, 5],
        'R' => [6, 5, 6, 5, 5],
        'S' => [7, 4, 7, 1, 7],
        'T' => [7, 2, 2, 2, 2],
        'V' => [5, 5, 5, 5, 2],
        'X' => [5, 5, 2, 5, 5],
        'Z' => [7, 1, 2, 4, 7],
        _ => [0; 5],
    }
}
