/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger file: the form of a record, and a whole file through its
 * verification. None verifies: the pinned signer signed nothing. */
#include "fuzz_again.h"
#include "verify.h"

#include <stdlib.h>

/* Behind the length and the header, so that the fuzzer need not find them. */
static void
record(struct slice in)
{
    struct ledgerfile_record *r = malloc(sizeof *r);
    struct diag diag = {NULL, 0};
    must(r != NULL);
    if (ledgerfile_decode(r, in, &diag) != DHK_OK)
        must(diag.what != NULL);
    free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char signers[] = "om ssh-ed25519 "
                                  "AAAAC3NzaC1lZDI1NTE5AAAAIAsx1lsKl4lJ0pQ2M7l2"
                                  "m2pXqJp0b1w4dYpQxL5eZg6u\n";
    const struct verify_input in = {.signers = slice_str(signers)};
    struct verify_result result;
    struct verify_fault fault;

    fuzz_ready();
    record(slice_of(data, size));
    if (size == 0)
        return 0;
    uint8_t *copy = malloc(size);
    must(copy != NULL);
    for (size_t i = 0; i < size; i++)
        copy[i] = data[i];
    FILE *file = fmemopen(copy, size, "r");
    must(file != NULL);
    const struct verify_file run = {.file = file, .input = &in};
    must(verify_file(&run, &result, &fault) != DHK_OK);
    must(fault.text[0] != '\0');
    (void)fclose(file);
    free(copy);
    return 0;
}
