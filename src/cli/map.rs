//! `vbx map`: parametric maps of one examination.

use super::progress::{Progress, print, say};
use crate::error::{Error, InputError, Result};
use crate::image::read::series::{SeriesOptions, SeriesReader};
use crate::image::read::{ImageOptions, read_image, read_mask};
use crate::image::write::nifti::write_volume;
use crate::image::{Label, Mask};
use crate::parametric::adc;
use crate::parametric::ivim;
use crate::parametric::kinetics::{MeanEnhancement, TimeZero};
use crate::parametric::relaxometry::Quantity;
use crate::parametric::spec::{
    AdcSpec, AifFile, AifMask, AifSpec, BaselineT1Spec, CtrwSpec, FrocSpec, IvimSpec, KineticsSpec, KurtosisSpec, Needs,
    PhaseSpec, RelaxometrySpec, SeriesKind, SignalSpec, StretchedSpec, T1Spec, ToftsSpec, ValuesSpec, WeinmannSpec,
};
use crate::parametric::{BValues, Curve, Delay, Images, Inputs, MapSpec, Maps, Series, Timing, compute};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Compute parametric maps of one examination: kinetics, pharmacokinetics, diffusion, relaxometry.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vbx map kinetics dce.nii.gz --times 0,90,180,270,360 --baseline 1 --out maps/
  vbx map kinetics pre.nii.gz post1.nii.gz post2.nii.gz --times-from times.csv --injection 60 --mask lesion.nii.gz --out maps/
  vbx map extended-tofts dce.nii.gz --times-from times.csv --baseline 5 --tr 5 --flip-angle 15 --t1 1.6 --out tofts.nii.gz
  vbx map tofts conc.nii.gz --concentration --times-from times.csv --baseline 5 --aif-file aif.csv --fit-delay=-5,15 --out maps/
  vbx map adc dwi.nii.gz --out adc.nii.gz                      b-values from dwi.bval beside it, or from DICOM
  vbx map ivim dwi.nii.gz --bvals 0,10,50,100,200,400,800 --ivim full --out maps/
  vbx map t1 fa2.nii.gz fa5.nii.gz fa12.nii.gz --flip-angles 2,5,12 --tr 5.4 --out t1.nii.gz
  vbx map relaxometry t1.nii.gz t1e.nii.gz --quantity t1 --out maps/

A name that ends in .nii or .nii.gz becomes one file per map (adc.nii.gz: adc_ADC.nii.gz, adc_R2.nii.gz, …); with --only a single map, the
name itself. Any other name is a folder. Voxels without a value are NaN; the summary counts them by reason.
Options also come from a study's own words: --options options.toml with e.g. [extended-tofts] … as a study writes it.")]
pub struct Args {
    /// What to compute.
    #[arg(value_enum)]
    pub kind: Kind,
    /// The images in their order: a 4-D NIfTI, several 3-D files, a DICOM folder.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where the maps go: a folder, or a NIfTI name to which the maps' names are added.
    #[arg(long, short, value_name = "PATH")]
    pub out: PathBuf,
    /// Write these maps only (by name); by default all.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Compute within this mask only; by default everywhere.
    #[arg(long, value_name = "FILE")]
    pub mask: Option<PathBuf>,
    /// The label that marks the region in the mask; by default any but zero.
    #[arg(long, value_name = "N")]
    pub label: Option<i32>,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
    /// A TOML file with the options of one kind, as a study writes them; goes before the options below.
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Times of the images, s.
    #[arg(long, value_name = "S", value_delimiter = ',', allow_negative_numbers = true, conflicts_with = "times_from")]
    pub times: Vec<f64>,
    /// A text file with the times of the images, s, separated by spaces, commas or lines.
    #[arg(long, value_name = "FILE")]
    pub times_from: Option<PathBuf>,
    /// How many first images are before contrast agent.
    #[arg(long, value_name = "N")]
    pub baseline: Option<usize>,
    /// When the contrast agent was injected, s, on the axis of the times.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub injection: Option<f64>,
    /// b-values of the images, s/mm².
    #[arg(long, value_name = "B", value_delimiter = ',')]
    pub bvals: Vec<f64>,
    /// Signals at and above this are saturated: such voxels become null.
    #[arg(long, value_name = "SIGNAL")]
    pub saturated_at: Option<f64>,
    #[command(flatten)]
    pub kinetics: KineticsArgs,
    #[command(flatten)]
    pub tofts: ToftsArgs,
    #[command(flatten)]
    pub diffusion: DiffusionArgs,
    #[command(flatten)]
    pub relaxation: RelaxationArgs,
}

/// Kinds of maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Kind {
    /// PE, ME, TTP, wash-in, wash-out, SER, iAUC, maximum slope, bolus arrival, initial phase, curve type.
    Kinetics,
    /// Ktrans, kep, ve.
    Tofts,
    /// Ktrans, kep, ve, vp.
    ExtendedTofts,
    /// Ktrans, vp.
    Patlak,
    /// T1 from several flip angles.
    T1,
    /// Apparent diffusion coefficient.
    Adc,
    /// Intravoxel incoherent motion: D, D*, f.
    Ivim,
    /// Diffusion kurtosis: MD, MK.
    Kurtosis,
    /// Stretched exponential: DDC, alpha.
    Stretched,
    /// Continuous-time random walk: D, alpha, beta.
    Ctrw,
    /// Fractional order calculus: D, beta, mu.
    Froc,
    /// T1, T2 or proton density before and after contrast agent.
    Relaxometry,
}

/// Options of kinetics.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Kinetics")]
pub struct KineticsArgs {
    /// The early phase: the image nearest to so many seconds after the injection.
    #[arg(long, value_name = "S", default_value_t = 90.0)]
    pub early: f64,
    /// The late phase, s after the injection; by default the last image.
    #[arg(long, value_name = "S")]
    pub late: Option<f64>,
    /// Durations of the initial area under the curve, s.
    #[arg(long, value_name = "S", value_delimiter = ',', default_values_t = [60.0, 90.0])]
    pub iauc: Vec<f64>,
    /// Mean enhancement as the plain mean of the images, not weighted by time.
    #[arg(long)]
    pub plain_mean: bool,
    /// Time to peak from the arrival of the bolus, not from the injection.
    #[arg(long)]
    pub from_arrival: bool,
}

/// Options of pharmacokinetic models.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Pharmacokinetics")]
pub struct ToftsArgs {
    /// The images are concentrations (mM) already.
    #[arg(long)]
    pub concentration: bool,
    /// Repetition time, ms (also for T1 maps).
    #[arg(long, value_name = "MS")]
    pub tr: Option<f64>,
    /// Flip angle of the dynamic series, degrees.
    #[arg(long, value_name = "DEG")]
    pub flip_angle: Option<f64>,
    /// T1 of the tissue before contrast agent: s, or a map in s on the grid of the series.
    #[arg(long, value_name = "S|FILE", default_value = "1.6")]
    pub t1: String,
    /// Relaxivity of the agent, 1/(s·mM).
    #[arg(long, value_name = "R", default_value_t = 4.5)]
    pub relaxivity: f64,
    /// A population-averaged arterial input function.
    #[arg(long, value_enum, default_value_t = Average::Parker)]
    pub aif: Average,
    /// Dose for Weinmann's AIF, mmol/kg.
    #[arg(long, value_name = "D", default_value_t = 0.1)]
    pub dose: f64,
    /// A measured AIF: CSV with `time` (s, on the axis of the images' times) and `concentration` (mM, whole blood).
    #[arg(long, value_name = "FILE", conflicts_with = "aif_mask")]
    pub aif_file: Option<PathBuf>,
    /// The concentrations of --aif-file are of plasma.
    #[arg(long, requires = "aif_file")]
    pub plasma: bool,
    /// The AIF is the mean over this mask of an artery.
    #[arg(long, value_name = "FILE")]
    pub aif_mask: Option<PathBuf>,
    /// T1 of blood before contrast agent, s.
    #[arg(long, value_name = "S", default_value_t = 1.932)]
    pub blood_t1: f64,
    /// Share of the blood that is cells.
    #[arg(long, value_name = "HCT", default_value_t = 0.42)]
    pub haematocrit: f64,
    /// When the bolus of a population AIF arrives, s after the injection; by default at the injection.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub arrival: Option<f64>,
    /// How much later the bolus reaches the tissue, s.
    #[arg(long, value_name = "S", default_value_t = 0.0, allow_negative_numbers = true)]
    pub delay: f64,
    /// Fit that delay in each voxel between two bounds, s.
    #[arg(long, value_name = "FROM,TO", value_delimiter = ',', allow_negative_numbers = true, conflicts_with = "delay")]
    pub fit_delay: Vec<f64>,
}

/// Population averages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Average {
    Parker,
    Weinmann,
    Georgiou,
}

/// Options of diffusion models.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Diffusion")]
pub struct DiffusionArgs {
    /// How the ADC is computed.
    #[arg(long, value_enum, default_value_t = AdcMethod::LeastSquares)]
    pub adc: AdcMethod,
    /// Lowest b-value used for the ADC; 200 leaves out most of the blood flow.
    #[arg(long, value_name = "B", default_value_t = 0.0)]
    pub min_b: f64,
    /// Highest b-value used for the ADC (by default all) and for kurtosis (by default 2000).
    #[arg(long, value_name = "B")]
    pub max_b: Option<f64>,
    /// How IVIM is fitted.
    #[arg(long, value_enum, default_value_t = IvimMethod::Segmented)]
    pub ivim: IvimMethod,
    /// b-value from which flow no longer counts (segmented IVIM).
    #[arg(long, value_name = "B", default_value_t = 200.0)]
    pub flow_until: f64,
    /// Fit signals below zero as noise around zero (full IVIM, stretched, CTRW); by default such voxels are null.
    #[arg(long)]
    pub allow_negative: bool,
    /// Duration δ of the diffusion gradients, ms (FROC).
    #[arg(long, value_name = "MS")]
    pub gradient_duration: Option<f64>,
    /// Time Δ between the gradients' starts, ms (FROC).
    #[arg(long, value_name = "MS")]
    pub gradient_separation: Option<f64>,
}

/// Ways to an ADC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum AdcMethod {
    TwoPoint,
    LeastSquares,
    Weighted,
}

/// Ways to fit IVIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum IvimMethod {
    Segmented,
    Full,
}

/// Options of relaxometry.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Relaxometry")]
pub struct RelaxationArgs {
    /// Flip angle of each image, degrees (T1 maps).
    #[arg(long, value_name = "DEG", value_delimiter = ',')]
    pub flip_angles: Vec<f64>,
    /// A map of actual over nominal flip angle (T1 maps).
    #[arg(long, value_name = "FILE")]
    pub b1: Option<PathBuf>,
    /// What the two maps of relaxometry show.
    #[arg(long, value_enum, default_value_t = Shown::T1)]
    pub quantity: Shown,
}

/// What a relaxometry map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Shown {
    T1,
    T2,
    Pd,
}

/// Computes and writes the maps.
///
/// # Errors
/// Whatever the files, the options or the models refuse.
pub fn run(args: &Args) -> Result<()> {
    let spec = spec(args)?;
    if let Some(name) = args.only.iter().find(|name| !spec.maps().iter().any(|map| map.name == name.as_str())) {
        let known: Vec<_> = spec.maps().into_iter().map(|map| map.name.into_owned()).collect();
        return Err(Error::usage(format!("{} has no map `{name}`; it has {}", spec.kind(), known.join(", "))));
    }
    let options = series_options(args)?;
    let reader = SeriesReader::open(&args.files, &options)?;
    let region = match &args.mask {
        Some(path) => Some(read_mask(path, args.label.map_or(Label::AnyNonzero, Label::Value), (&args.files[0], reader.grid()))?),
        None => None,
    };
    let needs = spec.needs();
    // What can be refused by the headers is refused before voxels are read.
    let timing = if needs.series == SeriesKind::Dynamic { Some(timing(&reader)?) } else { None };
    let b_values = if needs.series == SeriesKind::Diffusion { Some(b_values(&reader)?) } else { None };
    let frames = reader.singles().collect::<Result<Vec<_>>>()?;
    let mut series = Series::from_frames(reader.grid().clone(), frames)?;
    if let Some(ceiling) = args.saturated_at {
        series = series.saturated_at(ceiling);
    }
    let images = match (&timing, &b_values) {
        (Some(timing), _) => Images::Dynamic(&series, timing),
        (_, Some(b)) => Images::Diffusion(&series, b),
        _ => Images::Plain(&series),
    };
    // A table of the AIF is on the axis of the times as they were given; the series counts from the injection.
    let given = options.times.as_ref().and_then(|times| times.first()).copied().unwrap_or(0.0);
    let shift = timing.as_ref().map_or(0.0, |timing| timing.times()[0] - given);
    let inputs = inputs(images, &needs, &args.files[0], shift)?;
    let voxels = region.as_ref().map_or(series.grid().voxels(), Mask::count);
    let progress = Progress::new(&format!("mapping {}", spec.kind()), (voxels / VOXELS_PER_STEP).max(1) as u64, args.json);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let maps = compute(&spec, &inputs, region.as_ref(), |voxels| {
        let before = done.fetch_add(voxels, std::sync::atomic::Ordering::Relaxed);
        ((before / VOXELS_PER_STEP)..((before + voxels) / VOXELS_PER_STEP)).for_each(|_| progress.step());
    })?;
    progress.finish();
    let written = write(args, &maps)?;
    summarise(args, &spec, &maps, region.as_ref(), &written)
}

/// Voxels that one step of the progress stands for.
const VOXELS_PER_STEP: usize = 1000;

fn series_options(args: &Args) -> Result<SeriesOptions> {
    let times = match &args.times_from {
        Some(path) => Some(numbers(path)?),
        None if args.times.is_empty() => None,
        None => Some(args.times.clone()),
    };
    let b_values = (!args.bvals.is_empty()).then(|| args.bvals.clone());
    Ok(SeriesOptions { times, b_values, baseline: args.baseline, injection: args.injection, ..SeriesOptions::default() })
}

/// Numbers in a text file.
fn numbers(path: &Path) -> Result<Vec<f64>> {
    let text = text_of(path)?;
    let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty());
    words.map(|word| word.parse().map_err(|_| InputError::new(path, format!("`{word}`"), "a number of seconds").into())).collect()
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
    String::from_utf8(bytes).map_err(|_| InputError::new(path, "bytes that are no UTF-8", "a text file").into())
}

/// Times from the injection, and the baseline.
fn timing(reader: &SeriesReader) -> Result<Timing> {
    reader.times()?;
    let phases = reader.phases()?;
    let seconds = phases.seconds().ok_or_else(|| Error::study("the times of the series are not known"))?;
    if let Some(crate::image::series::Injection::AssumedAtFirstPost(_)) = phases.injection() {
        say(
            "nobody states when the contrast agent was injected: times count from the first image after it (--injection tells it)",
        );
    }
    Timing::new(seconds, phases.baseline())
}

fn b_values(reader: &SeriesReader) -> Result<BValues> {
    let unknown =
        || Error::study("the b-values of the series are not known: --bvals, a .bval file beside the images, or DICOM tags");
    BValues::new(reader.diffusion().ok_or_else(unknown)?.b_values.clone())
}

/// Reads the volumes, masks and curves that a kind needs; their names are paths. Times of curves are moved by `shift`.
fn inputs<'a>(images: Images<'a>, needs: &Needs, first: &Path, shift: f64) -> Result<Inputs<'a>> {
    let grid = images.series().grid().clone();
    let mut inputs = Inputs::new(images);
    for name in &needs.volumes {
        inputs.volumes.insert(name.clone(), read_image(Path::new(name), &ImageOptions::default())?.volume);
    }
    for name in &needs.masks {
        inputs.masks.insert(name.clone(), read_mask(Path::new(name), Label::AnyNonzero, (first, &grid))?);
    }
    for name in &needs.curves {
        let path = Path::new(name);
        let mut curve = Curve::parse(path, &text_of(path)?)?;
        curve.seconds.iter_mut().for_each(|time| *time += shift);
        inputs.curves.insert(name.clone(), curve);
    }
    Ok(inputs)
}

fn spec(args: &Args) -> Result<MapSpec> {
    if let Some(path) = &args.options {
        let text = text_of(path)?;
        let spec: MapSpec = toml::from_str(&text).map_err(|cause| Error::usage(format!("{}: {cause}", path.display())))?;
        let kind = args.kind.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default();
        return match spec.kind() == kind {
            true => Ok(spec),
            false => Err(Error::usage(format!("{} has options of {}, not of {kind}", path.display(), spec.kind()))),
        };
    }
    let (d, r) = (&args.diffusion, &args.relaxation);
    Ok(match args.kind {
        Kind::Kinetics => MapSpec::Kinetics(args.kinetics.spec()),
        Kind::Tofts => MapSpec::Tofts(args.tofts.spec()?),
        Kind::ExtendedTofts => MapSpec::ExtendedTofts(args.tofts.spec()?),
        Kind::Patlak => MapSpec::Patlak(args.tofts.spec()?),
        Kind::T1 => {
            let repetition_time = args.tofts.tr.ok_or_else(|| Error::usage("a T1 map needs --tr (ms) and --flip-angles"))?;
            let b1 = r.b1.as_ref().map(|path| path.display().to_string());
            MapSpec::T1(T1Spec { flip_angles: r.flip_angles.clone(), repetition_time, b1 })
        }
        Kind::Adc => {
            let method = match d.adc {
                AdcMethod::TwoPoint => adc::Method::TwoPoint,
                AdcMethod::LeastSquares => adc::Method::LeastSquares,
                AdcMethod::Weighted => adc::Method::Weighted,
            };
            MapSpec::Adc(AdcSpec { method, min_b: d.min_b, max_b: d.max_b })
        }
        Kind::Ivim => {
            let method = match d.ivim {
                IvimMethod::Segmented => ivim::Method::Segmented { from: d.flow_until },
                IvimMethod::Full => ivim::Method::Full,
            };
            MapSpec::Ivim(IvimSpec { method, negative: d.allow_negative })
        }
        Kind::Kurtosis => MapSpec::Kurtosis(d.max_b.map_or_else(KurtosisSpec::default, |max_b| KurtosisSpec { max_b })),
        Kind::Stretched => MapSpec::Stretched(StretchedSpec { negative: d.allow_negative }),
        Kind::Ctrw => MapSpec::Ctrw(CtrwSpec { negative: d.allow_negative }),
        Kind::Froc => match (d.gradient_duration, d.gradient_separation) {
            (Some(duration), Some(separation)) => MapSpec::Froc(FrocSpec { duration, separation, low_b: 1000.0 }),
            _ => return Err(Error::usage("FROC needs --gradient-duration and --gradient-separation (ms)")),
        },
        Kind::Relaxometry => {
            let quantity = match r.quantity {
                Shown::T1 => Quantity::T1,
                Shown::T2 => Quantity::T2,
                Shown::Pd => Quantity::PD,
            };
            MapSpec::Relaxometry(RelaxometrySpec { quantity })
        }
    })
}

impl KineticsArgs {
    fn spec(&self) -> KineticsSpec {
        KineticsSpec {
            early: PhaseSpec::Seconds(self.early),
            late: self.late.map_or(PhaseSpec::Last, PhaseSpec::Seconds),
            iauc: self.iauc.clone(),
            mean_enhancement: if self.plain_mean { MeanEnhancement::Plain } else { MeanEnhancement::TimeWeighted },
            time_to_peak: if self.from_arrival { TimeZero::Arrival } else { TimeZero::Injection },
        }
    }
}

impl ToftsArgs {
    fn spec(&self) -> Result<ToftsSpec> {
        let values = match (self.concentration, self.tr, self.flip_angle) {
            (true, _, _) => ValuesSpec::Concentration,
            (false, Some(repetition_time), Some(flip_angle)) => {
                let t1 = match self.t1.parse() {
                    Ok(seconds) => BaselineT1Spec::Fixed(seconds),
                    Err(_) => BaselineT1Spec::Map(self.t1.clone()),
                };
                ValuesSpec::Signal(SignalSpec { repetition_time, flip_angle, t1, relaxivity: self.relaxivity })
            }
            _ => {
                return Err(Error::usage(
                    "signals become concentrations by --tr (ms) and --flip-angle (degrees); --concentration says that they are it already",
                ));
            }
        };
        let aif = match (&self.aif_file, &self.aif_mask, self.aif) {
            (Some(path), _, _) => AifSpec::File(AifFile { file: path.display().to_string(), plasma: self.plasma }),
            (_, Some(path), _) => AifSpec::Mask(AifMask { mask: path.display().to_string(), blood_t1: self.blood_t1 }),
            (_, _, Average::Parker) => AifSpec::Parker,
            (_, _, Average::Weinmann) => AifSpec::Weinmann(WeinmannSpec { dose: self.dose }),
            (_, _, Average::Georgiou) => AifSpec::Georgiou,
        };
        let delay = match self.fit_delay[..] {
            [] => Delay::Fixed(self.delay),
            [from, to] => Delay::Fitted { from, to },
            _ => return Err(Error::usage("--fit-delay takes two numbers of seconds: --fit-delay=-5,15")),
        };
        Ok(ToftsSpec { values, aif, haematocrit: self.haematocrit, arrival: self.arrival, delay, ..ToftsSpec::default() })
    }
}

/// Writes the maps; their names and files.
fn write(args: &Args, maps: &Maps) -> Result<Vec<(String, PathBuf)>> {
    let chosen = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let name = args.out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = [".nii.gz", ".nii"].iter().find_map(|ending| name.strip_suffix(ending).map(|stem| (stem.to_string(), *ending)));
    let folder = if stem.is_some() { args.out.parent().unwrap_or(Path::new("")) } else { args.out.as_path() };
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
    }
    let mut written = Vec::new();
    for (info, volume) in maps.maps.iter().filter(|(info, _)| chosen(&info.name)) {
        let path = match &stem {
            Some(_) if args.only.len() == 1 => args.out.clone(),
            Some((stem, ending)) => folder.join(format!("{stem}_{}{ending}", info.name)),
            None => folder.join(format!("{}.nii.gz", info.name)),
        };
        write_volume(&path, volume)?;
        written.push((info.name.to_string(), path));
    }
    Ok(written)
}

fn summarise(args: &Args, spec: &MapSpec, maps: &Maps, region: Option<&Mask>, written: &[(String, PathBuf)]) -> Result<()> {
    let statistics: Vec<(String, Option<f64>)> =
        spec.statistics().into_iter().map(|info| info.name.into_owned()).zip(spec.measure(maps, region)).collect();
    if args.json {
        let describe = |(name, path): &(String, PathBuf)| {
            let info = maps.maps.iter().map(|(info, _)| info).find(|info| info.name == name.as_str());
            let (label, unit) = info.map_or(("", ""), |info| (&*info.label, info.unit));
            json!({ "name": name, "file": path, "label": label, "unit": unit, "undefined": maps.undefined(name), "mean": mean(maps, name) })
        };
        let failures: serde_json::Map<_, _> =
            maps.failures.iter().map(|(reason, count)| (reason.reason().to_string(), (*count).into())).collect();
        let statistics: serde_json::Map<_, Value> = statistics.into_iter().map(|(name, value)| (name, json!(value))).collect();
        let summary = json!({
            "kind": spec.kind(),
            "settings": spec,
            "voxels": maps.voxels,
            "failed": maps.failed(),
            "failures": failures,
            "at_bound": maps.at_bound,
            "maps": written.iter().map(describe).collect::<Vec<_>>(),
            "statistics": statistics,
        });
        print(&serde_json::to_string_pretty(&summary).map_err(Error::numeric)?);
        return Ok(());
    }
    say(&format!("{} voxels, {} without values, {} at the bound of a parameter", maps.voxels, maps.failed(), maps.at_bound));
    maps.failures.iter().for_each(|(reason, count)| say(&format!("  {count}: {reason}")));
    for (info, _) in &maps.maps {
        if let Some(count) = maps.undefined(&info.name).filter(|count| *count > 0) {
            say(&format!("  {count} more without {}", info.name));
        }
    }
    for (name, value) in statistics.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        say(&format!("  {name} {value:.3}"));
    }
    written.iter().for_each(|(_, path)| print(&path.display().to_string()));
    Ok(())
}

/// Mean of a map over the voxels that have it.
fn mean(maps: &Maps, name: &str) -> Option<f64> {
    let values = || maps.get(name).into_iter().flat_map(|map| map.values.iter().copied()).filter(|value| value.is_finite());
    let count = values().count();
    (count > 0).then(|| values().sum::<f64>() / count as f64)
}
