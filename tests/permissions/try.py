"""Tries each rule of permissions.toml in the name of every function, and prints what went otherwise than it says.

The description of the local stack comes on the standard input.
"""

import functools
import json
import re
import sys
import tomllib
import urllib.request
import uuid
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
STACK = json.load(sys.stdin)
OPERATOR = (STACK["credentials"]["accessKeyId"], STACK["credentials"]["secretAccessKey"])


@functools.cache
def client(service, key, secret, token=None):
    address = STACK["ec2" if service == "ec2" else "aws"]
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, STACK["region"], endpoint_url=address, config=once, **{
        "aws_access_key_id": key,
        "aws_secret_access_key": secret,
        "aws_session_token": token,
    })


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))


ec2, secrets, lambdas = (client(service, *OPERATOR) for service in ["ec2", "secretsmanager", "lambda"])
OURS = [{"Key": "causeway:stack", "Value": "causeway"}]
OTHERS = [{"Key": "causeway:stack", "Value": "second"}]


def functions():
    """The functions of the stack by the names of their folders, with the emulator's name for each."""
    for function in lambdas.get_paginator("list_functions").paginate().build_full_result()["Functions"]:
        camel = re.fullmatch(r"causeway-(\w+)Function-\w+", function["FunctionName"]).group(1)
        yield re.sub(r"(?<!^)([A-Z])", r"-\1", camel).lower(), function


def session(name):
    given = post(f"{STACK['aws']}/_permissions/session", {"function": name})
    return given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"]


def tags(kind, tagged):
    return [{"ResourceType": kind, "Tags": tagged}] if tagged else []


def vpc(tagged):
    return ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags("vpc", tagged))["Vpc"]["VpcId"]


def subnet(tagged):
    made = {"VpcId": vpc([]), "CidrBlock": "10.9.1.0/24"}
    return ec2.create_subnet(**made, TagSpecifications=tags("subnet", tagged))["Subnet"]["SubnetId"]


def group(tagged, place=None):
    made = {"GroupName": str(uuid.uuid4()), "Description": "tried", "VpcId": place or VPC}
    return ec2.create_security_group(**made, TagSpecifications=tags("security-group", tagged))["GroupId"]


def endpoint(tagged):
    # In a VPC of its own: one VPC holds fifty, and each function has several made.
    place = vpc([])
    groups = [group([], place)]
    made = {"VpcEndpointType": "Interface", "VpcId": place, "ServiceName": ATLAS, "SecurityGroupIds": groups}
    answer = ec2.create_vpc_endpoint(**made, TagSpecifications=tags("vpc-endpoint", tagged))
    return answer["VpcEndpoint"]["VpcEndpointId"]


def service(owner):
    made = {"region": STACK["region"], "owner": owner, "zones": ["us-east-1a"]}
    return post(f"{STACK['ec2']}/_edge/services", made)["name"]


def secret(prefix):
    return secrets.create_secret(Name=f"{prefix}{uuid.uuid4().hex}", SecretString="{}", Tags=OURS)["Name"]


def queue(name):
    return next(it for it in client("sqs", *OPERATOR).list_queues()["QueueUrls"] if f"/causeway-{name}-" in it)


@functools.cache
def second_register():
    made = {
        "TableName": "second-Register-1A2B",
        "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    return client("dynamodb", *OPERATOR).create_table(**made)["TableDescription"]["TableName"]


def signing_key():
    return next(it["ARN"] for it in secrets.list_secrets()["SecretList"] if "SigningKey" in it["Name"])


def execution(machine=STACK["stateMachineArn"]):
    return client("stepfunctions", *OPERATOR).start_execution(stateMachineArn=machine, input="{}")["executionArn"]


def machine():
    """The state machine of somebody else."""
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "End": True}}}
    made = {"name": uuid.uuid4().hex, "definition": json.dumps(definition), "roleArn": ANY["Role"]}
    return client("stepfunctions", *OPERATOR).create_state_machine(**made)["stateMachineArn"]


FUNCTIONS = dict(functions())
ATLAS, STRANGER = service("111111111111"), service("222222222222")
VPC = vpc([])
ANY = next(iter(FUNCTIONS.values()))
MAKERS = {
    "our-vpc": lambda: vpc(OURS),
    "foreign-vpc": lambda: vpc([]),
    "our-subnet": lambda: subnet(OURS),
    "foreign-subnet": lambda: subnet([]),
    "our-group": lambda: group(OURS),
    "foreign-group": lambda: group([]),
    "our-endpoint": lambda: endpoint(OURS),
    "foreign-endpoint": lambda: endpoint([]),
    "service": lambda: ATLAS,
    "stranger-service": lambda: STRANGER,
    "vault": lambda: secret("causeway/causeway/onboarding/"),
    "source": lambda: secret("causeway/causeway/source/"),
    "other-secret": lambda: secret("other/"),
    "second-vault": lambda: secret("causeway/second/onboarding/"),
    "second-source": lambda: secret("causeway/second/source/"),
    "second-vpc": lambda: vpc(OTHERS),
    "second-subnet": lambda: subnet(OTHERS),
    "second-group": lambda: group(OTHERS),
    "second-endpoint": lambda: endpoint(OTHERS),
    "other-machine": machine,
    "other-execution": lambda: execution(machine()),
    "signing-key": signing_key,
    "help-desk": lambda: "help-desk",
    "name": lambda: uuid.uuid4().hex,
    "machine": lambda: STACK["stateMachineArn"],
    "execution": execution,
    "closing-machine": lambda: STACK["closingStateMachineArn"],
    "closing": lambda: execution(STACK["closingStateMachineArn"]),
    "undelivered": lambda: queue("UndeliveredEvents"),
    "register": lambda: STACK["table"],
    "second-register": second_register,
    "replies": lambda: STACK["replies"],
    "dead-replies": lambda: queue("DeadReplies"),
    "function": lambda: ANY["FunctionName"],
    "role": lambda: ANY["Role"].rsplit("/", 1)[-1],
    "key": lambda: client("kms", *OPERATOR).create_key()["KeyMetadata"]["Arn"],
}


def answer(call, credentials):
    """`refused`, `done`, or the code of any other error."""
    service_name, operation, parameters = call.split(" ", 2)
    for name in re.findall(r"\{([a-z0-9-]+)\}", parameters):
        parameters = parameters.replace(f"{{{name}}}", MAKERS[name](), 1)
    try:
        getattr(client(service_name, *credentials), operation)(**json.loads(parameters))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "refused" if code in REFUSED else code
    return "done"


def main():
    rules = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text())["rule"]
    sessions = {name: session(function["FunctionName"]) for name, function in FUNCTIONS.items()}
    unknown = {name for rule in rules for name in rule["may"]} - sessions.keys()
    if unknown:
        sys.exit(f"there are no functions {sorted(unknown)}")
    tried = 0
    for rule in rules:
        for name, credentials in sessions.items():
            tried += 1
            expected = rule.get("answer", "done") if name in rule["may"] else "refused"
            answered = answer(rule["call"], credentials)
            if answered != expected:
                print(f"{name}: {rule['what']}: {answered} and not {expected}: {rule['call']}")
    print(f"tried: {tried}", file=sys.stderr)


main()
