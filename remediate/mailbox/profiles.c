/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/profiles.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf/conf_lines.h"
#include "base/mem.h"
#include "base/secret_file.h"
#include "remediate/mailbox/profile_line.h"

struct profile_private {
	struct profile_word *words;
	size_t		 count;
};

struct chain {
	const char	*name;
	const char	*where;
	struct profile_word *names;	/* as they stand in the file */
	const struct profile **members;
	size_t		 count;
};

struct profiles {
	struct secret_file file;	/* all words lie in its room */
	struct arena	 arena;
	struct profile	**list;
	size_t		 count;
	struct chain	*chains;
	size_t		 chain_count;
};

/* ---- a profile ---- */

static const char *
word_of(const struct profile_line *line, const char *word)
{
	for (size_t i = 0; i < line->count; i++)
		if (strcmp(line->words[i].word, word) == 0)
			return line->words[i].value;
	return NULL;
}

/* list_words - for people, separated by blanks */
static const char *
list_words(struct profiles *profiles, const char *const *words)
{
	const char *text = "type";

	for (; *words != NULL; words++)
		text = arena_format(&profiles->arena, "%s %s", text, *words);
	return text;
}

static const char *
list_types(struct profiles *profiles, const struct profile_settings *settings)
{
	const char *text = "";

	for (size_t i = 0; settings->backends[i] != NULL; i++)
		text = arena_format(&profiles->arena, "%s%s%s", text,
		    *text != '\0' ? " " : "", settings->backends[i]->name);
	return text;
}

static const struct mailbox_backend *
backend_of(const struct profile_settings *settings, const char *type)
{
	for (size_t i = 0; type != NULL && settings->backends[i] != NULL; i++)
		if (strcmp(settings->backends[i]->name, type) == 0)
			return settings->backends[i];
	return NULL;
}

static bool
is_known(const struct mailbox_backend *backend, const char *word)
{
	if (strcmp(word, "type") == 0)
		return true;
	for (const char *const *known = backend->words; *known != NULL; known++)
		if (strcmp(*known, word) == 0)
			return true;
	return false;
}

/* check_words - each known to its type, and once */
static int
check_words(struct profiles *profiles, const struct profile_line *line,
    const struct mailbox_backend *backend, struct err *err)
{
	for (size_t i = 0; i < line->count; i++) {
		if (!is_known(backend, line->words[i].word))
			return err_set(err, ERR_NEVER, "word %zu is unknown to "
			    "type %s, which knows: %s", i + 3, backend->name,
			    list_words(profiles, backend->words));
		for (size_t j = 0; j < i; j++)
			if (strcmp(line->words[i].word,
			    line->words[j].word) == 0)
				return err_set(err, ERR_NEVER,
				    "%s= stands there twice",
				    line->words[i].word);
	}
	return 0;
}

static int
add_profile(struct profiles *profiles, struct profile_line *line,
    const struct profile_settings *settings, const char *where,
    struct err *err)
{
	const char *type = word_of(line, "type");
	const struct mailbox_backend *backend = backend_of(settings, type);
	struct profile *profile;

	if (backend == NULL)
		return err_set(err, ERR_NEVER, "%s: %s",
		    type == NULL ? "it has no type=, which is one of" :
		    "its type= is none of", list_types(profiles, settings));
	if (check_words(profiles, line, backend, err) == -1)
		return -1;
	profile = arena_new(&profiles->arena, sizeof(*profile));
	*profile = (struct profile){ .name = line->name, .backend = backend,
	    .where = where, .settings = settings,
	    .private = arena_new(&profiles->arena, sizeof(*profile->private)) };
	*profile->private = (struct profile_private){ line->words,
	    line->count };
	line->words = NULL;
	profiles->list = mem_grow(profiles->list, profiles->count + 1,
	    sizeof(*profiles->list));
	profiles->list[profiles->count++] = profile;
	return backend->check(profile, err);
}

/* ---- a chain ---- */

static void
add_chain(struct profiles *profiles, struct profile_line *line,
    const char *where)
{
	profiles->chains = mem_grow(profiles->chains,
	    profiles->chain_count + 1, sizeof(*profiles->chains));
	profiles->chains[profiles->chain_count++] = (struct chain){
	    .name = line->name, .where = where, .names = line->words,
	    .count = line->count };
	line->words = NULL;
}

static const struct profile *const *
find_profile(const struct profiles *profiles, const char *name)
{
	for (size_t i = 0; i < profiles->count; i++)
		if (strcmp(profiles->list[i]->name, name) == 0)
			return (const struct profile *const *)
			    &profiles->list[i];
	return NULL;
}

static const struct chain *
find_chain(const struct profiles *profiles, const char *name)
{
	for (size_t i = 0; i < profiles->chain_count; i++)
		if (strcmp(profiles->chains[i].name, name) == 0)
			return &profiles->chains[i];
	return NULL;
}

/* resolve - the members of a chain, which may stand after it */
static int
resolve(struct profiles *profiles, struct chain *chain, struct err *err)
{
	chain->members = arena_new(&profiles->arena, chain->count *
	    sizeof(const struct profile *));
	for (size_t i = 0; i < chain->count; i++) {
		const char *name = chain->names[i].value;
		const struct profile *const *found = find_profile(profiles,
		    name);

		if (found == NULL)
			return err_set(err, ERR_NEVER, "%s: chain %s: '%s' is "
			    "%s", chain->where, chain->name, name,
			    find_chain(profiles, name) != NULL ?
			    "a chain, not a profile" : "not a profile");
		for (size_t j = 0; j < i; j++)
			if (chain->members[j] == *found)
				return err_set(err, ERR_NEVER, "%s: chain %s: "
				    "'%s' stands there twice", chain->where,
				    chain->name, name);
		chain->members[i] = *found;
	}
	return 0;
}

/* ---- the file ---- */

/* check_name - is it new? */
static int
check_name(const struct profiles *profiles, const char *name, struct err *err)
{
	const struct profile *const *profile = find_profile(profiles, name);
	const struct chain *chain = find_chain(profiles, name);

	if (profile == NULL && chain == NULL)
		return 0;
	return err_set(err, ERR_NEVER, "the name '%s' again, as in %s", name,
	    profile != NULL ? (*profile)->where : chain->where);
}

/* add_line - where: "FILE:LINE" */
static int
add_line(struct profiles *profiles, const struct profile_settings *settings,
    struct profile_line *line, const char *where, struct err *err)
{
	if (check_name(profiles, line->name, err) == -1)
		return err_wrap(err, "%s", where);
	if (line->is_chain)
		add_chain(profiles, line, where);
	else if (add_profile(profiles, line, settings, where, err) == -1)
		return err_wrap(err, "%s: profile %s", where, line->name);
	return 0;
}

/* parse - line by line; joined is where a line's pieces are put together, of
 * the file's size, so that no copy of a password is left behind */
static int
parse(struct profiles *profiles, const char *path,
    const struct profile_settings *settings, struct buf *joined,
    struct err *err)
{
	const char *text = profiles->file.text;
	char *room = profiles->file.room;
	unsigned number = 1, first;

	while (conf_logical_line(&text, &number, joined, &first)) {
		struct profile_line line;
		int done;

		if (profile_line_parse(joined->data, &room, &line, err) == -1)
			return err_wrap(err, "%s:%u", path, first);
		done = add_line(profiles, settings, &line,
		    arena_format(&profiles->arena, "%s:%u", path, first), err);
		free(line.words);
		if (done == -1)
			return -1;
	}
	for (size_t i = 0; i < profiles->chain_count; i++)
		if (resolve(profiles, &profiles->chains[i], err) == -1)
			return -1;
	return 0;
}

static int
load(struct profiles *profiles, const char *path,
    const struct profile_settings *settings, struct err *err)
{
	own(buf) struct buf joined = BUF;
	size_t size;
	int done;

	if (secret_file_read(path, SECRET_OURS, &profiles->file, err) == -1)
		return err_wrap(err, "%s", path);
	size = profiles->file.length + 1;
	(void)buf_room(&joined, size);
	done = parse(profiles, path, settings, &joined, err);
	explicit_bzero(joined.data, size);
	return done;
}

/* profiles_load - new */
int
profiles_load(const char *path, const struct profile_settings *settings,
    struct profiles **out, struct err *err)
{
	struct profiles *profiles = mem_new(sizeof(*profiles));

	if (*path != '\0' && load(profiles, path, settings, err) == -1) {
		profiles_free(profiles);
		return -1;
	}
	*out = profiles;
	return 0;
}

/* profiles_free - nothing of it is left in memory; NULL */
struct profiles *
profiles_free(struct profiles *profiles)
{
	if (profiles == NULL)
		return NULL;
	for (size_t i = 0; i < profiles->count; i++)
		free(profiles->list[i]->private->words);
	for (size_t i = 0; i < profiles->chain_count; i++)
		free(profiles->chains[i].names);
	free(profiles->list);
	free(profiles->chains);
	secret_file_drop(&profiles->file);
	arena_drop(&profiles->arena);
	free(profiles);
	return NULL;
}

/* ---- asking ---- */

/* profiles_chain - the chain of that name, or the one profile */
size_t
profiles_chain(const struct profiles *profiles, const char *name,
    const struct profile *const **out)
{
	const struct profile *const *profile = find_profile(profiles, name);
	const struct chain *chain = find_chain(profiles, name);

	if (chain != NULL) {
		*out = chain->members;
		return chain->count;
	}
	if (profile != NULL)
		*out = profile;
	return profile != NULL ? 1 : 0;
}

/* profiles_count - of chains none */
size_t
profiles_count(const struct profiles *profiles)
{
	return profiles->count;
}

const struct profile *
profiles_at(const struct profiles *profiles, size_t i)
{
	return profiles->list[i];
}

/* profile_value - as the file has it */
const char *
profile_value(const struct profile *profile, const char *word)
{
	const struct profile_private *private = profile->private;

	for (size_t i = 0; i < private->count; i++)
		if (strcmp(private->words[i].word, word) == 0)
			return private->words[i].value;
	return NULL;
}
