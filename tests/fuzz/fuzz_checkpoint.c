/* SPDX-License-Identifier: EUPL-1.2
 *
 * Notes and verifier keys: what is read must be written the same. */
#include "checkpoint.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
note(struct slice in)
{
    uint8_t mem[LIMIT_ORIGIN + 128];
    struct checkpoint cp;
    struct checkpoint_signature sig[CHECKPOINT_SIGNATURES];
    struct slice text;
    struct sink s;
    uint32_t mask;
    size_t n;
    if (checkpoint_open(&cp, in, NULL, NULL) == DHK_OK) {
        sink_init(&s, mem, sizeof mem);
        must(checkpoint_text(&s, &cp) == DHK_OK);
        must(s.n <= in.n && memcmp(mem, in.p, s.n) == 0);
    }
    must(checkpoint_note_open(&text, &mask, in, NULL, 0) != DHK_OK);
    must(checkpoint_signatures(sig, &n, in, NULL, 0) != DHK_OK && n == 0);
}

static void
vkey(struct slice in)
{
    char text[KEY_VKEY_MAX];
    struct checkpoint_vkey key;
    if (checkpoint_vkey_parse(&key, in) != DHK_OK)
        return;
    checkpoint_vkey_text(text, &key);
    must(slice_equal(in, slice_str(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct checkpoint_vkey witness = {
        .type = CHECKPOINT_COSIGNATURE, .name = "w", .id = 1};
    const struct checkpoint cp = {.origin = "o"};
    static const struct checkpoint_vkey log = {
        .type = CHECKPOINT_ED25519, .name = "w", .id = 1};
    struct slice in = slice_of(data, size), line;
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink out;
    uint64_t time;
    if (key_init() != DHK_OK)
        return 0;
    note(in);
    vkey(in);
    must(checkpoint_cosigned(&time, in, &cp, &witness) != DHK_OK);
    must(checkpoint_line(&time, &line, in, &witness) != DHK_OK);
    sink_init(&out, mem, sizeof mem);
    must(checkpoint_plain(&out, in, &log) != DHK_OK);
    return 0;
}
