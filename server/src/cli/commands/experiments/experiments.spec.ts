import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { captureOutput } from '../../../testing/capture-output.js';
import { runCommandLine } from '../../run-command-line.js';

const quiz = {
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: '{{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

describe('heddle eval and heddle experiments', () => {
  let folder: string;
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-eval-'));
    const rows = Array.from({ length: 12 }, (_, at) =>
      JSON.stringify({ inputs: { question: `q${at}` }, expected: `q${at}` }),
    );
    expect((await heddle('datasets', 'import', 'rows', file('rows.jsonl', rows.join('\n')))).result).toBe(0);
    expect((await heddle('import', file('quiz.heddle.json', JSON.stringify(quiz)), '--slug', 'quiz')).result).toBe(0);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const variants = ['--dataset', 'rows', '--workflow', 'quiz@draft', '--evaluator', 'exact'] as const;

  it('runs an experiment to its end, and stores it', async () => {
    const run = await heddle('eval', ...variants, '--name', 'Mine', '--min', 'exact=0.9', '--json');
    expect(run.stderr).toBe('');
    const { experiment, result } = z
      .object({
        experiment: z.object({ id: z.string(), status: z.string() }),
        result: z.object({ isFinal: z.boolean() }),
      })
      .parse(JSON.parse(run.stdout));
    expect([experiment.status, result.isFinal, run.result]).toEqual(['done', true, 0]);
    expect((await heddle('experiments')).stdout).toContain('Mine');
    expect((await heddle('experiments', 'show', experiment.id)).stdout).toContain('exact');
    expect((await heddle('experiments', 'export', experiment.id, '--format', 'csv')).stdout.split('\r\n')).toHaveLength(
      14,
    );
    expect((await heddle('experiments', 'remove', experiment.id)).stdout).toContain('removed');
    expect((await heddle('experiments')).stdout).toContain('no experiment');
  });

  it('estimates how many rows would decide when these do not', async () => {
    const rows = Array.from({ length: 12 }, (_, at) =>
      JSON.stringify({ inputs: { question: `q${at}` }, expected: at % 2 === 0 ? `q${at}` : `x q${at}` }),
    );
    await heddle('datasets', 'import', 'mixed', file('mixed.jsonl', rows.join('\n')));
    const grid = [
      '--workflow',
      'quiz@draft',
      '--dataset',
      'mixed',
      '--grid',
      'say.template={{ question }},x {{ question }}',
    ];
    const { stdout } = await heddle('eval', ...grid, '--evaluator', 'exact');
    expect(stdout).toMatch(/^exact, quiz.*: 12 rows do not decide it; about \d+ would show 5 points\.$/m);
    expect(stdout).toContain('No variant is proved better.');
  });

  it('exits with 1 when a threshold is missed or a variant is proved worse, and writes JUnit', async () => {
    const junit = join(folder, 'report.xml');
    const worse = [
      '--workflow',
      'quiz@draft',
      '--dataset',
      'rows',
      '--grid',
      'say.template={{ question }},<{{ question }}>',
    ];
    const run = await heddle(
      'eval',
      ...worse,
      '--evaluator',
      'exact',
      '--min',
      'exact=0.5',
      '--no-regression',
      '--junit',
      junit,
    );
    expect(run.result).toBe(1);
    expect(run.stdout).toContain('✗ no regression');
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toContain('tests="3" failures="2"');
    expect(xml).toContain('&lt;{{ question }}&gt;');
    expect(xml).not.toContain('=<{{');
  });

  it('reads a YAML file, and flags override it', async () => {
    const yaml =
      'dataset: rows\nlimit: 3\nvariants:\n  - workflow: quiz\n    version: draft\nevaluators:\n  - kind: exact\n';
    const run = await heddle('eval', file('a.yaml', yaml), '--limit', '2', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ experiment: { rows: 2 } });
    const bad = await heddle('eval', file('b.yaml', 'dataset: [rows\n'));
    expect(bad.stderr).toContain('b.yaml');
    const misspelt = await heddle('eval', file('c.yaml', `${yaml}repeat: 3\n`));
    expect(misspelt.stderr).toContain('repeat');
    expect((await heddle('eval', ...variants, '--min', 'nonsense=1')).stderr).toContain("no metric 'nonsense'");
    expect((await heddle('eval', ...variants, '--min', 'exact')).stderr).toContain('metric=0.8');
  });
});
