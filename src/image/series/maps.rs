//! Named maps of one examination, and their pairs before and after contrast agent (T1, T2 and proton density of synthetic MRI).

use crate::error::{Error, Result};
use crate::image::grid::Grid;
use crate::image::volume::Volume;

/// Volumes on one grid, each with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedMaps {
    grid: Grid,
    maps: Vec<(String, Volume)>,
}

/// The same quantity before and after contrast agent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPair<'a> {
    /// The name of the map before contrast agent: `T1`, `T2`, `PD`.
    pub name: &'a str,
    /// Before contrast agent.
    pub before: &'a Volume,
    /// After contrast agent.
    pub after: &'a Volume,
}

impl NamedMaps {
    /// Maps with their names, taken one by one.
    ///
    /// # Errors
    /// [`Error::Study`] when there is none, a name comes twice, or grids differ (both are shown).
    pub fn new(maps: impl IntoIterator<Item = (String, Volume)>) -> Result<Self> {
        let mut kept: Vec<(String, Volume)> = Vec::new();
        for (name, volume) in maps {
            if kept.iter().any(|(other, _)| *other == name) {
                return Err(Error::study(format!("the map `{name}` is named twice")));
            }
            if let Some((first, other)) = kept.first().filter(|(_, other)| !other.grid.agrees_with(&volume.grid)) {
                let words = "lie on different grids; resample one onto the other";
                return Err(Error::study(format!("maps `{first}` ({}) and `{name}` ({}) {words}", other.grid, volume.grid)));
            }
            kept.push((name, volume));
        }
        let Some((_, first)) = kept.first() else { return Err(Error::study("a set of maps needs at least one")) };
        Ok(NamedMaps { grid: first.grid.clone(), maps: kept })
    }

    /// Where the voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The names, in the order given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.maps.iter().map(|(name, _)| name.as_str())
    }

    /// A map by its name.
    pub fn get(&self, name: &str) -> Option<&Volume> {
        self.maps.iter().find(|(other, _)| other == name).map(|(_, volume)| volume)
    }

    /// A map and the one after contrast agent.
    ///
    /// # Errors
    /// [`Error::Study`] with the names that exist.
    pub fn pair<'a>(&'a self, before: &'a str, after: &str) -> Result<MapPair<'a>> {
        let find = |name: &str| {
            self.get(name).ok_or_else(|| {
                let names: Vec<&str> = self.names().collect();
                Error::study(format!("no map `{name}`: there are {}", names.join(", ")))
            })
        };
        Ok(MapPair { name: before, before: find(before)?, after: find(after)? })
    }

    /// All pairs by the field's convention: `T1e` is `T1` enhanced, after contrast agent.
    pub fn enhanced_pairs<'a>(&'a self) -> Vec<MapPair<'a>> {
        let after = |name: &str| self.get(&format!("{name}e"));
        let pair = |(name, before): &'a (String, Volume)| after(name).map(|after| MapPair { name, before, after });
        self.maps.iter().filter_map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: &str, value: f64, size: usize) -> (String, Volume) {
        (name.into(), Volume::new(Grid::plain([size, 1, 1], [1.0; 3]), vec![value; size]))
    }

    #[test]
    fn maps_are_paired_by_name() {
        let maps = NamedMaps::new([map("T1", 1000.0, 2), map("PD", 60.0, 2), map("T1e", 400.0, 2), map("ADC", 1.0, 2)]).unwrap();
        let pairs = maps.enhanced_pairs();
        assert_eq!((pairs.len(), pairs[0].name, pairs[0].before.values[0], pairs[0].after.values[0]), (1, "T1", 1000.0, 400.0));
        assert_eq!(maps.pair("PD", "ADC").unwrap().after.values[0], 1.0);
        assert!(maps.pair("PD", "PDe").unwrap_err().to_string().contains("T1, PD, T1e, ADC"));
        assert_eq!((maps.grid().size, maps.names().count()), ([2, 1, 1], 4));
    }

    #[test]
    fn sets_that_do_not_belong_together_are_refused() {
        let says = |maps: Vec<(String, Volume)>| NamedMaps::new(maps).unwrap_err().to_string();
        assert!(says(vec![map("T1", 1.0, 2), map("T1", 1.0, 2)]).contains("twice"));
        let message = says(vec![map("T1", 1.0, 2), map("T2", 1.0, 3)]);
        assert!(message.contains("2×1×1") && message.contains("3×1×1"), "{message}");
        assert!(says(vec![]).contains("at least one"));
    }
}
