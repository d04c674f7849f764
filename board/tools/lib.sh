# shellcheck shell=sh
# lib.sh: what kernel.sh and busybox.sh share: the cache, its lock, fetching, configuring, building with progress.
# Sourced, never run; it only defines functions and variables.
#
# The cache is outside the checkout, so that a fresh clone or "make clean" does not cost a kernel build:
#   $cache/sources/            Debian packages as they were fetched; delete it to get the newest versions
#   $cache/kernel/KEY/         a built kernel; KEY is version + hash of the configuration
#   $cache/busybox/KEY/        a built busybox
#   $cache/apt/                the private package lists (see source.sh)

cache=${RAMSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ramscope}
tools=$(CDPATH='' cd -- "$(dirname -- "${LIB:?}")" && pwd)
# shellcheck disable=SC2034 # for the scripts that source this
jobs=$(nproc)
work=
child=

fail() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit 1
}

say() {
	printf '%s\n' "$1"
}

# One build at a time in a cache; a second one waits here and then finds the result of the first.
cache_lock() {
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock -n 9 || {
		say "${0##*/}: another build uses $cache, waiting for it"
		flock 9
	}
}

# A scratch directory that does not outlive the script, and no child left behind on Ctrl-C:
# a shell starts background commands with SIGINT ignored, so they have to be told.
work_begin() {
	work=$(mktemp -d "$cache/tmp.XXXXXX")
	trap work_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

work_end() {
	[ -z "$child" ] || kill "$child" 2>/dev/null || true
	[ -z "$work" ] || rm -rf "$work"
}

# source_find deb|src SUITE ARCH PACKAGE: prints the newest fetched file of the package, fetching it if there is none.
# What is in the cache is used as it is, so a build does not change because a mirror did.
source_find() {
	case $1 in
	deb) ending=deb ;;
	src) ending=dsc ;;
	*) fail "unknown kind '$1'" ;;
	esac
	if ! source_newest "$4" "$ending" | grep -q .; then
		say "fetching $4 from Debian $2" >&2
		APT_DIR=$cache/apt "$tools/source.sh" "$1" "$2" "$3" "$4" "$cache/sources" >&2
	fi
	source_newest "$4" "$ending"
}

source_newest() {
	find "$cache/sources" -name "$1_*.$2" 2>/dev/null | sort -V | tail -n 1
}

# config_lines FILE: what a miniconfig asks for, without comments and independent of its order.
config_lines() {
	sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$1" | LC_ALL=C sort
}

# config_verify WANTED GOT: every wanted line must be in the result; kconfig drops a line silently
# if something it depends on is missing.
config_verify() {
	config_lines "$1" >"$work/wanted"
	lost=$(grep -vxFf "$2" "$work/wanted" || true)
	[ -z "$lost" ] || fail "these lines of $1 did not survive, an option they depend on is missing:
$lost"
}

# cache_key TEXT...: 12 hex digits.
cache_key() {
	printf '%s\n' "$@" | sha256sum | cut -c 1-12
}

# build_with_progress NAME LOG COMMAND...: runs the command; every five seconds says how many files are done.
# The whole output is in LOG, and with V=1 also on the terminal.
build_with_progress() {
	name=$1 log=$2
	shift 2
	start=$(date +%s)
	: >"$log"
	"$@" >"$log" 2>&1 9>&- &
	child=$!
	ticks=0 shown=1
	while kill -0 "$child" 2>/dev/null; do
		sleep 1
		ticks=$((ticks + 1))
		if [ "${V:-}" = 1 ]; then
			tail -n "+$shown" "$log"
			shown=$(($(wc -l <"$log") + 1))
		elif [ $((ticks % 5)) = 0 ]; then
			printf '%s: %d files after %d s\n' "$name" \
				"$(grep -c '^  [A-Z]' "$log" || true)" "$(($(date +%s) - start))"
		fi
	done
	if ! wait "$child"; then
		child=
		grep -n -i -E 'error|No rule|not found' "$log" | tail -n 20 >&2 || true
		tail -n 20 "$log" >&2
		fail "$name failed"
	fi
	child=
	say "$name: built in $(($(date +%s) - start)) s"
}
