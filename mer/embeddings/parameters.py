"""Constructor arguments -> ``get_params`` and ``set_params``, as scikit-learn expects them.

A class whose constructor only stores its arguments, under their own names, can be cloned, searched
over and put into a ``Pipeline`` once it has these two methods. scikit-learn itself is not needed.

References
----------
Buitinck, L. et al. (2013). API design for machine learning software: experiences from the
scikit-learn project. ECML PKDD workshop.
"""

from __future__ import annotations

from inspect import signature
from typing import Any, Self


class Parameters:
    """Reads and sets the constructor arguments of the class that inherits it.

    Examples
    --------
    >>> class Window(Parameters):
    ...     def __init__(self, size: int = 4) -> None:
    ...         self.size = size
    >>> Window(size=8).get_params()
    {'size': 8}
    >>> Window().set_params(size=3).size
    3
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor arguments by name; `deep` makes no difference here."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def set_params(self, **parameters: Any) -> Self:
        """Set constructor arguments by name and return self.

        Raises
        ------
        ValueError
            If there is no argument of that name.
        """
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                owner = type(self).__name__
                raise ValueError(f"{owner} has no parameter {name!r}; it has {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({shown})"

    def __sklearn_is_fitted__(self) -> bool:
        """Return whether there is learned state: an attribute whose name ends in one underscore."""
        return any(name.endswith("_") and not name.endswith("__") for name in vars(self))

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn asks a step of a ``Pipeline``: it transforms, without labels."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=InputTags(two_d_array=False),
        )
