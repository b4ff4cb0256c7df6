/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_server - an IMAP server by TLS, in threads, that keeps messages of two
 * accounts, and answers one command as it is told
 *
 *	server_start(dir);			-- DIR/ca.pem, server.port
 *	server_put("bob", "INBOX", text);
 *	server.fault = (struct fault){ .at = 3, .says = "%s NO no\r\n" };
 *	... what is tried ...
 *	server_count("bob", "INBOX", text, false);
 *	server_stop();				-- after the last connection's end
 *
 * Commands are counted from 1 since server.commands was 0; with fault.only those of
 * that name.
 */
#ifndef TESTS_IMAP_SERVER_H
#define TESTS_IMAP_SERVER_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/unit/remediate/imap/imap_certificate.h"

enum { LETTERS = 6, ROOMS = 6, ACCOUNTS = 2, WORDS = 12 };

struct letter {
	unsigned	 uid;
	char		*text;
	char		 flags[64], date[40];
};

struct room {
	char		 name[80];
	unsigned	 validity, next, count;
	struct letter	 letters[LETTERS];
};

struct account {
	const char	*name;
	struct room	 rooms[ROOMS];
	unsigned	 count;
};

/* What one command comes to; says: printf's, of its tag; NULL: nothing. */
struct fault {
	unsigned	 at;		/* its number; 0: none */
	const char	*says;
	bool		 does;		/* ... and it is done before */
	bool		 half;		/* of the right answer is said */
	bool		 ends;		/* the connection */
	const char	*only;		/* a command of that name; NULL: any */
};

static struct server {
	char		 port[8];
	const char	*greeting;	/* NULL: none, it closes */
	const char	*can[3];	/* before TLS, before and after the login */
	const char	*namespaces;
	const char	*odd_list;	/* a line more to LIST, or NULL */
	const char	*refuses;	/* printf's, to a login; NULL: none */
	const char	*refused;	/* ... for that owner alone; NULL: all */
	const char	*instead;	/* printf's, in the middle of a command; NULL */
	bool		 starttls;
	bool		 no_place;	/* no COPYUID, no APPENDUID */
	struct fault	 fault, then;	/* then: after that, from 1 again */
	unsigned	 commands;
	char		 faulty[32];	/* the command that the fault was at */
	char		 login[200];	/* the last one: its words, or "AUTH who" */
	struct account	 accounts[ACCOUNTS];
	/* its own */
	int		 listener;
	SSL_CTX		*context;
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	pthread_cond_t	 quiet;
	unsigned	 live;		/* connections */
} server;

struct peer {
	int		 fd;
	SSL		*ssl;
	struct account	*account;
	struct room	*room;
	struct buf	 out;
	char		*words[WORDS];	/* the tag, the command, the rest */
	unsigned	 count;
	unsigned	 stage;		/* of can[] */
};

#define must(truth) ((truth) ? (void)0 : server_die(__LINE__, #truth))

static inline void
server_die(int line, const char *what)
{
	fprintf(stderr, "imap_server: line %d: %s\n", line, what);
	abort();
}

/* ---- what it keeps ---- */

static inline struct account *
account_of(const char *name)
{
	for (unsigned i = 0; i < ACCOUNTS; i++)
		if (server.accounts[i].name != NULL &&
		    strcmp(server.accounts[i].name, name) == 0)
			return &server.accounts[i];
	return NULL;
}

static inline struct room *
room_of(struct account *account, const char *name)
{
	for (unsigned i = 0; i < account->count; i++)
		if (strcmp(account->rooms[i].name, name) == 0)
			return &account->rooms[i];
	return NULL;
}

static inline struct room *
room_new(struct account *account, const char *name)
{
	struct room *room = &account->rooms[account->count++];

	must(account->count <= ROOMS);
	*room = (struct room){ .validity = 100 + account->count, .next = 7 };
	snprintf(room->name, sizeof(room->name), "%s", name);
	return room;
}

static inline struct letter *
letter_add(struct room *room, const char *text, const char *flags,
    const char *date)
{
	struct letter *letter = &room->letters[room->count++];

	must(room->count <= LETTERS);
	*letter = (struct letter){ .uid = room->next++,
	    .text = mem_text(text) };
	snprintf(letter->flags, sizeof(letter->flags), "%s", flags);
	snprintf(letter->date, sizeof(letter->date), "%s", date);
	return letter;
}

static inline void
letter_remove(struct room *room, const struct letter *letter)
{
	unsigned i = (unsigned)(letter - room->letters);

	free(letter->text);
	memmove(&room->letters[i], &room->letters[i + 1],
	    (--room->count - i) * sizeof(*letter));
}

static inline struct letter *
letter_of(struct room *room, const char *uid)
{
	for (unsigned i = 0; i < room->count; i++)
		if (room->letters[i].uid == (unsigned)atoi(uid))
			return &room->letters[i];
	return NULL;
}

/* server_put - a message, as if it had come now; its number */
static inline unsigned
server_put(const char *account, const char *name, const char *text)
{
	struct account *in = account_of(account);
	struct room *room = room_of(in, name);

	return letter_add(room != NULL ? room : room_new(in, name), text,
	    "\\Seen $Label", "14-Nov-2023 22:13:20 +0000")->uid;
}

/* server_count - how many of that text there are that are not marked; with: those
 * that are, too */
static inline unsigned
server_count(const char *account, const char *name, const char *text, bool with)
{
	struct account *in = account_of(account);
	unsigned n = 0;

	pthread_mutex_lock(&server.lock);
	for (unsigned r = 0; r < in->count; r++)
		for (unsigned i = 0; i < in->rooms[r].count; i++) {
			const struct letter *letter = &in->rooms[r].letters[i];

			n += (name == NULL ||
			    strcmp(in->rooms[r].name, name) == 0) &&
			    strcmp(letter->text, text) == 0 && (with ||
			    strstr(letter->flags, "\\Deleted") == NULL);
		}
	pthread_mutex_unlock(&server.lock);
	return n;
}

/* server_clear - no folder and no message is left */
static inline void
server_clear(void)
{
	for (unsigned a = 0; a < ACCOUNTS; a++) {
		struct account *account = &server.accounts[a];

		while (account->count > 0) {
			struct room *room = &account->rooms[--account->count];

			while (room->count > 0)
				letter_remove(room, &room->letters[0]);
		}
	}
}

#include "tests/unit/remediate/imap/imap_commands.h"
#include "tests/unit/remediate/imap/imap_wire.h"

#endif
