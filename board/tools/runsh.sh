#!/bin/sh
# runsh.sh: writes the run.sh of a QEMU board, which then works without this build system.
# It does not start QEMU. The words of the board come in as environment variables, named as in board.mk.
#
#   runsh.sh BOARD OUTPUT
set -eu

board=$1 output=$2

# quote TEXT: as one word of a shell script.
quote() {
	printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

words="console=$CONSOLE ramscope.after=$AFTER"
cat >"$output.new" <<END
#!/bin/sh
# run.sh: boots the board $board in QEMU on this terminal, serial line on standard input and output.
# Needs only $QEMU and the files beside it. These variables change what it does:
#   MEM=$QEMU_MEM            memory of the guest, as QEMU writes it (512M, 4G)
#   APPEND='...'        more words for the kernel command line, for example APPEND='ramscope.cmd="pages --map"'
#   CMDLINE='...'       these words instead of the board's CMDLINE; console= and ramscope.after= stay
#   ACCEL=$QEMU_ACCEL           kvm for hardware virtualisation: fast where it works, but some hosts hang with it
#   QEMU_EXTRA='...'    more options for QEMU, split at spaces
#   KERNEL, INITRAMFS   other files to boot than those beside this script
# Leave QEMU with Ctrl-A x.
set -eu

dir=\$(CDPATH='' cd -- "\$(dirname -- "\$0")" && pwd)
cmdline=$(quote "$words $CMDLINE")
[ -z "\${CMDLINE+set}" ] || cmdline=$(quote "$words ")\$CMDLINE

# shellcheck disable=SC2086 # QEMU_EXTRA is split into words on purpose
exec $QEMU -accel "\${ACCEL:-$QEMU_ACCEL}" -m "\${MEM:-$QEMU_MEM}" $QEMU_ARGS \\
	-display none -serial mon:stdio -no-reboot \\
	-kernel "\${KERNEL:-\$dir/kernel}" -initrd "\${INITRAMFS:-\$dir/initramfs.cpio.gz}" \\
	-append "\$cmdline\${APPEND:+ \$APPEND}" \${QEMU_EXTRA:-}
END
chmod +x "$output.new"
mv "$output.new" "$output"
