import { z } from 'zod';

/** Columns with a meaning. */
export const meanings: ReadonlySet<string> = new Set(['id', 'text', 'title', 'url', 'modified', 'deleted']);

export const SqlConfig = z.strictObject({
  database: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .refine(isDatabase, {
      error:
        'Write postgres://USER@HOST:5432/DATABASE or mysql://USER@HOST:3306/DATABASE without a password, or a path in an allowed folder',
    })
    .meta({
      title: 'Database',
      description:
        'postgres://USER@HOST:5432/DATABASE or mysql://USER@HOST:3306/DATABASE, with the password as the secret, or a SQLite file in a folder that an administrator allowed (HEDDLE_FILES).',
    }),
  query: z.string().trim().min(1).max(20_000).meta({
    title: 'Query',
    widget: 'code',
    description:
      'One SELECT with the columns id and text, and if you like title, url, modified and deleted. Other columns become metadata.',
  }),
  readersColumn: z
    .string()
    .trim()
    .max(200)
    .refine((name) => !meanings.has(name), {
      error: 'Name a column of its own: this one has another meaning',
    })
    .default('')
    .meta({
      title: 'Readers column',
      description:
        'The column of the query that says who may read a row: a JSON array, an array of Postgres, or names with commas between, such as oidc-group:Legal, user:ada@example.org. NULL: the readers of the source. An empty list: nobody.',
    }),
  format: z
    .enum(['plain', 'markdown', 'html'])
    .default('plain')
    .meta({
      title: 'Format',
      labels: { plain: 'Plain text', markdown: 'Markdown', html: 'HTML' },
      description: 'The format of the column text.',
    }),
  rows: z
    .enum(['all', 'modified'])
    .default('all')
    .meta({
      title: 'Each sync',
      labels: { all: 'Reads all rows', modified: 'Reads rows that changed' },
      description:
        'All rows (all): documents whose row is missing are removed. Rows that changed (modified): rows with a newer column modified are read, and those with a true column deleted are removed.',
    }),
  overlap: z.int().min(0).max(31_536_000).default(300).meta({
    title: 'Overlap',
    description:
      'How many seconds before the newest modified value of the last sync are read again, for transactions that commit late; if modified is a number, the difference of the values.',
  }),
  maxRows: z.int().min(1).max(5_000_000).default(100_000).meta({
    title: 'Most rows',
    description: 'The sync fails if the query has more rows.',
  }),
  timeoutSeconds: z.int().min(1).max(3_600).default(120).meta({
    title: 'Most seconds',
    description: 'A query that runs longer is stopped.',
  }),
  tls: z
    .enum(['verify', 'unverified', 'off'])
    .default('verify')
    .meta({
      title: 'TLS',
      labels: { verify: 'The certificate is checked', unverified: 'Any certificate', off: 'No encryption' },
      description: 'How a server is reached: verify, unverified or off.',
    }),
});
export type SqlConfig = z.infer<typeof SqlConfig>;

/** The address of a database server. */
export interface ServerAddress {
  readonly kind: 'postgres' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** For secrets, which are bound to hosts. */
  readonly url: URL;
}

/** The kinds of servers by the scheme of the address. MariaDB uses the protocol of MySQL. */
const servers = { postgres: /^postgres(?:ql)?:/i, mysql: /^(?:mysql|mariadb):/i } as const;
const ports = { postgres: 5432, mysql: 3306 } as const;

const kindOf = (text: string): ServerAddress['kind'] | undefined =>
  (['postgres', 'mysql'] as const).find((kind) => servers[kind].test(text));

/** Parses the address of a server; undefined for a file. */
export function serverOf({ database }: Pick<SqlConfig, 'database'>): ServerAddress | undefined {
  const kind = kindOf(database);
  if (kind === undefined) return undefined;
  const url = new URL(database);
  return {
    kind,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? ports[kind] : Number(url.port),
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    url,
  };
}

function isDatabase(text: string): boolean {
  if (/\p{Cc}/u.test(text)) return false;
  if (kindOf(text) === undefined) return !text.includes('://') && !/^file:/i.test(text) && text !== ':memory:';
  if (!URL.canParse(text)) return false;
  const { hostname, username, password, search, hash, pathname } = new URL(text);
  return (
    [password, search, hash].every((part) => part === '') &&
    [hostname, username].every((part) => part !== '') &&
    /^\/[^/%]+$/.test(pathname) &&
    !/%(?![0-9a-f]{2})/i.test(username)
  );
}
