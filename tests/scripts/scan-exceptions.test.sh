#!/usr/bin/env bash
# Tests of scripts/scan-exceptions.sh.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

stand_in date <<< 'echo 2026-11-28'
exceptions() { printf '%s\n' "$@" > scan-exceptions.txt; }

cp "$repository/scan-exceptions.txt" .
expect 0 "ignore: []" "the generated file" scripts/scan-exceptions.sh
rm scan-exceptions.txt
expect 0 "ignore: []" "no file" scripts/scan-exceptions.sh

exceptions "# a comment" "" "CVE-2026-12345  2026-11-28  Only the build's parser uses it." \
  "GHSA-abcd-1234-wxyz 2027-01-31 Fixed in the next base image."
expect 0 "  - vulnerability: CVE-2026-12345" "an exception on its last day" scripts/scan-exceptions.sh
expect 0 "    reason: 'until 2026-11-28: Only the build''s parser uses it.'" "the reason is quoted" scripts/scan-exceptions.sh
expect 0 "  - vulnerability: GHSA-abcd-1234-wxyz" "an id of GitHub" scripts/scan-exceptions.sh
printf 'CVE-2026-12345 2027-01-31 No end of line' > scan-exceptions.txt
expect 0 "reason: 'until 2027-01-31: No end of line'" "a last line without end" scripts/scan-exceptions.sh
printf 'CVE-2026-12345 2027-01-31 From Windows.\r\n\r\n' > scan-exceptions.txt
expect 0 "reason: 'until 2027-01-31: From Windows.'" "ends of lines of Windows" scripts/scan-exceptions.sh

exceptions "CVE-2026-12345 2027-01-31 Fine." "CVE-2026-22222 2026-11-27 Over."
expect 1 "line 2: the exception of CVE-2026-22222 ended on 2026-11-27" "an exception that is over" scripts/scan-exceptions.sh
exceptions "CVE-2026-12345"
expect 1 "line 1: the exception of CVE-2026-12345 has no last day" "no end" scripts/scan-exceptions.sh
exceptions "CVE-2026-12345 next-week It is harmless."
expect 1 "has no last day" "a day that is none" scripts/scan-exceptions.sh
exceptions "CVE-2026-12345 2027-13-01 It is harmless."
expect 1 "has no last day" "a month that is none" scripts/scan-exceptions.sh
exceptions "CVE-2026-12345 2027-01-31"
expect 1 "has no reason" "no reason" scripts/scan-exceptions.sh
exceptions "* 2027-01-31 Everything."
expect 1 "is not the id of a vulnerability" "everything" scripts/scan-exceptions.sh
expect 1 "1 checks failed" "CI checks the file" scripts/check exceptions
exceptions
expect 0 "" "CI accepts an empty file" scripts/check exceptions
finish
