//! Slices of a lesion with its parts in colour, and a legend: a picture that a reader takes in at one glance.
//!
//! The picture is put together as SVG (slices as embedded PNG, text as text) and drawn by resvg with the fonts of the project's
//! figures, so that it is the same on every machine.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use resvg::{tiny_skia, usvg};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::error::{Error, Result};
use crate::image::mask::BoundingBox;
use crate::image::volume::Volume;

use super::overlay::{Picture, encode_png};

/// Liberation Sans, embedded once, where the figures of the report keep it.
const REGULAR: &[u8] = include_bytes!("../../report/figure/font/LiberationSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../report/figure/font/LiberationSans-Bold.ttf");

/// Okabe and Ito's colours and four of Tol's, told apart by colour-blind readers, on grey as well; the next part begins anew.
const PALETTE: [[u8; 3]; 11] = [
    [86, 180, 233],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [240, 228, 66],
    [213, 94, 0],
    [0, 114, 178],
    [136, 34, 85],
    [221, 204, 119],
    [51, 34, 136],
    [68, 170, 153],
];

/// The colour of part `label`, counted from 1.
pub fn colour(label: u16) -> [u8; 3] {
    PALETTE[usize::from(label.saturating_sub(1)) % PALETTE.len()]
}

/// What stands below the slices: a table with a row per part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Legend {
    /// Above the picture.
    pub title: String,
    /// Heads of the columns; the first is that of the names.
    pub heads: Vec<String>,
    /// Per part its name and its cells, one per head after the first.
    pub rows: Vec<(String, Vec<String>)>,
    /// Below the table.
    pub note: String,
}

/// How a montage is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MontageOptions {
    /// Most slices; of more, evenly spread ones are shown.
    pub slices: usize,
    /// Slices beside each other.
    pub columns: usize,
    /// Width of a slice, in points.
    pub tile: f64,
    /// What is shown around the lesion, mm.
    pub margin: f64,
    /// How strongly parts are coloured, 0 to 1.
    pub opacity: f64,
    /// Pixels per point.
    pub resolution: f64,
}

impl Default for MontageOptions {
    fn default() -> Self {
        MontageOptions { slices: 12, columns: 4, tile: 130.0, margin: 6.0, opacity: 0.45, resolution: 2.5 }
    }
}

const GAP: f64 = 6.0;
const EDGE: f64 = 12.0;
const TEXT: f64 = 9.5;
const LINE: f64 = 16.0;
const INK: &str = "#1a1a1a";

/// Draws a montage as PNG, in memory. Labels are 0 outside, parts from 1, on the grid of the image; slices run along axis k.
///
/// # Errors
/// [`Error::Study`] where labels and image do not fit or nothing is labelled; [`Error::Usage`] for options that cannot be;
/// [`Error::Numeric`] where the picture cannot be drawn.
pub fn montage(image: &Volume, labels: &[u16], legend: &Legend, options: &MontageOptions) -> Result<Vec<u8>> {
    let sane = options.slices > 0
        && options.columns > 0
        && (20.0..=2000.0).contains(&options.tile)
        && (0.5..=8.0).contains(&options.resolution)
        && (0.0..=1000.0).contains(&options.margin)
        && (0.0..=1.0).contains(&options.opacity);
    if !sane || options.slices > 200 || options.columns > 20 || legend.rows.len() > 200 || legend.heads.len() > 50 {
        return Err(Error::usage("a montage of no or too many slices, or of sizes that cannot be"));
    }
    if labels.len() != image.grid.voxels() {
        return Err(Error::study(format!("{} labels for an image of {} voxels", labels.len(), image.grid.voxels())));
    }
    let inside: Vec<bool> = labels.iter().map(|label| *label > 0).collect();
    let Some(lesion) = BoundingBox::around(image.grid.size, &inside) else {
        return Err(Error::study("nothing is labelled: there is no habitat to draw"));
    };
    let scene = Scene::new(image, labels, &lesion, options);
    let (svg, width, height) = page(&scene, legend, options)?;
    draw(&svg, width, height, options.resolution)
}

/// Writes a montage as PNG.
///
/// # Errors
/// As [`montage`], and where the file cannot be written.
pub fn write_montage(path: &Path, image: &Volume, labels: &[u16], legend: &Legend, options: &MontageOptions) -> Result<()> {
    let bytes = montage(image, labels, legend, options)?;
    super::whole_file(path, |file| file.write_all(&bytes))
}

/// What is shown, and at which size.
struct Scene<'a> {
    image: &'a Volume,
    labels: &'a [u16],
    bounds: BoundingBox,
    slices: Vec<usize>,
    window: [f64; 2],
    /// Points per mm.
    zoom: f64,
    /// Points.
    tile: [f64; 2],
    opacity: f64,
    resolution: f64,
}

impl<'a> Scene<'a> {
    fn new(image: &'a Volume, labels: &'a [u16], lesion: &BoundingBox, options: &MontageOptions) -> Self {
        let spacing = image.grid.spacing;
        let margin = std::array::from_fn(|axis| if axis == 2 { 0 } else { (options.margin / spacing[axis]).ceil() as usize });
        let bounds = lesion.grown(margin, image.grid.size);
        let size = bounds.size();
        let mm = [size[0] as f64 * spacing[0], size[1] as f64 * spacing[1]];
        // The longer side fills the tile, so that a long lesion does not make a long page.
        let zoom = options.tile / mm[0].max(mm[1]);
        let depth = size[2];
        let shown = options.slices.min(depth);
        // The middle of each of as many equal parts of the lesion as there are slices.
        let slices = (0..shown).map(|n| bounds.start[2] + ((2 * n + 1) * depth) / (2 * shown)).collect();
        let part = bounds.crop(image.grid.size, &image.values);
        let window = window(part);
        let tile = mm.map(|mm| mm * zoom);
        Scene { image, labels, bounds, slices, window, zoom, tile, opacity: options.opacity, resolution: options.resolution }
    }

    /// One slice in colour. Grey is interpolated, parts are not: a voxel is in a part or it is not.
    fn slice(&self, k: usize) -> Result<Vec<u8>> {
        let [width, height] = self.tile.map(|points| ((points * self.resolution).round() as usize).max(1));
        let [nx, ny, _] = self.bounds.size();
        let [i0, j0, _] = self.bounds.start;
        let scale = [nx as f64 / width as f64, ny as f64 / height as f64];
        let label = |x: usize, y: usize| {
            let i = i0 + ((x as f64 + 0.5) * scale[0]) as usize;
            let j = j0 + ((y as f64 + 0.5) * scale[1]) as usize;
            self.labels[self.image.grid.at([i.min(i0 + nx - 1), j.min(j0 + ny - 1), k])]
        };
        // An outline is drawn within a part, two pixels wide, so that neighbours keep theirs.
        let thick = (self.resolution * 0.6).round().max(1.0) as usize;
        let mut pixels = Vec::with_capacity(3 * width * height);
        for y in 0..height {
            for x in 0..width {
                let at = [(x as f64 + 0.5) * scale[0] - 0.5, (y as f64 + 0.5) * scale[1] - 0.5];
                let grey = self.grey(at, k);
                let own = label(x, y);
                let beside = [(x.saturating_sub(thick), y), (x + thick, y), (x, y.saturating_sub(thick)), (x, y + thick)];
                let outline = beside.iter().any(|(x, y)| label((*x).min(width - 1), (*y).min(height - 1)) != own);
                let opacity = match own {
                    0 => 0.0,
                    _ if outline => 1.0,
                    _ => self.opacity,
                };
                let mixed = colour(own).map(|c| (grey + (f64::from(c) - grey) * opacity).round().clamp(0.0, 255.0) as u8);
                pixels.extend(mixed);
            }
        }
        encode_png(&Picture { width, height, pixels })
    }

    /// Grey between four voxels of the box, 0 to 255; what is no number is black.
    fn grey(&self, [x, y]: [f64; 2], k: usize) -> f64 {
        let [nx, ny, _] = self.bounds.size();
        let [i0, j0, _] = self.bounds.start;
        let clamped = |at: f64, n: usize| at.clamp(0.0, (n - 1) as f64);
        let (x, y) = (clamped(x, nx), clamped(y, ny));
        let (i, j) = (x as usize, y as usize);
        let (u, v) = (x - i as f64, y - j as f64);
        let value = |di: usize, dj: usize| {
            let at = self.image.grid.at([i0 + (i + di).min(nx - 1), j0 + (j + dj).min(ny - 1), k]);
            let share = (self.image.values[at] - self.window[0]) / (self.window[1] - self.window[0]);
            if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
        };
        let row = |dj: usize| value(0, dj) * (1.0 - u) + value(1, dj) * u;
        255.0 * (row(0) * (1.0 - v) + row(1) * v)
    }
}

/// From the first to the 99th hundredth of the finite values: a few bright vessels do not make the rest black.
fn window(mut values: Vec<f64>) -> [f64; 2] {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values.get((share * values.len().saturating_sub(1) as f64).round() as usize).copied();
    match (at(0.01), at(0.99)) {
        (Some(low), Some(high)) if low < high => [low, high],
        (Some(low), _) => [low, low + 1.0],
        _ => [0.0, 1.0],
    }
}

/// The page as SVG, its width and its height in points.
fn page(scene: &Scene, legend: &Legend, options: &MontageOptions) -> Result<(String, f64, f64)> {
    let columns = options.columns.min(scene.slices.len());
    let [wide, high] = scene.tile;
    let slices = columns as f64 * (wide + GAP) - GAP;
    let table = Table::new(legend);
    let texts = [width(&legend.title, TEXT + 2.0, true), width(&legend.note, TEXT - 1.5, false), table.width()];
    let inner = texts.into_iter().fold(slices, f64::max);
    let mut body = String::new();
    let mut y = EDGE;
    if !legend.title.is_empty() {
        text(&mut body, [EDGE, y + TEXT + 1.0], &legend.title, TEXT + 2.0, "start", true, INK);
        y += LINE + 4.0;
    }
    for (n, k) in scene.slices.iter().enumerate() {
        let x = EDGE + (n % columns) as f64 * (wide + GAP);
        let top = y + (n / columns) as f64 * (high + GAP);
        let png = STANDARD.encode(scene.slice(*k)?);
        let _ = write!(
            body,
            "<image x=\"{x:.2}\" y=\"{top:.2}\" width=\"{wide:.2}\" height=\"{high:.2}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{png}\"/>"
        );
        let name = format!("slice {}", k + 1);
        let plate = width(&name, TEXT - 2.0, false) + 6.0;
        rectangle(&mut body, [x, top, plate, TEXT + 1.5], "#000000", 0.55);
        text(&mut body, [x + 3.0, top + TEXT - 1.0], &name, TEXT - 2.0, "start", false, "#ffffff");
        if n == 0 {
            scale_bar(&mut body, scene, [x, top]);
        }
    }
    y += scene.slices.len().div_ceil(columns) as f64 * (high + GAP) + 6.0;
    y = table.draw(&mut body, legend, y);
    if !legend.note.is_empty() {
        text(&mut body, [EDGE, y + TEXT], &legend.note, TEXT - 1.5, "start", false, "#5f5f5f");
        y += LINE;
    }
    let (width, height) = (inner + 2.0 * EDGE, y + EDGE * 0.6);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.2}\" height=\"{height:.2}\" \
         viewBox=\"0 0 {width:.2} {height:.2}\" font-family=\"Liberation Sans\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{body}</svg>"
    );
    Ok((svg, width, height))
}

/// The longest of 1, 2, 5, 10 … mm that fits in a third of the slice.
fn scale_bar(body: &mut String, scene: &Scene, [x, top]: [f64; 2]) {
    let room = scene.tile[0] / 3.0 / scene.zoom;
    let decade = 10f64.powf(room.log10().floor());
    let mm = [5.0, 2.0, 1.0].into_iter().map(|step| step * decade).find(|mm| *mm <= room).unwrap_or(decade);
    let (length, bottom) = (mm * scene.zoom, top + scene.tile[1] - 6.0);
    let name = format!("{mm} mm");
    let plate = length.max(width(&name, TEXT - 2.0, false)) + 8.0;
    rectangle(body, [x + 3.0, bottom - TEXT - 3.0, plate, TEXT + 6.5], "#000000", 0.55);
    text(body, [x + 7.0, bottom - 3.0], &name, TEXT - 2.0, "start", false, "#ffffff");
    rectangle(body, [x + 7.0, bottom, length, 2.0], "#ffffff", 1.0);
}

/// Where the columns of the table end.
struct Table {
    first: f64,
    widths: Vec<f64>,
}

impl Table {
    const SWATCH: f64 = 16.0;
    const BETWEEN: f64 = 18.0;

    fn new(legend: &Legend) -> Self {
        let names = legend.rows.iter().map(|(name, _)| width(name, TEXT, false));
        let head = |n: usize| legend.heads.get(n).map_or(0.0, |head| width(head, TEXT, true));
        let first = names.fold(head(0), f64::max) + Self::SWATCH;
        let cells = |n: usize| legend.rows.iter().filter_map(move |(_, cells)| cells.get(n)).map(|cell| width(cell, TEXT, false));
        let widths = (1..legend.heads.len()).map(|n| cells(n - 1).fold(head(n), f64::max)).collect();
        Table { first, widths }
    }

    fn width(&self) -> f64 {
        self.first + self.widths.iter().map(|width| width + Self::BETWEEN).sum::<f64>()
    }

    /// Draws from `y` on; the y below.
    fn draw(&self, body: &mut String, legend: &Legend, mut y: f64) -> f64 {
        let ends: Vec<f64> = self
            .widths
            .iter()
            .scan(EDGE + self.first, |end, width| {
                *end += width + Self::BETWEEN;
                Some(*end)
            })
            .collect();
        if let Some((first, others)) = legend.heads.split_first() {
            text(body, [EDGE, y + TEXT], first, TEXT, "start", true, INK);
            for (head, end) in others.iter().zip(&ends) {
                text(body, [*end, y + TEXT], head, TEXT, "end", true, INK);
            }
            y += LINE;
            rectangle(body, [EDGE, y - 3.0, self.width(), 0.7], INK, 1.0);
        }
        for (n, (name, cells)) in legend.rows.iter().enumerate() {
            let [r, g, b] = colour(n as u16 + 1);
            rectangle(body, [EDGE, y + 1.0, 11.0, 11.0], &format!("#{r:02x}{g:02x}{b:02x}"), 1.0);
            text(body, [EDGE + Self::SWATCH, y + TEXT], name, TEXT, "start", false, INK);
            for (cell, end) in cells.iter().zip(&ends) {
                text(body, [*end, y + TEXT], cell, TEXT, "end", false, INK);
            }
            y += LINE;
        }
        y + 2.0
    }
}

/// The numbers of a column to three digits of the largest, with equal decimals so that they can be compared down the column.
pub fn column(values: &[f64]) -> Vec<String> {
    let largest = values.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
    let power = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    let show = |value: &f64| {
        let shown = match (power, value.is_finite()) {
            (_, false) => return "–".to_owned(),
            (-3..=5, true) => format!("{value:.*}", (2 - power).max(0) as usize),
            _ => format!("{value:.2e}"),
        };
        let zero = shown.chars().all(|c| !c.is_ascii_digit() || c == '0');
        if zero { shown.replace('-', "") } else { shown.replace('-', "−") }
    };
    values.iter().map(show).collect()
}

fn rectangle(body: &mut String, [x, y, width, height]: [f64; 4], fill: &str, opacity: f64) {
    let _ = write!(
        body,
        "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{fill}\" fill-opacity=\"{opacity}\"/>"
    );
}

fn text(body: &mut String, [x, y]: [f64; 2], words: &str, size: f64, anchor: &str, bold: bool, fill: &str) {
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    let _ =
        write!(body, "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{fill}\"{weight}>");
    for character in words.chars() {
        match character {
            '&' => body.push_str("&amp;"),
            '<' => body.push_str("&lt;"),
            '>' => body.push_str("&gt;"),
            character if character.is_control() || character >= '\u{fffe}' => body.push(' '),
            other => body.push(other),
        }
    }
    body.push_str("</text>");
}

/// Width of a text; a character that the font lacks counts as a full square.
fn width(words: &str, size: f64, bold: bool) -> f64 {
    let Ok(font) = FontRef::new(if bold { BOLD } else { REGULAR }) else { return words.chars().count() as f64 * size };
    let (characters, glyphs) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
    let advance = |c: char| characters.map(c).and_then(|glyph| glyphs.advance_width(glyph)).map_or(1.0, f64::from);
    words.chars().map(advance).sum::<f64>() * size
}

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    Arc::new(fonts)
});

fn draw(svg: &str, width: f64, height: f64, resolution: f64) -> Result<Vec<u8>> {
    let fault = |why: &dyn std::fmt::Display| Error::numeric(format!("the montage cannot be drawn: {why}"));
    let options = usvg::Options { fontdb: FONTS.clone(), ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|why| fault(&why))?;
    let (wide, high) = ((width * resolution).round(), (height * resolution).round());
    if wide * high > 2e8 {
        return Err(fault(&"it is too large"));
    }
    let mut picture = tiny_skia::Pixmap::new(wide as u32, high as u32).ok_or_else(|| fault(&"it has no size"))?;
    let scale = tiny_skia::Transform::from_scale(wide as f32 / tree.size().width(), high as f32 / tree.size().height());
    resvg::render(&tree, scale, &mut picture.as_mut());
    // The page is opaque: alpha is everywhere 255.
    let pixels = picture.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    encode_png(&Picture { width: wide as usize, height: high as usize, pixels })
}
