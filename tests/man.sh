#!/bin/sh
# man.sh: holds the man page, --help and the sources together: commands, options, exit statuses, kinds of page, causes, findings.
# Does not judge the sentences; that NDJSON items are in the man page is tested where they are printed (tests/boot).
set -eu

cd "$(dirname -- "$0")/.."

page=src/ramscope.8
bin=${RAMSCOPE:-build/x86_64/ramscope}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missing=0 checked=0

fail() {
	echo "FAIL man: $1"
	exit 1
}

# want WHAT PATTERN: the rendered page has a line matching the extended regular expression.
want() {
	checked=$((checked + 1))
	grep -q -E -e "$2" "$work/page" || {
		missing=$((missing + 1))
		echo "man page: no $1"
	}
}

# The options of a help text: "  -v, --verbose   what it does".
options_of() {
	sed -n 's/^  \(-[a-zA-Z],\|   \) --\([a-z0-9-]*\).*/\2/p'
}

[ -f "$page" ] || fail "there is no $page"
[ -x "$bin" ] || fail "there is no $bin"
# Bold and underlined letters are written as letter, backspace, letter.
mandoc -T ascii -O width=400 "$page" | sed "s/.$(printf '\b')//g" >"$work/page"

"$bin" --help >"$work/help"
sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' "$work/help" >"$work/commands"
options_of <"$work/help" >"$work/options"
[ -s "$work/commands" ] || fail "no commands found in --help"
[ -s "$work/options" ] || fail "no options found in --help"

while read -r command; do
	want "command $command" "^ +(ramscope )?$command( |\$)"
	"$bin" "$command" --help | options_of >>"$work/options"
done <"$work/commands"

LC_ALL=C sort -u -o "$work/options" "$work/options"
while read -r option; do
	want "option --$option" "--$option([^a-z-]|\$)"
done <"$work/options"

# The other way round: the page tells of no option that does not exist.
grep -o -E -e '(^|[^a-z-])--[a-z][a-z-]*' "$work/page" | sed 's/.*--//' | LC_ALL=C sort -u |
	LC_ALL=C comm -23 - "$work/options" >"$work/invented"
while read -r option; do
	missing=$((missing + 1))
	echo "man page: tells of --$option, which does not exist"
done <"$work/invented"

# The tables in the sources: X(ERR_USAGE, 2, "usage", "...") and X(KIND_FREE, '.', "free", "...").
sed -n 's/.*X(ERR_[A-Z_]*, \([0-9]*\), "\([^"]*\)".*/\1 \2/p' src/base/err.h >"$work/statuses"
sed -n "s/.*X(KIND_[A-Z]*, '\(.\)', \"\([^\"]*\)\".*/\2/p" src/census/kinds.h >"$work/kinds"
[ -s "$work/statuses" ] || fail "no exit statuses found in src/base/err.h"
[ -s "$work/kinds" ] || fail "no kinds found in src/census/kinds.h"
while read -r status name; do
	want "exit status $status" "^ +$status +.*"
	want "name '$name' beside exit status $status" "^ +$status +.*$name|^ +$status\$"
done <"$work/statuses"
while read -r kind; do
	want "kind $kind" "^ +([^ ]{1,3} +)?$kind( |\$)"
done <"$work/kinds"

# [CAUSE_STRICT] = { "strict-devmem", "...", with or without a line break.
sed -n 's/.*\[CAUSE_[A-Z_]*\] = { "\([^"]*\)".*/\1/p; /\[CAUSE_[A-Z_]*\] = {$/{n;s/[^"]*"\([^"]*\)".*/\1/p;}' src/policy/cause.c |
	grep -v -x -e none -e unknown >"$work/causes"
[ "$(wc -l <"$work/causes")" -gt 20 ] || fail "hardly a cause found in src/policy/cause.c"
while read -r cause; do
	want "cause $cause" "^ +$cause "
done <"$work/causes"

# X(FINDING_TABLE_IN_RAM, ERROR, "table-in-ram", with its severity.
sed -n 's/.*X(FINDING_[A-Z0-9_]*, \([A-Z]*\), "\([^"]*\)".*/\1 \2/p' src/policy/finding.h >"$work/findings"
[ -s "$work/findings" ] || fail "no kinds of findings found in src/policy/finding.h"
while read -r severity name; do
	want "finding $name, $severity" "^ +$name +$(echo "$severity" | tr '[:upper:]' '[:lower:]') "
done <"$work/findings"

# Lines of the sum of map: X(LEFT_PAGE0, "page-0", ...), X(KEPT_LOW, "low", ...), put(b, '=', "total", ...).
sed -n 's/.*X(\(LEFT\|ADDED\|KEPT\)_[A-Z0-9]*, "\([^"]*\)".*/\2/p' src/physmap/left.h src/physmap/balance.h >"$work/lines"
sed -n 's/.*put\(_difference\|_kept\|_bytes\|\)(b, [^"]*"\([a-z0-9-]*\)",.*/\2/p' src/physmap/balance.c >>"$work/lines"
[ "$(wc -l <"$work/lines")" -gt 25 ] || fail "hardly a line of the sum found in src/physmap"
while read -r line; do
	want "line $line of the sum of map" "^ +$line "
done <"$work/lines"

[ "$missing" -eq 0 ] || fail "$missing of $checked entries are missing or too many"
echo "ok man: $checked commands, options, exit statuses, kinds of page, causes, findings and lines of the sum of map"
