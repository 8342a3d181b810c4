"""How an endpoint reads a list of ids, where its documentation leaves that open: as it is seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from conformance.generate.views import IdSyntax, write_ids

if TYPE_CHECKING:
    from conformance.endpoint.target import Target

ID_SYNTAXES: tuple[IdSyntax, ...] = ("comma", "json-array")


@define
class IdSyntaxes:
    """What is known of it beside the dialect. `taken` is the syntax in which known ids were found, if they were."""

    taken: IdSyntax | None = None
    asked: bool = False

    def known(self, target: Target) -> IdSyntax:
        """As the implementation was seen to read them, else as documented first."""
        ids = target.contract.semantics.ids
        if ids is None:
            return "comma"
        taken = target.watch.dialect.taken("id-syntax", ids.parameter) or self.taken
        if taken not in ID_SYNTAXES:
            choice = target.contract.choice_about("id-syntax", ids.parameter)
            parameter = target.contract.parameter(ids.parameter)
            documented = [a.id for a in choice.alternatives if a.id != "both"] if choice else []
            taken = documented[0] if documented else parameter.value("syntax") if parameter else None
        return "json-array" if taken == "json-array" else "comma"

    def find_out(self, target: Target) -> None:
        """Ask for ids that are there in each documented way, once, where no check has seen yet which one is read.

        A list in a way that is not read here would be held against whatever it stands beside.
        """
        ids, key = target.contract.semantics.ids, target.contract.semantics.key
        if self.asked or ids is None or key is None:
            return
        if target.contract.choice_about("id-syntax", ids.parameter) is None:
            return
        if target.watch.dialect.taken("id-syntax", ids.parameter) is not None:
            return
        self.asked = True
        items = target.stored.items(target.regions[0]) or target.sample()
        known = [id for item in items if (id := item.get(key))][: min(2, target.longest_id_list)]
        for syntax in ID_SYNTAXES if known else ():
            answer = target.ask({ids.parameter: write_ids(known, syntax)})
            if answer.accepted and set(answer.keys) == set(known):
                self.taken = syntax
                return
