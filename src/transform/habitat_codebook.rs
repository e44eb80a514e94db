//! Habitats learned on training rows: bags of supervoxels become habitat features.

use std::sync::Arc;

use ndarray::ArrayD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::habitat::recipe::LEAST_VECTORS;
use crate::habitat::{
    BAG, Clustering, Codebook, FeatureOptions, Makeup, Number, Recipe, Supervoxels, decode_bag, feature_names, features, pooled,
};
use crate::learn::{Column, Features, FittedTransform, TrainRows, Transform, Values};
use crate::table::FeatureName;

/// Learns population habitats from the supervoxels of the training rows and turns each row's bag of supervoxels into habitat
/// features.
///
/// # Definition
/// Scaling, number of habitats and codebook are learned from the mean of every map in every supervoxel of the training rows that
/// have a bag, each supervoxel counting once; a supervoxel of any row gets the habitat of the codebook, and the features of
/// [`features`](crate::habitat::features()) follow from the stored counts as if they had been counted voxel by voxel. A row
/// without a bag has no features. Bags themselves go. Each column of bags has a codebook of its own.
///
/// # Reference
/// Wu et al., Radiology 2018;288:26 (supervoxels first, then clustering over patients).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct HabitatCodebook {
    /// What groups the supervoxels.
    pub clustering: Clustering,
    /// How many habitats: a number, or a criterion that chooses on the training rows.
    pub number: Number,
    /// The map by which habitats are numbered; the first of the bag where none is named.
    pub ordered_by: Option<String>,
    /// Which variants of the features are computed.
    pub features: FeatureOptions,
}

impl HabitatCodebook {
    /// What it does, for the methods text.
    pub fn words(&self) -> String {
        let order = self.ordered_by.as_deref().unwrap_or("the first map");
        format!("habitats of supervoxels by {}, learned on training rows and numbered by {order}", self.recipe("").words())
    }

    fn recipe(&self, first: &str) -> Recipe {
        Recipe {
            clustering: self.clustering,
            number: self.number.clone(),
            ordered_by: self.ordered_by.clone().unwrap_or_else(|| first.to_owned()),
            least: LEAST_VECTORS,
        }
    }

    fn learn(&self, column: &Column, bags: &[Option<ArrayD<f32>>], train: &TrainRows) -> Result<Option<Book>> {
        let lesions = bags.iter().flatten().map(|bag| decoded(column, bag)).collect::<Result<Vec<Supervoxels>>>()?;
        let Some(first) = lesions.first() else { return Ok(None) };
        let name = &column.name;
        let of_column = |why: Error| match why {
            Error::Study(why) => Error::study(format!("habitats of {name}: {why}")),
            Error::Numeric(why) => Error::numeric(format!("habitats of {name}: {why}")),
            other => other,
        };
        let vectors = pooled(&lesions.iter().collect::<Vec<_>>()).map_err(of_column)?;
        let recipe = self.recipe(first.maps.first().map_or("", String::as_str));
        let mut rng = train.generator(&format!("habitat codebook of {name}"));
        let codebook = Codebook::learn(&vectors, &first.maps, &recipe, &mut rng).map_err(of_column)?;
        let stem = name.name().strip_suffix(BAG).unwrap_or_default();
        let outputs = feature_names(&codebook.maps, codebook.habitats(), &self.features)
            .into_iter()
            .map(|feature| FeatureName::sanitised(name.modality(), &format!("{stem}habitat_{feature}")).map(Arc::new))
            .collect::<Result<Vec<_>>>()?;
        Ok(Some(Book { codebook, outputs, options: self.features.clone() }))
    }
}

impl Transform for HabitatCodebook {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let mut fitted = FittedCodebooks { books: Vec::new(), notices: Vec::new() };
        for (column, bags) in train.features().columns().iter().filter_map(|column| Some((column, bags_of(column)?))) {
            let book = self.learn(column, bags, train)?;
            fitted.notices.push(match &book {
                Some(book) => format!(
                    "{} habitats of {} ({}), learned from {} supervoxels of {} training rows",
                    book.codebook.habitats(),
                    column.name,
                    book.codebook.learned_by,
                    book.codebook.learned_from,
                    bags.iter().flatten().count()
                ),
                None => format!("no training row has supervoxels in {}: no habitats", column.name),
            });
            fitted.books.push((column.name.clone(), book));
        }
        if fitted.books.is_empty() {
            fitted.notices.push("no column of supervoxels: no habitats".into());
        }
        Ok(Box::new(fitted))
    }
}

/// A codebook and the columns that it makes.
struct Book {
    codebook: Codebook,
    outputs: Vec<Arc<FeatureName>>,
    options: FeatureOptions,
}

impl Book {
    /// The features of one bag.
    fn row(&self, column: &Column, bag: &ArrayD<f32>) -> Result<Vec<f64>> {
        let lesion = decoded(column, bag)?;
        let habitats = self.codebook.assign(&lesion.vectors()?, &lesion.maps)?;
        let makeup = Makeup::of(&lesion, &habitats, self.codebook.habitats())?;
        Ok(features(&makeup, &self.options).into_iter().map(|(_, value)| value.unwrap_or(f64::NAN)).collect())
    }
}

struct FittedCodebooks {
    /// Per column of bags its codebook; `None` where no training row had a bag.
    books: Vec<(Arc<FeatureName>, Option<Book>)>,
    notices: Vec<String>,
}

impl FittedTransform for FittedCodebooks {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let mut columns = Vec::with_capacity(rows.columns().len());
        for column in rows.columns() {
            let Some(bags) = bags_of(column) else {
                columns.push(column.clone());
                continue;
            };
            let Some((_, book)) = self.books.iter().find(|(name, _)| *name == column.name) else {
                return Err(Error::numeric(format!("no habitats were learned for the column {}", column.name)));
            };
            let Some(book) = book else { continue };
            let absent = || vec![f64::NAN; book.outputs.len()];
            let of_row = |bag: &Option<ArrayD<f32>>| bag.as_ref().map_or_else(|| Ok(absent()), |bag| book.row(column, bag));
            let values = bags.iter().map(of_row).collect::<Result<Vec<Vec<f64>>>>()?;
            let made = |(at, name): (usize, &Arc<FeatureName>)| {
                Column::numeric(name.clone(), values.iter().map(|row| row[at]).collect())
            };
            columns.extend(book.outputs.iter().enumerate().map(made));
        }
        Features::new(columns, rows.n())
    }

    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }
}

fn bags_of(column: &Column) -> Option<&[Option<ArrayD<f32>>]> {
    match &column.values {
        Values::Array(bags) if column.name.name().ends_with(BAG) => Some(bags),
        _ => None,
    }
}

fn decoded(column: &Column, bag: &ArrayD<f32>) -> Result<Supervoxels> {
    let numbers: Vec<f32> = bag.iter().copied().collect();
    decode_bag(&numbers).map_err(|why| Error::study(format!("{}: {why}", column.name)))
}
