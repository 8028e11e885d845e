"""The words that fill a sentence: names, streets, towns, numbers, dates, money, spelled letters.

Texts here are in spoken form: lowercase, commas where a caller pauses, and a capital for a single letter of the
alphabet ("apartment three B"). `transcript` turns that into what the recogniser is to write.
"""

import random
import re
from functools import cache
from itertools import accumulate
from pathlib import Path

import names
from wordfreq import top_n_list, word_frequency

Rng = random.Random

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINAL_ONES = "first second third fourth fifth sixth seventh eighth ninth".split()
ORDINAL_TEENS = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
)
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SPELLERS = (
    "A apple alpha adam|B boy bravo bob|C cat charlie car|D dog delta david|E edward echo elephant|F frank foxtrot|"
    "G george golf good|H henry hotel harry|I ida india ice|J john juliet jack|K king kilo kite|L larry lima love|"
    "M mary mike mother|N nancy november nora|O ocean oscar orange|P peter papa paul|Q queen quebec quick|R robert "
    "red|S sam sierra sugar|T tom tango tiger|U uncle uniform under|V victor violet vincent|W william whiskey water|"
    "X x-ray xylophone|Y yellow yankee young|Z zebra zulu zoo"
)
CARS = (
    "honda accord|toyota camry|ford escape|chevy malibu|nissan altima|jeep cherokee|subaru outback|dodge caravan|"
    "hyundai elantra|kia sorento|mazda three|tesla|buick|volkswagen jetta|ford pickup|toyota corolla|honda pilot|"
    "chevrolet silverado|ram truck|cadillac|lexus|acura|mercedes|audi|volvo|minivan|pickup truck|motorcycle"
).split("|")
COLORS = "red blue green black white gray brown yellow pink purple orange silver beige navy gold".split()
MAILS = "gmail yahoo outlook hotmail icloud aol comcast verizon proton me company work".split()


def transcript(spoken: str) -> str:
    """What the recogniser is to write: lowercase words and apostrophes."""
    return " ".join(re.sub(r"[^a-z' ]", " ", spoken.lower()).split())


@cache
def word_stock(count: int = 22000) -> tuple[list[str], list[float]]:
    """Common English words with flattened weights, so that rare ones are heard too."""
    words = [w for w in top_n_list("en", count) if re.fullmatch(r"[a-z]+('[a-z]+)?", w) and (len(w) > 2 or w in SHORT)]
    return words, [word_frequency(w, "en") ** 0.42 for w in words]


SHORT = set("a i am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we".split())


@cache
def census(kind: str) -> tuple[list[str], list[float]]:
    """Names of the US census (`first:male`, `first:female`, `last`), commonest first, with running totals of weights
    that fall with the rank: a third of the last names drawn are among the thousand commonest, and a third beyond the
    ten thousand, since how a name is spelled after its sound is learned from many."""
    rows = [line.split()[0].lower() for line in Path(names.FILES[kind]).read_text(encoding="utf-8").splitlines()]
    rows = rows[:40000]
    return rows, list(accumulate((rank + 5) ** -0.75 for rank in range(len(rows))))


def first_name(r: Rng) -> str:
    stock, weights = census(r.choice(["first:male", "first:female"]))
    return r.choices(stock, cum_weights=weights)[0]


def last_name(r: Rng) -> str:
    stock, weights = census("last")
    name = r.choices(stock, cum_weights=weights)[0]
    return re.sub(r"^(mc|o)([bcdfghklmnpr].*)", r"\1\2", name)


def salad(r: Rng, low: int = 2, high: int = 8) -> str:
    """Random words: the decoder can only get them by listening."""
    words, weights = word_stock()
    return " ".join(r.choices(words, weights, k=r.randint(low, high)))


def below_hundred(r: Rng) -> str:
    kind = r.random()
    if kind < 0.25:
        return r.choice(ONES[1:])
    if kind < 0.5:
        return r.choice(TEENS)
    return r.choice(TENS) + (" " + r.choice(ONES[1:]) if r.random() < 0.7 else "")


def ordinal(r: Rng) -> str:
    kind = r.random()
    if kind < 0.4:
        return r.choice(ORDINAL_ONES)
    if kind < 0.7:
        return r.choice(ORDINAL_TEENS)
    return r.choice(["twentieth", "thirtieth", "thirty first", *("twenty " + o for o in ORDINAL_ONES)])


def count(r: Rng) -> str:
    """A cardinal from tens to hundred thousands."""
    kind = r.random()
    if kind < 0.35:
        return f"{below_hundred(r)} thousand" + r.choice(["", "", f" {r.choice(ONES[1:])} hundred"])
    if kind < 0.6:
        return f"{r.choice([*ONES[1:], *TEENS, 'a'])} hundred" + r.choice(
            ["", f" and {below_hundred(r)}", f" {below_hundred(r)}"]
        )
    return below_hundred(r)


def digit(r: Rng) -> str:
    value = r.choice(ONES)
    return "oh" if value == "zero" and r.random() < 0.6 else value


def digits(r: Rng, length: int) -> str:
    """Digits as callers say them: with oh, sometimes double or triple."""
    out: list[str] = []
    while length > 0:
        kind = r.random()
        value = digit(r)
        if kind < 0.03 and length >= 2:
            out.append("double " + value)
            length -= 2
        elif kind < 0.04 and length >= 3:
            out.append("triple " + value)
            length -= 3
        else:
            out.append(value)
            length -= 1
    return " ".join(out)


def group(r: Rng, length: int) -> str:
    """One group of a telephone number, sometimes as pairs or a hundred."""
    kind = r.random()
    if kind < 0.07 and length == 4:
        return f"{r.choice(TEENS + TENS)} {below_hundred(r)}"
    if kind < 0.09 and length == 3:
        return f"{r.choice(ONES[1:])} {r.choice(['hundred', r.choice(TEENS), r.choice(TENS)])}"
    if kind < 0.11 and length == 4:
        return f"{r.choice(ONES[1:])} thousand"
    return digits(r, length)


def phone(r: Rng) -> str:
    """A telephone number, mostly of ten digits, in the groupings people use."""
    kind = r.random()
    if kind < 0.22:
        return digits(r, 10)
    if kind < 0.3:
        return digits(r, 7) if r.random() < 0.5 else f"{group(r, 3)}, {group(r, 4)}"
    if kind < 0.36:
        return ", ".join(digits(r, 2) for _ in range(5))
    pause = r.choice([", ", ", ", ", ", " ", " ", ", um, ", ". ", " then "])
    area = r.choice(["", "", "", "", "area code ", "one, "]) + group(r, 3)
    return f"{area}{pause}{r.choice([group(r, 3), 'five five five'])}{r.choice([', ', ', ', ' '])}{group(r, 4)}"


def clock(r: Rng) -> str:
    hour = r.choice(ONES[1:] + TEENS[:3])
    minute = r.choice(["", "", " thirty", " fifteen", " forty five", f" {below_hundred(r)}", " oh five"])
    tail = r.choice(["", "", " A M", " P M", " in the morning", " in the afternoon", " at night"])
    odd = ["noon", "midnight", f"half past {hour}", f"a quarter to {hour}", f"a quarter past {hour}", f"{hour} o'clock"]
    return r.choice(odd) if r.random() < 0.25 else hour + minute + tail


def date(r: Rng) -> str:
    month = r.choice(MONTHS)
    shapes = [
        f"{month} {ordinal(r)}",
        f"{month} {below_hundred(r)}",
        f"the {ordinal(r)} of {month}",
        f"the {ordinal(r)}",
        f"{r.choice(DAYS)} the {ordinal(r)}",
        f"{r.choice(DAYS)} {month} {ordinal(r)}",
        f"{month} {ordinal(r)}, {year(r)}",
    ]
    return r.choice(shapes)


def year(r: Rng) -> str:
    kind = r.random()
    if kind < 0.4:
        return "two thousand " + r.choice([*ONES[1:], *TEENS, "twenty one", "twenty two", "and " + r.choice(ONES[1:])])
    return r.choice(["nineteen ", "twenty ", "nineteen "]) + r.choice(
        [r.choice(TENS) + " " + r.choice(ONES[1:]), *TEENS, *TENS]
    )


def money(r: Rng) -> str:
    kind = r.random()
    if kind < 0.3:
        return f"{below_hundred(r)} dollars" + r.choice(["", f" and {below_hundred(r)} cents"])
    if kind < 0.5:
        return f"{below_hundred(r)} {below_hundred(r)}"
    return count(r) + r.choice([" dollars", " dollars", " bucks", ""])


def alnum(r: Rng) -> str:
    """An order, policy or claim number."""
    kind = r.random()
    if kind < 0.5:
        return digits(r, r.randint(4, 9))
    if kind < 0.8:
        return " ".join(r.choice(LETTERS) for _ in range(r.randint(1, 3))) + " " + digits(r, r.randint(3, 6))
    return " ".join(r.choice([r.choice(LETTERS), digit(r)]) for _ in range(r.randint(4, 8)))


def letters(r: Rng, word: str) -> str:
    """A word spelled, plainly or with "as in"."""
    pause = r.choice([" ", " ", " ", ", "])
    if r.random() < 0.2:
        words = {entry.split()[0]: entry.split()[1:] for entry in SPELLERS.split("|")}
        link = r.choice([" as in ", " for ", " like "])
        return ", ".join(c + link + r.choice(words[c]) for c in word.upper()[:4] if c in words)
    return pause.join(c for c in word.upper() if c.isalpha())


def email(r: Rng) -> str:
    user = r.choice(
        [
            first_name(r),
            f"{first_name(r)} dot {last_name(r)}",
            last_name(r),
            f"{r.choice(LETTERS)} {last_name(r)}",
            f"{first_name(r)} {below_hundred(r)}",
            f"{salad(r, 1, 2)}",
            f"{first_name(r)} underscore {last_name(r)}",
        ]
    )
    host = r.choice([*MAILS, *MAILS, salad(r, 1, 1)])
    return f"{user} at {host} dot {r.choice('com com com net org co edu'.split())}"


def when(r: Rng) -> str:
    day = r.choice(
        [
            *DAYS,
            *DAYS,
            "tomorrow",
            "tomorrow",
            "today",
            "the day after tomorrow",
            "next " + r.choice(DAYS),
            "this " + r.choice(DAYS),
        ]
    )
    part = r.choice(["morning", "afternoon", "evening", "night"])
    shapes = [
        day,
        f"{day} {part}",
        f"{day} at {clock(r)}",
        f"at {clock(r)}",
        f"around {clock(r)}",
        f"after {clock(r)}",
        f"before {clock(r)}",
        f"between {clock(r)} and {clock(r)}",
        date(r),
        f"on {date(r)}",
        f"{day} {r.choice(['before', 'after'])} {clock(r)}",
        f"this {part}",
        "last night",
        "yesterday",
        f"last {r.choice(DAYS)}",
        "next week",
        "next month",
        "this weekend",
        "as soon as possible",
        f"in {r.choice('an hour|two hours|a few days|the morning|a week|the afternoon|a couple of weeks'.split('|'))}",
        f"early {day} {part}",
        f"any time {r.choice(['', 'on '])}{day}",
        f"{day} or {r.choice(DAYS)}",
        f"from {clock(r)} to {clock(r)}",
        f"late {part}",
        "right away",
        "the first of the month",
        f"{below_hundred(r)} {r.choice(['days', 'weeks', 'minutes', 'hours'])} ago",
    ]
    return r.choice(shapes)
