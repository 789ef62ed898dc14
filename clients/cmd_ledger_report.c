/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger report NAME: answers to the questions that the law asks of
 * the ledger. All of it is verified before anything is said. */
#include "cmd_ledger_read.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "policyrender.h"
#include "reader.h"
#include "report.h"

enum { SMALLEST_MIN = 2, SMALLEST_MAX = 1000 };

struct reporting {
    struct cmd_ledger_read read;
    const char *handle, *card, *since, *until, *lang;
    int64_t smallest;
    bool list, json, csv, html;
    struct report_ask ask;
    const struct report_spec *spec;
    struct evidence *evidence;
    uint64_t *shown; /* what the broker lists for a subject */
    size_t shown_n, shown_cap;
};

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    const struct reporting *x = ctx;
    return evidence_record(x->evidence, record);
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
        cli_say(x->read.l.cli, "unknown partner '%s'; did you mean '%s'?", name,
            nearest);
    else
        cli_say(x->read.l.cli, "unknown partner '%s'", name);
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
    report_build(&report, x->spec, x->evidence, &x->read.result, &x->ask);
    if (x->json)
        (void)json_print(stdout, report_json(&report));
    else if (x->csv)
        report_csv(stdout, &report);
    else if (x->html)
        report_html(stdout, &report);
    else
        rc = report_print(stdout, &report);
    report_done(&report);
    return rc == DHK_OK ? CLI_OK : cli_fail(x->read.l.cli, rc, x->spec->name);
}

/* --- reading it --- */

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
    struct query q = {.purpose = x->read.l.query.purpose,
        .what = QUERY_SUBJECT,
        .has_case = true};
    struct reader *reader = NULL;
    struct slice bytes;
    uint64_t index;
    enum dhk_err rc;
    memcpy(q.case_handle, x->ask.case_handle, sizeof q.case_handle);
    rc = reader_open(
        &reader, x->read.l.node, &q, (int)x->read.l.timeout * 1000, problem);
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

static enum dhk_err
read_all(struct reporting *x)
{
    enum dhk_err rc = evidence_new(&x->evidence);
    if (x->read.from == NULL)
        x->ask.purpose = query_purpose_name(x->read.l.query.purpose);
    if (rc == DHK_OK && x->read.from == NULL &&
        strcmp(x->spec->name, "subject") == 0)
        rc = ask_for_subject(x, &x->read.problem);
    if (rc == DHK_OK)
        rc = cmd_ledger_read(&x->read);
    return rc == DHK_OK ? evidence_finish(x->evidence) : rc;
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
        x->read.l.cli, "the report %s does not take --%s", x->spec->name, name);
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
        (void)cli_wrong(x->read.l.cli,
            "the report %s wants --case: 'driehoek case find' tells which",
            s->name);
    else
        (void)cli_wrong(
            x->read.l.cli, "the report %s wants --card or --partner", s->name);
    return false;
}

static bool
read_ask(struct reporting *x)
{
    struct report_ask *ask = &x->ask;
    const struct cli *cli = x->read.l.cli;
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
    x->spec = report_find(x->read.l.cli->args[0]);
    if (x->spec != NULL)
        return true;
    for (; n < 64 && report_spec(n) != NULL; n++)
        names[n] = report_spec(n)->name;
    nearest = agreement_nearest(slice_str(x->read.l.cli->args[0]), names, n);
    if (nearest != NULL)
        (void)cli_wrong(x->read.l.cli, "no report '%s'; did you mean '%s'?",
            x->read.l.cli->args[0], nearest);
    else
        (void)cli_wrong(x->read.l.cli, "no report '%s': see --list",
            x->read.l.cli->args[0]);
    return false;
}

static enum cli_exit
run(struct reporting *x)
{
    enum cli_exit exit = CLI_USAGE;
    struct cli *cli = x->read.l.cli;
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
    if (!cmd_ledger_read_begin(&x->read, &exit))
        return exit;
    enum dhk_err rc = read_all(x);
    return rc == DHK_OK ? show(x)
                        : cmd_ledger_read_failed(&x->read, rc, "no report: ");
}

enum cli_exit
cmd_ledger_report(struct cli *cli, int argc, char **argv)
{
    struct reporting x = {
        .read = {.l = {.cli = cli, .timeout = 10}, .take = take, .ctx = &x},
        .lang = "nl",
        .smallest = REPORT_K};
    enum cli_exit exit = CLI_OK;
    const struct cli_option options[] = {
        {"list", 0, CLI_FLAG, NULL, "what reports there are", &x.list},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "of the question to the broker: lawfulness, internal, integrity "
            "or court",
            &x.read.l.purpose},
        {"from", 0, CLI_TEXT, "FILE",
            "a ledger of 'ledger fetch', instead of the broker's",
            &x.read.from},
        {"signers", 0, CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.read.signers},
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
        CMD_LEDGER_TIMEOUT(&x.read.l),
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
    free(x.shown);
    cmd_ledger_read_end(&x.read);
    return cli_flushed(cli, exit);
}
