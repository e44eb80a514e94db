//! One examination in memory: its images and maps around the lesion, all on the reference sequence's grid.

use super::files::Files;
use super::names::Source;
use super::options::{MapGroup, Protocols, Sequence};
use crate::alignment::{Fixed, RegistrationOptions, read_transform};
use crate::error::{Error, Result};
use crate::image::read::series::sidecar::read_text;
use crate::image::read::series::{SeriesOptions, SeriesReader};
use crate::image::read::{ImageOptions, read_image, read_mask};
use crate::image::resample::{Beyond, Interpolation, volume_onto, volume_through};
use crate::image::series::{Moments, PhaseName};
use crate::image::{AffineTransform, BoundingBox, Grid, Label, Mask, Volume, protocol};
use crate::modality::View;
use crate::modality::load::lesion_of;
use crate::modality::preprocess::{Preprocess, preprocessed};
use crate::modality::radiomics::Grids;
use crate::parametric::aif::Curve;
use crate::parametric::spec::{Images, Inputs, SeriesKind, compute};
use crate::parametric::{BValues, Maps, Series, Timing};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// What is read of an examination.
pub(super) struct Plan<'a> {
    pub(super) protocols: &'a Protocols,
    /// The images that are measured, and what each is.
    pub(super) images: &'a [Source],
    /// The label that marks the lesion where the manifest names none.
    pub(super) label: Option<i32>,
    pub(super) grids: Grids,
    pub(super) otsu_body: bool,
    pub(super) preprocess: &'a [Preprocess],
    /// How far around the lesion, in voxels, the measurement looks on a grid of this spacing; `None` for everywhere.
    pub(super) margin: &'a dyn Fn([f64; 3]) -> Option<usize>,
}

/// An examination.
pub(super) struct Exam {
    /// The measured images and maps, in the plan's order, around the lesion; `None` where the examination lacks one.
    pub(super) images: Vec<Option<Volume>>,
    /// The groups of maps.
    pub(super) maps: Vec<Option<Maps>>,
    /// The lesion and the body on that part of the grid.
    pub(super) lesion: Mask,
    pub(super) body: Option<Mask>,
    /// The reference image, whole, and the part of it that is measured.
    pub(super) reference: Volume,
    pub(super) bounds: BoundingBox,
    pub(super) notes: Vec<String>,
    pub(super) quality: Vec<(String, f64)>,
}

/// A sequence whose headers are read.
struct Opened {
    reader: SeriesReader,
    /// The image that stands for the sequence in a registration.
    stands: usize,
    /// From the reference's points to this sequence's.
    transform: AffineTransform,
    /// Whether its images are registered one by one to the image that stands for it.
    moving: bool,
}

impl Exam {
    /// Reads an examination.
    ///
    /// # Errors
    /// Those of its files; the reference sequence or the outline missing. A map that the images cannot give is missing with a note.
    pub(super) fn read(view: &View, plan: &Plan) -> Result<Exam> {
        let protocols = plan.protocols;
        let files = protocols.files(view);
        let (mut notes, mut quality) = (Vec::new(), Vec::new());
        let mut sequences = Vec::with_capacity(protocols.sequences.len());
        for ((name, sequence), paths) in protocols.sequences.iter().zip(&files.sequences) {
            sequences.push(if paths.is_empty() { None } else { Some(Opened::new(name, sequence, paths, &mut notes)?) });
        }
        let at = protocols.reference_sequence()?;
        let name = protocols.sequences.keys().nth(at).cloned().unwrap_or_default();
        let Some(opened) = &sequences[at] else {
            return Err(Error::study(format!("the examination lacks the reference sequence `{name}`")));
        };
        let file = &files.sequences[at][0];
        let reference = opened.reader.volume(opened.stands)?;
        let lesion = lesion_of(view, plan.label, plan.grids, file, &reference.grid)?;
        let body = match (&view.body, plan.otsu_body) {
            (Some(body), _) => Some(read_mask(body, Label::AnyNonzero, (file, &reference.grid))?),
            (None, true) => Some(crate::image::normalise::body_mask(&reference)?),
            (None, false) => None,
        };
        align(protocols, &files, &reference, at, &mut sequences, (&mut notes, &mut quality))?;
        let lesion_box = lesion.bounding_box().ok_or_else(|| Error::study("the lesion's mask is empty"))?;
        let margin = (plan.margin)(reference.grid.spacing).map_or(reference.grid.size, |margin| [margin; 3]);
        let bounds = lesion_box.grown(margin, reference.grid.size);
        let frame = Frame { grid: reference.grid.part(&bounds), reference: &reference, bounds };
        let mut exam = Exam {
            images: Vec::new(),
            maps: Vec::new(),
            lesion: lesion.part(&bounds),
            body: body.map(|body| body.part(&bounds)),
            bounds,
            notes,
            quality,
            reference: Volume::new(Grid::plain([1, 1, 1], [1.0; 3]), vec![0.0]),
        };
        for (name, group) in &protocols.maps {
            let maps = frame.maps(protocols, group, &sequences, &files);
            if let Ok(Some(maps)) = &maps {
                let share = |count: usize| count as f64 / maps.voxels as f64;
                exam.quality.push((format!("maps {name}: share of voxels without a fit"), share(maps.failed())));
                exam.quality.push((format!("maps {name}: share of voxels at a bound"), share(maps.at_bound)));
            }
            exam.maps.push(maps.unwrap_or_else(|why| {
                exam.notes.push(format!("maps `{name}` are missing: {why}"));
                None
            }));
        }
        for source in plan.images {
            let image = match source {
                Source::Map(group, map) => exam.maps[*group].as_ref().map(|maps| maps.maps[*map].1.clone()),
                Source::Only(sequence) => frame.image(sequences[*sequence].as_ref(), None, plan.preprocess)?,
                Source::Phase(sequence, phase) => frame.image(sequences[*sequence].as_ref(), Some(*phase), plan.preprocess)?,
            };
            exam.images.push(image);
        }
        exam.reference = reference;
        Ok(exam)
    }
}

impl Opened {
    fn new(name: &str, sequence: &Sequence, paths: &[std::path::PathBuf], notes: &mut Vec<String>) -> Result<Opened> {
        let options = SeriesOptions {
            series: Vec::new(),
            times: sequence.times.clone(),
            b_values: sequence.b_values.clone(),
            baseline: sequence.baseline,
            injection: sequence.injection,
        };
        let reader = SeriesReader::open(paths, &options)?;
        if let Some(expected) = &sequence.expected {
            let deviations = protocol::check(&reader.protocol(), expected);
            notes.extend(deviations.iter().map(|deviation| format!("protocol of `{name}`: {deviation}")));
        }
        // A diffusion series by its least weighted image, a dynamic one by its first after contrast agent, others by their first.
        let stands = match reader.diffusion() {
            Some(diffusion) => (0..diffusion.b_values.len())
                .min_by(|a, b| diffusion.b_values[*a].total_cmp(&diffusion.b_values[*b]))
                .unwrap_or(0),
            None if reader.images().len() > 1 => reader.phases().map_or(0, |phases| phases.baseline()),
            None => 0,
        };
        Ok(Opened { reader, stands, transform: AffineTransform::IDENTITY, moving: false })
    }
}

/// Finds for every sequence where the reference's points lie in it.
fn align(
    protocols: &Protocols,
    files: &Files,
    reference: &Volume,
    at: usize,
    sequences: &mut [Option<Opened>],
    (notes, quality): (&mut Vec<String>, &mut Vec<(String, f64)>),
) -> Result<()> {
    for (path, opened) in files.transforms.iter().zip(sequences.iter_mut()) {
        if let (Some(path), Some(opened)) = (path, opened) {
            opened.transform = read_transform(path)?;
        }
    }
    let Some(motion) = protocols.align.motion() else { return Ok(()) };
    let options = RegistrationOptions { motion, ..RegistrationOptions::default() };
    let fixed = Fixed::new(reference, None, &options, &mut Xoshiro256PlusPlus::seed_from_u64(0))?;
    for (position, (name, opened)) in protocols.sequences.keys().zip(sequences.iter_mut()).enumerate() {
        let Some(opened) = opened else { continue };
        opened.moving = opened.reader.images().len() > 1 && opened.reader.diffusion().is_none();
        if position == at || files.transforms[position].is_some() {
            continue;
        }
        let moving = opened.reader.volume(opened.stands)?;
        let alignment = fixed.align(&moving)?;
        for (measure, value) in [
            ("overlap after", Some(alignment.after.overlap)),
            ("normalised mutual information before", alignment.before.nmi),
            ("normalised mutual information after", alignment.after.nmi),
            ("correlation before", alignment.before.pearson),
            ("correlation after", alignment.after.pearson),
            ("mean displacement, mm", Some(alignment.displacement_mean)),
            ("largest displacement, mm", Some(alignment.displacement_max)),
        ] {
            quality.extend(value.map(|value| (format!("registration of {name}: {measure}"), value)));
        }
        if alignment.at_bound || !alignment.converged {
            notes.push(format!("registration of `{name}` stopped before it had settled: look at it"));
        }
        opened.transform = alignment.transform;
    }
    Ok(())
}

/// The part of the reference's grid that is looked at.
struct Frame<'a> {
    grid: Grid,
    reference: &'a Volume,
    bounds: BoundingBox,
}

impl Frame<'_> {
    /// A volume brought here. Where it does not reach there is no value.
    fn bring(&self, volume: &Volume, transform: &AffineTransform) -> Result<Volume> {
        if *transform == AffineTransform::IDENTITY {
            if volume.grid.agrees_with(&self.reference.grid) {
                return Ok(Volume::new(self.grid.clone(), self.bounds.crop(volume.grid.size, &volume.values)));
            }
            return volume_onto(volume, &self.grid, Interpolation::Linear, Beyond::Value(f64::NAN));
        }
        volume_through(volume, transform, &self.grid, Interpolation::Linear, Beyond::Value(f64::NAN))
    }

    /// Image `at` of a sequence, `volume`, brought here: phases that moved are registered to the image that stands for their sequence.
    fn bring_frame(&self, opened: &Opened, stands: Option<&Fixed>, at: usize, volume: &Volume) -> Result<Volume> {
        let transform = match stands {
            Some(fixed) if at != opened.stands => fixed.align(volume)?.transform.after(&opened.transform),
            _ => opened.transform,
        };
        self.bring(volume, &transform)
    }

    fn image(&self, opened: Option<&Opened>, phase: Option<PhaseName>, steps: &[Preprocess]) -> Result<Option<Volume>> {
        let Some(opened) = opened else { return Ok(None) };
        let images = opened.reader.images().len();
        let at = match phase {
            None if images == 1 => 0,
            None => return Err(Error::study(format!("a series of {images} images where one was expected; name one of them"))),
            Some(PhaseName::Number(number)) if number <= images => number - 1,
            Some(phase) => opened.reader.phases()?.find(phase, Moments::default())?,
        };
        let volume = preprocessed(opened.reader.volume(at)?, steps)?;
        let stood = (opened.moving && at != opened.stands).then(|| opened.reader.volume(opened.stands)).transpose()?;
        let fixed = stood.as_ref().map(registered).transpose()?;
        self.bring_frame(opened, fixed.as_ref(), at, &volume).map(Some)
    }

    /// All images of some sequences here, in single precision.
    fn series(&self, opened: &[&Opened]) -> Result<Series> {
        let mut frames = Vec::new();
        for opened in opened {
            let stood = opened.moving.then(|| opened.reader.volume(opened.stands)).transpose()?;
            let fixed = stood.as_ref().map(registered).transpose()?;
            for (at, volume) in opened.reader.volumes().enumerate() {
                let here = self.bring_frame(opened, fixed.as_ref(), at, &volume?)?;
                frames.push(here.values.into_iter().map(|value| value as f32).collect());
            }
        }
        Series::from_frames(self.grid.clone(), frames)
    }

    /// The maps of a group; `None` where the examination lacks a sequence.
    fn maps(&self, protocols: &Protocols, group: &MapGroup, sequences: &[Option<Opened>], files: &Files) -> Result<Option<Maps>> {
        let places = group.from.iter().map(|name| protocols.sequence(name)).collect::<Result<Vec<_>>>()?;
        let Some(opened) = places.iter().map(|&at| sequences[at].as_ref()).collect::<Option<Vec<&Opened>>>() else {
            return Ok(None);
        };
        let Some(first) = opened.first() else { return Err(Error::usage("maps need a sequence in `from`")) };
        let needs = group.kind.needs();
        // An artery lies far from the lesion: then the whole images are read, and maps are computed around the lesion all the same.
        let whole = Frame { grid: self.reference.grid.clone(), reference: self.reference, bounds: self.reference.grid.whole() };
        let (frame, region) = match needs.masks.is_empty() {
            true => (self, None),
            false => (&whole, Some(self.bounds.mask(&whole.grid))),
        };
        let series = frame.series(&opened)?;
        let timing;
        let b_values;
        let images = match needs.series {
            SeriesKind::Dynamic => {
                let phases = first.reader.phases()?;
                let seconds = phases.seconds().ok_or_else(|| Error::study("the times of the series are not known"))?;
                timing = Timing::new(seconds, phases.baseline())?;
                Images::Dynamic(&series, &timing)
            }
            SeriesKind::Diffusion => {
                let diffusion =
                    first.reader.diffusion().ok_or_else(|| Error::study("the b-values of the series are not known"))?;
                b_values = BValues::new(diffusion.b_values.clone())?;
                Images::Diffusion(&series, &b_values)
            }
            SeriesKind::FlipAngles | SeriesKind::BeforeAfter => Images::Plain(&series),
        };
        let mut inputs = Inputs::new(images);
        let path = |name: &String| {
            files
                .named
                .get(name)
                .ok_or_else(|| Error::study(format!("the examination lacks the file `{name}` that the map needs")))
        };
        for name in &needs.volumes {
            let volume = read_image(path(name)?, &ImageOptions::default())?.volume;
            inputs.volumes.insert(name.clone(), frame.bring(&volume, &AffineTransform::IDENTITY)?);
        }
        for name in &needs.masks {
            let path = path(name)?;
            inputs.masks.insert(name.clone(), read_mask(path, Label::AnyNonzero, (path, &self.reference.grid))?);
        }
        for name in &needs.curves {
            let path = path(name)?;
            inputs.curves.insert(name.clone(), Curve::parse(path, &read_text(path)?)?);
        }
        let mut maps = compute(&group.kind, &inputs, region.as_ref(), |_| {})?;
        if region.is_some() {
            maps.maps.iter_mut().for_each(|(_, map)| *map = map.part(&self.bounds));
        }
        Ok(Some(maps))
    }
}

/// An image that others are registered to.
fn registered(image: &Volume) -> Result<Fixed<'_>> {
    Fixed::new(image, None, &RegistrationOptions::default(), &mut Xoshiro256PlusPlus::seed_from_u64(0))
}
