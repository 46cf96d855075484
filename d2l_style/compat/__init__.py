"""Compat: what MXNet 1.9.1, of 2022, needs to run on today's systems, on all cores, on a GPU that it has code for.

Looks at no other folder, and hands out no names, since `d2l_style` starts it before Python has found MXNet or NumPy.
`loading` puts together `settings` (the environment), `old_names` (NumPy), `libraries` (the system; `no_driver`), `blas`
and `threads`; `device` chooses between CPU and GPU; `memory` gives back what nobody uses; `progress` has a bar;
`check` looks at the machine, and `terminal` prints what it finds.
"""
