//! The habitats of one case: found in its own voxels, or told by an atlas.

use rand::Rng;

use crate::error::{Error, Result};
use crate::image::{Grid, Labels, Mask, Volume};

use super::codebook::Codebook;
use super::features::{FeatureOptions, Makeup, feature_names, features};
use super::recipe::Recipe;
use super::region::{Lesion, on_grid};

/// A lesion's habitats, voxel by voxel.
#[derive(Debug, Clone, PartialEq)]
pub struct HabitatMap {
    /// Where the voxels lie.
    pub grid: Grid,
    /// Per voxel 0 outside, habitats from 1.
    pub labels: Vec<u16>,
    /// What told them apart.
    pub codebook: Codebook,
    /// Voxels of the region that have no habitat, since a map has no value there.
    pub left_out: usize,
}

/// What was found in a case.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseHabitats {
    /// Its habitats.
    Found(Box<HabitatMap>),
    /// None, and why: the region is too small or too even for the number asked for, or no model could be fitted.
    Undefined(String),
}

impl CaseHabitats {
    /// Finds habitats in the voxels of one region alone.
    ///
    /// # Errors
    /// [`Error::Usage`] as [`Recipe::check`]; [`Error::Study`] for maps on another grid than the region.
    pub fn find(mask: &Mask, maps: &[(&str, &Volume)], recipe: &Recipe, rng: &mut impl Rng) -> Result<CaseHabitats> {
        let names = names(maps);
        recipe.check(&names)?;
        on_grid(&mask.grid, maps)?;
        let lesion = match Lesion::new(mask, maps) {
            Ok(lesion) => lesion,
            Err(why) => return Ok(CaseHabitats::Undefined(why.to_string())),
        };
        match Codebook::learn(&lesion.vectors()?, &names, recipe, rng) {
            Ok(codebook) => Ok(CaseHabitats::Found(Box::new(HabitatMap::of(mask, &lesion, &names, codebook)?))),
            Err(why @ (Error::Study(_) | Error::Numeric(_))) => Ok(CaseHabitats::Undefined(why.to_string())),
            Err(other) => Err(other),
        }
    }

    /// All features by name for up to `habitats` habitats, whatever was found: the number of habitats (`habitats`), then those of
    /// [`features`]; where nothing was found, all are `None`.
    ///
    /// # Errors
    /// [`Error::Study`] where more habitats were found than `habitats`, or the maps are not those in which they were found.
    pub fn features(
        &self,
        maps: &[(&str, &Volume)],
        habitats: usize,
        options: &FeatureOptions,
    ) -> Result<Vec<(String, Option<f64>)>> {
        let mut all = vec![("habitats".to_owned(), None)];
        match self {
            CaseHabitats::Undefined(_) => {
                all.extend(feature_names(&names(maps), habitats, options).into_iter().map(|name| (name, None)));
            }
            CaseHabitats::Found(found) => {
                all[0].1 = Some(found.codebook.habitats() as f64);
                all.extend(features(&found.makeup(maps, habitats)?, options));
            }
        }
        Ok(all)
    }
}

impl HabitatMap {
    /// The habitats that an atlas tells of a region.
    ///
    /// # Errors
    /// [`Error::Study`] for maps on another grid than the region, other maps than the atlas was learned on, or no voxel with all
    /// values.
    pub fn by_atlas(mask: &Mask, maps: &[(&str, &Volume)], atlas: &Codebook) -> Result<HabitatMap> {
        HabitatMap::of(mask, &Lesion::new(mask, maps)?, &names(maps), atlas.clone())
    }

    fn of(mask: &Mask, lesion: &Lesion, names: &[String], codebook: Codebook) -> Result<HabitatMap> {
        let mut labels = vec![0; mask.grid.voxels()];
        for (voxel, habitat) in lesion.voxels.iter().zip(codebook.assign(&lesion.vectors()?, names)?) {
            labels[*voxel] = habitat + 1;
        }
        Ok(HabitatMap { grid: mask.grid.clone(), labels, codebook, left_out: lesion.left_out })
    }

    /// The label image: 0 outside, habitats from 1.
    pub fn to_labels(&self) -> Labels {
        let values: Vec<i32> = self.labels.iter().map(|label| i32::from(*label)).collect();
        Labels::from_values(self.grid.clone(), &values)
    }

    /// The region of one habitat, counted from 1, for radiomics of it; `None` where no voxel belongs to it.
    pub fn region(&self, habitat: u16) -> Option<Mask> {
        let inside: Vec<bool> = self.labels.iter().map(|label| *label == habitat && habitat > 0).collect();
        inside.contains(&true).then(|| Mask::new(self.grid.clone(), inside))
    }

    /// What the lesion is made of, for features of `habitats` habitats.
    ///
    /// # Errors
    /// [`Error::Study`] where there are more habitats, or the maps lie on another grid.
    pub fn makeup(&self, maps: &[(&str, &Volume)], habitats: usize) -> Result<Makeup> {
        if names(maps) != self.codebook.maps {
            return Err(Error::study("the habitats were found in other maps"));
        }
        Makeup::of_voxels(&self.grid, &self.labels, maps, habitats)
    }
}

fn names(maps: &[(&str, &Volume)]) -> Vec<String> {
    maps.iter().map(|(name, _)| (*name).to_owned()).collect()
}
