"""老年人: the register as an office reads it, with identity sealed until there is a reason."""
