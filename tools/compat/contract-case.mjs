import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../bootstrap/run-command.mjs';
import { startHeddle } from './channel-cases.mjs';
import { exceptions, uncalled } from './contract/exceptions.mjs';
import { prepareNode, preparePython } from './prepare-partners.mjs';

const pythonPackages = ['schemathesis==4.32.5', 'openapi-spec-validator==0.9.0', 'openapi-python-client==0.29.1'];
const nodePackages = [
  '@redocly/cli@2.77.0',
  '@stoplight/spectral-cli@6.16.3',
  'openapi-typescript@7.13.0',
  'typescript@5.9.3',
];

async function prepare() {
  const python = await preparePython('contract', pythonPackages);
  if (python.skip !== undefined) return python;
  const node = await prepareNode('contract-node', nodePackages);
  return node.skip === undefined ? { ...python, tools: join(node.folder, 'node_modules', '.bin') } : node;
}

/** A Python script that imports every module of a generated client. */
const importAll = `
import importlib, pkgutil, heddle_client
for module in pkgutil.walk_packages(heddle_client.__path__, 'heddle_client.'):
    importlib.import_module(module.name)
`;

/** Checks that an OpenAPI document is valid and that clients can be generated from it. */
async function checkDocument(name, document, { partner: { bin, python, tools }, report, folder }) {
  const home = join(folder, `contract-${name}`);
  mkdirSync(home, { recursive: true });
  const file = join(home, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const rules = join(home, 'spectral.yaml');
  writeFileSync(rules, 'extends: ["spectral:oas"]\n');
  await report(`${name}: Redocly finds no error`, () =>
    runCommand(join(tools, 'redocly'), ['lint', file, '--format', 'stylish']),
  );
  await report(`${name}: Spectral finds no error`, () =>
    runCommand(join(tools, 'spectral'), ['lint', '--ruleset', rules, '--fail-severity', 'error', file]),
  );
  await report(`${name}: openapi-spec-validator accepts it`, () =>
    runCommand(join(bin, 'openapi-spec-validator'), [file]),
  );
  await report(`${name}: openapi-typescript makes types that compile`, async () => {
    await runCommand(join(tools, 'openapi-typescript'), [file, '-o', join(home, 'types.d.ts')]);
    await runCommand(join(tools, 'tsc'), ['--noEmit', '--strict', join(home, 'types.d.ts')]);
  });
  await report(`${name}: openapi-python-client makes a package that can be imported`, async () => {
    const config = join(home, 'python.json');
    writeFileSync(config, '{ "post_hooks": [] }');
    const output = join(home, 'heddle_client');
    const args = [
      'generate',
      '--path',
      file,
      '--meta',
      'none',
      '--output-path',
      output,
      '--config',
      config,
      '--overwrite',
    ];
    await runCommand(join(bin, 'openapi-python-client'), args);
    await runCommand(python, ['-c', importAll], { cwd: home });
  });
}

const isLike = (pattern, text) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

/** Lists the findings that no exception explains, as `kind: operation`. */
export function unexplained(failures, known = exceptions) {
  return failures.flatMap(({ type, operations }) =>
    operations
      .filter(
        (operation) =>
          !known.some((entry) => entry.kind === type && entry.operations.some((one) => isLike(one, operation))),
      )
      .map((operation) => `${type}: ${operation}`),
  );
}

/** The expected statuses include 431, for a query longer than the limit of headers, and 413, for a body longer than its limit. */
const settings = `request-timeout = 120

[parameters]
"header.Heddle-Project" = "default"

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, 431, "5xx"]
`;

/** Sends valid and invalid requests that are generated from a document, and checks that the answers match the document. */
async function callEverything(name, path, { partner: { bin }, heddle, report, folder }) {
  const home = join(folder, `contract-calls-${name}`);
  mkdirSync(home, { recursive: true });
  const config = join(home, 'schemathesis.toml');
  writeFileSync(config, settings);
  const file = join(home, 'report.json');
  const args = [
    ...['--config-file', config, 'run', `${heddle.address}${path}`, '--checks', 'all'],
    // On a personal machine there is no sign-in. The route tests in `npm test` check every route without a caller.
    ...['--exclude-checks', 'ignored_auth', '--phases', 'coverage,fuzzing', '--max-examples', '5', '--seed', '1'],
    // Invented keys and cookies would be refused, and after some of them the server would refuse all requests with 429, so the operations
    // themselves would not be tested.
    ...['--generation-with-security-parameters', 'false'],
    ...['--no-shrink', '--continue-on-failure', '--report', 'json', '--report-json-path', file],
    ...uncalled.flatMap((one) => ['--exclude-path', one.path]),
  ];
  await report(`${name}: every answer is one that the document names`, async () => {
    // Schemathesis exits with 1 if it finds something, which may be a known exception.
    await runCommand(join(bin, 'st'), args, { cwd: home, env: { ...process.env, NO_PROXY: '127.0.0.1' } }).catch(
      () => undefined,
    );
    const { failures, errors, test_cases: cases } = JSON.parse(readFileSync(file, 'utf8'));
    const found = [...unexplained(failures), ...errors.map((error) => JSON.stringify(error).slice(0, 200))];
    if (found.length > 0) throw new Error(`${found.length} in ${JSON.stringify(cases)}:\n${found.join('\n')}`);
  });
}

/** Tests the two OpenAPI documents with validators, client generators and Schemathesis. */
export const contractCase = {
  name: 'contract',
  title: 'the OpenAPI documents: Redocly, Spectral, generators, Schemathesis',
  isPlain: true,
  needs: prepare,
  async run(about) {
    // A separate server is used, because these requests may make workflows of other cases wait or fail.
    const heddle = await startHeddle(join(about.folder, 'contract'));
    const given = { ...about, heddle };
    const read = async (path) => (await fetch(`${heddle.address}${path}`)).json();
    try {
      await checkDocument('server', await read('/api/openapi.json'), given);
      await publishSample(heddle);
      await checkDocument('published', await read(published), given);
      await callEverything('published', published, given);
      await callEverything('server', '/api/openapi.json', given);
    } finally {
      await heddle.close();
    }
  },
};

const published = '/v1/workflows/openapi.json';

const sample = {
  ...{ heddle: 2, name: 'Count' },
  nodes: {
    asked: {
      ...{ type: 'input', version: 1 },
      config: {
        fields: [
          { name: 'question', type: 'Text' },
          { name: 'picture', type: 'Image', optional: true },
        ],
      },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'asked.question', to: 'reply.answer' }],
};

async function publishSample({ address }) {
  const post = async (path, body) => {
    const reply = await fetch(`${address}${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    if (!reply.ok) throw new Error(await reply.text());
  };
  await post('/api/workflows', { document: sample, slug: 'count' });
  await post('/api/workflows/count/publish', { acceptDataMap: true });
}
