/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verification of a whole ledger file. */
#include "verify.h"

#include <inttypes.h>
#include <stdlib.h>

struct reading {
    const struct verify_file *run;
    struct verify_fault *fault;
    struct ledgerfile *f;
    struct ledgerfile_record *record;
    struct verify *v;
    uint64_t last; /* the entry read last */
};

/* Something after the last entry, and no better place can be named. */
static enum dhk_err
broken(const struct reading *x, enum dhk_err rc, const char *what)
{
    (void)snprintf(x->fault->text, sizeof x->fault->text,
        "after entry %" PRIu64 ": %s", x->last,
        what != NULL ? what : dhk_strerror(rc));
    return rc;
}

/* The record that was read. */
static enum dhk_err
take(struct reading *x)
{
    const struct verify_file *run = x->run;
    enum dhk_err rc = verify_record(x->v, x->record, x->fault);
    if (rc != DHK_OK)
        return x->fault->text[0] != '\0' ? rc : broken(x, rc, NULL);
    if (x->record->type == LEDGERFILE_ENTRY)
        x->last = x->record->index;
    if (run->take != NULL)
        rc = run->take(run->ctx, x->record);
    if (rc == DHK_OK && run->progress != NULL)
        run->progress(run->ctx, ledgerfile_at(x->f));
    return rc;
}

static enum dhk_err
read_all(struct reading *x)
{
    enum dhk_err rc = DHK_OK;
    while (rc == DHK_OK) {
        const char *what = NULL;
        rc = ledgerfile_read(x->record, x->f, &what);
        if (rc == DHK_NOTFOUND) /* the end */
            return DHK_OK;
        rc = rc == DHK_OK ? take(x) : broken(x, rc, what);
    }
    return rc;
}

static enum dhk_err
start(struct reading *x)
{
    enum dhk_err rc = verify_new(&x->v, x->run->input, x->fault);
    if (rc != DHK_OK)
        return rc;
    x->record = malloc(sizeof *x->record);
    rc = x->record == NULL ? DHK_NOMEM : ledgerfile_open(&x->f, x->run->file);
    if (rc != DHK_OK)
        (void)snprintf(x->fault->text, sizeof x->fault->text, "%s",
            rc == DHK_VERSION ? "this is not a ledger file of a version that "
                                "this program knows"
                              : dhk_strerror(rc));
    return rc;
}

enum dhk_err
verify_file(const struct verify_file *run, struct verify_result *result,
    struct verify_fault *fault)
{
    struct reading x = {.run = run, .fault = fault};
    enum dhk_err rc = start(&x);
    if (rc == DHK_OK)
        rc = read_all(&x);
    if (rc == DHK_OK)
        rc = verify_finish(x.v, result, fault);
    ledgerfile_destroy(&x.f);
    verify_destroy(&x.v);
    free(x.record);
    return rc;
}
