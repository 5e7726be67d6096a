import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compilePlan, createCatalog, parseDocument } from '@heddle/core';
import { root } from '../bootstrap/repository.mjs';
import { durable } from './engine.bench.mjs';
import { inTemporaryFolder, sample } from './shared.mjs';

const turns = 50;
const usage = { inputTokens: 1, outputTokens: 1 };

/** A model that answers at once: a fixed number of steps with `calls` different tool calls each, then a text. */
function modelOf(calls) {
  let turn = 0;
  return {
    info: {
      id: 'bench',
      contextTokens: 1_000_000,
      supports: { tools: true, schema: true, images: false },
      destination: { name: 'bench', clearance: 'restricted', isLocal: true },
    },
    countTokens: async () => 1,
    async *generate() {
      turn += 1;
      if (turn <= turns)
        for (let index = 0; index < calls; index += 1) {
          const args = JSON.stringify({ expression: `${turn} * ${index} + 1` });
          yield { type: 'tool-call', id: `${turn}-${index}`, name: 'calculator', arguments: args };
        }
      else yield { type: 'text', text: 'Done.' };
      yield { type: 'end', finishReason: turn <= turns ? 'tool-calls' : 'stop', usage, model: 'bench' };
    },
  };
}

/**
 * Measures the milliseconds of a run of an agent with `calls` tool calls in each step, on SQLite, with all steps and calls in the journal.
 */
async function agentRuns(calls, repeats) {
  const { standardNodes } = await import('@heddle/nodes');
  const catalog = createCatalog(standardNodes);
  const field = (name) => ({ fields: [{ name, type: 'Text' }] });
  const { plan, issues } = compilePlan(
    parseDocument({
      heddle: 2,
      name: 'Bench',
      nodes: {
        in: { type: 'input', version: 1, config: field('value') },
        agent: { type: 'agent', version: 1, config: { model: 'bench', tools: [{ use: 'calculator' }], maxSteps: 100 } },
        out: { type: 'output', version: 1, config: field('text') },
      },
      edges: [
        { from: 'in.value', to: 'agent.prompt' },
        { from: 'agent.text', to: 'out.text' },
      ],
    }),
    catalog,
  );
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  let model;
  const resources = { use: async () => model };
  return durable(
    ({ run }) =>
      sample(repeats, 5, () => {
        model = modelOf(calls);
        return run(plan);
      }),
    { catalog, resources },
  );
}

const echo = { message: 'hi' };

/** Calls the same tool of a reference server alternately through Heddle and through the protocol's own client. */
async function mcpCalls(repeats) {
  const require = createRequire(join(root, 'adapters', 'package.json'));
  const folder = dirname(require.resolve('@modelcontextprotocol/server-everything/package.json'));
  const args = [join(folder, 'dist', 'index.js'), 'stdio'];
  const { createTools, ToolRegistry } = await import('@heddle/adapters/tools');
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { ToolServer } = await import('@heddle/core');
  const clientModule = (name) => import(require.resolve(`@modelcontextprotocol/sdk/client/${name}.js`));
  const [{ Client }, { StdioClientTransport }] = await Promise.all(['index', 'stdio'].map(clientModule));
  const clock = {
    now: () => Date.now(),
    at: (time, callback) => {
      const timer = setTimeout(callback, Math.max(0, time - Date.now()));
      return () => clearTimeout(timer);
    },
  };
  return inTemporaryFolder(async (data) => {
    const database = openDatabase(join(data, 'heddle.db'));
    const tables = sqliteTables(database);
    const registry = new ToolRegistry(tables, clock);
    const commit = (writes) => tables.commit(writes);
    const audit = { commit: (_events, writes) => commit(writes) };
    const secret = () => Promise.reject(new Error('no secrets in a bench'));
    const host = createTools({ registry, audit, clock, secret, allowedHosts: [] });
    const client = new Client({ name: 'bench', version: '1' });
    try {
      const server = ToolServer.parse({ id: 'every', transport: { kind: 'stdio', command: process.execPath, args } });
      await registry.change((_view, write) => write.save(server), commit);
      await host.refresh('every');
      for (const { name, hash, proposed: effects } of (await registry.view()).tools('every'))
        await registry.change((view, write) => write.approve(view.tool(name), { hash, by: 'bench', effects }), commit);
      await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
      const { signal } = new AbortController();
      const ours = [];
      const bare = [];
      const timed = async (samples, work, isWarm) => {
        const begin = performance.now();
        await work();
        if (isWarm) samples.push(performance.now() - begin);
      };
      for (let index = 0; index < repeats + 50; index += 1) {
        await timed(ours, () => host.call('every__echo', echo, { signal, idempotencyKey: `k${index}` }), index >= 50);
        await timed(bare, () => client.callTool({ name: 'echo', arguments: echo }), index >= 50);
      }
      return { ours, bare };
    } finally {
      await client.close();
      await host.close();
      database.close();
    }
  });
}

export const cases = [
  {
    name: 'agent-step',
    title: `an agent of ${turns} turns over a model that answers at once: what a turn with one call costs, and a further call`,
    run: async () => {
      const one = await agentRuns(1, 30);
      const eleven = await agentRuns(11, 10);
      const median = [...one].sort((a, b) => a - b)[Math.floor(one.length / 2)];
      return [
        { case: 'agent-step', unit: 'ms', samples: one.map((ms) => ms / turns) },
        { case: 'agent-call-builtin', unit: 'ms', samples: eleven.map((ms) => (ms - median) / (10 * turns)) },
      ];
    },
  },
  {
    name: 'agent-call-mcp',
    title: 'a call of a tool server over standard input and output, and by the bare client of the protocol',
    run: async () => {
      const { ours, bare } = await mcpCalls(500);
      return [{ case: 'agent-call-mcp', unit: 'ms', samples: ours, against: { name: 'bare client', samples: bare } }];
    },
  },
];
