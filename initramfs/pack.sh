#!/bin/sh
# pack.sh: packs a board's initramfs: busybox, ramscope, init and the board's name.
# It builds nothing. The same inputs give the same bytes: sorted names, owner 0, time 0, modes that do
# not come from the umask, numbered inodes, gzip -n.
#
#   pack.sh BOARD BUSYBOX RAMSCOPE OUTPUT       the initramfs of a board
#   pack.sh --tree DIR OUTPUT                   any other folder, as a second archive to be appended to the first
#
# There are no device nodes in it, so it can be packed without root: every kernel carries a built-in initramfs
# with /dev/console (usr/default_cpio_list in its source), and init mounts devtmpfs for the rest.
set -eu

pack() {
	find "$1" -exec touch -h -d @0 {} +
	chmod -R u=rwX,go=rX "$1"
	(
		cd "$1"
		find . ! -name . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0
	) | gzip -9n >"$2.new"
	mv "$2.new" "$2"
}

if [ "${1:-}" = --tree ]; then
	pack "$2" "$3"
	exit
fi

[ $# -eq 4 ] || {
	echo 'usage: pack.sh BOARD BUSYBOX RAMSCOPE OUTPUT' >&2
	exit 1
}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir "$root/bin" "$root/dev" "$root/etc" "$root/proc" "$root/sys" "$root/tmp"
printf '%s\n' "$1" >"$root/etc/ramscope-board"
install -m 755 "$2" "$root/bin/busybox"
install -m 755 "$3" "$root/bin/ramscope"
install -m 755 "$here/init" "$root/init"
"$2" --list | while read -r applet; do
	[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
pack "$root" "$4"
