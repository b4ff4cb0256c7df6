#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# daemons - how the programs begin: in the background, with nothing of the
# parent's, under a watchdog, at an inet socket; and which doors they find open
. "$(dirname "$0")/../rig/rig.sh"

rig_up daemons
rig_ca
rig_dns
rig_intake intake -q
rig_postfix

started()		# PROGRAM: how often it said so
{
	grep -c "$1 .* started" "$RIG/tdc.log"
}

status_of()		# NAME FIELD
{
	sed -n "s/^$2:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$(rig_pid "$1")/status"
}

# ---- in the background ----

echo "default_policy = DEFAULT" | rig_conf
for name in milter forwarder; do
	program=tdc-$name
	said=$("$TDC_BUILD/$program" -c "$RIG/tdc.cf" 2>&1 </dev/null)
	is "$? $said" "0 " "$program in the background: good, and silent"
	ok "$program: is ready" rig_wait '[ "$(started $program)" = 1 ]' 10
	pid=$(sed -n "s/.* $program\[\([0-9]*\)\].* started/\1/p" "$RIG/tdc.log")
	echo "$pid" >"$RIG/pid/$name"
	is "$(readlink "/proc/$pid/cwd")" / "$program stands in /"
	for fd in 0 1 2; do
		is "$(readlink "/proc/$pid/fd/$fd")" /dev/null \
		    "$program: descriptor $fd"
	done
	is "$(awk '{ print $6 }' "/proc/$pid/stat")" "$pid" \
	    "$program leads a session of its own"
done
rig_send a@client.example user@corp.example
is $? 0 "a message is taken"
ok "and its copy delivered" rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20
kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
ok "both reload, from where they stand" rig_wait \
    '[ $(rig_log | grep -c "configuration reloaded") = 2 ]' 10
rig_stop milter
rig_stop forwarder
is "$(rig_log | grep -c 'stopped$')" 2 "both stop in order"

# ---- nothing of the parent's, nothing for others ----

install -d -o nobody "$RIG/sock"
rig_conf <<-EOF
	default_policy = DEFAULT
	milter_socket = unix:$RIG/sock/milter.sock
EOF

for name in milter forwarder; do
	program=tdc-$name
	for user in root nobody; do
		[ $user = root ] && as= || as="setpriv --reuid=nobody
		    --regid=nogroup --clear-groups"
		before=$(started $program)
		# shellcheck disable=SC2086
		rig_start $name sh -c 'exec 7</etc/shadow; exec "$@"' sh $as \
		    "$TDC_BUILD/$program" -f -c "$RIG/tdc.cf"
		ok "$program, started as $user" \
		    rig_wait '[ "$(started $program)" -gt "$before" ]' 10
		is "$(find "/proc/$(rig_pid $name)/fd" -lname /etc/shadow)" "" \
		    "$program, started as $user: no descriptor of the parent's"
		is "$(status_of $name NoNewPrivs)" 1 \
		    "$program, started as $user: no new privileges"
		is "$(status_of $name Uid)" 65534 \
		    "$program, started as $user: is nobody"
		# what may be dumped belongs to its user
		is "$(stat -c %U "/proc/$(rig_pid $name)/environ")" root \
		    "$program, started as $user: leaves no core"
		rig_stop $name
	done
done

# ---- a watchdog, and a reload that cannot open its log ----

# as systemd: print what is notified
rig_start systemd perl -MIO::Socket::UNIX -e '
	my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => shift)
	    or die;
	$| = 1;
	while (defined $s->recv(my $state, 4096)) { print "$state\n" }' \
    "$RIG/notify"
rig_wait '[ -S "$RIG/notify" ]' 10
chmod 666 "$RIG/notify"
notified()
{
	grep -c "$1" "$RIG/err/systemd.out"
}
for name in milter forwarder; do
	NOTIFY_SOCKET=$RIG/notify WATCHDOG_USEC=400000 rig_program $name tdc-$name
	ok "tdc-$name is ready" rig_wait '[ "$(notified READY=1)" -gt 0 ]' 10
	ok "tdc-$name tells the watchdog that it lives" \
	    rig_wait '[ "$(notified WATCHDOG=1)" -ge 5 ]' 10
	cp "$RIG/tdc.cf" "$RIG/tdc.cf.good"
	sed -i "s|^mail_logs_file.*|mail_logs_file = $RIG/none/mail_logs|" \
	    "$RIG/tdc.cf"
	before=$(rig_log | grep -c 'not reloaded')
	kill -HUP "$(rig_pid $name)"
	ok "tdc-$name: a log that cannot be opened is told of" rig_wait \
	    '[ "$(rig_log | grep -c "not reloaded: .*mail_logs_file: .*No such file")" -gt "$before" ]' 10
	cp "$RIG/tdc.cf.good" "$RIG/tdc.cf"
	mv "$RIG/tdc.log" "$RIG/tdc.log.1"
	: >"$RIG/tdc.log"
	chown nobody "$RIG/tdc.log"
	kill -HUP "$(rig_pid $name)"
	ok "tdc-$name: and the next reload is good" rig_wait \
	    'rig_log | grep -q "configuration reloaded"' 10
	: >"$RIG/err/systemd.out"
	sed -i "/^intake_address/d; s/^default_policy.*/default_policy = NO/" "$RIG/tdc.cf"
	kill -HUP "$(rig_pid $name)"
	ok "tdc-$name: what it waits for is shown" rig_wait \
	    '[ "$(notified "STATUS=.*intake_address")" -gt 0 ]' 10
	cp "$RIG/tdc.cf.good" "$RIG/tdc.cf"
	kill -HUP "$(rig_pid $name)"
	ok "tdc-$name: and no longer when it is there" rig_wait \
	    '[ "$(notified "STATUS=$")" -gt 0 ]' 10
	rig_stop $name
	ok "tdc-$name says that it stops" [ "$(notified STOPPING=1)" = 1 ]
	: >"$RIG/err/systemd.out"
done
rig_stop systemd

# ---- inet sockets ----

port=$(rig_port)
listens()		# where
{
	ss -Hltn "sport = :$port" | awk '{ print $4 }'
}
n=0
while read -r socket address door; do
	n=$((n + 1))
	echo "milter_socket = $(echo "$socket" | sed "s/PORT/$port/")" | rig_conf
	echo "default_policy = DEFAULT" >>"$RIG/tdc.cf"
	: >"$RIG/tdc.log"
	if [ "$address" = "[::1]" ] && [ ! -e /proc/net/if_inet6 ]; then
		tap 0 "$socket # SKIP no IPv6"
		continue
	fi
	ok "$socket: the milter starts" rig_milter
	is "$(listens)" "$address:$port" "$socket: listens there"
	is "$(rig_log | grep -c 'Warning: .*lets other hosts in')" "$door" \
	    "$socket: warned of, or not"
	is "$(tdcctl check | grep -c '^warning: .*lets other hosts in')" "$door" \
	    "$socket: tdcctl check too"
	if [ $n = 1 ]; then
		postconf -e "smtpd_milters = { inet:127.0.0.1:$port, default_action=accept }"
		rig_cool
		postfix reload 2>/dev/null
		rig_forwarder
		before=$(rig_counter delivered)
		ok "$socket: its copies are delivered" rig_wait '
			rig_send a@client.example user@corp.example
			[ "$(rig_counter delivered)" -gt "$before" ]' 20
		rig_stop forwarder
	fi
	rig_stop milter
done <<EOF
inet:PORT 127.0.0.1 0
inet6:PORT [::1] 0
inet:localhost:PORT 127.0.0.1 0
inet:PORT@127.0.0.1 127.0.0.1 0
inet:0.0.0.0:PORT 0.0.0.0 1
EOF

# ---- doors ----

echo "default_policy = DEFAULT" | rig_conf
unlike "$(tdcctl check)" ' by others|in its place' "closed doors"
chmod 666 "$RIG/tdc.cf"
printf 'a@corp.example DEFAULT\n' >"$RIG/table"
postmap "hash:$RIG/table"
chmod 664 "$RIG/table.db"
cat >>"$RIG/tdc.cf" <<EOF
policy_maps = check_recipient hash:$RIG/table
tls_cert_file = $RIG/cert.pem
tls_key_file = $RIG/cert.key
EOF
chown nobody "$RIG/cert.key"
chmod 644 "$RIG/cert.key"
chmod 755 "$RIG/spool"
is "$(tdcctl check | grep ' by others' | sort)" \
"warning: configuration $RIG/tdc.cf can be written by others (mode 0666): chmod go-w $RIG/tdc.cf
warning: spool_directory $RIG/spool can be read by others (mode 0755): chmod go= $RIG/spool
warning: table $RIG/table.db can be written by others (mode 0664): chmod go-w $RIG/table.db
warning: tls_key_file $RIG/cert.key can be read by others (mode 0644): chmod o=,g-w $RIG/cert.key" \
    "open doors are warned of, each with what to do"
tdcctl check | sed -n 's/.*: \(chmod .*\)/\1/p' | sh
unlike "$(tdcctl check)" ' by others' "and that is what to do"
chmod 777 "$RIG/spool"
for program in tdc-milter tdc-forwarder; do
	like "$("$TDC_BUILD/$program" -f -c "$RIG/tdc.cf" 2>&1)" \
	    "^$program: $RIG/spool may be written by everyone \(mode 0777\): chmod 700 $RIG/spool$" \
	    "$program does not start on a spool that everyone may write"
done
done_testing
