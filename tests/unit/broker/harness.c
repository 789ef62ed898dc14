/* SPDX-License-Identifier: EUPL-1.2
 *
 * The world of the tests: clock, keeper, store, and what the operator does. */
#include "harness.h"
#include "confirmation.h"
#include "fsck.h"

#include "../proto/sshsig_make.h"
#include "host/file.h"
#include "table.h"

static const struct {
    const char *name, *role;
    bool receives;
} people[HARNESS_PARTNERS] = {
    {"politie", "partner", true},
    {"om", "partner", true},
    {"burgemeester", "partner", true},
    {"gemeente", "partner", true},
    {"wijkteam", "partner", false},
    {"school", "partner", false},
    {"aivd", "partner", false},
    {"toezicht", "auditor", false},
    {"beheer", "operator", false},
    /* the other parties of the shipped agreement */
    {"college", "partner", false},
    {"reclassering", "partner", false},
    {"rvdk", "partner", false},
    {"ggz", "partner", false},
    {"gi", "partner", false},
    {"derdenloket", "partner", false},
    {"nctv", "partner", false},
    {"lovj", "partner", false},
    {"gemeente-elders", "partner", false},
    {"contactpunt", "partner", false},
    {"raad", "partner", false},
};
const char *const harness_signatories[HARNESS_SIGNERS] = {
    "burgemeester", "politie", "om"};

enum { WALL_MS_BASE = 0, MONOTONIC_BASE = 1000, ALL_SIGN = 7 };

/* --- what core is given --- */

static uint64_t
wall(void *ctx)
{
    return ((const struct harness *)ctx)->wall;
}

static uint64_t
monotonic(void *ctx)
{
    return ((const struct harness *)ctx)->mono;
}

static void
on_send(void *ctx, uint64_t peer, struct slice message)
{
    struct harness *h = ctx;
    uint8_t *copy = malloc(message.n + 1);

    assert_non_null(copy);
    assert_true(h->sent_n < HARNESS_SENT);
    assert_true(message.n <= LIMIT_MESSAGE);
    memcpy(copy, message.p, message.n);
    h->sent[h->sent_n++] = (struct harness_message){
        .peer = peer, .bytes = slice_of(copy, message.n)};
}

static void
on_drop(void *ctx, uint64_t peer)
{
    struct harness *h = ctx;

    h->dropped = peer;
    h->drops++;
}

static void
on_access(void *ctx, struct slice keys)
{
    struct harness *h = ctx;

    assert_true(keys.n % 32 == 0 && keys.n <= sizeof h->access);
    h->access_n = keys.n / 32;
    memcpy(h->access, keys.p, keys.n);
}

static void
on_sign(void *ctx, const struct core_head *head)
{
    struct harness *h = ctx;
    struct merkle_head now = {.size = head->size};

    assert_false(h->sign_pending);
    memcpy(now.root, head->root, sizeof now.root);
    assert_int_equal(head->old, h->head.size);
    if (h->has_head)
        ok(merkle_consistency_verify(&h->head, &now, head->proof));
    h->sign_pending = true;
    h->pending = *head;
}

static void
on_reply(void *ctx, uint32_t client, uint8_t code, struct slice text)
{
    struct harness *h = ctx;

    (void)client;
    assert_int_equal(h->reply_code, -1);
    h->reply_code = code;
    assert_true(text.n < sizeof h->reply);
    memcpy(h->reply, text.p, text.n);
    h->reply[text.n] = '\0';
    h->reply_n = text.n;
}

static void
on_log(void *ctx, const char *event, const char *line)
{
    struct harness *h = ctx;

    h->mailbox_full += strcmp(event, "mailbox-full") == 0 ? 1 : 0;
    if (getenv("HARNESS_LOG") != NULL)
        fprintf(stderr, "%s: %s\n", event, line);
}

/* --- start and end --- */

static void
open_store(struct harness *h)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = h->map_bytes,
        .journal_bytes = 1024 * 1024};

    ok(store_open(&h->store, h->store_dir, &o));
}

static enum dhk_err
start_core(struct harness *h, char why[256])
{
    struct core_output out = {.ctx = h,
        .send = on_send,
        .drop = on_drop,
        .access = on_access,
        .sign = on_sign,
        .reply = on_reply,
        .log = on_log};
    struct core_config cfg = {.origin = HARNESS_ORIGIN,
        .redeliver_ms = 1000,
        .window = HARNESS_WINDOW,
        .quota = 100,
        .quota_bytes = (uint64_t)1 << 30,
        .max_expiry_days = 30};
    struct core_keeper keeper = {.origin = slice_str(HARNESS_ORIGIN),
        .key = h->log_key,
        .has_head = h->has_head,
        .size = h->head.size};

    memcpy(cfg.signers, h->signers_path, sizeof h->signers_path);
    memcpy(keeper.root, h->head.root, sizeof keeper.root);
    memcpy(keeper.signature, h->head_signature, sizeof keeper.signature);
    ok(core_new(&h->core, &cfg, &out, h->store, &h->clock));
    enum dhk_err rc = core_start(h->core, &keeper, why);
    if (rc == DHK_OK)
        core_router_up(h->core);
    return rc;
}

void
harness_forget(struct harness *h)
{
    for (size_t i = 0; i < h->sent_n; i++)
        free((void *)(uintptr_t)h->sent[i].bytes.p);
    h->sent_n = 0;
}

enum dhk_err
harness_try_restart(struct harness *h, char why[256])
{
    core_destroy(&h->core);
    store_close(&h->store);
    harness_forget(h);
    h->sign_pending = false;
    open_store(h);
    return start_core(h, why);
}

void
harness_restart(struct harness *h)
{
    char why[256];

    ok(harness_try_restart(h, why));
    harness_batch(h);
}

void
harness_sign(struct harness *h)
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink text;
    struct checkpoint cp = {.origin = HARNESS_ORIGIN, .size = h->pending.size};

    assert_true(h->sign_pending);
    memcpy(cp.root, h->pending.root, sizeof cp.root);
    sink_init(&text, mem, sizeof mem);
    ok(checkpoint_text(&text, &cp));
    seal_sign_raw(h->head_signature, sink_done(&text), h->log_secret);
    h->head.size = cp.size;
    memcpy(h->head.root, cp.root, sizeof cp.root);
    h->has_head = true;
    h->sign_pending = false;
    core_signed(h->core, &cp, h->head_signature);
}

void
harness_batch(struct harness *h)
{
    if (h->fail_next)
        core_fail(h->core, DHK_LIMIT);
    h->fail_next = false;
    h->last = core_batch_end(h->core);
    while (h->last == DHK_OK && h->sign_pending && !h->keeper_waits) {
        harness_sign(h);
        h->last = core_batch_end(h->core);
    }
    for (int i = 0; h->last == DHK_OK && i < 100 && core_is_busy(h->core); i++)
        h->last = core_batch_end(h->core);
}

static void
make_people(struct harness *h)
{
    uint8_t mem[4096];
    struct sink signers;

    sink_init(&signers, mem, sizeof mem);
    for (size_t i = 0; i < HARNESS_SIGNERS; i++) {
        ok(key_sign_new(&h->signer[i], &h->signer_pk[i]));
        struct make how = {.sk = h->signer[i], .pk = &h->signer_pk[i]};
        make_signer(&signers, harness_signatories[i],
            "namespaces=\"driehoek-convenant,driehoek-roster,"
            "driehoek-revoke\"",
            &how);
    }
    ok(file_write(h->signers_path, sink_done(&signers), 0600));
    for (size_t i = 0; i < HARNESS_PARTNERS; i++) {
        struct harness_partner *p = &h->partner[i];
        p->name = people[i].name;
        p->role = people[i].role;
        ok(key_sign_new(&p->identity, &p->identity_pk));
    }
}

int
harness_new_empty(void **state)
{
    struct harness *h = calloc(1, sizeof *h);
    char why[256];

    assert_non_null(h);
    ok(key_init());
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(h->dir, sizeof h->dir, "%s/driehoek-core-XXXXXX",
        tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(h->dir));
    snprintf(h->store_dir, sizeof h->store_dir, "%s/store", h->dir);
    snprintf(h->signers_path, sizeof h->signers_path, "%s/signers", h->dir);
    h->wall = UINT64_C(1795000000000); /* 18 November 2026 */
    h->mono = MONOTONIC_BASE;
    h->clock =
        (struct clock){.wall_ms = wall, .monotonic_ms = monotonic, .ctx = h};
    h->map_bytes = (size_t)64 << 20;
    h->reply_code = -1;
    ok(key_sign_new(&h->log_secret, &h->log_key));
    make_people(h);
    open_store(h);
    ok(start_core(h, why));
    harness_batch(h);
    *state = h;
    return 0;
}

int
harness_new(void **state)
{
    harness_new_empty(state);
    struct harness *h = *state;

    assert_int_equal(harness_roster(h, ALL_SIGN), 0);
    assert_int_equal(harness_agreement(h, ALL_SIGN, NULL, NULL), 0);
    for (size_t i = 0; i < HARNESS_PARTNERS; i++)
        assert_int_equal(
            harness_card(h, &h->partner[i], people[i].receives), 0);
    return 0;
}

/* Whatever a test did: fsck has nothing to say about a good store. */
static void
look_at_store(struct harness *h)
{
    struct fsck_options o = {.origin = HARNESS_ORIGIN};
    struct fsck_result *r = calloc(1, sizeof *r);

    assert_non_null(r);
    if (h->store != NULL && !h->damaged) {
        ok(fsck_run(r, h->store, &o));
        if (r->bad)
            fail_msg("table %s, entry %llu: %s", r->fault.table,
                (unsigned long long)r->fault.entry, r->what);
    }
    free(r);
}

int
harness_end(void **state)
{
    struct harness *h = *state;

    core_destroy(&h->core);
    look_at_store(h);
    store_close(&h->store);
    harness_forget(h);
    agreement_destroy(&h->parsed);
    key_sign_destroy(&h->log_secret);
    for (size_t i = 0; i < HARNESS_SIGNERS; i++)
        key_sign_destroy(&h->signer[i]);
    for (size_t i = 0; i < HARNESS_PARTNERS; i++) {
        key_sign_destroy(&h->partner[i].identity);
        card_secret_destroy(&h->partner[i].secret);
    }
    assert_int_equal(
        nftw(h->dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(h);
    return 0;
}

struct harness_partner *
harness_find(struct harness *h, const char *name)
{
    for (size_t i = 0; i < HARNESS_PARTNERS; i++) {
        if (strcmp(h->partner[i].name, name) == 0)
            return &h->partner[i];
    }
    fail_msg("no partner %s", name);
    return NULL;
}

void
harness_pass(struct harness *h, uint64_t ms)
{
    h->wall += ms;
    h->mono += ms;
}

void
harness_turn(struct harness *h, uint64_t ms)
{
    harness_pass(h, ms);
    core_tick(h->core);
    harness_batch(h);
}

struct force_card *
harness_mailbox(struct harness *h, const char *name)
{
    return force_receiving(&h->core->force, slice_str(name));
}

enum entry_kind
harness_outcome(struct harness_node *n, struct entry *e)
{
    struct command c;
    struct cursor list;
    struct slice bytes = slice_of(NULL, 0);
    struct diag diag;

    e->kind = ENTRY_NONE;
    if (!harness_take(n, COMMAND_OUTCOMES, &c))
        return ENTRY_NONE;
    command_list(&list, c.list);
    for (size_t i = 0; i < c.list_n; i++)
        bytes = command_list_next(&list);
    ok(entry_decode(e, bytes, &diag));
    return e->kind;
}

/* --- the ledger --- */

void
harness_entry(struct harness *h, uint64_t index, struct entry *out)
{
    struct store_txn *t;

    /* slices of OUT dangle after this: tests look at numbers only */
    ok(store_begin(&t, h->store, false));
    ok(ledger_entry(t, index, out));
    store_abort(&t);
}

size_t
harness_count(struct harness *h, enum entry_kind kind)
{
    struct store_txn *t;
    struct entry e;
    size_t n = 0;

    ok(store_begin(&t, h->store, false));
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        ok(ledger_entry(t, i, &e));
        n += e.kind == kind ? 1 : 0;
    }
    store_abort(&t);
    return n;
}

void
harness_push_many(
    struct harness_node *n, const struct harness_signal *s, size_t count)
{
    struct harness_bundle *b = calloc(1, sizeof *b);
    struct harness_signal list[HARNESS_SIGNALS];

    assert_non_null(b);
    while (count > 0) {
        size_t k = count < 20 ? count : 20;
        for (size_t i = 0; i < k; i++)
            list[i] = *s;
        harness_seal(n, b, list, k);
        harness_push(n, b);
        count -= k;
    }
    free(b);
}

void
harness_confirm(struct harness_node *n, uint64_t cursor)
{
    uint8_t mem[LIMIT_CONFIRMATION];
    struct confirmation said = {
        .origin = slice_str(HARNESS_ORIGIN), .cursor = cursor};
    struct command c = {.type = COMMAND_CONFIRM, .number = 4};
    struct sink out;

    memcpy(said.card, n->partner->card.id, sizeof said.card);
    sink_init(&out, mem, sizeof mem);
    ok(confirmation_issue(&out, &said, n->partner->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
}
