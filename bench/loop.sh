#!/bin/bash
# The closed loop in the lab, one fault of bmc.nic_mode after another: from the break (as the lab's
# journal has it) to the proven repair (as the fault's story has it), and how often the repair was
# executed (from the lab's journal). There is no peer, so no ABBA; load is printed, above 1.5 the result is marked.
# usage: bench/loop.sh [FAULTS=20] [MACHINES=40] [PORT_OFFSET=300]
set -euo pipefail
cd "$(dirname "$0")/.."
FAULTS=${1:-20} MACHINES=${2:-40} OFFSET=${3:-300}
LIST=$(mktemp); trap 'rm -f "$LIST" "$LIST.log"' EXIT
mvn -q -o -Dspotless.check.skip test-compile dependency:build-classpath -Dmdep.outputFile="$LIST" >"$LIST.log" 2>&1 ||
  { cat "$LIST.log"; exit 1; }
echo "server: java io.fettle.Fettle (FETTLE_LAB=true)"
echo "lab:    java io.fettle.lab.Lab --machines $MACHINES --fault-every 0 --port-offset $OFFSET"
echo "breaks: inject bmc.nic_mode ASSET, said to the lab's socket as './fettle lab --tell' does"
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx128m -cp "target/test-classes:target/classes:$(cat "$LIST")" \
  io.fettle.lab.LoopBench "$MACHINES" "$FAULTS" "$OFFSET"
