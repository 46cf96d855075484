"""Layers as people give them, names or indices, one or several, become indices."""
from collections.abc import Iterable, Sequence

Layers = str | int | Iterable[str | int]


def resolve_layers(layers: Layers, names: Sequence[str], kind: str) -> list[int]:
    """Sorted indices of `layers` (indices or names) among those called `names`.

    `kind`, 'content' or 'style', is named in the `ValueError` for an unknown or missing layer.
    """
    layers = [layers] if isinstance(layers, str) or not hasattr(layers, '__iter__') else list(layers)
    if not layers:
        raise ValueError(f'no {kind} layer was chosen: give at least one, for example {names[-1]}')
    indices = []
    for layer in layers:
        if layer in names:
            indices.append(names.index(layer))
        elif isinstance(layer, int) and not isinstance(layer, bool) and 0 <= layer < len(names):
            indices.append(layer)
        else:
            raise ValueError(f'{layer!r} is no {kind} layer of this backbone: choose from '
                             f'0 to {len(names) - 1}, or a name: {", ".join(names)}')
    return sorted(set(indices))
