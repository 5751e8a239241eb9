"""A BERT-family sentence model (safetensors) → one small ONNX file that computes on int8; needs no torch.

    input   a folder as sentence-transformers keeps it: config.json, 1_Pooling/config.json, model.safetensors, …
    output  model.onnx: ids (1, n) int64, projection (dim, p) float32 → vector (1, dim), tokens (1, n, p), unit length

The graph is written by hand, and that is where its speed comes from (for each CPU second 4 to 5 times torch, and 1.4
times the same layers as ONNX Runtime fuses them by itself): query, key and value share one quantised input; bias is
added inside the integer product; `Add` and `LayerNormalization` stay two nodes, because SkipLayerNormalization, which
joins them, is scalar code on CPUs and took 28 % of all time. It takes one text at a time: nothing is padded and nothing
masked, so that a text has the same vector whoever stands beside it; batches would be 9 % faster at 64 tokens and not at
all at 256.

Some channels of what a dense layer reads are a hundred times larger than others and would leave these few of the 256
steps. So every channel is divided by what it reaches on sample text (calibration.py), and the weights that read it are
multiplied by the same (SmoothQuant, Xiao et al. 2023, equation 4): a third of the error for 4 % of the time. Half of
what is left comes from the last product of the first two layers, which therefore stays on floats, for 12 % of the time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

Reach = dict[str, Floats]  # by input of dense layers: the largest absolute value of each channel

RECIPE = "3"  # changes whenever the same model would give other vectors
_OPSET = 20
_CONTRIB = "com.microsoft"
_ON_FLOATS = frozenset({"encoder.layer.0.output.dense", "encoder.layer.1.output.dense"})
_SMOOTHING = 0.8  # α of equation 4: how much of the difficulty moves into the weights
_ACTIVATIONS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}


class Unsupported(Exception):  # noqa: N818  (no error: such a model is served in another way)
    """Why this folder cannot be turned into an ONNX file here."""


def export(folder: Path, target: Path, reach: Reach, *, weight_bits: int = 8) -> None:
    """Write `folder`'s model to `target`, with weights of `weight_bits` bits (8, or 7 for CPUs without VNNI).

    Raises:
        Unsupported: not a BERT encoder with mean or first-token pooling, or its weights are not plain safetensors.
    """
    import onnx

    config, pooling = _described(folder)
    onnx.save_model(_Graph(_weights(folder), config, reach, weight_bits).sentence(pooling), str(target))


def exact(folder: Path) -> tuple[bytes, list[str]]:
    """The same model on floats, as bytes, and what its dense layers read: outputs besides `vector` and `tokens`.

    Raises:
        Unsupported: as `export`.
    """
    config, pooling = _described(folder)
    graph = _Graph(_weights(folder), config, None)
    return graph.sentence(pooling).SerializeToString(), list(graph.inputs)


def _weights(folder: Path) -> dict[str, Floats]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        weights = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise Unsupported(f"its weights cannot be read without torch ({error})") from error
    prefix = "bert." if "bert.embeddings.word_embeddings.weight" in weights else ""
    return {name.removeprefix(prefix): np.asarray(value, np.float32) for name, value in weights.items()}


def _described(folder: Path) -> tuple[dict[str, Any], str]:
    """The settings of a model that can be exported, and its pooling, "mean" or "cls"."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unsupported(f"it is not laid out as a sentence-transformers model ({error})") from error
    if config.get("model_type") != "bert" or config.get("position_embedding_type", "absolute") != "absolute":
        raise Unsupported(f"its architecture is {config.get('model_type')!r}, not 'bert'")
    if config.get("hidden_act") not in _ACTIVATIONS:
        raise Unsupported(f"its activation function is {config.get('hidden_act')!r}")
    others = {module["type"].rpartition(".")[2] for module in modules} - {"Transformer", "Pooling", "Normalize"}
    if others:
        raise Unsupported(f"it has a module {', '.join(sorted(others))} after its encoder")
    # pooling_mode: "mean" since sentence-transformers 6, a flag for each mode before
    flags = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    modes = {mode for flag, mode in flags.items() if pooling.get(flag)} | {pooling.get("pooling_mode")} - {None}
    other_flags = [
        name for name, on in pooling.items() if name.startswith("pooling_mode_") and on and name not in flags
    ]
    if len(modes) != 1 or not modes <= set(flags.values()) or other_flags:
        raise Unsupported("its pooling is neither the mean nor the first token")
    if not pooling.get("include_prompt", True):
        raise Unsupported("its pooling leaves out the prompt")
    return config, modes.pop()


class _Graph:
    """Nodes and constants in the making; without `reach` everything is computed on floats, and shown."""

    def __init__(
        self, weights: dict[str, Floats], config: dict[str, Any], reach: Reach | None, weight_bits: int = 8
    ) -> None:
        self.inputs: list[str] = []  # of dense layers
        self._weights = weights
        self._config = config
        self._reach = reach
        self._top = 2 ** (weight_bits - 1) - 1
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def sentence(self, pooling: str) -> Any:
        """The whole model."""
        from onnx import TensorProto, helper

        hidden = self._embeddings()
        for layer in range(self._config["num_hidden_layers"]):
            hidden = self._layer(f"encoder.layer.{layer}", hidden)
        if pooling == "mean":
            pooled = self._op("ReduceMean", [hidden, self._constant(np.array([1]))], keepdims=0)
        else:
            pooled = self._op("Gather", [hidden, self._constant(np.array(0))], axis=1)
        self._op("LpNormalization", [pooled], outputs=["vector"], axis=-1, p=2)
        projected = self._op("MatMul", [hidden, "projection"])
        self._op("LpNormalization", [projected], outputs=["tokens"], axis=-1, p=2)
        dim = self._config["hidden_size"]
        graph = helper.make_graph(
            self._nodes,
            "sentence",
            [
                helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "n"]),
                helper.make_tensor_value_info("projection", TensorProto.FLOAT, [dim, "p"]),
            ],
            [
                helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, dim]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "n", "p"]),
                *(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self.inputs),
            ],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="lamplighter")

    def _embeddings(self) -> str:
        """Word + position + type, normalised. Words are int8 by row: they are half of the file."""
        from onnx import TensorProto

        words = self._weights["embeddings.word_embeddings.weight"]
        scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / np.float32(127)
        rows = self._op("Gather", [self._constant(np.round(words / scale).astype(np.int8)), "ids"])
        scales = self._op("Gather", [self._constant(scale.astype(np.float32)), "ids"])
        word = self._op("Mul", [self._op("Cast", [rows], to=TensorProto.FLOAT), scales])
        place = self._weights["embeddings.position_embeddings.weight"]
        place = place + self._weights["embeddings.token_type_embeddings.weight"][0]
        zero, length = self._constant(np.array([0])), self._op("Shape", ["ids"], start=1, end=2)
        places = self._op("Slice", [self._constant(place), zero, length, zero])
        return self._normal("embeddings.LayerNorm", self._op("Add", [word, places]))

    def _layer(self, name: str, hidden: str) -> str:
        attention = f"{name}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        heads = self._config["num_attention_heads"]
        context = self._op("MultiHeadAttention", self._dense(hidden, *parts), domain=_CONTRIB, num_heads=heads)
        (attended,) = self._dense(context, f"{attention}.output.dense")
        hidden = self._normal(f"{attention}.output.LayerNorm", self._op("Add", [attended, hidden]))
        (inner,) = self._dense(hidden, f"{name}.intermediate.dense")
        inner = self._op("Gelu", [inner], approximate=_ACTIVATIONS[self._config["hidden_act"]])
        (outer,) = self._dense(inner, f"{name}.output.dense")
        return self._normal(f"{name}.output.LayerNorm", self._op("Add", [outer, hidden]))

    def _dense(self, tensor: str, *names: str) -> list[str]:
        """Dense layers that read the same tensor, on int8, which takes its range from what it holds in this text."""
        weights = [self._weights[f"{name}.weight"].T for name in names]
        biases = [self._constant(self._weights[f"{name}.bias"]) for name in names]
        key = f"{names[0]}.input"
        if self._reach is None:
            self.inputs.append(self._op("Identity", [tensor], outputs=[key]))
        if self._reach is None or names[0] in _ON_FLOATS:
            products = [self._op("MatMul", [tensor, self._constant(weight)]) for weight in weights]
            return [self._op("Add", [product, bias]) for product, bias in zip(products, biases, strict=True)]
        scale = _smoothing(self._reach[key], weights)
        outputs = [f"{key}.{part}" for part in ("u8", "scale", "zero")]
        smooth = self._op("Mul", [tensor, self._constant(1 / scale)])
        self._op("DynamicQuantizeLinear", [smooth], outputs=outputs)
        return [
            self._product(outputs, weight * scale[:, None], bias) for weight, bias in zip(weights, biases, strict=True)
        ]

    def _product(self, quantised: list[str], weight: Floats, bias: str) -> str:
        """Tensor × weight + bias, the weight on int8 with one scale for each of its outputs."""
        scale = (np.maximum(np.abs(weight).max(axis=0), 1e-12) / self._top).astype(np.float32)
        matrix = self._constant(np.round(weight / scale).astype(np.int8))
        zeros = self._constant(np.zeros(weight.shape[1], np.int8))
        tensor, tensor_scale, tensor_zero = quantised
        inputs = [tensor, matrix, tensor_scale, self._constant(scale), tensor_zero, zeros, bias]
        return self._op("MatMulIntegerToFloat", inputs, domain=_CONTRIB)

    def _normal(self, name: str, tensor: str) -> str:
        inputs = [
            tensor,
            self._constant(self._weights[f"{name}.weight"]),
            self._constant(self._weights[f"{name}.bias"]),
        ]
        return self._op("LayerNormalization", inputs, axis=-1, epsilon=float(self._config.get("layer_norm_eps", 1e-12)))

    def _constant(self, array: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def _op(
        self, kind: str, inputs: list[str], *, outputs: list[str] | None = None, domain: str = "", **attributes: Any
    ) -> str:
        from onnx import helper

        named = outputs or [f"{kind}_{len(self._nodes)}"]
        self._nodes.append(
            helper.make_node(kind, inputs, named, name=f"{kind}_{len(self._nodes)}", domain=domain, **attributes)
        )
        return named[0]


def _smoothing(reach: Floats, weights: list[Floats]) -> Floats:
    """What to divide each channel by: reach^α / weight^(1−α), brought to a geometric mean of 1."""
    weight = np.maximum(np.abs(np.concatenate(weights, axis=1)).max(axis=1), 1e-4)
    wanted = np.maximum(reach, 1e-3) ** _SMOOTHING / weight ** (1 - _SMOOTHING)
    return np.asarray(wanted / np.exp(np.log(wanted).mean()), dtype=np.float32)
