/* SPDX-License-Identifier: EUPL-1.2 */
#include "caseprint.h"

#include "clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
caseprint_term(const char *what)
{
    static const struct {
        const char *name, *words;
    } of[] = {
        {"votes", "votes are due"},
        {"review", "the case is to be reviewed"},
        {"refusal-review", "a refusal is to be reviewed"},
        {"embargo-review", "an embargo is to be reviewed"},
        {"consent-ends", "a consent ends"},
        {"guest-ends", "the access of a third party ends"},
        {"destruction", "to be destroyed"},
        {"retention", "a share is kept no longer"},
        {"transfer-round", "agreement to a transfer, or a veto"},
        {"access-request", "the person is to be answered"},
        {"notice-review", "not telling the person is to be reviewed"},
        {"question", "a question is not answered"},
    };

    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (strcmp(of[i].name, what) == 0)
            return of[i].words;
    }
    return what;
}

const struct dhk_case_term *
caseprint_next(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->terms_n; i++) {
        if (c->terms[i].own)
            return &c->terms[i];
    }
    return c->terms_n > 0 ? &c->terms[0] : NULL;
}

/* --- text --- */

static void
print_date(const char *before, int64_t at)
{
    char text[21];

    if (at == 0)
        return;
    clock_text(text, at);
    printf("%s%.10s", before, text);
}

static void
print_names(const char *before, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        printf("%s%s", i == 0 ? before : ", ", names[i]);
}

static void
print_terms(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->terms_n; i++) {
        const struct dhk_case_term *t = &c->terms[i];

        printf("%s", i == 0 ? "terms\n" : "");
        print_date("  ", t->at);
        printf("  %s%s%s%s%s", caseprint_term(t->what),
            t->partner != NULL ? ": " : "",
            t->partner != NULL ? t->partner : "", t->code != NULL ? ", " : "",
            t->code != NULL ? t->code : "");
        if (t->about != 0)
            printf(", entry %" PRIu64, t->about);
        printf("%s%s\n", t->own ? " (yours)" : "", t->passed ? " PASSED" : "");
    }
}

static void
print_members(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->members_n; i++) {
        const struct dhk_case_member *m = &c->members[i];

        printf("%s  %s, %s", i == 0 ? "takes part\n" : "", m->partner, m->role);
        print_date(", since ", m->since);
        print_date(", until ", m->until);
        putchar('\n');
    }
}

static void
print_votes(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->votes_n; i++) {
        const struct dhk_case_vote *v = &c->votes[i];

        printf("%s  %s: %s", i == 0 ? "votes\n" : "", v->partner,
            v->yes ? "yes" : "NO, a dissent");
        print_date(", ", v->time);
        printf("; reasons in signal %.16s...\n", v->signal);
    }
    if (c->votes_missing[0] == NULL)
        return;
    print_names(
        c->lapsed ? "lapsed without the votes of " : "votes are missing of ",
        c->votes_missing);
    putchar('\n');
}

static void
print_proposals(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->proposals_n; i++) {
        const struct dhk_case_proposal *p = &c->proposals[i];

        printf("%s  %" PRIu64 ": %s", i == 0 ? "waits for signatures\n" : "",
            p->number, p->act);
        printf("%s%s%s%s", p->named != NULL ? " " : "",
            p->named != NULL ? p->named : "", p->code != NULL ? ", " : "",
            p->code != NULL ? p->code : "");
        print_date(", until ", p->until);
        print_names("; stated by ", p->by);
        print_names("; not by ", p->missing);
        putchar('\n');
        if (!p->own)
            printf("      driehoek case sign %s %" PRIu64 "\n", c->case_handle,
                p->number);
    }
}

static void
print_guests(const struct dhk_case *c)
{
    for (size_t i = 0; i < c->guests_n; i++) {
        const struct dhk_case_guest *g = &c->guests[i];

        printf("%s  card %.16s... at %s, %s", i == 0 ? "third parties\n" : "",
            g->card, g->desk != NULL ? g->desk : "?", g->expertise);
        print_date(", until ", g->until);
        printf("%s\n", g->stands ? "" : " (over)");
    }
}

static void
print_rest(const struct dhk_case *c)
{
    if (c->transfer_to != NULL) {
        printf("transfer\n  to %s", c->transfer_to);
        print_names("; agreed: ", c->agreed);
        putchar('\n');
    }
    if (c->told)
        puts("the person was told");
    if (c->destroyed[0] != NULL) {
        print_names("destroyed by ", c->destroyed);
        putchar('\n');
    }
    if (c->waiting > 0)
        printf("%zu statements of this node are not on the ledger yet\n",
            c->waiting);
    if (c->unproved > 0)
        printf("LEFT OUT: %zu entries, for the broker shows no key card for "
               "them\n",
            c->unproved);
    if (!c->whole && c->acts_n > 0)
        puts("This partner is not shown all of this case.");
}

const char caseprint_shielded[] = "(shielded)";

void
caseprint_text(const struct dhk_case *c, const char *label)
{
    char asked[21];

    clock_text(asked, c->asked);
    if (label == NULL)
        label = caseprint_shielded;
    printf("case      %s%s%s\n", c->case_handle, label[0] != '\0' ? "  " : "",
        label);
    printf("phase     %s%s", c->phase, c->embargo ? ", under EMBARGO" : "");
    if (c->closed_for != NULL)
        printf(", closed: %s", c->closed_for);
    printf("\nholder    %s\n", c->holder != NULL ? c->holder : "nobody");
    printf("seen      %s\n", c->asked == 0 ? "never" : asked);
    print_terms(c);
    print_members(c);
    print_votes(c);
    print_proposals(c);
    print_guests(c);
    print_rest(c);
}

/* For lines of a timeline. */
void
caseprint_act(const struct dhk_case_act *a)
{
    printf("%s states %s%s%s%s%s", a->partner, a->act,
        a->named != NULL ? " " : "", a->named != NULL ? a->named : "",
        a->code != NULL ? ", " : "", a->code != NULL ? a->code : "");
    print_date(", until ", a->until);
    if (a->about != 0)
        printf(", of entry %" PRIu64, a->about);
    if (a->missing != NULL)
        print_names(", without the votes of ", a->missing);
}

/* --- JSON --- */

json_t *
caseprint_term_json(const struct dhk_case_term *t)
{
    json_t *o = json_build_object();

    json_build_text(o, "what", t->what);
    json_build_time(o, "at", t->at);
    json_build_bool(o, "passed", t->passed);
    json_build_bool(o, "own", t->own);
    if (t->partner != NULL)
        json_build_text(o, "partner", t->partner);
    if (t->code != NULL)
        json_build_text(o, "code", t->code);
    if (t->about != 0)
        json_build_uint(o, "about", t->about);
    return o;
}

json_t *
caseprint_act_json(const struct dhk_case_act *a)
{
    json_t *o = json_build_object();

    json_build_text(o, "event", "stated");
    if (a->index != 0)
        json_build_uint(o, "index", a->index);
    json_build_bool(o, "waits", a->index == 0);
    json_build_time(o, "time", a->time);
    json_build_text(o, "from", a->partner);
    json_build_text(o, "stated", a->act);
    if (a->named != NULL)
        json_build_text(o, "partner", a->named);
    if (a->code != NULL)
        json_build_text(o, "code", a->code);
    if (a->until != 0)
        json_build_time(o, "until", a->until);
    if (a->about != 0)
        json_build_uint(o, "about", a->about);
    if (a->ref[0] != '\0')
        json_build_text(o, "ref", a->ref);
    json_build_bool(o, "placed", a->placed);
    if (a->missing != NULL)
        json_build_list(o, "missing", a->missing);
    return o;
}

static void
maybe_text(json_t *o, const char *name, const char *text)
{
    if (text != NULL)
        json_build_text(o, name, text);
    else
        json_build_null(o, name);
}

static void
maybe_time(json_t *o, const char *name, int64_t at)
{
    if (at != 0)
        json_build_time(o, name, at);
    else
        json_build_null(o, name);
}

static json_t *
members_json(const struct dhk_case *c)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < c->members_n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "partner", c->members[i].partner);
        json_build_text(o, "role", c->members[i].role);
        maybe_time(o, "since", c->members[i].since);
        maybe_time(o, "until", c->members[i].until);
        json_build_add(all, o);
    }
    return all;
}

static json_t *
votes_json(const struct dhk_case *c)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < c->votes_n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "partner", c->votes[i].partner);
        json_build_bool(o, "yes", c->votes[i].yes);
        maybe_time(o, "time", c->votes[i].time);
        json_build_text(o, "signal", c->votes[i].signal);
        json_build_add(all, o);
    }
    return all;
}

static json_t *
proposals_json(const struct dhk_case *c)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < c->proposals_n; i++) {
        const struct dhk_case_proposal *p = &c->proposals[i];
        json_t *o = json_build_object();
        json_build_uint(o, "number", p->number);
        json_build_text(o, "act", p->act);
        maybe_text(o, "partner", p->named);
        maybe_text(o, "code", p->code);
        maybe_time(o, "until", p->until);
        if (p->ref[0] != '\0')
            json_build_text(o, "ref", p->ref);
        json_build_list(o, "by", p->by);
        json_build_list(o, "missing", p->missing);
        json_build_add(all, o);
    }
    return all;
}

static json_t *
guests_json(const struct dhk_case *c)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < c->guests_n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "card", c->guests[i].card);
        maybe_text(o, "desk", c->guests[i].desk);
        maybe_text(o, "expertise", c->guests[i].expertise);
        maybe_time(o, "until", c->guests[i].until);
        json_build_bool(o, "stands", c->guests[i].stands);
        json_build_add(all, o);
    }
    return all;
}

static json_t *
terms_json(const struct dhk_case *c)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < c->terms_n; i++)
        json_build_add(all, caseprint_term_json(&c->terms[i]));
    return all;
}

json_t *
caseprint_json(const struct dhk_case *c, const char *label)
{
    json_t *o = json_build_object();

    json_build_text(o, "case", c->case_handle);
    maybe_text(o, "label", label);
    json_build_bool(o, "shielded", label == NULL);
    json_build_text(o, "phase", c->phase);
    maybe_text(o, "holder", c->holder);
    json_build_bool(o, "is_case", c->is_case);
    json_build_bool(o, "embargo", c->embargo);
    json_build_bool(o, "takes_part", c->takes_part);
    json_build_bool(o, "whole", c->whole);
    maybe_time(o, "asked", c->asked);
    maybe_text(o, "closed_for", c->closed_for);
    maybe_time(o, "destroy_by", c->destroy_by);
    json_build_bool(o, "told", c->told);
    json_build_put(o, "terms", terms_json(c));
    json_build_put(o, "members", members_json(c));
    json_build_put(o, "votes", votes_json(c));
    json_build_list(o, "votes_missing", c->votes_missing);
    json_build_bool(o, "lapsed", c->lapsed);
    json_build_put(o, "proposals", proposals_json(c));
    json_build_put(o, "third_parties", guests_json(c));
    maybe_text(o, "transfer_to", c->transfer_to);
    json_build_list(o, "agreed", c->agreed);
    json_build_list(o, "destroyed", c->destroyed);
    json_build_uint(o, "waiting", c->waiting);
    json_build_uint(o, "unproved", c->unproved);
    return o;
}
