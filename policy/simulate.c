/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every assignment of values that the record leaves open is decided by the
 * other agreement; see simulate.h. */
#include "simulate.h"

#include <string.h>

#include "classes.h"

enum { NO_FIELD = 255 };

/* --- what the record says --- */

static bool
is_consistent(const struct simulate_signal *x)
{
    const struct agreement *a = x->was;

    return x->sender < a->parties_n && x->kind < a->kinds_n &&
           x->purpose < a->purposes_n && x->ground < a->grounds_n &&
           x->classes.n == a->kinds[x->kind].attributes_n &&
           x->presence >> (a->kinds[x->kind].fields_n - 1) <= 1;
}

/* The request as it was decided, with one value of each class. */
static enum dhk_err
read_record(struct simulate *s)
{
    const struct simulate_signal *x = s->signal;

    s->was = (struct request){.sender = x->sender,
        .kind = x->kind,
        .purpose = x->purpose,
        .ground = x->ground,
        .windows = x->windows_was};
    for (size_t k = 0; k < x->classes.n; k++) {
        struct value *v = &s->was.attribute[k];

        if ((x->exact >> k & 1) != 0) {
            *v = x->value[k];
        } else if (x->was->kinds[x->kind].partitions[k].n > UINT8_MAX ||
                   evaluate_representative(
                       v, x->was, x->kind, k, x->classes.p[k]) != DHK_OK) {
            return DHK_FORMAT;
        }
    }
    return DHK_OK;
}

/* Whether the recorded class of attribute K has V in it. */
static bool
may_have_been(const struct simulate *s, size_t k, uint32_t v)
{
    const struct simulate_signal *x = s->signal;
    const struct value known = {VALUE_KNOWN, v};
    uint32_t class_ = evaluate_class(x->was, x->kind, k, known);

    if ((x->exact >> k & 1) != 0) {
        return x->value[k].v == v;
    }
    return class_ == x->classes.p[k];
}

/* --- its values in words of the other agreement --- */

static const struct agreement_attribute *
attribute_at(const struct agreement *a, uint16_t kind, size_t k)
{
    return &a->attributes[a->kinds[kind].attributes[k]];
}

/* The class of V, which is of attribute K now, is one that it may have. */
static void
add_value(struct simulate *s, size_t k, struct value v)
{
    struct simulate_values *out = &s->values[k];
    uint32_t class_ = evaluate_class(s->now, s->then.kind, k, v);

    for (size_t i = 0; i < out->n; i++) {
        if (evaluate_class(s->now, s->then.kind, k, out->value[i]) == class_) {
            return;
        }
    }
    if (out->n == SIMULATE_VALUES) {
        s->unbounded = true;
        return;
    }
    out->value[out->n++] = v;
}

/* It was not asked at that time: it may be anything. */
static void
add_all(struct simulate *s, size_t k)
{
    const struct partition *classes =
        &s->now->kinds[s->then.kind].partitions[k];

    add_value(s, k, (struct value){VALUE_UNKNOWN, 0});
    for (size_t c = 0; c < classes->n; c++) {
        add_value(s, k, (struct value){VALUE_KNOWN, classes->first[c]});
    }
}

/* The numbers from LOW to HIGH, as far as now has them. */
static void
add_interval(struct simulate *s, size_t k, uint32_t low, uint32_t high)
{
    const struct partition *classes =
        &s->now->kinds[s->then.kind].partitions[k];
    const struct agreement_attribute *at =
        attribute_at(s->now, s->then.kind, k);

    s->values[k].lacks = s->values[k].lacks || low < at->min || high > at->max;
    for (size_t c = 0; c < classes->n; c++) {
        uint32_t first = classes->first[c];
        uint32_t last =
            c + 1 < classes->n ? classes->first[c + 1] - 1 : at->max;

        if (first <= high && last >= low) {
            add_value(
                s, k, (struct value){VALUE_KNOWN, first < low ? low : first});
        }
    }
}

static void
add_numbers(struct simulate *s, size_t k, size_t was)
{
    const struct simulate_signal *x = s->signal;
    const struct partition *classes = &x->was->kinds[x->kind].partitions[was];
    uint32_t max = attribute_at(x->was, x->kind, was)->max;

    if ((x->exact >> was & 1) != 0) {
        add_interval(s, k, x->value[was].v, x->value[was].v);
        return;
    }
    for (size_t c = 0; c < classes->n; c++) {
        uint32_t low = classes->first[c];
        uint32_t high = c + 1 < classes->n ? classes->first[c + 1] - 1 : max;

        if (may_have_been(s, was, low)) {
            add_interval(s, k, low, high);
        }
    }
}

static void
add_names(struct simulate *s, size_t k, size_t was)
{
    const struct simulate_signal *x = s->signal;
    const struct agreement_attribute *before =
        attribute_at(x->was, x->kind, was);
    const struct agreement_attribute *at =
        attribute_at(s->now, s->then.kind, k);

    for (uint32_t v = 0; v <= before->max; v++) {
        int i;

        if (!may_have_been(s, was, v)) {
            continue;
        }
        i = agreement_value(at, slice_str(agreement_value_name(before, v)));
        if (i < 0) {
            s->values[k].lacks = true;
        } else {
            add_value(s, k, (struct value){VALUE_KNOWN, (uint32_t)i});
        }
    }
}

/* Where the kind of that time has the attribute of that name, or -1. */
static int
position_of(const struct simulate_signal *x, const char *name)
{
    const struct agreement_kind *kind = &x->was->kinds[x->kind];
    int i = agreement_attribute(x->was, slice_str(name));

    return i < 0 || kind->position[i] == NO_POSITION ? -1
                                                     : (int)kind->position[i];
}

static void
read_attribute(struct simulate *s, size_t k)
{
    const struct simulate_signal *x = s->signal;
    const struct agreement_attribute *at =
        attribute_at(s->now, s->then.kind, k);
    int was = position_of(x, at->name);
    const struct agreement_attribute *before;

    if ((x->computed >> k & 1) != 0) {
        add_value(s, k, x->now_value[k]);
        return;
    }
    if (was < 0 || (x->untold >> was & 1) != 0) {
        add_all(s, k);
        return;
    }
    before = attribute_at(x->was, x->kind, (size_t)was);
    if (s->was.attribute[was].state == VALUE_UNKNOWN) {
        add_value(s, k, (struct value){VALUE_UNKNOWN, 0});
    } else if ((at->type == ATTRIBUTE_NUMBER) !=
               (before->type == ATTRIBUTE_NUMBER)) {
        s->values[k].lacks = true;
    } else if (at->type == ATTRIBUTE_NUMBER) {
        add_numbers(s, k, (size_t)was);
    } else {
        add_names(s, k, (size_t)was);
    }
}

/* Names of that time in now; false when it lacks one. */
static bool
find_names(struct simulate *s)
{
    const struct simulate_signal *x = s->signal;
    const struct agreement *a = x->was;
    int sender = agreement_party(s->now, slice_str(a->parties[x->sender]));
    int kind = agreement_kind(s->now, slice_str(a->kinds[x->kind].name));
    int purpose =
        agreement_purpose(s->now, slice_str(a->purposes[x->purpose].name));
    int ground =
        agreement_ground(s->now, slice_str(a->grounds[x->ground].name));

    if (sender < 0 || kind < 0 || purpose < 0 || ground < 0) {
        return false;
    }
    s->then.sender = (uint16_t)sender;
    s->then.kind = (uint16_t)kind;
    s->then.purpose = (uint16_t)purpose;
    s->then.ground = (uint16_t)ground;
    s->then.windows = x->windows_now;
    return true;
}

static void
find_fields(struct simulate *s)
{
    const struct agreement_kind *kind = &s->signal->was->kinds[s->signal->kind];

    memset(s->field, NO_FIELD, sizeof s->field);
    for (size_t i = 0; s->known && i < kind->fields_n; i++) {
        int f = agreement_field(
            &s->now->kinds[s->then.kind], slice_str(kind->fields[i].name));

        s->field[i] = f < 0 ? NO_FIELD : (uint8_t)f;
    }
}

/* Fields of that time as bits of now; those that it lacks are left out. */
static uint32_t
to_now(const struct simulate *s, uint32_t fields)
{
    uint32_t out = 0;

    for (; fields != 0; fields &= fields - 1) {
        uint8_t f = s->field[__builtin_ctz(fields)];

        if (f != NO_FIELD) {
            out |= UINT32_C(1) << f;
        }
    }
    return out;
}

/* A signal without a field that must be there is accepted for nobody. */
static bool
is_complete(const struct simulate *s)
{
    return agreement_lacking(&s->now->kinds[s->then.kind],
               to_now(s, s->signal->presence)) == 0;
}

enum dhk_err
simulate_begin(struct simulate *out, const struct simulate_signal *signal,
    const struct agreement *now)
{
    enum dhk_err rc;

    memset(out, 0, sizeof *out);
    out->signal = signal;
    out->now = now;
    if (!is_consistent(signal)) {
        return DHK_FORMAT;
    }
    rc = read_record(out);
    if (rc != DHK_OK) {
        return rc;
    }
    out->known = find_names(out);
    find_fields(out);
    out->known = out->known && is_complete(out);
    for (size_t k = 0;
         out->known && k < now->kinds[out->then.kind].attributes_n; k++) {
        read_attribute(out, k);
    }
    return DHK_OK;
}

/* --- one recipient --- */

static uint32_t
to_then(const struct simulate *s, uint32_t fields)
{
    uint32_t out = 0;

    for (size_t i = 0; i < LIMIT_FIELDS; i++) {
        if (s->field[i] != NO_FIELD && (fields >> s->field[i] & 1) != 0) {
            out |= UINT32_C(1) << i;
        }
    }
    return out;
}

struct replaying {
    const struct simulate *s;
    const struct simulate_share *share;
    uint32_t carried; /* fields that could be shared, of now */
    uint32_t had;     /* that were shared, of now */
    struct simulate_outcome *out;
};

/* One more way in which it may come out: FIELDS of now, 0 for none. */
static void
add_outcome(const struct replaying *r, uint32_t fields, bool waits)
{
    struct simulate_outcome *out = r->out;
    uint32_t lost = r->share->fields & ~to_then(r->s, fields);
    uint32_t gained = fields & ~r->had;

    out->may_get = out->may_get || fields != 0;
    out->may_not = out->may_not || fields == 0;
    out->may_wait = out->may_wait || (fields != 0 && waits);
    out->may_wait_not = out->may_wait_not || (fields != 0 && !waits);
    out->lost_least &= lost;
    out->lost_most |= lost;
    out->gained_least &= gained;
    out->gained_most |= gained;
}

/* More than can be tried: whatever is possible at all. */
static void
add_anything(const struct replaying *r)
{
    add_outcome(r, 0, false);
    add_outcome(r, r->carried, false);
    add_outcome(r, r->carried, true);
}

/* The next assignment; false after the last. */
static bool
next_assignment(struct request *req, const struct simulate *s, size_t *at)
{
    size_t n = s->now->kinds[s->then.kind].attributes_n;

    for (size_t k = 0; k < n; k++) {
        at[k] = (at[k] + 1) % s->values[k].n;
        req->attribute[k] = s->values[k].value[at[k]];
        if (at[k] != 0) {
            return true;
        }
    }
    return false;
}

/* How many assignments there are; 0: no value would do. */
static size_t
count_assignments(const struct simulate *s)
{
    size_t n = 1;

    for (size_t k = 0; k < s->now->kinds[s->then.kind].attributes_n; k++) {
        n = n > SIMULATE_ASSIGNMENTS ? n : n * s->values[k].n;
    }
    return n;
}

static bool
may_lack(const struct simulate *s)
{
    bool lacks = false;

    for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
        lacks = lacks || s->values[k].lacks;
    }
    return lacks;
}

static void
try_all(const struct replaying *r, uint16_t recipient)
{
    const struct simulate *s = r->s;
    struct request req = s->then;
    size_t at[LIMIT_ATTRIBUTES] = {0};
    size_t n = count_assignments(s);
    struct decision d;

    if (may_lack(s) || n == 0) {
        add_outcome(r, 0, false);
    }
    if (s->unbounded || n > SIMULATE_ASSIGNMENTS) {
        add_anything(r);
        return;
    }
    if (n == 0) {
        return;
    }
    req.recipient = recipient;
    for (size_t k = 0; k < LIMIT_ATTRIBUTES; k++) {
        req.attribute[k] = s->values[k].value[0];
    }
    do {
        evaluate(&d, s->now, &req);
        add_outcome(r, d.fields & r->carried, d.verdict == VERDICT_PENDING);
    } while (next_assignment(&req, s, at));
}

/* Fields that it could have had at that time; 0 when it was denied. */
static uint32_t
permitted_then(const struct simulate *s, struct slice party)
{
    struct request req = s->was;
    struct decision d;
    int recipient = agreement_party(s->signal->was, party);

    if (recipient < 0) {
        return 0;
    }
    req.recipient = (uint16_t)recipient;
    evaluate(&d, s->signal->was, &req);
    return d.fields & s->signal->presence;
}

void
simulate_party(struct simulate_outcome *out, const struct simulate *s,
    struct slice party, const struct simulate_share *share)
{
    uint32_t could = permitted_then(s, party);
    uint32_t kept = could & ~share->wrapped;
    struct replaying r = {.s = s, .share = share, .out = out};
    int recipient = agreement_party(s->now, party);

    memset(out, 0, sizeof *out);
    if (!share->shared && could != 0) {
        out->left_out = true;
        return;
    }
    out->lost_least = share->fields;
    out->gained_least = UINT32_MAX;
    /* what the sender kept back then, it keeps back now */
    r.carried = to_now(s, s->signal->presence & ~kept);
    r.had = to_now(s, share->fields);
    if (!s->known || recipient < 0 || recipient == s->then.sender) {
        add_outcome(&r, 0, false);
    } else {
        try_all(&r, (uint16_t)recipient);
    }
}
