//! The `vbx` command: parse, run, exit code.

fn main() {}
