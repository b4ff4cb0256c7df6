/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/tools/adversary_failures.h"

static void
pause_for(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static bool
hang_up(struct peer *peer, const char *text)
{
	(void)peer;
	(void)text;
	return false;
}

static bool
reset(struct peer *peer, const char *text)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	(void)text;
	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (peer->ssl != NULL)
		SSL_set_quiet_shutdown(peer->ssl, 1);
	return false;
}

static bool
reply(struct peer *peer, const char *text)
{
	return say(peer, text);
}

/* half - and not a word more */
static bool
half(struct peer *peer, const char *text)
{
	return say(peer, text) && listen_on(peer);
}

/* again - the same over and over, until the peer has had enough */
static bool
again(struct peer *peer, const char *text)
{
	while (say(peer, text))
		;
	return false;
}

/* drip - a good reply, of which the end is hours away */
static bool
drip(struct peer *peer, const char *text)
{
	while (say_bytes(peer, text, 1)) {
		if (text[1] != '\0')
			text++;
		pause_for(1000);
	}
	return false;
}

/* million - a reply of a million lines, in proper form */
static bool
million(struct peer *peer, const char *text)
{
	own(buf) struct buf lines = BUF;

	for (int i = 0; i < 1000; i++)
		buf_text(&lines, text);
	for (int i = 0; i < 1000; i++)
		if (!say_bytes(peer, lines.data, lines.len))
			return false;
	return say(peer, "250 at last\r\n");
}

/* flood - ten million bytes that are no line */
static bool
flood(struct peer *peer, const char *text)
{
	own(buf) struct buf bytes = BUF;

	while (bytes.len < 100000)
		buf_text(&bytes, text);
	for (int i = 0; i < 100; i++)
		if (!say_bytes(peer, bytes.data, bytes.len))
			return false;
	return listen_on(peer);
}

/* renegotiate - TLS 1.2 lets a server ask for a new handshake */
static bool
renegotiate(struct peer *peer, const char *text)
{
	for (int i = 0; i < 100; i++)
		if (SSL_renegotiate(peer->ssl) != 1 ||
		    SSL_do_handshake(peer->ssl) != 1)
			return false;
	return half(peer, text);
}

/* rekey - TLS 1.3 lets it ask for new keys, again and again */
static bool
rekey(struct peer *peer, const char *text)
{
	(void)text;
	while (SSL_key_update(peer->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
	    SSL_do_handshake(peer->ssl) == 1)
		;
	return false;
}

/* tickets - sessions without number or end */
static bool
tickets(struct peer *peer, const char *text)
{
	(void)text;
	while (SSL_new_session_ticket(peer->ssl) == 1 &&
	    SSL_do_handshake(peer->ssl) == 1)
		;
	return false;
}

/* hellos - requests for a new handshake in the middle of the first, without
 * end: TLS 1.2 has a client pass over them */
static bool
hellos(struct peer *peer, const char *text)
{
	char record[5 + 16384] = { 0x16, 3, 3, 0x40, 0 };

	(void)text;
	while (say_bytes(peer, record, sizeof(record)))
		;
	return false;
}

const struct failure failures[] = {
	{ "550", reply, "550 5.7.1 not here\r\n", 0 },
	{ "503", reply, "503 5.5.1 not now\r\n", 0 },
	{ "552", reply, "552 5.3.4 too much\r\n", 0 },
	{ "451", reply, "451 4.7.1 later\r\n", 0 },
	{ "421", reply, "421 4.3.2 going down\r\n", 0 },
	{ "hangup", hang_up, "", 0 },
	{ "reset", reset, "", 0 },
	{ "silence", half, "", 0 },
	{ "garbage", half, "what do you want?\r\n", 0 },
	{ "longline", flood, "250 Oh, ", 0 },
	{ "endless", again, "250-and\r\n", 0 },
	{ "half", half, "250 ", 0 },
	{ "nul", half, NULL, 0 },
	{ "injection", reply, "550 5.7.1 no\x1b[2J\rTDC: MID 1 successfully "
	    "delivered\x07\x9b\xff\r\n", 0 },
	{ "drip", drip, "250 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    1 << GREETING | 1 << MAIL | 1 << FINAL },
	{ "million", million, "250-and\r\n", 1 << MAIL | 1 << FINAL },
	{ "renegotiation", renegotiate, "", 1 << MAIL | 1 << FINAL | ONCE },
	{ "rekeying", rekey, "", 1 << MAIL | 1 << FINAL | ONCE },
	{ "tickets", tickets, "", 1 << MAIL | 1 << FINAL | ONCE },
	{ "thanks", half, "250 2.1.0 yes\r\n250 2.1.5 yes\r\n354 go\r\n"
	    "250 2.0.0 taken\r\n", 1 << GREETING | 1 << MAIL },
	{ "certificate", hang_up, "", 1 << HANDSHAKE | ONCE },
	{ "hellos", hellos, "", 1 << HANDSHAKE | ONCE },
};

const int failure_count = sizeof(failures) / sizeof(*failures);
