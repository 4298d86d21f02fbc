//! Where the parts of a flowchart stand: ranks along the arrows, few crossings, frames around their nodes.

use super::flowchart::{Edge, EdgeEnd, Flowchart, Node, Shape};
use crate::text::columns;

mod labels;
mod order;

pub use labels::of_frame;

/// Widths of a character in the font of the drawing, generously.
const CHARACTER: f64 = 7.1;
const LINE: f64 = 17.0;
/// Between neighbours in a rank.
const APART: f64 = 26.0;
/// Between a frame and what it holds.
const PADDING: f64 = 18.0;
/// Around the whole drawing.
const MARGIN: f64 = 4.0;
/// Length of an arrow without its label.
const ARROW: f64 = 54.0;
/// Height of a frame's label.
const TITLE: f64 = 20.0;

/// A rectangle: its upper left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

/// Where everything stands.
#[derive(Debug)]
pub struct Layout {
    /// Of the whole drawing.
    pub size: (f64, f64),
    /// Of each node.
    pub nodes: Vec<Rect>,
    /// Of each frame.
    pub groups: Vec<Rect>,
    /// Of each arrow, the points that it goes through.
    pub edges: Vec<Vec<(f64, f64)>>,
    /// Of the label of each arrow that has one.
    pub labels: Vec<Option<Rect>>,
}

/// What takes a place in a rank: a node, or an arrow that passes.
#[derive(Clone, Debug)]
struct Slot {
    rank: usize,
    /// Size along the ranks and across.
    along: f64,
    across: f64,
    group: Option<usize>,
    /// Its middle, across the ranks.
    middle: f64,
}

/// The size of a text in the drawing.
pub fn width(text: &str) -> f64 {
    columns(text) as f64 * CHARACTER
}

fn size(node: &Node) -> (f64, f64) {
    let text = node.label.iter().map(|line| width(line)).fold(0.0, f64::max);
    let lines = node.label.len() as f64 * LINE;
    match node.shape {
        Shape::Decision => (text + 70.0, lines + 34.0),
        Shape::Store => (text + 28.0, lines + 28.0),
        Shape::Box | Shape::Round => (text + 28.0, lines + 16.0),
    }
}

/// Finds a place for everything, in the direction of the chart.
pub fn layout(chart: &Flowchart) -> Layout {
    let ranks = ranks(chart);
    let mut slots: Vec<Slot> = chart
        .nodes
        .iter()
        .zip(&ranks)
        .map(|(node, rank)| {
            let (w, h) = size(node);
            let (along, across) = if chart.down { (h, w) } else { (w, h) };
            Slot { rank: *rank, along, across, group: node.group, middle: 0.0 }
        })
        .collect();
    let paths = paths(chart, &ranks, &mut slots);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); slots.iter().map(|s| s.rank + 1).max().unwrap_or(0)];
    for (at, slot) in slots.iter().enumerate() {
        order[slot.rank].push(at);
    }
    order::arrange(&mut slots, &mut order, &paths);
    order::clear_frames(chart, &mut slots, &order);
    place(chart, &slots, &order, &paths)
}

/// The node that stands for an end when ranks are found: of a frame the first inside.
fn anchor(chart: &Flowchart, end: EdgeEnd) -> Option<usize> {
    match end {
        EdgeEnd::Node(at) => Some(at),
        EdgeEnd::Frame(at) => chart.nodes.iter().position(|node| node.group == Some(at)),
    }
}

/// The longest way to each node. Arrows that lead back are given up after as many rounds as there are nodes.
fn ranks(chart: &Flowchart) -> Vec<usize> {
    let mut ranks = vec![0; chart.nodes.len()];
    for _ in 0..chart.nodes.len() {
        let before = ranks.clone();
        for edge in &chart.edges {
            if let (Some(from), Some(to)) = (anchor(chart, edge.from), anchor(chart, edge.to)) {
                ranks[to] = ranks[to].max(ranks[from] + 1).min(chart.nodes.len());
            }
        }
        if before == ranks {
            break;
        }
    }
    ranks
}

/// The slots that each arrow goes through; it gets one of its own in every rank that it passes.
fn paths(chart: &Flowchart, ranks: &[usize], slots: &mut Vec<Slot>) -> Vec<Vec<usize>> {
    let mut paths = Vec::new();
    for edge in &chart.edges {
        let (Some(from), Some(to)) = (anchor(chart, edge.from), anchor(chart, edge.to)) else {
            paths.push(Vec::new());
            continue;
        };
        let group = chart.nodes[from].group.filter(|group| chart.nodes[to].group == Some(*group));
        let mut path = vec![from];
        for rank in ranks[from] + 1..ranks[to] {
            path.push(slots.len());
            slots.push(Slot { rank, along: 0.0, across: 8.0, group, middle: 0.0 });
        }
        path.push(to);
        paths.push(path);
    }
    paths
}

/// Ranks get their places, and everything its coordinates.
fn place(chart: &Flowchart, slots: &[Slot], order: &[Vec<usize>], paths: &[Vec<usize>]) -> Layout {
    let lengths: Vec<f64> =
        order.iter().map(|rank| rank.iter().map(|slot| slots[*slot].along).fold(0.0, f64::max)).collect();
    let starts = starts(chart, slots, &lengths, paths);
    // from the ranks' own directions to left and top
    let point = |along: f64, across: f64| if chart.down { (across, along) } else { (along, across) };
    let rect = |slot: &Slot| {
        let along = starts[slot.rank] + (lengths[slot.rank] - slot.along) / 2.0;
        let ((x, y), (w, h)) = (point(along, slot.middle - slot.across / 2.0), point(slot.along, slot.across));
        Rect { x, y, w, h }
    };
    let all: Vec<Rect> = slots.iter().map(rect).collect();
    let groups: Vec<Rect> = chart
        .groups
        .iter()
        .enumerate()
        .map(|(at, group)| {
            let inside = slots.iter().zip(&all).filter(|(slot, _)| slot.group == Some(at)).map(|(_, rect)| *rect);
            inside.reduce(around).map(|r| framed(r, width(&group.label) + PADDING)).unwrap_or_default()
        })
        .collect();
    let through = |edge: &Edge, path: &Vec<usize>| {
        let last = path.len().saturating_sub(1);
        let mut points = Vec::new();
        for (i, slot) in path.iter().enumerate() {
            let Slot { rank, middle, .. } = slots[*slot];
            let (near, far) = ends(all[*slot], chart.down);
            match edge.to {
                _ if i == 0 => points.push(point(far, middle)),
                _ if i < last => {
                    points.extend([point(starts[rank], middle), point(starts[rank] + lengths[rank], middle)]);
                }
                EdgeEnd::Node(_) => points.push(point(near, middle)),
                EdgeEnd::Frame(at) => {
                    let from = points.last().copied().unwrap_or_default();
                    points.push(border(groups[at], from, chart.down));
                }
            }
        }
        points
    };
    let edges: Vec<Vec<(f64, f64)>> = chart.edges.iter().zip(paths).map(|(edge, path)| through(edge, path)).collect();
    let labels = labels::place(chart, &all[..chart.nodes.len()], &groups, &edges);
    let whole = all.iter().chain(&groups).chain(labels.iter().flatten()).copied().reduce(around).unwrap_or_default();
    let mut layout = Layout {
        size: (whole.w + 2.0 * MARGIN, whole.h + 2.0 * MARGIN),
        nodes: all[..chart.nodes.len()].to_vec(),
        groups,
        edges,
        labels,
    };
    layout.shift(MARGIN - whole.x, MARGIN - whole.y);
    layout
}

/// Where each rank begins: behind the one before, its longest label and an arrow.
fn starts(chart: &Flowchart, slots: &[Slot], lengths: &[f64], paths: &[Vec<usize>]) -> Vec<f64> {
    let mut starts = Vec::new();
    let mut at = 0.0;
    for (rank, length) in lengths.iter().enumerate() {
        let begins =
            |group: &usize| slots.iter().filter(|s| s.group == Some(*group)).map(|s| s.rank).min() == Some(rank);
        if chart.down && (0..chart.groups.len()).any(|group| begins(&group)) {
            at += PADDING + TITLE;
        }
        starts.push(at);
        let leaving =
            chart.edges.iter().zip(paths).filter(|(_, path)| path.first().is_some_and(|s| slots[*s].rank == rank));
        let label = leaving.map(|(edge, _)| if chart.down { LINE } else { width(&edge.label) }).fold(0.0, f64::max);
        at += length + label + ARROW;
    }
    starts
}

/// Where a rectangle begins and ends along the ranks.
fn ends(r: Rect, down: bool) -> (f64, f64) {
    if down { (r.y, r.y + r.h) } else { (r.x, r.x + r.w) }
}

impl Layout {
    fn shift(&mut self, x: f64, y: f64) {
        for rect in self.nodes.iter_mut().chain(&mut self.groups).chain(self.labels.iter_mut().flatten()) {
            rect.x += x;
            rect.y += y;
        }
        for point in self.edges.iter_mut().flatten() {
            point.0 += x;
            point.1 += y;
        }
    }
}

/// Where an arrow meets the near side of a frame.
fn border(frame: Rect, from: (f64, f64), down: bool) -> (f64, f64) {
    let near = |at: f64, start: f64, size: f64| at.clamp(start + PADDING, start + (size - PADDING).max(PADDING));
    if down { (near(from.0, frame.x, frame.w), frame.y) } else { (frame.x, near(from.1, frame.y, frame.h)) }
}

fn around(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect { x, y, w: (a.x + a.w).max(b.x + b.w) - x, h: (a.y + a.h).max(b.y + b.h) - y }
}

fn framed(r: Rect, label: f64) -> Rect {
    let w = (r.w + 2.0 * PADDING).max(label);
    Rect { x: r.x - PADDING, y: r.y - PADDING - TITLE, w, h: r.h + 2.0 * PADDING + TITLE }
}

#[cfg(test)]
mod tests;
