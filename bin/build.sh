# Builds target/app: fettle.jar and lib/ (a layout that starts fast and takes an AOT cache), cli.jar.
# Sourced by ./fettle.

build_is_fresh() {
  [ -r "$app/fettle.jar" ] && [ -r "$app/cli.jar" ] &&
    [ -z "$(find "$root/src/main" "$root/pom.xml" -newer "$app/built" -print 2>/dev/null | head -n 1)" ]
}

build() {
  command -v mvn >/dev/null 2>&1 || die "there is no build yet and building needs Maven 3.8.7 or newer; install it (Debian: apt-get install maven)."
  mkdir -p "$root/target"
  # Of two at a time one builds; the other waits and uses that build.
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$root/target/build.lock"
    if ! flock -n 9; then
      say "Another ./fettle is building this clone; waiting for it ..."
      flock 9
      if build_is_fresh; then exec 9>&-; return 0; fi
    fi
  fi
  say "Building Fettle ..."
  log=$root/target/build.log
  started=$(date +%s)
  touch "$root/target/build.began"
  # Not the package phase: its test plug-ins would fetch a browser driver of 200 MB before a first look.
  (cd "$root" && JAVA_HOME=$jdk mvn -B -Dspotless.check.skip=true compile jar:jar jar:jar@cli spring-boot:repackage) >"$log" 2>&1 &
  maven=$!
  trap 'kill $maven 2>/dev/null || true; exit 130' INT TERM
  while alive $maven; do progress "$(build_step)"; pause; done
  trap - INT TERM
  if ! wait $maven; then
    progress_end
    grep -E '^\[ERROR\]|BUILD|error:' "$log" | head -n 20 >&2
    die "the build failed; all of it is in $log."
  fi
  progress "unpacking"
  rm -rf "$root/target/app.new"
  "$jdk/bin/java" -Djarmode=tools -jar "$root/target/fettle-boot.jar" extract --destination "$root/target/app.new" >>"$log" 2>&1 ||
    die "the built jar could not be unpacked; see $log."
  mv "$root/target/app.new/fettle-boot.jar" "$root/target/app.new/fettle.jar"
  cp "$root/target/fettle-cli.jar" "$root/target/app.new/cli.jar"
  rm -f "$root/target/fettle-boot.jar"
  # What changed while Maven ran is newer than this stamp and builds again.
  mv "$root/target/build.began" "$root/target/app.new/built"
  rm -rf "$app"
  mv "$root/target/app.new" "$app"
  progress_end
  exec 9>&-
  say "Built in $(($(date +%s) - started)) s."
}

# The newest thing Maven said, in few words, with how far that is.
build_step() {
  step=$(grep -Eo '^\[INFO\] --- [a-z-]+|^Downloading from|^\[INFO\] Downloading from' "$log" 2>/dev/null | tail -n 1)
  case $step in
    *Downloading*) printf 'fetching libraries (%s so far)' "$(grep -c 'Downloaded from' "$log")" ;;
    *enforcer* | *toolchains* | *spotless*) printf ' 5 %% checking the tools' ;;
    *jte*) printf '10 %% templates' ;;
    *resources*) printf '15 %% resources' ;;
    *compiler*) printf '25 %% compiling' ;;
    *jar*) printf '80 %% packing' ;;
    *spring-boot*) printf '85 %% packing with libraries' ;;
    *) printf 'starting Maven' ;;
  esac
}

# One moving line on a terminal, one line per change elsewhere.
last_progress=
progress() {
  elapsed=$(($(date +%s) - started))
  if [ -t 1 ]; then
    printf '\r\033[K  %s s  %s' "$elapsed" "$1"
  elif [ "$1" != "$last_progress" ]; then
    case $1$last_progress in
      fetching*fetching*) ;;
      *) say "  ${elapsed} s  $1" ;;
    esac
  fi
  last_progress=$1
}
progress_end() { [ ! -t 1 ] || printf '\r\033[K'; }
pause() { sleep 0.3 2>/dev/null || sleep 1; }

cli_class_path() {
  printf '%s' "$app/cli.jar"
  for jar in "$app"/lib/picocli-*.jar "$app"/lib/jackson-core-3*.jar; do printf ':%s' "$jar"; done
}

# An AOT cache is good for exactly one JDK and one set of jars; the JVM checks the rest itself.
aot_key() {
  {
    cat "$jdk/release"
    ls -lL "$app/fettle.jar" "$app/cli.jar" "$app/lib"
  } | cksum
}
aot_matches() {
  [ -r "$app/$1.aot" ] && [ -r "$app/$1.aot.key" ] && [ "$(cat "$app/$1.aot.key")" = "$(aot_key)" ]
}
