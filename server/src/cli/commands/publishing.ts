import { HeddleError, shareOf, type PublishCheck, type VersionsReply, type WorkflowVersion } from '@heddle/core';
import type { Command } from 'commander';
import { issueLine, print, printJson, printToStderr, table } from '../output.js';
import { withClient } from './context.js';
import { gateLines } from './gates/gate-lines.js';
import { testLines } from './test-workflow.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle publish`: publishes the next version. Exit code 1 if something prevents that. */
export async function publish(
  workflow: string,
  options: JsonOption & {
    readonly note?: string;
    readonly acceptDataMap?: true;
    readonly check?: true;
    readonly live: boolean;
    readonly canary?: number;
    readonly replyClearance?: string;
    readonly overrideGate?: string;
  },
  command: Command,
): Promise<void> {
  if (options.canary !== undefined && options.canary > 99)
    throw new HeddleError('usage', '--canary is a share in percent, from 1 to 99.');
  const params = { path: { id: workflow } };
  await withClient(command, async ({ api }) => {
    const check = await api.POST('/api/workflows/{id}/publish/check', { params, body: {} });
    const isAccepted = options.acceptDataMap === true || check.isDataMapAccepted;
    const isReady = check.isReady && (check.gate?.isPassed !== false || options.overrideGate !== undefined);
    if (options.check === true || !isReady || !isAccepted) {
      report(check, options.json === true);
      if (!isReady || (options.check !== true && !isAccepted)) process.exitCode = 1;
      return;
    }
    const version = await api.POST('/api/workflows/{id}/publish', {
      params,
      body: {
        note: options.note,
        acceptDataMap: check.dataMapHash,
        goLive: options.live,
        replyClearance: options.replyClearance,
        canary: options.canary === undefined ? undefined : { share: options.canary / 100 },
        overrideGate: overrideOf(options),
      },
    });
    if (options.json === true) printJson(version);
    else print(`${workflow}: version ${version.version}, ${version.hash}`);
  });
}

const overrideOf = ({ overrideGate: reason }: { readonly overrideGate?: string }) =>
  reason === undefined ? undefined : { reason };

/** `heddle versions`. */
export async function versions(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const reply = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/versions', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(reply);
  else
    print(...table([['version', 'published', 'author', 'state', 'gate', 'note'], ...reply.versions.map(rowOf(reply))]));
}

/** `heddle rollback`: makes another version the live one, by default the one before it. */
export async function rollback(
  workflow: string,
  version: string | undefined,
  options: JsonOption & { readonly overrideGate?: string },
  command: Command,
): Promise<void> {
  if (version !== undefined && !/^[1-9]\d*$/.test(version))
    throw new HeddleError('usage', `'${version}' is not a version: give its number, as heddle versions lists it.`);
  const reply = await withClient(command, async ({ api }) => {
    const params = { path: { id: workflow } };
    const known = await api.GET('/api/workflows/{id}/versions', { params });
    const to = version === undefined ? before(known, workflow) : Number(version);
    return api.POST('/api/workflows/{id}/live', {
      params,
      body: { live: { version: to }, overrideGate: overrideOf(options) },
    });
  });
  if (options.json === true) printJson(reply);
  else print(`${workflow}: version ${reply.live?.version} is live`);
}

function before({ versions: known, live }: VersionsReply, workflow: string): number {
  const earlier = known.find(({ version }) => live !== undefined && version < live.version);
  if (earlier === undefined)
    throw new HeddleError('version_not_found', `'${workflow}' has no version before the live one.`);
  return earlier.version;
}

function report(check: PublishCheck, isJson: boolean): void {
  if (isJson) {
    printJson(check);
    return;
  }
  if (check.diff !== undefined) print(check.isChanged ? check.diff : 'Nothing has changed since the live version.');
  for (const issue of check.issues) printToStderr(`${issue.severity}: ${issueLine(issue)}`);
  if (check.tests !== undefined) print(...testLines(check.tests));
  if (check.gate !== undefined) print(...gateLines(check.gate));
  print('Where the data goes:');
  for (const { node, destination, kind, level } of check.dataMap)
    print(`  ${node} → ${destination} (${kind}, ${level} at most)`);
  if (check.dataMap.length === 0) print('  nowhere outside');
  if (!check.isReady) printToStderr('Not ready: fix what is listed above.');
  else if (check.gate?.isPassed === false)
    printToStderr(
      'The gate does not pass: heddle gate WORKFLOW runs what is missing. --override-gate "REASON" publishes past it.',
    );
  else if (!check.isDataMapAccepted) printToStderr('If the data may go there, publish with --accept-data-map.');
}

const rowOf =
  ({ live }: VersionsReply) =>
  ({ version, publishedAt, author, note, gate }: WorkflowVersion): string[] => [
    String(version),
    new Date(publishedAt).toISOString(),
    author,
    version === live?.version
      ? 'live'
      : live !== undefined && shareOf(live, version) > 0
        ? `${Math.round(shareOf(live, version) * 100)}% of callers`
        : '',
    gate?.state ?? '',
    note,
  ];
