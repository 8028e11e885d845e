"""A telephone call: from Twilio's audio frames to a saved lead and back.

`voice.call` decides and imports nothing that does; `voice.session` does what it decides. The procedure that a
call follows is the other package, `sop`, which knows nothing of telephones. Imports point up the list of
layers in `tests/test_layers.py`.
"""

__version__ = "0.1.0"
