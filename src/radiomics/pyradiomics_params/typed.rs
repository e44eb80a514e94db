//! Parameters as the types that they must have, or a fault that says which was expected.

use super::document::{Fault, Key, Node, Value};

/// A parameter: its key and its value.
pub(super) struct Parameter<'a> {
    pub key: &'a Key,
    pub node: &'a Node,
}

impl Parameter<'_> {
    /// That the value is not what it should be.
    pub fn wrong(&self, expected: impl Into<String>) -> Fault {
        Fault { key: Some(self.key.name.clone()), ..Fault::new(self.key.line, self.node.value.said(), expected) }
    }

    /// That we do not do this.
    pub fn refused(&self, why: &str) -> Fault {
        self.wrong(format!("another choice: {why}"))
    }

    pub fn flag(&self) -> Result<bool, Fault> {
        match self.node.value {
            Value::Flag(flag) => Ok(flag),
            Value::Null => Ok(false),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// A number, or `None` for nothing.
    pub fn number(&self) -> Result<Option<f64>, Fault> {
        self.number_of(self.node)
    }

    fn number_of(&self, node: &Node) -> Result<Option<f64>, Fault> {
        match node.value {
            Value::Null => Ok(None),
            Value::Whole(number) => Ok(Some(number as f64)),
            Value::Real(number) => Ok(Some(number)),
            _ => Err(self.wrong("a number")),
        }
    }

    pub fn positive(&self) -> Result<Option<f64>, Fault> {
        match self.number()? {
            Some(number) if !(number > 0.0) => Err(self.wrong("a number above 0")),
            number => Ok(number),
        }
    }

    /// A whole number in a closed range, or `None` for nothing.
    pub fn whole(&self, least: i64, most: i64) -> Result<Option<i64>, Fault> {
        match self.node.value {
            Value::Null => Ok(None),
            Value::Whole(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ if most == i64::MAX => Err(self.wrong(format!("a whole number from {least} on"))),
            _ => Err(self.wrong(format!("a whole number from {least} to {most}"))),
        }
    }

    /// A list of numbers; a single one is a list too; nothing is `None`.
    pub fn numbers(&self) -> Result<Option<Vec<f64>>, Fault> {
        match &self.node.value {
            Value::Null => Ok(None),
            Value::List(items) => items
                .iter()
                .map(|item| self.number_of(item)?.ok_or_else(|| self.wrong("numbers")))
                .collect::<Result<_, _>>()
                .map(Some),
            _ => Ok(self.number()?.map(|number| vec![number])),
        }
    }

    pub fn text(&self) -> Result<Option<&str>, Fault> {
        match &self.node.value {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(self.wrong("a word")),
        }
    }
}
