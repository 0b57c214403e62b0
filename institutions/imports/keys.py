"""The batches' own keys, as the rotation of master keys knows them."""

from __future__ import annotations

from institutions.models import ImportBatch
from yiyang.keys import KeyColumn

SHEETS = KeyColumn(ImportBatch, "wrapped_key", "uid", "份导入文件的密钥")
