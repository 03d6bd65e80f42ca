#!/bin/sh
# Start of a built tree to the first page, resident memory, and the answers of the command line on a server that has
# been up for 20 s; medians of N rounds, each bound judged. Usage: bench/start.sh [rounds]. Uses a home and a port of
# its own; prints what it runs. The load is taken before each round, when the last one's has gone; above 1.5 the
# result is marked.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
rounds=${1:-5}
port=${FETTLE_BENCH_PORT:-18181}
unset FETTLE_BENCH_PORT
home=$(mktemp -d /tmp/fettle-bench-start-XXXXXX)
chmod 755 "$home"
export FETTLE_HOME="$home" FETTLE_PORT="$port" FETTLE_NO_TRAINING=1
trap '"$root/fettle" down >/dev/null 2>&1; rm -rf "$home"' EXIT INT TERM

now() { date +%s%N; }
load() { cut -d' ' -f1 /proc/loadavg; }
over() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }
quiet() { n=0; while [ $n -lt 90 ] && over "$(load)" 1.0; do n=$((n + 1)); sleep 1; done; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
rss() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$1/status"; }
cpu_of() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%.1f", ($14 + $15) / hz }' "/proc/$1/stat"; }
first_page() {
  began=$(now)
  "$root/fettle" up >"$home/up.log" 2>&1 &
  until curl -sf -o /dev/null "http://127.0.0.1:$port/sign-in" 2>/dev/null; do sleep 0.02; done
  echo $((($(now) - began) / 1000000))
  wait
}
# Milliseconds of one command, into the file of its name.
answer() {
  began=$(now)
  "$root/fettle" "$@" >/dev/null 2>&1 || true
  echo $((($(now) - began) / 1000000)) >>"$home/$1"
}
judge() {
  verdict=met
  if over "$2" "$3"; then verdict='NOT met'; fi
  echo "$1: $2 $4 (at most $3): $verdict$loaded"
}

"$root/fettle" up >/dev/null
"$root/fettle" down >/dev/null
if ! [ -r "$root/target/app/fettle.aot" ] || ! [ -r "$root/target/app/cli.aot" ]; then
  echo "There is no AOT cache, so this would be the first start of all: run ./fettle up, wait until target/app/fettle.aot is there (about a minute), ./fettle down, and measure again." >&2
  exit 1
fi
echo "# rounds $rounds, $(nproc) cores, with AOT cache"
echo "# command: ./fettle up; curl http://127.0.0.1:$port/sign-in until 200; 20 s later ./fettle status --json | find x | faults"
loaded=
round=0
while [ $round -lt "$rounds" ]; do
  round=$((round + 1))
  quiet
  before=$(load)
  if over "$before" 1.5; then loaded=' (LOADED: an upper bound)'; fi
  first_page >>"$home/starts"
  pid=$(cat "$home/run/pid")
  cpu=$(cpu_of "$pid")
  sleep 20
  for _ in 1 2 3 4 5; do
    answer status --json
    answer find x
    answer faults
  done
  rss "$pid" >>"$home/rss"
  echo "round $round: first page $(tail -n 1 "$home/starts") ms (CPU of the JVM $cpu s), resident $(tail -n 1 "$home/rss") MB, load before $before, after $(load)"
  "$root/fettle" down >/dev/null
done
judge "median first page" "$(median "$home/starts")" 8000 ms
for command in status find faults; do judge "median ./fettle $command" "$(median "$home/$command")" 600 ms; done
judge "most resident" "$(sort -n "$home/rss" | tail -n 1)" 450 MB
