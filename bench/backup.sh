#!/bin/bash
# Backups of a large register with history beside a working closed loop: a full one, one after 30 s of
# work, and how much longer a repair takes while full ones run. The lab's 60 machines are looked at all the
# time; the others and their history are copies of real rows, made by SQL: what Fettle keeps of a machine that
# is well, once a day (fettle.monitoring.heartbeat), with the indexes that it keeps. There is no peer; load is
# printed. At 100,000 machines and 30 days: 20 GB on the disk at most, some 10 minutes to fill.
# usage: bench/backup.sh [MACHINES=100000] [DAYS=30] [PER_DAY=1, heartbeats a day] [LAPS=6] [PORT_OFFSET=300]
set -euo pipefail
cd "$(dirname "$0")/.."
MACHINES=${1:-100000} DAYS=${2:-30} PER_DAY=${3:-1} LAPS=${4:-6} OFFSET=${5:-300}
LIST=$(mktemp); trap 'rm -f "$LIST" "$LIST.log"' EXIT
mvn -q -o -Dspotless.check.skip test-compile dependency:build-classpath -Dmdep.outputFile="$LIST" >"$LIST.log" 2>&1 ||
  { cat "$LIST.log"; exit 1; }
echo "server: java io.fettle.Fettle (FETTLE_LAB=true); lab: java io.fettle.lab.Lab --machines 60 --fault-every 0"
echo "backup: POST /api/v1/backups, as './fettle backup DIR' does"
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx128m -cp "target/test-classes:target/classes:$(cat "$LIST")" \
  io.fettle.lab.BackupBench "$MACHINES" "$DAYS" "$PER_DAY" "$LAPS" "$OFFSET"
