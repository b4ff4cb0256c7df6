#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# http - one request of HTTP and its answer: limits, deadlines, trust, and what
# an error says
. "$(dirname "$0")/../rig/rig.sh"

rig_up http
rig_ca
rig_cert server api.example
rig_cert client gateway.example
rig_selfsigned other api.example -addext subjectAltName=DNS:api.example
rig_cert old localhost
openssl x509 -req -in "$RIG/old.csr" -CA "$RIG/ca.pem" -CAkey "$RIG/ca.key" \
    -days -1 -extfile "$RIG/old.ext" -out "$RIG/old.pem" 2>>"$RIG/err/openssl"
rig_cert here localhost
rig_ext="keyUsage = digitalSignature" rig_cert common localhost

# canned NAME [CERT KEY [CA]]: its port becomes $NAME
canned()
{
	name=$1
	shift
	eval "$name=$(rig_port)"
	eval "port=\$$name"
	: >"$RIG/$name.log"
	# shellcheck disable=SC2154
	rig_start "$name" python3 tests/helpers/canned.py 127.0.0.1 "$port" \
	    "$RIG/$name.log" "$@"
	rig_wait "grep -qs ready $RIG/err/$name.out" 10
}
# ask OPTIONS... URL...: $said, and $took in ms
ask()
{
	began=$(date +%s%3N)
	said=$("$TDC_BUILD/tests/tools/ask" "$@" 2>&1)
	took=$(($(date +%s%3N) - began))
}
canned plain
canned tls "$RIG/here.pem" "$RIG/here.key"
canned strict "$RIG/here.pem" "$RIG/here.key" "$RIG/ca.pem"
canned wrong "$RIG/server.pem" "$RIG/server.key"
canned unknown "$RIG/other.pem" "$RIG/other.key"
canned old "$RIG/old.pem" "$RIG/old.key"
canned common "$RIG/common.pem" "$RIG/common.key"
# shellcheck disable=SC2154
{
	http=http://127.0.0.1:$plain
	https=https://localhost:$tls
}

# ---- what is sent, and what comes back ----

http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 \
    ALL_PROXY=http://127.0.0.1:1
export http_proxy https_proxy ALL_PROXY
ask -a "$RIG/ca.pem" -m POST -b '{"a":1}' -u me -p 'se:cret' -f 'X-Key: k' \
    -f 'Content-Type: application/json' "$https/echo" "$https/echo"
is "$(printf '%s\n' "$said" | tr -d '\r' | grep -v '^Host:\|^Accept:' |
    sed 's/ [0-9]*$/ N/; s/ HTTP.*//' | head -n 10)" "200 text/plain -1 fresh N
certificate
POST /echo
User-Agent: tdc-remediator/$(sed -n 's/^VERSION := //p' Makefile)
X-Key: k
Content-Type: application/json
Authorization: Basic $(printf 'me:se:cret' | base64)
Content-Length: N

{\"a\":1}" "a request has what it is given, and no proxy gets it" ||
    diag "$said"
like "$said" '^200 text/plain -1 kept' "the next one goes over the same connection"
like "$(printf '%s\n' "$said" | grep -c '^certificate')" 2 \
    "whose certificate is still known"
ask -m POST "$http/echo"
unlike "$said" 'Expect|Content-Type|Authorization|Cookie' \
    "nothing is sent that nobody asked for"
ask "$http/status/429-Slow-down" "$http/interim" "$http/login"
is "$(printf '%s\n' "$said" | tr '\n' '|')" "429 a/b 7000 fresh 5|sorry|\
200  -1 kept 0||401  -1 kept 0|Negotiate 'YII='|" \
    "status, media type, Retry-After and challenges"
ask "$http/redirect" "$http/echo"
like "$said" '^302 ' "a redirection is an answer"
unlike "$(cat "$RIG/plain.log")" redirected "and is not followed"
unlike "$said" '^Cookie' "a cookie is not kept"
ask "$http/hangup" "$http/echo"
like "$said" '^200 text/plain -1 fresh' \
    "a connection that was closed meanwhile is made again"

# ---- limits ----

ask -x 1000 "$http/size/1000" "$http/size/1001" "$http/endless"
like "$said" '^200  -1 fresh 1000$' "an answer of just the limit"
is "$(printf '%s\n' "$said" | grep NEVER)" \
    "NEVER: 127.0.0.1:$plain: answer: more than 1000 octets
NEVER: 127.0.0.1:$plain: answer: more than 1000 octets" \
    "one more octet, announced or not, is too much"
ask "$http/fields"
is "$said" "NEVER: 127.0.0.1:$plain: answer: a header of more than 65536 \
octets" "a header without an end"
ask -t 700 "$http/silent" "$http/trickle"
is "$(printf '%s\n' "$said" | sed 's/ timed out .*//')" \
    "LATER: 127.0.0.1:$plain: answer: Operation
LATER: 127.0.0.1:$plain: answer: Operation" "a deadline for all of it"
ok "which is kept ($took ms)" [ "$took" -lt 4000 ]
rig_silent hole 127.0.0.2 81
ask -t 500 "http://127.0.0.2:81/"
like "$said" '^LATER: 127.0.0.2:81: connect: ' "nobody answers a connection"
rig_stop hole
"$TDC_BUILD/tests/tools/ask" -t 60000 "$http/silent" >"$RIG/stopped" &
asking=$!
rig_wait "grep -c silent $RIG/plain.log | grep -q 2" 10
kill "$asking"
began=$(date +%s%3N)
wait "$asking"
took=$(($(date +%s%3N) - began))
is "$(cat "$RIG/stopped")" "LATER: 127.0.0.1:$plain: stopped" \
    "it comes to an end when it is told to"
ok "within two seconds ($took ms)" [ "$took" -lt 2500 ]

# ---- bad answers ----

ask "$http/half" "$http/nothing" "$http/garbage"
is "$(printf '%s\n' "$said" | grep -c "^LATER: 127.0.0.1:$plain: answer: ")" 3 \
    "half an answer, none, and one that is no HTTP" || diag "$said"
unlike "$said" "$(printf '\033')" "whatever it says, nothing goes to a terminal"

# ---- whom to trust ----

# shellcheck disable=SC2154
ask -t 1000 -a "$RIG/ca.pem" "https://localhost:$wrong/echo" \
    "https://localhost:$unknown/echo" "https://localhost:$strict/echo" \
    "https://localhost:$plain/echo"
# TLS 1.3 refuses a client after its first request may be under way.
is "$(printf '%s\n' "$said" | sed 's/^\([^:]*: [^:]*:[0-9]*: [^:]*\):.*/\1/
    s/: request$/: answer/')" \
    "NEVER: localhost:$wrong: TLS
NEVER: localhost:$unknown: TLS
LATER: localhost:$strict: answer
LATER: localhost:$plain: connect" \
    "another name, an unknown CA, no certificate of ours, no TLS at all" ||
	diag "$said"
# shellcheck disable=SC2154
ask -a "$RIG/ca.pem" "https://localhost:$old/echo"
like "$said" '^NEVER: .*: TLS: .*expired' "a certificate that has expired"
is "$(cat "$RIG/wrong.log" "$RIG/unknown.log" "$RIG/strict.log" \
    "$RIG/old.log")" "" "none of them has seen the request"
# shellcheck disable=SC2154
ask -a "$RIG/ca.pem" "https://localhost:$common/echo" \
    "https://127.0.0.1:$common/echo"
is "$(printf '%s\n' "$said" | grep -c '^NEVER: .*: TLS: .*mismatch')" 2 \
    "a name that is only the common name" || diag "$said"
is "$(cat "$RIG/common.log")" "" "nor has that one seen it"
ask -a "$RIG/ca.pem" -c "$RIG/client.pem" -k "$RIG/client.key" \
    "https://localhost:$strict/echo"
like "$said" '^200 ' "with our certificate"
ask -a "$RIG/none.pem" "$https/echo"
like "$said" '^NEVER: .*TLS: .*none.pem' "a file of CAs that is not there"

# ---- what is not asked at all ----

ask -f "X-Key: a
Other: b" "$http/echo"
is "$said" "NEVER: 127.0.0.1:$plain: a header field with a line end" \
    "a field that would be two"
ask http://mx.intake.example/ http://127.0.0.1.example/ ftp://127.0.0.1/ \
    file:///etc/passwd https://me:secret@localhost/ "https://" nonsense
is "$(printf '%s\n' "$said" | sed 's/ .*//' | uniq -c |
    sed 's/^ *//')" "7 NEVER:" "neither what is not https, nor this, nor that" ||
	diag "$said"
unlike "$said" secret "of which no error says more than it may"

done_testing
