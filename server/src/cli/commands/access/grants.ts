import { GrantKind, SetGrantRequest, type GrantUse } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, printToStderr, table } from '../../output.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

/** `heddle grants`: lists the grants; the owner of a collection comes first. */
export async function listGrants(options: JsonOption, command: Command): Promise<void> {
  const { grants } = await withClient(command, ({ api }) => api.GET('/api/grants'));
  if (options.json === true) printJson(grants);
  else
    print(
      ...table([
        ['kind', 'id', 'projects', 'used by'],
        ...grants.map(({ kind, id, owner, projects, uses }) => [
          ...[kind, id],
          [...(owner === undefined ? [] : [`${owner} (owner)`]), ...projects].join(', '),
          uses.map(usageText).join(', '),
        ]),
      ]),
    );
}

/** `heddle grants set`: sets the projects of a grant, and names the live versions that can no longer be called. */
export async function setGrant(
  kind: string,
  id: string,
  projects: readonly string[],
  options: JsonOption,
  command: Command,
): Promise<void> {
  const of = parseArgument(GrantKind, kind, 'The kind');
  const request = parseArgument(SetGrantRequest, { projects }, 'The grant');
  const set = await withClient(command, ({ api }) =>
    api.PUT('/api/grants/{kind}/{id}', { params: { path: { kind: of, id } }, body: request }),
  );
  if (options.json === true) printJson(set);
  else {
    const may = [...(set.owner === undefined ? [] : [set.owner]), ...set.projects];
    print(`The ${kind} ${id} may be used in: ${may.join(', ')}.`);
    for (const use of set.breaks) printToStderr(`${usageText(use)} in ${use.project} cannot be called any more.`);
  }
}

const usageText = ({ slug, version }: GrantUse): string =>
  version === undefined ? `${slug} (draft)` : `${slug} (version ${version})`;
