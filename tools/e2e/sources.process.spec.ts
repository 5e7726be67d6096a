import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { DocumentInfo, Passage, SourceReply } from '@heddle/core';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { answerEmbeddings, dimensions } from '../chaos/embedder.js';
import { MortalServer } from '../chaos/mortal-server.js';
import { createRandom, type Random } from '../chaos/random.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { post, send } from './server-calls.js';

jest.setTimeout(isLong ? 1_800_000 : 300_000);

const changes = isLong ? 1_000 : 60;
const kills = isLong ? 40 : 5;

/** A folder and a website with the same documents, by name. The site answers conditional requests. */
class World {
  readonly texts = new Map<string, string>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    // As editors do: a reader sees either the old file or the new one.
    writeFileSync(join(this.folder, '.part'), text);
    renameSync(join(this.folder, '.part'), join(this.folder, name));
    this.texts.set(name, text);
  }

  remove(name: string): void {
    rmSync(join(this.folder, name));
    this.texts.delete(name);
  }

  rename(from: string, to: string): void {
    mkdirSync(dirname(join(this.folder, to)), { recursive: true });
    renameSync(join(this.folder, from), join(this.folder, to));
    this.texts.set(to, this.texts.get(from) ?? '');
    this.texts.delete(from);
  }

  change(random: Random, number: number): void {
    const names = [...this.texts.keys()];
    const name = names[Math.floor(random.next() * names.length)];
    const within = ['', 'one/', 'two/deep/'][Math.floor(random.next() * 3)] ?? '';
    const what = random.next();
    const text = `# Document ${number}\n\nIts word is w${number}w, and nothing else.\n`;
    if (name === undefined || names.length < 5 || what < 0.4) this.write(`${within}n${number}.md`, text);
    else if (what < 0.65) this.write(name, text);
    else if (what < 0.85) this.remove(name);
    else this.rename(name, `${within}r${number}.md`);
  }

  page(path: string): { readonly body: string; readonly type: string } | undefined {
    if (path === '/index') {
      const links = [...this.texts.keys()].map((name) => `<li><a href="/${name}">${name}</a>`);
      return { body: `<ul>${links.join('')}</ul>`, type: 'text/html' };
    }
    const body = this.texts.get(path.slice(1));
    return body === undefined ? undefined : { body, type: 'text/markdown' };
  }
}

describe('sources of a server that is killed', () => {
  let outside: Server;
  let world: World;
  let server: MortalServer;
  let port: number;
  const random = createRandom(sampleSeed, 77);

  beforeAll(async () => {
    const base = temporaryFolder();
    world = new World(join(base, 'docs'));
    outside = createServer((request, reply) => {
      if (request.method === 'POST') {
        answerEmbeddings(request, reply, []);
        return;
      }
      const page = world.page(request.url ?? '/');
      const etag = `"${Buffer.from(page?.body ?? '')
        .toString('base64url')
        .slice(0, 200)}"`;
      if (page === undefined) reply.writeHead(404).end();
      else if (request.headers['if-none-match'] === etag) reply.writeHead(304, { etag }).end();
      else reply.writeHead(200, { etag, 'content-type': page.type }).end(page.body);
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    ({ port } = outside.address() as AddressInfo);
    server = new MortalServer(join(base, 'data'), {
      HEDDLE_FILES: join(base, 'docs'),
      HEDDLE_FETCH_ALLOW: `127.0.0.1:${port}`,
      // Kills often come before a sync makes progress.
      HEDDLE_CRASH_LIMIT: '0',
    });
    server.start();
  });
  afterAll(async () => {
    await server.stop();
    outside.closeAllConnections();
    outside.close();
    await cleanUp();
  });

  const at = '/api/collections/library';
  const kinds = [
    { id: 'folder', kind: 'folder', config: { path: 'docs' } },
    {
      id: 'web',
      kind: 'web',
      config: () => ({ start: [`http://127.0.0.1:${port}/index`], exclude: ['/index'], delayMs: 0 }),
    },
  ];
  const must = async (method: string, path: string, body?: object): Promise<unknown> => {
    const current = await server.current();
    const reply = method === 'GET' ? await send(current, path) : await post(current, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return JSON.parse(reply.text);
  };
  const sources = async (): Promise<readonly SourceReply[]> =>
    ((await must('GET', `${at}/sources`)) as { readonly sources: readonly SourceReply[] }).sources;

  /** Starts syncs, kills the server after a while, and starts it again. */
  const killMeanwhile = async (): Promise<void> => {
    for (const { id } of kinds) await must('POST', `${at}/sources/${id}/sync`, {});
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 600)));
    await server.kill();
    server.start();
    await Promise.race([server.current(), server.ownEnd]);
  };

  const settled = async (): Promise<void> => {
    for (;;) {
      const all = await sources();
      const failed = all.flatMap(({ id, state }) =>
        state.job === undefined && state.error !== undefined ? [{ id, error: state.error }] : [],
      );
      expect(failed).toEqual([]);
      if (all.every(({ state }) => state.job === undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  /** What the collection stores of a source: the text of each document by its name. */
  const mirrorOf = async (source: string, prefix: string): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (let after = ''; ;) {
      const page = (await must('GET', `${at}/documents?limit=200&after=${encodeURIComponent(after)}`)) as {
        readonly documents: readonly DocumentInfo[];
      };
      for (const { id } of page.documents) {
        if (!id.startsWith(`${source}:`)) continue;
        const path = `${at}/passages?document=${encodeURIComponent(id)}`;
        const { passages } = (await must('GET', path)) as { readonly passages: readonly Passage[] };
        found.set(id.slice(source.length + 1 + prefix.length), passages.map(({ text }) => text).join('\n'));
      }
      after = page.documents.at(-1)?.id ?? '';
      if (page.documents.length < 200) return found;
    }
  };

  it(`are an exact mirror after ${changes} random changes and ${kills} kills`, async () => {
    await Promise.race([server.current(), server.ownEnd]);
    await must('POST', '/api/connections', {
      id: 'ledger',
      kind: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      isLocal: true,
      models: [{ name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
    });
    await must('POST', '/api/collections', { name: 'library', embedding: 'ledger/vectors' });
    for (const { config, ...source } of kinds) {
      const body = { ...source, title: source.id, config: typeof config === 'function' ? config() : config };
      await must('POST', `${at}/sources`, body);
    }
    for (let number = 1; number <= changes; number += 1) {
      world.change(random, number);
      if (number % Math.ceil(changes / kills) === 0) await killMeanwhile();
    }
    await settled();
    for (const { id } of kinds) await must('POST', `${at}/sources/${id}/sync`, {});
    await settled();
    const expected = Object.fromEntries([...world.texts].map(([name, text]) => [name, /w\d+w/.exec(text)?.[0]]));
    for (const [source, prefix] of [
      ['folder', ''],
      ['web', `http://127.0.0.1:${port}/`],
    ] as const) {
      const mirror = await mirrorOf(source, prefix);
      expect(Object.fromEntries([...mirror].map(([name, text]) => [name, /w\d+w/.exec(text)?.[0]]))).toEqual(expected);
    }
    // Every document is found by its own word: no old text is left in the index.
    const gone = Array.from({ length: changes }, (_, index) => `w${index + 1}w`);
    const kept = new Set(Object.values(expected));
    for (const word of gone) {
      const { results } = (await must('POST', `${at}/search`, { query: word, mode: 'lexical', k: 10 })) as {
        readonly results: readonly Passage[];
      };
      const hits = results.filter(({ text }) => text.includes(word)).length;
      expect([word, hits > 0]).toEqual([word, kept.has(word)]);
    }
    expect(server.lives.length).toBe(kills + 1);
  });
});
