#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# shape - tdcctl queue --shape: for how long copies wait for each intake domain
. "$(dirname "$0")/../rig/rig.sh"

rig_up shape
rig_ca
rig_conf <<-EOF
	undelivered = keep
	retry_limit = 0
	intake_route = [127.0.0.1]:9
EOF

is "$(tdcctl queue --shape 2>&1; echo $?)" \
    "tdcctl: spool_directory $RIG/spool does not exist: was tdc-milter ever started?
66" "no spool yet"
is "$(tdcctl queue --shape --frob 2>&1; echo $?)" \
    "tdcctl: queue: unexpected argument '--frob'
usage: tdcctl [-c FILE] [-v] queue [--shape] [--json]
64" "a wrong call"

# fill AGE COUNT INTAKE
fill()
{
	rig_fill "$2" -a "$1" -i "$3"
}
fill 3600 1 journal@intake.example
fill 45 4 spool@INTAKE.example
fill 12 2 journal@intake.example
fill 0 3 "\"a@b\"@other.example"
is "$(tdcctl queue --shape)" \
    "                                      T      5     10     20     40     80    160   160+
                           TOTAL     10      3      0      2      0      4      0      1
                  intake.example      7      0      0      2      0      4      0      1
                   other.example      3      3      0      0      0      0      0      0" \
    "each age in its column, domains in any case of letters"
tdcctl queue --json --shape >"$RIG/json"
is "$(perl -MJSON::PP -ne '$_ = decode_json($_);
    printf "%s %d %s %s\n", $_->{intake}, $_->{copies},
	join(",", map { $_->{copies} } @{$_->{ages}}),
	join(",", map { $_->{up_to} // "null" } @{$_->{ages}})' "$RIG/json")" \
    "intake.example 7 0,0,2,0,4,0,1 5,10,20,40,80,160,null
other.example 3 3,0,0,0,0,0,0 5,10,20,40,80,160,null" "as JSON"
is "$(perl -MJSON::PP -ne '$_ = decode_json($_);
    print $_->{oldest_age} >= 3600 && $_->{oldest_age} < 3700 ? "yes" : "no"
    if $_->{intake} eq "intake.example"' "$RIG/json")" yes "and the age of the oldest"

# ---- what is given up, and requeued ----

rig_forwarder || exit 1
ok "all are given up, and kept" \
    rig_wait '[ "$(tdcctl status --json | grep -c "\"hard_bounced\": 10,")" = 1 ]' 20
is "$(tdcctl queue --shape | sed 1d | awk '{ print $1, $2 }')" "TOTAL 0" \
    "kept copies do not wait"
is "$(tdcctl queue --shape --json)" "" "nor as JSON"
rig_stop forwarder
tdcctl requeue ALL >/dev/null
is "$(tdcctl queue --shape | sed 1,2d | awk '{ print $1, $2, $9 }')" \
    "intake.example 7 1
other.example 3 0" "requeued ones do, and are as old as before"

printf 'no copy' >"$RIG/spool/ready/0000000000000099.0"
is "$(tdcctl queue --shape | awk '$1 == "TOTAL" { print $2 }')" 10 \
    "a damaged file is none"
rm "$RIG/spool/ready/0000000000000099.0"
done_testing
