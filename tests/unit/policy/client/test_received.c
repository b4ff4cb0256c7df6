/* SPDX-License-Identifier: BSD-2-Clause */
/* The client in a Received: field, as many programs write them; and as a client
 * would like them to be written */
#include "policy/client/received.h"

#include <string.h>

#include "tests/unit/scratch.h"

struct row {
	const char	*value;
	const char	*address, *name, *helo;	/* address NULL: none */
};

static const struct row programs[] = {
	/* Postfix */
	{ " from mail.example (mx1.example [192.0.2.7])\n\tby gw (Postfix)",
	  "192.0.2.7", "mx1.example", "mail.example" },
	{ "from x (unknown [IPv6:2001:db8::7]) by gw", "2001:db8::7",
	  "unknown", "x" },
	{ "\n\tfrom x\n\t(unknown\n\t[192.0.2.7]) by gw", "192.0.2.7",
	  "unknown", "x" },
	{ "from [127.0.0.1] (evil.example [192.0.2.7])\n by gw",
	  "192.0.2.7", "evil.example", "[127.0.0.1]" },
	{ "from m.example (m.example [192.0.2.7])\n\t(using TLSv1.3 with "
	  "cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange "
	  "X25519 server-signature RSA-PSS (2048 bits))\n\t(Client CN "
	  "\"n [10.0.0.1]\", Issuer \"ca (10.0.0.1)\" (verified OK))\n\tby "
	  "gw.example (Postfix) with ESMTPS id 4ZAbC\n\tfor <u@corp.example>; "
	  "Tue,  3 Feb 2026 10:00:00 +0100 (CET)", "192.0.2.7", "m.example",
	  "m.example" },
	{ "from a b (unknown [192.0.2.7])\n\t(Authenticated sender: joe)\n\t"
	  "by gw (Postfix)", "192.0.2.7", "unknown", "a b" },
	{ "from m.example (unknown [unknown])\n\tby gw (Postfix)", NULL, NULL,
	  NULL },
	{ "by gw.example (Postfix, from userid 1000)\n\tid 4ZAbC; now", NULL,
	  NULL, NULL },
	/* amavis */
	{ "from gw.example ([127.0.0.1])\n by localhost (gw.example [127.0.0.1])"
	  " (amavis, port 10024)\n with ESMTP id aBcD for <u@corp.example>; now",
	  "127.0.0.1", "unknown", "gw.example" },
	/* Sendmail */
	{ "from a.example (b.example [192.0.2.7] (may be forged))\n\tby "
	  "gw.example (8.18.1/8.18.1) with ESMTP id 513; now", "192.0.2.7",
	  "unknown", "a.example" },
	{ "from a.example (joe@b.example [192.0.2.7])\n\t(authenticated bits=0)"
	  "\n\tby gw.example (8.18.1/8.18.1)", "192.0.2.7", "b.example",
	  "a.example" },
	{ "from a.example ([192.0.2.7]) by gw", "192.0.2.7", "unknown",
	  "a.example" },
	{ "(from joe@localhost)\n\tby gw.example (8.18.1/8.18.1/Submit) id 513",
	  NULL, NULL, NULL },
	/* Exim */
	{ "from [192.0.2.7] (helo=[127.0.0.1])\n\tby gw with esmtp (Exim 4.96)",
	  "192.0.2.7", "unknown", "[127.0.0.1]" },
	{ "from [192.0.2.7] (port=49152 helo=a.example ident=joe) by gw",
	  "192.0.2.7", "unknown", "a.example" },
	{ "from b.example ([192.0.2.7] helo=a.example)\n\tby gw.example with "
	  "esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n\t"
	  "(envelope-from <s@x.example>)\n\tid 1tXyZ-0001-AB\n\tfor u@corp; now",
	  "192.0.2.7", "b.example", "a.example" },
	{ "from b.example ([2001:db8::7]:49152 helo=a.example) by gw",
	  "2001:db8::7", "b.example", "a.example" },
	{ "from b.example ([192.0.2.7])\n\tby gw with esmtp (Exim 4.96)",
	  "192.0.2.7", "unknown", "b.example" },
	{ "from joe by gw.example with local (Exim 4.96)", NULL, NULL, NULL },
	/* qmail and its kin */
	{ "from unknown (HELO a.example) (192.0.2.7)\n  by gw with SMTP; now",
	  "192.0.2.7", "unknown", "a.example" },
	{ "from b.example (HELO a.example) (joe@192.0.2.7)\n  by gw with SMTP",
	  "192.0.2.7", "unknown", "a.example" },
	{ "from b.example (192.0.2.7)\n  by gw with SMTP; now", "192.0.2.7",
	  "unknown", "b.example" },
	{ "from unknown (HELO ?192.0.2.8?) (2001:db8::7) by gw with SMTP",
	  "2001:db8::7", "unknown", "?192.0.2.8?" },
	{ "(qmail 4711 invoked by uid 89); 3 Feb 2026 10:00:00 -0000", NULL,
	  NULL, NULL },
	/* Exchange on premises and online */
	{ "from mail.example (198.51.100.7) by EX01.corp.example (10.0.0.5) "
	  "with\n Microsoft SMTP Server (version=TLS1_2,\n cipher=TLS_ECDHE) id "
	  "15.2.1544.4; Tue, 3 Feb 2026 10:00:00 +0100", "198.51.100.7",
	  "unknown", "mail.example" },
	{ "from EX01.corp.example (2001:db8:5::1) by EX02.corp.example\n "
	  "(2001:db8:5::2) with Microsoft SMTP Server id 15.20.1",
	  "2001:db8:5::1", "unknown", "EX01.corp.example" },
	{ "from EX01.corp.example ([fe80::1ff:fe23:4567:890a]) by "
	  "EX01.corp.example\n ([fe80::1ff:fe23:4567:890a%4]) with mapi id "
	  "15.20.1", "fe80::1ff:fe23:4567:890a", "unknown",
	  "EX01.corp.example" },
	{ "from EX01.corp.example (fe80::1%12) by EX02.corp.example",
	  "fe80::1", "unknown", "EX01.corp.example" },
	{ "from mail.example ([192.0.2.7]) by ex.corp.example with Microsoft "
	  "SMTPSVC(6.0.3790.0);\n\t Tue, 3 Feb 2026", "192.0.2.7", "unknown",
	  "mail.example" },
	{ "from mail pickup service by ex.corp.example with Microsoft SMTPSVC",
	  NULL, NULL, NULL },
	/* Gmail */
	{ "from mail.example (mail.example. [192.0.2.7])\n        by mx.google."
	  "example with ESMTPS id a1-b2c3.2026.02.03\n        for <u@corp>\n"
	  "        (version=TLS1_3 cipher=TLS_AES_256 bits=256/256);\n        "
	  "Tue, 03 Feb 2026 01:00:00 -0800 (PST)", "192.0.2.7",
	  "mail.example", "mail.example" },
	{ "from mail.example ([2001:db8::7])\n        by mx.google.example",
	  "2001:db8::7", "unknown", "mail.example" },
	{ "by 2002:a05:7000:1 with SMTP id a1csp7; Tue, 3 Feb 2026", NULL, NULL,
	  NULL },
	/* Yahoo */
	{ "from 192.0.2.7 (EHLO mail.example)\n by 10.1.2.3 with SMTPs\n "
	  "(version=TLS1_3 cipher=TLS_AES_128)", "192.0.2.7", "unknown",
	  "mail.example" },
	/* OpenSMTPD */
	{ "from a.example (<unknown> [192.0.2.7])\n\tby gw.example (OpenSMTPD) "
	  "with ESMTPS id 1a2b (TLSv1.3:AEAD:256:NO)\n\tfor <u@corp.example>",
	  "192.0.2.7", "<unknown>", "a.example" },
	/* Courier */
	{ "from a.example (b.example [::ffff:192.0.2.7])\n  (TLS: TLSv1.3,256"
	  "bits,TLS_AES_256)\n  by gw.example with ESMTPS; now", "192.0.2.7",
	  "b.example", "a.example" },
	{ "from a.example ([::FFFF:192.0.2.7])\n  by gw.example with ESMTP",
	  "192.0.2.7", "unknown", "a.example" },
	/* Zimbra, from one of its parts to the other */
	{ "from mta.example (LHLO mta.example) (192.0.2.7) by store.example "
	  "with\n LMTP; now", "192.0.2.7", "unknown", "mta.example" },
	/* Haraka */
	{ "from a.example (Unknown [192.0.2.7])\n\tby gw.example (Haraka/3.0.5) "
	  "with ESMTPS id 0A1B.1\n\tenvelope-from <s@x.example>\n\ttls TLS_AES "
	  "(verify=NO);\n\tnow", "192.0.2.7", "Unknown", "a.example" },
	/* PowerMTA */
	{ "from a.example (192.0.2.7) by gw.example id h1a2b3 for <u@corp>; "
	  "now\n (envelope-from <s@x.example>)", "192.0.2.7", "unknown",
	  "a.example" },
	/* MDaemon */
	{ "from a.example (b.example [192.0.2.7])\n\tby gw.example (MDaemon PRO "
	  "v24.0.0) with ESMTPS id md5001; now", "192.0.2.7", "b.example",
	  "a.example" },
	{ "from a.example by gw.example (MDaemon PRO v9.0.1)\n\twith ESMTP id "
	  "md5001.msg", NULL, NULL, NULL },
	/* IceWarp */
	{ "from a.example ([192.0.2.7])\n        by gw.example (IceWarp 14.0.0 "
	  "x64) with ESMTPS id 202602031000", "192.0.2.7", "unknown",
	  "a.example" },
	/* Proofpoint */
	{ "from pps.filterd (m1.ppops.example [127.0.0.1])\n\tby m1.ppops."
	  "example (8.18.1.2/8.18.1.2) with ESMTP id 513", "127.0.0.1",
	  "m1.ppops.example", "pps.filterd" },
	{ "from mail.example (mail.example [192.0.2.7])\n\tby mx.pphosted."
	  "example (PPS) with ESMTPS id 3t\n\t(version=TLSv1.2 cipher=ECDHE "
	  "bits=256 verify=NOT)", "192.0.2.7", "mail.example",
	  "mail.example" },
	/* Mimecast */
	{ "from mail.example (b.example [192.0.2.7]) by relay.mimecast.example\n"
	  " with ESMTP with STARTTLS (version=TLSv1.3, cipher=TLS_AES_256) id\n"
	  " eu-mta-1-AbC-1; now", "192.0.2.7", "b.example", "mail.example" },
	/* Barracuda */
	{ "from mail.example (mail.example [192.0.2.7]) by mx.cuda.example with "
	  "ESMTP id a1B2 (version=TLSv1.3 cipher=TLS_AES_256 bits=256) for "
	  "<u@corp.example>; now", "192.0.2.7", "mail.example",
	  "mail.example" },
	/* Cisco AsyncOS */
	{ "from mail.example ([192.0.2.7])\n  by esa.example with "
	  "ESMTP/TLS/TLS_AES_256_GCM_SHA384; 03 Feb 2026", "192.0.2.7",
	  "unknown", "mail.example" },
	{ "from unknown (HELO mail.example) ([192.0.2.7])\n  by esa.example "
	  "with ESMTP; 03 Feb 2026", "192.0.2.7", "unknown", "mail.example" },
	/* Halon, Stalwart, KumoMTA, Momentum, CommuniGate Pro, Amazon SES */
	{ "from mail.example (mail.example [192.0.2.7])\n\tby gw.example (Halon)"
	  " with ESMTPS (TLS1.3)\n\tid 1a2b3c4d-1; now", "192.0.2.7",
	  "mail.example", "mail.example" },
	{ "from mail.example (mail.example [192.0.2.7])\r\n\t(using TLSv1_3 with"
	  " cipher TLS13_AES_256)\r\n\tby gw.example (Stalwart SMTP) with ESMTPS"
	  " id 2B", "192.0.2.7", "mail.example", "mail.example" },
	{ "from mail.example (192.0.2.7)\n  by gw.example (KumoMTA 10.0.0.5)\n "
	  " with ESMTPS id 1a2b for <u@corp.example>;\n  now", "192.0.2.7",
	  "unknown", "mail.example" },
	{ "from ([192.0.2.7:50387] helo=mail.example)\n\tby gw.example (ecelerity"
	  " 4.4) with ESMTP id 80/0A", "192.0.2.7", "unknown",
	  "mail.example" },
	{ "from [192.0.2.7] (HELO mail.example) by gw.example (CommuniGate Pro "
	  "SMTP 6.3) with ESMTP id 1", "192.0.2.7", "unknown",
	  "mail.example" },
	{ "from [192.0.2.7] (account joe@x.example HELO [10.10.10.10]) by gw",
	  "192.0.2.7", "unknown", "[10.10.10.10]" },
	{ "from mail.example ([192.0.2.7] verified) by gw.example (CommuniGate)",
	  "192.0.2.7", "unknown", "mail.example" },
	{ "from mail.example (EHLO mail.example) ([192.0.2.7])\n by gw.example "
	  "with ESMTP", "192.0.2.7", "unknown", "mail.example" },
	/* address behind the name, without parentheses */
	{ "from mail.example [192.0.2.7] by gw.example with SMTP", "192.0.2.7",
	  "unknown", "mail.example" },
	{ "FROM mail.example [IPv6:2001:DB8::7] BY gw.example", "2001:db8::7",
	  "unknown", "mail.example" },
	{ "from x (y [fe80::1%eth0]) by gw", "fe80::1", "y", "x" },
	{ "from x (y [IPv6:::ffff:192.0.2.7]) by gw", "192.0.2.7", "y", "x" },
};

/* What a client says of itself is believed nowhere; where it cannot be told
 * from what the relay says, nothing is. */
static const struct row lies[] = {
	{ "from x([10.0.0.1]) (h [192.0.2.7]) by gw", "192.0.2.7", "h",
	  "x([10.0.0.1])" },
	{ "from x;y (h [192.0.2.7]) by gw", "192.0.2.7", "h", "x;y" },
	{ "from \"x (h [10.0.0.1])\" (h [192.0.2.7]) by gw", "192.0.2.7", "h",
	  "\"x (h [10.0.0.1])\"" },
	{ "from [192.0.2.7] (helo=x[10.0.0.1]) by gw", "192.0.2.7", "unknown",
	  "x[10.0.0.1]" },
	{ "from b.example ([192.0.2.7] helo=x[10.0.0.1]) by gw", "192.0.2.7",
	  "b.example", "x[10.0.0.1]" },
	{ "from unknown (HELO x[10.0.0.1]) (192.0.2.7) by gw", "192.0.2.7",
	  "unknown", "x[10.0.0.1]" },
	{ "from unknown (HELO [10.0.0.1]) (192.0.2.7) by gw", "192.0.2.7",
	  "unknown", "[10.0.0.1]" },
	{ "from unknown (HELO x (h [10.0.0.1])) (192.0.2.7) by gw",
	  "192.0.2.7", "unknown", "x (h [10.0.0.1])" },
	{ "from x [10.0.0.1] (h [192.0.2.7]) by gw", "192.0.2.7", "h",
	  "x [10.0.0.1]" },
	{ "from 10.0.0.1 (h [192.0.2.7]) by gw", "192.0.2.7", "h", "10.0.0.1" },
	{ "from x( (h [192.0.2.7]) by gw", "192.0.2.7", "h", "x(" },
	{ "from x([10.0.0.1]) by gw", NULL, NULL, NULL },
	{ "from [10.0.0.1] by gw", NULL, NULL, NULL },
	{ "from 10.0.0.1 by gw", NULL, NULL, NULL },
	{ "from [10.0.0.1] (version=TLS1_3) by gw", NULL, NULL, NULL },
	{ "from [10.0.0.1] (using TLSv1.3) by gw", NULL, NULL, NULL },
	{ "from x (h [10.0.0.1]) (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x (10.0.0.1) (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from [10.0.0.1] (helo=x) (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	/* a host whose name is a word of Exim's or qmail's */
	{ "from [10.0.0.1] (helo [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from [10.0.0.1] (EHLO [192.0.2.7] (may be forged)) by gw", NULL,
	  NULL, NULL },
	{ "from 10.0.0.1 (helo=10.0.0.1@b.example [192.0.2.7]) by gw", NULL,
	  NULL, NULL },
	/* an ident with an address in it */
	{ "from x ([10.0.0.1]@b.example [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x (IDENT:u[10.0.0.1]@b.example [192.0.2.7]) by gw", NULL, NULL,
	  NULL },
	{ "from x ([10.0.0.1]@192.0.2.7) by gw", NULL, NULL, NULL },
	/* HELO by */
	{ "from by (b.example [192.0.2.7]) by gw", "192.0.2.7", "b.example",
	  "by" },
	{ "from BY (by [192.0.2.7]) by gw", "192.0.2.7", "by", "BY" },
	{ "from by by gw", NULL, NULL, NULL },
	{ "from [192.0.2.7] (helo=x) (h [10.0.0.1]) by gw", NULL, NULL, NULL },
	{ "from 10.0.0.1 (EHLO x) (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x (h [10.0.0.1]) by y (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x (h [10.0.0.1]) by y; (h [192.0.2.7]) by gw", NULL, NULL,
	  NULL },
	{ "from x (h [10.0.0.1]) by y ( (h [192.0.2.7]) by gw (Postfix); now",
	  NULL, NULL, NULL },
	{ "from x (h [10.0.0.1]) by y \" (h [192.0.2.7]) by gw", NULL, NULL,
	  NULL },
	{ "from x [10.0.0.1] with y (h [192.0.2.7]) by gw", "192.0.2.7", "h",
	  "x [10.0.0.1] with y" },
	{ "from x [10.0.0.1] by y (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x (h [10.0.0.1]) y (h [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from x [10.0.0.1] [192.0.2.7] by gw", NULL, NULL, NULL },
	{ "from x (10.0.0.1) (unknown [unknown]) by gw", NULL, NULL, NULL },
	{ "from x (10.0.0.1) (h.example) by gw", NULL, NULL, NULL },
	{ "from x [10.0.0.1] (h.example) by gw", NULL, NULL, NULL },
};

/* What is none, or is not whole. */
static const struct row others[] = {
	{ "from localhost by gw", NULL, NULL, NULL },
	{ "from a (b [not an address]) by gw", NULL, NULL, NULL },
	{ "from a (b [192.0.2.7) by gw", NULL, NULL, NULL },
	{ "from a (b [999.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from a (b [192.0.2.7]) with SMTP", NULL, NULL, NULL },
	{ "from a (b [192.0.2.7]", NULL, NULL, NULL },
	{ "from a by [192.0.2.7]", NULL, NULL, NULL },
	{ "from a (b [192.0.2.7]) (c [192.0.2.7]) by gw", "192.0.2.7", "b",
	  "a" },
	{ "from by gw", NULL, NULL, NULL },
	{ "from", NULL, NULL, NULL },
	{ "from ", NULL, NULL, NULL },
	{ "from: a (b [192.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from (", NULL, NULL, NULL },
	{ "from () by gw", NULL, NULL, NULL },
	{ "from [] (HELO) by gw", NULL, NULL, NULL },
	{ "from a [", NULL, NULL, NULL },
	{ "from a (b [", NULL, NULL, NULL },
	{ "from a (b [IPv6:", NULL, NULL, NULL },
	{ "from a (b [IPv6:]) by gw", NULL, NULL, NULL },
	{ "from a (((\\", NULL, NULL, NULL },
	{ "from a (b \\) [192.0.2.1]", NULL, NULL, NULL },
	{ "from \"a\\\" (b [192.0.2.1]) by gw", NULL, NULL, NULL },
	{ "from a (b [IPv6:2001:db8:0000:0000:0000:0000:0000:0000:0000:1]) by gw",
	  NULL, NULL, NULL },
	{ "from a (b [192.0.2.1]) by gw (\\) x)", "192.0.2.1", "b", "a" },
	{ "from \"a\\\" b\" (c [192.0.2.1]) by gw", "192.0.2.1", "c",
	  "\"a\\\" b\"" },
	{ "from a (b [IPv6:::ffff:192.0.2.1]) by gw", "192.0.2.1", "b", "a" },
	{ "from \"\\", NULL, NULL, NULL },
	{ "(qmail 1 invoked from network", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
};

static void
try_row(const struct row *row)
{
	struct arena arena = { 0 };
	struct client client = { 0 };
	/* an allocation of its own, so that reading behind it shows */
	char *value = mem_text(row->value);
	enum received_said said = received_parse(value, &arena, &client);

	assert_int_not_equal(said, RECEIVED_HANDED);
	if ((said == RECEIVED_CLIENT) != (row->address != NULL))
		fail_msg("'%s': %s", row->value,
		    said == RECEIVED_CLIENT ? client.address : "nothing");
	if (said == RECEIVED_CLIENT) {
		assert_string_equal(client.address, row->address);
		assert_string_equal(client.name, row->name);
		assert_string_equal(client.helo, row->helo);
	}
	free(value);
	arena_drop(&arena);
}

#define EACH(rows) \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++) \
		try_row(&(rows)[i])

static void
test_programs(void **state)
{
	(void)state;
	EACH(programs);
}

static void
test_lies(void **state)
{
	(void)state;
	EACH(lies);
}

static void
test_others(void **state)
{
	(void)state;
	EACH(others);
}

static void
test_handed(void **state)
{
	struct client client;
	struct arena arena = { 0 };

	(void)state;
	assert_int_equal(received_parse(" (qmail 4711 invoked from network); now",
	    &arena, &client), RECEIVED_HANDED);
	arena_drop(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_handed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
