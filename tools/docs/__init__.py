"""The generated parts of the documentation, and the checks on all of it.

A page marks where a generated part stands; everything around it is written by hand:

    <!-- generated: fields -->
    …
    <!-- end -->

``python -m tools.docs write`` writes these parts anew, ``… check`` says what is out of date and
which links lead nowhere.
"""
