// The real binary as a child process, ready to be asked.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const binary = process.env.ERRATA_BINARY;
const config = fileURLToPath(new URL('gateway.yaml', import.meta.url));

async function freePort() {
  const server = net.createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

// Starts a gateway with `settings` as its environment; `file` is the configuration. Resolves when it is ready.
export async function startGateway(settings, file = config) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = { ...process.env, ...settings, PORT: String(port), ADMIN_PORT: String(adminPort) };
  const child = spawn(binary, ['run', '--config', file], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', piece => (said = (said + piece).slice(-4000)));
  const gone = new Promise(done => child.once('exit', done));
  const admin = `http://127.0.0.1:${adminPort}`;
  for (let i = 0; i < 200; ++i) {
    if (child.exitCode !== null) throw new Error(`the gateway ended at once:\n${said}`);
    const ready = await fetch(`${admin}/readyz`).then(answer => answer.ok, () => false);
    if (ready) break;
    await new Promise(done => setTimeout(done, 50));
    if (i === 199) throw new Error(`the gateway does not become ready:\n${said}`);
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    // The value of a metric without labels.
    async metric(name) {
      const text = await (await fetch(`${admin}/metrics`)).text();
      return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
    },
    async stop() {
      child.kill('SIGTERM');
      return gone;
    },
  };
}
