/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's errors in words. */
#include "session.h"

enum dhk_err
session_error(enum command_error e, struct dhk_problem *problem)
{
    static const struct {
        enum dhk_err rc;
        const char *text;
    } of[] = {
        [COMMAND_ERROR_NONE] = {DHK_FORMAT, "an error without a code"},
        [COMMAND_ERROR_MALFORMED] = {DHK_FORMAT,
            "it does not understand the message"},
        /* said hello on a connection that has been lost since */
        [COMMAND_ERROR_STATE] = {DHK_NOTFOUND,
            "it does not know this connection; try again"},
        [COMMAND_ERROR_AUTH] = {DHK_AUTH, "a signature does not verify there"},
        [COMMAND_ERROR_BUSY] = {DHK_NOTFOUND, "it is busy; try again later"},
        [COMMAND_ERROR_ROLE] = {DHK_DENIED,
            "this partner's role does not allow it"},
        [COMMAND_ERROR_NOTFOUND] = {DHK_NOTFOUND, "it has no such thing"},
        [COMMAND_ERROR_CLOCK] = {DHK_NOTFOUND,
            "its clock jumped; its operator has to explain that first"},
        [COMMAND_ERROR_CARD] = {DHK_DENIED,
            "it does not know this key card, or the card was revoked or has "
            "expired"},
        [COMMAND_ERROR_LIMIT] = {DHK_LIMIT, "that is too large"},
        [COMMAND_ERROR_DAMAGED] = {DHK_AUTH,
            "what it has stored of that is not what was recorded: its store "
            "is damaged, and its operator has to restore it"},
        [COMMAND_ERROR_COURSE] = {DHK_DENIED,
            "the course of the case does not have that now"},
    };
    size_t i = (size_t)e < sizeof of / sizeof *of ? (size_t)e : 0;

    return problem_set(problem, of[i].rc, "the broker says: %s", of[i].text);
}
