/** The parts of a tool that the check of its name needs. */
interface NamedTool {
  readonly server: string;
  /** The server's own name for the tool. */
  readonly tool: string;
  readonly isApproved: boolean;
}

const longestName = 64;

/** The name by which models and workflows call a tool. Ids of servers contain no `_`, so the first `__` separates the two parts. */
export const toolName = (server: string, tool: string): string => `${server}__${tool.replace(/[./]/g, '_')}`;

/** The server in the name of a tool; undefined where it has none. */
export function serverOfName(name: string): string | undefined {
  const at = name.indexOf('__');
  return at <= 0 ? undefined : name.slice(0, at);
}

/** For each Latin letter, the characters that look like it. */
const confusable: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аɑα@',
    b: 'Ьв',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еє3',
    g: 'ɡ',
    h: 'һ',
    i: 'іıι',
    j: 'ј',
    k: 'κк',
    l: '1|Iӏ',
    m: 'м',
    n: 'ո',
    o: '0Oоοօ',
    p: 'рρ',
    q: 'ԛ',
    s: 'ѕ5',
    t: 'т',
    u: 'υս',
    v: 'ѵν',
    w: 'ԝ',
    x: 'хχ',
    y: 'уγ',
    z: 'ᴢ',
  }).flatMap(([letter, others]) => Array.from(others, (other) => [other, letter])),
);

/** Replaces confusable characters, so that names that look alike become equal. */
function confusableForm(name: string): string {
  return Array.from(name.normalize('NFKC'), (sign) => confusable[sign] ?? sign).join('');
}

/** Also ignores case and separators, and treats i as l: for names that appear side by side. */
const bareForm = (name: string): string =>
  confusableForm(name)
    .toLowerCase()
    .replace(/i/g, 'l')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Whether the id of a server could be mistaken for that of another. */
export const isLookalike = (id: string, other: string): boolean => id !== other && bareForm(id) === bareForm(other);

/** Why a tool must not be offered under its name; undefined if it may be. */
export function problemOfName(
  { server, tool }: NamedTool,
  others: readonly NamedTool[],
  servers: readonly string[],
): string | undefined {
  if (!/^[A-Za-z0-9_./-]+$/.test(tool)) return 'its name contains characters other than letters, digits, _, -, . and /';
  if (toolName(server, tool).length > longestName)
    return `its name with that of the server is longer than ${longestName} characters`;
  const form = bareForm(tool);
  const twin = others.find((other) => other.server === server && other.tool !== tool && bareForm(other.tool) === form);
  if (twin !== undefined) return `it is named like '${twin.tool}' of the same server`;
  const owner = servers.find((id) => id !== server && confusableForm(tool).startsWith(`${confusableForm(id)}__`));
  if (owner !== undefined) return `it is named like a tool of the server '${owner}'`;
  const imitated = others.find(
    (other) =>
      other.isApproved &&
      other.server !== server &&
      other.tool !== tool &&
      confusableForm(other.tool) === confusableForm(tool),
  );
  return imitated === undefined
    ? undefined
    : `it looks like '${imitated.tool}' of the server '${imitated.server}', but is another tool`;
}
