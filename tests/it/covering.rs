//! Covering arrays: few rows that have every pair of values which the exclusions leave.
//!
//! Rows are made one after the other. Each starts from a pair that no row has, takes for one axis after the other the value
//! that adds the most such pairs, and goes back to the axis that is in the way when nothing fits. There is no crate for
//! this that knows exclusions between more than two values.

use std::collections::BTreeSet;

/// What a row has for an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell {
    Open,
    /// The axis has no meaning with the other values.
    Absent,
    /// The value of that number.
    Value(usize),
}

pub type Row = Vec<Cell>;

/// Why values do not go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// The axes whose values are the cause.
    pub axes: BTreeSet<usize>,
    pub reason: String,
}

/// Axes and what excludes what. Whether an axis has a meaning depends on earlier ones only.
pub trait Model {
    /// How many values each axis has.
    fn sizes(&self) -> Vec<usize>;
    /// Whether an axis has a meaning when all earlier ones are decided, and what says so; the reason is for when it has none.
    fn has_meaning(&self, row: &Row, axis: usize) -> (bool, Conflict);
    /// What is wrong with the decided cells, now that this axis is decided too.
    fn conflict(&self, row: &Row, axis: usize) -> Option<Conflict>;
}

/// Two values of different axes, as (axis, value).
pub type Pair = [(usize, usize); 2];

/// Rows that have every pair, and the pairs that no row can have.
#[derive(Debug)]
pub struct Covering {
    pub rows: Vec<Row>,
    pub excluded: Vec<(Pair, String)>,
}

/// All pairs that rows do not have.
pub fn uncovered(sizes: &[usize], rows: &[Row]) -> Vec<Pair> {
    let mut missing = Missing::new(sizes);
    rows.iter().for_each(|row| missing.take(row));
    missing.pairs()
}

/// The pairs that no row has yet.
struct Missing {
    /// The axis and the value of each number; values of one axis have numbers one after the other.
    values: Vec<(usize, usize)>,
    /// The number of the first value of each axis.
    first: Vec<usize>,
    /// Whether a pair is missing, by both numbers.
    missing: Vec<bool>,
    /// With how many values a value misses a pair.
    count: Vec<usize>,
    /// How ties are broken.
    way: usize,
}

impl Missing {
    fn new(sizes: &[usize]) -> Self {
        let of = |(axis, size): (usize, &usize)| (0..*size).map(move |value| (axis, value));
        let values: Vec<(usize, usize)> = sizes.iter().enumerate().flat_map(of).collect();
        let first = (0..sizes.len()).map(|axis| sizes[..axis].iter().sum()).collect();
        let missing = values.iter().flat_map(|(one, _)| values.iter().map(move |(other, _)| one != other)).collect();
        let count = values.iter().map(|(axis, _)| values.len() - sizes[*axis]).collect();
        Self { values, first, missing, count, way: 0 }
    }

    fn numbers(&self, row: &[Cell]) -> Vec<usize> {
        let number = |(axis, cell): (usize, &Cell)| match cell {
            Cell::Value(value) => Some(self.first[axis] + value),
            _ => None,
        };
        row.iter().enumerate().filter_map(number).collect()
    }

    fn has(&self, one: usize, other: usize) -> bool {
        self.missing[one * self.values.len() + other]
    }

    fn remove(&mut self, one: usize, other: usize) {
        if self.has(one, other) {
            for (one, other) in [(one, other), (other, one)] {
                self.missing[one * self.values.len() + other] = false;
                self.count[one] -= 1;
            }
        }
    }

    /// A row is there.
    fn take(&mut self, row: &Row) {
        let numbers = self.numbers(row);
        for (i, one) in numbers.iter().enumerate() {
            numbers[i + 1..].iter().for_each(|other| self.remove(*one, *other));
        }
    }

    /// A pair is excluded.
    fn exclude(&mut self, pair: Pair) {
        let [one, other] = pair.map(|(axis, value)| self.first[axis] + value);
        self.remove(one, other);
    }

    /// How many pairs a row adds.
    fn gain(&self, row: &Row) -> usize {
        let numbers = self.numbers(row);
        let added = |(i, one): (usize, &usize)| numbers[i + 1..].iter().filter(|other| self.has(*one, **other)).count();
        numbers.iter().enumerate().map(added).sum()
    }

    fn pairs(&self) -> Vec<Pair> {
        let all = 0..self.values.len();
        let of = |one: usize| (one + 1..self.values.len()).map(move |other| (one, other));
        let missing = all.flat_map(of).filter(|(one, other)| self.has(*one, *other));
        missing.map(|(one, other)| [self.values[one], self.values[other]]).collect()
    }

    /// The values of an axis: the preferred one, then those that add the most pairs to a row, then those with the most pairs
    /// to come.
    fn by_gain(&self, size: usize, row: &Row, preferred: Option<&Cell>, axis: usize) -> Vec<Cell> {
        let numbers = self.numbers(row);
        let mut values: Vec<usize> = (0..size).collect();
        values.sort_by_cached_key(|value| {
            let mine = self.first[axis] + value;
            let now = numbers.iter().filter(|other| self.has(mine, **other)).count();
            let tie = (value + self.way * (axis + 1)) % size;
            (Some(&Cell::Value(*value)) != preferred, usize::MAX - now, usize::MAX - self.count[mine], tie)
        });
        values.into_iter().map(Cell::Value).collect()
    }
}

/// Completes the rows that there are, changing them only where they must, and adds rows for the pairs that they lack. Of
/// several ways to break ties the one with the fewest rows is taken.
pub fn cover(model: &impl Model, rows: &[Row]) -> Covering {
    const WAYS: usize = 8;
    let mut best = one_way(model, rows, 0);
    for way in 1..WAYS {
        if best.rows.len() > rows.len() {
            let other = one_way(model, rows, way);
            best = if other.rows.len() < best.rows.len() { other } else { best };
        }
    }
    // the reason does not depend on the rows
    let (sizes, missing) = (model.sizes(), Missing::new(&model.sizes()));
    for (pair, reason) in &mut best.excluded {
        let conflict = with(model, &sizes, pair, &[], &missing).err();
        *reason = conflict.map_or_else(String::new, |conflict| conflict.reason);
    }
    best
}

fn one_way(model: &impl Model, rows: &[Row], way: usize) -> Covering {
    /// Rows that are tried before the best is taken.
    const CANDIDATES: usize = 24;
    let sizes = model.sizes();
    let mut missing = Missing { way, ..Missing::new(&sizes) };
    let mut covering = Covering { rows: Vec::new(), excluded: Vec::new() };
    for preferred in rows {
        if let Ok(row) = with(model, &sizes, &[], preferred, &missing)
            && missing.gain(&row) > 0
        {
            missing.take(&row);
            covering.rows.push(row);
        }
    }
    loop {
        let pairs = missing.pairs();
        let mut best: Option<(usize, Row)> = None;
        for pair in pairs.iter().step_by(pairs.len().div_ceil(CANDIDATES).max(1)) {
            match with(model, &sizes, pair, &[], &missing) {
                Ok(row) => {
                    let gain = missing.gain(&row);
                    if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                        best = Some((gain, row));
                    }
                }
                Err(_) => {
                    missing.exclude(*pair);
                    covering.excluded.push((*pair, String::new()));
                }
            }
        }
        if let Some((_, row)) = best {
            missing.take(&row);
            covering.rows.push(row);
        } else if pairs.is_empty() {
            covering.excluded.sort();
            thin_out(&sizes, &mut covering.rows);
            return covering;
        }
    }
}

/// Leaves out rows of which others have every pair, the first ones first: they were made when little was there yet.
fn thin_out(sizes: &[usize], rows: &mut Vec<Row>) {
    let numbers = Missing::new(sizes);
    let size = numbers.values.len();
    let pairs = |row: &Row| -> Vec<usize> {
        let all = numbers.numbers(row);
        let of =
            |(i, one): (usize, &usize)| all[i + 1..].iter().map(move |other| one * size + other).collect::<Vec<_>>();
        all.iter().enumerate().flat_map(of).collect()
    };
    let mut times = vec![0; size * size];
    rows.iter().flat_map(&pairs).for_each(|pair| times[pair] += 1);
    rows.retain(|row| {
        let own = pairs(row);
        let is_needed = own.iter().any(|pair| times[*pair] == 1);
        if !is_needed {
            own.iter().for_each(|pair| times[*pair] -= 1);
        }
        is_needed
    });
}

/// An accepted row that has these values.
fn with(
    model: &impl Model,
    sizes: &[usize],
    values: &[(usize, usize)],
    preferred: &[Cell],
    missing: &Missing,
) -> Result<Row, Conflict> {
    let mut row = vec![Cell::Open; sizes.len()];
    for (axis, value) in values {
        row[*axis] = Cell::Value(*value);
    }
    match values.iter().find_map(|(axis, _)| model.conflict(&row, *axis)) {
        Some(conflict) => Err(conflict),
        None => complete(model, sizes, &mut row, preferred, missing, 0).map(|()| row),
    }
}

/// Decides the axes from `axis` on, preferred values first. What is decided already stays.
fn complete(
    model: &impl Model,
    sizes: &[usize],
    row: &mut Row,
    preferred: &[Cell],
    missing: &Missing,
    axis: usize,
) -> Result<(), Conflict> {
    let Some(given) = row.get(axis).copied() else { return Ok(()) };
    // with other values of these axes there are other options
    let (has_meaning, mut all) = model.has_meaning(row, axis);
    let options = match given {
        Cell::Value(_) if !has_meaning => return Err(all),
        _ if !has_meaning => vec![Cell::Absent],
        Cell::Open => missing.by_gain(sizes[axis], row, preferred.get(axis), axis),
        given => vec![given],
    };
    all.reason.clear();
    for option in options {
        row[axis] = option;
        let conflict = match model.conflict(row, axis) {
            Some(conflict) => conflict,
            None => match complete(model, sizes, row, preferred, missing, axis + 1) {
                Ok(()) => return Ok(()),
                Err(conflict) => conflict,
            },
        };
        row[axis] = given;
        if !conflict.axes.contains(&axis) {
            // another value of this axis helps nothing
            return Err(conflict);
        }
        if all.reason.is_empty() {
            all.reason = conflict.reason;
        }
        all.axes.extend(conflict.axes);
    }
    all.axes.remove(&axis);
    Err(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Values that must not meet, and axes that have a meaning with one value of an earlier axis only.
    #[derive(Clone, Debug)]
    struct Toy {
        sizes: Vec<usize>,
        never: Vec<Vec<(usize, usize)>>,
        only_with: Vec<Option<(usize, usize)>>,
    }

    impl Toy {
        fn accepts(&self, row: &Row) -> bool {
            let meets = |(axis, value): &(usize, usize)| row[*axis] == Cell::Value(*value);
            let in_place = |axis: usize| match self.only_with[axis] {
                Some(with) if !meets(&with) => row[axis] == Cell::Absent,
                _ => matches!(row[axis], Cell::Value(value) if value < self.sizes[axis]),
            };
            (0..self.sizes.len()).all(in_place) && !self.never.iter().any(|never| never.iter().all(meets))
        }

        /// Every accepted row.
        fn all(&self) -> Vec<Row> {
            let mut rows = vec![Row::new()];
            for size in &self.sizes {
                let cells = || (0..*size).map(Cell::Value).chain([Cell::Absent]);
                rows = rows.iter().flat_map(|row| cells().map(|cell| [&row[..], &[cell]].concat())).collect();
            }
            rows.retain(|row| self.accepts(row));
            rows
        }
    }

    impl Model for Toy {
        fn sizes(&self) -> Vec<usize> {
            self.sizes.clone()
        }

        fn has_meaning(&self, row: &Row, axis: usize) -> (bool, Conflict) {
            match self.only_with[axis] {
                Some((other, value)) => {
                    let reason = format!("only with {other} = {value}");
                    (row[other] == Cell::Value(value), Conflict { axes: [other].into(), reason })
                }
                None => (true, Conflict::default()),
            }
        }

        fn conflict(&self, row: &Row, axis: usize) -> Option<Conflict> {
            let meets = |(axis, value): &(usize, usize)| row[*axis] == Cell::Value(*value);
            let broken =
                |never: &&Vec<(usize, usize)>| never.iter().any(|(a, _)| *a == axis) && never.iter().all(meets);
            let axes = |never: &Vec<(usize, usize)>| never.iter().map(|(axis, _)| *axis).collect();
            self.never
                .iter()
                .find(broken)
                .map(|never| Conflict { axes: axes(never), reason: format!("never {never:?}") })
        }
    }

    fn toy() -> impl Strategy<Value = Toy> {
        let cell = || (0..5usize, 0..3usize);
        let never = prop::collection::vec(prop::collection::vec(cell(), 2..4), 0..6);
        (prop::collection::vec(1..4usize, 5), never, prop::collection::vec(prop::option::weighted(0.3, cell()), 5))
            .prop_map(|(sizes, never, mut only_with)| {
                for (axis, with) in only_with.iter_mut().enumerate() {
                    *with = with.filter(|(other, _)| *other < axis);
                }
                Toy { sizes, never, only_with }
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_accepted_pair_is_in_an_accepted_row(toy in toy()) {
            let covering = cover(&toy, &[]);
            prop_assert!(covering.rows.iter().all(|row| toy.accepts(row)), "{covering:?}");
            let open = uncovered(&toy.sizes, &covering.rows);
            prop_assert_eq!(&open, &uncovered(&toy.sizes, &toy.all()));
            let excluded: Vec<Pair> = covering.excluded.iter().map(|(pair, _)| *pair).collect();
            prop_assert_eq!(&excluded, &open);
            prop_assert!(covering.excluded.iter().all(|(_, reason)| !reason.is_empty()));
            // the same again, and nothing to add to it
            prop_assert_eq!(&cover(&toy, &[]).rows, &covering.rows);
            prop_assert_eq!(&cover(&toy, &covering.rows).rows, &covering.rows);
        }
    }

    #[test]
    fn rows_are_few() {
        let toy = Toy { sizes: vec![3; 40], never: Vec::new(), only_with: vec![None; 40] };
        let rows = cover(&toy, &[]).rows;
        assert!(rows.len() <= 28, "{} rows", rows.len());
    }

    #[test]
    fn a_new_value_leaves_the_rows_as_they_are() {
        let mut toy = Toy { sizes: vec![2, 3, 2], never: vec![vec![(0, 0), (1, 2)]], only_with: vec![None; 3] };
        let before = cover(&toy, &[]).rows;
        toy.sizes[2] = 3;
        let after = cover(&toy, &before).rows;
        assert_eq!(after[..before.len()], before);
        assert!(after.len() > before.len());
    }
}
