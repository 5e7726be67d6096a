/** The properties of an element: attributes by name, and event handlers. Text is always text: nothing here parses HTML. */
interface Given {
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly [attribute: string]:
    string | number | boolean | undefined | Readonly<Record<string, (event: Event) => void>>;
}
export type Child = Node | string | undefined;

/**
 * Creates an element. An attribute that is `true` has no value; `false` and undefined leave it out.
 *
 * @example h('button', { class: 'button', on: { click: stop } }, 'Stop')
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  given?: Given,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name];
export function h(name: string, given?: Given, ...children: readonly Child[]): HTMLElement;
export function h(name: string, { on = {}, ...attributes }: Given = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || typeof value === 'object') continue;
    element.setAttribute(attribute, value === true ? '' : String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const shapes = {
  send: 'M8 13V3M3.5 7.5 8 3l4.5 4.5',
  stop: 'M4.5 4.5h7v7h-7z',
  attach: 'M13 7.5 8 12.5a3 3 0 0 1-4.3-4.3l5.2-5.1a2 2 0 0 1 2.9 2.8l-5.1 5.2a1 1 0 0 1-1.4-1.4L9.8 5',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  again: 'M13 3v4H9M13 7a5.5 5.5 0 1 0 .3 3',
  up: 'M5 7v6H3V7zM5 7l3-5c1 0 1.7.8 1.5 1.8L9 6.5h3.2c.8 0 1.4.8 1.2 1.6l-1 3.8c-.2.7-.7 1.1-1.4 1.1H5',
  down: 'M11 9V3h2v6zM11 9l-3 5c-1 0-1.7-.8-1.5-1.8L7 9.5H3.8c-.8 0-1.4-.8-1.2-1.6l1-3.8C3.8 3.400 4.3 3 5 3h6',
  fresh: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;
export type Shape = keyof typeof shapes;

/** A decorative icon: the element around it has the text. */
export function icon(shape: Shape): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  for (const [name, value] of Object.entries({ viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' }))
    drawing.setAttribute(name, value);
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', shapes[shape]);
  drawing.append(line);
  return drawing;
}

/** A button that shows only an icon. */
export function iconButton(shape: Shape, words: string, click: () => void, more: Given = {}): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: 'icon-button', title: words, 'aria-label': words, ...more, on: { click } },
    icon(shape),
  );
}
