"""The watch: many people complain of the same thing, and somebody is told before the systems say so.

`counts` scores a series of counts by itself. `detector` sees messages one by one, asks `usual` what this hour of this weekday
brings, `words` what is being said and `people` who says it, and gives a spike or nothing. `replaying` lets it see an archive.
All of it is pure: time comes with what is seen, and what was learnt can be kept and taken up again.
"""
