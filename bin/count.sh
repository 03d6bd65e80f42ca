#!/bin/sh
# Sums surefire's reports in the folder $1 into one plain line; before it, each test that passed only at its second try.
set -- "$1"/TEST-*.xml
[ -e "$1" ] || set -- /dev/null
awk '
  function number(name) { return match(line, " " name "=\"[0-9]+\"") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
  function text(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "?" }
  /<testsuite( |$)/ { head = 1; line = "" }
  head { line = line " " $0 }
  head && />/ { tests += number("tests"); failed += number("failures") + number("errors"); skipped += number("skipped"); head = 0 }
  /<testcase / { test = text("classname") "." text("name") }
  /<flaky(Failure|Error)[ >]/ { printf "flaky, passed at the second try: %s\n", test }
  END { printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped }' "$@"
