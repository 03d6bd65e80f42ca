#!/bin/sh
# Start of a built tree to the first page, the command line's answer, resident memory; medians of N rounds.
# Usage: bench/start.sh [rounds]. Uses a home and a port of its own; prints what it runs. A load above 1.5 marks the result.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
rounds=${1:-5}
port=${FETTLE_BENCH_PORT:-18181}
home=$(mktemp -d /tmp/fettle-bench-start-XXXXXX)
chmod 755 "$home"
export FETTLE_HOME="$home" FETTLE_PORT="$port" FETTLE_NO_TRAINING=1
trap '"$root/fettle" down >/dev/null 2>&1; rm -rf "$home"' EXIT INT TERM

now() { date +%s%N; }
load() { cut -d' ' -f1 /proc/loadavg; }
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%s", v[int((NR + 1) / 2)] }'; }
cpu_of() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%.1f", ($14 + $15) / hz }' "/proc/$1/stat"; }
first_page() {
  began=$(now)
  "$root/fettle" up >"$home/up.log" 2>&1 &
  until curl -sf -o /dev/null "http://127.0.0.1:$port/sign-in" 2>/dev/null; do sleep 0.02; done
  echo $((($(now) - began) / 1000000))
  wait
}

echo "# rounds $rounds, load before $(load), $(nproc) cores, AOT cache: $([ -r "$root/target/app/fettle.aot" ] && echo yes || echo no)"
echo "# command: ./fettle up; curl http://127.0.0.1:$port/sign-in until 200"
"$root/fettle" up >/dev/null
"$root/fettle" down >/dev/null
: >"$home/starts" >"$home/answers"
round=0
while [ $round -lt "$rounds" ]; do
  round=$((round + 1))
  first_page >>"$home/starts"
  pid=$(cat "$home/run/pid")
  rss=$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status")
  echo "round $round: first page $(tail -n 1 "$home/starts") ms, CPU of the JVM $(cpu_of "$pid") s, resident $rss MB, load $(load)"
  calls=0
  while [ $calls -lt 5 ]; do
    calls=$((calls + 1))
    began=$(now)
    "$root/fettle" status --json >/dev/null
    echo $((($(now) - began) / 1000000)) >>"$home/answers"
  done
  [ $round -lt "$rounds" ] || { sleep 30; echo "resident after 30 s: $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MB"; }
  "$root/fettle" down >/dev/null
done
final=$(load)
echo "median first page: $(median <"$home/starts") ms (at most 8000 on 2 quiet cores)"
echo "median ./fettle status --json: $(median <"$home/answers") ms (at most 600)"
awk -v l="$final" 'BEGIN { if (l > 1.5) print "LOADED: load " l " is above 1.5; these figures are upper bounds" }'
