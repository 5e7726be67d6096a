/** A value of an argument; names stand for themselves. */
export type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

/** A part of a query: its name, arguments and what is read of it. */
export interface Field {
  readonly name: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly fields: readonly Field[];
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|([A-Za-z_]\w*)|([{}()[\]:,]))/y;

/** Reads as much of GraphQL as the store writes. Throws on all other texts. */
export function readQuery(text: string): readonly Field[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text);
    if (found === null) throw new Error(`Syntax Error: ${text.slice(0, 100)}`);
    tokens.push(found[0].trim());
  }
  let at = 0;
  const take = (wanted?: string): string => {
    const next = tokens[at] ?? '';
    if (next === '' || (wanted !== undefined && next !== wanted)) throw new Error(`Syntax Error: '${next}' for '${wanted}'`);
    at += 1;
    return next;
  };
  const isNext = (sign: string): boolean => tokens[at] === sign && take() === sign;
  const pairs = (end: string): Record<string, Value> => {
    const found: Record<string, Value> = {};
    while (!isNext(end)) {
      const name = take();
      take(':');
      found[name] = value();
      isNext(',');
    }
    return found;
  };
  const value = (): Value => {
    if (isNext('{')) return pairs('}');
    if (isNext('[')) {
      const items: Value[] = [];
      while (!isNext(']')) {
        items.push(value());
        isNext(',');
      }
      return items;
    }
    const next = take();
    if (next.startsWith('"')) return JSON.parse(next) as string;
    return /^-?\d/.test(next) ? Number(next) : next;
  };
  const fields = (): readonly Field[] => {
    take('{');
    const found: Field[] = [];
    while (!isNext('}')) {
      const name = take();
      const args = isNext('(') ? pairs(')') : {};
      found.push({ name, args, fields: tokens[at] === '{' ? fields() : [] });
    }
    return found;
  };
  return fields();
}
