import '@fontsource-variable/source-sans-3/wght.css';
import './share.css';
import './chat.css';
import './answer.css';
import './form.css';
import { createChat } from './chat.js';
import { readPage } from './client.js';
import { wordsOn } from './colours.js';
import { h, iconButton } from './dom.js';
import { createForm } from './form.js';
import { joinFrame } from './frame.js';
import { wordsOf } from './share-error.js';

/** The share page: a chat or a form, by the server's settings. */
async function start(): Promise<void> {
  const { body, documentElement: root } = document;
  const accent = body.dataset['accent'];
  if (accent !== undefined) {
    root.style.setProperty('--accent', accent);
    root.style.setProperty('--accent-text', wordsOn(accent));
  }
  const token = decodeURIComponent(location.pathname.split('/')[2] ?? '');
  const top = document.querySelector('.top');
  const main = document.querySelector('.middle');
  if (top === null || main === null) return;
  let focus = (): void => undefined;
  const actions = h('div', { class: 'actions' });
  let closing: HTMLElement | undefined;
  const { isEmbedded, measure } = joinFrame(body, (close) => {
    if (closing === undefined) actions.append((closing = iconButton('close', 'Close', close)));
    focus();
  });
  top.append(actions);
  try {
    const page = await readPage(token);
    const { chat } = page;
    const made = page.kind === 'chat' && chat !== undefined ? createChat(token, page, chat) : createForm(token, page);
    ({ focus } = made);
    body.dataset['kind'] = page.kind;
    main.replaceChildren(...made.main);
    const column = page.kind === 'form' ? main.querySelector('.column') : null;
    if (column !== null) measure(column);
    actions.prepend(...made.actions);
    // A frame takes the focus from the embedding page only when a person opens it.
    if (!isEmbedded && page.kind === 'chat' && matchMedia('(hover: hover)').matches) focus();
  } catch (error) {
    const again = h('button', { type: 'button', class: 'button', on: { click: () => location.reload() } }, 'Try again');
    main.replaceChildren(
      h('div', { class: 'notice' }, h('p', { class: 'problem', role: 'alert' }, wordsOf(error)), again),
    );
  }
}

void start();
