/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libmilter is answered, whatever it calls and hands over: a session that was
 * never agreed on, and clients and commands of any kind
 *
 * WRAP: smfi_getpriv smfi_getsymval smfi_register smfi_setpriv smfi_setsymlist
 */
#include "milter/callbacks.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/milter/service_rig.h"

/* ---- libmilter's part ---- */

static struct smfiDesc milter;		/* what was registered */
static int registered = MI_SUCCESS;
static void *kept;
static const char *version;
static SMFICTX *const ctx = (SMFICTX *)&kept;

int	__wrap_smfi_register(struct smfiDesc);
int
__wrap_smfi_register(struct smfiDesc description)
{
	milter = description;
	return registered;
}

void	*__wrap_smfi_getpriv(SMFICTX *);
void *
__wrap_smfi_getpriv(SMFICTX *unused)
{
	(void)unused;
	return kept;
}

int	__wrap_smfi_setpriv(SMFICTX *, void *);
int
__wrap_smfi_setpriv(SMFICTX *unused, void *ours)
{
	(void)unused;
	kept = ours;
	return MI_SUCCESS;
}

char	*__wrap_smfi_getsymval(SMFICTX *, char *);
char *
__wrap_smfi_getsymval(SMFICTX *unused, char *name)
{
	(void)unused;
	return strcmp(name, "v") == 0 ? (char *)(uintptr_t)version : NULL;
}

int	__wrap_smfi_setsymlist(SMFICTX *, int, char *);
int
__wrap_smfi_setsymlist(SMFICTX *unused, int when, char *list)
{
	(void)unused, (void)when;
	assert_int_not_equal(*list, '\0');
	return MI_SUCCESS;
}

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	service_start(SERVICE_USUAL
	    "internal_networks = 192.0.2.0/24, 2001:db8::/32\n", false);
	assert_int_equal(callbacks_register(&service, true), 0);
	version = "Postfix 3.7.11";
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(milter.xxfi_close(ctx), SMFIS_CONTINUE);
	assert_null(kept);
	service_stop();
	scratch_free(dir);
	return 0;
}

static void
negotiate(unsigned long offer, unsigned long *agreed)
{
	unsigned long f0 = 1, f2 = 1, f3 = 1;

	assert_int_equal(milter.xxfi_negotiate(ctx, 0x1ff, offer, 0, 0, &f0, agreed,
	    &f2, &f3), SMFIS_CONTINUE);
	assert_int_equal(f0 | f2 | f3, 0);
	assert_non_null(kept);
}

static char *words[2] = { (char *)(uintptr_t)"<u@x.example>", NULL };
static char *no_words[1] = { NULL };
static char name[] = "mx.example", subject[] = "Subject", value[] = " x";

/* whole - all of a message; the answers to all but DATA and the end are go_on */
static void
whole(sfsistat go_on, sfsistat data, sfsistat end)
{
	unsigned char body[] = "x\r\n";

	assert_int_equal(milter.xxfi_helo(ctx, name), go_on);
	assert_int_equal(milter.xxfi_envfrom(ctx, words), go_on);
	assert_int_equal(milter.xxfi_envrcpt(ctx, words), go_on);
	assert_int_equal(milter.xxfi_data(ctx), data);
	assert_int_equal(milter.xxfi_header(ctx, subject, value), go_on);
	assert_int_equal(milter.xxfi_eoh(ctx), go_on);
	assert_int_equal(milter.xxfi_body(ctx, body, 3), go_on);
	assert_int_equal(milter.xxfi_eom(ctx), end);
}

/* Nothing was agreed on, so nothing is known: all of it goes its way. */
static void
test_no_session(void **state)
{
	unsigned char body[] = "x";

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(milter.xxfi_connect(ctx, name, NULL),
		    SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_helo(ctx, name), SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_envfrom(ctx, words), SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_envrcpt(ctx, words), SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_data(ctx), SMFIS_ACCEPT);
		assert_int_equal(milter.xxfi_header(ctx, subject, value),
		    SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_eoh(ctx), SMFIS_ACCEPT);
		assert_int_equal(milter.xxfi_body(ctx, body, 1), SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_eom(ctx), SMFIS_ACCEPT);
		assert_int_equal(milter.xxfi_abort(ctx), SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_close(ctx), SMFIS_CONTINUE);
	}
	assert_int_equal(get(COUNT_MESSAGES), 0);
}

/* Replies are left out where the MTA wants none of any step, and not of some. */
static void
test_silent(void **state)
{
	static const unsigned long all = SMFIP_NR_CONN | SMFIP_NR_HELO |
	    SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH |
	    SMFIP_NR_BODY;
	unsigned long agreed;

	(void)state;
	negotiate(all | SMFIP_NR_DATA, &agreed);
	assert_int_equal(agreed, all);
	assert_int_equal(milter.xxfi_connect(ctx, name, NULL), SMFIS_NOREPLY);
	whole(SMFIS_NOREPLY, SMFIS_CONTINUE, SMFIS_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 1);
	milter.xxfi_close(ctx);
	negotiate((all & ~SMFIP_NR_BODY) | SMFIP_HDR_LEADSPC, &agreed);
	assert_int_equal(agreed, SMFIP_HDR_LEADSPC);
	assert_int_equal(milter.xxfi_connect(ctx, name, NULL), SMFIS_CONTINUE);
	whole(SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 2);
	milter.xxfi_close(ctx);
	/* whoever is not on this host may be slow: it is asked for all */
	assert_int_equal(callbacks_register(&service, false), 0);
	negotiate(all, &agreed);
	assert_int_equal(agreed, 0);
	assert_int_equal(milter.xxfi_connect(ctx, name, NULL), SMFIS_CONTINUE);
}

/* From which client a message is, and that others than IP's are nobody's. */
static void
test_clients(void **state)
{
	static struct sockaddr_in four = { .sin_family = AF_INET };
	static struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	static struct sockaddr other = { .sa_family = AF_UNIX };
	const struct {
		void		*address;
		sfsistat	 data;
	} rows[] = {
		{ NULL, SMFIS_CONTINUE },
		{ &four, SMFIS_ACCEPT },
		{ &six, SMFIS_ACCEPT },
		{ &other, SMFIS_CONTINUE },
	};
	unsigned long agreed;

	(void)state;
	inet_pton(AF_INET, "192.0.2.7", &four.sin_addr);
	inet_pton(AF_INET6, "2001:db8::7", &six.sin6_addr);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		negotiate(0, &agreed);
		milter.xxfi_connect(ctx, name, rows[i].address);
		milter.xxfi_envfrom(ctx, words);
		milter.xxfi_envrcpt(ctx, words);
		assert_int_equal(milter.xxfi_data(ctx), rows[i].data);
		milter.xxfi_close(ctx);
	}
	assert_int_equal(get(COUNT_SKIPPED_INTERNAL), 2);
	assert_int_equal(get(COUNT_ABORTED), 2);
}

/* Commands without words say nothing; a version may be any text, or none. */
static void
test_no_words(void **state)
{
	static const char *const versions[] = { NULL, "", "/", "8.17.1", ":" };
	unsigned long agreed;

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		version = versions[i];
		negotiate(0, &agreed);
		milter.xxfi_connect(ctx, name, NULL);
		assert_int_equal(milter.xxfi_envfrom(ctx, no_words),
		    SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_envrcpt(ctx, no_words),
		    SMFIS_CONTINUE);
		assert_int_equal(milter.xxfi_data(ctx), SMFIS_ACCEPT);
		assert_int_equal(get(COUNT_MESSAGES), i);
		whole(SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_ACCEPT);
		assert_int_equal(get(COUNT_JOURNALED), i + 1);
		milter.xxfi_close(ctx);
	}
}

static void
test_refused(void **state)
{
	(void)state;
	registered = MI_FAILURE;
	assert_int_equal(callbacks_register(&service, true), -1);
	registered = MI_SUCCESS;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_session),
		TEST(test_silent),
		TEST(test_clients),
		TEST(test_no_words),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
