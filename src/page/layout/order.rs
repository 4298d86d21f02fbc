//! Which part stands where within its rank: few crossings, short ways, frames that hold only their own.

use super::{APART, PADDING, Slot, width};
use crate::page::flowchart::Flowchart;

/// How often the order is improved.
const SWEEPS: usize = 8;

/// Orders each rank by the neighbours in the ranks beside it, then moves everything as near to them as it can be.
/// Members of a frame come first, so that a frame never holds what is not its own.
pub fn arrange(slots: &mut [Slot], order: &mut [Vec<usize>], paths: &[Vec<usize>]) {
    let mut links: Vec<Vec<usize>> = vec![Vec::new(); slots.len()];
    for pair in paths.iter().flat_map(|path| path.windows(2)) {
        links[pair[0]].push(pair[1]);
        links[pair[1]].push(pair[0]);
    }
    for rank in order.iter() {
        pack(slots, rank);
    }
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        let count = order.len();
        for step in 0..count {
            let at = if forward { step } else { count - 1 - step };
            let wanted = |slots: &[Slot], slot: usize, all: bool| {
                let rank = slots[slot].rank;
                let middles: Vec<f64> = links[slot]
                    .iter()
                    .filter(|other| all || (slots[**other].rank < rank) == forward)
                    .map(|other| slots[*other].middle)
                    .collect();
                if middles.is_empty() { slots[slot].middle } else { middles.iter().sum::<f64>() / middles.len() as f64 }
            };
            let last = sweep + 2 >= SWEEPS;
            let aims: Vec<f64> = (0..slots.len())
                .map(|slot| if slots[slot].rank == at { wanted(slots, slot, last) } else { 0.0 })
                .collect();
            let outside = |slot: &usize| slots[*slot].group.map_or(usize::MAX, |group| group);
            order[at].sort_by(|a, b| outside(a).cmp(&outside(b)).then(aims[*a].total_cmp(&aims[*b])));
            for slot in &order[at] {
                slots[*slot].middle = aims[*slot];
            }
            spread(slots, &order[at]);
        }
    }
}

/// One after the other, around zero.
fn pack(slots: &mut [Slot], rank: &[usize]) {
    let total: f64 = rank.iter().map(|slot| slots[*slot].across + APART).sum();
    let mut at = -total / 2.0;
    for slot in rank {
        slots[*slot].middle = at + slots[*slot].across / 2.0;
        at += slots[*slot].across + APART;
    }
}

/// Pushes neighbours apart where they overlap, as little as possible on average.
fn spread(slots: &mut [Slot], rank: &[usize]) {
    let before: f64 = rank.iter().map(|slot| slots[*slot].middle).sum();
    push_down(slots, rank, f64::NEG_INFINITY);
    let after: f64 = rank.iter().map(|slot| slots[*slot].middle).sum();
    let shift = (after - before) / rank.len().max(1) as f64;
    for slot in rank {
        slots[*slot].middle -= shift;
    }
}

/// Moves slots down, in order, so that none begins above `top` or above the end of the previous slot.
fn push_down(slots: &mut [Slot], rank: &[usize], mut top: f64) {
    for slot in rank {
        let slot = &mut slots[*slot];
        slot.middle = slot.middle.max(top + slot.across / 2.0);
        top = slot.middle + slot.across / 2.0 + APART;
    }
}

/// Moves what stands beside a frame's nodes below all of them.
pub fn clear_frames(chart: &Flowchart, slots: &mut [Slot], order: &[Vec<usize>]) {
    for (group, frame) in chart.groups.iter().enumerate() {
        let members = || slots.iter().filter(|slot| slot.group == Some(group));
        let (Some(first), Some(last)) = (members().map(|s| s.rank).min(), members().map(|s| s.rank).max()) else {
            continue;
        };
        let top = members().map(|slot| slot.middle - slot.across / 2.0).fold(f64::INFINITY, f64::min);
        let bottom = members().map(|slot| slot.middle + slot.across / 2.0).fold(f64::NEG_INFINITY, f64::max);
        // the label can be longer than what is below it
        let bottom = if chart.down { bottom.max(top + width(&frame.label) - PADDING) } else { bottom };
        for rank in &order[first..=last] {
            let others: Vec<usize> = rank.iter().copied().filter(|slot| slots[*slot].group != Some(group)).collect();
            push_down(slots, &others, bottom + PADDING + APART);
        }
    }
}
