/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is said instead of a card, an agreement or a proof. */
#include "withheld.h"

const enum lie lies[LIES] = {
    NO_SUCH_THING, ANOTHER, UNSIGNED, CUT, NOTHING, LATER};
struct withheld broker;

static void
say_error(const struct command *ask, enum command_error error)
{
    const struct command c = {
        .type = COMMAND_ERROR, .number = ask->number, .error = error};

    line_say(&broker.line, &c);
}

static void
give_card(const struct command *ask)
{
    const struct ring_partner *p = &broker.ring->partner[broker.owner];
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    uint8_t mem[LIMIT_CARD];
    struct slice card = slice_of(mem, p->n);

    broker.asked_cards++;
    memcpy(mem, p->bytes, p->n);
    if (broker.about_cards == UNSIGNED)
        mem[p->n - 1] ^= 1;
    else if (broker.about_cards == CUT)
        card.n--;
    else if (broker.about_cards == ANOTHER)
        card = slice_of(broker.ring->partner[RING_OM].bytes,
            broker.ring->partner[RING_OM].n);
    if (broker.about_cards == NO_SUCH_THING)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (broker.about_cards == LATER)
        say_error(ask, COMMAND_ERROR_BUSY);
    else
        line_give(
            &broker.line, &c, &card, broker.about_cards == NOTHING ? 0 : 1);
}

static void
give_text(const struct command *ask, const struct trust_text *t, enum lie lie)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct slice list[6] = {t->text};
    uint8_t compiled[COMPILED_HASH];
    size_t n = 1;

    if (ask->what == COMMAND_GET_AGREEMENT)
        list[n++] = ring_compiled(compiled, t->text);
    size_t before = n;
    if (lie == ANOTHER)
        list[0] = broker.roster->text;
    if (lie == CUT)
        list[0].n--;
    for (size_t i = 0; i < t->sigs_n; i++) {
        list[n++] = slice_str(t->sig[i].name);
        list[n++] = t->sig[i].armor;
    }
    if (lie == NO_SUCH_THING)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (lie == LATER)
        say_error(ask, COMMAND_ERROR_BUSY);
    else
        line_give(&broker.line, &c, list,
            lie == NOTHING ? 0 : (lie == UNSIGNED ? before + 2 : n));
}

/* That the entry is in the ledger. */
static void
give_proof(const struct command *ask)
{
    struct command c = {
        .type = COMMAND_OBJECT, .number = ask->number, .what = ask->what};
    struct tree *tree = &broker.line.tree;
    const uint64_t index = ask->a - (broker.about_proofs == ANOTHER ? 1 : 0);
    struct merkle_multi m = {.size = tree->size, .index = &index, .n = 1};
    uint8_t text[LIMIT_CHECKPOINT], proof[TREE_PROOF];
    struct merkle_reader reader = tree_reader(tree);
    struct sink out;
    struct slice list[2];

    sink_init(&out, proof, sizeof proof);
    ok(merkle_multi_prove(&out, &m, &reader));
    list[0] = line_note(&broker.line, text);
    list[1] = sink_done(&out);
    if (broker.about_proofs == UNSIGNED) /* in its root */
        text[list[0].n / 4] ^= 1;
    if (broker.about_proofs == CUT)
        list[1].n -= MERKLE_HASH;
    if (broker.about_proofs == NO_SUCH_THING)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (broker.about_proofs == LATER)
        say_error(ask, COMMAND_ERROR_BUSY);
    else
        line_give(
            &broker.line, &c, list, broker.about_proofs == NOTHING ? 0 : 2);
}

/* The newest one is kept back together with its text. */
static void
give_agreement(const struct command *ask)
{
    uint8_t hash[SEAL_HASH];

    seal_sha256(hash, broker.old->text);
    if (broker.none_in_force && ask->id.n == 0)
        say_error(ask, COMMAND_ERROR_NOTFOUND);
    else if (broker.about_agreements != HONEST && ask->id.n == 0)
        give_text(ask, broker.old, HONEST);
    else if (slice_equal(ask->id, slice_of(hash, sizeof hash)))
        give_text(ask, broker.old, HONEST);
    else
        give_text(ask, broker.agreement == NULL ? broker.old : broker.agreement,
            broker.about_agreements);
}

static bool
keeps_back(struct line *l, const struct command *c)
{
    (void)l;
    if (c->type == COMMAND_CREDIT)
        broker.credit = c->a;
    broker.confirmed_n += c->type == COMMAND_CONFIRM ? 1 : 0;
    broker.noted_n += c->type == COMMAND_NOTED ? 1 : 0;
    if (c->type != COMMAND_GET)
        return false;
    if (broker.busy) {
        say_error(c, COMMAND_ERROR_BUSY);
        return true;
    }
    if (c->what == COMMAND_GET_CARD)
        give_card(c);
    else if (c->what == COMMAND_GET_ROSTER)
        give_text(c, broker.roster, HONEST);
    else if (c->what == COMMAND_GET_AGREEMENT)
        give_agreement(c);
    else if (c->what == COMMAND_GET_INCLUSION && broker.about_proofs != HONEST)
        give_proof(c);
    else
        return false;
    return true;
}

static void
count_tale(void *ctx, const char *sentence)
{
    (void)ctx;
    assert_null(strstr(sentence, "Jan"));
    broker.told_n++;
}

void
withheld_begin(struct ring *r, struct dhk_node *node, size_t owner)
{
    memset(&broker, 0, sizeof broker);
    broker.ring = r;
    broker.owner = owner;
    ring_agreement(broker.first, 1, NULL, "");
    broker.old = ring_sign(r, broker.first, SSHSIG_NS_AGREEMENT, 3);
    broker.roster = ring_sign(r, r->roster, SSHSIG_NS_ROSTER, 3);
    line_begin(&broker.line, r);
    broker.line.lie = keeps_back;
    dhk_report(node, count_tale, NULL);
}

void
withheld_end(void)
{
    line_end(&broker.line);
    ring_sign_end(&broker.roster);
    ring_sign_end(&broker.old);
    if (broker.agreement != NULL)
        ring_sign_end(&broker.agreement);
}
