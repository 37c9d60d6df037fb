"""What runs beside a student's code, in the sandbox: staged there file by file, it sees NumPy and nothing of ours."""
