/* SPDX-License-Identifier: EUPL-1.2
 *
 * From agreement, header and opened attributes to what each party is given,
 * and from there to the words of a share entry. Pure but for the agreement's
 * time zone, which the machine knows. */
#ifndef BROKER_DECIDE_H
#define BROKER_DECIDE_H

#include "entry.h"
#include "evaluate.h"
#include "envelope.h"
#include "manifest.h"

struct course;

/* A signal in the terms of one agreement; indexes as in struct request. */
struct decide_signal {
    const struct agreement *agreement;
    uint16_t sender, kind, purpose, ground;
    struct value attribute[LIMIT_ATTRIBUTES];
    uint32_t windows;
    bool urgent;
    /* attributes of the kind that are by broker, by position, and whether one
     * of them can differ between recipients */
    uint32_t relations;
    bool per_recipient;
    /* what they come from; set by decide_relations() */
    const struct course *course;
    const uint8_t *reply_to;
    int64_t seconds;
};

/* Finds the header's words: ENTRY_CODE_VOCABULARY when one is unknown. With
 * decide_words() also ENTRY_CODE_MANIFEST when the slots are not as many as
 * agreement and kind have parties, fields and attributes. */
enum entry_code decide_names(struct decide_signal *out,
    const struct agreement *a, const struct envelope_header *h);
enum entry_code decide_words(struct decide_signal *out,
    const struct agreement *a, const struct envelope_header *h);
/* Reads the opened attributes: every one that the sender declares, none that
 * the broker computes. */
enum entry_code decide_attributes(
    struct decide_signal *s, const struct envelope *e);
/* What the broker computes, when S->relations: from COURSE (NULL: nothing was
 * stated of the case), which S borrows as H, at NOW (ms). Without this all of
 * it is unknown. */
void decide_relations(struct decide_signal *s, const struct course *course,
    const struct envelope_header *h, uint64_t now);
/* Whether KIND has an attribute by broker. */
bool decide_has_relations(const struct agreement *a, uint16_t kind);
/* The windows that hold at NOW (ms). */
void decide_windows(struct decide_signal *s, uint64_t now);

/* What PARTY may be given. To oneself: nothing. */
void decide_for(
    struct decision *out, const struct decide_signal *s, uint16_t party);
/* The same for every party of the agreement; OUT has a place for each. */
void decide_all(struct decision *out, const struct decide_signal *s);
/* What PARTY may at most be given, whatever the broker's attributes and the
 * windows. */
void decide_widest(
    struct decision *out, const struct decide_signal *s, uint16_t party);
/* The fields that the manifest keeps from PARTNER. */
uint32_t decide_excluded(const struct manifest *m, struct slice partner);
/* The fields that the agreement requires of the kind of S, and that have no
 * value by the manifest, or are kept from every recipient. */
uint32_t decide_lacking(
    const struct decide_signal *s, const struct manifest *m);

/* Rules, duties, windows and facts of OUT from D, which is what F->party is
 * given. The names borrow from the agreement, the values of facts from F. */
struct decide_facts {
    uint16_t party;
    uint8_t value[LIMIT_FACTS][LIMIT_NAME + 2];
};
void decide_describe(struct entry_share *out, const struct decide_signal *s,
    const struct decision *d, struct decide_facts *f);
/* The class of each attribute into OUT; how many. What the broker computes may
 * differ between recipients: its class is 0. */
size_t decide_classes(
    uint8_t out[LIMIT_ATTRIBUTES], const struct decide_signal *s);

#endif
