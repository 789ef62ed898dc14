/* SPDX-License-Identifier: EUPL-1.2
 *
 * The parsed agreement: vocabulary and rules, as the file says them. Pure:
 * bytes in, values out; no file, clock or log. Names are resolved to indexes
 * that are valid inside this one agreement only; wire and ledger carry names
 * and the hash of the text, never an index of parties, kinds or rules. The
 * order of a kind's fields and attributes is the order of the text. */
#ifndef POLICY_AGREEMENT_H
#define POLICY_AGREEMENT_H

#include "bytes.h"
#include "err.h"
#include "limits.h"

/* One remark on a text: where, how bad, and what. */
enum finding_severity { FINDING_ERROR = 0, FINDING_WARNING };
struct finding {
    enum finding_severity severity;
    unsigned line;   /* from 1 */
    unsigned column; /* from 1, in bytes */
    char text[240];
};
enum { FINDINGS_MAX = 64 };
struct findings {
    struct finding list[FINDINGS_MAX];
    size_t n;      /* listed */
    size_t errors; /* all, listed or not */
};

enum attribute_type {
    ATTRIBUTE_YES_NO = 0, /* values 0 (no) and 1 (yes) */
    ATTRIBUTE_LEVEL,      /* ordered names; value = index */
    ATTRIBUTE_CHOICE,     /* unordered names; value = index */
    ATTRIBUTE_NUMBER,     /* min..max; value = the number */
};

/* The statutory category of a field; FIELD_PLAIN when none is named. */
enum field_category {
    FIELD_PLAIN = 0,
    FIELD_A,       /* identifying and contact data */
    FIELD_B,       /* bsn */
    FIELD_C,       /* description of the signals */
    FIELD_D,       /* who brought them */
    FIELD_E,       /* needed for the plan */
    FIELD_F,       /* police data */
    FIELD_G,       /* judicial data */
    FIELD_H,       /* persons with a social relation */
    FIELD_SPECIAL, /* special category; `special` names which */
};

struct agreement_named { /* purpose, ground: a name and its title */
    char *name;
    char *title;
};
struct agreement_attribute {
    char *name;
    enum attribute_type type;
    char **values; /* names of a level or choice */
    size_t values_n;
    uint32_t min, max;     /* of a number */
    bool by_broker;        /* computed there; senders leave it out */
    bool closed;           /* recipients never see its value */
    bool urgent;           /* served first */
    unsigned line, column; /* of its name in the text */
};
struct agreement_field {
    char *name;
    enum field_category category;
    char *special;         /* e.g. "religion"; NULL unless FIELD_SPECIAL */
    unsigned line, column; /* of its name in the text */
};
struct agreement_kind {
    char *name;
    struct agreement_field *fields; /* at most LIMIT_FIELDS */
    size_t fields_n;
    uint32_t required;    /* bitmap of fields: no signal is without them */
    uint16_t *attributes; /* indexes into agreement.attributes */
    size_t attributes_n;  /* at most LIMIT_ATTRIBUTES */
    bool requires_psk;
    uint8_t
        *position; /* by attribute: where attributes has it, or NO_POSITION */
    struct partition *partitions; /* by position; classes.h, private */
};
enum { NO_POSITION = 0xff };
struct agreement_span { /* minutes of the week, Monday 00:00 = 0; half-open */
    uint16_t from, until;
};
struct agreement_window {
    char *name;
    struct agreement_span *spans;
    size_t spans_n;
};
struct agreement_group {
    char *name;
    uint64_t members; /* bitmask of parties */
};
struct rule;     /* rule.h: private to policy/ */
struct compiled; /* compiled.h */

struct agreement {
    char *name;
    uint32_t version;
    int64_t valid_from;  /* day number since 1970-01-01, local to timezone */
    int64_t valid_until; /* half-open */
    char *timezone;
    bool has_supersedes;
    uint8_t supersedes[32]; /* SHA-256 of the text before */
    uint16_t *signatories;  /* party indexes */
    size_t signatories_n;
    char **parties; /* at most LIMIT_PARTIES */
    size_t parties_n;
    struct agreement_group *groups;
    size_t groups_n;
    struct agreement_named *purposes;
    size_t purposes_n;
    struct agreement_named *grounds;
    size_t grounds_n;
    struct agreement_attribute *attributes;
    size_t attributes_n;
    struct agreement_window *windows; /* at most 32 */
    size_t windows_n;
    uint32_t *window_sets; /* every set of windows that holds at some minute */
    size_t window_sets_n;  /* at least 1 */
    struct agreement_kind *kinds;
    size_t kinds_n;
    struct rule *rules;
    size_t rules_n;
    size_t cells_n;         /* cells of the request space: see cells.h */
    void *arena;            /* owns all of the above */
    struct compiled *table; /* the same, compiled when it was loaded */
};

/* Parses TEXT, resolves every name, checks the meaning, runs every `expect`
 * line and proves that nothing is permitted which the statutory baseline
 * forbids (baseline.h). DHK_OK only when FINDINGS holds no error; then *OUT
 * owns the agreement until agreement_destroy(). Errors: DHK_FORMAT (see
 * FINDINGS), DHK_LIMIT (text over LIMIT_TEXT), DHK_NOMEM. TEXT is not kept. */
DHK_MUST_USE enum dhk_err agreement_load(
    struct agreement **out, struct slice text, struct findings *findings);
/* The same without running the expect lines, for the author who wants to see
 * which of them fail. Nothing is ever decided for others by a draft. */
DHK_MUST_USE enum dhk_err agreement_draft(
    struct agreement **out, struct slice text, struct findings *findings);
/* The same of a text that the ledger records as having been in force: it is
 * read as it stood and not judged again, for a later version of this program,
 * or of the statutory baseline, may refuse what was lawful then, and history
 * must stay readable. Nothing new is ever decided by it. cells_n is 0 and no
 * rule a guard. */
DHK_MUST_USE enum dhk_err agreement_recorded(
    struct agreement **out, struct slice text, struct findings *findings);
void agreement_destroy(struct agreement **a);

/* Index by name, or -1. */
int agreement_party(const struct agreement *a, struct slice name);
int agreement_kind(const struct agreement *a, struct slice name);
int agreement_purpose(const struct agreement *a, struct slice name);
int agreement_ground(const struct agreement *a, struct slice name);
int agreement_attribute(const struct agreement *a, struct slice name);
int agreement_field(const struct agreement_kind *kind, struct slice name);
int agreement_value(const struct agreement_attribute *at, struct slice name);
/* Bitmap of the fields that every signal of KIND must have, and that one with
 * the fields of the bitmap PRESENCE lacks. */
uint32_t agreement_lacking(
    const struct agreement_kind *kind, uint32_t presence);
/* What value V, which it has, is called in the text; NULL: it is a number. */
const char *agreement_value_name(
    const struct agreement_attribute *at, uint32_t v);

/* Year, month and day (from 1) of a day number, which is 0 or more. */
struct agreement_date {
    int year, month, day;
};
struct agreement_date agreement_date(int64_t day_number);

/* Id and title of rule I; its line in the text. */
const char *agreement_rule_id(const struct agreement *a, size_t i);
const char *agreement_rule_title(const struct agreement *a, size_t i);
unsigned agreement_rule_line(const struct agreement *a, size_t i);

/* Whether rule I takes nothing away that a permit gives: it guards against
 * permits of later versions. Never of a permit. */
bool agreement_rule_is_guard(const struct agreement *a, size_t i);

/* Bitmask of the windows that hold at MINUTE (0..10079) of the local week. */
uint32_t agreement_windows_at(const struct agreement *a, unsigned minute);

/* Which nearest name of the class ("field", "kind", "party", "purpose",
 * "ground", "attribute", or a value) a typist may have meant, or NULL.
 * Damerau-Levenshtein distance at most 2 + length / 6. */
const char *agreement_nearest(
    struct slice typed, const char *const *names, size_t n);

#endif
