import { LabelLevel, NetworkZone, Role } from '@heddle/core';
import { resolve } from 'node:path';

/** Parses a setting; throws an Error whose message says what is allowed. */
export interface SettingParser<T> {
  parse(text: string): T;
  /** The allowed values, for the table in the documentation. */
  readonly allowed: string;
}

/** Any text. */
export const text: SettingParser<string> = { allowed: 'text', parse: (value) => value };

/** A folder or file; a relative path starts at the working directory. */
export const path: SettingParser<string> = { allowed: 'path', parse: (value) => resolve(value) };

/** A comma-separated list. */
export const list: SettingParser<readonly string[]> = {
  allowed: 'list, separated by commas',
  parse: (value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
};

/** A comma-separated list of some of the options. Each may occur once, and at least one must. */
export function someOf<const Option extends string>(options: readonly Option[]): SettingParser<readonly Option[]> {
  return {
    allowed: `list of ${options.join(', ')}`,
    parse: (value) => {
      const given = new Set(list.parse(value.toLowerCase()));
      const found = options.filter((option) => given.has(option));
      if (found.length === 0 || found.length !== given.size)
        throw new Error(`must be one or more of ${options.join(', ')}, separated by commas`);
      return found;
    },
  };
}

/** Names of network zones, separated by commas. */
export const zones: SettingParser<readonly string[]> = {
  allowed: 'list of names',
  parse: (value) =>
    list.parse(value).map((name) => {
      const parsed = NetworkZone.safeParse(name);
      if (!parsed.success) throw new Error('must be names of lower-case letters, digits and -, separated by commas');
      return parsed.data;
    }),
};

/** HTTP headers: `name=value`, separated by commas; values can be percent-encoded. */
export const headers: SettingParser<Readonly<Record<string, string>>> = {
  allowed: 'name=value, separated by commas',
  parse: (value) =>
    Object.fromEntries(
      list.parse(value).map((entry) => {
        const [, name, encoded] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(.+)$/.exec(entry) ?? [];
        try {
          if (name === undefined || encoded === undefined) throw new Error('no header');
          return [name, new Headers([[name, decodeURIComponent(encoded)]]).get(name) ?? ''];
        } catch {
          throw new Error('must be name=value, separated by commas, each value percent-encoded where needed');
        }
      }),
    ),
};

/** An http or https address without user and password. */
export const address: SettingParser<string> = {
  allowed: 'http or https address',
  parse: (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '') {
      throw new Error('must be an http or https address without a user name');
    }
    return value.replace(/\/$/, '');
  },
};

/** The address of a Postgres database, with user and password. The message does not repeat it. */
export const postgresAddress: SettingParser<string> = {
  allowed: 'postgres address',
  parse: (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^postgres(?:ql)?:$/.test(url.protocol))
      throw new Error('must be an address as postgres://user:password@host:5432/database');
    return value;
  },
};

/** The address of a Redis server, with user and password. The message does not repeat it. */
export const redisAddress: SettingParser<string> = {
  allowed: 'redis address',
  parse: (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.host === '')
      throw new Error('must be an address as redis://user:password@host:6379, or rediss://… for TLS');
    return value;
  },
};

/** The address of a bucket, with keys. The message does not repeat it. */
export const bucketAddress: SettingParser<string> = {
  allowed: 'bucket address',
  parse: (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || url.protocol !== 's3:' || url.host === '')
      throw new Error('must be an address as s3://key:secret@bucket/prefix?endpoint=https://host:port&region=name');
    return value;
  },
};

/** An integer in a range. */
export function integer(least: number, most: number): SettingParser<number> {
  return {
    allowed: `whole number from ${least} to ${most}`,
    parse: (value) => {
      const number = /^\d+$/.test(value) ? Number(value) : NaN;
      if (!(number >= least && number <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
      return number;
    },
  };
}

/** A number in a range, such as `0.5`. */
export function number(least: number, most: number): SettingParser<number> {
  return {
    allowed: `number from ${least} to ${most}`,
    parse: (value) => {
      const found = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN;
      if (!(found >= least && found <= most)) throw new Error(`must be a number from ${least} to ${most}`);
      return found;
    },
  };
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
};

const mostBytes = 1024 ** 4;

/** A number of bytes, such as `10mb`. */
export const bytes: SettingParser<number> = {
  allowed: 'bytes, such as 500kb or 10mb',
  parse: (value) => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
    const unit = units[(match?.[2] ?? '').toLowerCase()];
    if (match?.[1] === undefined || unit === undefined)
      throw new Error('must be a number of bytes such as 500kb or 10mb');
    const count = Math.round(Number(match[1]) * unit);
    if (count > mostBytes) throw new Error('must be at most 1024gb');
    return count;
  },
};

/** Exactly one of the options. */
export function choice<const Options extends readonly [string, ...string[]]>(
  options: Options,
): SettingParser<Options[number]> {
  return {
    allowed: options.join(', '),
    parse: (value) => {
      const found = options.find((option) => option === value.toLowerCase());
      if (found === undefined) throw new Error(`must be one of ${options.join(', ')}`);
      return found;
    },
  };
}

/** Days for each label level, such as `internal=30, restricted=0`; levels that are not named get the default. */
export function daysByLevel(usual: Readonly<Record<LabelLevel, number>>): SettingParser<typeof usual> {
  return {
    allowed: 'days by label, such as internal=30, restricted=0',
    parse: (value) => {
      const given: Partial<Record<LabelLevel, number>> = {};
      for (const entry of list.parse(value)) {
        const match = /^(\w+)\s*=\s*(\d{1,5})$/.exec(entry);
        const level = LabelLevel.safeParse(match?.[1]);
        if (!level.success) throw new Error('must be days by label, such as internal=30, restricted=0');
        given[level.data] = Number(match?.[2]);
      }
      return { ...usual, ...given };
    },
  };
}

/** Roles of groups, such as `admins=owner, *=viewer`; a group can occur more than once. */
export const rolesByGroup: SettingParser<readonly { readonly group: string; readonly role: Role }[]> = {
  allowed: 'roles by group, such as admins=owner, *=viewer',
  parse: (value) =>
    list.parse(value).map((entry) => {
      const split = entry.lastIndexOf('=');
      const group = entry.slice(0, split).trim();
      const role = Role.safeParse(entry.slice(split + 1).trim());
      if (split < 1 || group === '' || !role.success)
        throw new Error('must be roles by group, such as admins=owner, *=viewer');
      return { group, role: role.data };
    }),
};
