#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# status - what tdcctl status tells of the programs that run, and tdcctl reload
# of what came of it
. "$(dirname "$0")/../rig/rig.sh"

rig_up status
rig_ca
rig_dns
rig_intake intake -q
rig_postfix

json()			# PATH...: a value of status --json, in Perl
{
	tdcctl status --json 2>&1 | sed -n "/^{/,\$p" | perl -MJSON::PP -e '
		local $/; my $v = decode_json(<STDIN>);
		for (@ARGV) { $v = ref $v eq "ARRAY" ? $v->[$_] : $v->{$_} }
		print defined $v ? ref $v eq "ARRAY" ? scalar @$v :
		    JSON::PP::is_bool($v) ? $v ? "true" : "false" : $v :
		    "null"' "$@"
}
# near SECONDS - a time since 1970, not before $before, and not later than now
near()
{
	[ "$1" -ge "$before" ] && [ "$1" -le "$(date +%s)" ]
}
text()			# NAME: what status has behind it, once for each line
{
	tdcctl status | sed -n "s/^ *$1  *//p"
}
ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
}

# ---- nothing runs, nothing was seen ----

before=$(date +%s)
echo "corp.example DEFAULT" >"$RIG/table"
rig_conf <<-EOT
	policy_maps = check_recipient texthash:$RIG/table
EOT
rig_fill 0
ctl reload
is "$code $said" "69 tdcctl: neither tdc-milter nor tdc-forwarder is running" \
    "reload of nothing"

# ---- both ----

rig_milter
rig_forwarder
version=$(tdcctl -V | sed -n 's/^tdcctl //p')
is "$(text Version)" "$version
$version" "the version of both"
is "$(json milters) $(json milters 0 pid) $(json milters 0 version)" \
    "1 $(rig_pid milter) $version" "as JSON: the milter"
is "$(json forwarder pid) $(json forwarder version)" \
    "$(rig_pid forwarder) $version" "the forwarder"
is "$(json milter_pid) $(json forwarder_pid)" \
    "$(rig_pid milter) $(rig_pid forwarder)" "and where they were before"
is "$(cat "$RIG/spool/milter.lock" "$RIG/spool/lock")" \
    "$(cat "$RIG/pid/milter" "$RIG/pid/forwarder")" \
    "whoever starts them finds their pids in the files of their locks"
ok "when the milter began" near "$(json milters 0 started)"
ok "when the forwarder began" near "$(json forwarder started)"
like "$(text Started)" "^[A-Z][a-z][a-z] [A-Z].* $(date +%Y) " "as text"
is "$(json last_message) $(json last_delivery)" "null null" "nothing was seen yet"
is "$(text 'Last message:')
$(text 'Last delivery:')" "none yet
none yet" "as text"
rig_send a@client.example user@other.example
ok "a message that is not journaled is seen" \
    rig_wait '[ "$(json last_message)" != null ]' 10
ok "now" near "$(json last_message)"
is "$(json last_delivery)" null "and nothing delivered"
rig_send a@client.example user@corp.example
ok "one that is" rig_wait '[ "$(json last_delivery)" != null ]' 20
ok "is delivered now" near "$(json last_delivery)"
like "$(text 'Last delivery:')" "^[A-Z].* $(date +%Y) " "as text"
unlike "$(tdcctl status)" '^ *(last_|waiting|host_down)' "these are no counters"

# ---- tables ----

is "$(json tables_stale) $(json milters 0 tables_stale)" "0 0" "tables are as on disk"
unlike "$(tdcctl status)" "Tables not up to date" "so nothing is said of them"
echo "corp.example NONSENSE" >"$RIG/table"
ok "a table that breaks is told of" rig_wait '[ "$(json tables_stale)" = 1 ]' 20
is "$(json milters 0 tables_stale)" 1 "with its milter"
is "$(text 'Tables not up to date')" "1, see the log" "as text"
is "$(rig_log | grep -c 'the old one stays in force')" 1 "the log says why"
echo "corp.example DEFAULT" >"$RIG/table"
ok "until it is good again" rig_wait '[ "$(json tables_stale)" = 0 ]' 20

# ---- reload ----

ctl reload
is "$code $(echo "$said" | sort)" \
    "0 tdc-forwarder, pid $(rig_pid forwarder): reloaded
tdc-milter, pid $(rig_pid milter): reloaded" "reload, each when it is done"
is "$(rig_log | grep -c 'configuration reloaded')" 2 "of both, as the log has it"
loaded=$(json milters 0 loaded)
ok "status says when" near "$loaded"
cp "$RIG/tdc.cf" "$RIG/good.cf"
echo "intake_adress = x" >>"$RIG/tdc.cf"
wrong="reload refused: the log says why, and what was in force stays so"
said=$(tdcctl reload 2>&1 | grep -v 'warning:' | sort)
is "$said" "tdcctl: tdc-forwarder, pid $(rig_pid forwarder): $wrong
tdcctl: tdc-milter, pid $(rig_pid milter): $wrong" "a tdc.cf that is wrong"
tdcctl reload 2>/dev/null
is $? 78 "ends with 78"
like "$(rig_log)" "not reloaded: .*unknown parameter 'intake_adress'" "the log says why"
is "$(json milters 0 reload_refused) $(json forwarder reload_refused)" \
    "true true" "status tells, too"
is "$(text 'Reload refused, see the log' | wc -l)" 2 "as text"
cp "$RIG/good.cf" "$RIG/tdc.cf"
ctl reload
is "$code $(json milters 0 reload_refused) $(json forwarder reload_refused)" \
    "0 false false" "until it is good"
rig_stop forwarder
ctl reload
is "$code $said" "0 tdc-milter, pid $(rig_pid milter): reloaded" "of one alone"
kill -STOP "$(rig_pid milter)"
ctl reload
is "$code $said" "75 tdcctl: tdc-milter, pid $(rig_pid milter): has not reloaded yet" \
    "one that does not answer"
kill -CONT "$(rig_pid milter)"
ok "does so later" rig_wait \
    '[ "$(rig_log | grep -c "configuration reloaded")" -ge 6 ]' 10

# ---- as README has it without systemd ----

# shellcheck disable=SC2046
kill $(tdcctl status | sed -n 's/.*running, pid //p')
ok "all that run are found and stopped" \
    rig_wait '! rig_alive milter && [ "$(text Milter:)" = "not running" ]' 10
rig_stop milter
rig_milter

# ---- an upgrade ----

old=$(echo "$version" | sed 's/^[0-9]/9/')
perl -e 'open(my $f, "+<", shift) or die; read($f, my $text, 4096);
    $text =~ s/ \Q$ARGV[0]\E / $ARGV[1] /g; seek($f, 0, 0); print $f $text' \
    "$RIG/spool/programs" "$version" "$old"
is "$(text Version)" "$old, and this is tdcctl $version: restart it?" \
    "a program of another version is told of"
rig_stop milter
cp "$TDC_BUILD/tdc-milter" "$RIG/tdc-milter"
rig_start milter "$RIG/tdc-milter" -f -c "$RIG/tdc.cf"
ok "a milter of its own" rig_wait '[ "$(text Version)" = "$version" ]' 10
cp "$TDC_BUILD/tdc-milter" "$RIG/new"
mv "$RIG/new" "$RIG/tdc-milter"
is "$(text Version)" "$version, replaced by another file: restart it?" \
    "whose file was replaced"
rig_stop milter

# ---- two milters ----

sed "s,$RIG/milter.sock,$RIG/second.sock," "$RIG/tdc.cf" >"$RIG/second.cf"
# second - start another milter on this spool
second()
{
	lines=$(grep -c 'tdc-milter .* started' "$RIG/tdc.log")
	rig_start second "$TDC_BUILD/tdc-milter" -f -c "$RIG/second.cf"
	rig_wait '[ "$(grep -c "tdc-milter .* started" "$RIG/tdc.log")" -gt "$lines" ]' 20
}
milters()		# their pids, in order
{
	text Milter: | sed 's/.*pid //' | sort -n | xargs
}
rig_milter
second
is "$(milters)" "$(printf '%s\n' "$(rig_pid milter)" "$(rig_pid second)" |
    sort -n | xargs)" "two milters on one spool"
is "$(json milters)" 2 "as JSON"
rig_stop second
is "$(milters)" "$(rig_pid milter)" "the one that came last stops: the other runs"
is "$(json milter_pid)" "$(rig_pid milter)" "as JSON"
second
rig_stop milter KILL
is "$(milters)" "$(rig_pid second)" "the first is killed: the second runs"
rig_milter
is "$(milters | wc -w)" 2 "and another one comes"
ctl reload
is "$code $(echo "$said" | grep -c 'reloaded$')" "0 2" "both reload"
echo "other.example NONSENSE" >>"$RIG/table"
ok "each tells of its tables" rig_wait '[ "$(json tables_stale)" = 2 ]' 20
rig_stop milter
rig_stop second
is "$(text Milter:) $(json milters) $(json milter_pid) $(json tables_stale)" \
    "not running 0 0 0" "when none runs, nothing is told"
done_testing
