/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a partner stated of a case, as JSON. */
#include "entryview_inside.h"

#include "statement.h"

void
entryview_put_hex(json_t *o, const char *name, const uint8_t *p, size_t n)
{
    char hex[2 * 32 + 1];
    must(n <= 32);
    bytes_hex(hex, p, n);
    json_build_text(o, name, hex);
}

/* What the act has beside its name. */
static void
put_slots(json_t *o, const struct statement *s)
{
    const char *code = act_code_name(s->what, s->code);
    if (s->partner.n > 0)
        json_build_slice(o, "partner", s->partner);
    if (code != NULL)
        json_build_text(o, "code", code);
    else if (s->code != 0)
        json_build_uint(o, "code", s->code);
    if (s->until != 0)
        json_build_time(o, "until", s->until);
    if (s->about != 0)
        json_build_uint(o, "about", s->about);
    if (s->has_ref)
        entryview_put_hex(o, "ref", s->ref, sizeof s->ref);
}

/* What its partner was, by the agreement in force. */
static void
put_role(json_t *o, const struct entry_stated *e)
{
    json_t *as = json_build_array();
    if ((e->as & ACT_BY_PARTY) != 0)
        json_build_add_text(as, "party");
    if ((e->as & ACT_BY_WEIGHER) != 0)
        json_build_add_text(as, "weigher");
    json_build_put(o, "as", as);
    json_build_uint(o, "weighers", e->of);
    if (e->of != 0)
        entryview_put_hex(o, "agreement", e->agreement, sizeof e->agreement);
}

void
entryview_put_stated(json_t *o, const struct entry_stated *e)
{
    struct statement s;
    json_build_slice(o, "from", e->partner);
    json_build_bool(o, "all", e->all);
    if (statement_from_body(&s, e->body, e->signature, NULL) != DHK_OK)
        return;
    json_build_text(o, "stated", act_name(s.what));
    entryview_put_hex(o, "case", s.case_handle, sizeof s.case_handle);
    put_slots(o, &s);
    json_build_time(o, "made", s.made);
    entryview_put_hex(o, "card", s.card, sizeof s.card);
    put_role(o, e);
}
