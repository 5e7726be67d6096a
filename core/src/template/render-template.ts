import { HeddleError } from '../errors/heddle-error.js';
import { formatPath, readPath } from '../expression/path.js';
import { isPlainObject } from '../values/json/json.js';
import { parseTemplate, type TemplatePart } from './parse-template.js';
import { valueText } from './value-text.js';

/** Maximum length of a rendered template in characters. */
const maxRenderedLength = 10_000_000;

/** Maximum nesting of a JSON template. */
const deepestTemplate = 64;

/**
 * Renders a template in one pass; inserted values are never parsed as templates.
 * Errors: `template_invalid` with the name of the missing value.
 *
 * @example renderTemplate('Dear {{ customer.name }}', { customer: { name: 'Ada' } }) // 'Dear Ada'
 */
export function renderTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return renderParts(parseTemplate(template), values);
}

/** Renders a parsed template. Errors: `template_invalid`. */
function renderParts(parts: readonly TemplatePart[], values: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const part of parts) {
    text += part.type === 'text' ? part.text : valueText(valueOf(part, values));
    if (text.length > maxRenderedLength) {
      throw new HeddleError(
        'template_invalid',
        `The rendered template is longer than ${maxRenderedLength} characters: insert shorter values.`,
      );
    }
  }
  return text;
}

/**
 * Renders every text inside a JSON value. A text with a single placeholder becomes the value itself and keeps its type;
 * if its value is optional and missing, its key is left out. Errors: `template_invalid`.
 *
 * @example fillTemplate({ total: '{{ sum }}', note: 'for {{ name }}' }, { sum: 3, name: 'Ada' }) // { total: 3, note: 'for Ada' }
 */
export function fillTemplate(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  return fill(template, values, 0);
}

/** Returns every text inside a JSON template; a node's ports are derived from them. */
export function templateTexts(template: unknown, depth = 0): readonly string[] {
  if (typeof template === 'string') return [template];
  if (depth >= deepestTemplate) throw tooDeep();
  if (Array.isArray(template)) return template.flatMap((entry: unknown) => templateTexts(entry, depth + 1));
  return isPlainObject(template) ? Object.values(template).flatMap((entry) => templateTexts(entry, depth + 1)) : [];
}

function fill(template: unknown, values: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (typeof template === 'string') return fillText(template, values);
  if (depth >= deepestTemplate) throw tooDeep();
  if (Array.isArray(template))
    return template.map((entry: unknown) => fill(entry, values, depth + 1)).filter((entry) => entry !== undefined);
  if (!isPlainObject(template)) return template;
  const entries = Object.entries(template).map(([key, entry]) => [key, fill(entry, values, depth + 1)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

function fillText(template: string, values: Readonly<Record<string, unknown>>): unknown {
  const parts = parseTemplate(template);
  const [only] = parts;
  return parts.length === 1 && only?.type === 'value' ? valueOf(only, values) : renderParts(parts, values);
}

function valueOf(part: Extract<TemplatePart, { type: 'value' }>, values: Readonly<Record<string, unknown>>): unknown {
  const found = readPath(values, part.path);
  if (found.found) return found.value;
  if (part.isOptional) return undefined;
  const name = formatPath(part.path);
  const known = Object.keys(values);
  throw new HeddleError(
    'template_invalid',
    `The template uses '${name}', which has no value. ${known.length === 0 ? 'There are no values' : `Values exist for ${known.slice(0, 20).join(', ')}`}; write {{ ${name}? }} if it may be missing.`,
    { details: { path: name, position: part.position } },
  );
}

function tooDeep(): HeddleError {
  return new HeddleError(
    'template_invalid',
    `The JSON template is nested more than ${deepestTemplate} levels deep: flatten it.`,
  );
}
