"""The words for yes and no."""

from sop.words import FILLERS, Words, phrase_list, word_set


def _longest_first(phrases: tuple[Words, ...]) -> tuple[Words, ...]:
    return tuple(sorted(phrases, key=len, reverse=True))


YES = phrase_list("""
    it's okay, it's ok, nope all good, no all good,
    nope that's right, nope that's correct, nope that's it, nope that's all, nope that's fine,
    nope that's good, no all right, that's the best one, that'll do, you can use that, use that, use that
    one, use this one, should be fine, it should be fine, that is, it should be, this is the best, that one,
    this one, that one is fine, this one is fine, that one's fine, this one's fine, that one works, oh yes,
    oh yeah, yes, yeah, yep, yup, ya, yea, yah, sure, correct, right, affirmative, absolutely, definitely,
    exactly, perfect, certainly, uh huh, mm hmm, mhm, you got it, you bet, of course, sounds good, sounds
    right, looks good, looks right, that's right, that is right, that's correct, that is correct, that's it,
    that's perfect, that is perfect, that's fine, that is fine, that's good, that's great, that's the one,
    that's me, that works, that will work, that'll work, that will do, it is, it's correct, it's right, it's
    fine, it's good, is correct, is right, is fine, all good, it's all good, all right, alright, all
    correct, everything is right, everything is correct, everything's right, everything's correct,
    everything is fine, everything is good, everything sounds good, i do, it does, go ahead, fine, good,
    great, ok, okay, please do, i think so, i guess so, i suppose so, i suppose, i guess, i believe so, that
    sounds good, that sounds right, true, you have it right, you've got it, got it, this number is fine,
    this is fine, the best one, it's the best, that's the best number, works for me, very good, no problem,
    no that's right, no that's correct, no that's fine, no that's it, no that's all, no that's good, no it's
    right, no it's correct, no it's fine, no it's good, no everything is right, no everything is fine, no
    yeah, no yes, no yep, no no yeah, nah yeah, mmhmm, sure why not, sure thing, totally, for sure, that's a yes,
    you're right, you are right, you're correct, you are correct, hell yeah, by all means, no that's perfect, no you got
    it, not a problem, that's not a problem, it's not a problem, that's all
    good, everything's good, everything's fine, everything's okay, everything's ok, everything is okay, everything is
    ok, everything's all right, everything is all right, everything's alright
""")
CONSENT = phrase_list("""
    i agree, agreed, i accept, accepted, i consent, i authorize it, i authorize that, i give my consent, you have my
    consent, you have my permission, i'm okay with that, i'm ok with that, i'm fine with that, let's do it, let's do
    that, let's book it, book it, just do it, i'll take it, i'll take that, i'll take that one, that would be great,
    that would be fine, that would be good, that would be perfect, that would be nice, i'd like that, sounds like a
    plan, you may, you can, i'll see you then, see you then, fine by me, okay by me, ok by me, all right by me, alright
    by me, good by me, good to go, good idea, great idea, sounds like a good idea, sounds like a great idea, that sounds
    like a good idea, that's a good idea
""")
"""A yes to what is asked for or read back, and none to how things are."""
OKAYS = phrase_list("""
    that's okay, that's ok, that's all right, that's alright, it's all right, it's alright, that's very good
""")
"""A yes to what was read back; to an offer they may as well be a "no, thank you"."""
NO = phrase_list("""
    oh no, no, nope, nah, naw, negative, not right, not correct, incorrect, wrong, that's wrong, that is wrong, that's
    not right, that is not right, that's not correct, that is not correct, that isn't right, that isn't correct, it's
    not, it is not, it isn't, that's not it, that isn't it, not quite, not really, not exactly, no way, absolutely
    not, definitely not, of course not, i don't think so, i do not, i don't, not that one, not this one, not this
    number, that's incorrect, that is incorrect, you got it wrong, you have it wrong, that's not my, it's wrong, it is
    wrong, no thanks, no thank you, i made a mistake, that was wrong, wasn't right, not yes, i don't believe so,
    that's a no, hell no, not at all, nuh uh, huh uh, not that i know of, i'm afraid not, i am afraid not, afraid not,
    not that i'm aware of, there isn't, there is not, there's not, no i'd rather, no i would rather, no i'd prefer to,
    no i want to, no i'd like to, there sure isn't, it sure isn't, it sure doesn't, i sure don't
""")
DECLINES = phrase_list("""
    i'm not interested, i am not interested, we're not interested, not interested, i'd rather not, i would rather not,
    rather not, i'd prefer not to, i'd prefer not, i would prefer not to, prefer not to, i disagree, i decline, i refuse
""")
"""A no to an offer."""
PRAISE = phrase_list("""
    it's okay, it's ok, all good, it's all good, should be fine, it should be fine, it should be, that'll do, that will
    do, this is the best, sounds good, sounds right, that sounds good, that sounds right, looks good, looks right,
    that's perfect, that is perfect, that's fine, that is fine, that's good, that's great, that works, that will work,
    that'll work, it's fine, it's good, is fine, this is fine, all right, alright, everything is right, everything's
    right, everything is fine, everything is good, everything sounds good, fine, good, great, perfect, very good, got
    it, ok, okay, works for me, no problem, not a problem, that's not a problem, it's not a problem,
    that's all good, everything's good, everything's fine, everything's okay, everything's ok, everything is okay,
    everything is ok, everything's all right, everything is all right, everything's alright
""")
"""Praise of what was offered or read back. It does not tell how things are: "is there bleeding?" "all good"."""
SAYS_YES = tuple(phrase for phrase in YES if phrase not in PRAISE)
ALL_YES = _longest_first(YES + CONSENT)
READ_YES = _longest_first(YES + CONSENT + OKAYS)
ALL_NO = _longest_first(NO + DECLINES)
SPARSE = phrase_list("""
    ok, okay, all right, alright, fine, good, great, perfect, very good, got it, all good, that's good, that's great,
    right
""")
"""A yes to an offer only where nothing of weight follows: "good question" is none."""
WHOLE = {
    True: phrase_list(
        "why not, i did, i am, i have, i can, i would, i will, we do, we did, we are, we have, they did, it did"
    ),
    False: phrase_list("""
        never, not yet, don't, i'm not, i am not, i didn't, i did not, i haven't, i have not, i can't, i cannot,
        i wouldn't, i won't, we don't, we didn't, we're not, we haven't, i doubt it, they didn't, it didn't, it did not
    """),
}
"""A yes or a no where nothing else is said."""
WHOLE_FACT = {
    True: phrase_list("""
        i was, we were, he was, she was, they were, there was, there were, i have one, i have some, we have one,
        i've got one, we've got one, i've got some
    """),
    False: phrase_list("""
        i wasn't, i was not, we weren't, we were not, he wasn't, she wasn't, they weren't, there wasn't, there weren't,
        nobody, no one, none of us, nobody was, no one was, nobody is, no one is, nobody was hurt, no one was hurt,
        nobody got hurt, no one got hurt, nobody's hurt, no one's hurt, nobody is hurt, no one is hurt,
        nobody was injured, no one was injured, none of us were, none of us was, i don't have any, i don't have one,
        i do not have any, i do not have one, we don't have any, we don't have one, i haven't got one
    """),
}
"""The same, where it was asked how things are."""
UNSURE = phrase_list("""
    i don't know, i do not know, i don't remember, i do not remember, i don't recall, i don't understand, i don't mind,
    i don't care, i don't have, i don't get, i don't want, i don't need, i don't see, not sure
""")
"""Neither yes nor no, though they begin like one."""
SOFT = FILLERS | word_set("""
    and then thanks thank you sir ma'am ma'm very much just the a i said now me number best is that it this
    sounds me with
""")
"""Words after which a yes is still only a yes."""
BARE = phrase_list("that is, it is, it should be, that one, this one, that'll do, you may, you can")
"""A yes only where nothing of weight follows: "that is long" is none."""
