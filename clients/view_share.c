/* SPDX-License-Identifier: EUPL-1.2
 *
 * What came in, as JSON: shares and notices. */
#include "view.h"

static bool
fields_are_text(const struct dhk_share_field *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!bytes_is_utf8(slice_of(list[i].value, list[i].n)))
            return false;
    }
    return true;
}

bool
view_share_is_text(const struct dhk_share *share)
{
    return fields_are_text(share->fields, share->fields_n) &&
           fields_are_text(share->attributes, share->attributes_n);
}

static void
put_fields(json_t *object, const char *name, const struct dhk_share_field *list,
    size_t n)
{
    json_t *o = json_build_object();
    for (size_t i = 0; i < n; i++)
        json_build_slice(o, list[i].name, slice_of(list[i].value, list[i].n));
    json_build_put(object, name, o);
}

static json_t *
obligations(const struct dhk_share *share)
{
    json_t *o = json_build_object();
    if (share->retain_at_most >= 0)
        json_build_uint(
            o, "retain_at_most_days", (uint64_t)share->retain_at_most);
    if (share->retain_at_least >= 0)
        json_build_uint(
            o, "retain_at_least_days", (uint64_t)share->retain_at_least);
    if (share->onward_limited)
        json_build_list(o, "onward_only_to", share->onward);
    if (share->notify != NULL && share->notify[0] != NULL)
        json_build_list(o, "notify", share->notify);
    json_build_bool(o, "log", share->log);
    return o;
}

static json_t *
notice_json(const struct dhk_share *notice)
{
    json_t *o = json_build_object();
    json_build_text(o, "type", notice->notice);
    json_build_text(o, "id", notice->id);
    json_build_bool(o, "again", notice->again);
    json_build_text(o, "sender", notice->sender);
    json_build_text(o, "reason", notice->reason);
    if (notice->replaced_by[0] != '\0')
        json_build_text(o, "replaced_by", notice->replaced_by);
    json_build_time(o, "withdrawn", notice->accepted);
    json_build_uint(o, "share", notice->share);
    json_build_uint(o, "index", notice->index);
    return o;
}

json_t *
view_share_json(const struct dhk_share *share)
{
    if (share->notice != NULL)
        return notice_json(share);
    json_t *o = json_build_object();
    json_build_text(o, "type", "share");
    json_build_text(o, "id", share->id);
    json_build_bool(o, "again", share->again);
    json_build_text(o, "sender", share->sender);
    json_build_text(o, "kind", share->kind);
    json_build_text(o, "purpose", share->purpose);
    json_build_text(o, "ground", share->ground);
    json_build_text(o, "case", share->case_handle);
    if (share->in_reply_to[0] != '\0')
        json_build_text(o, "in_reply_to", share->in_reply_to);
    else
        json_build_null(o, "in_reply_to");
    json_build_time(o, "created", share->created);
    json_build_time(o, "accepted", share->accepted);
    json_build_time(o, "expires", share->expires);
    if (share->covert_until != 0)
        json_build_time(o, "covert_until", share->covert_until);
    put_fields(o, "fields", share->fields, share->fields_n);
    put_fields(o, "attributes", share->attributes, share->attributes_n);
    json_build_put(o, "obligations", obligations(share));
    json_build_list(o, "rules", share->rules);
    json_build_text(o, "agreement", share->agreement);
    json_build_uint(o, "index", share->index);
    json_build_uint(o, "missing", share->missing);
    return o;
}
