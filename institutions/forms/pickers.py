"""Form fields that take the code of a record, found by name where the browser runs scripts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model
from django.urls import reverse

from institutions.models import Institution, InstitutionProfile, Region
from institutions.pickers import institutions_to_pick, regions_to_pick
from yiyang.access.http import ActorRequest
from yiyang.access.scope import Actor

LONGEST_CODE = 100


class PickerInput(forms.TextInput):
    """A code; `components/picker.html` adds the search page, static/picker.js the search."""

    picks = True

    def __init__(self, field: PickerField) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"})
        self.field = field

    @property
    def search_page(self) -> str:
        """The page that searches without scripts and brings the choice back to this form."""
        field = self.field
        back = {"to": field.here, "field": field.name} if field.here else {}
        return f"{reverse(field.address)}?{urlencode({**field.query, **back})}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        field = self.field
        query = urlencode({**field.query, "format": "json"})
        told = {
            "data-picker": f"{reverse(field.address)}?{query}",
            "data-picked": field.name_of(str(value)) if value else "",
        }
        return super().get_context(name, value, {**(attrs or {}), **told})


class PickerField(forms.CharField, ABC):
    """The code of one record in the actor's scope; cleaned to the record itself.

    A full name does as well where only one record bears it.
    """

    address: str
    what: str
    actor: Actor
    here = ""
    name = ""

    def __init__(self, *, label: str, **options: Any) -> None:
        missing = f"请选择{label}：输入名称、拼音首字母或编码查找。"
        options.setdefault("error_messages", {"required": missing})
        self.query: dict[str, str] = {}
        super().__init__(label=label, max_length=LONGEST_CODE, widget=forms.TextInput(), **options)

    def asked_by(self, request: ActorRequest, name: str) -> None:
        """Say who picks, on which page; a form does this for each of its fields."""
        self.actor, self.here, self.name = request.actor, request.path, name
        attrs = self.widget.attrs
        self.widget = PickerInput(self)
        self.widget.attrs.update(attrs)
        self.widget.is_required = self.required

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "code", value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = self.by_code(text) or self.by_name(text)
        if found is None:
            raise forms.ValidationError(
                f"没有编码或名称为“{text}”的{self.what}，或不在您的授权范围；请从查找结果里选。"
            )
        return found

    @abstractmethod
    def by_code(self, code: str) -> Model | None:
        """The record under the code."""

    @abstractmethod
    def by_name(self, name: str) -> Model | None:
        """The only record of exactly this name."""

    @abstractmethod
    def name_of(self, code: str) -> str:
        """What the record under the code is called; empty where there is none."""


class InstitutionField(PickerField):
    """An institution; `side` is health, elderly or empty for both."""

    address = "institution-picker"
    what = "机构"

    def __init__(self, *, label: str, side: str = "", **options: Any) -> None:
        super().__init__(label=label, **options)
        self.side = side
        self.query = {"side": side} if side else {}

    def by_code(self, code: str) -> Institution | None:
        return self._only(institution__code=code)

    def by_name(self, name: str) -> Institution | None:
        return self._only(name=name)

    def name_of(self, code: str) -> str:
        profile = self._profiles(institution__code=code).first()
        return profile.name if profile else ""

    def _profiles(self, **wanted: str) -> Any:
        return institutions_to_pick(self.actor, self.side).filter(**wanted)

    def _only(self, **wanted: str) -> Institution | None:
        found: list[InstitutionProfile] = list(
            self._profiles(**wanted).select_related("institution")[:2]
        )
        return found[0].institution if len(found) == 1 else None


class RegionField(PickerField):
    """A region granted to the actor or lying below one."""

    address = "region-picker"
    what = "区划"

    def by_code(self, code: str) -> Region | None:
        return regions_to_pick(self.actor).filter(code=code).first()

    def by_name(self, name: str) -> Region | None:
        found = list(regions_to_pick(self.actor).filter(name=name)[:2])
        return found[0] if len(found) == 1 else None

    def name_of(self, code: str) -> str:
        region = self.by_code(code)
        return region.name if region else ""


class ActorForm(forms.Form):
    """A form whose pickers search in the scope of whoever asked.

    A choice made on the search page without scripts comes back in the address.
    """

    def __init__(self, *args: Any, request: ActorRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = request.actor
        for name, field in self.fields.items():
            if isinstance(field, PickerField):
                field.asked_by(request, name)
                if picked := request.GET.get(name, ""):
                    self.initial[name] = picked[:LONGEST_CODE]
