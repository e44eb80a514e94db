//! Supervoxels on planted phantoms, beside scikit-image's.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vbx::habitat::{SlicOptions, SupervoxelSize, adjusted_rand, collect, slic};
use vbx::image::components::{Connectivity, components};
use vbx::image::{Grid, Mask, Volume};

fn digits(i: u64, j: u64) -> f64 {
    ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) % 10007) as f64 / 10007.0 - 0.5
}

/// The phantom of `tests/reference/habitat_slic.py`.
fn phantom(apart: f64) -> (Mask, Vec<u16>, Vec<Volume>) {
    let [nx, ny, nz] = [40i64, 36, 12];
    let grid = Grid::plain([40, 36, 12], [1.0, 1.0, 3.0]);
    let mut planted = Vec::with_capacity(grid.voxels());
    for (k, j, i) in (0..nz).flat_map(|k| (0..ny).flat_map(move |j| (0..nx).map(move |i| (k, j, i)))) {
        let [u, v, w] = [(2 * i + 1 - nx) * ny * nz, (2 * j + 1 - ny) * nx * nz, (2 * k + 1 - nz) * nx * ny];
        let (square, radius) = (u * u + v * v + w * w, nx * ny * nz);
        let shell = if 2 * i + j < nx + ny / 2 { 2 } else { 3 };
        let own = if 100 * square < 30 * radius * radius { 1 } else { shell };
        planted.push(if square < radius * radius { own } else { 0 });
    }
    let value = |at: usize, map: u64, label: u16| {
        let noise: f64 = (0..4).map(|s| digits(at as u64 + 1 + 37 * s, map + 1 + 11 * s)).sum();
        if u64::from(label) == map + 1 { apart + noise } else { noise }
    };
    let maps = (0..3).map(|map| {
        let values = planted.iter().enumerate().map(|(at, label)| value(at, map, *label)).collect();
        Volume::new(grid.clone(), values)
    });
    let maps = maps.collect();
    (Mask::new(grid, planted.iter().map(|label| *label > 0).collect()), planted, maps)
}

fn named(maps: &[Volume]) -> Vec<(&str, &Volume)> {
    ["a", "b", "c"].into_iter().zip(maps).collect()
}

/// Voxels of the region with a neighbour over a face, in the region, of another label.
fn borders<T: PartialEq>(mask: &Mask, labels: &[T]) -> Vec<bool> {
    let [nx, ny, nz] = mask.grid.size;
    let mut found = vec![false; labels.len()];
    for (axis, step) in [1, nx, nx * ny].into_iter().enumerate() {
        for at in 0..labels.len() {
            let here = [at % nx, at / nx % ny, at / (nx * ny)][axis];
            let there = at + step;
            if here + 1 < [nx, ny, nz][axis] && mask.inside[at] && mask.inside[there] && labels[at] != labels[there] {
                (found[at], found[there]) = (true, true);
            }
        }
    }
    found
}

struct Measures {
    supervoxels: usize,
    recall: f64,
    rand: f64,
}

fn measures(mask: &Mask, labels: &[u32], planted: &[u16]) -> Measures {
    let truth = borders(mask, planted);
    let ours = borders(mask, labels);
    let hit = truth.iter().zip(&ours).filter(|(truth, ours)| **truth && **ours).count();
    let mut votes: BTreeMap<u32, [usize; 4]> = BTreeMap::new();
    for (label, planted) in labels.iter().zip(planted).filter(|(label, _)| **label > 0) {
        votes.entry(*label).or_default()[usize::from(*planted)] += 1;
    }
    let voted = |label: u32| (1..4u16).max_by_key(|planted| votes[&label][usize::from(*planted)]).unwrap();
    let inside: Vec<usize> = (0..labels.len()).filter(|at| mask.inside[*at]).collect();
    let found: Vec<u16> = inside.iter().map(|at| voted(labels[*at])).collect();
    let expected: Vec<u16> = inside.iter().map(|at| planted[*at]).collect();
    Measures {
        supervoxels: votes.len(),
        recall: hit as f64 / truth.iter().filter(|truth| **truth).count() as f64,
        rand: adjusted_rand(&found, &expected).unwrap(),
    }
}

#[test]
fn planted_borders_are_followed_as_well_as_scikit_images_best() {
    let text = include_str!("reference/habitat_slic.json");
    let cases: Value = serde_json::from_str(text).unwrap();
    for case in cases["cases"].as_array().unwrap() {
        let (mask, planted, maps) = phantom(case["apart"].as_f64().unwrap());
        assert_eq!(mask.count() as u64, case["voxels"].as_u64().unwrap());
        let count = case["count"].as_u64().unwrap() as usize;
        let found = |compactness| {
            let options = SlicOptions { compactness, size: SupervoxelSize::Count(count), ..SlicOptions::default() };
            measures(&mask, &slic(&mask, &named(&maps), &options).unwrap(), &planted)
        };
        let ours = [1.0, 1.25, 1.5, 2.0].map(found);
        // Their best among the compactnesses that give about the number of supervoxels asked for.
        let theirs = case["tried"].as_array().unwrap();
        let enough = |row: &&Value| row["supervoxels"].as_u64().is_some_and(|n| 10 * n as usize <= 13 * count);
        let best = |key: &str| theirs.iter().filter(enough).map(|row| row[key].as_f64().unwrap()).fold(0.0, f64::max);
        let (rand, recall) = (best("rand"), best("boundary_recall"));
        let most = |of: fn(&Measures) -> f64| ours.iter().map(of).fold(0.0, f64::max);
        for found in &ours {
            println!("recall {:.3} ({recall:.3}), rand {:.3} ({rand:.3})", found.recall, found.rand);
            assert_eq!(found.supervoxels, count);
        }
        // Each at its best compactness, and ours also where none is given. Other seeds move these measures by up to 0.02 for
        // either program (theirs between neighbouring compactnesses, ours between rounds of seeding).
        assert!(most(|found| found.rand) >= rand - 0.02 && most(|found| found.recall) >= recall);
        assert!(ours[0].rand >= rand - 0.03 && ours[0].recall >= recall);
    }
}

#[test]
fn supervoxels_are_connected_and_the_same_on_any_number_of_threads() {
    let (mask, _, maps) = phantom(1.0);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| slic(&mask, &named(&maps), &SlicOptions::default()).unwrap())
    };
    let labels = run(1);
    assert_eq!(labels, run(2));
    assert_eq!(labels, run(5));
    assert!(labels.iter().zip(&mask.inside).all(|(label, inside)| (*label > 0) == *inside));
    for label in labels.iter().copied().filter(|label| *label > 0).collect::<BTreeSet<u32>>() {
        let part = Mask::new(mask.grid.clone(), labels.iter().map(|other| *other == label).collect());
        assert_eq!(components(&part, Connectivity::Faces).sizes.len(), 1);
    }
    // Numbers without gaps, so that statistics by supervoxel keep them.
    let found = collect(&mask.grid, &labels, &named(&maps)).unwrap();
    assert_eq!(found.place, labels);
    // The maps' units do not matter.
    let other: Vec<Volume> =
        maps.iter().map(|map| Volume::new(map.grid.clone(), map.values.iter().map(|v| 1e-3 * v - 7.0).collect())).collect();
    let again = slic(&mask, &named(&other), &SlicOptions::default()).unwrap();
    assert!(again.iter().zip(&labels).filter(|(a, b)| a == b).count() * 1000 > 999 * labels.len());
}

/// Without anything to see, supervoxels are as wide as they are high in mm, whatever the voxels' shape.
#[test]
fn places_count_in_millimetres() {
    let grid = Grid::plain([30, 30, 10], [1.0, 1.0, 3.0]);
    let mask = Mask::new(grid.clone(), vec![true; grid.voxels()]);
    let even = Volume::new(grid.clone(), vec![4.0; grid.voxels()]);
    let options = SlicOptions { size: SupervoxelSize::Volume { mm3: 1000.0, most: 100 }, ..SlicOptions::default() };
    let labels = slic(&mask, &[("even", &even)], &options).unwrap();
    let count = labels.iter().max().copied().unwrap();
    assert_eq!(count, 27);
    let mut extent = [0.0; 3];
    for label in 1..=count {
        let own: Vec<usize> = (0..labels.len()).filter(|at| labels[*at] == label).collect();
        for (axis, extent) in extent.iter_mut().enumerate() {
            let place = |at: &usize| [at % 30, at / 30 % 30, at / 900][axis] as f64 * grid.spacing[axis];
            let mean = own.iter().map(place).sum::<f64>() / own.len() as f64;
            *extent += (own.iter().map(|at| (place(at) - mean).powi(2)).sum::<f64>() / own.len() as f64).sqrt();
        }
    }
    let [wide, deep, high] = extent;
    assert!((wide / deep - 1.0).abs() < 0.15 && (high / wide - 1.0).abs() < 0.15, "{extent:?}");
}

#[test]
fn small_and_broken_regions() {
    let grid = Grid::plain([9, 7, 1], [0.7, 0.7, 4.0]);
    let map = Volume::new(grid.clone(), (0..63).map(|at| f64::from(at % 9)).collect());
    let one = |inside: &[usize]| Mask::new(grid.clone(), (0..63).map(|at| inside.contains(&at)).collect());
    let run = |mask: &Mask| slic(mask, &[("map", &map)], &SlicOptions::default());
    // A single voxel; fewer voxels than supervoxels; islands of which none is lost.
    assert_eq!(run(&one(&[31])).unwrap()[31], 1);
    let few = run(&one(&[30, 31, 32])).unwrap();
    assert_eq!(few.iter().filter(|label| **label > 0).count(), 3);
    let options = SlicOptions { size: SupervoxelSize::Count(2), ..SlicOptions::default() };
    let islands = slic(&one(&[0, 1, 8, 54, 55, 62]), &[("map", &map)], &options).unwrap();
    assert_eq!(islands.iter().filter(|label| **label > 0).collect::<BTreeSet<_>>().len(), 4);
    assert!(islands[0] == islands[1] && islands[54] == islands[55]);
    assert!(run(&one(&[])).unwrap_err().to_string().contains("0 voxels"));
    let hole = Volume::new(grid.clone(), (0..63).map(|at| if at == 31 { f64::NAN } else { 1.0 }).collect());
    assert!(slic(&one(&[30, 31]), &[("hole", &hole)], &options).unwrap_err().to_string().contains("not finite in 1"));
    let elsewhere = Volume::new(Grid::plain([9, 7, 1], [1.0; 3]), vec![0.0; 63]);
    assert!(slic(&one(&[30]), &[("map", &elsewhere)], &options).unwrap_err().to_string().contains("another grid"));
    for wrong in [
        SlicOptions { size: SupervoxelSize::Count(0), ..options },
        SlicOptions { size: SupervoxelSize::Volume { mm3: f64::NAN, most: 9 }, ..options },
        SlicOptions { compactness: 0.0, ..options },
        SlicOptions { iterations: 0, ..options },
        SlicOptions { smallest: 2.0, ..options },
    ] {
        assert!(matches!(slic(&one(&[30]), &[("map", &map)], &wrong), Err(vbx::error::Error::Usage(_))));
    }
}
