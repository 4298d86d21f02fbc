#!/usr/bin/env bash
# Tests of scripts/coverage-gate.sh.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

printf 'SF:src/a.js\nLF:10\nLH:8\nend_of_record\nSF:src/b.js\nLF:10\nLH:8\nend_of_record\n' > eighty.info
printf 'SF:src/a.js\nLF:10000\nLH:7996\nend_of_record\n' > almost.info
printf 'TN:\n' > none.info
: > empty.info

expect 0 "80.00 %" "exactly at the threshold" scripts/coverage-gate.sh eighty.info 80
expect 1 "threshold is 81" "below the threshold" scripts/coverage-gate.sh eighty.info 81
expect 1 "2 lines not run  src/a.js" "names the files" scripts/coverage-gate.sh eighty.info 81
expect 1 "79.96 %" "is not rounded up" scripts/coverage-gate.sh almost.info 80
expect 1 "counts no lines" "a report without lines" scripts/coverage-gate.sh none.info 80
expect 1 "does not exist or is empty" "an empty report" scripts/coverage-gate.sh empty.info 80
expect 1 "does not exist or is empty" "no report" scripts/coverage-gate.sh missing.info 80
expect 2 "usage" "no percentage" scripts/coverage-gate.sh eighty.info much
expect 2 "usage" "more than everything" scripts/coverage-gate.sh eighty.info 101
finish
