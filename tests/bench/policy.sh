# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# bench_policy - what a policy with a million entries costs; sourced by
# bench.sh
#
# The table has a million users of a thousand hosts; half of the addresses that
# are asked for are in it, and every address goes through its access(5) keys:
# with its extension, without, five of domains, two without a domain.  Beside
# it one get of the library by which postmap(1) and smtpd(8) use the file, for
# one key.
bench_policy()
{
	policy_entries=${BENCH_ENTRIES:-1000000}
	echo "policy: a table of $policy_entries entries"
	awk -v n="$policy_entries" 'BEGIN {
		value[0] = "NO"
		value[1] = "DEFAULT"
		for (i = 0; i < n; i++) {
			value[2] = "x" i % 50 "@intake.example name=P" i % 50
			printf("user%d@host%d.sub.dept.example\t%s\n", i,
			    i % 1000, value[i % 3])
		}
	}' >"$RIG/users"
	touch -d '1 minute ago' "$RIG/users"
	for type in hash btree lmdb cdb texthash; do
		[ "$type" = texthash ] || postmap \
		    -o "$type:$RIG/users" 2>/dev/null || {
			echo "  $type: postmap could not make it"
			continue
		}
		if ! "$TDC_BUILD/tests/tools/policybench" "$type:$RIG/users" \
		    "$policy_entries" >"$RIG/policy"; then
			echo "  $type: failed"
			continue
		fi
		awk -v type="$type" '{ v[$1] = $2 } END {
			printf("  %-9s loaded in %5d ms, %4d MB resident, ",
			    type, v["load_ms"], v["resident_kb"] / 1024)
			printf("%4d ns a decision", v["decision_ns"])
			if ("raw_ns" in v)
				printf(", %4d ns a raw get", v["raw_ns"])
			printf("\n            999 of 1000 decisions take ")
			printf("up to %.1f us; while it is loaded, %.1f us\n",
			    v["slow_ns"] / 1000, v["slow_loading_ns"] / 1000)
			}' "$RIG/policy"
	done
	echo "  (to reach: 2000 ms, 150 MB, 2000 ns)"
	rm -f "$RIG"/users*
}
