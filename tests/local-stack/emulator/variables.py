"""Variables that are assigned together.

AWS evaluates all expressions of an `Assign` with the values that the variables had before it; ministack assigns one after
the other, so that a later expression sees what an earlier one has assigned.
"""

from ministack.services import stepfunctions


def install():
    def assign(state_def, raw_input, ctx, result=None, error_output=None):
        if ctx is None or stepfunctions._state_query_language(state_def, ctx) != "JSONata":
            return
        templates = state_def.get("Assign")
        if not isinstance(templates, dict):
            return
        evaluate = stepfunctions._apply_jsonata_template
        values = {
            name: evaluate(template, raw_input, ctx, result=result, error_output=error_output)
            for name, template in templates.items()
        }
        ctx.setdefault("variables", {}).update(values)

    stepfunctions._apply_state_assign = assign
