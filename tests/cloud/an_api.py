"""A template with an HTTP API, a Lambda authorizer and a secret; its functions echo what they are asked."""

from __future__ import annotations

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Handler: app.handler, Environment: {Variables: {SECRET: !Ref Key}}}
Resources:
  Key:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 40, ExcludePunctuation: true}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Guard
        Authorizers:
          Guard:
            FunctionArn: !GetAtt HttpGuardFunction.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 60}
  HttpGuardFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: functions/http_guard/}
  HttpEchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/http_echo/
      Events:
        List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /documents}}
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/documents/{id}"}}
        Archive: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /documents/archive}}
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: "/files/{path+}"}}
        Health: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /health, Auth: {Authorizer: NONE}}}
"""
GUARD = """
def handler(event, context):
    if event["identitySource"] == ["broken"]:
        raise RuntimeError("the guard is asleep")
    return {"isAuthorized": event["identitySource"] == ["key"], "context": {"account": "c-000001"}}
"""
ECHO = """
import base64
def handler(event, context):
    said = event.get("queryStringParameters", {}).get("answer", "")
    if said == "raise":
        raise RuntimeError("of no concern to the caller")
    if said == "plain":
        return {"hello": "Анна"}
    if said == "file":
        body = base64.b64encode(bytes([255, 0])).decode()
        kind = {"Content-Type": "application/pdf"}
        return {"statusCode": 200, "headers": kind, "body": body, "isBase64Encoded": True}
    if said == "link":
        return {"statusCode": 302, "headers": {"Location": "https://example.com/"}, "cookies": ["a=1", "b=2"]}
    import json
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""
