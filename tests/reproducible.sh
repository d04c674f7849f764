#!/bin/sh
# Builds binary and initramfs twice, in folders of different names under different umasks: the bytes are the same.
# Does not build the kernel or busybox again: they come out of the cache, as in any second build.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
board=${BOARD:-qemu-x86_64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build FOLDER UMASK: what a clean checkout there makes of the sources as they are here.
build() {
	mkdir -p "$work/$1"
	(cd "$top" && tar -cf - Makefile src board initramfs) | tar -xf - -C "$work/$1"
	(umask "$2" && make -s -C "$work/$1" BOARD="$board" build/x86_64/ramscope "build/$board/initramfs.cpio.gz" \
		>"$work/log" 2>&1) || { cat "$work/log"; echo "FAIL reproducible: the build in $1 failed"; exit 1; }
}

build a 022
build another-longer-name 077
for file in build/x86_64/ramscope "build/$board/initramfs.cpio.gz"; do
	if ! cmp -s "$work/a/$file" "$work/another-longer-name/$file"; then
		echo "FAIL reproducible: $file differs between two clean builds"
		exit 1
	fi
	echo "ok reproducible: $file $(sha256sum <"$work/a/$file" | cut -c1-16)"
done
