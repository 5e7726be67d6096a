import {
  ExperimentRequest,
  HeddleError,
  isPlainObject,
  withoutUndefined,
  type ExperimentInfo,
  type ExperimentReply,
} from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import { readYaml } from '@heddle/adapters/experiments';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Client } from '../../client/http-call.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import { requireDataset } from '../datasets.js';
import { findingsOf, junitOf, parseMinimums } from './eval-thresholds.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { lineOfComparison, resultLines } from './experiment-lines.js';

interface EvalOptions extends JsonOption {
  readonly dataset?: string;
  readonly workflow: readonly string[];
  readonly set: readonly string[];
  readonly grid: readonly string[];
  readonly evaluator: readonly string[];
  readonly name?: string;
  readonly split?: string;
  readonly tag?: string;
  readonly limit?: number;
  readonly repeats?: number;
  readonly concurrency?: number;
  /** False if `--no-reuse` was given. */
  readonly reuse: boolean;
  readonly cacheModelCalls?: boolean;
  readonly providerBatch?: string;
  readonly budget?: number;
  readonly min: readonly string[];
  /** False if `--no-regression` was given. */
  readonly regression: boolean;
  readonly junit?: string;
}

const pollMs = 300;

/** `heddle eval`: runs an experiment, given by flags or by a YAML or JSON file, to its end. Exit code 1 if a threshold is missed. */
export async function evaluate(file: string | undefined, options: EvalOptions, command: Command): Promise<void> {
  const minimums = parseMinimums(options.min);
  const written = file === undefined ? undefined : await readRequest(file);
  const given: Readonly<Record<string, unknown>> = { ...written, ...fromFlags(options) };
  const { experiment, result } = await withClient(command, async (client) => {
    const dataset = (await requireDataset(client, typeof given['dataset'] === 'string' ? given['dataset'] : '')).id;
    const name = given['name'] ?? 'heddle eval';
    const body = parseArgument(ExperimentRequest, { ...given, dataset, name }, file ?? 'The experiment');
    const begun = await client.api.POST('/api/experiments', { body });
    const ended = await follow(client, begun);
    const params = { path: { id: ended.id } };
    return { experiment: ended, result: await client.api.GET('/api/experiments/{id}/result', { params }) };
  });
  const findings = findingsOf(result, experiment, { minimums, allowsRegression: options.regression });
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(experiment, findings));
  if (options.json === true) printJson({ experiment, result, thresholds: findings });
  else {
    print(...resultLines(experiment, result));
    for (const { name, failure } of findings)
      print(`${failure === undefined ? '✓' : '✗'} ${name}${failure === undefined ? '' : `: ${failure}`}`);
  }
  if (experiment.status !== 'done' || findings.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

async function readRequest(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(file)) throw new HeddleError('file_not_found', `There is no file '${file}': check the path.`);
  const value = await readYaml(await readFile(file, 'utf8'), file);
  if (!isPlainObject(value))
    throw new HeddleError('usage', `'${file}' must hold an object: dataset, variants, evaluators.`);
  return value;
}

function fromFlags({
  workflow,
  set,
  grid,
  evaluator,
  dataset,
  name,
  split,
  tag,
  limit,
  repeats,
  concurrency,
  reuse,
  cacheModelCalls,
  providerBatch,
  budget,
}: EvalOptions): Record<string, unknown> {
  const settings = Object.fromEntries(set.map((text) => assignmentOf(text, '--set', valueOf)));
  const axes = Object.fromEntries(grid.map((text) => assignmentOf(text, '--grid', valuesOf)));
  const variants = workflow.map((text) => {
    const at = text.lastIndexOf('@');
    const version = at === -1 ? undefined : text.slice(at + 1);
    return withoutUndefined({
      workflow: at === -1 ? text : text.slice(0, at),
      version: version !== undefined && /^\d+$/.test(version) ? Number(version) : version,
      set: settings,
      grid: axes,
    });
  });
  if (variants.length === 0 && set.length + grid.length > 0)
    throw new HeddleError('usage', '--set and --grid change the variants of --workflow: give one.');
  const evaluators = evaluator.map((text) => {
    const [kind, called] = text.split(':', 2);
    return withoutUndefined({ kind, name: called });
  });
  return withoutUndefined({
    dataset,
    name,
    split,
    tag,
    limit,
    repeats,
    concurrency,
    cacheModelCalls,
    providerBatch,
    budget,
    // The flag can only disable reuse; without it, the file decides.
    reuse: reuse ? undefined : false,
    variants: variants.length === 0 ? undefined : variants,
    evaluators: evaluators.length === 0 ? undefined : evaluators,
  });
}

function assignmentOf(text: string, flag: string, read: (value: string) => unknown): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new HeddleError('usage', `${flag} ${text}: write it as node.setting=value.`);
  return [text.slice(0, at), read(text.slice(at + 1))];
}

/** Parses a text as JSON, or gives it back if it is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Parses a JSON list, or values separated by commas. */
function valuesOf(text: string): readonly unknown[] {
  const whole = text.startsWith('[') ? valueOf(text) : undefined;
  return Array.isArray(whole) ? whole : text.split(',').map((part) => valueOf(part.trim()));
}

/** Waits until the experiment ends, or pauses by itself because of its budget. */
async function follow({ api }: Client, begun: ExperimentReply): Promise<ExperimentReply> {
  const params = { path: { id: begun.id } };
  for (;;) {
    const now = await api.GET('/api/experiments/{id}', { params });
    if (now.status !== 'running') {
      if (now.reason !== undefined) printToStderr(now.reason);
      return now;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** `heddle experiments list`. */
export async function listExperiments({ json }: JsonOption, command: Command): Promise<void> {
  const { experiments } = await withClient(command, ({ api }) => api.GET('/api/experiments'));
  if (json === true) printJson(experiments);
  else if (experiments.length === 0) print('There is no experiment: heddle eval starts one.');
  else
    print(
      ...table([
        ['id', 'name', 'status', 'rows', 'variants', 'begun'],
        ...experiments.map(({ id, name, status, rows, variants, createdAt }) => [
          ...[id, name, status, String(rows), String(variants.length), timeOf(createdAt)],
        ]),
      ]),
    );
}

/** `heddle experiments show`. */
export async function showExperiment(id: string, { json }: JsonOption, command: Command): Promise<void> {
  const params = { path: { id } };
  const found = await withClient(command, async ({ api }) => ({
    experiment: await api.GET('/api/experiments/{id}', { params }),
    result: await api.GET('/api/experiments/{id}/result', { params }),
  }));
  if (json === true) printJson(found);
  else print(...resultLines(found.experiment, found.result));
}

/** `heddle experiments rows`. */
export async function showRows(
  id: string,
  {
    json,
    ...query
  }: JsonOption & { readonly changed?: 'better' | 'worse' | 'any'; readonly metric?: string; readonly limit: number },
  command: Command,
): Promise<void> {
  const { rows } = await withClient(command, ({ api }) =>
    api.GET('/api/experiments/{id}/rows', { params: { path: { id }, query } }),
  );
  if (json === true) printJson(rows);
  else
    for (const row of rows)
      print(`${row.number}  ${row.id}`, ...row.changed.map((one) => `    ${lineOfComparison(one)}`));
}

const step =
  (name: 'pause' | 'cancel' | 'resume' | 'again') =>
  async (id: string, { json, budget }: JsonOption & { readonly budget?: number }, command: Command): Promise<void> => {
    const params = { path: { id } };
    const reply: ExperimentInfo = await withClient(command, ({ api }) => {
      if (name === 'pause') return api.POST('/api/experiments/{id}/pause', { params });
      if (name === 'cancel') return api.POST('/api/experiments/{id}/cancel', { params });
      const body = withoutUndefined({ budget });
      if (name === 'resume') return api.POST('/api/experiments/{id}/resume', { params, body });
      return api.POST('/api/experiments/{id}/again', { params, body });
    });
    if (json === true) printJson(reply);
    else print(`${reply.name} is ${reply.status}.`);
  };

/** `heddle experiments pause`. */
export const pauseExperiment = step('pause');
/** `heddle experiments cancel`. */
export const cancelExperiment = step('cancel');
/** `heddle experiments resume`. */
export const resumeExperiment = step('resume');
/** `heddle experiments again`. */
export const repeatExperiment = step('again');

/** `heddle experiments export`: writes lines to standard output. */
export async function exportExperiment(
  id: string,
  { format }: { readonly format: 'csv' | 'jsonl' },
  command: Command,
): Promise<void> {
  await withClient(command, async (client) => {
    const address = addressOf('/api/experiments/{id}/export', { path: { id }, query: { format } });
    const { body } = await client.request('GET', address);
    for await (const lines of body?.pipeThrough(new TextDecoderStream()) ?? []) process.stdout.write(lines);
  });
}

/** `heddle experiments remove`. */
export async function removeExperiment(id: string, _options: unknown, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/experiments/{id}', { params: { path: { id } } }));
  print(`${id} is removed.`);
}
