#!/bin/sh
# deps.sh: installs the Debian 12 packages that are missing, as root or through sudo, and says which.
# It removes nothing, upgrades nothing that is not needed, and is silent if there is nothing to do.
#
#   deps.sh GROUP...     groups: run test bench
#
# DEPS=no only lists what is missing.
set -eu

# One row for each package: group, package, the reason.
packages() {
	cat <<-END
		run    gcc                 host programs of kernel and busybox, and musl-gcc, which wraps it
		run    libc6-dev           headers of the host for those programs
		run    linux-libc-dev      kernel headers for busybox and test programs
		run    make                kernel and busybox (and this project)
		run    musl-tools          musl-gcc: the C library of everything on the board
		run    bc                  kernel: timeconst.h
		run    bison               kernel: kconfig
		run    flex                kernel: kconfig
		run    libelf-dev          kernel: objtool
		run    zstd                kernel: compresses the image
		run    ccache              kernel: most files of a second configuration are the same
		run    xz-utils            unpacks Debian's kernel source
		run    bzip2               unpacks busybox
		run    patch               Debian's patches for busybox
		run    cpio                packs the initramfs
		run    qemu-system-x86     the boards that are emulated
		run    ovmf                UEFI firmware for them
		test   libcmocka-dev       unit tests
		test   clang               lint with a second compiler, fuzzing
		test   libclang-rt-14-dev  fuzzing: libFuzzer and the sanitizers
		test   python3             boot tests drive QEMU through QMP
		test   bpftool             reads BTF, compared with ramscope on the layout of struct page
		test   crash               compared with ramscope on memory dumps
		test   dmidecode           it and biosdecode read the firmware's tables, compared with ramscope
		test   acpica-tools        iasl: the same for ACPI
		test   shellcheck          lint of the shell scripts
		test   mandoc              lint of the man page
		bench  python3             the measurements
	END
}

wanted() {
	for group; do packages | awk -v group="$group" '$1 == group { print $2 }'; done | sort -u
}

# A package that dpkg has never heard of is no error here, it is just missing.
installed() {
	# shellcheck disable=SC2016,SC2046 # the format is dpkg's; one word for each package
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' $(wanted "$@") 2>/dev/null |
		sed -n 's/^installed //p' | sort -u
}

missing=$(
	have=$(installed "$@")
	for package in $(wanted "$@"); do
		printf '%s\n' "$have" | grep -qxF "$package" || echo "$package"
	done
)
[ -n "$missing" ] || exit 0

if [ "${DEPS:-}" = no ]; then
	echo 'missing packages, not installed because of DEPS=no:'
	for package in $missing; do
		packages | awk -v package="$package" '$2 == package' | head -n 1
	done
	exit 0
fi

if [ "$(id -u)" = 0 ]; then
	as_root=
	how='as root'
elif command -v sudo >/dev/null; then
	as_root=sudo
	how='through sudo'
else
	# shellcheck disable=SC2086 # one line
	echo "deps.sh: not root, and there is no sudo; please install:" $missing >&2
	exit 1
fi

# shellcheck disable=SC2086 # one word for each package
{
	echo "installing $how:" $missing
	$as_root apt-get -q update || echo 'deps.sh: apt-get update failed; trying with the lists that are there' >&2
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
}
