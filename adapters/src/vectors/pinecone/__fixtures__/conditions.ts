type Json = Record<string, any>;

/** Whether metadata meet a filter as the service's page describes it. Conditions of dropped fields hold always. */
export function meets(metadata: Json, filter: Json, dropped: ReadonlySet<string>): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === '$and' || name === '$or') {
      if (!Array.isArray(condition) || condition.length === 0) throw new Error(`${name} needs a list`);
      const inner = condition.map((one: Json) => meets(metadata, one, dropped));
      return name === '$and' ? inner.every(Boolean) : inner.some(Boolean);
    }
    if (name.startsWith('$')) throw new Error(`unknown operator ${name}`);
    const held = Object.entries(condition as Json).map(([op, wanted]) => holds(metadata[name], op, wanted));
    return dropped.has(name) || held.every(Boolean);
  });
}

/** A list meets what one of its values meets. Where the field is missing, nothing holds, not even that it is another value. */
function holds(value: unknown, op: string, wanted: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  const isHere = value !== undefined;
  const compare = (work: (one: number, other: number) => boolean): boolean => {
    if (typeof wanted !== 'number') throw new Error(`${op} compares numbers`);
    return typeof value === 'number' && work(value, wanted);
  };
  switch (op) {
    case '$eq':
      return isHere && values.includes(wanted);
    case '$ne':
      return isHere && !values.includes(wanted);
    case '$in':
    case '$nin': {
      if (!Array.isArray(wanted) || wanted.length > 10_000) throw new Error(`${op} takes at most 10000 values`);
      const known = new Set(wanted);
      return isHere && values.some((one) => known.has(one)) === (op === '$in');
    }
    case '$gt':
      return compare((one, other) => one > other);
    case '$gte':
      return compare((one, other) => one >= other);
    case '$lt':
      return compare((one, other) => one < other);
    case '$lte':
      return compare((one, other) => one <= other);
    default:
      throw new Error(`unknown operator ${op}`);
  }
}
