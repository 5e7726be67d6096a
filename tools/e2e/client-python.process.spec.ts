import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cleanUp, collect, root, temporaryFolder } from './built-program.js';
import { busy, filing, greeting } from './documents.js';
import { eventually } from './eventually.js';
import { callJson } from './server-calls.js';
import { startServer } from './start-server.js';
import { steadyPort } from './steady-port.js';

// On a busy machine a server takes a minute to restart.
jest.setTimeout(400_000);
afterAll(cleanUp);

const folder = join(root, 'client', 'python');
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' }).status === 0;
const withPython = hasPython ? it : it.skip;

/** Streams a run, prints what it receives, then lists, reads and erases the thread of the run. */
const script = `
import sys
from heddle_client import Heddle, HeddleError

heddle = Heddle(sys.argv[1], reconnect=300)
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

/** Calls, files, ratings, users, cancels and webhooks: the script fails at the first wrong result. */
const calls = `
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from heddle_client import Heddle, HeddleError, verify_webhook

address, key, port = sys.argv[1:4]
received = []

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        received.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass

receiver = ThreadingHTTPServer(("127.0.0.1", int(port)), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
print("ready", flush=True)
secret = sys.stdin.readline().strip()

def code_of(work):
    try:
        work()
    except HeddleError as error:
        return error.code

heddle = Heddle(address)
greet = heddle.workflow("greet")
first = greet.run({"name": "Ada"}, idempotency_key="once")
assert first["outputs"] == {"greeting": "Hello Ada!"}, first
assert greet.run({"name": "Ada"}, idempotency_key="once")["runId"] == first["runId"]
assert heddle.runs.get(first["runId"])["outputs"] == first["outputs"]
heddle.runs.rate(first["runId"], {"thumb": "up", "comment": "Kind."})

filed = heddle.workflow("file").run({"paper": ('looms & "yarns".txt', b"wool"), "pages": [("ä.txt", b"a"), ("b.txt", b"bc")], "depth": 2})
paper, pages = filed["outputs"]["paper"], filed["outputs"]["pages"]
assert (paper["size"], filed["outputs"]["depth"]) == (4, 2), filed
assert [(page["name"], page["size"]) for page in pages] == [("ä.txt", 1), ("b.txt", 2)], pages

started = heddle.workflow("slow").start({"name": "Cleo"})
assert heddle.runs.wait(started["runId"])["outputs"]["text"] == "Before Cleo, counted"
other = heddle.workflow("slow").start({"name": "Dan"})
heddle.runs.cancel(other["runId"], "enough")
assert code_of(lambda: heddle.runs.wait(other["runId"])) == "run_cancelled"

ann, bob = Heddle(address, key).for_user("ann"), Heddle(address, key).for_user("bob")
thread = ann.workflow("greet").run({"name": "Ann"}, thread="new")["thread"]
assert [one["id"] for one in ann.threads.list()] == [thread]
assert list(bob.threads.list()) == [] and code_of(lambda: bob.threads.get(thread)) == "thread_not_found"
assert ann.threads.rename(thread, "Mornings")["title"] == "Mornings"
assert code_of(lambda: greet.run({"nobody": "x"})) == "input_unknown"
assert code_of(lambda: heddle.workflow("none").run({})) == "workflow_not_found"
assert code_of(lambda: Heddle(address, "hk_wrong").threads.page()) == "unauthorized"

for _ in range(600):
    if received:
        break
    time.sleep(0.1)
headers, body = received[0]
assert verify_webhook(secret, headers, body)["data"]["runId"] == first["runId"]
assert code_of(lambda: verify_webhook(secret, headers, body + b" ")) == "webhook_invalid"
print("done", flush=True)
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

  withPython('calls, sends files, rates, cancels, speaks for users and verifies a webhook', async () => {
    const receiver = await steadyPort();
    const environment = { HEDDLE_FETCH_ALLOW: `127.0.0.1:${receiver}` };
    const server = await startServer({ data: temporaryFolder(), environment });
    const call = (path: string, body: unknown) => callJson(server, 'POST', path, body);
    for (const [slug, document] of [
      ['greet', greeting],
      ['slow', busy(1_000)],
      ['file', filing],
    ] as const) {
      await call('/api/workflows', { document, slug });
      await call(`/api/workflows/${slug}/publish`, { acceptDataMap: true });
    }
    const scopes = { permissions: ['run:published', 'speak-for-users'] };
    const { secret: key } = await call('/api/keys', { name: 'An app', scopes });
    const child = spawn('python3', ['-c', calls, server.address, String(key), receiver], {
      cwd: folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually('receiver', () => (/^ready$/m.test(stdout()) ? true : undefined), 120_000);
    const about = { name: 'Told', url: `http://127.0.0.1:${receiver}/`, events: ['run.done'] };
    const { secret } = await call('/api/workflows/greet/webhooks', about);
    child.stdin.end(`${String(secret)}\n`);
    expect([await ended, stderr(), stdout()]).toEqual([0, '', 'ready\ndone\n']);
    await server.stop();
  });

  withPython('streams a run over a restart of the server, with nothing lost or repeated', async () => {
    const data = temporaryFolder();
    const first = await startServer({ data });
    await callJson(first, 'POST', '/api/workflows', { document: busy(2_000), slug: 'slow' });
    await callJson(first, 'POST', '/api/workflows/slow/publish', { acceptDataMap: true });
    const child = spawn('python3', ['-c', script, first.address], {
      cwd: folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually('running node', () => (/^node \d+ count$/m.test(stdout()) ? true : undefined), 120_000);
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
