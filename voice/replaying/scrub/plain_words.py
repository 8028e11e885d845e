"""Words that tell nobody who spoke: a caller's words are kept where they are among these, or are the procedure's own.

A list of what may stay is used, not one of what must go: nobody can list all names. What is on it by mistake costs
little; what is missing from it is left out of the copy, and the procedure must still understand the rest.
"""

from functools import lru_cache

from sop.slots.day_words import MONTHS, WEEKDAYS
from sop.slots.misheard import SMALL
from sop.slots.name_words import EITHER, NOT_NAMES
from sop.slots.spoken_numbers import ORDINALS, is_number_word
from sop.slots.street_words import DIRECTIONS, SUFFIXES, UNITS
from sop.words import FILLERS, split_words, word_set

Vocabulary = frozenset[str]

_MORE = word_set("""
    accident agree agreed agreement another anyway appointment april april's arrive arrived asked august avenue basement
    bedroom bit book booked booking both bought box building burst busy buying calm came car card charged checking
    child children city claim class clear close closed closer come comes company complain complaint computer
    confirm connect contact contract copy correctly count country couple court cover covered crash credit damage damaged
    date dear december deliver delivered delivery dentist depends describe desk different dispute doctor dollar dollars
    door double download driveway dropped due easy email emails employee employees end ended english enough enter error
    essentially exactly example excuse expensive expired extra family fault february field file find finished first five
    follow food forgot forms forward found friend friendly garage general girl glad goods grand guys half hand
    handle hang happy hard has health hear heard heavy high hit home honestly hope hopefully hospital hurt hurts idea
    immediately injured inside instead interested internet invoice issue issues item items january join july june
    kind lady landlord large law lawyer letter letters license like limit list loan location log login longer looked
    looking loss lots low lunch mailed main man march married medical medicine meet meeting men message middle
    mind model money month monthly months move moved moving ms name names near nearly need needed news nice normally
    november number numbers october offer old online opened option options order ordered orders organization package
    pain paid paper parked parking part parts pass past patient pay paying payment payments people percent perfect
    period perhaps personal picture piece place plan plans plus police policy possible possibly post prefer premium
    printed probably product products program proper provider pull purchase puts quality quote quoted rate rates
    reach read reading reason receive received record records refund refuse regarding regular remember rent repair
    replace report request reset respond rest return returned returning returns road roof room rooms running safe
    salary sale salesman save saved school score screen search section seem seems seen sell sent september serious
    settings ship shipped shipping short sick side sign simple since sir site size software sold sounds
    special specific spoke spoken standard state states status stay stays step steps store straight subject such
    suggest support sure sweet swollen teeth test text thanks therefore third though thought thousand
    three ticket times today together tooth total touch track tracking truck truth try type typed under understand
    understood updated upper usual usually vehicle version visit voice wall wants watch week weekly weeks whatever
    which white whoever wife wish woman word words worry worse worst worth write wrote yard years young
    terrible awful horrible hate bad worse great wonderful thank thankful
    gmail yahoo outlook hotmail icloud aol comcast verizon proton com org net edu gov dot underscore
""")


def _spoken_anyway() -> Vocabulary:
    return frozenset(
        word
        for word in (
            *NOT_NAMES,
            *EITHER,
            *SMALL,
            *FILLERS,
            *_MORE,
            *WEEKDAYS,
            *MONTHS,
            *ORDINALS,
            *DIRECTIONS,
            *SUFFIXES,
            *UNITS,
        )
        if not is_number_word(word)
    )


PLAIN: Vocabulary = _spoken_anyway()
"""Words of any call."""


@lru_cache(maxsize=16)
def vocabulary(source: str) -> Vocabulary:
    """The words that may stay in a call of the procedure with this text: those of any call, and the procedure's own,
    which are the business's and known to whoever gets the copy, since it holds the procedure."""
    return PLAIN | frozenset(word for word in split_all(source) if not is_number_word(word))


def split_all(text: str) -> tuple[str, ...]:
    """The words of a text of any length, line by line."""
    return tuple(word for line in text.splitlines() for word in split_words(line))
