use super::*;
use crate::page::flowchart::parse;

/// The diagrams of the generated documents, in both directions.
fn charts() -> Vec<Flowchart> {
    let mut charts = Vec::new();
    for preset in ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"] {
        let path = format!("{}/snapshots/presets/{preset}/docs/architecture.md", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        for source in text.split("```mermaid\n").skip(1) {
            let source = source.split("```").next().unwrap();
            charts.extend([true, false].map(|down| Flowchart { down, ..parse(source).unwrap() }));
        }
    }
    assert_eq!(charts.len(), 16);
    charts
}

#[test]
fn nothing_covers_anything_else() {
    for chart in charts() {
        let layout = layout(&chart);
        for (i, a) in layout.nodes.iter().enumerate() {
            for b in &layout.nodes[..i] {
                assert!(!a.overlaps(b), "{chart:?}: {a:?} {b:?}");
            }
            for (at, frame) in layout.groups.iter().enumerate() {
                assert_eq!(a.overlaps(frame), chart.nodes[i].group == Some(at), "{chart:?}: {a:?} {frame:?}");
            }
        }
        let whole = Rect { x: 0.0, y: 0.0, w: layout.size.0, h: layout.size.1 };
        let inside = |r: &Rect| around(whole, *r) == whole;
        assert!(layout.nodes.iter().chain(&layout.groups).all(inside), "{chart:?}: {layout:?}");
        let labels: Vec<&Rect> = layout.labels.iter().flatten().collect();
        for (i, a) in labels.iter().enumerate() {
            assert!(inside(a), "{chart:?}: {a:?}");
            assert!(
                labels[..i].iter().chain(&layout.nodes.iter().collect::<Vec<_>>()).all(|b| !a.overlaps(b)),
                "{chart:?}: {a:?}"
            );
        }
        assert!(layout.edges.iter().flatten().all(|(x, y)| inside(&Rect { x: *x, y: *y, w: 0.0, h: 0.0 })));
    }
}

#[test]
fn arrows_that_lead_back_have_a_place_too() {
    let chart = parse("flowchart LR\na[\"A\"] --> b[\"B\"] --> a\na --> a").unwrap();
    assert_eq!(layout(&chart).nodes.len(), 2);
}
