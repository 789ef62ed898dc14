/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rows; see voorbeeldstad.h. Rule 1 has no flow (a citizen is no partner),
 * 37 and 40 have none that an agreement decides (withdrawal and correction go
 * where the original went; the ledger is asked, not sent). */
#include "voorbeeldstad.h"

#define TRIO "gemeente politie om"
#define OTHERS "college reclassering rvdk"
#define CASE TRIO " " OTHERS

const struct row voorbeeldstad_rows[] = {
    /* 2 */
    {2, "wijkteam", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties "
        "melder",
        "acd", 183, "", NOBODY},
    /* 3 */
    {3, "school", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
        "toestemming-of-conflict-van-plichten=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties "
        "melder",
        "acd", 183, "", NOBODY},
    {3, "ggz gi", "gemeente", "melding-professional", "weging", "pga-5-2",
        "feiten-gescheiden=yes contra-indicaties-vermeld=yes "
        "toestemming-of-conflict-van-plichten=yes",
        "betrokkene contactgegevens feiten duiding contra-indicaties "
        "melder",
        "acd", 183, "", NOBODY},
    /* 4 */
    {4, "gemeente", "wijkteam", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=wijkteam", "status", "", 30, "", NOBODY},
    {4, "gemeente", "school", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=school", "status", "", 30, "", NOBODY},
    {4, "gemeente", "ggz", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=ggz", "status", "", 30, "", NOBODY},
    {4, "gemeente", "gi", "terugkoppeling", "weging", "pga-5-2",
        "alleen-status=yes gemeld-door=gi", "status", "", 30, "", NOBODY},
    /* 5 */
    {5, "politie", "gemeente", "politiesignaal", "openbare-orde", "wpg-16-1-b",
        "noodzaak-openbare-orde=yes",
        "betrokkene contactgegevens signaal politiegegevens", "acf", 365, "",
        NOBODY},
    /* 6 */
    {6, "politie", "gemeente om", "aanmelding-politie", "weging",
        "pga-5-1-wpg-20", "kwaliteit-getoetst=yes bevoegd-gezag-akkoord=yes",
        "betrokkene contactgegevens bsn signaal aanmelder politiegegevens",
        "abcdf", 1826, TRIO, NOBODY},
    /* 7 */
    {7, "gemeente", "politie om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        NOBODY},
    {7, "gemeente", "politie om", "aanmelding-gemeente", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes bijzonder-noodzakelijk=yes",
        "afkomst politieke-overtuiging geloof gezondheid", "s", 1826, "",
        NOBODY},
    /* 8 */
    {8, "om", "gemeente politie", "aanmelding-om", "weging",
        "pga-5-1-wjsg-39fb", "zwaarwegende-reden=no",
        "betrokkene contactgegevens signaal aanmelder justitiele-gegevens",
        "acdg", 1826, TRIO, NOBODY},
    /* 9 */
    {9, OTHERS, "gemeente", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=gemeente",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        NOBODY},
    {9, OTHERS, "politie", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=politie",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        NOBODY},
    {9, OTHERS, "om", "aanmelding-deelnemer", "weging", "pga-5-1",
        "kwaliteit-getoetst=yes aanmelding-bij=om",
        "betrokkene contactgegevens bsn signaal aanmelder", "abcd", 1826, TRIO,
        NOBODY},
    /* 10 */
    {10, TRIO, TRIO, "weegstem", "weging", "pga-5-3", "fase=weging",
        "score-geweldsbereidheid score-gedachtegoed score-relaties "
        "score-identificatie score-zelfredzaamheid oordeel motivering",
        "c", 1826, "", NOBODY},
    /* 11 */
    {11, TRIO, "college", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=college", "status", "", 30, "", NOBODY},
    {11, TRIO, "reclassering", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=reclassering", "status", "", 30, "",
        NOBODY},
    {11, TRIO, "rvdk", "afwijzing", "weging", "pga-5-6",
        "fase=afgewezen aangemeld-door=rvdk", "status", "", 30, "", NOBODY},
    /* 12 */
    {12, TRIO, OTHERS, "bekendheidsvraag", "betrekken", "pga-5-4",
        "fase=betrekken past-bij-doel=yes", "betrokkene", "a", 30, "", NOBODY},
    /* 13 */
    {13, OTHERS, TRIO, "bekendheid-antwoord", "betrekken", "pga-5-4",
        "fase=betrekken antwoord-op-vraag=yes", "bekend", "", 1826, "", NOBODY},
    /* 14 */
    {14, OTHERS, TRIO, "verrijking", "betrekken", "pga-5-4",
        "fase=betrekken bekend-gebleken=yes concrete-vraag=yes "
        "noodzakelijk=yes zwaarwegende-reden=no",
        "signaal plangegevens", "ce", 1826, "", NOBODY},
    {14, OTHERS, TRIO, "verrijking", "betrekken", "pga-5-4",
        "fase=betrekken bekend-gebleken=yes concrete-vraag=yes "
        "noodzakelijk=yes zwaarwegende-reden=no "
        "bijzonder-noodzakelijk=yes",
        "afkomst politieke-overtuiging geloof gezondheid", "s", 1826, "",
        NOBODY},
    /* 15 */
    {15, "college", TRIO, "verrijking", "weging", "pga-5-7",
        "fase=weging noodzakelijk=yes zwaarwegende-reden=no",
        "betrokkene contactgegevens bsn signaal plangegevens", "abce", 1826,
        TRIO, NOBODY},
    /* 16 */
    {16, TRIO, OTHERS, "aanwijzing", "betrekken", "pga-5-5",
        "fase=betrekken eensluidend=yes", "betrokkene rol", "a", 1826, "",
        RECIPIENT},
    /* 17 */
    {17, CASE, CASE, "inbreng", "duiding", "pga-6-1",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no",
        "betrokkene contactgegevens bsn signaal aanmelder plangegevens",
        "abcde", 1826, "", BOTH},
    {17, CASE, CASE, "inbreng", "duiding", "pga-6-1",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "relaties-relevant=yes",
        "relaties", "h", 1826, "", BOTH},
    /* 18 */
    {18, "politie", CASE, "inbreng-politie", "duiding", "pga-6-1-wpg-20",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes",
        "politiegegevens", "f", 1826, "", BOTH},
    /* 19 */
    {19, "politie", CASE, "inbreng-politie-strikt", "duiding",
        "pga-6-1-bpg-4-5",
        "in-casus=yes fase=overleg zwaarwegende-reden=no "
        "bevoegd-gezag-akkoord=yes geheimhouding-vermeld=yes "
        "strikt-noodzakelijk=yes overleg-vastgelegd=yes",
        "onderzoeksgegevens themagegevens-a-c", "f", 1826, "", BOTH},
    /* 20 */
    {20, "om", CASE, "inbreng-om", "duiding", "pga-6-1-wjsg-39fb",
        "in-casus=yes fase=overleg noodzakelijk=yes zwaarwegende-reden=no",
        "justitiele-gegevens", "g", 1826, "", BOTH},
    /* 21 */
    {21, "reclassering", CASE, "inbreng-reclassering", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "binnen-taak=yes",
        "voorwaarden toezichtstatus", "e", 1826, "", BOTH},
    /* 22 */
    {22, "rvdk", CASE, "inbreng-rvdk", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "minderjarige-betrokken=yes",
        "gegevens-minderjarige relaties-minderjarige", "eh", 1826, "", BOTH},
    /* 23 */
    {23, "college", CASE, "inbreng-college", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes zwaarwegende-reden=no "
        "binnen-taak=yes",
        "soort-ondersteuning verzuim schuldhulp-ja-nee", "e", 1826, "", BOTH},
    /* 24 */
    {24, TRIO, "derdenloket", "extract-derde", "duiding", "pga-3-3",
        "in-casus=yes fase=overleg noodzakelijk=yes derde-toegelaten=yes "
        "toelating-loopt=yes",
        "betrokkene signaal plangegevens", "ace", 90, "", BOTH},
    /* 25 */
    {25, "derdenloket", CASE, "advies-derde", "duiding", "pga-3-3",
        "in-casus=yes fase=overleg derde-toegelaten=yes "
        "toelating-loopt=yes eigen-geheimhouding-nageleefd=yes "
        "feiten-gescheiden=yes",
        "feiten duiding", "c", 1826, "", BOTH},
    /* 26 */
    {26, "gemeente", "politie", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=politie",
        "betrokkene deelplan", "ae", 1826, "", BOTH},
    {26, "gemeente", "om", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=om",
        "betrokkene deelplan", "ae", 1826, "", BOTH},
    {26, "gemeente", "college", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=college",
        "betrokkene deelplan", "ae", 1826, "", BOTH},
    {26, "gemeente", "reclassering", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=reclassering",
        "betrokkene deelplan", "ae", 1826, "", BOTH},
    {26, "gemeente", "rvdk", "deelopdracht", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering resultaat-gecontroleerd=yes "
        "uitvoerder=rvdk",
        "betrokkene deelplan", "ae", 1826, "", BOTH},
    /* 27 */
    {27, CASE, CASE, "voortgang", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering", "uitgevoerd effect", "e", 1826, "",
        BOTH},
    /* 28 */
    {28, "aivd", "burgemeester", "ambtsbericht", "openbare-orde", "wiv-62", "",
        "betrokkene dreiging", "ac", 0, "", NOBODY},
    /* 29 */
    {29, "burgemeester", CASE, "ambtsbericht-duiding", "duiding",
        "pga-6-1-wiv-65",
        "in-casus=yes fase=overleg derdenregel=afwezig|opgeheven", "kern", "c",
        1826, "", BOTH},
    /* 30 */
    {30, "aivd", "lovj", "ambtsbericht-om", "opsporing", "wiv-66", "",
        "betrokkene dreiging", "ac", 0, "", NOBODY},
    /* 31 */
    {31, "gemeente reclassering rvdk", "nctv", "afstemming-nctv", "afstemming",
        "wctnv-6",
        "concrete-gebeurtenis=yes noodzakelijk=yes gepseudonimiseerd=yes",
        "pseudoniem casusfeiten", "c", 365, "", NOBODY},
    /* 32 */
    {32, "nctv", "gemeente", "advies-nctv", "plan", "wctnv-7",
        "gepseudonimiseerd=yes", "handelingsopties fenomeen", "", 1826, CASE,
        NOBODY},
    /* 33 */
    {33, "politie", "gemeente", "terugkeer-notificatie", "openbare-orde",
        "wpg-16-1-b", "noodzaak-openbare-orde=yes",
        "betrokkene verwachte-terugkeer gezin", "ach", 365, "", NOBODY},
    {33, "aivd", "burgemeester", "terugkeer-notificatie", "openbare-orde",
        "wiv-62", "noodzaak-openbare-orde=yes",
        "betrokkene verwachte-terugkeer gezin", "ach", 365, "", NOBODY},
    /* 34 */
    {34, "rvdk", CASE, "terugkeerplan-kind", "plan", "pga-6-1",
        "in-casus=yes fase=plan noodzakelijk=yes kind-keert-terug=yes",
        "kind-naam kind-leeftijd gezin plaatsing veiligheidsmaatregelen", "aeh",
        1826, "", BOTH},
    {34, "rvdk", "derdenloket", "terugkeerplan-kind", "plan", "pga-3-3",
        "in-casus=yes fase=plan noodzakelijk=yes kind-keert-terug=yes "
        "derde-toegelaten=yes toelating-loopt=yes",
        "kind-naam kind-leeftijd gezin plaatsing veiligheidsmaatregelen", "aeh",
        90, "", BOTH},
    /* 35 */
    {35, "gemeente", "gemeente-elders", "overdracht", "overdracht", "pga-7",
        "in-casus=yes fase=overleg|plan|uitvoering "
        "band-met-gemeente=verblijf|gevolgen|relaties "
        "vetoronde-afgerond=yes",
        "betrokkene contactgegevens bsn signaal plangegevens", "abce", 1826, "",
        NOBODY},
    {35, "gemeente", "gemeente-elders", "overdracht", "overdracht", "pga-7",
        "in-casus=yes fase=overleg|plan|uitvoering "
        "band-met-gemeente=verblijf|gevolgen|relaties "
        "vetoronde-afgerond=yes politie-veto=no",
        "politiegegevens", "f", 1826, "", NOBODY},
    {35, "gemeente", "gemeente-elders", "overdracht", "overdracht", "pga-7",
        "in-casus=yes fase=overleg|plan|uitvoering "
        "band-met-gemeente=verblijf|gevolgen|relaties "
        "vetoronde-afgerond=yes om-veto=no",
        "justitiele-gegevens", "g", 1826, "", NOBODY},
    /* 36 */
    {36, "gemeente", CASE, "afsluiting", "uitvoering", "pga-6-2",
        "in-casus=yes fase=uitvoering", "afsluitbesluit herzieningsdatum", "e",
        1826, "", BOTH},
    /* 38 */
    {38, "burgemeester", "raad", "raadscijfers", "verslag", "pga-18",
        "kleinste-cel=10|11|100000 schade-getoetst=yes",
        "aantallen trends bruikbaarheid", "", 0, NULL, NOBODY},
    /* 39 */
    {39, "contactpunt", CASE, "inzage-raadpleging", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes", "betrokkene", "a", 365, "", BOTH},
    {39, CASE, "contactpunt", "inzage-bijdrage", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes uavg-41=no",
        "eigen-gegevens doelen ontvangers termijnen", "", 365, "", BOTH},
    {39, CASE, "contactpunt", "inzage-bijdrage", "rechten", "besluit-2",
        "identiteit-vastgesteld=yes uavg-41=yes", "weigeringsgrond", "", 365,
        "", BOTH},
};
const size_t voorbeeldstad_rows_n =
    sizeof voorbeeldstad_rows / sizeof voorbeeldstad_rows[0];

const struct withheld voorbeeldstad_withheld[] = {
    {2, "melding-professional", "bsn", "P2"},
    {2, "melding-professional", "geloof", "N3"},
    {2, "melding-professional", "dossier", "N4"},
    {3, "melding-professional", "diagnose", "N4"},
    {3, "melding-professional", "cijfers", "N4"},
    {3, "melding-professional", "gezondheid", "N3"},
    {4, "terugkoppeling", "betrokkene", NULL},
    {4, "terugkoppeling", "feiten", NULL},
    {4, "terugkoppeling", "duiding", NULL},
    {5, "politiesignaal", "verwijderde-gegevens", "N1"},
    {5, "politiesignaal", "onderzoeksgegevens", "P5"},
    {5, "politiesignaal", "themagegevens", "N2"},
    {5, "politiesignaal", "informanten", "N2"},
    {6, "aanmelding-politie", "themagegevens", "P6"},
    {6, "aanmelding-politie", "informanten", "P6"},
    {6, "aanmelding-politie", "verwijderde-gegevens", "N1"},
    {8, "aanmelding-om", "gegevens-derden", "P8"},
    {8, "aanmelding-om", "gegevens-derden", "N5"},
    {9, "aanmelding-deelnemer", "plangegevens", NULL},
    {9, "aanmelding-deelnemer", "relaties", NULL},
    {10, "weegstem", "partnergegevens", "P10"},
    {10, "weegstem", "partnergegevens", "N9"},
    {11, "afwijzing", "motivering", NULL},
    {11, "afwijzing", "politiegegevens", NULL},
    {11, "afwijzing", "justitiele-gegevens", NULL},
    {12, "bekendheidsvraag", "bsn", "P12"},
    {12, "bekendheidsvraag", "signaal", "P12"},
    {12, "bekendheidsvraag", "politiegegevens", "P12"},
    {12, "bekendheidsvraag", "justitiele-gegevens", "P12"},
    {12, "bekendheidsvraag", "relaties", "P12"},
    {13, "bekendheid-antwoord", "inhoud", "P13"},
    {13, "bekendheid-antwoord", "inhoud", "N9"},
    {14, "verrijking", "diagnose", "N4"},
    {16, "aanwijzing", "signaal", "P16"},
    {16, "aanwijzing", "plangegevens", "P16"},
    {18, "inbreng-politie", "onderzoeksgegevens", "P18"},
    {18, "inbreng-politie", "themagegevens", "N2"},
    {18, "inbreng-politie", "themagegevens-a-c", "P18"},
    {18, "inbreng-politie", "informanten", "N2"},
    {18, "inbreng-politie", "verwijderde-gegevens", "N1"},
    {18, "inbreng-politie", "embargogegevens", "N8"},
    {19, "inbreng-politie-strikt", "themagegevens", "N2"},
    {19, "inbreng-politie-strikt", "informanten", "N2"},
    {19, "inbreng-politie-strikt", "verwijderde-gegevens", "N1"},
    {19, "inbreng-politie-strikt", "embargogegevens", "N8"},
    {20, "inbreng-om", "gegevens-derden", "N5"},
    {20, "inbreng-om", "embargogegevens", "N8"},
    {21, "inbreng-reclassering", "diagnostiek", "N10"},
    {21, "inbreng-reclassering", "rapportage", "N10"},
    {22, "inbreng-rvdk", "gezondheid-ouders", "N11"},
    {22, "inbreng-rvdk", "broers-en-zussen", "N11"},
    {23, "inbreng-college", "medische-grond", "N12"},
    {23, "inbreng-college", "bedragen", "N12"},
    {24, "extract-derde", "politiegegevens", "N17"},
    {24, "extract-derde", "justitiele-gegevens", "N17"},
    {24, "extract-derde", "relaties", "N17"},
    {25, "advies-derde", "dossier", "N4"},
    {26, "deelopdracht", "andere-delen", "N13"},
    {26, "deelopdracht", "bronnen", "N6"},
    {27, "voortgang", "gespreksinhoud", "N13"},
    {28, "ambtsbericht", "bronnen", "P28"},
    {28, "ambtsbericht", "werkwijze", "N6"},
    {29, "ambtsbericht-duiding", "document", "N7"},
    {30, "ambtsbericht-om", "bronnen", "N6"},
    {30, "ambtsbericht-om", "werkwijze", "N6"},
    {31, "afstemming-nctv", "betrokkene", "N15"},
    {31, "afstemming-nctv", "contactgegevens", "N15"},
    {31, "afstemming-nctv", "bsn", "N15"},
    {31, "afstemming-nctv", "geloof", "N16"},
    {31, "afstemming-nctv", "gezondheid", "N3"},
    {32, "advies-nctv", "persoonsduiding", "N14"},
    {33, "terugkeer-notificatie", "onderzoeksgegevens", NULL},
    {34, "terugkeerplan-kind", "dossier-ouders", "N11"},
    {35, "overdracht", "aanmelder", "P35"},
    {35, "overdracht", "relaties", "P35"},
    {38, "raadscijfers", "betrokkene", "N20"},
    {38, "raadscijfers", "bsn", "N20"},
    {38, "raadscijfers", "signaal", "N20"},
    {38, "raadscijfers", "politiegegevens", "N20"},
    {38, "raadscijfers", "uitsplitsing-overtuiging", "N21"},
    {39, "inzage-raadpleging", "signaal", "P39A"},
    {39, "inzage-bijdrage", "gegevens-derden", "N5"},
    {39, "inzage-bijdrage", "relaties", NULL},
};
const size_t voorbeeldstad_withheld_n =
    sizeof voorbeeldstad_withheld / sizeof voorbeeldstad_withheld[0];
