// The scripted upstream: a test says what it answers to the first, second ... request of a client, and learns when they
// arrived. A request is told apart by an `x-<number>-x` anywhere in its target or fields, since an SDK lets a test
// choose now the path, now only a key.
import http from 'node:http';

const mark = /x-(\d+)-x/;

export class Upstream {
  #scripts = [];
  #server = http.createServer((request, response) => this.#serve(request, response));

  async start(port = 0) {
    await new Promise(done => this.#server.listen(port, '127.0.0.1', done));
    this.port = this.#server.address().port;
    return this;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  // Answers: {status, headers, body} (an object is sent as JSON), a function that makes one when it is due, or 'reset'.
  // The last one stays.
  script(answers) {
    this.#scripts.push({ answers, arrivals: [] });
    return `x-${this.#scripts.length - 1}-x`;
  }

  // When requests with this mark arrived, in milliseconds.
  arrivals(id) {
    return this.#scripts[Number(mark.exec(id)[1])].arrivals;
  }

  #serve(request, response) {
    const found = mark.exec([request.url, ...request.rawHeaders].join('\n'));
    const script = this.#scripts[Number(found?.[1])];
    if (!script) return response.writeHead(404, { 'x-test': 'no mark' }).end();
    script.arrivals.push(performance.now());
    let answer = script.answers[Math.min(script.arrivals.length, script.answers.length) - 1];
    request.resume();
    request.on('end', () => {
      if (answer === 'reset') return request.socket.resetAndDestroy();
      if (typeof answer === 'function') answer = answer();
      const { status, headers = {}, body = '' } = answer;
      const json = typeof body === 'object';
      const content = json ? JSON.stringify(body) : body;
      response.writeHead(status, {
        'Content-Type': json ? 'application/json' : 'text/plain',
        'Content-Length': Buffer.byteLength(content),
        ...headers,
      });
      response.end(content);
    });
  }
}
