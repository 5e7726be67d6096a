// Checks the command line of the MCP Inspector.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { apiKey, check, continues, home, newThread, truthy } from './checks.mjs';

const about = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json');
const program = join(dirname(about), createRequire(import.meta.url)(about).bin['mcp-inspector']);

async function inspect(key, ...options) {
  const args = ['--cli', `${home}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${key}`, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { timeout: 120_000 });
  return JSON.parse(stdout);
}
const say = (...more) => ['--method', 'tools/call', '--tool-name', 'says', ...more];
const failure = (work) =>
  work.then(
    (given) => (given.isError === true ? JSON.stringify(given) : undefined),
    (error) => `${error.message} ${error.stdout} ${error.stderr}`,
  );

await check('tools: listed with their schemas', async () => {
  const { tools } = await inspect(apiKey, '--method', 'tools/list');
  const says = tools.find(({ name }) => name === 'says');
  truthy(says?.inputSchema.required.join() === 'text', JSON.stringify(says));
});
await check('structured output: of a call', async () => {
  const { structuredContent, content } = await inspect(apiKey, ...say('--tool-arg', 'text=tea'));
  truthy(structuredContent?.text === 'You said tea' && content[0].text === 'You said tea', JSON.stringify(content));
});
await check('threads: named by the header', async () => {
  const thread = await newThread();
  for (const said of ['tea', 'milk'])
    await inspect(apiKey, ...say('--header', `Heddle-Thread: ${thread}`, '--tool-arg', `text=${said}`));
  await continues(thread, 'tea', 'milk');
});
await check('errors: an unknown tool, an input left out, a wrong key', async () => {
  const unknown = await failure(inspect(apiKey, '--method', 'tools/call', '--tool-name', 'nothing'));
  truthy(unknown?.includes('nothing'), `an unknown tool: ${unknown}`);
  const missing = await failure(inspect(apiKey, ...say()));
  truthy(missing?.includes('text'), `an input left out: ${missing}`);
  const stranger = await failure(inspect('hk_wrong', '--method', 'tools/list'));
  truthy(stranger !== undefined, 'a wrong key is taken');
});
