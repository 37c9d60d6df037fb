# wrong: sum for maximum
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    compute = operations / per_second
    move = bytes_moved / bandwidth
    return compute + move
