import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { carryOut, type CarriedOut } from './image/carry-out.js';
import { whyNoPrivateRoot } from './image/private-root.js';
import { commandOf, lastOf, readDockerfile } from './image/read-dockerfile.js';
import { runImage, type RunningImage } from './image/run-image.js';

// Everything is installed and built again, which takes minutes on a slow or busy machine.
jest.setTimeout(600_000);
const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const reason = whyNoPrivateRoot();
const suite = reason === undefined ? describe : describe.skip;

/** The variables that compose gives Heddle by default. */
function composeVariables(): Record<string, string> {
  const { services } = z
    .object({ services: z.object({ heddle: z.object({ environment: z.record(z.string(), z.string()) }) }) })
    .parse(parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')));
  return Object.fromEntries(
    Object.entries(services.heddle.environment).map(([name, value]) => [
      name,
      value.replace(/\$\{[A-Z_]+:-(.*?)\}/g, '$1'),
    ]),
  );
}

suite(`the image, built without a container engine${reason === undefined ? '' : `: ${reason}`}`, () => {
  let image: CarriedOut;
  let running: RunningImage;
  beforeAll(async () => {
    image = carryOut(stages, temporaryFolder());
    const [stage] = stages.slice(-1);
    if (stage === undefined) throw new Error('The Dockerfile has no stage.');
    running = runImage(image, commandOf(lastOf(stage, 'CMD')), {
      volume: lastOf(stage, 'VOLUME') ?? '',
      environment: composeVariables(),
    });
    await eventually('the address', () => /Heddle is at \S+/.exec(running.output())?.[0], 120_000);
  });
  afterAll(async () => {
    await running?.stop('SIGKILL');
    await cleanUp();
  });

  const inside = (path: string): string => join(image.root, 'heddle', path);
  const listed = (...test: string[]): string[] =>
    execFileSync('find', [inside(''), ...test], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(inside('').length));

  it('can load every package that the built program names', async () => {
    const script = readFileSync(join(root, 'tools/e2e/image/import-all.mjs'), 'utf8');
    const flags = ['--experimental-import-meta-resolve', '--input-type=module'];
    const { output } = await running.execute(['node', ...flags, '-e', script]);
    const { count, failed } = z.object({ count: z.number(), failed: z.array(z.string()) }).parse(JSON.parse(output));
    expect(failed).toEqual([]);
    expect(count).toBeGreaterThan(40);
  });

  it('loads the prebuilt llama.cpp that writes text', async () => {
    const load = `import('/heddle/node_modules/node-llama-cpp/dist/index.js')
      .then(({ getLlama }) => getLlama({ gpu: false, build: 'never', logLevel: 'error' }))
      .then((llama) => { process.stdout.write(llama.buildType); process.exit(0); });`;
    expect((await running.execute(['node', '-e', load])).output).toBe('prebuilt');
  });

  it('contains no development or editor packages, types, sources or source maps', () => {
    const { packages } = z
      .object({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) })
      .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
    const development = Object.entries(packages).filter(([path, { dev }]) => dev === true && path !== '');
    expect(development.length).toBeGreaterThan(100);
    expect(development.map(([path]) => path).filter((path) => existsSync(inside(path)))).toEqual([]);
    for (const name of ['react', 'lucide-react', 'vite', 'node', 'typescript', '@types', 'axe-core', 'nx'])
      expect(existsSync(inside(`node_modules/${name}`))).toBe(false);
    expect(listed('-type', 'f', '-regex', String.raw`.*\.\(map\|ts\|mts\|cts\|tsx\)`)).toEqual([]);
  });

  it('contains binaries only for this processor and system, and stays small', () => {
    const others = ['win32', 'darwin', 'musl', process.arch === 'x64' ? 'arm' : 'x64'];
    const natives = listed('-type', 'f', '(', '-name', '*.node', '-o', '-name', '*.so*', '-o', '-name', '*.dll', ')');
    expect(natives.length).toBeGreaterThan(2);
    expect(natives.filter((file) => others.some((other) => file.includes(other)))).toEqual([]);
    const kibibytes = Number.parseInt(execFileSync('du', ['-sk', inside('')], { encoding: 'utf8' }), 10);
    expect(kibibytes / 1024).toBeLessThan(310);
  });

  it('runs as an unprivileged user who can write only to the volume and /tmp', async () => {
    expect((await running.execute(['id', '-u'])).output.trim()).toBe('1000');
    const locations = [
      '/',
      '/heddle',
      '/heddle/server/dist',
      '/etc',
      '/usr',
      '/usr/local',
      '/home/node',
      '/var',
      '/data',
      '/tmp',
    ];
    const probe = `for path in ${locations.join(' ')}; do touch $path/probe 2>/dev/null && rm $path/probe && echo $path; done`;
    expect((await running.execute(['sh', '-c', probe])).output.trim().split('\n')).toEqual(['/data', '/tmp']);
    const folder = statSync(join(image.root, 'data'));
    expect({ mode: folder.mode & 0o777, owner: folder.uid }).toEqual({ mode: 0o700, owner: 1000 });
    expect(existsSync(join(image.root, 'data/heddle.db'))).toBe(true);
  });

  it('serves the editor, requires sign-in, and prints the link for the owner', async () => {
    const ask = `const [page, runs] = await Promise.all(['/', '/api/workflows'].map((path) => fetch('http://127.0.0.1:3000' + path, { headers: { accept: 'text/html' } })));
      process.stdout.write([page.status, /<div id="root"/.test(await page.text()), runs.status].join(' '));`;
    expect((await running.execute(['node', '--input-type=module', '-e', ask])).output).toBe('200 true 401');
    expect(running.output()).toMatch(/http:\/\/127\.0\.0\.1:3000\/\S+/);
  });

  it('runs commands and a backup beside the server', async () => {
    const heddle = (...args: string[]) => running.execute(['node', 'server/bin/heddle.mjs', ...args]);
    const invited = await heddle('users', 'add', 'ada@example.org', '--role', 'owner');
    expect(invited).toEqual({ code: 0, output: expect.stringMatching(/\/sign-in\?setup=\S+/) });
    const saved = await heddle('backup', '/tmp/backup');
    expect(saved).toEqual({ code: 0, output: expect.stringContaining('Backup written to /tmp/backup') });
  });

  it('passes its health check while it runs, fails the check if no server answers, and exits with 0 when it is stopped', async () => {
    const [stage] = stages.slice(-1);
    const check = commandOf(stage === undefined ? undefined : lastOf(stage, 'HEALTHCHECK'));
    expect(await running.execute(check)).toEqual({ code: 0, output: '' });
    const elsewhere = ['env', 'PORT=9', ...check];
    expect((await running.execute(elsewhere)).code).toBe(1);
    expect(await running.stop('SIGTERM')).toBe(0);
    expect(running.output()).not.toMatch(/error|EROFS|EACCES/i);
  });
});
