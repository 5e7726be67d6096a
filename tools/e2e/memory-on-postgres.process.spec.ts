import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, temporaryFolder } from './built-program.js';
import { slow } from './long-thread.js';
import { makeOwner, requests, type Person } from './people.js';
import { missingModels } from './starter-models.js';
import { callJson, post, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const lacks = postgres === undefined ? 'no Postgres is installed (apt-get install postgresql)' : await missingModels();
const where = lacks === undefined ? 'installed' : `skipped: ${lacks}`;
afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

/** Recalls facts about its user, then stores a fact if one is given. */
const noting = {
  heddle: 2,
  name: 'Noting',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: { fields: ['key', 'text', 'question'].map((name) => ({ name, type: 'Text', required: false })) },
    },
    recall: {
      type: 'memory',
      version: 2,
      config: { mode: 'recall', maxFacts: 3, embedder: 'all-minilm-l6-v2', model: 'smollm2-135m' },
    },
    keep: { type: 'memory', version: 2, config: { mode: 'remember' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'known', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'recall.question' },
    { from: 'asked.key', to: 'keep.key' },
    { from: 'asked.text', to: 'keep.text' },
    { from: 'recall.text', to: 'reply.known' },
  ],
};

type Headers = Readonly<Record<string, string>>;
interface Learned {
  readonly status: number;
  readonly text: string;
}

async function call(
  { address }: ServerProcess,
  who: Headers,
  method: string,
  path: string,
  body?: object,
): Promise<Learned> {
  const reply = await fetch(`${address}${path}`, {
    method,
    headers: { ...who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: reply.status, text: await reply.text() };
}

/** Who calls, on which workflow, and by which link. */
interface Subject {
  readonly name: string;
  readonly headers: Headers;
  readonly slug: string;
  readonly link?: string;
}

const said = (slug: string) => ({ model: slug, messages: [{ role: 'user', content: 'What did I say?' }] });
/** The requests that could reach a thread. */
const ways: Readonly<Record<string, (server: ServerProcess, by: Subject, thread: string) => Promise<Learned>>> = {
  read: (server, { headers }, thread) => call(server, headers, 'GET', `/v1/threads/${thread}`),
  messages: (server, { headers }, thread) => call(server, headers, 'GET', `/v1/threads/${thread}/messages`),
  rename: (server, { headers }, thread) => call(server, headers, 'POST', `/v1/threads/${thread}`, { title: 'Mine' }),
  erase: (server, { headers }, thread) => call(server, headers, 'DELETE', `/v1/threads/${thread}`),
  run: (server, { headers, slug }, thread) =>
    call(server, { ...headers, 'heddle-thread': thread }, 'POST', `/v1/workflows/${slug}`, { question: 'x' }),
  chat: (server, { headers, slug }, thread) =>
    call(server, headers, 'POST', '/v1/chat/completions', { ...said(slug), thread }),
  response: (server, { headers, slug }, thread) =>
    call(server, headers, 'POST', '/v1/responses', { model: slug, input: 'Said?', conversation: thread }),
  'AG-UI': (server, { headers, slug }, threadId) =>
    call(server, headers, 'POST', `/v1/workflows/${slug}/ag-ui`, { threadId, runId: randomUUID(), messages: [] }),
  share: (server, { headers, link: token = 'none' }, thread) =>
    call(server, headers, 'GET', `/v1/share/${token}/threads/${thread}/messages`),
  'share run': (server, { headers, link: token = 'none' }, thread) =>
    call(server, { ...headers, 'heddle-thread': thread }, 'POST', `/v1/share/${token}/runs`, { question: 'x' }),
  facts: (server, { headers }) => call(server, headers, 'GET', '/v1/facts?limit=200'),
  list: (server, { headers }) => call(server, headers, 'GET', '/v1/threads?limit=200'),
};

/** What two subjects with the same key may do to the threads of that key, on any workflow. */
const ofOneKey: ReadonlySet<string> = new Set(['facts', 'list', 'read', 'messages', 'rename', 'erase']);

const suite = lacks === undefined ? describe : describe.skip;

suite(`conversations and facts of two processes on Postgres (${where})`, () => {
  const data = temporaryFolder();
  const other = temporaryFolder();
  const environment = {
    HEDDLE_LEASE_MS: '2000',
    HEDDLE_SIGN_IN: 'required',
    HEDDLE_RATE_PER_MINUTE: '1000000',
    HEDDLE_PROJECT_RATE_PER_MINUTE: '1000000',
  };
  const url = (database: string) => new URL(`/${database}`, postgres?.url).href;
  let servers: readonly ServerProcess[] = [];
  let owner: Person;
  let beta: string;
  const serverOf = (index: number): ServerProcess => {
    const server = servers[index % servers.length];
    if (server === undefined) throw new Error('No server runs.');
    return server;
  };

  beforeAll(async () => {
    await postgres?.query('CREATE DATABASE memory');
    await postgres?.query('CREATE DATABASE talk');
    const both = { ...environment, HEDDLE_DATABASE_URL: url('memory') };
    const first = await startServer({ data, environment: both });
    // The next process that starts without an owner prints a link of its own, which replaces this one.
    owner = await makeOwner(first);
    const second = await startServer({
      data: other,
      environment: { ...both, HEDDLE_KEY_FILE: join(data, 'secret.key') },
    });
    servers = [first, second];
    for (const model of ['smollm2-135m', 'all-minilm-l6-v2'])
      await requests(first, owner, 'PUT', `/api/grants/model/${model}`, { projects: ['*'] });
    ({ id: beta } = await requests<{ id: string }>(first, owner, 'POST', '/api/projects', { name: 'Beta' }));
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) expect(await server.stop()).toBe(0);
  });

  /** Publishes the workflow in a project; gives its slug. */
  async function published(project: string, slug: string): Promise<string> {
    const within = { 'heddle-project': project };
    const document = { ...noting, name: slug };
    await requests(serverOf(0), owner, 'POST', '/api/workflows', { document, slug }, within);
    await requests(serverOf(0), owner, 'POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true }, within);
    return slug;
  }
  async function keyOf(project: string, name: string, ...permissions: readonly string[]): Promise<Headers> {
    const scopes = { permissions: ['run:published', ...permissions] };
    const { secret } = await requests<{ secret: string }>(
      serverOf(0),
      owner,
      'POST',
      '/api/keys',
      { name, scopes },
      { 'heddle-project': project },
    );
    return { authorization: `Bearer ${secret}` };
  }

  /** The tables, and the files of both data folders, that contain a text. */
  async function holdersOf(text: string): Promise<readonly string[]> {
    const tables = String(
      await postgres?.query(
        `SELECT tablename FROM pg_tables WHERE schemaname = 'heddle' AND query_to_xml(
          format('SELECT 1 FROM heddle.%I AS t WHERE t::text LIKE %L LIMIT 1', tablename, '%${text}%'), false, true, '')::text <> ''`,
        'memory',
      ),
    ).split('\n');
    const files = [data, other].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).includes(text)),
    );
    return [...tables.filter((name) => name !== ''), ...files];
  }

  it('continue in the other process when one is killed during an answer', async () => {
    const talk = { HEDDLE_DATABASE_URL: url('talk'), HEDDLE_LEASE_MS: '2000' };
    const folders = [temporaryFolder(), temporaryFolder()];
    const start = (index: number): Promise<ServerProcess> =>
      startServer({
        data: folders[index] ?? '',
        environment: { ...talk, HEDDLE_KEY_FILE: join(folders[0] ?? '', 'secret.key') },
      });
    const pair = [await start(0), await start(1)];
    const at = (index: number): ServerProcess => pair[index % 2] as ServerProcess;
    const { id } = await callJson(at(0), 'POST', '/api/workflows', { document: slow() });
    const names = ['Ada', 'Ben', 'slowly Cleo', 'Dan', 'Eve', 'slowly Fay', 'Gil'];
    let thread = 'new';
    for (const [index, name] of names.entries()) {
      const asked = await post(at(index), `/api/workflows/${String(id)}/runs`, { inputs: { name }, thread });
      const { runId } = JSON.parse(asked.text) as { runId: string };
      if (name.startsWith('slowly')) {
        await untilStatus(at(index), runId, ['running']);
        await at(index).kill();
      }
      const { status, summary } = await untilStatus(at(index + 1), runId);
      expect([name, status]).toEqual([name, 'done']);
      thread = summary.caller?.thread ?? '';
      if (name.startsWith('slowly')) pair[index % 2] = await start(index % 2);
    }
    for (const server of pair) {
      const { said } = await callJson(server, 'GET', `/api/conversations/${thread}`);
      const texts = (said as { readonly message: { readonly content: string } }[]).map(
        ({ message }) => message.content,
      );
      expect(texts).toEqual(names.flatMap((name) => [name, `Before ${name}, counted`]));
      expect((await callJson(server, 'GET', '/v1/threads'))['threads']).toMatchObject([
        { id: thread, messages: 2 * names.length },
      ]);
    }
    for (const server of pair) expect(await server.stop()).toBe(0);
  });

  it('recall facts after 50 sessions in both processes, and lose them everywhere when the person is forgotten', async () => {
    const slug = await published('default', 'noting');
    const speaks = await keyOf('default', 'An app', 'speak-for-users');
    let sessions = 0;
    const session = async (user: string, question: string, text?: string): Promise<string> => {
      const who = { ...speaks, 'heddle-end-user': user, 'heddle-thread': 'new' };
      const body = { question, ...(text === undefined ? {} : { key: text.split(' ')[0], text }) };
      const reply = await call(serverOf((sessions += 1)), who, 'POST', `/v1/workflows/${slug}`, body);
      expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"outputs"')]);
      return (JSON.parse(reply.text) as { readonly outputs: { readonly known: string } }).outputs.known;
    };
    const berth = 'ship lies at berth number seven planted-berth';
    await session('ann', 'Hello', berth);
    await session('ann', 'Hello', 'pet is a cat called Minka planted-cat');
    for (let index = 0; index < 50; index += 1) {
      const user = index % 5 === 4 ? 'zoe' : 'ann';
      await session(user, `What about topic ${index}?`, `topic${index} noise of ${user}`);
    }
    for (const _process of servers) {
      expect(await session('ann', 'At which berth does the ship lie?')).toContain('planted-berth');
      expect(await session('ann', 'How is the cat called?')).toContain('planted-cat');
      expect(await session('zoe', 'At which berth does the ship lie?')).not.toContain('planted');
    }
    const words = ['planted-berth', 'planted-cat', 'noise of ann'];
    for (const word of words) expect([word, (await holdersOf(word)).length > 0]).toEqual([word, true]);

    const forgotten = await requests(serverOf(1), owner, 'POST', '/api/people/forget', { subject: 'end-user:ann' });
    expect(forgotten).toMatchObject({ erased: { facts: 42, conversations: 46, runs: 46 } });
    for (const word of words) expect([word, await holdersOf(word)]).toEqual([word, []]);
    for (const _process of servers) {
      expect(await session('ann', 'At which berth does the ship lie?')).toBe('');
      expect(await session('zoe', 'What about topic 4?')).toContain('noise of zoe');
    }
    expect(await requests(serverOf(0), owner, 'GET', '/api/audit/verify')).toMatchObject({ isWhole: true });
  });

  it('are open only to their subject, in both processes', async () => {
    const alphaSlug = await published('default', 'reached');
    const otherSlug = await published('default', 'another');
    const betaSlug = await published(beta, 'of-beta');
    const alpha = await keyOf('default', 'One');
    const speaks = await keyOf('default', 'Speaks', 'speak-for-users');
    const link = await requests<{ token: string }>(serverOf(0), owner, 'POST', `/api/workflows/${alphaSlug}/shares`, {
      name: 'link',
      runsPerDay: 9_999,
    });
    const subjects: readonly Subject[] = [
      { name: 'key', headers: alpha, slug: alphaSlug },
      { name: 'key on another workflow', headers: alpha, slug: otherSlug },
      { name: 'second key', headers: await keyOf('default', 'Two'), slug: alphaSlug },
      { name: 'key that speaks', headers: speaks, slug: alphaSlug },
      { name: 'ann', headers: { ...speaks, 'heddle-end-user': 'ann' }, slug: alphaSlug },
      { name: 'zoe', headers: { ...speaks, 'heddle-end-user': 'zoe' }, slug: alphaSlug },
      { name: 'key of beta', headers: await keyOf(beta, 'Three'), slug: betaSlug },
      {
        name: 'anonymous user of a link',
        headers: { 'heddle-session': 'session-of-anna-0001' },
        slug: alphaSlug,
        link: link.token,
      },
      {
        name: 'another one of the link',
        headers: { 'heddle-session': 'session-of-bert-0001' },
        slug: alphaSlug,
        link: link.token,
      },
    ];
    const owned = await Promise.all(
      subjects.map(async (by, index) => {
        const canary = `canary${index}x${randomUUID().slice(0, 8)}`;
        const path = by.link === undefined ? `/v1/workflows/${by.slug}` : `/v1/share/${by.link}/runs`;
        const { status, text } = await call(serverOf(index), { ...by.headers, 'heddle-thread': 'new' }, 'POST', path, {
          question: `Is ${canary} there?`,
          key: canary,
          text: `fact ${canary}`,
        });
        const thread = /"thread":"(\w+)"/.exec(text)?.[1] ?? '';
        expect([by.name, status, thread]).toEqual([by.name, 200, expect.stringMatching(/^[0-9a-f]{24}$/)]);
        return { by, canary, thread };
      }),
    );
    const reads: string[] = [];
    let tries = 0;
    for (const server of servers)
      for (const by of subjects)
        for (const target of owned)
          for (const [name, way] of Object.entries(ways)) {
            if (target.by === by || (target.by.headers === by.headers && ofOneKey.has(name))) continue;
            tries += 1;
            const { status, text } = await way(server, by, target.thread);
            const answersOwn = name === 'facts' || name === 'list';
            if (
              text.includes(target.canary) ||
              (answersOwn && text.includes(target.thread)) ||
              (!answersOwn && status < 400)
            )
              reads.push(`${by.name} ${name} ${target.by.name}: ${status} ${text.slice(0, 100)}`);
          }
    expect(reads).toEqual([]);
    expect(tries).toBeGreaterThan(1_500);
    for (const server of servers)
      for (const { by, thread, canary } of owned) {
        const path =
          by.link === undefined ? `/v1/threads/${thread}/messages` : `/v1/share/${by.link}/threads/${thread}/messages`;
        const { status, text } = await call(server, by.headers, 'GET', path);
        expect([by.name, status, text.includes(canary)]).toEqual([by.name, 200, true]);
      }
  });
});
