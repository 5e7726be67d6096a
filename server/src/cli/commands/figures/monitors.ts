import { driftText, MonitorRequest, type MonitorReply } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readJson } from '../../read-file-or-stdin.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

const skippedOf = ({ counts: { skipped } }: MonitorReply): number => skipped.budget + skipped.label + skipped.removed;
const pathOf = (id: string) => ({ params: { path: { id } } });

/** `heddle monitors list`. */
export async function listMonitors({ json }: JsonOption, command: Command): Promise<void> {
  const { monitors } = await withClient(command, ({ api }) => api.GET('/api/monitors'));
  if (json === true) printJson(monitors);
  else if (monitors.length === 0) print('There is no monitor: heddle monitors add FILE adds one.');
  else
    print(
      ...table([
        ['id', 'name', 'state', 'judged', 'skipped', 'failed', 'waiting', 'today USD', 'drift'],
        ...monitors.map((monitor) => [
          ...[monitor.id, monitor.name, monitor.state, String(monitor.counts.judged), String(skippedOf(monitor))],
          ...[String(monitor.counts.failed), String(monitor.counts.waiting), monitor.today.cost.toFixed(4)],
          monitor.drifts === 0 ? '' : String(monitor.drifts),
        ]),
      ]),
    );
}

/** `heddle monitors add FILE`. */
export async function addMonitor(file: string, { json }: JsonOption, command: Command): Promise<void> {
  const body = parseArgument(MonitorRequest, await readJson(file), 'The monitor');
  const monitor = await withClient(command, ({ api }) => api.POST('/api/monitors', { body }));
  if (json === true) printJson(monitor);
  else print(`${monitor.id}: ${monitor.name}`);
}

/** `heddle monitors show`: shows the scores by version, and what drifts. */
export async function showMonitor(id: string, { json }: JsonOption, command: Command): Promise<void> {
  const found = await withClient(command, async ({ api }) => ({
    monitor: await api.GET('/api/monitors/{id}', pathOf(id)),
    scores: await api.GET('/api/monitors/{id}/series', { params: { path: { id }, query: { unit: 'day' } } }),
    drift: await api.GET('/api/monitors/{id}/drift', pathOf(id)),
  }));
  if (json === true) {
    printJson(found);
    return;
  }
  const { monitor, scores, drift } = found;
  const { counts, today } = monitor;
  print(
    `${monitor.name}: ${monitor.state}${monitor.reason === undefined ? '' : `, ${monitor.reason}`}`,
    `judged ${counts.judged}, failed ${counts.failed}, waiting ${counts.waiting}; skipped: budget ${counts.skipped.budget}, label ${counts.skipped.label}, removed ${counts.skipped.removed}`,
    `today: ${today.runs} of ${monitor.runsPerDay} runs, ${today.cost.toFixed(4)} of ${monitor.costPerDay} USD`,
  );
  if (scores.series.length > 0)
    print(
      ...table([
        ['metric', 'version', 'runs', 'mean', 'passed'],
        ...scores.series.map(({ metric, version, total }) => [
          ...[metric, version === 0 ? 'draft' : String(version), String(total.scores)],
          ...[total.mean === null ? '' : total.mean.toFixed(3)],
          total.passed === null ? '' : `${Math.round(total.passed * 100)} %`,
        ]),
      ]),
    );
  const drifted = drift.findings.filter(({ isDrifted }) => isDrifted);
  if (drift.checkedAt === undefined)
    print(`drift: ${drift.referenceRuns} runs to compare with so far, ${drift.newRuns} newer ones`);
  else if (drifted.length === 0) print(`drift: none found (${timeOf(drift.checkedAt)})`);
  for (const finding of drifted) {
    print(`drift: ${driftText(finding)} (p ${finding.p.toPrecision(2)})`);
    print(`    since ${timeOf(finding.since ?? 0)}; runs: ${finding.examples.join(', ')}`);
  }
}

/** `heddle monitors scores`: shows the scores of a run. */
export async function showScores(run: string, { json }: JsonOption, command: Command): Promise<void> {
  const { scores } = await withClient(command, ({ api }) => api.GET('/api/runs/{id}/scores', pathOf(run)));
  if (json === true) printJson(scores);
  else if (scores.length === 0) print('No monitor has judged this run.');
  else
    print(
      ...table([
        ['metric', 'value', 'monitor', 'why'],
        ...scores.map(({ metric, value, monitor, monitorId, explanation }) => [
          ...[metric, value === undefined ? '' : String(value), monitor ?? monitorId, explanation],
        ]),
      ]),
    );
}

type Change = 'pause' | 'resume' | 'reference' | 'remove';

async function change(id: string, name: Change, { json }: JsonOption, command: Command): Promise<void> {
  const reply = await withClient<unknown>(command, ({ api }) => {
    if (name === 'pause') return api.POST('/api/monitors/{id}/pause', pathOf(id));
    if (name === 'resume') return api.POST('/api/monitors/{id}/resume', pathOf(id));
    if (name === 'reference') return api.POST('/api/monitors/{id}/reference', pathOf(id));
    return api.DELETE('/api/monitors/{id}', pathOf(id));
  });
  const said = { pause: 'paused', resume: 'goes on', reference: 'compares with its newest runs', remove: 'removed' };
  if (json === true && name !== 'remove') printJson(reply);
  else print(`${id}: ${said[name]}`);
}

/** `heddle monitors pause`. */
export const pauseMonitor = (id: string, options: JsonOption, command: Command) =>
  change(id, 'pause', options, command);
/** `heddle monitors resume`. */
export const resumeMonitor = (id: string, options: JsonOption, command: Command) =>
  change(id, 'resume', options, command);
/** `heddle monitors reference`. */
export const renewReference = (id: string, options: JsonOption, command: Command) =>
  change(id, 'reference', options, command);
/** `heddle monitors remove`. */
export const removeMonitor = (id: string, options: JsonOption, command: Command) =>
  change(id, 'remove', options, command);
