import type { SharedChat } from '@heddle/core';
import { h, icon, iconButton } from './dom.js';
import { sizeWords } from './given-file.js';

export interface ComposerParts {
  readonly files: SharedChat['files'];
  readonly maxFileBytes: number;
  readonly onAsk: (text: string, files: readonly File[]) => void;
  readonly onStop: () => void;
}

/** The message field: Enter sends, Shift and Enter adds a line. While an answer streams, the button stops it. */
export function createComposer({ files: taken, maxFileBytes, onAsk, onStop }: ComposerParts) {
  let chosen: readonly File[] = [];
  let isBusy = false;
  const problem = h('p', { class: 'problem', role: 'alert', id: 'composer-problem', hidden: true });
  const text = h('textarea', {
    id: 'ask',
    rows: 1,
    maxlength: 100_000,
    placeholder: 'Write a message',
    'aria-label': 'Message',
    'aria-describedby': 'composer-problem',
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  const list = h('ul', { class: 'attached', 'aria-label': 'Attached files' });
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send'));
  const picker = h('input', {
    type: 'file',
    hidden: true,
    'aria-label': 'Files to attach',
    multiple: taken?.isMany === true,
    accept: taken?.isImage === true ? 'image/*' : undefined,
  });
  const attach = taken === undefined ? undefined : iconButton('attach', 'Attach a file', () => picker.click());

  const say = (words: string): void => {
    problem.textContent = words;
    problem.hidden = words === '';
  };
  const fit = (): void => {
    text.style.height = 'auto';
    text.style.height = `${Math.min(200, text.scrollHeight)}px`;
  };
  const choose = (files: readonly File[]): void => {
    const large = files.find(({ size }) => size > maxFileBytes);
    say(large === undefined ? '' : `'${large.name}' is larger than ${sizeWords(maxFileBytes)}.`);
    const fits = files.filter(({ size }) => size <= maxFileBytes);
    chosen = taken?.isMany === true ? [...chosen, ...fits] : fits.slice(0, 1);
    showFiles();
  };
  function showFiles(): void {
    list.replaceChildren(
      ...chosen.map((file) => {
        const drop = (): void => {
          chosen = chosen.filter((other) => other !== file);
          showFiles();
          text.focus();
        };
        return h('li', {}, h('span', {}, file.name), iconButton('close', `Remove ${file.name}`, drop));
      }),
    );
    list.hidden = chosen.length === 0;
  }
  const ask = (): void => {
    if (isBusy) return;
    const words = text.value.trim();
    if (words === '') {
      say('Enter a message first.');
      text.focus();
      return;
    }
    say('');
    const files = chosen;
    chosen = [];
    text.value = '';
    showFiles();
    fit();
    onAsk(words, files);
  };

  showFiles();
  text.addEventListener('input', () => {
    fit();
    if (text.value !== '') say('');
  });
  text.addEventListener('keydown', (event) => {
    // Enter also ends an input method composition, as in Japanese.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask();
  });
  picker.addEventListener('change', () => {
    choose([...(picker.files ?? [])]);
    picker.value = '';
    text.focus();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isBusy) onStop();
    else ask();
  };
  const row = h('div', { class: 'composer-row' }, attach, picker, text, send);
  const element = h('form', { class: 'composer', novalidate: true, on: { submit } }, list, row, problem);

  return {
    element,
    focus: () => text.focus(),
    /** Puts a text into the field, to edit or send. */
    ask: (words: string) => {
      text.value = words;
      ask();
    },
    setBusy: (busy: boolean) => {
      isBusy = busy;
      send.replaceChildren(icon(busy ? 'stop' : 'send'));
      send.setAttribute('aria-label', busy ? 'Stop' : 'Send');
      send.title = busy ? 'Stop' : 'Send';
    },
  };
}
