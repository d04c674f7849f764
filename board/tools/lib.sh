# shellcheck shell=sh
# lib.sh: what the scripts that make kernels and busybox share: the cache, its lock, where Debian keeps kernels,
# fetching, configuring, building with progress.
# Sourced, never run; it only defines functions and variables.
#
# The cache is outside the checkout, so that a fresh clone or "make clean" does not cost a kernel build:
#   $cache/sources/SUITE/      Debian packages as they were fetched; delete it to get the newest versions
#   $cache/kernel/KEY/         a built kernel; KEY is version + hash of the configuration
#   $cache/busybox/KEY/        a built busybox
#   $cache/apt/                the private package lists (see source.sh)
#   $cache/ccache/             compiled files of kernels, for the next configuration
#   $cache/work/               the build that runs now

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

# cache_lock build|fetch: one of each at a time in a cache; a second one waits here and then finds the result of the
# first. What is there already is used without the lock: nobody waits for the kernel of another board.
cache_lock() {
	mkdir -p "$cache"
	case $1 in
	build) exec 9>"$cache/lock" ;;
	fetch) exec 9>"$cache/sources.lock" ;;
	esac
	flock -n 9 || {
		say "${0##*/}: another $1 uses $cache, waiting for it" >&2
		flock 9
	}
}

# A scratch directory that does not outlive the script, and no child left behind on Ctrl-C:
# a shell starts background commands with SIGINT ignored, so they have to be told.
# Its name is always the same, for ccache; the lock of the cache keeps others out.
work_begin() {
	work=$cache/work
	rm -rf "$work"
	mkdir "$work"
	trap work_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

work_end() {
	[ -z "$child" ] || kill "$child" 2>/dev/null || true
	[ -z "$work" ] || rm -rf "$work"
}

# One row for each kernel series: series, the Debian suite that has it, the package of its source ("-": none, only
# prebuilt kernels). Suites whose kernel moves on to newer series stand under their own name.
kernel_table() {
	cat <<-END
		5.10              bullseye            linux-source-5.10
		6.1               bookworm            linux-source-6.1
		6.12              bookworm-backports  linux-source-6.12
		trixie-backports  trixie-backports    -
		forky             forky               -
	END
}

# debian_find SERIES ARCH: sets $suite, $package and $debarch, Debian's name of the architecture.
# shellcheck disable=SC2034 # for the scripts that source this
debian_find() {
	row=$(kernel_table | sed -n "s/^$1  *//p")
	[ -n "$row" ] || fail "KERNEL_SERIES '$1' is none of: $(kernel_table | sed 's/ .*//' | xargs)"
	suite=${row%% *} package=${row##* }
	case $2 in
	x86_64) debarch=amd64 ;;
	i386) debarch=i386 ;;
	*) fail "ARCH '$2' is not known" ;;
	esac
}

# source_find deb|src SUITE ARCH PACKAGE: prints the newest fetched file of the package, fetching it if there is none.
# What is in the cache is used as it is, so a build does not change because a mirror did. Runs in a subshell, with
# whose end its lock ends.
source_find() {
	source_newest "$@" | grep . && return
	cache_lock fetch
	if ! source_newest "$@" | grep -q .; then
		say "fetching $4 from Debian $2" >&2
		APT_DIR=$cache/apt "$tools/source.sh" "$1" "$2" "$3" "$4" "$cache/sources/$2" >&2
	fi
	source_newest "$@"
}

# Packages of one name are in several suites, and in one suite for several architectures.
source_newest() {
	case $1 in
	deb) set -- "$2" "$4_*_$3.deb" "$4_*_all.deb" ;;
	src) set -- "$2" "$4_*.dsc" "$4_*.dsc" ;;
	*) fail "unknown kind '$1'" ;;
	esac
	find "$cache/sources/$1" '(' -name "$2" -o -name "$3" ')' 2>/dev/null | sort -V | tail -n 1
}

# config_lines FILE...: what miniconfigs ask for together, one line a symbol, without comments and independent of
# their order. Where two files speak of a symbol, the later one counts; "=-" there: nobody asks for it.
config_lines() {
	config_last "$@" | grep -v '=-$'
}

config_last() {
	awk -F= '!/^#/ && !/^[[:space:]]*$/ { line[$1] = $0 } END { for (symbol in line) print line[symbol] }' "$@" |
		LC_ALL=C sort
}

# config_waived TREE FILE...: a symbol with "=-" must be one that this kernel does not have, whatever another has.
config_waived() {
	tree=$1
	shift
	config_last "$@" | sed -n 's/^CONFIG_\(.*\)=-$/\1/p' >"$work/waived"
	while read -r symbol; do
		! grep -rqE "^[[:space:]]*(menu)?config $symbol\$" --include='Kconfig*' "$tree" ||
			fail "CONFIG_$symbol=- stands in one of $*, but this kernel has that symbol"
	done <"$work/waived"
}

# config_verify GOT FILE...: every line the files ask for must be in the result; kconfig drops a line silently
# if something it depends on is missing. What is asked for with "=n" must not be set, or not be there at all.
config_verify() {
	got=$1
	shift
	config_lines "$@" >"$work/wanted"
	lost=$(
		grep -v '=n$' "$work/wanted" | grep -vxFf "$got" || true
		sed -n 's/=n$/=/p' "$work/wanted" | grep -Ff - "$got" || true
	)
	[ -z "$lost" ] || fail "these lines of $* did not survive, an option they depend on is missing, or another needs them:
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
