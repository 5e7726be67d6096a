/** The braces that a place in a template stands in. */
export interface TemplatePlace {
  /** Where the path begins, after the braces and spaces. */
  readonly from: number;
  /** What is written of the path before the place. */
  readonly written: string;
  /** Whether `}}` follows already. */
  readonly isClosed: boolean;
}

/**
 * Where in a template somebody is writing a value's name; undefined outside of braces.
 *
 * @example templatePlace('Hello {{ na', 11) // { from: 9, written: 'na', isClosed: false }
 */
export function templatePlace(template: string, at: number): TemplatePlace | undefined {
  const open = template.lastIndexOf('{{', at - 1);
  if (open === -1 || open + 2 > at || (open > 0 && template[open - 1] === '\\')) return undefined;
  const inside = template.slice(open + 2, at);
  if (inside.includes('}}') || inside.includes('\n')) return undefined;
  const written = inside.trimStart();
  if (/[^\w.[\]"'-]/.test(written)) return undefined;
  const rest = template.slice(at, at + 200);
  return { from: at - written.length, written, isClosed: /^[\w.[\]"'?\s-]*\}\}/.test(rest.split('{{')[0] ?? '') };
}
