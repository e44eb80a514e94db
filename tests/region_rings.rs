//! Regions made from a lesion: rings against every pair of voxels, partitions, names, and what is refused.

use vbx::image::{Grid, Mask};
use vbx::region::RegionSpec;
use vbx::region::largest_slice::{Axis, largest_slice};
use vbx::region::ring::{Shell, ring, with_ring};
use vbx::region::spec::{ReachSpec, RingSpec, SliceSpec};

fn index(grid: &Grid, at: usize) -> [f64; 3] {
    let [nx, ny, _] = grid.size;
    [at % nx, at / nx % ny, at / (nx * ny)].map(|n| n as f64)
}

fn ellipsoid(grid: Grid, centre: [f64; 3], radii: [f64; 3]) -> Mask {
    let inside = (0..grid.voxels())
        .map(|at| {
            let x = index(&grid, at);
            (0..3).map(|a| ((x[a] - centre[a]) * grid.spacing[a] / radii[a]).powi(2)).sum::<f64>() <= 1.0
        })
        .collect();
    Mask::new(grid, inside)
}

fn lesion() -> Mask {
    ellipsoid(Grid::plain([33, 30, 11], [0.6, 0.7, 2.5]), [16.0, 14.0, 5.0], [4.0, 3.0, 5.5])
}

/// Distance to the nearest voxel of the lesion, by looking at all of them.
fn nearest(mask: &Mask, at: usize, in_plane: bool) -> f64 {
    let here = index(&mask.grid, at);
    (0..mask.inside.len())
        .filter(|other| mask.inside[*other])
        .map(|other| index(&mask.grid, other))
        .filter(|there| !in_plane || there[2] == here[2])
        .map(|there| (0..3).map(|a| ((here[a] - there[a]) * mask.grid.spacing[a]).powi(2)).sum::<f64>().sqrt())
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn rings_hold_the_voxels_at_their_distance() {
    let lesion = lesion();
    for in_plane in [false, true] {
        let distance: Vec<f64> = (0..lesion.inside.len()).map(|at| nearest(&lesion, at, in_plane)).collect();
        for (from, to) in [(0.0, 3.0), (0.0, 0.7), (2.0, 4.0), (0.6, 2.5), (3.0, 5.0)] {
            let found = ring(&lesion, Shell { from, to, in_plane }, None).unwrap();
            for (at, d) in distance.iter().enumerate() {
                let wanted = *d > from + 1e-9 && *d <= to + 1e-9;
                assert_eq!(found.inside[at], wanted, "{from} to {to}: {at} at {d}");
            }
        }
    }
}

#[test]
fn shells_partition_the_wider_ring() {
    let lesion = lesion();
    let make = |from, to| ring(&lesion, Shell { from, to, in_plane: false }, None).unwrap();
    let (inner, outer, whole) = (make(0.0, 2.0), make(2.0, 4.0), make(0.0, 4.0));
    for at in 0..whole.inside.len() {
        assert_eq!(u8::from(inner.inside[at]) + u8::from(outer.inside[at]), u8::from(whole.inside[at]));
        assert!(!(whole.inside[at] && lesion.inside[at]));
    }
    let both = with_ring(&lesion, 4.0, false, None).unwrap();
    assert_eq!(both.count(), lesion.count() + whole.count());
}

/// The volume of a ring around a ball is that of the shell of the two balls.
#[test]
fn volume_of_a_ring_around_a_ball() {
    let ball = ellipsoid(Grid::plain([81, 81, 41], [0.5, 0.5, 1.0]), [40.0, 40.0, 20.0], [8.0; 3]);
    let shell = ring(&ball, Shell { from: 0.0, to: 4.0, in_plane: false }, None).unwrap();
    let volume = shell.count() as f64 * ball.grid.voxel_volume();
    let radius = (ball.count() as f64 * ball.grid.voxel_volume() * 0.75 / std::f64::consts::PI).cbrt();
    let truth = 4.0 / 3.0 * std::f64::consts::PI * ((radius + 4.0).powi(3) - radius.powi(3));
    // The lesion's boundary is its outermost centres, about a quarter voxel within its surface on average.
    assert!(volume < truth && volume > 0.93 * truth, "{volume} of {truth}");
}

#[test]
fn a_body_clips_what_is_around_and_not_the_lesion() {
    let lesion = lesion();
    let body = Mask::new(lesion.grid.clone(), (0..lesion.inside.len()).map(|at| index(&lesion.grid, at)[0] <= 16.0).collect());
    let spec = RegionSpec::Ring(RingSpec { from_mm: 0.0, to_mm: 3.0, in_plane: false });
    let (all, clipped) = (spec.make(&lesion, None).unwrap(), spec.make(&lesion, Some(&body)).unwrap());
    for at in 0..all.inside.len() {
        assert_eq!(clipped.inside[at], all.inside[at] && body.inside[at]);
    }
    let both = RegionSpec::LesionAndRing(ReachSpec { to_mm: 3.0, in_plane: false }).make(&lesion, Some(&body)).unwrap();
    assert_eq!(both.count(), lesion.count() + clipped.count());
}

#[test]
fn the_largest_slice() {
    let lesion = lesion();
    let slice = largest_slice(&lesion, Axis::K).unwrap();
    let areas: Vec<usize> = lesion.inside.chunks(33 * 30).map(|s| s.iter().filter(|i| **i).count()).collect();
    assert_eq!(slice.count(), *areas.iter().max().unwrap());
    assert_eq!(slice.bounding_box().unwrap().start[2] + 1, slice.bounding_box().unwrap().end[2]);
    for (axis, at) in [(Axis::I, 0), (Axis::J, 1)] {
        let bounds = largest_slice(&lesion, axis).unwrap().bounding_box().unwrap();
        assert_eq!(bounds.start[at] + 1, bounds.end[at]);
    }
    let around = RegionSpec::LargestSlice(SliceSpec { axis: Axis::K, ring_mm: Some(2.0) }).make(&lesion, None).unwrap();
    let bounds = around.bounding_box().unwrap();
    assert_eq!((bounds.start[2], bounds.end[2]), (5, 6));
}

#[test]
fn names_and_spellings() {
    let written = [
        ("\"lesion\"", "lesion"),
        ("{\"ring\":{\"to-mm\":3}}", "peri3mm"),
        ("{\"ring\":{\"from-mm\":2,\"to-mm\":4}}", "peri2to4mm"),
        ("{\"ring\":{\"to-mm\":2.5,\"in-plane\":true}}", "peri2.5mm_2d"),
        ("{\"lesion-and-ring\":{\"to-mm\":3}}", "lesion_peri3mm"),
        ("{\"largest-slice\":{}}", "largest_slice"),
        ("{\"largest-slice\":{\"axis\":\"i\"}}", "largest_slice_i"),
        ("{\"largest-slice\":{\"ring-mm\":4}}", "largest_slice_peri4mm"),
    ];
    for (text, name) in written {
        let spec: RegionSpec = serde_json::from_str(text).unwrap();
        assert_eq!(spec.name(), name);
        let again: RegionSpec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        assert_eq!(again, spec);
    }
    for wrong in ["{\"ring\":{\"to\":3}}", "\"Lesion\"", "{\"ring\":{\"to-mm\":3,\"more\":1}}", "{\"ring\":{}}"] {
        assert!(serde_json::from_str::<RegionSpec>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_region_is_refused() {
    let lesion = lesion();
    let empty = Mask::new(lesion.grid.clone(), vec![false; lesion.inside.len()]);
    let specs = [
        RegionSpec::Lesion,
        RegionSpec::Ring(RingSpec { from_mm: 0.0, to_mm: 3.0, in_plane: false }),
        RegionSpec::LesionAndRing(ReachSpec { to_mm: 3.0, in_plane: true }),
        RegionSpec::LargestSlice(SliceSpec::default()),
    ];
    for spec in &specs {
        assert!(spec.make(&empty, None).is_err());
        assert!(spec.make(&lesion, None).is_ok());
    }
    for (from, to) in [(3.0, 3.0), (-1.0, 2.0), (0.0, f64::NAN), (0.0, f64::INFINITY), (0.0, 0.0)] {
        assert!(ring(&lesion, Shell { from, to, in_plane: false }, None).is_err(), "{from} {to}");
    }
    // Narrower than a voxel: no voxel lies there.
    assert!(ring(&lesion, Shell { from: 0.0, to: 0.1, in_plane: false }, None).is_err());
    let elsewhere = Mask::new(Grid::plain([33, 30, 11], [1.0; 3]), lesion.inside.clone());
    assert!(specs[1].make(&lesion, Some(&elsewhere)).is_err());
    let full = Mask::new(Grid::plain([3, 3, 1], [1.0; 3]), vec![true; 9]);
    assert!(specs[1].make(&full, None).is_err());
    let mut one = Mask::new(Grid::plain([5, 5, 1], [1.0; 3]), vec![false; 25]);
    one.inside[12] = true;
    assert_eq!(RegionSpec::Ring(RingSpec { from_mm: 0.0, to_mm: 1.0, in_plane: false }).make(&one, None).unwrap().count(), 4);
}
