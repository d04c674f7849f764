#!/bin/sh
# Builds binary and initramfs twice, in folders of different names under different umasks: the bytes are the same.
# For 64 and for 32 bits.
# Does not build the kernel or busybox again: they come out of the cache, as in any second build.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build FOLDER UMASK BOARD FILE...: what a clean checkout there makes of the sources as they are here.
build() {
	folder=$work/$1 mask=$2 board=$3
	shift 3
	mkdir -p "$folder"
	(cd "$top" && tar -cf - Makefile src board initramfs) | tar -xf - -C "$folder"
	(umask "$mask" && make -s -C "$folder" BOARD="$board" "$@" >"$work/log" 2>&1) ||
		{ cat "$work/log"; echo "FAIL reproducible: the build in $folder failed"; exit 1; }
}

for arch in x86_64 i386; do
	set -- "build/$arch/ramscope" "build/qemu-$arch/initramfs.cpio.gz"
	build a 022 "qemu-$arch" "$@"
	build another-longer-name 077 "qemu-$arch" "$@"
	for file; do
		if ! cmp -s "$work/a/$file" "$work/another-longer-name/$file"; then
			echo "FAIL reproducible: $file differs between two clean builds"
			exit 1
		fi
		echo "ok reproducible: $file $(sha256sum <"$work/a/$file" | cut -c1-16)"
	done
done
