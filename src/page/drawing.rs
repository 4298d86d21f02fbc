//! A flowchart as SVG, with a title and all its arrows in words; colours come from the page.

use std::fmt::Write as _;

use super::flowchart::{EdgeEnd, Flowchart, Shape};
use super::layout::{Layout, Rect, layout, of_frame};
use crate::text::visible;

/// What is wider from left to right is drawn from top to bottom: it would have to be scrolled, or be too small to read.
const WIDE: f64 = 900.0;

/// The drawing. `at` makes the names in it differ from those of other drawings on the page.
pub fn svg(mut chart: Flowchart, title: &str, at: usize) -> String {
    let mut places = layout(&chart);
    if !chart.down && places.size.0 > WIDE {
        chart.down = true;
        places = layout(&chart);
    }
    let chart = &chart;
    let (w, h) = places.size;
    let mut out = format!(
        "<svg role=\"img\" aria-labelledby=\"t{at} d{at}\" width=\"{w:.0}\" height=\"{h:.0}\" viewBox=\"0 0 {w:.0} {h:.0}\">\n\
         <title id=\"t{at}\">{}</title>\n<desc id=\"d{at}\">{}</desc>\n\
         <marker id=\"m{at}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path class=\"head\" d=\"M0 0 10 5 0 10z\"/></marker>\n",
        escaped(title),
        escaped(&words(chart)),
    );
    for Rect { x, y, w, h } in &places.groups {
        let _ = writeln!(
            out,
            "<rect class=\"group\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"8\"/>"
        );
    }
    edges(&mut out, chart, &places, at);
    for (node, r) in chart.nodes.iter().zip(&places.nodes) {
        let _ = writeln!(out, "<path class=\"shape\" d=\"{}\"/>", outline(node.shape, *r));
        let lines = node.label.len() as f64;
        // the lid of a cylinder takes place
        let lid = if node.shape == Shape::Store { 5.0 } else { 0.0 };
        let top = r.y + r.h / 2.0 - lines * 17.0 / 2.0 + 13.0 + lid;
        for (i, line) in node.label.iter().enumerate() {
            let class = if i == 0 { "name" } else { "detail" };
            text(&mut out, class, (r.x + r.w / 2.0, top + i as f64 * 17.0), line);
        }
    }
    out + "</svg>"
}

fn edges(out: &mut String, chart: &Flowchart, places: &Layout, at: usize) {
    for (edge, points) in chart.edges.iter().zip(&places.edges) {
        let class = if edge.dashed { "edge dashed" } else { "edge" };
        let _ =
            writeln!(out, "<path class=\"{class}\" marker-end=\"url(#m{at})\" d=\"{}\"/>", curve(points, chart.down));
    }
    for (edge, place) in chart.edges.iter().zip(&places.labels) {
        if let Some(place) = place {
            label(out, place, &edge.label);
        }
    }
    for (group, frame) in chart.groups.iter().zip(&places.groups) {
        label(out, &of_frame(frame, &group.label), &group.label);
    }
}

/// A text that interrupts the lines below it.
fn label(out: &mut String, Rect { x, y, w, h }: &Rect, line: &str) {
    let _ = writeln!(out, "<rect class=\"gap\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\"/>");
    text(out, "label", (x + w / 2.0, y + 13.0), line);
}

/// A line through points that leaves and arrives along the ranks.
fn curve(points: &[(f64, f64)], down: bool) -> String {
    let mut path = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        match i.checked_sub(1).and_then(|before| points.get(before)) {
            None => {
                let _ = write!(path, "M{x:.1} {y:.1}");
            }
            Some((_, before)) if down => {
                let (bx, middle) = (points[i - 1].0, (before + y) / 2.0);
                let _ = write!(path, "C{bx:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}");
            }
            Some((before, by)) => {
                let middle = (before + x) / 2.0;
                let _ = write!(path, "C{middle:.1} {by:.1} {middle:.1} {y:.1} {x:.1} {y:.1}");
            }
        }
    }
    path
}

fn outline(shape: Shape, Rect { x, y, w, h }: Rect) -> String {
    let rounded = |r: f64| {
        let (iw, ih) = (w - 2.0 * r, h - 2.0 * r);
        format!(
            "M{:.1} {y:.1}h{iw:.1}a{r} {r} 0 0 1 {r} {r}v{ih:.1}a{r} {r} 0 0 1 -{r} {r}h-{iw:.1}a{r} {r} 0 0 1 -{r} -{r}v-{ih:.1}a{r} {r} 0 0 1 {r} -{r}z",
            x + r
        )
    };
    match shape {
        Shape::Box => rounded(5.0),
        Shape::Round => rounded((h / 2.0).min(20.0).floor()),
        Shape::Decision => format!(
            "M{:.1} {y:.1}L{:.1} {:.1} {:.1} {:.1} {x:.1} {:.1}z",
            x + w / 2.0,
            x + w,
            y + h / 2.0,
            x + w / 2.0,
            y + h,
            y + h / 2.0
        ),
        Shape::Store => {
            let (rx, side) = (w / 2.0, h - 14.0);
            let top = y + 7.0;
            format!(
                "M{x:.1} {top:.1}a{rx:.1} 7 0 0 1 {w:.1} 0v{side:.1}a{rx:.1} 7 0 0 1 -{w:.1} 0zm0 0a{rx:.1} 7 0 0 0 {w:.1} 0"
            )
        }
    }
}

fn text(out: &mut String, class: &str, (x, y): (f64, f64), line: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(line));
}

/// Every arrow in words, for those who cannot see the drawing.
fn words(chart: &Flowchart) -> String {
    let name = |end: EdgeEnd| match end {
        EdgeEnd::Node(at) => chart.nodes[at].label.join(", "),
        EdgeEnd::Frame(at) => chart.groups[at].label.clone(),
    };
    let words = chart.edges.iter().map(|edge| {
        let label = if edge.label.is_empty() { String::new() } else { format!(" ({})", edge.label) };
        format!("{} leads to {}{label}.", name(edge.from), name(edge.to))
    });
    words.collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text, true).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
