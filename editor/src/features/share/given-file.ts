import { visibleText } from '../../ui/markdown/visible-text.js';
import { h } from './dom.js';
import type { GivenFile } from './kept.js';
import { wordsOf } from './share-error.js';

/** A file from a run, to save. The request carries the credentials, so the bytes are loaded first. */
export function givenFile({ name, size, id }: GivenFile, read: (id: string) => Promise<Blob>): HTMLElement {
  const status = h('span', { class: 'quiet', role: 'status' });
  const save = (): void => {
    status.textContent = 'Loading…';
    read(id).then(
      (blob) => {
        const address = URL.createObjectURL(blob);
        const link = h('a', { href: address, download: safeName(name) });
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
        status.textContent = '';
      },
      (error: unknown) => (status.textContent = wordsOf(error)),
    );
  };
  const words = `${visibleText(name)} (${sizeWords(size)})`;
  return h(
    'p',
    { class: 'given' },
    h('button', { type: 'button', class: 'button', on: { click: save } }, `Save ${words}`),
    status,
  );
}

const safeName = (name: string): string => name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '_').slice(-120);

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
