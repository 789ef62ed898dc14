/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is stated of cases; see report_make.h. */
#include "report_make_inside.h"

#include <string.h>

#include "statement.h"

static const char *const three[] = {"gemeente", "politie", "om"};
enum { THREE = 3, DAY = 86400, AUDITOR = 0 };

/* As what PARTNER states something. */
static unsigned
as_what(const char *partner)
{
    for (size_t i = 0; i < THREE; i++) {
        if (strcmp(partner, three[i]) == 0)
            return ACT_BY_PARTY | ACT_BY_WEIGHER;
    }
    return strcmp(partner, "toezicht") == 0 ? AUDITOR : ACT_BY_PARTY;
}

static void
fill(struct statement *x, const struct make_said *said)
{
    *x = (struct statement){.what = said->what,
        .made = (int64_t)(making.time / 1000),
        .about = said->about,
        .code = said->code,
        .has_ref = said->ref_byte != 0 || said->ref_share != 0};
    x->origin = slice_str("ledger.test/1");
    x->until = said->days == 0 ? 0 : x->made + (int64_t)said->days * DAY;
    memset(x->case_handle, said->case_byte, sizeof x->case_handle);
    memset(x->ref, said->ref_byte, sizeof x->ref);
    if (said->ref_share != 0)
        memcpy(x->ref, making.share[said->ref_share].id, sizeof x->ref);
    memcpy(x->card, making.card[make_card_of(said->by)].id, sizeof x->card);
    if (said->partner != NULL)
        x->partner = slice_str(said->partner);
}

uint64_t
make_stated(const struct make_said *said)
{
    struct statement x, read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_stated *e = &make_fresh(ENTRY_STATED)->u.stated;

    fill(&x, said);
    sink_init(&out, bytes, sizeof bytes);
    ok(statement_issue(&out, &x, making.key));
    ok(statement_decode(&read, sink_done(&out), NULL));
    e->partner = slice_str(said->by);
    e->body = read.body;
    e->as = as_what(said->by);
    e->of = e->as == AUDITOR ? 0 : THREE;
    e->all = e->as == AUDITOR;
    return make_put();
}

uint64_t
make_by_all(const struct make_said *said)
{
    struct make_said x = *said;
    uint64_t last = 0;

    for (size_t i = 0; i < THREE; i++) {
        x.by = three[i];
        last = make_stated(&x);
    }
    return last;
}

void
make_case(uint8_t case_byte, bool in_meeting)
{
    static const enum act steps[] = {ACT_INFORM, ACT_ENRICH, ACT_CONFER};

    make_stated(&(const struct make_said){
        .by = "gemeente", .what = ACT_BRING, .case_byte = case_byte});
    make_stated(&(const struct make_said){.by = "gemeente",
        .what = ACT_WEIGH,
        .case_byte = case_byte,
        .days = 14});
    make_by_all(&(const struct make_said){
        .what = ACT_VOTE, .case_byte = case_byte, .code = 1, .ref_byte = 0xee});
    for (size_t i = 0; in_meeting && i < 3; i++)
        make_stated(&(const struct make_said){
            .by = "gemeente", .what = steps[i], .case_byte = case_byte});
}

void
make_destroyed(const char *partner, uint8_t case_byte)
{
    make_stated(&(const struct make_said){
        .by = partner, .what = ACT_DESTROYED, .case_byte = case_byte});
}

void
make_released(uint64_t share, const uint64_t *stated, size_t n)
{
    struct entry_released *e = &make_fresh(ENTRY_RELEASED)->u.released;

    e->share = share;
    memcpy(e->index, stated, n * sizeof *stated);
    e->n = n;
    make_put();
}
