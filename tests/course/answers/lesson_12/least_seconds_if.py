# right: if and else
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    compute, move = operations / per_second, bytes_moved / bandwidth
    if compute > move:
        return compute
    return move
