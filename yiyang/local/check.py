def demo_check() -> int:
    return 0
