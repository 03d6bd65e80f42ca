#!/bin/sh
# Makes target/app/{fettle,cli}.aot. Arguments: JDK, root of the clone, home of a running server, seconds to wait.
set -eu
jdk=$1 root=$2 live=$3 delay=${4:-20}
app=$root/target/app
. "$root/bin/build.sh"
sleep "$delay"
key=$(aot_key)
renice -n 19 -p $$ >/dev/null 2>&1 || true

if ! mkdir "$app/training" 2>/dev/null; then
  read -r other <"$app/training/pid" 2>/dev/null || other=
  if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then exit 0; fi
fi
echo $$ >"$app/training/pid"
trap 'rm -rf "$app/training"' EXIT INT TERM

# A cache of jars that were replaced meanwhile is thrown away with the folder.
keep() {
  [ -r "$app/training/$1.aot" ] && [ "$key" = "$(aot_key)" ] || return 0
  mv "$app/training/$1.aot" "$app/$1.aot"
  printf '%s\n' "$key" >"$app/$1.aot.key"
}

# Same class path and same collector as at use, or the JVM sets the cache aside.
FETTLE_HOME=$live FETTLE_TRAINING=1 "$jdk/bin/java" -XX:AOTCacheOutput="$app/training/cli.aot" -XX:+UseSerialGC \
  -XX:TieredStopAtLevel=1 -Xmx96m -cp "$(cli_class_path)" io.fettle.cli.Main status ||
  rm -f "$app/training/cli.aot"
keep cli

FETTLE_HOME=$app/training/home FETTLE_CONF=/dev/null FETTLE_PORT=0 FETTLE_LISTEN=127.0.0.1 FETTLE_DB_URL='' FETTLE_LAB=false \
  FETTLE_TRAINING=1 FETTLE_ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n') \
  "$jdk/bin/java" -XX:AOTCacheOutput="$app/training/fettle.aot" -Xmx320m -XX:+UseSerialGC -Xss512k \
  --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 -jar "$app/fettle.jar" ||
  rm -f "$app/training/fettle.aot"

keep fettle
