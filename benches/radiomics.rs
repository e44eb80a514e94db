//! Radiomics in memory, one thread, beside PyRadiomics and Pictologics on the same files in the same run.
//!
//! `cargo bench --bench radiomics`; inputs are those of the reference collection (`VBX_REFERENCE`, else `../shared/reference`).
//! `VBX_PEER_PYTHON` names a Python that has PyRadiomics or Pictologics; a peer that is not there is said to be missing. Medians of CPU
//! seconds, reading and start-up left out on all sides. The sum of agreeing features says that both computed the same.

#![allow(clippy::print_stdout)]

#[path = "../tests/radiomics_support/mod.rs"]
mod radiomics_support;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use radiomics_support::{close, read_mask, read_nifti};
use vbx::image::{Mask, Volume};
use vbx::radiomics::settings::PyRadiomics;
use vbx::radiomics::{Extractor, Feature, Settings};

const CASES: [&str; 4] = ["breast1", "us2d", "syn3d", "dcebreast"];
const RUNS: usize = 15;

/// The peers' side: name and version, CPU seconds of the median run, then `feature=value` for each feature that has our name.
const PYTHON: &str = r#"
import sys, time
image_path, mask_path, peer, force2d = sys.argv[1:5]
def median(run):
    run(); took = []
    while len(took) < 5 and sum(took) < 20:
        start = time.process_time(); found = run(); took.append(time.process_time() - start)
    return sorted(took)[len(took) // 2], found
if peer == "pyradiomics":
    import logging, radiomics, SimpleITK
    from radiomics.featureextractor import RadiomicsFeatureExtractor
    radiomics.setVerbosity(60)
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    image, mask = SimpleITK.ReadImage(image_path), SimpleITK.ReadImage(mask_path)
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    seconds, found = median(lambda: extractor.execute(image, mask))
    print("PyRadiomics-" + radiomics.__version__, seconds, *(f"{name}={float(value)!r}" for name, value in found.items()))
else:
    import pictologics
    from pictologics import RadiomicsPipeline, load_image
    image, mask = load_image(image_path), load_image(mask_path)
    pipeline = RadiomicsPipeline()
    seconds, found = median(lambda: pipeline.run(image, mask))
    print("Pictologics-" + getattr(pictologics, "__version__", "?"), seconds)
"#;

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

fn reference(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("VBX_REFERENCE")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference"));
    Some(root.join("bench").join(file)).filter(|path| path.exists())
}

/// Seconds of the median run. The clock of a thread may tick in milliseconds, so that short runs are timed several together.
fn median(mut run: impl FnMut()) -> f64 {
    run();
    let start = Instant::now();
    run();
    let together = (0.05 / start.elapsed().as_secs_f64()).clamp(1.0, 1000.0) as usize;
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let before = cpu(start);
            (0..together).for_each(|_| run());
            (cpu(start) - before) / together as f64
        })
        .collect();
    seconds.sort_unstable_by(f64::total_cmp);
    seconds[RUNS / 2]
}

/// Milliseconds for some classes, or all of them, and the features.
fn ours(image: &Volume, mask: &Mask, classes: &[&str]) -> (f64, Vec<Feature>) {
    let mut settings = PyRadiomics::default();
    if !classes.is_empty() {
        settings.classes = classes.iter().map(|class| (class.to_string(), None)).collect();
    }
    let extractor = Extractor::new(Settings::Pyradiomics(settings));
    let mut features = Vec::new();
    let seconds = median(|| features = extractor.extract(image, mask).expect("features"));
    (1e3 * seconds, features)
}

/// Name, milliseconds and features of a peer, if it is there.
fn theirs(peer: &str, image: &Path, mask: &Path) -> Option<(String, f64, HashMap<String, f64>)> {
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let run = Command::new(python).arg("-c").arg(PYTHON).args([image, mask]).args([peer, "0"]).output().ok()?;
    let text = String::from_utf8(run.stdout).ok()?;
    let mut words = text.lines().last()?.split_whitespace();
    let (name, seconds) = (words.next()?.to_string(), words.next()?.parse::<f64>().ok()?);
    let features =
        words.filter_map(|word| word.split_once('=')).filter_map(|(name, value)| Some((name.into(), value.parse().ok()?)));
    Some((name, 1e3 * seconds, features.collect()))
}

fn main() {
    println!("CPU milliseconds on one thread, medians, in memory");
    for case in CASES {
        let files = (reference(&format!("{case}_image.nii.gz")), reference(&format!("{case}_label.nii.gz")));
        let (Some(image_path), Some(mask_path)) = files else {
            println!("{case}: its files are not here; set VBX_REFERENCE");
            continue;
        };
        let (image, mask) = (read_nifti(&image_path), read_mask(&mask_path));
        let (all, features) = ours(&image, &mask, &[]);
        println!("{case} ({} voxels): vbx {all:.2}, {} features", mask.count(), features.len());
        let classes = ["shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"];
        let parts = classes.map(|class| format!("{class} {:.2}", ours(&image, &mask, &[class]).0));
        println!(
            "  each class alone: {}; shape and first order {:.2}",
            parts.join(", "),
            ours(&image, &mask, &["shape", "firstorder"]).0
        );
        for peer in ["pyradiomics", "pictologics"] {
            let Some((name, milliseconds, found)) = theirs(peer, &image_path, &mask_path) else {
                println!("  {peer} is not here; set VBX_PEER_PYTHON");
                continue;
            };
            let same = |feature: &&Feature| match (feature.value, found.get(&feature.name())) {
                (Some(ours), Some(theirs)) => close(ours, *theirs, 1e-6),
                _ => false,
            };
            let agreeing = features.iter().filter(same).count();
            println!(
                "  {name} {milliseconds:.1}, ratio {:.0}; {agreeing} of {} features agree within 1e-6",
                milliseconds / all,
                found.len()
            );
        }
    }
}
