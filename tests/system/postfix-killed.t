#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# postfix-killed - tdcctl postfix-enable and postfix-disable are killed at each
# step that changes a file: Postfix has a configuration that works, and the next
# call finishes or undoes
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/enable.sh

rig_up killed
rig_ca
enable_begin
rig_stop postfix
cf "milter_socket_mode = 0660"
main "smtpd_milters = unix:a"
master y "submission inet n - y - - smtpd -o smtpd_milters=unix:a"
mkdir "$RIG/stage"
TMPDIR=$RIG/stage
export TMPDIR
# What postfix check finds is not what this is about, and it takes its time.
fake postfix check true

# traced OPTIONS... - tdcctl below strace; with a sanitizer: leaks cannot be
# looked for there
traced()
{
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$RIG/trace" "$@"
}

# keep DIRECTORY - all as it is now; restore DIRECTORY - as it was then
keep()
{
	mkdir "$RIG/$1"
	cp -a "$MAIL_CONFIG" "$RIG/tdc.cf" "$RIG/$1"
	[ ! -e "$RIG/queue/tdc" ] || cp -a "$RIG/queue/tdc" "$RIG/$1"
}
restore()
{
	rm -rf "$MAIL_CONFIG" "$RIG/queue/tdc"
	cp -a "$RIG/$1/postfix" "$RIG/$1/tdc.cf" "$RIG"
	[ ! -e "$RIG/$1/tdc" ] || cp -a "$RIG/$1/tdc" "$RIG/queue"
}

# state - all that there may be
state()
{
	prints
	ls -d "$RIG/queue/tdc" 2>/dev/null
}

# differ DIRECTORY... - the files that are as they are in none of these
differ()
{
	for file in postfix/main.cf postfix/master.cf tdc.cf; do
		cmp -s "$RIG/$file" "$RIG/$1/$file" ||
			cmp -s "$RIG/$file" "$RIG/${2:-$1}/$file" ||
			echo "$file differs"
	done
}

# steps - calls of the last trace that changed a file which is not a copy for
# postconf or diff: which one, and the how manieth of its name
steps()
{
	awk -F'(' '{ n[$1]++ }
	    / = 0$/ && !/stage/ && !/"\.(main|master)\.cf\.new"/ &&
	    !/unlinkat\([0-9]+, "(main|master)\.cf"/ { print $1, n[$1] }
	    ' "$RIG/trace"
}

# each VERB FROM LEAST - kill it at each step, of which there are so many at
# least, from this state; the next call is postfix-disable or postfix-enable, by
# turns
each()
{
	restore "$2"
	traced -e trace=mkdir,renameat,unlinkat,rmdir \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$1" >"$RIG/said"
	steps >"$RIG/steps"
	ok "$1 has $3 steps or more" [ "$(wc -l <"$RIG/steps")" -ge "$3" ]
	rig_step=0
	while read -r call count; do
		rig_step=$((rig_step + 1))
		one "$1" "$2" "$call" "$count" </dev/null
	done <"$RIG/steps"
}

# one VERB FROM CALL COUNT
one()
{
	restore "$2"
	traced -e trace="$3" -e inject="$3:signal=KILL:when=$4" \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$1" >"$RIG/said" 2>&1
	is "$? $(differ old new)" "137 " "$1 is killed: $3 $4"
	postconf -n >/dev/null && postconf -M >/dev/null
	tap $? "Postfix can read its files: $3 $4"
	if [ $((rig_step % 2)) -eq 0 ]; then
		ctl postfix-enable
		is "$code $(differ new)" "0 " "enabled: $3 $4" || diag "$said"
	else
		ctl postfix-disable
		is "$code $(state)" "0 $before" "disabled: $3 $4" ||
			diag "$said"
	fi
}

before=$(state)
keep old
ctl postfix-enable
is "$code" 0 "enabled" || diag "$said"
keep new
ctl postfix-disable
is "$(state)" "$before" "disabled, and nothing is left"

each postfix-enable old 13
each postfix-disable new 13
done_testing
