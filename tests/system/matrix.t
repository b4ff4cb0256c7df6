#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# matrix - every step of a conversation, every way to fail there, with and
# without PIPELINING and CHUNKING: how often it is tried, what becomes of the
# copy, in the log and in the counters
#
# tests/tools/adversary.c is some three hundred intakes, which one forwarder
# meets all at once; beside them, at ::1, one that does as it should.
. "$(dirname "$0")/../rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up matrix
rig_ca
RIG_MX=yes
"$TDC_BUILD/tests/adversary" -L >"$RIG/names"
# shellcheck disable=SC2046
rig_dns mx-host=good.example,mx.intake.example,10 \
    host-record=mx.intake.example,::1 \
    $(sed 's/\([^ ]*\) \(.*\)/host-record=\1.bad.example,\2/' "$RIG/names")
rig_start adversary "$TDC_BUILD/tests/adversary" -C "$RIG/cert.pem" \
    -K "$RIG/cert.key"
rig_wait "grep -q listening $RIG/err/adversary.out" 10
rig_intake good -l "[::1]:25"
rig_conf <<-EOF
	tls_policy = encrypt
	min_connections = 1
	max_connections = 100
	retry_delay = 300ms
	command_timeout = 4s
EOF

# The copies, in the order of the list: the MID tells the line.
mkdir -p "$RIG/spool"
sed 's/\([^ ]*\) .*/copy@\1.bad.example/' "$RIG/names" >"$RIG/intakes"
count=$(wc -l <"$RIG/intakes")
"$TDC_BUILD/tests/fill" -s 1000 -I "$RIG/intakes" "$RIG/spool"
first=$(find "$RIG/spool/ready" -type f | sed 's,.*/,,' | sort | head -n 1)
ok "the forwarder starts" rig_forwarder

# Good ones arrive all the while.
goods=0
until [ "$(rig_log | grep -c 'Message finished MID .* aborted')" -ge \
    "$count" ] || [ "$goods" -ge 300 ]; do
	"$TDC_BUILD/tests/fill" -s 1000 -i copy@good.example "$RIG/spool"
	goods=$((goods + 1))
	sleep 0.2
done
ok "the $goods good copies are delivered meanwhile" \
    rig_wait "[ \$(rig_count good) -eq $goods ]" 20

# What should become of each: the retry table of verdict.h.
awk '
	BEGIN {
		split("550 HARD 503 SOFT 552 SOFT 451 SOFT 421 SOFT " \
		    "injection HARD", list, " ")
		for (i = 1; i in list; i += 2)
			code[list[i]] = list[i + 1]
	}
	{
		split($1, word, "-")
		class = word[2] in code ? code[word[2]] : "NETWORK"
		# a refusal of STARTTLS is no TLS, and so is what does not
		# look like a handshake; 421 is not about TLS
		if (word[1] == "starttls" && word[2] in code &&
		    word[2] != "421")
			class = "TLS"
		if (word[1] == "handshake" && word[2] != "silence" &&
		    word[2] != "half")
			class = "TLS"
		print $1, class, class == "HARD" || class == "TLS" ? 1 : 2
	}' "$RIG/names" >"$RIG/wanted.list"

# What did.
mid=$(printf '%d' "0x${first%%.*}")
rig_log >"$RIG/lines"
while read -r name _; do
	end=$(sed -n "s/^TDC: MID $mid delivery failed to [^:]*: *//p
		s/^TDC: MID $mid successfully delivered.*/DELIVERED/p" \
		"$RIG/lines")
	case $end in
	"Hard Bounced.") class=HARD ;;
	"Retries Exhausted.") class=SOFT ;;
	"Connection Error.") class=NETWORK ;;
	"TLS Error.") class=TLS ;;
	*) class="'$end'" ;;
	esac
	echo "$name $class $(grep -cx -- "$name" "$RIG/err/adversary.out")"
	mid=$((mid + 1))
done <"$RIG/names" >"$RIG/got.list"
while read -r wanted && read -r got <&3; do
	is "$got" "$wanted" "$wanted"
done <"$RIG/wanted.list" 3<"$RIG/got.list"

# The counters tell the same.
counter()
{
	tdcctl status --json | sed -n "s/^ *\"$1\": \([0-9]*\),*\$/\1/p"
}
total()			# CLASS: how many copies
{
	grep -c " $1 " "$RIG/wanted.list"
}
is "$(counter hard_bounced_5xx)" "$(total HARD)" "counter of hard bounces"
is "$(counter hard_bounced_tls)" "$(total TLS)" "counter of TLS errors"
is "$(counter hard_bounced_retries)" "$(total SOFT)" "counter of retries"
is "$(counter hard_bounced_network)" "$(total NETWORK)" \
    "counter of connection errors"
is "$(counter hard_bounced)" "$count" "counter of all that were given up"
is "$(counter delivered)" "$goods" "only good copies count as delivered"
is "$(tr -d '\n -~' <"$RIG/tdc.log" | wc -c)" 0 \
    "the log is lines of printable ASCII"
is "$(rig_log | grep -c '^TDC: MID 1 successfully')" 0 \
    "no intake writes a line of ours"
held=$(rig_vmhwm forwarder)
diag "tdc-forwarder held $((held / 1024)) MB at most"
case $TDC_BUILD in
*/build) ok "none of them made it hold 30 MB" [ "$held" -lt 30720 ] ;;
*) ok "none of them made it hold 30 MB # SKIP sanitizer" true ;;
esac
done_testing
