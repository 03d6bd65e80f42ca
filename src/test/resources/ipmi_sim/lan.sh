#!/bin/sh
# lan_config_program of ipmi_sim: $1 a file of "name:value" lines, $2 get, set or check
f=$1; op=$2; shift 2
case $op in
get) for p in "$@"; do v=$(sed -n "s/^$p://p" "$f" | tail -1); echo "$p:${v:-0.0.0.0}"; done ;;
set) while [ $# -ge 2 ]; do
       grep -v "^$1:" "$f" > "$f.new"; echo "$1:$2" >> "$f.new"; mv "$f.new" "$f"; shift 2
     done ;;
esac
exit 0
