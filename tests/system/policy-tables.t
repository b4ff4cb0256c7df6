#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-tables - what we find in tables of every type is what postmap finds
#
# TDC_SEEDS: how many random tables of each size and type, default 8.
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-tables
seeds=$(seq "${TDC_SEEDS:-8}")

# same NAME TYPE FILE - every key of FILE.keys has the same value for both
same()
{
	postmap -q - "$2:$3" <"$3.keys" >"$3.theirs" 2>"$RIG/err/postmap"
	"$TDC_BUILD/tests/tools/tablequery" "$2:$3" <"$3.keys" >"$3.ours" \
	    2>"$RIG/err/tablequery" || diag "$(cat "$RIG/err/tablequery")"
	keys=$((keys + $(wc -l <"$3.keys")))
	found=$((found + $(wc -l <"$3.theirs")))
	cmp -s "$3.ours" "$3.theirs" && return
	diag "$1:" "$(diff -a "$3.ours" "$3.theirs" | head -n 6)"
	return 1
}

# make TYPE FILE [POSTMAP OPTIONS] - the real postmap makes a table of FILE
make()
{
	type=$1
	file=$2
	shift 2
	[ "$type" = texthash ] ||
		postmap "$@" "$type:$file" 2>"$RIG/err/postmap" || {
		diag "$(tail -n 1 "$RIG/err/postmap")"
		return 1
	}
}

for type in hash btree lmdb cdb texthash; do
	keys=0
	found=0
	bad=0
	for seed in $seeds; do
		for lines in 0 1 7 60 700; do
			table=$RIG/$type
			perl tests/helpers/tables.pl "$((seed * 1000 + lines))" "$lines" \
			    "$table"
			rm -f "$table.db" "$table.lmdb" "$table.cdb"
			# postmap waits for a text file to cool down
			touch -d '1 minute ago' "$table"
			make "$type" "$table" &&
				same "seed $seed, $lines lines" "$type" "$table" ||
				bad=$((bad + 1))
		done
	done
	is "$bad bad tables" "0 bad tables" \
	    "$type: $keys keys, $found found, as postmap does"
	ok "$type: thousands of both" \
	    test "$keys" -gt 9000 -a "$found" -gt 5000
done

# Tables of patterns; what postmap would warn of is an error with us, so both
# get good lines alone.
for type in pcre regexp cidr; do
	keys=0
	found=0
	bad=0
	seed=0
	while [ "$seed" -lt $((8 * ${TDC_SEEDS:-8})) ]; do
		seed=$((seed + 1))
		table=$RIG/$type
		perl tests/helpers/patterns.pl "$seed" "$((seed % 30 + 1))" "$type" \
		    "$table"
		touch -d '1 minute ago' "$table"
		same "seed $seed" "$type" "$table" &&
			[ ! -s "$RIG/err/postmap" ] || {
			diag "seed $seed: $(head -n 3 "$RIG/err/postmap")"
			bad=$((bad + 1))
		}
	done
	is "$bad bad tables" "0 bad tables" \
	    "$type: $keys keys, $found found, as postmap does"
	ok "$type: thousands of keys, and hundreds of answers" \
	    test "$keys" -gt 3000 -a "$found" -gt 700
done

# One table a line ("\n" parts its lines), good or bad: what postmap warns of is
# an error with us, but for a flag that means nothing any more.
alike()			# TYPE FILE KEY...
{
	type=$1
	file=$2
	shift 2
	while IFS= read -r lines; do
		printf '%s\n' "$lines" | sed 's/\\n/\n/g' >"$RIG/one"
		touch -d '1 minute ago' "$RIG/one"
		printf '%s\n' "$@" | postmap -q - "$type:$RIG/one" \
		    >"$RIG/theirs" 2>"$RIG/err/postmap"
		printf '%s\n' "$@" |
			"$TDC_BUILD/tests/tools/tablequery" "$type:$RIG/one" \
			    >"$RIG/ours" 2>"$RIG/err/tablequery"
		lines_tried=$((lines_tried + 1))
		if grep -qv 'ignoring obsolete' "$RIG/err/postmap"; then
			refused=$((refused + 1))
			[ -s "$RIG/err/tablequery" ] && continue
		elif [ ! -s "$RIG/err/tablequery" ]; then
			cmp -s "$RIG/ours" "$RIG/theirs" && continue
		fi
		diag "$type: $lines" "$(cat "$RIG/err/postmap" "$RIG/theirs")" \
		    "$(cat "$RIG/err/tablequery" "$RIG/ours")"
		return 1
	done <"tests/cases/tables/$file"
}
lines_tried=0
refused=0
ok "pcre: what is taken and what is refused" alike pcre expressions abc ABC
ok "regexp: what is taken and what is refused" \
    alike regexp expressions abc ABC
ok "cidr: what is taken and what is refused" \
    alike cidr networks 10.1.2.3 10.200.1.1 2001:db8::1 ::ffff:10.1.2.3
ok "hundreds of them ($lines_tried, $refused refused)" \
    test "$lines_tried" -gt 200 -a "$refused" -gt 60

# Keys with a NUL behind and keys without in one file: as a lookup of its own
# finds them, which tries the key with it first.
for type in hash btree lmdb; do
	table=$RIG/mixed
	rm -f "$table".*
	seq -f 'k%.0f with' 1 40 >"$table"
	touch -d '1 minute ago' "$table"
	postmap -N "$type:$table"
	seq -f 'k%.0f without' 21 60 | postmap -n -i "$type:$table"
	seq -f 'k%.0f' 1 3 64 >"$table.keys"
	while read -r key; do
		postmap -q "$key" "$type:$table" | sed "s/^/$key	/"
	done <"$table.keys" >"$table.theirs"
	"$TDC_BUILD/tests/tools/tablequery" "$type:$table" <"$table.keys" \
	    >"$table.ours"
	is "$(cat "$table.ours")" "$(cat "$table.theirs")" \
	    "$type: with a NUL, without, and both"
done

# The ways in which a table comes to be, and to change.
for type in hash btree lmdb cdb; do
	table=$RIG/$type
	perl tests/helpers/tables.pl 99 400 "$table"
	for options in -N -n -f -No -nr; do
		rm -f "$table.db" "$table.lmdb" "$table.cdb"
		ok "$type: postmap $options" make "$type" "$table" "$options"
		ok "$type: postmap $options, the same values" \
		    same "$options" "$type" "$table"
	done
	make "$type" "$table"
	# a cdb file cannot be added to
	[ "$type" != cdb ] || continue
	head -n 150 "$table.keys" | postmap -d - "$type:$table" 2>/dev/null
	ok "$type: after postmap -d" same deleted "$type" "$table"
	perl tests/helpers/tables.pl 98 300 "$table.more"
	postmap -i "$type:$table" <"$table.more" 2>/dev/null
	cat "$table.more.keys" >>"$table.keys"
	ok "$type: after postmap -i" same inserted "$type" "$table"
	make "$type" "$table"
	ok "$type: made over a larger one" same over "$type" "$table"
done

# Tables that stand in the parameter itself.
printf '%s\n' a A a@x 'k,x' '"john doe"@x' '"q=r"@x' 'c d' '<>' >"$RIG/i.keys"
while read -r table; do
	postmap -q - "$table" <"$RIG/i.keys" >"$RIG/theirs" 2>/dev/null
	"$TDC_BUILD/tests/tools/tablequery" "$table" <"$RIG/i.keys" >"$RIG/ours" \
	    2>/dev/null
	is "$(cat "$RIG/ours")" "$(cat "$RIG/theirs")" "$table"
done <<-'EOF'
	inline:{a=1}
	inline:{a=1,A=2}
	inline:{ a=1, b=2 <>=3 }
	inline:{{a@x = 1, 2}, {<> = 3} a=b=c}
	inline:{ { "john doe"@x = 1 }, {"q=r"@x=2}, k={x} }
	inline:{{c d=1}}
	inline:{a = 1}
	inline:{a}
	inline:{}
	inline:a=1
	inline:{a=1}b
	inline:{{a=1}b=2}
	inline:{a=1
	static:NO
	static:{ NO name=x }
	static:{NO}x
	static:{NO
EOF

# A lock that postmap holds for longer than it should: flock for Berkeley DB,
# fcntl for LMDB; the table is read when it is gone.
make hash "$RIG/hash" && make lmdb "$RIG/lmdb"
for lock in hash:db:flock lmdb:lmdb:fcntl; do
	type=${lock%%:*}
	suffix=${lock#*:}
	: >"$RIG/order"
	perl -e 'use Fcntl qw(:DEFAULT :flock :seek);
		open my $f, "+<", $ARGV[1] or die;
		my $all = pack "s s x4 q q l x4", F_WRLCK, SEEK_SET, 0, 0, 0;
		$ARGV[0] eq "flock" ? flock $f, LOCK_EX :
		    fcntl $f, F_SETLK, $all or die "lock: $!";
		syswrite STDOUT, "locked\n";
		sleep 1;
		syswrite STDOUT, "free\n"' \
	    "${suffix#*:}" "$RIG/$type.${suffix%:*}" >>"$RIG/order" &
	rig_wait "grep -q locked $RIG/order" 10
	same locked "$type" "$RIG/$type" && echo read >>"$RIG/order"
	wait
	is "$(tr '\n' ' ' <"$RIG/order")" "locked free read " \
	    "$type: waits for the lock that postmap takes"
done

done_testing
