import { EvaluatorSetup, HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { z } from 'zod';
import { print, printJson, table } from '../../output.js';
import { readJson } from '../../read-file-or-stdin.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

/** `heddle evaluators list`. */
export async function listEvaluators({ json }: JsonOption, command: Command): Promise<void> {
  const found = await withClient(command, ({ api }) => api.GET('/api/evaluators'));
  if (json === true) {
    printJson(found);
    return;
  }
  print(...table([['kind', 'what it says'], ...found.kinds.map(({ kind, about }) => [kind, about])]));
  print('', 'Presets:');
  for (const { id, evaluators } of found.presets) print(`  ${id}: ${evaluators.map(({ kind }) => kind).join(', ')}`);
}

interface TryOptions extends JsonOption {
  readonly setup?: string;
  readonly run?: string;
  readonly answer?: string;
  readonly question?: string;
  readonly expected?: string;
  readonly budget?: number;
}

/** `heddle evaluators try`: exit code 1 if an evaluator gave no value. */
export async function tryEvaluators(
  kinds: readonly string[],
  { setup, run, answer, question, expected, budget, json }: TryOptions,
  command: Command,
): Promise<void> {
  if ((run === undefined) === (answer === undefined))
    throw new HeddleError('usage', 'Give the answer with --answer, or a finished run with --run.');
  const evaluators = [...kinds.map((kind) => EvaluatorSetup.parse({ kind })), ...(await setupsIn(setup))];
  if (evaluators.length === 0)
    throw new HeddleError('usage', 'Name kinds of evaluators, or a file of them with --setup: heddle evaluators list.');
  const subject =
    run === undefined ? { inputs: question === undefined ? {} : { question }, outputs: { answer } } : undefined;
  const { evaluations, calibrations } = await withClient(command, ({ api }) =>
    api.POST('/api/evaluators/try', { body: { evaluators, subject, runId: run, expected, budget } }),
  );
  if (json === true) printJson({ evaluations, calibrations });
  else
    print(
      ...table([
        ['metric', 'value', 'why'],
        ...evaluations.map(({ metric, value, explanation, error }) => [
          metric,
          value === undefined ? `(${error?.code ?? 'none'})` : String(Math.round(value * 10_000) / 10_000),
          explanation.replace(/\s+/g, ' ').slice(0, 200),
        ]),
      ]),
      ...Object.entries(calibrations).map(([name, { summary }]) => `${name}: ${summary}`),
    );
  if (evaluations.some(({ value }) => value === undefined)) process.exitCode = 1;
}

/** Errors: `file_not_found`, `usage`. */
async function setupsIn(file: string | undefined): Promise<readonly EvaluatorSetup[]> {
  return file === undefined ? [] : parseArgument(z.array(EvaluatorSetup), await readJson(file), file);
}

/** `heddle evaluators calibrations`: shows how far judges agree with people. */
export async function listCalibrations({ json }: JsonOption, command: Command): Promise<void> {
  const { judges } = await withClient(command, ({ api }) => api.GET('/api/evaluators/calibrations'));
  if (json === true) printJson(judges);
  else if (judges.length === 0) print('No judge was compared with people yet.');
  else
    print(
      ...table([
        ['judge', 'kind', 'rows', 'agreement'],
        ...judges.map(({ judge, evaluator, calibration }) => [
          judge.slice(0, 12),
          evaluator.name ?? evaluator.kind,
          String(calibration.rows),
          calibration.summary,
        ]),
      ]),
    );
}
