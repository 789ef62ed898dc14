/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to report_html.c: how a report looks, on a screen and on A4. */
#ifndef CLIENTS_REPORT_STYLE_H
#define CLIENTS_REPORT_STYLE_H

static const char report_style[] =
    ":root { color-scheme: light }\n"
    "body { font: 1rem/1.45 system-ui, sans-serif; color: #111;\n"
    "  background: #fff; margin: 1.5rem auto; max-width: 80rem;\n"
    "  padding: 0 1rem }\n"
    "h1 { font-size: 1.7rem; margin: 0 0 .2rem }\n"
    "h2 { font-size: 1.2rem; margin: 2rem 0 .5rem;\n"
    "  border-bottom: 3px solid #111; padding-bottom: .2rem }\n"
    ".question { font-size: 1.1rem; margin: 0 0 .8rem }\n"
    "dl { margin: 0 } dd { margin: 0 } dt { font-weight: 600 }\n"
    ".head div, .facts div { display: flex; gap: .8rem; margin: .12rem 0 }\n"
    ".head dt { flex: 0 0 9rem } .facts dt { flex: 0 0 22rem }\n"
    ".facts { margin-top: 1rem }\n"
    ".missing { border: 2px solid #111; padding: .5rem .9rem;\n"
    "  margin: 1.2rem 0; background: #fff8d6 }\n"
    ".missing h2 { border: 0; margin: 0; font-size: 1rem }\n"
    ".missing ul { margin: .2rem 0; padding-left: 1.2rem }\n"
    "code { font-size: .85em; overflow-wrap: anywhere }\n"
    ".wide { overflow-x: auto }\n"
    "table { border-collapse: collapse; width: 100%; font-size: .85rem }\n"
    "th, td { border: 1px solid #777; padding: .25rem .4rem;\n"
    "  vertical-align: top; text-align: left }\n"
    "thead th { background: #e6e6e6 }\n"
    "tbody tr:nth-child(even) { background: #f7f7f7 }\n"
    ".num { text-align: right; font-variant-numeric: tabular-nums }\n"
    ".time { white-space: nowrap }\n"
    "figure { margin: 1rem 0 1.6rem }\n"
    "figcaption { font-weight: 600; margin-bottom: .3rem }\n"
    "svg { width: 100%; max-width: 60rem; height: auto; display: block }\n"
    "svg text { font: 13px system-ui, sans-serif }\n"
    "svg .n { text-anchor: middle; font-size: 12px }\n"
    "svg .r { text-anchor: end }\n"
    ":focus-visible { outline: 3px solid #111; outline-offset: 2px }\n"
    "@page { size: A4 landscape; margin: 14mm 12mm 16mm;\n"
    "  font: 8pt sans-serif; @bottom-right { content: counter(page) } }\n"
    "@media print {\n"
    "  body { font-size: 9.5pt; margin: 0; padding: 0; max-width: none }\n"
    "  .wide { overflow: visible }\n"
    "  h2, figcaption, thead { break-after: avoid }\n"
    "  tr, figure, .missing { break-inside: avoid }\n"
    "  table { font-size: 7.5pt } th, td { padding: .7mm 1mm; "
    "line-height: 1.25 }\n"
    "  svg { max-width: 230mm; max-height: 150mm }\n"
    "  rect, thead th, tr, .missing { print-color-adjust: exact }\n"
    "}\n";

#endif
