/* SPDX-License-Identifier: EUPL-1.2 */
#include "child.h"

#include <string.h>

#include "file.h"

static enum dhk_err
read_config(struct child *c)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = process_receive(c->parent, &type, &payload, true);
    if (rc != DHK_OK)
        return rc;
    if (type != PROCESS_CONFIG)
        return DHK_FORMAT;
    return config_parse(&c->cfg, payload, &diag);
}

enum dhk_err
child_begin(struct child *c, const char *name)
{
    memset(c, 0, sizeof *c);
    config_init(&c->cfg);
    c->log = (struct log){LOG_LEVEL_INFO, name};
    file_protect_process();
    enum dhk_err rc = key_init();
    if (rc == DHK_OK)
        rc =
            process_link_new(&c->parent, PROCESS_FD_PARENT, PROCESS_MAX_PARENT);
    if (rc == DHK_OK)
        rc = read_config(c);
    c->log.level = (enum log_level)c->cfg.log_level;
    if (rc != DHK_OK)
        log_event(&c->log, LOG_LEVEL_ERROR, "start-failed", "why=\"%s\"",
            dhk_strerror(rc));
    return rc;
}

enum dhk_err
child_secret(struct child *c, uint8_t seed[KEY_SEED])
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    enum dhk_err rc = process_receive(c->parent, &type, &payload, true);
    if (rc != DHK_OK)
        return rc;
    if (type != PROCESS_SECRET || payload.n != KEY_SEED)
        return DHK_FORMAT;
    memcpy(seed, payload.p, KEY_SEED);
    process_link_wipe(c->parent);
    return DHK_OK;
}

enum dhk_err
child_ready(struct child *c, struct slice payload)
{
    return process_send(c->parent, PROCESS_READY, slice_of(NULL, 0), payload);
}

enum dhk_err
child_parent(struct child *c, bool *stop)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    *stop = false;
    enum dhk_err rc = process_receive(c->parent, &type, &payload, false);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    *stop = type == PROCESS_STOP;
    return *stop ? DHK_OK : DHK_FORMAT;
}

void
child_end(struct child *c)
{
    process_link_destroy(&c->parent);
}
