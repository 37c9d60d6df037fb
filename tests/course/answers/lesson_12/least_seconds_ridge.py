# right: by the intensity
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    rate = min(per_second, bandwidth * operations / bytes_moved)
    return operations / rate
