# up, down and lab. Sourced by ./fettle.

server_flags() {
  printf '%s ' "-Xmx${FETTLE_HEAP:-320m}" -XX:+UseSerialGC -Xss512k -XX:ReservedCodeCacheSize=96m \
    -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 \
    -Xlog:disable -Xlog:all=error:stderr
  printf '%s' "${FETTLE_JAVA_OPTS:-}"
}

run_up() {
  lab= machines= port= seed= foreground= listen= port_offset= no_backup=
  while [ $# -gt 0 ]; do
    case $1 in
      --lab) lab=1 ;;
      --foreground) foreground=1 ;;
      --no-backup) no_backup=1 ;;
      --json) ;;
      --machines | --port | --seed | --listen | --port-offset)
        [ $# -ge 2 ] || usage_error "$1 needs a value; see './fettle help'."
        case $1 in
          --machines) machines=$2 ;;
          --port) port=$2 ;;
          --seed) seed=$2 ;;
          --listen) listen=$2 ;;
          --port-offset) port_offset=$2 ;;
        esac
        shift
        ;;
      --server | --server=*) local_only up ;;
      *) usage_error "up does not know '$1'; it takes --lab --machines N --port P --seed S --port-offset N --foreground --listen ADDR --no-backup --json." ;;
    esac
    shift
  done
  for number in "$machines" "$port" "$seed" "$port_offset"; do
    case $number in *[!0-9]*) usage_error "'$number' is not a number." ;; esac
  done
  words_aside
  find_jdk
  home=${FETTLE_HOME:-$root/data${lab:+-lab}}
  home=$(absolute "$home")
  export FETTLE_HOME="$home"
  server=$(server_pid "$home")
  if [ -n "$server" ]; then already_up; return; fi
  build_if_needed
  mkdir -p "$home/run" "$home/log"
  rm -f "$home/run/state"
  [ -z "$port" ] || export FETTLE_PORT="$port"
  [ -z "$listen" ] || export FETTLE_LISTEN="$listen"
  [ -z "$lab" ] || export FETTLE_LAB=true
  [ -z "$no_backup" ] || export FETTLE_NO_BACKUP=true
  # On many threads glibc keeps a heap for each: some 50 MB that nobody uses (mallopt(3)).
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
  cache=
  if aot_matches fettle; then cache="-XX:AOTCache=$app/fettle.aot"; fi
  cd "$root"
  if [ -n "$foreground" ]; then stay; fi
  # shellcheck disable=SC2046,SC2086
  detached "$home/log/start.log" "$jdk/bin/java" $cache $(server_flags) -Dlogging.threshold.console=off -jar "$app/fettle.jar"
  server=$child
  await_ready
  welcome
  [ -n "$cache" ] || train_later
}

# With --json standard output carries the document and nothing else.
words_aside() { [ -z "$json" ] || exec 1>&2; }
local_only() { usage_error "$1 acts on this machine only and takes no --server; run it where Fettle runs."; }

already_up() {
  [ -z "$foreground" ] || die "Fettle already runs here (process $server); './fettle down' stops it."
  await_ready
  say "Fettle already runs here (process $server): ${state#ready }"
  if [ -n "$lab" ]; then
    tr '\0' '\n' <"/proc/$server/environ" 2>/dev/null | grep -qx 'FETTLE_LAB=true' ||
      die "the Fettle in $home has real machines, not the lab's; give the lab a FETTLE_HOME of its own."
    if [ -z "$(lab_pid "$home")" ]; then
      start_lab
      say "Its lab had ended and runs again."
    fi
  fi
  up_document true
}

# The server's words go where this shell's go; what ends this shell ends the server and its lab.
stay() {
  when_asked=130
  trap 'trap "" INT TERM HUP; down_one "$home"' EXIT
  trap 'exit $when_asked' INT TERM HUP
  # shellcheck disable=SC2046,SC2086
  own_session "$jdk/bin/java" $cache $(server_flags) -jar "$app/fettle.jar" </dev/null 3>&- &
  server=$!
  await_ready
  welcome
  when_asked=0
  code=0
  wait "$server" || code=$?
  exit $code
}

build_if_needed() {
  build_is_fresh && return 0
  for other in "$root/data" "$root/data-lab" "$home"; do
    if [ -r "$app/fettle.jar" ] && [ -n "$(server_pid "$other")$(lab_pid "$other")" ]; then
      say "The sources are newer than the build, which $other is running; './fettle down' there, then up, builds again."
      return 0
    fi
  done
  build
}

# Runs a program in a session of its own, its words in a file; its pid is in $child.
detached() {
  words=$1
  shift
  own_session "$@" >"$words" 2>&1 </dev/null 3>&- &
  child=$!
}
own_session() {
  if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; else exec nohup "$@"; fi
}

await_ready() {
  started=$(date +%s)
  state= seen=
  while :; do
    [ ! -r "$home/run/state" ] || read -r state <"$home/run/state" || true
    [ "$state" = "$seen" ] || { seen=$state; started=$(date +%s); }
    case $state in
      ready*) progress_end; return 0 ;;
      failed*) progress_end; fail_start "${state#failed }" ;;
    esac
    words=${state#starting }
    [ -n "$foreground" ] || progress "${words:-starting}"
    alive "$server" || { pause; failed_silently; }
    [ $(($(date +%s) - started)) -lt 600 ] || die "nothing has moved for 10 minutes; see $home/log."
    pause
  done
}

failed_silently() {
  [ ! -r "$home/run/state" ] || read -r state <"$home/run/state" || true
  case $state in failed*) fail_start "${state#failed }" ;; esac
  [ -z "$foreground" ] || fail_start "it ended before it was ready; its last words are above."
  words=$(grep '^fettle: ' "$home/log/start.log" | tail -n 1)
  [ -n "$words" ] || words=$(tail -n 1 "$home/log/start.log")
  fail_start "${words#fettle: }"
}

# In the foreground the server itself has said on standard error why it ends.
fail_start() {
  if [ -n "$foreground" ] && [ -z "$json" ]; then exit 1; fi
  die "$1"
}

welcome() {
  [ -z "$lab" ] || start_lab
  say "Fettle is ready: ${state#ready }"
  password=
  if [ -r "$home/admin.password" ]; then
    password=$(cat "$home/admin.password")
    say "Sign in as admin with the password $password  (shown this once; write it down)"
    rm -f "$home/admin.password"
  fi
  [ ! -r "$home/run/fingerprint" ] || say "Its certificate has the SHA-256 fingerprint $(cat "$home/run/fingerprint")"
  if [ -n "$foreground" ]; then say "Ctrl-C stops it."; else say "Stop it with './fettle down'; the log is in $home/log."; fi
  up_document false
}

# A home's first start is the only one whose document holds a password.
up_document() {
  [ -n "$json" ] || return 0
  printf '{"url":%s,"home":%s,"process":%s,"already_running":%s,"lab":%s' "$(quoted "${state#ready }")" \
    "$(quoted "$home")" "$server" "$1" "$([ -n "$(lab_pid "$home")" ] && echo true || echo false)" >&3
  [ -z "${password:-}" ] || printf ',"admin_password":%s' "$(quoted "$password")" >&3
  [ ! -r "$home/run/fingerprint" ] || printf ',"fingerprint":%s' "$(quoted "$(cat "$home/run/fingerprint")")" >&3
  printf '}\n' >&3
}

start_lab() {
  [ -z "$(lab_pid "$home")" ] || return 0
  mkdir -p "$home/lab"
  rm -f "$home/lab/lab.sock"
  set -- --machines "${machines:-200}" --seed "${seed:-1}" --port-offset "${port_offset:-0}" --dir "$home/lab" \
    --server "${state#ready }" --token-file "$home/admin.token"
  detached "$home/log/lab.log" "$jdk/bin/java" "-Xmx${FETTLE_LAB_HEAP:-256m}" -XX:+UseSerialGC -Xss512k \
    --enable-native-access=ALL-UNNAMED -Xlog:disable -Xlog:all=error:stderr -cp "$app/fettle.jar" io.fettle.lab.Lab "$@"
  printf '%s\n' "$child" >"$home/run/lab.pid"
  until [ -S "$home/lab/lab.sock" ]; do
    alive "$child" || die "Fettle runs (${state#ready }), but its lab ended: $(sed -n 's/^.*lab: //p' "$home/log/lab.log" | head -n 1); see $home/log/lab.log."
    pause
  done
}

run_lab() {
  words_aside
  find_jdk
  home=$(absolute "${FETTLE_HOME:-$root/data-lab}")
  build_if_needed
  mkdir -p "$home/lab"
  case " $* " in *" --dir "*) ;; *) set -- --dir "$home/lab" "$@" ;; esac
  exec "$jdk/bin/java" "-Xmx${FETTLE_LAB_HEAP:-256m}" -XX:+UseSerialGC -Xss512k --enable-native-access=ALL-UNNAMED \
    -Xlog:disable -Xlog:all=error:stderr -cp "$app/fettle.jar" io.fettle.lab.Lab "$@" >&3 3>&-
}

run_down() {
  for word in "$@"; do
    case $word in
      --json) ;;
      --server | --server=*) local_only down ;;
      *) usage_error "down does not know '$word'; it takes --json, and FETTLE_HOME says which folder's Fettle." ;;
    esac
  done
  words_aside
  if [ -n "${FETTLE_HOME:-}" ]; then homes=$(absolute "$FETTLE_HOME"); else homes="$root/data
$root/data-lab"; fi
  all_stopped=
  while IFS= read -r home; do down_one "$home"; done <<HOMES
$homes
HOMES
  [ -n "$all_stopped" ] || say "Nothing was running."
  [ -z "$json" ] || printf '{"stopped":[%s]}\n' "$all_stopped" >&3
}

# Stops what runs in a home: the server, its lab, and the PostgreSQL that a killed server leaves to the next start.
down_one() {
  stopped=
  for pid in $(server_pid "$1") $(lab_pid "$1"); do
    stopped=1
    end TERM KILL "$pid"
  done
  left=$(left_postgres "$1")
  if [ -n "$left" ]; then
    stopped=1
    end INT QUIT "$left"
  fi
  [ -n "$stopped" ] || return 0
  rm -f "$1/run/lab.pid"
  all_stopped=${all_stopped:+$all_stopped,}$(quoted "$1")
  say "Stopped: $1"
}

# Asks a process to end, after a minute less politely, and waits until it has.
end() {
  kill "-$1" "$3" 2>/dev/null || true
  waited=0
  while alive "$3"; do
    [ $waited -lt 200 ] || kill "-$2" "$3" 2>/dev/null || true
    waited=$((waited + 1))
    pause
  done
}

left_postgres() {
  [ -r "$1/database.properties" ] || return 0
  base=$(sed -n 's/^base=//p' "$1/database.properties")
  case $base in /*) ;; *) base=$1/$base ;; esac
  [ -r "$base/data/postmaster.pid" ] || return 0
  read -r pid <"$base/data/postmaster.pid"
  if alive "$pid" && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$base/data" ]; then printf '%s\n' "$pid"; fi
}

# After a first start: records what a start loads, in a throw-away home, so that the next takes a third of the time.
train_later() {
  [ -z "${FETTLE_NO_TRAINING:-}" ] || return 0
  detached "$home/log/training.log" sh "$root/bin/train.sh" "$jdk" "$root" "$home" "${lab:+150}"
}
