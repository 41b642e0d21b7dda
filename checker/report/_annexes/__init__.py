"""The annexes of a circular as pages of a workbook: pure rows in `page.Page`, written by `writer`."""
