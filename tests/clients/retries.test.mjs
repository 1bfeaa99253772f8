// Stock HTTP clients come back when they should, as often as they should and not before the time, told by nothing but
// the headers that the gateway makes of what an upstream says in its own way.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';
import { clients } from './http_clients.mjs';
import { Table } from './results.mjs';
import { Upstream } from './upstream.mjs';

const ok = { status: 200, body: { data: [], has_more: false } };
const soon = seconds => Math.floor(Date.now() / 1000) + seconds;

// An upstream that asks to wait in words that not every client understands, then is well: who heeds the status asks
// twice, and `wait` seconds later.
const waits = [
  { name: 'a member of the body', status: 503, wait: 1, inBody: true,
    answer: { status: 503, body: { message: 'busy', retry_after: 1 } } },
  { name: 'google.rpc.RetryInfo', status: 429, wait: 1.2, inBody: true,
    answer: { status: 429, body: { error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details: [
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.2s' }] } } } },
  { name: 'an HTTP date', status: 503, wait: 1,
    answer: () => ({ status: 503, headers: { 'Retry-After': new Date(soon(2) * 1000).toUTCString() } }) },
  { name: 'a decimal', status: 429, wait: 1.5, answer: { status: 429, headers: { 'Retry-After': '1.5' } } },
  { name: 'two lines', status: 503, wait: 2, answer: { status: 503, headers: { 'Retry-After': ['1', '2'] } } },
  { name: 'milliseconds', status: 503, wait: 1.2, answer: { status: 503, headers: { 'retry-after-ms': '1200' } } },
  { name: 'a reset in epoch seconds', status: 429, wait: 1,
    answer: () => ({ status: 429, headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(soon(2)) } }) },
  { name: 'a reset in epoch milliseconds', status: 429, wait: 1,
    answer: () => ({ status: 429, headers: { 'X-RateLimit-Remaining': '0',
                                             'X-RateLimit-Reset': String(soon(2) * 1000) } }) },
  { name: 'nonsense beside a body that knows', status: 503, wait: 1, inBody: true,
    answer: { status: 503, headers: { 'Retry-After': 'soon' }, body: { error: 'busy', retry_after_ms: 1000 } } },
];

// An upstream whose answer makes no sense to repeat: one request, and no more.
const ends = [
  { name: 'a 400 with a stray Retry-After', status: 400,
    answer: { status: 400, headers: { 'Retry-After': '1' }, body: { message: 'no' } } },
  { name: 'a 404 with a stray Retry-After', status: 404, answer: { status: 404, headers: { 'Retry-After': '1' } } },
  { name: 'a 501 with a stray Retry-After', status: 501, answer: { status: 501, headers: { 'Retry-After': '1' } } },
  { name: 'a 409 without any hint', status: 409, answer: { status: 409, body: { error: { message: 'conflict' } } } },
  { name: 'a 500 without any hint', status: 500, answer: { status: 500, body: { error: { message: 'broken' } } } },
  { name: 'a 429 without any hint', status: 429, answer: { status: 429, body: { error: { message: 'slower' } } } },
];

const upstream = new Upstream();
const gateways = {};
const compare = process.env.COMPARE === '1';
const sides = column => (compare ? [column, `${column}, directly`] : [column]);
const table = new Table('retries', ['client', 'version', ...['waits', 'stops', 'reset'].flatMap(sides)]);

const patience = 20_000;
const late = () => new Promise(done => setTimeout(done, patience, { error: 'no answer in time' }).unref());

// One call of a client against a script: its outcome, and when the upstream saw requests.
async function call(client, base, answers) {
  const id = upstream.script(answers);
  const outcome = await Promise.race([client.get(`${base}/${id}`), late()]);
  const arrivals = upstream.arrivals(id);
  return { outcome, asked: arrivals.length, gaps: arrivals.slice(1).map((at, i) => (at - arrivals[i]) / 1000) };
}

// Clocks of several processes and timers that fire a little early.
const tolerance = 0.02;
const waited = (seen, wait) =>
  seen.outcome.status === 200 && seen.asked === 2 && seen.gaps[0] >= wait - tolerance;

before(async () => {
  await upstream.start();
  for (const body of ['canonical', 'compatible', 'passthrough'])
    gateways[body] = await startGateway({ BODY: body, UPSTREAM_PORT: String(upstream.port) });
});
after(async () => {
  table.write();
  for (const gateway of Object.values(gateways)) assert.equal(await gateway.stop(), 0);
  upstream.stop();
  // A client that was sent away for ever without the gateway is still waiting.
  if (compare) setTimeout(() => process.exit(), 500).unref();
});

// The same without the gateway, where that is asked for.
const directly = async (client, answers) =>
  compare ? call(client, `http://127.0.0.1:${upstream.port}`, answers) : { outcome: {} };

function check(client) {
  const score = { waits: 0, waitsDirectly: 0, ends: 0, endsDirectly: 0 };
  const toWait = waits.filter(told => client.heeds.includes(told.status));
  const toEnd = ends.filter(told => !client.stubborn.includes(told.status));

  for (const told of toWait)
    it(`comes back in time after ${told.status}: ${told.name}`, async () => {
      const answers = [told.answer, ok];
      const alone = await directly(client, answers);
      score.waitsDirectly += waited(alone, told.wait);
      for (const [body, { url }] of Object.entries(gateways)) {
        if (body === 'passthrough' && told.inBody) continue;
        const seen = await call(client, url, answers);
        assert.ok(waited(seen, told.wait), `${body}: ${JSON.stringify(seen)}`);
      }
      ++score.waits;
    });

  for (const told of toEnd)
    it(`asks once: ${told.name}`, async () => {
      const answers = [told.answer, ok];
      const alone = await directly(client, answers);
      score.endsDirectly += alone.asked === 1;
      const seen = await call(client, gateways.canonical.url, answers);
      assert.equal(seen.asked, 1, JSON.stringify(seen));
      assert.notEqual(seen.outcome.status, 200);
      ++score.ends;
    });

  it('does not notice a connection that is reset before the answer', async () => {
    const answers = ['reset', ok];
    const alone = await directly(client, answers);
    const seen = await call(client, gateways.canonical.url, answers);
    assert.equal(seen.outcome.status, 200, JSON.stringify(seen));
    assert.equal(seen.asked, 2);
    table.set(client.title, 'reset', 'answered');
    table.set(client.title, 'reset, directly', alone.outcome.status === 200 ? 'answered' : 'fails');
  });

  after(async () => {
    const cell = (good, all) => (all.length ? `${good} of ${all.length}` : '-');
    table.set(client.title, 'version', await client.version());
    table.set(client.title, 'waits', cell(score.waits, toWait));
    table.set(client.title, 'waits, directly', cell(score.waitsDirectly, toWait));
    table.set(client.title, 'stops', cell(score.ends, toEnd));
    table.set(client.title, 'stops, directly', cell(score.endsDirectly, toEnd));
  });
}

describe('a stock client', { concurrency: 3 }, () => {
  for (const client of clients) describe(client.title, { concurrency: 4 }, () => check(client));
});
