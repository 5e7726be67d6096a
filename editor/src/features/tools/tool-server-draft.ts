import { ToolServer, type LabelLevel, type ToolSetting } from '@heddle/core';

/** A header or environment variable as the form holds it. */
export interface SettingDraft {
  readonly name: string;
  readonly value: string;
  readonly secret: string;
}

/** A tool server as the form holds it. */
export interface ToolServerDraft {
  readonly id: string;
  readonly title: string;
  readonly kind: 'http' | 'stdio';
  readonly url: string;
  readonly isInside: boolean;
  /** Whether the server needs an OAuth sign-in. Without it, the other OAuth fields are ignored. */
  readonly isSignedInTo: boolean;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly command: string;
  /** Arguments, one per line. */
  readonly args: string;
  readonly folder: string;
  readonly settings: readonly SettingDraft[];
  readonly clearance: LabelLevel;
  readonly label: LabelLevel;
  readonly isLocal: boolean;
  readonly zone: string;
  readonly isEnabled: boolean;
  /** The model that the server may call; empty for none. Without a model, the limits are ignored. */
  readonly samplingModel: string;
  readonly samplingTokens: number | undefined;
  readonly samplingCalls: number | undefined;
  /** The form does not show these settings and keeps them unchanged. */
  readonly limits: ToolServer['limits'] | undefined;
}

export const emptyDraft: ToolServerDraft = {
  id: '',
  title: '',
  kind: 'http',
  url: '',
  isInside: false,
  isSignedInTo: false,
  command: '',
  args: '',
  folder: '',
  settings: [],
  clientId: '',
  clientSecret: '',
  scope: '',
  clearance: 'internal',
  label: 'internal',
  isLocal: false,
  zone: '',
  isEnabled: true,
  limits: undefined,
  samplingModel: '',
  samplingTokens: undefined,
  samplingCalls: undefined,
};

/** An example: a server that reads and writes the files in one folder of this machine. */
export const exampleDraft: ToolServerDraft = {
  ...emptyDraft,
  id: 'files',
  title: 'Files of a folder',
  kind: 'stdio',
  isLocal: true,
  command: 'npx',
  args: '-y\n@modelcontextprotocol/server-filesystem\n/path/to/the/folder',
};

/** The form of an existing server. */
export function draftOf({ transport, sampling, ...server }: ToolServer): ToolServerDraft {
  const settings = (transport.kind === 'http' ? transport.headers : transport.environment).map(
    ({ name, value, secret }) => ({ name, value, secret: secret ?? '' }),
  );
  return {
    ...emptyDraft,
    ...server,
    kind: transport.kind,
    settings,
    samplingModel: sampling?.model ?? '',
    samplingTokens: sampling?.maxTokens,
    samplingCalls: sampling?.maxCalls,
    ...(transport.kind === 'http'
      ? {
          url: transport.url,
          isInside: transport.isInside,
          isSignedInTo: transport.oauth !== undefined,
          ...transport.oauth,
        }
      : { command: transport.command, args: transport.args.join('\n'), folder: transport.folder ?? '' }),
  };
}

/** Reads a form into a server, or into errors by field. */
export function readDraft(
  draft: ToolServerDraft,
):
  | { readonly ok: true; readonly server: ToolServer }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> } {
  const settings = draft.settings
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, value, secret }): ToolSetting => ({
      name: name.trim(),
      value,
      ...(secret === '' ? {} : { secret }),
    }));
  const parsed = ToolServer.safeParse({
    id: draft.id.trim(),
    title: draft.title.trim(),
    clearance: draft.clearance,
    label: draft.label,
    isLocal: draft.isLocal,
    isEnabled: draft.isEnabled,
    limits: draft.limits,
    ...(draft.zone.trim() === '' ? {} : { zone: draft.zone.trim() }),
    ...(draft.samplingModel.trim() === '' ? {} : { sampling: samplingOf(draft) }),
    transport:
      draft.kind === 'http'
        ? {
            kind: 'http',
            url: draft.url.trim(),
            headers: settings,
            isInside: draft.isInside,
            ...(draft.isSignedInTo ? { oauth: oauthOf(draft) } : {}),
          }
        : {
            kind: 'stdio',
            command: draft.command.trim(),
            environment: settings,
            args: draft.args.split('\n').filter((line) => line !== ''),
            ...(draft.folder.trim() === '' ? {} : { folder: draft.folder.trim() }),
          },
  });
  if (parsed.success) return { ok: true, server: parsed.data };
  return {
    ok: false,
    errors: Object.fromEntries(parsed.error.issues.map(({ path, message }) => [fieldOf(path), message])),
  };
}

function oauthOf({ clientId, clientSecret, scope }: ToolServerDraft): object {
  const filled = Object.entries({ clientId, clientSecret, scope }).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(filled.map(([name, value]) => [name, value.trim()]));
}

/** The sampling settings. The schema fills in limits that are not set. */
const samplingOf = ({ samplingModel, samplingTokens, samplingCalls }: ToolServerDraft): object => ({
  model: samplingModel.trim(),
  maxTokens: samplingTokens,
  maxCalls: samplingCalls,
});

const samplingFields: Readonly<Record<string, string>> = {
  model: 'samplingModel',
  maxTokens: 'samplingTokens',
  maxCalls: 'samplingCalls',
};

/** The field of the form at which an error is shown. */
function fieldOf(path: readonly PropertyKey[]): string {
  const [first, second] = path.map(String);
  if (first === 'sampling') return samplingFields[second ?? ''] ?? 'samplingModel';
  if (first !== 'transport') return first ?? 'id';
  return second === 'headers' || second === 'environment' ? 'settings' : (second ?? 'url');
}
