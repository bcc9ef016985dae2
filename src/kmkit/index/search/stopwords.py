"""Words that every text has, in the languages of most organisations, without accents."""

import re

_LISTS = """
a about an and are as at be been but by can could did do does for from had has have how i if in
into is it its may me my no not of on or our should so such than that the their them then there
these they this to us was we were what when where which who why will with would you your

au aux avec ce ces dans de des du en est et la le les leur ou par pas pour qu que qui sur un une
el los las y o para por con del se su una como da do dos das na nas nos os um uma

и в не на для по с что как к из от за или у о
في من علي الي عن ما هل كيف مع او
"""

STOPWORDS = frozenset(re.findall(r"\w+", _LISTS))
"""Left out of a search that has other words."""
