//! Image filters on the 256 × 256 × 80 volume of the radiomics benchmark, in the box of its region of 60,000 voxels, beside the peers'
//! libraries where a Python has them: the same volume, the same filters, CPU seconds of one thread, medians.
//!
//! `cargo bench --bench filters`; `VBX_REFERENCE` names the reference collection, `VBX_PEER_PYTHON` a Python with SimpleITK and PyWavelets.

#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use vbx::image::read::nifti;
use vbx::image::{BoundingBox, Label};
use vbx::radiomics::filter::{Filter, Gabor, Gradient, Lbp2d, Lbp3d, Pooling, RecursiveLog, Wavelet};

const RUNS: usize = 9;

/// PyRadiomics' filters on the whole volume, as it calls them: CPU seconds of eight wavelets and of three Laplacians of Gaussian.
const PYTHON: &str = r#"
import sys, time, numpy, pywt, SimpleITK as sitk
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
image = sitk.ReadImage(sys.argv[1]); data = sitk.GetArrayFromImage(image).astype(float)
def cpu(work, runs=3):
    times = []
    for _ in range(runs):
        start = time.process_time(); work(); times.append(time.process_time() - start)
    return sorted(times)[runs // 2]
def log():
    for sigma in (1.0, 2.0, 3.0):
        f = sitk.LaplacianRecursiveGaussianImageFilter(); f.SetNormalizeAcrossScale(True); f.SetSigma(sigma); f.Execute(image)
print(pywt.__version__, sitk.Version_VersionString(), cpu(lambda: pywt.swtn(data, "coif1", 1, axes=(2, 1, 0))), cpu(log))
"#;

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

/// The median CPU seconds of one call. The system counts CPU time in slices of some milliseconds: short calls are timed by the batch.
fn median(mut work: impl FnMut()) -> f64 {
    let first = Instant::now();
    work();
    let batch = (0.05 / first.elapsed().as_secs_f64()).ceil().clamp(1.0, 1e4) as usize;
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let clock = Instant::now();
            let start = cpu(clock);
            (0..batch).for_each(|_| work());
            (cpu(clock) - start) / batch as f64
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

fn main() {
    let root = std::env::var_os("VBX_REFERENCE")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference"));
    let path = root.join("bench/syn3d_image.nii.gz");
    if !path.exists() {
        println!("skipped: the reference bench/syn3d_image.nii.gz is not here");
        return;
    }
    let image = nifti::read_volume(&path).expect("the image is read");
    let labels = nifti::read_labels(&root.join("bench/syn3d_label.nii.gz")).expect("the mask is read");
    let mask = labels.mask(Label::AnyNonzero).expect("a region");
    let Some(roi) = mask.bounding_box() else { return };
    let whole = BoundingBox { start: [0; 3], end: image.grid.size };
    let log = |sigma: f64| Filter::RecursiveLog(RecursiveLog { sigma });
    let wavelet = Filter::Wavelet(Wavelet::default());
    let named = [
        ("wavelets coif1, 8 bands", wavelet.clone()),
        ("LoG 1 mm", log(1.0)),
        ("LoG 2 mm", log(2.0)),
        ("LoG 3 mm", log(3.0)),
        ("gradient magnitude", Filter::Gradient(Gradient::default())),
        ("square", Filter::Square),
        ("exponential", Filter::Exponential),
        ("LBP 2-D", Filter::Lbp2d(Lbp2d::default())),
        ("LBP 3-D", Filter::Lbp3d(Lbp3d::default())),
    ];
    println!("{} voxels in the region, {:?} to {:?} its box; CPU seconds, one thread", mask.count(), roi.start, roi.end);
    for (name, filter) in &named {
        let seconds = median(|| drop(std::hint::black_box(filter.apply_within(&image, &roi).expect("a response"))));
        println!("{name:<24} in the box {seconds:.5} s");
    }
    let gabor = Filter::Gabor(Gabor {
        sigma: 2.0,
        lambda: 4.0,
        gamma: 1.0,
        theta: 0.0,
        theta_step: Some(45.0),
        pooling: Pooling::Average,
        orthogonal: true,
        boundary: Default::default(),
    });
    let seconds = median(|| drop(std::hint::black_box(gabor.apply_within(&image, &roi).expect("a response"))));
    println!("{:<24} in the box {seconds:.5} s", "Gabor, 8 × 3 directions");
    let eleven = |place: &BoundingBox| {
        for (_, filter) in &named[..4] {
            drop(std::hint::black_box(filter.apply_within(&image, place).expect("a response")));
        }
    };
    println!("{:<24} in the box {:.5} s", "8 wavelets and 3 LoG", median(|| eleven(&roi)));
    let all = [
        median(|| drop(wavelet.apply_within(&image, &whole))),
        median(|| named[1..4].iter().for_each(|(_, f)| drop(f.apply(&image)))),
    ];
    println!("{:<24} whole volume {:.4} s + {:.4} s", "8 wavelets + 3 LoG", all[0], all[1]);
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let peer = Command::new(python).args(["-c", PYTHON]).arg(&path).output().ok().filter(|output| output.status.success());
    let answer = peer.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    match answer.split_whitespace().collect::<Vec<_>>().as_slice() {
        [pywt, itk, wavelets, log] => {
            println!("{:<24} whole volume {wavelets} s (PyWavelets {pywt}) + {log} s (SimpleITK {itk})", "peers")
        }
        _ => println!("(no Python with SimpleITK and PyWavelets to compare with)"),
    }
}
