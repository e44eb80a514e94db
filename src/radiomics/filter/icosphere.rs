//! Points spread evenly on a sphere.

/// Vertices of an icosahedron whose faces are `subdivisions` times split into four, all at distance `radius` from the centre.
///
/// # Definition
/// The icosahedron has the vertices `(±1, ±φ, 0)`, `(0, ±1, ±φ)`, `(±φ, 0, ±1)`, scaled, with `φ = (1 + √5) / 2`; new vertices are the
/// middles of edges, brought to the sphere.
pub(super) fn icosphere(subdivisions: usize, radius: f64) -> Vec<[f64; 3]> {
    let golden = (1.0 + 5.0_f64.sqrt()) / 2.0;
    let mut vertices = Vec::new();
    for (one, other) in [(-1.0, 1.0), (1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)] {
        let other = other * golden;
        vertices.extend([[one, other, 0.0], [0.0, one, other], [other, 0.0, one]]);
    }
    let onto = |[x, y, z]: [f64; 3], radius: f64| {
        let scale = radius / (x * x + y * y + z * z).sqrt();
        [x * scale, y * scale, z * scale]
    };
    vertices.iter_mut().for_each(|v| *v = onto(*v, 1.0));
    let between = |a: [f64; 3], b: [f64; 3]| (0..3).map(|x| (a[x] - b[x]) * (a[x] - b[x])).sum::<f64>();
    // The faces are the triples of vertices that are pairwise next to each other.
    let near = |a: usize, b: usize, vertices: &[[f64; 3]]| between(vertices[a], vertices[b]) < 1.2;
    let mut faces = Vec::new();
    for a in 0..12 {
        for b in a + 1..12 {
            faces.extend(
                (b + 1..12)
                    .map(|c| [a, b, c])
                    .filter(|[a, b, c]| near(*a, *b, &vertices) && near(*b, *c, &vertices) && near(*a, *c, &vertices)),
            );
        }
    }
    for _ in 0..subdivisions {
        let mut middles = std::collections::BTreeMap::new();
        let mut middle = |a: usize, b: usize, vertices: &mut Vec<[f64; 3]>| {
            *middles.entry((a.min(b), a.max(b))).or_insert_with(|| {
                let (a, b) = (vertices[a], vertices[b]);
                vertices.push(onto(std::array::from_fn(|x| (a[x] + b[x]) / 2.0), 1.0));
                vertices.len() - 1
            })
        };
        let mut finer = Vec::with_capacity(4 * faces.len());
        for [a, b, c] in faces {
            let [ab, bc, ca] = [(a, b), (b, c), (c, a)].map(|(a, b)| middle(a, b, &mut vertices));
            finer.extend([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]);
        }
        faces = finer;
    }
    vertices.into_iter().map(|v| onto(v, radius)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sphere_has_as_many_vertices_as_euler_says() {
        for (subdivisions, count) in [(0, 12), (1, 42), (2, 162)] {
            let vertices = icosphere(subdivisions, 2.0);
            assert_eq!(vertices.len(), count);
            assert!(vertices.iter().all(|v| (v.iter().map(|x| x * x).sum::<f64>() - 4.0).abs() < 1e-12));
            let sum = vertices.iter().fold([0.0; 3], |s, v| std::array::from_fn(|x| s[x] + v[x]));
            assert!(sum.iter().all(|x: &f64| x.abs() < 1e-12));
        }
    }
}
