import type { NamedEvent } from '../../data/http/read-named-events.js';
import type { ReplyView } from './call.js';

/** Maximum number of listed events; the rest are only counted. */
const mostEvents = 500;

/** Creates the view of a reply. Texts are inserted as text, never as HTML. */
export function createReplyView(
  section: HTMLElement,
): ReplyView & { readonly clear: () => void; readonly say: (text: string, isProblem?: boolean) => void } {
  const status = part(section, '[data-status]');
  const headers = part(section, '[data-headers]');
  const texts = part(section, '[data-texts]');
  const events = part(section, '[data-events]');
  const body = part(section, '[data-body]');
  const written = new Map<string, { readonly area: HTMLElement; text: string }>();
  const say = (text: string, isProblem = false): void => {
    section.hidden = false;
    status.textContent = text;
    status.toggleAttribute('data-problem', isProblem);
  };
  const show = (text: string): void => {
    body.hidden = false;
    body.textContent = text;
  };
  const write = (output: string, offset: number, text: string): void => {
    let known = written.get(output);
    if (known === undefined) {
      const area = element('p', '', 'text');
      texts.append(element('h3', output, 'mono'), area);
      known = { area, text: '' };
      written.set(output, known);
    }
    known.text = known.text.slice(0, offset) + text;
    known.area.textContent = known.text;
  };
  return {
    say,
    clear: () => {
      written.clear();
      for (const area of [headers, texts, events]) area.replaceChildren();
      body.hidden = true;
      body.textContent = '';
    },
    onHead: (code, statusText, given) => {
      say(`${code} ${statusText}`.trim(), code >= 400);
      headers.replaceChildren(
        ...given.map(([name, value]) => {
          const row = document.createElement('div');
          row.append(element('dt', name, 'mono'), element('dd', value, 'mono'));
          return row;
        }),
      );
    },
    onBody: show,
    onEvent: (event) => {
      appendEvent(events, event);
      if (event.event === 'delta' && isDelta(event.data)) write(event.data.output, event.data.offset, event.data.text);
      if (event.event === 'result' || event.event === 'error') show(JSON.stringify(event.data, null, 2));
      if (event.event === 'error') status.toggleAttribute('data-problem', true);
    },
  };
}

function appendEvent(events: HTMLElement, { event, data }: NamedEvent): void {
  if (events.childElementCount > mostEvents) return;
  const row = document.createElement('li');
  if (events.childElementCount === mostEvents) row.textContent = 'Further events are not listed.';
  else row.append(element('code', event, 'event'), ' ', element('code', JSON.stringify(data), 'quiet'));
  events.append(row);
}

function isDelta(data: unknown): data is { readonly output: string; readonly offset: number; readonly text: string } {
  return typeof data === 'object' && data !== null && 'output' in data && 'offset' in data && 'text' in data;
}

function element(tag: string, text: string, className: string): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

function part(section: HTMLElement, selector: string): HTMLElement {
  const found = section.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}
