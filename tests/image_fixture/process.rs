//! Work in a process of its own, and the most memory that it took.

use std::process::Command;

/// The most memory that this process has had, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// What [`measured`] asked this process for under that name.
pub fn asked_for(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Says how the work ended and what it took; the last that such a process does.
#[allow(clippy::print_stdout)]
pub fn answer(done: bool) {
    println!("\nmeasured: {done} {}", peak_memory().unwrap_or(0));
}

/// Runs one test of this program alone, told `what` under `name`: how its work ended, and its highest resident memory; `None` where the
/// system does not tell.
pub fn measured(test: &str, name: &str, what: &str) -> Option<(bool, u64)> {
    let run = Command::new(std::env::current_exe().ok()?)
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(name, what)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let said = text.lines().find_map(|line| line.strip_prefix("measured: "));
    let said = said.unwrap_or_else(|| panic!("{what}: the process ended badly: {text}{}", String::from_utf8_lossy(&run.stderr)));
    let (done, bytes) = said.split_once(' ')?;
    let bytes = bytes.parse().ok().filter(|bytes| *bytes > 0)?;
    Some((done == "true", bytes))
}
