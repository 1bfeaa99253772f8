// Vendors' SDKs: each row is one call that the vendor answers with an error of its own. `call(base, id)` resolves to
// what the SDK takes for success; `code(error)` is what the SDK tells of the vendor's code, and must be `expect`.
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { REST } from '@discordjs/rest';
import Anthropic from '@anthropic-ai/sdk';
import { Octokit } from '@octokit/rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { WebClient } from '@slack/web-api';
import OpenAI from 'openai';
import { Issuer } from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import Stripe from 'stripe';
import { debianVersion, pythonClient, versionOf } from './http_clients.mjs';

const awsSettings = (base, id) => ({
  endpoint: `${base}/${id}`, region: 'eu-west-1', maxAttempts: 2, forcePathStyle: true,
  credentials: { accessKeyId: 'AKIA0', secretAccessKey: 'secret' },
});
const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel() {}, setName() {} };
const octokit = (base, id) =>
  new (Octokit.plugin(retry, throttling))({
    baseUrl: `${base}/${id}`, auth: 'token', log: silent,
    throttle: { onRateLimit: (_, __, ___, n) => n < 1, onSecondaryRateLimit: (_, __, ___, n) => n < 1 },
  });
const stripe = (base, id) => {
  const { hostname, port } = new URL(base);
  return new Stripe(`sk_test_${id}`, { host: hostname, port, protocol: 'http', maxNetworkRetries: 1, telemetry: false });
};
const openid = (base, id) =>
  new (new Issuer({
    issuer: base, token_endpoint: `${base}/${id}`, userinfo_endpoint: `${base}/${id}`,
    device_authorization_endpoint: `${base}/${id}`,
  }).Client)({ client_id: 'id', client_secret: 'secret' });

const dynamo = (type, more = {}) => ({
  status: 400, headers: { 'Content-Type': 'application/x-amz-json-1.0', ...more },
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'vendor says no' },
});
const noSuchKey = {
  status: 404, headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': '4442587FB7D0A2F9' },
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.' +
        '</Message><Key>none</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>',
};
const slowDown = {
  status: 503, headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': '4442587FB7D0A2F9' },
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.' +
        '</Message></Error>',
};
const cardDeclined = {
  status: 402,
  body: { error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', param: 'source',
                   message: 'Your card was declined.', doc_url: 'https://stripe.com/docs/error-codes/card-declined' } },
};
const invalidGrant = {
  status: 400, headers: { 'Cache-Control': 'no-store' },
  body: { error: 'invalid_grant', error_description: 'The code has expired.' },
};

// Errors, each with the vendor's code that the SDK's users switch on. `canonical`: holds without `body: compatible` too.
const npm = [
  {
    sdk: 'openai', answer: { status: 400, body: { error: {
      message: 'too long', type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' } } },
    call: (base, id) => new OpenAI({ apiKey: 'key', baseURL: `${base}/${id}` })
      .chat.completions.create({ model: 'm', messages: [] }),
    code: e => `${e.constructor.name} ${e.type} ${e.param} ${e.code}`,
    expect: 'BadRequestError invalid_request_error messages context_length_exceeded',
  },
  {
    sdk: '@anthropic-ai/sdk', answer: { status: 529, headers: { 'x-should-retry': 'false' }, body: {
      type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' } },
    call: (base, id) => new Anthropic({ apiKey: 'key', baseURL: `${base}/${id}` })
      .messages.create({ model: 'm', max_tokens: 1, messages: [] }),
    code: e => `${e.constructor.name} ${e.error?.error?.type}`, expect: 'InternalServerError overloaded_error',
  },
  {
    sdk: 'stripe', answer: cardDeclined,
    call: (base, id) => stripe(base, id).charges.create({ amount: 1, currency: 'eur', source: 'tok' }),
    code: e => `${e.constructor.name} ${e.code} ${e.decline_code}`,
    expect: 'StripeCardError card_declined insufficient_funds',
  },
  {
    sdk: '@octokit/rest', answer: { status: 422, body: { message: 'Validation Failed', status: '422', errors: [
      { resource: 'Issue', field: 'title', code: 'missing_field' }], documentation_url: 'https://docs.github.com/rest' } },
    call: (base, id) => octokit(base, id).issues.create({ owner: 'o', repo: 'r', title: '' }),
    code: e => `${e.status} ${e.response?.data?.message} ${e.response?.data?.errors?.[0]?.code}`,
    expect: '422 Validation Failed missing_field',
  },
  {
    sdk: '@discordjs/rest', answer: { status: 400, body: { code: 50035, message: 'Invalid Form Body', errors: {
      name: { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] } } } },
    call: (base, id) => new REST({ api: `${base}/${id}` }).setToken('token').post('/channels/1/messages', { body: {} }),
    code: e => `${e.constructor.name} ${e.code} ${e.rawError?.errors?.name?._errors?.[0]?.code}`,
    expect: 'DiscordAPIError 50035 BASE_TYPE_REQUIRED',
  },
  {
    sdk: '@aws-sdk/client-dynamodb', answer: dynamo('ResourceNotFoundException', { 'x-amzn-requestid': 'ABCDEF' }),
    canonical: true, call: (base, id) => new DynamoDBClient(awsSettings(base, id)).send(new ListTablesCommand({})),
    code: e => e.name, expect: 'ResourceNotFoundException',
  },
  {
    sdk: '@aws-sdk/client-dynamodb', what: 'a proxy took the request id', answer: dynamo('ResourceNotFoundException'),
    call: (base, id) => new DynamoDBClient(awsSettings(base, id)).send(new ListTablesCommand({})),
    code: e => e.name, expect: 'ResourceNotFoundException',
  },
  {
    sdk: '@aws-sdk/client-s3', answer: noSuchKey,
    call: (base, id) => new S3Client(awsSettings(base, id)).send(new GetObjectCommand({ Bucket: 'shop', Key: 'none' })),
    code: e => e.name, expect: 'NoSuchKey',
  },
  {
    sdk: 'openid-client', what: 'token', answer: invalidGrant, canonical: true,
    call: (base, id) => openid(base, id).grant({ grant_type: 'client_credentials' }),
    code: e => `${e.constructor.name} ${e.error} ${e.error_description}`,
    expect: 'OPError invalid_grant The code has expired.',
  },
  {
    sdk: 'openid-client', what: 'userinfo', canonical: true,
    answer: { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="expired"' } },
    call: (base, id) => openid(base, id).userinfo('token'),
    code: e => `${e.constructor.name} ${e.error}`, expect: 'OPError invalid_token',
  },
  {
    sdk: 'simple-oauth2', answer: invalidGrant, canonical: true,
    call: (base, id) => new AuthorizationCode({
      client: { id: 'id', secret: 'secret' }, auth: { tokenHost: base, tokenPath: `/${id}` },
    }).getToken({ code: 'c', redirect_uri: 'http://127.0.0.1/' }),
    code: e => e.data?.payload?.error, expect: 'invalid_grant',
  },
  {
    sdk: '@slack/web-api', answer: { status: 200, body: { ok: false, error: 'channel_not_found' } }, canonical: true,
    call: (base, id) => new WebClient('token', { slackApiUrl: `${base}/${id}/`, logger: silent })
      .chat.postMessage({ channel: 'C1', text: 'hi' }),
    code: e => e.data?.error, expect: 'channel_not_found',
  },
].map(row => ({ ...row, version: async () => versionOf(row.sdk) }));

const debian = [
  { sdk: 'boto3', what: 'DynamoDB', package: 'python3-boto3', client: 'boto3_dynamodb', expect: 'ResourceNotFoundException',
    answer: dynamo('ResourceNotFoundException', { 'x-amzn-requestid': 'ABCDEF' }), canonical: true },
  { sdk: 'boto3', what: 'DynamoDB, a proxy took the request id', package: 'python3-boto3', client: 'boto3_dynamodb',
    expect: 'ResourceNotFoundException', answer: dynamo('ResourceNotFoundException') },
  { sdk: 'boto3', what: 'S3', package: 'python3-boto3', client: 'boto3_s3', answer: noSuchKey, expect: 'NoSuchKey' },
  { sdk: 'authlib', package: 'python3-authlib', client: 'authlib', answer: invalidGrant, expect: 'invalid_grant',
    canonical: true },
  { sdk: 'requests-oauthlib', package: 'python3-requests-oauthlib', client: 'requests_oauthlib', answer: invalidGrant,
    expect: 'invalid_grant', canonical: true },
  { sdk: 'stripe (Python)', package: 'python3-stripe', client: 'stripe', answer: cardDeclined, expect: 'card_declined' },
  { sdk: 'PyGithub', package: 'python3-github', client: 'pygithub', expect: 'Not Found',
    answer: { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } } },
].map(row => ({
  ...row,
  version: () => debianVersion(row.package),
  async call(base, id) {
    const outcome = await pythonClient(row.client, `${base}/${id}`);
    if (outcome.error) throw outcome;
    return outcome.value;
  },
  code: e => e.code,
}));

export const errors = [...npm, ...debian].map(row => ({ ...row, title: row.what ? `${row.sdk}, ${row.what}` : row.sdk }));

// Throttled once, then well: the SDK must come back by itself, not before `wait` seconds where it heeds a wait.
export const throttles = [
  {
    sdk: '@octokit/rest', wait: 1,
    answer: { status: 403, headers: { 'Retry-After': '1' }, body: {
      message: 'You have exceeded a secondary rate limit. Please wait.', documentation_url: 'https://docs.github.com/rest' } },
    ok: { status: 200, body: { login: 'nobody' } },
    call: (base, id) => octokit(base, id).users.getByUsername({ username: 'nobody' }),
  },
  {
    sdk: '@discordjs/rest', wait: 1, what: 'a date that its Number() cannot read',
    answer: () => ({ status: 429, headers: { Via: '1.1 google', 'Retry-After': new Date(Date.now() + 2000).toUTCString() },
                     body: { message: 'You are being rate limited.', retry_after: 1.2, global: false } }),
    ok: { status: 200, body: { id: '1' } },
    call: (base, id) => new REST({ api: `${base}/${id}` }).setToken('token').get('/users/@me'),
  },
  {
    sdk: '@slack/web-api', wait: 1, what: 'a decimal',
    answer: { status: 429, headers: { 'Retry-After': '0.9' }, body: { ok: false, error: 'ratelimited' } },
    ok: { status: 200, body: { ok: true } },
    call: (base, id) => new WebClient('token', { slackApiUrl: `${base}/${id}/`, logger: silent }).auth.test(),
  },
  {
    sdk: '@aws-sdk/client-dynamodb', wait: 0, answer: dynamo('ThrottlingException', { 'x-amzn-requestid': 'ABCDEF' }),
    ok: { status: 200, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, body: { TableNames: [] } },
    call: (base, id) => new DynamoDBClient(awsSettings(base, id)).send(new ListTablesCommand({})),
  },
  {
    sdk: '@aws-sdk/client-s3', wait: 0, answer: slowDown, ok: { status: 200, body: 'content' },
    call: (base, id) => new S3Client(awsSettings(base, id)).send(new GetObjectCommand({ Bucket: 'shop', Key: 'none' })),
  },
  {
    sdk: 'boto3', wait: 0, answer: dynamo('ThrottlingException'),
    ok: { status: 200, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, body: { TableNames: [] } },
    call: (base, id) => pythonClient('boto3_dynamodb', `${base}/${id}`),
  },
].map(row => ({ ...row, title: row.what ? `${row.sdk}, ${row.what}` : row.sdk }));
