# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# etd - the API of Secure Email Threat Defense in the private mail world
#
#	rig_up remediate; rig_ca
#	rig_etd
#	rig_conf <<-EOF
#		$(rig_etd_conf)
#	EOF
#	rig_etd_message 1 '<id@client.example>' phishing user@corp.example
#	rig_etd_message 1 '<id@client.example>' neutral user@corp.example
#	rig_etd_fault search 2 status 429 1
#	rig_etd_asked
#	is "$rig_asked" "search 429"
#
# tests/helpers/etd.py is the double; what it heard is a line of JSON each in
# $RIG/etd/log.

rig_etd()		# start it; its credentials are in $RIG/etd.credentials
{
	etd_port=${etd_port:-$(rig_port)}
	[ -e "$RIG/etd.pem" ] || rig_cert etd localhost
	mkdir -p "$RIG/etd/messages"
	: >"$RIG/etd/log"
	printf '%s\n' "client_id = d7a7-client" "password = pass=word #1 %" \
	    "api_key = Key0123456789" >"$RIG/etd/credentials"
	rig_etd_credentials "$RIG/etd/credentials"
	rm -f "$RIG/err/etd.out"
	rig_start etd /usr/bin/python3 -B tests/helpers/etd.py \
	    "${etd_address:-127.0.0.1}" "$etd_port" "$RIG/etd.pem" \
	    "$RIG/etd.key" "$RIG/etd"
	rig_wait "grep -qs ready $RIG/err/etd.out" 10
}

rig_etd_credentials()	# FILE: what the gateway believes they are
{
	install -o nobody -m 600 "$1" "$RIG/etd.credentials"
}

rig_etd_conf()		# lines for tdc.cf
{
	cat <<-END
		api_url = https://localhost:$etd_port
		api_credentials_file = $RIG/etd.credentials
		api_polling = yes
		remediation_user = nobody
		remediation_database = $RIG/remediate/state.db
	END
}

# rig_etd_message ID MESSAGE-ID VERDICT MAILBOX [FIELD...] - or replace it; a
# FIELD is a pair of JSON, such as '"direction": "incoming"', and wins over what
# is here.  It is $etd_age seconds old, by default an hour; $etd_named is an
# object of JSON in place of the usual verdict.
rig_etd_message()
{
	rig_id=$1
	rig_verdict="{\"category\": \"$3\", \"isRetroVerdict\": true}"
	rig_at=$(date -u -d "-${etd_age:-3600} seconds" +%Y-%m-%dT%H:%M:%S.123456789Z)
	{
		printf '{"id": "%s", "internetMessageId": "%s",\n' "$1" "$2"
		printf '"verdict": %s,\n' "${etd_named:-$rig_verdict}"
		printf '"mailboxes": ["%s"], "timestamp": "%s",\n' "$4" "$rig_at"
		printf '"direction": "incoming", "subject": "about %s",\n' "$1"
		printf '"fromAddress": "sender@client.example",\n'
		printf '"secureEmailGateway": {"gatewayType": "custom",\n'
		printf ' "headerName": "X-IronPort-RemoteIP",\n'
		printf ' "originalCIP": "192.0.2.10"}'
		shift 4
		[ $# -eq 0 ] || printf ',\n%s' "$@"
		printf '}\n'
	} >"$RIG/etd/messages/new"
	mv "$RIG/etd/messages/new" "$RIG/etd/messages/$rig_id.json"
}

rig_etd_forget()	# ID: it has never been there
{
	rm "$RIG/etd/messages/$1.json"
}

rig_etd_conduct()	# LINE...: see tests/helpers/etd.py; none: as it should be
{
	printf '%s\n' "$@" >"$RIG/etd/conduct"
}

# rig_etd_fault PATH TIMES WHAT [ARGUMENT...] - for the next requests, in place of
# what was to come
rig_etd_fault()
{
	# The same again is another one.
	rig_etd_round=$((${rig_etd_round:-0} + 1))
	printf '%s\n' "$*" "round $rig_etd_round" >"$RIG/etd/faults.new"
	mv "$RIG/etd/faults.new" "$RIG/etd/faults"
}

# rig_etd_asked - the requests since it was called last: in $rig_asked "PATH
# STATUS" each, one a line
rig_etd_asked()
{
	rig_etd_lines=$(wc -l <"$RIG/etd/log")
	rig_asked=$(sed -n "$((${rig_etd_seen:-0} + 1)),${rig_etd_lines}p" \
	    "$RIG/etd/log" | sed 's/.*"path": "[^"]*\/\([a-z]*\)", "status": \([0-9]*\).*/\1 \2/')
	rig_etd_seen=$rig_etd_lines
}
