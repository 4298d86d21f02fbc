//! Where the labels of arrows stand: on their arrow, and on nothing else as far as that is possible.

use super::{PADDING, Rect, width};
use crate::page::flowchart::{Edge, Flowchart};

/// Height of a label.
const HEIGHT: f64 = 18.0;
/// How far along the arrow a label may stand, the best place first.
const PLACES: [f64; 7] = [0.5, 0.65, 0.35, 0.78, 0.22, 0.86, 0.14];

pub fn of_frame(frame: &Rect, label: &str) -> Rect {
    Rect { x: frame.x + PADDING / 2.0, y: frame.y + 3.0, w: width(label) + 6.0, h: HEIGHT }
}

/// One place for each label.
pub fn place(chart: &Flowchart, nodes: &[Rect], frames: &[Rect], edges: &[Vec<(f64, f64)>]) -> Vec<Option<Rect>> {
    let mut taken = nodes.to_vec();
    taken.extend(chart.groups.iter().zip(frames).map(|(group, frame)| of_frame(frame, &group.label)));
    let label = |(edge, points): (&Edge, &Vec<(f64, f64)>)| {
        let [from, to, ..] = points[..] else { return None };
        if edge.label.is_empty() {
            return None;
        }
        let w = width(&edge.label) + 6.0;
        let at = |t: f64| {
            let (x, y) = on_curve(from, to, chart.down, t);
            Rect { x: x - w / 2.0, y: y - HEIGHT / 2.0, w, h: HEIGHT }
        };
        let is_free = |rect: &Rect| !taken.iter().any(|other| rect.overlaps(other));
        let rect = PLACES.iter().map(|t| at(*t)).find(is_free).unwrap_or_else(|| at(PLACES[0]));
        taken.push(rect);
        Some(rect)
    };
    chart.edges.iter().zip(edges).map(label).collect()
}

/// A point of the curve that the drawing has between two points.
fn on_curve(from: (f64, f64), to: (f64, f64), down: bool, t: f64) -> (f64, f64) {
    let across = t * t * (3.0 - 2.0 * t);
    let along = 1.5 * t * (1.0 - t) + t * t * t;
    let between = |a: f64, b: f64, part: f64| a + (b - a) * part;
    let (x, y) = if down { (across, along) } else { (along, across) };
    (between(from.0, to.0, x), between(from.1, to.1, y))
}
