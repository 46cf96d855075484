"""Engine: what training stands on, from how MXNet is loaded to where it computes.

`loading` puts together `old_names` (NumPy), `libraries` (the system; `no_driver`) and `threads`; `device` chooses
between CPU and GPU; `check` looks at all of it. Nothing here knows of pictures or networks.
"""
