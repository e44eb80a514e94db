//! Image types: the original image, and the filters that make others of it.

use super::document::{Fault, Key, Node, Value};
use super::setting::Draft;
use super::typed::Parameter;
use super::unknown;
use crate::radiomics::filter::{Axis, Family, Filter, Gradient, Lbp2d, Lbp3d, LbpMethod, RecursiveLog, Wavelet};
use crate::radiomics::settings::ImageType;

/// As PyRadiomics names them.
const KNOWN: [&str; 10] =
    ["Original", "LoG", "Wavelet", "Square", "SquareRoot", "Logarithm", "Exponential", "Gradient", "LBP2D", "LBP3D"];

const AXES: [Axis; 3] = [Axis::I, Axis::J, Axis::K];

/// The images of one entry of `imageType`, whose own settings are already over the file's.
pub(super) fn image_types(key: &Key, settings: &Draft) -> Result<Vec<ImageType>, Fault> {
    let filters = match key.name.as_str() {
        "Original" => vec![None],
        "Square" => vec![Some(Filter::Square)],
        "SquareRoot" => vec![Some(Filter::SquareRoot)],
        "Logarithm" => vec![Some(Filter::Logarithm)],
        "Exponential" => vec![Some(Filter::Exponential)],
        "Gradient" => vec![Some(Filter::Gradient(Gradient { use_spacing: settings.flag("gradientUseSpacing", true)? }))],
        "LoG" => laplacians(settings)?.into_iter().map(Some).collect(),
        "Wavelet" => vec![Some(wavelet(settings)?)],
        "LBP2D" => vec![Some(lbp_2d(settings)?)],
        "LBP3D" => vec![Some(lbp_3d(settings)?)],
        _ => {
            let node = Node { line: key.line, value: Value::Null };
            return Err(unknown(&Parameter { key, node: &node }, &KNOWN));
        }
    };
    let features = settings.features()?;
    Ok(filters.into_iter().map(|filter| ImageType { filter, features: features.clone() }).collect())
}

/// One Laplacian of Gaussian per `sigma`; without any there is no image, as in PyRadiomics.
fn laplacians(settings: &Draft) -> Result<Vec<Filter>, Fault> {
    let Some(parameter) = settings.get("sigma") else { return Ok(Vec::new()) };
    let sigmas = parameter.numbers()?.unwrap_or_default();
    match sigmas.iter().all(|sigma| *sigma > 0.0) {
        true => Ok(sigmas.into_iter().map(|sigma| Filter::RecursiveLog(RecursiveLog { sigma })).collect()),
        false => Err(parameter.wrong("numbers above 0, in mm")),
    }
}

fn wavelet(settings: &Draft) -> Result<Filter, Fault> {
    let family = match settings.get("wavelet") {
        None => Family::default(),
        Some(parameter) => {
            let name = parameter.text()?.ok_or_else(|| parameter.wrong("the name of a wavelet"))?;
            Family::named(name).ok_or_else(|| parameter.refused("haar, coif1–5, db1–20 and sym2–20 are supported"))?
        }
    };
    Ok(Filter::Wavelet(Wavelet {
        wavelet: family,
        start_level: settings.whole("start_level", 0, 16)?.unwrap_or(0) as usize,
        level: settings.whole("level", 1, 16)?.unwrap_or(1) as usize,
        leave: settings.across()?.map(|axis| AXES[axis]),
    }))
}

fn lbp_2d(settings: &Draft) -> Result<Filter, Fault> {
    let method = match settings.get("lbp2DMethod") {
        None => LbpMethod::Uniform,
        Some(parameter) => match parameter.text()? {
            None | Some("uniform") => LbpMethod::Uniform,
            Some("default") => LbpMethod::Default,
            Some("ror") => LbpMethod::Ror,
            Some(_) => return Err(parameter.refused("default, ror and uniform are supported")),
        },
    };
    Ok(Filter::Lbp2d(Lbp2d {
        radius: settings.positive("lbp2DRadius")?.unwrap_or(1.0),
        samples: settings.whole("lbp2DSamples", 1, 24)?.unwrap_or(8) as usize,
        method,
        normal: AXES[settings.across_anyway()?],
    }))
}

fn lbp_3d(settings: &Draft) -> Result<Filter, Fault> {
    Ok(Filter::Lbp3d(Lbp3d {
        levels: settings.whole("lbp3DLevels", 1, 8)?.unwrap_or(2) as usize,
        radius: settings.positive("lbp3DIcosphereRadius")?.unwrap_or(1.0),
        subdivision: settings.whole("lbp3DIcosphereSubdivision", 0, 3)?.unwrap_or(1) as usize,
    }))
}
