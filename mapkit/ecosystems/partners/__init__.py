"""Partnerships: who should know whom, and where nobody works with anybody."""

from mapkit.ecosystems.partners.finding import find_partners
from mapkit.ecosystems.partners.finding_result import Partners
from mapkit.ecosystems.partners.white_spaces import find_white_spaces
from mapkit.ecosystems.partners.white_spaces_result import WhiteSpaces

__all__ = ["Partners", "WhiteSpaces", "find_partners", "find_white_spaces"]
