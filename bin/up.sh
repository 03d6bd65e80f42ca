# up, down and lab. Sourced by ./fettle.

server_flags() {
  printf '%s ' "-Xmx${FETTLE_HEAP:-320m}" -XX:+UseSerialGC -Xss512k -XX:ReservedCodeCacheSize=96m \
    -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 \
    -Xlog:disable -Xlog:all=error:stderr
  printf '%s' "${FETTLE_JAVA_OPTS:-}"
}

run_up() {
  lab= machines= port= seed= foreground= listen=
  while [ $# -gt 0 ]; do
    case $1 in
      --lab) lab=1 ;;
      --foreground) foreground=1 ;;
      --machines | --port | --seed | --listen)
        [ $# -ge 2 ] || usage_error "$1 needs a value; see './fettle help'."
        case $1 in
          --machines) machines=$2 ;;
          --port) port=$2 ;;
          --seed) seed=$2 ;;
          --listen) listen=$2 ;;
        esac
        shift
        ;;
      *) usage_error "up does not know '$1'; it takes --lab --machines N --port P --seed S --foreground --listen ADDR." ;;
    esac
    shift
  done
  for number in "$machines" "$port" "$seed"; do
    case $number in *[!0-9]*) usage_error "'$number' is not a number." ;; esac
  done
  find_jdk
  home=${FETTLE_HOME:-$root/data${lab:+-lab}}
  home=$(absolute "$home")
  export FETTLE_HOME="$home"
  if [ -n "$(server_pid "$home")" ]; then
    read -r state <"$home/run/state"
    say "Fettle already runs here (process $(server_pid "$home")): ${state#ready }"
    return 0
  fi
  build_if_needed
  mkdir -p "$home/run" "$home/log"
  rm -f "$home/run/state"
  [ -z "$port" ] || export FETTLE_PORT="$port"
  [ -z "$listen" ] || export FETTLE_LISTEN="$listen"
  [ -z "$lab" ] || export FETTLE_LAB=true
  cache=
  if aot_matches fettle; then cache="-XX:AOTCache=$app/fettle.aot"; fi
  export FETTLE_CONF="${FETTLE_CONF:-$root/conf/fettle.yml}"
  cd "$root"
  if [ -n "$foreground" ]; then
    [ -z "$lab" ] || lab_when_ready &
    # shellcheck disable=SC2046,SC2086
    exec "$jdk/bin/java" $cache $(server_flags) -jar "$app/fettle.jar"
  fi
  # shellcheck disable=SC2046,SC2086
  detached "$home/log/start.log" "$jdk/bin/java" $cache $(server_flags) -Dlogging.threshold.console=off -jar "$app/fettle.jar"
  await_ready
  [ -z "$lab" ] || start_lab
  welcome
  [ -n "$cache" ] || train_later
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

# Runs a program in a session of its own, its words in a file; its pid is in $!.
detached() {
  words=$1
  shift
  if command -v setsid >/dev/null 2>&1; then
    setsid "$@" >"$words" 2>&1 </dev/null &
  else
    nohup "$@" >"$words" 2>&1 </dev/null &
  fi
  child=$!
}

await_ready() {
  started=$(date +%s)
  state=
  while :; do
    [ ! -r "$home/run/state" ] || read -r state <"$home/run/state" || true
    case $state in
      ready*) progress_end; return 0 ;;
      failed*) progress_end; fail_start "${state#failed }" ;;
      starting*) progress "${state#starting }" ;;
      *) progress "starting" ;;
    esac
    alive "$child" || { pause; failed_silently; }
    [ $(($(date +%s) - started)) -lt 600 ] || fail_start "it is not ready after 10 minutes; see $home/log."
    pause
  done
}

failed_silently() {
  [ ! -r "$home/run/state" ] || read -r state <"$home/run/state" || true
  case $state in failed*) fail_start "${state#failed }" ;; esac
  words=$(grep '^fettle: ' "$home/log/start.log" | tail -n 1)
  [ -n "$words" ] || words=$(tail -n 1 "$home/log/start.log")
  fail_start "${words#fettle: }"
}

fail_start() { die "$1"; }

welcome() {
  say "Fettle is ready: ${state#ready }"
  if [ -r "$home/admin.password" ]; then
    say "Sign in as admin with the password $(cat "$home/admin.password")  (shown this once; write it down)"
    rm -f "$home/admin.password"
  fi
  [ ! -r "$home/run/fingerprint" ] || say "Its certificate has the SHA-256 fingerprint $(cat "$home/run/fingerprint")"
  say "Stop it with './fettle down'; the log is in $home/log."
}

start_lab() {
  [ -z "$(lab_pid "$home")" ] || return 0
  mkdir -p "$home/lab"
  set -- --machines "${machines:-200}" --seed "${seed:-1}" --dir "$home/lab" \
    --server "${state#ready }" --token-file "$home/admin.token"
  detached "$home/log/lab.log" "$jdk/bin/java" "-Xmx${FETTLE_LAB_HEAP:-256m}" -XX:+UseSerialGC -Xss512k \
    --enable-native-access=ALL-UNNAMED -Xlog:disable -Xlog:all=error:stderr -cp "$app/fettle.jar" io.fettle.lab.Lab "$@"
  printf '%s\n' "$child" >"$home/run/lab.pid"
}

# In the foreground this shell becomes the server, so a child of it waits and starts the lab.
lab_when_ready() {
  while :; do
    pause
    [ -r "$home/run/state" ] || continue
    read -r state <"$home/run/state" || continue
    case $state in
      ready*) start_lab; return 0 ;;
      failed*) return 0 ;;
    esac
  done
}

run_lab() {
  find_jdk
  home=$(absolute "${FETTLE_HOME:-$root/data-lab}")
  build_if_needed
  mkdir -p "$home/lab"
  case " $* " in *" --dir "*) ;; *) set -- --dir "$home/lab" "$@" ;; esac
  exec "$jdk/bin/java" "-Xmx${FETTLE_LAB_HEAP:-256m}" -XX:+UseSerialGC -Xss512k --enable-native-access=ALL-UNNAMED \
    -cp "$app/fettle.jar" io.fettle.lab.Lab "$@"
}

run_down() {
  if [ -n "${FETTLE_HOME:-}" ]; then homes=$(absolute "$FETTLE_HOME"); else homes="$root/data
$root/data-lab"; fi
  any=
  while IFS= read -r home; do down_one "$home"; done <<HOMES
$homes
HOMES
  [ -n "$any" ] || say "Nothing was running."
}

down_one() {
  stopped=
  for pid in $(server_pid "$1") $(lab_pid "$1"); do
    stopped=1
    kill "$pid" 2>/dev/null || true
    waited=0
    while alive "$pid"; do
      [ $waited -lt 200 ] || { kill -9 "$pid" 2>/dev/null || true; }
      waited=$((waited + 1))
      pause
    done
  done
  # A killed Fettle leaves its PostgreSQL for the next start to adopt; down means down.
  left=$(left_postgres "$1")
  if [ -n "$left" ]; then
    stopped=1
    kill -INT "$left" 2>/dev/null || true
    waited=0
    while alive "$left" && [ $waited -lt 100 ]; do
      waited=$((waited + 1))
      pause
    done
  fi
  if [ -n "$stopped" ]; then
    any=1
    rm -f "$1/run/lab.pid"
    say "Stopped: $1"
  fi
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
