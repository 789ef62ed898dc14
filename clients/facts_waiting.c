/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that wait for approvals, or that the case's course may decide
 * otherwise later: what lets them go, and what sends them back. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "statement.h"

static struct facts_kept *
find(struct facts *f, uint64_t share)
{
    size_t low = 0;
    size_t high = f->kept_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->kept[middle].index < share)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->kept_n && f->kept[low].index == share ? &f->kept[low]
                                                          : NULL;
}

/* Whether the broker computes something of the kind of S. */
static bool
has_relations(const struct facts *f, const struct entry_share *s)
{
    const struct agreement *a = trust_agreement_by_hash(f->trust, s->agreement);
    int kind = a == NULL ? -1 : agreement_kind(a, s->kind);
    for (size_t k = 0; kind >= 0 && k < a->kinds[kind].attributes_n; k++) {
        if (a->attributes[a->kinds[kind].attributes[k]].by_broker)
            return true;
    }
    return false;
}

enum dhk_err
facts_keep(struct facts *f, const struct facts_entry *at)
{
    const struct entry_share *s = &at->e->u.share;
    struct facts_kept *k;
    if (!s->pending && !has_relations(f, s))
        return DHK_OK;
    k = facts_grow(f->kept, f->kept_n, &f->kept_cap, sizeof *k);
    if (k == NULL)
        return DHK_NOMEM;
    f->kept = k;
    k += f->kept_n;
    *k = (struct facts_kept){.index = at->index, .n = at->bytes.n};
    k->bytes = malloc(at->bytes.n);
    if (k->bytes == NULL)
        return DHK_NOMEM;
    memcpy(k->bytes, at->bytes.p, at->bytes.n);
    f->kept_n++;
    return DHK_OK;
}

void
facts_drop(struct facts *f, uint64_t share)
{
    struct facts_kept *k = find(f, share);
    if (k == NULL)
        return;
    free(k->bytes);
    k->bytes = NULL;
}

/* The entry of share K, which has no outcome. */
static enum dhk_err
read_share(
    const struct entry_share **out, struct facts *f, const struct facts_kept *k)
{
    enum dhk_err rc =
        entry_decode(f->scratch_share, slice_of(k->bytes, k->n), NULL);
    *out = &f->scratch_share->u.share;
    return rc;
}

/* --- approvals --- */

/* Whether X asks for the word of NAME; AGREEMENT is that of the share. */
static bool
counts(const struct entry_approval *x, const struct agreement *agreement,
    struct slice name)
{
    for (size_t i = 0; i < x->of_n; i++) {
        if (slice_equal(x->of[i], name))
            return true;
    }
    /* of nobody by name is of any signatory */
    for (size_t i = 0;
         x->of_n == 0 && agreement != NULL && i < agreement->signatories_n;
         i++) {
        const char *who = agreement->parties[agreement->signatories[i]];
        if (slice_equal(slice_str(who), name))
            return true;
    }
    return false;
}

static bool
is_asked(const struct facts *f, const struct entry_share *s, struct slice name)
{
    const struct agreement *a = trust_agreement_by_hash(f->trust, s->agreement);
    for (size_t i = 0; i < s->duties.approvals_n; i++) {
        if (counts(&s->duties.approval[i], a, name))
            return true;
    }
    return false;
}

static bool
has_approved(const struct facts *f, const struct facts_kept *k, uint32_t name)
{
    size_t i = k->approval;
    while (i != 0 && f->approvals[i - 1].name != name)
        i = f->approvals[i - 1].before;
    return i != 0;
}

static enum dhk_err
keep_approval(struct facts *f, struct facts_kept *k,
    const struct facts_approval *approval)
{
    struct facts_approval *list = facts_grow(
        f->approvals, f->approvals_n, &f->approvals_cap, sizeof *list);
    if (list == NULL)
        return DHK_NOMEM;
    f->approvals = list;
    list += f->approvals_n++;
    *list = *approval;
    list->before = k->approval;
    k->approval = f->approvals_n;
    return DHK_OK;
}

/* Whether nobody's approval is missing for K, whose entry is S. One that needs
 * more than a released entry holds, by an agreement of before that was refused,
 * waits until it expires. */
static bool
is_approved(const struct facts *f, const struct facts_kept *k,
    const struct entry_share *s)
{
    const struct agreement *a = trust_agreement_by_hash(f->trust, s->agreement);
    unsigned needed = 0;
    bool all = true;
    for (size_t d = 0; d < s->duties.approvals_n; d++) {
        unsigned given = 0;
        needed += s->duties.approval[d].count;
        for (size_t i = k->approval; i != 0; i = f->approvals[i - 1].before)
            given += counts(&s->duties.approval[d], a,
                slice_str(f->names[f->approvals[i - 1].name]));
        all = all && given >= s->duties.approval[d].count;
    }
    return all && needed <= LIMIT_APPROVALS;
}

static enum dhk_err
no_course(struct facts *f, const char *why)
{
    (void)snprintf(f->why, sizeof f->why,
        "core recorded an act that the course does not have: %s", why);
    return DHK_AUTH;
}

enum dhk_err
facts_approved(
    struct facts *f, const struct facts_entry *at, const struct statement *said)
{
    struct facts_approval approval = {.index = at->index, .share = said->about};
    struct slice partner = at->e->u.stated.partner;
    const struct facts_share *share = facts_share(f, said->about);
    struct facts_kept *k = find(f, said->about);
    const struct entry_share *s;
    enum dhk_err rc = facts_name(&approval.name, f, partner);
    if (rc != DHK_OK)
        return rc;
    if (share == NULL || !share->waits || k == NULL || k->bytes == NULL ||
        k->declined || share->expires <= at->e->time / 1000)
        return no_course(f, "nothing waits there for an approval");
    rc = read_share(&s, f, k);
    if (rc != DHK_OK)
        return rc;
    if (!is_asked(f, s, partner))
        return no_course(f, "its partner is not one whose approval is asked");
    if (has_approved(f, k, approval.name))
        return no_course(f, "its partner had approved it before");
    k->declined = said->what == ACT_DECLINE;
    if (!k->declined)
        rc = keep_approval(f, k, &approval);
    if (rc == DHK_OK && (k->declined || is_approved(f, k, s)))
        f->last_word = said->about;
    return rc;
}

enum dhk_err
facts_check_last_word(struct facts *f, const struct facts_entry *at)
{
    uint64_t due = f->last_word;
    const struct entry *e = at->e;
    f->last_word = 0;
    if (!f->complete || due == 0 ||
        (e->kind == ENTRY_RELEASED && e->u.released.share == due) ||
        (e->kind == ENTRY_RETURNED && e->u.returned.index == due))
        return DHK_OK;
    return facts_no(f, DHK_AUTH,
        "the entry before it is the last word that a waiting share needed, and "
        "core neither let that share go nor sent it back");
}

/* --- let go --- */

/* The approval in entry INDEX; NULL: there is none. */
static const struct facts_approval *
approval_at(const struct facts *f, uint64_t index)
{
    size_t low = 0;
    size_t high = f->approvals_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->approvals[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->approvals_n && f->approvals[low].index == index
               ? &f->approvals[low]
               : NULL;
}

/* Whether the entries that R names are approvals of S, and enough. */
static enum dhk_err
check_approvals(struct facts *f, const struct entry_released *r,
    const struct entry_share *s)
{
    const struct agreement *a = trust_agreement_by_hash(f->trust, s->agreement);
    unsigned given[sizeof s->duties.approval / sizeof s->duties.approval[0]] = {
        0};
    for (size_t i = 0; i < r->n; i++) {
        const struct facts_approval *x = approval_at(f, r->index[i]);
        if (x == NULL || x->share != r->share)
            return facts_no(
                f, DHK_AUTH, "it was let go by what is no approval of it");
        for (size_t k = 0; k < s->duties.approvals_n; k++)
            given[k] +=
                counts(&s->duties.approval[k], a, slice_str(f->names[x->name]));
    }
    for (size_t k = 0; k < s->duties.approvals_n; k++) {
        if (given[k] < s->duties.approval[k].count)
            return facts_no(
                f, DHK_AUTH, "it was let go by fewer than had to approve it");
    }
    return DHK_OK;
}

/* What the case's course, as it is here, makes of share K. */
static enum dhk_err
decide_now(struct facts_again *again, struct facts *f,
    const struct facts_kept *k, uint64_t time)
{
    const struct entry_share *s;
    enum dhk_err rc = read_share(&s, f, k);
    return rc == DHK_OK ? facts_decide_now(again, f, s, time) : rc;
}

static enum dhk_err
check_release(
    struct facts *f, const struct facts_entry *at, const struct facts_kept *k)
{
    struct facts_again again;
    const struct entry_share *s;
    enum dhk_err rc = read_share(&s, f, k);
    if (rc == DHK_OK && k->declined)
        return facts_no(f, DHK_AUTH, "it was let go although it was declined");
    if (rc == DHK_OK)
        rc = check_approvals(f, &at->e->u.released, s);
    if (rc == DHK_OK)
        rc = decide_now(&again, f, k, at->e->time);
    if (rc == DHK_OK && !again.same)
        return facts_no(f, DHK_DENIED,
            "it was let go although by its case it would be decided otherwise");
    return rc;
}

enum dhk_err
facts_released(struct facts *f, const struct facts_entry *at)
{
    uint64_t index = at->e->u.released.share;
    struct facts_share *share = facts_share(f, index);
    const struct facts_kept *k = find(f, index);
    enum dhk_err rc = DHK_OK;
    if (share == NULL && !f->complete) {
        f->unchecked++;
        return DHK_OK;
    }
    if (share == NULL || share->notice)
        return facts_no(f, DHK_AUTH, "no share stands where it points to");
    if (share->ended)
        return facts_no(
            f, DHK_AUTH, "the share that it lets go had its outcome before");
    if (!share->waits || k == NULL)
        return facts_no(f, DHK_AUTH, "it lets go what did not wait");
    if (f->complete)
        rc = check_release(f, at, k);
    else
        f->unchecked++;
    share->waits = false;
    return rc;
}

/* --- sent back --- */

static enum dhk_err
check_changed(
    struct facts *f, const struct facts_entry *at, const struct facts_kept *k)
{
    struct facts_again again = {false, false};
    enum dhk_err rc = DHK_OK;
    if (k != NULL)
        rc = decide_now(&again, f, k, at->e->time);
    if (rc == DHK_OK && !again.other)
        return facts_no(f, DHK_AUTH,
            "it was returned because its case had changed, and by its case "
            "nothing changed for it");
    return rc;
}

enum dhk_err
facts_check_returned(struct facts *f, const struct facts_entry *at,
    const struct facts_share *share)
{
    enum entry_code code = at->e->u.returned.code;
    const struct facts_kept *k = find(f, share->index);
    if (code == ENTRY_CODE_DECLINED && !share->waits)
        return facts_no(
            f, DHK_AUTH, "it was returned as declined, and did not wait");
    if (code != ENTRY_CODE_DECLINED && code != ENTRY_CODE_CHANGED_CASE)
        return DHK_OK;
    if (!f->complete) {
        f->unchecked++;
        return DHK_OK;
    }
    if (code == ENTRY_CODE_CHANGED_CASE)
        return check_changed(f, at, k);
    return k != NULL && k->declined
               ? DHK_OK
               : facts_no(f, DHK_AUTH,
                     "it was returned as declined, and nobody declined it");
}
