import {
  AbMetricName,
  abMetricInfo,
  AbRequest,
  differenceText,
  figureText,
  HeddleError,
  type AbArm,
  type AbArmReply,
  type AbReport,
  type MetricInfo,
} from '@heddle/core';
import type { Command } from 'commander';
import type { Client } from '../client/http-call.js';
import { print, printJson, table } from '../output.js';
import { timeOf } from './channels/channels.js';
import { withClient } from './context.js';
import { parseArgument, type JsonOption } from './parse-argument.js';

interface AbOptions extends JsonOption {
  readonly arm: readonly string[];
  readonly metric: string;
  readonly better?: string;
  readonly guard: readonly string[];
  readonly notWorse: readonly string[];
  readonly sticky?: string;
  readonly minRuns?: number;
  readonly promote?: true;
  readonly note?: string;
}

/** `heddle ab start`. */
export async function startAb(workflow: string, options: AbOptions, command: Command): Promise<void> {
  const { better, sticky, minRuns, note } = options;
  const metricOf = (name: string): object => (name === options.metric ? { name, better } : { name });
  const guards = [
    ...options.guard.map((text) => guardOf(text, '--guard', 'limit')),
    ...options.notWorse.map((text) => guardOf(text, '--not-worse', 'control')),
  ].map((guard) => ({ ...guard, metric: metricOf(guard.metric) }));
  const report = await withClient(command, async ({ api }) => {
    const params = { path: { id: workflow } };
    const { live } = await api.GET('/api/workflows/{id}/versions', { params });
    if (live === undefined)
      throw new HeddleError('not_published', `The workflow '${workflow}' is not published: publish it first.`);
    const given = {
      arms: withControl(armsOf(options.arm), live.version),
      primary: metricOf(options.metric),
      guards,
      sticky,
      minRuns,
      note,
      promote: options.promote === true ? 'automatic' : 'person',
    };
    const body = parseArgument(AbRequest, given, 'The test');
    return api.POST('/api/workflows/{id}/ab', { params, body });
  });
  printAb(report, options);
}

/** `heddle ab list`. */
export async function listAb(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const reply = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/ab', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(reply);
  else if (reply.tests.length === 0) print('There is no test. Start one with heddle ab start.');
  else print(...table([['test', 'started', 'versions', 'state'], ...reply.tests.map(lineOf)]));
}

const lineOf = ({ test, verdict }: AbReport): string[] => [
  test.id,
  timeOf(test.startedAt),
  test.arms.map(({ version }) => version).join(', '),
  verdict.text,
];

/** `heddle ab show`. */
export async function showAb(
  workflow: string,
  test: string | undefined,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const report = await withClient(command, ({ api }) =>
    test === undefined
      ? newest(api, workflow)
      : api.GET('/api/workflows/{id}/ab/{test}', { params: { path: { id: workflow, test } } }),
  );
  printAb(report, options);
}

/** `heddle ab shares`. */
export async function changeShares(
  workflow: string,
  shares: readonly string[],
  options: JsonOption,
  command: Command,
): Promise<void> {
  const report = await withClient(command, async ({ api }) => {
    const { test } = await newest(api, workflow);
    const given = armsOf(shares);
    const arms = test.arms.map(({ version, share }) => ({
      version,
      share: given.find((arm) => arm.version === version)?.share ?? share,
    }));
    const unknown = given.find(({ version }) => test.arms.every((arm) => arm.version !== version));
    if (unknown !== undefined) throw new HeddleError('usage', `Version ${unknown.version} is not an arm of the test.`);
    const isNamed = given.some(({ version }) => version === test.control);
    const others = arms.filter(({ version }) => version !== test.control);
    const params = { path: { id: workflow, test: test.id } };
    const body = { revision: test.revision, arms: isNamed ? arms : withControl(others, test.control) };
    return api.POST('/api/workflows/{id}/ab/{test}/shares', { params, body });
  });
  printAb(report, options);
}

/** `heddle ab promote`. */
export async function promoteAb(
  workflow: string,
  version: string,
  options: JsonOption,
  command: Command,
): Promise<void> {
  if (!/^[1-9]\d*$/.test(version)) throw new HeddleError('usage', `'${version}' is not a version: give its number.`);
  const report = await withClient(command, async ({ api }) => {
    const { test } = await newest(api, workflow);
    const params = { path: { id: workflow, test: test.id } };
    return api.POST('/api/workflows/{id}/ab/{test}/promote', { params, body: { version: Number(version) } });
  });
  printAb(report, options);
}

/** `heddle ab stop`. */
export async function stopAb(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const report = await withClient(command, async ({ api }) => {
    const { test } = await newest(api, workflow);
    return api.POST('/api/workflows/{id}/ab/{test}/stop', { params: { path: { id: workflow, test: test.id } } });
  });
  printAb(report, options);
}

async function newest(api: Client['api'], workflow: string): Promise<AbReport> {
  const { tests } = await api.GET('/api/workflows/{id}/ab', { params: { path: { id: workflow } } });
  const [report] = tests;
  if (report === undefined)
    throw new HeddleError('not_found', `'${workflow}' has no test: start one with heddle ab start.`);
  return report;
}

function armsOf(texts: readonly string[]): AbArm[] {
  return texts.map((text) => {
    const [, version, percent] = /^([1-9]\d*)=(\d+(?:\.\d{1,2})?)$/.exec(text) ?? [];
    if (version === undefined)
      throw new HeddleError('usage', `'${text}' is not a share: write VERSION=PERCENT, as in 4=20.`);
    return { version: Number(version), share: Math.round(Number(percent) * 100) / 10_000 };
  });
}

/** Adds the control arm, which gets the callers that no other arm gets. */
function withControl(arms: readonly AbArm[], control: number): AbArm[] {
  if (arms.some(({ version }) => version === control)) return [...arms];
  const others = arms.reduce((sum, { share }) => sum + share, 0);
  return [{ version: control, share: Math.max(0, Math.round((1 - others) * 10_000) / 10_000) }, ...arms];
}

function guardOf<Against extends 'limit' | 'control'>(text: string, option: string, against: Against) {
  const at = text.lastIndexOf('=');
  const metric = AbMetricName.safeParse(text.slice(0, at)).data;
  const value = Number(text.slice(at + 1));
  if (at < 1 || metric === undefined || !(value >= 0))
    throw new HeddleError('usage', `${option} ${text}: write METRIC=NUMBER, as in errors=0.05 or ms=2000.`);
  return { metric, against, value };
}

function printAb(report: AbReport, { json }: JsonOption): void {
  if (json === true) {
    printJson(report);
    return;
  }
  print(report.verdict.text, '');
  const rows = report.metrics.flatMap((metric) => report.arms.map((arm) => rowOf(metric, arm, report)));
  print(...table([['metric', 'version', 'share', 'callers', 'mean', 'difference to the control', ''], ...rows]));
  const guards = report.arms.flatMap(({ version, guards: all }) =>
    all.map(({ state, text }) => [`version ${version}`, state, text]),
  );
  if (guards.length > 0) print('', ...table([['guard of', 'state', ''], ...guards]));
}

function rowOf(metric: MetricInfo, arm: AbArmReply, { test }: AbReport): string[] {
  const found = arm.metrics.find((one) => one.metric === metric.name);
  const { unit } = metric;
  const ends = found?.differenceInterval;
  const difference = arm.isControl
    ? 'control'
    : ends === undefined
      ? 'too few values'
      : `${differenceText(found?.difference, unit)} (${differenceText(ends.low, unit)} to ${differenceText(ends.high, unit)})`;
  const isPrimary = test.primary !== undefined && abMetricInfo(test.primary).name === metric.name;
  return [
    isPrimary ? `${metric.title} (decides)` : metric.title,
    String(arm.version),
    `${Math.round(arm.share * 10_000) / 100} %`,
    String(found?.callers ?? 0),
    figureText(found?.mean, unit),
    difference,
    found?.verdict === undefined || found.verdict === 'undecided' ? '' : found.verdict,
  ];
}
