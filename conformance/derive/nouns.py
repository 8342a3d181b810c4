"""Verb, resource and ids, from the names of a service's operations and parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from attrs import frozen

from conformance.contract.model import Contract
from conformance.derive.shape import singular

# what may stand before a resource in the name of an operation, the longest first where one begins another
READING = ("Describe", "List", "Get", "Query", "Search", "Check", "Verify", "Descirbe")
CREATING = ("Create", "Run", "Allocate", "Purchase", "Import", "Copy", "Upload", "Add")
DELETING = ("Delete", "Release", "Remove", "Deregister", "Terminate", "Revoke", "Unassign")
MODIFYING = ("Modify", "Set", "Update", "Resize", "Change", "Rename", "Replace", "Convert")
_ACTING = (
    "Accept", "Activate", "Apply", "Assign", "Associate", "Attach", "Authorize", "Cancel", "Complete", "Connect",
    "Deactivate", "Deploy", "Detach", "Disable", "Enable", "Enter", "Execute", "Exit", "Export", "Fix", "Grant",
    "Install", "Invoke", "Join", "Leave", "Migrate", "Move", "Open", "Pause", "ReActivate", "ReInit", "Rebalance",
    "Reboot", "Record", "Recover", "Redeploy", "Renew", "Repair", "Report", "Reset", "Resume", "Scale", "Scan", "Send",
    "Start", "Stop", "Suspend", "Sync", "Tag", "UnInstall", "Unassociate", "Untag", "Upgrade",
)  # fmt: skip
_VERBS = tuple(sorted((*READING, *CREATING, *DELETING, *MODIFYING, *_ACTING), key=len, reverse=True))
# words that belong to every account alike, or to no resource of their own
_NO_RESOURCE_IDS = ("ownerid", "resourceownerid", "requestid", "accountid", "resourceid", "resourcegroupid", "regionid")


@frozen
class OperationName:
    """`ModifyDiskAttribute` is the verb Modify and the rest DiskAttribute. No verb where none is known."""

    verb: str
    rest: str


def parted(name: str) -> OperationName:
    """The parts of an operation's name."""
    for verb in _VERBS:
        rest = name[len(verb) :]
        if name.startswith(verb) and rest[:1].isupper():
            return OperationName(verb, rest)
    return OperationName("", name)


def only_reads(name: str) -> bool:
    """Whether an operation of that name changes nothing."""
    return parted(name).verb in READING


def resource_in(rest: str) -> str:
    """The noun of a name without its verb, in the singular: `SnapshotLinks` is SnapshotLink."""
    words = re.sub(r"(V\d+|Ex)$", "", rest) or rest
    return singular(words) if words.endswith("s") and not words.endswith(("ss", "Status")) else words


def nouns(contracts: Iterable[Contract]) -> tuple[str, ...]:
    """The resources of a service: what its operations list, create or delete. The longest first."""
    found: set[str] = set()
    for contract in contracts:
        name = parted(contract.operation)
        if name.verb in CREATING or name.verb in DELETING or (name.verb in READING and contract.semantics.items):
            found.add(resource_in(name.rest))
    # `InstanceAttribute` is no resource beside `Instance`
    aspects = r"(Attribute|Status|FullStatus|MonitorData|Price|History|Usage|Detail|Info|Result|Reference)e?s?$"
    kept = {n for n in found if not re.search(aspects, n)}
    return tuple(sorted(kept, key=lambda n: (-len(n), n)))


def resource_of(operation: str, known: Iterable[str]) -> str | None:
    """The known resource that an operation's name is about: the longest that it begins with, else ends with."""
    rest = parted(operation).rest
    own = resource_in(rest)
    longest = tuple(known)
    for fits in (lambda n: n == own, rest.startswith, own.endswith):
        found = next((n for n in longest if fits(n)), None)
        if found:
            return found
    return None


def folded(name: str) -> str:
    """A name without capitals and underscores: `cluster_id` and `ClusterId` are one."""
    return name.replace("_", "").casefold()


def last_part(name: str) -> str:
    """The part of a documented name that says what a value is: `Disk.N.SnapshotId` is a SnapshotId."""
    parts = [p for p in name.split(".") if p not in ("N", "n")]
    return parts[-1] if parts else name


@frozen
class IdNames:
    """The names by which ids of resources go in a service: `instanceid` to `Instance`.

    `owned` are short names of what belongs to other things; a longer name that ends so is of something else.
    """

    resources: Mapping[str, str]
    owned: Mapping[str, str]

    def resource(self, name: str) -> tuple[str, bool] | None:
        """The resource whose id a parameter or field of that name holds, and whether it holds several; or None."""
        last = last_part(name)
        single, many = folded(singular(last)), last.endswith("s") or name.endswith(".N")
        for wanted in dict.fromkeys((folded(last), single)):
            if found := self.resources.get(wanted) or self.owned.get(wanted):
                return found, many
        # `SourceSnapshotId` is a SnapshotId
        ends = [key for key in self.resources if single.endswith(key) and _at_a_word(singular(last), key)]
        return (self.resources[max(ends, key=len)], many) if ends else None


def _at_a_word(name: str, key: str) -> bool:
    tail = name[-len(key) :]
    return "_" not in name and tail[:1].isupper() and len(name) > len(key)


def keys_given_away(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """For lists without a key of their own: the member that other operations on the same thing take or give as its id.

    `ReleaseEipAddress` takes an AllocationId, so that is what tells the addresses of `DescribeEipAddresses` apart.
    """
    known = nouns(contracts.values())
    taken: dict[str, list[str]] = {}
    for name, contract in contracts.items():
        noun = resource_of(name, known)
        if noun and parted(name).verb not in READING and resource_in(parted(name).rest).startswith(noun):
            given = [f.name for f in contract.response if f.type == "string" and f.name.endswith("Id")]
            asked = [p.name for p in contract.parameters if p.required and last_part(p.name).endswith(("Id", "Ids"))]
            one = [n for n in (*asked, *given) if folded(n) not in _NO_RESOURCE_IDS]
            taken.setdefault(noun, []).extend(singular(last_part(n)) for n in one[:1])
    found = {}
    for name, contract in contracts.items():
        s, noun = contract.semantics, resource_of(name, known)
        if s.items and not s.key and noun in taken and resource_in(parted(name).rest) == noun:
            members = {f.name for f in contract.item_fields if f.type in ("string", "integer")}
            candidates = [n for n in taken[noun] if n in members]
            if candidates:
                found[name] = max(candidates, key=candidates.count)
    return found


def id_names(contracts: Iterable[Contract], known: Iterable[str]) -> IdNames:
    """The id names of a service's resources: `<Resource>Id`, and the key by which a list has it."""
    known = tuple(known)
    found = {folded(f"{noun}Id"): noun for noun in known}
    for contract in contracts:
        s = contract.semantics
        noun = resource_of(contract.operation, known)
        if not (s.key and s.items and noun) or resource_in(parted(contract.operation).rest) != noun:
            continue
        key = folded(s.key)
        if key.endswith(("id", "name", "ids", "no")) and key not in ("id", "name"):
            found.setdefault(key, noun)
    owned: dict[str, str] = {}
    for noun in known:
        # what belongs to another thing has its name before its own: a node pool of a cluster has a NodePoolId
        for owner in (n for n in known if noun.startswith(n) and noun != n):
            owned.setdefault(folded(f"{noun[len(owner) :]}Id"), noun)
    return IdNames(
        {k: v for k, v in found.items() if k not in _NO_RESOURCE_IDS},
        {k: v for k, v in owned.items() if k not in {*found, *_NO_RESOURCE_IDS}},
    )
