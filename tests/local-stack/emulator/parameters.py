"""SAM's translation knows the parameters' values on AWS; the emulator gives it none, and refuses where one is needed."""

import contextvars

from ministack.services.cloudformation import changesets, engine, handlers
from samtranslator.translator import transform

_values = contextvars.ContextVar("values", default={})


def install():
    apply, translate = engine._apply_transforms, transform.transform

    def noting_values(template, provided_params=None, previous_params=None):
        _values.set(engine._transform_parameters(template, provided_params, previous_params))
        return apply(template, provided_params, previous_params)

    def with_values(template, _, *more):
        return translate(template, _values.get(), *more)

    for module in (changesets, handlers):
        module._apply_transforms = noting_values
    transform.transform = with_values
