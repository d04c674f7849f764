#!/bin/sh
# tally.sh: runs the commands of one part of the tests, shows what they print, and counts.
# It does not know what is tested.
#
#   tally.sh run PART COMMAND...   each COMMAND is one line for sh; counts its lines "ok ..." and "not ok ..." or
#                                  "FAIL ...". A command that prints no such line counts as one test itself, and
#                                  one that fails without saying what counts as one failure.
#   tally.sh sum STATUS            adds the parts up; STATUS is make's, so a part that did not build is not lost
set -eu

results=build/tests/results
mkdir -p "$results"

run() {
	part=$1
	shift
	passed=0 failed=0
	log=$results/$part.log
	for command; do
		{
			code=0
			sh -c "$command" 2>&1 || code=$?
			echo "$code" >"$results/$part.code"
		} | tee "$log"
		code=$(cat "$results/$part.code")
		ok=$(grep -c '^ok\b' "$log" || true)
		bad=$(grep -c -E '^(not ok|FAIL)\b' "$log" || true)
		if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
			bad=1
			echo "FAIL $command: status $code"
		elif [ "$code" -eq 0 ] && [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
			ok=1
			echo "ok $(printf '%.70s' "$command")"
		fi
		passed=$((passed + ok)) failed=$((failed + bad))
	done
	echo "$passed $failed" >"$results/$part.count"
	echo "$part: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

sum() {
	passed=0 failed=0
	for count in "$results"/*.count; do
		[ -f "$count" ] || continue
		read -r ok bad <"$count"
		passed=$((passed + ok)) failed=$((failed + bad))
	done
	if [ "$1" -ne 0 ] && [ "$failed" -eq 0 ]; then
		echo 'FAIL a part of the tests could not be built or started'
		failed=1
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

mode=$1
shift
"$mode" "$@"
