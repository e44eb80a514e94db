//! Damaged files of every format: seeded truncations and changed bytes never end in a panic, nor take memory that a small file cannot ask
//! for. The functions are those of the fuzz targets in `fuzz/`, which go on where these seconds end. `tests/image_memory.rs` weighs the memory
//! of large files.

mod image_fixture;
#[path = "../fuzz/readers.rs"]
mod readers;

use image_fixture::process::peak_memory;
use image_fixture::seeds::seeds;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use readers::READERS;

/// Damaged files of each seed.
const ROUNDS: usize = 4_000;

/// One file with `1..=4` faults: cut off, a byte changed, a number set to an extreme, a piece repeated.
fn damaged(whole: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.gen_range(1..=4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.gen_range(0..bytes.len());
        match random.gen_range(0..5) {
            0 => bytes.truncate(at),
            1 | 2 => bytes[at] = random.r#gen(),
            3 => {
                let extreme = [0u32, 1, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x8000_0000][random.gen_range(0..7)];
                let width = [1, 2, 4][random.gen_range(0..3)];
                let value = if random.r#gen() { extreme.to_le_bytes() } else { extreme.to_be_bytes() };
                for (slot, byte) in bytes[at..].iter_mut().zip(&value[..width]) {
                    *slot = *byte;
                }
            }
            _ => {
                let end = (at + random.gen_range(1..40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[test]
fn damaged_files_are_refused_and_nothing_else() {
    for (target, read) in READERS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seed");
        for (at, whole) in seeds.iter().enumerate() {
            assert!(read(whole), "{target} {at}: the file as it is must be read");
            let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
            let before = peak_memory();
            let mut refused = 0;
            for round in 0..ROUNDS {
                let bytes = damaged(whole, &mut random);
                match std::panic::catch_unwind(|| read(&bytes)) {
                    Ok(true) => {}
                    Ok(false) => refused += 1,
                    Err(_) => panic!("{target} {at}: round {round} panics on {bytes:02x?}"),
                }
            }
            assert!(refused > ROUNDS / 20, "{target} {at}: only {refused} refused; is the damage real?");
            if let (Some(before), Some(after)) = (before, peak_memory()) {
                // All that such a small file may ask for is the fixed room of buffers and tables.
                let (more, length) = ((after - before) >> 10, whole.len());
                assert!(more < 4096, "{target} {at}: {more} KiB more for files of {length} bytes");
            }
        }
    }
}

/// `VBX_WRITE_SEEDS` names the folder in which cargo-fuzz looks for the seeds of each target.
#[test]
fn every_fuzz_target_has_its_file_and_its_seeds() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/Cargo.toml")).unwrap();
    let listed = manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    assert_eq!(listed.collect::<Vec<_>>(), READERS.map(|(target, _)| target));
    let Some(folder) = std::env::var_os("VBX_WRITE_SEEDS").map(std::path::PathBuf::from) else { return };
    for (target, _) in READERS {
        std::fs::create_dir_all(folder.join(target)).unwrap();
        for (at, seed) in seeds(target).iter().enumerate() {
            std::fs::write(folder.join(target).join(format!("seed-{at}")), seed).unwrap();
        }
    }
}
