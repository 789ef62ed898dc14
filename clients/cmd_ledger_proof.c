/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger prove ENTRY: a C2SP tlog-proof with the entry in it, so that
 * anybody can check it without asking. */
#include "cmd_ledger.h"

#include <stdlib.h>

#include "reader.h"

enum { PROOF_FILE = 32 * 1024 };

static enum dhk_err
prove(struct cmd_ledger *l, uint64_t wanted, struct dhk_problem *problem)
{
    struct reader *reader = NULL;
    struct slice bytes;
    struct sink text;
    uint64_t index = 0;
    uint8_t *mem = malloc(PROOF_FILE);
    enum dhk_err rc = DHK_NOMEM;
    if (mem == NULL)
        return rc;
    sink_init(&text, mem, PROOF_FILE);
    rc = reader_open(
        &reader, l->node, &l->query, (int)l->timeout * 1000, problem);
    if (rc == DHK_OK)
        rc = reader_next(reader, &index, &bytes, problem);
    if (rc == DHK_OK && index != wanted)
        rc = problem_set(problem, DHK_AUTH,
            "the broker answered with another "
            "entry");
    if (rc == DHK_OK)
        rc = receipt_proof(&text, reader_page(reader), reader_place(reader));
    if (rc == DHK_OK && fwrite(text.p, 1, text.n, stdout) != text.n)
        rc = DHK_IO;
    reader_close(&reader);
    free(mem);
    return rc;
}

enum cli_exit
cmd_ledger_prove(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct cmd_ledger l = {.cli = cli, .timeout = 10};
    int64_t wanted;
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&l), CMD_LEDGER_TIMEOUT(&l)};
    const struct cli_usage usage = {"ENTRY --for PURPOSE > FILE",
        "Writes a proof that the entry is in the signed ledger. It holds the "
        "entry\nitself; 'driehoek ledger check FILE' checks it anywhere, "
        "offline.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!cli_number(&wanted, cli->args[0]))
        return cli_wrong(cli, "an entry is meant by its number");
    l.query.what = QUERY_PROVE;
    l.query.from = (uint64_t)wanted;
    if (cmd_ledger_begin(&l, &exit)) {
        enum dhk_err rc = prove(&l, (uint64_t)wanted, &problem);
        exit = cmd_ledger_one(&l, rc, &problem);
    }
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}
