/** A tool as its name is judged. */
interface NamedTool {
  readonly server: string;
  /** What the server calls it. */
  readonly tool: string;
  readonly isApproved: boolean;
}

const longestName = 64;

/** What models and workflows call a tool. Ids of servers hold no `_`, so the first `__` parts the two. */
export const toolName = (server: string, tool: string): string => `${server}__${tool.replace(/[./]/g, '_')}`;

/** The server in the name of a tool; undefined where it has none. */
export function serverOfName(name: string): string | undefined {
  const at = name.indexOf('__');
  return at <= 0 ? undefined : name.slice(0, at);
}

/** Latin letters that others, and digits, are taken for. */
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

/** The form of a name without confusable characters: names with the same form are taken for each other. */
function confusableForm(name: string): string {
  return Array.from(name.normalize('NFKC'), (sign) => confusable[sign] ?? sign).join('');
}

/** The form without case and separators, and with i as l: for names that stand side by side. */
const bareForm = (name: string): string =>
  confusableForm(name)
    .toLowerCase()
    .replace(/i/g, 'l')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Whether the id of a server could be taken for that of another. */
export const isLookalike = (id: string, other: string): boolean => id !== other && bareForm(id) === bareForm(other);

/** Why a tool must not be offered under its name; undefined where it may. */
export function problemOfName(
  { server, tool }: NamedTool,
  others: readonly NamedTool[],
  servers: readonly string[],
): string | undefined {
  if (!/^[A-Za-z0-9_./-]+$/.test(tool)) return 'its name holds other signs than letters, digits, _, -, . and /';
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
    : `it looks like '${imitated.tool}' of the server '${imitated.server}', and is not`;
}
