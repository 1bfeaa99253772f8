// HTTP clients that repeat by themselves, each with the settings that its documentation shows. `get` resolves to
// {status, body} or {error}.
//
// heeds:     the statuses on which it comes back when Retry-After says
// flag:      it obeys X-Should-Retry
// stubborn:  statuses that it repeats whatever the answer says
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import ky from 'ky';
import OpenAI from 'openai';
import { Agent, RetryAgent, request } from 'undici';

const run = promisify(execFile);
const here = name => fileURLToPath(new URL(name, import.meta.url));
const python = '/usr/bin/python3';

export function versionOf(name) {
  return JSON.parse(readFileSync(here(`node_modules/${name}/package.json`))).version;
}

export async function debianVersion(name) {
  const { stdout } = await run('dpkg-query', ['-W', '-f=${Version}', name]);
  return stdout.replace(/^\d+:/, '').replace(/[-+].*/, '');
}

async function spawned(command, ...args) {
  const { stdout } = await run(command, args, { timeout: 60_000 });
  return JSON.parse(stdout);
}

export const pythonClient = (name, url) => spawned(python, here('debian_clients.py'), name, url);

const failed = error => ({ status: error.status ?? error.statusCode ?? error.response?.statusCode ?? error.response?.status,
                           error: error.name, body: error.message });

const everything = [429, 500, 501, 502, 503, 504, 505];

const npm = [
  {
    name: 'undici', what: 'RetryAgent', heeds: [429, 503], stubborn: [429, 500],
    async get(url) {
      const { statusCode, body } = await request(url, { dispatcher: new RetryAgent(new Agent()) });
      return { status: statusCode, body: await body.text() };
    },
  },
  {
    name: 'got', heeds: [413, 429, 503], stubborn: [429, 500],
    async get(url) {
      const { statusCode, body } = await got(url);
      return { status: statusCode, body };
    },
  },
  {
    name: 'axios-retry', heeds: [429, 503], stubborn: everything,
    async get(url) {
      const client = axios.create();
      axiosRetry(client);
      const { status, data } = await client.get(url);
      return { status, body: data };
    },
  },
  {
    name: 'ky', heeds: [413, 429, 503], stubborn: [429, 500],
    async get(url) {
      const answer = await ky.get(url);
      return { status: answer.status, body: await answer.text() };
    },
  },
  {
    name: 'openai', heeds: [408, 409, 429, 503], flag: true,
    async get(url) {
      const client = new OpenAI({ apiKey: 'key', baseURL: url });
      return { status: 200, body: await client.models.list() };
    },
  },
  {
    name: '@anthropic-ai/sdk', heeds: [408, 409, 429, 503], flag: true,
    async get(url) {
      const client = new Anthropic({ apiKey: 'key', baseURL: url });
      return { status: 200, body: await client.models.list() };
    },
  },
].map(client => ({ ...client, version: async () => versionOf(client.name) }));

const curl = async url => {
  const { stdout } = await run('curl', ['-sS', '--retry', '3', '-w', '\n%{http_code}', url]);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
};

// wget repeats connection errors only, so it is here for what it does with a reset.
const wget = async url => ({ status: 200, body: (await run('wget', ['-q', '-O', '-', url])).stdout });

const debian = [
  { name: 'curl --retry', package: 'curl', heeds: [408, 429, 503], stubborn: [429, 500], get: curl },
  { name: 'wget', package: 'wget', heeds: [], get: wget },
  { name: 'urllib3', what: 'Retry(3)', package: 'python3-urllib3', heeds: [413, 429, 503],
    get: url => pythonClient('urllib3_default', url) },
  { name: 'requests', what: 'Retry(3, [429, 503])', package: 'python3-requests', heeds: [413, 429, 503], stubborn: [429],
    get: url => pythonClient('requests_retry', url) },
  { name: 'requests', what: 'int(Retry-After) by hand', package: 'python3-requests', heeds: [429, 503],
    get: url => pythonClient('tenacity_style', url) },
  { name: 'httpx', package: 'python3-httpx', heeds: [], get: url => pythonClient('httpx', url) },
  { name: 'faraday', what: 'retry', package: 'ruby-faraday', heeds: [429, 503], stubborn: [429],
    get: url => spawned('ruby', here('faraday_client.rb'), url) },
].map(client => ({ ...client, version: () => debianVersion(client.package) }));

export const clients = [...npm, ...debian].map(client => ({
  stubborn: [],
  ...client,
  title: client.what ? `${client.name} ${client.what}` : client.name,
  // A failure of the call is an outcome too.
  get: url => client.get(url).catch(failed),
}));
