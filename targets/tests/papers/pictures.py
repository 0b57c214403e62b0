"""The smallest picture there is, for papers with pictures."""

from base64 import b64decode

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR42mP8zwAAAgQBAVSYoPIAAAAASUVORK5CYII="
)
