# wrong: upside down
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    return max(per_second / operations, bandwidth / bytes_moved)
