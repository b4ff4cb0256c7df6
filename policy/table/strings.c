/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/strings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A slot is free while its next is 0; else next - 1 is the number. */
struct strings_slot {
	uint32_t	hash;
	uint32_t	next;
};

enum { FIRST_SLOTS = 64 };

/* hash_of - eight bytes at a time; the keys are from the operator's own
 * tables, so nobody can choose them to collide */
static uint32_t
hash_of(const char *bytes, size_t n)
{
	/* 2^64 divided by the golden ratio */
	const uint64_t odd = 0x9e3779b97f4a7c15;
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
static struct strings_slot *
probe(const struct strings *set, uint32_t hash, const char *text, size_t n)
{
	uint32_t mask = set->slot_count - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		struct strings_slot *slot = &set->slots[i];
		const uint32_t *at;

		if (slot->next == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		at = &set->at[slot->next - 1];
		if (at[1] - at[0] == n + 1 &&
		    memcmp(set->bytes + at[0], text, n) == 0)
			return slot;
	}
}

/* spread - double the slots, or make the first ones; half of them stay free */
static void
spread(struct strings *set)
{
	struct strings_slot *old = set->slots;
	uint32_t old_count = set->slot_count;

	set->slot_count = old_count > 0 ? 2 * old_count : FIRST_SLOTS;
	set->slots = mem_new(set->slot_count * sizeof(*set->slots));
	for (uint32_t i = 0; i < old_count; i++) {
		uint32_t to = old[i].hash;

		if (old[i].next == 0)
			continue;
		while (set->slots[to &= set->slot_count - 1].next != 0)
			to++;
		set->slots[to] = old[i];
	}
	free(old);
}

/* append - put the string after the others */
static void
append(struct strings *set, const char *text, size_t n)
{
	if (set->room - set->used < n + 1) {
		set->room += set->room / 2 + n + 4096;
		set->bytes = mem_grow(set->bytes, set->room, 1);
	}
	if (set->at_room < set->count + 2) {
		set->at_room += set->at_room / 2 + 64;
		set->at = mem_grow(set->at, set->at_room,
		    sizeof(*set->at));
	}
	memcpy(set->bytes + set->used, text, n);
	set->bytes[set->used + n] = '\0';
	set->at[set->count] = (uint32_t)set->used;
	set->used += n + 1;
	set->count++;
	set->at[set->count] = (uint32_t)set->used;
}

/* strings_add - the string's number, old or new */
bool
strings_add(struct strings *set, const char *text, size_t n,
    uint32_t *out_number)
{
	uint32_t hash = hash_of(text, n);
	struct strings_slot *slot;

	if (set->count >= set->slot_count / 2)
		spread(set);
	slot = probe(set, hash, text, n);
	if (slot->next == 0) {
		if (set->count >= INT32_MAX / 2 ||
		    n >= UINT32_MAX - set->used)
			return false;
		append(set, text, n);
		*slot = (struct strings_slot){ hash, set->count };
	}
	*out_number = slot->next - 1;
	return true;
}

/* strings_find - the number of a string that may be there */
bool
strings_find(const struct strings *set, const char *text,
    uint32_t *out_number)
{
	size_t n = strlen(text);
	struct strings_slot *slot;

	if (set->count == 0)
		return false;
	slot = probe(set, hash_of(text, n), text, n);
	if (slot->next == 0)
		return false;
	*out_number = slot->next - 1;
	return true;
}

/* strings_text - the string with this number; borrowed until the next add */
const char *
strings_text(const struct strings *set, uint32_t number)
{
	return set->bytes + set->at[number];
}

/* strings_trim - no more memory than what is used */
void
strings_trim(struct strings *set)
{
	if (set->count == 0)
		return;
	set->room = set->used;
	set->bytes = mem_grow(set->bytes, set->room, 1);
	set->at_room = set->count + 1;
	set->at = mem_grow(set->at, set->at_room, sizeof(*set->at));
}

/* strings_drop - free everything in it */
void
strings_drop(struct strings *set)
{
	free(set->bytes);
	free(set->at);
	free(set->slots);
	*set = (struct strings){ 0 };
}
