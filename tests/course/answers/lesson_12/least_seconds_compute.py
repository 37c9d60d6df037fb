# wrong: arithmetic alone
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    return operations / per_second
