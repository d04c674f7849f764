#!/bin/sh
# kernel-package.sh: takes a board's kernel out of a Debian package, as it is.
# It builds nothing, and there is neither vmlinux nor page-types: Debian has them in other packages.
#
#   kernel-package.sh SERIES ARCH PACKAGE OUTDIR
#
# PACKAGE may be one that only depends on the newest kernel, such as linux-image-cloud-amd64.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=$here/lib.sh
# shellcheck source=lib.sh
. "$LIB"

[ $# -eq 4 ] || fail 'usage: kernel-package.sh SERIES ARCH PACKAGE OUTDIR'
debian_find "$1" "$2"
outdir=$4

deb=$(source_find deb "$suite" "$debarch" "$3")
image=$(dpkg-deb -f "$deb" Depends | sed -n 's/.*\(linux-image-[^ ,]*\).*/\1/p')
[ -z "$image" ] || deb=$(source_find deb "$suite" "$debarch" "$image")

mkdir -p "$outdir"
dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './boot/vmlinuz-*' >"$outdir/kernel.new"
[ -s "$outdir/kernel.new" ] || fail "there is no /boot/vmlinuz-* in $deb"
rm -f "$outdir/vmlinux" "$outdir/page-types"
mv "$outdir/kernel.new" "$outdir/kernel"
say "kernel: $(basename "$deb" .deb), $(wc -c <"$outdir/kernel") bytes"
