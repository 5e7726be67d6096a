import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { labelOf, type WorkflowDocument } from '@heddle/core';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { randomUUID } from 'node:crypto';
import type { AnyJson } from '../../testing/any-json.js';
import { recall, remembering } from '../../security/testing/memory-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';

/** Seeded tries over all channels, threads and principals; `npm run test:long` makes 10,000. */
const tries = isLong ? 10_000 : 300;

/** A caller, with the workflow and the way of the call. */
interface Subject {
  readonly name: string;
  readonly headers: Shown;
  readonly workflow: { readonly id: string; readonly slug: string };
  /** The token of the share link that the subject uses. */
  readonly link?: string;
  /** Whether the subject may run drafts. */
  readonly mayDraft?: boolean;
}
interface Owned {
  readonly owner: Subject;
  readonly thread: string;
  /** A fact about the subject, which contains the canary too. */
  readonly fact: string;
  readonly canary: string;
  /** A run of the thread that began as an MCP task; empty for users of a share link. */
  readonly task: string;
}

/** Sends one MCP request without a session. An error of the protocol is a reply, and an error of a run a result. */
async function askMcp(
  { call }: Pick<Trial, 'call'>,
  method: string,
  params: { readonly name?: string; readonly taskId?: string; readonly arguments?: object; readonly _meta?: object },
): Promise<Learned> {
  const key = 'io.modelcontextprotocol';
  const _meta = {
    ...params._meta,
    [`${key}/protocolVersion`]: '2026-07-28',
    [`${key}/clientInfo`]: { name: 'reach', version: '1' },
    // A call without the tasks extension waits for its result.
    [`${key}/clientCapabilities`]: method === 'tools/call' ? {} : { extensions: { [`${key}/tasks`]: {} } },
  };
  const { status, text } = await call(
    'POST',
    '/mcp',
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
    {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': params.name ?? params.taskId ?? '',
    },
  );
  return { status: /thread_not_found|no task with this id/.test(text) ? 404 : status, text };
}

/** The ways to read a thread; each returns the status and the whole reply. */
const channels = {
  read: ({ call }, { thread }) => call('GET', `/v1/threads/${thread}`),
  messages: ({ call }, { thread }) => call('GET', `/v1/threads/${thread}/messages`),
  list: ({ call }, { canary }) => call('GET', `/v1/threads?search=${canary}`),
  run: ({ call, by }, { thread }) =>
    call('POST', `/v1/workflows/${by.workflow.slug}`, { session: thread }, { 'heddle-thread': thread }),
  input: ({ call, by }, { thread }) => call('POST', `/v1/workflows/${by.workflow.slug}`, { session: thread }),
  chat: ({ call, by }, { thread }) =>
    call('POST', '/v1/chat/completions', {
      model: by.workflow.slug,
      messages: [{ role: 'user', content: 'What did I say?' }],
      thread,
    }),
  'chat by header': ({ call, by }, { thread }) => {
    const messages = [{ role: 'user', content: 'What did I say?' }];
    return call('POST', '/v1/chat/completions', { model: by.workflow.slug, messages }, { 'heddle-thread': thread });
  },
  response: ({ call, by }, { thread }) =>
    call('POST', '/v1/responses', { model: by.workflow.slug, input: 'What did I say?', conversation: thread }),
  'AG-UI': ({ call, by }, { thread }) =>
    call('POST', `/v1/workflows/${by.workflow.slug}/ag-ui`, { threadId: thread, runId: randomUUID(), messages: [] }),
  A2A: async ({ call, by }, { thread }) => {
    const message = { messageId: randomUUID(), role: 'ROLE_USER', contextId: thread, parts: [{ data: {} }] };
    const body = { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message } };
    const { status, text } = await call('POST', `/v1/workflows/${by.workflow.slug}/a2a`, body, {
      'a2a-version': '1.0',
    });
    // An error of the protocol comes with status 200.
    return { status: text.includes('thread_not_found') ? 404 : status, text };
  },
  MCP: (trial, { thread }) =>
    askMcp(trial, 'tools/call', { name: trial.by.workflow.slug, arguments: {}, _meta: { 'heddle/thread': thread } }),
  'MCP task': (trial, { task }) => askMcp(trial, 'tasks/get', { taskId: task }),
  draft: ({ call, by }, { thread }) =>
    call('POST', `/api/workflows/${by.workflow.id}/runs?wait=1`, { inputs: {}, thread }),
  facts: ({ call }) => call('GET', '/v1/facts?limit=200'),
  'erased fact': ({ call }, { fact }) => call('DELETE', `/v1/facts/${fact}`),
  'facts in the editor': ({ call }, { canary }) => call('GET', `/api/facts?search=${canary}`),
  conversation: ({ call }, { thread }) => call('GET', `/api/conversations/${thread}`),
  share: ({ call, by }, { thread }) => call('GET', `/v1/share/${by.link ?? 'none'}/threads/${thread}/messages`),
  'share run': ({ call, by }, { thread }) =>
    call('POST', `/v1/share/${by.link ?? 'none'}/runs`, {}, { 'heddle-thread': thread }),
} satisfies Record<string, (trial: Trial, target: Owned) => Promise<Learned>>;

interface Learned {
  readonly status: number;
  readonly text: string;
}
interface Trial {
  readonly by: Subject;
  readonly call: (method: string, path: string, body?: object, headers?: Shown) => Promise<Learned>;
}

/** The ways by which a subject reads its own thread, which show that a try can succeed. */
const readsOwn: ReadonlySet<string> = new Set(['messages', 'list', 'run', 'facts', 'MCP', 'MCP task']);
/** The ways that always answer with the data of the caller, whatever the request names. */
const answersOwn: ReadonlySet<string> = new Set(['list', 'input', 'facts', 'facts in the editor']);

describe(`a thread of another subject (seed ${sampleSeed})`, () => {
  let house: TwoProjects;
  let subjects: readonly Subject[];
  let owned: readonly Owned[];

  beforeAll(async () => {
    house = await openTwoProjects({
      nodes: [...standardNodes, recall],
      settings: { HEDDLE_RATE_PER_MINUTE: '1000000' },
    });
    subjects = (await Promise.all([house.alpha, house.beta].map(subjectsOf))).flat();
    owned = await Promise.all(subjects.map(own));
  });
  afterAll(() => house.close());

  async function subjectsOf(project: string): Promise<readonly Subject[]> {
    const document: WorkflowDocument = { ...remembering, name: `Remembering ${project}` };
    const workflow = await house.published(project, document);
    const other = await house.published(project, { ...document, name: `Other ${project}` });
    const owner = house.person({ [project]: ['owner'] });
    const links = await Promise.all(
      ['one', 'two'].map(
        async (name) =>
          (
            await house.call(
              owner,
              'POST',
              `/api/workflows/${workflow.id}/shares`,
              { name, runsPerDay: 100_000, ratePerMinute: 100_000 },
              project,
            )
          ).body.token as string,
      ),
    );
    const key = house.key(project);
    const second = house.key(project);
    const speaks = house.key(project, { permissions: ['run:published', 'speak-for-users'] });
    const person = house.person({ [project]: ['runner'] });
    const { id: _id, ...signedIn } = person;
    const anonymous = (name: string): Shown => ({ 'heddle-session': `session-of-${name}-0001` });
    return [
      { name: `${project} key`, headers: key, workflow },
      { name: `${project} key on another workflow`, headers: key, workflow: other },
      { name: `${project} second key`, headers: second, workflow },
      { name: `${project} key that speaks`, headers: speaks, workflow },
      { name: `${project} ann`, headers: { ...speaks, 'heddle-end-user': 'ann' }, workflow },
      { name: `${project} zoe`, headers: { ...speaks, 'heddle-end-user': 'zoe' }, workflow },
      { name: `${project} person`, headers: signedIn, workflow },
      { name: `${project} anonymous user`, headers: anonymous('anna'), workflow, link: links[0] ?? '' },
      { name: `${project} other anonymous user`, headers: anonymous('bert'), workflow, link: links[0] ?? '' },
      { name: `${project} anonymous user by another link`, headers: anonymous('anna'), workflow, link: links[1] ?? '' },
    ];
  }

  async function call(by: Subject, method: string, path: string, body?: object, headers: Shown = {}): Promise<Learned> {
    const reply = await fetch(`${house.server.address}${path}`, {
      method,
      headers: { ...by.headers, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, text: await reply.text() };
  }

  /** Begins a thread of a subject with a text that others may not read. */
  async function own(owner: Subject, index: number): Promise<Owned> {
    const canary = `canary${index}x${sampleSeed}`;
    const path = owner.link === undefined ? `/v1/workflows/${owner.workflow.slug}` : `/v1/share/${owner.link}/runs`;
    const { status, text } = await call(owner, 'POST', path, { text: canary }, { 'heddle-thread': 'new' });
    const thread = /"thread":"(\w+)"/.exec(text)?.[1] ?? '';
    expect([owner.name, status, thread]).toEqual([owner.name, 200, expect.stringMatching(/^[0-9a-f]{24}$/)]);
    const { conversations, facts } = house.server.heddle.parts;
    const subject = (await conversations.find(thread))?.owner;
    if (subject === undefined) throw new Error('The thread has no owner.');
    const noted = [{ key: 'k', text: `fact ${canary}`, label: labelOf('internal') }];
    await facts.of(subject, { run: 'r', thread }).remember(noted, { idempotencyKey: canary });
    const [fact] = await facts.list({ within: [{ project: subject.project, subject: subject.subject }], limit: 1 });
    return { owner, thread, fact: fact?.id ?? '', canary, task: await taskIn(owner, thread) };
  }

  /** Continues a thread by MCP, and returns the run, whose id is that of the task. */
  async function taskIn(owner: Subject, thread: string): Promise<string> {
    if (owner.link !== undefined || owner.headers['authorization'] === undefined) return '';
    const trial = { call: (...given: Parameters<Trial['call']>) => call(owner, ...given) };
    const { slug: name } = owner.workflow;
    await askMcp(trial, 'tools/call', { name, arguments: {}, _meta: { 'heddle/thread': thread } });
    const runs = await house.server.heddle.runs.list({ limit: 200 });
    const run = runs.find(({ caller }) => caller?.thread === thread && caller.channel === 'mcp');
    expect([owner.name, run?.status]).toEqual([owner.name, 'done']);
    return run?.runId ?? '';
  }

  it('can be read by its own subject, on each channel that shows it', async () => {
    for (const target of owned) {
      const trial = { by: target.owner, call: (...given: Parameters<Trial['call']>) => call(target.owner, ...given) };
      const ways = target.owner.link === undefined ? readsOwn : new Set(['share', 'share run']);
      for (const [name, way] of Object.entries(channels)) {
        // A browser session does not work at /mcp.
        if (!ways.has(name) || (name.startsWith('MCP') && target.task === '')) continue;
        const { status, text } = await way(trial, target);
        const isShown = name === 'list' ? text.includes(target.thread) : text.includes(target.canary);
        expect([target.owner.name, name, status, isShown]).toEqual([target.owner.name, name, 200, true]);
      }
    }
  });

  it(`is not read in ${tries} tries of subjects, channels and threads`, async () => {
    let state = sampleSeed;
    const below = (count: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * count);
    };
    const read: string[] = [];
    const answers = new Map<string, Set<string>>();
    const names = Object.keys(channels) as (keyof typeof channels)[];
    for (let count = 0; count < tries; count += 1) {
      const by = subjects[below(subjects.length)] as Subject;
      const target = owned[below(owned.length)] as Owned;
      const name = names[below(names.length)] as keyof typeof channels;
      const isSame = target.owner === by || (target.owner.headers === by.headers && by.link === target.owner.link);
      if (isSame) continue;
      const trial: Trial = { by, call: (...given) => call(by, ...given) };
      // No run of the thread is active, so a refusal has no other reason.
      const { status, text } = await channels[name](trial, target);
      if ((name === 'conversation' || name === 'facts in the editor') && mayReadInEditor(by, target.owner)) continue;
      // An error repeats the requested address, which contains the search words.
      const shown = name === 'facts in the editor' ? `fact ${target.canary}` : target.canary;
      if (text.includes(shown) && name !== 'list') read.push(`${by.name} ${name} ${target.owner.name}: ${status}`);
      if (name === 'list' && text.includes(target.thread)) read.push(`${by.name} list ${target.owner.name}`);
      if (!answersOwn.has(name) && status < 400) read.push(`${by.name} ${name} ${target.owner.name}: ${status}`);
      if (
        status === 404 &&
        ['read', 'messages', 'run', 'erased fact', 'share', 'share run', 'MCP task'].includes(name)
      ) {
        const known = answers.get(`${by.name} ${name}`) ?? new Set();
        answers.set(`${by.name} ${name}`, known.add(withoutInstance(text)));
      }
    }
    expect(read).toEqual([]);
    // The answer is the same for each thread of another subject, and for one that does not exist.
    for (const [who, texts] of answers) expect([who, texts.size]).toEqual([who, 1]);
  });
});

/**
 * Whether the routes of the editor show a conversation by right: to people of the project, and to a key its own, because these routes have
 * no end users.
 */
function mayReadInEditor(by: Subject, owner: Subject): boolean {
  const projectOf = ({ name }: Subject): string | undefined => name.split(' ')[0];
  if (by.name.endsWith('person')) return projectOf(by) === projectOf(owner);
  const { authorization } = by.headers;
  const isSameKey = authorization !== undefined && authorization === owner.headers['authorization'];
  return isSameKey && owner.headers['heddle-end-user'] === undefined;
}

/** Removes the address and the trace of the request from a problem. */
function withoutInstance(text: string): string {
  const { instance: _instance, requestId: _id, ...rest }: AnyJson = JSON.parse(text);
  return JSON.stringify(rest);
}
