/** A piece of HTML in which all texts are escaped already. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value in a template: texts are escaped, `Html` is kept as it is, undefined and false become empty. */
type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * Writes HTML and escapes every value, so that values are safe as text and in quoted attributes.
 *
 * @example html`<p title="${title}">${text}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((text, part, index) => text + textOf(values[index - 1]) + part));
}
