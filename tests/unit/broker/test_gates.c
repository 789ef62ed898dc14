/* SPDX-License-Identifier: EUPL-1.2 */
#include "casetest.h"
int
main(void)
{
    return 0;
}
