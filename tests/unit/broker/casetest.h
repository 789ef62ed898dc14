/* SPDX-License-Identifier: EUPL-1.2
 *
 * A case in a whole core, for tests: four partners with a connection each, and
 * what they state about it. With casus.convenant. */
#ifndef TEST_CASETEST_H
#define TEST_CASETEST_H

#include "harness.h"

#include "course.h"

enum casetest_who { BURG = 0, POL, OM, GEM, CASETEST_PEOPLE };

struct casetest {
    struct harness *h;
    struct harness_node node[CASETEST_PEOPLE];
    uint64_t index; /* of the entry of the last statement that was taken */
};

/* The handle of harness signals. */
extern const uint8_t casetest_handle[16];
extern const char *const casetest_name[CASETEST_PEOPLE];

/* Connects everybody; T is the test's. */
void casetest_begin(struct casetest *t, struct harness *h);
/* The same, anew: after a restart, or with nothing more in flight. */
void casetest_connect(struct casetest *t);

/* ACT of the case by WHO with all that it must have: a term of a month, the
 * first code, gemeente as partner; the rest to be set. */
struct statement casetest_said(
    const struct casetest *t, enum casetest_who who, enum act act);
/* Sends S over WHO's connection, in a batch that goes on. */
void casetest_say(
    struct casetest *t, enum casetest_who who, const struct statement *s);
/* Sends S over WHO's connection; what came back. t->index is of its entry. */
enum command_error casetest_send(
    struct casetest *t, enum casetest_who who, const struct statement *s);
/* Both, as it is; it must be taken. */
void casetest_state(struct casetest *t, enum casetest_who who, enum act act);
/* It must be refused by the course, without a trace. */
void casetest_refused(
    struct casetest *t, enum casetest_who who, const struct statement *s);
/* The three state the same. */
void casetest_all(struct casetest *t, enum act act);
/* From nothing to PHASE, at least WEIGHED. */
void casetest_reach(struct casetest *t, enum act_phase phase);

/* WHO approves, or declines, share INDEX. */
struct statement casetest_about(const struct casetest *t, enum casetest_who who,
    enum act act, uint64_t index);
enum command_error casetest_approve(
    struct casetest *t, enum casetest_who who, uint64_t index);
enum command_error casetest_decline(
    struct casetest *t, enum casetest_who who, uint64_t index);

/* A signal of KIND by politie to TO alone, wrapped as far as it may ever go. */
struct harness_signal casetest_signal(const char *kind, const char *to);
/* The index of the share of a pushed signal S by WHO; 0: it was refused. */
uint64_t casetest_push(
    struct casetest *t, enum casetest_who who, const struct harness_signal *s);
/* How many shares WHO gets now; each is taken. FIELDS of the last. */
size_t casetest_take(
    struct casetest *t, enum casetest_who who, uint32_t *fields);
/* The entry of KIND that came last; its index; 0: none. */
uint64_t casetest_last(
    struct casetest *t, enum entry_kind kind, struct entry *e);

#endif
