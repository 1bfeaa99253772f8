// What the clients did, kept for docs/compatibility.md: one table for each test file, written where $CLIENT_RESULTS says.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class Table {
  #rows = new Map();
  constructor(name, columns) {
    this.name = name;
    this.columns = columns;
  }

  set(row, column, text) {
    if (!this.#rows.has(row)) this.#rows.set(row, {});
    this.#rows.get(row)[column] = text;
  }

  write() {
    const folder = process.env.CLIENT_RESULTS;
    if (!folder) return;
    const line = cells => `| ${cells.join(' | ')} |`;
    const text = [line(this.columns), line(this.columns.map(() => '---'))];
    for (const [row, cells] of [...this.#rows].sort())
      text.push(line([row, ...this.columns.slice(1).map(column => cells[column] ?? '')]));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${this.name}.md`), text.join('\n') + '\n');
  }
}
