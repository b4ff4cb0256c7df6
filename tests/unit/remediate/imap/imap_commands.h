/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_commands - what the commands of imap_server do; for that alone */
#ifndef TESTS_IMAP_COMMANDS_H
#define TESTS_IMAP_COMMANDS_H

static inline void
tagged(struct peer *peer, const char *text)
{
	buf_format(&peer->out, "%s %s\r\n", peer->words[0], text);
}

static inline void
do_capability(struct peer *peer)
{
	buf_format(&peer->out, "* CAPABILITY IMAP4rev1 %s\r\n",
	    server.can[peer->stage]);
	tagged(peer, "OK done");
}

static inline void
do_namespace(struct peer *peer)
{
	buf_format(&peer->out, "* NAMESPACE %s\r\n", server.namespaces);
	tagged(peer, "OK done");
}

/* let_in - as that owner, when the password is ours */
static inline void
let_in(struct peer *peer, const char *owner, const char *password)
{
	peer->account = account_of(owner);
	if (server.refuses != NULL && (server.refused == NULL ||
	    strcmp(server.refused, owner) == 0)) {
		buf_format(&peer->out, server.refuses, peer->words[0]);
		peer->account = NULL;
	} else if (strcmp(password, "secret") != 0 || peer->account == NULL) {
		tagged(peer, "NO [AUTHENTICATIONFAILED] no");
		peer->account = NULL;
	} else {
		peer->stage = 2;
		tagged(peer, "OK in");
	}
}

static inline void
do_login(struct peer *peer)
{
	char *star = strchr(peer->words[2], '*');

	snprintf(server.login, sizeof(server.login), "LOGIN %s %s",
	    peer->words[2], peer->words[3]);
	must(star != NULL);
	*star = '\0';
	let_in(peer, peer->words[2], peer->words[3]);
}

static inline void
do_authenticate(struct peer *peer)
{
	char bytes[90] = "";
	const char *owner = bytes, *user, *password;
	char *star;

	must(peer->count == 4 && strlen(peer->words[3]) < 116);
	must(EVP_DecodeBlock((unsigned char *)bytes,
	    (const unsigned char *)peer->words[3],
	    (int)strlen(peer->words[3])) > 0);
	user = owner + strlen(owner) + 1;
	password = user + strlen(user) + 1;
	snprintf(server.login, sizeof(server.login), "AUTH %s %s", owner, user);
	star = strchr(user, '*');
	if (star != NULL) {
		*star = '\0';
		owner = user;
	}
	let_in(peer, owner, password);
}

static inline void
do_list(struct peer *peer)
{
	const struct account *account = peer->account;

	for (unsigned i = 0; i < account->count; i++)
		if (strcmp(peer->words[3], "*") == 0 ||
		    strcmp(peer->words[3], account->rooms[i].name) == 0)
			buf_format(&peer->out, "* LIST () \"/\" \"%s\"\r\n",
			    account->rooms[i].name);
	if (server.odd_list != NULL && strcmp(peer->words[3], "*") == 0)
		buf_text(&peer->out, server.odd_list);
	tagged(peer, "OK done");
}

static inline void
do_select(struct peer *peer)
{
	peer->room = room_of(peer->account, peer->words[2]);
	if (peer->room == NULL) {
		tagged(peer, "NO [NONEXISTENT] no such folder");
		return;
	}
	buf_format(&peer->out, "* %u EXISTS\r\n* OK [UIDVALIDITY %u] ok\r\n",
	    peer->room->count, peer->room->validity);
	tagged(peer, "OK [READ-WRITE] done");
}

static inline void
do_create(struct peer *peer)
{
	if (room_of(peer->account, peer->words[2]) != NULL) {
		tagged(peer, "NO [ALREADYEXISTS] it is there");
		return;
	}
	room_new(peer->account, peer->words[2]);
	tagged(peer, "OK done");
}

static inline void
do_search(struct peer *peer)
{
	const char *wanted = peer->words[peer->count - 1];
	bool header = strcmp(peer->words[peer->count - 3], "HEADER") == 0;
	bool marked = strcmp(peer->words[3], "UNDELETED") != 0;

	buf_text(&peer->out, "* SEARCH");
	for (unsigned i = 0; i < peer->room->count; i++) {
		const struct letter *letter = &peer->room->letters[i];

		if ((!header || strstr(letter->text, wanted) != NULL) &&
		    (marked || strstr(letter->flags, "\\Deleted") == NULL))
			buf_format(&peer->out, " %u", letter->uid);
	}
	buf_text(&peer->out, "\r\n");
	tagged(peer, "OK done");
}

static inline void
fetch_one(struct peer *peer, const struct letter *letter, const char *items)
{
	struct buf *out = &peer->out;
	size_t size = strlen(letter->text);
	size_t head = (size_t)(strstr(letter->text, "\r\n\r\n") + 4 -
	    letter->text);

	buf_format(out, "* %u FETCH (UID %u",
	    (unsigned)(letter - peer->room->letters) + 1, letter->uid);
	if (strstr(items, "INTERNALDATE") != NULL)
		buf_format(out, " FLAGS (%s) INTERNALDATE \"%s\" "
		    "RFC822.SIZE %zu", letter->flags, letter->date, size);
	if (strstr(items, "[HEADER]") != NULL)
		buf_format(out, " BODY[HEADER]<0> {%zu}\r\n%.*s", head,
		    (int)head, letter->text);
	if (strstr(items, "[]") != NULL)
		buf_format(out, " BODY[] {%zu}\r\n%s", size, letter->text);
	buf_text(out, ")\r\n");
}

static inline void
do_fetch(struct peer *peer)
{
	char *rest = peer->words[3], *uid;

	while ((uid = strsep(&rest, ",")) != NULL) {
		const struct letter *letter = letter_of(peer->room, uid);

		if (letter != NULL)
			fetch_one(peer, letter, peer->words[4]);
	}
	tagged(peer, "OK done");
}

static inline void
do_store(struct peer *peer)
{
	struct letter *letter = letter_of(peer->room, peer->words[3]);
	char *flags = peer->words[5];

	if (letter != NULL && strcmp(peer->words[4], "+FLAGS.SILENT") == 0) {
		must(strcmp(flags, "(\\Deleted)") == 0);
		snprintf(letter->flags + strlen(letter->flags), 16,
		    " \\Deleted");
	} else if (letter != NULL) {
		flags[strlen(flags) - 1] = '\0';
		snprintf(letter->flags, sizeof(letter->flags), "%s", flags + 1);
	}
	tagged(peer, "OK done");
}

static inline void
do_expunge(struct peer *peer)
{
	const struct letter *letter = letter_of(peer->room, peer->words[3]);

	if (letter != NULL && strstr(letter->flags, "\\Deleted") != NULL)
		letter_remove(peer->room, letter);
	tagged(peer, "OK done");
}

/* placed - where a message is now */
static inline void
placed(struct peer *peer, const char *word, unsigned from,
    const struct room *room)
{
	char code[80];

	snprintf(code, sizeof(code), from != 0 ? "OK [%s %u %u %u] done" :
	    "OK [%s %u %.0u%u] done", word, room->validity, from,
	    room->letters[room->count - 1].uid);
	tagged(peer, server.no_place ? "OK done" : code);
}

static inline void
do_copy(struct peer *peer)
{
	const struct letter *letter = letter_of(peer->room, peer->words[3]);
	struct room *room = room_of(peer->account, peer->words[4]);
	unsigned uid = (unsigned)atoi(peer->words[3]);

	if (room == NULL) {
		tagged(peer, "NO [TRYCREATE] no such folder");
		return;
	}
	if (letter == NULL) {
		tagged(peer, "OK nothing to do");
		return;
	}
	letter_add(room, letter->text, letter->flags, letter->date);
	if (strcmp(peer->words[2], "MOVE") == 0)
		letter_remove(peer->room, letter_of(peer->room,
		    peer->words[3]));
	placed(peer, "COPYUID", uid, room);
}

static inline void
do_append(struct peer *peer)
{
	struct room *room = room_of(peer->account, peer->words[2]);
	char *flags = peer->words[3];

	if (room == NULL) {
		tagged(peer, "NO [TRYCREATE] no such folder");
		return;
	}
	flags[strlen(flags) - 1] = '\0';
	letter_add(room, peer->words[5], flags + 1, peer->words[4]);
	placed(peer, "APPENDUID", 0, room);
}

static inline void
do_nothing(struct peer *peer)
{
	tagged(peer, "OK done");
}

/* When a command may be: after the login, with a folder. */
enum when { EVER, INSIDE, SELECTED };

static const struct {
	const char	*name;
	void		(*does)(struct peer *);
	enum when	 when;
} commands[] = {
	{ "CAPABILITY", do_capability, EVER }, { "LOGIN", do_login, EVER },
	{ "AUTHENTICATE", do_authenticate, EVER },
	{ "STARTTLS", do_nothing, EVER }, { "NOOP", do_nothing, INSIDE },
	{ "NAMESPACE", do_namespace, INSIDE }, { "LIST", do_list, INSIDE },
	{ "SELECT", do_select, INSIDE }, { "EXAMINE", do_select, INSIDE },
	{ "CREATE", do_create, INSIDE }, { "APPEND", do_append, INSIDE },
	{ "SEARCH", do_search, SELECTED }, { "FETCH", do_fetch, SELECTED },
	{ "STORE", do_store, SELECTED }, { "EXPUNGE", do_expunge, SELECTED },
	{ "COPY", do_copy, SELECTED }, { "MOVE", do_copy, SELECTED },
};

/* command_name - without the UID before it */
static inline const char *
command_name(const struct peer *peer)
{
	must(peer->count > 1);
	return peer->words[strcmp(peer->words[1], "UID") == 0 ? 2 : 1];
}

/* command_do - as it should be */
static inline void
command_do(struct peer *peer)
{
	const char *name = command_name(peer);

	for (unsigned i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		if ((commands[i].when >= INSIDE && peer->account == NULL) ||
		    (commands[i].when == SELECTED && peer->room == NULL))
			tagged(peer, "BAD not now");
		else
			commands[i].does(peer);
		return;
	}
	server_die(__LINE__, name);
}

#endif
