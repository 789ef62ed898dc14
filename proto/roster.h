/* SPDX-License-Identifier: EUPL-1.2
 *
 * The roster: who takes part, and which ledger counts. A text of one
 * statement a line, signed like the agreement (namespace driehoek-roster):
 *
 *   roster NAME
 *   version INT
 *   valid YYYY-MM-DD until YYYY-MM-DD          (UTC midnights, half-open)
 *   supersedes sha256:HEX                      (version 2 and later)
 *   signed-by NAME...
 *   ledger ORIGIN log VKEY curve BASE64        (vkey of C2SP signed-note)
 *   partner NAME role ROLE key BASE64 [oin DIGITS] [valid DATE until DATE]
 *           [cards DAYS]     (one line; default: the roster's dates, 90 days)
 *   cosigner NAME...
 *   quorum INT                                 (more than half of them)
 *
 * '#' starts a comment line; blank lines are allowed. The roster statement
 * comes first, the others in any order; each once, but for partner. Refused as
 * well: one name or key for two partners, a partner's key that is also the
 * log's, a cosigner that is no partner, a key or name twice in a list. Pure. */
#ifndef PROTO_ROSTER_H
#define PROTO_ROSTER_H

#include "key.h"
#include "limits.h"

enum roster_role { ROSTER_PARTNER = 1, ROSTER_AUDITOR, ROSTER_OPERATOR };

struct roster_partner {
    char name[LIMIT_NAME + 1];
    enum roster_role role;
    struct sign_public identity;
    char oin[21];                    /* twenty digits, or empty */
    int64_t valid_from, valid_until; /* seconds UTC, half-open */
    uint32_t card_days;              /* longest validity of a key card */
    unsigned line;
};

struct roster {
    char name[LIMIT_NAME + 1];
    uint32_t version;
    int64_t valid_from, valid_until; /* seconds UTC, half-open */
    bool has_supersedes;
    uint8_t supersedes[32];
    char signatory[LIMIT_SIGNATORIES][LIMIT_NAME + 1];
    size_t signatories_n;
    char origin[LIMIT_ORIGIN + 1];
    struct sign_public log_key;
    struct dh_public curve_key;      /* the broker's CURVE key */
    struct roster_partner *partners; /* owned; sorted by name */
    size_t partners_n;
    char cosigner[LIMIT_SIGNATORIES][LIMIT_NAME + 1];
    size_t cosigners_n;
    uint32_t quorum;
};

/* DHK_FORMAT with DIAG.at = line number; DHK_LIMIT; DHK_NOMEM. On DHK_OK the
 * caller ends *OUT with roster_destroy(). */
DHK_MUST_USE enum dhk_err roster_parse(
    struct roster **out, struct slice text, struct diag *diag);
void roster_destroy(struct roster **r);

/* The partner, or NULL. Borrowed from R. */
const struct roster_partner *roster_find(
    const struct roster *r, struct slice name);

#endif
