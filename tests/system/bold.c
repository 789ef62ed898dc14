/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sender that does not ask what must be in a signal: linked into the command
 * with --wrap=agreement_lacking, nothing ever lacks. */
#include "agreement.h"

uint32_t __wrap_agreement_lacking(
    const struct agreement_kind *kind, uint32_t presence);

uint32_t
__wrap_agreement_lacking(const struct agreement_kind *kind, uint32_t presence)
{
    (void)kind;
    (void)presence;
    return 0;
}
