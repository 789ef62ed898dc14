/* SPDX-License-Identifier: EUPL-1.2
 *
 * Memory freed all at once: a chain of blocks, each filled from the front. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 32 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
    struct block *first;
};

struct arena *
arena_new(void)
{
    return calloc(1, sizeof(struct arena));
}

void
arena_destroy(struct arena **arena)
{
    struct block *block;

    if (*arena == NULL) {
        return;
    }
    block = (*arena)->first;
    while (block != NULL) {
        struct block *next = block->next;

        free(block);
        block = next;
    }
    free(*arena);
    *arena = NULL;
}

static struct block *
block_for(struct arena *arena, size_t n)
{
    struct block *block = arena->first;
    size_t size = n > BLOCK ? n : BLOCK;

    if (block != NULL && block->size - block->used >= n) {
        return block;
    }
    block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    block->size = size;
    block->next = arena->first;
    arena->first = block;
    return block;
}

void *
arena_alloc(struct arena *arena, size_t n, size_t size)
{
    struct block *block;
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = (bytes / ALIGN + 1) * ALIGN;
    block = block_for(arena, bytes);
    if (block == NULL) {
        return NULL;
    }
    p = block->bytes + block->used;
    block->used += bytes;
    return p;
}

char *
arena_text(struct arena *arena, struct slice s)
{
    char *text = arena_alloc(arena, s.n + 1, 1);

    if (text != NULL && s.n > 0) {
        memcpy(text, s.p, s.n);
    }
    return text;
}
