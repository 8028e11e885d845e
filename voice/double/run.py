"""A leg's documents, one after the other: fetched, checked, run; the fallback when one can't be had."""

from collections.abc import Mapping

from voice.double.connecting import connect
from voice.double.context import Context, Ended, Next, Step, Switch
from voice.double.dialling import dial
from voice.double.leg import Leg
from voice.double.orders import Source
from voice.double.twiml import CONTENT_TYPES, Document, DocumentError, Verb, parse
from voice.double.verbs import SIMPLE
from voice.double.webhooks import FetchFailed

VERBS = SIMPLE | {"Dial": dial, "Connect": connect}
MOST_DOCUMENTS = 200
"""Of one call; more is a loop."""
APOLOGY = "We are sorry, an application error has occurred. Goodbye."


class Run:
    """Made anew each time the leg is given a document from outside."""

    def __init__(self, switch: Switch, leg: Leg, fallback: Source) -> None:
        self._context = Context(switch, leg)
        self._fallback = fallback

    async def through(self, source: Source, parameters: Mapping[str, str]) -> str:
        """Runs to the end; returns the status with which a verb ended the call, or "" when the verbs ran out."""
        step: Step = Next(source, parameters)
        for _ in range(MOST_DOCUMENTS):
            if not isinstance(step, Next):
                break
            try:
                step = await self._one(step)
            except (FetchFailed, DocumentError) as error:
                self._context.warn(str(error))
                step = self._instead(error)
        else:
            self._context.warn(f"more than {MOST_DOCUMENTS} documents in one call")
        return step.status if isinstance(step, Ended) else ""

    def left(self) -> None:
        """The leg has ended: what a verb still has to say is said."""
        farewell, self._context.farewell = self._context.farewell, None
        if farewell is not None:
            farewell()

    def _instead(self, error: FetchFailed | DocumentError) -> Step:
        """The fallback, once; after it the caller is told of an error and hung up on."""
        fallback, self._fallback = self._fallback, Source()
        leg = self._context.leg
        if fallback.url:
            return Next(fallback, {"ErrorCode": str(error.code), "ErrorUrl": self._context.current.url})
        if not leg.answered.is_set():
            return Ended("failed")
        leg.said_to_it.append(APOLOGY)
        return Ended("completed")

    async def _one(self, step: Next) -> Step:
        """Raises: FetchFailed, DocumentError."""
        self._context.current = step.source
        document = await self._document(step)
        for warning in document.warnings:
            self._context.warn(warning)
        for verb in document.verbs:
            following = await self._verb(verb)
            if following is not None:
                return following
        self._context.switch.answer(self._context.leg)
        return None

    async def _verb(self, verb: Verb) -> Step:
        leg = self._context.leg
        waits = verb.name == "Dial" and verb.truth("answerOnBridge", default=False)
        if verb.name not in {"Reject", "Redirect"} and not waits:
            self._context.switch.answer(leg)
        return await VERBS[verb.name](self._context, verb)

    async def _document(self, step: Next) -> Document:
        """Raises: FetchFailed, DocumentError."""
        source, leg, switch = step.source, self._context.leg, self._context.switch
        if source.twiml:
            leg.documents.append(source.twiml)
            return parse(source.twiml)
        form = switch.parameters(leg) | dict(step.parameters)
        fetched = await switch.webhooks.fetch(source.url, source.method, form)
        self._context.current = Source(fetched.url, source.method)
        if fetched.content_type not in CONTENT_TYPES:
            raise DocumentError(12300, f"{fetched.url} answered {fetched.content_type}, not text/xml")
        leg.documents.append(fetched.body.decode("utf-8", "replace"))
        return parse(fetched.body)
