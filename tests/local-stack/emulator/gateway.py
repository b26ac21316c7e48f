"""What an HTTP API answers when its function fails.

AWS answers 500 and says nothing of the failure; ministack answers 502, or 429 for a refusal, with the failure as the body.
"""

from ministack.services import lambda_svc

_FAILED = {
    "statusCode": 500,
    "headers": {"Content-Type": "application/json"},
    "body": '{"message":"Internal Server Error"}',
}


def install():
    to_response = lambda_svc.lambda_execute_result_to_api_proxy_response

    def to_discreet_response(exec_result):
        return (dict(_FAILED), None) if exec_result.get("error") else to_response(exec_result)

    lambda_svc.lambda_execute_result_to_api_proxy_response = to_discreet_response
