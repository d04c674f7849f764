#!/bin/sh
# kernel.sh: builds the kernel of a board from Debian's linux-source package, or takes it from the cache.
# It does not choose options (the linux.config of boards do) and does not install or boot anything.
#
#   kernel.sh SERIES ARCH OUTDIR CONFIG...
#
# Of several CONFIGs, a later one adds to those before it and overrides them. OUTDIR gets kernel (a copy), and links to what stays in the cache because it is large or rarely used:
# vmlinux (with debug information, for crash and gdb) and page-types (the source of the kernel's own tool).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=$here/lib.sh
# shellcheck source=lib.sh
. "$LIB"

[ $# -ge 4 ] || fail 'usage: kernel.sh SERIES ARCH OUTDIR CONFIG...'
series=$1 arch=$2 outdir=$3
shift 3

# The number stands for this script: raise it when a change here changes the result.
recipe=2

debian_find "$series" "$arch"
[ "$package" != - ] || fail "there are only prebuilt kernels of series $series: a board with KERNEL_PACKAGE can have it"

# What no small x86 kernel needs is left out while unpacking: a quarter of the files. Kconfig files stay.
# So does what lies in drivers/net itself: CONFIG_NET needs the loopback device.
unpack() {
	say "kernel: unpacking $(basename "$deb")"
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" |
		tar -C "$work" -xJ --exclude='linux-source-*/Documentation/*.rst' \
			--exclude='linux-source-*/drivers/gpu/drm/*.[ch]' \
			--exclude='linux-source-*/drivers/media/*.[ch]' \
			--exclude='linux-source-*/drivers/net/*/*.[ch]' \
			--exclude='linux-source-*/sound/*.[ch]'
	[ -f "$work/$package/Makefile" ] || fail "$deb did not unpack"
}

# Fixed name, host and time: they are part of the version string, and the image is to be the same bytes each time.
# So is the build id, a hash over everything, debug information and its folder names included.
# With -Os, gcc writes "rep stosb" and "rep movsb" where memset and memcpy are meant. Emulators and older processors
# do those byte by byte (0.2 s of the boot just to overwrite freed init code); the kernel's own functions know better.
# Most files compile to the same object whatever the configuration, so that with ccache a second kernel takes half the
# time of the first.
kernel_make() {
	CCACHE_DIR=$cache/ccache CCACHE_MAXSIZE=2G \
		make -C "$work/$package" ARCH="$arch" CC='ccache gcc' KBUILD_BUILD_USER=ramscope KBUILD_BUILD_HOST=debian \
		KBUILD_BUILD_VERSION=1 KBUILD_BUILD_TIMESTAMP='1970-01-01 00:00:00 UTC' \
		KAFLAGS="-ffile-prefix-map=$work/=" \
		KCFLAGS="-fno-builtin-memset -fno-builtin-memcpy -ffile-prefix-map=$work/=" "$@"
}

# configure CONFIG...
configure() {
	config_lines "$@" >"$work/miniconfig"
	kernel_make allnoconfig KCONFIG_ALLCONFIG="$work/miniconfig" >"$work/log" 2>&1 ||
		{ tail -n 20 "$work/log" >&2; fail 'allnoconfig failed'; }
	config_verify "$work/$package/.config" "$@"
	config_waived "$work/$package" "$@"
}

# page-types.c and what it includes, so that it can be built later without the kernel tree. Its folder moved in 6.3.
keep_page_types() {
	mkdir -p "$1"
	(
		cd "$work/$package"
		[ -f tools/mm/page-types.c ] && where=tools/mm || where=tools/vm
		cp --parents -R tools/lib/api tools/include \
			include/uapi/linux/magic.h include/uapi/linux/kernel-page-flags.h "$1"
		mkdir -p "$1/tools/vm"
		cp "$where/page-types.c" "$1/tools/vm"
	)
}

# The same package whatever the kernel is built for: one list of packages, so that all boards get the same version.
deb=$(source_find deb "$suite" amd64 "$package")
version=$(basename "$deb" .deb)
version=${version#*_}
version=${version%_*}
kept=$cache/kernel/$version-$arch-$(cache_key "$recipe" "$(config_lines "$@")")
[ -f "$kept/kernel" ] || cache_lock build
if [ ! -f "$kept/kernel" ]; then
	work_begin
	unpack
	configure "$@"
	say 'kernel: building; some minutes on two cores, once for each version and configuration'
	build_with_progress kernel "$cache/kernel.log" kernel_make -j "$jobs" bzImage
	mkdir "$work/kept"
	cp "$work/$package/arch/x86/boot/bzImage" "$work/kept/kernel"
	cp "$work/$package/vmlinux" "$work/kept/vmlinux"
	cp "$work/$package/.config" "$work/kept/config"
	keep_page_types "$work/kept/page-types"
	mkdir -p "$cache/kernel"
	rm -rf "$kept"
	mv "$work/kept" "$kept"
fi
mkdir -p "$outdir"
ln -sfn "$kept/vmlinux" "$outdir/vmlinux"
ln -sfn "$kept/page-types" "$outdir/page-types"
cp "$kept/kernel" "$outdir/kernel"
say "kernel: Linux $version, $(wc -c <"$outdir/kernel") bytes"
