import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { toolEnvironment } from '../bootstrap/run-command.mjs';
import { clients, coveredBy } from './client-table.mjs';
import { prepareNode, preparePython } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

/** Starts `heddle serve` with an empty data folder and the models of this machine, and creates an API key. */
export async function startHeddle(folder) {
  const port = await freePort();
  const program = join(root, 'node_modules', '.bin', 'heddle');
  const env = {
    ...{ ...toolEnvironment(), HEDDLE_DATA: join(folder, 'data'), PORT: String(port), HOST: '127.0.0.1' },
    // Outgoing webhooks are received on this machine.
    HEDDLE_FETCH_ALLOW: '127.0.0.1',
    // The cases send thousands of requests in a minute; a refusal with 429 would prove nothing.
    ...{ HEDDLE_RATE_PER_MINUTE: '100000000', HEDDLE_PROJECT_RATE_PER_MINUTE: '100000000' },
  };
  const address = `http://127.0.0.1:${port}`;
  const server = await startPartner(process.execPath, [program, 'serve'], { address, ready: '/api/health', env });
  // On a personal machine there is no sign-in, but OpenAI's clients always send a key.
  const reply = await fetch(`${address}/api/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'compat',
      scopes: { permissions: ['run:published', 'run:read', 'run:values', 'model:try'] },
    }),
  });
  const made = await reply.json();
  if (!reply.ok) throw new Error(JSON.stringify(made));
  for (const [slug, document] of Object.entries(samples)) await publish(address, slug, document);
  return { ...server, key: made.secret };
}

/** Makes a workflow that passes a text through one node to its outputs. */
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

/** Makes a workflow in which a local model writes the answer to a text. */
const writing = () => {
  const { nodes, edges, ...rest } = through('Writes', 'prompt', { template: '{{ text }}' }, { text: 'Text' });
  const write = { type: 'generate', version: 1, config: { model: 'smollm2-135m', maxTokens: 40 } };
  const [asked] = edges;
  return {
    ...rest,
    nodes: { ...nodes, write },
    edges: [asked, { from: 'step.messages', to: 'write.messages' }, { from: 'write.text', to: 'reply.text' }],
  };
};

/** Makes a workflow that always answers with the content of a file. */
const editing = () => {
  const template = 'greet.txt\n```\nHello\n```\n';
  const { edges, ...rest } = through('Edits', 'prompt', { template }, { text: 'Text' });
  return { ...rest, edges: edges.slice(1) };
};

/** The workflows that clients name as models. */
export const samples = {
  says: through('Says', 'prompt', { template: 'You said {{ text }}' }, { text: 'Text' }),
  writes: writing(),
  edits: editing(),
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

/**
 * Runs a client program, which prints one JSON line for each check, `{ "name", "error"? }`. Each capability in `covered` needs a check
 * whose name begins with it; otherwise it counts as a failure.
 */
export async function runClient(program, args, report, covered = []) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-3_000)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const checks = out
    .split('\n')
    .filter((text) => text.startsWith('{"name"'))
    .map((line) => JSON.parse(line));
  for (const { name, error } of checks)
    await report(name, () => (error === undefined ? undefined : Promise.reject(new Error(error))));
  if (code !== 0) await report('ends in order', () => Promise.reject(new Error(`exit ${code}: ${errors}`)));
  for (const capability of covered)
    if (!checks.some(({ name }) => name === capability || name.startsWith(`${capability}:`)))
      await report(capability, () => Promise.reject(new Error('nothing checks it')));
}

function clientCase([name, client]) {
  const { title, version, language, environment, packages, requirements, script, more = [] } = client;
  const isPython = language === 'python';
  return {
    ...{ name, title: `${title} (${version})`, isChannel: true },
    needs: () =>
      isPython
        ? preparePython(environment, packages, requirements && clientFile(`python/${requirements}`))
        : prepareNode(environment, packages),
    run({ partner, heddle, report }) {
      const given = [...more, `${heddle.address}/v1`, heddle.key];
      if (isPython)
        return runClient(partner.python, [clientFile(`python/${script}`), ...given], report, coveredBy(client));
      // Node resolves a module from the folder of the importing file, so the scripts are copied into the folder of their packages.
      for (const file of ['checks', script])
        copyFileSync(clientFile(`node/${file}.mjs`), join(partner.folder, `${file}.mjs`));
      return runClient(process.execPath, [join(partner.folder, `${script}.mjs`), ...given], report, coveredBy(client));
    },
  };
}

/** Tests our channels with unmodified clients of other projects. */
export const channelCases = Object.entries(clients).map(clientCase);
