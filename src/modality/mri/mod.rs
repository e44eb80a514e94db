//! MRI: sequences, parametric maps and habitats of an outlined lesion, at one examination or over several.
//!
//! | question | file |
//! |---|---|
//! | what may a study say? | `options` |
//! | which image does a name mean? which file? | `names`, `files` |
//! | one examination in memory: read, aligned, mapped | `exam` |
//! | what does a map say of a region? | `statistics` |
//! | habitats: found, measured, kept as bags | `habitats` |

mod exam;
mod files;
mod habitats;
mod names;
pub mod options;
mod statistics;

pub use options::{Align, Change, HabitatSource, Habitats, MapGroup, PerCase, Protocols, Sequence, SupervoxelBag, Visits};

use super::load::picture_of;
use super::measured::Measured;
use super::preprocess::Preprocess;
use super::radiomics::Grids;
use super::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality, LesionPicture, Several, View};
use crate::alignment::{Fixed, RegistrationOptions};
use crate::error::{Error, Result};
use crate::habitat::features::transitions;
use crate::habitat::{Codebook, HabitatMap, picture};
use crate::image::resample::{Beyond, Interpolation, volume_through};
use crate::image::write::montage::MontageOptions;
use crate::image::write::nifti::{write_labels, write_volume};
use crate::image::write::whole_file;
use crate::image::{AffineTransform, Mask, Volume};
use crate::parametric::info::{MapInfo, MapKind};
use crate::radiomics::Settings;
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
use crate::table::{ImageOrigin, Origin};
use exam::{Exam, Plan};
use habitats::Parts;
use names::Source;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use statistics::{STATISTICS, statistics};
use std::path::{Path, PathBuf};

/// What a study may say about its MRI.
#[derive(Debug, Clone, PartialEq)]
pub struct MriOptions {
    /// Sequences, maps, and what is measured.
    pub protocols: Protocols,
    /// Habitats.
    pub habitats: Option<Habitats>,
    /// The frozen atlas that `habitats` names, read.
    pub atlas: Option<Codebook>,
    /// How radiomics are computed.
    pub settings: Settings,
    /// The regions.
    pub regions: Vec<RegionSpec>,
    /// How several rows of a case become one, where they are no visits.
    pub several: Several,
    /// Images and masks on different grids.
    pub grids: Grids,
    /// Whether rings are clipped to the body by Otsu's threshold in the reference image.
    pub otsu_body: bool,
    /// What is done to each image before its radiomics; maps are computed from images as they are.
    pub preprocess: Vec<Preprocess>,
    /// Perturbed outlines on which each feature is measured again.
    pub perturbed: Vec<Perturbation>,
    /// Follow-up examinations.
    pub visits: Option<Visits>,
}

/// The adapter.
pub struct Mri {
    options: MriOptions,
    measured: Measured,
    /// The images that are measured: first those of radiomics.
    images: Vec<Source>,
    radiomics: usize,
    parts: Option<Parts>,
    columns: Vec<DeclaredColumn>,
    /// How many of them are of one examination.
    of_exam: usize,
}

/// What an examination gave.
struct Taken {
    day: f64,
    volume: f64,
    values: Vec<Option<f64>>,
    habitats: Option<HabitatMap>,
    exam: Exam,
}

impl Mri {
    /// An adapter with these options.
    ///
    /// # Errors
    /// [`Error::Usage`] for names that mean nothing and options that contradict each other.
    pub fn new(options: &MriOptions) -> Result<Self> {
        let protocols = &options.protocols;
        if options.regions.is_empty() {
            return Err(Error::usage("an MRI modality needs at least one region"));
        }
        protocols.reference_sequence()?;
        for (name, group) in &protocols.maps {
            if group.from.is_empty() {
                return Err(Error::usage(format!("maps `{name}` need a sequence in `from`")));
            }
            group.from.iter().try_for_each(|sequence| protocols.sequence(sequence).map(|_| ()))?;
            let needs = group.kind.needs();
            if let Some(file) =
                needs.volumes.iter().chain(&needs.masks).chain(&needs.curves).find(|file| !protocols.files.contains_key(*file))
            {
                return Err(Error::usage(format!("maps `{name}` need the file `{file}`: name its column in `files`")));
            }
        }
        for (name, sequence) in &protocols.sequences {
            if sequence.columns.is_empty() {
                return Err(Error::usage(format!("the sequence `{name}` names no column of files")));
            }
            sequence.expected.iter().try_for_each(|expected| expected.validate())?;
        }
        let mut images = protocols
            .radiomics
            .iter()
            .map(|name| Ok((name.clone(), protocols.source(name)?)))
            .collect::<Result<Vec<(String, Source)>>>()?;
        let radiomics = images.len();
        let settings = &options.settings;
        let measured = Measured::new(settings.clone(), &options.regions, &options.perturbed, &protocols.radiomics, false)?;
        let parts = options
            .habitats
            .as_ref()
            .map(|habitats| Parts::new(habitats, options.atlas.clone(), protocols, settings, &mut images))
            .transpose()?;
        let images = images.into_iter().map(|(_, source)| source).collect();
        let mut mri = Mri { options: options.clone(), measured, images, radiomics, parts, columns: Vec::new(), of_exam: 0 };
        mri.columns = mri.declared();
        mri.of_exam = mri.columns.len();
        if let Some(visits) = &options.visits {
            mri.columns.extend(mri.changes(visits));
        }
        if mri.columns.is_empty() && mri.arrays().is_empty() {
            return Err(Error::usage("an MRI modality measures nothing: name images in `radiomics`, maps, or habitats"));
        }
        Ok(mri)
    }

    /// The groups of maps with the maps of each that a region is summarised by.
    fn quantities(&self) -> impl Iterator<Item = (usize, &String, usize, MapInfo)> {
        self.options.protocols.maps.iter().enumerate().flat_map(|(at, (name, group))| {
            let quantity = |(_, info): &(usize, MapInfo)| info.kind == MapKind::Quantity;
            group.kind.maps().into_iter().enumerate().filter(quantity).map(move |(map, info)| (at, name, map, info))
        })
    }

    /// The columns of one examination.
    fn declared(&self) -> Vec<DeclaredColumn> {
        let mut columns = if self.radiomics > 0 { self.measured.columns().to_vec() } else { Vec::new() };
        for region in self.options.regions.iter().map(RegionSpec::name) {
            for (_, group, _, info) in self.quantities() {
                let image = format!("{group}_{}", info.name);
                let named = STATISTICS
                    .map(|name| (name, if matches!(name, "skewness" | "kurtosis" | "valid_share") { "1" } else { info.unit }));
                columns.extend(named.map(|(name, unit)| statistic(&image, &region, name, unit)));
            }
            for (group, maps) in &self.options.protocols.maps {
                let of_kind = maps.kind.statistics().into_iter();
                columns.extend(of_kind.map(|info| statistic(group, &region, &info.name, info.unit)));
            }
        }
        for region in self.beside() {
            for (_, group, _, info) in self.quantities() {
                columns.push(statistic(&format!("{group}_{}", info.name), &region.name(), "ratio_to_lesion", "1"));
            }
        }
        columns.extend(self.parts.iter().flat_map(Parts::columns));
        columns
    }

    /// The regions that are compared with the lesion itself, where both are measured.
    fn beside(&self) -> impl Iterator<Item = &RegionSpec> {
        let lesion = self.options.regions.contains(&RegionSpec::Lesion);
        self.options.regions.iter().filter(move |region| lesion && **region != RegionSpec::Lesion)
    }

    /// The columns of change, behind those of the first examination.
    fn changes(&self, visits: &Visits) -> Vec<DeclaredColumn> {
        let mut columns = Vec::new();
        for change in &visits.changes {
            columns.extend(self.columns.iter().map(|column| {
                let mut changed = column.clone();
                changed.name = format!("{}_{}", column.name, change.name());
                changed.origin.ibsi_code = None;
                changed
            }));
        }
        let most = self.parts.as_ref().map_or(0, Parts::most);
        for (from, to) in pairs(most) {
            columns.push(statistic("habitat", "lesion", &format!("transition_{from}to{to}"), "1"));
        }
        columns
    }

    fn plan<'a>(&'a self, margin: &'a dyn Fn([f64; 3]) -> Option<usize>) -> Plan<'a> {
        Plan {
            protocols: &self.options.protocols,
            images: &self.images,
            label: self.measured.label(),
            grids: self.options.grids,
            otsu_body: self.options.otsu_body,
            preprocess: &self.options.preprocess,
            margin,
        }
    }

    fn take(&self, view: &View) -> Result<Taken> {
        let mut exam = Exam::read(view, &self.plan(&|spacing| self.measured.margin(spacing)))?;
        let lesion = exam.lesion.clone();
        let mut notes = Vec::new();
        let (values, habitats) = self.values(&exam, &lesion, &mut notes)?;
        exam.notes.extend(notes);
        let volume = lesion.count() as f64 * lesion.grid.voxel_volume();
        Ok(Taken { day: view.day.unwrap_or(0.0), volume, values, habitats, exam })
    }

    /// The values of one examination under an outline.
    fn values(&self, exam: &Exam, lesion: &Mask, notes: &mut Vec<String>) -> Result<(Vec<Option<f64>>, Option<HabitatMap>)> {
        let mut values = Vec::with_capacity(self.of_exam);
        let regions: Vec<Option<Mask>> = self
            .options
            .regions
            .iter()
            .map(|region| {
                let made = region.make(lesion, exam.body.as_ref());
                made.map_err(|why| notes.push(format!("region {} could not be made: {why}", region.name()))).ok()
            })
            .collect();
        for image in &exam.images[..self.radiomics] {
            for region in &regions {
                let made = match (image, region) {
                    (Some(image), Some(region)) => measurable(image, region).and_then(|(image, region)| {
                        self.measured.of_mask(&image, &region).map_err(|why| notes.push(why.to_string())).ok()
                    }),
                    _ => None,
                };
                values.extend(made.unwrap_or_else(|| vec![None; self.measured.per_region()]));
            }
        }
        let mean = |group: usize, map: usize, region: Option<&Mask>| -> Option<f64> {
            statistics(&exam.maps[group].as_ref()?.maps[map].1, region?)[0]
        };
        for region in &regions {
            for (group, _, map, _) in self.quantities() {
                values.extend(match (&exam.maps[group], region) {
                    (Some(maps), Some(region)) => statistics(&maps.maps[map].1, region),
                    _ => vec![None; STATISTICS.len()],
                });
            }
            for (maps, group) in exam.maps.iter().zip(self.options.protocols.maps.values()) {
                values.extend(match (maps, region) {
                    (Some(maps), Some(region)) => group.kind.measure(maps, Some(region)),
                    _ => vec![None; group.kind.statistics().len()],
                });
            }
        }
        let place = |wanted: &RegionSpec| self.options.regions.iter().position(|region| region == wanted);
        let of = |wanted: &RegionSpec| place(wanted).and_then(|at| regions[at].as_ref());
        for region in self.beside() {
            for (group, _, map, _) in self.quantities() {
                let (around, within) = (mean(group, map, of(region)), mean(group, map, of(&RegionSpec::Lesion)));
                values.push(around.zip(within).map(|(around, within)| around / within).filter(|ratio| ratio.is_finite()));
            }
        }
        let mut habitats = None;
        if let Some(parts) = &self.parts {
            habitats = parts.find(&exam.images, lesion, notes)?;
            values.extend(parts.values(&exam.images, habitats.as_ref())?);
        }
        Ok((values, habitats))
    }

    /// A case's row from its examinations.
    fn row(&self, taken: &[Taken], notes: &mut Vec<String>) -> Vec<Option<f64>> {
        let Some(visits) = &self.options.visits else {
            let rows: Vec<_> = taken.iter().map(|taken| (taken.volume, taken.values.clone())).collect();
            return self.options.several.combine(&rows);
        };
        let Some(first) = taken.first() else { return Vec::new() };
        let mut row = first.values.clone();
        let days: Vec<f64> = taken.iter().map(|taken| taken.day).collect();
        for change in &visits.changes {
            row.extend(
                (0..self.of_exam).map(|at| change.of(&days, &taken.iter().map(|taken| taken.values[at]).collect::<Vec<_>>())),
            );
        }
        let most = self.parts.as_ref().map_or(0, Parts::most);
        let shares = self.transition(taken).unwrap_or_else(|why| {
            notes.push(format!("no habitat transitions: {why}"));
            None
        });
        row.extend(pairs(most).map(|(from, to)| shares.as_ref()?.get(from)?.as_ref()?.get(to).copied()));
        row
    }

    /// Which share of each habitat (rows; 0 is outside) became which (columns), from the first to the last examination.
    fn transition(&self, taken: &[Taken]) -> Result<Option<Vec<Option<Vec<f64>>>>> {
        let (Some(parts), [first, .., last]) = (&self.parts, taken) else { return Ok(None) };
        let Some(before) = &first.habitats else { return Ok(None) };
        let Some(after) = parts.again(&last.exam.images, &last.exam.lesion, before) else { return Ok(None) };
        let transform = match self.options.protocols.align.motion() {
            None => AffineTransform::IDENTITY,
            Some(motion) => {
                let options = RegistrationOptions { motion, ..RegistrationOptions::default() };
                let fixed = Fixed::new(&first.exam.reference, None, &options, &mut Xoshiro256PlusPlus::seed_from_u64(0))?;
                fixed.align(&last.exam.reference)?.transform
            }
        };
        let labels = Volume::new(after.grid.clone(), after.labels.iter().map(|label| f64::from(*label)).collect());
        let here = volume_through(&labels, &transform, &before.grid, Interpolation::Nearest, Beyond::Value(0.0))?;
        let labels: Vec<u16> = here.values.iter().map(|label| *label as u16).collect();
        let most = parts.most();
        Ok(Some(transitions((&before.grid, &before.labels), (&before.grid, &labels), most)?.shares()))
    }

    fn taken(&self, case: &CaseFiles) -> Result<Vec<Taken>> {
        let mut taken = case.views.iter().map(|view| self.take(view)).collect::<Result<Vec<_>>>()?;
        if self.options.visits.is_some() {
            taken.sort_by(|a, b| a.day.total_cmp(&b.day));
        }
        Ok(taken)
    }
}

/// Habitats from and to, 0 for outside, of up to `most` habitats.
fn pairs(most: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..=most).flat_map(move |from| (0..=most).map(move |to| (from, to)))
}

/// A column of a statistic of a region.
fn statistic(image: &str, region: &str, name: &str, unit: &str) -> DeclaredColumn {
    DeclaredColumn {
        name: format!("{image}.{region}_{name}"),
        origin: Origin {
            unit: Some(unit.to_string()),
            extracted: Some(ImageOrigin {
                image: image.to_string(),
                region: region.to_string(),
                filter: "original".into(),
                class: "map".into(),
                settings: String::new(),
            }),
            ..Origin::default()
        },
    }
}

/// The voxels of a region where the image has a value, and the image with the region's mean where it has none, for filters that look around;
/// `None` where there is no such voxel.
fn measurable(image: &Volume, region: &Mask) -> Option<(Volume, Mask)> {
    if image.non_finite() == 0 {
        return Some((image.clone(), region.clone()));
    }
    let inside: Vec<bool> = region.inside.iter().zip(&image.values).map(|(inside, value)| *inside && value.is_finite()).collect();
    let known: Vec<f64> = image.values.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let filled = image.values.iter().map(|value| if value.is_finite() { *value } else { mean }).collect();
    (!known.is_empty()).then(|| (Volume::new(image.grid.clone(), filled), Mask::new(region.grid.clone(), inside)))
}

impl ImageModality for Mri {
    fn columns(&self) -> &[DeclaredColumn] {
        &self.columns
    }

    fn arrays(&self) -> Vec<(DeclaredColumn, Vec<usize>)> {
        self.parts.iter().filter_map(Parts::bag).collect()
    }

    fn extract(&self, case: &CaseFiles) -> Result<CaseFeatures> {
        let taken = self.taken(case)?;
        let mut notes: Vec<String> = taken.iter().flat_map(|taken| taken.exam.notes.clone()).collect();
        let values = self.row(&taken, &mut notes);
        let Some(first) = taken.first() else { return Err(Error::study("a case without images")) };
        let mut arrays = Vec::new();
        if let Some(parts) = self.parts.as_ref().filter(|parts| parts.bag().is_some()) {
            arrays.push(parts.bag_of(&first.exam.images, &first.exam.lesion, &mut notes));
        }
        // Perturbed outlines tell how a feature of one examination repeats; its change is not measured again.
        let redrawn = self
            .measured
            .perturbed(&Volume::new(first.exam.lesion.grid.clone(), first.exam.reference_part()), &first.exam.lesion);
        let repeated = redrawn.iter().map(|lesion| {
            let again = lesion.as_ref().and_then(|lesion| self.values(&first.exam, lesion, &mut Vec::new()).ok());
            let mut row = again.map_or_else(|| vec![None; self.of_exam], |(values, _)| values);
            row.resize(self.columns.len(), None);
            row
        });
        let repeated = repeated.collect();
        notes.sort();
        notes.dedup();
        let several = taken.len() > 1;
        let of_visit = |(visit, taken): (usize, &Taken)| -> Vec<(String, f64)> {
            let named = |(measure, value): &(String, f64)| match several {
                true => (format!("visit {}: {measure}", visit + 1), *value),
                false => (measure.clone(), *value),
            };
            taken.exam.quality.iter().map(named).collect()
        };
        let quality = taken.iter().enumerate().flat_map(of_visit).collect();
        Ok(CaseFeatures { values, repeated, arrays, notes, quality })
    }

    fn repeats(&self) -> usize {
        self.measured.repeats()
    }

    fn settings(&self) -> String {
        format!("mri {:?}\n{}", MriOptions { settings: Settings::default(), ..self.options.clone() }, self.measured.settings())
    }

    fn rules(&self) -> Vec<String> {
        let protocols = &self.options.protocols;
        let mut rules = if self.radiomics > 0 { self.measured.rules() } else { Vec::new() };
        let aligned = match protocols.align {
            Align::Headers => "by their headers".to_string(),
            Align::Rigid => "by rigid registration (mutual information)".to_string(),
            Align::Affine => "by affine registration (mutual information)".to_string(),
        };
        if protocols.sequences.len() > 1 {
            rules.push(format!("Sequences are brought onto one grid {aligned}, with linear interpolation."));
        }
        for (name, group) in &protocols.maps {
            let kept: Vec<String> = group
                .kind
                .maps()
                .into_iter()
                .filter(|info| info.kind == MapKind::Quantity)
                .map(|info| info.label.to_string())
                .collect();
            rules.push(format!("Maps `{name}` ({}) from {}: {}.", group.kind.kind(), group.from.join(", "), kept.join(", ")));
        }
        rules.extend(self.parts.iter().map(Parts::rule));
        if let Some(visits) = &self.options.visits {
            let names: Vec<&str> = visits.changes.iter().map(|change| change.name()).collect();
            rules.push(format!("Change from the first to the last examination: {}.", names.join(", ").replace('_', " ")));
        }
        rules
    }

    fn picture(&self, case: &CaseFiles) -> Result<LesionPicture> {
        let view = case.views.first().ok_or_else(|| Error::study("a case without images"))?;
        let taken = self.take(view)?;
        if let (Some(parts), Some(habitats)) = (&self.parts, &taken.habitats)
            && let Some(maps) = parts.named(&taken.exam.images)
        {
            let image = Volume::new(habitats.grid.clone(), taken.exam.reference_part());
            let options = MontageOptions { slices: 4, columns: 2, tile: 110.0, resolution: 2.0, ..MontageOptions::default() };
            let png = picture("", &image, habitats, &maps, &options)?;
            return Ok(LesionPicture { size: png_size(&png)?, png });
        }
        picture_of(&Volume::new(taken.exam.lesion.grid.clone(), taken.exam.reference_part()), &taken.exam.lesion)
    }

    fn write_maps(&self, case: &CaseFiles, folder: &Path, stem: &str) -> Result<Vec<PathBuf>> {
        let mut written = Vec::new();
        for (visit, view) in case.views.iter().enumerate() {
            let stem = if case.views.len() > 1 { format!("{stem}_visit{}", visit + 1) } else { stem.to_string() };
            let taken = self.take(view)?;
            for (maps, name) in taken.exam.maps.iter().zip(self.options.protocols.maps.keys()) {
                for (map, volume) in maps.iter().flat_map(|maps| &maps.maps) {
                    let path = folder.join(format!("{stem}_{name}_{}.nii.gz", map.name));
                    write_volume(&path, volume)?;
                    written.push(path);
                }
            }
            if let (Some(parts), Some(habitats)) = (&self.parts, &taken.habitats) {
                let path = folder.join(format!("{stem}_habitats.nii.gz"));
                write_labels(&path, &habitats.to_labels())?;
                written.push(path);
                if let Some(maps) = parts.named(&taken.exam.images) {
                    let image = Volume::new(habitats.grid.clone(), taken.exam.reference_part());
                    let png = picture(&stem, &image, habitats, &maps, &MontageOptions::default())?;
                    let path = folder.join(format!("{stem}_habitats.png"));
                    whole_file(&path, |file| std::io::Write::write_all(file, &png))?;
                    written.push(path);
                }
            }
        }
        Ok(written)
    }
}

impl Exam {
    /// The reference image around the lesion.
    fn reference_part(&self) -> Vec<f64> {
        self.bounds.crop(self.reference.grid.size, &self.reference.values)
    }
}

/// Width and height of a PNG, from its header.
fn png_size(png: &[u8]) -> Result<[u32; 2]> {
    let side = |at: usize| png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    side(16).zip(side(20)).map(|(width, height)| [width, height]).ok_or_else(|| Error::numeric("a picture without a header"))
}
