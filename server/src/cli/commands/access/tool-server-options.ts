import { HeddleError, type ToolServer, type ToolSetting } from '@heddle/core';
import type { z } from 'zod';

export interface AddToolOptions {
  readonly url?: string;
  readonly header: readonly string[];
  readonly env: readonly string[];
  readonly folder?: string;
  readonly inside?: true;
  readonly signIn?: true;
  readonly clearance?: string;
  readonly label?: string;
  readonly local?: true;
  readonly title?: string;
  readonly samplingModel?: string;
}

/** The tool server that a command line describes. Errors: `usage`. */
export function toolServerOf(id: string, argv: readonly string[], options: AddToolOptions): unknown {
  const { url, header, env, folder, inside, signIn, clearance, label, local, title, samplingModel } = options;
  const [command, ...args] = argv;
  if ((url === undefined) === (command === undefined))
    throw new HeddleError('usage', 'Give either an address with --url, or a command after --.');
  const transport: z.input<typeof ToolServer>['transport'] =
    url === undefined
      ? {
          kind: 'stdio',
          command: command ?? '',
          args,
          environment: env.map((text) => settingOf(text, '--env')),
          folder,
        }
      : {
          kind: 'http',
          url,
          isInside: inside === true,
          headers: header.map((text) => settingOf(text, '--header')),
          ...(signIn === true ? { oauth: {} } : {}),
        };
  return {
    id,
    transport,
    isLocal: local === true,
    title,
    clearance,
    label,
    sampling: samplingModel === undefined ? undefined : { model: samplingModel },
  };
}

/** Parses `name=value`; `{secret:NAME}` at the end refers to a stored secret. */
function settingOf(text: string, option: string): z.input<typeof ToolSetting> {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined)
    throw new HeddleError(
      'usage',
      `${option} takes name=value; '{secret:NAME}' at its end stands for a stored secret.`,
    );
  const [, before, secret] = /^(.*)\{secret:([^}]+)\}$/s.exec(value) ?? [];
  return secret === undefined ? { name, value } : { name, value: before ?? '', secret };
}
