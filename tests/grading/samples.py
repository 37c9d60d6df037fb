"""Reports as a grading gives them, and texts by which a student would do harm where they are shown."""

from dataclasses import replace

from hypothesis import strategies as st

from minunet.grading.report import VERDICTS, Example, Fault, Finding, Report

TIES = Fault(
    "dx",
    "dx[0, 0, 0, 7] is 2.054, expected 0; 100 of 360 entries are wrong",
    "goes to every tie",
    "A window passes its gradient to one pixel, the first of its largest in row order: where it goes to all that are "
    "equal, it is counted several times.",
    "Take the argmax of the window, instead of comparing x with the maximum.",
    Example(
        {"x": "[[[[1, 1],\n   [0, 0]]]]", "dout": "[[[[3]]]]"},
        "dx[0, 0, 0, 1]",
        "dx[n,c,2h+i,2w+j] = dout[n,c,h,w] where (i,j) is the first largest of its window in row order, else 0",
        "3",
        "0",
    ),
)
MEAN = Fault(
    "dbias",
    "dbias[0] is 0.204, expected 7.13; 4 of 4 entries are wrong",
    "mean over images and pixels",
    "The bias is added at every pixel of every image: its gradient is the sum over all of them.",
    "Write sum for mean.",
    Example(
        {
            "x": "[[[[ 1, -2],\n   [ 3,  4]]]]",
            "weight": "[[[[2]]]]",
            "bias": "[-3]",
            "dout": "[[[[ 1, -2],\n   [ 3,  4]]]]",
        },
        "dbias[0]",
        "dbias[f] = sum over n,h,w of dout[n,f,h,w]",
        "1.5",
        "6",
    ),
)
RAISED = Fault("out, cache", "relu_forward raises TypeError: can't multiply (line 3 of ben.py)", "raises TypeError")
ABSENT = Fault("", "relu_backward is not defined; expected relu_backward(dout, cache) -> dx")
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ISOLATION = "level 3: namespaces, Landlock, seccomp and limits"

CONV = (Finding("conv2d_forward", "right", 4, 4), Finding("conv2d_backward", "right", 6, 6))
RELU = (Finding("relu_forward", "right", 1, 1), Finding("relu_backward", "right", 2, 2))
POOL = (Finding("max_pool2d_forward", "right", 2, 2), Finding("max_pool2d_backward", "right", 3, 3))

ANNA = Report("anna.py", DIGEST, "unet", 3, ISOLATION, (*CONV, *RELU, *POOL, Finding("network", "right", 4, 4)))
BEN = replace(
    ANNA,
    submission="ben.ipynb",
    digest=DIGEST[::-1],
    findings=(
        CONV[0],
        replace(CONV[1], verdict="wrong", points=4.0, faults=(MEAN,), notes=("dx has dtype float64",)),
        replace(RELU[0], verdict="wrong", points=0, faults=(RAISED,)),
        replace(RELU[1], verdict="missing", points=0, faults=(ABSENT,)),
        POOL[0],
        replace(POOL[1], verdict="wrong", points=0, faults=(TIES,)),
        Finding("network", "not judged", 20 / 9, 4, notes=("it needs relu_backward",)),
    ),
    notes=("line 9 of ben.py failed when the file was run: ModuleNotFoundError: torch",),
    printed="loss 0.693\nloss 0.412\n",
)
CHLOE = replace(ANNA, submission="chloé", findings=(*BEN.findings[:2], *RELU, *BEN.findings[4:]))
UNREADABLE = Report(
    "broken.zip",
    "0" * 64,
    "unet",
    3,
    "nothing was run",
    tuple(
        replace(one, verdict="missing", points=0, faults=(Fault("", "broken.zip is a damaged or encrypted zip"),))
        for one in (*CONV, *RELU, *POOL)
    ),
    ("broken.zip is a damaged or encrypted zip",),
)
CLASS = (ANNA, BEN, UNREADABLE, CHLOE)  # not in the order of their names: é comes after all of ASCII

HARMFUL = (
    "<script>document.title = 'taken'</script>",
    '" onmouseover="document.title = \'taken\'" x="',
    "' onfocus='document.title=1' autofocus='",
    "javascript:document.title='taken'",
    "<img src=x onerror=\"document.title='taken'\">",
    "<img src=https://example.org/x.png>",
    "</style><style>@import 'https://example.org/x.css'</style>",
    "</title></textarea></script><!-- ]]> &amp; &#x3c;",
    "\x1b[2J\x1b]0;taken\x07\x1b[31mred",
    "\x9b31m\x90\x00\x08\x7f",
    "a\u202egnirts\u2066 \u200b\ufeff",
    "half of a pair \ud83d",
    "::error file=a.py::taken",
    "  ::set-output name=grade::100",
    "##vso[task.setvariable variable=grade]100",
    "##[command]taken",
    '=HYPERLINK("https://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    'quo"te, comma\r\nline',
    "../../etc/passwd",
    "..\\..\\x",
    ".hidden",
    "CON.py",
    "a" * 500,
    "{style}%s{0}",
    "",
)

texts = st.sampled_from(HARMFUL) | st.text(st.characters(), max_size=40)
points = st.integers(0, 40).map(lambda quarters: quarters / 4)
examples = st.builds(Example, st.dictionaries(texts, texts, max_size=2), texts, texts, texts, texts)
faults = st.builds(Fault, texts, texts, texts, texts, texts, st.none() | examples)
findings = st.builds(
    Finding,
    texts,
    st.sampled_from(VERDICTS),
    points,
    points,
    st.lists(faults, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)
reports = st.builds(
    Report,
    texts,
    st.just(DIGEST),
    texts,
    st.integers(0, 3),
    texts,
    st.lists(findings, max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    texts,
)


def harmful(text: str) -> Report:
    """A report with one text everywhere."""
    example = Example({text: text, "x": text}, text, text, text, text)
    fault = Fault(text, text, text, text, text, example)
    found = tuple(Finding(text, verdict, 1.0, 2.0, (fault,), (text,)) for verdict in VERDICTS)
    return Report(text, DIGEST, text, 1, text, found, (text,), text)
