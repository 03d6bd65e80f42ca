#!/bin/bash
# The register: purchase import of N rows (preview, first time, same file again), each round on a fresh
# PostgreSQL database with fsync on; then find and lists. Medians over the rounds; load is printed, above 1.5 the verdict is marked.
# usage: bench/import.sh [ROWS=10000] [ROUNDS=5] [explain]
set -euo pipefail
cd "$(dirname "$0")/.."
ROWS=${1:-10000} ROUNDS=${2:-5}
LIST=$(mktemp); trap 'rm -f "$LIST"' EXIT
mvn -q -o -Dspotless.check.skip test-compile dependency:build-classpath -Dmdep.outputFile="$LIST" >"$LIST.log" 2>&1 ||
  { cat "$LIST.log"; rm -f "$LIST.log"; exit 1; }
rm -f "$LIST.log"
echo "java ${JAVA_FLAGS:--Xmx450m} io.fettle.cmdb.ImportBench $ROWS $ROUNDS ${3:-}"
"${JAVA_HOME:+$JAVA_HOME/bin/}java" ${JAVA_FLAGS:--Xmx450m} -cp "target/test-classes:target/classes:$(cat "$LIST")" \
  io.fettle.cmdb.ImportBench "$ROWS" "$ROUNDS" "${3:-}"
