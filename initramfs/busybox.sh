#!/bin/sh
# busybox.sh: builds busybox from Debian's source package against musl, or takes it from the cache.
# It does not choose applets (busybox.config does) and does not know about initramfs or boards.
#
#   busybox.sh ARCH CC OUTPUT
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=$here/../board/tools/lib.sh
# shellcheck source=../board/tools/lib.sh
. "$LIB"

[ $# -eq 3 ] || fail 'usage: busybox.sh ARCH CC OUTPUT'
arch=$1 cc=$2 output=$3
# Found in the path, or named from here; make starts it in another folder.
cc=$(realpath "$(command -v "$cc")") || fail "there is no $2"
config=$here/busybox.config

# The number stands for this script: raise it when a change here changes the result.
recipe=2

# The banner of the shell has the time of the configuration in it; a fixed one gives the same bytes each time.
export SOURCE_DATE_EPOCH=0

unpack() {
	# The files of the package share the name up to the version; apt has checked their hashes against the .dsc.
	package=${dsc%.dsc}
	mkdir "$work/busybox"
	tar -C "$work/busybox" --strip-components=1 -xf "${package%%-*}.orig.tar.bz2"
	tar -C "$work/busybox" -xf "$package.debian.tar.xz"
	sed -e '/^#/d' -e '/^$/d' "$work/busybox/debian/patches/series" | while read -r patch; do
		patch -s -d "$work/busybox" -p1 <"$work/busybox/debian/patches/$patch"
	done
}

# busybox's kconfig knows no miniconfig, and a new question gets its default, mostly "y". So every symbol
# of the tree that busybox.config does not set is written down as "not set" first.
configure() {
	make -C "$work/busybox" allnoconfig </dev/null >"$work/log" 2>&1 ||
		{ cat "$work/log" >&2; fail 'allnoconfig failed'; }
	config_lines "$config" | sed 's/=.*/=/' >"$work/set"
	find "$work/busybox" -name Config.in -exec sed -n 's/^[[:space:]]*config \([A-Z0-9_]*\)$/\1/p' {} + |
		LC_ALL=C sort -u | while read -r symbol; do
		grep -qxF "CONFIG_$symbol=" "$work/set" || echo "# CONFIG_$symbol is not set"
	done >"$work/busybox/.config"
	config_lines "$config" >>"$work/busybox/.config"
	yes '' | make -C "$work/busybox" oldconfig >"$work/log" 2>&1 ||
		{ tail -n 20 "$work/log" >&2; fail 'oldconfig failed'; }
	config_verify "$work/busybox/.config" "$config"
}

build() {
	build_with_progress busybox "$cache/busybox.log" \
		make -C "$work/busybox" -j "$jobs" V=0 \
		CC="$cc" HOSTCC=gcc busybox
	[ -x "$work/busybox/busybox" ] || fail 'no busybox was built'
}

dsc=$(source_find src bookworm amd64 busybox)
version=$(basename "$dsc" .dsc)
key=$version-$arch-$(cache_key "$recipe" "$(config_lines "$config")")
kept=$cache/busybox/$key
[ -x "$kept/busybox" ] || cache_lock build
if [ ! -x "$kept/busybox" ]; then
	work_begin
	unpack
	configure
	build
	mkdir -p "$kept"
	cp "$work/busybox/.config" "$kept/config"
	cp "$work/busybox/busybox" "$kept/busybox.new"
	mv "$kept/busybox.new" "$kept/busybox"
fi
mkdir -p "$(dirname -- "$output")"
cp "$kept/busybox" "$output"
say "busybox: $version, $(wc -c <"$output") bytes, $(gzip -9nc "$output" | wc -c) with gzip"
