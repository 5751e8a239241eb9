"""Writes knowledge/assets/all-minilm-l6-v2.npz again: `python -m bench.make_calibration`.

Input: the bundled model and the topics of Python 3.11's own `help()` (pydoc_data), which anyone has.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.finding import calibration, model_files
from knowledge.finding.embed_onnx import Reader


def main() -> None:
    folder = model_files.find_model(model_files.BUNDLED, Path())
    found = calibration.calibrate(folder, Reader(folder).read)
    calibration.save(found, calibration.BUNDLED_ASSET)
    print(
        f"{calibration.BUNDLED_ASSET}: projection {found.projection.shape}, {len(found.reach)} inputs of dense layers"
    )


if __name__ == "__main__":
    main()
