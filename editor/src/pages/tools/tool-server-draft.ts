import { ToolServer, type LabelLevel, type ToolSetting } from '@heddle/core';

/** A header or variable while it is being written. */
export interface SettingDraft {
  readonly name: string;
  readonly value: string;
  readonly secret: string;
}

/** A tool server while it is being written. */
export interface ToolServerDraft {
  readonly id: string;
  readonly title: string;
  readonly kind: 'http' | 'stdio';
  readonly url: string;
  readonly isInside: boolean;
  /** Signed in to by OAuth; the rest counts only then. */
  readonly isSignedInTo: boolean;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly command: string;
  /** One a line. */
  readonly args: string;
  readonly folder: string;
  readonly settings: readonly SettingDraft[];
  readonly ceiling: LabelLevel;
  readonly label: LabelLevel;
  readonly isLocal: boolean;
  readonly isEnabled: boolean;
  /** What the form does not show stays as it is. */
  readonly limits: ToolServer['limits'] | undefined;
}

export const emptyDraft: ToolServerDraft = {
  ...{
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
  },
  ...{ clientId: '', clientSecret: '', scope: '' },
  ...{ ceiling: 'internal', label: 'internal', isLocal: false, isEnabled: true, limits: undefined },
};

/** A stored server as a draft. */
export function draftOf({ transport, ...server }: ToolServer): ToolServerDraft {
  const settings = (transport.kind === 'http' ? transport.headers : transport.environment).map(
    ({ name, value, secret }) => ({ name, value, secret: secret ?? '' }),
  );
  return {
    ...emptyDraft,
    ...server,
    kind: transport.kind,
    settings,
    ...(transport.kind === 'http'
      ? {
          ...{ url: transport.url, isInside: transport.isInside, isSignedInTo: transport.oauth !== undefined },
          ...transport.oauth,
        }
      : { command: transport.command, args: transport.args.join('\n'), folder: transport.folder ?? '' }),
  };
}

/** Reads a draft: the server, or what is wrong by field. */
export function readDraft(
  draft: ToolServerDraft,
):
  | { readonly ok: true; readonly server: ToolServer }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> } {
  const settings = draft.settings
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, value, secret }): ToolSetting => ({
      ...{ name: name.trim(), value },
      ...(secret === '' ? {} : { secret }),
    }));
  const parsed = ToolServer.safeParse({
    ...{ id: draft.id.trim(), title: draft.title.trim(), ceiling: draft.ceiling, label: draft.label },
    ...{ isLocal: draft.isLocal, isEnabled: draft.isEnabled },
    ...(draft.limits === undefined ? {} : { limits: draft.limits }),
    transport:
      draft.kind === 'http'
        ? {
            ...{ kind: 'http', url: draft.url.trim(), headers: settings, isInside: draft.isInside },
            ...(draft.isSignedInTo ? { oauth: oauthOf(draft) } : {}),
          }
        : {
            ...{ kind: 'stdio', command: draft.command.trim(), environment: settings },
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

/** What was left empty is left out. */
function oauthOf({ clientId, clientSecret, scope }: ToolServerDraft): object {
  const filled = Object.entries({ clientId, clientSecret, scope }).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(filled.map(([name, value]) => [name, value.trim()]));
}

/** The field of the form where a problem shows. */
function fieldOf(path: readonly PropertyKey[]): string {
  const [first, second] = path.map(String);
  if (first !== 'transport') return first ?? 'id';
  return second === 'headers' || second === 'environment' ? 'settings' : (second ?? 'url');
}
