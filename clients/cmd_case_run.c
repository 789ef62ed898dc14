/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the commands about the course of cases have in common. */
#include "cmd_case.h"

#include "act.h"
#include "cases.h"
#include "clock.h"
#include "guestfile.h"
#include "outbox.h"
#include "stating.h"
#include "trust.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX = 6 };

enum cli_exit
cmd_case_failed(const struct case_run *r, enum dhk_err rc,
    const struct dhk_problem *problem)
{
    cli_say(r->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    return cli_exit_of(rc);
}

/* What was refused while nobody looked; what is refused from here on, the
 * node's report tells. */
static void
tell_refused(const struct case_run *r, bool say)
{
    struct stating_refused one = {.number = 0};

    while (
        stating_refused_next(&one, r->node->broker_dir, one.number) == DHK_OK) {
        char made[21];
        clock_text(made, one.made);
        if (say)
            cli_say(r->cli,
                "the statement '%s' of %.10s about case %s was not taken: the "
                "course of the case did not have that then",
                act_name(one.what), made, one.case_handle);
        if (stating_refused_told(r->node->broker_dir, one.number) != DHK_OK)
            return;
    }
}

static enum cli_exit
connect_to(struct case_run *r)
{
    struct dhk_problem problem = {""};
    unsigned modes = (unsigned)DHK_CASES |
                     (r->lifted != QUERY_PURPOSE_NONE ? DHK_QUERY : 0U);
    int timeout_ms = (int)r->timeout * 1000;
    enum dhk_err rc =
        r->fresh ? cmd_case_connect(r->node, modes, timeout_ms, &problem)
                 : dhk_connect(r->node, modes, timeout_ms, &problem);

    r->reached = rc == DHK_OK;
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc != DHK_NOTFOUND) {
        enum cli_exit exit = cmd_case_failed(r, rc, &problem);
        return rc == DHK_STATE ? CLI_INVALID : exit;
    }
    cli_say(r->cli, "%s; by what was seen last", problem.text);
    return CLI_OK;
}

static bool
is_auditor(const struct dhk_node *node)
{
    const struct roster *roster = trust_roster(node->trust);
    const struct roster_partner *own =
        roster == NULL ? NULL : roster_find(roster, slice_str(node->name));

    return own != NULL && own->role == ROSTER_AUDITOR;
}

enum cli_exit
cmd_case_begin(struct case_run *r)
{
    enum cli_exit exit;

    if (cli_node(r->cli, &r->node, &exit) != DHK_OK)
        return exit;
    tell_refused(r, true);
    dhk_report(r->node, cli_report, r->cli);
    if (!r->offline && is_auditor(r->node)) {
        cli_say(r->cli, "an auditor takes part in no case, and is shown none "
                        "here: driehoek "
                        "ledger report tells of them");
        return CLI_OK;
    }
    return r->offline ? CLI_OK : connect_to(r);
}

enum cli_exit
cmd_case_end(struct case_run *r, enum cli_exit exit)
{
    if (r->node != NULL)
        tell_refused(r, false);
    dhk_node_close(&r->node);
    return cli_flushed(r->cli, exit);
}

static enum cli_exit
complete(struct case_run *r, const char *text)
{
    struct dhk_problem problem = {""};
    char(*known)[33] = NULL;
    size_t n = 0, found = 0;
    enum dhk_err rc = dhk_case_list(r->node, &known, &n, &problem);

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        if (strncmp(known[i], text, strlen(text)) != 0)
            continue;
        memcpy(r->handle, known[i], sizeof r->handle);
        found++;
    }
    free(known);
    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    if (found == 1)
        return CLI_OK;
    return cli_wrong(r->cli,
        found == 0 ? "no case that is known here begins so; a handle is 32 hex "
                     "digits: driehoek case list shows them"
                   : "more than one case begins so");
}

enum cli_exit
cmd_case_handle(struct case_run *r, const char *text)
{
    uint8_t bytes[16];
    size_t n = strlen(text);

    if (bytes_unhex(bytes, sizeof bytes, slice_str(text)) == DHK_OK) {
        memcpy(r->handle, text, sizeof r->handle);
        return CLI_OK;
    }
    if (n >= PREFIX && n < 32 && strspn(text, "0123456789abcdef") == n)
        return complete(r, text);
    return cli_wrong(r->cli,
        "a case handle is 32 hex digits: driehoek case list shows them");
}

enum cli_exit
cmd_case_ask(struct case_run *r, bool all)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc;

    if (!r->reached)
        return CLI_OK;
    rc = dhk_case_ask(r->node, all ? NULL : r->handle, &problem);
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc != DHK_NOTFOUND)
        return cmd_case_failed(r, rc, &problem);
    r->reached = false;
    cli_say(r->cli, "%s; by what was seen last", problem.text);
    return CLI_OK;
}

enum cli_exit
cmd_case_look(struct case_run *r, enum cli_exit (*show)(struct case_run *r))
{
    enum cli_exit exit = cmd_case_begin(r);

    if (exit == CLI_OK)
        exit = cmd_case_handle(r, r->cli->args[0]);
    if (exit == CLI_OK)
        exit = cmd_case_ask(r, false);
    if (exit == CLI_OK)
        exit = show(r);
    return cmd_case_end(r, exit);
}

bool
cmd_case_label(
    const struct case_run *r, const char *handle, char *label, size_t cap)
{
    char text[CASES_LABEL] = "";
    enum dhk_err rc = r->lifted != QUERY_PURPOSE_NONE
                          ? cases_label_shielded(text, r->node, handle)
                          : cases_label(text, r->node, handle);

    (void)snprintf(label, cap, "%s", rc == DHK_OK ? text : "");
    key_wipe(text, sizeof text);
    return rc != DHK_DENIED;
}

/* --- signals and shares --- */

static enum cli_exit
look_in_outbox(
    const struct case_run *r, struct outbox **o, struct store_txn **t)
{
    enum dhk_err rc = outbox_peek(o, r->node);

    if (rc == DHK_OK)
        rc = outbox_begin(t, *o, false);
    if (rc == DHK_OK)
        return CLI_OK;
    outbox_close(o);
    if (rc == DHK_NOTFOUND) {
        cli_say(r->cli, "this node sent no signal yet");
        return CLI_NO;
    }
    return cli_fail(r->cli, rc, "the outbox");
}

struct wanted { /* one of the three */
    uint64_t number, share;
    const uint8_t *id;
};

static enum dhk_err
find_record(struct store_txn *t, const struct wanted *w, struct record *record)
{
    uint64_t number = w->number;
    enum dhk_err rc = DHK_OK;

    if (w->id == NULL && w->share != 0)
        rc = outbox_get_share(t, w->share, &number);
    if (w->id == NULL)
        return rc == DHK_OK ? outbox_get(t, number, record) : rc;
    do {
        rc = outbox_next(t, number, &number, record);
    } while (rc == DHK_OK && (!record->has_id || memcmp(record->id, w->id,
                                                     sizeof record->id) != 0));
    return rc;
}

static enum cli_exit
get_record(
    const struct case_run *r, const struct wanted *w, struct record *record)
{
    struct outbox *o = NULL;
    struct store_txn *t = NULL;
    enum cli_exit exit = look_in_outbox(r, &o, &t);

    if (exit != CLI_OK)
        return exit;
    enum dhk_err rc = find_record(t, w, record);
    store_abort(&t);
    outbox_close(&o);
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc != DHK_NOTFOUND)
        return cli_fail(r->cli, rc, "the outbox");
    cli_say(r->cli, w->number != 0
                        ? "there is no signal of that number in the outbox"
                        : "that is no share, and no signal, that this node "
                          "sent");
    return CLI_NO;
}

enum cli_exit
cmd_case_signal(const struct case_run *r, char id[65], const char *text)
{
    uint8_t bytes[32];
    int64_t number;
    struct record *record;
    enum cli_exit exit;

    if (bytes_unhex(bytes, sizeof bytes, slice_str(text)) == DHK_OK) {
        memcpy(id, text, 65);
        return CLI_OK;
    }
    if (!cli_number(&number, text) || number == 0)
        return cli_wrong(r->cli,
            "--signal takes a signal's number, as push prints it, or its id of "
            "64 hex digits");
    record = malloc(sizeof *record);
    if (record == NULL)
        return cli_fail(r->cli, DHK_NOMEM, "the outbox");
    const struct wanted wanted = {.number = (uint64_t)number};
    exit = get_record(r, &wanted, record);
    if (exit == CLI_OK && (!record->has_id || record->index == 0)) {
        cli_say(r->cli,
            "signal %" PRId64 " is not on the ledger yet: driehoek status "
            "sends it",
            number);
        exit = CLI_NO;
    }
    if (exit == CLI_OK)
        bytes_hex(id, record->id, sizeof record->id);
    free(record);
    return exit;
}

enum cli_exit
cmd_case_sent(const struct case_run *r, const char *text, uint64_t *index,
    char handle[33], char id[65])
{
    uint8_t bytes[32];
    int64_t number = 0;
    struct record *record;
    bool is_id = bytes_unhex(bytes, sizeof bytes, slice_str(text)) == DHK_OK;

    if (!is_id && (!cli_number(&number, text) || number == 0))
        return cli_wrong(r->cli,
            "SHARE is a ledger entry, as status prints it, or the id of a "
            "signal that this node sent");
    record = malloc(sizeof *record);
    if (record == NULL)
        return cli_fail(r->cli, DHK_NOMEM, "the outbox");
    const struct wanted wanted = {
        .share = (uint64_t)number, .id = is_id ? bytes : NULL};
    enum cli_exit exit = get_record(r, &wanted, record);
    *index = (uint64_t)number;
    for (size_t i = 0;
         exit == CLI_OK && *index == 0 && i < record->recipients_n; i++)
        *index = record->recipient[i].index;
    if (exit == CLI_OK && *index == 0) {
        cli_say(r->cli, "nothing of that signal was shared");
        exit = CLI_NO;
    }
    if (exit == CLI_OK) {
        bytes_hex(handle, record->case_handle, sizeof record->case_handle);
        bytes_hex(id, record->id, sizeof record->id);
    }
    free(record);
    return exit;
}

enum cli_exit
cmd_case_card(const struct case_run *r, char id[65], const char *text)
{
    uint8_t bytes[GUEST_ID];
    struct guest_card card;
    struct dhk_problem problem = {""};

    if (bytes_unhex(bytes, sizeof bytes, slice_str(text)) == DHK_OK) {
        memcpy(id, text, 65);
        return CLI_OK;
    }
    enum dhk_err rc = guestfile_card(&card, text, &problem);
    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    bytes_hex(id, card.case_handle, sizeof card.case_handle);
    if (strcmp(id, r->handle) != 0) {
        cli_say(r->cli, "%s is the card of another case", text);
        return CLI_NO;
    }
    bytes_hex(id, card.id, sizeof card.id);
    return CLI_OK;
}

enum cli_exit
cmd_case_waits(const struct case_run *r, uint64_t index, char handle[33])
{
    struct dhk_problem problem = {""};
    struct dhk_case_share *list = NULL;
    size_t n = 0, i = 0;

    if (!r->reached) {
        cli_say(r->cli,
            "the broker has to be asked which shares wait for an approval");
        return CLI_WAITING;
    }
    enum dhk_err rc = dhk_case_waiting(r->node, &list, &n, &problem);
    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    while (i < n && list[i].index != index)
        i++;
    if (i < n)
        memcpy(handle, list[i].case_handle, 33);
    free(list);
    if (i < n)
        return CLI_OK;
    cli_say(r->cli,
        "entry %" PRIu64 " is no share that waits for an approval of this "
        "partner: driehoek case waiting shows those",
        index);
    return CLI_NO;
}

/* --- what became of an act --- */

static const struct dhk_case_proposal *
proposal_of(const struct dhk_case *c, const struct dhk_act *act)
{
    for (size_t i = 0; c != NULL && i < c->proposals_n; i++) {
        const struct dhk_case_proposal *p = &c->proposals[i];
        if (p->own && strcmp(p->act, act->act) == 0 && p->until == act->until &&
            (p->named == NULL || act->partner == NULL ||
                strcmp(p->named, act->partner) == 0))
            return p;
    }
    return NULL;
}

static bool
is_lapse(const struct dhk_act *act)
{
    return strcmp(act->act, act_name(ACT_LAPSE)) == 0;
}

static void
show_json(const struct dhk_act *act, uint64_t index, const struct dhk_case *c)
{
    const struct dhk_case_proposal *p = index == 0 ? NULL : proposal_of(c, act);
    json_t *o = json_build_object();

    json_build_text(o, "case", act->case_handle);
    json_build_text(o, "stated", act->act);
    if (act->code != NULL)
        json_build_text(o, "code", act->code);
    if (act->partner != NULL)
        json_build_text(o, "partner", act->partner);
    if (act->about != 0)
        json_build_uint(o, "about", act->about);
    if (act->until != 0)
        json_build_time(o, "until", act->until);
    json_build_bool(o, "waits", index == 0);
    if (index != 0)
        json_build_uint(o, "index", index);
    if (c != NULL)
        json_build_text(o, "phase", c->phase);
    if (p != NULL)
        json_build_list(o, "missing", p->missing);
    else if (c != NULL && is_lapse(act))
        json_build_list(o, "missing", c->votes_missing);
    (void)json_print(stdout, o);
}

static void
list_names(const char *before, const char *const *names)
{
    printf("%s", before);
    for (size_t i = 0; names[i] != NULL; i++)
        printf("%s %s", i > 0 ? "," : "", names[i]);
}

static void
show_text(const struct dhk_act *act, uint64_t index, const struct dhk_case *c)
{
    const struct dhk_case_proposal *p = index == 0 ? NULL : proposal_of(c, act);
    char until[21] = "";

    clock_text(until, act->until);
    printf("case %s: %s%s%s%s%s", act->case_handle, act->act,
        act->partner != NULL ? " " : "",
        act->partner != NULL ? act->partner : "", act->code != NULL ? ", " : "",
        act->code != NULL ? act->code : "");
    if (act->until != 0)
        printf(", until %.10s", until);
    if (index == 0) {
        puts("; not on the ledger yet");
        return;
    }
    printf("; on the ledger as entry %" PRIu64, index);
    if (c != NULL)
        printf("; phase %s", c->phase);
    putchar('\n');
    if (c != NULL && is_lapse(act)) {
        list_names("Without the votes of", c->votes_missing);
        putchar('\n');
    }
    if (p == NULL)
        return;
    list_names("It takes effect when stated by", p->missing);
    printf(", too: driehoek case sign %s %" PRIu64 "\n", act->case_handle,
        p->number);
}

enum cli_exit
cmd_case_state(struct case_run *r, const struct dhk_act *act, bool *taken)
{
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    uint64_t index = 0;
    enum dhk_err rc = dhk_case_state(r->node, act, &index, &problem);

    *taken = index != 0;
    if (rc == DHK_FORMAT) {
        cli_say(r->cli, "%s", problem.text);
        return CLI_USAGE;
    }
    if (rc != DHK_OK)
        return cmd_case_failed(r, rc, &problem);
    /* what is shown beside is known better than nothing */
    if (dhk_case_get(r->node, act->case_handle, &c, &problem) != DHK_OK)
        c = NULL;
    if (r->json)
        show_json(act, index, c);
    else
        show_text(act, index, c);
    dhk_case_end(&c);
    if (index == 0)
        cli_say(r->cli,
            "the statement is kept, and goes with whatever connects next");
    return index == 0 ? CLI_WAITING : CLI_OK;
}
