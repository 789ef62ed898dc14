/* SPDX-License-Identifier: EUPL-1.2 */
#include "redecide.h"

#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "core.h"
#include "courses.h"
#include "decide.h"

enum { MINUTE_MS = 60 * 1000 };

struct redecide {
    struct core *core;
    struct bundle bundle;
    struct envelope envelope;
    struct manifest manifest;
    struct entry before, after;
    struct decide_facts facts;
    uint64_t minute; /* whose windows are known, when any are */
    uint32_t windows;
    bool has_windows;
    uint64_t accepted; /* whose bundle is decoded, from mem; 0: none */
    uint8_t mem[LIMIT_BUNDLE_BYTES];
};

struct redecide *
redecide_new(struct core *c)
{
    struct redecide *r = calloc(1, sizeof *r);

    if (r != NULL)
        r->core = c;
    return r;
}

void
redecide_destroy(struct redecide **r)
{
    free(*r);
    *r = NULL;
}

static bool
same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool
same_attribute(
    const struct agreement_attribute *a, const struct agreement_attribute *b)
{
    if (!same_text(a->name, b->name) || a->type != b->type ||
        a->values_n != b->values_n || a->min != b->min || a->max != b->max ||
        a->by_broker != b->by_broker || a->closed != b->closed)
        return false;
    for (size_t i = 0; i < a->values_n; i++) {
        if (!same_text(a->values[i], b->values[i]))
            return false;
    }
    return true;
}

/* Bitmaps and slots mean the same under both. */
static bool
same_kind(
    const struct agreement *a, const struct agreement *b, struct slice name)
{
    int ka = agreement_kind(a, name), kb = agreement_kind(b, name);

    if (ka < 0 || kb < 0)
        return false;
    const struct agreement_kind *x = &a->kinds[ka], *y = &b->kinds[kb];
    if (x->fields_n != y->fields_n || x->attributes_n != y->attributes_n ||
        x->requires_psk != y->requires_psk)
        return false;
    for (size_t i = 0; i < x->fields_n; i++) {
        if (!same_text(x->fields[i].name, y->fields[i].name))
            return false;
    }
    for (size_t i = 0; i < x->attributes_n; i++) {
        if (!same_attribute(&a->attributes[x->attributes[i]],
                &b->attributes[y->attributes[i]]))
            return false;
    }
    return true;
}

/* The windows of the agreement in force that held when the share was accepted,
 * whatever windows there were then. The zone's file is read once a minute. */
static void
find_windows(struct redecide *r, struct decide_signal *s)
{
    uint64_t minute = r->before.time / MINUTE_MS;

    if (!r->has_windows || minute != r->minute)
        decide_windows(s, r->before.time);
    else
        s->windows = r->windows;
    r->has_windows = true;
    r->minute = minute;
    r->windows = s->windows;
}

static bool
load_envelope(struct redecide *r, const struct mailbox_share *s)
{
    struct slice bytes;
    struct diag diag;

    if (r->accepted != s->accepted) {
        r->accepted = 0;
        if (mailbox_bundle(r->core->txn, s->accepted, &bytes) != DHK_OK ||
            bytes.n > sizeof r->mem)
            return false;
        memcpy(r->mem, bytes.p, bytes.n);
        if (bundle_decode(&r->bundle, slice_of(r->mem, bytes.n), &diag) !=
            DHK_OK)
            return false;
        r->accepted = s->accepted;
    }
    return s->position < r->bundle.n &&
           envelope_decode(&r->envelope, r->bundle.envelope[s->position],
               &diag) == DHK_OK &&
           r->envelope.has_manifest &&
           manifest_decode(&r->manifest, r->envelope.manifest, &diag) == DHK_OK;
}

/* What the recipient would be given of what the sender has and does not keep
 * from it; more than was sealed for it is another decision, too. */
static uint32_t
wanted(const struct redecide *r, const struct decision *d)
{
    return d->fields & r->manifest.presence &
           ~decide_excluded(&r->manifest, r->before.u.share.recipient);
}

/* Both entries encoded, apart from what may change while the decision stays:
 * the names of the rules and of the windows, and what the broker stated. */
static bool
same_entry(struct redecide *r)
{
    uint8_t mem[2][LIMIT_ENTRY];
    struct sink out[2];

    r->before.u.share.rules_n = 0;
    r->after.u.share.rules_n = 0;
    r->before.u.share.windows_n = 0;
    r->after.u.share.windows_n = 0;
    r->before.u.share.facts_n = 0;
    r->after.u.share.facts_n = 0;
    sink_init(&out[0], mem[0], sizeof mem[0]);
    sink_init(&out[1], mem[1], sizeof mem[1]);
    return entry_encode(&out[0], &r->before) == DHK_OK &&
           entry_encode(&out[1], &r->after) == DHK_OK &&
           slice_equal(sink_done(&out[0]), sink_done(&out[1]));
}

/* As the case stands now. */
static bool
find_course(struct redecide *r, struct decide_signal *s)
{
    const struct course *course;

    if (s->relations == 0)
        return true;
    if (courses_get(r->core, r->envelope.header.case_handle, &course) != DHK_OK)
        return false;
    decide_relations(s, course, &r->envelope.header, r->core->now);
    return true;
}

bool
redecide_is_same(struct redecide *r, const struct mailbox_share *s)
{
    const struct agreement *now = force_agreement(&r->core->force);
    struct decide_signal signal;
    struct decision d;

    if (now == NULL ||
        ledger_entry(r->core->txn, s->index, &r->before) != DHK_OK ||
        r->before.kind != ENTRY_SHARE || !load_envelope(r, s))
        return false;
    const struct entry_share *e = &r->before.u.share;
    const struct agreement *then = core_agreement(r->core, e->agreement);
    int party = agreement_party(now, e->recipient);
    if (then == NULL || party < 0 || !same_kind(then, now, e->kind) ||
        decide_names(&signal, now, &r->envelope.header) != ENTRY_CODE_NONE ||
        decide_attributes(&signal, &r->envelope) != ENTRY_CODE_NONE ||
        decide_lacking(&signal, &r->manifest) != 0 || !find_course(r, &signal))
        return false;
    find_windows(r, &signal);
    decide_for(&d, &signal, (uint16_t)party);
    if (d.verdict == VERDICT_DENY)
        return false;
    r->after = r->before;
    r->after.u.share.fields = wanted(r, &d);
    r->facts.party = (uint16_t)party;
    decide_describe(&r->after.u.share, &signal, &d, &r->facts);
    return same_entry(r);
}

enum entry_code
redecide_code(struct redecide *r, const struct mailbox_share *s)
{
    if (redecide_is_same(r, s))
        return ENTRY_CODE_NONE;
    return force_agreement(&r->core->force) != NULL &&
                   memcmp(r->before.u.share.agreement,
                       r->core->force.agreement_text.sha256, 32) == 0
               ? ENTRY_CODE_CHANGED_CASE
               : ENTRY_CODE_CHANGED_AGREEMENT;
}
