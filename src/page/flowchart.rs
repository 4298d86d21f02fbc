//! The part of Mermaid's flowcharts that our templates use, read from the text that stands in the documents.
//!
//! Crates that draw all of Mermaid weigh more than they give here: mermaid-rs-renderer has 58,000 lines, 39 crates below it,
//! and measures text with the fonts of the machine, so that no two machines would make the same page.

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Flowchart {
    /// Whether it goes from top to bottom, else from left to right.
    pub down: bool,
    /// The nodes in the order in which they appear.
    pub nodes: Vec<Node>,
    /// The frames around nodes.
    pub groups: Vec<Frame>,
    /// The arrows.
    pub edges: Vec<Edge>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name in the text.
    pub id: String,
    /// What it looks like.
    pub shape: Shape,
    /// What stands in it, line by line.
    pub label: Vec<String>,
    /// The frame around it.
    pub group: Option<usize>,
}

/// What a node looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A rectangle.
    Box,
    /// A rectangle with round ends: a person or a system outside.
    Round,
    /// A cylinder: something that stores.
    Store,
    /// A diamond: a decision.
    Decision,
}

/// A frame around nodes.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its name in the text.
    pub id: String,
    /// What stands on it.
    pub label: String,
}

/// Where an arrow begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeEnd {
    /// At a node.
    Node(usize),
    /// At a frame.
    Frame(usize),
}

/// An arrow.
#[derive(Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it begins.
    pub from: EdgeEnd,
    /// Where it ends.
    pub to: EdgeEnd,
    /// What stands on it.
    pub label: String,
    /// Whether its line is dashed.
    pub dashed: bool,
}

const SHAPES: [(&str, &str, Shape); 4] = [
    ("([\"", "\"])", Shape::Round),
    ("[(\"", "\")]", Shape::Store),
    ("[\"", "\"]", Shape::Box),
    ("{\"", "\"}", Shape::Decision),
];

/// Reads a flowchart; `None` when there is anything in it that is not understood.
pub fn parse(text: &str) -> Option<Flowchart> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let down = match lines.next()? {
        "flowchart LR" => false,
        "flowchart TD" => true,
        _ => return None,
    };
    let mut chart = Flowchart { down, ..Flowchart::default() };
    let mut group = None;
    for line in lines {
        if line == "end" {
            group.take()?;
        } else if let Some(rest) = line.strip_prefix("subgraph ") {
            let (id, rest) = name(rest)?;
            let label = rest.strip_prefix("[\"")?.strip_suffix("\"]")?;
            if group.is_some() {
                return None;
            }
            group = Some(chart.groups.len());
            chart.groups.push(Frame { id: id.to_owned(), label: label.to_owned() });
        } else {
            statement(&mut chart, line, group)?;
        }
    }
    group.is_none().then_some(chart)
}

/// `a["A"]`, or `a -->|"label"| b --> c`.
fn statement(chart: &mut Flowchart, line: &str, group: Option<usize>) -> Option<()> {
    let (mut from, mut rest) = node(chart, line, group)?;
    while !rest.is_empty() {
        let (label, dashed, after) = arrow(rest.trim_start())?;
        let (to, after) = node(chart, after.trim_start(), group)?;
        chart.edges.push(Edge { from, to, label: label.to_owned(), dashed });
        (from, rest) = (to, after);
    }
    Some(())
}

fn node<'t>(chart: &mut Flowchart, text: &'t str, group: Option<usize>) -> Option<(EdgeEnd, &'t str)> {
    let (id, rest) = name(text)?;
    if let Some(at) = chart.groups.iter().position(|group| group.id == id) {
        return Some((EdgeEnd::Frame(at), rest));
    }
    if let Some(at) = chart.nodes.iter().position(|node| node.id == id) {
        return Some((EdgeEnd::Node(at), rest));
    }
    let (start, end, shape) = SHAPES.iter().find(|(start, ..)| rest.starts_with(start))?;
    let (label, rest) = rest.strip_prefix(start)?.split_once(end)?;
    let label = label.split("<br/>").map(str::to_owned).collect();
    chart.nodes.push(Node { id: id.to_owned(), shape: *shape, label, group });
    Some((EdgeEnd::Node(chart.nodes.len() - 1), rest))
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The label of an arrow, whether it is dashed, and what follows.
fn arrow(text: &str) -> Option<(&str, bool, &str)> {
    if let Some(rest) = text.strip_prefix("-->|\"") {
        let (label, rest) = rest.split_once("\"|")?;
        return Some((label, false, rest));
    }
    if let Some(rest) = text.strip_prefix("-. \"") {
        let (label, rest) = rest.split_once("\" .->")?;
        return Some((label, true, rest));
    }
    text.strip_prefix("-->").map(|rest| ("", false, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_our_templates_write_is_understood() {
        let chart = parse(
            "flowchart LR\n  a([\"Users\"])\n  subgraph c[\"Cluster\"]\n    b[\"web<br/>API\"]\n    d[(\"MongoDB\")]\n  end\n\n  \
             a -->|\"443\"| b --> d\n  b -. \"pull\" .-> c\n",
        )
        .unwrap();
        let node = |id: &str, shape, label: &[&str], group| Node {
            id: id.into(),
            shape,
            label: label.iter().map(|l| (*l).to_owned()).collect(),
            group,
        };
        let edge = |from, to, label: &str, dashed| Edge { from, to, label: label.into(), dashed };
        let (a, b, d) = (EdgeEnd::Node(0), EdgeEnd::Node(1), EdgeEnd::Node(2));
        assert_eq!(
            chart,
            Flowchart {
                down: false,
                nodes: vec![
                    node("a", Shape::Round, &["Users"], None),
                    node("b", Shape::Box, &["web", "API"], Some(0)),
                    node("d", Shape::Store, &["MongoDB"], Some(0)),
                ],
                groups: vec![Frame { id: "c".into(), label: "Cluster".into() }],
                edges: vec![edge(a, b, "443", false), edge(b, d, "", false), edge(b, EdgeEnd::Frame(0), "pull", true)],
            }
        );
    }

    #[test]
    fn what_is_not_understood_is_not_drawn() {
        for text in
            ["", "sequenceDiagram", "flowchart LR\na --- b", "flowchart LR\nend", "flowchart LR\na[\"A\"] ~~> a"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
