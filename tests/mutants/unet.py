"""Mistakes in the network's wiring, its loss, its first weights and its tape."""

from .patching import Mutant

FILE = "unet.py"
WALK = "self._backward_of(step.op)(d, step.cache)"
STORE = 'grads[f"{name}.weight"], grads[f"{name}.bias"] = dinputs[1:]'

MUTANTS = [
    Mutant(
        FILE,
        "skip's gradient dropped",
        "A feature map that is used twice hears from one use only.",
        {"d += across.pop()": "across.pop()"},
    ),
    Mutant(
        FILE,
        "pooled gradient dropped",
        "`=` for `+=`: the skip's gradient replaces the one from below.",
        {"d += across.pop()": "d = across.pop()"},
    ),
    Mutant(
        FILE,
        "skip's gradient counted twice",
        "Added where it arises and where it is used.",
        {"d += across.pop()": "d += 2 * across.pop()"},
    ),
    Mutant(
        FILE,
        "skips' gradients first in, first out",
        "The walk meets the levels in one order and leaves them in the other.",
        {"across.pop()": "across.pop(0)"},
    ),
    Mutant(
        FILE,
        "skips first in, first out",
        "The highest level's skip goes to the lowest level.",
        {"skips.pop(), x": "skips.pop(0), x"},
    ),
    Mutant(
        FILE,
        "the two gradients of the skip connection exchanged",
        "dskip goes down the U and dx across.",
        {
            'dinputs[-1] if step.op == "crop_concat" else dinputs[0]': "dinputs[0]",
            "across.append(dinputs[0])": "across.append(dinputs[-1])",
        },
    ),
    Mutant(
        FILE,
        "ReLU forgotten in backward",
        "A step without parameters is taken for one without a gradient.",
        {WALK: f'{WALK} if step.op != "relu" else d'},
    ),
    Mutant(
        FILE,
        "dropout forgotten in backward",
        "It is off in most runs.",
        {WALK: f'{WALK} if step.op != "dropout" else d'},
    ),
    Mutant(
        FILE,
        "dropout not on the tape",
        "Backward cannot know of it.",
        {'record(f"down{l}.dropout", "dropout", (x,), kept, cache)': "pass"},
    ),
    Mutant(
        FILE,
        "skip taken before dropout",
        "At the lowest skip dropout comes before both the pooling and the skip.",
        {
            "x = kept\n": "undropped, x = x, kept\n",
            "skips.append(x)": "skips.append(undropped if rng is not None and l >= self.depth - 1 else x)",
        },
    ),
    Mutant(
        FILE,
        "dropout at the bottom only",
        "The release drops at the two lowest levels.",
        {"if rng is not None and l >= self.depth - 1:": "if rng is not None and l >= self.depth:"},
    ),
    Mutant(
        FILE,
        "dropout at every level",
        "More than the paper has.",
        {"if rng is not None and l >= self.depth - 1:": "if rng is not None:"},
    ),
    Mutant(
        FILE,
        "dropout never",
        "The switch is wired the wrong way round.",
        {"drop = training and self.dropout > 0": "drop = not training and rng is not None"},
    ),
    Mutant(
        FILE,
        "first convolution's kernel used twice",
        "An index forgotten, at the blocks where the shapes let it pass.",
        {
            'x = run_weighted(f"{block}.conv{i}", "conv2d", x)': (
                'name = f"{block}.conv{i}"\n'
                '                    again = block == "down0" and x.shape[1] == self.base\n'
                '                    used = f"{block}.conv0" if again else name\n'
                '                    x = run(name, "conv2d", x, params[f"{used}.weight"], params[f"{used}.bias"])'
            )
        },
    ),
    Mutant(
        FILE,
        "ReLU after the first convolution only",
        "Forward and backward agree, on another network.",
        {
            '                    x = run(f"{block}.relu{i}", "relu", x)\n': (
                '                    x = x if i else run(f"{block}.relu{i}", "relu", x)\n'
            )
        },
    ),
    Mutant(
        FILE,
        "ReLU after the up-convolution",
        "The authors' release has it, the paper has not.",
        {
            'x = run_weighted(f"up{l}.upconv", "conv_transpose2d", x)': (
                'x = run(f"up{l}.relu", "relu", run_weighted(f"up{l}.upconv", "conv_transpose2d", x))'
            )
        },
    ),
    Mutant(
        FILE,
        "ReLU after the head",
        "Logits have both signs.",
        {
            'return run_weighted("head", "conv2d", x)': (
                'return run("head.relu", "relu", run_weighted("head", "conv2d", x))'
            )
        },
    ),
    Mutant(
        FILE,
        "biases not used",
        "They are 0 at first, so nothing shows.",
        {'params[f"{name}.bias"])': '0 * params[f"{name}.bias"])'},
    ),
    Mutant(
        FILE,
        "up-convolutions get no gradient",
        "Their parameters stay where they were drawn.",
        {
            STORE: f"{STORE}\n"
            '                if op == "conv_transpose2d":\n'
            '                    grads[f"{name}.weight"] = 0 * grads[f"{name}.weight"]'
        },
    ),
    Mutant(
        FILE,
        "gradients handed out in another order",
        "Backward met the steps from the last to the first, the parameters are listed the other way.",
        {"{name: grads[name] for name in self.params}": "dict(zip(self.params, grads.values()))"},
    ),
    Mutant(
        FILE,
        "gradient of one step under another's name",
        "The two convolutions of a block exchange their biases' gradients.",
        {
            STORE: (
                'other = {"down0.conv0": "down0.conv1", "down0.conv1": "down0.conv0"}.get(name, name)\n'
                '                grads[f"{name}.weight"], grads[f"{other}.bias"] = dinputs[1:]'
            )
        },
    ),
    Mutant(
        FILE,
        "dlogits divided by the batch",
        "The loss has done that already.",
        {"        d = dlogits\n": "        d = dlogits / len(dlogits)\n"},
    ),
    Mutant(
        FILE,
        "reduction not handed on",
        "Whatever is asked for, it is the mean.",
        {"(logits, labels, weights, reduction)": "(logits, labels, weights)"},
    ),
    Mutant(
        FILE,
        "weights not handed on",
        "The border map is computed, loaded, and dropped.",
        {"(logits, labels, weights, reduction)": "(logits, labels, None, reduction)"},
    ),
    Mutant(
        FILE,
        "sqrt(1/N) for sqrt(2/N)",
        "The rule for units that do not cut off half of their values.",
        {"np.sqrt(2 / inputs)": "np.sqrt(1 / inputs)"},
    ),
    Mutant(
        FILE,
        "N of the up-convolution counts its outputs",
        "The weight's channels are the other way round there, and each output sees one input pixel.",
        {'shape[0] if "upconv" in name else np.prod(shape[1:])': "np.prod(shape[1:])"},
    ),
    Mutant(
        FILE,
        "N without the kernel's nine places",
        "A neuron's inputs are 9 C, not C.",
        {"else np.prod(shape[1:])": "else shape[1]"},
    ),
    Mutant(
        FILE,
        "a kept tape shares the parameters",
        "An optimizer that steps in place rewrites what the tape recorded.",
        {
            "params = {name: value.copy() for name, value in params.items()}": "pass",
        },
    ),
    Mutant(
        "tape.py",
        "a kept tape is released",
        "It can be walked once, whatever was asked for.",
        {
            "if not self.keep:\n                self.released": "if True:\n                self.released",
        },
    ),
]
