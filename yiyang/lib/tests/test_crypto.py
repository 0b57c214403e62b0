"""Sealed fields open only where they were sealed, under either cipher."""

import base64
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from yiyang.lib import crypto

UID = UUID("00000000-0000-4000-8000-000000000001")
OTHER = UUID("00000000-0000-4000-8000-000000000002")
PLACE: dict[str, Any] = {"table": "contracts_person", "field": "name", "uid": UID}


def key_text(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


def full_width(text: str) -> str:
    """Write ASCII as Chinese input methods do when left in full-width mode."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.fixture(autouse=True, params=["AES-256-GCM", "SM4-GCM"])
def keys(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.FIELD_CIPHER = request.param
    settings.FIELD_KEYS = {"k1": key_text("a"), "k2": key_text("b")}
    settings.FIELD_KEY_ID = "k1"
    settings.DIGEST_KEY = key_text("c")
    settings.OLD_DIGEST_KEYS = []


@given(plain=st.text(), key=st.binary(min_size=32, max_size=32), uid=st.uuids())
def test_what_is_sealed_opens_again(plain: str, key: bytes, uid: UUID) -> None:
    try:
        plain.encode()
    except UnicodeEncodeError:
        return
    sealed = crypto.seal(plain, data_key=key, table="t", field="f", uid=uid)
    assert crypto.open_sealed(sealed, data_key=key, table="t", field="f", uid=uid) == plain


def test_the_same_text_never_seals_to_the_same_bytes() -> None:
    key = crypto.new_data_key()
    assert len({crypto.seal("王秀英", data_key=key, **PLACE) for _ in range(50)}) == 50


def test_fields_sealed_together_open_alone_and_share_no_nonce() -> None:
    key, plains = crypto.new_data_key(), {str(number): b"x" for number in range(50)}
    sealed = crypto.seal_fields(plains, data_key=key, table="t", uid=UID)
    opened = {
        field: crypto.open_bytes(value, data_key=key, table="t", field=field, uid=UID)
        for field, value in sealed.items()
    }
    assert opened == plains
    assert len({value[2 : 2 + crypto.NONCE_BYTES] for value in sealed.values()}) == 50


def test_a_sealed_value_holds_no_plain_text() -> None:
    sealed = crypto.seal("15030219450101001X", data_key=crypto.new_data_key(), **PLACE)
    assert b"150302" not in sealed


@pytest.mark.parametrize(
    "elsewhere", [{"table": "other"}, {"field": "phone"}, {"uid": OTHER}], ids=str
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: dict[str, object]) -> None:
    key = crypto.new_data_key()
    sealed = crypto.seal("王秀英", data_key=key, **PLACE)
    with pytest.raises(crypto.SealError, match="挪到别的记录"):
        crypto.open_sealed(sealed, data_key=key, **(PLACE | elsewhere))


def test_no_bit_can_be_changed() -> None:
    key = crypto.new_data_key()
    sealed = crypto.seal("王秀英", data_key=key, **PLACE)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(crypto.SealError):
            crypto.open_sealed(bytes(altered), data_key=key, **PLACE)


@pytest.mark.parametrize("length", [0, 1, 2, 13, 29])
def test_a_cut_value_does_not_open(length: int) -> None:
    key = crypto.new_data_key()
    sealed = crypto.seal("王秀英", data_key=key, **PLACE)
    with pytest.raises(crypto.SealError):
        crypto.open_sealed(sealed[:length], data_key=key, **PLACE)


def test_another_persons_key_does_not_open() -> None:
    sealed = crypto.seal("王秀英", data_key=crypto.new_data_key(), **PLACE)
    with pytest.raises(crypto.SealError):
        crypto.open_sealed(sealed, data_key=crypto.new_data_key(), **PLACE)


def test_changing_the_cipher_leaves_old_values_readable(settings: Settings) -> None:
    key = crypto.new_data_key()
    sealed = crypto.seal("王秀英", data_key=key, **PLACE)
    settings.FIELD_CIPHER = "SM4-GCM" if settings.FIELD_CIPHER == "AES-256-GCM" else "AES-256-GCM"
    assert crypto.open_sealed(sealed, data_key=key, **PLACE) == "王秀英"


def test_a_wrapped_key_names_its_master_key_and_unwraps() -> None:
    key = crypto.new_data_key()
    wrapped = crypto.wrap(key, UID)
    assert crypto.wrapped_key_id(wrapped) == "k1"
    assert crypto.unwrap(memoryview(wrapped), UID) == key


def test_a_wrapped_key_belongs_to_one_person() -> None:
    with pytest.raises(crypto.SealError):
        crypto.unwrap(crypto.wrap(crypto.new_data_key(), UID), uuid4())


def test_no_bit_of_a_wrapped_key_can_be_changed() -> None:
    wrapped = crypto.wrap(crypto.new_data_key(), UID)
    for place in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[place] ^= 1
        with pytest.raises(crypto.SealError):
            crypto.unwrap(bytes(altered), UID)


def test_rotation_moves_the_wrapping_and_keeps_the_fields(settings: Settings) -> None:
    key = crypto.new_data_key()
    wrapped = crypto.wrap(key, UID)
    settings.FIELD_KEY_ID = "k2"
    moved = crypto.rewrap(wrapped, UID)
    settings.FIELD_KEYS = {"k2": key_text("b")}
    assert crypto.wrapped_key_id(moved) == "k2"
    assert crypto.unwrap(moved, UID) == key
    with pytest.raises(crypto.SealError, match="主密钥“k1”不在 FIELD_KEYS"):
        crypto.unwrap(wrapped, UID)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (full_width("15030219450101001x"), "15030219450101001X"),
        (" 王 秀英\n", "王秀英"),
        ("买买提•艾力", "买买提·艾力"),
        (f"买买提{full_width('.')}艾力", "买买提.艾力"),
    ],
)
def test_equal_writings_are_found_by_one_digest(written: str, stored: str) -> None:
    assert crypto.digest(written, "name") == crypto.digest(stored, "name")


def test_a_digest_depends_on_value_field_and_key(settings: Settings) -> None:
    first = crypto.digest("王秀英", "name")
    assert len(first) == 32
    assert first != crypto.digest("王秀兰", "name")
    assert first != crypto.digest("王秀英", "phone")
    settings.DIGEST_KEY = key_text("d")
    assert first != crypto.digest("王秀英", "name")


def test_a_key_without_its_trailing_sign_is_read(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": key_text("a").rstrip("=")}
    assert crypto.unwrap(crypto.wrap(b"x" * 32, UID), UID) == b"x" * 32


@pytest.mark.parametrize("bad", ["", "c2hvcnQ=", "不是密钥"])
def test_a_bad_master_key_is_refused_by_name(settings: Settings, bad: str) -> None:
    settings.FIELD_KEYS = {"k1": bad}
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        crypto.wrap(crypto.new_data_key(), UID)


def test_an_unknown_cipher_is_refused(settings: Settings) -> None:
    settings.FIELD_CIPHER = "ROT13"
    with pytest.raises(ImproperlyConfigured, match="AES-256-GCM、SM4-GCM"):
        crypto.seal("x", data_key=crypto.new_data_key(), **PLACE)


def test_a_digest_names_its_key_and_tells_nothing_else(settings: Settings) -> None:
    mark = crypto.digest_mark()
    assert crypto.digest("王秀英", "name").startswith(mark)
    assert crypto.digest("15039919450101001X", "id_number").startswith(mark)
    settings.DIGEST_KEY = key_text("d")
    assert crypto.digest_mark() != mark


def test_a_value_is_found_while_the_digest_key_is_changed(settings: Settings) -> None:
    stored = crypto.digest("王秀英", "name")
    settings.DIGEST_KEY, settings.OLD_DIGEST_KEYS = key_text("d"), [key_text("c")]
    assert crypto.digests("王秀英", "name")[0] == crypto.digest("王秀英", "name") != stored
    assert stored in crypto.digests("王秀英", "name")
    assert stored not in crypto.digests("王秀兰", "name")


def test_a_value_is_found_while_the_cipher_is_changed(settings: Settings) -> None:
    stored = crypto.digest("王秀英", "name")
    settings.FIELD_CIPHER = "SM4-GCM" if settings.FIELD_CIPHER == "AES-256-GCM" else "AES-256-GCM"
    assert crypto.digest("王秀英", "name") != stored
    assert stored in crypto.digests("王秀英", "name")
