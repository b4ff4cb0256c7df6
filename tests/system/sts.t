#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sts - MTA-STS policies, served by nginx, announced by dnsmasq
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no ports 25 and 443"
	exit 0
fi
rig_up sts
RIG_MX=yes
rig_ca
rig_selfsigned self mx.plain.example -addext subjectAltName=DNS:mx.plain.example

# One domain for each case; mx.DOMAIN is 127.0.0.11, whose certificate is
# good, or 127.0.0.12, whose is not.
good_hosts="enforce unnamed second testing none refetch kept broken changed
	renewed silent unsaved"
bad_hosts="enforce-bad testing-bad plain"
# shellcheck disable=SC2046,SC2086
rig_cert good $(for d in $good_hosts; do echo "mx.$d.example mx2.$d.example"; done)
# shellcheck disable=SC2046,SC2086
rig_cert web $(for d in $good_hosts $bad_hosts; do echo "mta-sts.$d.example"; done)

# ---- the world ----

announce()		# DOMAIN ID: from now on; no ID: nothing any more
{
	sed -i "/^txt-record=_mta-sts.$1.example,/d" "$RIG/records"
	[ -z "$2" ] ||
	    echo "txt-record=_mta-sts.$1.example,\"v=STSv1; id=$2;\"" \
	    >>"$RIG/records"
	rig_stop dns
	set --
	while read -r line; do
		set -- "$@" "$line"
	done <"$RIG/records"
	rm -f "$RIG/err/dns"
	rig_dns "$@"
}

{
	echo local-ttl=0
	for domain in $good_hosts; do
		echo "host-record=mx.$domain.example,127.0.0.11"
		echo "host-record=mx2.$domain.example,127.0.0.11"
	done
	for domain in $bad_hosts; do
		echo "host-record=mx.$domain.example,127.0.0.12"
	done
	for domain in $good_hosts $bad_hosts; do
		echo "mx-host=$domain.example,mx.$domain.example,10"
		echo "host-record=mta-sts.$domain.example,127.0.0.1"
		[ "$domain" = plain ] ||
			echo "txt-record=_mta-sts.$domain.example,\"v=STSv1; id=1;\""
	done
	echo "mx-host=second.example,mx2.second.example,20"
} >"$RIG/records"
dns_port=$(rig_port)
announce "" ""

policy()		# NAME MODE MX [MAX_AGE]: of NAME.example, from now on
{
	name=$1
	shift
	rig_sts "$name.example" "$@"
}
unpublish()		# DOMAIN
{
	rm -f "$RIG/web/mta-sts.$1.example/.well-known/mta-sts.txt"
}

asked()			# DOMAIN: how often its policy was asked for
{
	grep -c "mta-sts.$1.example" "$RIG/web.log"
}
rig_web

rig_postfix
for domain in $good_hosts $bad_hosts; do
	echo "$domain@corp.example copy@$domain.example"
done >"$RIG/policy"
configure()		# TLS_POLICY [LINE...]
{
	rig_conf <<-EOF
		policy_maps = check_recipient texthash:$RIG/policy
		idle_timeout = 0
		retry_delay = 100ms
		min_connections = 1
		tls_policy = $1
		${2:-}
	EOF
}
configure encrypt
rig_intake good -l 127.0.0.11:25 -C "$RIG/good.pem" -K "$RIG/good.key"
rig_intake bad -l 127.0.0.12:25 -C "$RIG/self.pem" -K "$RIG/self.key"
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder || exit 1

carry()			# DOMAIN: one letter for it; its result, and why
{
	rig_carry "$1@corp.example"
	why=$(sed -n 's/^TDC: DCID [0-9]* TLS \(trust\|failed\): //p' \
	    "$RIG/lines" | paste -sd'|')
}

row()			# DOMAIN RESULT WHY NAME
{
	carry "$1"
	is "$rig_result: $why" "$2: $3" "$4"
}
good=successfully
bad="TLS Error"
failed="certificate verify failed: self-signed certificate"

# ---- modes; tls_policy = encrypt, so what is asked is the policy's ----

policy enforce enforce mx.enforce.example
row enforce $good "verify mx.enforce.example, MTA-STS enforce 1" \
    "enforce: the certificate is verified"
policy enforce-bad enforce '*.enforce-bad.example'
row enforce-bad "$bad" "verify mx.enforce-bad.example, MTA-STS enforce 1|$failed" \
    "enforce: and one that is no good is refused"
policy unnamed enforce other.unnamed.example
row unnamed "$bad" "mx.unnamed.example: not named by the MTA-STS policy" \
    "enforce: a host that is not named is not even tried"
policy second enforce mx2.second.example
row second $good "mx.second.example: not named by the MTA-STS policy|verify mx2.second.example, MTA-STS enforce 1" \
    "enforce: but the next one, if it is named"
policy testing testing mx.testing.example
row testing $good "encrypt only, MTA-STS testing 1" "testing: all is well"
policy testing-bad testing other.testing-bad.example
row testing-bad $good "encrypt only, MTA-STS testing 1, which does not name it, which would fail: self-signed certificate" \
    "testing: delivered, and the log says what would have failed"
policy none none none.example
row none $good "encrypt only" "none: as if there were none"
row plain $good "encrypt only" "no policy: tls_policy alone"
is "$(asked plain) $(asked enforce)" "0 1" "only what is announced is got"
row enforce $good "verify mx.enforce.example, MTA-STS enforce 1" "again"
is "$(asked enforce)" 1 "a policy is kept"

# ---- what is kept, and how long ----

policy kept enforce other.kept.example
row kept "$bad" "mx.kept.example: not named by the MTA-STS policy" \
    "a policy that forbids it"
unpublish kept
announce kept ""
row kept "$bad" "mx.kept.example: not named by the MTA-STS policy" \
    "counts also when it cannot be got any more"
rig_stop forwarder
rig_forwarder
row kept "$bad" "mx.kept.example: not named by the MTA-STS policy" \
    "and after a restart"
is "$(sed -n '1s/ [0-9]*$//p; 3p' "$RIG/spool/sts/kept.example" | tr -d '\r' |
    tr '\n' '|')" "STS 1|mode: enforce|" "for it lies in the spool"
is "$(stat -c '%a %U' "$RIG/spool/sts/kept.example")" "600 nobody" \
    "for us alone"

policy refetch enforce other.refetch.example 1
row refetch "$bad" "mx.refetch.example: not named by the MTA-STS policy" \
    "a policy with a short life"
policy refetch enforce mx.refetch.example 1
sleep 1.1
row refetch $good "verify mx.refetch.example, MTA-STS enforce 1" \
    "is got anew when that is over"
unpublish refetch
sleep 1.1
row refetch $good "encrypt only, no MTA-STS policy: HTTP status 404" \
    "and is none when it cannot be got then"
web_log=$(asked refetch)
policy refetch enforce mx.refetch.example
row refetch $good "encrypt only, no MTA-STS policy: HTTP status 404" \
    "which is not tried again with each connection"
is "$(asked refetch)" "$web_log" "not once"
announce refetch 2
row refetch $good "verify mx.refetch.example, MTA-STS enforce 2" \
    "but when another is announced"

policy unsaved enforce mx.unsaved.example
mkdir "$RIG/spool/sts/.unsaved.example.new"	# where it is written to
row unsaved $good "verify mx.unsaved.example, MTA-STS policy not saved: write 'unsaved.example': File exists, MTA-STS enforce 1" \
    "what cannot be saved counts, and the log says so"
rmdir "$RIG/spool/sts/.unsaved.example.new"
row unsaved $good "verify mx.unsaved.example, MTA-STS policy not saved: write 'unsaved.example': File exists, MTA-STS enforce 1" \
    "each time, until it is got anew"
policy unsaved enforce mx.unsaved.example 600
announce unsaved 2
carry unsaved
rig_wait "[ -e $RIG/spool/sts/unsaved.example ]" 10
row unsaved $good "verify mx.unsaved.example, MTA-STS enforce 2" \
    "and then no more"

# A new id: got behind the back of who sends by the old one.
policy changed enforce mx.changed.example
row changed $good "verify mx.changed.example, MTA-STS enforce 1" "one policy"
policy changed testing mx.changed.example
announce changed 2
row changed $good "verify mx.changed.example, MTA-STS enforce 1" \
    "the old one counts while the new one is got"
ok "which it is" rig_wait '[ "$(asked changed)" = 2 ] &&
    grep -q "^STS 2" "$RIG/spool/sts/changed.example"' 10
row changed $good "encrypt only, MTA-STS testing 2" "and then the new one"

# But no delivery fails for good by a policy that is not the latest.
policy renewed enforce other.renewed.example
row renewed "$bad" "mx.renewed.example: not named by the MTA-STS policy" \
    "one policy that forbids it"
policy renewed enforce mx.renewed.example
announce renewed 2
row renewed $good "mx.renewed.example: not named by the MTA-STS policy|verify mx.renewed.example, MTA-STS enforce 2" \
    "and a newer one that does not"

# ---- what is no policy ----

broken()		# WHY NAME: a policy that cannot be had is none
{
	number=$((number + 1))
	announce broken "$number"
	row broken $good "encrypt only, no MTA-STS policy: $1" "$2"
}
number=10
file=$RIG/web/mta-sts.broken.example/.well-known/mta-sts.txt
broken "HTTP status 404" "not found"
policy broken enforce other.broken.example
echo 'location /.well-known/ { return 301 https://mta-sts.enforce.example$request_uri; }' \
    >"$RIG/nginx.d/one"
rig_web
broken "HTTP status 301" "a redirection is not followed"
echo 'location /.well-known/ { types { text/html txt; } }' >"$RIG/nginx.d/one"
rig_web
broken "not text/plain but 'text/html'" "another type"
rm "$RIG/nginx.d/one"
rig_web
yes 'mx: mx.broken.example' | sed 3000q >>"$file"
broken "more than 65536 octets" "too long"
echo "hello" >"$file"
broken "that is no policy" "nonsense"
policy broken enforce other.broken.example
sed -i "s/web\.pem/good.pem/; s/web\.key/good.key/" "$RIG/nginx.conf"
rig_web
broken "SSL certificate problem: hostname mismatch" \
    "a web server with another's certificate"
rig_ext="keyUsage = digitalSignature" rig_cert common mta-sts.broken.example
sed -i "s/good\.pem/common.pem/; s/good\.key/common.key/" "$RIG/nginx.conf"
rig_web
broken "SSL certificate problem: hostname mismatch" \
    "a web server whose certificate has the name as its common name alone"
sed -i "s/common\.pem/self.pem/; s/common\.key/self.key/" "$RIG/nginx.conf"
rig_web
broken "SSL certificate problem: self-signed certificate" \
    "a web server that nobody vouches for"
rig_stop web
broken "Failed to connect to mta-sts.broken.example port 443 after 0 ms: Couldn't connect to server" \
    "no web server"
sed -i "s/self\.pem/web.pem/; s/self\.key/web.key/" "$RIG/nginx.conf"
rig_web
number=$((number + 1))
announce broken "$number"
row broken "$bad" "mx.broken.example: not named by the MTA-STS policy" \
    "at last it can be had"

# One that swallows all: who waits for it waits no longer than for any other
# look-up, and hardly at all when the program shall end.
rig_stop web
rig_silent web 127.0.0.1 443
rig_stop forwarder
configure encrypt "connect_timeout = 2s"
rig_forwarder
carry silent
like "$rig_result: $why" \
    "^$good: encrypt only, no MTA-STS policy: .*([Tt]imed out|[Tt]imeout)" \
    "a web server that does not answer"
rig_stop forwarder
configure encrypt
rig_forwarder
rig_send sender@client.example silent@corp.example
rig_wait "ss -Htn state syn-sent 'dport = :443' | grep -q ." 10
start=$(date +%s%3N)
rig_stop forwarder
ok "who asks it ends when told to" test $(($(date +%s%3N) - start)) -lt 5000
rig_stop web
rig_web
rig_forwarder
ok "and the copy goes out later" rig_wait '[ "$(rig_waiting)" = 0 ]' 10

# ---- with other settings ----

rig_stop forwarder
configure verify "mta_sts = no"
rig_forwarder
row unnamed $good "verify mx.unnamed.example" "mta_sts = no: it does not count"
rig_stop forwarder
configure verify
rig_forwarder
row enforce $good "verify mx.enforce.example, MTA-STS enforce 1" "with verify"
row testing-bad "$bad" "verify mx.testing-bad.example, MTA-STS testing 1, which does not name it, which would fail: self-signed certificate|$failed" \
    "verify is verify, also where the policy is being tested"
rig_stop forwarder
configure secure
rig_forwarder
row unnamed $good "secure unnamed.example" \
    "secure names the certificate itself, and asks for no policy"
rig_stop forwarder
configure encrypt "intake_route = [mx.unnamed.example]:25"
rig_forwarder
row unnamed $good "encrypt only" "nor does who was told the way"
rig_stop forwarder

# What was not looked at when a session began is looked at when more is asked.
configure encrypt
rig_forwarder
carry testing-bad
policy testing-bad enforce '*.testing-bad.example'
announce testing-bad 2
row testing-bad $good "encrypt only, MTA-STS testing 1, which does not name it, which would fail: self-signed certificate" \
    "testing, by a session of before"
is "$(sed -n 's/.* tls TLS.* resumed \([a-z]*\).*/\1/p' "$RIG/bad.journal" |
    tail -n 1)" yes "which is resumed"
ok "then the policy is enforced" \
    rig_wait 'grep -q "^STS 2" "$RIG/spool/sts/testing-bad.example"' 10
row testing-bad "$bad" "verify mx.testing-bad.example, MTA-STS enforce 2|$failed" \
    "and such a session is no way past it"
rig_stop forwarder
done_testing
