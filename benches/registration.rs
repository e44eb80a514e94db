//! Rigid registration of a breast-like phantom beside SimpleITK's, on the same images in the same run.
//!
//! `cargo bench --bench registration`; `VBX_PEER_PYTHON` names a Python that has SimpleITK and numpy, and a peer that is not there is said to be
//! missing. Each draw of a motion is registered by both in turn on one thread: CPU seconds of pyramid and search, reading and start-up left
//! out, and the target registration error over the breast. SimpleITK's settings are those of its examples (Mattes' measure, regular step
//! gradient descent, scales from physical shift) with our bins, smoothing and number of places.

#![allow(clippy::print_stdout)]

#[path = "../tests/alignment_support/mod.rs"]
mod alignment_support;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use alignment_support::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::alignment::{RegistrationOptions, register};
use vbx::image::{AffineTransform, Grid, Mask, Volume};

const DRAWS: u64 = 7;
const NOISE: f64 = 20.0;

/// The peer's side: name, CPU seconds, iterations, then matrix and offset.
const PYTHON: &str = r#"
import sys, time
import numpy, SimpleITK as sitk
folder, size, spacing, origin, samples, bins = sys.argv[1:7]
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
def numbers(text): return [float(x) for x in text.split(",")]
shape = [int(n) for n in reversed(numbers(size))]
def load(name, kind):
    image = sitk.GetImageFromArray(numpy.fromfile(f"{folder}/{name}", dtype=kind).reshape(shape))
    image.SetSpacing(numbers(spacing)); image.SetOrigin(numbers(origin))
    return image
fixed, moving, mask = load("fixed", numpy.float32), load("moving", numpy.float32), load("mask", numpy.uint8)
inside = int(sitk.GetArrayViewFromImage(mask).sum())
shrinks = [4, 2, 1]
start = time.process_time()
r = sitk.ImageRegistrationMethod()
r.SetMetricAsMattesMutualInformation(int(bins))
r.SetMetricFixedMask(mask)
r.SetMetricSamplingStrategy(r.RANDOM)
r.SetMetricSamplingPercentagePerLevel([min(1.0, float(samples) / (inside / s ** 3)) for s in shrinks], seed=1)
r.SetInterpolator(sitk.sitkLinear)
r.SetOptimizerAsRegularStepGradientDescent(learningRate=2.0, minStep=0.005, numberOfIterations=200, relaxationFactor=0.5)
r.SetOptimizerScalesFromPhysicalShift()
r.SetShrinkFactorsPerLevel(shrinks)
r.SetSmoothingSigmasPerLevel([4, 2, 1])
r.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
centre = fixed.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in fixed.GetSize()])
transform = sitk.Euler3DTransform(); transform.SetCenter(centre)
r.SetInitialTransform(transform, inPlace=False)
looks = [0]
r.AddCommand(sitk.sitkIterationEvent, lambda: looks.__setitem__(0, looks[0] + 1))
found = r.Execute(fixed, moving)
seconds = time.process_time() - start
at = lambda p: numpy.array(found.TransformPoint([float(x) for x in p]))
offset = at((0, 0, 0)); columns = [at(axis) - offset for axis in numpy.eye(3)]
print("SimpleITK-" + sitk.Version.VersionString(), seconds, looks[0], *numpy.array(columns).T.flatten(), *offset)
"#;

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

fn store(folder: &Path, name: &str, image: &Volume) {
    let bytes: Vec<u8> = image.values.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect();
    std::fs::write(folder.join(name), bytes).expect("a file in the temporary folder");
}

/// Name, CPU seconds, iterations and transform of the peer, if it is there.
fn theirs(folder: &Path, grid: &Grid, options: &RegistrationOptions) -> Option<(String, f64, f64, AffineTransform)> {
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let join = |numbers: [f64; 3]| numbers.map(|n| n.to_string()).join(",");
    let size = join(grid.size.map(|n| n as f64));
    let run = Command::new(python)
        .arg("-c")
        .arg(PYTHON)
        .arg(folder)
        .args([size, join(grid.spacing), join(grid.origin), options.samples.to_string(), options.bins.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8(run.stdout).ok()?;
    let mut words = text.lines().last()?.split_whitespace();
    let name = words.next()?.to_string();
    let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
    let [seconds, looks, entries @ ..] = &numbers[..] else { return None };
    let row = |r: usize| [entries[3 * r], entries[3 * r + 1], entries[3 * r + 2]];
    (entries.len() == 12).then(|| {
        let map = AffineTransform { matrix: [row(0), row(1), row(2)], offset: row(3) };
        (name, *seconds, *looks, map)
    })
}

struct Tally {
    seconds: Vec<f64>,
    means: Vec<f64>,
    largest: Vec<f64>,
    angles: Vec<f64>,
    looks: Vec<f64>,
}

impl Tally {
    fn new() -> Tally {
        Tally { seconds: vec![], means: vec![], largest: vec![], angles: vec![], looks: vec![] }
    }

    fn add(&mut self, seconds: f64, looks: f64, found: &AffineTransform, truth: &AffineTransform, mask: &Mask) {
        let [mean, most] = target_error(found, truth, mask);
        self.seconds.push(seconds);
        self.looks.push(looks);
        self.means.push(mean);
        self.largest.push(most);
        self.angles.push(angle_between(found, truth));
    }

    fn say(&self, name: &str) {
        println!(
            "{name}: {:.3?} CPU s, {:.0?} iterations; error over the breast: mean {:.3?} mm, largest {:.3?} mm, turn {:.3?} degrees",
            spread(self.seconds.clone()),
            spread(self.looks.clone()),
            spread(self.means.clone()),
            spread(self.largest.clone()),
            spread(self.angles.clone()),
        );
    }
}

fn main() {
    let (breast, grid) = (Breast::new(7), scan_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let (mask, wide) = (breast_mask(&grid, 0.0), breast_mask(&grid, 5.0));
    let options = RegistrationOptions::default();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let folder = tempfile::tempdir().expect("a temporary folder");
    store(folder.path(), "fixed", &fixed);
    let inside: Vec<u8> = wide.inside.iter().map(|inside| u8::from(*inside)).collect();
    std::fs::write(folder.path().join("mask"), inside).expect("a file in the temporary folder");
    println!("{grid}, {} voxels in the mask, up to 8 mm and 8 degrees; least, median, largest of {DRAWS} draws", wide.count());
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let (mut us, mut them, mut peer) = (Tally::new(), Tally::new(), None);
    for draw in 0..DRAWS {
        let truth = motion(8.0, 8.0, &mut rng);
        let moving = breast.image(&grid, &truth, &AFTER, NOISE, 100 + draw);
        store(folder.path(), "moving", &moving);
        let (seconds, found) = pool.install(|| {
            let start = Instant::now();
            let before = cpu(start);
            let found = register(&fixed, &moving, Some(&wide), &options, &mut Xoshiro256PlusPlus::seed_from_u64(3));
            (cpu(start) - before, found.expect("a registration"))
        });
        us.add(seconds, found.iterations as f64, &found.transform, &truth, &mask);
        if let Some((name, seconds, looks, map)) = theirs(folder.path(), &grid, &options) {
            them.add(seconds, looks, &map, &truth, &mask);
            peer = Some(name);
        }
    }
    us.say("vbx");
    match peer {
        Some(name) => {
            them.say(&name);
            println!("ratio of medians: {:.1}", spread(them.seconds)[1] / spread(us.seconds)[1]);
        }
        None => println!("SimpleITK is not here; set VBX_PEER_PYTHON"),
    }
}
