"""What waits for a person, and what people answered: out as a list or a sheet, back into the store."""

from checker.fleet.review.answering import Given, settle, settle_sheet
from checker.fleet.review.sheet import given_in, sheet_of
from checker.fleet.review.waiting import Waiting, waiting

__all__ = ["Given", "Waiting", "given_in", "settle", "settle_sheet", "sheet_of", "waiting"]
