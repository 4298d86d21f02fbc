#!/usr/bin/env bash
# Fails when fewer than PERCENT of the lines in an lcov report were run by the tests. Vitest, Jest, c8 and pytest-cov
# all write this format.
#
#   scripts/coverage-gate.sh apps/api/coverage/lcov.info 80
set -euo pipefail

report="${1:-}"
percent="${2:-}"
if [[ $# -ne 2 || ! "$percent" =~ ^[0-9]{1,3}$ || "$percent" -gt 100 ]]; then
  echo "usage: scripts/coverage-gate.sh LCOV_FILE PERCENT" >&2
  exit 2
fi
if [[ ! -s "$report" ]]; then
  echo "error: $report does not exist or is empty" >&2
  echo "hint: let the test command write an lcov report there (vitest: --coverage.reporter=lcov, pytest: --cov-report=lcov:FILE)" >&2
  exit 1
fi

awk -F: -v percent="$percent" -v report="$report" '
  /^SF:/ { file = substr($0, 4); found = 0; hit = 0 }
  /^LF:/ { found = $2 }
  /^LH:/ { hit = $2 }
  /^end_of_record/ {
    lines += found; hits += hit
    if (found > hit) printf "%6.1f %%  %4d lines not run  %s\n", 100 * hit / found, found - hit, file > "/dev/stderr"
  }
  END {
    if (lines == 0) {
      print "error: " report " counts no lines: did any test run?" > "/dev/stderr"
      exit 1
    }
    covered = 100 * hits / lines
    # Compared without rounding: 79.96 % is not 80 %.
    if (hits * 100 < percent * lines) {
      printf "error: %.2f %% of %d lines are covered, the threshold is %d %%\n", covered, lines, percent > "/dev/stderr"
      exit 1
    }
    printf "%.2f %% of %d lines are covered (threshold %d %%)\n", covered, lines, percent
  }
' "$report"
