"""Writes knowledge/assets/all-minilm-l6-v2.projection.npy again: `python -m bench.make_projection`.

Input: the bundled model and the topics of Python 3.11's own `help()` (pydoc_data), which anyone has.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from knowledge import embed, model_files, onnx_export, projection


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model.onnx"
        folder = model_files.find_model(model_files.BUNDLED, Path(scratch))
        onnx_export.export(folder, model)
        found = embed.fit_projection(folder, model)
    projection.BUNDLED_ASSET.parent.mkdir(exist_ok=True)
    projection.save(found, projection.BUNDLED_ASSET)
    print(f"{projection.BUNDLED_ASSET}: {found.shape}")


if __name__ == "__main__":
    main()
