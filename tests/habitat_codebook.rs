//! Bags of supervoxels, and codebooks learned from them inside a fold: exactness, no leak, one row at a time, any number of
//! threads.

use std::sync::Arc;

use ndarray::{ArrayD, IxDyn};
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::habitat::BAG;
use vbx::habitat::choice::Criterion;
use vbx::habitat::{
    Clustering, FeatureOptions, Makeup, MixtureOptions, Number, SlicOptions, Supervoxels, adjusted_rand, bag_size, collect,
    decode_bag, encode_bag, features, slic,
};
use vbx::image::{Grid, Mask, Volume};
use vbx::learn::{Cohort, CohortParts, Column, Features, Folds, TrainRows, Transform, Values};
use vbx::table::FeatureName;
use vbx::transform::HabitatCodebook;

const MAPS: [&str; 3] = ["adc", "wash_in", "t2"];
const ROOM: usize = 60;

/// A ball of three planted habitats, whose means lie four standard deviations of the noise apart.
struct Lesion {
    mask: Mask,
    planted: Vec<u16>,
    maps: Vec<Volume>,
}

fn lesion(size: [usize; 3], seed: u64) -> Lesion {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let grid = Grid::plain(size, [1.0, 1.0, 2.0]);
    let planted: Vec<u16> = (0..grid.voxels())
        .map(|at| {
            let here = [at % size[0], at / size[0] % size[1], at / (size[0] * size[1])];
            let u: [f64; 3] = std::array::from_fn(|axis| 2.0 * (here[axis] as f64 + 0.5) / size[axis] as f64 - 1.0);
            let radius = u.iter().map(|u| u * u).sum::<f64>().sqrt();
            match radius {
                r if r >= 1.0 => 0,
                r if r < 0.6 => 1,
                _ if u[0] < 0.1 => 2,
                _ => 3,
            }
        })
        .collect();
    let maps = (0..3u16).map(|map| {
        let value = |label: &u16| {
            let noise: f64 = rng.sample(StandardNormal);
            if *label == map + 1 { 4.0 + noise } else { noise }
        };
        Volume::new(grid.clone(), planted.iter().map(value).collect())
    });
    let maps = maps.collect();
    Lesion { mask: Mask::new(grid, planted.iter().map(|label| *label > 0).collect()), planted, maps }
}

impl Lesion {
    fn maps(&self) -> Vec<(&str, &Volume)> {
        MAPS.into_iter().zip(&self.maps).collect()
    }

    fn collected(&self) -> vbx::habitat::Collected {
        let labels = slic(&self.mask, &self.maps(), &SlicOptions::default()).unwrap();
        collect(&self.mask.grid, &labels, &self.maps()).unwrap()
    }
}

fn array(bag: Vec<f32>) -> ArrayD<f32> {
    ArrayD::from_shape_vec(IxDyn(&[bag.len()]), bag).unwrap()
}

fn cohort_of(bags: Vec<Option<ArrayD<f32>>>) -> Cohort {
    let n = bags.len();
    let name = |name: &str| Arc::new(FeatureName::new("mri", name).unwrap());
    let bag = Column { name: name(&format!("tumour.{BAG}")), values: Values::Array(bags.into()) };
    let other = Column::numeric(name("size"), (0..n).map(|at| at as f64).collect());
    Cohort::new(
        CohortParts {
            features: Features::new(vec![bag, other], n).unwrap(),
            outcome: (0..n).map(|at| (at % 2) as u32).collect(),
            classes: vec!["no".into(), "yes".into()],
            ordered: false,
            patients: (0..n as u32).collect(),
            sites: None,
            site_names: Vec::new(),
            days: None,
        },
        7,
        2,
    )
    .unwrap()
}

/// Training and test rows of the first fold, in the cohort's order.
fn split(cohort: &Cohort) -> (TrainRows, Features) {
    let folds = Folds::k_fold(cohort, 3, 1).unwrap();
    let (train, test) = cohort.split(&folds.splits()[0]).unwrap();
    (train, test.features().clone())
}

fn lesions() -> Vec<Lesion> {
    (0..12).map(|seed| lesion([16 + seed as usize % 3, 15, 8], seed)).collect()
}

fn bags(lesions: &[Lesion]) -> Vec<Option<ArrayD<f32>>> {
    lesions.iter().map(|lesion| Some(array(encode_bag(&lesion.collected().supervoxels, ROOM).unwrap()))).collect()
}

fn options() -> HabitatCodebook {
    HabitatCodebook { number: Number::Fixed(3), ordered_by: Some("t2".into()), ..HabitatCodebook::default() }
}

fn bits(features: &Features) -> Vec<(String, Vec<u64>)> {
    let of = |column: &Column| (column.name.to_string(), column.numbers().unwrap().iter().map(|x| x.to_bits()).collect());
    features.columns().iter().map(of).collect()
}

#[test]
fn a_bag_is_its_supervoxels_exactly() {
    for lesion in [lesion([14, 15, 7], 3), lesion([20, 9, 1], 4)] {
        let found = lesion.collected().supervoxels;
        let bag = encode_bag(&found, ROOM).unwrap();
        assert_eq!(bag.len(), bag_size(3, ROOM).unwrap());
        assert_eq!(decode_bag(&bag).unwrap(), found);
    }
    // Numbers that 32 and even 48 bits do not hold.
    let mut found = lesion([9, 8, 3], 5).collected().supervoxels;
    for (at, value) in [1.0 / 3.0, 1e-9 / 7.0, -123_456_789.123_456_78, 1.0 + f64::EPSILON, 3e30 / 7.0].into_iter().enumerate() {
        found.supervoxels[at].maps[0].mean = value;
    }
    assert_eq!(decode_bag(&encode_bag(&found, ROOM).unwrap()).unwrap(), found);
    // One supervoxel and room for one.
    let one = Makeup::of_voxels; // Named here to say that both ways lead to one make-up.
    let grid = Grid::plain([3, 1, 1], [1.0; 3]);
    let map = Volume::new(grid.clone(), vec![1.0, 2.0, 4.0]);
    let single = collect(&grid, &[1, 1, 1], &[("adc", &map)]).unwrap().supervoxels;
    let back = decode_bag(&encode_bag(&single, 1).unwrap()).unwrap();
    assert_eq!(Makeup::of(&back, &[0], 1).unwrap(), one(&grid, &[1, 1, 1], &[("adc", &map)], 1).unwrap());
}

#[test]
fn what_a_bag_cannot_hold_is_refused() {
    let found = lesion([9, 8, 3], 5).collected().supervoxels;
    assert!(encode_bag(&found, 3).unwrap_err().to_string().contains("room for 3"));
    let with = |change: &dyn Fn(&mut Supervoxels)| {
        let mut changed = found.clone();
        change(&mut changed);
        encode_bag(&changed, ROOM)
    };
    assert!(with(&|s| s.supervoxels[0].maps[0].count = 1 << 24).unwrap_err().to_string().contains("16777216"));
    assert!(with(&|s| s.supervoxels[0].maps[0].mean = 1e300).unwrap_err().to_string().contains("1e300"));
    assert!(with(&|s| s.supervoxels[0].maps[0].mean = f64::NAN).is_err());
    assert!(with(&|s| s.maps[0] = "x".repeat(40)).is_err());
    assert!(with(&|s| s.links[0].to = 5000).is_err());
    assert!(bag_size(3, 1001).is_err() && bag_size(0, 3).is_err());
    // What is read may be anything.
    let bag = encode_bag(&found, ROOM).unwrap();
    for at in 0..bag.len().min(1500) {
        for value in [f32::NAN, -1.0, 0.5, 3e9, f32::INFINITY] {
            let mut broken = bag.clone();
            broken[at] = value;
            drop(decode_bag(&broken));
        }
    }
    for (at, value) in [(0, 2.0), (1, 4.0), (2, 59.0), (3, 61.0), (3, 1e9), (4, f32::NAN), (7, 0.0)] {
        let mut broken = bag.clone();
        broken[at] = value;
        assert!(decode_bag(&broken).unwrap_err().to_string().contains("no bag of supervoxels"), "{at}");
    }
    assert!(decode_bag(&[]).is_err() && decode_bag(&bag[..bag.len() - 1]).is_err());
}

#[test]
fn planted_habitats_are_found_in_test_rows_and_features_are_those_of_voxels() {
    let lesions = lesions();
    let cohort = cohort_of(bags(&lesions));
    let (train, test) = split(&cohort);
    let fitted = options().fit(&train).unwrap();
    assert!(fitted.notices()[0].contains("3 habitats of mri.tumour.habitat_bag"), "{:?}", fitted.notices());
    let made = fitted.transform(&test).unwrap();
    let value = |name: &str, row: usize| {
        let column = made.columns().iter().find(|column| column.name.to_string() == format!("mri.tumour.habitat_{name}"));
        column.unwrap_or_else(|| panic!("{name}")).scalar(row)
    };
    let size = test.columns().iter().find(|column| column.name.name() == "size").unwrap();
    for row in 0..test.n() {
        // The column `size` says which lesion the row is.
        let lesion = &lesions[size.scalar(row).unwrap() as usize];
        let found = lesion.collected();
        // The planted habitat of most voxels of each supervoxel; `t2` is high in the third, so the order is 1, 2, 3 but for the
        // first two.
        let mut votes = vec![[0usize; 3]; found.label.len()];
        for (place, planted) in found.place.iter().zip(&lesion.planted).filter(|(place, _)| **place > 0) {
            votes[*place as usize - 1][usize::from(*planted) - 1] += 1;
        }
        let third: usize = votes.iter().filter(|v| v[2] > v[0].max(v[1])).map(|v| v.iter().sum::<usize>()).sum();
        let share = third as f64 / lesion.mask.count() as f64;
        assert!((value("h3_volume_fraction", row).unwrap() - share).abs() < 0.03);
        // Voxel by voxel: the habitats that the codebook gives, recovered from a refit on the same rows outside the transform.
        let labels = labels_of(&train, &found.supervoxels);
        let painted: Vec<u16> = found.place.iter().map(|p| if *p == 0 { 0 } else { labels[*p as usize - 1] + 1 }).collect();
        let inside: Vec<usize> = (0..painted.len()).filter(|at| painted[*at] > 0).collect();
        let pick = |of: &[u16]| inside.iter().map(|at| of[*at]).collect::<Vec<u16>>();
        let rand = adjusted_rand(&pick(&painted), &pick(&lesion.planted)).unwrap();
        assert!(rand > 0.95, "adjusted Rand {rand}");
        let makeup = Makeup::of_voxels(&lesion.mask.grid, &painted, &lesion.maps(), 3).unwrap();
        for (name, expected) in features(&makeup, &FeatureOptions::default()) {
            match (value(&name, row), expected) {
                // Means and deviations are summed in another order.
                (Some(a), Some(b)) if name.ends_with("_mean") || name.ends_with("_sd") => {
                    assert!((a - b).abs() < 1e-12, "{name}")
                }
                (a, b) => assert_eq!(a, b, "{name}"),
            }
        }
    }
    assert!(made.columns().iter().any(|column| column.name.name() == "size"), "other columns stay");
    assert!(!made.columns().iter().any(|column| matches!(column.values, Values::Array(_))), "bags go");
}

/// The habitats of a lesion's supervoxels by a codebook learned from the training rows, outside the transform.
fn labels_of(train: &TrainRows, lesion: &Supervoxels) -> Vec<u16> {
    use vbx::habitat::{Codebook, Recipe, pooled};
    let column = train.features().columns().iter().find(|column| column.name.name().ends_with(BAG)).unwrap();
    let Values::Array(bags) = &column.values else { panic!("bags are arrays") };
    let decoded = |bag: &ArrayD<f32>| decode_bag(&bag.iter().copied().collect::<Vec<f32>>()).unwrap();
    let lesions: Vec<Supervoxels> = bags.iter().flatten().map(decoded).collect();
    let vectors = pooled(&lesions.iter().collect::<Vec<_>>()).unwrap();
    let mut rng = train.generator("habitat codebook of mri.tumour.habitat_bag");
    let book = Codebook::learn(&vectors, &lesion.maps, &Recipe::of(3, "t2"), &mut rng).unwrap();
    book.assign(&lesion.vectors().unwrap(), &lesion.maps).unwrap()
}

/// The planted leak: test rows whose supervoxels are a thousand times larger would drag every mean, scale and centroid with them.
#[test]
fn no_test_row_moves_a_centroid() {
    let lesions = lesions();
    let plain = bags(&lesions);
    let (train, test) = split(&cohort_of(plain.clone()));
    let size = test.columns().iter().find(|column| column.name.name() == "size").unwrap();
    let in_test: Vec<usize> = (0..test.n()).map(|row| size.scalar(row).unwrap() as usize).collect();
    let mut extreme = plain.clone();
    for at in in_test.iter().skip(1) {
        let mut found = lesions[*at].collected().supervoxels;
        for moments in found.supervoxels.iter_mut().flat_map(|supervoxel| &mut supervoxel.maps) {
            moments.mean = moments.mean * 1000.0 + 5000.0;
        }
        extreme[*at] = Some(array(encode_bag(&found, ROOM).unwrap()));
    }
    let (leaky_train, leaky_test) = split(&cohort_of(extreme));
    for transform in [
        options(),
        HabitatCodebook { number: Number::Chosen { from: 2, to: 5, by: Criterion::Silhouette, sample: 500 }, ..options() },
        HabitatCodebook { clustering: Clustering::Mixture(MixtureOptions::default()), ..options() },
    ] {
        let (one, other) = (transform.fit(&train).unwrap(), transform.fit(&leaky_train).unwrap());
        assert_eq!(one.notices(), other.notices());
        assert_eq!(bits(&one.transform(train.features()).unwrap()), bits(&other.transform(leaky_train.features()).unwrap()));
        let (a, b) = (one.transform(&test).unwrap(), other.transform(&leaky_test).unwrap());
        assert_eq!(bits(&a.select_rows(&[0])), bits(&b.select_rows(&[0])));
        // The extreme rows themselves did change: the test can fail.
        assert_ne!(bits(&a.select_rows(&[1])), bits(&b.select_rows(&[1])));
        // A codebook learned from them too is another one.
        let all = cohort_of(plain.clone());
        let folds = Folds::k_fold(&all, 3, 1).unwrap();
        let (elsewhere, _) = all.split(&folds.splits()[1]).unwrap();
        let third = transform.fit(&elsewhere).unwrap();
        assert_ne!(bits(&third.transform(&test).unwrap()), bits(&a));
    }
}

#[test]
fn rows_stand_by_themselves_and_threads_change_nothing() {
    let lesions = lesions();
    let mut some = bags(&lesions);
    some[2] = None;
    some[5] = None;
    let (train, test) = split(&cohort_of(some));
    let transform = HabitatCodebook { number: Number::default(), ..options() };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bits(&transform.fit(&train).unwrap().transform(&test).unwrap()))
    };
    let all = run(1);
    assert_eq!(all, run(2));
    assert_eq!(all, run(5));
    let fitted = transform.fit(&train).unwrap();
    for row in 0..test.n() {
        let one = bits(&fitted.transform(&test.select_rows(&[row])).unwrap());
        for ((name, all), (_, one)) in all.iter().zip(&one) {
            assert_eq!(all[row], one[0], "{name}");
        }
    }
    // A row without a bag has no habitat features, and only those are missing.
    let everything = fitted.transform(train.features()).unwrap();
    let Values::Array(bags) = &train.features().columns()[0].values else { panic!("bags are arrays") };
    for (row, bag) in bags.iter().enumerate() {
        let fraction = everything.columns().iter().find(|c| c.name.name().ends_with("h1_volume_fraction")).unwrap();
        assert_eq!(fraction.scalar(row).is_some(), bag.is_some());
    }
}

#[test]
fn what_cannot_be_learned_says_why() {
    let lesions = lesions();
    let n = lesions.len();
    let (train, test) = split(&cohort_of(vec![None; n]));
    let fitted = options().fit(&train).unwrap();
    assert!(fitted.notices()[0].contains("no training row"));
    assert_eq!(fitted.transform(&test).unwrap().columns().len(), 1);
    let (train, _) = split(&cohort_of(bags(&lesions)));
    let wrong = HabitatCodebook { ordered_by: Some("adx".into()), ..options() };
    let error = wrong.fit(&train).map(drop).unwrap_err().to_string();
    assert!(error.contains("adc, wash_in, t2"), "{error}");
    let many = HabitatCodebook { number: Number::Fixed(60), ..options() };
    let error = many.fit(&train).map(drop).unwrap_err().to_string();
    assert!(error.contains("habitats of mri.tumour.habitat_bag: too small for 60 habitats"), "{error}");
    let (train, _) = split(&cohort_of(vec![Some(array(vec![1.0; 50])); n]));
    let error = options().fit(&train).map(drop).unwrap_err().to_string();
    assert!(error.contains("mri.tumour.habitat_bag: an array that is no bag"), "{error}");
}
