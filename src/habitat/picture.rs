//! The picture of a case's habitats: slices in colour and what each habitat is like.

use crate::error::Result;
use crate::image::Volume;
use crate::image::write::montage::{Legend, MontageOptions, column, montage};

use super::case::HabitatMap;
use super::features::volume_fractions;

/// A montage of the habitats over an image (any volume on their grid) as PNG, in memory, with a legend of each habitat's share of
/// the lesion and its mean in every map. `title` is printed: pass no patient's identifier.
///
/// # Errors
/// [`Error::Study`](crate::error::Error::Study) where image, maps and habitats do not fit; those of [`montage`].
pub fn picture(
    title: &str,
    image: &Volume,
    habitats: &HabitatMap,
    maps: &[(&str, &Volume)],
    options: &MontageOptions,
) -> Result<Vec<u8>> {
    super::region::on_grid(&habitats.grid, &[("image", image)])?;
    let makeup = habitats.makeup(maps, habitats.codebook.habitats())?;
    let shares = volume_fractions(&makeup).unwrap_or_default();
    let volumes: Vec<f64> = makeup.voxels.iter().map(|n| *n as f64 * makeup.voxel_volume / 1000.0).collect();
    let mean = |map: usize, at: usize| makeup.moments[at][map].map_or(f64::NAN, |moments| moments.mean);
    let means = (0..makeup.maps.len()).map(|map| column(&(0..shares.len()).map(|at| mean(map, at)).collect::<Vec<f64>>()));
    let columns: Vec<Vec<String>> = std::iter::once(column(&volumes)).chain(means).collect();
    let row = |(at, share): (usize, &f64)| {
        let cells = std::iter::once(format!("{:.1} %", 100.0 * share)).chain(columns.iter().map(|column| column[at].clone()));
        (format!("Habitat {}", at + 1), cells.collect())
    };
    let heads = ["", "Share", "cm³"].into_iter().map(String::from);
    let book = &habitats.codebook;
    let left_out = match habitats.left_out {
        0 => String::new(),
        n => format!("; {n} voxels without all maps are left out"),
    };
    let legend = Legend {
        title: title.to_owned(),
        heads: heads.chain(makeup.maps.iter().map(|map| format!("Mean {map}"))).collect(),
        rows: shares.iter().enumerate().map(row).collect(),
        note: format!("Habitats by {}, numbered by rising mean of {}{left_out}.", book.learned_by, book.ordered_by),
    };
    montage(image, &habitats.labels, &legend, options)
}
