import './share.css';
import { createRoot } from 'react-dom/client';
import { loadReaders } from '../../ui/markdown/markdown-parts.js';
import { startTooltips } from '../../ui/tooltip/tooltips.js';
import { textColourOn } from './colours.js';
import { joinFrame } from './frame.js';
import { SharePage } from './SharePage.js';

const { body, documentElement } = document;
const container = document.getElementById('page');
const accent = body.dataset['accent'];
if (accent !== undefined) {
  documentElement.style.setProperty('--accent', accent);
  documentElement.style.setProperty('--accent-text', textColourOn(accent));
}
if (container !== null) start(container);

function start(page: HTMLElement): void {
  // The server wrote these texts into the page, so that they are visible before the script runs.
  const facts = {
    token: decodeURIComponent(location.pathname.split('/')[2] ?? ''),
    title: page.querySelector('h1')?.textContent ?? '',
    greeting: page.querySelector('.greeting')?.textContent ?? '',
  };
  page.replaceChildren();
  const root = createRoot(page);
  const draw = (onClose?: () => void): void =>
    root.render(<SharePage {...facts} onClose={onClose} onReady={onReady} measure={frame.measure} />);
  const frame = joinFrame(body, (close) => {
    draw(close);
    focusFirstField(page);
  });
  const onReady = ({ kind }: { readonly kind: string }): void => {
    body.dataset['kind'] = kind;
    // A frame must not take the focus from the embedding page unless the user opened it.
    if (!frame.isEmbedded && kind === 'chat' && matchMedia('(hover: hover)').matches) focusFirstField(page);
  };
  draw();
  startTooltips();
  // Loads the Markdown reader before the first answer needs it. If that fails, the answer loads it.
  loadReaders().catch(() => undefined);
}

const focusFirstField = (page: HTMLElement): void =>
  page.querySelector<HTMLElement>('.chat-write textarea, .field :is(input, select, textarea, button)')?.focus();
