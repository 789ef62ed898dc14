/* SPDX-License-Identifier: EUPL-1.2
 *
 * Revocations, true and false. */
#include "ledger_maker.h"

#include <string.h>

#include "../proto/sshsig_make.h"
#include "quorum.h"
#include "revocation.h"

#define APPLICATION "ssh:revoke"

void
ledger_put_revokers(struct maker *m, struct sink *signers)
{
    struct make fido = {
        .sk = m->fido, .pk = &m->fido_pk, .application = APPLICATION};
    struct make guest = {.sk = m->guest, .pk = &m->guest_pk};
    make_signer(signers, "om",
        m->fault == LEDGER_STOP_TIME
            ? "namespaces=\"driehoek-revoke\",valid-before=\"20260101\""
            : "namespaces=\"driehoek-revoke\"",
        &fido);
    make_signer(signers, "gast", "namespaces=\"driehoek-revoke\"", &guest);
}

/* The recipient ends its card. */
static void
put_own(struct maker *m)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct sink s;
    struct party *own = &m->party[GEMEENTE];
    const char *by =
        m->fault == LEDGER_REVOKED_ANOTHERS ? "politie" : "gemeente";
    struct revocation r = {.origin = slice_str(ORIGIN),
        .partner = slice_str(by),
        .made = LEDGER_NOW};
    if (m->fault == LEDGER_REVOKED_ELSEWHERE)
        r.origin = slice_str("ledger.example.org/2");
    memcpy(r.card, own->card.id, sizeof r.card);
    sink_init(&s, mem, sizeof mem);
    ok(revocation_issue(&s, &r,
        m->fault == LEDGER_REVOKER_SIGNATURE  ? m->stranger
        : m->fault == LEDGER_REVOKED_ANOTHERS ? m->party[POLITIE].identity
                                              : own->identity));
    struct entry_revoked *e = &ledger_fresh(m, ENTRY_REVOKED_CARD)->u.revoked;
    memcpy(e->id, own->card.id, sizeof e->id);
    e->by = slice_str(m->fault == LEDGER_REVOKED_BY ? "politie" : by);
    e->own = sink_done(&s);
    (void)ledger_put(m, NULL);
}

/* How it is signed, and whose name the entry gives. */
struct end {
    enum entry_kind kind;
    const uint8_t *id;
    const uint8_t *signed_id; /* NULL: the same */
    struct make how;
    const char *by;
};

static void
put_end(struct maker *m, const struct end *end)
{
    struct quorum_revocation r = {.what = end->kind == ENTRY_REVOKED_TEXT
                                              ? QUORUM_REVOKES_TEXT
                                              : QUORUM_REVOKES_CARD};
    uint8_t text[QUORUM_REVOCATION_TEXT];
    uint8_t blob[512];
    memcpy(r.id, end->signed_id != NULL ? end->signed_id : end->id, 32);
    struct entry_revoked *e = &ledger_fresh(m, end->kind)->u.revoked;
    memcpy(e->id, end->id, sizeof e->id);
    e->by = slice_str(end->by);
    e->sshsig = make_blob(blob, &end->how, quorum_revocation_text(text, &r));
    (void)ledger_put(m, NULL);
}

/* A signatory ends the sender's card with its FIDO key. */
void
ledger_put_revoked_card(struct maker *m)
{
    bool invented = m->fault == LEDGER_STOP_INVENTED;
    struct end end = {.kind = ENTRY_REVOKED_CARD,
        .id = m->party[POLITIE].card.id,
        .how = {.sk = invented ? m->stranger : m->fido,
            .pk = invented ? &m->stranger_pk : &m->fido_pk,
            .namespace_ = "driehoek-revoke",
            .application = APPLICATION,
            .flags = m->fault == LEDGER_STOP_UNTOUCHED ? 0 : 1},
        .by = "om"};
    if (m->fault == LEDGER_STOP_REPLAYED)
        end.signed_id = m->party[TOEZICHT].card.id;
    put_end(m, &end);
    if (m->fault == LEDGER_STOP_TWICE)
        put_end(m, &end);
}

/* A signatory ends the agreement, or what the fault says. */
static void
put_ended(struct maker *m)
{
    uint8_t agreement[32];
    uint8_t roster[32];
    uint8_t other[32] = {7};
    struct end end = {.kind = ENTRY_REVOKED_TEXT,
        .id = agreement,
        .how = {.sk = m->om, .pk = &m->om_pk, .namespace_ = "driehoek-revoke"},
        .by = m->fault == LEDGER_END_BY ? "gast" : "om"};
    seal_sha256(agreement, slice_str(m->agreement));
    seal_sha256(roster, slice_str(m->roster[1]));
    if (m->fault == LEDGER_END_INVENTED) {
        end.how.sk = m->stranger;
        end.how.pk = &m->stranger_pk;
    }
    if (m->fault == LEDGER_END_GUEST) {
        end.how.sk = m->guest;
        end.how.pk = &m->guest_pk;
        end.by = "gast";
    }
    if (m->fault == LEDGER_END_REPLAYED)
        end.signed_id = other;
    if (m->fault == LEDGER_END_NAMESPACE)
        end.how.namespace_ = "driehoek-convenant";
    if (m->fault == LEDGER_END_UNKNOWN)
        end.id = other;
    if (m->fault == LEDGER_END_ROSTER)
        end.id = roster;
    put_end(m, &end);
    if (m->fault == LEDGER_END_TWICE)
        put_end(m, &end);
}

void
ledger_put_ends(struct maker *m)
{
    bool accepts =
        m->fault == LEDGER_END_ACCEPTED || m->fault == LEDGER_END_ROSTER;
    put_own(m);
    if (m->fault != LEDGER_REVOKED_CARD && !accepts)
        ledger_put_revoked_card(m);
    put_ended(m);
    if (accepts)
        ledger_put_accepted(m);
    if (m->fault == LEDGER_END_BACK)
        ledger_put_in_force(m, ENTRY_AGREEMENT, m->agreement);
}
