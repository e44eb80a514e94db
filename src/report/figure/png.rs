//! A figure as a picture of pixels: 300 dpi for print, with the resolution written into the file.

use super::Figure;
use super::style::POINTS_PER_MM;
use super::text::{BOLD, REGULAR, covers};
use crate::error::{Error, Result};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, LazyLock};

/// Families that are asked first for characters that Liberation Sans lacks: sans-serif fonts with Chinese glyphs.
const FALLBACK_FAMILIES: [&str; 9] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
];

static EMBEDDED: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| Arc::new(embedded()));

/// The embedded fonts first, then those of the machine; read only when a figure needs them.
static WITH_SYSTEM: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = embedded();
    fonts.load_system_fonts();
    Arc::new(fonts)
});

fn embedded() -> usvg::fontdb::Database {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family("Liberation Sans");
    fonts.set_serif_family("Liberation Sans");
    fonts
}

/// Draws `figure` at `dpi` dots per inch as an RGB PNG on white.
///
/// Text uses the embedded Liberation Sans, so the picture is the same on every machine; only characters that it lacks (Chinese)
/// are looked for among the machine's fonts.
///
/// # Errors
/// [`Error::Usage`] if `dpi` is not between 1 and 2400; [`Error::Numeric`] if the picture cannot be made (too large, not a valid SVG).
pub fn to_png(figure: &Figure, dpi: f64) -> Result<Vec<u8>> {
    if !(1.0..=2400.0).contains(&dpi) {
        return Err(Error::usage(format!("a resolution of {dpi} dpi; expected 1 to 2400, for print 300")));
    }
    let fault = |cause: &dyn std::fmt::Display| Error::numeric(format!("figure `{}` cannot be drawn: {cause}", figure.id));
    let needs_system = figure.svg.chars().any(|character| !character.is_control() && !covers(character));
    let options = usvg::Options {
        fontdb: if needs_system { WITH_SYSTEM.clone() } else { EMBEDDED.clone() },
        font_resolver: usvg::FontResolver {
            select_font: usvg::FontResolver::default_font_selector(),
            select_fallback: fallback(),
        },
        ..Default::default()
    };
    let tree = usvg::Tree::from_str(&figure.svg, &options).map_err(|cause| fault(&cause))?;
    let pixels = |mm: f64| (mm * POINTS_PER_MM / 72.0 * dpi).round().max(1.0);
    let (width, height) = (pixels(figure.width_mm), pixels(figure.height_mm));
    let mut picture =
        tiny_skia::Pixmap::new(width as u32, height as u32).ok_or_else(|| fault(&format!("{width} × {height} pixels")))?;
    picture.fill(tiny_skia::Color::WHITE);
    let scale = tiny_skia::Transform::from_scale(width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(&tree, scale, &mut picture.as_mut());

    let opaque: Vec<u8> = picture.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (dpi / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().map_err(|cause| fault(&cause))?;
    writer.write_image_data(&opaque).map_err(|cause| fault(&cause))?;
    writer.finish().map_err(|cause| fault(&cause))?;
    Ok(file)
}

/// For a character that the font lacks: a sans-serif font with Chinese glyphs if there is one, else any font that has it.
fn fallback() -> usvg::FallbackSelectionFn<'static> {
    let any = usvg::FontResolver::default_fallback_selector();
    Box::new(move |character, used, fonts| {
        let weight = used.first().and_then(|id| fonts.face(*id)).map_or(usvg::fontdb::Weight::NORMAL, |face| face.weight);
        let preferred = FALLBACK_FAMILIES.iter().find_map(|family| {
            let query = usvg::fontdb::Query { families: &[usvg::fontdb::Family::Name(family)], weight, ..Default::default() };
            let id = fonts.query(&query)?;
            (!used.contains(&id) && has_glyph(fonts, id, character)).then_some(id)
        });
        preferred.or_else(|| any(character, used, fonts))
    })
}

fn has_glyph(fonts: &usvg::fontdb::Database, id: usvg::fontdb::ID, character: char) -> bool {
    use skrifa::MetadataProvider;
    let found = fonts.with_face_data(id, |data, index| {
        skrifa::FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(character).is_some())
    });
    found.unwrap_or(false)
}
