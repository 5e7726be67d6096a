import type { GrantStanding } from '@heddle/adapters/tools';
import {
  canonicalJson,
  HeddleError,
  type RegisteredTool,
  type ToolServer,
  type ToolServerSummary,
  type ToolSetting,
  type ToolStanding,
} from '@heddle/core';
import { basename } from 'node:path';

/** Names of headers and variables that contain secrets; their values must be references to secrets. */
const secretive = /auth|cookie|token|secret|password|passwd|api[-_]?key|private[-_]?key|credential/i;

/** Checks the rules for a server that the schema cannot express. Errors: `bad_request`. */
export function checkServer({ transport }: ToolServer): void {
  const settings = transport.kind === 'http' ? transport.headers : transport.environment;
  settings.forEach(checkSetting);
  const names = settings.map(({ name }) => (transport.kind === 'http' ? name.toLowerCase() : name));
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw new HeddleError('bad_request', `'${doubled}' is set twice.`);
  if (transport.kind !== 'http') return;
  const { username, password } = new URL(transport.url);
  if (username !== '' || password !== '')
    throw new HeddleError(
      'bad_request',
      'The address must not contain a name or password: use a header with a secret.',
    );
}

function checkSetting({ name, value, secret }: ToolSetting): void {
  if (/[\r\n\0]/.test(value)) throw new HeddleError('bad_request', `The value of '${name}' contains a line break.`);
  if (secret !== undefined || value === '' || !secretive.test(name)) return;
  throw new HeddleError(
    'bad_request',
    `'${name}' looks like a secret: store it as one (heddle keeps it encrypted) and name it as "secret".`,
    { details: { name } },
  );
}

/** Identifies the program or address of a server; approvals are bound to it. */
export function endpointOf({ transport }: ToolServer): string {
  return transport.kind === 'http' ? transport.url : [transport.command, ...transport.args].join(' ');
}

/** Identifies how Heddle signs in at a server; its tokens are bound to it. */
export const signInOf = ({ transport }: ToolServer): string =>
  canonicalJson(transport.kind === 'http' ? (transport.oauth ?? null) : null);

export function summaryOf(
  { transport, limits: _limits, ...server }: ToolServer,
  tools: readonly RegisteredTool[],
  activity: ToolServerSummary['activity'],
  grant: GrantStanding | undefined,
): ToolServerSummary {
  const counts: Partial<Record<ToolStanding, number>> = {};
  for (const { standing } of tools) counts[standing] = (counts[standing] ?? 0) + 1;
  const location = transport.kind === 'http' ? new URL(transport.url).host : basename(transport.command);
  const isSignedInTo = transport.kind === 'http' && transport.oauth !== undefined;
  const expiresAt = grant?.expiresAt;
  return {
    ...server,
    kind: transport.kind,
    place: location,
    activity,
    tools: counts,
    ...(isSignedInTo ? { signIn: { isNeeded: grant === undefined, expiresAt } } : {}),
  };
}
