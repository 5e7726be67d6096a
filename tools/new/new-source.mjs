import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editFile, insertSorted } from './edit-file.mjs';
import { toIdentifier, toTitle } from './names.mjs';

/**
 * Creates a kind of source that reads a JSON list, with a spec that runs the suite of all connectors against a local server, and registers
 * it. Returns the paths of changed files.
 */
export function newSource(root, name) {
  const identifier = `${toIdentifier(name)}Source`;
  const folder = `adapters/src/sources/${name}`;
  const paths = [
    `${folder}/${name}-source.ts`,
    `${folder}/${name}-source.spec.ts`,
    'adapters/src/sources/kinds.ts',
    'docs/sources.md',
  ];
  const [source, spec, kinds, page] = paths.map((path) => join(root, path));
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(source, sourceText(name, identifier, toTitle(name)), { flag: 'wx' });
  writeFileSync(spec, specText(name, identifier), { flag: 'wx' });
  editFile(kinds, (text) => register(text, name, identifier));
  editFile(page, (text) => addRow(text, name));
  return paths;
}

function register(text, name, identifier) {
  const line = `import { ${identifier} } from './${name}/${name}-source.js';`;
  const imported = insertSorted(text, /^import .+-source\.js';$/, line);
  return imported.replace(/(= \[[^\]]*?),?(\s*\];)/, `$1, ${identifier}$2`);
}

/** Adds a row at the end of the table of kinds. */
function addRow(text, name) {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| kind'));
  const last = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  lines.splice(last, 0, `| \`${name}\` | each item of a list in JSON | reads the list | optional | a local server |`);
  return lines.join('\n');
}

function sourceText(name, identifier, title) {
  return `import { HeddleError, type SourceChange, type SourceConnector, type SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { askedToWait } from '../web/retry-after.js';

const Config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000).meta({ title: 'Address', description: 'The address of the list.' }),
});
type Config = z.infer<typeof Config>;

/** What the address answers. */
const List = z.object({
  items: z.array(z.object({ id: z.string(), title: z.string(), text: z.string(), version: z.string() })),
});

/** The items of a list in JSON. */
export const ${identifier}: SourceConnector<Config> = {
  kind: '${name}',
  title: '${title}',
  description: 'The items of a list in JSON.',
  config: Config,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'optional', isUntrusted: true },
  changes,
};

async function* changes(request: SourceRequest<Config>): AsyncGenerator<SourceChange> {
  yield { type: 'listing' };
  for (const { id, title, text, version } of (await load(request)).items) {
    const content = () => Promise.resolve({ content: text, mediaType: 'text/markdown' });
    yield { type: 'upsert', document: { id, title, etag: version, content } };
  }
  yield { type: 'checkpoint', isComplete: true };
}

async function load({ config: { url }, fetch, secret, signal, now }: SourceRequest<Config>): Promise<z.infer<typeof List>> {
  const signIn =
    secret === undefined ? {} : { signIn: { secret: secret.handle, header: 'authorization', scheme: 'bearer' as const } };
  const { status, headers, body } = await fetch.fetch({ url, signal, maxBytes: 20_000_000, ...signIn });
  if (status === 429) throw askedToWait(url, headers, now());
  if (status === 401 || status === 403)
    throw new HeddleError('source_unauthorized', \`'\${url}' refuses the sign-in (status \${status}): set the secret again.\`);
  if (status >= 500) throw new HeddleError('source_unreachable', \`'\${url}' answered with status \${status}.\`);
  if (status !== 200) throw new HeddleError('source_failed', \`'\${url}' answered with status \${status}.\`);
  const list = List.safeParse(jsonOf(body));
  if (list.success) return list.data;
  throw new HeddleError('source_failed', \`'\${url}' does not answer with a list that can be read.\`);
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
`;
}

function specText(name, identifier) {
  return `import { testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { describe, it } from '@jest/globals';
import { testFetch } from '../testing/source-request.js';
import { openTestSite } from '../testing/test-site.js';
import { ${identifier} } from './${name}-source.js';

async function open(): Promise<SourceConnectorSubject> {
  const site = await openTestSite();
  const texts = new Map<string, string>();
  let limited = { times: 0, retryAfterMs: 0 };
  let isTokenValid = true;
  let cut = 0;
  site.pages.set('/list', (_request, response) => {
    if (!isTokenValid) {
      response.writeHead(401).end();
      return;
    }
    if (limited.times > 0) {
      limited.times -= 1;
      response.writeHead(429, { 'retry-after': String(limited.retryAfterMs / 1_000) }).end();
      return;
    }
    const items = [...texts].map(([id, text]) => ({ id, title: id, text, version: text }));
    const body = JSON.stringify({ items });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    if (cut > 0) {
      cut -= 1;
      response.write(body.slice(0, 5), () => response.destroy());
    } else response.end(body);
  });
  return {
    connector: ${identifier},
    config: { url: site.at('/list') },
    badConfigs: [{}, { url: 'list' }, { url: 'file:///etc/passwd' }],
    request: testFetch(site.port),
    write: async (id, text) => void texts.set(id, text),
    remove: async (id) => void texts.delete(id),
    rename: async (from, to) => {
      texts.set(to, texts.get(from) ?? '');
      texts.delete(from);
    },
    faults: {
      limit: (times, retryAfterMs) => void (limited = { times, retryAfterMs }),
      setToken: (isValid) => void (isTokenValid = isValid),
      cutPages: (times) => void (cut = times),
    },
    close: () => site.close(),
  };
}

testSourceConnector({ describe, it }, '${name}', open, ['limit', 'setToken', 'cutPages']);
`;
}
