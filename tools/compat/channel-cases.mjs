import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { toolEnvironment } from '../bootstrap/run-command.mjs';
import { prepareNode, preparePython } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

/** `heddle serve` with an empty data folder and the models of this machine, and a key to it. */
export async function startHeddle(folder) {
  const port = await freePort();
  const program = join(root, 'node_modules', '.bin', 'heddle');
  const env = { ...toolEnvironment(), HEDDLE_DATA: join(folder, 'data'), PORT: String(port), HOST: '127.0.0.1' };
  const address = `http://127.0.0.1:${port}`;
  const server = await startPartner(process.execPath, [program, 'serve'], { address, ready: '/api/health', env });
  // On a machine of one's own nobody signs in; a client of OpenAI's sends a key all the same.
  const reply = await fetch(`${address}/api/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'compat', scopes: { permissions: ['run:published', 'run:read', 'model:try'] } }),
  });
  const made = await reply.json();
  if (!reply.ok) throw new Error(JSON.stringify(made));
  for (const [slug, document] of Object.entries(samples)) await publish(address, slug, document);
  return { ...server, key: made.secret };
}

/** A text that goes through one node to an output. */
const through = (name, type, config, outputs) => ({
  ...{ heddle: 2, name },
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    step: { type, version: 1, config },
    reply: {
      ...{ type: 'output', version: 1 },
      config: { fields: Object.entries(outputs).map(([port, kind]) => ({ name: port, type: kind })) },
    },
  },
  edges: [
    { from: 'asked.text', to: 'step.text' },
    ...Object.keys(outputs).map((port) => ({ from: `step.${port}`, to: `reply.${port}` })),
  ],
});

/** Workflows that clients name as models. */
export const samples = {
  says: through('Says', 'prompt', { template: 'You said {{ text }}' }, { text: 'Text' }),
  moderates: through(
    'Moderates',
    'moderate',
    { words: [{ category: 'secret', list: ['blue falcon'] }] },
    { text: 'Text', verdict: 'Json' },
  ),
};

export async function publish(address, slug, document, headers = {}) {
  for (const [path, body] of [
    ['/api/workflows', { document, slug }],
    [`/api/workflows/${slug}/publish`, { acceptDataMap: true }],
  ]) {
    const reply = await fetch(`${address}${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) },
    });
    if (!reply.ok) throw new Error(await reply.text());
  }
}

const clientFile = (name) => fileURLToPath(new URL(`clients/${name}`, import.meta.url));

/** Runs a client program: it prints one JSON line a check, `{ "name", "error"? }`. */
export async function runClient(program, args, report) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-3_000)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  for (const line of out.split('\n').filter((text) => text.startsWith('{'))) {
    const { name, error } = JSON.parse(line);
    await report(name, () => (error === undefined ? undefined : Promise.reject(new Error(error))));
  }
  if (code !== 0) await report('ends in order', () => Promise.reject(new Error(`exit ${code}: ${errors}`)));
}

const python = () =>
  preparePython('clients', [
    ...['langchain-openai==1.7.4', 'llama-index-llms-openai-like==0.8.1', 'haystack-ai==3.4.1'],
  ]);
const agents = () => preparePython('openai-agents', ['openai-agents==0.24.0']);
const pythonCase = (name, title, needs = python) => ({
  name,
  title,
  isChannel: true,
  needs,
  run: ({ partner, heddle, report }) =>
    runClient(partner.python, [clientFile('clients.py'), name, `${heddle.address}/v1`, heddle.key], report),
});

const nodeCase = (name, title, packages) => ({
  name,
  title,
  isChannel: true,
  needs: () => prepareNode(name, packages),
  run: ({ partner, heddle, report }) => {
    // A module is looked for beside its file: it runs from the folder of its packages.
    const script = join(partner.folder, 'check.mjs');
    copyFileSync(clientFile(`${name}.mjs`), script);
    return runClient(process.execPath, [script, `${heddle.address}/v1`, heddle.key], report);
  },
});

/** Clients that others built, unmodified, against our channels. */
export const channelCases = [
  pythonCase('openai-python', "OpenAI's own Python client"),
  pythonCase('openai-agents', "OpenAI's Agents SDK", agents),
  pythonCase('langchain', 'LangChain'),
  pythonCase('llama-index', 'LlamaIndex'),
  pythonCase('haystack', 'Haystack'),
  nodeCase('openai-node', "OpenAI's own Node client", ['openai@7.59.0']),
  nodeCase('ai-sdk', 'AI SDK', [
    ...['ai@6.0.326', '@ai-sdk/openai-compatible@2.0.92', '@ai-sdk/openai@3.0.139', 'zod@4.6.7'],
  ]),
  nodeCase('ag-ui', 'AG-UI', ['@ag-ui/client@1.0.0']),
  nodeCase('a2a', 'A2A', ['@a2a-js/sdk@1.3.0']),
];
