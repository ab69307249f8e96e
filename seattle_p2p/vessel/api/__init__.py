"""What programs may call, as data: the one place from which the reference is made.

`docs/reference/vessel-api.md` and `seattle api` are written from these tables; tests hold the
calls, their costs and their exceptions to them. `every_call` puts the tables together.
"""
