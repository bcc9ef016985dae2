"""docs/lifecycle.md: states, moves, roles, methods and the diagram, from the lifecycle itself."""

from kmkit.config import QUORUM, ROLES
from kmkit.lifecycle.moves import MOVES, Move
from kmkit.lifecycle.states import WALK, State
from kmkit.note.kinds import kind_names, load_kind
from tools.docs.table import code, table


def states() -> str:
    """The states in their order, with the moves that lead out of each."""
    rows = []
    for state in State:
        onward = dict.fromkeys(move.verb for move in MOVES if state in move.from_)
        rows.append([code(state), ", ".join(code(verb) for verb in onward)])
    return table(["state", "moves from here"], rows)


def moves() -> str:
    """The table of moves."""
    rows = (
        [code(move.key), _from(move), _to(move), _who(move), move.asks, move.help] for move in MOVES
    )
    return table(["move", "from", "to", "who", "asks for", "what happens"], rows)


def roles() -> str:
    """The roles of policy.toml, and the moves that ask for each."""
    rows = []
    for role, what in ROLES.items():
        verbs = dict.fromkeys(move.verb for move in MOVES if role in move.who)
        rows.append([code(role), what, ", ".join(map(code, verbs))])
    return table(["role", "what it is for", "moves that ask for it"], rows)


def methods() -> str:
    """The methods of validation: how many approvals, and for which kinds by default."""
    kinds = [load_kind(name, None) for name in kind_names(None)]
    rows = []
    for method, count in QUORUM.items():
        fit = [kind.name for kind in kinds if method in kind.validate_by]
        where = "all kinds" if len(fit) == len(kinds) else ", ".join(map(code, fit))
        rows.append([code(method), str(count), where])
    return table(["method", "approvals", "for"], rows)


def diagram() -> str:
    """A state diagram of the moves that change the state; moves of one verb share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        for start, end in _changes(move):
            arrows.setdefault((start, end), []).append(move.key.replace("/", " "))
    lines = [f"    {start} --> {end}: {', '.join(keys)}" for (start, end), keys in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _changes(move: Move) -> list[tuple[str, str]]:
    """The steps from one state to another that a move can make, as the diagram names them."""
    return [(start or "[*]", end) for start, end in move.steps() if start != end]


def _from(move: Move) -> str:
    if not move.from_:
        return "–"
    return _states(move.from_)


def _to(move: Move) -> str:
    return _states(move.to) if move.to else "same"


def _states(those: tuple[State, ...]) -> str:
    """States in words: all, all but the last, or their names."""
    if those == tuple(State):
        return "any"
    if those == WALK:
        return f"any but {State.RETIRED}"
    if those == WALK[1:]:
        return f"any but {State.CAPTURED}, {State.RETIRED}"
    return ", ".join(those)


def _who(move: Move) -> str:
    return ", ".join(move.who) if move.who else "as the method says"
