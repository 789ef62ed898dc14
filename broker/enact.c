/* SPDX-License-Identifier: EUPL-1.2 */
#include "enact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "enact_card.h"
#include "enact_text.h"
#include "host/file.h"
#include "returns.h"
#include "revoke.h"
#include "status.h"
#include "table.h"

/* what a message has beside the files, and beside the bytes of each */
enum { MESSAGE_REST = 128, FILE_REST = LIMIT_NAME + 16 };

void
enact_reply(struct enact *e, enum enact_code code, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(e->text, sizeof e->text, format, ap);
    va_end(ap);
    enact_say(e, code);
}

void
enact_say(struct enact *e, enum enact_code code)
{
    e->code = code;
    core_reply(e->core, e->client, (uint8_t)code, e->text);
}

/* --- signatures --- */

static bool
read_signers(struct enact *e)
{
    uint8_t *text = NULL;
    size_t n = 0;
    struct diag diag = {.what = "it cannot be read"};
    enum dhk_err rc =
        file_read(&text, &n, e->core->cfg.signers, LIMIT_SIGNERS_FILE);

    if (rc == DHK_OK)
        rc = sshsig_signers_parse(&e->signers, slice_of(text, n), &diag);
    file_free(&text, n);
    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID,
            "the broker's allowed_signers file: "
            "line %zu: %s",
            diag.at, diag.what);
    return rc == DHK_OK;
}

/* Nodes fetch a text with its signatures in one message. */
static bool
can_be_fetched(struct enact *e)
{
    size_t n = MESSAGE_REST;

    for (size_t i = 0; i < e->request.files_n; i++)
        n += e->request.file[i].bytes.n + FILE_REST;
    if (n <= LIMIT_MESSAGE)
        return true;
    enact_reply(e, ENACT_INVALID,
        "text and signatures are too long: nodes could not fetch them");
    return false;
}

static bool
read_signatures(struct enact *e)
{
    for (size_t i = 1; i < e->request.files_n; i++) {
        struct quorum_sig *s = &e->sig[e->sigs_n++];
        if (slice_to_str(e->request.file[i].name, s->name, sizeof s->name) !=
            DHK_OK) {
            enact_reply(e, ENACT_INVALID, "a signature file's name is wrong");
            return false;
        }
        s->armor = e->request.file[i].bytes;
    }
    return true;
}

bool
enact_is_signed(struct enact *e, const char *namespace_,
    const char *const *required, size_t n)
{
    enum dhk_err rc = quorum_check(&e->quorum, e->request.file[0].bytes, e->sig,
        e->sigs_n, namespace_, &e->signers, required, n,
        (int64_t)(e->core->now / 1000));

    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID, "too many signatures");
    else if (e->quorum.verdict != QUORUM_FULL)
        enact_reply(e, ENACT_INVALID, "%s", e->quorum.sentence);
    return rc == DHK_OK && e->quorum.verdict == QUORUM_FULL;
}

enum dhk_err
enact_keep(struct enact *e)
{
    uint8_t mem[32 + LIMIT_NAME];
    struct sink key;
    struct store_txn *t = e->core->txn;
    enum dhk_err rc = store_put(
        t, TABLE_TEXT, slice_of(e->sha256, 32), e->request.file[0].bytes);

    for (size_t i = 0; rc == DHK_OK && i < e->quorum.results_n; i++) {
        const struct sshsig_result *r = &e->quorum.result[i];
        if (!quorum_is_first(&e->quorum, i, &e->signers))
            continue;
        sink_init(&key, mem, sizeof mem);
        sink_put(&key, e->sha256, 32);
        sink_slice(&key, slice_str(e->signers.list[r->signer].principal));
        rc = store_put(t, TABLE_TEXT, sink_done(&key), e->sig[i].armor);
    }
    return rc;
}

enum dhk_err
enact_set(struct core *c, const char *name, const struct force_text *text)
{
    uint8_t value[1 + 8 + 32];

    value[0] = text->revoked ? 1 : 0;
    bytes_put_u64(value + 1, text->entry);
    memcpy(value + 9, text->sha256, 32);
    return store_put(
        c->txn, TABLE_FORCE, slice_str(name), slice_of(value, sizeof value));
}

void
enact_changed(struct core *c)
{
    core_fail(c, force_load(&c->force, c->txn));
    force_refresh(&c->force, c->now, true);
    returns_cards_changed(c);
    c->news_due = true;
    returns_agreement_changed(c);
}

/* --- requests --- */

static void
work_on(struct enact *e)
{
    enum control_verb verb = e->request.verb;

    if (status_control(e))
        return;
    if (standing_reads_only(e->core)) {
        enact_reply(e, ENACT_REFUSED,
            e->core->standing.closed
                ? "this log is closed: a new one goes on (driehoekd init "
                  "--after)"
                : "the store was restored: nothing is written until a quorum "
                  "of cosigners has shown its heads");
        return;
    }
    if (e->request.files_n == 0) {
        enact_reply(e, ENACT_INVALID, "nothing was sent");
        return;
    }
    if (verb == CONTROL_CARD_ADD) {
        enact_card_add(e);
        return;
    }
    if (verb == CONTROL_REVOKE && revoke_is_own(e)) {
        revoke_own(e);
        return;
    }
    if (!can_be_fetched(e) || !read_signers(e) || !read_signatures(e))
        return;
    seal_sha256(e->sha256, e->request.file[0].bytes);
    if (verb == CONTROL_AGREEMENT_ADD)
        enact_agreement(e);
    else if (verb == CONTROL_ROSTER_ADD)
        enact_roster(e);
    else
        revoke_apply(e);
}

/* The line of E's text that says what is wrong: the first error. */
static struct slice
first_fault(const struct enact *e)
{
    const char *at = e->text;
    const char *error = strstr(at, ": error: ");

    for (const char *p = at; error != NULL && p < error; p++) {
        if (*p == '\n')
            at = p + 1;
    }
    return slice_of(at, strcspn(at, "\n"));
}

/* Keeps for the status why a roster or agreement was not put in force. */
static void
note_refusal(struct enact *e)
{
    struct core *c = e->core;
    struct slice why = first_fault(e), name = e->request.file[0].name;
    bool agreement = e->request.verb == CONTROL_AGREEMENT_ADD;
    struct core_refused *r =
        agreement ? &c->agreement_refused : &c->roster_refused;

    if (!agreement && e->request.verb != CONTROL_ROSTER_ADD)
        return;
    *r = (struct core_refused){.time = 0};
    if (e->code == ENACT_DONE)
        return;
    r->time = c->now;
    bool placed = why.n > 0 && why.p[0] >= '0' && why.p[0] <= '9';
    const char *joint = name.n == 0 ? "" : placed ? ":" : ": ";
    (void)snprintf(r->why, sizeof r->why, "%.*s%s%.*s", (int)name.n,
        name.n == 0 ? "" : (const char *)name.p, joint, (int)why.n,
        (const char *)why.p);
    for (char *p = r->why; *p != '\0'; p++) {
        if (*p < ' ' || *p > '~')
            *p = '?';
    }
}

void
enact_control(struct core *c, uint32_t client, struct slice request)
{
    struct enact *e = calloc(1, sizeof *e);

    if (e == NULL) {
        core_fail(c, DHK_NOMEM);
        return;
    }
    e->core = c;
    e->client = client;
    if (control_decode(&e->request, request) == DHK_OK && c->failed == DHK_OK)
        work_on(e);
    else if (c->failed == DHK_OK)
        enact_reply(e, ENACT_INVALID, "the request is not of the known form");
    if (c->failed != DHK_OK && e->text[0] == '\0')
        enact_reply(e, ENACT_REFUSED, "nothing was changed");
    note_refusal(e);
    free(e);
}
