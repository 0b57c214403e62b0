"""A large .xlsx read row by row in flat memory; smaller ones are left to calamine, which is faster.

The one door is `rows.stream_rows`; yiyang.lib.sheets decides which of the two reads a file.
"""
