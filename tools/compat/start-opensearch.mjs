import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../bootstrap/run-command.mjs';
import { cacheFolder, firstLine, missing, say } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

const version = '2.19.1';
const sources = fileURLToPath(new URL('opensearch', import.meta.url));

/** Collects the parts of the server from Maven packages, once: `{ classes }`, or `{ skip }` with the reason. */
async function prepareOpensearch() {
  const folder = join(cacheFolder, `opensearch-${version}`);
  const classes = [join(folder, 'classes'), join(folder, 'lib', '*'), join(folder, 'plugin', '*')].join(delimiter);
  const mark = join(folder, 'ready');
  if (existsSync(mark)) return { classes };
  const lacks = missing('mvn', 'javac', 'java', 'unzip');
  if (lacks.length > 0) return { skip: `${lacks.join(' and ')} not found: the server is put together from packages` };
  mkdirSync(folder, { recursive: true });
  say(`Fetching OpenSearch ${version} once…`);
  try {
    const lib = join(folder, 'lib');
    const pom = join(folder, 'pom.xml');
    cpSync(join(sources, 'pom.xml'), pom);
    await runCommand('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]);
    const plugin = readdirSync(lib).find((name) => name.endsWith('.zip'));
    await runCommand('unzip', ['-qo', join(lib, plugin), '-d', join(folder, 'plugin')]);
    const files = ['-d', join(folder, 'classes'), join(sources, 'Server.java')];
    await runCommand('javac', ['-nowarn', '-cp', classes, ...files]);
  } catch (error) {
    return { skip: `it could not be put together: ${firstLine(error)}` };
  }
  writeFileSync(mark, '');
  return { classes };
}

/** Starts a real OpenSearch with its k-NN plugin; gives `{ skip }` if it is not available. `kill` kills it and starts it again. */
export async function startOpensearch(parent) {
  const { classes, skip } = await prepareOpensearch();
  if (skip !== undefined) return { skip };
  const home = mkdtempSync(join(parent, 'opensearch-'));
  for (const name of ['config', 'modules', 'plugins', 'data', 'lib']) mkdirSync(join(home, name));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begin = () =>
    startPartner('java', ['-Xmx700m', '-cp', classes, 'Server', home, String(port)], {
      ...{ address: url, ready: '/_cluster/health?wait_for_status=yellow&timeout=1s', seconds: 240 },
    });
  let server = await begin();
  return {
    url,
    kill: async () => {
      await server.kill();
      server = await begin();
    },
    close: () => server.close(),
  };
}
