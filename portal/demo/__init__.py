"""The demo: two real districts with invented people, told through the verbs while the clock is walked.

An agenda of dated acts is run up to the present: what lies before has happened, what lies after has not.
"""
