"""`python -m voice` is the command `switchboard`."""

from voice.cli import app

if __name__ == "__main__":
    app(prog_name="switchboard")
