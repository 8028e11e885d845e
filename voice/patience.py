"""How long the caller may be silent until the agent speaks again. Pure; every time is samples of the call's clock."""


class Patience:
    """Of one call. It begins anew with every question, and whenever the agent has finished."""

    def __init__(self, usual: int, moment: int) -> None:
        """`usual`: after a question; `moment`: after the caller has asked for a moment."""
        self._usual = usual
        self._moment = moment
        self._length = usual
        self._since = 0
        """Silent since then, as far as it counts."""
        self._exchange = 0
        """When the agent last spoke, or something new was asked."""

    def begin(self, at: int) -> None:
        """The agent speaks, or expects something else."""
        self._since = self._exchange = at

    def hold(self, at: int) -> None:
        """The caller does something about it: the agent was cut short, a key was pressed."""
        self._since = at

    def lengthen(self, *, moment: bool) -> None:
        """The caller has spoken: `moment` says that they asked for one."""
        self._length = self._moment if moment else self._usual

    def noise(self, at: int) -> bool:
        """A noise is over. It buys the caller half the silence again, but not for ever: whether it is too late."""
        if at - self._exchange >= 2 * self._length:
            return True
        self._since = max(self._since, at - self._usual // 2)
        return False

    def is_over(self, at: int) -> bool:
        """Whether the agent has waited long enough."""
        return at - self._since >= self._length
