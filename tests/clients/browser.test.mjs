// A browser behind the gateway: pages of another origin can read an error and its retry fields, an EventSource gets its
// events at once, a WebSocket works. $CHROMIUM is the browser; without it there is nothing to be done.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, it } from 'node:test';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { startGateway } from './gateway.mjs';

const any = { 'Access-Control-Allow-Origin': '*' };
const sockets = new WebSocketServer({ noServer: true });
let released; // resolves when the page has seen the first event
let release;

const pages = {
  '/': (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>page</title>'),
  '/busy': (_, response) => response.writeHead(429, { ...any, 'Content-Type': 'application/json' })
    .end('{"message":"Slow down","retry_after":2.5}'),
  '/broken': (_, response) => response.writeHead(500, { ...any, 'Content-Type': 'text/html' })
    .end('<h1>It broke</h1><pre>at com.acme.Store.save(Store.java:118)</pre>'),
  '/gone': (request) => request.socket.destroy(),
  '/events': async (_, response) => {
    response.writeHead(200, { ...any, 'Content-Type': 'text/event-stream' });
    response.write('data: first\n\n');
    await released;
    response.write('event: named\nid: 7\ndata: second\n\n');
  },
  '/seen': (_, response) => (release(), response.writeHead(204, any).end()),
  '/no-events': (_, response) => response.writeHead(503, { ...any, 'Content-Type': 'application/json', 'Retry-After': '1' })
    .end('{"message":"No events today"}'),
};
const server = http.createServer((request, response) =>
  (pages[request.url] ?? ((_, r) => r.writeHead(404).end()))(request, response));
server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, ws => {
  ws.on('message', (data, binary) => (String(data) === 'close' ? ws.close(4001, 'enough') : ws.send(data, { binary })));
}));

const skip = process.env.CHROMIUM ? false : 'no chromium';
let gateway, browser, page;

before(async () => {
  if (skip) return;
  released = new Promise(done => (release = done));
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  gateway = await startGateway({ BODY: 'canonical', UPSTREAM_PORT: String(server.address().port) });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  page = await (await browser.newContext()).newPage();
  // Through the gateway too, but as another origin: localhost is not 127.0.0.1.
  await page.goto(`http://localhost:${gateway.port}/`);
});
after(async () => {
  if (skip) return;
  await browser.close();
  assert.equal(await gateway.stop(), 0);
  server.close();
  server.closeAllConnections();
});

const fetched = path =>
  page.evaluate(async url => {
    const answer = await fetch(url);
    const names = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry', 'x-request-id'];
    return { status: answer.status, body: await answer.json(),
             fields: Object.fromEntries(names.map(name => [name, answer.headers.get(name)])) };
  }, `${gateway.url}${path}`);

it('lets a page of another origin read the error and when to come back', { skip }, async () => {
  const { status, body, fields } = await fetched('/busy');
  assert.equal(status, 429);
  assert.equal(body.detail, 'Slow down');
  assert.deepEqual(body.retry, { allowed: true, after: 3, safe: true });
  assert.equal(fields['content-type'], 'application/problem+json');
  assert.equal(fields['retry-after'], '3');
  assert.equal(fields['retry-after-ms'], '2500');
  assert.equal(fields['x-should-retry'], 'true');
  assert.equal(fields['x-request-id'], body.request_id);
});

it('lets it read that a retry makes no sense', { skip }, async () => {
  const { status, body, fields } = await fetched('/broken');
  assert.equal(status, 500);
  assert.ok(!JSON.stringify(body).includes('acme'));
  assert.deepEqual([fields['retry-after'], fields['x-should-retry']], [null, 'false']);
});

it('lets it read the gateway’s own error where the route says so', { skip }, async () => {
  const { status, body, fields } = await fetched('/gone');
  assert.equal(status, 502);
  assert.equal(body.code, 'UPSTREAM_CLOSED');
  assert.equal(fields['retry-after'], String(body.retry.after));
});

it('brings events at once', { skip }, async () => {
  // The upstream sends the second one only when the page says that it has the first.
  const events = await page.evaluate(base => new Promise((done, fail) => {
    const source = new EventSource(`${base}/events`);
    const seen = [];
    source.onmessage = event => (seen.push(event.data), fetch(`${base}/seen`));
    source.addEventListener('named', event => (seen.push(event.data, event.lastEventId), source.close(), done(seen)));
    setTimeout(() => fail(new Error(`only ${seen}`)), 20_000);
  }), gateway.url);
  assert.deepEqual(events, ['first', 'second', '7']);
});

it('ends an EventSource that is answered with an error', { skip }, async () => {
  const state = await page.evaluate(url => new Promise(done => {
    const source = new EventSource(url);
    source.onerror = () => done(source.readyState);
  }), `${gateway.url}/no-events`);
  assert.equal(state, 2); // CLOSED: the browser does not come back, as the standard has it
});

it('carries a WebSocket', { skip }, async () => {
  const seen = await page.evaluate(url => new Promise(done => {
    const socket = new WebSocket(url);
    const got = [];
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => (socket.send('hello'), socket.send(new Uint8Array(1 << 20).fill(7)));
    socket.onmessage = event => {
      got.push(typeof event.data === 'string' ? event.data : event.data.byteLength);
      if (got.length === 2) socket.send('close');
    };
    socket.onclose = event => done([...got, event.code, event.reason, event.wasClean]);
  }), `ws://127.0.0.1:${gateway.port}/socket`);
  assert.deepEqual(seen, ['hello', 1 << 20, 4001, 'enough', true]);
});
