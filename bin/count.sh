#!/bin/sh
# Sums surefire's reports in the folder $1 into one plain line.
cat "$1"/TEST-*.xml 2>/dev/null | awk '
  function number(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
  function count() { tests += number("tests"); failed += number("failures") + number("errors"); skipped += number("skipped") }
  /<testsuite / { head = 1; line = "" }
  head { line = line " " $0; if (/>/) { $0 = line; count(); head = 0 } }
  END { printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped }'
