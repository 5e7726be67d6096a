/**
 * Shows a shared chat or form in another page: `<script src="https://…/embed.js" data-token="…" async></script>`. It loads nothing else
 * into that page and stores nothing there. It exchanges messages with its frame only about opening, closing, and the height of a form.
 *
 * The file has no imports and keeps everything inside this function, so that none of its names leaks into the page.
 */
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const { token = '', theme = '', position = 'bottom-right', label = 'Chat', accent = '', open = '' } = script.dataset;
  const home = new URL(script.src).origin;
  if (!/^[\w-]{10,100}$/.test(token)) {
    console.error('Heddle: the script needs data-token, the part of the link after /share/.');
    return;
  }
  const isInline = position === 'inline';
  const colour = /^#[0-9a-f]{6}$/i.test(accent) ? accent : '#4338ca';
  const lightness = (at: number): number => (Number.parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2;
  const isLight = 0.2126 * lightness(1) + 0.7152 * lightness(3) + 0.0722 * lightness(5) > 0.18;

  const style = `
    :host { all: initial; ${isInline ? 'display: block' : `position: fixed; inset: auto ${position === 'bottom-left' ? 'auto 20px 20px' : '20px 20px auto'}; z-index: 2147483000`} }
    button { all: unset; box-sizing: border-box; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%;
      cursor: pointer; background: ${colour}; color: ${isLight ? '#000' : '#fff'}; box-shadow: 0 2px 12px rgb(0 0 0 / 0.25) }
    button:focus-visible { outline: 3px solid ${colour}; outline-offset: 3px }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round }
    iframe { display: block; box-sizing: border-box; border: 0; background: transparent; color-scheme: normal }
    iframe[hidden] { display: none }
    .bubble { position: absolute; bottom: 68px; ${position === 'bottom-left' ? 'left' : 'right'}: 0; width: min(400px, calc(100vw - 40px));
      height: min(640px, calc(100vh - 120px)); border: 1px solid rgb(128 128 128 / 0.35); border-radius: 12px; box-shadow: 0 8px 32px rgb(0 0 0 / 0.22) }
    .inline { width: 100%; height: 600px; border: 1px solid rgb(128 128 128 / 0.35); border-radius: 8px }
    @media (max-width: 480px) { .bubble { position: fixed; inset: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0 } }
  `;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);

  const frame = document.createElement('iframe');
  const address = new URL(`/share/${token}`, home);
  address.searchParams.set('embed', '1');
  if (/^(?:auto|light|dark)$/.test(theme)) address.searchParams.set('theme', theme);
  frame.title = label;
  frame.className = isInline ? 'inline' : 'bubble';
  frame.allow = 'clipboard-write';
  // The server and the frame get only the origin of this page, not its whole address.
  frame.referrerPolicy = 'origin';

  const host = document.createElement('heddle-chat');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');

  function draw(isOpen: boolean): void {
    const space = 'http://www.w3.org/2000/svg';
    const drawing = document.createElementNS(space, 'svg');
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(space, 'path');
    line.setAttribute('d', isOpen ? 'M6 9l6 6 6-6' : 'M4 5h16v11H10l-5 4v-4H4z');
    drawing.append(line);
    button.replaceChildren(drawing);
    button.setAttribute('aria-expanded', String(isOpen));
    button.setAttribute('aria-label', isOpen ? `Close: ${label}` : label);
  }

  let isShown = false;
  /**
   * Whether the page in the frame has loaded and listens. Until then the frame has another origin, and the browser would refuse the
   * message.
   */
  let isReady = false;
  const tellOpen = (): void => {
    if (isReady && isShown) frame.contentWindow?.postMessage({ heddle: 'open' }, home);
  };
  function show(isOpen: boolean): void {
    isShown = isOpen;
    if (isOpen && frame.src === '') frame.src = address.href;
    frame.hidden = !isOpen;
    draw(isOpen);
    tellOpen();
    if (!isOpen) button.focus();
  }

  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== frame.contentWindow || event.origin !== home) return;
    const { data } = event;
    if (typeof data !== 'object' || data === null) return;
    const kind: unknown = Reflect.get(data, 'heddle');
    if (kind === 'close' && !isInline) show(false);
    if (kind === 'ready') {
      isReady = true;
      tellOpen();
    }
    const height = Number(Reflect.get(data, 'height'));
    if (kind === 'height' && isInline && height > 0) frame.style.height = `${Math.min(4_000, Math.max(600, height))}px`;
  });

  if (isInline) {
    frame.src = address.href;
    frame.loading = 'lazy';
    root.append(frame);
    script.after(host);
    return;
  }
  frame.hidden = true;
  button.type = 'button';
  button.addEventListener('click', () => show(!isShown));
  draw(false);
  root.append(frame, button);
  const attach = (): void => {
    document.body.append(host);
    if (open === 'true') show(true);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', attach, { once: true });
  else attach();
})();
