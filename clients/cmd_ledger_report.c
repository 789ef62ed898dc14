/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger report NAME: answers to the questions that the law asks of
 * the ledger. All of it is verified before anything is said. */
#include "cmd_ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ledgerfetch.h"
#include "policyrender.h"
#include "reader.h"
#include "report.h"
#include "verify_node.h"

enum { SMALLEST_MIN = 2, SMALLEST_MAX = 1000 };

struct reporting {
    struct cmd_ledger l;
    const char *file, *signers, *handle, *card, *since, *until, *lang;
    int64_t smallest;
    bool list, json, csv, html;
    struct report_ask ask;
    const struct report_spec *spec;
    struct evidence *evidence;
    struct verify *verify;
    struct verify_from from;
    struct verify_result *result;
    struct verify_fault fault;
    const char *what; /* is wrong, besides the fault */
    uint64_t *shown;  /* what the broker lists for a subject */
    size_t shown_n, shown_cap;
};

/* --- reading and verifying --- */

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct reporting *x = ctx;
    enum dhk_err rc = verify_record(x->verify, record, &x->fault);
    if (rc != DHK_OK)
        return rc;
    rc = evidence_record(x->evidence, record);
    if (rc != DHK_OK)
        x->what = dhk_strerror(rc);
    return rc;
}

static enum dhk_err
take_file(struct reporting *x, FILE *file)
{
    struct ledgerfile *f = NULL;
    struct ledgerfile_record *record = malloc(sizeof *record);
    enum dhk_err rc = record == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK)
        rc = ledgerfile_open(&f, file);
    if (rc == DHK_VERSION)
        x->what = "this is not a ledger file of a version that this program "
                  "knows";
    while (rc == DHK_OK) {
        rc = ledgerfile_read(record, f, &x->what);
        if (rc == DHK_OK)
            rc = take(x, record);
    }
    ledgerfile_destroy(&f);
    free(record);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
begin(struct reporting *x, struct dhk_problem *problem)
{
    enum dhk_err rc =
        verify_from_node(&x->from, x->l.node, x->signers, problem);
    if (rc == DHK_OK)
        rc = verify_new(&x->verify, &x->from.input, &x->fault);
    if (rc == DHK_OK)
        rc = evidence_new(&x->evidence);
    x->result = calloc(1, sizeof *x->result);
    return rc == DHK_OK && x->result == NULL ? DHK_NOMEM : rc;
}

static enum cli_exit
failed(struct reporting *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    if (x->fault.text[0] != '\0')
        cli_say(x->l.cli, "no report: the ledger does not verify: %s",
            x->fault.text);
    else if (x->what != NULL)
        cli_say(x->l.cli, "no report: %s%s%s", x->file != NULL ? x->file : "",
            x->file != NULL ? ": " : "", x->what);
    else
        return cmd_ledger_failed(&x->l, rc, problem);
    return rc == DHK_IO || rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
}

/* --- saying it --- */

/* False after a message: nobody of that name is on the ledger. */
static bool
is_known(const struct reporting *x)
{
    const char *name = x->ask.partner;
    const struct roster *roster = x->evidence->roster;
    const char **names;
    const char *nearest = NULL;
    if (name == NULL || evidence_name(x->evidence, name) != NULL ||
        (roster != NULL && roster_find(roster, slice_str(name)) != NULL))
        return true;
    names = calloc(roster == NULL ? 1 : roster->partners_n + 1, sizeof *names);
    for (size_t i = 0;
         names != NULL && roster != NULL && i < roster->partners_n; i++)
        names[i] = roster->partners[i].name;
    if (names != NULL && roster != NULL)
        nearest = agreement_nearest(slice_str(name), names, roster->partners_n);
    if (nearest != NULL)
        cli_say(x->l.cli, "unknown partner '%s'; did you mean '%s'?", name,
            nearest);
    else
        cli_say(x->l.cli, "unknown partner '%s'", name);
    free(names);
    return false;
}

static enum cli_exit
show(struct reporting *x)
{
    struct report report;
    enum dhk_err rc = DHK_OK;
    if (!is_known(x))
        return CLI_USAGE;
    report_build(&report, x->spec, x->evidence, x->result, &x->ask);
    if (x->json)
        (void)json_print(stdout, report_json(&report));
    else if (x->csv)
        report_csv(stdout, &report);
    else if (x->html)
        report_html(stdout, &report);
    else
        rc = report_print(stdout, &report);
    report_done(&report);
    return rc == DHK_OK ? CLI_OK : cli_fail(x->l.cli, rc, x->spec->name);
}

/* All was read, or it ended with RC. */
static enum cli_exit
end(struct reporting *x, enum dhk_err rc, const struct dhk_problem *problem)
{
    if (rc == DHK_OK)
        rc = verify_finish(x->verify, x->result, &x->fault);
    if (rc == DHK_OK)
        rc = evidence_finish(x->evidence);
    return rc == DHK_OK ? show(x) : failed(x, rc, problem);
}

static enum cli_exit
from_file(struct reporting *x)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit;
    bool is_stdin = strcmp(x->file, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(x->file, "re");
    if (file == NULL) {
        errno = errno != 0 ? errno : ENOENT;
        return cli_fail(x->l.cli, DHK_IO, x->file);
    }
    enum dhk_err rc = begin(x, &problem);
    if (rc == DHK_OK)
        rc = take_file(x, file);
    exit = end(x, rc, &problem);
    if (!is_stdin)
        (void)fclose(file);
    return exit;
}

static enum dhk_err
keep_shown(struct reporting *x, uint64_t index)
{
    if (x->shown_n == x->shown_cap) {
        size_t cap = x->shown_cap == 0 ? 64 : x->shown_cap * 2;
        uint64_t *list = reallocarray(x->shown, cap, sizeof *list);
        if (list == NULL)
            return DHK_NOMEM;
        x->shown = list;
        x->shown_cap = cap;
    }
    x->shown[x->shown_n++] = index;
    return DHK_OK;
}

/* Has the broker list what the person may be told, and record that it left out
 * the rest. */
static enum dhk_err
ask_for_subject(struct reporting *x, struct dhk_problem *problem)
{
    struct query q = {
        .purpose = x->l.query.purpose, .what = QUERY_SUBJECT, .has_case = true};
    struct reader *reader = NULL;
    struct slice bytes;
    uint64_t index;
    enum dhk_err rc;
    memcpy(q.case_handle, x->ask.case_handle, sizeof q.case_handle);
    rc = reader_open(&reader, x->l.node, &q, (int)x->l.timeout * 1000, problem);
    while (rc == DHK_OK &&
           (rc = reader_next(reader, &index, &bytes, problem)) == DHK_OK)
        rc = keep_shown(x, index);
    if (reader != NULL && rc == DHK_NOTFOUND)
        rc = DHK_OK;
    reader_close(&reader);
    x->ask.has_shown = true;
    x->ask.shown = x->shown;
    x->ask.shown_n = x->shown_n;
    return rc;
}

static enum cli_exit
from_broker(struct reporting *x)
{
    struct dhk_problem problem = {""};
    const struct ledgerfetch fetch = {.node = x->l.node,
        .purpose = x->l.query.purpose,
        .timeout_ms = (int)x->l.timeout * 1000,
        .emit = take,
        .ctx = x};
    x->ask.purpose = query_purpose_name(x->l.query.purpose);
    enum dhk_err rc = begin(x, &problem);
    if (rc == DHK_OK && strcmp(x->spec->name, "subject") == 0)
        rc = ask_for_subject(x, &problem);
    if (rc == DHK_OK)
        rc = ledgerfetch_run(&fetch, &problem);
    return end(x, rc, &problem);
}

/* --- what was asked for --- */

static enum cli_exit
list(const struct reporting *x)
{
    if (x->json)
        (void)json_print(stdout, report_list_json());
    else
        report_list(stdout, x->ask.lang);
    return CLI_OK;
}

/* False after a message: it takes no such option. */
static bool
takes(struct reporting *x, unsigned option, const char *name, bool given)
{
    if (!given || (x->spec->takes & option) != 0)
        return true;
    (void)cli_wrong(
        x->l.cli, "the report %s does not take --%s", x->spec->name, name);
    return false;
}

static bool
takes_all(struct reporting *x)
{
    return takes(x, REPORT_CASE, "case", x->handle != NULL) &&
           takes(x, REPORT_PARTNER, "partner", x->ask.partner != NULL) &&
           takes(x, REPORT_SINCE, "since", x->since != NULL) &&
           takes(x, REPORT_UNTIL, "until", x->until != NULL) &&
           takes(x, REPORT_CARD, "card", x->card != NULL) &&
           takes(x, REPORT_SMALLEST, "smallest", x->smallest != REPORT_K);
}

static bool
has_needs(struct reporting *x)
{
    const struct report_spec *s = x->spec;
    if (s->needs == 0 || ((s->needs & REPORT_CARD) != 0 && x->card != NULL) ||
        ((s->needs & REPORT_CASE) != 0 && x->handle != NULL) ||
        ((s->needs & REPORT_PARTNER) != 0 && x->ask.partner != NULL))
        return true;
    if ((s->needs & REPORT_CASE) != 0)
        (void)cli_wrong(x->l.cli,
            "the report %s wants --case: 'driehoek case find' tells which",
            s->name);
    else
        (void)cli_wrong(
            x->l.cli, "the report %s wants --card or --partner", s->name);
    return false;
}

static bool
read_ask(struct reporting *x)
{
    struct report_ask *ask = &x->ask;
    const struct cli *cli = x->l.cli;
    ask->has_case = x->handle != NULL;
    ask->has_card = x->card != NULL;
    ask->smallest = (uint64_t)x->smallest;
    if (ask->has_case && bytes_unhex(ask->case_handle, sizeof ask->case_handle,
                             slice_str(x->handle)) != DHK_OK) {
        (void)cli_wrong(cli, "--case wants a handle of 32 hexadecimal digits");
        return false;
    }
    if (ask->has_card && bytes_unhex(ask->card, sizeof ask->card,
                             slice_str(x->card)) != DHK_OK) {
        (void)cli_wrong(cli, "--card wants the 64 hexadecimal digits of a key "
                             "card, as 'ledger show' prints them");
        return false;
    }
    if ((x->since != NULL && !clock_parse(&ask->since, x->since)) ||
        (x->until != NULL && !clock_parse(&ask->until, x->until))) {
        (void)cli_wrong(cli, "--since and --until want a date like 2026-11-23 "
                             "or a time like 2026-11-23T19:12:30Z");
        return false;
    }
    if (x->smallest < SMALLEST_MIN || x->smallest > SMALLEST_MAX) {
        (void)cli_wrong(
            cli, "--smallest wants %d to %d", SMALLEST_MIN, SMALLEST_MAX);
        return false;
    }
    return takes_all(x) && has_needs(x);
}

static bool
find_spec(struct reporting *x)
{
    const char *names[64];
    const char *nearest;
    size_t n = 0;
    x->spec = report_find(x->l.cli->args[0]);
    if (x->spec != NULL)
        return true;
    for (; n < 64 && report_spec(n) != NULL; n++)
        names[n] = report_spec(n)->name;
    nearest = agreement_nearest(slice_str(x->l.cli->args[0]), names, n);
    if (nearest != NULL)
        (void)cli_wrong(x->l.cli, "no report '%s'; did you mean '%s'?",
            x->l.cli->args[0], nearest);
    else
        (void)cli_wrong(
            x->l.cli, "no report '%s': see --list", x->l.cli->args[0]);
    return false;
}

static enum cli_exit
run(struct reporting *x)
{
    enum cli_exit exit = CLI_USAGE;
    struct cli *cli = x->l.cli;
    if (!policyrender_lang(cli, &x->ask.lang, x->lang))
        return CLI_USAGE;
    if (x->list)
        return list(x);
    if (x->json + x->csv + x->html > 1)
        return cli_wrong(cli, "--json, --csv and --html exclude one another");
    if (cli->args_n == 0)
        return cli_wrong(cli, "which report? --list tells what there is");
    if (!find_spec(x) || !read_ask(x))
        return CLI_USAGE;
    if (x->file == NULL)
        return cmd_ledger_begin(&x->l, &exit) ? from_broker(x) : exit;
    if (x->signers == NULL && !cmd_ledger_offline(&x->l, &exit)) {
        if (exit == CLI_USAGE)
            cli_say(cli, "or give the signers to believe with --signers");
        return exit;
    }
    return from_file(x);
}

enum cli_exit
cmd_ledger_report(struct cli *cli, int argc, char **argv)
{
    struct reporting x = {
        .l = {.cli = cli, .timeout = 10}, .lang = "nl", .smallest = REPORT_K};
    enum cli_exit exit = CLI_OK;
    const struct cli_option options[] = {
        {"list", 0, CLI_FLAG, NULL, "what reports there are", &x.list},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.l.purpose},
        {"from", 0, CLI_TEXT, "FILE",
            "a ledger of 'ledger fetch', instead of the broker's", &x.file},
        {"signers", 0, CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.signers},
        {"case", 'c', CLI_TEXT, "HANDLE", "only about this case", &x.handle},
        {"partner", 'p', CLI_TEXT, "NAME", "only what this partner has part in",
            &x.ask.partner},
        {"since", 's', CLI_TEXT, "TIME", "only from then on", &x.since},
        {"until", 'u', CLI_TEXT, "TIME", "only before then", &x.until},
        {"card", 0, CLI_TEXT, "ID", "what this key card touched", &x.card},
        {"smallest", 'k', CLI_NUMBER, "NUMBER",
            "no figure below it in 'yearly' (5)", &x.smallest},
        POLICYRENDER_LANG(&x.lang),
        {"json", 'j', CLI_FLAG, NULL, "one object", &x.json},
        {"csv", 0, CLI_FLAG, NULL, "the first table as CSV", &x.csv},
        {"html", 0, CLI_FLAG, NULL, "a page to read and print, with charts",
            &x.html},
        CMD_LEDGER_TIMEOUT(&x.l),
    };
    const struct cli_usage usage = {"NAME --for PURPOSE | --from FILE | --list",
        "Answers a question that the law asks of the ledger; --list tells "
        "which there\nare. The ledger is verified first: what does not verify "
        "is not reported on.",
        options, sizeof options / sizeof options[0], 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = run(&x);
    evidence_destroy(&x.evidence);
    verify_destroy(&x.verify);
    verify_from_end(&x.from);
    free(x.result);
    free(x.shown);
    cmd_ledger_end(&x.l);
    return cli_flushed(cli, exit);
}
