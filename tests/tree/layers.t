#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# layers - includes run one way, libraries do not log, and this test can fail
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

is "$(sh tests/lint/layers.sh)" "" "the tree keeps its layers"

# offence FILE LINE MESSAGE: a file of that line, in a tree with no other, is
# told of
offence()
{
	rm -rf "$RIG/tree"
	mkdir -p "$RIG/tree"
	(cd "$RIG/tree" && mkdir base policy journal history milter forward remediate control \
	    man contrib tests && mkdir forward/queue forward/net \
	    forward/tls forward/smtp policy/table policy/pattern \
	    base/log base/conf base/counters base/daemon journal/spool \
	    journal/report)
	for text in Makefile README HACKING CHANGES; do
		echo "# SPDX-License-Identifier: BSD-2-Clause" \
		    >"$RIG/tree/$text"
	done
	printf '/* SPDX-License-Identifier: BSD-2-Clause */\n%s\n' "$2" \
	    >"$RIG/tree/$1"
	is "$(sh tests/lint/layers.sh "$RIG/tree")" "$3" "$1: ${3:-$2 is allowed}"
}

offence policy/x.c '#include "journal/spool/spool.h"' \
    "policy/x.c must not include journal/spool/"
offence journal/x.h '#include "policy/policy.h"' \
    "journal/x.h must not include policy/"
offence base/x.c '#include "journal/spool/spool.h"' \
    "base/x.c must not include journal/spool/"
offence base/x.c '#include "base/log/log.h"' \
    "base/x.c must not include base/log/"
offence base/conf/x.c '#include "base/log/log.h"' \
    "base/conf/x.c must not include base/log/"
offence policy/x.c '#include "base/log/log.h"' \
    "policy/x.c must not include base/log/"
offence journal/report/x.c '#include "journal/spool/spool.h"' \
    "journal/report/x.c must not include journal/spool/"
offence policy/table/x.c '#include "policy/policy.h"' \
    "policy/table/x.c must not include policy/"
offence policy/pattern/x.c '#include "policy/table/lines.h"' \
    "policy/pattern/x.c must not include policy/table/"
offence base/x.c '#include "policy/table/table.h"' \
    "base/x.c must not include policy/table/"
offence forward/x.c '#include "policy/policy.h"' \
    "forward/x.c must not include policy/"
offence control/x.c '#include "forward/dial.h"' \
    "control/x.c must not include forward/"
offence control/x.c '#include "forward/smtp/reply.h"' \
    "control/x.c must not include forward/smtp/"
offence forward/net/x.c '#include "forward/route.h"' \
    "forward/net/x.c must not include forward/"
offence forward/tls/x.c '#include "forward/smtp/smtp.h"' \
    "forward/tls/x.c must not include forward/smtp/"
offence forward/queue/x.c '#include "policy/policy.h"' \
    "forward/queue/x.c must not include policy/"
offence milter/x.c '#include "control/control.h"' \
    "milter/x.c must not include control/"
offence milter/x.c '#include "session.h"' \
    'milter/x.c: "session.h" without its folder'
offence control/x.c '#include <libmilter/mfapi.h>' \
    "control/x.c must not include <libmilter/mfapi.h>"
offence base/x.c '# include <openssl/ssl.h>' \
    "base/x.c must not include <openssl/ssl.h>"
offence control/x.c '#include <unbound.h>' \
    "control/x.c must not include <unbound.h>"
offence journal/x.c '	log_event(started, "x", "y");' \
    "journal/x.c must not log"
offence control/x.c '	if (fsync(fd) == -1)' \
    "control/x.c must not make anything durable"
offence milter/x.c '	(void)renameat(a, b, c, d);' \
    "milter/x.c must not make anything durable"

offence milter/x.c '#include "policy/policy.h"' ""
offence milter/x.c '#include "policy/table/table.h"' ""
offence policy/x.c '#include "policy/table/table.h"' ""
offence policy/table/x.c '#include "policy/pattern/pattern.h"' ""
offence forward/x.c '#include <openssl/ssl.h>' ""
offence forward/smtp/x.c '#include "forward/tls/tls.h"' ""
offence forward/tls/x.c '#include <openssl/ssl.h>' ""
offence journal/spool/x.c '#include "journal/envelope.h"' ""
offence base/daemon/x.c '#include "base/log/log.h"' ""
offence control/main.c '	log_event(started, "x", "y");' ""
offence base/x.c '/* not even log_event() or fsync() */' ""
offence journal/x.c '	if (linkat(a, b, c, d, 0) == -1)' ""

echo 'int x;' >"$RIG/tree/milter/y.c"
is "$(sh tests/lint/layers.sh "$RIG/tree")" "milter/y.c has no SPDX line" \
    "a file without its licence"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
