/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small ring of real nodes for the tests. */
#include "ring.h"

#include "../proto/sshsig_make.h"

#include "file.h"

const char *const ring_names[RING_PARTNERS] = {"politie", "om", "gemeente"};

void
ring_agreement(char out[RING_TEXT], unsigned version, const char *supersedes,
    const char *extra)
{
    int n = snprintf(out, RING_TEXT,
        "convenant proef version %u valid 2026-01-01 until 2036-01-01\n"
        "  timezone \"UTC\" %s%s signed by politie, om;\n"
        "party politie, om, gemeente;\n"
        "purpose weging \"Wegen\";\n"
        "ground wet \"De wet\";\n"
        "attribute ernst : level laag, middel, hoog;\n"
        "attribute in-casus : yes-no by broker;\n"
        "attribute stil : yes-no closed;\n"
        "signal melding with fields naam, adres, feiten, geheim\n"
        "  attributes ernst, in-casus, stil;\n"
        "permit P1 \"Melding\": from politie to gemeente signal melding\n"
        "  for weging on wet when ernst at least middel\n"
        "  share naam, adres, feiten\n"
        "  oblige retain at most 30 days and no onward and log;\n"
        "permit P2 \"Bekende\": from politie to om signal melding\n"
        "  for weging on wet when in-casus is yes and ernst at least middel\n"
        "  unless stil is yes share naam;\n"
        "forbid V1 \"Niet terug\": from gemeente to politie signal any;\n"
        "permit P3 \"Terug\": from gemeente to politie, om signal melding\n"
        "  for weging on wet share feiten;\n%s",
        version, supersedes == NULL ? "" : "supersedes sha256:",
        supersedes == NULL ? "" : supersedes, extra);

    assert_true(n > 0 && n < RING_TEXT);
}

const char *
ring_path(char out[512], const struct ring *r, const char *name)
{
    (void)snprintf(out, 512, "%s/%s", r->dir, name);
    return out;
}

struct trust_text *
ring_sign(const struct ring *r, const char *text, const char *namespace_,
    unsigned who)
{
    struct trust_text *t = calloc(1, sizeof *t);
    uint8_t blob[512];

    assert_non_null(t);
    t->text = slice_str(text);
    for (unsigned i = 0; i < RING_SIGNERS; i++) {
        struct make how = {.sk = r->signer[i],
            .pk = &r->signer_pk[i],
            .namespace_ = namespace_};
        struct quorum_sig *sig = &t->sig[t->sigs_n];

        if ((who >> i & 1) == 0)
            continue;
        t->owned[t->owned_n] = calloc(1, 2048);
        assert_non_null(t->owned[t->owned_n]);
        sig->armor =
            make_armor(t->owned[t->owned_n], make_blob(blob, &how, t->text));
        t->owned_size[t->owned_n++] = 2048;
        (void)snprintf(sig->name, sizeof sig->name, "%s", ring_names[i]);
        t->sigs_n++;
    }
    return t;
}

void
ring_sign_end(struct trust_text **t)
{
    texts_release(*t);
    free(*t);
    *t = NULL;
}

struct slice
ring_compiled(uint8_t out[COMPILED_HASH], struct slice text)
{
    struct findings *findings = calloc(1, sizeof *findings);
    struct agreement *a = NULL;

    assert_non_null(findings);
    memset(out, 0, COMPILED_HASH);
    if (agreement_load(&a, text, findings) == DHK_OK)
        ok(compiled_hash(out, a, seal_sha256));
    agreement_destroy(&a);
    free(findings);
    return slice_of(out, COMPILED_HASH);
}

static void
write_text(const struct ring *r, const char *name, const char *text)
{
    char path[512];

    ok(file_write(ring_path(path, r, name), slice_str(text), 0600));
}

static void
make_signers(struct ring *r)
{
    struct sink out;

    sink_init(&out, r->signers, sizeof r->signers - 1);
    for (unsigned i = 0; i < RING_SIGNERS; i++) {
        struct make how = {.pk = NULL};

        ok(key_sign_new(&r->signer[i], &r->signer_pk[i]));
        how.sk = r->signer[i];
        how.pk = &r->signer_pk[i];
        make_signer(&out, ring_names[i],
            "namespaces=\"driehoek-convenant,driehoek-roster,"
            "driehoek-revoke\"",
            &how);
    }
    r->signers[out.n] = '\0';
    write_text(r, "signers", r->signers);
}

static void
make_roster(struct ring *r)
{
    char vkey[KEY_VKEY_MAX], curve[KEY_B64], path[512], name[64];
    struct checkpoint_vkey log;
    struct dh_secret *secret = NULL;
    struct trust_text *signed_text;
    size_t n;

    ok(key_sign_new(&r->log, &r->log_pk));
    ok(key_dh_new(&secret, &r->curve));
    key_dh_destroy(&secret);
    checkpoint_vkey_make(&log, CHECKPOINT_ED25519, RING_ORIGIN, &r->log_pk);
    checkpoint_vkey_text(vkey, &log);
    key_base64(curve, sizeof curve, r->curve.b, KEY_BYTES);
    n = (size_t)snprintf(r->roster, sizeof r->roster,
        "roster proef\nversion 1\nvalid 2026-01-01 until 2036-01-01\n"
        "signed-by politie om\nledger " RING_ORIGIN " log %s curve %s\n",
        vkey, curve);
    for (size_t i = 0; i < RING_PARTNERS; i++) {
        char key[KEY_B64];

        ok(enroll_identity_text(key, ring_path(path, r, ring_names[i]), NULL));
        n += (size_t)snprintf(r->roster + n, sizeof r->roster - n,
            "partner %s role partner key %s "
            "valid 2026-01-01 until 2036-01-01\n",
            ring_names[i], key);
    }
    (void)snprintf(
        r->roster + n, sizeof r->roster - n, "cosigner politie om\nquorum 2\n");
    write_text(r, "roster", r->roster);
    signed_text = ring_sign(r, r->roster, SSHSIG_NS_ROSTER, 3);
    for (unsigned i = 0; i < RING_SIGNERS; i++) {
        (void)snprintf(name, sizeof name, "roster.%s.sig", ring_names[i]);
        ok(file_write(
            ring_path(path, r, name), signed_text->sig[i].armor, 0600));
    }
    ring_sign_end(&signed_text);
}

static void
make_node(struct ring *r, size_t i)
{
    struct enroll_card how = {.days = 30, .receives = true};
    struct ring_partner *p = &r->partner[i];
    char dir[512], path[NODE_PATH];
    uint8_t *text = NULL, mem[CARD_FILE_MAX];
    size_t n = 0;
    struct slice bytes;

    ok(enroll_create(ring_path(dir, r, ring_names[i]), ring_names[i], NULL));
    ok(enroll_identity(dir, slice_of(NULL, 0), NULL));
    ok(enroll_card(&p->card, path, dir, &how, NULL));
    ok(file_read(&text, &n, path, CARD_FILE_MAX));
    ok(card_file_decode(&bytes, mem, slice_of(text, n), NULL));
    memcpy(p->bytes, bytes.p, bytes.n);
    p->n = bytes.n;
    file_free(&text, n);
}

static void
keep_report(void *ctx, const char *sentence)
{
    struct ring *r = ctx;

    (void)snprintf(r->reported, sizeof r->reported, "%s", sentence);
}

static void
open_node(struct ring *r, size_t i)
{
    char dir[512], signers[512], roster[512];
    struct enroll_join how = {.broker = "proef",
        .endpoint = "tcp://127.0.0.1:9",
        .signers = ring_path(signers, r, "signers"),
        .roster = ring_path(roster, r, "roster")};
    struct dhk_node **node = &r->partner[i].node;

    ok(enroll_join(ring_path(dir, r, ring_names[i]), &how, NULL));
    ok(node_open(node, dir, NULL, 0, NULL));
    dhk_report(*node, keep_report, r);
    for (size_t k = 0; k < RING_PARTNERS; k++)
        ok(cards_take((*node)->cards,
            slice_of(r->partner[k].bytes, r->partner[k].n),
            trust_roster((*node)->trust), true));
}

void
ring_in_force(struct ring *r, const char *text)
{
    struct trust_text *t = ring_sign(r, text, SSHSIG_NS_AGREEMENT, 3);

    for (size_t i = 0; i < RING_PARTNERS; i++)
        ok(trust_take_agreement(
            r->partner[i].node->trust, t, node_now(r->partner[i].node), NULL));
    ring_sign_end(&t);
}

int
ring_new(void **state)
{
    struct ring *r = calloc(1, sizeof *r);
    char text[RING_TEXT];
    void *dir = NULL;

    assert_non_null(r);
    ok(key_init());
    (void)scratch_new(&dir);
    (void)snprintf(r->dir, sizeof r->dir, "%s", (char *)dir);
    free(dir);
    make_signers(r);
    for (size_t i = 0; i < RING_PARTNERS; i++)
        make_node(r, i);
    make_roster(r);
    for (size_t i = 0; i < RING_PARTNERS; i++)
        open_node(r, i);
    ring_agreement(text, 1, NULL, "");
    ring_in_force(r, text);
    *state = r;
    return 0;
}

int
ring_end(void **state)
{
    struct ring *r = *state;
    void *dir = strdup(r->dir);

    for (size_t i = 0; i < RING_PARTNERS; i++)
        node_close(&r->partner[i].node);
    for (size_t i = 0; i < RING_SIGNERS; i++)
        key_sign_destroy(&r->signer[i]);
    key_sign_destroy(&r->log);
    (void)scratch_remove(&dir);
    free(r);
    return 0;
}

struct dhk_signal *
ring_signal(const char *level)
{
    static const char *const names[] = {"naam", "adres", "feiten"};
    static const char *const values[] = {
        "Jan Jansen", "Kade 1", "Riep\nop tot geweld."};
    struct dhk_signal *s = dhk_signal_new();

    assert_non_null(s);
    ok(dhk_signal_set(s, DHK_KIND, "melding"));
    ok(dhk_signal_set(s, DHK_PURPOSE, "weging"));
    ok(dhk_signal_set(s, DHK_GROUND, "wet"));
    ok(dhk_signal_set(s, DHK_CASE, "000102030405060708090a0b0c0d0e0f"));
    ok(dhk_signal_attribute(s, "ernst", level));
    ok(dhk_signal_attribute(s, "stil", "no"));
    for (size_t i = 0; i < 3; i++)
        ok(dhk_signal_field(s, names[i], values[i], strlen(values[i])));
    return s;
}
