/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker's part in cases. */
#include "fake_desk.h"

#include "session.h"
#include "trust.h"

static struct desk *desk;

void
fake_desk_begin(
    struct desk *d, struct line *l, const uint8_t handle[STATEMENT_CASE])
{
    memset(d, 0, sizeof *d);
    course_begin(&d->course, handle);
    l->lie = fake_desk;
    desk = d;
}

void
fake_desk_talk(struct desk *d, struct dhk_node *node)
{
    d->asker = node;
}

static uint64_t
now_ms(const struct line *l)
{
    return desk->now != 0
               ? desk->now
               : (uint64_t)node_now(l->ring->partner[RING_OM].node) * 1000;
}

static void
say_error(struct line *l, uint64_t number, enum command_error error)
{
    struct command c = {
        .type = COMMAND_ERROR, .number = number, .error = error};
    line_say(l, &c);
}

/* --- statements --- */

static unsigned
role_of(const char *partner)
{
    return strcmp(partner, "gemeente") == 0
               ? ACT_BY_PARTY
               : (unsigned)ACT_BY_PARTY | ACT_BY_WEIGHER;
}

static void
enter(struct line *l, const struct command *c, const struct statement *s)
{
    struct desk_entry *kept = &desk->entry[desk->n++];
    struct entry *e = calloc(1, sizeof *e);
    struct slice bytes;
    struct sink out;

    assert_non_null(e);
    assert_true(desk->n <= DESK_ENTRIES);
    e->kind = ENTRY_STATED;
    e->time = now_ms(l);
    memset(e->random, (int)desk->n, sizeof e->random);
    e->u.stated.partner = slice_str(desk->asker->name);
    e->u.stated.body = s->body;
    memcpy(e->u.stated.signature, s->signature, KEY_SIGNATURE);
    e->u.stated.as = role_of(desk->asker->name);
    e->u.stated.of = RING_SIGNERS;
    memcpy(e->u.stated.agreement, trust_agreement_hash(desk->asker->trust),
        sizeof e->u.stated.agreement);
    sink_init(&out, kept->bytes, sizeof kept->bytes);
    ok(entry_encode(&out, e));
    free(e);
    bytes = sink_done(&out);
    if (l->tree.size < 5)
        line_enter(l, 5, slice_str("before"));
    kept->n = out.n;
    kept->index = l->tree.size;
    kept->shown = act_rule(s->what)->shown;
    (void)snprintf(
        kept->partner, sizeof kept->partner, "%s", desk->asker->name);
    line_receipt(l, c->number, &kept->index, &bytes, 1);
}

static void
take(struct line *l, const struct command *c)
{
    struct statement s;
    struct course_said said = {.s = &s,
        .partner = slice_str(desk->asker->name),
        .as = role_of(desk->asker->name),
        .of = RING_SIGNERS,
        .index = l->tree.size < 5 ? 6 : l->tree.size,
        .time = now_ms(l)};

    memcpy(said.agreement, trust_agreement_hash(desk->asker->trust),
        sizeof said.agreement);
    desk->stated++;
    if (desk->fault == DESK_DEAF)
        return;
    ok(statement_decode(&s, c->bytes, NULL));
    ok(statement_verify(&s, &desk->asker->card.sign));
    assert_memory_equal(s.case_handle, desk->course.case_handle, 16);
    if (desk->fault == DESK_REFUSES ||
        course_apply(&desk->course, &said) != COURSE_OK)
        say_error(l, c->number, COMMAND_ERROR_COURSE);
    else
        enter(l, c, &s);
}

/* --- questions --- */

static bool
may_see(const struct desk_entry *e)
{
    struct slice own = slice_str(desk->asker->name);
    struct entry *got = malloc(sizeof *got);
    struct statement s;
    bool named;

    assert_non_null(got);
    ok(entry_decode(got, slice_of(e->bytes, e->n), NULL));
    ok(statement_from_body(
        &s, got->u.stated.body, got->u.stated.signature, NULL));
    named = slice_equal(s.partner, own);
    free(got);
    return named || strcmp(e->partner, desk->asker->name) == 0 ||
           (role_of(desk->asker->name) & ACT_BY_WEIGHER) != 0 ||
           course_is_holder(&desk->course, own) ||
           (e->shown && course_takes_part(&desk->course, own));
}

/* E as it is shown, by who lies. */
static void
spoil(uint8_t mem[LIMIT_ENTRY], size_t *n)
{
    struct entry *e = malloc(sizeof *e);
    uint8_t copy[LIMIT_ENTRY], body[LIMIT_STATEMENT];
    struct sink out;

    assert_non_null(e);
    memcpy(copy, mem, *n);
    ok(entry_decode(e, slice_of(copy, *n), NULL));
    if (desk->fault == DESK_FORGED)
        e->u.stated.signature[3] ^= 1;
    if (desk->fault == DESK_WEIGHER)
        e->u.stated.as ^= ACT_BY_WEIGHER;
    if (desk->fault == DESK_ALONE)
        e->u.stated.of = 1;
    if (desk->fault == DESK_CHANGED)
        e->random[0] ^= 1;
    if (desk->fault == DESK_OTHER_CASE) {
        size_t at = 0;
        memcpy(body, e->u.stated.body.p, e->u.stated.body.n);
        while (memcmp(body + at, desk->course.case_handle, 16) != 0)
            at++;
        body[at] ^= 1;
        e->u.stated.body.p = body;
    }
    if (desk->fault == DESK_NO_STATED) {
        e->kind = ENTRY_OPERATOR;
        e->u.operator_code = ENTRY_OPERATOR_CLOCK;
    }
    sink_init(&out, mem, LIMIT_ENTRY);
    ok(entry_encode(&out, e));
    *n = out.n;
    free(e);
}

static void
show_course(struct line *l, const struct command *ask)
{
    static uint8_t mem[DESK_ENTRIES][LIMIT_ENTRY], index[DESK_ENTRIES][8];
    struct slice list[2 * DESK_ENTRIES];
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    size_t n = 0;
    bool ours = slice_equal(
        ask->id, slice_of(desk->course.case_handle, STATEMENT_CASE));

    desk->questions++;
    for (size_t i = 0; ours && i < desk->n; i++) {
        const struct desk_entry *e = &desk->entry[i];
        size_t k = n / 2, size = e->n;
        if (e->index <= ask->a || !may_see(e) ||
            (desk->page != 0 && k == desk->page))
            continue;
        memcpy(mem[k], e->bytes, e->n);
        if (i == 0)
            spoil(mem[k], &size);
        bytes_put_u64(
            index[k], desk->fault == DESK_BACKWARD ? 900 - e->index : e->index);
        list[n++] = slice_of(index[k], 8);
        list[n++] = slice_of(mem[k], size);
    }
    line_give(l, &c, list, n);
}

static void
show_cases(struct line *l, const struct command *ask)
{
    uint8_t index[8];
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct slice list[2] = {
        slice_of(desk->course.case_handle, STATEMENT_CASE), {index, 8}};
    bool any = desk->n > 0 && desk->course.last > ask->a &&
               course_takes_part(&desk->course, slice_str(desk->asker->name));

    bytes_put_u64(index, desk->course.last);
    line_give(l, &c, list, any ? 2 : 0);
}

static void
show_waiting(struct line *l, const struct command *ask)
{
    uint8_t index[8];
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct slice list[2] = {{index, 8}, desk->waiting};

    bytes_put_u64(index, 44);
    line_give(l, &c, list, desk->waiting.n > 0 && ask->a < 44 ? 2 : 0);
}

static void
show_card(struct line *l, const struct command *ask)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};

    for (size_t i = 0; desk->fault != DESK_NO_CARD && i < RING_PARTNERS; i++) {
        const struct ring_partner *p = &l->ring->partner[i];
        struct slice bytes = slice_of(p->bytes, p->n);
        if (slice_equal(ask->id, slice_of(p->card.id, sizeof p->card.id))) {
            line_give(l, &c, &bytes, 1);
            return;
        }
    }
    say_error(l, ask->number, COMMAND_ERROR_NOTFOUND);
}

static bool
answer(struct line *l, const struct command *c)
{
    void (*how)(struct line *, const struct command *) = NULL;

    if (c->what == COMMAND_GET_CARD)
        how = show_card;
    else if (c->what == COMMAND_GET_COURSE)
        how = show_course;
    else if (c->what == COMMAND_GET_CASES)
        how = show_cases;
    else if (c->what == COMMAND_GET_WAITING)
        how = show_waiting;
    if (how == NULL)
        return false;
    if (desk->fault != DESK_SILENT)
        how(l, c);
    return true;
}

bool
fake_desk(struct line *l, const struct command *c)
{
    if (c->type == COMMAND_STATE) {
        take(l, c);
        return true;
    }
    return c->type == COMMAND_GET && answer(l, c);
}
