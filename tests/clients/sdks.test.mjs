// Behind `body: compatible` and `body: passthrough` an SDK tells its user the vendor's own code, exactly as without the
// gateway, and never takes an error for success. What survives the canonical body is told in the table of results.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startGateway } from './gateway.mjs';
import { Table } from './results.mjs';
import { errors, throttles } from './sdks.mjs';
import { Upstream } from './upstream.mjs';

const upstream = new Upstream();
const gateways = {};
const table = new Table('sdks', ['SDK', 'version', 'directly', 'compatible', 'passthrough', 'canonical']);

before(async () => {
  await upstream.start();
  for (const body of ['canonical', 'compatible', 'passthrough'])
    gateways[body] = await startGateway({ BODY: body, UPSTREAM_PORT: String(upstream.port) });
});
after(async () => {
  table.write();
  for (const gateway of Object.values(gateways)) assert.equal(await gateway.stop(), 0);
  upstream.stop();
});

const address = side => gateways[side]?.url ?? `http://127.0.0.1:${upstream.port}`;

// What the SDK tells of the vendor's error.
async function told(row, side) {
  try {
    const value = await row.call(address(side), upstream.script([row.answer]));
    return `taken for success: ${JSON.stringify(value)}`;
  } catch (error) {
    return row.code(error) ?? `${error.error ?? error.name}: no code`;
  }
}

describe('an SDK tells the vendor’s code', { concurrency: 4 }, () => {
  for (const row of errors)
    it(row.title, async () => {
      const seen = {};
      for (const side of ['directly', 'compatible', 'passthrough', 'canonical']) {
        seen[side] = await told(row, side);
        table.set(row.title, side, seen[side] === row.expect ? 'its code' : `\`${seen[side].slice(0, 60)}\``);
      }
      table.set(row.title, 'version', await row.version());
      const must = { directly: row.expect, compatible: row.expect, passthrough: row.expect,
                     canonical: row.canonical ? row.expect : seen.canonical };
      assert.deepEqual(seen, must);
    });
});

describe('a throttled SDK comes back', { concurrency: 4 }, () => {
  for (const row of throttles)
    for (const side of ['compatible', 'passthrough'])
      it(`${row.title} (${side})`, async () => {
        const id = upstream.script([row.answer, row.ok]);
        await row.call(address(side), id);
        const [first, second, ...more] = upstream.arrivals(id);
        assert.ok(second - first >= row.wait * 1000 - 20, `after ${second - first} ms`);
        assert.equal(more.length, 0);
      });
});
