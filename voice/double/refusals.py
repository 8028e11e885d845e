"""The REST API's refusals: an HTTP status, a code of Twilio's error dictionary, a sentence."""

from typing import Any

MORE = "https://www.twilio.com/docs/errors/"


class Refusal(Exception):
    """An answer other than success; `form` is its JSON."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    @property
    def form(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "more_info": f"{MORE}{self.code}", "status": self.status}


def unknown(path: str) -> Refusal:
    return Refusal(404, 20404, f"The requested resource {path} was not found")


def not_in_progress() -> Refusal:
    return Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")


def not_eligible() -> Refusal:
    return Refusal(400, 21220, "Requested resource is not eligible for recording")


def invalid(name: str, why: str) -> Refusal:
    return Refusal(400, 20001, f"Invalid parameter {name}: {why}")


def missing(name: str) -> Refusal:
    return Refusal(400, 20001, f"Missing required parameter {name}")


def unauthorised() -> Refusal:
    return Refusal(401, 20003, "Authenticate")


def too_many() -> Refusal:
    return Refusal(429, 20429, "Too Many Requests")


def broken() -> Refusal:
    return Refusal(500, 20500, "An internal server error has occurred")
