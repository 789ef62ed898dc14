/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case open | invite | sign | waiting: what takes more than one
 * statement, or looks for what to state. */
#include "cmd_case.h"

#include "act.h"
#include "clock.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- open --- */

enum cli_exit
cmd_case_open(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT};
    const char *signal = NULL;
    char id[65] = "";
    bool bring = false, taken;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"bring", 'b', CLI_FLAG, NULL, "bring it forward at once", &bring},
        {"signal", 0, CLI_TEXT, "SIGNAL",
            "that came in: its number in the outbox, or its id", &signal},
        CASE_OPTIONS(&r),
    };
    const struct cli_usage usage = {"[--bring] [--signal SIGNAL] HANDLE",
        "Begins a case: a report came in. Whoever states it holds the file, "
        "until it is\nassigned to another.",
        options, sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = cmd_case_begin(&r);
    if (exit == CLI_OK)
        exit = cmd_case_handle(&r, cli->args[0]);
    if (exit == CLI_OK && signal != NULL)
        exit = cmd_case_signal(&r, id, signal);
    struct dhk_act act = {.case_handle = r.handle,
        .act = act_name(ACT_REPORT),
        .ref = signal != NULL ? id : NULL};
    if (exit == CLI_OK)
        exit = cmd_case_state(&r, &act, &taken);
    act.act = act_name(ACT_BRING);
    if (bring && (exit == CLI_OK || exit == CLI_WAITING))
        exit = cmd_case_state(&r, &act, &taken);
    return cmd_case_end(&r, exit);
}

/* --- designations, and what follows them --- */

static bool
takes_part(const struct dhk_case *c, const char *partner)
{
    for (size_t i = 0; i < c->members_n; i++) {
        if (strcmp(c->members[i].partner, partner) == 0 &&
            c->members[i].until == 0)
            return true;
    }
    return false;
}

/* Asks originators to share again with PARTNER, once it takes part. */
static enum cli_exit
reshare(struct case_run *r, const char *partner)
{
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    const struct dhk_act act = {.case_handle = r->handle,
        .act = act_name(ACT_RESHARE),
        .partner = partner};
    bool taken;
    enum dhk_err rc = dhk_case_get(r->node, r->handle, &c, &problem);

    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    bool now = takes_part(c, partner);
    dhk_case_end(&c);
    if (now)
        return cmd_case_state(r, &act, &taken);
    cli_say(r->cli,
        "%s does not take part yet, so nobody is asked to share again: who "
        "signs last gives --reshare, or later: driehoek case reshare %s %s",
        partner, r->handle, partner);
    return CLI_OK;
}

enum cli_exit
cmd_case_invite(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT};
    const char *role = NULL;
    bool again = false, taken = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"role", 0, CLI_TEXT, "ROLE",
            "participant, chair, executor, adviser or child-protection", &role},
        {"reshare", 0, CLI_FLAG, NULL,
            "and ask who shared something before to share it again", &again},
        CASE_OPTIONS(&r),
    };
    const struct cli_usage usage = {"--role ROLE [--reshare] HANDLE PARTNER",
        "Has PARTNER take part in a case. Takes effect when mayor, police and "
        "prosecutor\nhave stated it.",
        options, sizeof options / sizeof options[0], 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (role == NULL || act_code(ACT_DESIGNATE, role) == 0)
        return cli_wrong(cli, "--role is participant, chair, executor, adviser "
                              "or child-protection");
    exit = cmd_case_begin(&r);
    if (exit == CLI_OK)
        exit = cmd_case_handle(&r, cli->args[0]);
    const struct dhk_act act = {.case_handle = r.handle,
        .act = act_name(ACT_DESIGNATE),
        .partner = cli->args[1],
        .code = role};
    if (exit == CLI_OK)
        exit = cmd_case_state(&r, &act, &taken);
    if (again && taken)
        exit = reshare(&r, act.partner);
    return cmd_case_end(&r, exit);
}

/* --- sign --- */

static void
show_proposals(const struct case_run *r, const struct dhk_case *c)
{
    for (size_t i = 0; i < c->proposals_n; i++) {
        const struct dhk_case_proposal *p = &c->proposals[i];
        cli_say(r->cli, "%" PRIu64 ": %s %s%s", p->number, p->act,
            p->named != NULL ? p->named : "",
            p->own ? " (stated by this partner)" : "");
    }
}

/* The one that is meant: NUMBER, or with 0 the only one that this partner has
 * not stated. */
static const struct dhk_case_proposal *
choose(const struct dhk_case *c, uint64_t number, size_t *n)
{
    const struct dhk_case_proposal *found = NULL;

    *n = 0;
    for (size_t i = 0; i < c->proposals_n; i++) {
        const struct dhk_case_proposal *p = &c->proposals[i];
        if (number != 0 ? p->number != number : p->own)
            continue;
        found = p;
        ++*n;
    }
    return found;
}

static enum cli_exit
sign(struct case_run *r, const struct dhk_case_proposal *p, bool again)
{
    bool taken = false;
    const struct dhk_act act = {.case_handle = r->handle,
        .act = p->act,
        .until = p->until,
        .partner = p->named,
        .ref = p->ref[0] != '\0' ? p->ref : NULL,
        .code = p->code};
    enum cli_exit exit = cmd_case_state(r, &act, &taken);

    if (again && taken && act_by_name(p->act) == ACT_DESIGNATE)
        exit = reshare(r, p->named);
    return exit;
}

static enum cli_exit
find_and_sign(struct case_run *r, uint64_t number, bool again)
{
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    size_t n = 0;
    enum cli_exit exit = CLI_NO;
    enum dhk_err rc = dhk_case_get(r->node, r->handle, &c, &problem);

    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    const struct dhk_case_proposal *p = choose(c, number, &n);
    if (n == 1) {
        exit = sign(r, p, again);
    } else if (n == 0) {
        cli_say(r->cli, number != 0 ? "nothing of that number waits for "
                                      "signatures"
                                    : "nothing waits for this partner's "
                                      "signature");
    } else {
        cli_say(r->cli, "more than one waits: say which");
        exit = CLI_USAGE;
    }
    if (n != 1)
        show_proposals(r, c);
    dhk_case_end(&c);
    return exit;
}

enum cli_exit
cmd_case_sign(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT};
    int64_t number = 0;
    bool again = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"reshare", 0, CLI_FLAG, NULL,
            "when that has somebody take part: as of invite", &again},
        CASE_OPTIONS(&r),
    };
    const struct cli_usage usage = {"[--reshare] HANDLE [NUMBER]",
        "States what another of mayor, police and prosecutor has stated and "
        "what takes\neffect when all have; NUMBER is that of case show. "
        "Without it, the only one.",
        options, sizeof options / sizeof options[0], 1, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli->args_n == 2 && (!cli_number(&number, cli->args[1]) || number == 0))
        return cli_wrong(cli, "NUMBER is one that case show prints");
    exit = cmd_case_begin(&r);
    if (exit == CLI_OK)
        exit = cmd_case_handle(&r, cli->args[0]);
    if (exit == CLI_OK)
        exit = cmd_case_ask(&r, false);
    if (exit == CLI_OK)
        exit = find_and_sign(&r, (uint64_t)number, again);
    return cmd_case_end(&r, exit);
}

/* --- waiting --- */

static enum dhk_err
waiting_json(const struct dhk_case_share *list, size_t n)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_build_object();
        json_build_uint(o, "index", list[i].index);
        json_build_text(o, "case", list[i].case_handle);
        json_build_text(o, "id", list[i].id);
        json_build_text(o, "sender", list[i].sender);
        json_build_text(o, "recipient", list[i].recipient);
        json_build_text(o, "kind", list[i].kind);
        json_build_text(o, "purpose", list[i].purpose);
        json_build_time(o, "accepted", list[i].accepted);
        json_build_time(o, "expires", list[i].expires);
        json_build_add(all, o);
    }
    return json_print(stdout, all);
}

static enum dhk_err
waiting_table(const struct dhk_case_share *list, size_t n)
{
    static const struct table_column columns[] = {{"SHARE", TABLE_RIGHT},
        {"FROM", 0}, {"TO", 0}, {"KIND", 0}, {"CASE", 0}, {"EXPIRES", 0}};
    struct table *table = NULL;
    enum dhk_err rc = table_new(&table, columns, 6);

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        char index[24], expires[21];
        (void)snprintf(index, sizeof index, "%" PRIu64, list[i].index);
        clock_text(expires, list[i].expires);
        const char *const cells[] = {index, list[i].sender, list[i].recipient,
            list[i].kind, list[i].case_handle, expires};
        rc = table_row(table, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    return rc;
}

enum cli_exit
cmd_case_waiting(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT};
    struct dhk_problem problem = {""};
    struct dhk_case_share *list = NULL;
    size_t n = 0;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (5)",
            &r.timeout},
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &r.json},
    };
    const struct cli_usage usage = {"[--json]",
        "Shows the shares that wait for this partner's approval, with the "
        "number that\napprove and decline want.",
        options, sizeof options / sizeof options[0], 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = cmd_case_begin(&r);
    if (exit == CLI_OK && !r.reached)
        exit = CLI_WAITING;
    if (exit != CLI_OK)
        return cmd_case_end(&r, exit);
    enum dhk_err rc = dhk_case_waiting(r.node, &list, &n, &problem);
    if (rc == DHK_OK && r.json)
        rc = waiting_json(list, n);
    else if (rc == DHK_OK && n > 0)
        rc = waiting_table(list, n);
    else if (rc == DHK_OK)
        puts("Nothing waits for an approval of this partner.");
    if (rc != DHK_OK)
        exit = cmd_case_failed(&r, rc, &problem);
    free(list);
    return cmd_case_end(&r, exit);
}
