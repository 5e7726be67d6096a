import { createSqliteAudit } from '@heddle/adapters/audit';
import { openDatabase } from '@heddle/adapters/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { realClock } from '../common/real-clock.js';
import { captureOutput } from '../testing/capture-output.js';
import { type CommandExample, channelCommands } from '../testing/channel-commands.js';
import { echoDocument } from '../testing/echo-document.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';
import { createProgram } from './program/program.js';
import { runCommandLine } from './run-command-line.js';

/** Commands that need no audit event or have their check elsewhere, with the reason. */
const without: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'help|validate|search|models list|models card|runs list|runs show|runs watch|inbox list|conversations list|conversations show|facts list|export|users list|groups list|readers show|readers rules|keys list|grants list|policies list|policies show',
      'hooks list|hooks arrivals|webhooks list|webhooks deliveries|webhooks show|schedules list|schedules show|batches list|batches show|batches follow|share list',
      'ab list|ab show|experiments list|experiments show|experiments rows|gates list|replays|build tools|build show|build proposals',
      'queues list|evaluators list|evaluators try|evaluators calibrations|prompts list|prompts show|prompts diff|prompts export',
      'monitors list|monitors show|monitors scores|alerts list|alerts history|alerts channels|dashboard|datasets list|datasets show',
      'sources list|sources kinds|sources failures|collections list|reindex status|reindex compare|entities list|entities suggestions|connections list|secrets list|budgets list|spend|tools list|tools test|audit verify|versions|clock show|cluster list|health|settings|node list|node test|test',
    ].flatMap((argv) => argv.split('|').map((name) => [name, 'reads'])),
  ),
  ...Object.fromEntries(
    'experiments pause|experiments cancel|experiments resume|experiments again|experiments learn-route|lab|hooks try|webhooks send|batches pause|batches cancel|batches resume|batches retry|batches download'
      .split('|')
      .map((name) => [
        name,
        'goes through a route, as the others of its group do, and needs what came of runs meanwhile',
      ]),
  ),
  'cluster drain': 'needs a second process: cluster.process.spec holds it to its record',
  'cluster undrain': 'the same way as cluster drain',
  serve: 'its routes leave theirs',
  'tools sign-in': 'needs a person in a browser: sdk-sign-in.spec holds it to its record',
  ingest: 'needs models: audit-fields.model.spec holds it to its record',
  'datasets questions': 'needs a model: questions.spec holds its job to its record',
  'datasets negatives': 'needs a collection, and so a model: it goes the way of datasets questions',
  'queues add': 'needs a queue, which people make in the editor: annotations.spec holds the route to its record',
  'queues calibrate': 'needs a queue, which people make in the editor: annotations.spec holds the route to its record',
  'runs resume': 'the journal writes what the run does',
  backup: 'copies files, as anybody can who reads the folder',
  migrate: 'changes the form of the tables, and no row of people',
  move: 'writes its record into what it moves to: move.process.spec holds it to its record',
  restore: 'writes its record into the folder that it restores: backup-folder.spec',
  'runtime add': 'installs files that no run uses before a start',
  'models pull': 'needs a source; the same way as models add',
  'node add': 'needs a registry: node-packages.process.spec holds it to its record',
  'node remove': 'the same way as node add',
  'reindex start': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  'reindex switch': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  'reindex back': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  'reindex drop': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  graph: 'needs a collection, and so a model: routes-audit.spec holds the routes to their records',
  'entities merge': 'needs a collection, and so a model: merges.spec holds the route to its record',
  'entities separate': 'the same way as entities merge',
  'entities apart': 'the same way as entities merge',
  'collections relevance': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  ...Object.fromEntries(
    ['add', 'change', 'sync', 'pause', 'resume', 'remove'].map((name) => [
      `sources ${name}`,
      'needs a collection, and so a model: sources.spec holds the route to its record',
    ]),
  ),
  'readers set': 'needs a collection, and so a model: readers.spec holds the route to its record',
  'collections search-settings': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  'collections title': 'needs a collection, and so a model: routes-audit.spec holds the route to its record',
  'models train': 'adds an entry as models add does',
};
const me = userInfo().username;
const asking = {
  heddle: 2,
  name: 'Asking',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May I?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Json' }] } },
  },
  edges: [
    { from: 'question.question', to: 'ask.value' },
    { from: 'ask.answer', to: 'reply.answer' },
  ],
};
const noting = {
  heddle: 2,
  name: 'Notes',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    keep: { type: 'memory', version: 1, config: { mode: 'write' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'kept', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.text', to: 'keep.session' },
    { from: 'asked.text', to: 'keep.messages' },
    { from: 'keep.messages', to: 'reply.kept' },
  ],
};

const remembering = {
  heddle: 2,
  name: 'Facts',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    keep: { type: 'memory', version: 2, config: { mode: 'remember' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'kept', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.text', to: 'keep.text' },
    { from: 'keep.facts', to: 'reply.kept' },
  ],
};

describe('a command that works on a folder without a server', () => {
  let folder: string;
  let tools: TestToolServer;
  const data = () => join(folder, 'data');
  const file = (name: string, value: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  beforeAll(async () => {
    tools = await startToolServer();
    folder = mkdtempSync(join(tmpdir(), 'heddle-commands-'));
    mkdirSync(data());
  });
  afterAll(async () => {
    await tools.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const heddle = async (...args: readonly string[]) => {
    const { result, stdout, stderr } = await captureOutput(() => runCommandLine(['--data', data(), ...args]));
    return { code: result, stdout, stderr };
  };
  async function records() {
    const database = openDatabase(join(data(), 'heddle.db'));
    const audit = createSqliteAudit(database, {
      clock: realClock,
      keyFile: join(data(), 'secret.key'),
      anchorFile: join(data(), 'audit.head'),
    });
    const found = (await audit.list({ limit: 1000 })).toReversed();
    audit.close();
    database.close();
    return found;
  }

  const withInput = async (text: string, work: () => Promise<unknown>): Promise<void> => {
    const before = Object.getOwnPropertyDescriptor(process, 'stdin');
    Object.defineProperty(process, 'stdin', { value: Readable.from([text]), configurable: true });
    await work().finally(() => before && Object.defineProperty(process, 'stdin', before));
  };
  const connection = { id: 'mine', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' };
  const policy = { name: 'cheap', candidates: [{ model: 'smollm2-135m' }], prefer: 'cheapest' };
  const card = {
    id: 'own',
    title: 'Own',
    kind: 'generate',
    runtime: 'llama',
    summary: 'A model.',
    publisher: 'me',
    licence: 'MIT',
    use: 'Any.',
    format: 'gguf',
    contextTokens: 64,
    languages: ['en'],
    files: [{ role: 'weights', name: 'model.gguf', sources: ['file:/nowhere/model.gguf'] }],
  };
  const echoReplays = [{ kind: 'replay', id: 'replay', title: 'Replay' }];
  const hook = { kind: 'webhook', name: 'Hook', url: 'http://127.0.0.1:1/in' };
  const alertOf = (name: string) => ({ name, condition: { kind: 'threshold', metric: 'runs', value: 1 } });
  const idOf = async (...args: readonly string[]): Promise<string> =>
    (JSON.parse((await heddle('alerts', ...args, '--json')).stdout) as { id: string }).id;
  const aMonitor = { name: 'Refusals', workflow: 'echo', evaluators: [{ kind: 'refusal' }] };
  const theMonitor = async (): Promise<string> =>
    (JSON.parse((await heddle('monitors', '--json')).stdout) as { id: string }[])[0]?.id ?? '';
  const rememberFact = () => heddle('run', file('fact.json', remembering), '--input', 'text=Likes milk', '--json');
  const theFact = async (): Promise<string> =>
    (JSON.parse((await heddle('facts', '--json')).stdout) as { id: string }[])[0]?.id ?? '';
  const anAlert = () => idOf('add', file('alert.json', alertOf('B')));
  const aChannel = () => idOf('add-channel', file('hook.json', hook));
  let last = '';
  let experiment = '';
  /** Examples, in an order in which each finds what it needs: the command, and the kind and subject of its audit event. */
  const examples: readonly CommandExample[] = [
    ['import', 'workflow', 'workflow:', () => heddle('import', file('echo.json', echoDocument()))],
    ['publish', 'publish', 'workflow:', () => heddle('publish', 'echo', '--accept-data-map')],
    [
      'rollback',
      'rollback',
      'workflow:',
      async () => {
        await heddle('import', file('echo.json', echoDocument('Asked: ')));
        await heddle('publish', 'echo', '--accept-data-map');
        await heddle('rollback', 'echo', '1');
      },
    ],
    ['ab start', 'rollback', 'workflow:', () => heddle('ab', 'start', 'echo', '--arm', '2=20', '--metric', 'feedback')],
    ['ab shares', 'rollback', 'workflow:', () => heddle('ab', 'shares', 'echo', '2=50')],
    ['ab stop', 'rollback', 'workflow:', () => heddle('ab', 'stop', 'echo')],
    [
      'ab promote',
      'rollback',
      'workflow:',
      async () => {
        await heddle('ab', 'start', 'echo', '--arm', '2=20', '--metric', 'errors', '--guard', 'ms=2000');
        await heddle('ab', 'promote', 'echo', '2');
      },
    ],
    ...channelCommands(heddle, 'echo', () => file('rows.jsonl', '{"question":"why"}')),
    [
      'run',
      'run',
      'run:',
      async () => {
        const { stdout } = await heddle('run', 'echo', '--input', 'question=why', '--json');
        last = (JSON.parse(stdout) as { runId: string }).runId;
      },
    ],
    [
      'runs cancel',
      'run',
      'run:',
      async () => {
        const { stdout } = await heddle('run', file('ask.json', asking), '--input', 'question=why', '--json');
        last = (JSON.parse(stdout) as { runId: string }).runId;
        await heddle('runs', 'cancel', last);
      },
    ],
    [
      'inbox answer',
      'approval',
      'run:',
      async () => {
        await heddle('run', file('ask.json', asking), '--input', 'question=why', '--json');
        const { stdout } = await heddle('inbox', 'list', '--json');
        const [request] = JSON.parse(stdout) as { runId: string; requestId: string }[];
        await heddle('inbox', 'answer', request?.runId ?? '', request?.requestId ?? '', '--choose', 'approve');
      },
    ],
    [
      'conversations assign',
      'project',
      'conversation:',
      async () => {
        await heddle('run', file('notes.json', noting), '--input', 'text=Milk', '--json');
        last = (JSON.parse((await heddle('conversations', '--json')).stdout) as { id: string }[])[0]?.id ?? '';
        const database = openDatabase(join(data(), 'heddle.db'));
        database.connection.exec('UPDATE conversations SET project = NULL, workflow = NULL, subject = NULL');
        database.close();
        const owner = ['--project', 'default', '--workflow', 'document:Notes', '--subject', 'local'];
        await heddle('conversations', 'assign', last, ...owner);
      },
    ],
    [
      'facts edit',
      'project',
      'fact:',
      async () => {
        await rememberFact();
        await heddle('facts', 'edit', await theFact(), '--text', 'Oat milk', '--expires', 'never');
      },
    ],
    ['monitors add', 'setting', 'monitor:', () => heddle('monitors', 'add', file('monitor.json', aMonitor))],
    ['monitors pause', 'setting', 'monitor:', async () => heddle('monitors', 'pause', await theMonitor())],
    ['monitors resume', 'setting', 'monitor:', async () => heddle('monitors', 'resume', await theMonitor())],
    ['monitors reference', 'setting', 'monitor:', async () => heddle('monitors', 'reference', await theMonitor())],
    ['monitors remove', 'setting', 'monitor:', async () => heddle('monitors', 'remove', await theMonitor())],
    ['alerts add', 'setting', 'alert:', () => heddle('alerts', 'add', file('alert.json', alertOf('A')))],
    ['alerts silence', 'setting', 'alert:', async () => heddle('alerts', 'silence', await anAlert())],
    ['alerts remove', 'setting', 'alert:', async () => heddle('alerts', 'remove', await anAlert())],
    ['alerts add-channel', 'setting', 'alert-channel:', () => heddle('alerts', 'add-channel', file('hook.json', hook))],
    ['alerts test-channel', 'egress', 'alert-channel:', async () => heddle('alerts', 'test-channel', await aChannel())],
    [
      'alerts remove-channel',
      'setting',
      'alert-channel:',
      async () => heddle('alerts', 'remove-channel', await aChannel()),
    ],
    [
      'datasets import',
      'dataset',
      'dataset:',
      () => heddle('datasets', 'import', 'rows', file('rows.csv', 'q,expected\n1,one\n')),
    ],
    ['datasets from-runs', 'dataset', 'dataset:', () => heddle('datasets', 'from-runs', 'rows', '--workflow', 'echo')],
    [
      'datasets review',
      'dataset',
      'dataset:',
      async () => {
        const row = { id: 'one', inputs: { q: '2' }, unreviewed: true };
        await heddle('datasets', 'import', 'written', file('written.jsonl', row));
        await heddle('datasets', 'review', 'written', 'one', '--accept');
      },
    ],
    ['replay', 'replay', 'replay:', () => heddle('replay', 'echo', '--no-models')],
    [
      'build call',
      'proposal',
      'proposal:',
      () => heddle('build', 'call', 'propose_publish', '--with', 'workflow=echo', '--with', 'note=Please'),
    ],
    ['gates set', 'project', 'project:', () => heddle('gates', 'set', file('gate.json', echoReplays))],
    ['gate', 'replay', 'replay:', () => heddle('gate', 'echo')],
    [
      'eval',
      'experiment',
      'experiment:',
      async () => {
        await heddle('datasets', 'import', 'asked', file('asked.csv', 'question,expected\n1,one\n'));
        await heddle('eval', '--dataset', 'asked', '--workflow', 'echo@draft');
        const { stdout } = await heddle('experiments', 'list', '--json');
        experiment = (JSON.parse(stdout) as { id: string }[])[0]?.id ?? '';
      },
    ],
    ['experiments export', 'export', 'experiment:', () => heddle('experiments', 'export', experiment)],
    ['experiments remove', 'experiment', 'experiment:', () => heddle('experiments', 'remove', experiment)],
    ['datasets export', 'export', 'dataset:', () => heddle('datasets', 'export', 'rows')],
    ['training consent', 'workflow', 'workflow:', () => heddle('training', 'consent', 'echo', '--give')],
    [
      'training export',
      'export',
      'workflow:',
      () => heddle('training', 'export', 'echo', '--out', join(folder, 'set')),
    ],
    ['datasets remove', 'dataset', 'dataset:', () => heddle('datasets', 'remove', 'rows')],
    ['prompts save', 'prompt', 'prompt:', () => heddle('prompts', 'save', 'greeting', file('greeting.txt', 'Hello'))],
    ['prompts label', 'prompt', 'prompt:', () => heddle('prompts', 'label', 'greeting', 'production', '1')],
    [
      'prompts import',
      'prompt',
      'prompt:',
      () => heddle('prompts', 'import', file('other.json', '{"prompt":"other","kind":"text","text":["Hi"]}')),
    ],
    ['prompts remove', 'erase', 'prompt:', () => heddle('prompts', 'remove', 'greeting')],
    ['conversations export', 'export', 'conversations', () => heddle('conversations', 'export')],
    ['conversations erase', 'erase', 'conversation:', () => heddle('conversations', 'erase', last)],
    ['facts export', 'export', 'facts', () => heddle('facts', 'export')],
    ['facts erase', 'erase', 'fact:', async () => heddle('facts', 'erase', await theFact())],
    ['stop', 'stop', 'all', () => heddle('stop', 'all', '--reason', 'Wait.')],
    ['release', 'stop', 'all', () => heddle('release', 'all')],
    ['clock confirm', 'setting', 'clock', () => heddle('clock', 'confirm')],
    [
      'connections add',
      'connection',
      'connection:mine',
      () => heddle('connections', 'add', 'mine', '--file', file('c.json', connection)),
    ],
    ['connections key', 'secret', 'connection:mine', () => withInput('k', () => heddle('connections', 'key', 'mine'))],
    ['connections test', 'connection', 'connection:mine', () => heddle('connections', 'test', 'mine')],
    ['grants set', 'grant', 'connection:mine', () => heddle('grants', 'set', 'connection', 'mine', '*')],
    ['connections remove', 'connection', 'connection:mine', () => heddle('connections', 'remove', 'mine')],
    ['secrets set', 'secret', 'secret:token', () => withInput('v', () => heddle('secrets', 'set', 'token'))],
    ['secrets remove', 'secret', 'secret:token', () => heddle('secrets', 'remove', 'token')],
    [
      'budgets set',
      'budget',
      'budget:day',
      () => heddle('budgets', 'set', file('b.json', { id: 'day', scope: { kind: 'all' }, limits: { calls: 9 } })),
    ],
    ['budgets remove', 'budget', 'budget:day', () => heddle('budgets', 'remove', 'day')],
    ['policies set', 'policy', 'policy:cheap', () => heddle('policies', 'set', file('p.json', policy))],
    ['policies remove', 'policy', 'policy:cheap', () => heddle('policies', 'remove', 'cheap')],
    ['models add', 'model', 'model:own', () => heddle('models', 'add', file('m.json', card))],
    ['tools add', 'tool', 'tool', () => heddle('tools', 'add', 'files', '--url', tools.url, '--inside')],
    ['tools approve', 'tool', 'tool', () => heddle('tools', 'approve', 'files__read')],
    ['tools disable', 'tool', 'tool', () => heddle('tools', 'disable', 'files__read')],
    ['tools sign-out', 'tool', 'tool', () => heddle('tools', 'sign-out', 'files')],
    ['tools remove', 'tool', 'tool', () => heddle('tools', 'remove', 'files')],
    ['users add', 'user', 'user:', () => heddle('users', 'add', 'bob@example.org', '--role', 'owner')],
    ['users forget', 'erase', 'person', () => heddle('users', 'forget', 'end-user:nobody')],
    ['groups create', 'user', 'group:', () => heddle('groups', 'create', 'Legal')],
    ['groups rename', 'user', 'group:', () => heddle('groups', 'rename', 'Legal', 'Law')],
    ['groups add', 'user', 'group:', () => heddle('groups', 'add', 'Law', 'user:bob@example.org')],
    ['groups take', 'user', 'group:', () => heddle('groups', 'take', 'Law', 'user:bob@example.org')],
    ['groups remove', 'user', 'group:', () => heddle('groups', 'remove', 'Law')],
    [
      'keys create',
      'key',
      'key:',
      async () => {
        await heddle('keys', 'create', 'k');
        last = (JSON.parse((await heddle('keys', '--json')).stdout) as { id: string }[])[0]?.id ?? '';
      },
    ],
    ['keys allow', 'key', 'key:', () => heddle('keys', 'allow', last, 'run:draft')],
    ['keys revoke', 'key', 'key:', () => heddle('keys', 'revoke', last)],
    [
      'collections reset',
      'collection',
      'collections',
      () => {
        file('data/collections.db', '');
        return heddle('collections', 'reset');
      },
    ],
    ['audit export', 'export', 'audit', () => heddle('audit', 'export')],
    ['audit erase', 'erase', '', () => heddle('audit', 'erase', '--level', 'public')],
    ['audit accept', 'setting', 'audit', () => heddle('audit', 'accept', '--reason', 'Known.')],
  ];

  it('has an example here, or a reason why it has none', () => {
    const names: string[] = [];
    const walk = (command: Command, path: readonly string[]): void => {
      const here = [...path, command.name()];
      if (command.commands.length === 0) names.push(here.slice(1).join(' '));
      for (const child of command.commands) walk(child, here);
    };
    walk(createProgram(), []);
    const shown = new Set([...examples.map(([name]) => name), ...Object.keys(without)]);
    // A new command that changes something calls the routes (`withClient`), and is named above.
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
    expect([...shown].filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(examples)(
    'writes an audit event with the user of the terminal: heddle %s',
    async (_name, kind, subject, run) => {
      const before = (await records()).length;
      await run();
      const written = (await records()).slice(before).filter((record) => record.act === kind);
      expect(written.length).toBeGreaterThan(0);
      const record = written.findLast(({ details }) => details['terminal'] === me);
      expect(record?.subject.startsWith(subject)).toBe(true);
      // What a run does by itself afterwards is recorded for the person who began it.
      expect([record?.who, record?.details['terminal']]).toEqual(['local', me]);
      expect(JSON.stringify(record)).not.toMatch(/undefined|"\?"|:\?"/);
    },
  );

  it('writes no audit event when it fails', async () => {
    const before = (await records()).length;
    for (const args of [
      ['budgets', 'remove', 'none'],
      ['connections', 'remove', 'none'],
      ['policies', 'remove', 'none'],
      ['import', file('bad.json', '{')],
      ['models', 'add', file('bad-card.json', {})],
    ])
      expect((await heddle(...args)).code).not.toBe(0);
    expect((await records()).slice(before)).toEqual([]);
    expect((await heddle('audit', 'verify')).code).toBe(0);
  });
});
