"""Starts ministack with what it lacks of AWS. Each file beside this one adds one thing and says which."""

import parameters
import permissions

from ministack.app import main

for part in (parameters, permissions):
    part.install()
main()
