/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a broker shows as the head that a quorum stands behind: whatever it is,
 * it does not count, for the keys of this roster never signed anything. */
#include "command.h"
#include "fuzz_again.h"
#include "quorumhead.h"

#include <string.h>

/* Whose secret halves nobody kept. */
static const char text[] =
    "roster proef\nversion 1\nvalid 2026-01-01 until 2036-01-01\n"
    "signed-by politie om\n"
    "ledger proef.example/ledger log "
    "proef.example/ledger+LOGKEY curve "
    "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"
    "partner politie role partner key "
    "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n"
    "partner om role partner key "
    "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q=\n"
    "cosigner politie om\nquorum 2\n";

static struct roster *roster;
static struct checkpoint_vkey log_key;

/* The text with the log's key in it. */
static void
prepare(void)
{
    static const uint8_t seed[KEY_SEED] = {7};
    char vkey[KEY_VKEY_MAX], all[4096];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct diag diag;
    struct sink out;
    const char *at;

    if (roster != NULL)
        return;
    must(key_sign_from_seed(&sk, &pk, seed) == DHK_OK);
    key_sign_destroy(&sk);
    checkpoint_vkey_make(
        &log_key, CHECKPOINT_ED25519, "proef.example/ledger", &pk);
    checkpoint_vkey_text(vkey, &log_key);
    at = strstr(text, "proef.example/ledger+LOGKEY");
    sink_init(&out, all, sizeof all);
    sink_put(&out, text, (size_t)(at - text));
    sink_slice(&out, slice_str(vkey));
    sink_slice(&out, slice_str(strchr(at, ' ')));
    must(roster_parse(&roster, sink_done(&out), &diag) == DHK_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct quorumhead_by by = {NULL, &log_key, 1795000000};
    struct quorumhead_by mine = by;
    struct quorumhead head;
    struct command c;
    struct diag diag = {NULL, 0};

    fuzz_ready();
    prepare();
    mine.roster = roster;
    if (command_decode(&c, slice_of(data, size), NULL) != DHK_OK ||
        c.type != COMMAND_OBJECT)
        return 0;
    must(quorumhead_read(&head, &c, &mine, &diag) != DHK_OK);
    must(diag.what != NULL);
    must(head.seen_n <= 1 + LIMIT_SIGNATORIES);
    return 0;
}
