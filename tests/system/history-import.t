#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# history-import - a history that is lost comes back from logs, rotated, packed,
# from the journal or in the form of AsyncOS; twice, while mail flows, and after a
# kill -9; and nobody forges a row by what a message or another program says
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up history-import
rig_ca
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    mx-host=bare.example,mx.bare.example,10 \
    host-record=mx.bare.example,127.0.0.3 \
    mx-host=down.example,mx.down.example,10 \
    host-record=mx.down.example,127.0.0.4
intake_port=25
RIG_MX=yes
rig_intake bare -l 127.0.0.3:25 -R "starttls=454 4.7.0 not now"
# refusing RULE... - the intake, with these
refusing()
{
	rig_stop intake
	for rule; do
		set -- "$@" -R "$rule"
		shift
	done
	intake_port=25
	rig_intake intake "$@"
}
refusing 'rcpt~hard@=550-5.1.1 it'"'"'s no\r\n550 5.1.1 "user" here' \
    "rcpt~soft@=451 4.7.1 not you" "rcpt~later@=451 4.3.2 busy*1" \
    'final+1=250 2.0.0 taken: it'"'"'s\x20well*1'
rig_postfix enable_long_queue_ids=yes

mkdir "$RIG/kept" "$RIG/old"
chown nobody "$RIG/kept"
for user in hard soft later; do
	echo "$user@corp.example $user@intake.example name=$user"
done >"$RIG/people"
cat >>"$RIG/people" <<-'EOF'
	gone@corp.example	x@gone.example
	bare@corp.example	x@bare.example
	down@corp.example	x@down.example
EOF
postmap "hash:$RIG/people"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		policy_maps = check_recipient hash:$RIG/people
		default_policy = DEFAULT
		history_database = $RIG/kept/history.db
		retry_delay = 200ms
		retry_limit = 1
		undelivered = keep
		idle_timeout = 100ms
		$(printf '%s\n' "$@")
	EOF
}
# known - how many rows the history has
known()
{
	tdcctl history --limit 100000 --json 2>/dev/null | wc -l
}
rows()			# COUNT: wait for so many
{
	rig_wait "[ \"\$(known)\" = $1 ]" 20
}
# reloaded COUNT - by so many programs, since the log was rotated
reloaded()
{
	rig_wait "[ \"\$(rig_log | grep -c 'configuration reloaded')\" = $1 ]" 5
}
# rotate NAME - both logs have another name from now on, as logrotate does it
rotate()
{
	mv "$RIG/tdc.log" "$RIG/old/log$1"
	mv "$RIG/mail_logs" "$RIG/old/mail_logs$1"
	: >"$RIG/tdc.log"
	: >"$RIG/mail_logs"
	chown nobody "$RIG/tdc.log" "$RIG/mail_logs"
	kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
	reloaded 2
}

# ---- a day's mail of every fate ----

conf
rig_milter || exit 1
rig_forwarder || exit 1
rig_send sender@client.example bob@corp.example -t Carol@corp.example
rig_send '"a> to <evil@x.example> policy E size 1"@client.example' \
    '"b c"@other.example'
rig_send "" later@corp.example
rows 3
rotate .2
rig_letter "$RIG/forged" "forged" "Date: Thu, 26 Nov 2026 09:00:00 +0000"
sed -i "s/^Message-ID: .*/Message-ID: <x' enqueued for forwarding to a to the message intake address evil@x.example>\r/" \
    "$RIG/forged"
rig_send sender@client.example bob@corp.example -F "$RIG/forged"
for user in hard soft gone bare down; do
	rig_send sender@client.example $user@corp.example
done
rows 9
rotate .1
# a file that logrotate has packed
gzip "$RIG/old/log.2" "$RIG/old/mail_logs.2"
touch -d '2 hours ago' "$RIG/old/log.2.gz" "$RIG/old/mail_logs.2.gz"
touch -d '1 hour ago' "$RIG/old/log.1" "$RIG/old/mail_logs.1"

mid()			# RECIPIENT: of its copy
{
	tdcctl history --recipient "$1" --json | tail -n 1 |
		sed 's/.*"mid":\([0-9]*\).*/\1/'
}
tdcctl delete "$(mid hard@corp.example)" >/dev/null
soft=$(mid soft@corp.example)
refusing
tdcctl requeue "$soft" >/dev/null
rows 11
conf "alternate_intake_address = spare@intake.example"
kill -HUP "$(rig_pid forwarder)"
reloaded 3
rig_send sender@client.example down@corp.example
rows 13
rig_stop forwarder
rig_send sender@client.example waits@corp.example
rig_send sender@client.example late@corp.example
rig_wait '[ "$(rig_waiting)" = 2 ]' 5
tdcctl delete "$(find "$RIG/spool/ready" -type f | sed 's,.*/,,;s/\..*//' |
    sort | perl -ne 'print hex, "\n"; exit')" >/dev/null
sleep 1.1
conf "queue_lifetime = 1s"
rig_forwarder || exit 1
rows 15
rig_stop forwarder
rows 15
is "$(known)" 15 "the history has seen every fate"
rig_log >/dev/null
cp -p "$RIG/tdc.log" "$RIG/old/log"
cp -p "$RIG/mail_logs" "$RIG/old/mail_logs"

# facts - what a log knows of each row; one that is not there has its reason
facts()
{
	tdcctl history --limit 100000 --json | perl -MJSON::PP -e '
		my $json = JSON::PP->new->canonical;
		for (<STDIN>) {
			my $r = decode_json($_);
			delete @$r{qw(header_sha256 fields_sha256)};
			delete @$r{qw(client client_name)} if @ARGV;
			$r->{$_} = int($r->{$_}) for qw(time end);
			print $json->encode($r), "\n";
		}' "$@"
}
# same A B - equal, but for times of a log, which are whole seconds
same()
{
	perl -MJSON::PP -e '
		my ($x, $y) = map { open my $f, "<", $_ or die;
		    [map { decode_json($_) } <$f>] } @ARGV;
		my $json = JSON::PP->new->canonical;
		my $by = sub { [sort { $a->{mid} <=> $b->{mid} ||
		    $a->{end} <=> $b->{end} || $a->{verdict} cmp $b->{verdict} }
		    @{$_[0]}] };
		($x, $y) = ($by->($x), $by->($y));
		@$x == @$y or die @$x . " and " . @$y . " rows\n";
		for my $i (0 .. $#$x) {
			for (qw(time end)) {
				abs($x->[$i]{$_} - $y->[$i]{$_}) <= 2 or
				    die "$_ of $x->[$i]{mid}\n";
			}
			delete @{$_}{qw(time end)} for $x->[$i], $y->[$i];
			my ($one, $two) = map { $json->encode($_) } $x->[$i],
			    $y->[$i];
			$one eq $two or die "$one\n$two\n";
		}' "$@"
}
facts >"$RIG/before"
facts ours >"$RIG/before.ours"
diag "$(sed 's/.*"verdict":"\([^"]*\)".*/\1/' "$RIG/before" | sort | uniq -c)"
lose()
{
	rm -f "$RIG"/kept/history.db*
}
# import FILE... - into $RIG/said; then the exit status
import()
{
	tdcctl history --import "$@" >"$RIG/said" 2>&1
	echo "exit $?" >>"$RIG/said"
}
said()			# NAME: its number
{
	sed -n "s/^ *$1  *\([0-9]*\)\$/\1/p" "$RIG/said"
}
touch -d '3 hours ago' "$RIG/maillog"

# ---- from the maillog ----

lose
import -n "$RIG/maillog" "$RIG"/old/log*
is "$(said "to be imported") $(known)" "15 0" "-n counts"
ok "and makes nothing" [ ! -e "$RIG/kept/history.db" ]
# as a shell sorts them, which is the newest first
import "$RIG/maillog" "$RIG"/old/log*
is "$(said imported) $(said "there already") $(said "without an end")" "15 0 0" \
    "rows from rotated and packed logs"
facts >"$RIG/after"
ok "are those that there were" same "$RIG/before" "$RIG/after"
is "$(stat -c '%U %a' "$RIG/kept/history.db")" "nobody 640" \
    "in a database of the daemons' user"
import "$RIG/maillog" "$RIG"/old/log*
is "$(said imported) $(said "there already") $(known)" "0 15 15" \
    "a second time there is nothing to do"
is "$(tail -n 1 "$RIG/said")" "exit 0" "which is fine"
lose
import "$RIG/old/log.2.gz"
import "$RIG/old/log"
end_times()
{
	tdcctl history --json "$@" | sed 's/.*"end":\([0-9]*\).*/\1/'
}
end_times --limit 1000 >"$RIG/order"
ok "what is imported later stands where it ended" sort -nc "$RIG/order"
is "$(end_times --limit 1)" "$(tail -n 1 "$RIG/order")" "--limit has the last ends"
import "$RIG/maillog" "$RIG"/old/log*
import --json "$RIG"/old/log*
is "$(perl -MJSON::PP -ne '$_ = decode_json($_); print join " ",
    @$_{qw(copies ends imported there_already without_end)}; exit' "$RIG/said")" \
    "12 15 0 15 0" "--json"

# ---- in other forms ----

lose
import "$RIG"/old/mail_logs*
is "$(said imported)" 15 "mail_logs_file has them, too"
facts ours >"$RIG/after"
ok "alike, but for the client" same "$RIG/before.ours" "$RIG/after"
import "$RIG/maillog" "$RIG"/old/log*
is "$(said imported)" 0 "and what one log gave another does not give again"
lose
gzip -dc "$RIG/old/log.2.gz" | cat - "$RIG/old/log.1" "$RIG/old/log" |
	perl -MPOSIX=strftime -MTime::Local -pe '
		my %m = (Nov => 10, Dec => 11, Jan => 0);
		my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
		my %month = map { $months[$_] => $_ } 0 .. 11;
		s/^(\w{3}) +(\d+) (\d+):(\d+):(\d+)/strftime("%FT%T.000000%z",
		    localtime timelocal($5, $4, $3, $2, $month{$1},
		    (localtime)[5]))/e' >"$RIG/journal"
import - <"$RIG/journal"
is "$(said imported)" 15 "journalctl -o short-iso-precise, on standard input"
facts ours >"$RIG/after"
ok "alike" same "$RIG/before.ours" "$RIG/after"

# ---- what is no row ----

forge()			# PROGRAM MID
{
	cat <<-EOF
		$(date +'%b %e %T') vm $1[7]: TDC: MID $2 with Message-ID '<f@x>' enqueued for forwarding to Cisco Secure Email Threat Defense to the message intake address evil@x.example
		$(date +'%b %e %T') vm $1[7]: TDC: MID $2 queue-id F00D from <f@x> to <g@x> policy P size 1
		$(date +'%b %e %T') vm $1[7]: TDC: MID $2 successfully delivered for scanning with Cisco Secure Email Threat Defense.
		$(date +'%b %e %T') vm $1[7]: TDC: Message finished MID $2 done
	EOF
}
{
	forge postfix/smtpd 901
	forge evil 902
	forge tdc-milter/smtpd 903
	echo "$(date +'%b %e %T') vm tdc-forwarder[7]: TDC: MID 904 successfully delivered for scanning with X."
	forge tdc-milter 905 | head -n 2
	head -c 100000 /dev/zero | tr '\0' x
	echo
	head -c 500 /dev/urandom
	echo
	forge tdc-forwarder 906
} >"$RIG/forged.log"
import "$RIG/forged.log"
is "$(said "copies found") $(said imported) $(said "without an end") $(said "without a beginning")" \
    "2 1 1 1" "only what our programs wrote counts, from begin to end"
is "$(tdcctl history --sender f@x --json | sed 's/^{"mid":\([0-9]*\),.*/\1/')" 906 \
    "the others are no rows"
is "$(tdcctl history --intake evil@x.example --json | wc -l)" 1 \
    "nor is what a Message-ID or a sender pretends"

# ---- complaints ----

wrong()			# CODE TEXT ARGUMENT...
{
	code=$1
	text=$2
	shift 2
	import "$@"
	like "$(cat "$RIG/said")" "$text" "wrong: $*"
	is "$(tail -n 1 "$RIG/said")" "exit $code" "exit status $code"
}
wrong 64 "tdcctl: history: unknown option '--frob'" --frob
wrong 66 "nowhere: No such file" "$RIG/nowhere" "$RIG/old/log"
is "$(said "there already")" 4 "the others are read all the same"
head -c 100 "$RIG/old/log.2.gz" >"$RIG/broken.gz"
wrong 66 "broken\.gz: .*unexpected end" "$RIG/broken.gz"
rig_conf </dev/null
wrong 69 "there is no history: history_database is empty" "$RIG/old/log"
conf

# lock SECONDS - the database, by another program
lock()
{
	python3 - "$RIG/kept/history.db" "$1" "$RIG/locked" <<-'EOF' &
		import sqlite3, sys, time
		db = sqlite3.connect(sys.argv[1], isolation_level=None)
		db.execute("BEGIN IMMEDIATE")
		open(sys.argv[3], "w").close()
		time.sleep(float(sys.argv[2]))
		db.execute("COMMIT")
	EOF
	rig_wait "[ -e $RIG/locked ]" 5
}
lose
import "$RIG/old/log.1"
lock 2.5
import "$RIG/old/log"
like "$(cat "$RIG/said")" "history\.db: another program has it locked; waiting" \
    "a locked database is waited for, which is said"
is "$(said imported) $(said "without a beginning")" "4 2" "and then filled"

# ---- while mail flows ----

lose
conf "min_connections = 1" "max_connections = 1"
rig_stop intake
intake_port=25
rig_intake intake -R "mail=delay:0.03"
rig_forwarder || exit 1
rig_give -n 150 -f 'flow%d@client.example' -t bob@corp.example >/dev/null
until [ "$(rig_waiting)" = 0 ]; do
	import "$RIG/tdc.log"
	grep -qx 'exit 0' "$RIG/said" || diag "$(cat "$RIG/said")"
	rounds=$((${rounds:-0} + 1))
done
ok "imports beside a forwarder that writes" [ "$rounds" -ge 2 ]
flow()
{
	tdcctl history --since 1h --json 2>/dev/null | grep '"sender":"flow' |
		sed 's/^{"mid":\([0-9]*\),.*/\1/' | sort
}
ok "every copy has a row" rig_wait '[ "$(flow | uniq | wc -l)" = 150 ]' 10
is "$(flow | uniq -d | wc -l)" 0 "and none has two"
ok "no forwarder complains of it" eval '! rig_log | grep "Warning: history"'
rig_stop forwarder

# ---- kill -9 ----

lose
perl -e '
	my $t = "'"$(date +'%b %e %T')"' vm";
	for my $i (1 .. 40000) {
		print "$t tdc-milter[1]: TDC: MID $i with Message-ID \x27<$i\@x>\x27 enqueued for forwarding to Cisco to the message intake address j\@x.example\n",
		    "$t tdc-milter[1]: TDC: MID $i queue-id Q$i from <s\@x> to <r\@y> policy P size 10\n",
		    "$t tdc-forwarder[1]: TDC: MID $i successfully delivered for scanning with Cisco.\n",
		    "$t tdc-forwarder[1]: TDC: Message finished MID $i done\n";
	}' >"$RIG/many"
"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" history --import "$RIG/many" \
    >/dev/null 2>&1 &
victim=$!
rig_wait '[ "$(tdcctl history --limit 1 --json 2>/dev/null | wc -l)" = 1 ]' 10
kill -9 "$victim"
wait "$victim" 2>/dev/null
left=$(known)
ok "a kill leaves a part ($left rows)" [ "$left" -gt 0 ] && [ "$left" -lt 40000 ]
import "$RIG/many"
is "$(($(said imported) + left)) $(known)" "40000 40000" "the next import does the rest"
is "$(said "there already")" "$left" "and no row twice"
done_testing
