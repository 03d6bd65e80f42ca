#!/bin/sh
# chassis_control of ipmi_sim: $1 a file of "name:value" lines, $2 get, set or check
f=$1; op=$2; shift 2
put() { grep -v "^$1:" "$f" > "$f.new"; echo "$1:$2" >> "$f.new"; mv "$f.new" "$f"; }
case $op in
get) for p in "$@"; do
       v=$(sed -n "s/^$p://p" "$f" | tail -1)
       case $p in boot) d=default ;; *) d=0 ;; esac
       echo "$p:${v:-$d}"
     done ;;
set) while [ $# -ge 2 ]; do
       p=$1; v=$2; shift 2
       case $p in identify) [ $# -gt 0 ] && shift ;; shutdown) put power 0 ;; esac
       put "$p" "$v"
     done ;;
esac
exit 0
