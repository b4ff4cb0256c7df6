# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154,SC2034
#
# rig_journey - the life of a message in a mail store, by tests/tools/boxes;
# sourced after rig.sh and imapstores.sh
#
#	cat >"$RIG/profiles" ...	-- dovecot-own, dovecot-other, ...
#	journeys dovecot alice@corp.example Work
#
# Of a store there are two profiles, for the two places of a quarantine: a folder
# of the owner's own, and another account.

DONE=0 GONE=1 NOBODY=2 LOCKED=3 NEVER=4 UNFINISHED=5 LATER=75
known=
id="<bad.one@client.example>"
letters()		# FILES that a journey needs
{
	rig_letter "$RIG/bad" "bad one"
	rig_letter "$RIG/good" "a good one" "In-Reply-To: $id" "References: $id"
	# one whose id has the other's in it
	rig_letter "$RIG/near" "x bad one"
	sed -i 's/^Message-ID: .*/Message-ID: <x,bad.one@client.example>\r/' \
	    "$RIG/near"
	printf 'Received: from a by b\r\n\tid 4Qu3u3; now\r\nSubject: q\r\n\r\nHi.\r\n' \
	    >"$RIG/queued"
	# the same size
	printf 'Received: from a by b\r\n\tid 4Qu3u31;now\r\nSubject: q\r\n\r\nHi.\r\n' \
	    >"$RIG/other"
}
date="26-Nov-2026 10:00:00 +0100"
epoch=1795683600

# boxes VERB PROFILE OWNER ARGUMENT... - $said, $status; $known: as whom the
# profile got in before
boxes()
{
	said=$("$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" -t 30 \
	    ${known:+-k "$known"} "$RIG/profiles" "$@" 2>"$RIG/complained")
	status=$?
}

# hits - folders of what was found, in one line
hits()
{
	echo "$said" | cut -f1 | paste -sd' '
}

as_alice()		# STORE VERB ARGUMENT...: see tests/helpers/imap.py
{
	as=$1
	shift
	if [ "$as" = dovecot ]; then
		python3 tests/helpers/imap.py "$imaps_port" \
		    alice@corp.example secret - "$@"
	else
		rig_imap "$as" alice "$@"
	fi
}

# journey PROFILE OWNER WORK - the whole life of two copies
journey()
{
	profile=$1
	store=${1%-*}
	owner=$2
	work=$3

	boxes test "$profile" "$owner"
	is "$status" $DONE "$profile: the connection is tested"
	like "$said" "logged in as $owner, folders: 2, quarantine: " "... and told"
	unlike "$(as_alice "$store" folders)" Entfernt "... without a trace"

	boxes find "$profile" "$owner" "$id"
	is "$status $(hits)" "$DONE INBOX $work" "$profile: both are found, no other"
	line=$(echo "$said" | grep "^$work")
	folder=$(echo "$line" | cut -f1)
	key=$(echo "$line" | cut -f4)
	is "$(echo "$line" | cut -f3)" $epoch "... and when it was received"
	boxes header "$profile" "$owner" "$folder" "$key"
	is "$said" "$(sed '/^.$/q' "$RIG/bad")" "... its header"
	boxes raw "$profile" "$owner" "$folder" "$key"
	is "$said" "$(cat "$RIG/bad")" "... all of it"
	boxes raw "$profile" "$owner" "$folder" "$key" 100
	is "$status" 4 "... unless it is too large"
	is "$(as_alice "$store" show "$work")" "\$Label \\Flagged $epoch" \
	    "... and looking has changed nothing"

	boxes moved "$profile" "$owner" "$folder" "$key" "$id"
	is "$status" $GONE "$profile: not moved yet"
	boxes quarantine "$profile" "$owner" "$folder" "$key"
	handle=$said
	is "$status" $DONE "$profile: moved away" || cat "$RIG/complained"
	is "$(as_alice "$store" count "$work")" 0 "... it is not there any more"
	is "$(as_alice "$store" count INBOX)" 3 "... and all others are"
	boxes find "$profile" "$owner" "$id"
	is "$(hits)" INBOX "... nor is it found"
	boxes moved "$profile" "$owner" "$folder" "$key" "$id"
	is "$said" "$handle" "... after a crash its handle is found again"
	boxes quarantine "$profile" "$owner" "$folder" "$key"
	is "$status" $GONE "... and it is moved but once"
	unlike "$(as_alice "$store" folders)" '^\+.*Entfernt' \
	    "... nobody has subscribed to a folder"

	boxes restore "$profile" "$owner" "$handle"
	is "$status" $DONE "$profile: brought back" || cat "$RIG/complained"
	is "$(as_alice "$store" show "$work")" "\$Label \\Flagged $epoch" \
	    "... with its flags and its date"
	is "$(as_alice "$store" body "$work")" "$(cat "$RIG/bad")" \
	    "... octet for octet"
	boxes restore "$profile" "$owner" "$handle"
	is "$status" $GONE "... once"

	# Away again, and its folder goes meanwhile.
	boxes find "$profile" "$owner" "$id"
	key=$(echo "$said" | grep "^$work" | cut -f4)
	boxes quarantine "$profile" "$owner" "$folder" "$key"
	handle=$said
	is "$status" $DONE "$profile: away again" || cat "$RIG/complained"
	as_alice "$store" delete "$work"
	boxes restore "$profile" "$owner" "$handle"
	is "$status" $DONE "$profile: its folder is gone" || cat "$RIG/complained"
	is "$(as_alice "$store" count INBOX)" 4 "... it comes into the inbox"
	as_alice "$store" create "$work"

	# Purged: for good, and nothing else.
	boxes find "$profile" "$owner" "$id"
	is "$(hits)" "INBOX INBOX" "$profile: two in one folder"
	echo "$said" | cut -f4 >"$RIG/keys"
	boxes quarantine "$profile" "$owner" INBOX "$(sed -n 1p "$RIG/keys")"
	first=$said
	boxes quarantine "$profile" "$owner" INBOX "$(sed -n 2p "$RIG/keys")"
	second=$said
	is "$(as_alice "$store" count INBOX)" 2 "... both are moved"
	boxes purge "$profile" "$owner" "$first"
	is "$status" $DONE "$profile: purged" || cat "$RIG/complained"
	boxes restore "$profile" "$owner" "$second"
	is "$status" $DONE "... and the other one is there yet"
	boxes purge "$profile" "$owner" "$second"
	is "$status" $GONE "... but not in the quarantine"
	is "$(as_alice "$store" count INBOX)" 3 "... and back"
	as_alice "$store" delete "$work"
	as_alice "$store" empty INBOX
	queued
}

# queued - two that have no Message-ID, but a queue id
queued()
{
	as_alice "$store" create "$work"
	as_alice "$store" append "$work" "$RIG/queued" '\Flagged' "$date" 2
	as_alice "$store" append "$work" "$RIG/other" '' "$date"
	boxes find-queue-id "$profile" "$owner" 4Qu3u3
	is "$status $(hits)" "$DONE $work $work" "$profile: found by a queue id"
	echo "$said" | cut -f4 >"$RIG/keys"
	key=$(sed -n 1p "$RIG/keys")
	boxes find-queue-id "$profile" "$owner" 4Qu3u3 $((epoch + 1))
	is "$status $said" "$DONE " "... since then"
	boxes find-queue-id "$profile" "$owner" '*'
	is "$status" 4 "... which is no pattern"
	boxes moved "$profile" "$owner" "$folder" "$key" ''
	is "$status" $GONE "... not moved yet"
	boxes quarantine "$profile" "$owner" "$folder" "$key"
	handle=$said
	is "$status $(as_alice "$store" count "$work")" "$DONE 2" "... moved away"
	boxes moved "$profile" "$owner" "$folder" "$key" ''
	is "$said" "$handle" "... after a crash its handle is found again"
	boxes restore "$profile" "$owner" "$handle"
	is "$status $(as_alice "$store" count "$work")" "$DONE 3" "... brought back"
	boxes find-queue-id "$profile" "$owner" 4Qu3u3
	boxes quarantine "$profile" "$owner" "$folder" \
	    "$(echo "$said" | sed -n 1p | cut -f4)"
	boxes purge "$profile" "$owner" "$said"
	is "$status $(as_alice "$store" count "$work")" "$DONE 2" "... purged"
	as_alice "$store" delete "$work"
}

journeys()		# STORE OWNER WORK
{
	for place in other own; do
		as_alice "$1" create "$3"
		as_alice "$1" append "$3" "$RIG/bad" '\Flagged $Label' "$date"
		as_alice "$1" append INBOX "$RIG/bad" '\Seen' "$date"
		as_alice "$1" append INBOX "$RIG/good" '\Deleted' "$date"
		as_alice "$1" append INBOX "$RIG/near" '' "$date"
		journey "$1-$place" "$2" "$3"
	done
}

row()			# PROFILE OWNER STATUS PATTERN NAME
{
	boxes test "$1" "$2"
	is "$status" "$3" "$5" && like "$(cat "$RIG/complained")" "$4" "... $1"
}
