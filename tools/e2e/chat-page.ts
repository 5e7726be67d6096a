import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, root, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { callJson } from './server-calls.js';
import type { ServerProcess } from './start-server.js';

/** The example of the chat kit, served as a site of another vendor. */
export interface ChatPage {
  readonly address: string;
  stop(): void;
}

const example = join(root, 'client', 'examples', 'react-chat');

/** Installs the example with the packages that the server offers, and builds its page. */
export async function buildChatPage(server: ServerProcess): Promise<string> {
  const folder = temporaryFolder();
  cpSync(example, folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  for (const [name, file] of [
    ['client', 'heddle-client.tgz'],
    ['react', 'heddle-react.tgz'],
  ]) {
    const reply = await fetch(`${server.address}/clients/${file}`);
    const target = join(modules, '@heddle', name ?? '');
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'package.tgz'), Buffer.from(await reply.arrayBuffer()));
    execFileSync('tar', ['-xzf', 'package.tgz', '--strip-components=1'], { cwd: target });
  }
  for (const name of ['react', 'react-dom', 'vite']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  execFileSync(process.execPath, [join(modules, 'vite', 'bin', 'vite.js'), 'build'], { cwd: folder, stdio: 'pipe' });
  return folder;
}

/** Starts the server of the example for one of its users. */
export async function startChatPage(
  folder: string,
  server: ServerProcess,
  { workflow, key, user }: { readonly workflow: string; readonly key: string; readonly user: string },
): Promise<ChatPage> {
  const child: ChildProcess = spawn(process.execPath, [join(folder, 'server.mjs')], {
    env: { HEDDLE_URL: server.address, HEDDLE_KEY: key, WORKFLOW: workflow, APP_USER: user, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [collect(child.stdout), collect(child.stderr)];
  const address = await eventually('page of the example', () => {
    if (child.exitCode !== null) throw new Error(said.map((text) => text()).join('\n'));
    return /http:\S+/.exec(said[0]?.() ?? '')?.[0];
  });
  return { address, stop: () => void child.kill('SIGKILL') };
}

/** Creates the key that the README of the example describes. */
export async function chatKey(server: ServerProcess): Promise<string> {
  const { secret } = await callJson(server, 'POST', '/api/keys', {
    name: 'A site',
    scopes: {
      permissions: [
        ...['run:published', 'speak-for-users', 'run:feedback'],
        ...['run:control', 'run:read', 'run:values', 'human-input:answer'],
      ],
    },
  });
  return String(secret);
}
