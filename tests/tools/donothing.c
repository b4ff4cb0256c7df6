/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * donothing - a milter that takes every message and does nothing with it
 *
 *	donothing [-r] SOCKET
 *
 * The measure that the cost of tdc-milter is compared with.  It takes every
 * event of a message, with the macros that Postfix sends to whoever names
 * none, and header values with their leading blank.  It replies to DATA and to
 * the end of the message alone, as tdc-milter does on a unix socket; most
 * milters reply to everything, as this one does with -r, and cost more.
 * SOCKET is written as libmilter writes it: unix:/path, inet:port@host.
 */
#include <libmilter/mfapi.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static bool want_replies;

#define SILENT (SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | \
    SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY)

/* go_on - the answer, or that there will be none */
static sfsistat
go_on(void)
{
	return want_replies ? SMFIS_CONTINUE : SMFIS_NOREPLY;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long unused1, unsigned long unused2, unsigned long *out_actions,
    unsigned long *out_steps, unsigned long *out1, unsigned long *out2)
{
	(void)ctx, (void)actions, (void)unused1, (void)unused2;
	*out_actions = 0;
	*out_steps = steps & (SMFIP_HDR_LEADSPC |
	    (want_replies ? 0 : SILENT));
	if ((steps & SILENT) != SILENT)
		want_replies = true;	/* the same for every connection */
	*out1 = *out2 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	(void)ctx, (void)name, (void)address;
	return go_on();
}

static sfsistat
on_words(SMFICTX *ctx, char **words)
{
	(void)ctx, (void)words;
	return go_on();
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)ctx, (void)name;
	return go_on();
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx, (void)name, (void)value;
	return go_on();
}

static sfsistat
on_step(SMFICTX *ctx)
{
	(void)ctx;
	return go_on();
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	(void)ctx, (void)bytes, (void)n;
	return go_on();
}

static sfsistat
on_reply(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static char milter_name[] = "donothing";

int
main(int argc, char **argv)
{
	struct smfiDesc description = {
		.xxfi_name = milter_name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_words,
		.xxfi_envrcpt = on_words,
		.xxfi_data = on_reply,
		.xxfi_header = on_header,
		.xxfi_eoh = on_step,
		.xxfi_body = on_body,
		.xxfi_eom = on_reply,
		.xxfi_close = on_reply,
	};

	if (argc > 1 && strcmp(argv[1], "-r") == 0) {
		want_replies = true;
		argc--, argv++;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: donothing [-r] SOCKET\n");
		return EX_USAGE;
	}
	umask(0);
	if (smfi_setconn(argv[1]) == MI_FAILURE ||
	    smfi_register(description) == MI_FAILURE ||
	    smfi_opensocket(true) == MI_FAILURE) {
		fprintf(stderr, "donothing: cannot listen on %s\n", argv[1]);
		return EX_UNAVAILABLE;
	}
	return smfi_main() == MI_SUCCESS ? EX_OK : EX_SOFTWARE;
}
