/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing HTML, escaped. */
#ifndef CLIENTS_HTML_H
#define CLIENTS_HTML_H

#include <stdio.h>

/* TEXT so that it means itself, inside an element or a quoted attribute. */
void html_put(FILE *out, const char *text);
/* <TAG>text</TAG>; TAG may have attributes. */
void html_element(FILE *out, const char *tag, const char *text);

#endif
