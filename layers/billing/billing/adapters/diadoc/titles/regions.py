"""Find the region of an address in its text.

Titles want the region's code. A KPP will not do: it tells where a company is taxed, not where it is.

Source: the reference of regions of the Federal Tax Service (СубъектРФ of the formats), two digits.
"""

from __future__ import annotations

import re

_OBLASTS = (  # code, how the adjective begins, the city that names the region by itself
    "28 амурск благовещенск|29 архангельск архангельск|30 астраханск астрахань|31 белгородск белгород|"
    "32 брянск брянск|33 владимирск владимир|34 волгоградск волгоград|35 вологодск вологда|"
    "36 воронежск воронеж|37 ивановск иваново|38 иркутск иркутск|39 калининградск калининград|"
    "40 калужск калуга|42 кемеровск кемерово|43 кировск киров|44 костромск кострома|45 курганск курган|"
    "46 курск курск|47 ленинградск гатчина|48 липецк липецк|49 магаданск магадан|50 московск красногорск|"
    "51 мурманск мурманск|52 нижегородск нижний новгород|53 новгородск великий новгород|"
    "54 новосибирск новосибирск|55 омск омск|56 оренбургск оренбург|57 орловск орел|58 пензенск пенза|"
    "60 псковск псков|61 ростовск ростов-на-дону|62 рязанск рязань|63 самарск самара|64 саратовск саратов|"
    "65 сахалинск южно-сахалинск|66 свердловск екатеринбург|67 смоленск смоленск|68 тамбовск тамбов|"
    "69 тверск тверь|70 томск томск|71 тульск тула|72 тюменск тюмень|73 ульяновск ульяновск|"
    "74 челябинск челябинск|76 ярославск ярославль|90 запорожск мелитополь|95 херсонск геническ"
)
_KRAIS = (
    "22 алтайск барнаул|23 краснодарск краснодар|24 красноярск красноярск|25 приморск владивосток|"
    "26 ставропольск ставрополь|27 хабаровск хабаровск|41 камчатск петропавловск-камчатский|59 пермск пермь|"
    "75 забайкальск чита"
)
_NAMED = (  # code, what names it, the city
    "01 адыге майкоп|02 башкорт уфа|03 бурят улан-удэ|05 дагестан махачкала|06 ингушет магас|"
    "07 кабардино нальчик|08 калмык элиста|09 карачаево черкесск|10 карели петрозаводск|11 коми сыктывкар|"
    "12 марий йошкар-ола|13 мордови саранск|14 якути якутск|15 осети владикавказ|16 татарстан казань|"
    "17 тыва кызыл|18 удмурт ижевск|19 хакаси абакан|20 чеченск грозный|21 чуваш чебоксары|91 крым симферополь|"
    "93 донецк донецк|94 луганск луганск"
)
_WHOLE = (  # code, what names it
    ("04", r"республик\w+ алтай|горно-алтайск"),
    ("77", r"(?<![\w-])(?:г\.?|город)?\s*москва(?!\w)"),
    ("78", r"санкт-петербург|(?<!\w)спб(?!\w)"),
    ("79", r"еврейск\w+ (?:ао|авт)|биробиджан"),
    ("83", r"(?<!ямало-)ненецк\w+ (?:ао|авт)|нарьян-мар"),
    ("86", r"ханты-мансийск"),
    ("87", r"чукотск\w+ (?:ао|авт)|(?:г\.?|город)\s*анадырь"),
    ("89", r"ямало-ненецк|салехард"),
    ("92", r"севастополь(?!\w)"),
    ("99", r"байконур"),
)


def _table() -> tuple[list[tuple[str, re.Pattern[str]]], list[tuple[str, re.Pattern[str]]]]:
    regions = [(code, re.compile(pattern)) for code, pattern in _WHOLE]
    cities: list[tuple[str, re.Pattern[str]]] = []
    for rows, kind in ((_OBLASTS, "обл"), (_KRAIS, "кра"), (_NAMED, "")):
        for row in rows.split("|"):
            code, stem, city = row.split(" ", 2)
            named = rf"(?<!\w){stem}\w*\s+{kind}|(?<!\w){kind}\w*\.?\s+{stem}" if kind else _republic(stem)
            regions.append((code, re.compile(named)))
            cities.append((code, re.compile(rf"(?<!\w)(?:г\.?|город)\s*{city}(?![\w-])|(?<!\w){city},?\s+г(?!\w)")))
    return regions, cities


def _republic(stem: str) -> str:
    return rf"(?<!\w)респ\w*\.?\s+(?:\w+\s+)?{stem}|(?<!\w){stem}\w*(?:-\w+)?(?:\s+\w+)?\s+(?:респ|народн)"


_REGIONS, _CITIES = _table()


def region_of(address: str) -> str:
    """Return the code of the region that the address names, or of a city that is enough by itself; empty when unclear.

    A region goes before a city: «Ленинградская обл., г. Гатчина». Two regions make it unclear.
    """
    text = address.casefold().replace("ё", "е")
    for table in (_REGIONS, _CITIES):
        if codes := {code for code, pattern in table if pattern.search(text)}:
            return codes.pop() if len(codes) == 1 else ""
    return ""
