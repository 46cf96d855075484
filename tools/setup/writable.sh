#!/bin/sh
# Which folders of the user's can be written to.
#     sh tools/setup/writable.sh             prints the home, or another folder where nothing can be written to that
#     sh tools/setup/writable.sh NAME …      prints those names in the environment whose folder can't be written to
set -u

# a full disk still makes empty files
writable() {
  mkdir -p "$1" 2>/dev/null && file=$(mktemp "$1/.d2l-style-XXXXXX" 2>/dev/null) || return 1
  head -c 65536 /dev/zero 2>/dev/null > "$file"
  done=$?
  rm -f "$file"
  return $done
}

for name; do
  eval "folder=\${$name:-}"
  if [ -n "$folder" ] && ! writable "$folder"; then
    echo "$name is left out: nothing can be written to $folder" >&2
    echo "$name"
  fi
done
[ $# = 0 ] || exit 0

home=${HOME:-}
case $home in
  /*) if [ -d "$home" ] && writable "$home"; then echo "$home"; exit 0; fi ;;
esac
instead=$PWD/build/home
writable "$instead" || instead=$(mktemp -d)
echo "Nothing can be written to your home folder (HOME=$home): $instead takes its place" >&2
echo "$instead"
