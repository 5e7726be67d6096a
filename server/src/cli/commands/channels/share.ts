import { configOf, CreatedShareReply, ShareConfig } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readTime } from '../../read-time.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { addressOf, withClient } from '../context.js';
import { channelById, timeOf } from './channels.js';

interface ShareOptions extends JsonOption {
  readonly kind?: string;
  readonly title?: string;
  readonly greeting?: string;
  readonly example: readonly string[];
  readonly theme?: string;
  readonly accent?: string;
  readonly pin?: number;
  readonly members?: true;
  readonly origin: readonly string[];
  readonly rate?: number;
  readonly perDay?: number;
  /** In MB. */
  readonly uploadPerDay?: number;
  /** In MB. */
  readonly uploadPerUser?: number;
  readonly budget?: number;
  readonly clearance?: string;
  readonly expires?: string;
}

/** `heddle share list`. */
export async function listShares(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { shares } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/shares', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(shares);
  else if (shares.length === 0) print(`'${workflow}' has no share links.`);
  else
    print(
      ...table([
        ['id', 'name', 'kind', 'for', 'today', 'uploaded', 'expires', 'state'],
        ...shares.map((share) => [
          share.id,
          share.name,
          share.kind,
          share.audience,
          `${share.runsToday} of ${share.runsPerDay}`,
          `${megabytes(share.uploadedToday)} of ${megabytes(share.uploadBytesPerDay)} MB`,
          timeOf(share.expiresAt),
          share.isPaused ? 'paused' : 'open',
        ]),
      ]),
    );
}

/** `heddle share create`. */
export async function createShare(
  workflow: string,
  name: string,
  options: ShareOptions,
  command: Command,
): Promise<void> {
  const config = parseArgument(ShareConfig, shareBodyOf(name, options), 'the link');
  const share = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/shares', { params: { path: { id: workflow } }, body: config }),
  );
  printShare(share, options, command);
}

/** `heddle share renew`. */
export async function renewShare(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  const share = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/shares/{share}/renew', { params: { path: { id: workflow, share: id } } }),
  );
  printShare(share, options, command);
}

/** `heddle share pause|resume`. */
export async function pauseShare(
  workflow: string,
  id: string,
  isPaused: boolean,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const changed = await withClient(command, async ({ api }) => {
    const found = channelById(
      (await api.GET('/api/workflows/{id}/shares', { params: { path: { id: workflow } } })).shares,
      id,
    );
    const config = { ...configOf(ShareConfig, found), isPaused };
    return api.PUT('/api/workflows/{id}/shares/{share}', {
      params: { path: { id: workflow, share: id } },
      body: config,
    });
  });
  if (options.json === true) printJson(changed);
  else print(`${changed.name}: ${isPaused ? 'paused' : 'open again'}`);
}

/** `heddle share revoke`. */
export async function revokeShare(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) =>
    api.DELETE('/api/workflows/{id}/shares/{share}', { params: { path: { id: workflow, share: id } } }),
  );
  if (options.json === true) printJson({ revoked: id });
  else print(`${id} is revoked: the link no longer works`);
}

/** The options as the API expects them. Errors: `usage`. */
function shareBodyOf(name: string, options: ShareOptions): object {
  const { kind, title, greeting, theme, accent, pin, members, rate, perDay, budget, clearance, expires } = options;
  return {
    name,
    kind,
    title,
    greeting,
    theme,
    accent,
    clearance,
    examples: options.example,
    origins: options.origin,
    version: pin,
    audience: members === true ? 'members' : undefined,
    ratePerMinute: rate,
    runsPerDay: perDay,
    uploadBytesPerDay: bytesOf(options.uploadPerDay),
    uploadBytesPerUser: bytesOf(options.uploadPerUser),
    budget: budget === undefined ? undefined : { money: budget },
    expiresAt: readTime(expires, '--expires'),
  };
}

const bytesOf = (given: number | undefined): number | undefined =>
  given === undefined ? undefined : Math.round(given * 1e6);
const megabytes = (bytes: number): string => String(Math.round(bytes / 1e5) / 10);

function printShare(share: CreatedShareReply, options: JsonOption, command: Command): void {
  if (options.json === true) {
    printJson(share);
    return;
  }
  const origin = addressOf(command);
  print(`id     ${share.id}`, `kind   ${share.kind}`, `link   ${origin}${share.path}`);
  if (share.origins.length > 0)
    print(`embed  <script src="${origin}/embed.js" data-token="${share.token}" async></script>`);
  print('Keep the link now: it is not shown again.');
}
