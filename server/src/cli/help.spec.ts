import { expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { captureOutput } from '../testing/capture-output.js';
import { examples } from './program/examples.js';
import { createProgram } from './program/program.js';
import { runCommandLine } from './run-command-line.js';

const heddle = async (...args: readonly string[]) => {
  const { result, stdout, stderr } = await captureOutput(() => runCommandLine(args));
  return { code: result, stdout, stderr };
};
const leavesOf = (command: Command, path: readonly string[] = []): (readonly [string, Command])[] =>
  command.commands.length === 0
    ? [[path.join(' '), command]]
    : command.commands.flatMap((inner) => leavesOf(inner, [...path, inner.name()]));

/** The arguments of a line, as a shell would split it, without a redirected standard input. */
const argvOf = (line: string): string[] =>
  [...line.replace(/ < .*$/, '').matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/["']/g, ''),
  );

it('explains exit codes and the data folder beside the commands', async () => {
  const { code, stdout } = await heddle('--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/Exit codes: 0 .* 1 .* 2 /);
  expect(stdout).toContain('--data may stand anywhere');
});

it('accepts --json for each command except the server, help, and those that print lines of JSON', () => {
  const without = leavesOf(createProgram()).filter(([, leaf]) => !leaf.options.some(({ long }) => long === '--json'));
  expect(without.map(([path]) => path)).toEqual([
    'conversations export',
    'facts export',
    'datasets export',
    'audit export',
    'serve',
    'help',
  ]);
});

it('uses the same verb for each command that removes something', () => {
  const argv = leavesOf(createProgram()).map(([path]) => path.split(' ').at(-1));
  expect(argv).not.toContain('delete');
});

it('shows valid examples for each command', async () => {
  const program = createProgram();
  const shown = new Set(examples.map((line) => argvOf(line)[0]));
  expect(
    program.commands.map((command) => command.name()).filter((name) => name !== 'help' && !shown.has(name)),
  ).toEqual([]);
  for (const line of examples) {
    const understood: string[] = [];
    const trial = createProgram();
    for (const [path, leaf] of leavesOf(trial)) leaf.action(() => void understood.push(path));
    const { stderr } = await captureOutput(async () => {
      await trial.parseAsync(argvOf(line), { from: 'user' }).catch(() => undefined);
    });
    expect([line, stderr, understood.length]).toEqual([line, '', 1]);
  }
  expect((await heddle('models', '--help')).stdout).toContain('heddle models pull');
  expect((await heddle('models', 'pull', '--help')).stdout).toContain('heddle models pull');
  expect((await heddle('models', 'pull', '--help')).stdout).not.toContain('heddle models train');
});

it.each([
  [['modls'], 'models'],
  [['asks'], 'inbox'],
  [['models', 'pul', 'x'], 'pull'],
  [['keys', 'revok', 'x'], 'revoke'],
  [['hooks', 'creat', 'shop', 'Name'], 'create'],
  [['help', 'serch'], 'search'],
])('names the nearest command for %j', async (args, nearest) => {
  const { code, stdout, stderr } = await heddle(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`unknown command '${args.at(args.length === 1 ? 0 : 1)}'`);
  expect(stderr).toContain(`Did you mean ${nearest}?`);
});

it('reports once what was not understood, also with --json', async () => {
  const { code, stdout, stderr } = await heddle('runs', 'list', '--jsn', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage' } });
  expect(stderr.split('unknown option')).toHaveLength(2);
});

it.each(['-1', '65536', '80x', ''])("refuses '%s' as a port: the command was not understood", async (port) => {
  const { code, stderr } = await heddle('serve', '--port', port);
  expect(code).toBe(2);
  expect(stderr).toContain("option '-p, --port <number>' argument");
  expect(stderr).toContain('whole number from 0 to 65535');
});
