//! What a computation of maps reads.

use std::collections::BTreeMap;

use super::wrong;
use crate::error::Result;
use crate::image::{Mask, Volume};
use crate::parametric::aif::Curve;
use crate::parametric::series::{BValues, Series, Timing};

/// Which images a kind of map needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesKind {
    /// A dynamic series with its times.
    Dynamic,
    /// A diffusion series with its b-values.
    Diffusion,
    /// An image per flip angle.
    FlipAngles,
    /// Two maps: before and after contrast agent.
    BeforeAfter,
}

/// What must be read for a kind of map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The images.
    pub series: SeriesKind,
    /// Names of further volumes (T1 before contrast agent, transmit field), as the options name them.
    pub volumes: Vec<String>,
    /// Names of further masks (the artery).
    pub masks: Vec<String>,
    /// Names of tables with a curve (the arterial input function).
    pub curves: Vec<String>,
}

impl Needs {
    pub(super) fn series(series: SeriesKind) -> Self {
        Needs { series, volumes: Vec::new(), masks: Vec::new(), curves: Vec::new() }
    }
}

/// The images of a computation.
pub enum Images<'a> {
    /// A dynamic series and its times.
    Dynamic(&'a Series, &'a Timing),
    /// A diffusion series and its b-values.
    Diffusion(&'a Series, &'a BValues),
    /// An image per flip angle, or a map before and a map after contrast agent.
    Plain(&'a Series),
}

impl Images<'_> {
    /// The series itself.
    pub fn series(&self) -> &Series {
        match self {
            Images::Dynamic(series, _) | Images::Diffusion(series, _) | Images::Plain(series) => series,
        }
    }
}

/// Everything that a computation reads; volumes, masks and curves under the names that the options give them.
pub struct Inputs<'a> {
    /// The images.
    pub images: Images<'a>,
    /// Further volumes on the grid of the series.
    pub volumes: BTreeMap<String, Volume>,
    /// Further masks on the grid of the series.
    pub masks: BTreeMap<String, Mask>,
    /// Curves of concentration over time.
    pub curves: BTreeMap<String, Curve>,
}

impl<'a> Inputs<'a> {
    /// Images alone.
    pub fn new(images: Images<'a>) -> Self {
        Inputs { images, volumes: BTreeMap::new(), masks: BTreeMap::new(), curves: BTreeMap::new() }
    }

    pub(super) fn timing(&self) -> Result<&Timing> {
        match self.images {
            Images::Dynamic(_, timing) => Ok(timing),
            _ => Err(wrong("kinetic and pharmacokinetic maps need a dynamic series with its times")),
        }
    }

    pub(super) fn b_values(&self) -> Result<&BValues> {
        match self.images {
            Images::Diffusion(_, b) => Ok(b),
            _ => Err(wrong("diffusion maps need a diffusion series with its b-values")),
        }
    }

    pub(super) fn volume(&self, name: &str) -> Result<&Volume> {
        self.volumes.get(name).ok_or_else(|| wrong(format!("the volume `{name}` that the map needs was not given")))
    }

    pub(super) fn mask(&self, name: &str) -> Result<&Mask> {
        self.masks.get(name).ok_or_else(|| wrong(format!("the mask `{name}` that the map needs was not given")))
    }

    pub(super) fn curve(&self, name: &str) -> Result<&Curve> {
        self.curves.get(name).ok_or_else(|| wrong(format!("the curve `{name}` that the map needs was not given")))
    }
}
