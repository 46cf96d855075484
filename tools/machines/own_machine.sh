#!/bin/sh
# Run a command, as root, as on a machine of its own: accounts that it makes, and what it changes in this project, are
# gone when it has ended; its Python can be read by everybody, wherever that is. For tests and measurements of the hub.
#     sh tools/machines/own_machine.sh COMMAND ARGUMENT …
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
python=$("$project/.venv/bin/python" -c 'import sys; print(sys.base_prefix)')
export project python
propagation=private
if ! unshare --mount true 2>/dev/null; then
  # in a chroot whose / is no mount point nothing can be made private: does what is mounted there stay there by itself?
  propagation=unchanged
  probe=$(mktemp -d)
  unshare --mount --propagation unchanged mount -t tmpfs probe "$probe"
  if grep -q " $probe " /proc/self/mountinfo; then
    umount "$probe"
    echo "what is mounted in this chroot is seen outside: before chroot, mount --bind --make-private ROOT ROOT" >&2
    exit 1
  fi
  rmdir "$probe"
fi
exec unshare --mount --propagation "$propagation" sh -eu -c '
  layers=$(mktemp -d)
  mount -t tmpfs -o mode=755 layers "$layers"
  for folder in /etc "$project"; do
    name=$(echo "$folder" | tr / _)
    mkdir -p "$layers/$name/new" "$layers/$name/work"
    chmod 755 "$layers/$name/new"
    mount -t overlay -o "lowerdir=$folder,upperdir=$layers/$name/new,workdir=$layers/$name/work" overlay "$folder"
  done
  # its own accounts are not those of the systemd outside
  if [ -d /run/systemd ]; then mount -t tmpfs -o mode=755 none /run/systemd; fi
  case $python in /root/*)
    mkdir "$layers/python"
    mount --bind "$python" "$layers/python"
    mount -t tmpfs -o mode=755 home /root
    mkdir -p "$python"
    mount --bind "$layers/python" "$python"
  esac
  cd "$project"
  exec "$@"' sh "$@"
