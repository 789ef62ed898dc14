/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: what the sentences of a rendering are put together
 * from. */
#ifndef POLICY_RENDER_PARTS_H
#define POLICY_RENDER_PARTS_H

#include "render.h"

struct pen { /* what to write on, about what, in which language */
    struct words *w;
    const struct agreement *a;
    enum render_lang lang;
};

/* Adds one of the two, by the language. */
void render_say(const struct pen *pen, const char *nl, const char *en);
/* TEXT between double quotes. */
void render_quote(const struct pen *pen, const char *text);

enum render_link { RENDER_AND = 0, RENDER_OR };
/* A list that is being written: "x", "x of y", "x, y of z". */
struct render_list {
    enum render_link link;
    size_t left; /* still to come */
    bool begun;
};
/* What stands before the next of LIST: nothing, a comma or the word. */
void render_next(const struct pen *pen, struct render_list *list);

/* The names of SET, whose member I is called NAME(agreement, I). */
typedef const char *(*render_name)(const struct agreement *a, size_t i);
void render_set(const struct pen *pen, uint64_t set, render_name name,
    enum render_link link);
const char *render_kind_name(const struct agreement *a, size_t i);
const char *render_purpose_name(const struct agreement *a, size_t i);
const char *render_ground_name(const struct agreement *a, size_t i);
const char *render_party_name(const struct agreement *a, size_t i);

/* How a set of parties reads that holds all, or all but few. */
enum render_scope {
    RENDER_EACH = 0, /* elke partij, any party */
    RENDER_ANY,      /* enige partij, any party: after a denial */
};
void render_party_set(const struct pen *pen, uint64_t set,
    enum render_scope scope, enum render_link link);

/* Every one of N. */
uint64_t render_all(size_t n);

/* What is declared. A span of a window ends on its day, at 24:00 or before. */
void render_kind(const struct pen *pen, const struct agreement_kind *kind);
void render_attribute(
    const struct pen *pen, const struct agreement_attribute *at);
void render_window(
    const struct pen *pen, const struct agreement_window *window);
/* What the categories of fields mean that occur; false: none does. */
bool render_categories(const struct pen *pen);

#endif
