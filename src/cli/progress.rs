//! Progress: a bar on a terminal, plain lines elsewhere, nothing where the output is for a program.

use crate::study::extract::Watch;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Progress of one long step.
pub struct Progress {
    bar: Option<ProgressBar>,
    label: String,
    total: u64,
    done: AtomicU64,
    silent: bool,
}

impl Progress {
    /// A step of `total` parts.
    pub fn new(label: &str, total: u64, silent: bool) -> Self {
        let bar = (!silent && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{msg:<22} {bar:32} {pos}/{len}  {elapsed_precise}  about {eta} left");
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_message(label.to_string())
        });
        Progress { bar, label: label.to_string(), total, done: AtomicU64::new(0), silent }
    }

    /// One part is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        match &self.bar {
            Some(bar) => bar.inc(1),
            // Without a terminal, a line per tenth is enough to see that it is alive.
            None if !self.silent && (done == self.total || done.is_multiple_of(self.total.div_ceil(10).max(1))) => {
                say(&format!("{}: {done} of {}", self.label, self.total));
            }
            None => {}
        }
    }

    /// The step is over.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish();
        }
    }
}

/// Watches the extraction of images: one progress bar per modality.
pub struct Watched {
    silent: bool,
    current: Mutex<Option<Progress>>,
}

impl Watched {
    /// A watch, silent where the output is for a program.
    pub fn new(silent: bool) -> Self {
        Watched { silent, current: Mutex::new(None) }
    }

    fn with(&self, act: impl FnOnce(&mut Option<Progress>)) {
        act(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Watch for Watched {
    fn begin(&self, modality: &str, cases: usize) {
        self.with(|current| *current = Some(Progress::new(&format!("extracting {modality}"), cases as u64, self.silent)));
    }

    fn case(&self) {
        self.with(|current| current.iter().for_each(Progress::step));
    }

    fn end(&self) {
        self.with(|current| current.take().iter().for_each(Progress::finish));
    }
}

/// A line for people, on the standard error stream, so that the standard output stays for results.
#[allow(clippy::print_stderr)]
pub fn say(line: &str) {
    eprintln!("{line}");
}

/// A line of results.
#[allow(clippy::print_stdout)]
pub fn print(line: &str) {
    println!("{line}");
}
