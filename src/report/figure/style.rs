//! One look for all figures: sizes for print, colours that colour-blind readers tell apart, and line patterns that survive a
//! black-and-white printer. A figure never names a colour; it asks for the ink of an arm, a class or a modality.

/// Print points per millimetre.
pub const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// White margin around every drawing, in points.
pub const MARGIN: f64 = 3.0;

/// The fonts of every text. Liberation Sans has the widths of Arial and Helvetica, so the layout holds with any of them.
pub const FONT_FAMILY: &str = "Liberation Sans, Arial, Helvetica, sans-serif";

/// Black of text and axes (slightly softened).
pub const BLACK: &str = "#1a1a1a";
/// Grey of secondary text and of reference lines.
pub const GREY: &str = "#5f5f5f";
/// Grey of things in the background: curves that are not named, spread over repeats.
pub const PALE: &str = "#b4b4b4";
/// Grey of what is not there.
pub const FAINT: &str = "#d3d5d8";
/// Grey of grid lines.
pub const GRID: &str = "#e6e6e6";
/// Fill of every second row, of header boxes.
pub const SHADE: &str = "#f4f5f7";
/// White.
pub const WHITE: &str = "#ffffff";

/// Okabe and Ito's palette without yellow, which is too pale for a thin line on white paper.
const PALETTE: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/// Line patterns; their number shares no divisor with the number of colours, so 42 arms differ in one or the other.
const DASHES: [&str; 6] = ["", "4.5 1.6", "1.3 1.3", "6 1.4 1.3 1.4", "8 2.4", "3 1.2 1 1.2 1 1.2"];

/// Colour and line pattern of one thing, the same in every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Colour.
    pub colour: &'static str,
    /// SVG dash pattern; empty for a solid line.
    pub dash: &'static str,
}

/// Sizes, in print points where nothing else is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Width of a figure over one column, in millimetres.
    pub column_mm: f64,
    /// Width of a figure over two columns, in millimetres.
    pub page_mm: f64,
    /// Tick labels, legends, notes.
    pub small: f64,
    /// Axis titles, row labels.
    pub text: f64,
    /// Panel titles.
    pub heading: f64,
    /// Axes and ticks.
    pub hairline: f64,
    /// Grid lines.
    pub grid: f64,
    /// Curves.
    pub curve: f64,
    /// Curves of the primary arms.
    pub strong: f64,
    /// Opacity of interval bands.
    pub band: f64,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            column_mm: 85.0,
            page_mm: 174.0,
            small: 7.0,
            text: 8.0,
            heading: 8.5,
            hairline: 0.5,
            grid: 0.4,
            curve: 0.9,
            strong: 1.3,
            band: 0.16,
        }
    }
}

impl Style {
    /// Width that a drawing over one column has within its margins, in points.
    pub fn column(&self) -> f64 {
        self.column_mm * POINTS_PER_MM - 2.0 * MARGIN
    }

    /// Width that a drawing over two columns has within its margins, in points.
    pub fn page(&self) -> f64 {
        self.page_mm * POINTS_PER_MM - 2.0 * MARGIN
    }

    /// Columns and width of a figure with this many panels of equal size.
    pub fn small_multiples(&self, panels: usize) -> (usize, f64) {
        match panels {
            0 | 1 => (1, self.column()),
            2 | 4 => (2, self.page() * 0.72),
            3 | 5 | 6 | 9 => (3, self.page()),
            _ => (4, self.page()),
        }
    }

    /// Distance between baselines of text of this size.
    pub fn leading(&self, size: f64) -> f64 {
        size * 1.22
    }

    /// The ink of the arm with this index in the results.
    pub fn arm(&self, index: usize) -> Ink {
        Ink { colour: PALETTE[index % PALETTE.len()], dash: DASHES[index % DASHES.len()] }
    }

    /// The ink of the modality with this index in the cohort; the order differs from that of the arms on purpose.
    pub fn modality(&self, index: usize) -> Ink {
        const ORDER: [usize; 7] = [2, 4, 0, 3, 5, 1, 6];
        Ink { colour: PALETTE[ORDER[index % ORDER.len()]], dash: DASHES[index % DASHES.len()] }
    }

    /// The ink of an outcome class among `count`: the last (the event of two classes) is vermillion, the first blue.
    pub fn class(&self, index: usize, count: usize) -> Ink {
        let colour = match index {
            last if last + 1 == count => PALETTE[1],
            0 => PALETTE[0],
            1 => PALETTE[2],
            other => PALETTE[3 + (other - 2) % 4],
        };
        Ink { colour, dash: DASHES[(count - 1 - index.min(count - 1)) % DASHES.len()] }
    }
}

/// The colour of a heat map cell at `share` of the full tone (0 to 1), and the colour of text on it.
pub fn heat(share: f64) -> (String, &'static str) {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let channel = |full: f64| (255.0 + (full - 255.0) * share).round() as u8;
    let colour = format!("#{:02x}{:02x}{:02x}", channel(0.0), channel(90.0), channel(150.0));
    (colour, if share > 0.74 { WHITE } else { BLACK })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn twelve_arms_differ_in_colour_or_pattern() {
        let style = Style::default();
        let inks: HashSet<_> = (0..12).map(|i| (style.arm(i).colour, style.arm(i).dash)).collect();
        assert_eq!(inks.len(), 12);
    }

    #[test]
    fn event_is_the_last_class() {
        let style = Style::default();
        assert_eq!(style.class(1, 2).colour, style.class(2, 3).colour);
        assert_ne!(style.class(0, 3).colour, style.class(1, 3).colour);
        assert_eq!(style.class(0, 1).dash, "");
    }
}
