import { visibleText } from '../../ui/markdown/visible-text.js';
import { h, iconButton, type Child } from './dom.js';
import { givenFile } from './given-file.js';
import type { Turn } from './kept.js';
import { markdown } from './markdown.js';
import { createSources } from './sources.js';

/** The actions on an answer. */
export interface TurnActions {
  again(turn: Turn): void;
  rate(turn: Turn, thumb: 'up' | 'down'): void;
  file(turn: Turn, id: string): Promise<Blob>;
}

const states: Partial<Record<Turn['status'], string>> = {
  waiting: 'Waiting for a person. The answer continues automatically after the decision.',
  paused: 'Paused. The answer continues automatically later.',
  stopped: 'Stopped.',
};

/** A question and its answer on the page. */
export function createTurnView(first: Turn, actions: TurnActions) {
  let isPlanned = false;
  let turn = first;
  let isLast = true;
  const asked = h(
    'div',
    { class: 'asked', dir: 'auto' },
    h('span', { class: 'hidden' }, 'You: '),
    visibleText(first.question),
    ...first.files.map((name) => h('span', { class: 'file-name' }, visibleText(name))),
  );
  const answer = h('div', { class: 'answer', dir: 'auto' });
  const element = h('article', { class: 'turn' }, asked, answer);
  let row: HTMLElement | undefined;

  function draw(): void {
    isPlanned = false;
    const isOver = turn.status !== 'running';
    const sources = createSources(isOver ? turn.sources : []);
    const state = states[turn.status];
    row = isOver && turn.status !== 'waiting' && turn.status !== 'paused' ? buttons() : undefined;
    answer.dataset['state'] = turn.status;
    answer.replaceChildren(
      h('span', { class: 'hidden' }, 'Answer: '),
      ...(turn.answer === '' && !isOver ? [waiting()] : markdown(turn.answer, (number) => sources.mark(number))),
      ...children([
        ...turn.given.map((file) => givenFile(file, (id) => actions.file(turn, id))),
        sources.element,
        state === undefined ? undefined : h('p', { class: 'state', 'data-state': turn.status }, state),
        turn.error === undefined ? undefined : h('p', { class: 'problem' }, visibleText(turn.error)),
        row,
      ]),
    );
  }

  /** Where only these change: an opened source stays open, and the focus stays. */
  function drawButtons(): void {
    if (row === undefined) return;
    const { activeElement } = document;
    const focused = row.contains(activeElement) ? activeElement?.getAttribute('aria-label') : undefined;
    const next = buttons();
    row.replaceWith(next);
    row = next;
    [...next.querySelectorAll('button')].find((button) => button.getAttribute('aria-label') === focused)?.focus();
  }

  function buttons(): HTMLElement {
    const copy: HTMLButtonElement = iconButton('copy', 'Copy', () => {
      navigator.clipboard.writeText(turn.answer).then(
        () => tell(copy, 'Copied'),
        () => tell(copy, 'This browser does not allow copying'),
      );
    });
    const thumb = (which: 'up' | 'down', words: string): HTMLElement =>
      iconButton(which, words, () => actions.rate(turn, which), { 'aria-pressed': String(turn.thumb === which) });
    const isAnswer = turn.status === 'done';
    return h(
      'div',
      { class: 'buttons' },
      isAnswer ? copy : undefined,
      isLast ? iconButton('again', 'Try again', () => actions.again(turn)) : undefined,
      isAnswer && turn.runId !== undefined ? thumb('up', 'Good answer') : undefined,
      isAnswer && turn.runId !== undefined ? thumb('down', 'Bad answer') : undefined,
    );
  }

  draw();
  return {
    element,
    update(next: Turn): void {
      const isWriting = next.status === 'running' && turn.status === 'running';
      const isRated = next.thumb !== turn.thumb && next.status === turn.status;
      turn = next;
      if (isRated) drawButtons();
      else if (!isWriting) draw();
      else if (!isPlanned) {
        isPlanned = true;
        requestAnimationFrame(() => {
          if (isPlanned) draw();
        });
      }
    },
    /** Only the last question can be asked again, as later ones build on its answer. */
    setLast(last: boolean): void {
      if (last === isLast) return;
      isLast = last;
      drawButtons();
    },
  };
}

const waiting = (): HTMLElement =>
  h('p', { class: 'dots', 'aria-hidden': 'true' }, h('span', {}), h('span', {}), h('span', {}));

const children = (made: readonly Child[]): (Node | string)[] => made.filter((child) => child !== undefined);

function tell(button: HTMLElement, words: string): void {
  button.setAttribute('aria-label', words);
  button.title = words;
  button.dataset['told'] = '';
}
