import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publish } from './channel-cases.mjs';
import { prepareNode } from './prepare-partners.mjs';

/** Scenarios of the server suite, or single checks of them, that Heddle does not support, each with the reason. */
const undeclared = {
  'logging-set-level': 'no logging: revision 2026-07-28 retires it, and a run has its own record',
  'completion-complete': 'no completions: arguments of prompts are free texts',
  'tools-call-image': 'outputs that are files are references with an id, which resources/read gives',
  'tools-call-audio': 'outputs that are files are references with an id, which resources/read gives',
  'tools-call-embedded-resource': 'outputs that are files are references with an id, which resources/read gives',
  'tools-call-mixed-content': 'outputs that are files are references with an id, which resources/read gives',
  'tools-call-with-logging': 'no logging: revision 2026-07-28 retires it, and a run has its own record',
  'tools-call-sampling': 'no sampling from clients: revision 2026-07-28 retires it, and a workflow has its own models',
  'json-schema-2020-12':
    'an interface of a workflow is described by its fields, not by a schema of the client’s choice',
  'resources-subscribe': 'no subscriptions: a collection tells nobody of its changes',
  'resources-unsubscribe': 'no subscriptions: a collection tells nobody of its changes',
  'prompts-get-embedded-resource': 'a prompt of the library is text',
  'prompts-get-with-image': 'a prompt of the library is text',
  'http-custom-header-server-validation': 'no tool takes headers: an interface of a workflow is in the body',
  'input-required-result-basic-sampling': 'no sampling from clients: a workflow has its own models',
  'input-required-result-basic-list-roots': 'no roots: a workflow reads no folder of its caller',
  'input-required-result-multiple-input-requests': 'no sampling from clients, and no roots',
  'input-required-result-capability-check': 'no sampling from clients: a workflow has its own models',
  'input-required-result-non-tool-request': 'a prompt of the library asks nobody',
  'server-stateless': {
    'sep-2575-server-rejects-undeclared-capability': 'no tool needs a capability of its client',
    'sep-2575-missing-capability-http-400': 'no tool needs a capability of its client',
    'sep-2575-server-sends-subscription-ack': 'no subscriptions: there are no changes to tell of',
    'sep-2575-server-tags-subscription-id': 'no subscriptions: there are no changes to tell of',
  },
  'tasks-lifecycle': {
    'sep-2663-tasks-get-status-failed': 'an error of a run is the result of its call, so no task fails',
  },
  'tasks-mrtr-composition': 'a run asks while it is a task, not before',
  'tasks-required-task-error': 'no tool needs a task: other clients wait for its result',
};

const text = { type: 'string' };
const output = (fields) => ({
  ...{ type: 'output', version: 1 },
  config: { fields: Object.entries(fields).map(([name, type]) => ({ name, type })) },
});
const input = (fields) => ({ type: 'input', version: 1, config: { fields } });
const asking = (properties) => ({
  type: 'human-input',
  version: 1,
  config: { title: 'Please provide your information', buttons: [], form: { type: 'object', properties } },
});
const asks = (name, properties, given = 'message') => ({
  ...{ heddle: 2, name },
  nodes: {
    asked: input([{ name: given, type: 'Text', required: false, default: 'A form' }]),
    person: asking(properties),
    reply: output({ answer: 'Json' }),
  },
  edges: [
    { from: `asked.${given}`, to: 'person.value' },
    { from: 'person.answer', to: 'reply.answer' },
  ],
});
const written = (name, node, port, to) => ({
  ...{ heddle: 2, name },
  nodes: { step: { version: 1, ...node }, reply: output({ text: 'Text' }) },
  edges: [{ from: `step.${port}`, to: `reply.${to}` }],
});

const waiting = (name, ending) => ({
  ...{ heddle: 2, name },
  nodes: {
    asked: input([
      { name: 'until', type: 'Text', required: false },
      { name: 'label', type: 'Text', required: false, default: '' },
    ]),
    wait: { type: 'wait', version: 1, config: { amount: 3 } },
    ...ending.nodes,
  },
  edges: [{ from: 'asked.until', to: 'wait.until' }, { from: 'asked.label', to: 'wait.value' }, ...ending.edges],
});
/** A request that fails after the wait, because no server listens on this port. */
const unreachable = { type: 'http', version: 1, config: { url: 'http://127.0.0.1:1/{{ label }}', method: 'GET' } };
const failing = {
  nodes: { fetch: unreachable, reply: output({ text: 'Text' }) },
  edges: [
    { from: 'wait.value', to: 'fetch.label' },
    { from: 'fetch.body', to: 'reply.text' },
  ],
};
const named = { name: text };

/** The workflows that the scenarios call, by slug. Their names in the suite have `_` instead of `-`. */
const workflows = {
  greet: {
    ...{ heddle: 2, name: 'Greets' },
    nodes: {
      asked: input([{ name: 'name', type: 'Text' }]),
      step: { type: 'prompt', version: 1, config: { template: 'Hello, {{ name }}!' } },
      reply: output({ text: 'Text' }),
    },
    edges: [
      { from: 'asked.name', to: 'step.name' },
      { from: 'step.text', to: 'reply.text' },
    ],
  },
  'slow-compute': waiting('Waits', {
    nodes: { reply: output({ label: 'Json' }) },
    edges: [{ from: 'wait.value', to: 'reply.label' }],
  }),
  'failing-job': waiting('Waits and fails', failing),
  'confirm-delete': asks('Asks in a task', { confirm: { type: 'boolean' } }, 'filename'),
  'multi-input': {
    ...{ heddle: 2, name: 'Asks twice' },
    nodes: {
      asked: input([{ name: 'message', type: 'Text', required: false, default: 'A form' }]),
      first: asking(named),
      second: asking(named),
      reply: output({ first: 'Json', second: 'Json' }),
    },
    edges: ['first', 'second'].flatMap((node) => [
      { from: 'asked.message', to: `${node}.value` },
      { from: `${node}.answer`, to: `reply.${node}` },
    ]),
  },
  'test-input-required-result-multi-round': {
    ...{ heddle: 2, name: 'Asks in two rounds' },
    nodes: {
      asked: input([{ name: 'message', type: 'Text', required: false, default: 'A form' }]),
      first: asking(named),
      second: asking({ color: text }),
      reply: output({ first: 'Json', second: 'Json' }),
    },
    edges: [
      { from: 'asked.message', to: 'first.value' },
      { from: 'first.answer', to: 'second.value' },
      { from: 'first.answer', to: 'reply.first' },
      { from: 'second.answer', to: 'reply.second' },
    ],
  },
  ...Object.fromEntries(
    ['elicitation', 'request-state', 'multiple-inputs', 'tampered-state', 'capabilities'].map((name) => [
      `test-input-required-result-${name}`,
      asks('Asks by a result', named),
    ]),
  ),
  'test-simple-text': written('Simple', { type: 'prompt', config: { template: 'A simple text.' } }, 'text', 'text'),
  'test-logging-tool': written(
    'Says and logs nothing',
    { type: 'prompt', config: { template: 'A text.' } },
    'text',
    'text',
  ),
  'test-streaming-elicitation': asks('Asks while its reply is open', named),
  'test-error-handling': written(
    'Failing',
    { type: 'http', config: { url: 'http://127.0.0.1:1/', method: 'GET' } },
    'body',
    'text',
  ),
  'test-tool-with-progress': {
    ...{ heddle: 2, name: 'Writing' },
    nodes: {
      ask: { type: 'prompt', version: 1, config: { template: 'Count from one to twenty in words.' } },
      write: { type: 'generate', version: 1, config: { model: 'smollm2-135m', maxTokens: 40 } },
      reply: output({ text: 'Text' }),
    },
    edges: [
      { from: 'ask.messages', to: 'write.messages' },
      { from: 'write.text', to: 'reply.text' },
    ],
  },
  'test-elicitation': asks('Asks', { username: text, email: text }),
  'test-elicitation-sep1034-defaults': asks('Asks with defaults', {
    name: { ...text, default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { ...text, enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  }),
  'test-elicitation-sep1330-enums': asks('Asks with choices', {
    untitledSingle: { ...text, enum: ['option1', 'option2', 'option3'] },
    titledSingle: { ...text, oneOf: titled('value1', 'value2') },
    legacyEnum: { ...text, enum: ['opt1', 'opt2'], enumNames: ['Option one', 'Option two'] },
    untitledMulti: { type: 'array', items: { ...text, enum: ['option1', 'option2'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('value1', 'value2') } },
  }),
};

function titled(...names) {
  return names.map((name) => ({ const: name, title: name.toUpperCase() }));
}

/** Creates what the scenarios need. Returns the URIs that replace the fixed ones of the suite. */
async function prepare({ address }) {
  const send = async (method, path, body, headers = { 'content-type': 'application/json' }) => {
    const sent = headers['content-type'] === undefined ? body : JSON.stringify(body);
    const reply = await fetch(`${address}${path}`, { method, headers, body: sent });
    const said = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${said}`);
    return said === '' ? undefined : JSON.parse(said);
  };
  for (const [slug, document] of Object.entries(workflows)) await publish(address, slug, document);
  const prompts = {
    test_simple_prompt: 'This is a simple prompt.',
    test_prompt_with_arguments: 'First {{ arg1 }}, then {{ arg2 }}.',
  };
  for (const [name, said] of Object.entries(prompts))
    await send('POST', '/api/prompts', {
      name: name.replaceAll('_', '-'),
      title: name,
      content: { kind: 'text', text: said },
    });
  await send('POST', '/api/collections', { name: 'conformance', embedding: 'all-minilm-l6-v2' });
  const documents = ['static-text', '123'].map((id) => ({ id, title: id, text: `The text of document ${id}.` }));
  const { jobId } = await send('POST', '/api/collections/conformance/documents', { documents });
  await ended(address, jobId);
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10])]), 'dot.png');
  const file = await send('POST', '/api/files', form, {});
  const collection = 'heddle://collections/conformance/documents';
  return {
    'test://static-text': `${collection}/static-text`,
    'test://template/123/data': `${collection}/123`,
    'test://static-binary': `heddle://files/${encodeURIComponent(file.id)}`,
  };
}

async function ended(address, job) {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    const { status } = await (await fetch(`${address}/api/jobs/${job}`)).json();
    if (status === 'done') return;
    if (status === 'failed' || status === 'cancelled') throw new Error('the documents were not imported');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the documents were not imported in time');
}

const momentAfter = (seconds) => new Date(Date.now() + seconds * 1_000).toISOString();

/** Replaces slugs by the names of the suite in a reply of Heddle. */
const theirs = (said) =>
  Object.keys(workflows).reduce((text, slug) => text.replaceAll(`"${slug}"`, `"${slug.replaceAll('-', '_')}"`), said);

/**
 * Starts a proxy that forwards all requests to Heddle and replaces the names of the suite, because slugs have no `_` and Heddle's URIs
 * begin with `heddle:`.
 */
async function renaming({ address }, uris) {
  /** The id of the human input request that the tool of the first scenarios has made. */
  let question;
  const proxy = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = Buffer.concat(chunks).toString('utf8');
    for (const [from, to] of Object.entries(uris)) body = body.replaceAll(`"${from}"`, JSON.stringify(to));
    // The suite chooses the id of this request itself; in Heddle, the server chooses it.
    const isNamed = body.includes('"test_input_required_result_elicitation"');
    if (isNamed && question !== undefined) body = body.replace('"user_name":', `"${question}":`);
    body = body.replace(/"name":"[a-z]+_\w+"/g, (name) => name.replaceAll('_', '-'));
    // In Heddle, a wait ends at a given time. Two more seconds make sure that each of these calls becomes a task.
    body = body.replace(/"seconds":(\d+)/g, (_all, seconds) => `"until":"${momentAfter(Number(seconds) + 2)}"`);
    const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
    const name = headers['mcp-name'];
    if (name !== undefined)
      headers['mcp-name'] = uris[name] ?? (/^[a-z]+_\w+$/.test(name) ? name.replaceAll('_', '-') : name);
    const hasBody = request.method === 'POST';
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    try {
      const reply = await fetch(`${address}${request.url}`, {
        ...{ method: request.method, headers, signal: leaving.signal },
        ...(hasBody ? { body } : {}),
      });
      const kept = [...reply.headers].filter(
        ([name]) => !['content-length', 'content-encoding', 'transfer-encoding', 'connection'].includes(name),
      );
      response.writeHead(reply.status, Object.fromEntries(kept));
      for await (const chunk of reply.body ?? []) {
        let said = theirs(Buffer.from(chunk).toString('latin1'));
        const [, asked] = /"inputRequests":\{"([^"]+)"/.exec(said) ?? [];
        if (isNamed && asked !== undefined) {
          question = asked;
          said = said.replace(`"inputRequests":{"${asked}"`, '"inputRequests":{"user_name"');
        }
        response.write(said, 'latin1');
      }
    } catch {
      // The suite or Heddle closed the connection.
    }
    response.end();
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${proxy.address().port}`,
    close: () => {
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** Runs the suite and returns the failed checks of each scenario. */
async function conformance(partner, folder, args) {
  const program = join(partner.folder, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
  const results = join(folder, `conformance-${Math.random().toString(36).slice(2)}`);
  const child = spawn(process.execPath, [program, ...args, '-o', results], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { failures: failuresIn(results), said };
}

/** Reads the failed checks of each scenario that wrote results. */
function failuresIn(results) {
  const found = new Map();
  for (const name of readdirSync(results, { recursive: true }).filter((file) => file.endsWith('checks.json'))) {
    const scenario = name
      .replace(/[/\\]checks\.json$/, '')
      .replace(/^server-/, '')
      .replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const checks = JSON.parse(readFileSync(join(results, name), 'utf8'));
    const failed = checks.filter(({ status }) => status === 'FAILURE');
    found.set(
      scenario,
      failed.map(({ id, errorMessage = '' }) => ({ id, why: errorMessage })),
    );
  }
  return found;
}

const suite = () => prepareNode('mcp-conformance', ['@modelcontextprotocol/conformance@0.2.0-alpha.12']);

async function runServerSuite({ partner, heddle, folder, report }) {
  const uris = await prepare(heddle);
  const proxy = await renaming(heddle, uris);
  try {
    const patience = ['--timeout', '300000'];
    const renamed = await conformance(partner, folder, [
      ...['server', '--url', `${proxy.address}/mcp`, '--suite', 'all', ...patience],
    ]);
    // The check of Host and Origin must reach Heddle without the proxy.
    const direct = await conformance(partner, folder, [
      ...['server', '--url', `${heddle.address}/mcp`, '--scenario', 'dns-rebinding-protection', ...patience],
    ]);
    const failures = new Map([...renamed.failures, ...direct.failures]);
    if (failures.size < 30) throw new Error(`only ${failures.size} scenarios ran: ${renamed.said.slice(-500)}`);
    for (const [scenario, failed] of failures) await judge(report, scenario, failed, undeclared);
  } finally {
    await proxy.close();
  }
}

/**
 * Judges a scenario: it must pass, or fail for a listed reason, as a whole or in single checks. If something passes in spite of a listed
 * reason, the list is wrong.
 */
async function judge(report, scenario, failed, reasons) {
  const reason = reasons[scenario];
  if (typeof reason === 'string')
    return report(`${scenario} (not declared: ${reason})`, () =>
      failed.length === 0 ? Promise.reject(new Error('it passes: take its reason out')) : undefined,
    );
  const named = reason ?? {};
  const wrong = failed.filter(({ id }) => named[id] === undefined);
  const passing = Object.keys(named).filter((id) => !failed.some((check) => check.id === id));
  const problems = [
    ...wrong.map(({ id, why }) => `${id}: ${why}`),
    ...passing.map((id) => `${id} passes: take its reason out`),
  ];
  const notes = Object.entries(named).map(([id, why]) => ` (without ${id}: ${why})`);
  return report(`${scenario}${notes.join('')}`, () =>
    problems.length === 0 ? undefined : Promise.reject(new Error(problems.join('; '))),
  );
}

/** Scenarios of the client suite that need features which our client does not offer. */
const unclaimed = {
  'elicitation-sep1034-client-defaults': 'a tool server cannot ask a person: nothing of that is offered to it',
  'sep-2322-client-request-state': 'its tools ask a person, which a tool server cannot',
  'auth/client-credentials-jwt': 'a person signs in; no grant without one',
  'auth/client-credentials-basic': 'a person signs in; no grant without one',
  'auth/enterprise-managed-authorization': 'a person signs in; no grant without one',
  'auth/wif-jwt-bearer': 'a person signs in; no grant without one',
  'auth/dpop': 'an extension that is not declared: tokens are sent only to the origin of their server',
  'auth/dpop-nonce': 'an extension that is not declared: tokens are sent only to the origin of their server',
};

const clientProgram = fileURLToPath(new URL('clients/mcp-client.mjs', import.meta.url));

async function runClientSuite({ partner, folder, report }) {
  for (const scenario of clientScenarios) {
    const { failures, said } = await conformance(partner, folder, [
      ...['client', '--command', `${process.execPath} ${clientProgram}`, '--scenario', scenario, '--timeout', '300000'],
    ]);
    const [failed = [{ id: 'run', why: `it gave no result: ${said.slice(-300)}` }]] = [...failures.values()];
    await judge(report, scenario, failed, unclaimed);
  }
}

/** All client scenarios except those about skills (SEP-2640), which a client passes even if it does not support them. */
const clientScenarios = [
  ...['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry', 'request-metadata'],
  ...['sep-2322-client-request-state', 'http-standard-headers', 'http-custom-headers', 'http-invalid-tool-headers'],
  ...['json-schema-ref-no-deref', 'json-schema-2020-12-preservation'],
  ...[
    ...['metadata-default', 'metadata-var1', 'metadata-var2', 'metadata-var3', 'basic-cimd'],
    ...['scope-from-www-authenticate', 'scope-from-scopes-supported', 'scope-omitted-when-undefined'],
    ...['scope-step-up', 'scope-retry-limit', 'pre-registration', 'resource-mismatch'],
    ...['token-endpoint-auth-basic', 'token-endpoint-auth-post', 'token-endpoint-auth-none'],
    ...['2025-03-26-oauth-metadata-backcompat', '2025-03-26-oauth-endpoint-fallback'],
    ...['offline-access-scope', 'offline-access-not-supported', 'authorization-server-migration'],
    ...['iss-supported', 'iss-not-advertised', 'iss-supported-missing', 'iss-wrong-issuer', 'iss-unexpected'],
    ...['iss-normalized', 'metadata-issuer-mismatch', 'dpop', 'dpop-nonce', 'wif-jwt-bearer'],
    ...['client-credentials-jwt', 'client-credentials-basic', 'enterprise-managed-authorization'],
  ].map((name) => `auth/${name}`),
];

/** Runs the conformance suites of the protocol. */
export const mcpCases = [
  {
    ...{ name: 'mcp-server-suite', title: "The protocol's suite for servers", isChannel: true },
    ...{ needs: suite, run: runServerSuite },
  },
  {
    ...{
      name: 'mcp-client-suite',
      title: "The protocol's suite for clients, on our client of tool servers",
      isPlain: true,
    },
    ...{ needs: suite, run: runClientSuite },
  },
];
