"""How many have how many points, drawn as SVG."""

WIDTH, HEIGHT = 480, 300
TOP, BOTTOM = 20, 48  # of the drawing, for the counts and for the axis
BINS = 10
GAP = 5


def histogram(shares: list[float]) -> str:
    """Of scores as shares of what could be had, ten columns; the last has those with everything too."""
    counts = [0] * BINS
    for share in shares:
        counts[min(max(int(share * BINS + 1e-9), 0), BINS - 1)] += 1
    step, most = WIDTH / BINS, max([*counts, 1])
    parts = []
    for k, count in enumerate(counts):
        height = (HEIGHT - TOP - BOTTOM) * count / most
        x, y = k * step + GAP / 2, HEIGHT - BOTTOM - height
        if count:
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{step - GAP:.1f}" height="{height:.1f}" rx="3"/>')
            parts.append(f'<text class="count" x="{(k + 0.5) * step:.1f}" y="{y - 6:.1f}">{count}</text>')
    base = HEIGHT - BOTTOM
    parts.append(f'<line x1="0" y1="{base}" x2="{WIDTH}" y2="{base}"/>')
    for tenth in range(0, BINS + 1, 2):
        anchor = {0: "start", BINS: "end"}.get(tenth, "middle")
        parts.append(f'<text x="{tenth * step:.0f}" y="{base + 20}" text-anchor="{anchor}">{10 * tenth}%</text>')
    parts.append(f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 4}" text-anchor="middle">share of the points</text>')
    told = "; ".join(f"{10 * k} to {10 * k + 10}%: {count}" for k, count in enumerate(counts) if count)
    return (
        f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Submissions by their share of the points. {told}">{"".join(parts)}</svg>'
    )
