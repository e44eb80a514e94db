//! Everything on the page as files.

use super::Material;
use super::block::Block;

/// The list of files.
pub fn blocks(_: &Material) -> Vec<Block> {
    vec![
        Block::prose(
            "Tables lie beside this page in the folder tables, as Word, Excel, CSV, LaTeX and Markdown; figures in the \
             folder figures, as SVG and as PNG with 300 dpi. The buttons beside tables and figures work without these \
             folders.",
        ),
        Block::Files,
    ]
}
