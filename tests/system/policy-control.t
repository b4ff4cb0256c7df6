#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-control - tdcctl tells what the tables decide, and all that is wrong
# with them
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-control
: >"$RIG/err/tdcctl"

cf()			# the lines of a tdc.cf from stdin
{
	# DNS is not asked for a name without a dot
	{ cat; printf 'user =\nhelo_name = gw\n'; } >"$RIG/tdc.cf"
}

tdcctl()
{
	"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@" 2>&1 | sed "s,$RIG/,,g"
}

made()			# FILE [POSTMAP OPTIONS]: a hash table of it
{
	made_of=$1
	shift
	touch -d '1 minute ago' "$made_of"
	postmap "$@" "hash:$made_of"
}

# ---- what is decided ----

cat >"$RIG/clients" <<-EOF
	10.0.0.0/8	NO name=Inside
	192.0.2.0/24	DUNNO
EOF
cat >"$RIG/people" <<-'EOF'
	/^(.+)-copy@corp\.example$/	$1@cloud.example name=$1
	/^"?odd (.*)@/	$1@cloud.example
	/^(.+)@never\.example$/	$1@other.example
EOF
cat >"$RIG/table" <<-EOF
	corp.example		DEFAULT name=Corp
	boss@corp.example	NO
	emea.example		emea@other.example
EOF
cf <<-EOF
	intake_address = all@cloud.example
	policy_maps = check_client cidr:$RIG/clients,
		check_helo inline:{bad.example=NO},
		check_recipient pcre:$RIG/people,
		check_recipient texthash:$RIG/table
EOF
sed -i 's/^check/	check/' "$RIG/tdc.cf"
is "$(tdcctl policy s@x '<user@sub.corp.example>')" \
"assumed: the client is outside internal_networks (see -a)
  check_client cidr:clients: no client given, see -a
  check_helo inline:{bad.example=NO}: no HELO name given, see -h
  check_recipient pcre:people: not found (1 key)
  check_recipient texthash:table: corp.example: DEFAULT name=Corp
<user@sub.corp.example>: all@cloud.example (policy Corp: check_recipient texthash:table, key corp.example)" \
    "each step"
is "$(tdcctl policy -v -a 192.0.2.1/mx.example -h helo.example s@x r@q.example)" \
"  check_client cidr:clients: mx.example: not found
  check_client cidr:clients: 192.0.2.1: DUNNO
  check_helo inline:{bad.example=NO}: helo.example: not found
  check_helo inline:{bad.example=NO}: example: not found
  check_recipient pcre:people: r@q.example: not found
  check_recipient texthash:table: r@q.example: not found
  check_recipient texthash:table: q.example: not found
  check_recipient texthash:table: example: not found
  check_recipient texthash:table: r@: not found
<r@q.example>: NO (default_policy)
not journaled: no policy asks for it" "each key"
is "$(tdcctl policy -a 10.1.1.1 s@x one@x two@x | grep '^<')" \
"<one@x>: NO (policy Inside: check_client cidr:clients, line 1, key 10.1.1.1)
<two@x>: NO (policy Inside: check_client cidr:clients, line 1, key 10.1.1.1)" \
    "a client, two recipients"
is "$(tdcctl policy -a 192.0.2.1 s@x all@Cloud.example any@other.example)" \
"<all@Cloud.example>: NO (itself an intake address)
<any@other.example>: NO (itself an intake address)
not journaled: only to intake addresses" \
    "copies on their way, also to what \$1 could make"
is "$(tdcctl policy s@x ann-copy@corp.example | tail -n 1)" \
"<ann-copy@corp.example>: ann@cloud.example (policy ann: check_recipient pcre:people, line 1, key ann-copy@corp.example)" \
    "a value with \$1"
is "$(tdcctl policy s@x '"odd b@evil.example name=x"@x' | tail -n 2 | cut -c1-72)" \
"<\"odd b@evil.example name=x\"@x>: all@cloud.example (policy /^\"?odd (.*)@
warning: people:2: bad value '\$1@cloud.example': 'b@evil.example name=x\"" \
    "a value that \$1 makes a bad one"
is "$(tdcctl policy --table | sed 's/   *$//; s/   */  /g')" \
"Order  Policy Name  Match  Threat Defense Connector
  1  Inside  check_client cidr:clients 10.0.0.0/8  Disabled
  2  192.0.2.0/24  check_client cidr:clients 192.0.2.0/24  (next table)
  3  bad.example  check_helo inline:{bad.example=NO} bad.example  Disabled
  4  \$1  check_recipient pcre:people /^(.+)-copy@corp\\.example\$/  \$1@cloud.example
  5  /^\"?odd (.*)@/  check_recipient pcre:people /^\"?odd (.*)@/  \$1@cloud.example
  6  /^(.+)@never\\.example\$/  check_recipient pcre:people /^(.+)@never\\.example\$/  \$1@other.example
  7  boss@corp.example  check_recipient texthash:table boss@corp.example  Disabled
  8  Corp  check_recipient texthash:table corp.example  Enabled
  9  emea.example  check_recipient texthash:table emea.example  emea@other.example
  10  default  all others  Disabled" "the table"
"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" policy --table |
	sed -n -E 's/(Threat .*|Disabled|Enabled|\((next table|use default)\))$//p' |
	awk '{ print length }' >"$RIG/columns"
is "$(wc -l <"$RIG/columns") $(sort -u "$RIG/columns" | wc -l)" "7 1" \
    "its last column stands below its title, however long the table's name"
is "$(tdcctl policy --table --json | tail -n 2)" \
'{"order":9,"policy":"emea.example","check":"check_recipient","table":"texthash:table","match":"emea.example","line":null,"connector":"emea@other.example"}
{"order":10,"policy":"default","check":null,"table":null,"match":null,"line":null,"connector":"Disabled"}' \
    "the table in JSON"
like "$(tdcctl policy --json)" "^usage: " "called in a wrong way"

# refused OPTION... - tdcctl policy finds that its arguments make no sense
refused()
{
	told=$("$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" policy "$@" 2>&1)
	[ "$?" = 64 ] && case $told in
	tdcctl:*' is not an '*address*) : ;;
	*) false ;;
	esac
}
for address in nobody '' '<>' 'a b@x' 'Ann <ann@x>' 'a@x,b@x' '"a@x' 'a@'; do
	ok "no recipient: $address" refused s@x "$address"
done
ok "no sender: nobody" refused nobody r@x
ok "the second recipient is none" refused s@x r@x nobody
ok "no address of a client" refused -a mx.example s@x r@x
while read -r address; do
	is "$(tdcctl policy '<>' "$address" | grep '^<')" \
	    "<$address>: NO (default_policy)" "a recipient: $address"
done <<-'EOF'
	"a two"@q.example
	a..b@q.example
	a@[192.0.2.1]
	Postmaster
	jörg@bücher.example
EOF
is "$(tdcctl check | sed -n 's/ is outside.*//p')" \
"warning: pcre:people: /^(.+)@never\\.example\$/: \$1@other.example
warning: texthash:table: emea.example: emea@other.example" \
    "intake addresses in another domain"

# ---- the order of the rows ----

cat >"$RIG/order" <<-'EOF'
	abuse@			NO
	example.com		DUNNO
	a+b@			NO
	sub.example.com		NO
	a@example.com		NO
	c.d.sub.example.com	NO
	a+b@example.com		NO name=Plus
EOF
cf <<-EOF
	recipient_delimiter = +
	policy_maps = check_sender inline:{ x.y=NO, u@x.y=DUNNO, <>=NO },
	    check_client inline:{ 192.0.2=NO, a.example=NO, 192.0.2.1=NO },
	    check_pair inline:{ { "a@x.y b.z" = NO }, { "a@x.y u@b.z" = NO } },
	    check_recipient texthash:$RIG/order
EOF
is "$(tdcctl policy --table --json |
    sed 's/.*"policy":\(.*\),"check.*"match":\(.*\),"line":null,.*r":\(".*"\)}/\1 \2 \3/')" \
'"u@x.y" "u@x.y" "(next table)"
"<>" "<>" "Disabled"
"x.y" "x.y" "Disabled"
"a.example" "a.example" "Disabled"
"192.0.2.1" "192.0.2.1" "Disabled"
"192.0.2" "192.0.2" "Disabled"
"\"a@x.y u@b.z\"" "\"a@x.y u@b.z\"" "Disabled"
"\"a@x.y b.z\"" "\"a@x.y b.z\"" "Disabled"
"Plus" "a+b@example.com" "Disabled"
"a@example.com" "a@example.com" "Disabled"
"c.d.sub.example.com" "c.d.sub.example.com" "Disabled"
"sub.example.com" "sub.example.com" "Disabled"
"example.com" "example.com" "(use default)"
"a+b@" "a+b@" "Disabled"
"abuse@" "abuse@" "Disabled"
"default" null "Disabled"' "rows in the order of the lookups, policies by their names"

# ---- what is wrong ----

cat >"$RIG/people" <<-'EOF'
	/a/	NO
	/b	NO
	/c/	MAYBE

	if /x/
	/d/	$1
	/e/	NO
	/f/	MAYBE
EOF
printf 'a@x NO\nb@x NOPE\nc@x\nd@x NOPE\ne@x NO\n' >"$RIG/table"
cat >"$RIG/nets" <<-EOF
	10.0.0.1/8	NO
	host.example	NO
EOF
printf 'a@x NO\nb@x NOPE\nc@x NOPE\n' >"$RIG/db"
made "$RIG/db"
printf '/^X-Spam/ NO\n/^X/ DEFAULT\n' >"$RIG/fields"
cf <<-EOF
	policy_maps = check_recipient pcre:$RIG/people, check_recipient texthash:$RIG/table, check_client cidr:$RIG/nets, check_sender hash:$RIG/db, check_sender hash:$RIG/none
	unclean_header_checks = regexp:$RIG/fields
EOF
tdcctl check >"$RIG/said"
for place in people:2: people:3: people:6: people:8: 'people: the IF on line 5' \
    table:2: table:3: table:4: nets:1: nets:2: "hash:db: key 'b@x'" \
    "hash:db: key 'c@x'" 'hash:none: open database none.db' fields:2:; do
	is "$(grep -c "$place" "$RIG/said")" 1 "told of: $place"
done
is "$(wc -l <"$RIG/said")" 14 "and of nothing else"

# maps VALUE WANTED NAME - what is said of a policy_maps
maps()
{
	echo "policy_maps = $1" | cf
	is "$(tdcctl check)" "tdcctl: tdc.cf:1: policy_maps: $2" "$3"
}
checks="check_client check_helo check_pair check_recipient check_sender"
maps "permit_mynetworks, check_recipient inline:{ a=NO }" \
    "unknown check 'permit_mynetworks' (known: $checks)" \
    "a word of Postfix's own"
maps "check_recipient_access inline:{ a=NO }" \
    "unknown check 'check_recipient_access', did you mean 'check_recipient'?" \
    "a check of access(5)"
maps "chek_sender inline:{ a=NO }" \
    "unknown check 'chek_sender', did you mean 'check_sender'?" "a slip"
maps "check_sender hsah:$RIG/none" \
    "hsah:none: unknown table type 'hsah', did you mean 'hash'?" \
    "a slip in a type"
maps "check_sender { inline:{ a=NO } }" \
    "{ inline:{ a=NO } }: one pair of braces too many" \
    "braces around a table"
maps "{ check_sender inline:{ a=NO } }" \
    "'{ check_sender inline:{ a=NO } }': one pair of braces too many" \
    "braces around a check"
echo "policy_maps = permit_mynetworks, chek_sender hash:$RIG/none,
	defer check_helo inline:{ a=MAYBE }" | cf
is "$(tdcctl check)" \
"tdcctl: tdc.cf:1: policy_maps: unknown check 'permit_mynetworks' (known: $checks)
tdcctl: tdc.cf:1: policy_maps: unknown check 'chek_sender', did you mean 'check_sender'?
tdcctl: tdc.cf:1: policy_maps: hash:none: open database none.db: No such file or directory
tdcctl: tdc.cf:1: policy_maps: unknown check 'defer' (known: $checks)
tdcctl: tdc.cf:1: policy_maps: inline:{ a=MAYBE }: key 'a': bad value 'MAYBE': neither NO, DEFAULT, DUNNO nor user@domain" \
    "all that is wrong with policy_maps"
maps "check_sender" "no table after check_sender" "a check without a table"
maps "check_sender check_recipient inline:{ a=NO }" \
    "no table after check_sender" "one before another check"
maps "check_sender inline:{ a=NO" "no closing brace: inline:{ a=NO" "a brace that is not closed"
echo 'default_policy = ALL' | cf
is "$(tdcctl check)" "tdcctl: tdc.cf:1: default_policy: bad value 'ALL': \
neither NO, DEFAULT nor user@domain, perhaps with name=WORD after it" \
    "a bad default_policy"

# All that is wrong with tdc.cf, not just the first line.
cf <<-'EOF'
	intake_adress = all@cloud.example
	colour = blue
	retry_delay = 5 parsecs
	undelivered = keep
	undelivered = discard
	nothing
	syslog_name = $intake_nam
EOF
is "$(tdcctl check | sort)" \
"tdcctl: tdc.cf:1: unknown parameter 'intake_adress', did you mean 'intake_address'?
tdcctl: tdc.cf:2: unknown parameter 'colour'
tdcctl: tdc.cf:3: retry_delay: '5 parsecs': unknown unit ' parsecs'
tdcctl: tdc.cf:5: undelivered is set already, in line 4
tdcctl: tdc.cf:6: not 'name = value': 'nothing'
tdcctl: tdc.cf:7: syslog_name: unknown parameter \$intake_nam, did you mean \$intake_name?" \
    "every bad line of tdc.cf"
is "$("$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" check >"$RIG/said" 2>&1; echo $?)" 78 \
    "which is an error of configuration"
is "$("$TDC_BUILD/tdcctl" -c "$RIG/nowhere.cf" check 2>&1)" \
    "tdcctl: open $RIG/nowhere.cf: No such file or directory" "no tdc.cf"

# ---- what can never match ----

printf 'Upper@x NO\nlower@x NO\nsub.x DEFAULT\n' >"$RIG/db"
made "$RIG/db" -f
printf 'lower@x NO\nother@x NO\nsub.x NO\n' >"$RIG/table"
printf '/a/ NO\n/a/ DEFAULT\n/^/ NO\n/b/ NO\n' >"$RIG/people"
cf <<-EOF
	intake_address = all@cloud.example
	policy_maps = check_recipient hash:$RIG/db, check_recipient texthash:$RIG/table, check_sender pcre:$RIG/people
EOF
is "$(tdcctl check | grep 'never match' | sort)" \
"warning: hash:db: Upper@x: can never match: upper case (was the table made with postmap -f?)
warning: pcre:people: /a/: can never match: line 1 matches all that line 2 would
warning: pcre:people: /b/: can never match: line 3 matches all that line 4 would
warning: texthash:table: lower@x: can never match: hash:db decides first
warning: texthash:table: sub.x: can never match: hash:db decides first" \
    "keys that can never match"
printf 'lower@x DUNNO\nx NO\n' >"$RIG/db"
made "$RIG/db"
is "$(tdcctl check | grep 'texthash.*never match')" "" \
    "a DUNNO may lead past a key"

# dead CHECK TYPE KEY... - each of these keys is told of, and no other line is
# written than one for each; the last two entries of the table are good
dead()
{
	check=$1
	type=$2
	shift 2
	for key; do
		printf '%s\tDEFAULT\n' "$key"
	done >"$RIG/keys"
	printf 'example.net DEFAULT\nuser@example.org DEFAULT\n' >>"$RIG/keys"
	rm -f "$RIG"/keys.*
	[ "$type" = texthash ] || postmap "$type:$RIG/keys" 2>/dev/null
	cf <<-EOF
		intake_address = all@cloud.example
		policy_maps = $check $type:$RIG/keys
	EOF
	tdcctl check >"$RIG/said"
	for key; do
		is "$(grep -cF "warning: $type:keys: $key: can never match: " \
		    "$RIG/said")" 1 "$check $type: $key"
	done
	is "$(grep -c 'never match' "$RIG/said")" $# "and no other"
}
for type in hash btree lmdb cdb texthash; do
	dead check_recipient "$type" @example.com '*@example.com' '*' \
	    .example.com 192.0.2.0/24 192.0.2.1 b.test. '<x@y>' mailto:x@y \
	    alice: a@b, 'user@*' http://example.com
done
dead check_sender texthash @example.com '*.example.com' 2001:db8::1 \
    '"a@x b@y"' '/^a/'
printf '\357\273\277example.com DEFAULT\n' >"$RIG/keys"
printf 'exam\342\200\213ple.com DEFAULT\nnbsp.example\302\240 DEFAULT\n' \
    >>"$RIG/keys"
is "$(tdcctl check | sed -n 's/.* can never match: //p')" \
"it has an invisible character (U+FEFF): type it again
it has an invisible character (U+200B): type it again
it has an invisible character (U+00A0): type it again" "what is not seen"

printf 'example.net NO\nuser@example.net NO\n192.0.2 NO\n' >"$RIG/keys"
printf '192.0.2.0/24 NO\n' >"$RIG/nets"
cf <<-EOF
	policy_maps = check_recipient texthash:$RIG/keys, check_client texthash:$RIG/keys, check_recipient cidr:$RIG/nets, check_client cidr:$RIG/nets
EOF
is "$(tdcctl check | grep 'never match')" \
    "warning: cidr:nets: it can never match for check_recipient: it only has the addresses of clients; use check_client" \
    "a key that one of two checks can ask for; a table of networks that one of two can"
cf <<-EOF
	parent_domain_matches_subdomains = no
	policy_maps = check_recipient inline:{ .example.com=NO, user@.example.com=NO }
EOF
is "$(tdcctl check | sed -n 's/.*: \(.*: can never\)/\1/p')" \
    "user@.example.com: can never match: a domain cannot begin with a dot: there is no key for a user in all subdomains" \
    "parents with a dot, when they are asked for"

# An earlier check decides by another key.
printf 'example.com NO\nann@example.net NO\nrole@ NO\n' >"$RIG/keys"
cat >"$RIG/table" <<-'EOF'
	example.com		NO
	user@example.com	DEFAULT
	a.b.example.com		DEFAULT
	user@a.b.example.com	DEFAULT
	ann+x@example.net	DEFAULT
	example.net		DEFAULT
	role@			DEFAULT
	role@example.net	DEFAULT
EOF
cf <<-EOF
	intake_address = all@cloud.example
	recipient_delimiter = +
	policy_maps = check_recipient texthash:$RIG/keys, check_recipient texthash:$RIG/table
EOF
is "$(tdcctl check | sed -n 's/warning: texthash:table: \(.*\): can never match: /\1: /p')" \
"example.com: texthash:keys decides first
user@example.com: texthash:keys decides first, by example.com
a.b.example.com: texthash:keys decides first, by example.com
user@a.b.example.com: texthash:keys decides first, by example.com
ann+x@example.net: texthash:keys decides first, by ann@example.net
role@: texthash:keys decides first
role@example.net: texthash:keys decides first, by role@" \
    "keys that an earlier table decides by another"
sed -i 's/^ann.*/ann@example.net DUNNO/' "$RIG/keys"
is "$(tdcctl check | grep -c 'decides first')" 0 "not past a DUNNO"

# A table that has an answer for all leaves nothing to those after it.
printf '/^odd/ NO\n/./ DEFAULT\n' >"$RIG/people"
printf '10.0.0.0/8 NO\n10.1.0.0/16 DUNNO\n' >"$RIG/nets"
unasked()		# POLICY_MAPS
{
	cf <<-EOF
		intake_address = all@cloud.example
		policy_maps = $1
	EOF
	tdcctl check | sed -n 's/warning: \(.* is never asked\)/\1/p'
}
is "$(unasked "check_sender static:NO, check_recipient texthash:$RIG/keys, check_client cidr:$RIG/nets")" \
"check_recipient texthash:keys is never asked: check_sender static:NO has an answer for every message
check_client cidr:nets is never asked: check_sender static:NO has an answer for every message" \
    "a table after a static one, of another check"
is "$(unasked "check_recipient pcre:$RIG/people, check_sender texthash:$RIG/keys")" \
"check_sender texthash:keys is never asked: check_recipient pcre:people has an answer for every message" \
    "a table after a pattern that matches all"
is "$(unasked "check_helo static:NO, check_recipient texthash:$RIG/keys")" "" \
    "there may be no HELO"
is "$(unasked "check_sender static:DUNNO, check_recipient texthash:$RIG/keys")" "" \
    "nor after a DUNNO"
sed -i 's/^\/odd.*/if \/x\//; s/^\/^odd.*/if \/x\//; $a endif' "$RIG/people"
is "$(unasked "check_recipient pcre:$RIG/people, check_sender texthash:$RIG/keys")" "" \
    "nor after a pattern within IF"
cf <<-EOF
	policy_maps = check_client cidr:$RIG/nets
EOF
is "$(tdcctl check | sed -n 's/.*nets: \(.*never\)/\1/p')" \
    "10.1.0.0/16: can never match: line 1 matches all that line 2 would" \
    "a network within an earlier one"

# A domain comes before user@.
printf 'example.com DEFAULT\nexample.net NO\nabuse@ NO\nhelp@ NO\nhelp@example.com NO\nall@ DEFAULT\n' \
    >"$RIG/keys"
cf <<-EOF
	intake_address = all@cloud.example
	policy_maps = check_recipient texthash:$RIG/keys
EOF
is "$(tdcctl check | grep 'does not match')" \
"warning: texthash:keys: abuse@: does not match in example.com: a domain comes before user@; add abuse@example.com as well
warning: texthash:keys: all@: does not match in example.net: a domain comes before user@; add all@example.net as well" \
    "a user of every domain, but for those that the table has"

# ---- what was changed, and not made anew ----

printf 'a@x NO\n' >"$RIG/db"
made "$RIG/db"
cf <<-EOF
	policy_maps = check_recipient hash:$RIG/db, check_recipient texthash:$RIG/db, check_recipient inline:{b=NO}
EOF
is "$(tdcctl check | grep newer)" "" "a database as new as its text"
touch -d '1 minute' "$RIG/db"
is "$(tdcctl check | grep newer)" \
    "warning: hash:db: db is newer than db.db: postmap(1) has not run since" \
    "a database older than its text"
rm "$RIG/db"
is "$(tdcctl check | grep newer)" "" "a database without its text"

# ---- types that are not said ----

mkdir "$RIG/bin"
for type in hash lmdb cdb; do
	printf '#!/bin/sh\necho %s\n' "$type" >"$RIG/bin/postconf"
	chmod 755 "$RIG/bin/postconf"
	rm -f "$RIG"/db.*
	printf 'a@x NO\nb@x NO\n' >"$RIG/db"
	touch -d '1 minute ago' "$RIG/db"
	postmap "$type:$RIG/db"
	cf <<-EOF
		policy_maps = check_recipient $RIG/db
	EOF
	is "$(PATH=$RIG/bin:$PATH; tdcctl check | head -n 1)" \
	    "check_recipient $type:db: 2 entries" \
	    "default_database_type = $type: a table without a type"
	cf <<-EOF
		policy_maps = check_recipient hash:$RIG/db
	EOF
	is "$(PATH=$RIG/bin:$PATH; tdcctl check | head -n 1)" \
	    "check_recipient hash:db: 2 entries" \
	    "default_database_type = $type: in place of hash"
done

done_testing
