/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each command to a Dovecot fails in turn, in each way: then the message is in one
 * place or the other, whoever looks again ends it well, and nothing else is touched
 *
 * NEEDS: REMEDIATION
 * WRAP: http_ask
 */
#include "tests/unit/remediate/mailbox/doveadm_rig.h"

#define OK	.status = 200

static const struct fault faults[] = {
	/* what is no truth */
	{ OK, .body = "[[\"doveadmResponse\",[],\"tdc\"]]" },
	{ OK, .code = 68 }, { OK, .code = 67 },
	/* no answer */
	{ .status = 0 }, { .status = 0, .does = true },
	{ .status = 503 }, { .status = 429 }, { .status = 404 },
	{ .status = 401 }, { .status = 403 },
	{ OK, .code = 75 }, { OK, .code = 75, .does = true },
	{ OK, .code = 64 }, { OK, .code = 65 }, { OK, .code = 73 },
	{ OK, .code = 77 }, { OK, .code = 78 }, { OK, .code = 99 },
	/* none of this API */
	{ OK, .body = "" }, { OK, .body = "<html>" }, { OK, .body = "[]" },
	{ OK, .body = "{}" }, { OK, .body = "[[]]" }, { OK, .body = "[[1,2,3]]" },
	{ OK, .body = "[[\"doveadmResponse\",[],\"tdc\"],[]]" },
	{ OK, .body = "[[\"doveadmResponse\",[],\"tdc\",1]]" },
	{ OK, .body = "[[\"doveadmResponse\",[],\"other\"]]" },
	{ OK, .body = "[[\"doveadmResponse\",[],7]]" },
	{ OK, .body = "[[\"what\",[],\"tdc\"]]" },
	{ OK, .body = "[[\"error\",{\"type\":\"exitCode\"},\"tdc\"]]" },
	{ OK, .body = "[[\"error\",{\"exitCode\":1},\"tdc\"]]" },
	{ OK, .body = "[[\"error\",{\"type\":\"exitCode\",\"exitCode\":0},"
	    "\"tdc\"]]" },
	{ OK, .body = "[[\"error\",{\"type\":\"exitCode\",\"exitCode\":256},"
	    "\"tdc\"]]" },
	{ OK, .body = "[[\"error\",{\"type\":\"unknownMethod\",\"exitCode\":0},"
	    "\"tdc\"]]" },
	{ OK, .body = "[[\"doveadmResponse\",[{}],\"tdc\"]]" },
	{ OK, .body = "[[\"doveadmResponse\",{},\"tdc\"]]" },
	{ OK, .body = "[[\"doveadmResponse\",[{},{}],\"tdc\"]]" },
	{ OK, .body = "[[\"doveadmResponse\",[{\"uid\":\"1\",\"guid\":\"g\","
	    "\"mailbox-guid\":\"0123456789abcdef0123456789abcdef\"}],"
	    "\"tdc\"]]" },
};
enum { LIES = 3, FAULTS = sizeof(faults) / sizeof(*faults) };

static unsigned
at_home(void)
{
	return doveadm_count("bob", "Work", "g1");
}

static unsigned
kept(void)
{
	return doveadm_count("quarantine", "Quarantine bob", "g1") +
	    doveadm_count("bob", "Quarantine", "g1");
}

static void
fill(void)
{
	doveadm_clear();
	folder_add("bob", "INBOX");
	doveadm_put("bob", "Work", "g0", "<1@x.example>x");
	doveadm_put("bob", "Work", "g1", "<1@x.example>");
	doveadm_put("quarantine", "INBOX", "g0", "<1@x.example>");
}

static void
others(void)
{
	assert_int_equal(doveadm_count("bob", "Work", "g0"), 1);
	assert_int_equal(doveadm_count("quarantine", "INBOX", "g0"), 1);
}

static void
arm(unsigned at, size_t fault)
{
	doveadm.fault = faults[fault];
	doveadm.fault.at = at;
	doveadm.commands = 0;
	doveadm.faulty[0] = '\0';
	rig.err = (struct err){ 0 };
}

/* well - a failure says why; of a message that is there nobody says that it is
 * gone, but who was lied to: the last row of faults[] is another one */
static void
well(enum mailbox_result result, size_t fault, unsigned there)
{
	bool lied = fault < LIES || fault == FAULTS - 1;

	if (result != MAILBOX_DONE && *rig.err.text == '\0')
		fail_msg("fault %zu of %s: no word", fault, doveadm.faulty);
	if (result == MAILBOX_GONE && there > 0 && !(lied &&
	    strcmp(doveadm.faulty, "fetch") == 0))
		fail_msg("fault %zu of %s: it is there, but '%s'", fault,
		    doveadm.faulty, rig.err.text);
	if (result == MAILBOX_NOBODY)
		assert_int_equal(fault, 2);
	if (doveadm.fault.status == 401 || doveadm.fault.status == 403)
		assert_true(result == MAILBOX_DONE || result ==
		    MAILBOX_LOCKED_OUT);
}

/* seek - the message, which is there */
static void
seek(void)
{
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_string_equal(rig.folder, "Work");
}

static const char *const ways[] = { "quarantine=quarantine",
	"folder=Quarantine" };

static void
looks(void **state)
{
	unsigned at = 1;

	(void)state;
	rig_up(ways[0]);
	for (size_t fault = 0; fault < FAULTS; fault++)
		for (at = 1; at == 1 || doveadm.faulty[0] != '\0'; at++) {
			enum mailbox_result result;
			struct found found;

			fill();
			seek();
			arm(at, fault);
			result = rig_find("<1@x.example>");
			well(result, fault, 0);
			assert_in_range(rig.found, 0, 1);
			found = rig_found();
			if (result != MAILBOX_DONE)
				continue;
			buf_cut(&rig.out, 0);
			result = mailbox_dovecot.header(rig.box, &found,
			    &rig.out, &rig.err);
			well(result, fault, 1);
			assert_string_equal(rig.out.data, result ==
			    MAILBOX_DONE ? "A: b\n\n" : "");
			buf_cut(&rig.out, 0);
			result = mailbox_dovecot.raw(rig.box, &found, 8,
			    &rig.out, &rig.err);
			well(result, fault, 1);
			assert_string_equal(rig.out.data, result ==
			    MAILBOX_DONE ? "A: b\n\nc\n" : "");
		}
	assert_in_range(at, 4, 8);
	rig_down();
}

/* ends_well - after the first attempt, as the remediator does it */
static void
ends_well(enum mailbox_result result)
{
	doveadm.fault.at = 0;
	if (result != MAILBOX_DONE && at_home() == 1 && kept() == 0) {
		assert_int_equal(rig_moved(), MAILBOX_GONE);
		result = rig_quarantine();
	} else if (result != MAILBOX_DONE)
		result = rig_moved();
	if (result != MAILBOX_DONE)
		fail_msg("%s: %s", doveadm.faulty, rig.err.text);
	assert_int_equal(at_home(), 0);
	assert_int_equal(kept(), 1);
}

static void
quarantines(void **state)
{
	unsigned at = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		rig_up(ways[i]);
		for (size_t fault = 0; fault < FAULTS; fault++)
			for (at = 1; at == 1 || doveadm.faulty[0] != '\0';
			    at++) {
				enum mailbox_result result;

				fill();
				seek();
				arm(at, fault);
				result = rig_quarantine();
				well(result, fault, at_home());
				assert_int_equal(at_home() + kept(), 1);
				ends_well(result);
				others();
			}
		assert_in_range(at, 6, 12);
		rig_down();
	}
}

/* hold - have it in quarantine */
static void
hold(void)
{
	fill();
	seek();
	if (rig_quarantine() != MAILBOX_DONE)
		fail_msg("%s", rig.err.text);
}

/* comes_back - home: how the folder where it was is now */
static void
comes_back(const char *way, bool home)
{
	unsigned at = 1;

	rig_up(way);
	for (size_t fault = 0; fault < FAULTS; fault++)
		for (at = 1; at == 1 || doveadm.faulty[0] != '\0'; at++) {
			enum mailbox_result result;

			hold();
			strcpy(doveadm.notes[1].flags, "\\Flagged");
			if (!home)
				folder_remove("bob", "Work");
			arm(at, fault);
			result = mailbox_dovecot.restore(rig.box,
			    rig.handle.data, &rig.err);
			well(result, fault, kept());
			if (doveadm_count("bob", NULL, "g1") +
			    doveadm_count("quarantine", NULL, "g1") != 1)
				fail_msg("it is lost");
			if (result == MAILBOX_DONE)
				assert_int_equal(doveadm_count("bob", "INBOX",
				    "g1") + at_home(), 1);
			others();
		}
	assert_in_range(at, 5, 12);
	rig_down();
}

static void
restores(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		comes_back(ways[i], true);
		comes_back(ways[i], false);
	}
}

static void
purges(void **state)
{
	unsigned at = 1;

	(void)state;
	rig_up(ways[0]);
	for (size_t fault = 0; fault < FAULTS; fault++)
		for (at = 1; at == 1 || doveadm.faulty[0] != '\0'; at++) {
			enum mailbox_result result;

			hold();
			arm(at, fault);
			result = mailbox_dovecot.purge(rig.box,
			    rig.handle.data, &rig.err);
			well(result, fault, kept());
			if (result == MAILBOX_DONE)
				assert_int_equal(kept(), 0);
			assert_int_equal(at_home(), 0);
			others();
		}
	assert_in_range(at, 4, 8);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks), cmocka_unit_test(quarantines),
		cmocka_unit_test(restores), cmocka_unit_test(purges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
