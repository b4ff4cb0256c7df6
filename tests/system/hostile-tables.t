#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# hostile-tables - rows of pcre and regexp tables that would take all memory, or
# all time: each is refused, by file and line, wherever it is read, and what
# was in force stays so; a match that does not end is no answer
. "$(dirname "$0")/../rig/rig.sh"

rig_up hostile-tables
rig_ca
rig_dns
rig_intake intake
rig_postfix
for type in regexp pcre; do
	echo "/^user@corp/ DEFAULT" >"$RIG/$type"
done
rig_conf <<-EOT
	policy_maps = check_recipient regexp:$RIG/regexp,
	    check_recipient pcre:$RIG/pcre
EOT
# Should it be compiled all the same, the machine does not suffer.
case $TDC_BUILD in
*build-*) ;;			# sanitizers reserve more than there is
*)	prlimit --pid $$ --as=6000000000 ;;
esac
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
sent=0

give()			# NAME: it is accepted at once, and has its copy
{
	sent=$((sent + 1))
	began=$(date +%s)
	rig_send a@client.example user@corp.example
	ok "$1: it does not wait" [ $(($(date +%s) - began)) -lt 20 ]
	ok "$1: and has its copy" rig_wait '[ "$(rig_count intake)" = "$sent" ]' 20
}

# refused TYPE NAME ROWS [LINE]: on the second line of the table, or that one
refused()
{
	line=${4:-2}
	{
		echo "/^user@corp/ DEFAULT"
		printf "%s\n" "$3"
	} >"$RIG/$1.new"
	mv "$RIG/$1.new" "$RIG/$1"
	ok "$1, $2: the milter says where" rig_wait 'rig_log |
	    grep -q "Warning: table '"$1:$RIG/$1: $RIG/$1:$line"': .*pattern"' 20
	ok "$1, $2: once" [ "$(rig_log | grep -c "Warning: table $1:")" = 1 ]
	ok "$1, $2: check says so, too" \
	    sh -c "'$TDC_BUILD/tdcctl' -c '$RIG/tdc.cf' check 2>&1 |
	    grep -c '$RIG/$1:$line: .*pattern' | grep -qx 1"
	ok "$1, $2: and policy" \
	    sh -c "'$TDC_BUILD/tdcctl' -c '$RIG/tdc.cf' policy a@client.example user@corp.example 2>&1 |
	    grep -q '$RIG/$1:$line: .*pattern'"
	give "$1, $2"
	echo "/^user@corp/ DEFAULT" >"$RIG/$1.new"
	mv "$RIG/$1.new" "$RIG/$1"
	: >"$RIG/tdc.log"
}

plus=$(printf '(%.0s' $(seq 30))a$(printf '+)%.0s' $(seq 30))
give "all is well"
refused regexp "30 plus signs" "/$plus/ NO"
refused regexp "a product of repetitions" '/((a{1,255}){1,255}){1,255}/ NO'
refused regexp "references back" '/(a*)*\1\1\1b/ NO'
refused pcre "a product of repetitions" '/((a{1,255}b){1,255}c){1,255}/ NO'
refused regexp "many rows" "$(yes '/N(x?){340}y{4000}/ NO' | head -n 400)" \
    '[1-9][0-9]*'

# A match that would not end in any time: neither yes nor no.
echo '/^(a|aa)+$/ NO' >"$RIG/pcre.new"
mv "$RIG/pcre.new" "$RIG/pcre"
cp "$RIG/pcre" "$RIG/regexp.new"
mv "$RIG/regexp.new" "$RIG/regexp"
long=$(printf 'a%.0s' $(seq 60))
tdcctl policy a@client.example "$long@corp.example" >"$RIG/said" 2>&1
like "$(cat "$RIG/said")" 'pcre:.*line 1.*match limit' \
    "a match that does not end is told"
ok "the milter has the tables" rig_wait 'tdcctl status --json |
    grep -q "\"tables_stale\": 0"' 20
began=$(date +%s)
rig_send a@client.example "$long@corp.example"
ok "its message does not wait" [ $(($(date +%s) - began)) -lt 20 ]
ok "and has its copy, in doubt" rig_wait '[ "$(rig_count intake)" = $((sent + 1)) ]' 20
ok "with a warning" rig_wait 'rig_log | grep -q "Warning: .*match limit"' 10
ok "the milter has not ended" rig_alive milter
done_testing
