#!/bin/sh
# source.sh: fetch one Debian package (a .deb or a source package) with apt, checked by apt's signatures.
# It does not install anything, needs no root, and neither reads nor changes the machine's own package lists.
#
#   source.sh deb SUITE ARCH PACKAGE DIR     DIR/PACKAGE_VERSION_ARCH.deb
#   source.sh src SUITE ARCH PACKAGE DIR     DIR/PACKAGE_VERSION.dsc and the files it names
#
# MIRROR and SECURITY name the mirrors. APT_DIR holds the private lists and may be deleted at any time.
set -eu

mirror=${MIRROR:-http://deb.debian.org/debian}
security=${SECURITY:-http://deb.debian.org/debian-security}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# One row for each suite a board may ask for: suite, then the lines of its list as "mirror:distribution".
# Releases that live in one archive are listed with their updates, so that apt picks the newest of them.
suites() {
	cat <<-END
		bookworm            main:bookworm main:bookworm-updates security:bookworm-security
		bookworm-backports  main:bookworm-backports
		bullseye            main:bullseye main:bullseye-updates security:bullseye-security
		trixie-backports    main:trixie-backports
		forky               main:forky
	END
}

fail() {
	printf 'source.sh: %s\n' "$1" >&2
	exit 1
}

[ $# -eq 5 ] || fail 'usage: source.sh deb|src SUITE ARCH PACKAGE DIR'
kind=$1 suite=$2 arch=$3 package=$4 dir=$5
apt=${APT_DIR:?APT_DIR is not set}/$suite-$arch

row=$(suites | sed -n "s/^$suite  *//p")
[ -n "$row" ] || fail "suite '$suite' has no row in the table of this script"
[ -r "$keyring" ] || fail "$keyring is missing (package debian-archive-keyring)"

# The -c file is read last, so it wins over the machine's apt.conf, and a proxy set there keeps working.
# An empty dpkg status makes the answer the same whatever is installed here. Hooks of other programs are
# cleared: they would run as this user, and they concern the machine's lists, not these.
write_configuration() {
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dir"
	: >"$apt/status"
	: >"$apt/sources.list"
	for entry in $row; do
		case $entry in
		main:*) uri=$mirror ;;
		security:*) uri=$security ;;
		esac
		printf '%s [signed-by=%s] %s %s main\n' \
			"$([ "$kind" = src ] && echo deb-src || echo deb)" \
			"$keyring" "$uri" "${entry#*:}" >>"$apt/sources.list"
	done
	cat >"$apt/apt.conf" <<-END
		#clear APT::Update;
		#clear APT::Architectures;
		#clear Acquire::IndexTargets::deb::DEP-11;
		APT::Architecture "$arch";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State "$apt";
		Dir::State::lists "$apt/lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
	END
}

# apt's progress bar is meant for a terminal; without one, -q keeps a line for each file.
run_apt() {
	if [ -t 1 ]; then apt-get -c "$apt/apt.conf" "$@"; else apt-get -q -c "$apt/apt.conf" "$@"; fi
}

# Every version that the lists have, newest first: a list may name one that its mirror does not have any more.
download_any() {
	for version in $(apt-cache -c "$apt/apt.conf" madison "$package" | awk '{ print $3 }'); do
		run_apt download "$package=$version" && return
	done
	fail "no version of $package can be fetched from Debian $suite"
}

# A mirror may be in the middle of an update, or not keep the lists of an architecture up to date. The others do,
# and a package that is in none of them fails below.
write_configuration
run_apt update || printf 'source.sh: not every list was fetched; going on with those that were\n' >&2
cd "$dir"
case $kind in
deb) download_any ;;
src) run_apt source --download-only "$package" ;;
*) fail "unknown kind '$kind'" ;;
esac
