#!/bin/sh
# musl.sh: makes the compiler of a 32-bit board out of the host's gcc, Debian's musl for i386 and gcc's own 32-bit parts.
# It installs nothing and adds no architecture to the system: the packages are only unpacked below the folder.
#
#   musl.sh DIR
#
# DIR/gcc is what musl-gcc is for x86_64; DIR/usr/include/i386-linux-musl has the headers. DIR must not move.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=$here/lib.sh
# shellcheck source=lib.sh
. "$LIB"

[ $# -eq 1 ] || fail 'usage: musl.sh DIR'
mkdir -p "$1"
dir=$(CDPATH='' cd -- "$1" && pwd)
gcc=$(gcc -dumpversion)

# The second has libgcc: divisions of 64 bits, which a 32-bit processor does not do by itself.
for package in i386:musl-dev "amd64:lib32gcc-$gcc-dev"; do
	deb=$(source_find deb bookworm "${package%%:*}" "${package#*:}")
	dpkg-deb -x "$deb" "$dir"
done

# Debian's gcc for x86_64 takes SSE2 for granted with -m32, too; i686 is what musl and Debian's i386 are compiled for.
# Nothing here has SSE registers to keep on the stack, so that it need not be aligned to 16 bytes.
# musl's specs leave out which machine the linker is to write for; they come last, as in musl-gcc.
sed -E "s#/usr/(lib|include)/i386-linux-musl#$dir&#g" "$dir/usr/lib/i386-linux-musl/musl-gcc.specs" >"$dir/gcc.specs"
cat >"$dir/gcc.new" <<END
#!/bin/sh
exec gcc -m32 -march=i686 -mtune=generic -mpreferred-stack-boundary=2 -Wl,-m,elf_i386 \\
	-B'$dir/usr/lib/gcc/x86_64-linux-gnu/$gcc/32' "\$@" -specs '$dir/gcc.specs'
END
chmod +x "$dir/gcc.new"
mv "$dir/gcc.new" "$dir/gcc"
