"""Text as XML can hold it: one wrong character makes a whole file or chart useless."""

import re

# XML 1.0 第 2.2 节的 Char 以外的：从别处粘来的软回车、退格，半个代理对，不是字符的。
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text without what XML cannot hold, not even escaped."""
    return NOT_XML.sub("", text)
