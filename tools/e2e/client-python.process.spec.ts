import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cleanUp, collect, root, temporaryFolder } from './built-program.js';
import { busy } from './documents.js';
import { eventually } from './eventually.js';
import { callJson } from './server-calls.js';
import { startServer } from './start-server.js';

jest.setTimeout(120_000);
afterAll(cleanUp);

const folder = join(root, 'client', 'python');
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' }).status === 0;
const withPython = hasPython ? it : it.skip;

/** Streams a run, says what it sees, then lists, reads and erases the thread of the run. */
const script = `
import sys
from heddle_client import Heddle, HeddleError

heddle = Heddle(sys.argv[1])
stream = heddle.workflow("slow").stream({"name": "Ada"}, thread="new")
for event in stream:
    print(event["type"], event.get("seq", ""), event.get("node", ""), flush=True)
print(stream.result()["outputs"]["text"])
print([one["text"] for one in heddle.threads.messages(stream.thread)["messages"]])
print([one["id"] == stream.thread for one in heddle.threads.list(workflow="slow")])
heddle.threads.delete(stream.thread)
try:
    heddle.threads.get(stream.thread)
except HeddleError as error:
    print(error.code, error.status)
`;

describe(`the Python client${hasPython ? '' : ' (skipped: it needs Python 3.10)'}`, () => {
  withPython('passes its own tests', () => {
    const { status, stderr } = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', 'tests'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(status === 0 ? '' : stderr).toBe('');
    expect(stderr).toMatch(/Ran \d\d tests/);
  });

  withPython('streams a run over the end of the process, with nothing lost or doubled', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data });
    await callJson(first, 'POST', '/api/workflows', { document: busy(2_000), slug: 'slow' });
    await callJson(first, 'POST', '/api/workflows/slow/publish', { acceptDataMap: true });
    const child = spawn('python3', ['-c', script, first.address], {
      cwd: folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually('running node', () => (/^node \d+ count$/m.test(stdout()) ? true : undefined));
    await first.kill();
    const second = await startServer({ data, environment: { PORT: new URL(first.address).port } });
    expect([await ended, stderr()]).toEqual([0, '']);
    const lines = stdout().trim().split('\n');
    expect(lines.slice(-4)).toEqual([
      'Before Ada, counted',
      "['Ada', 'Before Ada, counted']",
      '[True]',
      'thread_not_found 404',
    ]);
    const seqs = lines.flatMap((line) => /^node (\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    await second.stop();
  });
});
