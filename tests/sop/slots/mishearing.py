"""One recognition error in an utterance: a word deleted, doubled, or taken for another."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

_PAIRS = """
    four/for two/to two/too eight/ate one/won one/want nine/five nine/mine five/fine three/free three/tree six/sick
    seven/eleven ten/then zero/hero oh/o oh/owe thirteen/thirty fourteen/forty fifteen/fifty sixteen/sixty
    seventeen/seventy eighteen/eighty nineteen/ninety four/fourth six/sixth seven/seventh eighth/eight ninth/nine
    tenth/ten third/bird first/thirst twelve/twelfth twenty/plenty forty/party hundred/hundreds hundred/under
    thousand/thousands double/bubble triple/trouble extension/attention area/aria
    b/d m/n p/b t/d s/f c/z v/b k/a j/g e/b n/and u/you r/are
    maine/main street/treat street/straight avenue/revenue road/wrote court/quart lane/line drive/dry way/weigh
    place/plays boulevard/bullet maple/staple elm/helm oak/oke cedar/cedars north/nor north/norse south/mouth
    west/best east/least apartment/department suite/sweet unit/units illinois/annoy springfield/springfields
    park/bark hill/heel church/search lincoln/lincolns
    monday/sunday tuesday/thursday today/day tomorrow/borrow morning/warning morning/mourning noon/new noon/moon
    evening/even afternoon/after next/text june/july may/made march/marsh december/november august/guest
    april/able january/february eve/even ago/go week/weak weeks/week days/day after/half past/fast between/tween
    asap/sap soon/son possible/possibly
    half/have dollars/dollar dollars/collars cents/sense cents/since grand/brand point/pint bucks/books million/billion
    at/that at/and dot/dart dot/dock com/come com/calm gmail/email yahoo/yahoos net/met underscore/under
    yes/yet yes/guess yep/step yeah/year no/know no/now nope/note not/knot right/write right/bright wrong/long
    correct/collect sure/shore it's/its that's/that
    gas/glass gas/guess smell/small leak/week leaking/leaving heat/eat heat/he furnace/furnish heater/eater
    water/waiter noise/nose boiler/broiler thermostat/thermos breaker/baker alarm/arm estimate/ultimate quote/coat
    maintenance/maintain monoxide/oxide working/walking broken/spoken
    checking/chicken savings/saving credit/edit card/car mortgage/market visa/pisa account/count loan/lone
    karen/caring mitchell/michelle brian/brain smith/smit lee/leave sean/shown clark/clerk young/yang walker/walk
    linda/lender maria/marina david/davis daniel/danielle susan/susie brown/round johnson/jackson
    my/by is/as and/in the/a name/names i/a
"""
COMMON = tuple(
    """
    the a and of that it you was they have this from but what all were when we there can your said she will each about
    how their if do some her would make him into time has look more write go see number way could people my than water
    been call who find long down did get come made may part over new sound take only little work know place year live
    me back give most very thing our just name good sentence man think say great where help through much before line
    right too mean old any same tell boy follow came want show also around form small set put end does another well
    large big even such because turn here why ask went men read need land different home us move try kind hand picture
    again change off play spell air away animal house point page letter answer found study still learn should world
    """.split()
)
"""Frequent English words that a recogniser puts where it has nothing better."""


def _alike() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for pair in _PAIRS.split():
        left, right = pair.split("/")
        table[left] = (*table.get(left, ()), right)
        table[right] = (*table.get(right, ()), left)
    return table


SOUND_ALIKES = _alike()
"""Word -> words that recognisers write instead of it over the telephone."""


class Kind(StrEnum):
    """What the recogniser did to a word."""

    DELETED = "deleted"
    DOUBLED = "doubled"
    SOUND_ALIKE = "sound-alike"
    RANDOM = "random word"


@dataclass(frozen=True, slots=True)
class Mishearing:
    """One error: `old` at `index` of the words that were said became `new` (empty: deleted)."""

    kind: Kind
    index: int
    old: str
    new: str
    words: tuple[str, ...]
    """As they were said, lowercase, without punctuation at their ends."""
    text: str
    """As the recogniser writes the utterance."""


def plain(word: str) -> str:
    """A written word as the tables hold it."""
    return word.lower().strip(".,?!")


def mishear(said: str, random: Random) -> Mishearing:
    """The utterance with one error in it, each kind with the same probability. A sound-alike needs a word that has
    one; without any, it is a random word."""
    written = said.split()
    words = tuple(plain(word) for word in written)
    kind = random.choice(tuple(Kind))
    index = random.randrange(len(words))
    if kind is Kind.SOUND_ALIKE:
        places = [place for place, word in enumerate(words) if word in SOUND_ALIKES]
        index = random.choice(places) if places else index
        kind = kind if places else Kind.RANDOM
    old = words[index]
    new = {Kind.DELETED: "", Kind.DOUBLED: old}.get(kind)
    if new is None:
        new = random.choice(SOUND_ALIKES[old] if kind is Kind.SOUND_ALIKE else [word for word in COMMON if word != old])
    put = {Kind.DELETED: [], Kind.DOUBLED: [written[index]] * 2}.get(kind, [new])
    return Mishearing(kind, index, old, new, words, " ".join([*written[:index], *put, *written[index + 1 :]]))
