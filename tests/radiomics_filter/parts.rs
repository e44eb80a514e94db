//! A filter of a part of an image answers what the filter of the whole image answers there.

use serde_json::json;
use vbx::image::{BoundingBox, Grid, Volume};
use vbx::radiomics::filter::{Filter, Range};

fn simulated(size: [usize; 3], spacing: [f64; 3]) -> Volume {
    let grid = Grid::plain(size, spacing);
    let values = (0..grid.voxels()).map(|x| ((x * 7919 + x / 13 * 104_729) % 1009) as f64 - 400.0).collect();
    Volume::new(grid, values)
}

fn box_of(start: [usize; 3], end: [usize; 3]) -> BoundingBox {
    BoundingBox { start, end }
}

fn cropped(image: &Volume, place: &BoundingBox) -> Volume {
    let size: [usize; 3] = std::array::from_fn(|a| place.end[a] - place.start[a]);
    let mut values = Vec::new();
    for k in place.start[2]..place.end[2] {
        for j in place.start[1]..place.end[1] {
            let row = image.grid.at([place.start[0], j, k]);
            values.extend_from_slice(&image.values[row..row + size[0]]);
        }
    }
    let origin = image.grid.point(place.start.map(|at| at as f64));
    Volume::new(Grid { size, origin, ..image.grid.clone() }, values)
}

/// Filters of every kind, with margins that fit into the image and with some that reach over its edges.
fn filters() -> Vec<Filter> {
    let more = [
        json!({"laws": {"kernel": "W5E3", "pooling": "average", "energy": 2, "boundary": "periodic"}}),
        json!({"laws": {"kernel": "L3S5R5", "energy": 3, "boundary": "nearest"}}),
        json!({"gabor": {"sigma": 1.5, "lambda": 3.0, "gamma": 1.2, "theta-step": 30.0, "pooling": "max"}}),
        json!({"separable-wavelet": {"wavelet": "db2", "band": "HLL", "level": 2, "pooling": "max", "boundary": "nearest"}}),
        json!({"separable-wavelet": {"wavelet": "sym2", "band": "LH", "level": 3, "pooling": "average", "boundary": "periodic"}}),
        json!({"log": {"sigma": 1.0, "by-slice": true, "boundary": "nearest"}}),
    ];
    let all = super::pyradiomics::filters().into_iter().chain(super::ibsi::filters()).chain(more);
    all.map(|filter| serde_json::from_value(filter).expect("a filter")).collect()
}

#[test]
fn a_part_is_filtered_as_the_whole_is_there() {
    let image = simulated([33, 30, 27], [1.0, 1.0, 1.0]);
    for filter in filters() {
        let whole = filter.apply(&image).unwrap();
        let scale = |map: &Volume| map.values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        // In a corner, in the middle, at the far end; then a part cut out with its margin, which knows nothing of the rest.
        for place in [box_of([0, 0, 0], [5, 4, 6]), box_of([14, 13, 12], [17, 18, 13]), box_of([30, 20, 26], [33, 30, 27])] {
            for (part, map) in filter.apply_within(&image, &place).unwrap().iter().zip(&whole) {
                let truth = cropped(&map.image, &place);
                assert_eq!((&part.name, &part.image.grid), (&map.name, &truth.grid));
                let worst = part.image.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(worst <= 1e-9 * scale(&map.image), "{filter:?} {}: {worst} in {place:?}", map.name);
            }
        }
        let margin = filter.support(image.grid.spacing);
        let place = box_of([15, 14, 13], [17, 16, 14]);
        if (0..3).any(|a| margin[a] > place.start[a] || place.end[a] + margin[a] > image.grid.size[a]) {
            continue;
        }
        let around =
            box_of(std::array::from_fn(|a| place.start[a] - margin[a]), std::array::from_fn(|a| place.end[a] + margin[a]));
        let inner = box_of(margin, std::array::from_fn(|a| margin[a] + place.end[a] - place.start[a]));
        let parts = filter.apply_part(&cropped(&image, &around), &inner, Some(Range::of(&image.values))).unwrap();
        for (part, map) in parts.iter().zip(&whole) {
            let truth = cropped(&map.image, &place);
            let worst = part.image.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst <= 1e-9 * scale(&map.image), "{filter:?} {}: {worst} of a part with its margin", map.name);
        }
    }
}
