/* SPDX-License-Identifier: EUPL-1.2
 *
 * Changes between agreements for people; see policydiff.h. */
#include "policydiff.h"

#include <string.h>

struct view {
    const struct policydiff *of;
    enum render_lang lang;
    FILE *out;
};

enum dhk_err
policydiff_find(struct policydiff *out, const struct policyfile *old,
    const struct policyfile *new, struct words *why)
{
    memset(out, 0, sizeof *out);
    out->file[0] = old;
    out->file[1] = new;
    enum dhk_err rc = diff_new(&out->diff, old->agreement, new->agreement, why);
    return rc != DHK_OK
               ? rc
               : diff_names_find(&out->names, old->agreement, new->agreement);
}

void
policydiff_done(struct policydiff *x)
{
    diff_names_done(&x->names);
    diff_destroy(&x->diff);
}

bool
policydiff_is_equal(const struct policydiff *x)
{
    return x->diff->n == 0 && x->names.n == x->names.remarks;
}

const struct agreement_kind *
policydiff_kind(
    const struct policydiff *x, const struct diff_box *one, size_t which)
{
    int i = cells_kind_index(x->diff->cells, which, one->box->kind);
    return i < 0 ? NULL : &x->file[which]->agreement->kinds[i];
}

static const char *
text_of(const struct words *words)
{
    const char *text;
    must(words_end(words, &text) == DHK_OK);
    return text;
}

static const char *
say(const struct view *x, const char *nl, const char *en)
{
    return x->lang == RENDER_NL ? nl : en;
}

/* --- as text --- */

static void
print_fields(const struct view *x, const char *title,
    const struct agreement_kind *kind, uint32_t fields)
{
    const char *comma = title;
    for (size_t i = 0; kind != NULL && i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0) {
            (void)fprintf(x->out, "%s%s", comma, kind->fields[i].name);
            comma = ", ";
        }
    }
    if (comma != title)
        (void)fprintf(x->out, "\n");
}

static void
print_duties(const struct view *x, const char *title, size_t which,
    const struct duties *duties)
{
    struct words words = {0};
    diff_words_duties(&words, x->of->file[which]->agreement, duties, x->lang);
    (void)fprintf(x->out, "%s%s\n", title, text_of(&words));
    words_done(&words);
}

static void
print_box(const struct view *x, const struct diff_box *one)
{
    struct words where = {0};
    struct words verdict = {0};
    must(diff_words_where(&where, x->of->diff, one->box, x->lang) == DHK_OK);
    diff_words_verdict(&verdict, one, x->lang);
    (void)fprintf(x->out, "  %s\n", text_of(&where));
    if (verdict.n > 0)
        (void)fprintf(x->out, "    %s\n", text_of(&verdict));
    print_fields(x, say(x, "    erbij: ", "    gained: "),
        policydiff_kind(x->of, one, 1), one->gained);
    print_fields(x, say(x, "    eraf: ", "    lost: "),
        policydiff_kind(x->of, one, 0), one->lost);
    if (one->duties_differ)
        print_duties(x,
            say(x, "    verplichtingen waren: ", "    duties before: "), 0,
            &one->from);
    if (one->duties_differ || one->before == VERDICT_DENY)
        print_duties(
            x, say(x, "    verplichtingen: ", "    duties: "), 1, &one->to);
    words_done(&where);
    words_done(&verdict);
}

static void
print_boxes(const struct view *x)
{
    static const char *const nl[] = {
        "Ruimer", "Enger", "Andere verplichtingen"};
    static const char *const en[] = {"Wider", "Narrower", "Other obligations"};
    int last = -1;
    for (size_t i = 0; i < x->of->diff->n; i++) {
        enum diff_group group = x->of->diff->list[i].group;
        if ((int)group != last)
            (void)fprintf(x->out, "%s%s (%zu)\n", last < 0 ? "" : "\n",
                say(x, nl[group], en[group]), x->of->diff->count[group]);
        last = (int)group;
        print_box(x, &x->of->diff->list[i]);
    }
}

/* What NAME is called: "party om", "geldig". */
static void
print_called(const struct view *x, const struct diff_name *name)
{
    static const char *const nl[] = {"", "partij", "doel", "grondslag",
        "kenmerk", "tijdvenster", "signaal", "veld", "kenmerk", "regel"};
    if (name->class == DIFF_HEADER && x->lang == RENDER_NL) {
        (void)fprintf(x->out, "%s",
            strcmp(name->name, "name") == 0       ? "naam"
            : strcmp(name->name, "timezone") == 0 ? "tijdzone"
            : strcmp(name->name, "valid") == 0    ? "geldig"
                                                  : "ondertekenaars");
    } else if (name->class == DIFF_HEADER) {
        (void)fprintf(x->out, "%s", name->name);
    } else {
        (void)fprintf(x->out, "%s %s",
            say(x, nl[name->class],
                diff_class_name(name->class == DIFF_CARRIED ? DIFF_ATTRIBUTE
                                                            : name->class)),
            name->name);
    }
    if (name->of != NULL)
        (void)fprintf(
            x->out, " %s %s", say(x, "van signaal", "of signal"), name->of);
}

static void
print_name(const struct view *x, const struct diff_name *name)
{
    static const char *const nl[] = {"erbij", "eraf", "anders"};
    static const char *const en[] = {"added", "removed", "changed"};
    const char *from = name->from == NULL ? "-" : name->from;
    const char *to = name->to == NULL ? "-" : name->to;
    (void)fprintf(x->out, "  %s: ", say(x, nl[name->how], en[name->how]));
    print_called(x, name);
    if (name->how == DIFF_CHANGED)
        (void)fprintf(x->out, ": %s -> %s", from, to);
    else if (name->from != NULL || name->to != NULL)
        (void)fprintf(x->out, ": %s", name->how == DIFF_ADDED ? to : from);
    if (name->effect == DIFF_WIDENS)
        (void)fputs(say(x, " (ruimer: een signaal mag nu zonder)",
                        " (wider: a signal may do without it now)"),
            x->out);
    if (name->effect == DIFF_NARROWS)
        (void)fputs(say(x, " (enger: geen signaal mag nog zonder)",
                        " (narrower: no signal may do without it)"),
            x->out);
    (void)fprintf(x->out, "\n");
}

static void
print_names(const struct view *x, bool remarks, const char *title)
{
    for (size_t i = 0; i < x->of->names.n; i++) {
        if (diff_name_is_remark(&x->of->names.list[i]) != remarks)
            continue;
        (void)fprintf(x->out, "%s", title);
        title = "";
        print_name(x, &x->of->names.list[i]);
    }
}

void
policydiff_print(FILE *out, const struct policydiff *of, enum render_lang lang)
{
    const struct view view = {of, lang, out};
    const struct view *x = &view;
    if (policydiff_is_equal(x->of))
        (void)fprintf(x->out, "%s\n",
            say(x, "Beide teksten betekenen hetzelfde.",
                "Both texts mean the same."));
    print_boxes(x);
    if (x->of->names.n > x->of->names.remarks)
        print_names(x, false,
            x->of->diff->n > 0
                ? say(x, "\nAanhef en woorden\n", "\nHeader and vocabulary\n")
                : say(x, "Aanhef en woorden\n", "Header and vocabulary\n"));
    print_names(x, true,
        say(x, "\nRegels (verandert op zichzelf niets)\n",
            "\nRules (changes nothing by itself)\n"));
}
