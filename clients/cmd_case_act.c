/* SPDX-License-Identifier: EUPL-1.2
 *
 * The commands that state one act each, as a table. */
#include "cmd_case.h"

#include "act.h"
#include "bytes.h"
#include "clock.h"

#include <string.h>

enum { HELP = 400, SYNOPSIS = 200, OPTIONS = 10 };

enum what_for { /* the second word */
    NOTHING,
    PARTNER,
    DAYS,
    STEP,  /* one of the phases that follow each other */
    CARD,  /* of a third party */
    SENT,  /* the only word: a share that this node sent */
    WAITS, /* the only word: one that waits for an approval */
};
struct case_act {
    const char *name;
    enum act what;
    enum what_for word;
    const char *until; /* the option with its date, or NULL */
    const char *code;  /* the option with its code, or NULL */
    bool signal;       /* may be given */
    const char *about;
};

static const struct case_act acts[] = {
    {"bring", ACT_BRING, NOTHING, NULL, NULL, true,
        "Brings a report forward, to be weighed by mayor, police and "
        "prosecutor."},
    {"drop", ACT_DROP, NOTHING, NULL, "reason", true,
        "Does not bring a report forward. What ties it to a person is to be "
        "destroyed at\nonce."},
    {"weigh", ACT_WEIGH, NOTHING, "until", NULL, false,
        "Asks mayor, police and prosecutor for their votes, at the latest by "
        "then."},
    {"vote", ACT_VOTE, NOTHING, NULL, NULL, true,
        "Votes on a case that is weighed. Scores and reasons are in the signal "
        "that is\nnamed (a weegstem), which only those read whom it was shared "
        "with; the vote and\na dissent are on the ledger. All votes yes make "
        "it a case, one no rejects it."},
    {"lapse", ACT_LAPSE, NOTHING, NULL, NULL, false,
        "Ends a weighing that lacks votes once their date has passed: without "
        "all three it\nis no case. What ties it to a person is to be destroyed "
        "at once, and who did not\nvote is on record."},
    {"move", ACT_NONE, STEP, NULL, NULL, false,
        "Moves a case on to STEP: inform (ask who knows the person), enrich, "
        "confer,\nplan or execute."},
    {"review", ACT_REVIEW, NOTHING, "next", NULL, false,
        "Says that the case was reviewed, and by when it is again."},
    {"rhythm", ACT_RHYTHM, DAYS, NULL, NULL, false,
        "Has reviews at most DAYS apart (183)."},
    {"close", ACT_CLOSE, NOTHING, "destroy-by", "reason", false,
        "Closes a case: shielded at once, destroyed at the latest by then. "
        "Takes effect\nwhen mayor, police and prosecutor have stated it."},
    {"assign", ACT_ASSIGN, PARTNER, NULL, NULL, false,
        "Gives the file to PARTNER, who holds it from there on."},
    {"relieve", ACT_RELIEVE, PARTNER, NULL, NULL, false,
        "Ends the part that PARTNER takes. Takes effect when mayor, police "
        "and\nprosecutor have stated it."},
    {"leave", ACT_LEAVE, NOTHING, NULL, NULL, false,
        "Ends the part that this partner takes itself."},
    {"reshare", ACT_RESHARE, PARTNER, NULL, NULL, false,
        "Asks who shared something before PARTNER took part to share it again "
        "with it."},
    {"admit", ACT_ADMIT, CARD, "until", "expertise", false,
        "Admits a third party by its one-case card, at the desk of a partner. "
        "Takes\neffect when mayor, police and prosecutor have stated it."},
    {"dismiss", ACT_DISMISS, CARD, NULL, NULL, false,
        "Ends the admission of a third party. Takes effect when mayor, police "
        "and\nprosecutor have stated it."},
    {"consent", ACT_CONSENT, NOTHING, "until", NULL, false,
        "Agrees, as competent authority, to the sharing of police data in a "
        "case."},
    {"revoke", ACT_REVOKE, NOTHING, NULL, NULL, false,
        "Ends that agreement of this partner's."},
    {"approve", ACT_APPROVE, WAITS, NULL, NULL, false,
        "Approves a share that waits for it: driehoek case waiting shows "
        "which."},
    {"decline", ACT_DECLINE, WAITS, NULL, "reason", false,
        "Has a share that waits for an approval go back to its sender."},
    {"refuse", ACT_REFUSE, NOTHING, "review", "reason", false,
        "Does not share or answer, for weighty reasons, to be reviewed by "
        "then."},
    {"embargo", ACT_EMBARGO, NOTHING, "review", "reason", false,
        "Has nothing of the case shared on, for weighty reasons, to be "
        "reviewed by then.\nIt stands until it is lifted."},
    {"lift", ACT_LIFT, NOTHING, NULL, NULL, false,
        "Ends this partner's refusals and embargo."},
    {"restrict", ACT_RESTRICT, SENT, NULL, "rule", false,
        "Says how the third-party rule stands for a signal of one's own, by a "
        "share of\nit."},
    {"transfer", ACT_TRANSFER, PARTNER, "until", NULL, false,
        "Asks who takes part to agree, or to keep items back, before the case "
        "goes to\nanother municipality."},
    {"veto", ACT_VETO, SENT, NULL, NULL, false,
        "Keeps a signal of one's own, by a share of it, out of a transfer."},
    {"agree", ACT_AGREE, NOTHING, NULL, NULL, false,
        "Agrees to a transfer: there is no veto, or no other."},
    {"postpone", ACT_POSTPONE, NOTHING, "review", "ground", true,
        "Does not tell the person yet, on a ground of article 41 UAVG, to be "
        "reviewed by\nthen. The written motivation is in a signal."},
    {"tell", ACT_TELL, NOTHING, NULL, NULL, false,
        "Says that the person was told."},
    {"request", ACT_REQUEST, NOTHING, "until", NULL, false,
        "Says that the person asked for access, to be answered by then."},
    {"answer", ACT_ANSWER, NOTHING, NULL, "outcome", false,
        "Says that it was answered."},
};

/* What the command line says. */
struct given {
    struct case_run run;
    const struct case_act *row;
    const char *until, *code, *signal, *desk;
    int64_t question;
    bool yes, no;
    struct dhk_act act;
    char handle[33], id[65];
};

static const struct case_act *
row_of(const char *name)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];
    }
    return NULL;
}

/* "absent, in-force, lifted" */
static void
list_codes(char out[HELP], enum act what)
{
    const char *name;
    size_t n = 0;

    out[0] = '\0';
    for (unsigned code = 1; (name = act_code_name(what, code)) != NULL; code++)
        n += (size_t)snprintf(
            out + n, HELP - n, "%s%s", code > 1 ? ", " : "", name);
}

static size_t
add_options(struct cli_option *o, struct given *g, char codes[HELP])
{
    const struct case_act *row = g->row;
    const struct cli_option all[] = {CASE_OPTIONS(&g->run)};
    size_t n = 0;

    list_codes(codes, row->what);
    if (row->what == ACT_VOTE) {
        o[n++] = (struct cli_option){
            "yes", 'y', CLI_FLAG, NULL, "it is to be a case", &g->yes};
        o[n++] = (struct cli_option){
            "no", 'n', CLI_FLAG, NULL, "it is not: a dissent", &g->no};
    }
    if (row->code != NULL)
        o[n++] = (struct cli_option){
            row->code, 0, CLI_TEXT, "CODE", codes, &g->code};
    if (row->until != NULL)
        o[n++] = (struct cli_option){
            row->until, 0, CLI_TEXT, "DATE", "like 2027-12-31", &g->until};
    if (row->what == ACT_ADMIT)
        o[n++] = (struct cli_option){"desk", 0, CLI_TEXT, "PARTNER",
            "who hands extracts to it", &g->desk};
    if (row->signal)
        o[n++] = (struct cli_option){"signal", 0, CLI_TEXT, "SIGNAL",
            "with the words of it: its number in the outbox, or its id",
            &g->signal};
    if (row->what == ACT_REFUSE)
        o[n++] = (struct cli_option){"question", 0, CLI_NUMBER, "SHARE",
            "ledger entry of the share that is not answered", &g->question};
    memcpy(o + n, all, sizeof all);
    return n + sizeof all / sizeof *all;
}

static void
make_synopsis(char out[SYNOPSIS], const struct case_act *row)
{
    static const char *const words[] = {[NOTHING] = "HANDLE",
        [PARTNER] = "HANDLE PARTNER",
        [DAYS] = "HANDLE DAYS",
        [STEP] = "HANDLE STEP",
        [CARD] = "HANDLE CARD",
        [SENT] = "SHARE",
        [WAITS] = "SHARE"};
    bool needs_signal = (act_rule(row->what)->has & ACT_HAS_REF) != 0;

    (void)snprintf(out, SYNOPSIS, "%s%s%s%s%s%s%s%s%s%s",
        row->what == ACT_VOTE ? "--yes|--no " : "",
        row->code != NULL ? "--" : "", row->code != NULL ? row->code : "",
        row->code != NULL ? " CODE " : "", row->until != NULL ? "--" : "",
        row->until != NULL ? row->until : "",
        row->until != NULL ? " DATE " : "",
        row->what == ACT_ADMIT ? "--desk PARTNER " : "",
        !row->signal   ? ""
        : needs_signal ? "--signal SIGNAL "
                       : "[--signal SIGNAL] ",
        words[row->word]);
}

/* --- what the options say --- */

static enum cli_exit
read_options(struct given *g)
{
    const struct case_act *row = g->row;
    struct cli *cli = g->run.cli;

    if (row->what == ACT_VOTE && g->yes == g->no)
        return cli_wrong(cli, "--yes or --no");
    if (row->what == ACT_VOTE && g->signal == NULL)
        return cli_wrong(cli,
            "--signal names the weegstem with the scores and reasons of it");
    if (row->what == ACT_VOTE)
        g->code = g->yes ? "yes" : "no";
    if (row->code != NULL && g->code == NULL)
        return cli_wrong(cli, "--%s is missing", row->code);
    if (row->code != NULL && act_code(row->what, g->code) == 0)
        return cli_wrong(
            cli, "--%s knows no '%s'; see --help", row->code, g->code);
    if (row->until != NULL && g->until == NULL)
        return cli_wrong(cli, "--%s is missing", row->until);
    if (g->until != NULL && !clock_parse(&g->act.until, g->until))
        return cli_wrong(cli, "--%s takes a date like 2027-12-31", row->until);
    if (row->what == ACT_ADMIT && g->desk == NULL)
        return cli_wrong(cli, "--desk is missing");
    g->act.code = g->code;
    g->act.partner = g->desk;
    g->act.about = (uint64_t)g->question;
    return CLI_OK;
}

/* --- what the words say --- */

static enum cli_exit
read_step(struct given *g, const char *text)
{
    enum act what = act_by_name(text);

    if (what < ACT_INFORM || what > ACT_EXECUTE)
        return cli_wrong(
            g->run.cli, "STEP is inform, enrich, confer, plan or execute");
    g->act.act = act_name(what);
    return CLI_OK;
}

static enum cli_exit
read_second(struct given *g, const char *text)
{
    int64_t days;

    switch (g->row->word) {
    case PARTNER:
        g->act.partner = text;
        return CLI_OK;
    case DAYS:
        if (!cli_number(&days, text) || days < 1 ||
            days > act_rule(ACT_RHYTHM)->codes)
            return cli_wrong(g->run.cli, "DAYS is from 1 to %u",
                act_rule(ACT_RHYTHM)->codes);
        g->act.code = text;
        return CLI_OK;
    case STEP:
        return read_step(g, text);
    case CARD:
        return cmd_case_card(&g->run, g->id, text);
    case NOTHING:
    case SENT:
    case WAITS:
        break;
    }
    return CLI_OK;
}

static enum cli_exit
read_share(struct given *g, const char *text)
{
    int64_t index;

    if (g->row->word == SENT)
        return cmd_case_sent(&g->run, text, &g->act.about, g->handle, g->id);
    if (!cli_number(&index, text) || index == 0)
        return cli_wrong(
            g->run.cli, "SHARE is a ledger entry, as case waiting prints it");
    g->act.about = (uint64_t)index;
    return cmd_case_waits(&g->run, g->act.about, g->handle);
}

static bool
is_handle(const char *text)
{
    uint8_t bytes[16];
    return bytes_unhex(bytes, sizeof bytes, slice_str(text)) == DHK_OK;
}

/* The handle is the first of two words; nobody is told off who puts it last. */
static enum cli_exit
read_two(struct given *g, const char *first, const char *second)
{
    bool turned = second != NULL && !is_handle(first) && is_handle(second);
    enum cli_exit exit = cmd_case_handle(&g->run, turned ? second : first);

    memcpy(g->handle, g->run.handle, sizeof g->handle);
    if (exit == CLI_OK && second != NULL)
        exit = read_second(g, turned ? first : second);
    return exit;
}

static enum cli_exit
read_words(struct given *g)
{
    struct cli *cli = g->run.cli;
    enum cli_exit exit;

    if (g->row->word == SENT || g->row->word == WAITS)
        exit = read_share(g, cli->args[0]);
    else
        exit = read_two(g, cli->args[0], cli->args_n > 1 ? cli->args[1] : NULL);
    if (exit == CLI_OK && g->signal != NULL)
        exit = cmd_case_signal(&g->run, g->id, g->signal);
    g->act.case_handle = g->handle;
    g->act.ref = g->id[0] != '\0' ? g->id : NULL;
    return exit;
}

enum cli_exit
cmd_case_act(struct cli *cli, int argc, char **argv)
{
    struct given g = {
        .run = {.cli = cli, .timeout = CASE_TIMEOUT}, .row = row_of(argv[0])};
    struct cli_option options[OPTIONS];
    char codes[HELP], synopsis[SYNOPSIS];
    enum cli_exit exit;
    bool taken;

    must(g.row != NULL);
    size_t words =
        g.row->word == NOTHING || g.row->word == SENT || g.row->word == WAITS
            ? 1
            : 2;
    g.act.act = act_name(g.row->what);
    make_synopsis(synopsis, g.row);
    const struct cli_usage usage = {synopsis, g.row->about, options,
        add_options(options, &g, codes), words, words};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = read_options(&g);
    if (exit != CLI_OK)
        return exit;
    exit = cmd_case_begin(&g.run);
    if (exit == CLI_OK)
        exit = read_words(&g);
    if (exit == CLI_OK)
        exit = cmd_case_state(&g.run, &g.act, &taken);
    return cmd_case_end(&g.run, exit);
}
