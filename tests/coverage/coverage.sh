#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# coverage - which lines and branches the tests execute:
# sh tests/coverage/coverage.sh [TESTS...]
#
# Builds below build-coverage/ with gcc's --coverage, runs TESTS there (default:
# unit tests, corpora and system tests, but those of $slow), and prints a table
# by folder.  build-coverage/uncovered has each line and branch that nothing
# executed.  The numbers of several runs add up, until a source changes, whose
# numbers begin again; "make clean" throws all of them away.  A failed test counts
# for what it executed.
#
# COVERAGE=report	run nothing, print what there is
# COVERAGE=build	build, so that check.sh can run tests one by one
set -eu
cd "$(dirname "$0")/../.."

dir=$PWD/build-coverage
folders="base control forward history journal milter policy remediate"

# They cut the power of a disk, let each system call fail, libgcov's as well,
# or measure memory.
slow='powercut|faults|faults-start|leaks|memory'
# Its children may write to no file, so libgcov cannot, and ends them.
confined=test_sandbox_reader

if ! setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$PWD"; then
	echo "coverage: nobody, as whom the daemons run, cannot get into $PWD" >&2
	exit 1
fi

# runtime - what counts: our part, and libgcov, with calls of its own, since those
# of a test may be let fail by the linker
runtime()
{
	mkdir -p "$dir"
	# shellcheck disable=SC2086
	cc -std=gnu17 -Wall -Wextra -O2 -fPIE -I. -D_GNU_SOURCE \
	    "-DCOUNTED_FOLDERS=$(printf "\"$dir/%s\"," $folders)" \
	    -c -o "$dir/counted.o" tests/coverage/counted.c
	objcopy --redefine-sym open=__open --redefine-sym close=__close \
	    --redefine-sym fcntl=__fcntl \
	    "$(cc -print-file-name=libgcov.a)" "$dir/libgcov.a"
}

build()
{
	runtime
	make -j"$(nproc)" B=build-coverage CFLAGS='-O0 -g' \
	    COUNTED="--coverage -fprofile-update=atomic -L$dir \
	    -Wl,$dir/counted.o,--wrap=_exit,--wrap=places_all,--wrap=sandbox_reader" build-tests
}

# prepare - whoever a program runs as, it adds to its numbers
prepare()
{
	for folder in $folders; do
		find "$dir/$folder" -type d -exec chmod 777 {} +
		find "$dir/$folder" -name '*.gcno' | sed 's/gcno$/gcda/' |
			xargs touch
		find "$dir/$folder" -name '*.gcda' -exec chmod 666 {} +
	done
}

run()
{
	if [ $# -eq 0 ]; then
		# shellcheck disable=SC2046
		set -- $(find "$dir/tests/unit" -name '*.t' ! -name "$confined.t" |
		    LC_ALL=C sort) \
		    tests/tree/corpus.t $(find tests/system -name '*.t' |
		    LC_ALL=C sort | grep -vE "/($slow)(-[a-z]*)?\.t")
	fi
	# Else libgcov complains to who reads what a program says.
	GCOV_ERROR_FILE=$dir/gcov.errors
	export GCOV_ERROR_FILE
	: >"$GCOV_ERROR_FILE"
	chmod 666 "$GCOV_ERROR_FILE"
	sh tests/check.sh build-coverage "$@" ||
		echo "coverage: a test failed, and counts all the same" >&2
}

report()
{
	# gcov puts files where it stands, and a gcovr that is ended leaves them.
	find . -maxdepth 1 -name '*.gcov' -delete
	# shellcheck disable=SC2046,SC2086
	gcovr --root . --object-directory build-coverage \
	    $(printf -- '--filter %s/ ' $folders) \
	    --exclude-unreachable-branches --exclude-throw-branches \
	    -j "$(nproc)" --json "$dir/coverage.json" \
	    $(printf 'build-coverage/%s ' $folders)
	python3 tests/coverage/table.py "$dir/coverage.json" "$dir/uncovered"
}

case ${COVERAGE:-all} in
report)
	report ;;
build)
	build
	prepare ;;
*)
	build
	prepare
	run "$@"
	report ;;
esac
