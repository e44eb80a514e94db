//! ITK's classes of linear transforms: which map their parameters are.

use crate::alignment::rigid::RigidTransform;
use crate::image::AffineTransform;
use crate::image::affine::product;

/// One transform as a file holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Block {
    /// ITK's class with the type and dimensions after it: `AffineTransform_double_3_3`.
    pub class: String,
    pub parameters: Vec<f64>,
    pub fixed: Vec<f64>,
}

/// What was found, and what was expected.
pub(super) type Fault = (String, &'static str);

const KNOWN: &str =
    "an Euler3D, VersorRigid3D, QuaternionRigid, Similarity3D, Affine, MatrixOffset, Translation or Identity transform";
const UNSUPPORTED: &str = "a linear transform: what bends is not supported here, resample the image with the tool that made it";

/// A class without the numbers' type and the dimensions, which must be three.
fn bare(class: &str) -> Result<&str, Fault> {
    let mut parts = class.rsplitn(4, '_');
    let (to, from, kind, name) = (parts.next(), parts.next(), parts.next(), parts.next());
    let found = || format!("the transform `{}`", class.chars().take(80).collect::<String>());
    let name = match (name, kind, from, to) {
        (Some(name), Some("double" | "float"), Some("3"), Some("3")) => name,
        (Some(name), Some("double" | "float"), Some(_), Some(_)) if !bends(name) => {
            return Err((found(), "a transform of three dimensions (…_3_3)"));
        }
        (Some(name), ..) if bends(name) => name,
        _ => return Err((found(), KNOWN)),
    };
    if bends(name) { Err((found(), UNSUPPORTED)) } else { Ok(name) }
}

fn bends(name: &str) -> bool {
    ["BSpline", "Displacement", "Velocity", "Kernel", "Spline", "Elastic"].iter().any(|part| name.contains(part))
}

/// Refuses a class that no number of parameters could make readable: asked before its parameters are read.
pub(super) fn check_class(class: &str) -> Result<(), Fault> {
    let name = bare(class)?;
    let known = name == "CompositeTransform" || SHAPES.iter().any(|(known, ..)| *known == name);
    if known { Ok(()) } else { Err((format!("the transform `{class}`"), KNOWN)) }
}

/// Class, number of parameters, least and most number of fixed parameters.
const SHAPES: [(&str, usize, usize, usize); 9] = [
    ("IdentityTransform", 0, 0, 0),
    ("TranslationTransform", 3, 0, 0),
    ("Euler3DTransform", 6, 3, 4),
    ("VersorRigid3DTransform", 6, 3, 3),
    ("QuaternionRigidTransform", 7, 3, 3),
    ("Similarity3DTransform", 7, 3, 3),
    ("AffineTransform", 12, 3, 3),
    ("MatrixOffsetTransformBase", 12, 3, 3),
    ("Rigid3DTransform", 12, 3, 3),
];

/// The turn of a versor's (unit quaternion's) three parts beside the real one.
fn versor([x, y, z]: [f64; 3]) -> Result<[[f64; 3]; 3], Fault> {
    let square = x * x + y * y + z * z;
    if square > 1.0 + 1e-9 {
        return Err((format!("a versor of length {}", square.sqrt()), "a versor whose three parts have a length of at most 1"));
    }
    Ok(quaternion([x, y, z, (1.0 - square).max(0.0).sqrt()]))
}

/// The turn of a unit quaternion.
fn quaternion([x, y, z, w]: [f64; 4]) -> [[f64; 3]; 3] {
    [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ]
}

impl Block {
    pub(super) fn of_rigid(rigid: &RigidTransform) -> Block {
        let parameters = rigid.rotation.iter().chain(&rigid.translation).copied().collect();
        // The fourth fixed parameter says that the turn is R_z R_x R_y.
        let fixed = rigid.centre.iter().copied().chain([0.0]).collect();
        Block { class: "Euler3DTransform_double_3_3".into(), parameters, fixed }
    }

    pub(super) fn of_affine(affine: &AffineTransform) -> Block {
        let parameters = affine.matrix.iter().flatten().chain(&affine.offset).copied().collect();
        Block { class: "AffineTransform_double_3_3".into(), parameters, fixed: vec![0.0; 3] }
    }

    /// The map of one block.
    fn map(&self) -> Result<AffineTransform, Fault> {
        let name = bare(&self.class)?;
        let Some((_, count, least, most)) = SHAPES.iter().find(|(known, ..)| *known == name) else {
            return Err((format!("the transform `{}`", self.class), KNOWN));
        };
        let (p, f) = (&self.parameters, &self.fixed);
        if p.len() != *count {
            return Err((format!("{} parameters of {name}", p.len()), "as many as ITK's class has"));
        }
        if !(*least..=*most).contains(&f.len()) {
            return Err((format!("{} fixed parameters of {name}", f.len()), "as many as ITK's class has"));
        }
        if !p.iter().chain(f).all(|value| value.is_finite()) {
            return Err((format!("a parameter of {name} that is no number"), "finite numbers"));
        }
        let three = |from: usize| [p[from], p[from + 1], p[from + 2]];
        let centre = if f.len() < 3 { [0.0; 3] } else { [f[0], f[1], f[2]] };
        let map = match name {
            "IdentityTransform" => AffineTransform::IDENTITY,
            "TranslationTransform" => AffineTransform::shift(three(0)),
            "Euler3DTransform" if f.get(3).is_some_and(|zyx| *zyx != 0.0) => {
                let alone = |axis: usize| {
                    let mut rotation = [0.0; 3];
                    rotation[axis] = p[axis];
                    RigidTransform { rotation, translation: [0.0; 3], centre: [0.0; 3] }.affine().matrix
                };
                let turned = product(&alone(2), &product(&alone(1), &alone(0)));
                AffineTransform::about(turned, centre, three(3))
            }
            "Euler3DTransform" => RigidTransform { rotation: three(0), translation: three(3), centre }.affine(),
            "VersorRigid3DTransform" => AffineTransform::about(versor(three(0))?, centre, three(3)),
            "QuaternionRigidTransform" => {
                let length = p[..4].iter().map(|q| q * q).sum::<f64>().sqrt();
                if (length - 1.0).abs() > 1e-6 {
                    return Err((format!("a quaternion of length {length}"), "a quaternion of length 1"));
                }
                AffineTransform::about(quaternion([p[0], p[1], p[2], p[3]]), centre, three(4))
            }
            "Similarity3DTransform" => {
                let turned = versor(three(0))?.map(|row| row.map(|entry| entry * p[6]));
                AffineTransform::about(turned, centre, three(3))
            }
            _ => AffineTransform::about([three(0), three(3), three(6)], centre, three(9)),
        };
        if map.inverse().is_none() {
            return Err((format!("{name} that flattens space"), "a transform that can be inverted"));
        }
        Ok(map)
    }
}

/// The map of a file: of its only block, or of a composite's parts, of which the last acts first.
pub(super) fn compose(blocks: &[Block]) -> Result<AffineTransform, Fault> {
    match blocks {
        [] => Err(("no transform".into(), KNOWN)),
        [head, parts @ ..] if bare(&head.class)? == "CompositeTransform" => {
            if parts.is_empty() {
                return Err(("a composite transform without parts".into(), "its parts after it, as ITK's text files have them"));
            }
            parts.iter().try_fold(AffineTransform::IDENTITY, |outer, part| Ok(outer.after(&part.map()?)))
        }
        [one] => one.map(),
        several => Err((
            format!("{} transforms that no composite transform joins", several.len()),
            "one transform or a CompositeTransform, which says their order",
        )),
    }
}
