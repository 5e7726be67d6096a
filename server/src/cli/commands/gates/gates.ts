import { HeddleError, parseJson, SetGateRequest, mostValues, type GateReport, type GateRuleResult } from '@heddle/core';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import type { Client } from '../../client/http-call.js';
import { endProgress, print, printJson, printToStderr, showProgress, table } from '../../output.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { junitXml } from '../runs/junit.js';
import { figureText, gateLines } from './gate-lines.js';

const pollMs = 300;
const isOpen = ({ rules }: GateReport): boolean => rules.some(({ state }) => state === 'running');

/** `heddle gate`: runs the checks that have no result for the draft yet, and waits for them. Exit code 1 if the draft does not pass. */
export async function runGate(
  workflow: string,
  options: JsonOption & { readonly run: boolean; readonly again: readonly string[]; readonly junit?: string },
  command: Command,
): Promise<void> {
  const params = { path: { id: workflow } };
  const started = performance.now();
  const report = await withClient(command, async (client) => {
    if (!options.run) return client.api.GET('/api/workflows/{id}/gate', { params });
    const first = await client.api.POST('/api/workflows/{id}/gate/run', {
      params,
      body: { again: [...options.again] },
    });
    return waitForRules(client, first);
  });
  if (options.junit !== undefined)
    await writeFile(
      options.junit,
      junitXml(`gate of ${workflow}`, report.rules.map(caseOf(performance.now() - started))),
    );
  if (options.json === true) printJson(report);
  else print(...gateLines(report));
  if (!report.isPassed) process.exitCode = 1;
}

/** `heddle gates list`: lists the rules of the project. */
export async function listRules({ json }: JsonOption, command: Command): Promise<void> {
  const gate = await withClient(command, ({ api }) => api.GET('/api/gate'));
  if (json === true) printJson(gate);
  else if (gate.rules.length === 0) print('The project has no gate: heddle gates set FILE gives it rules.');
  else
    print(
      ...table([
        ['id', 'kind', 'for', 'title'],
        ...gate.rules.map(({ id, kind, workflows, title }) => [
          ...[id, kind, workflows.length === 0 ? 'every workflow' : workflows.join(', ')],
          title,
        ]),
      ]),
    );
  for (const { rule, message } of gate.problems) printToStderr(`${rule}: ${message}`);
}

/** `heddle gates set`: replaces the rules with those in a file, in the format of `heddle gates list --json`. */
export async function setRules(file: string, { json }: JsonOption, command: Command): Promise<void> {
  const given = parseJson(await readFile(file, 'utf8').catch(unreadable(file)), mostValues.usual);
  const rules: unknown = Array.isArray(given) ? given : Reflect.get(Object(given) as object, 'rules');
  const body = parseArgument(SetGateRequest, { rules }, file);
  const gate = await withClient(command, ({ api }) => api.PUT('/api/gate', { body }));
  if (json === true) printJson(gate);
  else print(`The gate has ${gate.rules.length === 1 ? '1 rule' : `${gate.rules.length} rules`} now.`);
}

const unreadable =
  (file: string) =>
  (cause: unknown): never => {
    throw new HeddleError('file_unreadable', `${file} cannot be read: name a JSON file with the rules.`, { cause });
  };

async function waitForRules({ api }: Client, first: GateReport): Promise<GateReport> {
  let report = first;
  while (isOpen(report)) {
    const running = report.rules.filter(({ state }) => state === 'running');
    showProgress(
      running.map(({ title, progress }) => `${title}: ${progress?.done ?? 0} of ${progress?.total ?? 0}`).join(', '),
    );
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    report = await api.GET('/api/workflows/{id}/gate', { params: { path: { id: report.workflowId } } });
  }
  endProgress();
  return report;
}

const caseOf =
  (ms: number) =>
  ({ title, state, figures, message }: GateRuleResult, _at: number, all: readonly unknown[]) => ({
    name: title,
    ms: ms / all.length,
    failures:
      state === 'passed'
        ? []
        : [
            ...(message === undefined ? [] : [message]),
            ...figures.filter(({ isPassed }) => !isPassed).map(figureText),
            ...(message === undefined && figures.length === 0 ? [state] : []),
          ],
  });
