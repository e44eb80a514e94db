//! A series streams: what is in memory at its peak is counted.
#![allow(unsafe_code)]

mod image_fixture;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use image_fixture::{Nifti, gzip};
use vbx::image::read::series::{SeriesOptions, SeriesReader};
use vbx::parametric::series::Series;

/// The system's allocator, with a count of what is held and of the most that was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        MOST.fetch_max(held, Ordering::SeqCst);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::SeqCst);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most bytes held at once within `run`, beyond what was held before.
fn peak(run: impl FnOnce()) -> usize {
    let before = HELD.load(Ordering::SeqCst);
    MOST.store(before, Ordering::SeqCst);
    run();
    MOST.load(Ordering::SeqCst) - before
}

const SIDE: usize = 128;
const SLICES: usize = 16;
const IMAGES: usize = 12;
/// One image as it is stored, in 16 bits.
const STORED: usize = 2 * SIDE * SIDE * SLICES;
/// Buffers, headers and the like.
const SMALL: usize = 1 << 20;

/// One test, so that nothing else runs beside what is counted.
#[test]
fn a_series_is_never_in_memory_twice() {
    let folder = tempfile::tempdir().unwrap();
    let voxels: Vec<u8> = (0..SIDE * SIDE * SLICES * IMAGES).flat_map(|n| ((n % 4093) as u16).to_le_bytes()).collect();
    let size = [SIDE as i64, SIDE as i64, SLICES as i64, IMAGES as i64];
    let file = Nifti { datatype: 4, ..Nifti::bytes_of(&size, &voxels) }.encode();
    for (name, bytes) in [("dce.nii", file.clone()), ("dce.nii.gz", gzip(&file))] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let open = || SeriesReader::open(std::slice::from_ref(&path), &SeriesOptions::default()).unwrap();
        // An image in single precision is twice as large as it is stored, in double precision four times.
        let most = peak(|| assert_eq!(open().singles().map(Result::unwrap).count(), IMAGES));
        assert!(most <= 2 * STORED + SMALL, "{name}: {most} bytes for images of {STORED}");
        let most = peak(|| assert_eq!(open().volumes().map(Result::unwrap).count(), IMAGES));
        assert!(most <= 4 * STORED + SMALL, "{name}: {most} bytes for images of {STORED}");
        // What the maps work on: the whole series in single precision.
        let most = peak(|| {
            let series = open();
            let frames = series.singles().map(Result::unwrap).collect();
            let series = Series::from_frames(series.grid().clone(), frames).unwrap();
            assert_eq!(
                (series.images(), series.frame(IMAGES - 1)[1]),
                (IMAGES, ((SIDE * SIDE * SLICES * (IMAGES - 1) + 1) % 4093) as f32)
            );
        });
        assert!(most <= 3 * STORED * IMAGES, "{name}: {most} bytes for a series of {}", STORED * IMAGES);
    }
}
