#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# matrix - every step of a conversation, every way to fail there, with and
# without PIPELINING and CHUNKING: how often it is tried, what becomes of the
# copy, each line of the log that tells of it, and the counters
#
# tests/tools/adversary.c is some three hundred intakes, which one forwarder
# meets all at once; beside them, at ::1, one that does as it should.
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up matrix
rig_ca
RIG_MX=yes
"$TDC_BUILD/tests/tools/adversary" -L >"$RIG/names"
# nobody is there, there is no way there, and whoever is there is silent
printf 'connect-%s-any %s\n' refused fd00::2 unreachable 192.0.2.2 \
    silence fd00::3 >>"$RIG/names"
ip -6 addr add fd00::2/128 dev lo
ip -6 addr add fd00::3/128 dev lo
rig_silent hole fd00::3 25
# shellcheck disable=SC2046
rig_dns mx-host=good.example,mx.intake.example,10 \
    host-record=mx.intake.example,::1 \
    $(sed 's/\([^ ]*\) \(.*\)/host-record=\1.bad.example,\2/' "$RIG/names")
rig_start adversary "$TDC_BUILD/tests/tools/adversary" -C "$RIG/cert.pem" \
    -K "$RIG/cert.key"
rig_wait "grep -q listening $RIG/err/adversary.out" 10
rig_intake good -l "[::1]:25"
rig_conf <<-EOF
	tls_policy = encrypt
	min_connections = 1
	max_connections = 100
	retry_delay = 300ms
	connect_timeout = 4s
	command_timeout = 4s
EOF

# The copies, in the order of the list: the MID tells the line.
mkdir -p "$RIG/spool"
sed 's/\([^ ]*\) .*/copy@\1.bad.example/' "$RIG/names" >"$RIG/intakes"
count=$(wc -l <"$RIG/intakes")
"$TDC_BUILD/tests/tools/fill" -s 1000 -I "$RIG/intakes" "$RIG/spool"
first=$(find "$RIG/spool/ready" -type f | sed 's,.*/,,' | sort | head -n 1)
ok "the forwarder starts" rig_forwarder

# Good ones arrive all the while.
goods=0
until [ "$(rig_log | grep -c 'Message finished MID .* aborted')" -ge \
    "$count" ] || [ "$goods" -ge 300 ]; do
	"$TDC_BUILD/tests/tools/fill" -s 1000 -i copy@good.example "$RIG/spool"
	goods=$((goods + 1))
	sleep 0.2
done
ok "the $goods good copies are delivered meanwhile" \
    rig_wait "[ \$(rig_count good) -eq $goods ]" 20

# What should become of each, by the retry table of verdict.h; how often that
# is tried; and what the log tells, in the words of tests/helpers/stories.pl.
awk '
	BEGIN {
		split("550 HARD 503 SOFT 552 SOFT 451 SOFT 421 SOFT " \
		    "injection HARD", list, " ")
		for (i = 1; i in list; i += 2)
			code[list[i]] = list[i + 1]
		split("hangup lost reset lost renegotiation lost " \
		    "refused lost unreachable lost " \
		    "silence timeout half timeout drip timeout " \
		    "rekeying timeout tickets timeout", list, " ")
		for (i = 1; i in list; i += 2)
			trouble[list[i]] = list[i + 1]
	}
	{
		split($1, word, "-")
		step = word[1]
		how = word[2]
		class = how in code ? code[how] : "NETWORK"
		# what is said to EHLO is not about the copy
		if (step ~ /^(ehlo|again)/ && class == "HARD")
			class = "SOFT"
		# a refusal of STARTTLS is no TLS, and so is what does not
		# look like a handshake; 421 is not about TLS
		if (step == "starttls" && how in code && how != "421")
			class = "TLS"
		if (step == "handshake" && how != "silence" && how != "half")
			class = "TLS"
		tries = class == "HARD" || class == "TLS" ? 1 : 2

		reply = how == "injection" ? 550 : how
		begun = step ~ /^(mail|rcpt|data|body|final)$/ ? "start " : ""
		if (class == "TLS")
			told = "tls "
		else if (class == "NETWORK")
			told = (how in trouble ? trouble[how] : "garbled") " "
		else
			# of what blames the site a line of its own tells
			told = begun == "" || how == "421" ? reply " " : ""
		story = begun told
		if (tries == 2)
			story = story "delayed:" (class == "SOFT" ? reply : \
			    "000") " " story
		if (class == "TLS" || class == "NETWORK")
			story = story "last "
		story = story class
		if (class == "HARD" || class == "SOFT")
			story = story " bounced:" reply
		# who is not reached cannot strike
		print $1, step == "connect" ? 0 : tries, story, "aborted"
	}' "$RIG/names" >"$RIG/wanted.list"

# What did.
rig_log | perl tests/helpers/stories.pl "$(printf '%d' "0x${first%%.*}")" \
    "$RIG/names" >"$RIG/stories"
while read -r name story; do
	echo "$name $(grep -cx -- "$name" "$RIG/err/adversary.out") $story"
done <"$RIG/stories" >"$RIG/got.list"
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
is "$(counter soft_bounced)" \
    "$((2 * ($(total SOFT) + $(total NETWORK))))" \
    "counter of attempts that were worth a retry"
is "$(counter delivered)" "$goods" "only good copies count as delivered"
is "$(find "$RIG/spool/failed" -type f | wc -l)" 0 "nothing of them is kept"
is "$(rig_log | grep -c "^TDC: Hard bounced - .* ('550', \['.*'\])\$")" \
    "$(total HARD)" "each hard bounce tells of its reply"
is "$(tr -d '\n -~' <"$RIG/tdc.log" | wc -c)" 0 \
    "the log is lines of printable ASCII"
is "$(rig_log | grep -c '^TDC: MID 1 successfully')" 0 \
    "no intake writes a line of ours"
# Of programs and libraries as much stays as the kernel likes.
held=$(($(rig_vmhwm forwarder) - $(awk '/^RssFile/ { print $2 }' \
    "/proc/$(rig_pid forwarder)/status")))
diag "tdc-forwarder held $held kB at most"
case $TDC_BUILD in
*/build) ok "none of them made it hold 24 MB" [ "$held" -lt 24576 ] ;;
*) ok "none of them made it hold 24 MB # SKIP sanitizer" true ;;
esac
done_testing
