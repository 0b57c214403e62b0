"""The forms of an import: what to send, and which column is which."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from django import forms

from institutions.imports.actions import PASTED, sheet_of_cells
from institutions.imports.matching import Suggestion
from institutions.imports.registry import Register
from institutions.models import ImportBatch
from yiyang.lib.sheets import MAX_BYTES

NOT_USED = "（不用这一列）"
WHOLE, PART = "whole", "part"
EXTENTS = (
    (WHOLE, "整份台账：我范围内的每一条都在表里，少了很多就提醒我"),
    (PART, "只补充或更正这些行：表里没有的登记不受影响"),
)


class UploadForm(forms.Form):
    """A register, and its sheet as a file or as pasted cells."""

    register = forms.ChoiceField(
        label="导入哪一份登记",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择登记。"),
    )
    file = forms.FileField(
        label="文件",
        required=False,
        help_text=f"xlsx、xls 或 csv，不超过 {MAX_BYTES // 1024 // 1024} MB；"
        "本单位自己的表不必改栏目名，下一步再对应。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={
            "empty": "文件是空的，请选择有内容的文件。",
            "invalid": "没有收到文件，请重新选择。",
            "missing": "没有收到文件，请重新选择。",
        },
    )
    cells = forms.CharField(
        label="或者粘贴单元格",
        required=False,
        strip=False,
        help_text="在 Excel 或 WPS 里连表头一起选中、复制，再粘贴到这里。",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, registers: Sequence[Register], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._registers = {register.name: register for register in registers}
        field = self.fields["register"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((one.name, one.title) for one in registers)]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        sent, pasted = cleaned.get("file"), cleaned.get("cells", "").strip()
        if self.errors:
            return cleaned
        if bool(sent) == bool(pasted):
            raise forms.ValidationError(
                "请选择文件，或者粘贴单元格，两样之中只用一样。"
                if sent
                else "请选择文件，或者粘贴单元格。"
            )
        return cleaned

    @property
    def register_sent(self) -> Register:
        return self._registers[self.cleaned_data["register"]]

    def sheet(self) -> tuple[BinaryIO, str]:
        """The sheet as an open file, and what to call it."""
        if sent := self.cleaned_data.get("file"):
            return io.BufferedReader(_Unclosed(sent.file)), sent.name
        return sheet_of_cells(self.cleaned_data["cells"]), PASTED


class _Unclosed(io.RawIOBase):
    """The uploaded file, which its reader must not close."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        taken = self._file.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)


class MatchForm(forms.Form):
    """A cell of the register for each column of the sheet."""

    def __init__(
        self, *args: Any, batch: ImportBatch, register: Register, suggested: Suggestion, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        names = [
            ("", NOT_USED),
            *((c.name, f"{c.heading}{'*' * c.is_required}") for c in register.sheet.cells),
        ]
        for place, heading in enumerate(batch.header):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or f"第 {place + 1} 列",
                choices=names,
                required=False,
                initial=suggested.columns[place],
                error_messages={"invalid_choice": "请从列表里选择登记项。"},
            )
        self.fields["extent"] = forms.ChoiceField(
            label="这份表是",
            choices=EXTENTS,
            widget=forms.RadioSelect,
            initial={True: WHOLE, False: PART}.get(batch.is_whole),  # type: ignore[arg-type]
            error_messages=dict.fromkeys(
                ("required", "invalid_choice"), "请说明是整份台账，还是只补充几行。"
            ),
        )
        self._width = len(batch.header)

    def columns(self) -> list[str]:
        return [self.cleaned_data[f"column-{place}"] for place in range(self._width)]

    def is_whole(self) -> bool:
        return bool(self.cleaned_data["extent"] == WHOLE)
