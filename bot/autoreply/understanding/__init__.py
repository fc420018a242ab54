"""What a message means, learnt from examples, on this machine alone. Pure: texts in, values out; nothing here knows the desk.

1.  `reading`      a CSV of examples → `Example`s, and what is wrong with it by line
2.  `learning`     examples → a `recipes` entry's `Scorer`, with the scores that it gave to what it had not seen
3.  `thresholds`   those scores → how sure is sure enough to be right 97 times in 100
4.  `keeping`      a `Model` as a folder or as bytes: numbers and JSON with a checksum, never code
5.  `understander` texts → `Understanding`s, by whatever models there are
6.  `measuring`    a model and examples it has not seen → accuracy, coverage, precision

A kind of understanding (intent, mood) is a `recipe.Recipe`; `recipes` names them all.
"""
