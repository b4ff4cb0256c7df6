#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# blame - whom a bad answer concerns: a message, and then no other suffers, nor
# the connection; or the site, and then the copies that were not tried wait,
# while few connections probe it, and are all delivered when it is back
. "$(dirname "$0")/../rig/rig.sh"

rig_up blame
rig_ca
rig_dns
rig_intake intake
copies=200

# meet PARAMETERS OPTIONS - another intake, and a forwarder that knows of none
meet()
{
	parameters=$1
	shift
	rig_stop forwarder
	rig_stop intake
	rm -rf "$RIG/spool" "$RIG/intake" "$RIG/intake.journal"
	: >"$RIG/tdc.log"
	rig_intake intake "$@"
	rig_conf <<-EOF
		idle_timeout = 500ms
		$parameters
	EOF
}

drained()
{
	rig_wait '[ "$(rig_waiting)" = 0 ]' 30
}

# fates - delivered, soft_bounced and hard_bounced
fates()
{
	echo "$(rig_counter delivered) $(rig_counter soft_bounced) \
$(rig_counter hard_bounced)"
}

opened()		# connections that the intake has seen
{
	grep -c ' E open$' "$RIG/intake.journal"
}

tried()			# copies with an attempt that failed
{
	find "$RIG/spool/ready" -name '*.[1-9]' | wc -l
}

# ---- the message ----

one="min_connections = 1
max_connections = 1
retry_delay = 60s"

# concerns_one NAME FATES CONNECTIONS OPTIONS - nobody but the copy for other@
# suffers; it takes so many connections
concerns_one()
{
	name=$1
	wanted=$2
	used=$3
	shift 3
	meet "$one
max_messages_per_connection = 1000" "$@"
	rig_fill 5 -s 1000
	rig_fill 1 -i other@intake.example -s 100000
	rig_fill 5 -s 1000
	rig_forwarder
	ok "$name: ten are delivered" \
	    rig_wait '[ "$(rig_counter delivered)" = 10 ]' 20
	rig_wait '[ "$(tried)$(rig_counter hard_bounced)" != 00 ]' 5
	is "$(fates)" "$wanted" "$name: one is not"
	is "$(opened)" "$used" "$name: it takes so many connections: $used"
	unlike "$(rig_log)" 'Connection Error' "$name: with which all is well"
	like "$(tdcctl tophosts | tail -n 1)" '^ *1  +the\.tdc\.queue ' \
	    "$name: nor has the site a star"
}

for offer in STARTTLS STARTTLS,PIPELINING STARTTLS,PIPELINING,CHUNKING; do
	concerns_one "its address, $offer" "10 0 1" 1 -o "$offer" \
	    -R "rcpt~other@=550 5.1.1 no such user"
done
# It may be that the intake has had enough of this connection; not of the next.
concerns_one "its address, for now" "10 1 0" 2 \
    -R "rcpt~other@=452 4.2.2 mailbox full"
concerns_one "its size, which is told before" "10 1 0" 1 \
    -o STARTTLS,PIPELINING,CHUNKING,SIZE=50000
is "$(grep -c ' C MAIL' "$RIG/intake.journal")" 10 "so it is not even asked for"
concerns_one "its size, which is told then" "10 1 0" 1 \
    -R "mail+5=552 5.3.4 too big*1"
concerns_one "its content" "10 0 1" 1 -R "final+5=554 5.6.0 no*1"

# A 421 to content, from a site that took other content just now.
meet "retry_delay = 60s" -R "final+1=421 4.7.0 not that*40"
rig_fill 100 -s 1000
rig_forwarder
# Those that follow the first on its connection may also go by another.
ok "421 to the content of some: the others do not wait for them" rig_wait \
    '[ $(($(rig_counter delivered) + $(rig_counter soft_bounced))) = 100 ]' 30
is "$(tried) $(rig_counter hard_bounced)" "$(rig_waiting) 0" \
    "421 to the content of some: for these that was an attempt"
ok "421 to the content of some: for no others" [ "$(rig_waiting)" -le 40 ] &&
    [ "$(rig_waiting)" -ge 30 ]
like "$(tdcctl tophosts | tail -n 1)" '^ *1  +the\.tdc\.queue ' \
    "421 to the content of some: the site has no star"

# ---- the site, for a while ----

# is_back NAME FATES RULE - it has done so twice, and then no more
is_back()
{
	meet "$one" -R "$3"
	sed -i 's/^retry_delay.*/retry_delay = 300ms/' "$RIG/tdc.cf"
	rig_fill 30 -s 1000
	rig_forwarder
	ok "$1, twice: all are gone" drained
	is "$(fates)" "$2" "$1: two suffer, and no other"
	is "$(rig_log | grep -c '^TDC: Connection Error')" 2 \
	    "$1: two lines tell of it"
}

is_back "554 to greeting" "28 0 2" "greeting=554 5.3.2 not today*2"
# what is said to EHLO is not about a message
is_back "554 to ehlo" "30 2 0" "ehlo=554 5.3.2 not today*2"
for step in greeting ehlo; do
	is_back "451 to $step" "30 2 0" "$step=451 4.3.2 not now*2"
done
for step in greeting ehlo starttls mail rcpt bdat final; do
	is_back "421 to $step" "30 2 0" "$step=421 4.3.2 going down*2"
done
is_back "hang-up at MAIL" "30 2 0" "mail=close*2"

# ---- the site, all the time ----

# is_away RULE - it does so again and again
is_away()
{
	meet "retry_delay = 60s" -R "$1"
	rig_fill $copies -s 1000
	rig_forwarder
	rig_wait 'rig_log | grep -q "^TDC: Connection Error"' 10
	ok "$1: it has a star" \
	    rig_wait 'tdcctl tophosts | grep -q "^ *1\* "' 5
	# Probes follow after one second and two.
	sleep 2
	diag "$1: $(tried) were tried, by $(opened) connections"
	ok "$1: a few were tried in vain" [ "$(tried)" -le 8 ]
	ok "$1: by few connections" [ "$(opened)" -le 10 ]
	is "$(rig_waiting)" $copies "$1: all are there"
	rig_stop intake
	rig_intake intake
	tdcctl flush >/dev/null
	ok "$1: when it is back, all are delivered" drained
	is "$(rig_counter delivered) $(rig_counter hard_bounced)" "$copies 0" \
	    "$1: each of them"
}

for rule in "greeting=421 4.3.2 no" "mail=421 4.3.2 no" \
    "final=421 4.3.2 no" "mail=close" "final=lost"; do
	is_away "$rule"
done

# What it offers tells us not to send a copy; it has not answered one by that.
meet "retry_delay = 60s" -o STARTTLS,PIPELINING,CHUNKING,SIZE=5000 \
    -R "mail=421 4.3.2 no"
for i in 1 2 3 4 5 6 7 8 9 10; do
	rig_fill 2 -s 10000
	rig_fill 10 -s 1000
done
rig_forwarder
rig_wait 'rig_log | grep -q "^TDC: Connection Error"' 10
sleep 2
diag "too large for it: $(tried) others were tried, by $(opened) connections"
ok "too large for it: few others are tried in vain" [ "$(tried)" -le 8 ]
ok "too large for it: by few connections" [ "$(opened)" -le 10 ]
done_testing
