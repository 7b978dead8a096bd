"""Bytes from strangers into text: never a failure, and no codec but those that are about writing.

Python knows codecs that unpack, that quote and that take quadratic time; a mail may name any of them.
"""

import codecs
import re

#: What mails really use. Whatever else is named is read as UTF-8, or else as Windows' Latin letters.
KNOWN = re.compile(
    "utf-?8|utf-?16(le|be)?|(us-)?ascii|iso-?8859-?[0-9]{1,2}(-i)?|(windows|cp)-?125[0-8]|koi8-[ru]|"
    "gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)|iso-2022-(jp|kr)|ks_c_5601-1987"
)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decoded(content: bytes, charset: str = "") -> str:
    """Give the text: by the mark it begins with, as UTF-8, as it says of itself, or as Windows writes.

    UTF-8 goes before what is said, because other writing hardly ever looks like it, while many
    programs name a charset that they do not use.
    """
    named = charset.strip().strip("\"'").casefold()
    for mark, codec in _MARKS.items():
        if content.startswith(mark):
            return content.decode(codec, errors="replace")
    if b"\x1b$" not in content and (text := _strictly(content, "utf-8")) is not None:
        return text
    if KNOWN.fullmatch(named) and (text := _strictly(content, named)) is not None:
        return text
    return content.decode("cp1252", errors="replace")


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        return None
