//! Stages, one behind the other. A document goes as far as it can at once; a stage that needs all of them keeps them.

use serde_json::{Map, Value, json};

use super::budget::{Budget, size};
use super::group::Group;
use super::project::Projection;
use crate::error::DataError;
use crate::filter::{self, Filter, Path, at, path};
use crate::read::{Order, compare};

/// Most stages.
const MOST_STAGES: usize = 50;
/// Most documents that a stage keeps.
pub(super) const MOST_KEPT: usize = 100_000;

enum Stage {
    /// A filter, and how many values it compares with.
    Filter(Filter, usize),
    Group(Group),
    Sort {
        fields: Vec<(Path, bool)>,
        kept: Vec<Value>,
    },
    Skip(usize),
    Limit(usize),
    Project(Projection),
    Unwind(Path),
    ObjectToArray {
        from: Path,
        to: String,
    },
}

/// All stages, and what has come through.
pub(super) struct Pipeline {
    stages: Vec<Stage>,
    results: Vec<Value>,
    budget: Budget,
}

impl Pipeline {
    /// Reads stages.
    ///
    /// # Errors
    /// WDE0055 and up for what is none.
    pub(super) fn parse(stages: &[Value]) -> Result<Self, DataError> {
        if stages.len() > MOST_STAGES {
            let reason = format!("A pipeline has at most {MOST_STAGES} stages.");
            return Err(DataError::invalid("WDE0055", reason));
        }
        let stages = stages.iter().map(Stage::parse).collect::<Result<_, _>>()?;
        Ok(Self { stages, results: Vec::new(), budget: Budget::default() })
    }

    /// Whether no further document can change the results.
    pub(super) fn is_full(&self) -> bool {
        let ends_early = |stage: &Stage| matches!(stage, Stage::Limit(0));
        let keeps = |stage: &Stage| matches!(stage, Stage::Group(_) | Stage::Sort { .. });
        self.stages.iter().take_while(|stage| !keeps(stage)).any(ends_early)
    }

    /// Puts a document in.
    pub(super) fn push(&mut self, document: Value) -> Result<(), DataError> {
        self.pass(0, document)
    }

    fn pass(&mut self, from: usize, document: Value) -> Result<(), DataError> {
        let mut document = document;
        for index in from..self.stages.len() {
            self.budget.next()?;
            match &mut self.stages[index] {
                Stage::Filter(filter, values) => {
                    // What is over is told by the next look.
                    let _looked = self.budget.work(size(&document) / 64 * *values);
                    if !filter.passes(&document) {
                        return Ok(());
                    }
                }
                Stage::Group(group) => return group.push(&document, &self.budget),
                Stage::Sort { kept, .. } => {
                    self.budget.keep(size(&document))?;
                    kept.push(document);
                    return enough(kept.len());
                }
                Stage::Skip(0) => {}
                Stage::Skip(left) => {
                    *left -= 1;
                    return Ok(());
                }
                Stage::Limit(0) => return Ok(()),
                Stage::Limit(left) => *left -= 1,
                Stage::Project(projection) => document = projection.apply(&document, &self.budget),
                Stage::Unwind(path) => {
                    let path = path.clone();
                    let list = place_mut(&mut document, &path).map(Value::take);
                    let Some(Value::Array(elements)) = list else { return Ok(()) };
                    let rest = size(&document);
                    for element in elements {
                        self.budget.next()?;
                        let _made = self.budget.make(rest + size(&element));
                        let mut one = document.clone();
                        if let Some(place) = place_mut(&mut one, &path) {
                            *place = element;
                        }
                        self.pass(index + 1, one)?;
                    }
                    return Ok(());
                }
                Stage::ObjectToArray { from, to } => {
                    let _made = self.budget.make(at(&document, from).map_or(0, size));
                    let pairs: Vec<Value> = match at(&document, from) {
                        Some(Value::Object(object)) => object
                            .iter()
                            .map(|(key, value)| json!({ "k": key, "v": value }))
                            .collect(),
                        _ => Vec::new(),
                    };
                    if let Value::Object(object) = &mut document {
                        object.insert(to.clone(), Value::Array(pairs));
                    }
                }
            }
        }
        self.budget.next()?;
        self.budget.keep(size(&document))?;
        self.results.push(document);
        enough(self.results.len())
    }

    /// The results, when all documents are in.
    pub(super) fn finish(mut self) -> Result<Vec<Value>, DataError> {
        for index in 0..self.stages.len() {
            let kept = match &mut self.stages[index] {
                Stage::Group(group) => group.finish(),
                Stage::Sort { fields, kept } => {
                    let mut kept = std::mem::take(kept);
                    kept.sort_by(|one, other| compare(fields, one, other));
                    kept
                }
                _ => continue,
            };
            for document in kept {
                self.budget.release(size(&document));
                self.pass(index + 1, document)?;
            }
        }
        Ok(self.results)
    }
}

fn enough(kept: usize) -> Result<(), DataError> {
    if kept > MOST_KEPT {
        let reason =
            format!("The aggregation has more than {MOST_KEPT} results: filter or group before.");
        return Err(DataError::invalid("WDE0055", reason));
    }
    Ok(())
}

fn place_mut<'a>(document: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |value, name| value.as_object_mut()?.get_mut(name))
}

impl Stage {
    fn parse(stage: &Value) -> Result<Self, DataError> {
        let unknown = || {
            let shown: String = stage.to_string().chars().take(100).collect();
            DataError::invalid("WDE0055", format!("{shown} is no stage of a pipeline."))
        };
        let object: &Map<String, Value> = stage.as_object().ok_or_else(unknown)?;
        let mut parts = object.iter().filter(|(_, value)| !value.is_null());
        let (Some((name, value)), None) = (parts.next(), parts.next()) else {
            return Err(unknown());
        };
        let count =
            || value.as_u64().and_then(|count| usize::try_from(count).ok()).ok_or_else(unknown);
        let named = |name: &str| value.get(name).and_then(Value::as_str).ok_or_else(unknown);
        Ok(match name.as_str() {
            "filter" => {
                let filter = filter::parse(Some(value))?;
                let values = filter.weight();
                Self::Filter(filter, values)
            }
            "group" => Self::Group(Group::parse(value)?),
            "sort" => match Order::parse(value.get("values"))? {
                Order::Fields(fields) => Self::Sort { fields, kept: Vec::new() },
                Order::Random(_) => return Err(unknown()),
            },
            "skip" => Self::Skip(count()?),
            "limit" => Self::Limit(count()?),
            "projection" => Self::Project(Projection::parse(value.get("fields"))?),
            "unwindArray" => Self::Unwind(path(named("arrayFieldName")?)?),
            "objectToArray" => Self::ObjectToArray {
                from: path(named("objectFieldName")?)?,
                to: named("destinationFieldName")?.to_owned(),
            },
            _ => return Err(unknown()),
        })
    }
}
