//! Habitats of one case: planted ones found, nulls with reasons, the frozen atlas for other cases, pictures.

use std::path::Path;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::error::Error;
use vbx::habitat::choice::Criterion;
use vbx::habitat::{
    CaseHabitats, Clustering, Codebook, FeatureOptions, Groups, HabitatMap, KMeansOptions, MixtureOptions, Number, Recipe,
    adjusted_rand, picture,
};
use vbx::image::read::case::read_labels;
use vbx::image::write::montage::{Legend, MontageOptions, column, montage};
use vbx::image::write::nifti::write_labels;
use vbx::image::{Grid, Mask, Volume};

const MAPS: [&str; 3] = ["adc", "wash_in", "t2"];

struct Case {
    mask: Mask,
    planted: Vec<u16>,
    maps: Vec<Volume>,
}

impl Case {
    /// A ball of three planted habitats whose means lie `apart` × √2 standard deviations of the voxels' noise from each other.
    fn new(size: [usize; 3], apart: f64, seed: u64) -> Case {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let grid = Grid::plain(size, [0.8, 0.8, 2.0]);
        let place = |at: usize| {
            let here = [at % size[0], at / size[0] % size[1], at / (size[0] * size[1])];
            std::array::from_fn::<f64, 3, _>(|axis| 2.4 * (here[axis] as f64 + 0.5) / size[axis] as f64 - 1.2)
        };
        let planted: Vec<u16> = (0..grid.voxels())
            .map(|at| {
                let u = place(at);
                match u.iter().map(|u| u * u).sum::<f64>().sqrt() {
                    r if r >= 1.0 => 0,
                    r if r < 0.6 => 1,
                    _ if u[0] < 0.1 => 2,
                    _ => 3,
                }
            })
            .collect();
        // Planted 1 is high in t2, 3 in adc: numbered by adc, 3 comes last.
        let high = [2, 1, 0];
        let maps = (0..3).map(|map| {
            let value = |label: &u16| {
                let noise: f64 = rng.sample(StandardNormal);
                if *label > 0 && high[usize::from(*label) - 1] == map { apart + noise } else { noise }
            };
            Volume::new(grid.clone(), planted.iter().map(value).collect())
        });
        let maps = maps.collect();
        Case { mask: Mask::new(grid, planted.iter().map(|label| *label > 0).collect()), planted, maps }
    }

    fn maps(&self) -> Vec<(&str, &Volume)> {
        MAPS.into_iter().zip(&self.maps).collect()
    }

    fn find(&self, recipe: &Recipe) -> CaseHabitats {
        CaseHabitats::find(&self.mask, &self.maps(), recipe, &mut Xoshiro256PlusPlus::seed_from_u64(8)).unwrap()
    }

    fn rand(&self, found: &HabitatMap) -> f64 {
        let inside: Vec<usize> = (0..found.labels.len()).filter(|at| found.labels[*at] > 0).collect();
        let pick = |of: &[u16]| inside.iter().map(|at| of[*at]).collect::<Vec<u16>>();
        adjusted_rand(&pick(&found.labels), &pick(&self.planted)).unwrap()
    }
}

fn found(habitats: CaseHabitats) -> HabitatMap {
    match habitats {
        CaseHabitats::Found(found) => *found,
        CaseHabitats::Undefined(why) => panic!("{why}"),
    }
}

fn recipes() -> Vec<Recipe> {
    let chosen = |by| Number::Chosen { from: 2, to: 6, by, sample: 1000 };
    let mixture = Clustering::Mixture(MixtureOptions { restarts: 2, ..MixtureOptions::default() });
    vec![
        Recipe::of(3, "adc"),
        Recipe { number: chosen(Criterion::Silhouette), ..Recipe::of(3, "adc") },
        Recipe { number: chosen(Criterion::CalinskiHarabasz), ..Recipe::of(3, "adc") },
        Recipe { clustering: mixture, ..Recipe::of(3, "adc") },
        Recipe { clustering: mixture, number: chosen(Criterion::Bic), ..Recipe::of(3, "adc") },
    ]
}

#[test]
fn planted_habitats_are_found_and_numbered() {
    let case = Case::new([24, 22, 10], 4.0, 1);
    for recipe in recipes() {
        let habitats = found(case.find(&recipe));
        assert_eq!(habitats.codebook.habitats(), 3, "{}", recipe.words());
        let rand = case.rand(&habitats);
        assert!(rand > 0.95, "{}: adjusted Rand {rand}", recipe.words());
        // The planted 3 is high in adc: the last.
        let last = habitats.labels.iter().zip(&case.planted).filter(|(_, planted)| **planted == 3);
        let (mut all, mut third) = (0, 0);
        last.for_each(|(label, _)| (all, third) = (all + 1, third + usize::from(*label == 3)));
        assert!(third * 100 > 95 * all, "{}: {third} of {all}", recipe.words());
        let means = habitats.codebook.means();
        assert!(means.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        let regions: usize = (1..=3).map(|habitat| habitats.region(habitat).unwrap().count()).sum();
        assert_eq!(regions, case.mask.count());
        assert!(habitats.region(0).is_none() && habitats.region(4).is_none());
        // Columns are the same for every case, up to the largest number of habitats.
        let options = FeatureOptions::default();
        let features = CaseHabitats::Found(Box::new(habitats)).features(&case.maps(), 6, &options).unwrap();
        assert_eq!(features[0], ("habitats".into(), Some(3.0)));
        let names = |features: &[(String, Option<f64>)]| features.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let undefined = CaseHabitats::Undefined("none".into()).features(&case.maps(), 6, &options).unwrap();
        assert_eq!(names(&features), names(&undefined));
        assert!(undefined.iter().all(|(_, value)| value.is_none()));
    }
}

#[test]
fn threads_change_nothing() {
    let case = Case::new([24, 22, 10], 2.0, 2);
    for recipe in recipes() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| case.find(&recipe))
        };
        let one = run(1);
        assert_eq!(one, run(3), "{}", recipe.words());
    }
}

#[test]
fn what_has_no_habitats_says_why() {
    let reason = |case: &Case, recipe: &Recipe| match case.find(recipe) {
        CaseHabitats::Undefined(why) => why,
        CaseHabitats::Found(_) => panic!("found"),
    };
    let mut small = Case::new([24, 22, 10], 4.0, 3);
    let kept: Vec<usize> = (0..small.mask.inside.len()).filter(|at| small.mask.inside[*at]).take(29).collect();
    small.mask.inside = (0..small.mask.inside.len()).map(|at| kept.contains(&at)).collect();
    let why = reason(&small, &Recipe::of(3, "adc"));
    assert!(why.contains("too small for 3 habitats: 29 voxel vectors where 30 are needed"), "{why}");
    assert!(matches!(small.find(&Recipe::of(2, "adc")), CaseHabitats::Found(_)));
    let mut even = Case::new([12, 11, 5], 4.0, 4);
    even.maps.iter_mut().for_each(|map| map.values.fill(1.0));
    assert!(reason(&even, &Recipe::of(2, "adc")).contains("only 1"));
    even.maps[0].values.fill(f64::NAN);
    assert!(reason(&even, &Recipe::of(2, "adc")).contains("every map has a value"));
    even.mask.inside.fill(false);
    assert!(reason(&even, &Recipe::of(2, "adc")).contains("0 voxels"));
    // Faults of the study or of the maps are no nulls.
    let case = Case::new([12, 11, 5], 4.0, 4);
    let find = |recipe: &Recipe, maps: &[(&str, &Volume)]| {
        CaseHabitats::find(&case.mask, maps, recipe, &mut Xoshiro256PlusPlus::seed_from_u64(1)).unwrap_err()
    };
    assert!(matches!(find(&Recipe::of(2, "adx"), &case.maps()), Error::Usage(_)));
    assert!(matches!(find(&Recipe::of(0, "adc"), &case.maps()), Error::Usage(_)));
    assert!(matches!(find(&Recipe::of(65, "adc"), &case.maps()), Error::Usage(_)));
    let other = Volume::new(Grid::plain([12, 11, 5], [0.8, 0.8, 3.0]), case.maps[0].values.clone());
    let error = find(&Recipe::of(2, "adc"), &[("adc", &other)]).to_string();
    assert!(error.contains("the map adc lies on another grid"), "{error}");
}

#[test]
fn voxels_without_a_value_are_left_out_and_counted() {
    let mut case = Case::new([24, 22, 10], 4.0, 5);
    let whole = found(case.find(&Recipe::of(3, "adc")));
    let holes: Vec<usize> = (0..case.planted.len()).filter(|at| case.mask.inside[*at]).step_by(97).collect();
    holes.iter().for_each(|at| case.maps[1].values[*at] = f64::NAN);
    let habitats = found(case.find(&Recipe::of(3, "adc")));
    assert_eq!((habitats.left_out, whole.left_out), (holes.len(), 0));
    assert!(holes.iter().all(|at| habitats.labels[*at] == 0));
    assert!(case.rand(&habitats) > 0.95);
}

#[test]
fn a_frozen_atlas_tells_the_habitats_of_another_case() {
    let case = Case::new([24, 22, 10], 4.0, 6);
    let other = Case::new([20, 26, 12], 4.0, 7);
    for recipe in recipes() {
        let atlas = found(case.find(&recipe)).codebook;
        let text = atlas.to_json().unwrap();
        let frozen = Codebook::from_json(&text, Path::new("atlas.json")).unwrap();
        assert_eq!(frozen, atlas);
        let seen = HabitatMap::by_atlas(&other.mask, &other.maps(), &frozen).unwrap();
        let rand = other.rand(&seen);
        assert!(rand > 0.95, "{}: adjusted Rand {rand} of {} habitats", recipe.words(), frozen.habitats());
        let mut turned = other.maps();
        turned.swap(0, 1);
        assert!(HabitatMap::by_atlas(&other.mask, &turned, &frozen).unwrap_err().to_string().contains("learned on the maps"));
    }
}

#[test]
fn an_atlas_from_elsewhere_is_not_believed() {
    let case = Case::new([14, 12, 6], 4.0, 6);
    let mixture = Recipe { clustering: Clustering::Mixture(MixtureOptions::default()), ..Recipe::of(2, "adc") };
    let refused = |book: &Codebook, of: &str| {
        let text = serde_json::to_string(book).unwrap();
        let error = Codebook::from_json(&text, Path::new("atlas.json")).unwrap_err();
        assert!(
            matches!(error, Error::Input(_)) && error.to_string().starts_with("atlas.json") && error.to_string().contains(of),
            "{error}"
        );
    };
    let good = found(case.find(&mixture)).codebook;
    let with = |change: &dyn Fn(&mut Codebook)| {
        let mut book = good.clone();
        change(&mut book);
        book
    };
    let change = |change: fn(&mut vbx::habitat::Mixture)| {
        with(&|book| match &mut book.groups {
            Groups::Mixture(mixture) => change(mixture),
            Groups::Centroids(_) => panic!("a mixture"),
        })
    };
    refused(&with(&|book| book.format = 1), "format 1");
    refused(&with(&|book| book.maps[1] = "adc".into()), "twice");
    refused(&with(&|book| book.maps[1] = "a\u{7}".into()), "printable");
    refused(&with(&|book| book.ordered_by = "x".into()), "not among");
    refused(&with(&|book| book.scaling.sd[0] = 0.0), "not positive");
    refused(&with(&|book| book.scaling.mean.truncate(2)), "not as many");
    refused(&with(&|book| book.groups = Groups::Centroids(Vec::new())), "0 habitats");
    refused(&with(&|book| book.groups = Groups::Centroids(vec![vec![0.0; 3]; 65])), "65 habitats");
    refused(&with(&|book| book.groups = Groups::Centroids(vec![vec![1.0; 3], vec![0.0; 3]])), "order of adc");
    refused(&change(|mixture| mixture.weights[0] = 2.0), "sum to 1");
    refused(&change(|mixture| mixture.weights[0] = -1.0), "not positive");
    refused(&change(|mixture| mixture.covariances[0].truncate(2)), "symmetric");
    refused(&change(|mixture| mixture.covariances[0][0][1] += 1.0), "symmetric");
    refused(&change(|mixture| mixture.covariances[0].iter_mut().flatten().for_each(|v| *v = -*v)), "positive definite");
    let text = good.to_json().unwrap();
    let endless = text.replace(&serde_json::to_string(&good.scaling.mean[0]).unwrap(), "1e999");
    assert_ne!(endless, text);
    let deep = "[".repeat(100_000);
    for broken in [&text[..text.len() / 2], "", "[]", "null", deep.as_str(), &endless] {
        assert!(matches!(Codebook::from_json(broken, Path::new("atlas.json")), Err(Error::Input(_))));
    }
}

#[test]
fn habitats_are_saved_as_labels() {
    let case = Case::new([20, 18, 8], 4.0, 9);
    let habitats = found(case.find(&Recipe::of(3, "adc")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("habitats.nii.gz");
    write_labels(&path, &habitats.to_labels()).unwrap();
    let back = read_labels(&path, [1.0; 2]).unwrap();
    assert!(back.grid.agrees_with(&habitats.grid));
    assert_eq!(back.to_values(), habitats.labels.iter().map(|label| i32::from(*label)).collect::<Vec<_>>());
}

/// Smooth light and dark with some grain: something to look at beneath the habitats.
fn anatomy(case: &Case) -> Volume {
    let [nx, ny, _] = case.mask.grid.size;
    let value = |at: usize| {
        let (i, j) = ((at % nx) as f64, (at / nx % ny) as f64);
        200.0 + 60.0 * (i / 5.0).sin() * (j / 7.0).cos() + 12.0 * case.maps[0].values[at]
    };
    Volume::new(case.mask.grid.clone(), (0..case.planted.len()).map(value).collect())
}

#[test]
fn a_picture_shows_every_habitat_and_its_legend() {
    let case = Case::new([44, 40, 14], 4.0, 10);
    let recipe = Recipe { clustering: Clustering::KMeans(KMeansOptions::default()), ..Recipe::of(3, "adc") };
    let habitats = found(case.find(&recipe));
    let image = anatomy(&case);
    let options = MontageOptions::default();
    let bytes = picture("Case 10: habitats over DCE, second phase", &image, &habitats, &case.maps(), &options).unwrap();
    assert_eq!(bytes, picture("Case 10: habitats over DCE, second phase", &image, &habitats, &case.maps(), &options).unwrap());
    if let Some(path) = std::env::var_os("VBX_MONTAGE") {
        std::fs::write(path, &bytes).unwrap();
    }
    let page = image::load_from_memory(&bytes).unwrap().to_rgb8();
    for habitat in 1..=3u16 {
        let colour = vbx::image::write::montage::colour(habitat);
        let drawn = page.pixels().filter(|pixel| pixel.0 == colour).count();
        // A swatch of 11 × 11 points, and outlines.
        assert!(drawn > 750, "habitat {habitat}: {drawn} pixels");
    }
    assert!(page.pixels().filter(|pixel| pixel.0[0] < 60).count() > 2000, "there is text");
    // The edge of the page stays white.
    let (width, height) = page.dimensions();
    assert!((0..width).all(|x| page.get_pixel(x, 0).0 == [255; 3] && page.get_pixel(x, height - 1).0 == [255; 3]));
    assert!((0..height).all(|y| page.get_pixel(0, y).0 == [255; 3] && page.get_pixel(width - 1, y).0 == [255; 3]));
}

#[test]
fn odd_pictures_are_drawn_or_refused() {
    let grid = Grid::plain([5, 1, 1], [1.0; 3]);
    let flat = Volume::new(grid.clone(), vec![f64::NAN; 5]);
    let legend = Legend { title: "<&>\"\u{1}".into(), ..Legend::default() };
    let options = MontageOptions::default();
    assert!(montage(&flat, &[0, 40, 0, 0, 1], &legend, &options).is_ok());
    assert!(matches!(montage(&flat, &[0; 5], &legend, &options), Err(Error::Study(_))));
    assert!(matches!(montage(&flat, &[1; 4], &legend, &options), Err(Error::Study(_))));
    for wrong in [
        MontageOptions { slices: 0, ..options },
        MontageOptions { tile: f64::NAN, ..options },
        MontageOptions { resolution: 1e9, ..options },
        MontageOptions { margin: -1.0, ..options },
    ] {
        assert!(matches!(montage(&flat, &[1; 5], &legend, &wrong), Err(Error::Usage(_))));
    }
    assert_eq!(column(&[4.0, -0.0224, f64::NAN, -0.001]), ["4.00", "−0.02", "–", "0.00"]);
    assert_eq!(column(&[1234.5, 2.0]), ["1234", "2"]);
    assert_eq!(column(&[1e-7, 0.0]), ["1.00e−7", "0.00e0"]);
    assert_eq!(column(&[]), Vec::<String>::new());
}
