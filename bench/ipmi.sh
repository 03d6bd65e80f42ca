#!/bin/bash
# Fettle's IPMI client against freeipmi and ipmitool: open a session, Get Device ID, close, on 100
# cards (ipmi_sim processes, cipher suite 3). Fettle and bmc-info in ABBA rounds, then ipmitool
# processes; medians of cards a second.
# usage: bench/ipmi.sh [ROUNDS=5, each ABBA] [CARDS=100] [WARM=20]    needs openipmi, freeipmi-tools, ipmitool, gcc, libopenipmi-dev
set -euo pipefail
cd "$(dirname "$0")/.."
ROUNDS=${1:-5} CARDS=${2:-100} WARM=${3:-20} TOOL_ROUNDS=5
BED=$(mktemp -d)
trap 'exec 3>&- 4<&- || true; [ -z "${JVM:-}" ] || kill "$JVM" 2>/dev/null || true; rm -rf "$BED"' EXIT
mvn -q -o -Dspotless.check.skip test-compile dependency:build-classpath -Dmdep.outputFile="$BED/classpath" >"$BED/mvn.log" 2>&1 ||
  { cat "$BED/mvn.log"; exit 1; }
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
JAVA_FLAGS=${JAVA_FLAGS:--Xmx256m -XX:+UseSerialGC}
mkfifo "$BED/in" "$BED/out"
$JAVA $JAVA_FLAGS -cp "target/test-classes:target/classes:$(cat "$BED/classpath")" \
  io.fettle.transport.ipmi.IpmiBench "$CARDS" "$BED/hosts" <"$BED/in" >"$BED/out" 2>"$BED/java.err" &
JVM=$!
exec 3>"$BED/in" 4<"$BED/out"
read -r ready <&4 || { cat "$BED/java.err"; exit 1; }
HOSTS=$(paste -sd, "$BED/hosts")
FREE="-D LAN_2_0 -I 3 -W opensesspriv -l ADMIN -u ADMIN -p fettle-pw --get-device-id"
TOOL="ipmitool -I lanplus -C 3 -U ADMIN -P fettle-pw"
echo "cards:    $CARDS ipmi_sim processes, $(head -1 "$BED/hosts") ..."
echo "fettle:   $JAVA $JAVA_FLAGS -cp CLASSPATH io.fettle.transport.ipmi.IpmiBench $CARDS HOSTS"
echo "bmc-info: bmc-info $FREE -h HOST:PORT,..."
echo "ipmitool: xargs -P25 $TOOL -H HOST -p PORT raw 6 1"
# The rounds themselves make load, so what counts is the load before the first one.
quiet() { for _ in $(seq 180); do awk '{exit !($1 < 1.0)}' /proc/loadavg && break; sleep 1; done; l=$(load); awk "BEGIN{exit !($l > 1.5)}" && loaded=' (loaded)' || loaded=; echo "load before the rounds: $l"; }
load() { cut -d' ' -f1 /proc/loadavg; }
fettle() { echo run >&3; read -r line <&4 || { cat "$BED/java.err" >&2; exit 1; }; echo "$line"; }
timed() { # seconds of wall and CPU, then how many cards answered
  local pattern=$1; shift
  bash -c 'TIMEFORMAT="%3R %3U %3S"; time "$@" >"'"$BED"'/said" 2>"'"$BED"'/err"' _ "$@" 2>"$BED/time" || true
  read -r wall user sys <"$BED/time"
  echo "$wall $(awk "BEGIN{printf \"%.3f\", $user + $sys}") $(grep -c "$pattern" "$BED/said" || true)"
}
freeipmi() { timed 'Manufacturer ID' bmc-info $FREE -h "$HOSTS"; }
ipmitool_all() { timed '^ 00' bash -c "tr : ' ' <$BED/hosts | xargs -P25 -L1 sh -c '$TOOL -H \$0 -p \$1 raw 6 1'"; }
round() {
  local l r; l=$(load)
  r=$($1); echo "$1: wall/cpu/answered $r  load $l"; echo "$r" >>"$BED/$1.rounds"
}
for i in $(seq "$WARM"); do last=$(fettle); done; echo "warm after $WARM rounds: $last"
quiet
for i in $(seq "$ROUNDS"); do for who in fettle freeipmi freeipmi fettle; do round $who; done; done
for i in $(seq "$TOOL_ROUNDS"); do round ipmitool_all; done
median() { cut -d' ' -f"$2" "$BED/$1.rounds" | sort -n | awk '{v[NR]=$1} END{print NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
rate() { awk "BEGIN{printf \"%.1f\", $CARDS / $(median "$1" 1)}"; }
for who in fettle freeipmi ipmitool_all; do
  awk -v n="$CARDS" '$3 != n {print "'$who': a round with only " $3 " answers"}' "$BED/$who.rounds"
  echo "$who: median wall $(median $who 1) s, cpu $(median $who 2) s, $(rate $who) cards/s"
done
awk "BEGIN{printf \"fettle is %.2f x bmc-info (target 0.5), %.1f x ipmitool (target 10)$loaded\n\", $(rate fettle)/$(rate freeipmi), $(rate fettle)/$(rate ipmitool_all)}"
