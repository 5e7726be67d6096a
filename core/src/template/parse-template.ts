import { HeddleError } from '../errors/heddle-error.js';
import { formatPath, parsePath, type Path } from '../expression/path.js';

/** Maximum length of a template in characters. */
const maxTemplateLength = 100_000;

/** A part of a template: literal text, or a placeholder for a value. */
export type TemplatePart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'value';
      readonly path: Path;
      /** Written as `{{ path? }}`: a missing value becomes an empty text. */
      readonly isOptional: boolean;
      /** Index of the opening braces in the template. */
      readonly position: number;
    };

/** A value path in a template. */
export interface TemplatePath {
  readonly path: Path;
  /** As written in the template. */
  readonly text: string;
  readonly isOptional: boolean;
}

/**
 * Parses a template in one pass. `{{ path }}` is a value; `\{{` is two literal braces.
 * Errors: `template_invalid` with the position of the wrong braces.
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  if (template.length > maxTemplateLength) {
    throw new HeddleError(
      'template_invalid',
      `The template has ${template.length} characters; the limit is ${maxTemplateLength}.`,
    );
  }
  const parts: TemplatePart[] = [];
  let text = '';
  let at = 0;
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open === -1) break;
    if (open > 0 && template[open - 1] === '\\') {
      text += `${template.slice(at, open - 1)}{{`;
      at = open + 2;
      continue;
    }
    text += template.slice(at, open);
    const close = template.indexOf('}}', open + 2);
    if (close === -1)
      throw invalid(template, open, 'has no closing }}: write {{ name }}, or \\{{ for two literal braces.');
    if (text !== '') parts.push({ type: 'text', text });
    text = '';
    parts.push(valuePart(template, open, template.slice(open + 2, close)));
    at = close + 2;
  }
  text += template.slice(at);
  if (text !== '') parts.push({ type: 'text', text });
  return parts;
}

/** Returns the value paths of a template without repeats, in order. A node whose ports come from a template gets one port for each. */
export function templatePaths(template: string): readonly TemplatePath[] {
  const byText = new Map<string, TemplatePath>();
  for (const part of parseTemplate(template)) {
    if (part.type === 'text') continue;
    const text = formatPath(part.path);
    const known = byText.get(text);
    if (known === undefined || (known.isOptional && !part.isOptional))
      byText.set(text, { path: part.path, text, isOptional: part.isOptional });
  }
  return [...byText.values()];
}

/** Returns the first names of all paths in a template, without repeats. `isOptional` is true if every use of the name is optional. */
export function templateNames(template: string): ReadonlyMap<string, { readonly isOptional: boolean }> {
  const names = new Map<string, { isOptional: boolean }>();
  for (const { path, isOptional } of templatePaths(template)) {
    const name = String(path[0]);
    names.set(name, { isOptional: isOptional && (names.get(name)?.isOptional ?? true) });
  }
  return names;
}

function valuePart(template: string, position: number, inside: string): TemplatePart {
  const written = inside.trim();
  const isOptional = written.endsWith('?');
  const path = parsePath(isOptional ? written.slice(0, -1).trimEnd() : written);
  if (path === undefined) {
    const shown = written.length > 60 ? `${written.slice(0, 60)}…` : written;
    throw invalid(
      template,
      position,
      shown === ''
        ? 'is empty: write a name, such as {{ question }}.'
        : `contains '${shown}', which is not a path: write names joined by dots, such as {{ order.items[0].name }}.`,
    );
  }
  return { type: 'value', path, isOptional, position };
}

function invalid(template: string, position: number, what: string): HeddleError {
  const before = template.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return new HeddleError('template_invalid', `The {{ at line ${line}, column ${column} ${what}`, {
    details: { position, line, column },
  });
}
