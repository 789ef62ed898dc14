/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to a long ledger, through the whole core but for the sockets. */
#include "ledger_world.h"

#include "random_ledger.h"

struct asked {
    struct harness_node node;
    uint8_t mem[1024];
    struct slice query;
    uint64_t entry; /* that the question became */
    uint64_t cursor;
    size_t shown;
};

/* The time until the page at CURSOR is there; AGAIN: of a question that is on
 * the ledger already. */
static double
page(struct asked *a, bool again, uint64_t cursor)
{
    struct command c = {.type = COMMAND_QUERY,
        .number = 1,
        .bytes = a->query,
        .has_entry = again,
        .entry = a->entry,
        .a = cursor};
    struct command reply;
    double start;

    harness_forget(a->node.h);
    harness_send_command(&a->node, &c, NULL, 0);
    start = world_now();
    harness_batch(a->node.h);
    double us = world_now() - start;
    must(harness_take(&a->node, COMMAND_PAGE, &reply));
    a->entry = reply.a;
    a->cursor = reply.has_entry ? reply.entry : 0;
    a->shown += reply.list_n;
    return us;
}

static void
sign_query(struct asked *a, struct query *q)
{
    struct sink out;

    q->origin = slice_str(HARNESS_ORIGIN);
    q->purpose = QUERY_LAWFULNESS;
    q->what = QUERY_LIST;
    q->number = ++a->node.queries;
    memcpy(q->card, a->node.partner->card.id, CARD_ID);
    memcpy(q->nonce, a->node.nonce, sizeof q->nonce);
    sink_init(&out, a->mem, sizeof a->mem);
    ok(query_issue(&out, q, a->node.partner->secret.sign));
    a->query = sink_done(&out);
    a->shown = 0;
}

static void
ask(struct asked *a, const char *what, struct query q)
{
    sign_query(a, &q);
    double whole = page(a, false, 0);
    size_t first = a->shown;
    double alone = page(a, true, 0), worst = alone;
    size_t pages = 1;

    a->shown = first;
    while (a->cursor != 0 && pages < 20) {
        double us = page(a, true, a->cursor);
        worst = us > worst ? us : worst;
        pages++;
    }
    (void)printf("%-42s %10.2f %10.2f %8zu %8zu %10.2f\n", what, whole / 1e3,
        alone / 1e3, first, pages, worst / 1e3);
}

void
world_ask(struct world *w)
{
    static struct asked a;
    struct query none = {.from = 0}, q;
    const struct entry *share = NULL;

    for (size_t i = 0; share == NULL; i++)
        share = w->entry[i].kind == ENTRY_SHARE ? &w->entry[i] : NULL;
    harness_connect(w->h, &a.node, "toezicht", COMMAND_MODE_QUERY);
    (void)printf(
        "\n== Questions: ms until the first page, of which for the page "
        "alone (the rest is\n   commit and signature of the question); "
        "and up to 20 pages, ms of the slowest\n");
    (void)printf("%-42s %10s %10s %8s %8s %10s\n", "", "first page", "page",
        "entries", "pages", "slowest");
    ask(&a, "no filter", none);
#define ASK(name, field, value)                                                \
    q = none;                                                                  \
    q.field = slice_str(value);                                                \
    ask(&a, name, q)
    ASK("partner", partner, "gemeente");
    ASK("sender", sender, "politie");
    ASK("recipient", recipient, "ggz");
    ASK("kind", kind, random_kind[2]);
    ASK("purpose", share_purpose, random_purpose[3]);
    ASK("rule", rule, random_rule[5]);
    ASK("outcome: taken", outcome, "taken");
    ASK("outcome: quota", outcome, "quota");
    ASK("rule that decided nothing", rule, "X9");
    ASK("partner of no entry", partner, "nergens");
#undef ASK
    q = none;
    q.has_case = true;
    memcpy(q.case_handle, share->u.share.case_handle, 16);
    ask(&a, "case", q);
    q.recipient = share->u.share.recipient;
    ask(&a, "case and recipient", q);
    q = none;
    q.sender = share->u.share.sender;
    q.recipient = share->u.share.recipient;
    q.kind = share->u.share.kind;
    ask(&a, "sender, recipient and kind", q);
    q.outcome = slice_str("refused-by-application");
    q.rule = share->u.share.rule[0];
    q.share_purpose = share->u.share.purpose;
    ask(&a, "those, purpose, rule and outcome", q);
    q = none;
    q.sender = slice_str("politie");
    q.recipient = slice_str("politie");
    ask(&a, "sender and recipient the same (nothing)", q);
    q = none;
    q.since = w->h->wall;
    q.partner = slice_str("om");
    ask(&a, "partner, since", q);
    harness_connect(w->h, &a.node, "school", COMMAND_MODE_QUERY);
    ask(&a, "by a partner: no filter", none);
    q = none;
    q.recipient = slice_str("ggz");
    q.kind = slice_str(random_kind[1]);
    ask(&a, "by a partner: recipient and kind", q);
}
