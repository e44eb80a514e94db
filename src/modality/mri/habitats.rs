//! Habitats of an examination: found, measured, and kept as bags.

use super::names::Source;
use super::options::{HabitatSource, Habitats, Protocols};
use crate::error::{Error, Result};
use crate::habitat::recipe::LEAST_VECTORS;
use crate::habitat::slic::slic;
use crate::habitat::{BAG, CaseHabitats, Codebook, HabitatMap, Recipe, bag_size, collect, encode_bag, feature_names, features};
use crate::image::{Mask, Volume};
use crate::modality::DeclaredColumn;
use crate::modality::measured::Measured;
use crate::radiomics::Settings;
use crate::table::{ImageOrigin, Origin};

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// How habitats are found in every case.
enum How {
    PerCase(Recipe),
    Atlas(Box<Codebook>),
    Bag(crate::habitat::slic::SlicOptions, usize),
}

/// The habitats of a study.
pub(super) struct Parts {
    options: Habitats,
    how: How,
    /// Most habitats a case can have.
    most: usize,
    /// Names that the features of up to `most` habitats have.
    names: Vec<String>,
    /// The images of `options.maps` among the measured ones, then those of `options.radiomics`.
    maps: Vec<usize>,
    radiomics: Vec<usize>,
    measured: Option<Measured>,
}

impl Parts {
    /// Names are resolved among the measured images; those that are not there yet are added to `images`.
    ///
    /// # Errors
    /// [`Error::Usage`] for names and options that cannot be.
    pub(super) fn new(
        options: &Habitats,
        atlas: Option<Codebook>,
        protocols: &Protocols,
        settings: &Settings,
        images: &mut Vec<(String, Source)>,
    ) -> Result<Parts> {
        let mut place = |name: &String| -> Result<usize> {
            if let Some(at) = images.iter().position(|(known, _)| known == name) {
                return Ok(at);
            }
            images.push((name.clone(), protocols.source(name)?));
            Ok(images.len() - 1)
        };
        let maps = options.maps.iter().map(&mut place).collect::<Result<Vec<_>>>()?;
        let radiomics = options.radiomics.iter().map(&mut place).collect::<Result<Vec<_>>>()?;
        let Some(first) = options.maps.first() else { return Err(Error::usage("habitats need at least one map in `maps`")) };
        let ordered_by = options.ordered_by.clone().unwrap_or_else(|| first.clone());
        let (how, most) = match (&options.by, atlas) {
            (HabitatSource::PerCase(own), _) => {
                let recipe = Recipe { clustering: own.clustering, number: own.number.clone(), ordered_by, least: LEAST_VECTORS };
                recipe.check(&options.maps)?;
                let most = *recipe.number.range().end();
                (How::PerCase(recipe), most)
            }
            (HabitatSource::Atlas(path), None) => {
                return Err(Error::usage(format!("the atlas {} was not read", path.display())));
            }
            (HabitatSource::Atlas(_), Some(atlas)) => {
                if atlas.maps != options.maps {
                    return Err(Error::usage(format!(
                        "the atlas was learned on {}, not on {}",
                        atlas.maps.join(", "),
                        options.maps.join(", ")
                    )));
                }
                let most = atlas.habitats();
                (How::Atlas(Box::new(atlas)), most)
            }
            (HabitatSource::Supervoxels(bag), _) => {
                bag.slic.check()?;
                bag_size(options.maps.len(), bag.room)?;
                if !options.radiomics.is_empty() {
                    return Err(Error::usage(
                        "radiomics of habitats need labels that are fixed before the fold: use `per-case` or `atlas`",
                    ));
                }
                (How::Bag(bag.slic, bag.room), 0)
            }
        };
        let names = match most {
            0 => Vec::new(),
            most => {
                std::iter::once("habitats".to_string()).chain(feature_names(&options.maps, most, &options.features)).collect()
            }
        };
        let measured = (!options.radiomics.is_empty())
            .then(|| {
                let regions: Vec<String> = (1..=most).map(|habitat| format!("h{habitat}")).collect();
                Measured::of_masks(settings.clone(), &regions, &options.radiomics, false)
            })
            .transpose()?;
        Ok(Parts { options: options.clone(), how, most, names, maps, radiomics, measured })
    }

    pub(super) fn columns(&self) -> Vec<DeclaredColumn> {
        let declared = |name: &String| DeclaredColumn { name: format!("habitat.{name}"), origin: self.origin() };
        let radiomics = self.measured.iter().flat_map(|measured| measured.columns().iter().cloned());
        self.names.iter().map(declared).chain(radiomics).collect()
    }

    /// Most habitats that a case can have; 0 where they are learned in the fold.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// The column of bags, where habitats are learned in the fold.
    pub(super) fn bag(&self) -> Option<(DeclaredColumn, Vec<usize>)> {
        let How::Bag(_, room) = &self.how else { return None };
        let size = bag_size(self.maps.len(), *room).ok()?;
        Some((DeclaredColumn { name: BAG.to_string(), origin: self.origin() }, vec![size]))
    }

    fn origin(&self) -> Origin {
        Origin {
            extracted: Some(ImageOrigin {
                image: self.options.maps.join(", "),
                region: "lesion".into(),
                filter: "original".into(),
                class: "habitat".into(),
                settings: String::new(),
            }),
            ..Origin::default()
        }
    }

    /// The maps by name; `None` where the examination lacks one.
    fn maps<'a>(&'a self, images: &'a [Option<Volume>]) -> Option<Vec<(&'a str, &'a Volume)>> {
        let named = self.options.maps.iter().map(String::as_str);
        named.zip(&self.maps).map(|(name, at)| Some((name, images[*at].as_ref()?))).collect()
    }

    /// The habitats of an examination whose labels are fixed before the fold; why there are none is a note.
    pub(super) fn find(&self, images: &[Option<Volume>], lesion: &Mask, notes: &mut Vec<String>) -> Result<Option<HabitatMap>> {
        let Some(maps) = self.maps(images) else { return Ok(None) };
        let found = match &self.how {
            How::PerCase(recipe) => CaseHabitats::find(lesion, &maps, recipe, &mut Xoshiro256PlusPlus::seed_from_u64(0))?,
            How::Atlas(atlas) => match HabitatMap::by_atlas(lesion, &maps, atlas) {
                Ok(map) => CaseHabitats::Found(Box::new(map)),
                Err(why) => CaseHabitats::Undefined(why.to_string()),
            },
            How::Bag(..) => return Ok(None),
        };
        match found {
            CaseHabitats::Found(map) => Ok(Some(*map)),
            CaseHabitats::Undefined(why) => {
                notes.push(format!("no habitats: {why}"));
                Ok(None)
            }
        }
    }

    /// The same labels told in another examination by the codebook of the first.
    pub(super) fn again(&self, images: &[Option<Volume>], lesion: &Mask, first: &HabitatMap) -> Option<HabitatMap> {
        HabitatMap::by_atlas(lesion, &self.maps(images)?, &first.codebook).ok()
    }

    /// The values of [`Parts::columns`].
    pub(super) fn values(&self, images: &[Option<Volume>], found: Option<&HabitatMap>) -> Result<Vec<Option<f64>>> {
        let mut values = match (found, self.maps(images)) {
            (Some(map), Some(maps)) => {
                let makeup = map.makeup(&maps, self.most)?;
                let counted = Some(map.codebook.habitats() as f64);
                std::iter::once(counted)
                    .chain(features(&makeup, &self.options.features).into_iter().map(|(_, value)| value))
                    .collect()
            }
            _ => vec![None; self.names.len()],
        };
        if let Some(measured) = &self.measured {
            for at in &self.radiomics {
                for habitat in 1..=self.most {
                    let region = found.and_then(|map| map.region(habitat as u16));
                    let made = match (region, &images[*at]) {
                        (Some(region), Some(image)) => {
                            super::measurable(image, &region).and_then(|(image, region)| measured.of_mask(&image, &region).ok())
                        }
                        _ => None,
                    };
                    values.extend(made.unwrap_or_else(|| vec![None; measured.per_region()]));
                }
            }
        }
        Ok(values)
    }

    /// The bag of an examination; why there is none is a note.
    pub(super) fn bag_of(&self, images: &[Option<Volume>], lesion: &Mask, notes: &mut Vec<String>) -> Option<Vec<f32>> {
        let (How::Bag(options, room), Some(maps)) = (&self.how, self.maps(images)) else { return None };
        // Voxels without all maps belong to no supervoxel.
        let whole = |at: usize| maps.iter().all(|(_, map)| map.values[at].is_finite());
        let inside = (0..lesion.inside.len()).map(|at| lesion.inside[at] && whole(at)).collect();
        let lesion = Mask::new(lesion.grid.clone(), inside);
        let made = slic(&lesion, &maps, options)
            .and_then(|labels| collect(&lesion.grid, &labels, &maps))
            .and_then(|collected| encode_bag(&collected.supervoxels, *room));
        made.map_err(|why| notes.push(format!("no supervoxels: {why}"))).ok()
    }

    /// How habitats are found, for the methods.
    pub(super) fn rule(&self) -> String {
        let maps = self.options.maps.join(", ");
        match &self.how {
            How::PerCase(recipe) => format!("Habitats of {maps} within each lesion by {}.", recipe.words()),
            How::Atlas(atlas) => format!("Habitats of {maps} by a frozen atlas of {} habitats.", atlas.habitats()),
            How::Bag(..) => {
                format!(
                    "Supervoxels (SLIC within the lesion) of {maps}; habitats are learned from those of the training cases in each fold."
                )
            }
        }
    }

    /// For the picture: image, habitats and maps.
    pub(super) fn named<'a>(&'a self, images: &'a [Option<Volume>]) -> Option<Vec<(&'a str, &'a Volume)>> {
        self.maps(images)
    }
}
