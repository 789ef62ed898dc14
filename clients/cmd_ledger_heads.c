/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger head, and compare FILE: whether two nodes were shown the same
 * ledger, told by the heads that each of them verified, without asking the
 * broker. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "heads.h"
#include "json.h"
#include "trust.h"

/* What this node has: those that it kept, and the newest. */
static enum dhk_err
own_heads(struct headlist *out, const struct dhk_node *node)
{
    const struct headlist *history = heads_history(node->heads);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < history->n; i++) {
        const struct headlist_item *item = &history->list[i];
        if (strcmp(item->cp.origin, trust_log(node->trust)->name) == 0)
            rc = headlist_add(out, slice_of(item->note, item->n));
    }
    if (rc == DHK_OK && heads_last(node->heads) != NULL)
        rc = headlist_add(out, heads_last_note(node->heads));
    return rc;
}

static enum dhk_err
print_heads(const struct headlist *list)
{
    size_t n = headlist_size(list);
    uint8_t *mem = malloc(n);
    struct sink out;
    enum dhk_err rc = mem == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK) {
        sink_init(&out, mem, n);
        headlist_put(&out, list);
        rc = fwrite(out.p, 1, out.n, stdout) == out.n ? DHK_OK : DHK_IO;
    }
    free(mem);
    return rc;
}

static enum cli_exit
head(struct cmd_ledger *l)
{
    struct headlist own = {NULL, 0};
    enum cli_exit exit = CLI_NO;
    enum dhk_err rc = own_heads(&own, l->node);

    if (rc != DHK_OK)
        exit = cli_fail(l->cli, rc, "the heads");
    else if (own.n == 0)
        cli_say(l->cli, "this node has verified no head of the ledger yet");
    else
        exit = (rc = print_heads(&own)) == DHK_OK
                   ? CLI_OK
                   : cli_fail(l->cli, rc, "the heads");
    headlist_done(&own);
    return exit;
}

enum cli_exit
cmd_ledger_head(struct cli *cli, int argc, char **argv)
{
    struct cmd_ledger l = {.cli = cli};
    enum cli_exit exit;
    const struct cli_usage usage = {"> FILE",
        "Writes the heads of the ledger that this node verified, for another "
        "node\nto compare with its own. Asks nobody.",
        NULL, 0, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cmd_ledger_offline(&l, &exit))
        exit = head(&l);
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}

/* --- compare ------------------------------------------------------------ */

struct comparison {
    struct cmd_ledger *l;
    struct headlist own, other;
    const struct headlist_item *same;   /* the largest that is */
    const struct headlist_item *differ; /* the first that does */
    bool is_signed;                     /* that one, by the log */
    uint64_t here, there;               /* the largest of each */
};

static void
compare_one(struct comparison *c, const struct headlist_item *it)
{
    const struct checkpoint_vkey *log = trust_log(c->l->node->trust);
    const struct headlist_item *mine =
        headlist_find(&c->own, log->name, it->cp.size);
    struct checkpoint cp;

    if (strcmp(it->cp.origin, log->name) != 0)
        return;
    if (it->cp.size > c->there)
        c->there = it->cp.size;
    if (mine == NULL)
        return;
    if (memcmp(mine->cp.root, it->cp.root, sizeof it->cp.root) == 0) {
        if (c->same == NULL || it->cp.size > c->same->cp.size)
            c->same = it;
        return;
    }
    bool signed_ =
        checkpoint_open(&cp, slice_of(it->note, it->n), log, NULL) == DHK_OK;
    if (c->differ == NULL || (signed_ && !c->is_signed)) {
        c->differ = it;
        c->is_signed = signed_;
    }
}

static void
compare_all(struct comparison *c)
{
    for (size_t i = 0; i < c->own.n; i++)
        if (c->own.list[i].cp.size > c->here)
            c->here = c->own.list[i].cp.size;
    for (size_t i = 0; i < c->other.n; i++)
        compare_one(c, &c->other.list[i]);
}

/* Both are signed by the log: that is kept, and ends the work with it. */
static enum cli_exit
contradicts(const struct comparison *c)
{
    struct dhk_problem problem = {""};
    const struct headlist_item *it = c->differ;
    enum dhk_err rc =
        heads_check(c->l->node->heads, slice_of(it->note, it->n), &problem);

    cli_say(c->l->cli, "%s", problem.text);
    return rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
}

static enum cli_exit
judge(const struct comparison *c, const char **result)
{
    *result = "differs";
    if (c->differ != NULL)
        return c->is_signed ? contradicts(c) : CLI_NO;
    *result = "same";
    if (c->same != NULL)
        return CLI_OK;
    *result = "not-comparable";
    return CLI_WAITING;
}

static void
show(const struct comparison *c, const char *path, enum cli_exit exit)
{
    const char *origin = trust_log(c->l->node->trust)->name;

    if (exit == CLI_OK)
        printf("Same: this node and %s were shown the same ledger %s up to "
               "%" PRIu64 " entries.\n",
            path, origin, c->same->cp.size);
    else if (c->differ != NULL)
        printf("Differs: at %" PRIu64 " entries of %s, %s\n",
            c->differ->cp.size, origin,
            c->is_signed
                ? "and the log signed both. It showed two ledgers."
                : "but the log did not sign the head in the file: it proves "
                  "nothing.");
    else
        printf("Not comparable: no head of %s has the same size here (up to "
               "%" PRIu64 ") and in %s (up to %" PRIu64 "). Try again when "
               "both nodes have connected.\n",
            origin, c->here, path, c->there);
}

static enum dhk_err
show_json(const struct comparison *c, const char *result)
{
    json_t *o = json_build_object();

    json_build_text(o, "result", result);
    json_build_text(o, "origin", trust_log(c->l->node->trust)->name);
    if (c->differ != NULL) {
        json_build_uint(o, "entries", c->differ->cp.size);
        json_build_bool(o, "signed", c->is_signed);
    } else if (c->same != NULL) {
        json_build_uint(o, "entries", c->same->cp.size);
    }
    return json_print(stdout, o);
}

static enum cli_exit
compare(struct comparison *c, const char *path, bool json)
{
    struct diag diag = {NULL, 0};
    const char *result = NULL;
    uint8_t *text = NULL;
    size_t n = 0;
    enum dhk_err rc = file_read(&text, &n, path, HEADLIST_BYTES);

    if (rc != DHK_OK)
        return cli_fail(c->l->cli, rc, path);
    rc = headlist_parse(&c->other, slice_of(text, n), &diag);
    file_free(&text, n);
    if (rc == DHK_FORMAT)
        cli_say(c->l->cli, "%s:%zu: %s", path, diag.at, diag.what);
    if (rc == DHK_FORMAT)
        return CLI_INVALID;
    if (rc == DHK_OK)
        rc = own_heads(&c->own, c->l->node);
    if (rc != DHK_OK)
        return cli_fail(c->l->cli, rc, path);
    compare_all(c);
    enum cli_exit exit = judge(c, &result);
    if (!json)
        show(c, path, exit);
    else if ((rc = show_json(c, result)) != DHK_OK)
        return cli_fail(c->l->cli, rc, path);
    return exit;
}

enum cli_exit
cmd_ledger_compare(struct cli *cli, int argc, char **argv)
{
    struct cmd_ledger l = {.cli = cli};
    struct comparison c = {.l = &l};
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &json},
    };
    const struct cli_usage usage = {"FILE [--json]",
        "Compares the heads of the ledger that this node verified with those "
        "in FILE,\nwritten by another node's 'driehoek ledger head', or one "
        "C2SP checkpoint. Asks\nnobody.",
        options, 1, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cmd_ledger_offline(&l, &exit))
        exit = compare(&c, cli->args[0], json);
    headlist_done(&c.own);
    headlist_done(&c.other);
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}
