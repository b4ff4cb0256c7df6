#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# names - DNS that comes back by itself: name servers that are not there yet,
# or are others now; threads that cannot be had for a while
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no /etc and no port 53 of its own here"
	exit 0
fi
rig_up names
# An /etc of our own; in it, a user nobody who has no process on this machine,
# for threads are limited by user.
mkdir "$RIG/etc"
cp -a /etc/. "$RIG/etc/"
rm -f "$RIG/etc/resolv.conf"
sed -i 's/^nobody:.*/nobody:x:64321:65534::\/:\/usr\/sbin\/nologin/' \
    "$RIG/etc/passwd"
mount --bind "$RIG/etc" /etc
chown nobody "$RIG/tdc.log" "$RIG/mail_logs"
rig_ca
RIG_MX=yes
dns_port=53

# name_server ADDRESS - asks there lead to the intake at ADDRESS
name_server()
{
	printf '%s\n' no-resolv no-hosts bind-interfaces user=root pid-file \
	    "listen-address=$1" port=53 "local=/#/" \
	    mx-host=intake.example,mx.intake.example,10 \
	    "host-record=mx.intake.example,$1" >"$RIG/dns.$1"
	rig_start "dns.$1" dnsmasq --keep-in-foreground --log-facility=- \
	    --conf-file="$RIG/dns.$1"
	rig_wait "grep -qs started $RIG/err/dns.$1" 10
}

conf()			# LIFETIME
{
	rig_conf <<-EOF
		dns_servers =
		queue_lifetime = $1
		retry_limit = 100
		connect_timeout = 30s
		idle_timeout = 100ms
		min_connections = 1
	EOF
}

copy()
{
	rig_fill 1 -i copy@intake.example
}

# ---- name servers ----

rig_intake first -l 127.0.0.21:25
rig_intake second -l 127.0.0.22:25
conf 10m
like "$("$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>&1)" \
    'warning: DNS: /etc/resolv\.conf: No such file or directory, so 127\.0\.0\.1 is asked' \
    "-n warns that there is no resolv.conf"
ok "without a resolv.conf it starts" rig_forwarder
copy
ok "and says so" rig_wait "rig_log |
    grep -q 'Warning: DNS: /etc/resolv.conf: No such file or directory'" 20
ok "a copy waits" rig_wait "rig_log | grep -q 'DNS Temporary Failure intake'" 60
like "$(rig_log)" 'DNS Temporary Failure intake\.example MX - unable to reach nameserver on any valid IP$' \
    "since there is no name server"
is "$(rig_waiting)" 1 "in the spool"
name_server 127.0.0.21
echo "nameserver 127.0.0.21" >/etc/resolv.conf
ok "once there is one the copy goes out" rig_wait '[ $(rig_count first) = 1 ]' 60
ok "and that is told" rig_wait \
    "rig_log | grep -qx 'TDC: name servers are now 127.0.0.21'" 20

rig_stop dns.127.0.0.21
rig_stop first			# which an answer in the cache may still name
name_server 127.0.0.22
: >/etc/resolv.conf
copy
echo "nameserver 127.0.0.22" >/etc/resolv.conf.new
mv /etc/resolv.conf.new /etc/resolv.conf
ok "name servers that are others now are asked" \
    rig_wait '[ $(rig_count second) = 1 ]' 60
rm /etc/resolv.conf
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
copy
ok "a file that is taken away takes none away" \
    rig_wait '[ $(rig_count second) = 2 ]' 60
echo "nameserver 127.0.0.22" >/etc/resolv.conf
is "$(rig_log | grep -c reloaded)" 0 "and all that without a reload"

# ---- threads ----

# threads N - so many may the forwarder have
threads()
{
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    prlimit --pid "$(rig_pid forwarder)" --nproc="$1:"
}

# running - how many it has, and who executes for it, which is its user's, too
running()
{
	for task in /proc/"$(rig_pid forwarder)"/task/* \
	    $(pgrep -x tdc-executor | sed 's,.*,/proc/&/task/&,'); do
		echo "$task"
	done | wc -l
}

# rest - until there is no connection and no question; what is left is in $idle
rest()
{
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 60
	idle=0
	until [ "$idle" = "$(running)" ]; do
		idle=$(running)
		sleep 0.5
	done
}

rest
threads "$idle"
copy
ok "no thread for a connection is told" rig_wait \
    "rig_log | grep -q 'Warning: no thread for a connection: Resource temp'" 20
threads $((idle + 1))
ok "no thread for a question is told" rig_wait \
    "rig_log | grep -q 'Warning: DNS: no thread for a question: Resource temp'" 30
is "$(rig_count second) $(rig_waiting)" "2 1" "the copy waits meanwhile"
kill -HUP "$(rig_pid forwarder)"
ok "a reload is heeded" rig_wait "rig_log | grep -q reloaded" 20
threads 1000
ok "with threads again the copy goes out" \
    rig_wait '[ $(rig_count second) = 3 ]' 60
is "$(rig_log | grep -c 'delivery failed')" 0 "and none was given up"
is "$(find "$RIG/spool/ready" -name '*.[1-9]*' | wc -l)" 0 "nor tried in vain"

rest
threads $((idle + 1))
told=$(rig_log | grep -c 'Warning: DNS: no thread')
copy
rig_wait "[ \$(rig_log | grep -c 'Warning: DNS: no thread') -gt $told ]" 30
rig_stop forwarder
like "$(rig_log | tail -n 1)" 'tdc-forwarder stopped' "it ends in order then"
is "$(rig_waiting)" 1 "and the copy is there for the next"

# ---- a name server that says nothing ----

rig_stop dns.127.0.0.22
rig_silent mute udp:127.0.0.22 53
rig_forwarder
ok "a silent name server leaves a question without an answer" \
    rig_wait '[ "$(running)" -ge $((idle + 2)) ]' 20
lines=$(rig_log | grep -c reloaded)
kill -HUP "$(rig_pid forwarder)"
ok "a reload does not wait for it" \
    rig_wait "[ \$(rig_log | grep -c reloaded) -gt $lines ]" 5
rig_wait '[ "$(running)" -ge $((idle + 2)) ]' 20
began=$(date +%s)
rig_stop forwarder
ok "nor does the end" [ $(($(date +%s) - began)) -lt 5 ]
is "$(grep -ci 'segmentation\|abort\|sanitizer' "$RIG/err/forwarder")" 0 \
    "which is a clean one"

# ---- what is said of it ----

# told NAME WORDS [INTAKE_ROUTE] - of a look-up that fails so: of the MX of the
# intake domain, or the address of that host; it may take $patience
patience=3s
told()
{
	conf 1d
	sed -i "s/^connect_timeout.*/connect_timeout = $patience/" "$RIG/tdc.cf"
	echo "intake_route = ${3:-}" >>"$RIG/tdc.cf"
	rig_stop forwarder
	rig_discard
	seen=$(rig_log | wc -l)
	rig_forwarder
	copy
	rig_wait "rig_log | tail -n +$((seen + 1)) |
	    grep -q 'DNS Temporary Failure\|DNS Error'" 90
	is "$(rig_log | tail -n +$((seen + 1)) |
	    sed -n '/DNS Temporary Failure\|DNS Error/{s/^TDC: //p; q;}')" \
	    "$2" "$1"
}

mx="DNS Temporary Failure intake.example MX"
host="DNS Temporary Failure host.example A"
told "a server that is silent: MX" "$mx - timeout"
told "a server that is silent: host" "$host - timeout" "[host.example]:25"
rig_stop mute
patience=60s			# until the library gives up
told "no server there: MX" \
    "$mx - unable to reach nameserver on any valid IP"
told "no server there: host" \
    "$host - unable to reach nameserver on any valid IP" host.example
# The library has one word for both.
for rcode in 2/SERVFAIL 5/REFUSED; do
	rm -f "$RIG/err/rcode.out"
	rig_start rcode perl tests/helpers/rcode.pl 127.0.0.22 53 "${rcode%/*}"
	rig_wait 'grep -q ready "$RIG/err/rcode.out"' 10
	told "one that says ${rcode#*/}: MX" "$mx - SERVFAIL"
	told "one that says ${rcode#*/}: host" "$host - SERVFAIL" \
	    "[host.example]"
	rig_stop rcode
done
name_server 127.0.0.22
told "no such domain" "DNS Error nobody.example A - NXDomain" nobody.example
told "no address" "DNS Error intake.example A - NoData" intake.example

# A route that /etc/hosts knows asks no name server at all; a host without
# brackets is one, too, and not a domain with an MX.
rig_stop dns.127.0.0.22
for route in host.example '[host.example]' host.example:25 \
    '[host.example]:25' '[host.example.]:25' 127.0.0.22 '[127.0.0.22]:25'; do
	echo "127.0.0.22 host.example" >>/etc/hosts
	rig_stop forwarder
	rig_discard
	conf 1d
	printf 'tls_policy = encrypt\nintake_route = %s\n' "$route" \
	    >>"$RIG/tdc.cf"
	before=$(rig_count second)
	rig_forwarder
	copy
	ok "intake_route = $route" \
	    rig_wait "[ \$(rig_count second) -gt $before ]" 20
done
done_testing
