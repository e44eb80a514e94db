//! Habitat features held against counting voxel by voxel, closed forms and planted habitats.

use std::collections::BTreeMap;
use std::path::Path;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::habitat::features::{
    IthOptions, centred_log_ratios, interaction_texture, ith_score, shannon, simpson, spatial_interaction, transitions,
    volume_fractions,
};
use vbx::habitat::{
    Codebook, FeatureOptions, Makeup, Neighbourhood, Recipe, adjusted_rand, collect, feature_names, features, pooled,
};
use vbx::image::components::{Connectivity, components};
use vbx::image::{Grid, Mask, Volume};

const NEIGHBOURHOODS: [Neighbourhood; 3] = [Neighbourhood::Slice8, Neighbourhood::Faces6, Neighbourhood::Corners26];
const MAPS: [&str; 3] = ["adc", "wash_in", "t2"];

fn generator(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// A ball of planted habitats: 1 the core, 2 and 3 halves of the shell; three maps whose habitats' means are `apart` noises away.
struct Lesion {
    grid: Grid,
    habitat: Vec<u16>,
    supervoxel: Vec<u32>,
    maps: Vec<Volume>,
}

fn lesion(size: [usize; 3], apart: f64, seed: u64) -> Lesion {
    let mut rng = generator(seed);
    let grid = Grid::plain(size, [1.0, 1.0, 2.0]);
    let (mut habitat, mut supervoxel) = (vec![0; grid.voxels()], vec![0; grid.voxels()]);
    for at in 0..grid.voxels() {
        let here = [at % size[0], at / size[0] % size[1], at / (size[0] * size[1])];
        let u: [f64; 3] = std::array::from_fn(|axis| 2.0 * (here[axis] as f64 + 0.5) / size[axis] as f64 - 1.0);
        let radius = u.iter().map(|u| u * u).sum::<f64>().sqrt();
        if radius < 1.05 {
            habitat[at] = if radius < 0.6 {
                1
            } else if u[0] < 0.1 {
                2
            } else {
                3
            };
            // Patches of 3 × 3 × 2 voxels within one habitat: those cut by a habitat's border may fall apart.
            let patch = here[0] / 3 + 100 * (here[1] / 3) + 10_000 * (here[2] / 2);
            supervoxel[at] = (3 * patch) as u32 + u32::from(habitat[at]);
        }
    }
    let means = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let maps = (0..3).map(|map| {
        let value = |label: &u16| match label {
            0 => f64::NAN,
            label => apart * means[map][usize::from(*label) - 1] + rng.sample::<f64, _>(StandardNormal),
        };
        Volume::new(grid.clone(), habitat.iter().map(value).collect())
    });
    let maps: Vec<Volume> = maps.collect();
    Lesion { grid, habitat, supervoxel, maps }
}

impl Lesion {
    fn maps(&self) -> Vec<(&str, &Volume)> {
        MAPS.into_iter().zip(&self.maps).collect()
    }
}

fn names() -> Vec<String> {
    MAPS.map(String::from).to_vec()
}

/// Neighbour counts from the definition, voxel by voxel.
fn counted(grid: &Grid, labels: &[u16], habitats: usize, neighbourhood: Neighbourhood) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; habitats + 1]; habitats + 1];
    let size = grid.size.map(|n| n as isize);
    let label = |at: [isize; 3]| {
        let inside = (0..3).all(|axis| at[axis] >= 0 && at[axis] < size[axis]);
        if inside { usize::from(labels[grid.at(at.map(|n| n as usize))]) } else { 0 }
    };
    // One voxel of margin, so that the background beyond the border has its pairs too.
    for k in -1..=size[2] {
        for j in -1..=size[1] {
            for i in -1..=size[0] {
                for (dk, dj, di) in (-1..=1).flat_map(|c| (-1..=1).flat_map(move |b| (-1..=1).map(move |a| (c, b, a)))) {
                    let there: [isize; 3] = [i + di, j + dj, k + dk];
                    let flat = [di, dj, dk].iter().zip(grid.size).any(|(d, n): (&isize, usize)| *d != 0 && n == 1);
                    let counts_here = match neighbourhood {
                        Neighbourhood::Slice8 => dk == 0,
                        Neighbourhood::Faces6 => di.abs() + dj.abs() + dk.abs() == 1,
                        Neighbourhood::Corners26 => true,
                    };
                    if counts_here && !flat && [di, dj, dk] != [0, 0, 0] {
                        counts[label([i, j, k])][label(there)] += 1;
                    }
                }
            }
        }
    }
    counts[0][0] = 0;
    counts
}

#[test]
fn supervoxels_and_voxels_tell_the_same() {
    for (size, seed) in [([20, 17, 9], 1), ([13, 13, 1], 2), ([7, 24, 5], 3)] {
        let lesion = lesion(size, 1.0, seed);
        let found = collect(&lesion.grid, &lesion.supervoxel, &lesion.maps()).unwrap();
        let stored: vbx::habitat::Supervoxels =
            serde_json::from_str(&serde_json::to_string(&found.supervoxels).unwrap()).unwrap();
        assert_eq!(stored, found.supervoxels);
        // Any codebook: supervoxels get one of four habitats at random, one of five stays empty.
        let mut rng = generator(seed);
        let labels: Vec<u16> = stored.supervoxels.iter().map(|_| rng.gen_range(0..4)).collect();
        let painted: Vec<u16> =
            found.place.iter().map(|place| if *place == 0 { 0 } else { labels[*place as usize - 1] + 1 }).collect();
        let makeup = Makeup::of(&stored, &labels, 5).unwrap();
        for habitat in 0..5u16 {
            let inside: Vec<bool> = painted.iter().map(|label| *label == habitat + 1).collect();
            let at = usize::from(habitat);
            assert_eq!(makeup.voxels[at], inside.iter().filter(|inside| **inside).count() as u64);
            let mut parts: Vec<u64> = components(&Mask::new(lesion.grid.clone(), inside.clone()), Connectivity::Corners)
                .sizes
                .iter()
                .map(|n| *n as u64)
                .collect();
            parts.sort_unstable_by(|a, b| b.cmp(a));
            assert_eq!(makeup.parts[at], parts);
            for (map, volume) in lesion.maps.iter().enumerate() {
                let values: Vec<f64> =
                    volume.values.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(v, _)| *v).collect();
                let Some(moments) = makeup.moments[at][map] else {
                    assert!(values.is_empty());
                    continue;
                };
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
                assert!((moments.mean - mean).abs() < 1e-13 && (moments.sd() - sd).abs() < 1e-13);
                assert_eq!(moments.min, values.iter().copied().fold(f64::INFINITY, f64::min));
                assert_eq!(moments.max, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            }
        }
        let by_voxels = Makeup::of_voxels(&lesion.grid, &painted, &lesion.maps(), 5).unwrap();
        for neighbourhood in NEIGHBOURHOODS {
            let expected = counted(&lesion.grid, &painted, 5, neighbourhood);
            assert_eq!(makeup.neighbours(neighbourhood), expected);
            assert_eq!(by_voxels.neighbours(neighbourhood), expected);
            let options = FeatureOptions { neighbourhood, log_ratio: Some(0.5), ..FeatureOptions::default() };
            let (one, other) = (features(&makeup, &options), features(&by_voxels, &options));
            assert_eq!(one.len(), other.len());
            for ((name, a), (_, b)) in one.iter().zip(&other) {
                match (a, b) {
                    // Means and deviations are summed in another order.
                    (Some(a), Some(b)) if name.ends_with("_mean") || name.ends_with("_sd") => {
                        assert!((a - b).abs() < 1e-13, "{name}")
                    }
                    _ => assert_eq!(a, b, "{name}"),
                }
            }
        }
    }
}

/// A slice whose numbers are counted by hand.
fn by_hand() -> Makeup {
    let grid = Grid::plain([4, 3, 1], [1.0; 3]);
    #[rustfmt::skip]
    let labels = [
        1, 1, 2, 0,
        1, 2, 2, 0,
        0, 0, 0, 1,
    ];
    let map = Volume::new(grid.clone(), (0..12).map(f64::from).collect());
    Makeup::of_voxels(&grid, &labels, &[("map", &map)], 3).unwrap()
}

#[test]
fn a_slice_counted_by_hand() {
    let makeup = by_hand();
    assert_eq!((&makeup.voxels[..], makeup.total()), (&[4, 3, 0][..], 7));
    assert_eq!(makeup.parts, [vec![3, 1], vec![3], vec![]]);
    // Faces within the slice: 1–1 twice (both ends: 4), 2–2 twice, 1–2 twice; each of the seven voxels has four faces.
    let neighbours = makeup.neighbours(Neighbourhood::Faces6);
    assert_eq!((neighbours[1][1], neighbours[2][2], neighbours[1][2], neighbours[2][1]), (4, 4, 3, 3));
    assert_eq!((neighbours[1][0], neighbours[0][1], neighbours[2][0], neighbours[0][0]), (9, 9, 5, 0));
    let matrix = spatial_interaction(&makeup, Neighbourhood::Faces6).unwrap();
    assert_eq!(matrix[1][2], 3.0 / 42.0);
    assert!((matrix.iter().flatten().sum::<f64>() - 1.0).abs() < 1e-15);
    let texture = interaction_texture(&matrix);
    assert!((texture.contrast - (9.0 * 2.0 + 3.0 * 2.0 + 4.0 * 5.0 * 2.0) / 42.0).abs() < 1e-15);
    assert!((texture.homogeneity - (8.0 + (9.0 + 3.0) * 2.0 / 2.0 + 5.0 * 2.0 / 3.0) / 42.0).abs() < 1e-15);
    assert!((texture.energy - (2.0 * 81.0 + 2.0 * 25.0 + 2.0 * 9.0 + 2.0 * 16.0) / (42.0 * 42.0)).abs() < 1e-15);
    // Margins 14, 16, 12 of 42.
    let mean: f64 = (16.0 + 24.0) / 42.0;
    let variance = (14.0 * mean.powi(2) + 16.0 * (1.0 - mean).powi(2) + 12.0 * (2.0 - mean).powi(2)) / 42.0;
    let product = (4.0 + 2.0 * 3.0 * 2.0 + 4.0 * 4.0) / 42.0;
    assert!((texture.correlation.unwrap() - (product - mean * mean) / variance).abs() < 1e-14);
    // The single voxel of habitat 1 is ignored: two habitats of one part of three voxels each.
    assert!((ith_score(&makeup, &IthOptions::default()).unwrap() - (1.0 - 6.0 / 7.0)).abs() < 1e-15);
    assert_eq!(ith_score(&makeup, &IthOptions { smallest_ignored: 3, ..IthOptions::default() }), Some(1.0));
    let (a, b): (f64, f64) = (4.0 / 7.0, 3.0 / 7.0);
    assert_eq!(volume_fractions(&makeup).unwrap(), [a, b, 0.0]);
    assert!((shannon(&makeup).unwrap() + a * a.ln() + b * b.ln()).abs() < 1e-15);
    assert!((simpson(&makeup).unwrap() - (1.0 - a * a - b * b)).abs() < 1e-15);
    assert_eq!(centred_log_ratios(&makeup, 0.0), None);
    let ratios = centred_log_ratios(&makeup, 0.5).unwrap();
    assert!(ratios.iter().sum::<f64>().abs() < 1e-15 && (ratios[0] - ratios[1] - (4.5f64 / 3.5).ln()).abs() < 1e-15);
    let named: BTreeMap<String, Option<f64>> = features(&makeup, &FeatureOptions::default()).into_iter().collect();
    assert_eq!((named["h1_components"], named["h3_components"], named["h3_map_mean"]), (Some(2.0), Some(0.0), None));
    assert_eq!(named["h2_map_mean"], Some(13.0 / 3.0));
}

#[test]
fn a_single_voxel_has_no_neighbours_and_no_heterogeneity() {
    let grid = Grid::plain([1, 1, 1], [1.0; 3]);
    let map = Volume::new(grid.clone(), vec![2.0]);
    let makeup = Makeup::of_voxels(&grid, &[1], &[("map", &map)], 1).unwrap();
    assert_eq!(spatial_interaction(&makeup, Neighbourhood::Corners26), None);
    assert_eq!((shannon(&makeup), simpson(&makeup)), (Some(0.0), Some(0.0)));
    let named: BTreeMap<String, Option<f64>> = features(&makeup, &FeatureOptions::default()).into_iter().collect();
    assert_eq!((named["msi_contrast"], named["h1_map_sd"]), (None, Some(0.0)));
    assert!(collect(&grid, &[0], &[("map", &map)]).is_err());
    let other = Volume::new(Grid::plain([1, 1, 1], [2.0; 3]), vec![2.0]);
    assert!(collect(&grid, &[1], &[("map", &other)]).unwrap_err().to_string().contains("another grid"));
    let nothing = Volume::new(grid.clone(), vec![f64::NAN]);
    assert!(collect(&grid, &[1], &[("map", &nothing)]).unwrap_err().to_string().contains("not finite in 1"));
    assert!(Makeup::of_voxels(&grid, &[3], &[("map", &map)], 2).is_err());
}

/// Planted habitats whose means lie one standard deviation of the voxels' noise × 4 × √2 apart, seen through supervoxels of ≤ 18
/// voxels.
#[test]
fn a_codebook_of_training_lesions_finds_planted_habitats_in_others() {
    let train: Vec<Lesion> = (0..4).map(|seed| lesion([24, 24, 12], 4.0, seed)).collect();
    let collected: Vec<_> = train.iter().map(|l| collect(&l.grid, &l.supervoxel, &l.maps()).unwrap().supervoxels).collect();
    let vectors = pooled(&collected.iter().collect::<Vec<_>>()).unwrap();
    let learn = || Codebook::learn(&vectors, &names(), &Recipe::of(3, "t2"), &mut generator(7)).unwrap();
    let book = learn();
    assert_eq!(book, learn());
    let means = book.means();
    assert!(means[0][2] < means[1][2] && means[1][2] < means[2][2], "ordered by t2");
    let text = book.to_json().unwrap();
    let frozen = Codebook::from_json(&text, Path::new("atlas.json")).unwrap();
    assert_eq!(frozen, book);

    let test = lesion([26, 22, 10], 4.0, 99);
    let seen = collect(&test.grid, &test.supervoxel, &test.maps()).unwrap();
    let labels = frozen.assign(&seen.supervoxels.vectors().unwrap(), &names()).unwrap();
    let inside: Vec<usize> = (0..seen.place.len()).filter(|at| seen.place[*at] > 0).collect();
    let found: Vec<u16> = inside.iter().map(|at| labels[seen.place[*at] as usize - 1]).collect();
    let planted: Vec<u16> = inside.iter().map(|at| test.habitat[*at]).collect();
    let rand = adjusted_rand(&found, &planted).unwrap();
    assert!(rand > 0.95, "adjusted Rand {rand}");
    // Habitat 3 was planted with high t2 and so is the last.
    assert!(
        found.iter().zip(&planted).filter(|(found, planted)| (**found == 2) == (**planted == 3)).count() * 100 > 95 * found.len()
    );

    // Rows one at a time get what all rows get together.
    let all = seen.supervoxels.vectors().unwrap();
    for (row, label) in labels.iter().enumerate() {
        assert_eq!(frozen.assign(&all.rows(&[row]), &names()).unwrap(), [*label]);
    }
}

#[test]
fn what_does_not_fit_the_codebook_is_an_error() {
    let lesion = lesion([8, 8, 4], 3.0, 5);
    let vectors = collect(&lesion.grid, &lesion.supervoxel, &lesion.maps()).unwrap().supervoxels.vectors().unwrap();
    let learn = |k, by: &str| Codebook::learn(&vectors, &names(), &Recipe::of(k, by), &mut generator(1));
    assert!(learn(3, "adx").unwrap_err().to_string().contains("adc, wash_in, t2"));
    assert!(learn(40, "adc").unwrap_err().to_string().contains("too small for 40 habitats"));
    let book = learn(3, "adc").unwrap();
    let mut turned = names();
    turned.swap(0, 1);
    assert!(book.assign(&vectors, &turned).is_err());
    let text = book.to_json().unwrap();
    let broken =
        [text.replace("\"format\": 2", "\"format\": 3"), text.replace("\"t2\"", "\"t3\", \"t2\""), "{}".into(), text[1..].into()];
    for text in broken {
        let error = Codebook::from_json(&text, Path::new("atlas.json")).unwrap_err().to_string();
        assert!(error.starts_with("atlas.json"), "{error}");
    }
}

#[test]
fn transitions_are_counted() {
    let grid = Grid::plain([3, 2, 1], [1.0; 3]);
    let found = transitions((&grid, &[1, 1, 2, 2, 0, 0]), (&grid, &[1, 2, 2, 0, 1, 0]), 3).unwrap();
    assert_eq!(found.counts, [[0, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 0]]);
    assert_eq!(found.shares()[1], Some(vec![0.0, 0.5, 0.5, 0.0]));
    assert_eq!(found.shares()[3], None);
    assert!(transitions((&grid, &[4, 0, 0, 0, 0, 0]), (&grid, &[0; 6]), 3).is_err());
    let other = Grid::plain([3, 2, 1], [2.0; 3]);
    assert!(transitions((&grid, &[0; 6]), (&other, &[0; 6]), 3).unwrap_err().to_string().contains("different grids"));
}

/// The maps of `tests/reference/habitat_features_public.py`.
fn formula([nx, ny, nz]: [usize; 3], habitats: usize, patch: usize, salt: usize) -> (Grid, Vec<u16>) {
    let grid = Grid::plain([nx, ny, nz], [0.5, 0.5, 2.0]);
    let mut labels = Vec::with_capacity(grid.voxels());
    for (k, j, i) in (0..nz).flat_map(|k| (0..ny).flat_map(move |j| (0..nx).map(move |i| (k, j, i)))) {
        let block = (i / patch) * 7 + (j / patch) * 13 + (k / patch) * 29;
        let mut label = 1 + (block * block + 3 * block) % 11 % habitats;
        if (i * 7919 + j * 104729 + k * 1299709) % salt == 0 {
            label = 1 + label % habitats;
        }
        let (u, v) = ((2 * i + 1).abs_diff(nx), (2 * j + 1).abs_diff(ny));
        let inside = u * u * ny * ny + v * v * nx * nx < nx * nx * ny * ny;
        labels.push(if inside { label as u16 } else { 0 });
    }
    (grid, labels)
}

#[test]
fn features_are_those_of_public_code() {
    let text = include_str!("reference/habitat_features_public.json");
    let cases: serde_json::Value = serde_json::from_str(text).unwrap();
    for case in cases["cases"].as_array().unwrap() {
        let whole = |key: &str| case[key].as_u64().unwrap() as usize;
        let size: [usize; 3] = serde_json::from_value(case["size"].clone()).unwrap();
        let habitats = whole("habitats");
        let (grid, labels) = formula(size, habitats, whole("patch"), whole("salt"));
        let map = Volume::new(grid.clone(), vec![1.0; grid.voxels()]);
        let makeup = Makeup::of_voxels(&grid, &labels, &[("map", &map)], habitats).unwrap();
        let counts: Vec<Vec<u64>> = serde_json::from_value(case["counts"].clone()).unwrap();
        assert_eq!(makeup.neighbours(Neighbourhood::Slice8), counts);
        let near = |found: f64, key: &str| {
            let expected = case[key].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{key}: {found} is not {expected}");
        };
        let texture = interaction_texture(&spatial_interaction(&makeup, Neighbourhood::Slice8).unwrap());
        near(texture.contrast, "contrast");
        near(texture.homogeneity, "homogeneity");
        near(texture.correlation.unwrap(), "correlation");
        near(texture.energy, "energy");
        near(texture.entropy, "entropy");
        near(shannon(&makeup).unwrap(), "shannon");
        near(simpson(&makeup).unwrap(), "simpson");
        for (ignored, expected) in case["ith"].as_object().into_iter().flatten() {
            let options = IthOptions { smallest_ignored: ignored.parse().unwrap(), ..IthOptions::default() };
            let found = ith_score(&makeup, &options).unwrap();
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-14, "{found} is not {expected}");
        }
        let turned = |(at, label): (usize, &u16)| match label {
            0 => 0,
            label => 1 + (label + u16::from(at % 3 == 0)) % habitats as u16,
        };
        let later: Vec<u16> = labels.iter().enumerate().map(turned).collect();
        let mut expected: Vec<Vec<u64>> = serde_json::from_value(case["transitions"].clone()).unwrap();
        expected[0][0] = 0;
        assert_eq!(transitions((&grid, &labels), (&grid, &later), habitats).unwrap().counts, expected);
        // First-order volumes: pairs times the volume of a voxel, here half a cubic millimetre.
        let options = FeatureOptions { volumes: true, ..FeatureOptions::default() };
        let named: BTreeMap<String, Option<f64>> = features(&makeup, &options).into_iter().collect();
        assert_eq!(named["msi_0_1_mm3"], Some(0.5 * counts[0][1] as f64));
        assert_eq!(named["h1_volume_mm3"], Some(0.5 * makeup.voxels[0] as f64));
        assert!(feature_names(&["map".into()], habitats, &options).iter().all(|name| named.contains_key(name)));
        assert_eq!(feature_names(&["map".into()], habitats, &options).len(), named.len());
    }
}
