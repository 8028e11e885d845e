"""How the caller feels about this call: their annoyance with us or their thanks, not the trouble they call about.

VADER (Hutto and Gilbert, ICWSM 2014) supplies boosters, negation and the squashing of the sum into -1..1. Its own
lexicon knows "died", "broken" and "pain" as bad feelings; here only words stand in it that say something about us.
Phrases of several words are one word of that lexicon, so that "this isn't a waste of time" is turned round as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Protocol

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]

from sop.words import Words, split_words, word_set

NEGATIVE = -0.3
"""A turn that scores below this is a negative one."""


class Sentiment(Protocol):
    """Anything that can tell a caller's mood from their words."""

    def score(self, text: str) -> float:
        """-1 very annoyed .. 0 neutral .. 1 pleased."""
        ...


@dataclass(frozen=True, slots=True)
class VaderSentiment:
    """VADER with a lexicon for the telephone. The first score takes about 50 ms longer: VADER reads its files."""

    def score(self, text: str) -> float:
        prepared = _prepared(split_words(text))
        return float(_analyzer().polarity_scores(prepared)["compound"]) if prepared else 0.0


_VADER_WORDS = word_set("""
    ridiculous unacceptable annoying frustrating rude idiot moron pathetic outrageous disappointing incompetent
    unprofessional irritating insulting liar useless happy great perfect wonderful awesome excellent fantastic amazing
    lovely helpful appreciate appreciated thank thanks glad relieved pleased satisfied impressed nice acceptable
    delighted brilliant angry annoyed frustrated upset mad furious disappointed irritated
""")
"""Words about us whose weight VADER knows."""
_OWN_WORDS: Mapping[str, float] = {
    "idiots": -2.3,
    "morons": -2.3,
    "absurd": -2.0,
    "nonsense": -2.0,
    "pointless": -2.0,
    "bullshit": -3.0,
    "unhelpful": -2.0,
    "runaround": -2.0,
    "fuck": -3.0,
    "shit": -2.5,
    "asshole": -3.0,
    "assholes": -3.0,
    "bitch": -3.0,
    "bastard": -3.0,
    "bastards": -3.0,
    "motherfucker": -3.0,
    "freaking": -0.6,
    "damn": -0.9,
    "goddamn": -0.9,
    "crap": -0.9,
    "lifesaver": 2.5,
}
_PHRASES: Mapping[float, str] = {
    -3.2: """
        stupid/dumb/damn/goddamn/useless robot/robots/machine/machines/computer/bot/system/recording/people,
        not a stupid/dumb/damn/goddamn robot/machine/computer/bot/recording,
        you/you're stupid, are you stupid/deaf/dumb, you stupid thing, this/that is stupid, that's/so stupid,
        go to hell, screw you, shut up, i hate this/you/these/your, i hate talking/dealing, hate robots/machines,
        fucking, fuckin, pissed off, piss off, are you kidding, are you freaking/fucking/frigging kidding,
        got/gotta be kidding, got to be kidding, must be kidding, kidding me,
        never use/using/call/calling you again, never use/using/call/calling you guys/people again,
        bunch of idiots/morons, you're/are the worst, you suck, the dumbest thing, so done with you/this
    """,
    -2.6: """
        not listening, not even listening, aren't listening, don't/never/won't listen, are you listening,
        are you even listening, i already/just told/answered, i already/just said that/it/no/yes/so,
        i already/just gave you/it, i told you already, i said no/it/that already, told you already,
        i've told you, i've already told/said/answered, i've said it, told you twice, told you three/four/five/a times,
        told you a thousand/hundred/million times, for the last time, how many times, how many more times,
        waste/wasting/wasted of/my time, waste of my time, enough of my time,
        sick/tired of this/you/your/these/being/waiting/talking/repeating, sick and tired, fed up,
        had enough of this/you/your, had it with, losing/lost my/all patience, out of patience, wrong with you,
        what's your problem, what is your problem, what the hell/heck/fuck, for god's/christ's/heaven's/fuck's sake,
        for crying out loud, is/are a joke, a complete/total/big/fucking joke, such a joke,
        not/isn't/wasn't acceptable, not/isn't good enough, no help, you're no good/use, not what i said/asked,
        you don't understand, you're not understanding, you don't get it, you're not getting it,
        don't/not appreciate, worst customer/service/company/experience/support/people, don't have time for this
    """,
    -2.0: """
        you keep asking/saying/repeating/interrupting, keeps asking/saying, keep/kept hanging up,
        stop/quit asking/repeating/saying, same question again, give me a break, been on hold, on hold again,
        on hold for, kept me waiting, hung/hang up on me, forget it, nobody ever calls/called, taking forever,
        no one ever calls/called, nobody/never called/calls/call/calling me back, no one called/calls me back,
        nobody/never showed up, are you serious, got/gotta be joking, must be joking, just listen to me,
        i can't believe this/you
    """,
    1.0: """
        no problem, no worries, not bad, not that bad, not too bad, not so bad, don't worry, no complaints,
        can't complain, nothing to complain about, sounds good, that's good, all good, that helps, no rush,
        works for me, big help, bless you
    """,
    2.2: """
        thank you so/very much, thanks so much, thanks a lot/million/bunch, can't thank you enough,
        could/couldn't be happier, couldn't be better, could not be happier/better, never been happier,
        what/such a relief, life saver, the best company/service, are/you're the best, very/so kind, you rock,
        love it/your/you
    """,
    0.0: """
        yeah right, i hate to, no thank you, no thanks, great deal, a great pain/loss, upset stomach, told you about,
        working/feeling/doing/running/looking great/perfect/nice
    """,
}
_COUNTED = "second third fourth fifth sixth seventh eighth ninth tenth hundredth thousandth millionth".split()
_CALLS = (
    "calling,i'm calling,i am calling,i called,i call,i had to,i've had to,i have to,i have had to,i'm telling,i tell,"
    "i've called,i have called,i've told,i've asked,i've said,i've tried,i say,i'm saying,i've explained,i'm asking"
).split(",")
_TIMES = "three,four,five,six,seven,ten,twenty,a hundred,a million,so many,too many,several".split(",")
_QUALITIES = word_set("terrible horrible awful lousy poor bad disgusting crappy rotten sucks suck sucked")
_OURS = word_set("service customer company support experience robot system attitude")
_POINTING = word_set("your this")
_CLOSE_BY: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        "angry annoyed frustrated upset mad furious disappointed irritated".split(),
        word_set("i i'm i've me am we we're we've getting makes making"),
    ),
    "useless": word_set("you you're your this that that's it's"),
}
"""Words that are about this call only behind certain others: "my landlord is angry" and "the heater is useless" are
not, "i'm angry" and "you're useless" are."""
_ANYWHERE = word_set("so very really just not extremely pretty quite completely totally absolutely never oh well")
"""What may stand before such a word instead, from the beginning on: "not angry", "completely useless"."""
_NO_WORD = "|"
_APART = (_NO_WORD, _NO_WORD, _NO_WORD)
"""VADER looks for a negation three words back, and is not to find one from the clause before."""
_CLAUSE_STARTS = word_set("thank thanks i i'm that's it's you're you've and because but")
_THINKING = word_set("think mean say saying feel believe that")
"""A negation before these reaches into the next clause: "i don't think you're stupid"."""
_BARE_NO = word_set("no nope nah yeah yes")


@dataclass(frozen=True, slots=True)
class _Phrases:
    tokens: Mapping[Words, str]
    """Phrase -> the one word that stands for it."""
    weights: Mapping[str, float]
    longest: int


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    tokens: dict[Words, str] = {}
    weights = {"badservice": -2.8}
    for number, (weight, lines) in enumerate(_PHRASES.items()):
        token = f"phrase{number}" if weight else _NO_WORD
        weights |= {token: weight} if weight else {}
        for phrase in lines.split(","):
            for words in product(*(place.split("/") for place in phrase.split())):
                tokens[words] = token
    for count, call in product(_COUNTED, _CALLS):
        tokens[(count, "time", *call.split())] = "repeatedcall"
    tokens |= {("for", "the", count, "time"): "repeatedcall" for count in _COUNTED}
    for times, whom in product(_TIMES, ("", "you ", "in ", "back ")):
        tokens[tuple(f"called {whom}{times} times".split())] = "repeatedcall"
    weights["repeatedcall"] = -2.6
    return _Phrases(tokens, weights, max(map(len, tokens)))


@lru_cache(maxsize=1)
def _analyzer() -> SentimentIntensityAnalyzer:
    analyzer = SentimentIntensityAnalyzer()
    known = {word: analyzer.lexicon[word] for word in _VADER_WORDS}
    analyzer.lexicon = known | dict(_OWN_WORDS) | dict(_phrases().weights)
    analyzer.emojis = {}
    return analyzer


def _prepared(words: Words) -> str:
    """The words as VADER is to read them: phrases as one word, clauses apart, words that are not about us gone."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        token, after = _token(words, at)
        if words[at] in _CLAUSE_STARTS and at and words[at - 1] not in _THINKING:
            kept += _APART
        if token not in _BARE_NO:
            kept.append(token)
        at = after
    return " ".join(kept)


def _token(words: Words, at: int) -> tuple[str, int]:
    """What to read at `at`, and the index after it."""
    phrases = _phrases()
    for size in range(min(phrases.longest, len(words) - at), 0, -1):
        token = phrases.tokens.get(words[at : at + size])
        if token:
            return token, at + size
    word = words[at].removesuffix("'s") if words[at] == "nothing's" else words[at]
    if word in _QUALITIES and _is_ours(words, at):
        return "badservice", at + 1
    needed = _CLOSE_BY.get(word)
    if needed and needed.isdisjoint(words[max(0, at - 4) : at]) and not _ANYWHERE.issuperset(words[:at]):
        return _NO_WORD, at + 1
    return word, at + 1


def _is_ours(words: Words, at: int) -> bool:
    """Whether the bad word at `at` is about our service: "terrible service", "your system is really awful"."""
    if not _OURS.isdisjoint(words[at + 1 : at + 3]):
        return True
    before = words[max(0, at - 4) : at]
    return not _OURS.isdisjoint(before) and not _POINTING.isdisjoint(before)
