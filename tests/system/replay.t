#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# replay - tdcctl policy --replay: where today's tables and parameters would
# decide otherwise about the mail that was, by the history and by logs
. "$(dirname "$0")/../rig/rig.sh"

rig_up replay
rig_ca
rig_dns
rig_intake intake
rig_postfix enable_long_queue_ids=yes \
    "virtual_alias_maps=inline:{alias@corp.example=bob@corp.example}"

mkdir "$RIG/kept"
chown nobody "$RIG/kept"
cat >"$RIG/people" <<-'EOF'
	corp.example		DEFAULT name=Corp
	carol@corp.example	carol@intake.example name=Carol
	dave@corp.example	NO name=Privileged
EOF
postmap "hash:$RIG/people"
echo '/^sales-(.*)@/ sales@intake.example name=Sales' >"$RIG/patterns"
# conf [LINE...] - of tdc.cf
conf()
{
	rig_conf <<-EOF
		history_database = $RIG/kept/history.db
		retry_limit = 0
		log_skipped = yes
		internal_networks = 10.0.0.0/8
		$(printf '%s\n' "$@")
	EOF
}
conf "policy_maps = check_recipient hash:$RIG/people, check_recipient pcre:$RIG/patterns"
rig_milter || exit 1
rig_forwarder || exit 1

# replay OPTION... - with $RIG/new.cf, if there is one; into $RIG/said, and its
# exit status at the end
replay()
{
	proposed=$RIG/new.cf
	[ -e "$proposed" ] || proposed=$RIG/tdc.cf
	{
		"$TDC_BUILD/tdcctl" -c "$proposed" policy --replay "$@" 2>&1
		echo "exit $?"
	} >"$RIG/said"
}
# propose SED - a changed tdc.cf beside the one in force
propose()
{
	sed "$@" "$RIG/tdc.cf" >"$RIG/new.cf"
}
# number NAME - of the summary
number()
{
	sed -n "s/^ *$1  *\([0-9]*\)\$/\1/p" "$RIG/said"
}
numbers()
{
	for number in messages "that differ" recipients same "another intake" \
	    "no longer journaled" "now journaled" "policy name only"; do
		number "$number"
	done | tr '\n' ' '
}
status()
{
	sed -n 's/^exit //p' "$RIG/said"
}

wrong()			# REASON OPTION...
{
	reason=$1
	shift
	is "$(tdcctl policy "$@" 2>&1 | head -n 1)" "tdcctl: policy: $reason" \
	    "wrong: $*"
	tdcctl policy "$@" >/dev/null 2>&1
	is "$?" 64 "is usage"
}
wrong "--since: bad value 'noon'" --replay --since noon
wrong "--replay: --since is not before --until" --replay --since 1d --until 2d
wrong "--replay: only options are taken" --replay a@x.example b@x.example
wrong "-f needs a value" --replay -f
echo "this is no database, and long enough to be seen as none" >"$RIG/damaged"
propose "s,^history_database.*,history_database = $RIG/damaged,"
replay
is "$(status)" 69 "a history that is none"
like "$(cat "$RIG/said")" "tdcctl: $RIG/damaged: " "which is said"
propose 's/^history_database.*/history_database =/'
replay
like "$(cat "$RIG/said")" "^mail of .*$RIG/tdc.log.* from 20" \
    "without a history it is the usual logs"
rm "$RIG/new.cf"

# ---- mail of all kinds ----

rig_send sender@client.example bob@corp.example
rig_send sender@client.example carol@corp.example -t bob@corp.example \
    -t dave@corp.example
rig_send boss@partner.example eve@corp.example -x \
    "ADDR=198.51.100.7 NAME=mx.partner.example"
rig_send sender@client.example sales-east@other.example
rig_send sender@client.example sales-west@other.example
rig_wait '[ "$(tdcctl history --json 2>/dev/null | wc -l)" = 6 ]' 15
is "$(tdcctl history --json | wc -l)" 6 "five messages make six copies"

replay
is "$(numbers)$(status)" "5 0 6 6 0 0 0 0 0" "by the same tables all is the same"

# ---- a row ----

cp "$RIG/people" "$RIG/new"
sed -i 's/^carol.*/carol@corp.example OK@intake.example name=Carol/
    s/^corp.example.*/corp.example DEFAULT name=Company/' "$RIG/new"
echo 'eve@corp.example NO name=Privileged' >>"$RIG/new"
postmap "hash:$RIG/new"
echo '# a comment
/^sales-east@/ east@intake.example
/^sales-/ NO' >"$RIG/news"
propose "s,$RIG/people,$RIG/new,; s,$RIG/patterns,$RIG/news,"
replay
is "$(numbers)$(status)" "5 5 6 0 2 2 0 2 1" "other rows: what differs is counted"
said=$(cat "$RIG/said")
like "$said" "
     2  journal@intake.example \(policy Corp\) -> journal@intake.example \(policy Company\)
        by check_recipient hash:$RIG/new, key corp.example
        for <bob@corp.example>
" "most frequent first, by the key of the row"
like "$said" "carol@intake.example \(policy Carol\) -> OK@intake.example \(policy Carol\)
        by check_recipient hash:$RIG/new, key carol@corp.example
        for <carol@corp.example>
" "another intake"
like "$said" "policy Corp\) -> no copy
        by check_recipient hash:$RIG/new, key eve@corp.example
" "no longer journaled"
like "$said" "sales@intake.example \(policy Sales\) -> no copy
        by check_recipient pcre:$RIG/news, line 3
        for <sales-west@other.example>
" "the line of a pattern"
replay -v
like "$(cat "$RIG/said")" "  queue-id [^ ]+  from <boss@partner.example> to <eve@corp.example>: journal@intake.example \(policy Corp\) -> no copy, by check_recipient hash:$RIG/new, key eve@corp.example
" "-v: every difference"
replay --json
grep -v '^exit ' "$RIG/said" | perl -MJSON::PP -e '
	my @o = map { decode_json($_) } <STDIN>;
	my $sum = pop @o;
	print scalar(@o), " $sum->{messages} $sum->{differ} ",
	    "$sum->{other_intake} $sum->{no_longer_journaled} ",
	    "$sum->{other_policy} $sum->{same}\n";
	for (@o) {
		print join(" ", map { $_ // "null" } @$_{qw(difference mid
		    recipient was_intake was_policy intake policy by)}), "\n"
		    if $_->{recipient} =~ /^(?:eve|sales-east)/;
	}' >"$RIG/objects"
is "$(cat "$RIG/objects")" "6 5 5 2 2 2 0
no_longer_journaled 4 eve@corp.example journal@intake.example Corp null null check_recipient hash:$RIG/new, key eve@corp.example
other_intake 5 sales-east@other.example sales@intake.example Sales east@intake.example /^sales-east@/ check_recipient pcre:$RIG/news, line 2" \
    "--json: an object for each, and the summary"

# ---- a parameter ----

propose 's/^internal_networks.*/internal_networks = 198.51.100.0\/24/'
replay
is "$(numbers)$(status)" "5 1 6 5 0 1 0 0 1" "a network that is now internal"
like "$(cat "$RIG/said")" "-> no copy
        by internal_networks \($RIG/new.cf:[0-9]+\)
        for <eve@corp.example>
" "and where that stands"
propose '/^policy_maps/d'
echo "max_message_size = 1" >>"$RIG/new.cf"
replay
like "$(cat "$RIG/said")" "by max_message_size \($RIG/new.cf:[0-9]+\)" "the size"
propose "s,^policy_maps.*,policy_maps = check_client cidr:$RIG/nets,"
echo '192.0.2.0/24 NO' >"$RIG/nets"
echo 'default_policy = DEFAULT' >>"$RIG/new.cf"
replay
like "$(cat "$RIG/said")" "by check_client cidr:$RIG/nets, line 1" "the client is asked for"
like "$(cat "$RIG/said")" "by default_policy \($RIG/new.cf:[0-9]+\)" "default_policy"
is "$(number "no longer journaled")" 5 "all but those of the other client"
propose 's/^policy_maps.*/policy_maps = check_recipient hash:\/nowhere/'
replay
is "$(status)" 78 "a table that is not there"
rm "$RIG/new.cf"
replay --until 1h
is "$(numbers)$(status)" "0 0 0 0 0 0 0 0 0" "nothing is that old"
replay --since 2020-01-01 --until "$(date -d '1 hour' +%FT%T)"
is "$(number messages)" 5 "a time that they are in"

# ---- by logs, which know of mail without a copy, too ----

removed()
{
	rig_wait "[ \"\$(grep -c ': removed' $RIG/maillog)\" = $1 ]" 10
}
rig_send sender@client.example dave@corp.example
rig_send insider@corp.example frank@corp.example -x \
    "ADDR=10.1.2.3 NAME=pc.corp.example"
rig_send sender@client.example alias@corp.example
# one that is refused has a client, and nothing more
rig_send sender@client.example erased@elsewhere.example >/dev/null 2>&1
removed 8
rig_log >/dev/null
by_logs()
{
	replay -f "$RIG/maillog" -f "$RIG/tdc.log" "$@"
}
by_logs
is "$(numbers)$(status)" "8 0 10 10 0 0 0 0 0" "the logs have all mail, and all is the same"
like "$(cat "$RIG/said")" "^mail of $RIG/maillog, $RIG/tdc.log
assumed: all mail that came by SMTP was shown to tdc-milter
" "which is what is taken for granted"
replay -f "$RIG/tdc.log" -f "$RIG/maillog"
is "$(numbers)$(status)" "8 0 10 10 0 0 0 0 0" "in any order of the logs"
replay -f "$RIG/mail_logs"
is "$(numbers)$(number "not compared") $(status)" "7 0 9 9 0 0 0 0 1 0" \
    "mail_logs_file has those of our lines that name recipients"

sed 's/^dave.*/dave@corp.example DEFAULT name=All/' "$RIG/people" >"$RIG/new"
echo 'alias@corp.example NO' >>"$RIG/new"
postmap "hash:$RIG/new"
propose "s,$RIG/people,$RIG/new,; s/^internal_networks.*/internal_networks =/"
by_logs
is "$(numbers)$(status)" "8 4 10 6 0 1 3 0 1" "now journaled, or no longer"
said=$(cat "$RIG/said")
like "$said" "
     2  no copy -> journal@intake.example \(policy All\)
        by check_recipient hash:$RIG/new, key dave@corp.example
        for <dave@corp.example>
" "for who had none by his row, alone and among others"
like "$said" "
     1  no copy: client in internal_networks -> journal@intake.example \(policy Corp\)
        by check_recipient hash:$RIG/new, key corp.example
        for <frank@corp.example>
" "for whose client is no longer inside"
like "$said" "journal@intake.example \(policy Corp\) -> no copy
        by check_recipient hash:$RIG/new, key alias@corp.example
        for <alias@corp.example>
" "by the address that the client gave, and not by what it stands for"
by_logs --json
is "$(perl -MJSON::PP -ne '$o = decode_json($_) if /^{/; END { print join " ",
    @$o{qw(source messages now_journaled no_longer_journaled not_compared)} }' \
    "$RIG/said")" "logs 8 3 1 0" "--json"
by_logs --since "$(date -d '1 hour' +%FT%T)"
is "$(numbers)$(status)" "0 0 0 0 0 0 0 0 0" "--since"
rm "$RIG/new.cf"
gzip -c "$RIG/maillog" | head -c 100 >"$RIG/log.gz"
replay -f "$RIG/nowhere" -f "$RIG/tdc.log" -f "$RIG/log.gz" -f "$RIG/maillog"
is "$(numbers)$(status)" "8 0 10 10 0 0 0 0 66" "what cannot be read is no reason to stop"
like "$(cat "$RIG/said")" "tdcctl: $RIG/nowhere: No such file" "but is told"

# ---- a copy that has gone to another intake ----

conf "policy_maps = check_recipient hash:$RIG/people, check_recipient pcre:$RIG/patterns" \
    "alternate_intake_address = spare@intake.example"
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 5
rig_stop intake
rig_send sender@client.example bob@corp.example
rig_wait '[ "$(tdcctl history --json 2>/dev/null | wc -l)" = 9 ]' 15
replay
is "$(numbers)$(status)" "7 0 8 8 0 0 0 0 0" "counts as that which the policy chose"
done_testing
