#!/bin/sh
# layers.sh: fails on an #include in src/ that goes the wrong way between the folders.
# Does not check what a file uses without including it: the compiler does.
#
#   base -> policy -> mem -> kernel -> decode    a folder includes itself and those to its left
#   census, firmware, physmap                    include itself and all of these
#   report                                       includes itself and base
#   cmd, main.c                                  may include all
set -eu

cd "$(dirname -- "$0")/.."

# allowed FOLDER: the folders that files of it may include.
allowed() {
	case $1 in
	base) echo base ;;
	policy) echo base policy ;;
	mem) echo base policy mem ;;
	kernel) echo base policy mem kernel ;;
	decode) echo base policy mem kernel decode ;;
	census | firmware | physmap) echo base policy mem kernel decode "$1" ;;
	report) echo base report ;;
	cmd | .) echo base policy mem kernel decode census firmware physmap report cmd ;;
	*) echo "layers.sh: src/$1 has no place among the layers" >&2 ;;
	esac
}

# Every line: the folder of the file, file:line, the folder that is included.
includes() {
	grep -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src/*.[ch] src/*/*.[ch] /dev/null |
		sed -n 's|^\(src/\)\([^/:]*\)\(/[^:]*\)*:\([0-9]*\):[^"]*"\([^"]*\)".*|\2 \1\2\3:\4 \5|p' |
		while read -r folder where included; do
			case $folder in *.c | *.h) folder=. ;; esac
			case $included in
			*/*) echo "$folder $where ${included%%/*}" ;;
			*) echo "$folder $where (none)" ;;
			esac
		done
}

checked=0 wrong=0
list=$(mktemp)
trap 'rm -f "$list"' EXIT
includes >"$list"
while read -r folder where target; do
	checked=$((checked + 1))
	case " $(allowed "$folder") " in
	*" $target "*) ;;
	*)
		wrong=$((wrong + 1))
		echo "$where: a file of $folder must not include one of $target"
		;;
	esac
done <"$list"

if [ "$checked" -lt 50 ]; then
	echo "FAIL layers: only $checked includes found; does this script still understand the sources?"
	exit 1
fi
if [ "$wrong" -ne 0 ]; then
	echo "FAIL layers: $wrong of $checked includes go the wrong way"
	exit 1
fi
echo "ok layers: $checked includes"
