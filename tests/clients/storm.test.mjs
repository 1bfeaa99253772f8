// A storm: an upstream is down for a while and says so, hundreds of clients come, some with stock retry settings, some
// that heed nothing. What reaches the upstream directly, through the gateway, and through what guards it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import { Agent, RetryAgent, request } from 'undici';
import { startGateway } from './gateway.mjs';
import { Table } from './results.mjs';

const clientsOfAKind = 100;
const downFor = 5000; // ms
const arrivals = 1000; // the clients' first calls are spread over that long, ms
const patience = 15_000; // a client that heeds nothing tries so long, ms

const pause = ms => new Promise(done => setTimeout(done, ms));
const undici = new RetryAgent(new Agent());
const agent = new http.Agent({ keepAlive: true });
const retrying = axios.create({ httpAgent: agent });
axiosRetry(retrying);

// Each returns true when it was served in the end.
const kinds = {
  'undici RetryAgent': async (url, headers) => {
    const { statusCode, body } = await request(url, { dispatcher: undici, headers });
    await body.dump();
    return statusCode === 200;
  },
  got: async (url, headers) => (await got(url, { headers, agent: { http: agent } })).statusCode === 200,
  'axios-retry': async (url, headers) => (await retrying.get(url, { headers })).status === 200,
  'heeds nothing, ten times a second': async (url, headers) => {
    for (const end = Date.now() + patience; Date.now() < end; await pause(100))
      if ((await axios.get(url, { headers, httpAgent: agent, validateStatus: () => true })).status === 200) return true;
    return false;
  },
};

// Down from the first call on, for a while: 503 and the seconds that are left.
class StrickenUpstream {
  begin() {
    this.calls = { down: 0, up: [] };
    this.upAt = undefined;
  }

  async start() {
    this.server = http.createServer((_, response) => {
      this.upAt ??= Date.now() + downFor;
      const left = this.upAt - Date.now();
      if (left <= 0) {
        this.calls.up.push(-left);
        return response.writeHead(200).end('ok');
      }
      ++this.calls.down;
      response.writeHead(503, { 'Retry-After': Math.ceil(left / 1000) }).end();
    });
    await new Promise(done => this.server.listen(0, '127.0.0.1', done));
    return this.server.address().port;
  }

  // The most calls that came within a tenth of a second after it was up again.
  get peak() {
    const tenths = new Map();
    for (const ms of this.calls.up) tenths.set(Math.floor(ms / 100), (tenths.get(Math.floor(ms / 100)) ?? 0) + 1);
    return Math.max(0, ...tenths.values());
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const upstream = new StrickenUpstream();
const table = new Table('storm', ['way', 'calls while down', 'most calls in 0.1 s afterwards', 'calls in all', 'clients served']);
let gateway, port;

async function storm(base) {
  upstream.begin();
  const calls = Object.values(kinds).flatMap((call, kind) =>
    Array.from({ length: clientsOfAKind }, async (_, i) => {
      const n = kind * clientsOfAKind + i;
      await pause((arrivals * i) / clientsOfAKind);
      // The gateway believes a private address what it says of a client's.
      const headers = { 'X-Client': `c${n}`, 'X-Forwarded-For': `198.51.${n >> 8}.${n & 255}` };
      return call(base, headers).catch(() => false);
    }));
  const served = (await Promise.all(calls)).filter(Boolean).length;
  return { down: upstream.calls.down, peak: upstream.peak, all: upstream.calls.down + upstream.calls.up.length, served };
}

before(async () => {
  port = await upstream.start();
  gateway = await startGateway({ UPSTREAM_PORT: String(port) }, fileURLToPath(new URL('storm.yaml', import.meta.url)));
});
after(async () => {
  table.write();
  assert.equal(await gateway.stop(), 0);
  upstream.stop();
});

it('a storm does not reach an upstream that asked to be left alone', async () => {
  const all = clientsOfAKind * Object.keys(kinds).length;
  const seen = {};
  const ways = { directly: `http://127.0.0.1:${port}/`, gateway: `${gateway.url}/plain`, hold: `${gateway.url}/held`,
                 shield: `${gateway.url}/shielded`, 'shield and hold': `${gateway.url}/both` };
  for (const [way, url] of Object.entries(ways)) {
    seen[way] = await storm(url);
    const { down, peak, all: calls, served } = seen[way];
    for (const [column, text] of Object.entries({ 'calls while down': down, 'most calls in 0.1 s afterwards': peak,
                                                  'calls in all': calls, 'clients served': `${served} of ${all}` }))
      table.set(way, column, String(text));
  }
  // Each client may have been on its way before the first answer was known, but none comes twice.
  for (const way of ['hold', 'shield', 'shield and hold'])
    assert.ok(seen[way].down <= all, `${way}: ${JSON.stringify(seen)}`);
  // Nobody is kept away for good: at least those who go on trying are served, and who heeds what it is told.
  for (const [way, { served }] of Object.entries(seen)) assert.ok(served > all / 2, `${way}: ${served} of ${all}`);
});
