#!/bin/bash
# Fettle's SSH against pdsh: `hostname; uptime` on 200 addresses, 64 at a time, curve25519 on both
# sides, a new connection for each. Both run in one JVM/process each, in ABBA rounds; medians.
# usage: bench/ssh.sh [ROUNDS=3, each ABBA] [HOSTS=200] [WARM=8]      needs root, openssh-server, pdsh
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${FETTLE_BENCH_NS:-}" ]; then exec env FETTLE_BENCH_NS=1 unshare -m --propagation private bash "$0" "$@"; fi
ROUNDS=${1:-3} HOSTS=${2:-200} WARM=${3:-8} FAN=64 PORT=2222
COMMAND='hostname; uptime'
BED=$(mktemp -d); chmod 755 "$BED"
trap 'for f in "$BED"/*.pid; do kill "$(cat "$f")" 2>/dev/null || true; done; [ -z "${JVM:-}" ] || kill "$JVM" 2>/dev/null || true; rm -rf "$BED"' EXIT

# the bed: sshd takes 16 addresses at most, so several; the login user exists in this namespace only
cp -a /etc "$BED/etc"; mount --bind "$BED/etc" /etc
for d in /home /run; do mount -t tmpfs -o mode=755 tmpfs $d; done; mkdir -p /run/sshd
useradd -m -s /bin/sh -p '*' bench; rm -f /home/bench/.*rc /home/bench/.profile
for k in host id; do ssh-keygen -q -t ed25519 -N '' -f "$BED/$k"; done
cp "$BED/id.pub" "$BED/authorized_keys"
first=1 n=0
while [ $first -le "$HOSTS" ]; do
  last=$((first + 15)); [ $last -le "$HOSTS" ] || last=$HOSTS
  { printf 'HostKey %s/host\nPidFile %s/%s.pid\nAuthorizedKeysFile %s/authorized_keys\n' "$BED" "$BED" $n "$BED"
    printf 'StrictModes no\nUsePAM no\nPasswordAuthentication no\nMaxStartups 1000:30:2000\nUseDNS no\nPrintMotd no\nLogLevel ERROR\n'
    for i in $(seq $first $last); do echo "ListenAddress 127.0.1.$i:$PORT"; echo "127.0.1.$i" >>"$BED/hosts"; done
  } >"$BED/sshd_$n.conf"
  /usr/sbin/sshd -f "$BED/sshd_$n.conf" -E "$BED/sshd.log"
  first=$((last + 1)) n=$((n + 1))
done
cat >"$BED/ssh_config" <<C
Host *
  User bench
  Port $PORT
  IdentityFile $BED/id
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  BatchMode yes
  PreferredAuthentications publickey
  KexAlgorithms curve25519-sha256
C

mvn -q -o -Dspotless.check.skip test-compile dependency:build-classpath -Dmdep.outputFile="$BED/classpath" >"$BED/mvn.log" 2>&1 ||
  { cat "$BED/mvn.log"; exit 1; }
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
JAVA_COMMAND="$JAVA ${JAVA_FLAGS:--Xmx256m} -cp CLASSPATH io.fettle.transport.ssh.SshBench HOSTS $PORT bench KEY $FAN '$COMMAND'"
coproc FETTLE { exec $JAVA ${JAVA_FLAGS:--Xmx256m} -cp "target/test-classes:target/classes:$(cat "$BED/classpath")" \
  io.fettle.transport.ssh.SshBench "$BED/hosts" $PORT bench "$BED/id" $FAN "$COMMAND" 2>"$BED/java.err"; }
JVM=$FETTLE_PID
export PDSH_RCMD_TYPE=ssh PDSH_SSH_ARGS_APPEND="-F $BED/ssh_config"
PDSH_COMMAND="pdsh -S -f $FAN -t 10 -w ^HOSTS '$COMMAND'"
echo "fettle: $JAVA_COMMAND"; echo "pdsh:   $PDSH_COMMAND   (-F: KexAlgorithms curve25519-sha256)"
# The rounds themselves make load, so what counts is the load before the first one.
quiet() { for _ in $(seq 180); do awk '{exit !($1 < 1.0)}' /proc/loadavg && break; sleep 1; done; l=$(load); awk "BEGIN{exit !($l > 1.5)}" && loaded=' (loaded)' || loaded=; echo "load before the rounds: $l"; }
load() { cut -d' ' -f1 /proc/loadavg; }
fettle() { # prints: wall cpu ok
  echo run >&"${FETTLE[1]}"
  read -r line <&"${FETTLE[0]}" || { cat "$BED/java.err"; exit 1; }
  echo "$line"
}
pdsh_round() {
  /usr/bin/env bash -c 'TIMEFORMAT="%R %U %S"; time pdsh -S -f '$FAN' -t 10 -w "^'"$BED"'/hosts" "'"$COMMAND"'" >"'"$BED"'/out" 2>"'"$BED"'/err"' 2>"$BED/time" || true
  read -r wall user sys <"$BED/time"
  echo "$wall $(awk "BEGIN{printf \"%.2f\", $user + $sys}") $(grep -c 'load average' "$BED/out")"
}
for i in $(seq "$WARM"); do echo "warm-up $i: fettle $(fettle)"; done
round() { # who
  l=$(load)
  if [ "$1" = fettle ]; then r=$(fettle); else r=$(pdsh_round); fi
  echo "$1: wall/cpu/ok $r  load $l"; echo "$r" >>"$BED/$1.rounds"
}
quiet
for i in $(seq "$ROUNDS"); do for who in fettle pdsh pdsh fettle; do round $who; done; done
median() { cut -d' ' -f"$2" "$BED/$1.rounds" | sort -n | awk '{v[NR]=$1} END{print NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
for who in fettle pdsh; do awk -v n="$HOSTS" '$3 != n {print "'$who': a round with only " $3 " answers"; bad = 1} END {exit bad}' "$BED/$who.rounds" || exit 1; done
fw=$(median fettle 1) fc=$(median fettle 2) pw=$(median pdsh 1) pc=$(median pdsh 2)
echo "median of $((ROUNDS * 2))$loaded: fettle wall $fw s cpu $fc s; pdsh wall $pw s cpu $pc s"
awk "BEGIN{printf \"wall %.2f x pdsh (target 0.75), client cpu %.2f x pdsh (target 0.35)\n\", $fw/$pw, $fc/$pc}"
