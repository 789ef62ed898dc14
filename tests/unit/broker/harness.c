/* SPDX-License-Identifier: EUPL-1.2
 *
 * The world of the tests: clock, keeper, store, and what the operator does. */
#include "harness.h"

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
};
static const char *const signatories[HARNESS_SIGNERS] = {
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
on_log(void *ctx, const char *line)
{
    (void)ctx;
    if (getenv("HARNESS_LOG") != NULL)
        fprintf(stderr, "core: %s\n", line);
}

/* --- start and end --- */

static void
open_store(struct harness *h)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {
        .tables = names, .tables_n = TABLES, .map_bytes = h->map_bytes};

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
        make_signer(&signers, signatories[i],
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
    strcpy(h->dir, "/tmp/driehoek-core-XXXXXX");
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

int
harness_end(void **state)
{
    struct harness *h = *state;

    core_destroy(&h->core);
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

/* --- the operator --- */

static int
control(struct harness *h, const struct control_request *r)
{
    size_t cap = CONTROL_MAX;
    uint8_t *mem = malloc(cap);
    struct sink out;

    assert_non_null(mem);
    sink_init(&out, mem, cap);
    ok(control_encode(&out, r));
    h->reply_code = -1;
    core_control(h->core, 1, sink_done(&out));
    harness_batch(h);
    ok(h->last);
    free(mem);
    int code = h->reply_code;
    h->reply_code = -1;
    return code;
}

void
harness_report(struct harness *h, struct report *r)
{
    struct control_request status = {.verb = CONTROL_STATUS};

    assert_int_equal(control(h, &status), 0);
    ok(report_decode(r, slice_of(h->reply, h->reply_n)));
}

int
harness_control(struct harness *h, const struct harness_text *t)
{
    struct control_request r = {.verb = t->verb, .files_n = 0};
    uint8_t blob[512], armor[HARNESS_SIGNERS][2048];

    if (t->text.n > 0)
        r.file[r.files_n++] =
            (struct control_file){.name = slice_str("text"), .bytes = t->text};
    for (size_t i = 0; i < HARNESS_SIGNERS; i++) {
        struct make how = {.sk = h->signer[i],
            .pk = &h->signer_pk[i],
            .namespace_ = t->namespace_};
        if ((t->signers >> i & 1) == 0)
            continue;
        r.file[r.files_n++] =
            (struct control_file){.name = slice_str(signatories[i]),
                .bytes = make_armor(armor[i], make_blob(blob, &how, t->text))};
    }
    return control(h, &r);
}

static void
put_supersedes(struct sink *out, const char *before, const uint8_t hash[32])
{
    char hex[65];

    bytes_hex(hex, hash, 32);
    sink_slice(out, slice_str(before));
    sink_slice(out, slice_str("supersedes sha256:"));
    sink_slice(out, slice_str(hex));
    sink_slice(out, slice_str("\n"));
}

static void
put_partner(struct sink *out, const struct harness_partner *p)
{
    char line[256], key[KEY_B64];

    key_base64(key, sizeof key, p->identity_pk.b, KEY_BYTES);
    snprintf(line, sizeof line,
        "partner %s role %s key %s valid 2026-01-01 until 2030-01-01\n",
        p->name, p->role, key);
    sink_slice(out, slice_str(line));
}

int
harness_roster(struct harness *h, unsigned signers)
{
    uint8_t mem[8192];
    char line[1024], vkey[KEY_VKEY_MAX], curve[KEY_B64];
    struct sink out;
    struct checkpoint_vkey log;

    checkpoint_vkey_make(&log, CHECKPOINT_ED25519, HARNESS_ORIGIN, &h->log_key);
    checkpoint_vkey_text(vkey, &log);
    key_base64(curve, sizeof curve, h->signer_pk[0].b, KEY_BYTES);
    sink_init(&out, mem, sizeof mem);
    snprintf(line, sizeof line,
        "roster voorbeeldstad\nversion %u\n"
        "valid 2026-01-01 until 2036-01-01\n"
        "signed-by burgemeester politie om\n"
        "ledger %s log %s curve %s\n",
        h->roster_version + 1, HARNESS_ORIGIN, vkey, curve);
    sink_slice(&out, slice_str(line));
    if (h->roster_version > 0)
        put_supersedes(&out, "", h->roster);
    for (size_t i = 0; i < HARNESS_PARTNERS; i++)
        put_partner(&out, &h->partner[i]);
    sink_slice(&out, slice_str("cosigner gemeente politie\nquorum 2\n"));
    struct harness_text t = {.verb = CONTROL_ROSTER_ADD,
        .text = sink_done(&out),
        .signers = signers,
        .namespace_ = "driehoek-roster"};
    int code = harness_control(h, &t);
    if (code == 0) {
        h->roster_version++;
        seal_sha256(h->roster, t.text);
    }
    return code;
}

/* Copies IN to OUT with the first FROM replaced by TO. */
static void
put_replaced(
    struct sink *out, struct slice in, const char *from, const char *to)
{
    const char *text = (const char *)in.p;
    const uint8_t *at = memmem(text, in.n, from, strlen(from));

    assert_non_null(at);
    sink_put(out, in.p, (size_t)(at - in.p));
    sink_slice(out, slice_str(to));
    at += strlen(from);
    sink_put(out, at, in.n - (size_t)(at - in.p));
}

int
harness_agreement(
    struct harness *h, unsigned signers, const char *from, const char *to)
{
    static uint8_t mem[2][128 * 1024];
    uint8_t *file = NULL;
    size_t n;
    char head[256], hex[65];
    struct sink a, b;
    struct findings *findings = calloc(1, sizeof *findings);

    ok(file_read(&file, &n, CONVENANT, LIMIT_TEXT));
    sink_init(&a, mem[0], sizeof mem[0]);
    sink_init(&b, mem[1], sizeof mem[1]);
    bytes_hex(hex, h->agreement, 32);
    snprintf(head, sizeof head, "\"Europe/Amsterdam\"\n  %s%s\n  signed by",
        h->agreement_version > 0 ? "supersedes sha256:" : "",
        h->agreement_version > 0 ? hex : "");
    put_replaced(
        &a, slice_of(file, n), "\"Europe/Amsterdam\"\n  signed by", head);
    snprintf(head, sizeof head, "version %u valid", h->agreement_version + 1);
    put_replaced(&b, sink_done(&a), "version 1 valid", head);
    if (from != NULL) {
        sink_init(&a, mem[0], sizeof mem[0]);
        put_replaced(&a, sink_done(&b), from, to);
        b = a;
    }
    struct harness_text t = {.verb = CONTROL_AGREEMENT_ADD,
        .text = sink_done(&b),
        .signers = signers,
        .namespace_ = "driehoek-convenant"};
    int code = harness_control(h, &t);
    if (code == 0) {
        h->agreement_version++;
        seal_sha256(h->agreement, t.text);
        agreement_destroy(&h->parsed);
        ok(agreement_load(&h->parsed, t.text, findings));
    }
    free(findings);
    file_free(&file, n);
    return code;
}

int
harness_card(struct harness *h, struct harness_partner *p, bool receives)
{
    struct card card = {.serial = p->serial + 1, .receives = receives};
    struct card_secret secret;
    uint8_t mem[LIMIT_CARD];
    struct sink out;
    struct control_request r = {.verb = CONTROL_CARD_ADD, .files_n = 1};

    strcpy(card.partner, p->name);
    card.from = (int64_t)(h->wall / 1000) - 60;
    card.until = card.from + (int64_t)60 * 24 * 3600;
    ok(card_secret_new(&secret, &card));
    sink_init(&out, mem, sizeof mem);
    ok(card_issue(&out, &card, p->identity));
    r.file[0] = (struct control_file){
        .name = slice_str("card"), .bytes = sink_done(&out)};
    int code = control(h, &r);
    if (code != 0) {
        card_secret_destroy(&secret);
        return code;
    }
    card_secret_destroy(&p->secret);
    p->secret = secret;
    p->card = card;
    p->card_n = out.n;
    memcpy(p->card_bytes, mem, out.n);
    p->serial++;
    p->seq = 0;
    return 0;
}

static int
revoke_what(
    struct harness *h, const char *what, const uint8_t id[32], unsigned signers)
{
    char text[256], hex[65];

    bytes_hex(hex, id, 32);
    snprintf(text, sizeof text, "driehoek-revocation\n%s%s\n", what, hex);
    struct harness_text t = {.verb = CONTROL_REVOKE,
        .text = slice_str(text),
        .signers = signers,
        .namespace_ = "driehoek-revoke"};
    return harness_control(h, &t);
}

int
harness_revoke_text(
    struct harness *h, const uint8_t sha256[32], unsigned signers)
{
    return revoke_what(h, "text sha256:", sha256, signers);
}

int
harness_revoke_card(struct harness *h, const uint8_t id[32], unsigned signers)
{
    return revoke_what(h, "card ", id, signers);
}
