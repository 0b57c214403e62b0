"""Sealing of personal fields: a key of each person's own, wrapped by the portal's master keys.

Destroying a person's wrapped key makes every copy of that person's fields unreadable at once,
in the record, the log and old dumps alike; that is why fields are never sealed with a master key.
"""

import base64
import os
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
CIPHERS: Mapping[str, int] = {"AES-256-GCM": 1, "SM4-GCM": 2}
NONCE_BYTES = 12
KEY_ID_AT = 3  # 包裹密钥：版本、算法、编号长度各一字节，之后是主密钥编号
TAG_BYTES = 16
KEY_BYTES = 32
MARK_BYTES = 4  # 检索值开头：由哪一把检索密钥、哪一种算法算出
DIGEST_BYTES = 32
WRAPPED = "data_key"


class SealError(Exception):
    """A sealed value does not open: altered, moved to another row or column, or the wrong key."""


class Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM under the same two verbs as AESGCM; the 16-byte key is derived with HMAC-SM3."""

    def __init__(self, key: bytes) -> None:
        derivation = HMAC(key, hashes.SM3())
        derivation.update(b"yiyang SM4-GCM")
        self._algorithm = algorithms.SM4(derivation.finalize()[:16])

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(body) + decryptor.finalize()


def _new_aead(key: bytes, cipher: int) -> Aead:
    if len(key) != KEY_BYTES:
        raise SealError(f"密钥须为 {KEY_BYTES} 字节。")
    if cipher == CIPHERS["AES-256-GCM"]:
        return AESGCM(key)
    if cipher == CIPHERS["SM4-GCM"]:
        return Sm4Gcm(key)
    raise SealError("密文的算法编号不认识，可能已被改动。")


def _current_cipher() -> int:
    try:
        return CIPHERS[settings.FIELD_CIPHER]
    except KeyError:
        known = "、".join(CIPHERS)
        raise ImproperlyConfigured(f"FIELD_CIPHER 只能是 {known}。") from None


def _associated(table: str, field: str, uid: UUID) -> bytes:
    return f"{table}|{field}|{uid}".encode()


def new_data_key() -> bytes:
    """Return a random key for one new person."""
    return os.urandom(KEY_BYTES)


def seal(plain: str, *, data_key: bytes, table: str, field: str, uid: UUID) -> bytes:
    """Encrypt one field so that it opens only in the same table, field and record."""
    return seal_bytes(plain.encode(), data_key=data_key, table=table, field=field, uid=uid)


def seal_bytes(plain: bytes, *, data_key: bytes, table: str, field: str, uid: UUID) -> bytes:
    """Encrypt what is no text, a piece of a file, as seal() does a field."""
    return seal_fields({field: plain}, data_key=data_key, table=table, uid=uid)[field]


def seal_fields(
    plains: Mapping[str, bytes], *, data_key: bytes, table: str, uid: UUID
) -> dict[str, bytes]:
    """Encrypt several fields of one record; their nonces are drawn at once, which a load feels."""
    cipher = _current_cipher()
    header = bytes((VERSION, cipher))
    aead = _new_aead(data_key, cipher)
    nonces = os.urandom(NONCE_BYTES * len(plains))
    sealed = {}
    for number, (field, plain) in enumerate(plains.items()):
        nonce = nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES]
        body = aead.encrypt(nonce, plain, header + _associated(table, field, uid))
        sealed[field] = header + nonce + body
    return sealed


def open_sealed(
    sealed: bytes | memoryview, *, data_key: bytes, table: str, field: str, uid: UUID
) -> str:
    """Return the plain text, or raise SealError if the value was altered or moved."""
    return open_bytes(sealed, data_key=data_key, table=table, field=field, uid=uid).decode()


def open_bytes(
    sealed: bytes | memoryview, *, data_key: bytes, table: str, field: str, uid: UUID
) -> bytes:
    """Return what seal_bytes() was given, or raise SealError."""
    value = bytes(sealed)
    associated = value[:2] + _associated(table, field, uid)
    return _open(value, 2, data_key, associated)


def _open(value: bytes, start: int, key: bytes, associated: bytes) -> bytes:
    """Open value[start:], a nonce and a ciphertext; value begins with version and cipher."""
    if len(value) < start + NONCE_BYTES + TAG_BYTES or value[0] != VERSION:
        raise SealError("密文残缺或版本不认识，可能已被改动。")
    nonce, body = value[start : start + NONCE_BYTES], value[start + NONCE_BYTES :]
    try:
        return _new_aead(key, value[1]).decrypt(nonce, body, associated)
    except InvalidTag:
        raise SealError("密文已被改动、挪到别的记录或栏目，或密钥不符。") from None


def wrap(data_key: bytes, uid: UUID) -> bytes:
    """Encrypt a data key under the current master key, whose id is written in the value."""
    header = wrap_header()
    nonce = os.urandom(NONCE_BYTES)
    aead = _cached_aead(_master_key(settings.FIELD_KEY_ID), _current_cipher())
    return header + nonce + aead.encrypt(nonce, data_key, header + _associated(WRAPPED, "", uid))


def wrap_header() -> bytes:
    """What every data key begins with that is wrapped as the settings now ask."""
    key_id: str = settings.FIELD_KEY_ID
    return bytes((VERSION, _current_cipher(), len(key_id.encode()))) + key_id.encode()


def wrapped_key_id(wrapped: bytes | memoryview) -> str:
    """Name the master key a wrapped data key needs; rotation looks for the old ones."""
    value = bytes(wrapped)
    if len(value) < KEY_ID_AT or value[0] != VERSION:
        raise SealError("被包裹的密钥残缺或版本不认识，可能已被改动。")
    try:
        return value[KEY_ID_AT : KEY_ID_AT + value[2]].decode("ascii")
    except UnicodeDecodeError:
        raise SealError("被包裹的密钥已被改动。") from None


def unwrap(wrapped: bytes | memoryview, uid: UUID) -> bytes:
    """Return the data key, or raise SealError if the value was altered or belongs to another."""
    value = bytes(wrapped)
    key_id = wrapped_key_id(value)
    start = KEY_ID_AT + value[2]
    master = _master_key(key_id)
    return _open(value, start, master, value[:start] + _associated(WRAPPED, "", uid))


def rewrap(wrapped: bytes | memoryview, uid: UUID) -> bytes:
    """Move a data key under the current master key; the sealed fields stay as they are."""
    return wrap(unwrap(wrapped, uid), uid)


@lru_cache(maxsize=8)
def _cached_aead(key: bytes, cipher: int) -> Aead:
    return _new_aead(key, cipher)


def _master_key(key_id: str) -> bytes:
    encoded = settings.FIELD_KEYS.get(key_id)
    if encoded is None:
        raise SealError(f"主密钥“{key_id}”不在 FIELD_KEYS 中，请由系统管理员补上旧密钥。")
    return _decoded(encoded, "FIELD_KEYS")


@lru_cache(maxsize=16)
def _decoded(encoded: str, setting: str) -> bytes:
    """Decode a 32-byte key; the = at its end may be lost in an environment variable."""
    try:
        key = base64.b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4))
    except ValueError:
        raise ImproperlyConfigured(f"{setting} 不是 base64。") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{setting} 的密钥须为 {KEY_BYTES} 字节的 base64。")
    return key


def normalised(value: str) -> str:
    """Bring a name or number to the one form it is searched by: half-width, no spaces, capitals."""
    if value.isascii() and value.isalnum():
        return value.upper()
    text = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return text.translate(MIDDLE_DOTS)


# 少数民族姓名的间隔号写法不一：· • ・ ‧ 一律按 · 检索。
MIDDLE_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●", "·"))


def digest(value: str, field: str) -> bytes:
    """Return the keyed hash a value is found by; the same value differs from field to field.

    Its first bytes name the key, so that a rotation killed half-way knows what is left to do.
    """
    return _digest(value, field, settings.DIGEST_KEY, _current_cipher())


def digests(value: str, field: str) -> list[bytes]:
    """Every hash the value may be stored under while keys or ciphers are changed; newest first."""
    keys = (settings.DIGEST_KEY, *settings.OLD_DIGEST_KEYS)
    newest = _current_cipher()
    ciphers = sorted(CIPHERS.values(), key=lambda cipher: cipher != newest)
    return [_digest(value, field, key, cipher) for key in keys for cipher in ciphers]


def digest_mark() -> bytes:
    """What every hash begins with that is made as the settings now ask."""
    return _digest_mark(settings.DIGEST_KEY, _current_cipher())


def _digest(value: str, field: str, encoded_key: str, cipher: int) -> bytes:
    keyed = _keyed_hash(encoded_key, cipher, field).copy()
    keyed.update(normalised(value).encode())
    return (_digest_mark(encoded_key, cipher) + keyed.finalize())[:DIGEST_BYTES]


@lru_cache(maxsize=16)
def _digest_mark(encoded_key: str, cipher: int) -> bytes:
    return _keyed_hash(encoded_key, cipher, "").copy().finalize()[:MARK_BYTES]


@lru_cache(maxsize=32)
def _keyed_hash(encoded_key: str, cipher: int, field: str) -> HMAC:
    """Prepare the hash once per field; copying it is what makes a bulk load fast."""
    algorithm = hashes.SM3() if cipher == CIPHERS["SM4-GCM"] else hashes.SHA256()
    keyed = HMAC(_decoded(encoded_key, "DIGEST_KEY"), algorithm)
    keyed.update(f"{field}|".encode())
    return keyed
