/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/trial/advice.h"

#include <stdbool.h>
#include <string.h>

/* Columns that many rows share. */
#define ANY .first = STEP_ROUTE, .last = STEP_QUIT
#define AT(step) .first = STEP_##step, .last = STEP_##step
#define LETTER .first = STEP_MAIL, .last = STEP_BDAT
#define CONTENT .first = STEP_DATA, .last = STEP_BDAT
#define LATER .low = 400, .high = 499
#define NEVER .low = 500, .high = 599

const struct advice advices[] = {
	/* ---- DNS ---- */
	{ "no-host", "The host of intake_route is neither in /etc/hosts nor in "
	  "DNS.", "Correct intake_route.",
	  .cause = CAUSE_DNS_HARD, ANY, .type = " A" },
	{ "no-domain", "The intake domain does not exist in DNS.",
	  "Correct the address (intake_address, or the row of the table that "
	  "has it).  If the domain is new, wait until all name servers know "
	  "it.", .cause = CAUSE_DNS_HARD, ANY, .word = "NXDomain" },
	{ "null-mx", "The intake domain declares that it takes no mail (a null "
	  "MX, RFC 7505).", "Correct the address, or ask whoever runs the "
	  "intake for the one that takes journals.",
	  .cause = CAUSE_DNS_HARD, ANY, .word = "null MX" },
	{ "no-mx", "The intake domain exists, but none of its mail hosts has "
	  "an address.", "Whoever runs the domain must correct its MX records, "
	  "or the A or AAAA records they lead to; until then intake_route can "
	  "name a host.", .cause = CAUSE_DNS_HARD, ANY },
	{ "dnssec", "What DNS says is not signed as it should be, so it may be "
	  "forged, and counts as no answer.", "Whoever runs the zone must "
	  "renew its signatures.  If every zone has this, check "
	  "dns_trust_anchor_file, and the clock of this host.",
	  .cause = CAUSE_DNS_SOFT, ANY, .word = "DNSSEC" },
	{ "dane-unknown", "It is not known whether the mail host has TLSA "
	  "records, and to send without an answer is what an attacker would "
	  "want.", "Whoever runs the zone must see to it that its name servers "
	  "answer questions for TLSA records; or check that those in "
	  "dns_servers pass such answers on.",
	  .cause = CAUSE_DNS_SOFT, ANY, .type = " TLSA" },
	{ "dns", "The name servers did not answer, or could not.",
	  "Check dns_servers or /etc/resolv.conf, and that port 53 is open to "
	  "them.  If other domains are found, it is the name servers of the "
	  "intake domain.", .cause = CAUSE_DNS_SOFT, ANY },

	/* ---- the connection ---- */
	{ "refused", "The host is there, but nothing listens on that port, or "
	  "a firewall refuses it.", "Check the port of intake_route, and "
	  "whether this network lets connections to port 25 out.",
	  .cause = CAUSE_LOST, AT(CONNECT), .word = "refused" },
	{ "unreachable", "There is no way to that address from this host.",
	  "Check routes and addresses here (ip route get ADDRESS), and "
	  "source_address.", .cause = CAUSE_LOST, AT(CONNECT) },
	{ "connect-timeout", "Nobody answers at that address: the host is "
	  "down, or a firewall on the way drops the packets, as many networks "
	  "do for port 25.", "Ask your network's people to let port 25 out to "
	  "the intake, and whoever runs the intake whether it is up.",
	  .cause = CAUSE_TIMEOUT, AT(CONNECT) },
	{ "silent", "The connection is open, but no greeting comes: the intake "
	  "is overloaded, or a firewall holds the connection.",
	  "Try again later; then look at the connection with tcpdump, or ask "
	  "whoever runs the intake.", .cause = CAUSE_TIMEOUT, AT(GREETING) },
	{ "hung-up", "The intake closed the connection without a word, as some "
	  "do with clients that they do not know.", "Ask whoever runs the "
	  "intake whether it lets this gateway's address in.",
	  .cause = CAUSE_LOST, AT(GREETING) },
	{ "busy", "The intake takes no connection from this gateway now.",
	  "Try again later.  If it stays so, ask whoever runs the intake about "
	  "its limits, and whether it lets this gateway's address in.",
	  .cause = CAUSE_REPLY, AT(GREETING), LATER },
	{ "unwelcome", "The intake does not want this gateway's address.",
	  "Ask whoever runs the intake to let it in, or set source_address to "
	  "the one that they know.",
	  .cause = CAUSE_REPLY, AT(GREETING), NEVER },
	{ "name", "The intake does not like the name with which this gateway "
	  "greets.", "Set helo_name to a full name of this host that has an "
	  "address in DNS, best the one to which its address leads back.",
	  .cause = CAUSE_REPLY, ANY, .whose = WHOSE_NAME },

	/* ---- TLS ---- */
	{ "no-starttls", "The intake does not offer TLS, and without TLS "
	  "nothing is sent.", "Check that it is the right host: a firewall "
	  "that inspects SMTP may also take STARTTLS out of the offer (Cisco: "
	  "no fixup, no inspect esmtp).",
	  .cause = CAUSE_TLS, AT(STARTTLS), .word = "not offered" },
	{ "starttls", "The intake offers STARTTLS, but does not do it.",
	  "Whoever runs the intake must mend its TLS.",
	  .cause = CAUSE_TLS, AT(STARTTLS) },
	{ "starttls", "The intake offers STARTTLS, but does not do it.",
	  "Whoever runs the intake must mend its TLS.",
	  .cause = CAUSE_REPLY, AT(STARTTLS) },
	{ "mta-sts", "The MTA-STS policy of the intake domain does not name "
	  "this mail host, and its mode is enforce.", "Whoever runs the domain "
	  "must add the host to the policy, with a new id, or correct the MX "
	  "records.  If DNS here is right for everybody else, it may be "
	  "forged.", .cause = CAUSE_TLS, ANY, .word = "MTA-STS" },
	{ "dane-mismatch", "The intake shows a certificate that its TLSA "
	  "records do not name: it was renewed without them, or somebody else "
	  "answers.", "Whoever runs the intake must publish a TLSA record of "
	  "the new key; do not lower tls_policy before they have confirmed "
	  "it.", .cause = CAUSE_TLS, ANY, .word = "DANE TLSA" },
	{ "no-dane", "tls_policy = dane-only wants TLSA records that are "
	  "signed and can be used, and the mail host has none.",
	  "Set tls_policy = dane, which verifies the certificate where there "
	  "are no TLSA records.",
	  .cause = CAUSE_TLS, ANY, .word = "TLSA" },
	{ "no-dnssec", "tls_policy = dane-only wants an intake domain whose "
	  "DNS is signed.", "Set tls_policy = dane, which verifies the certificate "
	  "where DNS is not signed.",
	  .cause = CAUSE_TLS, ANY, .word = "not signed" },
	{ "certificate-name", "The certificate is for other names than the one "
	  "that was asked for.", "With intake_route, use the name that the "
	  "certificate has; else whoever runs the intake must get a "
	  "certificate for its MX host.  tls_policy = secure wants the name of "
	  "the intake domain.", .cause = CAUSE_TLS, ANY, .word = "mismatch" },
	{ "certificate-expired", "The certificate of the intake, or one that "
	  "vouches for it, has expired.", "Whoever runs the intake must renew "
	  "it.  Check that the clock of this host is right.",
	  .cause = CAUSE_TLS, ANY, .word = "has expired" },
	{ "certificate-early", "The certificate of the intake is not valid "
	  "yet.", "Check that the clock of this host is right; else whoever "
	  "runs the intake must mend it.",
	  .cause = CAUSE_TLS, ANY, .word = "not yet valid" },
	{ "certificate-weak", "The certificate has a key or a signature that "
	  "can be broken.", "Whoever runs the intake must get another one: RSA "
	  "of 2048 bits or more, or an elliptic curve, signed by SHA-256.",
	  .cause = CAUSE_TLS, ANY, .word = "too weak" },
	{ "certificate-chain", "No authority that is trusted here vouches for "
	  "the certificate: it is of an authority of their own, or its chain "
	  "is not whole.", "If the authority is right, put its certificate "
	  "into tls_ca_file; else whoever runs the intake must send the whole "
	  "chain.  Somebody else may be answering.",
	  .cause = CAUSE_TLS, ANY, .word = "certificate verify failed" },
	{ "tls-alert", "The intake broke off the handshake: it may want a "
	  "client certificate, or another version of TLS.",
	  "Set tls_cert_file to a certificate that the intake knows, and see "
	  "tls_min_version.", .cause = CAUSE_TLS, ANY, .word = "alert" },
	{ "tls", "The TLS handshake failed.", "Look at it with openssl "
	  "s_client -starttls smtp -connect HOST:PORT, and see "
	  "tls_min_version.", .cause = CAUSE_TLS, ANY },

	/* ---- the login ---- */
	{ "login-not-offered", "There is a login for this intake, but the "
	  "intake does not offer AUTH with PLAIN or LOGIN.",
	  "Remove it from intake_login_file, or check host and port: logins "
	  "are often taken on another port.",
	  .cause = CAUSE_LOGIN, ANY },
	{ "login-refused", "The intake does not accept the login.",
	  "Correct user and password in intake_login_file.",
	  .cause = CAUSE_REPLY,
	  .first = STEP_AUTH_PLAIN, .last = STEP_AUTH_PASSWORD,
	  .whose = WHOSE_LOGIN },
	{ "login-wanted", "The intake wants a login.", "Add it to "
	  "intake_login_file.", .cause = CAUSE_REPLY, ANY,
	  .whose = WHOSE_LOGIN },

	/* ---- the message ---- */
	{ "size", "The message is larger than the intake takes, or its mailbox "
	  "is full.", "Ask whoever runs the intake for room, and for a limit "
	  "of at least the largest message here and what a report adds; or "
	  "set max_message_size.",
	  .cause = CAUSE_REPLY, ANY, .low = 552, .high = 552 },
	{ "later", "The intake is there, and does not want the message now.",
	  "Read its reply, and try again later; if it stays so, ask whoever "
	  "runs it.", .cause = CAUSE_REPLY, ANY, LATER },
	{ "sender-refused", "The intake does not accept the sender.",
	  "Set journal_sender to an address that it takes, or ask whoever runs "
	  "it to take this one.", .cause = CAUSE_REPLY, AT(MAIL), NEVER },
	{ "recipient-refused", "The intake does not know the address, or does "
	  "not take mail for it from this gateway.", "Check the address "
	  "(intake_address, or the row of the table that has it); then ask "
	  "whoever runs the intake to let this gateway send to it.",
	  .cause = CAUSE_REPLY, AT(RCPT), NEVER },
	{ "message-refused", "The intake has seen the message and does not "
	  "want it: its filters took it for something else, or it wants "
	  "another form.", "Read its reply.  Have it pass by the filters of "
	  "the intake; see journal_format and journal_from.",
	  .cause = CAUSE_REPLY, CONTENT, NEVER },
	{ "message-timeout", "The intake took the commands, but did not answer "
	  "the message: it is slow to store or to filter it, or large packets "
	  "are lost on the way (MTU).", "Ask whoever runs the intake; see "
	  "command_timeout.  It may have the message all the same.",
	  .cause = CAUSE_TIMEOUT, CONTENT },
	{ "message-lost", "The connection broke while the message was sent: "
	  "the intake, or a firewall that looks into mail, ended it.",
	  "Ask whoever runs the intake.  It may have the message all the "
	  "same.", .cause = CAUSE_LOST, CONTENT },

	/* ---- whatever else ---- */
	{ "timeout", "The intake stopped answering in the middle of the "
	  "conversation.", "Try again later, then ask whoever runs the intake; "
	  "see command_timeout.", .cause = CAUSE_TIMEOUT, ANY },
	{ "lost", "The intake, or something on the way, closed the connection.",
	  "Try again later, then ask whoever runs the intake.",
	  .cause = CAUSE_LOST, ANY },
	{ "no-smtp", "What answers there does not speak SMTP, or says more "
	  "than it was asked.", "Check host and port; with port 465 in "
	  "intake_route TLS begins with the first byte.",
	  .cause = CAUSE_GARBAGE, ANY },
	{ "other-refusal", "The intake refuses.", "Read its reply, and ask "
	  "whoever runs it.", .cause = CAUSE_REPLY, ANY },
	{ "expired", "It took longer than a copy lives.", "See "
	  "queue_lifetime.", .cause = CAUSE_EXPIRED, ANY },
	{ "ours", "Something on this host failed, before the intake could be "
	  "asked.", "Read what it says: descriptors, memory, routes, "
	  "source_address.", .cause = CAUSE_OURS, ANY },
	{ .kind = NULL }
};

/* has_type - the look-up was for records of that type */
static bool
has_type(const struct failure *failure, const char *type)
{
	size_t n = strlen(failure->subject), m = strlen(type);

	return n >= m && strcmp(failure->subject + n - m, type) == 0;
}

static bool
fits(const struct advice *row, const struct failure *failure)
{
	int code = failure->cause == CAUSE_REPLY ? failure->reply.code : 0;

	if (row->cause != failure->cause || failure->step < row->first ||
	    failure->step > row->last)
		return false;
	if (row->high != 0 && (code < row->low || code > row->high))
		return false;
	if (row->word != NULL && strstr(failure->text, row->word) == NULL)
		return false;
	if (row->type != NULL && !has_type(failure, row->type))
		return false;
	return row->whose == WHOSE_ANY ||
	    (row->whose == WHOSE_NAME ? failure->our_name :
	    failure->our_login);
}

/* advice_find - the first that fits */
const struct advice *
advice_find(const struct failure *failure)
{
	const struct advice *row = advices;

	while (row[1].kind != NULL && !fits(row, failure))
		row++;
	return row;
}
