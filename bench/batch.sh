#!/bin/bash
# A job of Fettle against pdsh, clush, parallel-ssh and ansible -m raw, those that are there: `hostname; uptime` on
# 200 addresses, 64 at a time, curve25519 on all sides, in alternating rounds; medians. Fettle's side is the whole
# server with its database: from the POST until whoever follows the job has every line and the end, all of it on disk. Then 5 hosts of each of four faults on top:
# refused, SYN dropped, no banner, a command that hangs; every verdict must be exact.
# usage: bench/batch.sh [ROUNDS=3, each ABBA] [HOSTS=200] [WARM=24]   needs root, openssh-server, pdsh, python3; clustershell, pssh, ansible-core if there
set -euo pipefail
cd "$(dirname "$0")/.."
. bin/up.sh
if [ -z "${FETTLE_BENCH_NS:-}" ]; then exec env FETTLE_BENCH_NS=1 unshare -m --propagation private bash "$0" "$@"; fi
ROUNDS=${1:-3} HOSTS=${2:-200} WARM=${3:-24} FAN=64 PORT=2226 WEB=${BENCH_PORT:-18190}
BED=$(mktemp -d); chmod 755 "$BED"; JVM=
trap 'for f in "$BED"/*.pid; do kill "$(cat "$f")" 2>/dev/null || true; done
  [ -z "${FAULTS:-}" ] || kill "$FAULTS" 2>/dev/null || true
  [ -z "$JVM" ] || { kill "$JVM" 2>/dev/null; wait "$JVM" 2>/dev/null; } || true; rm -rf "$BED"' EXIT

# the bed: as in bench/ssh.sh; the login user exists in this namespace only
cp -a /etc "$BED/etc"; mount --bind "$BED/etc" /etc
for d in /home /run; do mount -t tmpfs -o mode=755 tmpfs $d; done; mkdir -p /run/sshd
useradd -m -s /bin/sh -p '*' bench; rm -f /home/bench/.*rc /home/bench/.profile
for k in host id; do ssh-keygen -q -t ed25519 -N '' -f "$BED/$k"; done
cp "$BED/id.pub" "$BED/authorized_keys"
sshd() { # name addresses... ; further lines on standard input
  { printf 'HostKey %s/host\nPidFile %s/%s.pid\nAuthorizedKeysFile %s/authorized_keys\n' "$BED" "$BED" "$1" "$BED"
    printf 'StrictModes no\nUsePAM no\nPasswordAuthentication no\nMaxStartups 1000:30:2000\nUseDNS no\nPrintMotd no\nLogLevel ERROR\n'
    for a in "${@:2}"; do echo "ListenAddress $a:$PORT"; done; cat; } >"$BED/$1.conf"
  /usr/sbin/sshd -f "$BED/$1.conf" -E "$BED/sshd.log"
}
first=1
while [ $first -le "$HOSTS" ]; do
  last=$((first + 15)); [ $last -le "$HOSTS" ] || last=$HOSTS
  addresses=$(seq -f '127.0.5.%g' $first $last); for a in $addresses; do echo "$a" >>"$BED/hosts"; done
  # shellcheck disable=SC2086
  sshd "sshd$first" $addresses </dev/null
  first=$((last + 1))
done
echo 'ForceCommand sleep 600' | sshd hang $(seq -f '127.0.6.%g' 16 20)
python3 - "$PORT" <<'P' & FAULTS=$!
import socket, sys, time
port, keep = int(sys.argv[1]), []
for n in range(6, 16):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((f'127.0.6.{n}', port)); keep.append(s)
    s.listen(0 if n < 11 else 64)
    for _ in range(4 if n < 11 else 0):
        c = socket.socket(); c.setblocking(False); keep.append(c)
        try: c.connect((f'127.0.6.{n}', port))
        except BlockingIOError: pass
time.sleep(3600)
P
cp "$BED/hosts" "$BED/all"; for n in $(seq 1 20); do echo "127.0.6.$n" >>"$BED/all"; done
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
mkdir -p "$BED/data"
env -u FETTLE_BENCH_NS FETTLE_HOME="$BED/data" FETTLE_PORT="$WEB" FETTLE_TRANSPORT_SSH_BANNER=5s \
  FETTLE_MONITORING_INTERVAL=1d FETTLE_BATCH_CONFIRMABOVE=100000 "${JAVA_HOME:+$JAVA_HOME/bin/}java" $(server_flags) \
  -cp "target/classes:$(cat "$BED/classpath")" io.fettle.Fettle >"$BED/server.log" 2>&1 & JVM=$!
cat >"$BED/job.py" <<'P'
import json, os, sys, time, urllib.request
bed, port, jvm = sys.argv[1:4]
base = f'http://127.0.0.1:{port}/api/v1/'
def call(path, body=None, kind='application/json'):
    token = open(bed + '/data/admin.token').read().strip()
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    r = urllib.request.Request(base + path, data, {'Authorization': 'Bearer ' + token, 'Content-Type': kind})
    return json.load(urllib.request.urlopen(r, timeout=60))
def cpu(): # of the server and of its database, ended backends included
    stat = {}
    for p in filter(str.isdigit, os.listdir('/proc')):
        try: f = open(f'/proc/{p}/stat').read().rsplit(')', 1)[1].split(); stat[p] = (f[1], f[11:15])
        except OSError: pass
    mine, more = {jvm}, True
    while more:
        new = {p for p, (parent, _) in stat.items() if parent in mine} - mine
        mine |= new; more = bool(new)
    return sum(sum(map(int, stat[p][1])) for p in mine if p in stat) / os.sysconf('SC_CLK_TCK')
def ready():
    for _ in range(600):
        try:
            if call('status').get('ready'): return
        except OSError: pass
        time.sleep(.2)
    sys.exit('the server did not start')
def run(query):
    before, start = cpu(), time.time()
    job = call('jobs', {'on': query, 'ssh': 'hostname; uptime', 'reason': 'bench', 'steps': '100%', 'width': 64, 'limit': '10s', 'stop_share': 1})
    lines = 0
    while job['state'] != 'ENDED': # as the command line follows it: every line, until the end
        token = open(bed + '/data/admin.token').read().strip()
        r = urllib.request.Request(base + 'jobs/' + job['id'] + '/events', headers={'Authorization': 'Bearer ' + token})
        for line in urllib.request.urlopen(r, timeout=60):
            event = json.loads(line).get('event')
            if event and event['kind'] == 'OUT': lines += event['text'].count('load average')
        job = call('jobs/' + job['id'])
    wall = time.time() - start
    return job, wall, cpu() - before, lines
what = sys.argv[4]
if what == 'prepare':
    ready(); ssh = sys.argv[5]
    rows = ''.join(f'H{i:04},SNH{i:04},{a.strip()}:{ssh},{"GOOD" if a.startswith("127.0.5.") else "BAD"}\n' for i, a in enumerate(open(bed + '/all')))
    call('register/imports?name=bench.csv', ('资产号,序列号,IP,机柜\n' + rows).encode(), 'text/csv')
    call('credentials', {'kind': 'ssh-key', 'name': 'bench', 'user': 'bench', 'secret': open(bed + '/id').read(), 'for': "placement.rack in ['GOOD', 'BAD']"})
elif what == 'good':
    job, wall, spent, lines = run("placement.rack == 'GOOD'")
    print(f'{wall:.2f} {spent:.2f} {min(job["verdicts"].get("OK", 0), lines)}')
else:
    job, wall, spent, _ = run("placement.rack in ['GOOD', 'BAD']")
    print(f'{wall:.2f} {spent:.2f} {json.dumps(job["verdicts"])}')
    want = {'OK': int(sys.argv[5]), 'REFUSED': 5, 'CONNECT_TIMEOUT': 5, 'BANNER_TIMEOUT': 5, 'KILLED': 5}
    if job['verdicts'] != want: sys.exit(f'verdicts are not exact: {job["verdicts"]}, they should be {want}')
P
job() { python3 "$BED/job.py" "$BED" "$WEB" "$JVM" "$@"; }
job prepare "$PORT" || { cat "$BED/server.log"; exit 1; }
export PDSH_RCMD_TYPE=ssh PDSH_SSH_ARGS_APPEND="-F $BED/ssh_config"
export ANSIBLE_HOST_KEY_CHECKING=False ANSIBLE_RETRY_FILES_ENABLED=0 ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_HOME="$BED/ansible"
peer() { # pdsh|clush|parallel-ssh|ansible file limit
  case $1 in
    pdsh) c="pdsh -S -f $FAN -t 5 -u $3 -w ^$2 'hostname; uptime'" ;;
    clush) c="clush -f $FAN -t 5 -u $3 -o '-F $BED/ssh_config' --hostfile $2 'hostname; uptime'" ;;
    parallel-ssh) c="parallel-ssh -i -p $FAN -t $3 -x '-F $BED/ssh_config -o ConnectTimeout=5' -h $2 'hostname; uptime'" ;;
    ansible) c="ansible all -i $2 -f $FAN -T 5 -m raw -a 'hostname; uptime' --ssh-common-args '-F $BED/ssh_config'" ;;
  esac
  /usr/bin/env bash -c 'TIMEFORMAT="%R %U %S"; time '"$c"' >'"$BED"'/out 2>'"$BED"'/err </dev/null' 2>"$BED/time" || true
  read -r wall user sys < <(tail -1 "$BED/time")
  echo "$wall $(awk "BEGIN{printf \"%.2f\", $user + $sys}") $(grep -c 'load average' "$BED/out")"
}
PEERS=pdsh; for p in clush parallel-ssh ansible; do ! command -v $p >/dev/null || PEERS="$PEERS $p"; done
load() { cut -d' ' -f1 /proc/loadavg; }
echo "fettle: POST /api/v1/jobs, steps 100%, width $FAN (server as ./fettle up starts it: $(server_flags), and its PostgreSQL; checks once a day, for the peers watch nothing)"
echo "peers:  $PEERS, $FAN at a time, connect limit 5 s, command limit 10 s   (-F: KexAlgorithms curve25519-sha256)"
for i in $(seq "$WARM"); do echo "warm-up $i: fettle $(job good)"; done
for _ in $(seq 180); do awk '{exit !($1 < 1.0)}' /proc/loadavg && break; [ -n "${BENCH_NOW:-}" ] && break; sleep 1; done
l=$(load); loaded=$(awk "BEGIN{if ($l > 1.5) print \" (loaded)\"}"); echo "load before the rounds: $l"
for i in $(seq "$ROUNDS"); do
  for who in fettle $PEERS $(echo "$PEERS" | tr ' ' '\n' | tac) fettle; do
    if [ $who = fettle ]; then r=$(job good); else r=$(peer $who "$BED/hosts" 10); fi
    echo "$who: wall/cpu/ok $r  load $(load)"; echo "$r" >>"$BED/$who.rounds"
  done
done
median() { cut -d' ' -f"$2" "$BED/$1.rounds" | sort -n | awk '{v[NR]=$1} END{print NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
for who in fettle $PEERS; do awk -v n="$HOSTS" '$3 != n {print "'$who': a round with only " $3 " answers"; bad = 1} END {exit bad}' "$BED/$who.rounds" || exit 1; done
fw=$(median fettle 1) fc=$(median fettle 2) pw=$(median pdsh 1) pc=$(median pdsh 2)
echo "median of $((ROUNDS * 2))$loaded:"
for who in fettle $PEERS; do echo "  $who: wall $(median $who 1) s cpu $(median $who 2) s"; done
awk "BEGIN{printf \"wall %.2f x pdsh (target 0.75), cpu %.2f x pdsh (target 0.4), every line and verdict on disk\n\", $fw/$pw, $fc/$pc}"
echo "with 5 hosts each refused, SYN dropped, no banner, hanging (limit 10 s):"
r=$(job bad "$HOSTS"); echo "fettle: wall/cpu/verdicts $r"
for p in $PEERS; do [ $p = ansible ] || echo "$p: wall/cpu/ok $(peer $p "$BED/all" 10)"; done
