/* SPDX-License-Identifier: EUPL-1.2
 *
 * C2SP tlog-proof files: what a partner keeps to show one entry of the ledger
 * offline. Only the form is read here; merkle.c and checkpoint.c verify. */
#include <string.h>

#include "checkpoint.h"
#include "text.h"

static const char head[] = "c2sp.org/tlog-proof@v1";

static void
put_base64(struct sink *out, const uint8_t *p, size_t n)
{
    char base64[4 * ((LIMIT_ENTRY + 2) / 3) + 1];
    key_base64(base64, sizeof base64, p, n);
    sink_slice(out, slice_str(base64));
    sink_u8(out, '\n');
}

enum dhk_err
checkpoint_proof_encode(struct sink *out, const struct checkpoint_proof *proof)
{
    if (proof->extra_n > LIMIT_ENTRY || proof->hashes_n > LIMIT_PROOF)
        return DHK_LIMIT;
    if (proof->index > INT64_MAX || (proof->has_extra && proof->extra_n == 0))
        return DHK_FORMAT;
    sink_slice(out, slice_str(head));
    sink_u8(out, '\n');
    if (proof->has_extra) {
        sink_slice(out, slice_str("extra "));
        put_base64(out, proof->extra, proof->extra_n);
    }
    sink_slice(out, slice_str("index "));
    text_put_uint(out, proof->index);
    sink_u8(out, '\n');
    for (size_t i = 0; i < proof->hashes_n; i++)
        put_base64(out, proof->hash[i], sizeof proof->hash[i]);
    sink_u8(out, '\n');
    sink_slice(out, proof->note);
    return out->err;
}

/* The hashes, up to and with the empty line. */
static const char *
decode_hashes(struct checkpoint_proof *out, struct text *t)
{
    struct slice line;
    size_t n = 0;
    for (;;) {
        if (!text_line(&line, t) || !t->ended)
            return "proof ends too early";
        if (line.n == 0)
            return NULL;
        if (out->hashes_n == LIMIT_PROOF)
            return "too many hashes";
        uint8_t *hash = out->hash[out->hashes_n++];
        if (text_unbase64(hash, sizeof out->hash[0], &n, line) != DHK_OK ||
            n != sizeof out->hash[0])
            return "malformed hash";
    }
}

static const char *
decode(struct checkpoint_proof *out, struct text *t)
{
    struct checkpoint cp;
    struct slice line;
    if (!text_line(&line, t) || !text_is(line, head))
        return "not a proof file";
    if (!text_line(&line, t))
        return "proof ends too early";
    out->has_extra = text_skip(&line, "extra ");
    if (out->has_extra && (text_unbase64(out->extra, sizeof out->extra,
                               &out->extra_n, line) != DHK_OK ||
                              out->extra_n == 0))
        return "malformed extra data";
    if (out->has_extra && !text_line(&line, t))
        return "proof ends too early";
    if (!text_skip(&line, "index ") ||
        text_uint(&out->index, line, INT64_MAX) != DHK_OK)
        return "malformed index";
    const char *why = decode_hashes(out, t);
    if (why != NULL)
        return why;
    out->note = t->rest;
    if (checkpoint_open(&cp, out->note, NULL, NULL) != DHK_OK)
        return "malformed checkpoint";
    return out->index < cp.size ? NULL : "index is beyond the checkpoint";
}

enum dhk_err
checkpoint_proof_decode(
    struct checkpoint_proof *out, struct slice text, struct diag *diag)
{
    struct text t;
    memset(out, 0, sizeof *out);
    text_init(&t, text);
    const char *why = decode(out, &t);
    if (why == NULL)
        return DHK_OK;
    memset(out, 0, sizeof *out);
    if (diag != NULL)
        *diag = (struct diag){why, t.line};
    return DHK_FORMAT;
}
