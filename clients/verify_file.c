/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verification of a whole ledger file. */
#include "verify.h"

#include <inttypes.h>
#include <stdlib.h>

/* The form of the file is broken after entry LAST. */
static void
broken(struct verify_fault *fault, uint64_t last, const char *what)
{
    (void)snprintf(fault->text, sizeof fault->text,
        "after entry %" PRIu64 ": %s", last, what);
}

static enum dhk_err
read_all(struct ledgerfile *f, struct verify *v, struct verify_fault *fault,
    void (*progress)(void *ctx, uint64_t bytes), void *ctx)
{
    struct ledgerfile_record *record = malloc(sizeof *record);
    const char *what = NULL;
    uint64_t last = 0;
    enum dhk_err rc = record == NULL ? DHK_NOMEM : DHK_OK;
    while (rc == DHK_OK) {
        rc = ledgerfile_read(record, f, &what);
        if (rc != DHK_OK)
            break;
        rc = verify_record(v, record, fault);
        if (record->type == LEDGERFILE_ENTRY)
            last = record->index;
        if (rc == DHK_OK && progress != NULL)
            progress(ctx, ledgerfile_at(f));
    }
    free(record);
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK && fault->text[0] == '\0')
        broken(fault, last, what != NULL ? what : dhk_strerror(rc));
    return rc;
}

enum dhk_err
verify_file(FILE *file, const struct verify_input *in,
    struct verify_result *result, struct verify_fault *fault,
    void (*progress)(void *ctx, uint64_t bytes), void *ctx)
{
    struct ledgerfile *f = NULL;
    struct verify *v = NULL;
    enum dhk_err rc = verify_new(&v, in, fault);
    if (rc != DHK_OK)
        goto out;
    rc = ledgerfile_open(&f, file);
    if (rc != DHK_OK) {
        (void)snprintf(fault->text, sizeof fault->text, "%s",
            rc == DHK_VERSION ? "this is not a ledger file of a version that "
                                "this program knows"
                              : dhk_strerror(rc));
        goto out;
    }
    rc = read_all(f, v, fault, progress, ctx);
    if (rc == DHK_OK)
        rc = verify_finish(v, result, fault);
out:
    ledgerfile_destroy(&f);
    verify_destroy(&v);
    return rc;
}
