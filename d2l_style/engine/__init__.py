"""Engine: what training stands on, from how MXNet is loaded to where and how it computes.

The lowest room: it looks at no other, knows neither pictures nor networks, and hands out no names, since `d2l_style`
starts it before Python has found MXNet or NumPy. `loading` puts together `old_names` (NumPy), `libraries` (the system;
`no_driver`), `blas` and `threads`; `device` chooses between CPU and GPU; `layers` has what Gluon lacks; `compiled`
makes one graph of a network and the losses; `check` looks at the machine.
"""
