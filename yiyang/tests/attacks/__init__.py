"""The portal as someone attacks it who has read its source."""
