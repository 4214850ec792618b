from tests.shelves import shelves

__all__ = ["shelves"]
