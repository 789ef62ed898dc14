/* SPDX-License-Identifier: EUPL-1.2
 *
 * Names of entry kinds and of the broker's codes, and what to do about a
 * code. Shown to people and in --json output: they do not change. */
#include "entry.h"

const char *
entry_kind_name(enum entry_kind k)
{
    switch (k) {
    case ENTRY_NONE:
        return "none";
    case ENTRY_GENESIS:
        return "genesis";
    case ENTRY_ACCEPTED:
        return "accepted";
    case ENTRY_SHARE:
        return "share";
    case ENTRY_REFUSED:
        return "refused";
    case ENTRY_DELIVERED:
        return "delivered";
    case ENTRY_RETURNED:
        return "returned";
    case ENTRY_EXPIRED:
        return "expired";
    case ENTRY_WITHDRAWN:
        return "withdrawn";
    case ENTRY_CORRECTED:
        return "corrected";
    case ENTRY_AGREEMENT:
        return "agreement";
    case ENTRY_ROSTER:
        return "roster";
    case ENTRY_REVOKED_TEXT:
        return "revoked-text";
    case ENTRY_CARD:
        return "card";
    case ENTRY_REVOKED_CARD:
        return "revoked-card";
    case ENTRY_QUERIED:
        return "queried";
    case ENTRY_OPERATOR:
        return "operator";
    case ENTRY_SEAL:
        return "seal";
    case ENTRY_HELD:
        return "held";
    case ENTRY_STATED:
        return "stated";
    case ENTRY_RELEASED:
        return "released";
    }
    return "unknown";
}

struct code_text {
    const char *name;
    const char *advice;
};

static const struct code_text codes[ENTRY_CODES] = {
    [ENTRY_CODE_NONE] = {"none", "Nothing needs to be done."},
    [ENTRY_CODE_DENIED] = {"denied",
        "The agreement permits nobody to receive this; look at the preview."},
    [ENTRY_CODE_STALE_AGREEMENT] = {"stale-agreement",
        "Another agreement is in force; fetch it and push again."},
    [ENTRY_CODE_NO_AGREEMENT] = {"no-agreement",
        "No agreement is in force; ask the signatories."},
    [ENTRY_CODE_CARD] = {"card",
        "The key card is revoked, expired or may not send; hand the broker's "
        "operator a new one."},
    [ENTRY_CODE_SEQUENCE] = {"sequence",
        "This card has used the number for another signal; is the card in use "
        "at two machines?"},
    [ENTRY_CODE_MANIFEST] = {"manifest",
        "The signal is not of the form that its kind has; push again."},
    [ENTRY_CODE_RECIPIENTS] = {"recipients",
        "A permitted recipient is left out without a reason, or one is named "
        "who is not permitted; look at the preview and push again."},
    [ENTRY_CODE_EXPIRED] = {"expired",
        "The term has passed, or ends later than the broker accepts: 90 days "
        "from now, unless its configuration says otherwise; push again with "
        "another 'expires'."},
    [ENTRY_CODE_VOCABULARY] = {"vocabulary",
        "A name in it is not in the agreement; fetch the agreement and push "
        "again."},
    [ENTRY_CODE_RECIPIENT_CARD] = {"recipient-card",
        "A recipient has a newer key card; fetch the cards and push again."},
    [ENTRY_CODE_QUOTA] = {"quota",
        "The recipient's mailbox is full; push again later, and tell them."},
    [ENTRY_CODE_CHANGED_AGREEMENT] = {"changed-agreement",
        "The agreement changed before delivery and decides otherwise now; "
        "look at the preview and push again."},
    [ENTRY_CODE_OVERSHARED] = {"overshared",
        "It was sealed for more fields than the agreement permits; push "
        "again."},
    [ENTRY_CODE_ORIGIN] = {"origin",
        "It was made for another ledger; push again."},
    [ENTRY_CODE_CHANGED_CASE] = {"changed-case",
        "The case changed before delivery: its phase, or who takes part; look "
        "at 'driehoek case show' and push again what still fits."},
    [ENTRY_CODE_DECLINED] = {"declined",
        "Whose approval it waited for has declined; ask why, or leave it."},
    [ENTRY_CODE_INCOMPLETE] = {"incomplete",
        "It lacks a field that the agreement requires in every signal of its "
        "kind; fill it in and push again."},
};

const char *
entry_code_name(enum entry_code c)
{
    return (unsigned)c < ENTRY_CODES ? codes[c].name : "unknown";
}

const char *
entry_code_advice(enum entry_code c)
{
    return (unsigned)c < ENTRY_CODES
               ? codes[c].advice
               : "This program does not know the code; is there a newer one?";
}
