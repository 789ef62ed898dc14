/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fetching and verifying objects of the broker. */
#include "fetch.h"

#include "approval.h"
#include "cards.h"
#include "counted.h"
#include "heads.h"
#include "held.h"
#include "revoked.h"
#include "session.h"
#include "trust.h"

#include "merkle.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_MS = 1000 };

enum dhk_err
fetch_news_of(struct fetch_news *out, const struct command *welcome)
{
    if (welcome->bytes.n > sizeof out->note)
        return DHK_LIMIT;
    out->has_agreement = welcome->has_agreement;
    out->has_roster = welcome->has_roster;
    memcpy(out->agreement, welcome->agreement, sizeof out->agreement);
    memcpy(out->roster, welcome->roster, sizeof out->roster);
    out->note_n = welcome->bytes.n;
    if (out->note_n > 0)
        memcpy(out->note, welcome->bytes.p, out->note_n);
    return DHK_OK;
}

/* A request that was begun is given a moment, however little time is left. */
static enum dhk_err
get(struct dhk_node *node, struct command *c, struct command *reply,
    int timeout_ms, struct dhk_problem *problem)
{
    enum dhk_err rc;

    c->type = COMMAND_GET;
    rc = session_request(node->session, c, reply,
        timeout_ms > LEAST_MS ? timeout_ms : LEAST_MS, problem);
    if (rc == DHK_OK &&
        (reply->type != COMMAND_OBJECT || reply->what != c->what))
        return problem_set(problem, DHK_FORMAT,
            "the broker sent another thing than was asked for");
    return rc;
}

/* A text with its signatures, an agreement's compiled hash between them,
 * borrowed from the reply. */
static enum dhk_err
read_signed(struct trust_text *in, const struct command *reply,
    struct dhk_problem *problem)
{
    struct cursor c;

    *in = (struct trust_text){.sigs_n = 0};
    bool agreement = reply->what == COMMAND_GET_AGREEMENT;
    size_t before = agreement ? 2 : 1;
    if (reply->list_n < before || (reply->list_n - before) % 2 != 0 ||
        (reply->list_n - before) / 2 > QUORUM_SIGNATURES)
        return problem_set(
            problem, DHK_FORMAT, "the broker sent no signed text");
    command_list(&c, reply->list);
    in->text = command_list_next(&c);
    if (agreement)
        in->compiled = command_list_next(&c);
    if (agreement && in->compiled.n != SEAL_HASH)
        return problem_set(
            problem, DHK_FORMAT, "the broker sent no compiled hash");
    while (in->sigs_n < (reply->list_n - before) / 2) {
        struct quorum_sig *sig = &in->sig[in->sigs_n++];
        struct slice name = command_list_next(&c);

        sig->armor = command_list_next(&c);
        if (slice_to_str(name, sig->name, sizeof sig->name) != DHK_OK)
            return problem_set(
                problem, DHK_FORMAT, "a signature from the broker has no name");
    }
    return DHK_OK;
}

static enum dhk_err
get_text(struct dhk_node *node, struct command *ask, struct trust_text *in,
    int timeout_ms, struct dhk_problem *problem)
{
    struct command reply;
    uint8_t hash[SEAL_HASH];
    enum dhk_err rc = get(node, ask, &reply, timeout_ms, problem);

    if (rc == DHK_OK)
        rc = read_signed(in, &reply, problem);
    if (rc != DHK_OK || ask->id.n == 0)
        return rc;
    seal_sha256(hash, in->text);
    if (!slice_equal(ask->id, slice_of(hash, sizeof hash)))
        return problem_set(problem, DHK_AUTH,
            "the broker sent another text than it was asked for");
    return DHK_OK;
}

/* ID empty: the one in force. */
/* A fork, or an older version: what the broker shows is not to be believed. */
static enum dhk_err
unbelieved(enum dhk_err rc)
{
    return rc == DHK_EXISTS ? DHK_AUTH : rc;
}

static enum dhk_err
take_roster(struct dhk_node *node, struct slice id, int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {.what = COMMAND_GET_ROSTER, .id = id};
    struct trust_text *in = calloc(1, sizeof *in);
    const struct roster_partner *self;
    uint8_t before[SEAL_HASH];
    enum dhk_err rc = DHK_NOMEM;

    memcpy(before, trust_roster_hash(node->trust), sizeof before);
    if (in != NULL)
        rc = get_text(node, &ask, in, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = unbelieved(
            trust_take_roster(node->trust, in, node_now(node), problem));
    free(in);
    if (rc != DHK_OK ||
        memcmp(before, trust_roster_hash(node->trust), sizeof before) == 0)
        return rc;
    cards_clear(node->cards);
    heads_set_log(node->heads, trust_log(node->trust));
    counted_set_origin(node->counted, trust_log(node->trust)->name);
    self = roster_find(trust_roster(node->trust), slice_str(node->name));
    if (self == NULL)
        return problem_set(problem, DHK_DENIED,
            "the roster in force does not name %s any more", node->name);
    return DHK_OK;
}

static enum dhk_err
take_agreement(struct dhk_node *node, struct slice id, int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {.what = COMMAND_GET_AGREEMENT, .id = id};
    struct trust_text *in = calloc(1, sizeof *in);
    enum dhk_err rc = DHK_NOMEM;

    if (in != NULL)
        rc = get_text(node, &ask, in, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = unbelieved(
            trust_take_agreement(node->trust, in, node_now(node), problem));
    free(in);
    return rc;
}

/* The broker's proof that the agreement was revoked, believed or not: a
 * signatory's statement. DHK_NOTFOUND: it has none. */
static enum dhk_err
take_revocation(struct dhk_node *node, struct revoked *out, int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {.what = COMMAND_GET_REVOCATION};
    struct trust_text *in = calloc(1, sizeof *in);
    enum dhk_err rc = DHK_NOMEM;

    memset(out, 0, sizeof *out);
    if (in != NULL)
        rc = get_text(node, &ask, in, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = trust_agreement_revoked(
            out, node->trust, in, node_now(node), problem);
    free(in);
    return rc;
}

/* The broker says that no agreement is in force. Nothing is sent then, whoever
 * is right, and the ledger can still be read; but only a signatory's word ends
 * an agreement for good. */
static enum dhk_err
take_end(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    const struct agreement *a = trust_highest(node->trust);
    struct dhk_problem why = {""};
    struct revoked revoked;
    enum dhk_err rc;

    if (trust_is_revoked(node->trust))
        return DHK_OK;
    rc = take_revocation(node, &revoked, timeout_ms, &why);
    /* of a newer one that this node never saw */
    if (rc == DHK_NOTFOUND && revoked.what.what == QUORUM_REVOKES_TEXT &&
        take_agreement(node, slice_of(revoked.what.id, sizeof revoked.what.id),
            timeout_ms, &why) == DHK_OK)
        rc = take_revocation(node, &revoked, timeout_ms, &why);
    if (rc == DHK_OK)
        return rc;
    if (rc == DHK_NOMEM || rc == DHK_IO)
        return problem_set(problem, rc, "%s", why.text);
    rc = trust_agreement_ended(node->trust, problem);
    if (rc == DHK_OK && a != NULL &&
        approval_agreement_is_valid(a, node_now(node), NULL) == DHK_OK &&
        held_tell(node->held, trust_highest_hash(node->trust)))
        node_report(node,
            "the broker says that no agreement is in force, but shows no "
            "signatory's revocation of version %u: %s",
            a->version, why.text);
    return rc;
}

static bool
is_same(const uint8_t *known, const uint8_t hash[SEAL_HASH])
{
    return known != NULL && memcmp(known, hash, SEAL_HASH) == 0;
}

enum dhk_err
fetch_in_force(struct dhk_node *node, const struct fetch_news *news,
    int timeout_ms, struct dhk_problem *problem)
{
    struct slice id = slice_of(news->roster, sizeof news->roster);
    const struct checkpoint *last = heads_last(node->heads);
    /* the news are older than what is asked for from here on */
    uint64_t least = last == NULL ? 0 : last->size;
    /* what was seen on an earlier connection must not be passed over */
    enum dhk_err rc = fetch_consistency(node, timeout_ms, problem);

    if (rc == DHK_OK && news->has_roster &&
        !is_same(trust_roster_hash(node->trust), news->roster))
        rc = take_roster(node, id, timeout_ms, problem);
    id = slice_of(news->agreement, sizeof news->agreement);
    if (rc == DHK_OK && !news->has_agreement)
        rc = take_end(node, timeout_ms, problem);
    else if (rc == DHK_OK &&
             !is_same(trust_agreement_hash(node->trust), news->agreement))
        rc = take_agreement(node, id, timeout_ms, problem);
    if (rc == DHK_OK && news->note_n > 0)
        rc = heads_saw_newest(
            node->heads, slice_of(news->note, news->note_n), least, problem);
    if (rc == DHK_OK)
        rc = fetch_consistency(node, timeout_ms, problem);
    if (rc == DHK_OK && (session_modes(node->session) & DHK_SEND) != 0)
        rc = fetch_cards(node, timeout_ms, problem);
    return rc;
}

enum dhk_err
fetch_newest(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    enum dhk_err rc = take_roster(node, slice_of(NULL, 0), timeout_ms, problem);

    if (rc == DHK_OK)
        rc = take_agreement(node, slice_of(NULL, 0), timeout_ms, problem);
    /* it says that there is none; silence says nothing */
    if (rc == DHK_NOTFOUND && !session_is_unanswered(node->session))
        rc = take_end(node, timeout_ms, problem);
    if (rc == DHK_OK && (session_modes(node->session) & DHK_SEND) != 0)
        rc = fetch_cards(node, timeout_ms, problem);
    return rc;
}

/* ---- cards ------------------------------------------------------------------
 */

enum dhk_err
fetch_card(struct dhk_node *node, const uint8_t id[CARD_ID], int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {
        .what = COMMAND_GET_CARD, .id = slice_of(id, CARD_ID)};
    struct command reply;
    struct cursor c;
    struct slice bytes;
    struct card card;
    enum dhk_err rc;

    if (cards_by_id(node->cards, id) != NULL)
        return DHK_OK;
    rc = get(node, &ask, &reply, timeout_ms, problem);
    if (rc != DHK_OK)
        return rc;
    command_list(&c, reply.list);
    bytes = command_list_next(&c);
    /* its id is the hash of all but the signature */
    if (card_decode(&card, bytes, NULL) != DHK_OK ||
        memcmp(card.id, id, CARD_ID) != 0)
        return problem_set(problem, DHK_NOTFOUND,
            "the broker sent another card than it was asked for");
    rc = cards_take(node->cards, bytes, trust_roster(node->trust), false);
    if (rc == DHK_OK)
        return rc;
    return problem_set(
        problem, rc, "a card from the broker: %s", dhk_strerror(rc));
}

enum dhk_err
fetch_signer(struct dhk_node *node, const uint8_t id[CARD_ID], int timeout_ms)
{
    enum dhk_err rc = fetch_card(node, id, timeout_ms, NULL);

    if (rc == DHK_OK || rc == DHK_NOMEM || rc == DHK_IO)
        return rc;
    if (!session_is_unanswered(node->session) &&
        session_is_ready(node->session)) {
        if (rc == DHK_AUTH || rc == DHK_DENIED)
            return DHK_OK;
        held_missing(node->held, id, true);
        if (held_tell(node->held, id))
            node_report(node,
                "the broker shows no key card %02x%02x%02x%02x..., by which an "
                "entry is signed; what that says waits until it does",
                id[0], id[1], id[2], id[3]);
    }
    return DHK_NOTFOUND;
}

enum dhk_err
fetch_cards(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    struct command ask = {.what = COMMAND_GET_CARDS};
    struct command reply;
    struct cursor c;
    enum dhk_err rc = get(node, &ask, &reply, timeout_ms, problem);

    if (rc != DHK_OK)
        return rc;
    cards_renew(node->cards);
    command_list(&c, reply.list);
    for (size_t i = 0; i < reply.list_n; i++) {
        rc = cards_take(node->cards, command_list_next(&c),
            trust_roster(node->trust), true);
        if (rc == DHK_NOMEM || rc == DHK_LIMIT)
            return problem_set(problem, rc, "%s", dhk_strerror(rc));
        if (rc != DHK_OK)
            node_report(node,
                "the broker offers a key card that the roster "
                "does not allow: %s",
                dhk_strerror(rc));
    }
    return DHK_OK;
}

/* --- the rest --- */

enum dhk_err
fetch_agreement(struct dhk_node *node, const uint8_t hash[32], int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {
        .what = COMMAND_GET_AGREEMENT, .id = slice_of(hash, 32)};
    struct trust_text *in = NULL;
    enum dhk_err rc = DHK_NOMEM;

    if (trust_agreement_by_hash(node->trust, hash) != NULL)
        return DHK_OK;
    in = calloc(1, sizeof *in);
    if (in != NULL)
        rc = get_text(node, &ask, in, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = trust_keep_agreement(node->trust, in, node_now(node), problem);
    free(in);
    return rc;
}

struct step { /* from a head of size A to one of size B, or the newest (0) */
    uint64_t a, b;
    struct command reply; /* what NOTE and PROOF borrow from */
    struct slice note, proof;
};

static enum dhk_err
get_step(struct dhk_node *node, struct step *s, int timeout_ms,
    struct dhk_problem *problem)
{
    struct command ask = {
        .what = COMMAND_GET_CONSISTENCY, .a = s->a, .b = s->b};
    struct cursor c;
    enum dhk_err rc = get(node, &ask, &s->reply, timeout_ms, problem);

    if (rc != DHK_OK)
        return rc;
    command_list(&c, s->reply.list);
    s->note = command_list_next(&c);
    s->proof = command_list_next(&c);
    return DHK_OK;
}

enum dhk_err
fetch_consistency(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    const struct checkpoint *last = heads_last(node->heads);
    const struct checkpoint *seen = heads_unproved(node->heads);
    struct step s;
    enum dhk_err rc;

    if (seen == NULL)
        return DHK_OK;
    if (last == NULL || last->size == 0)
        return heads_prove(node->heads, slice_of(NULL, 0), problem);
    s.a = last->size;
    s.b = seen->size;
    rc = get_step(node, &s, timeout_ms, problem);
    /* the log may not have kept that very note: by way of its newest */
    if (rc == DHK_NOTFOUND && session_is_ready(node->session)) {
        s.a = seen->size;
        s.b = 0;
        rc = get_step(node, &s, timeout_ms, problem);
        if (rc == DHK_OK)
            rc = heads_bridge(node->heads, s.note, s.proof, problem);
        s.a = last->size;
        s.b = seen->size;
        if (rc == DHK_OK)
            rc = get_step(node, &s, timeout_ms, problem);
    }
    return rc == DHK_OK ? heads_prove(node->heads, s.proof, problem) : rc;
}

enum dhk_err
fetch_newest_head(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    const struct checkpoint *last = heads_last(node->heads);
    struct step s = {.a = last == NULL ? 0 : last->size};
    enum dhk_err rc = get_step(node, &s, timeout_ms, problem);

    if (rc == DHK_OK)
        rc = heads_saw(node->heads, s.note, problem);
    return rc == DHK_OK ? fetch_consistency(node, timeout_ms, problem) : rc;
}

/* Whether the entry with hash LEAF is the one at INDEX in the tree of NOTE. */
static enum dhk_err
check_inclusion(const struct checkpoint *cp, uint64_t index,
    const uint8_t leaf[MERKLE_HASH], struct slice proof)
{
    const struct merkle_multi m = {.size = cp->size,
        .index = &index,
        .n = 1,
        .leaves = leaf,
        .proof = proof};

    return merkle_multi_verify(&m, cp->root) == DHK_OK ? DHK_OK : DHK_AUTH;
}

enum dhk_err
fetch_inclusion(struct dhk_node *node, const uint8_t leaf[32], uint64_t index,
    int timeout_ms, struct dhk_problem *problem)
{
    struct command ask = {.what = COMMAND_GET_INCLUSION,
        .id = slice_of(leaf, MERKLE_HASH),
        .a = index};
    struct command reply;
    struct checkpoint cp;
    struct cursor c;
    struct slice note, proof;
    enum dhk_err rc = get(node, &ask, &reply, timeout_ms, problem);

    if (rc != DHK_OK)
        return rc;
    command_list(&c, reply.list);
    note = command_list_next(&c);
    proof = command_list_next(&c);
    /* that it is the log's, and contradicts none */
    rc = heads_saw(node->heads, note, problem);
    if (rc == DHK_OK)
        rc = heads_read(node->heads, &cp, note, NULL);
    return rc == DHK_OK ? check_inclusion(&cp, index, leaf, proof) : rc;
}
