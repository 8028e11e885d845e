"""Write a trained small Whisper as the CTranslate2 folder (int8) that faster_whisper.WhisperModel loads.

`python whisper_convert.py OUT.pt FOLDER --tokenizer tokenizer.json`. The folder appears whole or not at all; the
CARD.md and switchboard.json of an earlier one are kept.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
import whisper_model
from ctranslate2.converters.transformers import WhisperLoader

DECLARED = {
    "kind": "whisper",
    "languages": ["en"],
    "sample_rate": 16000,
    "window_floor_s": 0.0,
    "window_margin_s": 0.6,
    "prompt": ["<|startoftranscript|>", "<|notimestamps|>"],
    "timestamps": True,
    "bias": False,
    "bias_tokens": 40,
    "beam": 5,
    "suppress_blank": False,
    "expects": "lowercase words without punctuation",
    "numbers": "words",
    "spelling": "single letters",
    "max_tokens_per_second": 12,
}


def convert(model: whisper_model.Recogniser, tokens: whisper_model.Tokens, folder: Path) -> None:
    """The model's weights, vocabulary and tokenizer, in `folder`."""
    model.eval()
    whisper = model.whisper
    with torch.no_grad():
        spec = WhisperLoader().get_model_spec(whisper)
    spec.register_vocabulary([tokens.tokenizer.id_to_token(i) for i in range(tokens.size)])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [tokens.id("<|en|>")]
    heads = whisper.config.decoder_attention_heads
    spec.config.alignment_heads = [(whisper.config.decoder_layers - 1, head) for head in range(heads)]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    shutil.copyfile(tokens.path, folder / "tokenizer.json")


def replace(folder: Path, fresh: Path) -> None:
    """Put the fresh folder where the old one was."""
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        for name in ("CARD.md", "switchboard.json"):
            if (folder / name).exists():
                shutil.copyfile(folder / name, fresh / name)
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--which", choices=["average", "last"], default="average")
    args = parser.parse_args()
    tokens = whisper_model.Tokens(args.tokenizer)
    model = whisper_model.Recogniser(tokens)
    model.load_state_dict(torch.load(args.weights)[args.which])
    fresh = args.folder.with_name(args.folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    convert(model, tokens, fresh)
    (fresh / "switchboard.json").write_text(json.dumps(DECLARED, indent=2) + "\n", encoding="utf-8")
    replace(args.folder, fresh)


if __name__ == "__main__":
    main()
