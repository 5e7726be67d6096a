/** The expression in braces around a position in a template. */
interface TemplateCursor {
  /** The start of the path, after the braces and spaces. */
  readonly from: number;
  /** The part of the path before the position. */
  readonly written: string;
  /** Whether `}}` already follows. */
  readonly isClosed: boolean;
}

/**
 * The position in a template where a value's name is being typed; undefined outside of braces.
 *
 * @example templateCursor('Hello {{ na', 11) // { from: 9, written: 'na', isClosed: false }
 */
export function templateCursor(template: string, at: number): TemplateCursor | undefined {
  const open = template.lastIndexOf('{{', at - 1);
  if (open === -1 || open + 2 > at || (open > 0 && template[open - 1] === '\\')) return undefined;
  const inside = template.slice(open + 2, at);
  if (inside.includes('}}') || inside.includes('\n')) return undefined;
  const written = inside.trimStart();
  if (/[^\w.[\]"'-]/.test(written)) return undefined;
  const rest = template.slice(at, at + 200);
  return { from: at - written.length, written, isClosed: /^[\w.[\]"'?\s-]*\}\}/.test(rest.split('{{')[0] ?? '') };
}
