/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the operator says to core, and the texts that it gives it. */
#include "harness.h"
#include "../proto/sshsig_make.h"
#include "host/file.h"
#include "table.h"

static int
control(struct harness *h, const struct control_request *r)
{
    static uint8_t mem[CONTROL_MAX];
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(control_encode(&out, r));
    h->reply_code = -1;
    uint8_t *request = harness_copy(sink_done(&out));
    core_control(h->core, 1, slice_of(request, out.n));
    free(request);
    harness_batch(h);
    ok(h->last);
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
            (struct control_file){.name = slice_str(harness_signatories[i]),
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
    sink_slice(&out, slice_str(h->cosigners != NULL
                                   ? h->cosigners
                                   : "cosigner gemeente politie\nquorum 2\n"));
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

/* Its bytes before the examples, which take as long to read as all else. */
static size_t
without_examples(const uint8_t *text, size_t n)
{
    const uint8_t *end = memmem(text, n, "\nexpect ", 8);

    return end == NULL ? n : (size_t)(end - text) + 1;
}

/* A kind for two recipients that asks nothing of a case: what the shipped
 * agreement has for two, it has for a case alone. */
static const char rules[] = "# --- Wat mag";
static const char for_two[] =
    "signal politiebericht with fields betrokkene a, contactgegevens a,\n"
    "  bsn b, signaal c, aanmelder d, politiegegevens f, themagegevens f\n"
    "  attributes ernst, kwaliteit-getoetst;\n"
    "permit H6 \"Aan twee\": from politie to gemeente, om\n"
    "  signal politiebericht for weging on pga-5-1-wpg-20\n"
    "  when kwaliteit-getoetst is yes\n"
    "  share betrokkene, contactgegevens, bsn, signaal, aanmelder,\n"
    "    politiegegevens\n"
    "  oblige retain at most 1826 days and onward only to driehoek and log;\n"
    "# --- Wat mag";

int
harness_agreement(
    struct harness *h, unsigned signers, const char *from, const char *to)
{
    static uint8_t mem[2][LIMIT_TEXT];
    uint8_t *file = NULL;
    size_t n;
    char head[256], hex[65];
    struct sink a, b;
    struct findings *findings = calloc(1, sizeof *findings);

    ok(file_read(&file, &n, CONVENANT, LIMIT_TEXT));
    struct slice text = slice_of(file, without_examples(file, n));
    sink_init(&a, mem[0], sizeof mem[0]);
    sink_init(&b, mem[1], sizeof mem[1]);
    bytes_hex(hex, h->agreement, 32);
    snprintf(head, sizeof head, "\"Europe/Amsterdam\"\n  %s%s\n  signed by",
        h->agreement_version > 0 ? "supersedes sha256:" : "",
        h->agreement_version > 0 ? hex : "");
    put_replaced(&a, text, "\"Europe/Amsterdam\"\n  signed by", head);
    snprintf(head, sizeof head, "version %u valid", h->agreement_version + 1);
    put_replaced(&b, sink_done(&a), "version 1 valid", head);
    if (memmem(text.p, text.n, rules, strlen(rules)) != NULL) {
        sink_init(&a, mem[0], sizeof mem[0]);
        put_replaced(&a, sink_done(&b), rules, for_two);
        sink_init(&b, mem[1], sizeof mem[1]);
        sink_slice(&b, sink_done(&a));
    }
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
        ok(agreement_recorded(&h->parsed, t.text, findings));
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
