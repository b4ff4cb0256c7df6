/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/strings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A slot is free while its next is 0; else next - 1 is the number. */
struct words_slot {
	uint32_t	hash;
	uint32_t	next;
};

enum { FIRST_SLOTS = 64 };

/* hash_of - eight bytes at a time; keys come from the operator's own tables,
 * so nobody can choose them to collide */
static uint32_t
hash_of(const char *bytes, size_t n)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;	/* 2^64 / golden ratio */
	uint64_t hash = n * odd, part;

	for (; n >= sizeof(part); n -= sizeof(part), bytes += sizeof(part)) {
		memcpy(&part, bytes, sizeof(part));
		hash = (hash ^ part) * odd;
		hash ^= hash >> 32;
	}
	part = 0;
	memcpy(&part, bytes, n);
	hash = (hash ^ part) * odd;
	return (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}

/* probe - the slot that holds the string, or the free one where it would be */
static struct words_slot *
probe(const struct words *words, uint32_t hash, const char *text, size_t n)
{
	uint32_t mask = words->slot_count - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		struct words_slot *slot = &words->slots[i];
		const uint32_t *at;

		if (slot->next == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		at = &words->at[slot->next - 1];
		if (at[1] - at[0] == n + 1 &&
		    memcmp(words->bytes + at[0], text, n) == 0)
			return slot;
	}
}

/* spread - twice the slots, or the first ones; half of them stay free */
static void
spread(struct words *words)
{
	struct words_slot *old = words->slots;
	uint32_t old_count = words->slot_count;

	words->slot_count = old_count > 0 ? 2 * old_count : FIRST_SLOTS;
	words->slots = mem_new(words->slot_count * sizeof(*words->slots));
	for (uint32_t i = 0; i < old_count; i++) {
		uint32_t to = old[i].hash;

		if (old[i].next == 0)
			continue;
		while (words->slots[to &= words->slot_count - 1].next != 0)
			to++;
		words->slots[to] = old[i];
	}
	free(old);
}

/* append - put the string behind the others */
static void
append(struct words *words, const char *text, size_t n)
{
	if (words->room - words->used < n + 1) {
		words->room += words->room / 2 + n + 4096;
		words->bytes = mem_grow(words->bytes, words->room, 1);
	}
	if (words->at_room < words->count + 2) {
		words->at_room += words->at_room / 2 + 64;
		words->at = mem_grow(words->at, words->at_room,
		    sizeof(*words->at));
	}
	memcpy(words->bytes + words->used, text, n);
	words->bytes[words->used + n] = '\0';
	words->at[words->count] = (uint32_t)words->used;
	words->used += n + 1;
	words->count++;
	words->at[words->count] = (uint32_t)words->used;
}

/* words_add - the string's number, old or new */
bool
words_add(struct words *words, const char *text, size_t n,
    uint32_t *out_number)
{
	uint32_t hash = hash_of(text, n);
	struct words_slot *slot;

	if (words->count >= words->slot_count / 2)
		spread(words);
	slot = probe(words, hash, text, n);
	if (slot->next == 0) {
		if (words->count >= INT32_MAX / 2 ||
		    n >= UINT32_MAX - words->used)
			return false;
		append(words, text, n);
		*slot = (struct words_slot){ hash, words->count };
	}
	*out_number = slot->next - 1;
	return true;
}

/* words_find - the number of a string that may be there */
bool
words_find(const struct words *words, const char *text, uint32_t *out_number)
{
	size_t n = strlen(text);
	struct words_slot *slot;

	if (words->count == 0)
		return false;
	slot = probe(words, hash_of(text, n), text, n);
	if (slot->next == 0)
		return false;
	*out_number = slot->next - 1;
	return true;
}

/* words_text - the string with this number; borrowed until the next add */
const char *
words_text(const struct words *words, uint32_t number)
{
	return words->bytes + words->at[number];
}

/* words_trim - no more memory than what is used */
void
words_trim(struct words *words)
{
	if (words->count == 0)
		return;
	words->room = words->used;
	words->bytes = mem_grow(words->bytes, words->room, 1);
	words->at_room = words->count + 1;
	words->at = mem_grow(words->at, words->at_room, sizeof(*words->at));
}

/* words_drop - free everything in it */
void
words_drop(struct words *words)
{
	free(words->bytes);
	free(words->at);
	free(words->slots);
	*words = (struct words){ 0 };
}
