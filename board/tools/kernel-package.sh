#!/bin/sh
# kernel-package.sh: takes a board's kernel out of a Debian package, as it is.
# It builds nothing, and there is neither vmlinux nor page-types: Debian has them in other packages.
#
#   kernel-package.sh SERIES ARCH PACKAGE OUTDIR
#
# PACKAGE may be one that only depends on the newest kernel, such as linux-image-cloud-amd64. From Linux 7 on, the
# package of a kernel has its image in yet another one, linux-binary-*.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=$here/lib.sh
# shellcheck source=lib.sh
. "$LIB"

[ $# -eq 4 ] || fail 'usage: kernel-package.sh SERIES ARCH PACKAGE OUTDIR'
debian_find "$1" "$2"
outdir=$4

deb=$(source_find deb "$suite" "$debarch" "$3")
while
	next=$(dpkg-deb -f "$deb" Depends | grep -o -E 'linux-(image|binary)-[^ ,]*' | head -n 1)
	[ -n "$next" ]
do
	deb=$(source_find deb "$suite" "$debarch" "$next")
done

mkdir -p "$outdir"
dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*/vmlinuz*' >"$outdir/kernel.new"
[ -s "$outdir/kernel.new" ] || fail "there is no vmlinuz in $deb"
rm -f "$outdir/vmlinux" "$outdir/page-types"
mv "$outdir/kernel.new" "$outdir/kernel"
say "kernel: $(basename "$deb" .deb), $(wc -c <"$outdir/kernel") bytes"
