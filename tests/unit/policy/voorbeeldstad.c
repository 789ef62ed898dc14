/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rows; see voorbeeldstad.h. Rule 1 has no flow (a citizen is no partner),
 * 37 and 40 have none that an agreement decides (withdrawal and correction go
 * where the original went; the ledger is asked, not sent). 41 is none of the
 * list: the agreement's own way of passing on. */
#include "voorbeeldstad.h"

#define TRIO "gemeente politie om"
#define OTHERS "college reclassering rvdk"
#define CASE TRIO " " OTHERS
#define WEIGHERS "burgemeester politie om"

const struct row voorbeeldstad_rows[] = {
    /* 2 */
    {2, "wijkteam", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties melder",
        "acd", 183, "", ""},
    /* 3 */
    {3, "school", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
        "toestemming-of-conflict-van-plichten=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties melder",
        "acd", 183, "", ""},
    {3, "ggz gi", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
        "toestemming-of-conflict-van-plichten=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties melder",
        "acd", 183, "", ""},
    /* 4 */
    {4, "gemeente", "wijkteam", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=wijkteam", "status", "", 30, "", ""},
    {4, "gemeente", "school", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=school", "status", "", 30, "", ""},
    {4, "gemeente", "ggz", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=ggz", "status", "", 30, "", ""},
    {4, "gemeente", "gi", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=gi", "status", "", 30, "", ""},
    /* 5 */
    {5, "politie", "gemeente", "politiesignaal", "openbare-orde", "wpg-16-1-b",
        "noodzaak-openbare-orde=yes",
        "betrokkene contactgegevens signaal politiegegevens", "acf", 365, "",
        ""},
    /* 6 */
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h0|h1 "
        "bron-betrouwbaarheid=a|b|c informatie-juistheid=1|2|3|4",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, ""},
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h0|h1 "
        "bron-betrouwbaarheid=x informatie-juistheid=1|2|3",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, ""},
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h2 "
        "bron-betrouwbaarheid=a|b|c informatie-juistheid=1|2|3|4",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, "1 burgemeester"},
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h2 "
        "bron-betrouwbaarheid=x informatie-juistheid=1|2|3",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, "1 burgemeester"},
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h3 "
        "bron-betrouwbaarheid=a|b|c informatie-juistheid=1|2|3|4",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, "2 burgemeester om"},
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20",
        "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes "
        "fase=geen|melding|aanmelding|weging embargo=no handling=h3 "
        "bron-betrouwbaarheid=x informatie-juistheid=1|2|3",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, "2 burgemeester om"},
    /* 7 */
    {7, "gemeente", "politie om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes fase=geen|melding|aanmelding|weging embargo=no",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        ""},
    {7, "gemeente", "politie om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=yes "
        "fase=geen|melding|aanmelding|weging embargo=no",
        "afkomst politieke-overtuiging geloof gezondheid noodzaak", "cs", 1826,
        "", "1 burgemeester"},
    /* 8 */
    {8, "om", "gemeente politie", "aanmelding-om", "weging",
        "pga-5-1-wjsg-39fb",
        "zwaarwegende-reden=no fase=geen|melding|aanmelding|weging embargo=no",
        "betrokkene contactgegevens signaal aanmelder justitiele-gegevens",
        "acdg", 1826, TRIO, ""},
    /* 9 */
    {9, OTHERS, "gemeente", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=gemeente "
        "fase=geen|melding|aanmelding|weging embargo=no",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        ""},
    {9, OTHERS, "politie", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=politie "
        "fase=geen|melding|aanmelding|weging embargo=no",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        ""},
    {9, OTHERS, "om", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=om "
        "fase=geen|melding|aanmelding|weging embargo=no",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        ""},
    /* 10 */
    {10, WEIGHERS, WEIGHERS " gemeente", "weegstem", "weging", "pga-5-3",
        "fase=weging|casus",
        "score-geweldsbereidheid score-gedachtegoed score-relaties "
        "score-identificatie score-zelfredzaamheid oordeel motivering",
        "c", 1826, "", ""},
    /* 11 */
    {11, TRIO, "college", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=college", "status", "", 30, "", ""},
    {11, TRIO, "reclassering", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=reclassering", "status", "", 30, "", ""},
    {11, TRIO, "rvdk", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=rvdk", "status", "", 30, "", ""},
    /* 12 */
    {12, TRIO, OTHERS, "bekendheidsvraag", "betrekken", "pga-5-4",
        "fase=bekendheid past-bij-doel=yes embargo=no", "betrokkene", "a", 30,
        "", ""},
    /* 13 */
    {13, OTHERS, TRIO, "bekendheid-antwoord", "betrekken", "pga-5-4",
        "fase=bekendheid antwoord-op-vraag=yes embargo=no", "bekend", "", 1826,
        "", ""},
    /* 14 */
    {14, OTHERS, TRIO, "verrijking", "betrekken", "pga-5-4",
        "fase=verrijking bekend-gebleken=yes concrete-vraag=yes "
        "noodzakelijk=yes zwaarwegende-reden=no embargo=no",
        "signaal plangegevens", "ce", 1826, "", ""},
    {14, OTHERS, TRIO, "verrijking", "betrekken", "pga-5-4",
        "fase=verrijking bekend-gebleken=yes concrete-vraag=yes "
        "noodzakelijk=yes zwaarwegende-reden=no bijzonder-noodzakelijk=yes "
        "embargo=no",
        "afkomst politieke-overtuiging geloof gezondheid noodzaak", "cs", 1826,
        "", "1 burgemeester"},
    /* 15 */
    {15, "college", TRIO, "verrijking", "weging", "pga-5-7",
        "fase=weging noodzakelijk=yes zwaarwegende-reden=no embargo=no",
        "betrokkene contactgegevens bsn signaal plangegevens", "abce", 1826,
        TRIO, ""},
    /* 16 */
    {16, TRIO, OTHERS, "aanwijzing", "betrekken", "pga-5-5",
        "in-casus=yes eensluidend=yes ontvanger-aangewezen=yes "
        "fase=geen|melding|aanmelding|weging|casus|bekendheid|verrijking|"
        "overleg|plan|uitvoering embargo=no",
        "betrokkene rol", "a", 1826, "", ""},
    /* 17 */
    {17, CASE, CASE, "inbreng", "duiding", "pga-6-1",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "aangewezen=yes embargo=no",
        "betrokkene contactgegevens bsn signaal aanmelder plangegevens duiding "
        "contra-indicaties",
        "abcde", 1826, "", ""},
    {17, CASE, CASE, "inbreng", "duiding", "pga-6-1",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "relaties-relevant=yes aangewezen=yes embargo=no",
        "relaties", "h", 1826, "", ""},
    /* 18 */
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h0|h1 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "", ""},
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h0|h1 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "", ""},
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h2 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "",
        "1 burgemeester"},
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h2 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "",
        "1 burgemeester"},
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h3 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "",
        "2 burgemeester om"},
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes aangewezen=yes "
        "embargo=no handling=h3 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "politiegegevens duiding contra-indicaties", "cf", 1826, "",
        "2 burgemeester om"},
    /* 19 */
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h0|h1 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", ""},
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h0|h1 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", ""},
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h2 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", "1 burgemeester"},
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h2 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", "1 burgemeester"},
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h3 bron-betrouwbaarheid=a|b|c "
        "informatie-juistheid=1|2|3|4",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", "2 burgemeester om"},
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes aangewezen=yes "
        "embargo=no handling=h3 bron-betrouwbaarheid=x "
        "informatie-juistheid=1|2|3",
        "onderzoeksgegevens themagegevens-a-c duiding contra-indicaties", "cf",
        1826, "", "2 burgemeester om"},
    /* 20 */
    {20, "om", CASE, "inbreng-om", "duiding", "pga-6-1-wjsg-39fb",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "aangewezen=yes embargo=no",
        "justitiele-gegevens duiding contra-indicaties", "cg", 1826, "", ""},
    /* 41: on to another member, when the originator approves */
    {41, "politie om college reclassering rvdk",
        "politie om college reclassering rvdk", "doorverstrekking", "duiding",
        "pga-6-1",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=gemeente aangewezen=yes embargo=no",
        "betrokkene signaal plangegevens", "ace", 1826, "", "1 gemeente"},
    {41, "gemeente om college reclassering rvdk",
        "gemeente om college reclassering rvdk", "doorverstrekking", "duiding",
        "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=politie bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "aangewezen=yes embargo=no",
        "betrokkene politiegegevens", "af", 1826, "", "1 politie"},
    {41, "gemeente politie college reclassering rvdk",
        "gemeente politie college reclassering rvdk", "doorverstrekking",
        "duiding", "pga-6-1-wjsg-39fb",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=om aangewezen=yes embargo=no",
        "betrokkene justitiele-gegevens", "ag", 1826, "", "1 om"},
    {41, "gemeente politie om reclassering rvdk",
        "gemeente politie om reclassering rvdk", "doorverstrekking", "duiding",
        "pga-6-1",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=college aangewezen=yes embargo=no",
        "betrokkene signaal plangegevens", "ace", 1826, "", "1 college"},
    {41, "gemeente politie om college rvdk", "gemeente politie om college rvdk",
        "doorverstrekking", "duiding", "pga-6-1",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=reclassering aangewezen=yes embargo=no",
        "betrokkene signaal plangegevens", "ace", 1826, "", "1 reclassering"},
    {41, "gemeente politie om college reclassering",
        "gemeente politie om college reclassering", "doorverstrekking",
        "duiding", "pga-6-1",
        "in-casus=yes fase=overleg|plan|uitvoering noodzakelijk=yes "
        "herkomst=rvdk aangewezen=yes embargo=no",
        "betrokkene signaal plangegevens", "ace", 1826, "", "1 rvdk"},
    /* 21 */
    {21, "reclassering", CASE, "inbreng-reclassering", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "binnen-taak=yes aangewezen=yes embargo=no",
        "voorwaarden toezichtstatus duiding contra-indicaties", "ce", 1826, "",
        ""},
    /* 22 */
    {22, "rvdk", CASE, "inbreng-rvdk", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "minderjarige-betrokken=yes aangewezen=yes embargo=no",
        "gegevens-minderjarige relaties-minderjarige duiding contra-indicaties",
        "ceh", 1826, "", ""},
    /* 23 */
    {23, "college", CASE, "inbreng-college", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "binnen-taak=yes aangewezen=yes embargo=no",
        "soort-ondersteuning verzuim schuldhulp-ja-nee duiding "
        "contra-indicaties",
        "ce", 1826, "", ""},
    /* 24 */
    {24, TRIO, "derdenloket", "extract-derde", "duiding", "pga-3-3",
        "in-casus=yes fase=overleg noodzakelijk=yes derde-toegelaten=yes "
        "afzender-aangewezen=yes embargo=no",
        "betrokkene signaal plangegevens", "ace", 90, "", ""},
    /* 25 */
    {25, "derdenloket", CASE, "advies-derde", "duiding", "pga-3-3",
        "in-casus=yes fase=overleg derde-toegelaten=yes "
        "eigen-geheimhouding-nageleefd=yes feiten-gescheiden=yes "
        "ontvanger-aangewezen=yes embargo=no",
        "feiten duiding", "c", 1826, "", ""},
    /* 26 */
    {26, "gemeente", "politie", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=politie aangewezen=yes embargo=no",
        "betrokkene deelplan", "ae", 1826, "", ""},
    {26, "gemeente", "om", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=om aangewezen=yes embargo=no",
        "betrokkene deelplan", "ae", 1826, "", ""},
    {26, "gemeente", "college", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=college aangewezen=yes embargo=no",
        "betrokkene deelplan", "ae", 1826, "", ""},
    {26, "gemeente", "reclassering", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=reclassering aangewezen=yes embargo=no",
        "betrokkene deelplan", "ae", 1826, "", ""},
    {26, "gemeente", "rvdk", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=rvdk aangewezen=yes embargo=no",
        "betrokkene deelplan", "ae", 1826, "", ""},
    /* 27 */
    {27, CASE, CASE, "voortgang", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering aangewezen=yes embargo=no",
        "uitgevoerd effect", "e", 1826, "", ""},
    /* 28 */
    {28, "aivd", "burgemeester", "ambtsbericht", "openbare-orde", "wiv-62", "",
        "betrokkene dreiging", "ac", 0, "", ""},
    /* 29 */
    {29, "burgemeester", CASE, "ambtsbericht-duiding", "duiding",
        "pga-6-1-wiv-65",
        "in-casus=yes fase=overleg derdenregel=afwezig|opgeheven "
        "aangewezen=yes embargo=no",
        "kern", "c", 1826, "", ""},
    /* 30 */
    {30, "aivd", "lovj", "ambtsbericht-om", "opsporing", "wiv-66", "",
        "betrokkene dreiging", "ac", 0, "", ""},
    /* 31 */
    {31, "gemeente reclassering rvdk", "nctv", "afstemming-nctv", "afstemming",
        "wctnv-6",
        "concrete-gebeurtenis=yes noodzakelijk=yes gepseudonimiseerd=yes "
        "fase=geen|melding|aanmelding|weging|casus|bekendheid|verrijking|"
        "overleg|plan|uitvoering embargo=no",
        "pseudoniem casusfeiten", "c", 365, "", ""},
    /* 32 */
    {32, "nctv", "gemeente", "advies-nctv", "plan", "wctnv-7",
        "gepseudonimiseerd=yes", "handelingsopties fenomeen", "", 1826, CASE,
        ""},
    /* 33 */
    {33, "politie", "gemeente", "terugkeer-notificatie", "openbare-orde",
        "wpg-16-1-b", "noodzaak-openbare-orde=yes",
        "betrokkene verwachte-terugkeer gezin", "ach", 365, "", ""},
    {33, "aivd", "burgemeester", "terugkeer-notificatie", "openbare-orde",
        "wiv-62", "noodzaak-openbare-orde=yes",
        "betrokkene verwachte-terugkeer gezin", "ach", 365, "", ""},
    /* 34 */
    {34, "rvdk", CASE, "terugkeerplan-kind", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes kind-keert-terug=yes "
        "aangewezen=yes embargo=no",
        "kind-naam kind-leeftijd gezin plaatsing veiligheidsmaatregelen", "aeh",
        1826, "", ""},
    {34, "rvdk", "derdenloket", "terugkeerplan-kind", "plan", "pga-3-3",
        "in-casus=yes fase=plan noodzakelijk=yes kind-keert-terug=yes "
        "derde-toegelaten=yes afzender-aangewezen=yes embargo=no",
        "kind-naam kind-leeftijd gezin plaatsing veiligheidsmaatregelen", "aeh",
        90, "", ""},
    /* 35 */
    {35, "gemeente", "gemeente-elders", "overdracht", "overdracht", "pga-7",
        "in-casus=yes fase=overleg|plan|uitvoering "
        "band-met-gemeente=verblijf|gevolgen|relaties vetoronde-afgerond=yes "
        "veto=no embargo=no",
        "betrokkene contactgegevens bsn signaal plangegevens politiegegevens "
        "justitiele-gegevens",
        "abcefg", 1826, "", ""},
    /* 36 */
    {36, "gemeente", CASE, "afsluiting", "uitvoering", "pga-6-2",
        "in-casus=yes aangewezen=yes "
        "fase=geen|melding|aanmelding|weging|casus|bekendheid|verrijking|"
        "overleg|plan|uitvoering",
        "afsluitbesluit herzieningsdatum", "e", 1826, "", ""},
    /* 38 */
    {38, "burgemeester", "raad", "raadscijfers", "verslag", "pga-18",
        "kleinste-cel=10|11|100000 schade-getoetst=yes",
        "aantallen trends bruikbaarheid", "", 0, NULL, ""},
    /* 39 */
    {39, "contactpunt", CASE, "inzage-raadpleging", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes ontvanger-aangewezen=yes", "betrokkene",
        "a", 365, "", ""},
    {39, CASE, "contactpunt", "inzage-bijdrage", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes uavg-41=no afzender-aangewezen=yes",
        "eigen-gegevens doelen ontvangers termijnen", "", 365, "", ""},
    {39, CASE, "contactpunt", "inzage-bijdrage", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes uavg-41=yes afzender-aangewezen=yes",
        "weigeringsgrond", "", 365, "", ""},
};
const size_t voorbeeldstad_rows_n =
    sizeof voorbeeldstad_rows / sizeof voorbeeldstad_rows[0];
