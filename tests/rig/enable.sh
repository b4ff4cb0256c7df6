# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154,SC2120
#
# rig_enable - Postfixes of many kinds for tdcctl postfix-enable; sourced by its
# tests, after rig.sh
#
#	. "$(dirname "$0")/../rig/rig.sh"
#	. tests/rig/enable.sh
#	rig_up enable
#	enable_begin
#	main "smtpd_milters = unix:a"
#	enabled "another milter"
#	disabled "another milter"

# as smtpd_milters has tdc-milter, for list()
ours='{ unix:milter.sock, default_action=accept }'

# enable_begin - a Postfix without milters, and what main() and master() begin
# with
enable_begin()
{
	cf
	rig_postfix smtpd_milters=
	cp "$MAIL_CONFIG/main.cf" "$MAIL_CONFIG/master.cf" "$RIG"
	main
}

# cf [LINE...] - tdc.cf, also with these
cf()
{
	printf '%s\n' "default_policy = DEFAULT" \
	    "internal_networks = 127.0.0.0/8" "$@" | rig_conf
}

# main [LINE...] - main.cf ends in these
main()
{
	grep -v smtpd_milters "$RIG/main.cf" >"$MAIL_CONFIG/main.cf"
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$MAIL_CONFIG/main.cf"
	rig_cool
}

# master CHROOT [LINE...] - master.cf with an smtpd like that on top, after
# which these lines come
master()
{
	{
		printf '%s inet n - %s - - smtpd\n' "127.0.0.1:$smtp_port" "$1"
		shift
		[ $# -eq 0 ] || printf '%s\n' "$@"
		sed 1d "$RIG/master.cf"
	} >"$MAIL_CONFIG/master.cf"
}

# print - all that the verbs could touch: bytes, mode, owner, time
prints()
{
	find "$MAIL_CONFIG" "$RIG/tdc.cf" -printf '%p %y %m %U %G ' \
	    \( -type d -printf '\n' -o -printf '%T@ ' -a \
	    -exec sha256sum {} \; \)
}

# ctl ARGUMENT... - what it says is in $said, without $RIG/, its exit status in
# $code
ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$RIG/,,g")
}

# lines SIGN - of the difference that was shown
lines()
{
	printf '%s\n' "$said" | sed -n "s/^$1\([^-+].*\)/\1/p"
}

# settled - none of the old smtpd is left that could take one more connection
settled()
{
	for pid in $(pgrep -x smtpd); do
		kill "$pid" 2>/dev/null
	done
}

# journaled - how many copies a message gets
journaled()
{
	settled
	rig_had=$(rig_waiting)
	rig_send "${1:-a}@client.example" user@corp.example || echo "not sent"
	echo $(($(rig_waiting) - rig_had))
}

# enabled NAME - it works, check finds nothing wrong with it, and a second call
# has nothing to do
enabled()
{
	before=$(prints)
	ctl postfix-enable
	is "$code" 0 "enabled: $1" || diag "$said"
	enabling=$said
	is "$(tdcctl check 2>&1 | grep -E '^warning: (Postfix|milter_socket)' |
	    grep -v 'restart it$')" "" "tdcctl check agrees: $1"
	after=$(prints)
	ctl postfix-enable
	is "$code" 0 "a second call succeeds: $1"
	like "$said" '^postfix: nothing to do: Postfix has tdc-milter last$' \
	    "having nothing to do: $1"
	is "$(prints)" "$after" "and does nothing: $1"
}

# disabled NAME - all is as before
disabled()
{
	ctl postfix-disable
	is "$code" 0 "disabled: $1" || diag "$said"
	is "$(prints)" "$before" "and to the byte as before: $1"
}

# refused NAME CODE PATTERN - by postfix-enable, and nothing is changed
refused()
{
	before=$(prints)
	ctl postfix-enable
	is "$code" "$2" "refused: $1"
	like "$said" "$3" "which says why: $1"
	is "$(prints)" "$before" "nothing is changed: $1"
}

# fake PROGRAM VERB COMMAND - one of Postfix's, which does this when it is called
# with that verb, or with it as second argument; real PROGRAM - no longer
fake()
{
	case $PATH in
	"$RIG/bin":*) ;;
	*)	PATH=$RIG/bin:$PATH ;;
	esac
	rm -f "$RIG/bin/$1"
	mkdir -p "$RIG/bin"
	printf '#!/bin/sh\nif [ "$1" = %s ] || [ "$2" = %s ]; then\n%s; exit\nfi\nexec %s "$@"\n' \
	    "$2" "$2" "$3" "$(command -v "$1")" >"$RIG/bin/$1.new"
	chmod 755 "$RIG/bin/$1.new"
	mv "$RIG/bin/$1.new" "$RIG/bin/$1"
}

real()
{
	rm "$RIG/bin/$1"
}

list()			# smtpd_milters, without $RIG/
{
	postconf -h smtpd_milters 2>/dev/null | sed "s,$RIG/,,g"
}

own_list()		# SERVICE - likewise, that of master.cf
{
	postconf -hP "$1/smtpd_milters" | sed "s,$RIG/,,g"
}
