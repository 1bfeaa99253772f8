// WebSockets through the gateway: npm's ws on both ends.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, it } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { startGateway } from './gateway.mjs';

const server = http.createServer((_, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({
  noServer: true, maxPayload: 64 << 20, handleProtocols: offered => (offered.has('orders.v2') ? 'orders.v2' : false),
});
let gateway;

// Echoes; `close CODE REASON` closes; on /guarded nobody gets in.
server.on('upgrade', (request, socket, head) => {
  if (request.url === '/guarded')
    return socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Type: application/json\r\n' +
                      'Content-Length: 32\r\nConnection: close\r\n\r\n{"message":"Bring a token with"}\n');
  sockets.handleUpgrade(request, socket, head, ws => {
    ws.on('message', (data, binary) => {
      const [word, code, reason] = binary ? [] : data.toString().split(' ');
      if (word === 'close') ws.close(Number(code), reason);
      else ws.send(data, { binary });
    });
    ws.on('close', (code, reason) => server.emit('closed', code, String(reason)));
  });
});

const once = (emitter, event) => new Promise(done => emitter.once(event, (...what) => done(what)));
const open = async (path = '/', ...more) => {
  const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, ...more);
  await once(ws, 'open');
  return ws;
};

before(async () => {
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  gateway = await startGateway({ BODY: 'canonical', UPSTREAM_PORT: String(server.address().port) });
});
after(async () => {
  assert.equal(await gateway.stop(), 0);
  for (const ws of sockets.clients) ws.terminate();
  server.close();
});

it('carries text, binary and many messages at once in their order', async () => {
  const ws = await open();
  const got = [];
  ws.on('message', (data, binary) => got.push(binary ? data : String(data)));
  for (let i = 0; i < 500; ++i) ws.send(`message ${i}`);
  ws.send(Buffer.from([0, 255, 1]));
  while (got.length < 501) await once(ws, 'message');
  assert.deepEqual(got.slice(0, 500), Array.from({ length: 500 }, (_, i) => `message ${i}`));
  assert.deepEqual(got[500], Buffer.from([0, 255, 1]));
  ws.terminate();
});

it('carries a message of 16 MiB', async () => {
  const ws = await open('/', { maxPayload: 64 << 20 });
  const large = Buffer.alloc(16 << 20, 'errata');
  ws.send(large);
  const [got] = await once(ws, 'message');
  assert.ok(large.equals(got));
  ws.terminate();
});

it('agrees on a subprotocol', async () => {
  const ws = await open('/', ['orders.v1', 'orders.v2']);
  assert.equal(ws.protocol, 'orders.v2');
  ws.terminate();
});

it('passes on the code and reason with which the server closes', async () => {
  const ws = await open();
  ws.send('close 4001 enough');
  const [code, reason] = await once(ws, 'close');
  assert.deepEqual([code, String(reason)], [4001, 'enough']);
});

it('passes on the code and reason with which the client closes', async () => {
  const ws = await open();
  const closed = once(server, 'closed');
  ws.close(4002, 'done');
  assert.deepEqual(await closed, [4002, 'done']);
});

it('lets the server know that a client is gone', async () => {
  const ws = await open();
  const closed = once(server, 'closed');
  ws.terminate();
  assert.equal((await closed)[0], 1006);
});

it('ends a silent tunnel, but not one that is kept alive by pings', async () => {
  const silent = await open();
  const pinged = await open();
  const pings = setInterval(() => pinged.ping(), 300);
  const [code] = await once(silent, 'close');
  assert.equal(code, 1006);
  pinged.send('still here');
  assert.equal(String((await once(pinged, 'message'))[0]), 'still here');
  clearInterval(pings);
  pinged.terminate();
});

it('makes a refused upgrade a canonical error', async () => {
  const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}/guarded`);
  const [, response] = await once(ws, 'unexpected-response');
  let body = '';
  for await (const piece of response) body += piece;
  assert.equal(response.statusCode, 401);
  assert.equal(response.headers['content-type'], 'application/problem+json');
  assert.equal(response.headers['www-authenticate'], 'Bearer');
  assert.equal(JSON.parse(body).detail, 'Bring a token with');
});
