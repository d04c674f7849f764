#!/bin/sh
# readme.sh: what README.md shows exists: make targets, sections of the report, commands and options, linked files.
# Does not compare the figures in its transcript, which differ from boot to boot.
set -eu

cd "$(dirname -- "$0")/.."

bin=${RAMSCOPE:-build/x86_64/ramscope}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checked=0 wrong=0

# check WHAT COMMAND...: the command must succeed.
check() {
	what=$1
	shift
	checked=$((checked + 1))
	"$@" >/dev/null 2>&1 || {
		wrong=$((wrong + 1))
		echo "README.md: there is no $what"
	}
}

[ -x "$bin" ] || { echo "FAIL readme: there is no $bin"; exit 1; }

grep -o -E '(^ +(\$ )?|`)make [a-z-]+' README.md | sed 's/.*make //' | sort -u >"$work/targets"
while read -r target; do
	check "target $target in the Makefile" grep -q -E "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile
done <"$work/targets"

# The markers of the transcript; the first and the last line begin with "ramscope".
grep -o -E '^ +=== [a-z]+ ===$' README.md | sed 's/[ =]//g' | sort -u >"$work/sections"
while read -r section; do
	check "section $section in src/cmd" grep -q -E "report_section\((c->report|r), \"$section\"\)" -r src/cmd
done <"$work/sections"
check "first line of a transcript" grep -q -E '^ +=== ramscope [0-9.]+ [a-z0-9_-]+ ===$' README.md
check "last line of a transcript" grep -q -E '^ +=== ramscope done status=0 ===$' README.md

# Command lines: "ramscope [--option...] command [--option...] [operand]", what they do behind two or more blanks.
sed -n -E 's/^ +(# )?ramscope +//p; s/.*ramscope\.cmd="([^"]*)".*/\1/p' README.md | sed 's/  .*//' >"$work/lines"
while read -r line; do
	command=
	for word in $line; do
		case $word in
		-*) ;;
		*) command=$word; break ;;
		esac
	done
	check "command '$command'" grep -q -E "^  $command( |\$)" <<-END
		$("$bin" --help)
	END
	"$bin" "$command" --help >"$work/help" 2>&1 || continue
	for word in $line; do
		case $word in
		--*)
			name=${word%%=*}
			check "option $name of $command" grep -q -E -e " $name(=| )" "$work/help"
			;;
		esac
	done
done <"$work/lines"

grep -o -E '\]\([A-Za-z0-9_./-]+\)' README.md | sed 's/](\(.*\))/\1/' >"$work/links"
while read -r link; do
	check "file $link" test -e "$link"
done <"$work/links"

for list in targets sections lines links; do
	[ -s "$work/$list" ] || { echo "FAIL readme: no $list found in README.md"; exit 1; }
done
[ "$wrong" -eq 0 ] || { echo "FAIL readme: $wrong of $checked"; exit 1; }
echo "ok readme: $checked targets, sections, commands, options and files"
