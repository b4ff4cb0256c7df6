#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# badconfig - what is wrong with configuration, tables or arguments is said in
# one line with its place, with an exit code of sysexits(3), and nothing is
# left started half
. "$(dirname "$0")/../rig/rig.sh"

rig_up badconfig
rig_ca
rig_dns
milters="tdc-milter tdc-forwarder tdcctl"
usage=64
config=78
# What may pass by itself is tried again.
later=75

# passing PROGRAM - the code of what may pass: tdcctl has those of who says it
passing()
{
	case $1 in
	tdcctl) echo "$later|$config" ;;
	*) echo $later ;;
	esac
}

# run PROGRAM ARGUMENT... - its exit code in $code, what it said in $said
run()
{
	program=$1
	shift
	[ "$program" != tdcctl ] || set -- "$@" check
	said=$(timeout 10 "$TDC_BUILD/$program" "$@" </dev/null 2>&1)
	code=$?
}

# refused NAME CODE PATTERN - one line, this code, nothing left behind
refused()
{
	like "$code" "^($2)\$" "$1: exit code $2"
	like "$said" "$3" "$1: says it"
	is "$(printf '%s\n' "$said" | wc -l)" 1 "$1: in one line"
	is "$(ls -d "$RIG/milter.sock" "$RIG/spool" 2>/dev/null)" "" \
	    "$1: leaves nothing behind"
}

# bad NAME LINE PATTERN [PASSING] - this line, the last in tdc.cf, is refused
# by every program, whether it would start or only look
bad()
{
	echo "$2" | rig_conf
	line=$(wc -l <"$RIG/tdc.cf")
	for program in ${programs:-$milters}; do
		for look in "" -n; do
			[ "$program$look" != tdcctl-n ] || continue
			run "$program" $look -f -c "$RIG/tdc.cf"
			[ "$program" != tdcctl ] ||
				run "$program" -c "$RIG/tdc.cf"
			refused "$program $look $1" \
			    "$([ $# -gt 3 ] && $4 "$program" || echo $config)" \
			    "^$program: (.*/)?tdc\.cf:$line: $3"
		done
	done
}

bad "unknown parameter" "no_such = 1" ".*no_such"
bad "bad number" "min_connections = three" ".*min_connections"
bad "out of bounds" "min_connections = 0" ".*min_connections"
bad "bad time" "retry_delay = 5 parsecs" ".*retry_delay"
bad "bad choice" "tls_policy = perhaps" ".*tls_policy"
bad "bad bool" "spool_sync = maybe" ".*spool_sync"
bad "no value" "queue_lifetime" ".*="
bad "unknown name behind \$" "journal_from = \$nobody" ".*nobody"

# Twice the same name.
printf 'undelivered = keep\nundelivered = discard\n' | rig_conf
line=$(wc -l <"$RIG/tdc.cf")
for program in $milters; do
	run "$program" -c "$RIG/tdc.cf"
	refused "$program: parameter twice" $config \
	    "tdc\.cf:$line: .*undelivered"
done

# What only some of them read.
programs="tdc-milter tdcctl"
bad "unknown check" "policy_maps = check_moon inline:{ a=NO }" ".*check_moon"
bad "unknown type" "policy_maps = check_recipient moon:/x" ".*moon"
bad "no such table" "policy_maps = check_recipient hash:$RIG/none" \
    ".*none\.db.*No such file" passing
bad "bad value in a table" \
    "policy_maps = check_recipient inline:{ { a@b = sometimes } }" ".*sometimes"
bad "bad network" "internal_networks = 10.0.0.0/40" ".*10\.0\.0\.0/40"
printf '/^X-Spam/ REJECT\n' >"$RIG/words"
postmap "hash:$RIG/words"
bad "header checks that are no patterns" \
    "unclean_header_checks = hash:$RIG/words" \
    "unclean_header_checks: hash:.*/words: want a pcre or regexp table"
bad "bad default" "default_policy = PERHAPS" ".*PERHAPS"

# Bad lines in tables are named by table and line.
printf 'a@corp.example DEFAULT\n\nb@corp.example sometimes\n' >"$RIG/table"
echo "policy_maps = check_recipient texthash:$RIG/table" | rig_conf
for program in $programs; do
	run "$program" -c "$RIG/tdc.cf"
	refused "$program: bad line in a table" $config \
	    "$RIG/table:3: .*sometimes"
done
programs="tdc-milter tdcctl"
bad "bad socket" "milter_socket = carrier:pigeon" ".*carrier"
bad "bad relay" "trusted_relays = 10.0.0.0/40" ".*10\.0\.0\.0/40"
bad "unknown group" "milter_socket_group = no-such-group" ".*no-such-group"
programs=$milters
bad "unknown user" "user = no-such-user" ".*no-such-user"
bad "unknown facility" "syslog_facility = moon" ".*moon"
programs="tdc-forwarder tdcctl"
bad "bad route" "intake_route = [somewhere:25" ".*somewhere"
bad "bad port" "intake_route = [somewhere]:99999" ".*99999"
bad "bad TLS version" "tls_min_version = SSLv3" ".*SSLv3"
bad "bad name server" "dns_servers = example.com" ".*example\.com"
bad "bad source address" "source_address = 10.0.0.0/8" ".*10\.0\.0\.0/8"

# Another file may be there in a moment, as may a certificate's key.
bad "no such CA file" "tls_ca_file = $RIG/none.pem" \
    "tls_ca_file: $RIG/none\.pem: No such file" passing
bad "no such certificate" "tls_cert_file = $RIG/none.pem" \
    "tls_cert_file: $RIG/none\.pem: No such file" passing
bad "no such key" "tls_cert_file = $RIG/cert.pem
tls_key_file = $RIG/none.pem" "tls_key_file: $RIG/none\.pem: No such file" passing
bad "no such trust anchors" "dns_trust_anchor_file = $RIG/none.key" \
    "dns_trust_anchor_file: $RIG/none\.key: No such file" passing
for name in milter forwarder; do
	is "$(sed -n 's/^RestartPreventExitStatus=//p' \
	    "contrib/systemd/tdc-$name.service")" "64 78" \
	    "systemd starts tdc-$name again after all but a wrong tdc.cf"
done
programs=tdc-forwarder
printf 'no anchors\n' >"$RIG/none.key"
bad "trust anchors that are none" "dns_trust_anchor_file = $RIG/none.key" \
    "dns_trust_anchor_file: $RIG/none\.key: these are no trust anchors"
bad "a certificate that is none" "tls_cert_file = $RIG/none.key" \
    "tls_cert_file: $RIG/none\.key: "

# What root alone may read could not be read again, at a reload or a change.
# unreadable NAME FILE PATTERN - so for each of $programs
unreadable()
{
	chmod 600 "$2"
	for program in $programs; do
		for look in "" -n; do
			run "$program" $look -c "$RIG/tdc.cf"
			refused "$program $look $1" "$(passing "$program")" \
			    "^$program: as user nobody: $3: Permission denied"
		done
	done
	run tdcctl -c "$RIG/tdc.cf"
	like "$code" "^($(passing tdcctl))\$" "tdcctl check: $1"
	like "$said" "^tdcctl: as user nobody: $3: Permission denied" \
	    "tdcctl check says it: $1"
	chmod 644 "$2"
}
printf 'a@corp.example DEFAULT\n' >"$RIG/table"
postmap "hash:$RIG/table"
echo "policy_maps = check_recipient hash:$RIG/table" | rig_conf
programs="tdc-milter tdc-forwarder"
unreadable "tdc.cf for root alone" "$RIG/tdc.cf" "open .*/tdc\.cf"
programs=tdc-milter
unreadable "a table for root alone" "$RIG/table.db" \
    ".*/tdc\.cf:[0-9]+: policy_maps: hash:.*/table: open database .*/table\.db"
run tdc-milter -n -c "$RIG/tdc.cf"
is "$code" 0 "a table for everyone is good"

# A table that postmap has locked, for longer than anyone waits; and no more
# descriptors.
programs=
echo "policy_maps = check_recipient hash:$RIG/table" | rig_conf
rig_start lock perl -MFcntl=:flock -e '
	open my $table, "+<", shift or die;
	flock $table, LOCK_EX;
	print "locked\n";
	close STDOUT;
	sleep' "$RIG/table.db"
rig_wait 'grep -q locked "$RIG/err/lock.out"' 10
said=$(timeout 40 "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf" 2>&1)
code=$?
refused "a table that is locked" $later "^tdc-milter: .*hash:.*/table"
rig_stop lock
said=$(prlimit --nofile=4 "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf" 2>&1)
code=$?
refused "no descriptors" $later "Too many open files"

# Arguments.
echo "" | rig_conf
for program in tdc-milter tdc-forwarder tdcctl; do
	run "$program" -Z
	is "$code" $usage "$program: unknown option: exit code $usage"
	like "$said" usage "$program: and how it is used"
	run "$program" -c "$RIG/none.cf"
	like "$code" "^($(passing "$program"))\$" \
	    "$program: no such tdc.cf: exit code $code"
	like "$said" "^$program: .*none\.cf.*No such file" "$program: said so"
done
run_ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
}
run_ctl frobnicate
is "$code $said" "$usage tdcctl: unknown verb 'frobnicate': 'tdcctl help' lists them" \
    "tdcctl: unknown verb"
run_ctl policy -z a@b c@d
is "$code" $usage "tdcctl: unknown option of a verb"
like "$said" "^usage: tdcctl .* policy " "tdcctl: which verb's"
is "$(printf '%s\n' "$said" | wc -l)" 2 "tdcctl: after the reason"
run_ctl policy onlysender
is "$code" $usage "tdcctl: too few arguments"
for program in tdc-milter tdc-forwarder tdcctl; do
	said=$("$TDC_BUILD/$program" -V)
	is $? 0 "$program -V"
	like "$said" "^$program [0-9]" "$program tells its version"
	said=$("$TDC_BUILD/$program" -h)
	is $? 0 "$program -h"
	like "$said" "^usage: $program " "$program tells how it is used"
	is "$(printf '%s\n' "$said" | grep -E '.{80}')" "" "in lines below 80"
done

# The directories.
programs=
for program in tdc-milter tdc-forwarder; do
	rm -rf "$RIG/spool"
	echo "spool_directory = $RIG/no/where" | rig_conf
	run "$program" -f -c "$RIG/tdc.cf"
	is "$code" 73 "$program: no room for the spool: exit code 73"
	like "$said" "$RIG/no/where.*No such file" "$program: said so"
	ok "$program: no room for the spool: no socket" \
	    [ ! -e "$RIG/milter.sock" ]
done

# The socket's may be made later: at boot, or when Postfix comes.
echo "milter_socket = unix:$RIG/later/milter.sock" | rig_conf
line=$(wc -l <"$RIG/tdc.cf")
for look in -n -f; do
	run tdc-milter $look -c "$RIG/tdc.cf"
	is "$code" "$([ $look = -n ] && echo 0 || echo 69)" \
	    "tdc-milter $look: no directory for the socket: exit code"
	like "$said" "^tdc-milter: .*/tdc\.cf:$line: milter_socket: 'unix:$RIG/later/milter.sock' has no directory yet" \
	    "tdc-milter $look: said so"
done
like "$(tdcctl check)" "^warning: .*has no directory yet" "and tdcctl check"

# In the background the start still is an exit code and a line.
echo "no_such = 1" | rig_conf
run tdc-milter -c "$RIG/tdc.cf"
is "$code" $config "in the background: the same exit code"

# Only one of each.
echo "default_policy = DEFAULT" | rig_conf
rig_milter
rig_forwarder
run tdc-forwarder -f -c "$RIG/tdc.cf"
is "$code" 75 "a second forwarder: exit code 75"
like "$said" "$(rig_pid forwarder)" "and the pid of the first"
run_ctl show 12x
is "$code" $usage "tdcctl show: no MID"
run_ctl show 12
is "$code" 65 "tdcctl show: no such MID"
run tdc-milter -f -c "$RIG/tdc.cf"
is "$code" 69 "a second milter on the socket: exit code 69"
ok "the first ones live" rig_running "$(rig_pid milter)"
ok "and their socket is there" [ -S "$RIG/milter.sock" ]
rig_stop milter KILL
ok "a socket that a dead milter left is no hindrance" rig_milter
done_testing
