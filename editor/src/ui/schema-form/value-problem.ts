type Schema = Readonly<Record<string, unknown>>;

/**
 * Returns the first JSON Schema error of a value, as text for the person who typed it; undefined if it finds none. It checks types, bounds,
 * lengths and choices; the server checks the rest.
 *
 * @example valueProblem({ type: 'integer', minimum: 1, maximum: 20 }, 2.5) // 'A whole number from 1 to 20.'
 */
export function valueProblem(schema: Schema, value: unknown): string | undefined {
  if (Array.isArray(schema['enum'])) return choiceProblem(schema['enum'], value);
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return fitsNumber(schema, value) ? undefined : numberText(schema);
    case 'string':
      return typeof value === 'string' ? lengthProblem(schema, value.length, 'characters') : 'A text, in quotes.';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Either true or false.';
    case 'array':
      return Array.isArray(value) ? listProblem(schema, value) : 'A list in brackets, such as ["a", "b"].';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? undefined
        : 'An object in braces, such as {"a": 1}.';
    default:
      return undefined;
  }
}

function choiceProblem(choices: readonly unknown[], value: unknown): string | undefined {
  // Only plain values can be compared by value.
  if (choices.includes(value) || choices.some((choice) => typeof choice === 'object' && choice !== null))
    return undefined;
  return `One of: ${choices.map(String).join(', ')}.`;
}

function fitsNumber(schema: Schema, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (schema['type'] === 'integer' && !Number.isSafeInteger(value)) return false;
  const { least, above, most, below } = boundsOf(schema);
  return (
    (least === undefined || value >= least) &&
    (above === undefined || value > above) &&
    (most === undefined || value <= most) &&
    (below === undefined || value < below)
  );
}

function numberText(schema: Schema): string {
  const isWhole = schema['type'] === 'integer';
  const { least, above, most, below } = boundsOf(schema);
  const what = isWhole ? 'A whole number' : 'A number';
  const bounds = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  if (bounds.length === 0) return `${what}, such as ${isWhole ? '3' : '3 or 0.5'}.`;
  if (bounds.length === 2 && least !== undefined && most !== undefined) return `${what} from ${least} to ${most}.`;
  return `${what}, ${bounds.join(' and ')}.`;
}

function boundsOf(schema: Schema) {
  return {
    least: numberOf(schema['minimum']),
    above: numberOf(schema['exclusiveMinimum']),
    most: numberOf(schema['maximum']),
    below: numberOf(schema['exclusiveMaximum']),
  };
}

function listProblem(schema: Schema, entries: readonly unknown[]): string | undefined {
  const { items } = schema;
  const length = lengthProblem(
    { minLength: schema['minItems'], maxLength: schema['maxItems'] },
    entries.length,
    'entries',
  );
  if (length !== undefined || typeof items !== 'object' || items === null || Array.isArray(items)) return length;
  for (const [index, entry] of entries.entries()) {
    const problem = valueProblem({ ...items }, entry);
    if (problem !== undefined) return `Entry ${index + 1}: ${problem}`;
  }
  return undefined;
}

function lengthProblem({ minLength, maxLength }: Schema, length: number, what: string): string | undefined {
  const least = numberOf(minLength);
  const most = numberOf(maxLength);
  if (least !== undefined && length < least) return `At least ${least} ${what}; this has ${length}.`;
  return most !== undefined && length > most ? `At most ${most} ${what}; this has ${length}.` : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
