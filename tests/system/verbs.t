#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# verbs - how tdcctl is asked: help, wrong calls, one parameter, and a tdc.cf
# that somebody is editing
. "$(dirname "$0")/../rig/rig.sh"

rig_up verbs

# ctl ARGUMENT... - exit code in $code, what it printed in $out, and what it
# said on standard error in $said
ctl()
{
	out=$(tdcctl "$@" 2>"$RIG/said")
	code=$?
	said=$(cat "$RIG/said")
}

# ---- help ----

verbs=$(sed -n '/LIST verbs/,/END LIST/s/^\.It Ic \([a-z-]*\).*/\1/p' man/tdcctl.8)
like "$verbs" "flush" "the manual has a list of verbs"
ctl help
list=$out
is "$code" 0 "help"
for verb in $verbs; do
	like "$list" "^  $verb( |\$)" "help has $verb"
	ctl "$verb" -h
	is "$code $said" "0 " "$verb -h"
	like "$out" "^usage: tdcctl .*\] $verb( |\$)" "its usage, not another's"
	like "$out" "^  [A-Z]" "and what it does"
	bare=$out
	ctl "$verb" --help
	is "$code $out" "0 $bare" "$verb --help"
	ctl help "$verb"
	is "$code $out" "0 $bare" "help $verb"
done
for option in -h --help; do
	ctl $option
	is "$code $out" "0 $list" "$option is help"
done
version=$("$TDC_BUILD/tdcctl" -V)
for call in version --version; do
	ctl $call
	is "$code $out" "0 $version" "$call"
done

# ---- wrong calls ----

echo | rig_conf
ctl
is "$code $(echo "$said" | head -n 1)" "64 tdcctl: no verb was given" "no verb"
is "$(echo "$said" | wc -l)" 3 "in few lines"
while IFS='|' read -r call reason; do
	# shellcheck disable=SC2086
	ctl $call
	is "$code $out$(echo "$said" | head -n 1)" "64 tdcctl: $reason" "$call"
	like "$said" "^usage: tdcctl .*\] ${call%% *}( |\$)" "and its usage"
	is "$(echo "$said" | wc -l)" 2 "alone"
done <<-EOT
	show|show: an argument is missing
	requeue|requeue: an argument is missing
	hoststatus|hoststatus: an argument is missing
	hoststatus a b|hoststatus: unexpected argument 'b'
	flush a b|flush: unexpected argument 'b'
	tophosts x|tophosts: unexpected argument 'x'
	status --jsn|status: unexpected argument '--jsn'
	queue --json x|queue: unexpected argument 'x'
	config -x|config: unknown option, or both -n and -d
	config -n -d|config: unknown option, or both -n and -d
	policy a@b.example|policy: want a sender and recipients, --table or --replay
EOT

# Every verb, with an option that it has not, with one that lacks its value, and
# with more arguments than it takes.
tdcctl help --json | perl -MJSON::PP -ne '
	my $v = decode_json($_);
	print "$v->{verb} --frob\n$v->{verb} -Q\n";
	for (@{$v->{options}}) {
		next if $_->{option} eq "-h";		# alone it is help
		print "$v->{verb} $_->{option}\n" if defined $_->{value} &&
		    $v->{arguments} !~ /\Q$_->{option}\E \[/;
	}
	print "$v->{verb} x x x x x x\n" unless $v->{arguments} =~ /\.\.\./
' >"$RIG/wrong"
ok "there are wrong calls" [ "$(wc -l <"$RIG/wrong")" -gt 50 ]
while read -r call; do
	# shellcheck disable=SC2086
	ctl $call
	is "$code $out$(echo "$said" | sed "1s/\(${call%% *}: \).*/\1.../; 2s/\] ${call%% *}.*/] .../")" \
	    "64 tdcctl: ${call%% *}: ...
usage: tdcctl [-c FILE] [-v] ..." "$call"
done <"$RIG/wrong"

while read -r word meant; do
	ctl "$word"
	is "$code $said" "64 tdcctl: unknown verb '$word': $meant" "verb $word"
done <<-'EOT'
	flsh did you mean flush?
	stauts did you mean status?
	stat did you mean status?
	delet did you mean delete?
	host did you mean hoststatus?
	re did you mean requeue or resume or report or remediation-report or reload?
	remove 'tdcctl help' lists them
	x 'tdcctl help' lists them
EOT
ctl help flsh
is "$code $said" "64 tdcctl: unknown verb 'flsh': did you mean flush?" \
    "help of an unknown verb"

# ---- one parameter ----

cat >"$RIG/tdc.cf" <<-EOT
	retry_delay = 5s
	intake_name = Ours
EOT
ctl config intake_name user
is "$code $out" "0 intake_name = Ours
user = tdc" "config of two names"
ctl config -h intake_name retry_delay
is "$code $out" "0 Ours
5s" "their values alone"
ctl config -d retry_delay
is "$code $out" "0 retry_delay = 60s" "its default"
ctl config -dh retry_delay
is "$code $out" "0 60s" "which alone"
ctl config -n user intake_name
is "$code $out" "0 intake_name = Ours" "only if it is set"
ctl config intake_nam retry_delay
is "$code $said" "64 tdcctl: unknown parameter 'intake_nam'" "an unknown one"
is "$out" "retry_delay = 5s" "and those that are known"
is "$(tdcctl config -n)" "$(cat "$RIG/tdc.cf")" "all that are set"
ctl config
is "$(echo "$out" | grep -c ' =')" \
    "$(sed -n '/LIST parameters/,/END LIST/p' man/tdc.cf.5 | grep -c '^\.It Va')" \
    "all of them"

# ---- a tdc.cf that is being edited ----

rig_conf <<-EOT
	undelivered = keep
EOT
rig_fill 3
spool="spool_directory = $RIG/spool"

# works WARNING - whatever only deals with the spool
works()
{
	wanted="tdcctl: warning: $1: going on with $spool"
	ctl queue
	is "$code $said" "0 $wanted" "$1: queue"
	is "$(echo "$out" | tail -n 1)" "-- 3 waiting, 0 kept, 0 damaged" \
	    "and its copies"
	ctl status --json
	is "$code $said" "0 $wanted" "$1: status"
	like "$out" '"waiting": 3,' "and their number"
	for call in tophosts "hoststatus the.tdc.queue" "show 2"; do
		# shellcheck disable=SC2086
		ctl $call
		is "$code $said" "0 $wanted" "$1: $call"
	done
	ctl flush
	is "$code $said" "69 $wanted
tdcctl: tdc-forwarder is not running" "$1: flush"
	ctl requeue 2
	is "$code $said" "65 $wanted
tdcctl: MID 2 is waiting already" "$1: requeue"
}
cp "$RIG/tdc.cf" "$RIG/good.cf"
line=$(($(wc -l <"$RIG/good.cf") + 1))
while IFS='|' read -r bad why; do
	{ cat "$RIG/good.cf"; echo "$bad"; } >"$RIG/tdc.cf"
	works "$RIG/tdc.cf:$line: $why"
	ctl config -n
	is "$code $said" "78 tdcctl: $RIG/tdc.cf:$line: $why" \
	    "what needs all of it does not go on"
done <<-EOT
	intake_adress = x@y|unknown parameter 'intake_adress', did you mean 'intake_address'?
	queue_lifetime = soon|queue_lifetime: 'soon' is no number
	what is this|not 'name = value': 'what is this'
	remote_ip_header = a:b|remote_ip_header: 'a:b' is no header field name
	undelivered = keep|undelivered is set already, in line $((line - 1))
EOT
ctl delete 2
is "$code $out" "0 1 deleted" "even delete"

# Which spool it is must be certain.
while IFS='|' read -r bad why; do
	{ cat "$RIG/good.cf"; echo "$bad"; } >"$RIG/tdc.cf"
	ctl queue
	is "$code $out$said" "78 tdcctl: $RIG/tdc.cf:$line: $why" "$bad: no guess"
done <<-EOT
	spool_directory = /x|spool_directory is set already, in line $(grep -n '^spool' "$RIG/good.cf" | cut -d: -f1)
EOT
sed 's/^spool_directory.*/spool_directory = relative/' "$RIG/good.cf" >"$RIG/tdc.cf"
ctl queue
like "$code $said" "^78 tdcctl: .*: spool_directory: 'relative' is no absolute path\$" \
    "nor is there one for a spool that is wrong"
rm "$RIG/tdc.cf"
ctl status
like "$code $said" "^78 tdcctl: open .*No such file" "nor without a tdc.cf"
sed 's/^spool_directory/spool_dir/' "$RIG/good.cf" >"$RIG/tdc.cf"
ctl queue
like "$said" "warning: .*unknown parameter 'spool_dir': going on with spool_directory = /var/spool/tdc\$" \
    "a typo in its name: the default's is named"

# ---- completion ----

cp "$RIG/good.cf" "$RIG/tdc.cf"
rm -rf "$RIG/spool"
rig_fill 1
# shellcheck disable=SC2016
rig_fill 1 -i 'copy@`touch${IFS}$RIG/owned`.example'
rig_fill 1 -i copy@third.example
# completes WORD... - what bash offers for the last of these
completes()
{
	# shellcheck disable=SC2016
	RIG=$RIG PATH=$TDC_BUILD:$PATH bash -c '
		. contrib/bash-completion/tdcctl
		COMP_WORDS=(tdcctl -c "$RIG/tdc.cf" "$@")
		COMP_CWORD=$(($# + 2))
		_tdcctl
		echo "${COMPREPLY[*]}"' bash "$@"
}
is "$(completes hoststatus '')" "intake.example third.example the.tdc.queue" \
    "bash completes intake domains"
is "$(completes delete '')" "1 2 3 ALL" "and MIDs"
like "$(tdcctl queue)" 'copy@`touch' "a domain may be anything"
ok "and nothing in it is run" [ ! -e "$RIG/owned" ]
done_testing
