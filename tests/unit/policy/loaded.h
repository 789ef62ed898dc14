/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of policy/ share: an agreement from a text or file, and
 * requests written in names. Every fault here fails the test at once. */
#ifndef TEST_LOADED_H
#define TEST_LOADED_H

#include "evaluate.h"

/* Head of an agreement with parties a, b, c, d; purposes p, q; grounds g, h;
 * signed by a and b. */
#define HEAD                                                                   \
    "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"             \
    "timezone \"Europe/Amsterdam\" signed by a, b;\n"                          \
    "party a, b, c, d; purpose p \"P\"; purpose q \"Q\";\n"                    \
    "ground g \"G\"; ground h \"H\";\n"

/* The agreement, which must load. */
struct agreement *loaded_text(const char *text);
struct agreement *loaded_file(const char *path);
/* The same of a text as a ledger recorded it, which nobody judges: an attribute
 * by broker may have any name and type. */
struct agreement *loaded_recorded(const char *text);
/* Findings of a text that must not load. */
void loaded_refused(struct findings *out, const char *text);
/* Whether FINDINGS has an error (or warning) whose text holds PART. */
bool loaded_has(const struct findings *f, const char *part);

/* A text that must be refused: its file, without what such files end in, and
 * what an error at its place says. */
struct loaded_reject {
    const char *name;
    unsigned line, column;
    const char *says;
};
/* That one of FINDINGS is that error. */
void loaded_is_refused(
    const struct findings *f, const struct loaded_reject *reject);
/* That each file of DIR is one of the N texts, with SUFFIX behind its name. */
void loaded_are_all(const char *dir, const char *suffix,
    const struct loaded_reject *rejects, size_t n);

/* "from to kind purpose ground attribute=value ... window!": names, or
 * numbers; a value `unknown` is one, `hidden` too; the others are NA. */
struct request loaded_request(const struct agreement *a, const char *line);
/* The decision on it. */
struct decision loaded_decide(const struct agreement *a, const char *line);
/* Mask of the fields that NAMES, separated by spaces, names. */
uint32_t loaded_fields(
    const struct agreement *a, uint16_t kind, const char *names);
/* Index of the rule ID. */
size_t loaded_rule(const struct agreement *a, const char *id);

/* The whole file for loaded_free(). */
struct slice loaded_bytes(const char *path);
void loaded_free(struct slice bytes);

#endif
