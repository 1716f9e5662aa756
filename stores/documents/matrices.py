"""Data dictionary of many contacts: the output of `trona matrix --json`."""

from __future__ import annotations

from pydantic import Field

from trona.stores.provenance import versions

from .results import Document, EnergyScaleDoc

__all__ = ["MatrixCellDoc", "MatrixDoc"]


class MatrixCellDoc(Document):
    """The strongest reaction of a pair."""

    first: str = Field(description="Row: formula or label, as asked for.")
    second: str = Field(description="Column.")
    voltage: float | None = Field(
        description="Potential of the electrode in the column, V; null where no sodium comes or "
        "goes."
    )
    energy_per_atom: float = Field(
        description="What the contact releases, eV per atom of the reactants, not positive: by "
        "mixing and, at the potential of an electrode, also by the first material alone. Where "
        "pairs of elements are open, it may be more."
    )
    uncertainty: float | None = Field(
        default=None,
        description="Standard deviation of it to first order, eV/atom; null without a reaction, "
        "where no error is stated for these energies, or where a pair of elements is open.",
    )
    interphase: str = Field(
        description="Class of the products; stable or decomposes without a reaction, unknown where "
        "pairs of elements are open."
    )
    reaction: str | None = Field(
        description="Balanced reaction per formula unit of the first material; null without one."
    )
    fraction: float | None = Field(
        description="Atomic fraction of the second material in it; null without a reaction."
    )
    na_exchanged: float = Field(
        description="Sodium from the reservoir per atom of the reactants; 0 where closed."
    )
    electronic_fraction: float | None = Field(
        description="Part of the products that conducts electrons; null without a reaction."
    )
    threshold_margin: float | None = Field(
        description="Its distance from being connected, negative below it; null without a reaction."
    )
    open_pairs: list[str] = Field(
        description="Pairs of elements without a common phase in the reference, as 'Ta-O'."
    )


class MatrixDoc(Document):
    """Materials against materials, each pair with its strongest reaction."""

    answer: str = Field(default="", description="The answer in a sentence.")
    reference: str = Field(description="Name of the reference energies.")
    reference_checksum: str = Field(description="Of its data, as in a screening result.")
    energy_scale: EnergyScaleDoc = Field(description="Scale that all energies are on.")
    symmetric: bool = Field(
        description="True where rows and columns are the same materials: each pair stands once."
    )
    firsts: list[str] = Field(description="Rows.")
    seconds: list[str] = Field(description="Columns.")
    formulas: dict[str, str] = Field(
        default={}, description="Label to formula, of rows and columns that are called otherwise."
    )
    voltages: list[float | None] = Field(
        description="Potential of each column, V; null where closed."
    )
    cells: list[MatrixCellDoc] = Field(description="Pairs, row by row.")
    left_out: list[str] = Field(
        description="Materials that this reference cannot judge, in sentences."
    )
    caveats: list[str] = Field(description="Caveats, in sentences.")
    versions: dict[str, str] = Field(
        default_factory=versions, description="Versions of the packages used."
    )
