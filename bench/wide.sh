#!/bin/bash
# One job on many lab machines, each of which says SIZE bytes: how long until the first line is heard, until all is
# over, how big the server and its database become, and how fast the job's page answers meanwhile. The lab's own
# memory is not counted: it plays the machines. No peer, so no ABBA; load is printed.
# usage: bench/wide.sh [MACHINES=5000] [BYTES="1000 100000"] [PORT_OFFSET=700]
set -euo pipefail
cd "$(dirname "$0")/.."
MACHINES=${1:-5000} SIZES=${2:-1000 100000} OFFSET=${3:-700} PORT=${BENCH_PORT:-18770}
FETTLE_HOME=$(mktemp -d); export FETTLE_HOME; chmod 755 "$FETTLE_HOME"
trap './fettle down >/dev/null 2>&1 || true; rm -rf "$FETTLE_HOME"' EXIT
FETTLE_LAB_HEAP=${FETTLE_LAB_HEAP:-3g} ./fettle up --lab --machines "$MACHINES" --port "$PORT" --port-offset "$OFFSET" >"$FETTLE_HOME/up.log" 2>&1 ||
  { cat "$FETTLE_HOME/up.log"; exit 1; }
./fettle lab --tell pause >/dev/null
echo "server: ./fettle up --lab --machines $MACHINES (heap ${FETTLE_HEAP:-320m} and its PostgreSQL); load $(cut -d' ' -f1 /proc/loadavg)"
python3 - "$FETTLE_HOME" "$PORT" "$MACHINES" $SIZES <<'P'
import json, os, subprocess, sys, threading, time, urllib.request
home, port, machines, sizes = sys.argv[1], sys.argv[2], int(sys.argv[3]), [int(s) for s in sys.argv[4:]]
base, token = f'http://127.0.0.1:{port}', open(home + '/admin.token').read().strip()
server = int(open(home + '/run/server.pid').read().split()[0]) if os.path.exists(home + '/run/server.pid') else json.loads(
    subprocess.run(['./fettle', 'up', '--lab', '--port', port, '--json'], capture_output=True, text=True).stdout)['process']
def open_(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(base + path, data, {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'}), timeout=120)
def call(path, body=None): return json.load(open_('/api/v1/' + path, body))
def rss(pids): # resident; shared memory of PostgreSQL counted once (Pss)
    total = 0
    for p in pids:
        try:
            for line in open(f'/proc/{p}/smaps_rollup'):
                if line.startswith('Pss:'): total += int(line.split()[1])
        except OSError: pass
    return total / 1024
def family():
    parent = {}
    for p in filter(str.isdigit, os.listdir('/proc')):
        try: parent[int(p)] = int(open(f'/proc/{p}/stat').read().rsplit(')', 1)[1].split()[1])
        except OSError: pass
    mine, more = {server}, True
    while more:
        new = {p for p, q in parent.items() if q in mine} - mine
        mine |= new; more = bool(new)
    return mine
for _ in range(600): # the lab hands its machines over after the start
    if len(call('assets?limit=500').get('items', [])) >= min(500, machines): break
    time.sleep(1)
time.sleep(machines / 200)
for size in sizes:
    lines, width = max(1, size // 100), min(100, size) - 1
    command = f"awk 'BEGIN {{ for (i = 0; i < {lines}; i++) printf \"%0{width}d\\n\", i }}'"
    peak, own, slow, over = [0.0], [0.0], [], threading.Event()
    def watch():
        while not over.is_set():
            all_, mine = rss(family()), rss({server})
            peak[0], own[0] = max(peak[0], all_), max(own[0], mine); time.sleep(.5)
    def read(job):
        while not over.is_set():
            t = time.time(); open_(f'/jobs/{job}').read(); slow.append(time.time() - t); time.sleep(.5)
    wish = {'on': 'placement.rack != ""', 'ssh': command, 'reason': 'bench', 'steps': '100%', 'limit': '120s', 'total': '1h', 'stop_share': 1}
    wish['count'] = call('jobs/preview', wish)['machines']
    threading.Thread(target=watch, daemon=True).start()
    start = time.time(); job = call('jobs', wish); posted = time.time() - start; first = None; got = 0
    threading.Thread(target=read, args=(job['id'],), daemon=True).start()
    while job['state'] != 'ENDED':
        for line in open_(f'/api/v1/jobs/{job["id"]}/events'):
            event = json.loads(line).get('event')
            if event and event['kind'] == 'OUT':
                first = first or time.time() - start; got += len(event['text'])
        job = call('jobs/' + job['id'])
    wall = time.time() - start; over.set(); slow.sort()
    print(f'{size} bytes x {wish["count"]}: POST {posted:.2f} s, first line {first:.2f} s, all {wall:.1f} s ({got / 1e6:.0f} MB heard), verdicts {job["verdicts"]}')
    print(f'  memory at most: server {own[0]:.0f} MB, with PostgreSQL {peak[0]:.0f} MB (target 1000); page answered {len(slow)} times, median {slow[len(slow) // 2]:.2f} s, slowest {slow[-1]:.2f} s', flush=True)
P
echo "load $(cut -d' ' -f1 /proc/loadavg)"
