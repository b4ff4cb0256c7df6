#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# readers - programs that read mail find in every copy one message, with its
# bytes, and the sender, the subject and the recipients of its envelope
#
# Copies: of the messages of tests/cases/report and of generated ones, some of
# which go through Postfix, milter, forwarder and intake.  What a reader is:
# tests/readers/found.py.  What it may not find, and why:
# tests/readers/exceptions.
. "$(dirname "$0")/../rig/rig.sh"

rig_up readers
readers=tests/readers
# Readers of mail: those that keep the bytes of an attached message, and those
# that make a tree of it.
messages="mime_parser.pl mailparser.mjs postal_mime.mjs"
trees="python_email.py gmime"

# reader NAME ARGUMENT... - run it
reader()
{
	reader_name=$1
	shift
	case $reader_name in
	*.py) python3 -B "$readers/$reader_name" "$@" ;;
	*.pl) perl "$readers/$reader_name" "$@" ;;
	*.mjs) node "$readers/$reader_name" "$@" ;;
	*) "$TDC_BUILD/$readers/$reader_name" "$@" ;;
	esac
}

# read_all TO ENDING "READERS" [-b | -m] FILE... - side by side
read_all()
{
	read_to=$1
	read_ending=$2
	read_by=$3
	shift 3
	mkdir -p "$read_to"
	read_pids=
	for name in $read_by; do
		reader "$name" "$@" >"$read_to/$name.$read_ending" \
		    2>>"$RIG/err/readers" &
		read_pids="$read_pids $!"
	done
	for pid in $read_pids; do
		wait "$pid" || echo "one ended with $?" >>"$RIG/err/readers"
	done
}

judge()
{
	python3 -B "$readers/judge.py" "$@"
}

# copies_of WHAT OPTION - COPIES of all cases, and the messages in them
copies_of()
{
	mkdir "$RIG/$1" "$RIG/$1.alone"
	"$TDC_BUILD/tests/tools/compose" ${2-} "$RIG/$1" "$RIG/cases"/*
	is "$(judge cut ${2-} "$RIG/cases" "$RIG/$1" "$RIG/$1.alone" 2>&1)" "" \
	    "$1: what stands around each message is right"
}

# found_in WHAT CASES OPTION - what the readers find in COPIES that is wrong
found_in()
{
	read_all "$RIG/$1.found" found "$(readers_of "${3-}")" ${3-} \
	    "$RIG/$1"/*.eml
	read_all "$RIG/$1.found" alone "$(alone_for "${3-}")" -m \
	    "$RIG/$1.alone"/*.eml
	judge wrong ${3-} "$RIG/$2" "$RIG/$1.alone" $readers/exceptions \
	    "$RIG/$1.found"/* 2>&1
}

readers_of()		# OPTION: who reads these copies
{
	case $1 in
	-b) echo $messages $trees ;;
	*) echo $messages $trees ripmime.pl rules.py ;;
	esac
}

alone_for()		# OPTION: and who has to read the messages alone, too
{
	case $1 in
	-b) echo $messages $trees ;;
	*) echo $trees ripmime.pl ;;
	esac
}

mkdir "$RIG/generated" "$RIG/cases"
python3 -B $readers/generate.py "$RIG/generated"
ln -s "$RIG"/generated/* "$PWD"/tests/cases/report/* "$RIG/cases"
ok "there are over two hundred messages" \
    [ "$(ls "$RIG/generated" | wc -l)" -gt 200 ]

# ---- reports, and copies without ----

copies_of reports
is "$(found_in reports cases)" "" "reports: all that is there is found"
copies_of plain -b
is "$(found_in plain cases -b)" "" "no reports: all that is there is found"

mkdir "$RIG/null"
"$TDC_BUILD/tests/tools/compose" -n nobody@gw.example "$RIG/null" \
    "$RIG/cases/null-sender-00"
is "$(reader rules.py "$RIG/null/null-sender-00.eml" |
    grep -c '"sender": "nobody@gw.example"')" 4 \
    "journal_null_sender: those that want an address take the report, too"
is "$(judge idle "$RIG/cases" $readers/exceptions "$RIG"/*.found/*.found 2>&1)" \
    "" "every exception is one"

# ---- some of them through the whole way ----

rig_ca
rig_dns
rig_intake intake
rig_postfix "virtual_mailbox_domains = b.example sub.b.example" \
    "allow_percent_hack = no" "swap_bangpath = no" \
    "allow_untrusted_routing = yes"
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# options CASE - those of tests/tools/send, a line each
options()
{
	perl -CO -MJSON::PP -e 'local $/; my $envelope = decode_json(<>);
	    print "-f\n$envelope->{sender}\n";
	    print "-e\nSMTPUTF8\n" if $envelope->{smtputf8};
	    print map { "-t\n$_\n" } @{ $envelope->{recipients} }' \
	    "$1/envelope"
	printf '%s\n' -F "$1/message"
}

# Kinds that Postfix hands on as they are, and whose addresses it takes.
sent=0
for kind in plain utf8-b utf8-q latin-1 charsets injected undecodable raw-utf8 \
    raw-latin-1 folded-subject two-subjects long-subject null-sender many \
    sender-equals equals equals-encoded quoted-blank quoted-comma \
    quoted-forwarded unicode-local boundaries multipart multipart-open \
    no-boundary broken-mime report-inside eight-bit-body random-bytes long-lines
do
	options "$RIG/generated/$kind-00" | tr '\n' '\0' | xargs -0 \
	    "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
	    -x "ADDR=192.0.2.10 NAME=client.example" >"$RIG/said" ||
		diag "$kind: $(cat "$RIG/said")"
	sent=$((sent + 1))
done
ok "they arrive" rig_wait '[ "$(rig_count intake)" = $sent ]' 20
mkdir "$RIG/sent" "$RIG/arrived" "$RIG/arrived.alone"
judge pick "$RIG/generated" "$RIG/intake" "$RIG/sent" "$RIG/arrived"
is "$(ls "$RIG/sent" | wc -l)" "$sent" "each by its Message-ID"
is "$(judge cut "$RIG/sent" "$RIG/arrived" "$RIG/arrived.alone" 2>&1)" "" \
    "arrived: what stands around each message is right"
is "$(found_in arrived sent)" "" "arrived: all that is there is found"

# ---- ... and this test would tell ----

report=$RIG/reports/plain.eml
mkdir "$RIG/broken" "$RIG/broken.cases" "$RIG/broken.alone"
broken()		# NAME PERL: the report, changed so
{
	ln -s "$PWD/tests/cases/report/plain" "$RIG/broken.cases/$1"
	cp "$RIG/reports.alone/plain.eml" "$RIG/broken.alone/$1.eml"
	perl -0777 -pe "$2" "$report" >"$RIG/broken/$1.eml"
	! cmp -s "$report" "$RIG/broken/$1.eml" || diag "$1: nothing changed"
}
broken not-at-all '$_ .= "\r\n"'
broken no-empty-line 's/\r\n\r\nSender:/\r\nSender:/'
broken two-subjects 's/\r\nSubject: Hello(?=\r\nMess)/$&$&/'
broken boundary 's/\n--_0(?=[^\r]*\r\nContent-Type: mess)/\n--_1/'
broken encoding 's/(?<=Encoding: )7bit/base64/'
broken to 's/^Recipient: /To: /gm'

# Who notices: not everyone looks at everything.
is "$(found_in broken broken.cases | cut -f1,2 | sort -u |
    awk '{ by[$2] = by[$2] " " $1 } END { for (b in by) print b ":" by[b] }' |
    sort)" "\
boundary: MIME::Parser ace alsvc centinela gmime mailparser openarchiver \
postal-mime python-email ripmime rococo
encoding: MIME::Parser ace alsvc centinela gmime mailparser openarchiver \
postal-mime python-email ripmime rococo
no-empty-line: MIME::Parser ace alsvc centinela gmime mailparser openarchiver \
postal-mime python-email ripmime rococo
to: MIME::Parser ace gmime mailparser openarchiver postal-mime python-email \
ripmime
two-subjects: MIME::Parser ace alsvc gmime mailparser postal-mime python-email \
ripmime" "... and this test would tell"
is "$(cat "$RIG/err/readers")" "" "no reader complained"
done_testing
