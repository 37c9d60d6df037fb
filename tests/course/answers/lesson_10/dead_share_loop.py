# right: channel by channel
def dead_share(out):
    C = out.shape[1]
    dead = 0
    for c in range(C):
        if not out[:, c].any():
            dead += 1
    return dead / C
