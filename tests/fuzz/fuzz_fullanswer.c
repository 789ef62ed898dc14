/* SPDX-License-Identifier: EUPL-1.2
 *
 * The file of a complete answer: each record has one form only, and rows that
 * are taken for those of some seal. None verifies: no key signed it. */
#include "fuzz_again.h"
#include "fullanswer.h"

#include <stdlib.h>
#include <string.h>

static void
again(const struct fullanswer_record *r, const struct seallist_shown *rows,
    const uint8_t *body)
{
    char *mem = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&mem, &n);
    must(file != NULL);
    must(fullanswer_write(file, r, rows) == DHK_OK);
    (void)fclose(file);
    must(memcmp(mem, body, n) == 0);
    free(mem);
}

static void
list(const struct fullanswer_record *r, const struct seallist_shown *rows)
{
    struct entry_seal seal = {.until = 1000, .count = r->rows_n + r->first % 3};
    uint8_t case_handle[PART_CASE] = {0};
    struct seallist_proof p = {.seal = &seal,
        .has_case = r->seal % 2 == 0,
        .case_handle = case_handle,
        .first = r->first,
        .row = rows,
        .n = r->rows_n,
        .proof = r->proof};
    must(seallist_verify(&p) != DHK_OK || r->rows_n == 0);
}

static void
records(struct slice in)
{
    struct fullanswer_reader r;
    struct fullanswer_record record;
    const char *what = NULL;
    if (fullanswer_open(&r, in) != DHK_OK)
        return;
    const uint8_t *at = r.file.left.p;
    while (fullanswer_next(&record, &r, &what) == DHK_OK) {
        struct seallist_shown *rows = calloc(record.rows_n + 1, sizeof *rows);
        must(rows != NULL);
        if (record.type == FULLANSWER_LIST) {
            fullanswer_rows(rows, &record);
            list(&record, rows);
        }
        again(&record, rows, at);
        at = r.file.left.p;
        free(rows);
    }
    must(what != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fullanswer_input in = {.keys_n = 0};
    static struct fullanswer_result result;
    struct fullanswer_fault fault;

    fuzz_ready();
    records(slice_of(data, size));
    must(
        fullanswer_check(slice_of(data, size), &in, &result, &fault) != DHK_OK);
    must(fault.text[0] != '\0');
    return 0;
}
