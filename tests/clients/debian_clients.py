"""One call with one of Debian's Python clients: debian_clients.py CLIENT URL prints its outcome as JSON.

{"status": of what the library returned, "body": its text} or {"error": what it raised, "code": the vendor's code in it}.
Settings are the ones that the library's documentation shows, nothing is added to make it behave.
"""
import json
import sys


def urllib3_default(url):
    import urllib3
    answer = urllib3.PoolManager().request("GET", url, retries=urllib3.Retry(3))
    return {"status": answer.status, "body": answer.data.decode()}


def requests_retry(url):
    import requests
    import urllib3
    session = requests.Session()
    retry = urllib3.Retry(3, status_forcelist=[429, 503], respect_retry_after_header=True)
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
    answer = session.get(url)
    return {"status": answer.status_code, "body": answer.text}


def httpx(url):
    import httpx as library
    answer = library.get(url)
    return {"status": answer.status_code, "body": answer.text}


def tenacity_style(url):
    """What hand-written code does: int(Retry-After), once."""
    import time
    import requests
    answer = requests.get(url)
    if answer.status_code in (429, 503) and "Retry-After" in answer.headers:
        time.sleep(int(answer.headers["Retry-After"]))
        answer = requests.get(url)
    return {"status": answer.status_code, "body": answer.text}


def boto(service, url):
    import boto3
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="AKIA0",
                        aws_secret_access_key="secret")


def boto3_dynamodb(url):
    from botocore.exceptions import ClientError
    try:
        return {"value": boto("dynamodb", url).list_tables()["TableNames"]}
    except ClientError as e:
        return {"error": type(e).__name__, "code": e.response["Error"]["Code"]}


def boto3_s3(url):
    from botocore.exceptions import ClientError
    try:
        return {"value": boto("s3", url).get_object(Bucket="shop", Key="none")["ContentLength"]}
    except ClientError as e:
        return {"error": type(e).__name__, "code": e.response["Error"]["Code"]}


def authlib(url):
    from authlib.integrations.requests_client import OAuth2Session
    try:
        return {"value": OAuth2Session("id", "secret").fetch_token(url, grant_type="client_credentials")}
    except Exception as e:
        return {"error": type(e).__name__, "code": getattr(e, "error", None)}


def requests_oauthlib(url):
    import os
    from oauthlib.oauth2 import BackendApplicationClient
    from requests_oauthlib import OAuth2Session
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    try:
        session = OAuth2Session(client=BackendApplicationClient(client_id="id"))
        return {"value": session.fetch_token(url, client_id="id", client_secret="secret")}
    except Exception as e:
        return {"error": type(e).__name__, "code": getattr(e, "error", None)}


def stripe(url):
    import stripe as library
    library.api_base, library.api_key = url, "sk_test_0"
    try:
        return {"value": library.Charge.create(amount=1, currency="eur", source="tok").get("id")}
    except library.error.StripeError as e:
        return {"error": type(e).__name__, "code": e.code}


def pygithub(url):
    import github
    try:
        return {"value": github.Github("token", base_url=url).get_user("nobody").login}
    except github.GithubException as e:
        return {"error": type(e).__name__, "code": (e.data or {}).get("message")}


clients = {f.__name__: f for f in (urllib3_default, requests_retry, httpx, tenacity_style, boto3_dynamodb, boto3_s3,
                                   authlib, requests_oauthlib, stripe, pygithub)}
try:
    outcome = clients[sys.argv[1]](sys.argv[2])
except Exception as e:
    outcome = {"error": type(e).__name__, "message": str(e)[:200]}
print(json.dumps(outcome))
