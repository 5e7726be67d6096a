import { parseExpression, type Path } from '@heddle/core';
import type { Condition, ConditionRow, Scalar } from './condition.js';

/** Writes a condition as an expression for the engine. */
export function writeCondition({ join, rows }: Condition): string {
  return rows.map(writeRow).join(join === 'any' ? ' || ' : ' && ');
}

function writeRow({ field, operator, values }: ConditionRow): string {
  const written = field.trim();
  const [first = ''] = values;
  const value = writeScalar(first);
  switch (operator) {
    case 'in':
      return `${written} in [${values.map(writeScalar).join(', ')}]`;
    case 'contains':
    case 'startsWith':
    case 'endsWith':
    case 'matches':
      return `${operator}(${written}, ${value})`;
    case 'not-contains':
      return `!contains(${written}, ${value})`;
    case 'empty':
      return `isEmpty(${written})`;
    case 'not-empty':
      return `!isEmpty(${written})`;
    case 'exists':
      return `exists(${written})`;
    case 'missing':
      return `!exists(${written})`;
    case 'holds':
      return written;
    case 'not-holds':
      return `!${written}`;
    default:
      return `${written} ${operator} ${value}`;
  }
}

/** Writes a path in expression syntax. Names with special characters are in brackets. */
export function writePath(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number'
        ? `[${part}]`
        : /^[A-Za-z_]\w*$/.test(part)
          ? index === 0
            ? part
            : `.${part}`
          : `[${writeScalar(part)}]`,
    )
    .join('');
}

function writeScalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}"`;
}

/** A value as the text of its field. A text has quotes only if it would be read as another type without them. */
export function scalarText(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return readValue(value) === value && value === value.trim() ? value : JSON.stringify(value);
}

/**
 * Reads the value of a typed text. Numbers, true, false and null are parsed; everything else is a text, as is anything in quotes.
 *
 * @example readValue('5') // 5; readValue('"5"') // '5'
 */
export function readValue(typed: string): Scalar {
  const text = typed.trim();
  if (/^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) {
    try {
      const read: unknown = JSON.parse(text);
      if (typeof read === 'string') return read;
    } catch {
      // Unpaired quotes belong to the text.
    }
  }
  return text;
}

/** Reads several values, separated by commas, from one field. A text that contains a comma is in quotes. */
export function readValues(typed: string): readonly Scalar[] {
  const parts = typed.match(/\s*"(?:[^"\\]|\\.)*"\s*(?=,|$)|[^,]+/g) ?? [];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readValue);
}

/** The inverse of `readValues`. */
export function valuesText(values: readonly Scalar[]): string {
  return values
    .map((value) => (typeof value === 'string' && /[,"]/.test(value) ? JSON.stringify(value) : scalarText(value)))
    .join(', ');
}

/** Whether the field of a line is valid: a path, or a function of one path. */
export function isField(field: string): boolean {
  try {
    const { type } = parseExpression(field);
    return type === 'path' || type === 'call';
  } catch {
    return false;
  }
}
