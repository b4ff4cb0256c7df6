# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# rig_exchange - a stub of Exchange Web Services, and mailboxes by hand; sourced
#
#	rig_ca; rig_exchange
#	profiles <<-EOT
#		profile ex type=ews host=localhost:PORT user=... password=...
#	EOT
#	arrive alice@corp.example inbox unread one
#	box ex find alice@corp.example '<one@client.example>'
#	is "$rc $(cat "$RIG/out")" ...

rig_exchange()		# [OPTIONS]: of tests/helpers/ews.py; at $ews_port
{
	ews_port=${ews_port:-$(rig_port)}
	mkdir -p "$RIG/ews/new" "$RIG/letters"
	if [ ! -e "$RIG/exchange.pem" ]; then
		rig_cert exchange mail.corp.example localhost
	fi
	rig_stop exchange
	rm -f "$RIG/err/exchange.out"
	rig_start exchange /usr/bin/python3 tests/helpers/ews.py "$@" \
	    "$ews_port" "$RIG/exchange.pem" "$RIG/exchange.key" "$RIG/ews"
	rig_wait "grep -qs listening $RIG/err/exchange.out" 10
}

profiles()		# from stdin; PORT is ours
{
	sed "s/PORT/$ews_port/" >"$RIG/profiles"
	chmod 600 "$RIG/profiles"
}

# box PROFILE VERB OWNER ARGUMENT... - one call of tests/tools/boxes; its status
# is in $rc, what it said in $RIG/out and $RIG/err/box.  $known: as whom the
# profile got in before
known=
box()
{
	rig_profile=$1
	rig_verb=$2
	shift 2
	"$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" -t "${TIMEOUT:-30}" \
	    ${known:+-k "$known"} \
	    "$RIG/profiles" "$rig_verb" "$rig_profile" "$@" >"$RIG/out" \
	    2>"$RIG/err/box"
	rc=$?
}

# arrive OWNER FOLDER read|unread ID [NAME [FILE]] - a message with that
# Message-ID (ID@client.example) arrives there
arrive()
{
	if [ $# -lt 6 ]; then
		# A name of a file has no slash; what stands in it is the id.
		rig_letter_file=$RIG/letters/$(echo "$4" | tr '/' '_')
		rig_letter "$rig_letter_file" "$4" "Received: from a by b
	with ESMTP; Thu, 26 Nov 2026 10:00:00 +0000"
	else
		rig_letter_file=$6
	fi
	arrived=$((${arrived:-0} + 1))
	cp "$rig_letter_file" "$RIG/ews/new/$1,$2,$3,$arrived"
}

# found PROFILE OWNER MESSAGE-ID FOLDER [N]: the N-th there; its key in $key
found()
{
	box "$1" find "$2" "$3"
	key=$(awk -F '\t' -v folder="$4" '$1 == folder { print $4 }' \
	    "$RIG/out" | sed -n "${5:-1}p")
}

where()			# OWNER ID: lines "FOLDER:read|unread"
{
	awk -F '\t' -v owner="$1" -v id="<$2@client.example>" \
	    '$1 == owner && $5 == id { print $2 ":" $3 }' "$RIG/ews/mail" |
		LC_ALL=C sort
}
