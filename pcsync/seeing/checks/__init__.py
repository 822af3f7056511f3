"""Checks: what a collection has to show and answer, asked of the data plane; nothing is written.

``declared`` reads manifests, ``defaults`` adds what needs no declaration, one module each knows how a sort of check is asked,
``expecting`` compares, ``asking`` keeps to the budget, ``around`` knows the collection, and ``run`` does it all.
"""
