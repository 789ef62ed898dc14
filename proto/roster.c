/* SPDX-License-Identifier: EUPL-1.2
 *
 * A line-oriented parser without look-ahead, then checks across lines.
 * Allocates for lines that it has read, never for a number that a line claims.
 */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "text.h"

enum {
    CARD_DAYS_DEFAULT = 90,
    CARD_DAYS_MAX = 3660,
    OIN_DIGITS = 20,
    FIRST_ROOM = 64, /* partners */
};

struct parser {
    struct roster *r;
    struct slice rest; /* of the line */
    size_t room;       /* partners that fit */
    unsigned line;
    unsigned cosigner_line, quorum_line;
    unsigned seen; /* bit per statement */
    enum dhk_err err;
    const char *why; /* static text of the first error */
};

static void
complain(struct parser *p, enum dhk_err err, const char *why)
{
    if (p->err != DHK_OK)
        return;
    p->err = err;
    p->why = why;
}

/* --- words ------------------------------------------------------------- */

static void
keyword(struct parser *p, const char *word)
{
    if (!text_is(text_word(&p->rest), word))
        complain(p, DHK_FORMAT, "a word is missing or misplaced");
}

/* Takes WORD when it comes next. */
static bool
optional(struct parser *p, const char *word)
{
    struct slice rest = p->rest;
    if (!text_is(text_word(&rest), word))
        return false;
    p->rest = rest;
    return true;
}

static void
name(struct parser *p, char out[LIMIT_NAME + 1])
{
    struct slice word = text_word(&p->rest);
    if (!bytes_is_name(word) ||
        slice_to_str(word, out, LIMIT_NAME + 1) != DHK_OK)
        complain(p, DHK_FORMAT, "malformed name");
}

static uint32_t
number(struct parser *p, uint32_t max)
{
    uint64_t v = 0;
    enum dhk_err rc = text_uint(&v, text_word(&p->rest), max);
    if (rc != DHK_OK || v == 0)
        complain(p, DHK_FORMAT, "malformed number, or out of range");
    return (uint32_t)v;
}

static void
key(struct parser *p, uint8_t out[KEY_BYTES])
{
    size_t n = 0;
    enum dhk_err rc = text_unbase64(out, KEY_BYTES, &n, text_word(&p->rest));
    if (rc != DHK_OK || n != KEY_BYTES)
        complain(p, DHK_FORMAT, "malformed key");
}

/* DATE until DATE */
static void
validity(struct parser *p, int64_t *from, int64_t *until)
{
    enum dhk_err first = text_date(from, text_word(&p->rest));
    keyword(p, "until");
    enum dhk_err second = text_date(until, text_word(&p->rest));
    if (first != DHK_OK || second != DHK_OK)
        complain(p, DHK_FORMAT, "no such date");
    else if (*until <= *from)
        complain(p, DHK_FORMAT, "validity ends before it begins");
}

/* One or more distinct names up to the end of the line. */
static size_t
names(struct parser *p, char out[LIMIT_SIGNATORIES][LIMIT_NAME + 1])
{
    size_t n = 0;
    struct slice probe = p->rest;
    while (p->err == DHK_OK && (n == 0 || text_word(&probe).n > 0)) {
        if (n == LIMIT_SIGNATORIES) {
            complain(p, DHK_LIMIT, "too many names");
            break;
        }
        name(p, out[n]);
        for (size_t i = 0; i < n; i++)
            if (strcmp(out[i], out[n]) == 0)
                complain(p, DHK_FORMAT, "a name is given twice");
        n++;
        probe = p->rest;
    }
    return n;
}

/* --- statements -------------------------------------------------------- */

static void
parse_roster(struct parser *p)
{
    name(p, p->r->name);
}

static void
parse_version(struct parser *p)
{
    p->r->version = number(p, UINT32_MAX);
}

static void
parse_valid(struct parser *p)
{
    validity(p, &p->r->valid_from, &p->r->valid_until);
}

static void
parse_supersedes(struct parser *p)
{
    struct slice word = text_word(&p->rest);
    if (!text_skip(&word, "sha256:") ||
        bytes_unhex(p->r->supersedes, sizeof p->r->supersedes, word) != DHK_OK)
        complain(p, DHK_FORMAT, "malformed hash");
    p->r->has_supersedes = true;
}

static void
parse_signed_by(struct parser *p)
{
    p->r->signatories_n = names(p, p->r->signatory);
}

static void
parse_ledger(struct parser *p)
{
    struct checkpoint_vkey vkey;
    struct slice origin = text_word(&p->rest);
    if (!checkpoint_is_name(origin) ||
        slice_to_str(origin, p->r->origin, sizeof p->r->origin) != DHK_OK)
        complain(p, DHK_FORMAT, "malformed origin");
    keyword(p, "log");
    if (checkpoint_vkey_parse(&vkey, text_word(&p->rest)) != DHK_OK ||
        vkey.type != CHECKPOINT_ED25519)
        complain(p, DHK_FORMAT, "malformed key of the log");
    else if (!text_is(origin, vkey.name))
        complain(p, DHK_FORMAT, "key of the log is not of this origin");
    p->r->log_key = vkey.pk;
    keyword(p, "curve");
    key(p, p->r->curve_key.b);
}

static enum roster_role
role(struct parser *p)
{
    struct slice word = text_word(&p->rest);
    if (text_is(word, "partner"))
        return ROSTER_PARTNER;
    if (text_is(word, "auditor"))
        return ROSTER_AUDITOR;
    if (!text_is(word, "operator"))
        complain(p, DHK_FORMAT, "unknown role");
    return ROSTER_OPERATOR;
}

static void
oin(struct parser *p, char out[OIN_DIGITS + 1])
{
    struct slice word = text_word(&p->rest);
    bool good = word.n == OIN_DIGITS;
    for (size_t i = 0; i < word.n; i++)
        good = good && word.p[i] >= '0' && word.p[i] <= '9';
    if (!good || slice_to_str(word, out, OIN_DIGITS + 1) != DHK_OK)
        complain(p, DHK_FORMAT, "an oin has twenty digits");
}

/* Makes room for one partner more. */
static bool
grow(struct parser *p)
{
    struct roster *r = p->r;
    if (r->partners_n == LIMIT_PARTNERS) {
        complain(p, DHK_LIMIT, "too many partners");
        return false;
    }
    if (r->partners_n < p->room)
        return true;
    size_t room = p->room == 0 ? FIRST_ROOM : 2 * p->room;
    struct roster_partner *more =
        realloc(r->partners, room * sizeof *r->partners);
    if (more == NULL) {
        complain(p, DHK_NOMEM, "out of memory");
        return false;
    }
    r->partners = more;
    p->room = room;
    return true;
}

static void
parse_partner(struct parser *p)
{
    struct roster_partner partner = {
        .card_days = CARD_DAYS_DEFAULT, .line = p->line};
    name(p, partner.name);
    keyword(p, "role");
    partner.role = role(p);
    keyword(p, "key");
    key(p, partner.identity.b);
    if (optional(p, "oin"))
        oin(p, partner.oin);
    if (optional(p, "valid"))
        validity(p, &partner.valid_from, &partner.valid_until);
    if (optional(p, "cards"))
        partner.card_days = number(p, CARD_DAYS_MAX);
    if (p->err == DHK_OK && grow(p))
        p->r->partners[p->r->partners_n++] = partner;
}

static void
parse_cosigner(struct parser *p)
{
    p->cosigner_line = p->line;
    p->r->cosigners_n = names(p, p->r->cosigner);
}

static void
parse_quorum(struct parser *p)
{
    p->quorum_line = p->line;
    p->r->quorum = number(p, LIMIT_SIGNATORIES);
}

static const struct {
    const char *word;
    void (*parse)(struct parser *p);
    const char *missing; /* NULL: optional */
    bool repeats;
} statements[] = {
    {"roster", parse_roster, "no roster statement", false},
    {"version", parse_version, "no version statement", false},
    {"valid", parse_valid, "no valid statement", false},
    {"supersedes", parse_supersedes, NULL, false},
    {"signed-by", parse_signed_by, "no signed-by statement", false},
    {"ledger", parse_ledger, "no ledger statement", false},
    {"partner", parse_partner, "no partner statement", true},
    {"cosigner", parse_cosigner, "no cosigner statement", false},
    {"quorum", parse_quorum, "no quorum statement", false},
};
enum { STATEMENTS = sizeof statements / sizeof statements[0] };

static void
parse_line(struct parser *p, struct slice line)
{
    size_t i = 0;
    p->rest = line;
    if (!text_is_plain(line, true))
        complain(p, DHK_FORMAT, "control character or malformed UTF-8");
    struct slice word = text_word(&p->rest);
    if (p->err != DHK_OK || word.n == 0 || word.p[0] == '#')
        return;
    while (i < STATEMENTS && !text_is(word, statements[i].word))
        i++;
    if (i == STATEMENTS) {
        complain(p, DHK_FORMAT, "unknown statement");
        return;
    }
    if (p->seen == 0 && i != 0)
        complain(p, DHK_FORMAT, "the roster statement must come first");
    if (!statements[i].repeats && (p->seen & 1U << i) != 0)
        complain(p, DHK_FORMAT, "statement given twice");
    p->seen |= 1U << i;
    if (p->err == DHK_OK)
        statements[i].parse(p);
    if (text_word(&p->rest).n > 0)
        complain(p, DHK_FORMAT, "unexpected words at the end of the line");
}

/* --- checks across lines ----------------------------------------------- */

static void
complain_at(struct parser *p, unsigned line, enum dhk_err err, const char *why)
{
    if (p->err == DHK_OK)
        p->line = line;
    complain(p, err, why);
}

static int
by_name(const void *a, const void *b)
{
    const struct roster_partner *x = a;
    const struct roster_partner *y = b;
    return strcmp(x->name, y->name);
}

/* A key and where it stands. */
struct owner {
    struct sign_public key;
    unsigned line;
};

static int
by_key(const void *a, const void *b)
{
    const struct owner *x = a;
    const struct owner *y = b;
    return memcmp(x->key.b, y->key.b, KEY_BYTES);
}

static unsigned
later(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Sorts the partners by name, which roster_find() needs. */
static void
check_names(struct parser *p)
{
    struct roster_partner *list = p->r->partners;
    size_t n = p->r->partners_n;
    if (n == 0)
        return;
    qsort(list, n, sizeof *list, by_name);
    for (size_t i = 1; i < n; i++)
        if (by_name(&list[i - 1], &list[i]) == 0)
            complain_at(p, later(list[i - 1].line, list[i].line), DHK_FORMAT,
                "partner of that name exists");
}

static void
check_keys(struct parser *p)
{
    size_t n = p->r->partners_n;
    struct owner *owners = calloc(n + 1, sizeof *owners);
    if (owners == NULL) {
        complain(p, DHK_NOMEM, "out of memory");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct roster_partner *partner = &p->r->partners[i];
        owners[i] = (struct owner){partner->identity, partner->line};
        if (key_equal(&partner->identity, &p->r->log_key, KEY_BYTES))
            complain_at(p, partner->line, DHK_FORMAT,
                "identity key is the key of the log");
    }
    qsort(owners, n, sizeof *owners, by_key);
    for (size_t i = 1; i < n; i++)
        if (by_key(&owners[i - 1], &owners[i]) == 0)
            complain_at(p, later(owners[i - 1].line, owners[i].line),
                DHK_FORMAT, "partner with that key exists");
    free(owners);
}

static void
check_quorum(struct parser *p)
{
    const struct roster *r = p->r;
    for (size_t i = 0; i < r->cosigners_n; i++)
        if (roster_find(r, slice_str(r->cosigner[i])) == NULL)
            complain_at(p, p->cosigner_line, DHK_FORMAT,
                "cosigner is no partner of this roster");
    if (r->quorum > r->cosigners_n || 2 * (size_t)r->quorum <= r->cosigners_n)
        complain_at(p, p->quorum_line, DHK_FORMAT,
            "quorum must be more than half of the cosigners, at most all");
}

/* Partners without a validity of their own have the roster's, whose statement
 * may follow theirs. */
static void
fill_validity(struct roster *r)
{
    for (size_t i = 0; i < r->partners_n; i++) {
        struct roster_partner *partner = &r->partners[i];
        if (partner->valid_until > partner->valid_from)
            continue;
        partner->valid_from = r->valid_from;
        partner->valid_until = r->valid_until;
    }
}

static void
check(struct parser *p)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (statements[i].missing != NULL && (p->seen & 1U << i) == 0)
            complain(p, DHK_FORMAT, statements[i].missing);
    if (p->err == DHK_OK && (p->r->version > 1) != p->r->has_supersedes)
        complain(p, DHK_FORMAT,
            "version 2 and later supersede a roster, version 1 does not");
    fill_validity(p->r);
    if (p->err == DHK_OK)
        check_names(p);
    if (p->err == DHK_OK)
        check_keys(p);
    if (p->err == DHK_OK)
        check_quorum(p);
}

enum dhk_err
roster_parse(struct roster **out, struct slice text, struct diag *diag)
{
    struct parser p = {.err = DHK_OK};
    struct text t;
    struct slice line;

    *out = NULL;
    p.r = calloc(1, sizeof *p.r);
    if (p.r == NULL)
        complain(&p, DHK_NOMEM, "out of memory");
    if (text.n > LIMIT_TEXT)
        complain(&p, DHK_LIMIT, "roster is too long");
    text_init(&t, text);
    while (p.err == DHK_OK && text_line(&line, &t)) {
        p.line = t.line;
        parse_line(&p, line);
    }
    if (p.err == DHK_OK)
        check(&p);
    if (p.err != DHK_OK) {
        roster_destroy(&p.r);
        if (diag != NULL)
            *diag = (struct diag){p.why, p.line};
        return p.err;
    }
    *out = p.r;
    return DHK_OK;
}

void
roster_destroy(struct roster **r)
{
    if (r == NULL || *r == NULL)
        return;
    free((*r)->partners);
    free(*r);
    *r = NULL;
}

const struct roster_partner *
roster_find(const struct roster *r, struct slice name_)
{
    size_t low = 0, high = r->partners_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct roster_partner *p = &r->partners[middle];
        int order = slice_compare(name_, slice_str(p->name));
        if (order == 0)
            return p;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
